"""What the installation itself needs, looked at every minute: store, disk, the daily backup.

Levels, not edges: a backup that was missed while the bot was down is made at its start.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, time, timedelta
import shutil
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from loguru import logger

from . import texts
from .alerts import Kind
from .clock import to_datetime
from .faults import log_fault
from .store import StoreError
from .store.address import SqliteAddress, read_address
from .store.dated import back_up, file_of, kept_in
from .store.transactions import to_the_end
from .tasks import Tasks

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from .alerts import Alerts
    from .clock import Clock
    from .config import QunguiConfig
    from .store import Probe

MINUTE = 60.0
STORE_SECONDS = 2.0
"""How long the store may take to answer."""
STORE_DOWN = 180.0
"""Seconds without an answer after which a person is told."""
LEAST_FREE = 200 * 2**20
"""Bytes free on a disk below which a person is told; judgement."""
_AGAIN = 3600.0
"""Seconds after which a backup that failed is tried again."""


def last_due(now: datetime, at: time) -> date:
    """The day of the last moment, in the zone of `now`, at which a daily backup was due."""
    today = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return today.date() if today <= now else today.date() - timedelta(days=1)


class Upkeep:
    """Runs from `start` to `close`."""

    def __init__(
        self, *, config: QunguiConfig, clock: Clock, alerts: Alerts, probe: Probe, root: Path
    ) -> None:
        self._clock = clock
        self._alerts = alerts
        self._probe = probe
        self._root = root
        self._url = config.database_url
        self._zone = ZoneInfo(config.timezone)
        self._settings = config.backup
        self._folder = root / config.backup.folder
        self._time = time.fromisoformat(config.backup.time)
        self._sqlite: Path | None = None
        """The database's file; None until the start, and on PostgreSQL."""
        self._down_since: float | None = None
        self._down_said = False
        self._not_before = 0.0
        self._failed: date | None = None
        self._tasks = Tasks("upkeep")
        self._resting = asyncio.Event()

    def start(self) -> None:
        """Begin to look. The store is open."""
        address = read_address(self._url, self._root)
        if isinstance(address, SqliteAddress):
            self._sqlite = address.path
        elif self._settings.enabled:
            logger.info("the database is PostgreSQL: no daily backup is made here, use pg_dump")
        self._tasks.start(self._run(), "minutes")

    async def _run(self) -> None:
        while True:
            try:
                await self._look_at_store()
                self._look_at_disk()
                await self._back_up()
                self._alerts.deliver()
            except Exception as error:
                log_fault("the upkeep of a minute failed", error)
            self._resting.set()
            await self._clock.sleep(MINUTE)
            self._resting.clear()

    async def _look_at_store(self) -> None:
        now = self._clock.now()
        health = await self._probe.ask(STORE_SECONDS)
        if health == "ok":
            if self._down_said:
                logger.warning("the store answers again")
            self._down_since, self._down_said = None, False
            return
        if self._down_since is None:
            self._down_since = now
        down = now - self._down_since
        if down < STORE_DOWN:
            return
        if not self._down_said:
            self._down_said = True
            logger.error("the store has not answered for {:.0f} s: {}", down, health)
        self._alerts.tell(Kind.STORE, texts.STORE_DOWN)

    def _look_at_disk(self) -> None:
        places = {self._root, self._sqlite.parent if self._sqlite is not None else self._root}
        free = min(shutil.disk_usage(place).free for place in places if place.exists())
        if free < LEAST_FREE:
            text = texts.DISK_LOW.format(megabytes=LEAST_FREE // 2**20)
            self._alerts.tell(Kind.DISK, text)

    async def _back_up(self) -> None:
        now = self._clock.now()
        if self._sqlite is None or not self._settings.enabled or now < self._not_before:
            return
        day = last_due(to_datetime(now).astimezone(self._zone), self._time)
        if file_of(self._folder, day).exists():
            return
        try:
            work = asyncio.to_thread(
                back_up, self._url, self._root, self._folder, day, self._settings.keep
            )
            made = await to_the_end(work)
        except StoreError as error:
            self._not_before = now + _AGAIN
            if self._failed != day:
                self._failed = day
                logger.error("the daily backup failed: {}", error)
                self._alerts.tell(Kind.BACKUP, texts.BACKUP_FAILED.format(reason=error))
        else:
            self._failed = None
            logger.info("the daily backup is {}", made)

    @property
    def last_backup(self) -> float | None:
        """When the newest daily backup was made, in the machine's seconds since the epoch."""
        newest = next(iter(kept_in(self._folder)), None)
        return newest.stat().st_mtime if newest is not None else None

    @property
    def idle(self) -> bool:
        return self._resting.is_set()

    async def join(self) -> None:
        """Wait until a minute's work is done."""
        await self._resting.wait()

    async def close(self) -> None:
        """Look no more; a backup that is being made is finished."""
        await self._tasks.close(grace=0)
