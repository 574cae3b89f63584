"""Logging a fault with what is needed to act on it, and nothing that people wrote."""

from __future__ import annotations

import traceback

from loguru import logger


def log_fault(what: str, error: BaseException) -> None:
    """Log once what failed, the kind of the error and where it was raised. What the error says is
    left out: it may quote a message."""
    where = "".join(traceback.format_tb(error.__traceback__))
    logger.error("{}: {}\n{}", what, type(error).__name__, where)
