"""A bot in a process of its own, and a class group that talks to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.fakeqq import GROUP, HEAD_TEACHER, FakeQQ, class_group

from .launcher import TOKEN, BotProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotProcess]:
    """The application on a SQLite file of its own, started; killed after the test."""
    process = BotProcess(tmp_path, forked=True)
    try:
        await process.start()
        yield process
    finally:
        await process.kill9()


@pytest.fixture
async def qq(bot: BotProcess) -> AsyncIterator[FakeQQ]:
    """The class group's platform, connected to the bot and on its clock."""
    platform = class_group(bot.url, TOKEN, now=lambda: bot.now, details=lambda: bot.output[-4000:])
    bot.before_clock.append(platform.flush)
    await platform.connect()
    yield platform
    await platform.disconnect()


@pytest.fixture
async def school(qq: FakeQQ) -> FakeQQ:
    """The class group with the pack `text-only-parents` in force, chosen by the owner."""
    await choose(qq)
    return qq


async def choose(qq: FakeQQ, pack: str = "text-only-parents") -> None:
    """Let the owner choose a pack, and wait for the answer."""
    before = len(qq.said(GROUP))
    await qq.speak(GROUP, HEAD_TEACHER, f"/policy use {pack}")
    await qq.says(GROUP, "本群开始执行", after=before)


def gone(qq: FakeQQ) -> set[int]:
    """The ids of the messages that were withdrawn."""
    return {message.message_id for message in qq.withdrawn}
