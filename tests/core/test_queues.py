"""Lines of work: in order, one at a time, and never stopped by a fault."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextvars import ContextVar

from loguru import logger

from src.core.queues import Lines


class Work:
    """Notes what is worked at, and waits for leave where it is told to."""

    def __init__(self) -> None:
        self.done: list[tuple[str, int]] = []
        self.at_once: defaultdict[str, int] = defaultdict(int)
        self.leave = asyncio.Event()
        self.leave.set()

    async def __call__(self, key: str, item: int) -> None:
        self.at_once[key] += 1
        assert self.at_once[key] == 1
        try:
            await asyncio.sleep(0)
            await self.leave.wait()
            if item < 0:
                raise ValueError("fault")
            self.done.append((key, item))
        finally:
            self.at_once[key] -= 1


async def test_each_line_is_worked_off_in_order() -> None:
    work = Work()
    lines = Lines[str, int]("test", work)
    assert lines.idle
    for number in range(20):
        lines.put("ab"[number % 2], number)
    assert not lines.idle
    await lines.join()
    assert lines.idle
    for key, first in (("a", 0), ("b", 1)):
        assert [n for k, n in work.done if k == key] == list(range(first, 20, 2))
    # Neither waits for the other.
    assert {key for key, _ in work.done[:2]} == {"a", "b"}


async def test_what_work_puts_into_its_own_line_comes_last() -> None:
    done: list[int] = []

    async def work(key: str, item: int) -> None:
        done.append(item)
        if item < 3:
            lines.put(key, item + 10)

    lines = Lines[str, int]("test", work)
    for number in range(3):
        lines.put("a", number)
    await lines.join()
    assert done == [0, 1, 2, 10, 11, 12]


async def test_a_fault_is_logged_and_the_line_goes_on() -> None:
    logged: list[str] = []
    sink = logger.add(logged.append, level="ERROR")
    work = Work()
    lines = Lines[str, int]("test", work)
    for item in (1, -1, 2, -2, 3):
        lines.put("a", item)
    await lines.join()
    logger.remove(sink)
    assert work.done == [("a", 1), ("a", 2), ("a", 3)]
    assert len(logged) == 2
    assert "line test failed" in logged[0]


async def test_a_line_that_was_empty_starts_again() -> None:
    work = Work()
    lines = Lines[str, int]("test", work)
    for number in range(3):
        lines.put("a", number)
        await lines.join()
    assert work.done == [("a", 0), ("a", 1), ("a", 2)]


async def test_work_does_not_inherit_the_context_of_who_put_it() -> None:
    variable: ContextVar[str] = ContextVar("variable", default="clean")
    seen: list[str] = []

    async def work(key: str, item: int) -> None:
        seen.append(variable.get())

    lines = Lines[str, int]("test", work)
    variable.set("in a transaction")
    lines.put("a", 1)
    await lines.join()
    assert seen == ["clean"]


async def test_close_finishes_what_waits_and_takes_nothing_more_in() -> None:
    work = Work()
    work.leave.clear()
    lines = Lines[str, int]("test", work)
    for number in range(3):
        lines.put("a", number)
    closing = asyncio.create_task(lines.close())
    await asyncio.sleep(0)
    lines.put("a", 3)
    lines.put("b", 4)
    work.leave.set()
    await closing
    assert work.done == [("a", 0), ("a", 1), ("a", 2)]
    assert lines.idle


async def test_close_ends_what_does_not_end() -> None:
    work = Work()
    work.leave.clear()
    lines = Lines[str, int]("test", work)
    lines.put("a", 1)
    lines.put("a", 2)
    await lines.close(grace=0)
    assert work.done == []
    assert lines.idle
    await lines.join()
