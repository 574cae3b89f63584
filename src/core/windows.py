"""What a group's members sent lately: the fast memory that detectors read (design: "Two speeds").

In the process only; a restart starts with empty windows, so that at most one fresh window is won
by it (anchors/storage.md, 2).
"""

from __future__ import annotations

from array import array
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


class _Recent:
    """One author's messages, the oldest first: 16 bytes each, whatever was in them."""

    __slots__ = ("contents", "times")

    def __init__(self) -> None:
        self.times = array("d")
        self.contents = array("q")

    def add(self, moment: float, content: int) -> None:
        """Add the newest; the oldest goes where they are too many."""
        self.times.append(moment)
        self.contents.append(content)
        if len(self.times) > _KEPT:
            del self.times[0]
            del self.contents[0]


class GroupWindows:
    """The recent messages of one group, by author. Times are seconds since the epoch."""

    def __init__(self) -> None:
        self._by_author: dict[Account, _Recent] = {}

    def observe(self, message: Message, moment: float) -> None:
        """Take a message in, before the detectors look."""
        author = message.event.account
        recent = self._by_author.get(author)
        if recent is None:
            recent = self._by_author[author] = _Recent()
        recent.add(moment, _content(message))

    def knows(self, author: Account) -> bool:
        """Whether the author wrote here lately."""
        return author in self._by_author

    def content(self, message: Message) -> int:
        return self._by_author[message.event.account].contents[-1]

    def run(self, message: Message, gap: float) -> int:
        recent = self._by_author[message.event.account]
        later, content = recent.times[-1], recent.contents[-1]
        if not content:
            return 0
        count = 0
        for moment, other in zip(reversed(recent.times), reversed(recent.contents), strict=True):
            if other != content or later - moment > gap:
                break
            count += 1
            later = moment
        return count

    def same(self, message: Message, within: float) -> int:
        recent = self._by_author[message.event.account]
        since, content = recent.times[-1] - within, recent.contents[-1]
        if not content:
            return 0
        return sum(
            other == content and moment >= since
            for moment, other in zip(recent.times, recent.contents, strict=True)
        )

    def rate(self, message: Message, within: float) -> int:
        recent = self._by_author[message.event.account]
        since = recent.times[-1] - within
        count = 0
        for moment in reversed(recent.times):
            if moment < since:
                break
            count += 1
        return count

    def forget(self, before: float) -> None:
        """Drop authors who have been silent since `before`."""
        silent = [a for a, recent in self._by_author.items() if recent.times[-1] < before]
        for author in silent:
            del self._by_author[author]
