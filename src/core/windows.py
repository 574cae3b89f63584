"""What a group's members sent lately: the fast memory that detectors read (design: "Two speeds").

In the process only; a restart starts with empty windows, so that at most one fresh window is won
by it (anchors/storage.md, 2).
"""

from __future__ import annotations

from array import array
from collections import Counter, deque
from typing import TYPE_CHECKING

from .area import Size
from .chat.events import Kind

if TYPE_CHECKING:
    from .area import Message
    from .chat.events import Account, Segment

_KEPT = 128
"""Messages remembered of one account; the largest rate a pack may ask for."""

_ALBUM_GAP = 2.5
"""Seconds between two pictures that were chosen together: platforms send an album one by one
(anchors/moderation.md, 4.4)."""
_SHORT = 4
"""Characters of a message that may be one piece of a word."""
_TOGETHER = 30.0
"""Seconds in which the pieces of a word come."""
_MOST_PIECES = 64
_MOST = 0xFFFF
"""What one of the four numbers of a size counts up to."""

_NOT_CONTENT = frozenset({Kind.TEXT, Kind.REPLY, Kind.MENTION, Kind.MENTION_ALL})
_PICTURES = frozenset({Kind.IMAGE, Kind.VIDEO})


def _lines(text: str) -> int:
    """Lines of running text, 0 where there is but one. Numbered ones are a list's: whoever joins a
    接龙 sends all of it again."""
    if "\n" not in text and "\r" not in text:
        return 0
    lines = text.splitlines()
    return sum(not line.lstrip()[:1].isdecimal() for line in lines)


class _Recent:
    """One author's messages, the oldest first: 28 bytes each, whatever was in them."""

    __slots__ = ("contents", "pictures", "sizes", "times")

    def __init__(self) -> None:
        self.times = array("d")
        self.contents = array("q")
        """What was sent: text without spaces and signs, pictures and the like by digest. 0 where
        there is nothing to compare."""
        self.pictures = array("I")
        """Which pictures were in it, whatever was said with them; 0 where there are none."""
        self.sizes = array("Q")
        """Pictures, stickers, characters and lines, 16 bits each."""

    def add(self, moment: float, message: Message) -> None:
        """Add the newest; the oldest goes where they are too many."""
        event = message.event
        text = message.folded.skeleton or event.text.strip()
        segments = event.segments
        self.times.append(moment)
        if len(segments) == 1 and segments[0].kind is Kind.TEXT:
            # What most messages are.
            self.contents.append((hash((text,)) or 1) if text else 0)
            self.pictures.append(0)
            self.sizes.append(_packed(0, 0, event.text))
        else:
            self._add_media(text, event.text, segments)
        if len(self.times) > _KEPT:
            del self.times[0]
            del self.contents[0]
            del self.pictures[0]
            del self.sizes[0]

    def _add_media(self, text: str, own: str, segments: tuple[Segment, ...]) -> None:
        media = [segment for segment in segments if segment.kind not in _NOT_CONTENT]
        pictures = [segment for segment in media if segment.kind in _PICTURES]
        # Pictures that the platform gives no name for cannot be told apart, so they are none the same.
        known = all(picture.value for picture in pictures)
        self.contents.append((hash((text, *media)) or 1) if (text or media) and known else 0)
        same = hash(tuple(pictures)) & 0xFFFFFFFF or 1
        self.pictures.append(same if pictures and known else 0)
        stickers = sum(segment.kind is Kind.STICKER for segment in media)
        self.sizes.append(_packed(len(pictures), stickers, own))

    def since(self, seconds: float) -> int:
        """The place of the first message of the last so many seconds."""
        times = self.times
        place = len(times) - 1
        since = times[place] - seconds
        while place and times[place - 1] >= since:
            place -= 1
        return place

    def goes_on(self, place: int) -> bool:
        """Whether this message is one of an album with the one before it."""
        return (
            _only_pictures(self.sizes[place])
            and _only_pictures(self.sizes[place - 1])
            and self.times[place] - self.times[place - 1] <= _ALBUM_GAP
        )


