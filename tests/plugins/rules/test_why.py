"""/why: what was found on a message or rests in a case, told to who may know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from src.core.chat.events import Account, Kind, MessageReceived, MessageRef, Segment
from src.core.chat.port import Act, Answer, Word
from src.core.store import models
from tests.houses import AD, ADMIN, INSULT, OWNER, PARENT, PARENTS, FakePlatform, a_home

if TYPE_CHECKING:
    from pathlib import Path

DOUBTFUL = "裸聊都是诈骗，不要加陌生人"


async def test_a_clean_message_of_ones_own(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, "明天带水杯吗", message_id="7")
        await home.says(PARENT, "/why", reply_to="7")
        said = home.platform.whispered(PARENT)[-1]
        assert said.startswith("单看内容，没有哪一条适用")
        assert "二.1 内容过滤：没有发现" in said
        assert "水杯" not in said
        assert home.platform.said() == []


async def test_looking_changes_nothing(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, "早上好", message_id="7")
        for _ in range(5):
            await home.says(PARENT, "/why", reply_to="7")
        await home.says(PARENT, "早上好")
        assert await models.Case.all().count() == 0
        assert home.platform.asked(Act.WITHDRAW) == []


async def test_for_a_message_with_a_case_the_case_is_read(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        home.platform.answers[Act.WITHDRAW] = Answer(Word.REFUSED, wording="权限不足")
        await home.says(PARENT, INSULT, message_id="7")
        # The policy is another one now; the case was decided by the one of its time.
        await home.says(OWNER, "/policy set 二.1 categories politics")
        await home.says(PARENT, "/为什么", reply_to="7")
        said = home.platform.whispered(PARENT)[-1]
        assert said.startswith("案件 #1")
        assert "发现：辱骂与威胁" in said
        assert "第 1 版" in said
        assert "傻" not in said
        assert "申诉 1-1 理由" in said


async def test_ones_last_case_and_a_numbered_one_in_private(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, AD)
        await home.says(PARENT, "/why")
        await home.says(PARENT, "为什么 1-1", group=None)
        first, second = home.platform.whispered(PARENT)[-2:]
        assert first == second
        assert "三.2" in first


async def test_other_peoples_are_for_those_on_duty(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, AD)
        await home.says(PARENTS[1], "早", message_id="8")
        await home.says(PARENTS[2], "/why 1")
        await home.says(PARENTS[2], "/why 99")
        await home.says(PARENTS[2], "/why", reply_to="8")
        # The same words, whether there is such a case or not.
        refused = home.platform.said()
        assert len(refused) == 3
        assert len(set(refused)) == 1
        await home.says(ADMIN, "/why 1")
        assert "案件 #1" in home.platform.whispered(ADMIN)[-1]


async def test_a_case_that_a_person_decided(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(ADMIN, f"/warn {PARENT} 请不要抢话")
        await home.says(PARENT, "/why 1")
        assert "由老师决定：请不要抢话" in home.platform.whispered(PARENT)[-1]


@pytest.mark.parametrize(
    ("user", "text", "head"),
    [
        (PARENT, DOUBTFUL, "单看内容拿不准"),
        (ADMIN, INSULT, "单看内容，这条消息不符合群规；老师和管理员只私下提醒"),
    ],
)
async def test_what_is_doubtful_and_what_staff_write(
    tmp_path: Path, user: str, text: str, head: str
) -> None:
    async with a_home(tmp_path, pack=None) as home:
        # Written before there was a policy, so there is no case.
        await home.says(user, text, message_id="7")
        await home.choose()
        await home.says(user, "/why", reply_to="7")
        assert home.platform.whispered(user)[-1].startswith(head)


async def test_without_a_policy_or_anything_to_ask_about(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=None) as home:
        await home.says(PARENT, "早", message_id="7")
        await home.says(PARENT, "/why", reply_to="7")
        await home.says(PARENT, "/why")
        first, second = home.platform.said()
        assert "还没有选定制度" in first
        assert "/为什么 12" in second


async def test_an_observed_case_does_not_reach_the_person(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(OWNER, "/policy mode observe")
        await home.says(PARENT, INSULT, message_id="7")
        assert (await models.Case.get()).observed
        home.platform.done.clear()
        # The message is judged as it stands; that there is a case is not told.
        await home.says(PARENT, "/why", reply_to="7")
        assert home.platform.whispered(PARENT)[-1].startswith("单看内容，这条消息不符合群规")
        assert "案件" not in home.platform.whispered(PARENT)[-1]
        # Nor by its number: the same words as for a number that nothing has.
        await home.says(PARENT, "/why 1")
        await home.says(PARENT, "/why 99")
        first, second = home.platform.said()
        assert first == second
        await home.says(ADMIN, "/why", reply_to="7")
        assert "当时只观察" in home.platform.whispered(ADMIN)[-1]


async def test_the_same_id_on_another_platform_is_somebody_else(tmp_path: Path) -> None:
    """A number that is a parent's here, and the owner's, may be anybody's elsewhere."""
    async with a_home(tmp_path) as home:
        await home.says(PARENT, AD)
        await home.says(PARENTS[1], DOUBTFUL)
        wechat = FakePlatform(home.clock, "20001")
        wechat.namespace, wechat.bot = "wx", Account("wx", "20001")
        home.connect(wechat)
        for user in (PARENT, OWNER):
            for words in ("为什么 1-1", "案件 1-1", "待审", "待办", "撤销 1-1", "确认 1-2"):
                ref = MessageRef("20001", None, f"{user}{words}", home.clock.now())
                segments = (Segment(Kind.TEXT, words),)
                home.house.message(
                    wechat, MessageReceived(ref, Account("wx", user), segments, words)
                )
        await home.settled()
        told = [str(done.value) for done in wechat.asked(Act.WHISPER)]
        assert len(told) == 12
        assert not any("三.2" in text or "1-2" in text or "案件 #1" in text for text in told), told
        assert (await models.Case.get(number=1)).state == "active"
        assert (await models.Request.get()).state == "open"
