"""topic in force in a class: reminded, not withdrawn; asked of a person where unsure; nothing until the
clause says what is unrelated."""

from __future__ import annotations

from pathlib import Path

import pytest

from src.core.chat.events import Kind, Segment
from src.core.chat.port import Act
from src.core.store import models
from src.plugins.topic.settings import MATTERS
from tests.houses import ADMIN, OWNER, PARENT, PARENTS, a_home

ROOT = Path(__file__).resolve().parents[3]
PICTURE = Segment(Kind.IMAGE, "a.jpg")


async def test_enabled_it_waits_for_what_the_clause_names_and_then_reminds(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack="kindergarten") as home:
        await home.says(OWNER, "/启用 topic")
        await home.says(PARENT, "晒晒我家今天的晚饭")
        assert await models.Case.all().count() == 0

        await home.says(OWNER, "/制度 set 附1 off_topic meals、games")
        await home.says(PARENT, [Segment(Kind.TEXT, "今天的晚饭，简单三个菜"), PICTURE])
        case = await models.Case.get()
        assert (case.plugin, case.clause, case.step) == ("topic", "附1", "remind")
        assert home.platform.asked(Act.WITHDRAW) == []
        assert "闲聊请到别处" in home.platform.whispered(PARENT)[-1]

        await home.says(PARENT, "/为什么 1")
        assert "与班级无关：晒饭菜" in home.platform.whispered(PARENT)[-1]
        await home.says(PARENT, "大家早上好呀")
        # A command is no talk, not even of somebody who has said nothing yet.
        await home.says(PARENTS[2], "/群规 今天的晚饭")
        await home.says(PARENT, "老师，孩子中午没吃饭，能帮忙看看吗")
        assert await models.Case.all().count() == 1


async def test_what_is_unsure_waits_for_a_person(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack="kindergarten") as home:
        await home.says(OWNER, "/启用 topic")
        await home.says(OWNER, "/制度 set 附1 off_topic individual")
        await home.says(PARENT, "我家孩子老被同桌欺负，怎么办")
        assert await models.Case.all().count() == 0
        assert not home.platform.whispered(PARENT)
        waiting = await models.Request.get(kind="review")
        assert "欺负" not in str(waiting.payload)
        await home.says(ADMIN, "/待审")
        assert "个人的事，请私聊老师" in home.platform.whispered(ADMIN)[-1]


async def test_where_teachers_start_the_others_answer(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack="kindergarten") as home:
        await home.says(OWNER, "/启用 topic")
        await home.says(OWNER, "/制度 set 附1 who staff")
        for teacher in (OWNER, ADMIN):
            await home.says(teacher, "周末天气晴朗，适合带上家人出门散步")
        for line in (
            "收到",
            "老师，明天带水杯吗？",
            "孩子发烧了，请假一天",
            "谢谢老师",
            "/群规 一.3",
        ):
            await home.says(PARENT, line)
        await home.says(PARENT, "周末一起去爬山，谁有空", reply_to="1")
        assert await models.Case.all().count() == 0
        assert not await models.Request.exists()

        await home.says(PARENTS[1], "周末天气晴朗适合出门散步")
        assert (await models.Case.get()).step == "remind"
        await home.says(PARENTS[1], "/为什么 1")
        assert "请只回应" in home.platform.whispered(PARENTS[1])[-1]


@pytest.mark.parametrize("name", ["policy-authors.md", "写制度.md"])
def test_every_matter_stands_in_the_documents(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert [matter for matter in MATTERS if f"`{matter}`" not in text] == []
