"""What a group's members sent lately: the fast memory that detectors read (design: "Two speeds").

In the process only; a restart starts with empty windows, so that at most one fresh window is won
by it (anchors/storage.md, 2).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter, deque
from math import inf
from typing import TYPE_CHECKING, Any, TypeVar

from .area import Crowd, Size
from .chat.events import Kind
from .weights import COMMAND, FULL, STICKER, acknowledges, compared

if TYPE_CHECKING:
    from .area import Message
    from .chat.events import Account

T = TypeVar("T")

_KEPT = 128
"""Messages remembered of one account; the largest rate a pack may ask for."""
_KEPT_TOGETHER = 768
_KEPT_AT_LEAST = 16
"""Messages remembered of a group; beyond it only so many of each account, so that memory is bounded
however much is said."""

_FIELDS = 3
_PICTURE = 0xF_FFFF
_SUM = 0xFFF_FFFF
_DIGEST = 0xFFFF_FFFF
_ONE_PICTURE = 1 << 48

_ANSWERED = 600.0
"""Seconds in which an acknowledgement answers a teacher's message."""
_CROWD = 128
"""Messages of a group whose authors are counted."""

_ALBUM_GAP = 2500
"""Milliseconds between two pictures that were chosen together: platforms send an album one by one
(anchors/moderation.md, 4.4)."""
_SHORT = 4
"""Characters of a message that may be one piece of a word."""
_TOGETHER = 30.0
"""Seconds in which the pieces of a word come."""
_MOST_PIECES = 64
_MOST = 0xFFFF
"""What one of the four numbers of a size counts up to."""

_NOT_CONTENT = frozenset({Kind.TEXT, Kind.REPLY, Kind.MENTION, Kind.MENTION_ALL})
_WITH_WORDS = _NOT_CONTENT | {Kind.FACE}
_SHOWN = _WITH_WORDS | {Kind.FORWARD}
"""What is told apart by its words, where it shows any."""
_PICTURES = frozenset({Kind.IMAGE, Kind.VIDEO})


def _lines(text: str) -> int:
    """Lines of running text, 0 where there is but one. Numbered ones are a list's: whoever joins a
    接龙 sends all of it again."""
    if "\n" not in text and "\r" not in text:
        return 0
    lines = text.splitlines()
    return sum(not line.lstrip()[:1].isdecimal() for line in lines)


