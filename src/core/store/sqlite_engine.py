"""Tortoise's SQLite engine, safe against cancellation; the configuration names it as `engine`.

"sqlite" must stay in the module's name: the migrations choose their SQL by it.
"""

from __future__ import annotations

from contextlib import contextmanager
import sqlite3
from typing import TYPE_CHECKING, Any

from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionWrapper
from tortoise.exceptions import IntegrityError, OperationalError, TransactionManagementError

from .transactions import (
    Borrowed,
    SafeSavepoint,
    SafeTransaction,
    next_savepoint,
    refuse_if_over,
    to_the_end,
)

if TYPE_CHECKING:
    from collections.abc import Generator

    from tortoise.backends.base.client import ConnectionWrapper, TransactionContext

PRAGMAS = {
    "busy_timeout": 15000,  # milliseconds; a backup or a shell may hold the file for a moment
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
}


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise OperationalError(error) from error
    except sqlite3.IntegrityError as error:
        raise IntegrityError(error) from error


class SafeSqliteClient(SqliteClient):
    """The database's one connection."""

    def __init__(self, file_path: str, **kwargs: Any) -> None:
        super().__init__(file_path, **PRAGMAS, **kwargs)

    async def create_connection(self, with_db: bool) -> None:
        try:
            await super().create_connection(with_db)
        except BaseException:
            # Its thread is no daemon, and a connection without its pragmas must not be used.
            await to_the_end(super().close())
            raise

    async def close(self) -> None:
        """Close after the transaction that is open has ended."""
        async with self._lock:
            await super().close()

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        return Borrowed(self._lock, self)

    def _in_transaction(self) -> TransactionContext:
        return SafeTransaction(_Transaction(self))

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        async with self._in_transaction() as transaction:
            await transaction.execute_many(query, values)


class _Transaction(SqliteTransactionWrapper):
    def acquire_connection(self) -> ConnectionWrapper[Any]:
        refuse_if_over(self)
        return Borrowed(self._lock, self)

    def _in_transaction(self) -> TransactionContext:
        refuse_if_over(self)
        return SafeSavepoint(_Transaction(self))

    async def begin(self) -> None:
        # IMMEDIATE: one that reads first and then writes would fail at once where another process
        # has written meanwhile, whatever the busy_timeout.
        with _translated():
            await self._connection.execute("BEGIN IMMEDIATE")

    async def commit(self) -> None:
        # On a full disk, for one, SQLite rolls back by itself; COMMIT would then seem to succeed.
        if not self._connection.in_transaction:
            raise TransactionManagementError("the database has rolled this transaction back")
        with _translated():
            await self._connection.commit()

    async def rollback(self) -> None:
        await self._connection.rollback()

    async def savepoint(self) -> None:
        self._savepoint = next_savepoint()
        await self._connection.execute(f"SAVEPOINT {self._savepoint}")

    async def execute_script(self, query: str) -> None:
        """Statement by statement: sqlite3's own `executescript` commits first."""
        statement = ""
        for piece in query.split(";"):
            statement += piece + ";"
            if sqlite3.complete_statement(statement):
                await self.execute_query(statement)
                statement = ""
        if statement:
            await self.execute_query(statement)


client_class = SafeSqliteClient
