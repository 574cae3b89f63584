from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
from tortoise.context import get_current_context

from src.core.store import StoreError, open_store
from src.core.store.models import Account, School
from tests.stores import KINDS, SERVER, a_store, an_address, needs_postgres

from .migrations import EXPAND, add_migration

if TYPE_CHECKING:
    from pathlib import Path

URL = "sqlite://data/qungui.db"


def database_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if "_connection_worker" in thread.name]


async def refused(url: str, root: Path, match: str) -> None:
    """Opening fails with that message and leaves no thread, context or lock behind."""
    before = database_threads()
    with pytest.raises(StoreError, match=match):
        await open_store(url, root=root)
    for thread in set(database_threads()) - set(before):
        thread.join(5)
        assert not thread.is_alive()


async def test_the_file_and_its_folder_are_made_for_the_owner_alone(tmp_path: Path) -> None:
    async with a_store("sqlite", tmp_path, fresh=True):
        await School.create()
        folder = tmp_path / "data"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
        assert {"qungui.db", "qungui.db-wal", "qungui.db.lock"} <= set(modes)
        assert set(modes.values()) == {0o600}


async def test_an_absolute_path_is_taken_as_it_is(tmp_path: Path) -> None:
    store = await open_store(f"sqlite://{tmp_path}/a b%20c.db", root=tmp_path / "elsewhere")
    await store.close()
    assert (tmp_path / "a b%20c.db").exists()


@pytest.mark.parametrize("kind", KINDS)
async def test_what_was_written_is_there_after_closing(kind: str, tmp_path: Path) -> None:
    async with an_address(kind) as url:
        for schools in range(3):
            store = await open_store(url, root=tmp_path)
            assert await School.all().count() == schools
            await School.create()
            await store.close()
            assert get_current_context() is None


@pytest.mark.parametrize("kind", KINDS)
async def test_a_store_that_is_open_is_refused_and_not_disturbed(kind: str, tmp_path: Path) -> None:
    async with an_address(kind) as url:
        store = await open_store(url, root=tmp_path)
        await refused(url, tmp_path, "另一个群规进程")
        await School.create()
        await store.close()
        await (await open_store(url, root=tmp_path)).close()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_store_of_a_newer_schema_is_refused(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with an_address(kind) as url:
        with monkeypatch.context() as patch:
            name = add_migration(patch, tmp_path, EXPAND)
            await (await open_store(url, root=tmp_path)).close()
        file = tmp_path / "data/qungui.db"
        before = file.read_bytes() if kind == "sqlite" else b""
        await refused(url, tmp_path, name)
        if kind == "sqlite":
            assert file.read_bytes() == before


@pytest.mark.parametrize("kind", KINDS)
async def test_a_cancelled_opening_leaves_nothing_open(kind: str, tmp_path: Path) -> None:
    async with an_address(kind) as url:
        for turns in range(0, 400, 7):
            opening = asyncio.create_task(open_store(url, root=tmp_path))
            for _ in range(turns):
                await asyncio.sleep(0)
            opening.cancel()
            try:
                await (await opening).close()
            except asyncio.CancelledError:
                pass
            assert get_current_context() is None
        await (await open_store(url, root=tmp_path)).close()
    for thread in database_threads():
        thread.join(5)
        assert not thread.is_alive()


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "data/qungui.db"
    file.parent.mkdir()
    file.write_bytes(b"a letter home\n" * 1000)
    await refused(URL, tmp_path, "不能读取")
    assert file.read_bytes() == b"a letter home\n" * 1000


async def test_a_damaged_database_is_refused(tmp_path: Path) -> None:
    await (await open_store(URL, root=tmp_path)).close()
    file = tmp_path / "data/qungui.db"
    damaged = bytearray(file.read_bytes())
    damaged[100:4000] = bytes(3900)
    file.write_bytes(damaged)
    await refused(URL, tmp_path, "损坏")
    assert file.read_bytes() == damaged


async def test_the_database_of_another_program_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "data/qungui.db"
    file.parent.mkdir()
    other = sqlite3.connect(file)
    other.execute("CREATE TABLE customers (id)")
    other.close()
    before = file.read_bytes()
    await refused(URL, tmp_path, "别的程序")
    assert file.read_bytes() == before


async def test_an_empty_file_is_a_new_database(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/qungui.db").touch(0o644)
    async with a_store("sqlite", tmp_path):
        await School.create()
    assert stat.S_IMODE((tmp_path / "data/qungui.db").stat().st_mode) == 0o600


async def test_a_path_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    await refused("sqlite://file/qungui.db", tmp_path, "文件夹")
    (tmp_path / "data/qungui.db").mkdir(parents=True)
    await refused(URL, tmp_path, "不能读取")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "data/qungui.db",
        "sqlite://",
        "sqlite://:memory:",
        "sqlite://data/qungui.db?synchronous=OFF",
        "mysql://root@127.0.0.1/qungui",
        "postgres://user@host:port/qungui",
    ],
)
async def test_an_address_that_is_none_is_refused(url: str, tmp_path: Path) -> None:
    await refused(url, tmp_path, "QUNGUI__DATABASE_URL")
    assert os.listdir(tmp_path) == []


async def test_a_server_that_is_down_is_refused_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as raised:
        await open_store("postgres://qungui:secret@127.0.0.1:1/qungui", root=tmp_path)
    assert "服务器" in str(raised.value)
    assert "secret" not in str(raised.value)


@needs_postgres
async def test_a_database_that_is_not_on_the_server_is_refused(tmp_path: Path) -> None:
    url = urlsplit(SERVER)._replace(path="/qungui_no_such_database").geturl()
    await refused(url, tmp_path, "qungui_no_such_database")


@needs_postgres
async def test_the_tables_of_another_program_are_refused(tmp_path: Path) -> None:
    async with an_address("postgres") as url:
        other = await asyncpg.connect(url)
        await other.execute("CREATE TABLE customers (id int)")
        await refused(url, tmp_path, "别的程序")
        tables = await other.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        assert [row["tablename"] for row in tables] == ["customers"]
        await other.close()


@needs_postgres
async def test_the_two_databases_can_follow_each_other_in_a_process(tmp_path: Path) -> None:
    """Tortoise keeps compiled SQL by the connection's name; ours are named after the kind."""
    for kind in ("sqlite", "postgres", "sqlite"):
        async with a_store(kind, tmp_path / kind):
            await Account.create(namespace="qq", user_id=uuid4().hex)
            assert await Account.filter(namespace="qq").exists()
