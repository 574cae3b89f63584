"""What became of each message at the door, as the sandbox's page shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from src.core.chat.events import FetchedMessage, Kind, MessageRef, Segment
from src.core.chat.port import Act, ForwardContent, Word
from src.core.chat.port import Answer as Said
from src.core.looks import KEPT, Looks
from tests.houses import (
    AD,
    ADMIN,
    BOT,
    INSULT,
    OWNER,
    PARENT,
    PARENTS,
    FakePlatform,
    Home,
    a_home,
    account,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from src.core.looks import Answer

UNSURE = "裸聊都是诈骗，不要加陌生人"


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with a_home(tmp_path, looks=Looks()) as one:
        yield one


async def look(home: Home, message_id: str = "m") -> Answer:
    """What became of a message."""
    await home.settled()
    assert home.house.looks is not None
    answer = await home.house.looks.answer(message_id, home.house.groups)
    assert answer is not None
    assert answer["message_id"] == message_id
    return answer


def found(answer: Answer) -> list[str]:
    """The numbers of the clauses that found something."""
    return [clause["number"] for clause in answer["clauses"] if clause["found"]]


@pytest.mark.parametrize(
    ("user", "words", "verdict", "reason", "numbers"),
    [
        (PARENT, "收到，谢谢老师", "ordinary", "没有发现问题", []),
        (PARENT, "", "ordinary", "没有发现问题", []),
        (PARENT, "/群规", "command", "命令：看群规", []),
        (PARENT, "/申诉 1 傻逼", "command", "命令：对自己或孩子的案件提出申诉", []),
        (PARENT, "/禁言 @某人", "ordinary", "没有发现问题", []),
        (PARENT, "/群规 傻逼", "case", "不符合群规 二.1", ["二.1"]),
        (PARENT, INSULT, "case", "不符合群规 二.1", ["二.1"]),
        (PARENT, f"{AD}，{INSULT}", "case", "不符合群规 二.1、三.2", ["二.1", "三.2"]),
        (ADMIN, AD, "case", "不符合群规 三.2（老师和管理员，私下提醒）", ["三.2"]),
        (PARENT, UNSURE, "review", "拿不准是否符合群规 二.2，请老师看", ["二.2"]),
        (
            ADMIN,
            UNSURE,
            "ordinary",
            "拿不准是否符合群规 二.2；是老师或管理员发的，不再打扰老师",
            ["二.2"],
        ),
    ],
)
async def test_what_is_told_of_a_message(
    home: Home, user: str, words: str, verdict: str, reason: str, numbers: list[str]
) -> None:
    await home.says(ADMIN, "老师们好")
    await home.says(user, words, message_id="m")
    answer = await look(home)
    assert (answer["verdict"], found(answer)) == (verdict, numbers)
    assert answer["reason"].startswith(reason)
    assert (answer["case"] is not None) is (verdict == "case")
    said = answer["reason"] + "".join(clause["line"] for clause in answer["clauses"])
    assert "傻逼" not in said
    assert "裸聊" not in said


async def test_messages_of_one_incident_have_one_case(home: Home) -> None:
    numbers: list[int | None] = []
    for n in range(5):
        await home.says(PARENT, "今天作业是什么", message_id=str(n + 100))
        numbers.append((await look(home, str(n + 100)))["case"])
    assert numbers == [None, None, 1, 1, 1]
    await home.advance(3600)
    await home.says(PARENTS[1], "收到")
    assert (await look(home, "104"))["case"] == 1  # Also when the incident is over.


async def test_late_messages_are_looked_at_for_what_they_say(home: Home) -> None:
    for n in range(3):
        await home.says(PARENT, "在吗", message_id=str(n + 100), age=3600)
    answer = await look(home, "102")
    assert answer["verdict"] == "ordinary"
    flood = next(clause for clause in answer["clauses"] if clause["number"] == "三.1")
    assert "只看内容" in flood["line"]
    await home.says(PARENT, UNSURE, message_id="m", age=3600)
    assert "消息来得太晚" in (await look(home))["reason"]


async def test_what_is_only_observed_says_so(home: Home) -> None:
    home.group.mode = "observe"
    await home.says(PARENT, INSULT, message_id="m")
    answer = await look(home)
    assert answer["verdict"] == "case"
    assert "只观察" in answer["reason"]


async def test_private_words_and_other_bots_messages_are_not_judged(home: Home) -> None:
    await home.says(PARENT, INSULT, group=None, message_id="m")
    answer = await look(home)
    assert (answer["verdict"], answer["reason"]) == ("not_judged", "私聊不判断")
    assert answer["clauses"] == []
    await home.says(PARENT, "我的记录", group=None, message_id="m")
    assert (await look(home))["verdict"] == "command"
    await home.says(PARENT, "在吗")
    second = FakePlatform(home.clock, "10002")
    home.connect(second)
    assert home.group.bot == BOT
    await home.says(PARENT, INSULT, platform=second, message_id="n")
    answer = await look(home, "n")
    assert (answer["verdict"], answer["reason"]) == ("not_judged", "由另一个机器人负责本群")


async def test_without_a_policy_nothing_is_judged(tmp_path: Path) -> None:
    async with a_home(tmp_path, looks=Looks(), pack=None) as home:
        await home.says(PARENT, INSULT, message_id="m")
        answer = await look(home)
        assert (answer["verdict"], answer["reason"]) == ("not_judged", "本群还没有选定制度")
        await home.says(OWNER, "/制度 list", message_id="m")
        assert (await look(home))["verdict"] == "command"


async def test_what_a_forward_holds_is_told_once_it_is_opened(home: Home) -> None:
    await home.says(OWNER, "/停用 media")
    ref = MessageRef(BOT, None, "1", 0.0)
    inside = FetchedMessage(ref, account("1"), (Segment(Kind.TEXT, AD),), AD)
    home.platform.answers[Act.OPEN_FORWARD] = Said(Word.DONE, ForwardContent([inside]))
    await home.says(PARENT, [Segment(Kind.FORWARD, "7615")], message_id="m")
    answer = await look(home)
    assert (answer["verdict"], answer["case"], found(answer)) == ("case", 1, ["三.2"])
    # What was seen on its arrival stays as it was seen.
    assert "没有刷屏" in [clause["line"] for clause in answer["clauses"]]


async def test_while_it_is_paused_nothing_is_judged(home: Home) -> None:
    await home.says(OWNER, "/暂停 2h")
    await home.says(PARENT, INSULT, message_id="m")
    answer = await look(home)
    assert (answer["verdict"], answer["reason"]) == ("not_judged", "自动执行已暂停")


async def test_the_oldest_are_forgotten(home: Home) -> None:
    looks = home.house.looks
    assert looks is not None
    await home.says(PARENT, "第一条", message_id="first")
    for n in range(KEPT - 1):
        home.hears(f"5{n:05}", f"第 {n} 组", message_id=f"n{n}")
    assert await looks.answer("first", home.house.groups) is not None
    await home.says(PARENT, "最后一条", message_id="last")
    assert await looks.answer("first", home.house.groups) is None
    assert (await look(home, "last"))["verdict"] == "ordinary"


async def test_a_real_bot_remembers_nothing(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, INSULT)
        assert home.house.looks is None
