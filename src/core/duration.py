"""Lengths of time as people write and read them; inside the house a length is in seconds."""

from __future__ import annotations

import re
from typing import Annotated
import unicodedata

from pydantic import BeforeValidator, Field, PlainSerializer

LONGEST = 36_500 * 86_400
"""A hundred years, in seconds; anything longer is a slip of the pen, and would overflow dates."""

_WRITTEN = re.compile(
    r"(?:(\d{1,9})\s*(?:d|天)\s*)?"
    r"(?:(\d{1,9})\s*(?:h|小时)\s*)?"
    r"(?:(\d{1,9})\s*(?:m|分钟?)\s*)?"
    r"(?:(\d{1,9})\s*(?:s|秒))?"
)
_SECONDS = (86_400, 3_600, 60, 1)


def parse(text: str) -> int:
    """Read `1d` `1天`, `2h` `2小时`, `10m` `10分钟`, `30s` `30秒`, or several in that order, as in
    `1h30m`; bare digits are minutes.

    Returns the length in seconds, at least 1 and at most `LONGEST`.
    Raises ValueError, with words for people, on anything else.
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if re.fullmatch(r"\d{1,9}", plain):
        plain += "m"
    found = _WRITTEN.fullmatch(plain)
    if found is None or not plain:
        raise ValueError("时长请写成 30s、10m、2h、30d，或 30秒、10分钟、2小时、30天")
    seconds = sum(
        int(part or 0) * unit for part, unit in zip(found.groups(), _SECONDS, strict=True)
    )
    if not 0 < seconds <= LONGEST:
        raise ValueError("时长要大于零，且不超过一百年")
    return seconds


def spoken(seconds: int) -> str:
    """The length for people to read: `10 分钟`, `2 小时`, `1 天 12 小时`."""
    return " ".join(_parts(seconds, (" 天", " 小时", " 分钟", " 秒"))) or "0 秒"


def written(seconds: int) -> str:
    """The length as a pack writes it: `10m`, `2h`, `1d12h`. `parse` reads it back."""
    return "".join(_parts(seconds, ("d", "h", "m", "s"))) or "0s"


def _parts(seconds: int, names: tuple[str, str, str, str]) -> list[str]:
    parts: list[str] = []
    for unit, name in zip(_SECONDS, names, strict=True):
        count, seconds = divmod(seconds, unit)
        if count:
            parts.append(f"{count}{name}")
    return parts


def _read(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value.strip().isdecimal():
        raise ValueError("时长要带单位，如 30s、10m、2h、30d")
    return parse(value)


Seconds = Annotated[
    int,
    Field(strict=True, gt=0),
    BeforeValidator(_read),
    PlainSerializer(written, return_type=str, when_used="json"),
]
"""A field of a pydantic model that is a length: seconds in code; text with a unit where people
write it (bare digits are refused there: seconds or minutes would be a guess)."""
