"""Tortoise's asyncpg engine, safe against cancellation; the configuration names it as `engine`.

"asyncpg" must stay in the module's name: the migrations choose their SQL by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base_postgres.client import translate_exceptions
from tortoise.exceptions import TransactionManagementError

from .transactions import (
    Borrowed,
    SafeSavepoint,
    SafeTransaction,
    next_savepoint,
    refuse_if_over,
)

if TYPE_CHECKING:
    from tortoise.backends.base.client import ConnectionWrapper, TransactionContext


class SafeAsyncpgClient(AsyncpgDBClient):
    """The pool."""

    def _in_transaction(self) -> TransactionContext:
        return SafeTransaction(_Transaction(self))

    async def execute_many(self, query: str, values: list[Any]) -> None:
        async with self._in_transaction() as transaction:
            await transaction.execute_many(query, values)


class _Transaction(TransactionWrapper):
    _savepoint = ""

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        refuse_if_over(self)
        return Borrowed(self._lock, self)

    def _in_transaction(self) -> TransactionContext:
        refuse_if_over(self)
        return SafeSavepoint(_Transaction(self))

    @translate_exceptions
    async def begin(self) -> None:
        await self._connection.execute("BEGIN")

    async def commit(self) -> None:
        # After a failed statement PostgreSQL answers COMMIT with ROLLBACK, and no error.
        if await self._commit() != "COMMIT":
            raise TransactionManagementError("the database has rolled this transaction back")

    @translate_exceptions
    async def _commit(self) -> str:
        return await self._connection.execute("COMMIT")

    async def rollback(self) -> None:
        await self._connection.execute("ROLLBACK")

    async def savepoint(self) -> None:
        self._savepoint = next_savepoint()
        await self._connection.execute(f"SAVEPOINT {self._savepoint}")

    async def savepoint_rollback(self) -> None:
        await self._connection.execute(f"ROLLBACK TO {self._savepoint}")

    async def release_savepoint(self) -> None:
        await self._connection.execute(f"RELEASE {self._savepoint}")


client_class = SafeAsyncpgClient
