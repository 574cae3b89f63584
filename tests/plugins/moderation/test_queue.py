"""/queue: what the filter is unsure of waits for a person, who is told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.events import Kind, Segment
from src.core.store import models
from tests.houses import ADMIN, OWNER, PARENT, PARENTS, a_home

if TYPE_CHECKING:
    from pathlib import Path

DOUBTFUL = "裸聊都是诈骗，不要加陌生人"


async def test_managers_are_told_once_and_see_the_queue(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.house.tell.read_members(home.group, home.platform)
        await home.says(PARENT, DOUBTFUL)
        await home.says(PARENTS[1], DOUBTFUL)
        told = [text for text in home.platform.whispered(ADMIN) if "拿不准" in text]
        assert len(told) == 1
        await home.says(ADMIN, "/待审")
        said = home.platform.whispered(ADMIN)[-1]
        assert "1-1 11月3日 12:00 陈晨妈妈：可能是色情低俗，由老师判断（二.2）" in said
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


async def test_a_message_is_asked_of_once(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, DOUBTFUL)
        await home.says(PARENT, f"{DOUBTFUL}！")
        assert await models.Request.all().count() == 1
        await home.says(OWNER, "驳回 1")
        await home.advance(7200)
        await home.says(PARENT, DOUBTFUL)
        assert await models.Request.all().count() == 1
        assert await models.Case.all().count() == 0
        await home.advance(25 * 3600)
        await home.says(PARENT, DOUBTFUL)
        assert await models.Request.all().count() == 2


async def test_an_answer_holds_for_a_message_that_is_delivered_again(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, DOUBTFUL, message_id="7")
        await home.says(OWNER, "驳回 1")
        home.house.court._asked.clear()  # as after a restart
        await home.says(PARENT, DOUBTFUL, message_id="7")
        assert await models.Request.all().count() == 1


async def test_what_was_said_of_a_message_holds_for_its_copy(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, DOUBTFUL)
        await home.says(OWNER, "确认 1")
        await home.says(PARENT, f"{DOUBTFUL}。", message_id="70")
        await home.says(PARENT, f"{DOUBTFUL}。", message_id="70")
        assert await models.Request.filter(kind="review").count() == 1
        assert [case.source for case in await models.Case.all()] == ["manual", "manual"]
        await home.says(PARENTS[1], DOUBTFUL)
        assert await models.Request.filter(kind="review", state="open").count() == 1


async def test_files_without_a_name_are_no_copies(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(OWNER, "/停用 media")
        for message_id in ("1", "2"):
            await home.says(
                PARENT,
                [Segment(Kind.TEXT, DOUBTFUL), Segment(Kind.IMAGE)],
                message_id=message_id,
            )
        assert await models.Request.filter(kind="review").count() == 2
