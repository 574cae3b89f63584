"""What a clause sets of anti_flood. The defaults are those of the regulations (08.1.2.5, 14.3.1,
21.1.2.5: three times in a row) and of anchors/moderation.md, 4.4."""

from __future__ import annotations

from functools import lru_cache
import re
from typing import Annotated, Any, NamedTuple, cast

from pydantic import AfterValidator, Field, model_validator

from src.core.area import Settings
from src.core.duration import Seconds, parse, written

from . import texts

_HOUR = 3600
_MOST = 120
"""The windows remember few more messages of a person."""
_MOST_CROWD = 100


class Limit(NamedTuple):
    """So many messages in so many seconds."""

    messages: int
    seconds: int


def read_limit(written_limit: str) -> Limit:
    """Read `12/1m`, also with Chinese units. Raises ValueError with words for people."""
    found = re.fullmatch(r"\s*(\d{1,4})\s*[/／]\s*(\S.*?)\s*", written_limit)
    if found is None or found[2].isdecimal():
        raise ValueError(texts.LIMIT)
    limit = Limit(int(found[1]), parse(found[2]))
    if not 1 <= limit.messages <= _MOST or limit.seconds > _HOUR:
        raise ValueError(texts.LIMIT_BOUNDS.format(_MOST))
    return limit


def _limit(value: str) -> str:
    limit = read_limit(value)
    return f"{limit.messages}/{written(limit.seconds)}"


def _crowd(value: str) -> str:
    if value.strip() == "0":
        return "0"
    if read_limit(value).messages > _MOST_CROWD:
        raise ValueError(texts.CROWD_BOUNDS.format(_MOST_CROWD))
    return _limit(value)


Rate = Annotated[str, AfterValidator(_limit)]


@lru_cache(maxsize=256)
def limits(rates: tuple[str, ...]) -> tuple[Limit, ...]:
    """The rates of a clause, read once; the longest first."""
    return tuple(sorted(map(read_limit, rates), key=lambda limit: -limit.seconds))


class FloodSettings(Settings):
    """Zero, or an empty list, switches a check off."""

    same_in_a_row: int = Field(default=3, ge=0, le=50)
    """So many times the same in a row by one person is flooding; so is the same picture so many
    times in one message."""
    row_gap: Seconds = Field(default=3600, le=3600)
    """Two messages further apart than this (seconds) are not in a row: a daily 早上好 is none."""
    same_in_window: int = Field(default=3, ge=0, le=50)
    """So many times the same within `window`, whatever stood between."""
    window: Seconds = Field(default=120, le=3600)
    rates: tuple[Rate, ...] = Field(default=("5/3s", "12/1m", "60/1h"), max_length=6)
    """More messages than this by one person in any of these windows are flooding; an album counts
    as one, a sticker as 0.7, a receipt to a teacher's message not at all."""
    quiet_rates: tuple[Rate, ...] = Field(default=("5/3s", "6/1m", "30/1h"), max_length=6)
    """The same in the group's quiet hours."""
    hint: bool = True
    """Whether a person is told in private at 80 % of a rate."""
    crowd: Annotated[str, AfterValidator(_crowd)] = "40/1m"
    """More messages than this by at least `crowd_people` are a wave: nobody is punished for their
    rate, and the managers are told. `0`: never."""
    crowd_people: int = Field(default=6, ge=2, le=100)
    pictures_at_once: int = Field(default=20, ge=0, le=200)
    """More pictures and videos than this in one message are flooding (02.5.4)."""
    pictures: int = Field(default=30, ge=0, le=200)
    """More pictures and videos than this by one person within `pictures_window`, album or not: three
    albums of nine are none (12.4.3)."""
    stickers: int = Field(default=10, ge=0, le=120)
    """More stickers than this by one person within `pictures_window` (09.2.4, 12.4.3)."""
    pictures_window: Seconds = Field(default=60, le=3600)
    characters: int = Field(default=1000, ge=0, le=20_000)
    """More characters than this in one message, or in the pieces of one within `wall_window`, are a
    wall of text (02.5.4). Nobody types so many in a minute."""
    lines: int = Field(default=50, ge=0, le=2000)
    """More lines than this are a wall too; those of a numbered list, as a 接龙, do not count."""
    wall_window: Seconds = Field(default=60, le=3600)

    @model_validator(mode="before")
    @classmethod
    def _as_written_before(cls, values: Any) -> Any:
        """Policies that groups keep from earlier versions have one `rate` with a `rate_window`."""
        if not isinstance(values, dict) or not {"rate", "rate_window"} & values.keys():
            return cast("Any", values)
        now = dict(cast("dict[str, Any]", values))
        rate, window = now.pop("rate", 20), now.pop("rate_window", "1m")
        once = (
            () if rate == 0 else (f"{rate}/{written(window) if type(window) is int else window}",)
        )
        return {"rates": once, "quiet_rates": once} | now
