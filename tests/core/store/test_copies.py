from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import stat
from typing import TYPE_CHECKING

import pytest

from src.core.clock import DrivenClock
from src.core.store import StoreError, backup, in_transaction, open_store, restore
from src.core.store.models import Account
from tests.stores import a_store

from .migrations import EXPAND, add_migration

if TYPE_CHECKING:
    from pathlib import Path

URL = "sqlite://data/qungui.db"
POSTGRES = "postgres://postgres@127.0.0.1/qungui"
CLOCK = DrivenClock(1_795_000_000)
KEPT = "qungui.db.20261118T110640Z.old"


async def write_accounts(*users: str) -> None:
    async with in_transaction():
        for user in users:
            await Account.create(namespace="qq", user_id=user)


async def make(root: Path, *users: str) -> Path:
    """A closed database with these accounts; its file."""
    async with a_store("sqlite", root):
        await write_accounts(*users)
    return root / "data/qungui.db"


def users_in(file: Path) -> list[str]:
    connection = sqlite3.connect(file)
    try:
        rows = connection.execute("SELECT user_id FROM account ORDER BY user_id")
        return [user for (user,) in rows]
    finally:
        connection.close()


async def test_a_backup_is_whole_while_the_bot_writes(tmp_path: Path) -> None:
    backups = [tmp_path / f"backup{n}.db" for n in range(5)]
    async with a_store("sqlite", tmp_path):
        await write_accounts("first")

        async def keep_writing() -> None:
            for n in range(10**6):
                await write_accounts(f"{n:06}-a", f"{n:06}-b")

        writing = asyncio.create_task(keep_writing())
        counts = [await asyncio.to_thread(backup, URL, tmp_path, file) for file in backups]
        writing.cancel()
        await asyncio.wait((writing,))
    for file, count in zip(backups, counts, strict=True):
        users = users_in(file)
        assert len(users) == count["account"]
        assert len(users) % 2 == 1, "half a transaction"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert counts[-1]["account"] > counts[0]["account"]
    # Each is one file; nothing lies beside it.
    assert sorted(name for name in os.listdir(tmp_path) if "backup" in name) == [
        file.name for file in backups
    ]


async def test_a_backup_holds_nothing_of_what_was_erased(tmp_path: Path) -> None:
    async with a_store("sqlite", tmp_path):
        await write_accounts("a-secret-name")
        await Account.all().delete()
        await asyncio.to_thread(backup, URL, tmp_path, tmp_path / "backup.db")
    assert b"a-secret-name" not in (tmp_path / "backup.db").read_bytes()


async def test_a_backup_never_overwrites(tmp_path: Path) -> None:
    await make(tmp_path, "1")
    target = tmp_path / "letter.txt"
    target.write_text("keep me", encoding="utf-8")
    with pytest.raises(StoreError, match="已经存在"):
        backup(URL, tmp_path, target)
    assert target.read_text(encoding="utf-8") == "keep me"


async def test_a_backup_of_a_damaged_database_is_refused_and_not_left(tmp_path: Path) -> None:
    file = await make(tmp_path, *(f"{n:05}" for n in range(2000)))
    damaged = bytearray(file.read_bytes())
    damaged[-8000:] = b"\xff" * 8000
    file.write_bytes(damaged)
    with pytest.raises(StoreError, match="损坏"):
        backup(URL, tmp_path, tmp_path / "backup.db")
    assert not (tmp_path / "backup.db").exists()


def test_a_backup_needs_something_to_copy_and_somewhere_to_go(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="没有可备份的内容"):
        backup(URL, tmp_path, tmp_path / "backup.db")
    assert not any(tmp_path.glob("*"))


async def test_a_backup_into_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    await make(tmp_path, "1")
    with pytest.raises(StoreError, match="不能写入"):
        backup(URL, tmp_path, tmp_path / "no/such/backup.db")


def test_on_postgres_its_own_tools_are_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="pg_dump"):
        backup(POSTGRES, tmp_path, tmp_path / "backup.db")
    with pytest.raises(StoreError, match="pg_restore"):
        restore(POSTGRES, tmp_path, tmp_path / "backup.db", CLOCK)


