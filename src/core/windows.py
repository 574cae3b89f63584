"""What a group's members sent lately: the fast memory that detectors read (design: "Two speeds").

In the process only; a restart starts with empty windows, so that at most one fresh window is won
by it (anchors/storage.md, 2).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from .chat.events import Kind

if TYPE_CHECKING:
    from .area import Message
    from .chat.events import Account

_KEPT = 128
"""Messages remembered of one account; the largest rate a pack may ask for."""

_NOT_CONTENT = frozenset({Kind.TEXT, Kind.REPLY, Kind.MENTION, Kind.MENTION_ALL})


def _content(message: Message) -> int:
    """What was sent, as a number: text without spaces and signs, pictures and the like by digest.
    0 where there is nothing to compare."""
    media = [segment for segment in message.event.segments if segment.kind not in _NOT_CONTENT]
    text = message.folded.skeleton or message.event.text.strip()
    if not text and not media:
        return 0
    return hash((text, *media)) or 1


class GroupWindows:
    """The recent messages of one group, by author. Times are seconds since the epoch."""

    def __init__(self) -> None:
        self._by_author: dict[Account, deque[tuple[float, int]]] = {}

    def observe(self, message: Message, moment: float) -> None:
        """Take a message in, before the detectors look."""
        author = message.event.account
        recent = self._by_author.get(author)
        if recent is None:
            recent = self._by_author[author] = deque(maxlen=_KEPT)
        recent.append((moment, _content(message)))

    def content(self, message: Message) -> int:
        return self._by_author[message.event.account][-1][1]

    def run(self, message: Message, gap: float) -> int:
        recent = self._by_author[message.event.account]
        later, content = recent[-1]
        if not content:
            return 0
        count = 0
        for moment, other in reversed(recent):
            if other != content or later - moment > gap:
                break
            count += 1
            later = moment
        return count

    def same(self, message: Message, within: float) -> int:
        recent = self._by_author[message.event.account]
        now, content = recent[-1]
        if not content:
            return 0
        return sum(1 for moment, other in recent if other == content and now - moment <= within)

    def rate(self, message: Message, within: float) -> int:
        recent = self._by_author[message.event.account]
        now = recent[-1][0]
        count = 0
        for moment, _ in reversed(recent):
            if now - moment > within:
                break
            count += 1
        return count

    def forget(self, before: float) -> None:
        """Drop authors who have been silent since `before`."""
        silent = [author for author, recent in self._by_author.items() if recent[-1][0] < before]
        for author in silent:
            del self._by_author[author]
