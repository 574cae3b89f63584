"""Deadlines in school days. Pure: no clock, no I/O."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .calendar import Calendar

if TYPE_CHECKING:
    from datetime import date, tzinfo

LONGEST_BREAK = 14
"""Days off in a row after which days count again whatever the calendar says: a public holiday is
shorter, and what somebody waits for is not held up by a summer (judgement)."""
PUBLIC = Calendar()
"""Weekends, public holidays and the weekends that are worked for them; no school's own dates."""


def is_school_day(day: date, calendar: Calendar = PUBLIC) -> bool:
    """Whether a date counts as one of Monday to Friday by the calendar."""
    return calendar.day(day).weekday < 5


def school_days(since: datetime, count: int, zone: tzinfo, calendar: Calendar = PUBLIC) -> datetime:
    """The same time of day, `count` (at least 1) school days after `since`; its own day does not count,
    as in law. `zone` is the installation's; the calendar's own goes before it."""
    zone = calendar.zone or zone
    local = since.astimezone(zone)
    day, off = local.date(), 0
    while count > 0:
        day += timedelta(days=1)
        off = 0 if is_school_day(day, calendar) else off + 1
        if off == 0 or off > LONGEST_BREAK:
            count -= 1
    return datetime.combine(day, local.timetz().replace(tzinfo=None), zone).astimezone(since.tzinfo)
