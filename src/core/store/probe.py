"""Whether the store works: asked from outside of what it is used for."""

from __future__ import annotations

import asyncio
from contextvars import Context
import errno
import sqlite3
from typing import TYPE_CHECKING, Literal

import asyncpg
from tortoise.exceptions import BaseORMException

from .transactions import in_transaction

if TYPE_CHECKING:
    from collections.abc import Iterator

Health = Literal["ok", "slow", "down"]


async def _touch() -> None:
    """Open a transaction as a case does, and read; on SQLite this takes the lock for writing."""
    async with in_transaction() as connection:
        await connection.execute_query('SELECT 1 FROM "school" LIMIT 1')


class Probe:
    """Asks the store, one question at a time, however many want to know.

    A question that is not answered in time is not cut short: SQLite would wait for a lock all the
    same, and each new question would wait behind it.
    """

    def __init__(self) -> None:
        self._question: asyncio.Task[None] | None = None

    async def ask(self, seconds: float) -> Health:
        """`ok`, `down` where the store fails, `slow` where it has not answered in `seconds`."""
        question = self._question
        if question is None or question.done():
            question = asyncio.get_running_loop().create_task(
                _touch(), name="probe", context=Context()
            )
            self._question = question
        await asyncio.wait({question}, timeout=seconds)
        if not question.done():
            return "slow"
        return "down" if question.cancelled() or question.exception() is not None else "ok"

    async def close(self) -> None:
        """Ask no more."""
        if self._question is not None:
            self._question.cancel()
            await asyncio.wait({self._question})


def trouble(error: BaseException) -> Literal["disk", "store"] | None:
    """What an error says of the ground we stand on: a full disk, a store that fails, or neither."""
    chain = list(_causes(error))
    if any(_is_full(one) for one in chain):
        return "disk"
    kinds = (sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError, BaseORMException)
    return "store" if any(isinstance(one, kinds) for one in chain) else None


def _causes(error: BaseException) -> Iterator[BaseException]:
    one: BaseException | None = error
    while one is not None:
        yield one
        one = one.__cause__ or one.__context__


def _is_full(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    if isinstance(error, sqlite3.Error):
        # sqlite3 sets no code on errors that it raises itself.
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return isinstance(error, asyncpg.DiskFullError)
