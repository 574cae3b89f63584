"""The only source of now, monotonic time and sleep (design: "Time"); a test forbids others.

`RealClock` is the machine's. `DrivenClock` stands still until it is set or advanced; tests and the
sandbox drive it over a control line, and its time survives a kill in a small file.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
import heapq
import itertools
import json
import os
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path


class Clock(Protocol):
    """Seconds since the epoch, seconds that never go back, and waiting."""

    def now(self) -> float: ...

    def monotonic(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class RealClock:
    """The machine's clock."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class DrivenClock:
    """A clock that moves only when told to; sleepers wake in the order of their times.

    With `file`, the time is kept there at each move and taken up again after a kill.
    """

    def __init__(self, start: float, file: Path | None = None) -> None:
        self._now = start
        self._file = file
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        if file is not None and file.exists():
            self._now = float(json.loads(file.read_text(encoding="utf-8"))["now"])

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._order), future))
        await future

    def next_due(self) -> float | None:
        """When the next sleeper wakes, or None."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    def move_to(self, moment: float) -> None:
        """Set the time, forwards or back, and wake those whose time has come."""
        self._now = moment
        if self._file is not None:
            part = self._file.with_suffix(".part")
            part.write_text(json.dumps({"now": moment}), encoding="utf-8")
            os.replace(part, self._file)
        while (due := self.next_due()) is not None and due <= moment:
            future = heapq.heappop(self._sleepers)[2]
            if not future.done():
                future.set_result(None)


def to_datetime(moment: float) -> datetime:
    """Seconds since the epoch as an aware UTC datetime, for the store."""
    return datetime.fromtimestamp(moment, UTC)
