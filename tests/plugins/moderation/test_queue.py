"""/queue: what the filter is unsure of waits for a person, who is told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.store import models
from tests.houses import ADMIN, OWNER, PARENT, PARENTS, a_home

if TYPE_CHECKING:
    from pathlib import Path

DOUBTFUL = "警惕裸聊诈骗，不要加陌生人"


async def test_managers_are_told_once_and_see_the_queue(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.house.tell.read_members(home.group, home.platform)
        await home.says(PARENT, DOUBTFUL)
        await home.says(PARENTS[1], DOUBTFUL)
        told = [text for text in home.platform.whispered(ADMIN) if "拿不准" in text]
        assert len(told) == 1
        await home.says(ADMIN, "/待审")
        said = home.platform.whispered(ADMIN)[-1]
        assert "1-1 11月3日 12:00 101的家长：可能是色情低俗，由老师判断（二.2）" in said
        assert "1-2" in said
        assert "裸聊" not in said
        await home.says(OWNER, "驳回 1")
        await home.says(ADMIN, "待审", group=None)
        assert "1-1 " not in home.platform.whispered(ADMIN)[-1]


async def test_confirmed_it_is_a_case(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, DOUBTFUL)
        await home.says(ADMIN, "确认 1")
        case = await models.Case.get()
        assert case.clause == "二.2"
        assert case.source == "manual"


async def test_it_is_empty_and_it_is_not_for_parents(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(ADMIN, "/queue")
        assert home.platform.whispered(ADMIN)[-1] == "没有等人看的消息。"
        await home.says(PARENT, "/queue")
        assert "由老师和值日班委使用" in home.platform.said()[-1]
