"""Opening and closing the store."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from itertools import count
import os
from pathlib import Path
import sqlite3
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
from tortoise.context import TortoiseContext, set_global_context
from tortoise.exceptions import BaseORMException

from .address import Address, PostgresAddress, SqliteAddress, StoreError, read_address
from .copies import applied_in, check_schema, copy, take_lock
from .schema import APP, RECORD, configuration, known_migrations, migrate
from .transactions import to_the_end

POSTGRES_LOCK = 0x71756E67756E
"""The advisory lock of a PostgreSQL database that is open."""
CONNECT_SECONDS = 10


class Store:
    """The open store: every task of the process can use the models until it is closed."""

    def __init__(self, resources: AsyncExitStack) -> None:
        self._resources = resources

    async def close(self) -> None:
        """Wait for the transaction that is open, close the connections, give the lock back."""
        await to_the_end(self._resources.aclose())


async def open_store(url: str, *, root: Path) -> Store:
    """Open the database, for this process alone, and bring it up to this code's schema.

    An existing SQLite database is copied first, beside it, when its schema is to change. A
    relative path is relative to `root`; what is missing is made, for the owner alone to read.

    Raises:
        StoreError: it cannot be opened, is open in another process, is not ours, is newer than this
            code, or could not be brought up. Nothing in it has then been changed.
    """
    address = read_address(url, root)
    resources = AsyncExitStack()
    try:
        if isinstance(address, SqliteAddress):
            applied, saved = await _prepare_sqlite(address, resources)
        else:
            applied, saved = await _prepare_postgres(address, resources), ""
        await _connect(address, resources, applied, saved)
    except BaseException:
        await to_the_end(resources.aclose())
        raise
    return Store(resources)


async def open_to_read(url: str, *, root: Path, file: Path | None = None) -> Store:
    """Open the database, or a `file` of one, for reading, whoever has it open: a copy of SQLite's, which
    goes when it is closed, and PostgreSQL's without its lock.

    Raises:
        StoreError: as `open_store`; or there is nothing in it yet, or PostgreSQL's has the schema of an
            older version.
    """
    address = read_address(url, root)
    resources = AsyncExitStack()
    try:
        if isinstance(address, SqliteAddress):
            file = file or address.path
        if file is not None:
            return await _copied(file, resources)
        assert isinstance(address, PostgresAddress)
        applied = await _prepare_postgres(address, resources, alone=False)
        if set(applied) != set(known_migrations()):
            raise StoreError("数据库还是旧版本的结构。请先用这个版本启动一次机器人，再试。")
        await _connect(address, resources, applied, "")
    except BaseException:
        await to_the_end(resources.aclose())
        raise
    return Store(resources)


async def _copied(source: Path, resources: AsyncExitStack) -> Store:
    if not await to_the_end(asyncio.to_thread(applied_in, source)):
        raise StoreError(f"{source} 里还没有数据。")
    folder = Path(resources.enter_context(TemporaryDirectory(prefix="qungui-")))
    await to_the_end(asyncio.to_thread(copy, source, folder / "copy.db"))
    store = await open_store(f"sqlite://{folder / 'copy.db'}", root=folder)
    resources.push_async_callback(store.close)
    return Store(resources)


async def _prepare_sqlite(
    address: SqliteAddress, resources: AsyncExitStack
) -> tuple[list[str], str]:
    path = address.path
    resources.callback(os.close, take_lock(path))
    applied = await to_the_end(asyncio.to_thread(applied_in, path))
    saved = ""
    if applied and len(applied) < len(known_migrations()):
        target = _unused(path.with_name(f"{path.name}.{max(applied)}"))
        await to_the_end(asyncio.to_thread(copy, path, target))
        saved = f"升级前的副本在 {target}。"
    try:
        # SQLite gives the files it makes beside it the same mode.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        with suppress(PermissionError):
            path.chmod(0o600)
    except OSError as error:
        raise StoreError(f"不能读写 {path}：{error.strerror}。请检查路径和权限。") from error
    return applied, saved


def _unused(path: Path) -> Path:
    """`path.bak`, or with a number where an earlier copy has that name."""
    names = (path.with_name(f"{path.name}{'' if n == 1 else f'.{n}'}.bak") for n in count(1))
    return next(name for name in names if not name.exists())


async def _prepare_postgres(
    address: PostgresAddress, resources: AsyncExitStack, *, alone: bool = True
) -> list[str]:
    """Lock the database on a connection that stays open (unless others may have it), and read what has
    been applied to it."""
    wanted = ("host", "port", "user", "password", "database", "ssl")
    where = f"PostgreSQL 数据库 {address.credentials['database']}"
    try:
        connection = await asyncpg.connect(
            timeout=CONNECT_SECONDS,
            **{name: address.credentials[name] for name in wanted if name in address.credentials},
        )
        resources.push_async_callback(connection.close, timeout=CONNECT_SECONDS)
        taken = alone and not await connection.fetchval(
            "SELECT pg_try_advisory_lock($1)", POSTGRES_LOCK
        )
        rows = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        )
        tables: list[str] = [row["tablename"] for row in rows]
        applied: list[str] = []
        if RECORD in tables:
            rows = await connection.fetch(f'SELECT name FROM "{RECORD}" WHERE app = $1', APP)
            applied = [row["name"] for row in rows]
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise StoreError(
            f"不能打开 {where}：{error}。请检查服务器是否开着，以及 QUNGUI__DATABASE_URL。"
        ) from error
    if taken:
        raise StoreError(f"{where} 正被另一个群规进程使用。请先停掉那个进程，再启动。")
    check_schema(where, tables, applied)
    return applied


async def _connect(
    address: Address, resources: AsyncExitStack, applied: list[str], saved: str
) -> None:
    context = TortoiseContext()
    resources.push_async_callback(context.close_connections)
    engine: dict[str, Any] = {"engine": address.engine, "credentials": address.credentials}
    try:
        with context:
            await context.init(
                config=configuration(address.kind, engine), use_tz=True, timezone="UTC"
            )
            connection = context.db()
            await connection.create_connection(with_db=True)
            if set(applied) != set(known_migrations()):
                await _migrate(context, saved)
        # Handlers run in tasks that did not open the store; without this they would find none.
        set_global_context(context)
    except (sqlite3.Error, asyncpg.PostgresError, OSError, BaseORMException) as error:
        raise StoreError(f"不能打开数据库：{error}。请检查路径、权限和磁盘空间。") from error


async def _migrate(context: TortoiseContext, saved: str) -> None:
    try:
        await migrate(context.db())
    except Exception as error:
        raise StoreError(
            f"数据库没有升级成功，内容没有改动：{error}。{saved}请把这一行报告给开发者。"
        ) from error
