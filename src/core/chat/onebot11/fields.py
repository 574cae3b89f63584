"""Single fields as OneBot 11 implementations send them, made safe to keep and to write."""

from __future__ import annotations

from typing import Any

Raw = dict[str, Any]

_LONGEST_ID = 128


def clean(value: object) -> str:
    """What people wrote, without what no database and no library takes: NUL and lone surrogates."""
    if not isinstance(value, str):
        return ""
    try:
        value.encode()
    except UnicodeEncodeError:
        value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value.replace("\0", "") if "\0" in value else value


def read_id(value: object) -> str:
    """An id as an opaque string; empty where there is none (absent, 0, not an id)."""
    if type(value) is int:
        # Beyond 128 digits Python itself may refuse to write it out.
        return str(value) if value and value.bit_length() < 425 else ""
    if isinstance(value, str):
        value = value.strip()
        if value != "0" and len(value) <= _LONGEST_ID and value.isprintable():
            return value
    return ""


def read_time(value: object, otherwise: float) -> float:
    """Seconds since the epoch; `otherwise` where the value is none that a clock could show."""
    if isinstance(value, (int, float)) and 0 < value < 1e11:
        return float(value)
    return otherwise


def first(data: Raw, *names: str) -> str:
    """The first of the fields that says something, as a string."""
    for name in names:
        value = data.get(name)
        if isinstance(value, str) and value:
            return clean(value)
        if type(value) is int:
            return str(value)
    return ""
