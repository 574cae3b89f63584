"""Deadlines that do not run while there is no school."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
import pytest

from src.core.schedule import Calendar, Days, is_school_day, school_days

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("since", "count", "until"),
    [
        ("2026-11-03 12:00", 3, "2026-11-06 12:00"),
        ("2026-11-06 20:00", 1, "2026-11-09 20:00"),  # Friday evening
        ("2026-11-07 08:00", 1, "2026-11-09 08:00"),  # Saturday
        ("2026-11-05 23:59", 3, "2026-11-10 23:59"),
        # The week of the national holiday of 2026: the 1st to the 7th of October are off, Saturday the
        # 10th is worked for them.
        ("2026-09-30 12:00", 1, "2026-10-08 12:00"),
        ("2026-10-08 12:00", 3, "2026-10-12 12:00"),
    ],
)
def test_what_is_no_school_day_does_not_count(since: str, count: int, until: str) -> None:
    assert school_days(at(since), count, SHANGHAI) == at(until)
    # However the moment is written.
    assert school_days(at(since).astimezone(UTC), count, SHANGHAI) == at(until)


def test_the_schools_own_days_go_before_the_public_ones() -> None:
    own = Calendar(days={date(2026, 11, 4): False, date(2026, 11, 7): True})
    assert school_days(at("2026-11-03 12:00"), 3, SHANGHAI, own) == at("2026-11-07 12:00")


def test_a_long_break_does_not_hold_a_deadline_up() -> None:
    term = Calendar(terms=(Days(date(2026, 9, 1), date(2026, 11, 3)),))
    assert school_days(at("2026-11-03 12:00"), 1, SHANGHAI, term) == at("2026-11-18 12:00")


@given(
    st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    st.times(),
    st.integers(1, 15),
)
def test_a_deadline_is_on_a_school_day_and_no_nearer_than_so_many_days(
    day: date, time_of_day: time, count: int
) -> None:
    since = datetime.combine(day, time_of_day, SHANGHAI)
    until = school_days(since, count, SHANGHAI)
    days = [since.date() + timedelta(n + 1) for n in range((until.date() - since.date()).days)]
    assert is_school_day(until.date())
    assert sum(is_school_day(day) for day in days) == count
    assert until.time() == time_of_day