def _packed(pictures: int, stickers: int, text: str) -> int:
    size = len(text)
    lines = _lines(text)
    if size > _MOST:
        size, lines = _MOST, min(lines, _MOST)
    return min(pictures, _MOST) << 48 | min(stickers, _MOST) << 32 | size << 16 | lines


def _unpacked(size: int) -> Size:
    return Size(size >> 48, size >> 32 & _MOST, size >> 16 & _MOST, size & _MOST)


def _only_pictures(size: int) -> bool:
    return size >> 48 > 0 and not size & 0xFFFF_FFFF_FFFF


class GroupWindows:
    """The recent messages of one group, by author. Times are seconds since the epoch."""

    def __init__(self) -> None:
        self._by_author: dict[Account, _Recent] = {}
        self._pieces: deque[tuple[float, Account, str]] = deque(maxlen=_MOST_PIECES)

    def pieces(self, author: Account, text: str, moment: float) -> str:
        """What the author wrote in short messages just before a short one, which is kept for as
        long: a word may come in several messages. Empty before a longer one.
        """
        while self._pieces and self._pieces[0][0] < moment - _TOGETHER:
            self._pieces.popleft()
        if not 0 < len(text) <= _SHORT:
            return ""
        earlier = "".join(piece for _, other, piece in self._pieces if other == author)
        self._pieces.append((moment, author, text))
        return earlier

    def observe(self, message: Message, moment: float) -> None:
        """Take a message in, before the detectors look."""
        author = message.event.account
        recent = self._by_author.get(author)
        if recent is None:
            recent = self._by_author[author] = _Recent()
        recent.add(moment, message)

    def knows(self, author: Account) -> bool:
        """Whether the author wrote here lately."""
        return author in self._by_author

    def content(self, message: Message) -> int:
        recent = self._by_author[message.event.account]
        return recent.pictures[-1] or recent.contents[-1]

    def run(self, message: Message, gap: float) -> int:
        recent = self._by_author[message.event.account]
        content, picture, later = recent.contents[-1], recent.pictures[-1], recent.times[-1]
        if not content:
            return 0
        count = 0
        for moment, other, shown in zip(
            reversed(recent.times),
            reversed(recent.contents),
            reversed(recent.pictures),
            strict=True,
        ):
            is_same = other == content or (picture and shown == picture)
            if not is_same or later - moment > gap:
                break
            count += 1
            later = moment
        return count

    def same(self, message: Message, within: float) -> int:
        recent = self._by_author[message.event.account]
        contents, pictures = recent.contents, recent.pictures
        content, picture = contents[-1], pictures[-1]
        if not content:
            return 0
        count = 0
        for place in range(recent.since(within), len(contents)):
            if contents[place] == content or (picture and pictures[place] == picture):
                count += 1
        return count

    def copies(self, message: Message) -> int:
        segments = message.event.segments
        if len(segments) < 2:
            return len(segments)
        pictures = Counter(one.value for one in segments if one.kind in _PICTURES and one.value)
        return max(pictures.values(), default=1)

    def rate(self, message: Message, within: float) -> int:
        recent = self._by_author[message.event.account]
        first, end = recent.since(within), len(recent.times)
        if end - first == 1:
            return 1
        return end - first - sum(map(recent.goes_on, range(first + 1, end)))

    def size(self, message: Message) -> Size:
        return _unpacked(self._by_author[message.event.account].sizes[-1])

    def sizes(self, message: Message, within: float) -> list[Size]:
        recent = self._by_author[message.event.account]
        return [_unpacked(size) for size in recent.sizes[recent.since(within) :]]

    def forget(self, before: float) -> None:
        """Drop authors who have been silent since `before`."""
        silent = [a for a, recent in self._by_author.items() if recent.times[-1] < before]
        for author in silent:
            del self._by_author[author]
        while self._pieces and self._pieces[0][0] < before:
            self._pieces.popleft()
