"""Hours of the week by a school's calendar: what is so at a moment, until when, and by which rule.
Pure: no clock, no I/O. Moments are seconds since the epoch.

A span belongs to the day on which it begins, and may end on the next. A public holiday counts as a
Sunday and a make-up workday as a Monday; so does what the school's own dates say is off or not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
import re
from typing import TYPE_CHECKING, NamedTuple
import unicodedata
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .holidays import special

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo

MINUTES = 1440
_AHEAD = 8
"""Days that are looked ahead for the next change; a state is known to hold so long at the least."""

_NAMES = {
    name: index
    for names in ("mon tue wed thu fri sat sun", "周一 周二 周三 周四 周五 周六 周日")
    for index, name in enumerate(names.split())
} | {"周天": 6}
_EVERY = ("daily", "每天", "每日")
_SHOWN = "一二三四五六日"
_WRITTEN = re.compile(r"(.*?)\s*(\d{1,2}):(\d{2})\s*[-~–—至到]\s*(\d{1,2}):(\d{2})")
_MOMENT = re.compile(r"(.*?)\s*(\d{1,2}):(\d{2})")
_DATES = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:\s*(?:\.\.|~|至|到)\s*(\d{4}-\d{1,2}-\d{1,2}))?")


def known_zone(name: str) -> ZoneInfo:
    """The time zone of this IANA name. Raises ValueError, with words for people."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"没有 {name} 这个时区，请写成 Asia/Shanghai 这样") from None


class Span(NamedTuple):
    """Minutes of the day from `start` and before `end`, on some weekdays (Monday is 0). Where `end`
    is no later than `start` it is on the next day; where they are equal it is no time at all."""

    days: frozenset[int]
    start: int
    end: int

    @classmethod
    def read(cls, written: str) -> Span:
        """Read `Mon-Fri 22:00-06:30`, `周六,周日 22:30-07:00`, `daily 23:00-07:00` (每天).

        Raises ValueError, with words for people.
        """
        plain = unicodedata.normalize("NFKC", written).strip()
        found = _WRITTEN.fullmatch(plain)
        if found is None:
            raise ValueError(f"「{written}」要写成 周一至周五 22:00-06:30 或 每天 22:00-06:30 这样")
        days, *times = found.groups()
        hours = [int(one) for one in times]
        for hour, minute, last in ((*hours[:2], 23), (*hours[2:], 24)):
            if hour > last or minute > 59 or (hour == 24 and minute):
                latest = "24:00" if last == 24 else "23:59"
                raise ValueError(
                    f"「{written}」里没有 {hour:02}:{minute:02} 这个时间，最晚写 {latest}"
                )
        start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
        return cls(_days(days, written), start, end)

    def written(self) -> str:
        """The span as people read it, and as `read` takes it back."""
        return f"{_said_days(self.days)} {clock(self.start)}-{clock(self.end)}"

    @property
    def empty(self) -> bool:
        return self.start == self.end

    @property
    def minutes(self) -> tuple[range, range]:
        """The minutes it takes of the day it begins on, and of the next."""
        if self.end > self.start:
            return range(self.start, self.end), range(0)
        return range(self.start, MINUTES), range(self.end)

    def meets(self, other: Span) -> bool:
        """Whether the two share a minute of some week."""
        if self.empty or other.empty:
            return False
        mine, theirs = list(_of_week(self)), list(_of_week(other))
        return any(max(a[0], b[0]) < min(a[1], b[1]) for a in mine for b in theirs)


