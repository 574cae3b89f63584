"""Hours of the week by a school's calendar: a table of days, and the same said in another way."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st
import pytest

from src.core.chat.events import Account
from src.core.schedule import Calendar, Days, Leave, Span, Weekly, on_leave
from src.core.schedule.calendar import MINUTES, instant, known_zone
from src.core.schedule.holidays import last_day, special

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = [
    ZoneInfo(name)
    for name in ("Asia/Shanghai", "Europe/London", "America/New_York", "Australia/Lord_Howe")
]
NIGHTS = ("Mon-Fri 22:00-06:30", "Sat,Sun 22:30-07:00")


def spans(*written: str) -> tuple[Span, ...]:
    return tuple(Span.read(one) for one in written)


def moment(written: str, zone: ZoneInfo = SHANGHAI) -> float:
    return datetime.fromisoformat(written).replace(tzinfo=zone).timestamp()


def said(moment: float, zone: ZoneInfo = SHANGHAI) -> str:
    return f"{datetime.fromtimestamp(moment, zone):%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("written", "again"),
    [
        ("Mon-Fri 22:00-06:30", "周一至周五 22:00-06:30"),
        ("周一至周五 22:00-06:30", "周一至周五 22:00-06:30"),
        ("周一到周五　22：00—6:30", "周一至周五 22:00-06:30"),
        ("Sat,Sun 22:30-07:00", "周六和周日 22:30-07:00"),
        ("周六、周日 22:30至07:00", "周六和周日 22:30-07:00"),
        ("Fri-Mon 21:00-24:00", "周一和周五和周六和周日 21:00-24:00"),
        ("daily 23:00-07:00", "每天 23:00-07:00"),
        ("每天 00:00-24:00", "每天 00:00-24:00"),
        ("周三 12:00-12:00", "周三 12:00-12:00"),
    ],
)
def test_a_span_is_read_and_written(written: str, again: str) -> None:
    span = Span.read(written)
    assert span.written() == again
    assert Span.read(again) == span


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("周一 25:00-06:30", "没有 25:00"),
        ("周一 22:60-06:30", "没有 22:60"),
        ("周一 24:00-06:30", "没有 24:00"),
        ("周一 22:00-24:30", "没有 24:30"),
        ("22:00-06:30", "哪几天"),
        ("周八 22:00-06:30", "看不懂「周八」"),
        ("Mon-Wed-Fri 22:00-06:30", "看不懂"),
        ("晚上", "要写成"),
    ],
)
def test_a_span_that_is_none_is_refused(written: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Span.read(written)


@pytest.mark.parametrize(
    ("written", "again"),
    [
        ("周一 08:00", "周一 08:00"),
        ("Mon, Thu 19:30", "周一和周四 19:30"),
        ("每天 0:05", "每天 00:05"),
        ("周一到周五 23：59", "周一至周五 23:59"),
    ],
)
def test_a_minute_of_the_week_is_read_and_written(written: str, again: str) -> None:
    assert Weekly.read(written).written() == again
    assert Weekly.read(again) == Weekly.read(written)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("周一 24:00", "没有 24:00"),
        ("周八 08:00", "看不懂「周八」"),
        ("08:00", "哪几天"),
        ("周一早上", "要写成"),
        ("周一 08:00-09:00", "看不懂"),
    ],
)
def test_a_minute_that_is_none_is_refused(written: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Weekly.read(written)


@pytest.mark.parametrize(
    ("written", "now", "last"),
    [
        ("周一 08:00", "2026-11-23T08:00", "2026-11-23T08:00"),
        ("周一 08:00", "2026-11-23T07:59", "2026-11-16T08:00"),
        ("周一 08:00", "2026-11-22T23:59", "2026-11-16T08:00"),
        ("周一,周四 08:00", "2026-11-22T23:59", "2026-11-19T08:00"),
        ("每天 08:00", "2026-11-22T07:59", "2026-11-21T08:00"),
        # The clock was set back in this night, and put forward in the other.
        ("周日 02:30", "2026-10-25T12:00", "2026-10-25T02:30"),
        ("周日 02:30", "2026-03-29T12:00", "2026-03-29T02:30"),
    ],
)
def test_the_last_such_minute(written: str, now: str, last: str) -> None:
    zone = ZoneInfo("Europe/Berlin")
    due = Weekly.read(written).last(datetime.fromisoformat(now).replace(tzinfo=zone))
    assert due == datetime.fromisoformat(last).replace(tzinfo=zone)


@pytest.mark.parametrize(
    "written", ["2026-02-30", "2026-13-01..2027-01-01", "九月", "2026-09-02..2026-09-01"]
)
def test_dates_that_are_none_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"2026-|之前"):
        Days.read(written)


def test_a_zone_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="没有 Asia/Peking"):
        known_zone("Asia/Peking")


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("周一 08:00-09:00", "周一 09:00-10:00", False),
        ("周一 08:00-09:01", "周一 09:00-10:00", True),
        ("周一 22:00-06:30", "周二 06:00-07:00", True),
        ("周日 22:00-06:30", "周一 06:29-07:00", True),
        ("周一 22:00-06:30", "周一 06:00-07:00", False),
        ("每天 12:00-12:00", "每天 00:00-24:00", False),
    ],
)
def test_spans_that_share_a_minute_meet(one: str, other: str, meet: bool) -> None:
    assert Span.read(one).meets(Span.read(other)) is meet
    assert Span.read(other).meets(Span.read(one)) is meet


# Friday 6 November 2026 is an ordinary one; Saturday 10 October is worked; 1 to 7 October are off.
@pytest.mark.parametrize(
    ("when", "on", "until", "rule"),
    [
        ("2026-11-06 21:59", False, "11-06 22:00", ""),
        ("2026-11-06 22:00", True, "11-07 06:30", "周一至周五 22:00-06:30"),
        ("2026-11-07 06:29", True, "11-07 06:30", "周一至周五 22:00-06:30"),
        ("2026-11-07 06:30", False, "11-07 22:30", ""),
        ("2026-11-07 22:15", False, "11-07 22:30", ""),
        ("2026-11-09 06:59", True, "11-09 07:00", "周六和周日 22:30-07:00"),
        ("2026-10-01 22:15", False, "10-01 22:30", ""),
        ("2026-10-01 22:30", True, "10-02 07:00", "周六和周日 22:30-07:00（国庆节，按周末）"),
        (
            "2026-10-10 22:15",
            True,
            "10-11 06:30",
            "周一至周五 22:00-06:30（国庆节调休上班，按工作日）",
        ),
    ],
)
def test_nights_of_a_week_and_of_holidays(when: str, on: bool, until: str, rule: str) -> None:
    state = Calendar(spans(*NIGHTS)).at(moment(when), SHANGHAI)
    assert (state.on, said(state.until), state.rules) == (on, until, (rule,) if rule else ())


def test_holidays_can_be_left_out() -> None:
    state = Calendar(spans(*NIGHTS), holidays=False).at(moment("2026-10-01 22:15"), SHANGHAI)
    assert state.on


def test_the_schools_own_dates() -> None:
    calendar = Calendar(
        spans("Mon-Fri 08:00-12:00"),
        terms=(Days.read("2026-09-01..2027-01-22"),),
        exams=(Days.read("2026-11-09..2026-11-10"),),
        exam_spans=spans("每天 20:00-22:00"),
        days={date(2026, 11, 12): False, date(2026, 11, 14): True},
    )
    found = {
        when: calendar.at(moment(when), SHANGHAI).on
        for when in (
            "2026-11-05 09:00",
            "2026-11-09 09:00",
            "2026-11-09 21:00",
            "2026-11-11 21:00",
            "2026-11-12 09:00",
            "2026-11-14 09:00",
            "2026-08-31 09:00",
            "2027-01-25 09:00",
        )
    }
    assert list(found.values()) == [True, True, True, False, False, True, False, False]
    assert calendar.day(date(2026, 11, 12)).rule == "学校安排，按周末"
    assert calendar.day(date(2026, 8, 31)).rule == "假期，按周末"
    assert calendar.day(date(2026, 11, 9)) == (0, True, "考试周")


def test_spans_that_overlap_or_touch_are_one() -> None:
    calendar = Calendar(spans("周一 20:00-22:00", "周一 21:00-23:00", "周一 23:00-01:00"))
    (one,) = calendar.intervals(date(2026, 11, 2), date(2026, 11, 2), SHANGHAI)
    assert (said(one.start), said(one.end)) == ("11-02 20:00", "11-03 01:00")
    assert len(one.rules) == 3


def test_a_span_that_ends_as_it_begins_is_no_time_and_a_whole_day_never_ends() -> None:
    noon = moment("2026-11-03 12:00")
    assert not Calendar(spans("每天 12:00-12:00")).at(noon, SHANGHAI).on
    state = Calendar(spans("每天 00:00-24:00")).at(noon, SHANGHAI)
    assert state.on
    assert state.until - noon > 7 * 86_400


def test_a_school_far_away_has_its_own_clock() -> None:
    calendar = Calendar(spans("每天 22:00-06:30"), zone=ZoneInfo("Asia/Urumqi"))
    assert not calendar.at(moment("2026-11-03 22:30"), SHANGHAI).on
    assert calendar.at(moment("2026-11-04 00:30"), SHANGHAI).on


@pytest.mark.parametrize(
    ("day", "minute", "late", "expected"),
    [
        # 29 March 2026: 01:00 to 02:00 are skipped in London.
        ("2026-03-29", 59, False, "2026-03-29 00:59+00:00"),
        ("2026-03-29", 60, False, "2026-03-29 01:00+00:00"),
        ("2026-03-29", 90, False, "2026-03-29 01:00+00:00"),
        ("2026-03-29", 90, True, "2026-03-29 01:00+00:00"),
        ("2026-03-29", 120, False, "2026-03-29 01:00+00:00"),
        # 25 October: 01:00 to 02:00 come twice.
        ("2026-10-25", 90, False, "2026-10-25 00:30+00:00"),
        ("2026-10-25", 90, True, "2026-10-25 01:30+00:00"),
        ("2026-10-25", 120, True, "2026-10-25 02:00+00:00"),
    ],
)
def test_when_clocks_change(day: str, minute: int, late: bool, expected: str) -> None:
    found = instant(date.fromisoformat(day), minute, ZoneInfo("Europe/London"), late=late)
    assert found == datetime.fromisoformat(expected).timestamp()


WEEK = st.builds(
    Span,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.integers(0, MINUTES - 1),
    st.integers(0, MINUTES),
)
MOMENTS = st.integers(
    int(moment("2026-01-01 00:00")) // 60, int(moment("2027-12-31 00:00")) // 60
).map(lambda minute: minute * 60.0)
CALENDARS = st.builds(
    Calendar,
    st.lists(WEEK, max_size=4).map(tuple),
    holidays=st.booleans(),
    days=st.dictionaries(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.booleans(), max_size=3),
)


def by_the_wall(calendar: Calendar, wall: datetime) -> bool:
    """Whether it is so by what a clock on the wall shows."""
    minute = wall.hour * 60 + wall.minute
    today = calendar.day(wall.date()).weekday
    yesterday = calendar.day(wall.date() - timedelta(1)).weekday
    return any(
        (today in span.days and minute in span.minutes[0])
        or (yesterday in span.days and minute in span.minutes[1])
        for span in calendar.spans
        if not span.empty
    )


@given(CALENDARS, MOMENTS, st.sampled_from(ZONES))
def test_it_is_so_as_the_clock_on_the_wall_shows(
    calendar: Calendar, now: float, zone: ZoneInfo
) -> None:
    wall = datetime.fromtimestamp(now, zone)
    for hours in range(-2, 3):
        near = datetime.fromtimestamp(now + hours * 3600, zone)
        if near.utcoffset() != wall.utcoffset():
            return  # Clocks change: their table is above.
    state = calendar.at(now, zone)
    assert state.on is by_the_wall(calendar, wall)
    assert state.start <= now < state.until


@given(CALENDARS, MOMENTS, st.sampled_from(ZONES))
@example(
    Calendar(
        (
            Span(frozenset({1}), 3, 2),
            Span(frozenset({0, 2}), 0, 1),
        )
    ),
    1_781_798_400.0,
    ZoneInfo("Asia/Shanghai"),
)
def test_nothing_changes_before_the_time_that_is_named(
    calendar: Calendar, now: float, zone: ZoneInfo
) -> None:
    state = calendar.at(now, zone)
    fresh = Calendar(calendar.spans, calendar.holidays, days=calendar.days)
    for other in (state.start, (state.start + state.until) // 2, state.until - 1):
        assert fresh._state(other, zone).on is state.on


@given(CALENDARS, st.dates(date(2026, 1, 3), date(2027, 12, 20)), st.sampled_from(ZONES))
def test_intervals_are_in_order_and_apart(calendar: Calendar, day: date, zone: ZoneInfo) -> None:
    found = calendar.intervals(day, day + timedelta(7), zone)
    assert all(one.start < one.end and one.rules for one in found)
    assert all(a.end < b.start for a, b in pairwise(found))


@given(
    st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(0, MINUTES), st.sampled_from(ZONES)
)
def test_a_minute_is_shown_at_its_moment_or_the_next_one_after(
    day: date, minute: int, zone: ZoneInfo
) -> None:
    wanted = datetime.combine(day, time.min) + timedelta(minutes=minute)
    for late in (False, True):
        shown = datetime.fromtimestamp(instant(day, minute, zone, late=late), zone)
        assert timedelta(0) <= shown.replace(tzinfo=None) - wanted <= timedelta(hours=1)


def test_leave_is_for_one_or_for_all() -> None:
    one, other = Account("qq", "1"), Account("qq", "2")
    leaves = [Leave(10, 20, one), Leave(30, 40)]
    assert [on_leave(leaves, one, now) for now in (9, 10, 19, 20, 30)] == [
        False, True, True, False, True,
    ]  # fmt: skip
    assert [on_leave(leaves, other, now) for now in (10, 30)] == [False, True]


def test_the_data_have_an_end() -> None:
    assert special(date(2026, 10, 1)) == (True, "国庆节")
    assert special(date(2026, 10, 10)) == (False, "国庆节")
    assert special(date(2026, 11, 3)) is None
    assert last_day().month == 12
    assert special(last_day() + timedelta(1)) is None
