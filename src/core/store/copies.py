"""Copies of a SQLite database: looking into one, backing up, restoring.

Everything here blocks; asynchronous code calls it in a thread. PostgreSQL has its own tools for it.
"""

from __future__ import annotations

from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
import fcntl
import os
import sqlite3
from typing import TYPE_CHECKING

from .address import SqliteAddress, StoreError, read_address
from .schema import APP, RECORD, known_migrations

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from pathlib import Path

    from src.core.clock import Clock


def backup(url: str, root: Path, target: Path) -> dict[str, int]:
    """Copy the database into a new file at `target`, also while the bot runs, and check the copy.

    Returns:
        The number of rows by table.

    Raises:
        StoreError: PostgreSQL, nothing to back up, the target exists, or the copy is not sound.
    """
    path = _file(url, root, "请用 pg_dump 备份。")
    if not applied_in(path):
        raise StoreError(f"{path} 里还没有数据，没有可备份的内容。")
    return copy(path, target)


def restore(url: str, root: Path, source: Path, clock: Clock) -> Path | None:
    """Put a backup in the database's place, after checking it. The bot must not be running.

    Returns:
        Where the old database is kept, under a name with the time (UTC); None where there was none.

    Raises:
        StoreError: PostgreSQL, the bot is running, or the backup is not sound, not ours, or newer
            than this code. The old database is then untouched.
    """
    path = _file(url, root, "请用 pg_restore 或 psql 恢复。")
    with locked(path):
        if not applied_in(source):
            raise StoreError(f"{source} 里没有群规的数据，不能用来恢复。")
        arriving = path.with_name(path.name + ".restoring")
        arriving.unlink(missing_ok=True)
        copy(source, arriving)
        kept = _keep(path, clock) if path.exists() else None
        for stale in ("-wal", "-shm"):
            path.with_name(path.name + stale).unlink(missing_ok=True)
        os.replace(arriving, path)
        sync_folder(path)
        return kept


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Hold the database's lock, a file beside it, which a killed process gives back too.

    Raises:
        StoreError: another process holds it, or its folder cannot be used.
    """
    lock = take_lock(path)
    try:
        yield
    finally:
        os.close(lock)


def take_lock(path: Path) -> int:
    """The lock of `locked` as a file descriptor; closing it gives the lock back.

    Raises:
        StoreError: as `locked`.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(
            f"不能使用文件夹 {path.parent}：{error.strerror}。请检查路径和权限。"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise StoreError(f"{path} 正被另一个群规进程使用。请先停掉那个进程，再试一次。") from error
    return lock


def applied_in(path: Path) -> list[str]:
    """The migrations that have been applied to a database file; none where it is missing or empty.

    Changes nothing.

    Raises:
        StoreError: it cannot be read, is no database, is not ours, or is newer than this code.
    """
    if not path.exists():
        return []
    with _reading(path) as connection:
        tables = _tables(connection)
        names: list[str] = []
        if RECORD in tables:
            rows = connection.execute(f'SELECT name FROM "{RECORD}" WHERE app = ?', (APP,))
            names = [name for (name,) in rows]
    check_schema(str(path), tables, names)
    return names


def check_schema(where: str, tables: Iterable[str], applied: Iterable[str]) -> None:
    """Refuse a database that is not ours, or newer than this code.

    Raises:
        StoreError: so it is.
    """
    if newer := sorted(set(applied) - set(known_migrations())):
        raise StoreError(
            f"{where} 由更新版本的群规写成（{newer[-1]}），这个版本不能使用，内容没有改动。"
            "请升级程序，或恢复旧版本的备份。"
        )
    if not applied and set(tables) - {RECORD}:
        raise StoreError(f"{where} 里是别的程序的数据，内容没有改动。请给群规单独一个数据库。")


def copy(source: Path, target: Path) -> dict[str, int]:
    """A consistent copy in a new file of its own, mode 600, whoever writes to the source meanwhile.

    Returns:
        The number of rows by table, the same in both.

    Raises:
        StoreError: the target exists or cannot be written, or the copy is not sound; none is left.
    """
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise StoreError(f"{target} 已经存在，不会覆盖它。请换一个文件名。") from error
    except OSError as error:
        raise StoreError(f"不能写入 {target}：{error.strerror}。请检查路径和权限。") from error
    try:
        with (
            closing(_connect(source, "ro")) as reader,
            closing(_connect(target, "rw")) as writer,
        ):
            # One snapshot for what is copied and for what is counted.
            reader.execute("BEGIN")
            counts = _counts(reader)
            reader.backup(writer)
            # One file that needs no other, without the remains of what had been erased.
            writer.execute("PRAGMA journal_mode=DELETE")
            writer.execute("VACUUM")
            if not (_is_sound(writer) and _counts(writer) == counts):
                raise StoreError(f"{source} 的副本没有通过检查，原数据库可能已经损坏。")
        sync_folder(target)
    except sqlite3.Error as error:
        target.unlink()
        raise StoreError(f"不能复制 {source}：{error}。请检查磁盘空间，以及它是否损坏。") from error
    except BaseException:
        target.unlink()
        raise
    return counts


def _file(url: str, root: Path, otherwise: str) -> Path:
    address = read_address(url, root)
    if not isinstance(address, SqliteAddress):
        raise StoreError(f"数据在 PostgreSQL 里，{otherwise}")
    return address.path


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None
    )


@contextmanager
def _reading(path: Path) -> Generator[sqlite3.Connection]:
    try:
        with closing(_connect(path, "ro")) as connection:
            connection.execute("PRAGMA schema_version")
            yield connection
    except sqlite3.DatabaseError as error:
        raise StoreError(
            f"不能读取 {path}：{error}。它可能不是数据库、已经损坏，或没有权限。"
            "请检查路径，或恢复一个备份。"
        ) from error


def _tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
    )
    return sorted(name for (name,) in rows)


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    return {
        table: connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
        for table in _tables(connection)
    }


def _is_sound(connection: sqlite3.Connection) -> bool:
    return (
        connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        and connection.execute("PRAGMA foreign_key_check").fetchone() is None
    )


def _keep(path: Path, clock: Clock) -> Path:
    """Give the old database a second name; with its log, where a damaged one keeps that."""
    with suppress(sqlite3.Error), closing(_connect(path, "rw")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    moment = datetime.fromtimestamp(clock.now(), UTC)
    kept = path.with_name(f"{path.name}.{moment:%Y%m%dT%H%M%SZ}.old")
    try:
        # A second link: at no moment is there no database, in whose place a start would make one.
        os.link(path, kept)
        log = path.with_name(path.name + "-wal")
        if log.exists():
            os.link(log, kept.with_name(kept.name + "-wal"))
    except OSError as error:
        raise StoreError(f"不能把旧数据库保留为 {kept}：{error.strerror}。没有恢复。") from error
    return kept


def sync_folder(path: Path) -> None:
    """Make sure that a name in the folder of `path` outlives a power cut."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