class _Recent:
    """One author's messages in the order of their times: 24 bytes each, whatever was in them."""

    __slots__ = ("data", "place")

    def __init__(self) -> None:
        self.data = array("Q")
        """Three numbers a message. When it was (milliseconds), and 20 bits of which pictures were in
        it; 32 bits of what it held, 28 of what it and all before it weigh, and 4 of its own weight;
        its size. A digest is 0 where there is nothing to compare."""
        self.place = 0
        """Which message came last: one that was late stands before others."""

    def __len__(self) -> int:
        return len(self.data) // _FIELDS

    def time(self, place: int) -> int:
        return self.data[place * _FIELDS] >> 20

    def picture(self, place: int) -> int:
        return self.data[place * _FIELDS] & _PICTURE

    def content(self, place: int) -> int:
        return self.data[place * _FIELDS + 1] >> 32

    def size(self, place: int) -> int:
        return self.data[place * _FIELDS + 2]

    def add(self, moment: int, content: int, size: int, picture: int, weight: int) -> None:
        """Put in a message at its time; pictures that go on with an album weigh nothing more."""
        data, count = self.data, len(self)
        place = count
        if count and self.time(count - 1) > moment:
            place = bisect_right(range(count), moment, key=self.time)
        before = 0
        if place:
            before = self._sum(place - 1)
            if (
                size >= _ONE_PICTURE
                and _only_pictures(size)
                and _only_pictures(self.size(place - 1))
                and moment - self.time(place - 1) <= _ALBUM_GAP
            ):
                weight = 0
        weighs = content << 32 | (before + weight & _SUM) << 4 | weight
        if place == count:
            data.extend((moment << 20 | picture, weighs, size))
        else:
            data[place * _FIELDS : place * _FIELDS] = array(
                "Q", (moment << 20 | picture, weighs, size)
            )
            for later in range(place + 1, count + 1):
                self._put_sum(later, self._sum(later) + weight)
        self.place = place

    def drop(self) -> None:
        """Forget the oldest."""
        del self.data[:_FIELDS]
        self.place = max(self.place - 1, 0)

    def since(self, seconds: float) -> int:
        """The place of the first message of the so many seconds that end with the last that came."""
        data, last = self.data, self.place
        # Whole numbers compare as their times do: the pictures are the lower bits.
        since = (data[last * _FIELDS] >> 20) - int(seconds * 1000) << 20
        if not last or data[(last - 1) * _FIELDS] < since:
            return last
        if data[0] >= since:
            return 0
        low, high = 1, last - 1
        while low < high:
            middle = (low + high) >> 1
            if data[middle * _FIELDS] < since:
                low = middle + 1
            else:
                high = middle
        return low

    def weight(self, seconds: float) -> int:
        """What the messages of so many seconds weigh together, in tenths of one."""
        first = self.since(seconds)
        own = self.data[first * _FIELDS + 1] & 0xF
        if not own and _only_pictures(self.size(first)):
            # The window begins within an album.
            own = FULL
        if first == self.place:
            return own
        return (self._sum(self.place) - self._sum(first) & _SUM) + own

    def _sum(self, place: int) -> int:
        return self.data[place * _FIELDS + 1] >> 4 & _SUM

    def _put_sum(self, place: int, weight: int) -> None:
        kept = self.data[place * _FIELDS + 1] & ~(_SUM << 4)
        self.data[place * _FIELDS + 1] = kept | (weight & _SUM) << 4


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


def _digests(message: Message) -> tuple[int, int, int]:
    """What a message holds, which pictures are in it, and its size."""
    event = message.event
    segments = event.segments
    text = compared(message)
    if len(segments) == 1 and segments[0].kind is Kind.TEXT:
        # What most messages are.
        return (hash((text,)) & _DIGEST or 1) if text else 0, 0, _packed(0, 0, event.text)
    left_out = _SHOWN if event.shown else _WITH_WORDS if text else _NOT_CONTENT
    media = [segment for segment in segments if segment.kind not in left_out]
    pictures = [segment for segment in media if segment.kind in _PICTURES]
    # Pictures that the platform gives no name for cannot be told apart, so they are none the same.
    known = all(picture.value for picture in pictures)
    content = (hash((text, *media)) & _DIGEST or 1) if (text or media) and known else 0
    picture = (hash(tuple(pictures)) & _PICTURE or 1) if pictures and known else 0
    stickers = sum(segment.kind is Kind.STICKER for segment in media)
    return content, picture, _packed(len(pictures), stickers, event.text)


