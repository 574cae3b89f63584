"""China's public holidays and the weekends that are worked for them, as the State Council announces
them each autumn for the next year. The library `chinesecalendar` keeps them."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import NamedTuple

from chinese_calendar import constants


class Special(NamedTuple):
    """A day that is not what its weekday says. `name` is the holiday's, in Chinese."""

    off: bool
    name: str


@cache
def _special_days() -> dict[date, Special]:
    names = {one.value: str(vars(one)["chinese"]) for one in constants.Holiday}
    return {day: Special(True, names[name]) for day, name in constants.holidays.items()} | {
        day: Special(False, names[name]) for day, name in constants.workdays.items()
    }


def special(day: date) -> Special | None:
    """What is special about a day; None for an ordinary one, and past the end of the data."""
    return _special_days().get(day)


@cache
def last_day() -> date:
    """The last day that the data tell of; an update of the library brings more."""
    return date(max(constants.holidays).year, 12, 31)
