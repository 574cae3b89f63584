"""Logging a fault with what is needed to act on it, and nothing that people wrote."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from loguru import logger

if TYPE_CHECKING:
    from collections.abc import Callable

_listeners: list[Callable[[BaseException], None]] = []


def log_fault(what: str, error: BaseException) -> None:
    """Log once what failed, the kind of the error and where it was raised. What the error says is
    left out: it may quote a message."""
    where = "".join(traceback.format_tb(error.__traceback__))
    logger.error("{}: {}\n{}", what, type(error).__name__, where)
    for listener in _listeners:
        listener(error)


def listen(listener: Callable[[BaseException], None]) -> Callable[[], None]:
    """Have each fault shown to `listener`, which must not raise; returns what ends that."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)
