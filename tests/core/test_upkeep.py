from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import date, datetime, time
import shutil
import sqlite3
import stat
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from src.core import upkeep
from src.core.alerts import Kind
from src.core.clock import DrivenClock
from src.core.config import QunguiConfig
from src.core.house import House
from src.core.store import Probe, StoreError
from src.core.store.dated import back_up, kept_in
from src.core.upkeep import last_due
from tests.houses import NOON, Home
from tests.stores import a_store

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

URL = "sqlite://data/qungui.db"
DAY = 86_400.0
SHANGHAI = ZoneInfo("Asia/Shanghai")


@asynccontextmanager
async def kept_up(tmp_path: Path, now: float = NOON, **backup: Any) -> AsyncGenerator[Home]:
    """A house that looks after its installation, with one superuser, connected."""
    clock = DrivenClock(now)
    async with a_store("sqlite", tmp_path):
        house = House(
            config=QunguiConfig(backup=backup),  # pyright: ignore[reportArgumentType]
            clock=clock,
            superusers=("700",),
            prefixes=("/",),
            root=tmp_path,
        )
        await house.start()
        home = Home(house, clock)
        try:
            home.connect()
            await home.settled()
            yield home
        finally:
            await house.close()


def names(root: Path, folder: str = "data/backups") -> list[str]:
    return sorted(path.name for path in (root / folder).glob("*"))


def days(*numbers: int) -> list[str]:
    return [f"qungui-2026-11-{number:02}.db" for number in numbers]


@pytest.mark.parametrize(
    ("now", "at", "day"),
    [
        ((2026, 11, 3, 12, 0), time(4), date(2026, 11, 3)),
        ((2026, 11, 3, 4, 0), time(4), date(2026, 11, 3)),
        ((2026, 11, 3, 3, 59), time(4), date(2026, 11, 2)),
        ((2026, 11, 1, 0, 0), time(23, 59), date(2026, 10, 31)),
        ((2026, 11, 1, 0, 0), time(0), date(2026, 11, 1)),
    ],
)
def test_the_day_that_a_backup_is_due_for(
    now: tuple[int, int, int, int, int], at: time, day: date
) -> None:
    assert last_due(datetime(*now, tzinfo=SHANGHAI), at) == day


# The daily backup ---------------------------------------------------------------------------------


async def test_a_backup_is_made_each_day_at_its_time_and_so_many_are_kept(tmp_path: Path) -> None:
    async with kept_up(tmp_path, keep=3) as home:
        assert names(tmp_path) == days(3)
        # Until 03:59 the next morning.
        await home.advance(16 * 3600 - 60)
        assert names(tmp_path) == days(3)
        await home.advance(120)
        assert names(tmp_path) == days(3, 4)
        for _ in range(3):
            await home.advance(DAY)
        assert names(tmp_path) == days(5, 6, 7)
        assert home.house.alerts.recent() == []
    file = tmp_path / "data/backups" / days(7)[0]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    copy = sqlite3.connect(file)
    assert copy.execute('SELECT count(*) FROM "group"').fetchone() == (0,)
    copy.close()


async def test_a_missed_backup_is_made_at_the_start_and_no_other(tmp_path: Path) -> None:
    async with kept_up(tmp_path):
        pass
    file = tmp_path / "data/backups" / days(3)[0]
    made = file.stat().st_mtime_ns
    async with kept_up(tmp_path, now=NOON + 3600):
        pass
    assert file.stat().st_mtime_ns == made
    # Three days down: one is made, for the last time it was due.
    async with kept_up(tmp_path, now=NOON + 3 * DAY):
        assert names(tmp_path) == days(3, 6)


async def test_other_files_are_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data/backups"
    folder.mkdir(parents=True)
    for name in ("before-upgrade.db", "qungui-2026-11-01.db.old", "qungui-2026-11-03.part"):
        (folder / name).write_text("mine", encoding="utf-8")
    async with kept_up(tmp_path, keep=1) as home:
        await home.advance(DAY)
        expected = ["before-upgrade.db", "qungui-2026-11-01.db.old", *days(4)]
        assert names(tmp_path) == expected