class GroupWindows:
    """The recent messages of one group, by author. Times are seconds since the epoch."""

    def __init__(self) -> None:
        self._by_author: dict[Account, _Recent] = {}
        self._kept = 0
        self._pieces: deque[tuple[float, Account, str]] = deque(maxlen=_MOST_PIECES)
        self._staff_at = -inf
        """When a teacher last wrote."""
        self._times = array("Q")
        self._authors = array("q")
        """When the group's last messages were written, and a digest of who wrote each."""
        self._memories: dict[type, Any] = {}

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
        at = round(moment * 1000)
        recent = self._by_author.get(author)
        if recent is None:
            recent = self._by_author[author] = _Recent()
        content, picture, size = (0, 0, 0) if message.is_command else _digests(message)
        weight = COMMAND if message.is_command else FULL
        if self._answers(message, moment):
            weight = 0
            if not recent.data or self._staff_at * 1000 >= recent.time(len(recent) - 1):
                # Whoever says 收到 to three notices has not said it three times in a row.
                content = 0
        elif size >> 32 & _MOST and not size & 0xFFFF_0000_FFFF_FFFF:
            weight = STICKER
        if message.author_is_staff:
            self._staff_at = moment
        recent.add(at, content, size, picture, weight)
        self._kept += 1
        if len(recent) > _KEPT or (self._kept > _KEPT_TOGETHER and len(recent) > _KEPT_AT_LEAST):
            recent.drop()
            self._kept -= 1
        if weight and not message.is_command:
            self._count(at, hash(author))

    def _answers(self, message: Message, moment: float) -> bool:
        return 0 <= moment - self._staff_at <= _ANSWERED and acknowledges(message)

    def _count(self, at: int, author: int) -> None:
        place = bisect_right(self._times, at)
        self._times.insert(place, at)
        self._authors.insert(place, author)
        if len(self._times) > _CROWD:
            del self._times[0]
            del self._authors[0]

    def memory(self, kind: type[T]) -> T:
        """See `Windows.memory`."""
        memory = self._memories.get(kind)
        if memory is None:
            memory = self._memories[kind] = kind()
        return memory

    def knows(self, author: Account) -> bool:
        """Whether the author wrote here lately."""
        return author in self._by_author

    def run(self, message: Message, gap: float) -> int:
        recent = self._by_author[message.event.account]
        last = recent.place
        content, picture, later = recent.content(last), recent.picture(last), recent.time(last)
        if not content:
            return 0
        count = 1
        for place in range(last - 1, -1, -1):
            if recent.content(place) != content and not (
                picture and recent.picture(place) == picture
            ):
                break
            moment = recent.time(place)
            if later - moment > gap * 1000:
                break
            count += 1
            later = moment
        return count

    def same(self, message: Message, within: float) -> int:
        recent = self._by_author[message.event.account]
        content, picture = recent.content(recent.place), recent.picture(recent.place)
        if not content:
            return 0
        return 1 + sum(
            recent.content(place) == content or bool(picture and recent.picture(place) == picture)
            for place in range(recent.since(within), recent.place)
        )

    def copies(self, message: Message) -> int:
        segments = message.event.segments
        if len(segments) < 2:
            return len(segments)
        pictures = Counter(one.value for one in segments if one.kind in _PICTURES and one.value)
        return max(pictures.values(), default=1)

    def rate(self, message: Message, within: float) -> int:
        return self._by_author[message.event.account].weight(within)

    def crowd(self, message: Message, within: float, over: int) -> Crowd | None:
        author = message.event.account
        recent = self._by_author[author]
        at = recent.time(recent.place)
        times = self._times
        last = len(times) if not times or times[-1] <= at else bisect_right(times, at)
        since = at - int(within * 1000)
        if last <= over or times[last - over - 1] < since:
            return None
        authors = self._authors[bisect_left(times, since) : last]
        return Crowd(len(authors), len(set(authors)), authors.count(hash(author)))

    def size(self, message: Message) -> Size:
        recent = self._by_author[message.event.account]
        return _unpacked(recent.size(recent.place))

    def sizes(self, message: Message, within: float) -> list[Size]:
        recent = self._by_author[message.event.account]
        places = range(recent.since(within), recent.place + 1)
        return [_unpacked(recent.size(place)) for place in places]

    def forgive(self, author: Account) -> None:
        """Drop what the author has sent so far."""
        recent = self._by_author.pop(author, None)
        self._kept -= len(recent) if recent is not None else 0

    def forget(self, before: float) -> None:
        """Drop authors who have been silent since `before`."""
        since = before * 1000
        silent = [a for a, one in self._by_author.items() if one.time(len(one) - 1) < since]
        for author in silent:
            self._kept -= len(self._by_author.pop(author))
        if silent and not self._by_author:
            self._memories.clear()
        while self._pieces and self._pieces[0][0] < before:
            self._pieces.popleft()
