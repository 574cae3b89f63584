from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st
import pytest

from src.core.store.fields import UtcDatetimeField
from src.core.store.models import School

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
FIRST, LAST = datetime.fromisoformat("1970-01-02"), datetime.fromisoformat("9999-12-30")
MOMENTS = st.datetimes(FIRST, LAST, timezones=ZONES)


def as_text(moment: datetime) -> str:
    """What SQLite is given."""
    return UtcDatetimeField().to_db_value(moment, School).isoformat(" ")


@given(MOMENTS, MOMENTS)
def test_the_text_of_moments_is_in_their_order(one: datetime, other: datetime) -> None:
    assert (as_text(one) < as_text(other)) == (one < other)


@given(MOMENTS, st.sampled_from([-1000000, -1, 0, 1, 1000000]))
def test_moments_close_together_are_in_order_too(one: datetime, microseconds: int) -> None:
    other = one + timedelta(microseconds=microseconds)
    assert (as_text(one) < as_text(other)) == (one < other)


def test_a_moment_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        as_text(datetime.fromisoformat("2026-11-22T12:00:00"))
