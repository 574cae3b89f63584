"""A database of its own for each test, on SQLite and, where it answers, on PostgreSQL."""

from __future__ import annotations

from contextlib import asynccontextmanager
import os
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
import uuid

import asyncpg
import pytest

from src.core.store import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

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
async def an_address(kind: str) -> AsyncGenerator[str]:
    """The URL of a database that nobody else has; on PostgreSQL it is dropped afterwards."""
    if kind == "sqlite":
        yield "sqlite://data/qungui.db"
        return
    name = f"qungui_{uuid.uuid4().hex}"
    server = await asyncpg.connect(SERVER)
    try:
        await server.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(SERVER)._replace(path=f"/{name}").geturl()
        finally:
            await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await server.close()


@asynccontextmanager
async def a_store(kind: str, tmp_path: Path) -> AsyncGenerator[Store]:
    """An open store on a database of its own; `kind` is "sqlite" or "postgres"."""
    async with an_address(kind) as url:
        store = await open_store(url, root=tmp_path)
        try:
            yield store
        finally:
            await store.close()
