"""Transactions that no cancellation can leave open, on both databases.

Tortoise 1.1.9's own lose the lock or the pooled connection when a task is cancelled while it enters
or leaves one (anchors/storage.md, finding 1).
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from tortoise import transactions as tortoise_transactions
from tortoise.backends.base.client import (
    ConnectionWrapper,
    NestedTransactionContext,
    TransactionalDBClient,
    TransactionContext,
)
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")

_savepoints = count(1)


def in_transaction() -> TransactionContext:
    """A transaction, or a savepoint where one is open: `async with in_transaction(): ...`.

    All of the block is written or none of it, also where the task is cancelled: at any await before
    the commit nothing stays; during the commit it is finished first and the cancellation passed on.

    Start no task inside the block. It would inherit the transaction; once that is over, each of its
    queries raises `TransactionManagementError`. Start it after the block.
    """
    return tortoise_transactions.in_transaction()


async def to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """Await `work` until it is done, whoever cancels meanwhile; then pass the cancellation on."""
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled from (None if task.cancelled() else task.exception())
    return task.result()


def next_savepoint() -> str:
    """A savepoint's name, once in the process."""
    return f"qungui_{next(_savepoints)}"


def refuse_if_over(client: TransactionalDBClient) -> None:
    """Keep a task that was started inside a transaction out of it once it is over.

    On SQLite its rows would otherwise go into whichever transaction is open, and be lost with it.

    Raises:
        TransactionManagementError: the transaction has ended.
    """
    if client._finalized:
        raise TransactionManagementError(
            "this transaction is over; a task started inside it must not use the store"
        )


class Borrowed(ConnectionWrapper[Any]):
    """A client's one connection, locked; gives the lock back when entering fails."""

    async def __aenter__(self) -> Any:
        await self._lock.acquire()
        try:
            await self.ensure_connection()
        except BaseException:
            self._lock.release()
            raise
        return self.connection


class SafeTransaction(TransactionContext):
    """A transaction on a borrowed connection; the connection goes back whatever happens."""

    def __init__(self, client: TransactionalDBClient) -> None:
        self.client = client
        self._borrowed = client._parent.acquire_connection()

    async def __aenter__(self) -> TransactionalDBClient:
        self.client._connection = await self._borrowed.__aenter__()
        try:
            await to_the_end(self.client.begin())
        except BaseException:
            await to_the_end(self._finish(commit=False))
            raise
        self._connections = get_connections()
        self._token = self._connections.set(self.client.connection_name, self.client)
        return self.client

    async def __aexit__(self, exc_type: object, exc_val: object, exc_tb: object) -> None:
        self._connections.reset(self._token)
        await to_the_end(self._finish(commit=exc_type is None))

    async def _finish(self, *, commit: bool) -> None:
        committed = False
        try:
            if commit:
                await self.client.commit()
                committed = True
        finally:
            try:
                if not committed:
                    # What went wrong before says more than a rollback that cannot be.
                    with suppress(Exception):
                        await self.client.rollback()
            finally:
                self.client._finalized = True
                await self._borrowed.__aexit__(None, None, None)


class SafeSavepoint(NestedTransactionContext):
    """A savepoint; what opens, releases or rolls it back is never cut short."""

    async def __aenter__(self) -> TransactionalDBClient:
        await to_the_end(self.client.savepoint())
        return self.client

    async def __aexit__(self, exc_type: object, exc_val: object, exc_tb: object) -> None:
        if exc_type is None:
            await to_the_end(self.client.release_savepoint())
        else:
            await to_the_end(self.client.savepoint_rollback())
