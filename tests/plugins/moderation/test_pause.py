"""/pause: nothing automatic for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from src.core.chat.port import Act
from src.core.store import models
from tests.houses import ADMIN, INSULT, OWNER, PARENT, PARENTS, a_home

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_pause_begins_and_ends_by_itself(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(OWNER, "/暂停 2小时")
        assert "到 11月3日 14:00 为止" in home.platform.said()[-1]
        await home.says(PARENT, INSULT)
        assert await models.Case.all().count() == 0
        row = await models.Group.get(id=home.group.id)
        assert row.paused_until is not None
        assert row.paused_until.timestamp() == home.group.paused_until
        await home.advance(7201)
        await home.says(PARENTS[1], INSULT)
        assert await models.Case.all().count() == 1


async def test_a_restart_does_not_end_it(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(OWNER, "/pause 2h")
        until, home.group.paused_until = home.group.paused_until, 0.0
        await home.house.start()
        assert home.group.paused_until == until


async def test_what_people_order_goes_on(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(OWNER, "/pause 1d")
        await home.says(ADMIN, f"/mute {PARENT} 10m 吵")
        assert home.platform.muted(PARENT)
        assert len(home.platform.asked(Act.MUTE)) == 1


@pytest.mark.parametrize("end", ["/暂停 结束", "/pause off"])
async def test_it_is_ended_by_hand(tmp_path: Path, end: str) -> None:
    async with a_home(tmp_path) as home:
        await home.says(OWNER, "/pause 2h")
        await home.says(OWNER, end)
        await home.says(PARENT, INSULT)
        assert await models.Case.all().count() == 1
        assert (await models.Group.get(id=home.group.id)).paused_until is None


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("/pause", "现在没有暂停"),
        ("/pause 8d", "最长暂停 7 天"),
        ("/pause 很久", "时长请写成"),
        ("/pause off", "现在没有暂停"),
    ],
)
async def test_what_is_not_a_pause(tmp_path: Path, typed: str, answer: str) -> None:
    async with a_home(tmp_path) as home:
        await home.says(OWNER, typed)
        assert answer in home.platform.said()[-1]
        assert home.group.paused_until == 0.0


async def test_only_for_the_head_teacher(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(ADMIN, "/pause 2h")
        assert home.group.paused_until == 0.0
