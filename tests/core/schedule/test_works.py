"""What an area wants done again and again, and on events in a group."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

from loguru import logger

from src.core.area import AREAS, Area, DefaultClause, PolicyChanged, Settings
from src.core.chat.events import Connected
from tests.houses import OWNER, a_home

if TYPE_CHECKING:
    from pathlib import Path

    from src.core.groups import Group
    from src.core.house import House


def an_area(name: str) -> Area[Settings]:
    return Area(name, title=name, settings=Settings, default=DefaultClause("一条"))


async def test_a_work_is_done_at_the_start_and_each_time(tmp_path: Path) -> None:
    with patch.dict(AREAS):
        done: list[float] = []

        @an_area("first").every(60)
        async def often(house: House) -> None:
            done.append(house.clock.now())

        @an_area("second").every(300)
        async def seldom(house: House) -> None:
            done.append(-1.0)

        async with a_home(tmp_path, pack=None) as home:
            start = home.clock.now()
            assert done == [start, -1.0]
            for _ in range(5):
                await home.advance(60)
            assert done[2:] == [*(start + 60 * n for n in range(1, 6)), -1.0]
            # A clock that is set back stops nothing.
            home.clock.move_to(start - 3600)
            home.clock.move_to(start + 360)
            await home.settled()
            assert done[-1] == start + 360


async def test_a_fault_is_logged_once_and_stops_no_other(tmp_path: Path) -> None:
    logged: list[str] = []
    sink = logger.add(logged.append, level="ERROR")
    with patch.dict(AREAS):
        done: list[float] = []

        @an_area("broken").every(60)
        async def fail(house: House) -> None:
            raise RuntimeError

        @an_area("sound").every(60)
        async def note(house: House) -> None:
            done.append(house.clock.now())

        async with a_home(tmp_path, pack=None) as home:
            for _ in range(3):
                await home.advance(60)
    logger.remove(sink)
    assert len(done) == 4
    assert len([line for line in logged if "scheduled work of broken" in line]) == 1


async def test_events_reach_the_areas_that_asked_for_them(tmp_path: Path) -> None:
    with patch.dict(AREAS):
        area, seen = an_area("curious"), list[str]()

        @area.on(PolicyChanged)
        async def changed(house: House, group: Group, event: PolicyChanged) -> None:
            assert group.policy is not None
            seen.append(group.mode)

        @area.on(Connected)
        async def connected(house: House, group: Group, event: Connected) -> None:
            seen.append(f"connected {event.bot}")

        async with a_home(tmp_path) as home:
            seen.clear()
            await home.says(OWNER, "/policy mode observe")
            home.lose()
            home.connect()
            await home.settled()
    assert seen == ["observe", "connected 10001"]