class Moment(NamedTuple):
    """A minute of the day on some weekdays (Monday is 0), as the calendar on the wall has them: holidays
    change nothing."""

    days: frozenset[int]
    minute: int

    @classmethod
    def read(cls, written: str) -> Moment:
        """Read `周日 03:00`, `Mon,Thu 4:30`, `每天 03:00`, `03:00` (every day).

        Raises ValueError, with words for people.
        """
        found = _MOMENT.fullmatch(unicodedata.normalize("NFKC", written).strip())
        if found is None:
            raise ValueError(f"「{written}」要写成 周日 03:00 或 每天 03:00 这样")
        days, hour, minute = found[1], int(found[2]), int(found[3])
        if hour > 23 or minute > 59:
            raise ValueError(f"「{written}」里没有 {hour:02}:{minute:02} 这个时间，最晚写 23:59")
        return cls(_days(days or _EVERY[0], written), hour * 60 + minute)

    def written(self) -> str:
        """The moment as people read it, and as `read` takes it back."""
        return f"{_said_days(self.days)} {clock(self.minute)}"

    def last(self, now: datetime) -> datetime:
        """The last such moment up to `now`, in its zone."""
        at = time(self.minute // 60, self.minute % 60)
        days = (now.date() - timedelta(days=back) for back in range(8))
        moments = (
            datetime.combine(day, at, now.tzinfo) for day in days if day.weekday() in self.days
        )
        return next(moment for moment in moments if moment <= now)


def clock(minute: int) -> str:
    """A minute of the day for people: 06:30; the end of the day is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _of_week(span: Span) -> Iterable[tuple[int, int]]:
    """Where the span lies, in minutes of the week; what runs over its end begins it."""
    for day in span.days:
        for offset, part in zip((0, 1), span.minutes, strict=True):
            if part:
                first = (day + offset) % 7 * MINUTES
                yield first + part.start, first + part.stop


def _days(text: str, written: str) -> frozenset[int]:
    """The weekdays that somebody wrote before the times."""
    plain = text.strip().lower()
    if plain in _EVERY:
        return frozenset(range(7))
    found: set[int] = set()
    for part in filter(None, re.split(r"[\s,、和]+", plain)):
        ends = [end.strip() for end in re.split(r"[-~–—至到]", part)]
        if len(ends) > 2 or any(end not in _NAMES for end in ends):
            raise ValueError(
                f"「{written}」里看不懂「{part}」：星期写 Mon 到 Sun、周一到周日，或 每天"
            )
        first, last = _NAMES[ends[0]], _NAMES[ends[-1]]
        found |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    if not found:
        raise ValueError(f"「{written}」前面要写哪几天，如 周一至周五 或 每天")
    return frozenset(found)


def _said_days(days: frozenset[int]) -> str:
    if len(days) == 7:
        return "每天"
    first, last = min(days), max(days)
    if len(days) > 2 and len(days) == last - first + 1:
        return f"周{_SHOWN[first]}至周{_SHOWN[last]}"
    return "和".join(f"周{_SHOWN[day]}" for day in sorted(days))


class Weekly(NamedTuple):
    """A minute of the day on some weekdays (Monday is 0), by the clock on the wall; holidays make no
    difference."""

    days: frozenset[int]
    minute: int

    @classmethod
    def read(cls, written: str) -> Weekly:
        """Read `周一 08:00`, `Mon,Thu 19:30` or `每天 07:00`.

        Raises ValueError, with words for people.
        """
        found = _MOMENT.fullmatch(unicodedata.normalize("NFKC", written).strip())
        if found is None:
            raise ValueError(f"「{written}」要写成 周一 08:00 或 每天 08:00 这样")
        hour, minute = int(found[2]), int(found[3])
        if hour > 23 or minute > 59:
            raise ValueError(f"「{written}」里没有 {hour:02}:{minute:02} 这个时间，最晚写 23:59")
        return cls(_days(found[1], written), hour * 60 + minute)

    def written(self) -> str:
        """As people read it, and as `read` takes it back."""
        return f"{_said_days(self.days)} {clock(self.minute)}"

    def last(self, now: datetime) -> datetime:
        """The last such moment that is not after `now`, in the zone of `now`."""
        at = time(*divmod(self.minute, 60), tzinfo=now.tzinfo)
        for back in range(8):
            day = now.date() - timedelta(days=back)
            due = datetime.combine(day, at)
            if day.weekday() in self.days and due.astimezone(UTC) <= now.astimezone(UTC):
                return due
        raise AssertionError("a week has every weekday")


class Days(NamedTuple):
    """Dates from `first` to `last`, both of them in it."""

    first: date
    last: date

    @classmethod
    def read(cls, written: str) -> Days:
        """Read `2026-09-01..2027-01-22`, `2026-09-01至2027-01-22` or one date.

        Raises ValueError, with words for people.
        """
        found = _DATES.fullmatch(unicodedata.normalize("NFKC", written).strip())
        if found is None:
            raise ValueError(f"「{written}」要写成 2026-09-01..2027-01-22 这样")
        first, last = (read_date(one or found[1]) for one in found.groups())
        if last < first:
            raise ValueError(f"「{written}」的结束在开始之前")
        return cls(first, last)

    def written(self) -> str:
        """As `read` takes it back."""
        return f"{self.first}..{self.last}" if self.last != self.first else str(self.first)

    def has(self, day: date) -> bool:
        return self.first <= day <= self.last


def read_date(written: str) -> date:
    """Read `2026-09-01`. Raises ValueError, with words for people."""
    try:
        year, month, day = (int(one) for one in written.split("-"))
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"没有「{written}」这一天，请写成 2026-09-01 这样") from None


class Day(NamedTuple):
    """What a date counts as: a weekday (Monday is 0), whether there is an exam, and the rule in
    words; empty where it is what its weekday says."""

    weekday: int
    exam: bool = False
    rule: str = ""


class Interval(NamedTuple):
    """A time during which it is so, from `start` and before `end`, and the rules that say it."""

    start: float
    end: float
    rules: tuple[str, ...]


class State(NamedTuple):
    """What is so at a moment. `start` and `until` are the ends of the time around it in which
    nothing changes; `until` is at least a week ahead where nothing changes for longer."""

    on: bool
    start: float
    until: float
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Calendar:
    """Spans of the week, and the dates on which they are others. `zone` None: the installation's.

    Outside of `terms` every day is off; without any, none is. `exam_spans` are added in `exams`.
    `days` says of single dates whether they are school days, and goes before all else.
    """

    spans: tuple[Span, ...] = ()
    holidays: bool = True
    terms: tuple[Days, ...] = ()
    exams: tuple[Days, ...] = ()
    exam_spans: tuple[Span, ...] = ()
    days: Mapping[date, bool] = field(default_factory=dict[date, bool])
    zone: ZoneInfo | None = None
    _last: dict[tzinfo, State] = field(
        default_factory=dict["tzinfo", State], init=False, repr=False, compare=False
    )
    """The last answer in each zone: most questions are about the same stretch of time."""

    def day(self, day: date) -> Day:
        """What a date counts as."""
        exam = any(one.has(day) for one in self.exams)
        weekday = day.weekday()
        known = special(day) if self.holidays else None
        if day in self.days:
            off, rule = not self.days[day], "学校安排"
        elif self.terms and not any(one.has(day) for one in self.terms):
            off, rule = True, "假期"
        elif known is not None:
            off, rule = known.off, known.name + ("" if known.off else "调休上班")
        else:
            return Day(weekday, exam, "考试周" if exam else "")
        if off:
            return Day(weekday if weekday > 4 else 6, exam, f"{rule}，按周末")
        return Day(weekday if weekday < 5 else 0, exam, f"{rule}，按工作日")

    def intervals(self, first: date, last: date, zone: tzinfo) -> list[Interval]:
        """When it is so, of the spans that begin on these dates, in order; what overlaps or touches
        is one. `zone` is the installation's."""
        zone = self.zone or zone
        found: list[Interval] = []
        for index in range((last - first).days + 1):
            date_ = first + timedelta(index)
            day = self.day(date_)
            for span in (*self.spans, *(self.exam_spans if day.exam else ())):
                if day.weekday not in span.days or span.empty:
                    continue
                start = instant(date_, span.start, zone, late=False)
                next_day = date_ + timedelta(span.end <= span.start)
                end = instant(next_day, span.end, zone, late=True)
                rule = span.written() + (f"（{day.rule}）" if day.rule else "")
                if start < end:
                    found.append(Interval(start, end, (rule,)))
        merged: list[Interval] = []
        for one in sorted(found):
            if merged and one.start <= merged[-1].end:
                before = merged[-1]
                rules = tuple(dict.fromkeys((*before.rules, *one.rules)))
                merged[-1] = Interval(before.start, max(before.end, one.end), rules)
            else:
                merged.append(one)
        return merged

    def at(self, moment: float, zone: tzinfo) -> State:
        """What is so at a moment. `zone` is the installation's."""
        last = self._last.get(zone)
        if last is not None and last.start <= moment < last.until:
            return last
        state = self._last[zone] = self._state(moment, zone)
        return state

    def _state(self, moment: float, zone: tzinfo) -> State:
        local = self.zone or zone
        today = datetime.fromtimestamp(moment, local).date()
        begun, ahead = today - timedelta(2), today + timedelta(_AHEAD)
        known_from = instant(begun + timedelta(1), 0, local, late=False)
        known_to = instant(ahead, 0, local, late=False)
        for one in self.intervals(begun, ahead, zone):
            if moment < one.start:
                return State(False, known_from, min(one.start, known_to))
            if moment < one.end:
                return State(True, one.start, min(one.end, known_to), one.rules)
            # What began before these days may still run until then.
            known_from = max(known_from, one.end)
        return State(False, known_from, known_to)


def instant(day: date, minute: int, zone: tzinfo, *, late: bool) -> float:
    """The moment at which clocks of the zone show this minute of the day. Where they show it twice
    the first, or with `late` the second; where they skip it, the next that they show."""
    wall = datetime.combine(day, time.min) + timedelta(minutes=minute)
    first, second = (wall.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1))
    if first == second:
        return first
    if first < second:
        return second if late else first
    # Skipped: the clocks jump somewhere between the two readings.
    offset = _offset(second, zone)
    low, high = int(second), int(first)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(middle, zone) == offset else (low, middle)
    return float(high)


def _offset(moment: float, zone: tzinfo) -> timedelta | None:
    return datetime.fromtimestamp(moment, UTC).astimezone(zone).utcoffset()
