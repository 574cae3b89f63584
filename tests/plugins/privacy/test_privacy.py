"""The plugin as a class meets it: in a house in the process, without a platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from src.core.chat.events import FetchedMessage, Kind, MessageRef, Segment
from src.core.chat.port import Act, Answer, ForwardContent, Word
from src.core.policy import Pack, PackError, compile_policy
from src.core.store import models
from tests.houses import ADMIN, BOT, OWNER, PARENT, PARENTS, Home, a_home, account

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

RANKING = "期中数学：陈晨98分，赵敏95分，孙强42分"
LIST = "陈晨妈妈13800138000，赵敏爸爸13900139001"
FORWARD = [Segment(Kind.FORWARD, "7615")]


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with a_home(tmp_path) as one:
        bind(one)
        yield one


def policy(**settings: Any) -> Pack:
    clause = {
        "number": "5",
        "text": "不公布成绩排名，不泄露隐私。",
        "source": ["08.2.1.5"],
        "plugin": "privacy",
        "settings": settings,
        "ladder": "warn",
    }
    content = {
        "name": "privacy",
        "title": "隐私",
        "version": 1,
        "ladder": {"warn": {"life": "30d", "steps": ["warn", "mute 10m"]}},
        "clause": [clause],
    }
    return Pack.from_content(content)


def bind(home: Home, **settings: Any) -> None:
    home.group.policy = compile_policy(policy(**settings), version=2, policy_id=None)


async def test_a_parents_list_is_withdrawn_and_explained_without_its_words(home: Home) -> None:
    await home.says(PARENT, LIST)
    case = await models.Case.get()
    assert (case.clause, case.plugin, case.step) == ("5", "privacy", "warn")
    assert len(home.platform.asked(Act.WITHDRAW)) == 1
    await home.says(PARENT, f"/为什么 {case.number}")
    said = home.platform.whispered(PARENT)
    assert "列出了 2 个手机号" in said[-1]
    assert not [text for text in said if "13800138000" in text or "陈晨" in text]


async def test_a_teacher_is_told_in_private_and_nothing_else_happens(home: Home) -> None:
    await home.says(ADMIN, RANKING)
    case = await models.Case.get()
    assert case.step == "word"
    assert len(home.platform.whispered(ADMIN)) == 1
    assert home.platform.asked(Act.WITHDRAW) == home.platform.asked(Act.MUTE) == []
    assert home.platform.said() == []


async def test_the_name_of_a_file_is_read(home: Home) -> None:
    await home.says(PARENT, [Segment(Kind.FILE, "a1")], shown="期中成绩排名.xlsx")
    assert (await models.Case.get()).plugin == "privacy"
    await home.says(PARENTS[1], [Segment(Kind.FILE, "a2")], shown="周末作业清单.docx")
    assert await models.Case.all().count() == 1


async def test_marks_in_the_messages_of_a_forward_add_up(home: Home) -> None:
    ref = MessageRef(BOT, None, "1", 0.0)
    home.platform.answers[Act.OPEN_FORWARD] = Answer(
        Word.DONE,
        ForwardContent(
            [
                FetchedMessage(ref, account(PARENT), (Segment(Kind.TEXT, text),), text)
                for text in ("数学卷子发了，陈晨98分", "赵敏95分", "孙强42分")
            ]
        ),
    )
    await home.says(PARENT, FORWARD)
    assert (await models.Case.get()).plugin == "privacy"


async def test_a_forward_is_a_question_to_a_person_where_the_clause_says_so(home: Home) -> None:
    await home.says(PARENT, FORWARD)
    assert await models.Request.all().count() == 0
    bind(home, looks_for=[], chat_records="ask")
    await home.says(PARENT, FORWARD)
    assert await models.Case.all().count() == 0
    await home.says(ADMIN, "/待审")
    assert "可能有别人的聊天记录，由老师判断" in home.platform.whispered(ADMIN)[-1]


async def test_ordinary_talk_and_ones_own_child_are_left_alone(home: Home) -> None:
    for text in (
        "孩子这次考了98分",
        "我的电话13800138000",
        "拔河第一名！",
        "1. 陈晨 2. 赵敏 3. 孙强",
    ):
        assert await home.says(PARENT, text)
    assert await models.Case.all().count() == await models.Request.all().count() == 0


async def test_its_default_clause_withdraws_from_the_first(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, RANKING)
        assert await models.Case.all().count() == 0
        await home.says(OWNER, "/启用 privacy")
        await home.says(PARENT, RANKING)
        assert (await models.Case.get()).step == "warn"
        assert len(home.platform.asked(Act.WITHDRAW)) == 1
        tip = await home.says(PARENTS[1], "早上好", message_id="77")
        assert tip
        await home.says(PARENTS[1], "/为什么", reply_to="77")
        said = [*home.platform.said(), *home.platform.whispered(PARENTS[1])]
        assert any(
            "没有发现成绩排名、身份证、银行卡、电话、住址、查找别人隐私的话" in one for one in said
        )


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"looks_for": ["faces"]}, "looks_for"),
        ({"people": 1}, "people 不能小于 2"),
        ({"phones": 99}, "phones 不能大于 50"),
        ({"chat_records": "delete"}, "chat_records 只能是"),
        ({"photos": True}, "不认识 photos"),
    ],
)
def test_wrong_settings_are_refused_with_a_line(settings: dict[str, Any], line: str) -> None:
    with pytest.raises(PackError, match=line):
        compile_policy(policy(**settings), version=1, policy_id=None)