async def test_a_backup_comes_back_and_the_old_file_is_kept(tmp_path: Path) -> None:
    file = await make(tmp_path, "1")
    source = tmp_path / "backup.db"
    backup(URL, tmp_path, source)
    async with a_store("sqlite", tmp_path):
        await write_accounts("2")

    kept = file.with_name(KEPT)
    assert restore(URL, tmp_path, source, CLOCK) == kept
    assert users_in(kept) == ["1", "2"]
    assert users_in(source) == users_in(file) == ["1"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()} == {0o600}
    async with a_store("sqlite", tmp_path):
        assert await Account.all().count() == 1
    # The same moment again: the kept file is not overwritten, and nothing is restored.
    with pytest.raises(StoreError, match="没有恢复"):
        restore(URL, tmp_path, source, CLOCK)
    assert users_in(kept) == ["1", "2"]


async def test_a_backup_can_be_restored_where_nothing_is(tmp_path: Path) -> None:
    source = await make(tmp_path / "elsewhere", "1")
    assert restore(URL, tmp_path, source, CLOCK) is None
    assert users_in(tmp_path / "data/qungui.db") == ["1"]


async def test_a_restore_is_refused_while_the_bot_runs(tmp_path: Path) -> None:
    source = await make(tmp_path / "elsewhere", "1")
    async with a_store("sqlite", tmp_path):
        with pytest.raises(StoreError, match="另一个群规进程"):
            restore(URL, tmp_path, source, CLOCK)
        await write_accounts("2")


async def killed(root: Path, *users: str) -> Path:
    """The files as a killed process leaves them: the rows are in the log alone."""
    file = root / "data/qungui.db"
    file.parent.mkdir(parents=True)
    await make(root / "alive")
    async with a_store("sqlite", root / "alive"):
        await write_accounts(*users)
        for suffix in ("", "-wal", "-shm"):
            shutil.copy(root / f"alive/data/qungui.db{suffix}", f"{file}{suffix}")
    return file


async def test_what_a_killed_process_wrote_is_kept_and_does_not_come_back(tmp_path: Path) -> None:
    source = await make(tmp_path / "elsewhere", "1")
    file = await killed(tmp_path, "2")
    kept = restore(URL, tmp_path, source, CLOCK)
    assert kept is not None
    assert users_in(kept) == ["2"]
    assert users_in(file) == ["1"]


@pytest.mark.parametrize("log", [b"", b"damaged too" * 1000])
async def test_a_damaged_database_is_kept_as_it_is(log: bytes, tmp_path: Path) -> None:
    source = await make(tmp_path / "elsewhere", "1")
    file = await make(tmp_path, "2")
    file.write_bytes(b"damaged")
    file.with_name("qungui.db-wal").write_bytes(log)
    kept = restore(URL, tmp_path, source, CLOCK)
    assert kept is not None
    assert kept.read_bytes() == b"damaged"
    assert users_in(file) == ["1"]
    async with a_store("sqlite", tmp_path):
        assert await Account.all().count() == 1


async def test_a_backup_that_is_not_sound_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await make(tmp_path, "1")
    before = file.read_bytes()

    letter = tmp_path / "letter.txt"
    letter.write_text("dear head teacher\n" * 1000, encoding="utf-8")
    empty = tmp_path / "empty.db"
    empty.touch()
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE customers (id)")
    connection.close()
    orphans = await make(tmp_path / "orphans", "1")
    connection = sqlite3.connect(orphans)
    connection.execute(
        "INSERT INTO role_grant (group_id, account_id, role, created_at) VALUES (7, 1, '', '')"
    )
    connection.commit()
    connection.close()
    with monkeypatch.context() as patch:
        add_migration(patch, tmp_path, EXPAND)
        newer = await make(tmp_path / "newer", "1")

    for source in (letter, empty, other, orphans, newer, tmp_path / "missing.db", tmp_path):
        with pytest.raises(StoreError):
            restore(URL, tmp_path, source, CLOCK)
        assert file.read_bytes() == before
    assert sorted(path.name for path in file.parent.iterdir()) == ["qungui.db", "qungui.db.lock"]


async def test_an_older_backup_is_migrated_when_the_store_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = await make(tmp_path / "elsewhere", "1")
    add_migration(monkeypatch, tmp_path, EXPAND)
    restore(URL, tmp_path, source, CLOCK)
    store = await open_store(URL, root=tmp_path)
    assert await Account._meta.db.execute_query_dict('SELECT motto FROM "group"') == []
    await store.close()
