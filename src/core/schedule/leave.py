"""Leave that a person gave: hours of a calendar that do not hold, for one account or for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from src.core.chat.events import Account


class Leave(NamedTuple):
    """From `start` and before `end`, in seconds since the epoch; `account` None: the whole group."""

    start: float
    end: float
    account: Account | None = None
    reason: str = ""


def on_leave(leaves: Iterable[Leave], account: Account, moment: float) -> bool:
    """Whether this account may write at this moment, whatever the calendar says (09.3.2)."""
    return any(one.start <= moment < one.end and one.account in (None, account) for one in leaves)
