"""Other people's NoneBot plugins beside ours: they get what is theirs, and stop nothing of ours."""

from __future__ import annotations

from contextlib import closing
import sqlite3
import sys
from typing import TYPE_CHECKING

import pytest

from sandbox.fakeqq import GROUP, HEAD_TEACHER, PARENTS, FakeQQ, class_group, mention, quote, text

from .conftest import choose, gone
from .launcher import TOKEN, BotProcess
from .neighbour import HEARD, MATCHERS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

INSULT = "你就是个傻逼"
AD = "暑假一对一辅导，名师小班，限时优惠，加微信abc12345"
PARENT, OTHER = PARENTS[0], PARENTS[1]


@pytest.fixture
def settings() -> dict[str, str]:
    """What the neighbour's process has in its environment; a test may say otherwise."""
    return {}


@pytest.fixture
async def bot(tmp_path: Path, settings: dict[str, str]) -> AsyncIterator[BotProcess]:
    """The application with the neighbour's plugin in one process."""
    command = (sys.executable, "-m", "tests.end_to_end.neighbour")
    process = BotProcess(tmp_path, command=command, settings=settings)
    try:
        await process.start()
        yield process
    finally:
        await process.kill9()


@pytest.fixture
async def school(bot: BotProcess) -> AsyncIterator[FakeQQ]:
    """The class group, connected, with a pack in force."""
    qq = class_group(bot.url, TOKEN, now=lambda: bot.now, details=lambda: bot.output[-4000:])
    bot.before_clock.append(qq.flush)
    await qq.connect()
    await choose(qq)
    yield qq
    await qq.disconnect()


def heard(qq: FakeQQ) -> list[str]:
    """What the neighbour heard in the group."""
    return [said.removeprefix(HEARD) for said in qq.said(GROUP) if said.startswith(HEARD)]


async def test_we_register_no_matcher(school: FakeQQ, bot: BotProcess) -> None:
    assert f"{MATCHERS}0\n" in bot.output


async def test_a_neighbour_hears_what_is_neither_withdrawn_nor_a_command_of_ours(
    school: FakeQQ, bot: BotProcess
) -> None:
    await school.speak(GROUP, PARENT, "明天几点放学？")
    insult = await school.speak(GROUP, PARENT, INSULT)
    await school.speak(GROUP, HEAD_TEACHER, "/help")
    await school.speak(GROUP, HEAD_TEACHER, [text("/warn "), mention(OTHER), text(" 吵闹")])
    await school.speak(GROUP, OTHER, "确认 12")
    await school.speak(GROUP, OTHER, "/天气 北京")
    await school.speak(GROUP, OTHER, "谢谢老师")
    await school.says(GROUP, HEARD + "谢谢老师")
    await bot.idle()
    # NoneBot runs each event in a task of its own, so in no order.
    assert sorted(heard(school)) == sorted(["明天几点放学？", "/天气 北京", "谢谢老师"])
    assert insult in gone(school)


async def test_in_observe_mode_a_neighbour_hears_everything(
    school: FakeQQ, bot: BotProcess
) -> None:
    await school.speak(GROUP, HEAD_TEACHER, "/policy mode observe")
    await school.says(GROUP, "只观察")
    await school.speak(GROUP, PARENT, INSULT)
    await school.says(GROUP, HEARD + INSULT)


async def test_a_private_word_is_for_a_neighbour_and_a_private_command_is_ours(
    school: FakeQQ, bot: BotProcess
) -> None:
    await school.whisper(HEAD_TEACHER, "我的记录")
    await school.whispers(HEAD_TEACHER, "没有任何记录")
    await school.whisper(HEAD_TEACHER, "你好")
    await school.whispers(HEAD_TEACHER, HEARD + "你好")
    assert HEARD + "我的记录" not in school.whispered(HEAD_TEACHER)


@pytest.mark.parametrize("settings", [{"NEIGHBOUR_FAILS": "1"}])
async def test_a_neighbours_fault_stops_nothing_of_ours(school: FakeQQ, bot: BotProcess) -> None:
    clean = await school.speak(GROUP, OTHER, "明天几点放学？")
    insult = await school.speak(GROUP, PARENT, [quote(clean), text(INSULT)])
    await school.whispers(PARENT, "二.1")
    await school.speak(GROUP, OTHER, "/rules 三.1")
    await school.says(GROUP, "三.1")
    await bot.idle()
    assert insult in gone(school)
    assert school.muted(GROUP, PARENT)
    assert heard(school) == []
    assert INSULT not in bot.output


async def test_a_burst_of_two_hundred_is_judged_in_order_of_arrival_quotations_too(
    school: FakeQQ, bot: BotProcess
) -> None:
    await school.speak(GROUP, HEAD_TEACHER, "/policy mode observe")  # The brake would end it.
    await school.says(GROUP, "只观察")
    quoted = await school.speak(GROUP, OTHER, "明天几点放学？")
    sent: list[int] = []
    for number in range(200):
        words = text(f"{AD}{number}")
        content = [quote(quoted), words] if number % 2 else [words]
        sent.append(await school.speak(GROUP, PARENTS[number % len(PARENTS)], content))
    await bot.idle()
    with closing(sqlite3.connect(bot.home / "qungui.db")) as database:
        keys = database.execute('SELECT message_key FROM "case" ORDER BY id').fetchall()
    assert [int(key.split("/")[2]) for (key,) in keys] == sent
