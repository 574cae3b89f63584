"""What plugins want done again and again (`Area.every`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from src.core.faults import log_fault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from src.core.area import Area, Work
    from src.core.clock import Clock
    from src.core.house import House

_EARLY = 1.0
"""Seconds by which a tick may come before its time and still count."""


class Works:
    """Called each minute by the house's own task; one work after another."""

    def __init__(self, clock: Clock, areas: Iterable[Area[Any]]) -> None:
        self._clock = clock
        self._works = [(area.name, work) for area in areas for work in area.works]
        self._last: dict[Work, float] = {}
        self._broken: set[Work] = set()

    async def tick(self, house: House) -> None:
        """Do what is due. A fault is logged once, until it is mended, and stops no other."""
        now = self._clock.now()
        for name, work in self._works:
            last = self._last.get(work)
            # A clock that was set back makes it due too.
            if last is not None and 0 <= now - last < work.seconds - _EARLY:
                continue
            self._last[work] = now
            try:
                await work.do(house)
            except Exception as error:
                if work not in self._broken:
                    self._broken.add(work)
                    log_fault(f"the scheduled work of {name} failed", error)
            else:
                self._broken.discard(work)
