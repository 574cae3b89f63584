"""Single fields as OneBot 11 implementations send them, made safe to keep and to write."""

from __future__ import annotations

from typing import Any

from src.core.chat.reading import clean, read_id, read_time

Raw = dict[str, Any]

__all__ = ["Raw", "clean", "first", "read_id", "read_time"]


def first(data: Raw, *names: str) -> str:
    """The first of the fields that says something, as a string."""
    for name in names:
        value = data.get(name)
        if isinstance(value, str) and value:
            return clean(value)
        if type(value) is int:
            return str(value)
    return ""
