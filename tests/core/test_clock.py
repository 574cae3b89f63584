"""A clock that is driven."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from src.core.clock import DrivenClock, RealClock, to_datetime

if TYPE_CHECKING:
    from pathlib import Path


async def run_ready() -> None:
    """Let everything run that can."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_it_stands_still_until_it_is_moved() -> None:
    clock = DrivenClock(100.0)
    woken: list[float] = []

    async def sleep() -> None:
        await clock.sleep(10)
        woken.append(clock.now())

    task = asyncio.create_task(sleep())
    await run_ready()
    assert clock.next_due() == 110.0
    clock.move_to(109.9)
    await run_ready()
    assert woken == []
    clock.move_to(110.0)
    await task
    assert woken == [110.0]
    assert clock.now() == clock.monotonic() == 110.0
    assert clock.next_due() is None


@given(st.lists(st.integers(1, 5), max_size=8))
def test_sleepers_wake_in_the_order_of_their_times(seconds: list[int]) -> None:
    async def main() -> list[int]:
        clock = DrivenClock(0.0)
        woken: list[int] = []

        async def sleep(number: int) -> None:
            await clock.sleep(seconds[number])
            woken.append(number)

        async with asyncio.TaskGroup() as group:
            for number in range(len(seconds)):
                group.create_task(sleep(number))
            await run_ready()
            clock.move_to(10.0)
        return woken

    # Sorting is stable: who lay down first, wakes first.
    assert asyncio.run(main()) == sorted(range(len(seconds)), key=lambda n: seconds[n])


async def test_no_time_to_sleep_still_lets_others_run() -> None:
    clock = DrivenClock(0.0)
    ran: list[str] = []

    async def other() -> None:
        ran.append("other")

    task = asyncio.create_task(other())
    await clock.sleep(0)
    await clock.sleep(-1)
    assert ran == ["other"]
    assert clock.next_due() is None
    await task


async def test_one_who_was_cancelled_is_not_waited_for() -> None:
    clock = DrivenClock(0.0)
    early = asyncio.create_task(clock.sleep(1))
    late = asyncio.create_task(clock.sleep(2))
    await run_ready()
    early.cancel()
    await run_ready()
    assert clock.next_due() == 2.0
    clock.move_to(5.0)
    await late


async def test_it_may_go_back() -> None:
    clock = DrivenClock(100.0)
    task = asyncio.create_task(clock.sleep(10))
    await run_ready()
    clock.move_to(50.0)
    await run_ready()
    assert not task.done()
    assert clock.now() == 50.0
    clock.move_to(110.0)
    await task


def test_its_time_survives_a_kill(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    clock = DrivenClock(100.0, file)
    assert not file.exists()
    clock.move_to(1_793_678_400.25)
    assert DrivenClock(100.0, file).now() == 1_793_678_400.25
    assert [path.name for path in tmp_path.iterdir()] == ["clock.json"]


async def test_the_machines_clock_runs() -> None:
    clock = RealClock()
    before, monotonic = clock.now(), clock.monotonic()
    await clock.sleep(0)
    assert clock.monotonic() >= monotonic
    assert math.isclose(clock.now(), before, abs_tol=60)


def test_moments_in_the_store_are_utc() -> None:
    assert to_datetime(1_793_678_400.5).isoformat() == "2026-11-03T04:00:00.500000+00:00"
