"""A database of its own for each test, on SQLite and, where it answers, on PostgreSQL."""

from __future__ import annotations

import asyncio
import atexit
from contextlib import asynccontextmanager
import os
from pathlib import Path
import socket
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
import uuid

import asyncpg
import pytest

from src.core.store import open_store
from src.core.store.schema import known_migrations

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from src.core.store import Store

SERVER = os.environ.get("QUNGUI_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/test")
"""A PostgreSQL database from which others can be made and dropped."""


def _answers() -> bool:
    server = urlsplit(SERVER)
    try:
        socket.create_connection((server.hostname or "", server.port or 5432), timeout=1).close()
    except OSError:
        return False
    return True


needs_postgres = pytest.mark.skipif(not _answers(), reason=f"no PostgreSQL at {SERVER}")

KINDS = [pytest.param("sqlite"), pytest.param("postgres", marks=needs_postgres)]
"""For `@pytest.mark.parametrize("kind", KINDS)`."""


@asynccontextmanager
async def an_address(kind: str, *, ready: bool = False) -> AsyncGenerator[str]:
    """The URL of a database that nobody else has; on PostgreSQL it is dropped afterwards, and with
    `ready` migrated already."""
    if kind == "sqlite":
        yield "sqlite://data/qungui.db"
        return
    name = f"qungui_{uuid.uuid4().hex}"
    server = await asyncpg.connect(SERVER)
    try:
        template = f" TEMPLATE {await _template(server)}" if ready else ""
        await server.execute(f"CREATE DATABASE {name}{template}")
        try:
            yield _url(name)
        finally:
            await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await server.close()


def _url(name: str) -> str:
    return urlsplit(SERVER)._replace(path=f"/{name}").geturl()


_TEMPLATES: dict[tuple[str, ...], str] = {}
"""Names of migrated, empty PostgreSQL databases of this process, by the migrations they have."""


async def _template(server: asyncpg.Connection) -> str:
    known = tuple(known_migrations())
    if known not in _TEMPLATES:
        name = f"qungui_{uuid.uuid4().hex}"
        await server.execute(f"CREATE DATABASE {name}")
        atexit.register(lambda: asyncio.run(_drop(name)))
        with TemporaryDirectory() as folder:
            await (await open_store(_url(name), root=Path(folder))).close()
        _TEMPLATES[known] = name
    return _TEMPLATES[known]


async def _drop(name: str) -> None:
    server = await asyncpg.connect(SERVER)
    try:
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await server.close()


_MIGRATED: dict[tuple[str, ...], bytes] = {}
"""An empty SQLite database by the migrations it has: to migrate one takes 50 times as long as to copy
it. What is said of migrations themselves is tested on databases that were never laid ready."""


async def lay_ready(path: Path) -> None:
    """Put a migrated, empty SQLite database where there is none yet."""
    known = tuple(known_migrations())
    if known not in _MIGRATED:
        with TemporaryDirectory() as folder:
            await (await open_store("sqlite://once.db", root=Path(folder))).close()
            _MIGRATED[known] = _read(folder)
    _put(path, _MIGRATED[known])


def _read(folder: str) -> bytes:
    return Path(folder, "once.db").read_bytes()


def _put(path: Path, content: bytes) -> None:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@asynccontextmanager
async def a_store(kind: str, tmp_path: Path, *, fresh: bool = False) -> AsyncGenerator[Store]:
    """An open store on a database of its own; `kind` is "sqlite" or "postgres". `fresh`: it is
    migrated now."""
    async with an_address(kind, ready=not fresh) as url:
        if kind == "sqlite" and not fresh:
            await lay_ready(tmp_path / "data" / "qungui.db")
        store = await open_store(url, root=tmp_path)
        try:
            yield store
        finally:
            await store.close()
