"""A quarrel as a class meets it: first the calm line, then a short mute for who goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from src.core.chat.port import Act
from src.core.store import models
from tests.houses import ADMIN, OWNER, PARENTS, Home, a_home, account

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

ONE, OTHER = PARENTS[:2]
TRADE = ("你家孩子又打人了", "你胡说！！", "你怎么管孩子的？？", "你讲不讲理")


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with a_home(tmp_path, pack="kindergarten") as one:
        await one.says(OWNER, "/启用 quarrel")
        one.platform.done.clear()
        yield one


async def trade(home: Home, one: str, other: str) -> None:
    for number, words in enumerate(TRADE):
        await home.advance(10)
        await home.says((one, other)[number % 2], words)


async def test_first_one_calm_line_to_both_then_a_short_mute_for_both(home: Home) -> None:
    await trade(home, ONE, OTHER)
    (said,) = home.platform.asked(Act.SAY)
    assert "私下" in said.value
    assert await models.Case.all().count() == 0
    assert home.platform.asked(Act.MUTE) == []

    await home.advance(30)
    await home.says(ONE, "你没素质")
    await home.says(OTHER, "你闭嘴")
    cases = await models.Case.all().order_by("id")
    assert [(case.plugin, case.step) for case in cases] == [("quarrel", "mute")] * 2
    assert {done.account for done in home.platform.asked(Act.MUTE)} == {
        account(ONE),
        account(OTHER),
    }
    assert len(home.platform.asked(Act.SAY)) == 1
    await home.says(ONE, f"为什么 {home.group.id}-{cases[0].number}", group=None)
    assert "接着争" in home.platform.whispered(ONE)[-1]


async def test_who_stops_is_left_alone(home: Home) -> None:
    await trade(home, ONE, OTHER)
    await home.advance(30)
    await home.says(ONE, "好的，我们私下说")
    await home.says(OTHER, "行")
    assert await models.Case.all().count() == 0


async def test_a_teacher_and_a_parent_read_of_it_in_private_only(home: Home) -> None:
    await trade(home, ONE, ADMIN)
    await home.advance(30)
    await trade(home, ONE, ADMIN)
    assert home.platform.asked(Act.SAY) == home.platform.asked(Act.MUTE) == []
    assert await models.Case.all().count() == 0
    for user in (ONE, ADMIN):
        (told,) = home.platform.whispered(user)
        assert "私聊" in told


async def test_in_observe_mode_nothing_is_said(home: Home) -> None:
    home.group.mode = "observe"
    await trade(home, ONE, OTHER)
    assert home.platform.done == []


async def test_both_are_mentioned(home: Home) -> None:
    with patch.object(home.platform, "say", wraps=home.platform.say) as say:
        await trade(home, ONE, OTHER)
    (call,) = say.await_args_list
    assert set(call.args[1].mention) == {account(ONE), account(OTHER)}
