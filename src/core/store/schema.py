"""The schema: what it is made of, and bringing a database up to it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from importlib import import_module
import pkgutil
from typing import TYPE_CHECKING, Any

from tortoise.exceptions import IntegrityError
from tortoise.migrations.executor import MigrationExecutor

from .transactions import in_transaction

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tortoise.backends.base.client import BaseDBAsyncClient
    from tortoise.migrations.schema_editor import BaseSchemaEditor

APP = "models"
MODELS = "src.core.store.models"
MIGRATIONS = "src.core.store.migrations"
RECORD = "tortoise_migrations"
"""The table where Tortoise writes down which migrations have been applied."""


def configuration(connection: str, engine: Any) -> dict[str, Any]:
    """What Tortoise is told. The connection is named after the database's kind, because Tortoise
    keeps compiled SQL by that name alone."""
    app = {"models": [MODELS], "migrations": MIGRATIONS, "default_connection": connection}
    return {"connections": {connection: engine}, "apps": {APP: app}}


MAKE_MIGRATIONS = configuration("sqlite", "sqlite://:memory:")
"""For `tortoise -c src.core.store.schema.MAKE_MIGRATIONS makemigrations`."""


def known_migrations() -> list[str]:
    """The names of the migrations this code has, in order."""
    package = import_module(MIGRATIONS)
    return sorted(name for _, name, _ in pkgutil.iter_modules(package.__path__) if name[0] != "_")


class _Executor(MigrationExecutor):
    """Tortoise's, within the one transaction that `migrate` opens.

    Its atomic editor cuts SQL at every semicolon, those in comments too; the other one hands whole
    scripts to our engines.
    """

    def _schema_editor(self, atomic: bool = True, collect_sql: bool = False) -> BaseSchemaEditor:
        return super()._schema_editor(atomic=False, collect_sql=collect_sql)


async def migrate(connection: BaseDBAsyncClient) -> None:
    """Bring the database up to this code's schema: all steps and their record, or nothing.

    Raises:
        IntegrityError: rows would be left that point at nothing.
    """
    sqlite = connection.capabilities.dialect == "sqlite"
    apps = configuration(connection.connection_name, None)["apps"]
    async with _foreign_keys_off(connection) if sqlite else in_transaction() as transaction:
        executor = _Executor(transaction, apps)
        # It asks for what is applied before this table is there, and PostgreSQL fails for good.
        await executor.recorder.ensure_schema(executor._schema_editor())
        await executor.migrate()


@asynccontextmanager
async def _foreign_keys_off(connection: BaseDBAsyncClient) -> AsyncGenerator[BaseDBAsyncClient]:
    """A transaction in which a dropped SQLite table does not take the rows of others with it."""
    # The pragma does nothing inside a transaction.
    await connection.execute_query("PRAGMA foreign_keys=OFF")
    try:
        async with in_transaction() as transaction:
            yield transaction
            if await transaction.execute_query_dict("PRAGMA foreign_key_check"):
                raise IntegrityError("a migration left rows that point at nothing")
    finally:
        await connection.execute_query("PRAGMA foreign_keys=ON")