async def test_what_is_switched_off_makes_nothing(tmp_path: Path) -> None:
    async with kept_up(tmp_path, enabled=False) as home:
        await home.advance(2 * DAY)
    assert not (tmp_path / "data/backups").exists()


async def test_a_backup_that_fails_is_told_once_and_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.write_text("a file where the folder should be", encoding="utf-8")
    async with kept_up(tmp_path, folder="elsewhere") as home:
        (line,) = home.platform.whispered("700")
        assert "备份没有做成" in line
        assert str(folder) in line
        await home.advance(3 * 3600)
        assert len(home.platform.whispered("700")) == 1
        (problem,) = home.house.alerts.recent()
        assert problem.kind is Kind.BACKUP
        folder.unlink()
        await home.advance(3700)
        assert names(tmp_path, "elsewhere") == days(3)


async def test_no_older_backup_goes_before_a_new_one_is_good(tmp_path: Path) -> None:
    async with kept_up(tmp_path, keep=1):
        pass
    database = tmp_path / "data/qungui.db"
    damaged = bytearray(database.read_bytes())
    damaged[-8000:] = b"\xff" * 8000
    database.write_bytes(damaged)
    folder = tmp_path / "data/backups"
    with pytest.raises(StoreError):
        back_up(URL, tmp_path, folder, date(2026, 11, 4), keep=1)
    assert names(tmp_path) == days(3)


def test_backups_are_listed_newest_first(tmp_path: Path) -> None:
    for name in (*days(9, 10, 2), "notes.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in kept_in(tmp_path)] == days(10, 9, 2)
    assert kept_in(tmp_path / "nowhere") == []


# The store and the disk ---------------------------------------------------------------------------


async def test_a_store_that_is_down_for_minutes_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    health = "ok"

    async def ask(*_: object) -> str:
        return health

    monkeypatch.setattr(Probe, "ask", ask)
    async with kept_up(tmp_path) as home:
        health = "slow"
        await home.advance(120)
        assert home.platform.whispered("700") == []
        await home.advance(180)
        (line,) = home.platform.whispered("700")
        assert "数据库已有几分钟没有回答" in line
        await home.advance(3600)
        assert len(home.platform.whispered("700")) == 1
        health = "ok"
        await home.advance(60)
        health = "down"
        await home.advance(3600)
        assert len(home.platform.whispered("700")) == 1
        # The next day it is told again.
        await home.advance(DAY)
        assert len(home.platform.whispered("700")) == 2


async def test_a_disk_that_is_nearly_full_is_told_once_a_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    free = upkeep.LEAST_FREE

    def disk_usage(_: object) -> object:
        return usage._replace(free=free)

    monkeypatch.setattr(shutil, "disk_usage", disk_usage)
    async with kept_up(tmp_path) as home:
        assert home.platform.whispered("700") == []
        free -= 1
        await home.advance(600)
        (line,) = home.platform.whispered("700")
        assert "不到 200 MB" in line
        await home.advance(DAY)
        assert len(home.platform.whispered("700")) == 2


# The probe ----------------------------------------------------------------------------------------


async def test_the_probe_says_how_the_store_is(tmp_path: Path) -> None:
    probe = Probe()
    async with a_store("sqlite", tmp_path):
        assert await probe.ask(10) == "ok"
        file = tmp_path / "data/qungui.db"
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        # Somebody else holds the lock: no case could be written.
        assert [await probe.ask(0.05) for _ in range(3)] == ["slow"] * 3
        assert len([t for t in asyncio.all_tasks() if t.get_name() == "probe"]) == 1
        other.execute("ROLLBACK")
        other.close()
        assert await probe.ask(20) == "ok"
    assert await probe.ask(10) == "down"
    await probe.close()
