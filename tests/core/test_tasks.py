"""Tasks that somebody owns."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from loguru import logger
import pytest

from src.core.store import in_transaction, models
from src.core.store.rows import account_row
from src.core.tasks import Tasks
from tests.houses import account
from tests.stores import a_store

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_task_that_ended_is_forgotten() -> None:
    tasks = Tasks("test")
    done = asyncio.Event()

    async def work() -> None:
        done.set()

    tasks.start(work(), "work")
    assert len(tasks) == 1
    await done.wait()
    await asyncio.sleep(0)
    assert len(tasks) == 0
    await tasks.close()


async def test_a_fault_is_logged_once_and_named() -> None:
    logged: list[str] = []
    sink = logger.add(logged.append, level="ERROR")
    tasks = Tasks("owner")

    async def work() -> None:
        raise ValueError

    tasks.start(work(), "work")
    await tasks.close()
    logger.remove(sink)
    assert len(logged) == 1
    assert "work failed in owner" in logged[0]


async def test_close_waits_and_then_cancels() -> None:
    tasks = Tasks("test")
    leave = asyncio.Event()
    ended: list[str] = []

    async def ends() -> None:
        await leave.wait()
        ended.append("ends")

    async def stays() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("stays")

    tasks.start(ends(), "ends")
    closing = asyncio.create_task(tasks.close())
    await asyncio.sleep(0)
    assert not closing.done()
    leave.set()
    await closing
    assert ended == ["ends"]
    tasks.start(stays(), "stays")
    await asyncio.sleep(0)
    await tasks.close(grace=0)
    assert ended == ["ends", "stays"]
    assert len(tasks) == 0


async def test_a_task_started_in_a_transaction_is_not_in_it(tmp_path: Path) -> None:
    tasks = Tasks("test")

    async def work() -> None:
        await account_row(account("of the task"))

    async with a_store("sqlite", tmp_path):
        with pytest.raises(ZeroDivisionError):
            async with in_transaction():
                await account_row(account("of the transaction"))
                tasks.start(work(), "work")
                await asyncio.sleep(0)
                raise ZeroDivisionError
        await tasks.close()
        assert [a.user_id for a in await models.Account.all()] == ["of the task"]
