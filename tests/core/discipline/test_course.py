"""The course of discipline: ladders, merging, proposals, appeals, what a person decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tortoise.exceptions import OperationalError

from src.core.chat.events import Kind, MemberCame, Segment
from src.core.chat.port import Act
from src.core.people import Role
from src.core.policy import Pack
from src.core.store import models
from tests.houses import (
    AD,
    ADMIN,
    BOT,
    CLASS,
    INSULT,
    OWNER,
    PARENT,
    PARENTS,
    Home,
    a_home,
    account,
)

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86_400


async def adopt(home: Home, steps: list[Any], **ladder: Any) -> None:
    """Put a small policy in force: clause 1 insults (grave), clause 2 ads, both on one ladder."""
    pack = Pack.from_content(
        {
            "name": "small",
            "title": "小群规",
            "version": "1",
            "ladder": {"one": {"steps": steps, **ladder}},
            "clause": [
                {
                    "number": "1",
                    "text": "不骂人。",
                    "plugin": "content_filter",
                    "settings": {"categories": ["insult"]},
                    "ladder": "one",
                    "weight": 2,
                },
                {
                    "number": "2",
                    "text": "不发广告。",
                    "plugin": "content_filter",
                    "settings": {"categories": ["ads"]},
                    "ladder": "one",
                },
            ],
        }
    )
    await home.house.versions.adopt(home.group, pack, "test", account(OWNER))


async def last_case() -> models.Case:
    case = await models.Case.all().order_by("-id").first()
    assert case is not None
    return case


async def steps_of(home: Home, words: list[str]) -> list[str]:
    """The step that each of these messages leads to."""
    found: list[str] = []
    for index, word in enumerate(words):
        await home.says(PARENT, f"{word}{index}")
        found.append((await last_case()).step)
    return found


async def test_a_ladder_rises_with_live_cases_and_forgets(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, ["remind", "warn", "mute 10m", "mute 1d"], life="10d")
        assert await steps_of(home, [AD] * 5) == ["remind", "warn", "mute", "mute", "mute"]
        assert home.platform.muted(PARENT)
        await home.advance(11 * DAY)
        assert not home.platform.muted(PARENT)
        assert await steps_of(home, [AD]) == ["remind"]


async def test_a_grave_clause_advances_by_its_weight(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, ["remind", "warn", "mute 10m", "mute 1d"])
        assert await steps_of(home, [INSULT, AD]) == ["warn", "mute"]


async def test_all_findings_of_a_message_are_one_case(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, ["remind", "warn", "mute 10m"])
        await home.says(PARENT, f"{AD}，{INSULT}")
        case = await last_case()
        assert await models.Case.all().count() == 1
        assert {clause["number"] for clause in case.clauses} == {"1", "2"}
        assert case.weight == 2
        assert case.step == "warn"
        assert len(home.platform.whispered(PARENT)) == 1


async def test_a_reminder_withdraws_nothing(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, ["remind", "warn"])
        await home.says(PARENT, AD)
        assert not home.platform.asked(Act.WITHDRAW)
        await home.says(PARENT, AD + "二")
        assert len(home.platform.asked(Act.WITHDRAW)) == 1


async def test_two_people_confirm_where_the_policy_asks_for_two(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, [{"step": "remove", "confirm": 2}])
        await home.says(PARENT, AD)
        proposal = await models.Request.get(kind="remove")
        for _ in range(2):
            await home.says(ADMIN, f"确认 {proposal.number}")
        assert "还要 1 人" in home.platform.said()[-1]
        assert not home.platform.asked(Act.REMOVE)
        await home.says(OWNER, f"确认 #{proposal.number}")
        assert [done.account for done in home.platform.asked(Act.REMOVE)] == [account(PARENT)]


async def test_a_removal_without_confirmation_is_told_first(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, [{"step": "remove", "confirm": 0}])
        await home.says(PARENT, AD)
        done = [d.act for d in home.platform.done if d.act in (Act.WHISPER, Act.REMOVE)]
        assert done == [Act.WHISPER, Act.REMOVE]


async def test_kick_asks_a_second_manager_where_the_policy_says_so(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, [{"step": "remove", "confirm": 2}])
        await home.says(ADMIN, [Segment(Kind.TEXT, "/kick "), Segment(Kind.MENTION, PARENT)])
        assert not home.platform.asked(Act.REMOVE)
        request = await models.Request.get(kind="remove")
        await home.says(ADMIN, f"确认 {request.number}")
        assert not home.platform.asked(Act.REMOVE)
        await home.says(OWNER, f"确认 {request.number}")
        assert len(home.platform.asked(Act.REMOVE)) == 1


async def test_a_block_asks_a_second_manager_too(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, [{"step": "remove", "confirm": 2}])
        home.house.people.grant(CLASS, account(ADMIN), Role.HEAD_TEACHER)
        words = [
            Segment(Kind.TEXT, "/block "),
            Segment(Kind.MENTION, PARENT),
            Segment(Kind.TEXT, "30d"),
        ]
        await home.says(ADMIN, words)
        request = await models.Request.get(kind="block")
        assert not home.platform.asked(Act.REMOVE)
        await home.says(OWNER, f"确认 {request.number}")
        assert len(home.platform.asked(Act.REMOVE)) == 1
        assert await models.Block.exists(live_key__isnull=False)


async def test_a_refused_proposal_leaves_a_warning(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, ["remove"])
        await home.says(PARENT, AD)
        assert home.platform.muted(PARENT)
        request = await models.Request.get(kind="remove")
        await home.says(OWNER, f"驳回 {request.number}")
        assert not home.platform.muted(PARENT)
        assert (await last_case()).step == "warn"


async def test_what_people_read_of_a_case(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, INSULT)
        await home.says(PARENT, "我的记录", group=None)
        assert "提请移出" in home.platform.whispered(PARENT)[-1]
        await home.says(ADMIN, "/案件 1")
        told = home.platform.whispered(ADMIN)[-1]
        assert "内容过滤" in told
        assert "禁言已完成" in told
        assert "傻逼" not in told


async def test_a_report_tells_the_managers(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, ["report"])
        await home.says(PARENT, AD)
        assert any("违反群规 2" in text for text in home.platform.whispered(OWNER))
        assert any("违反群规 2" in text for text in home.platform.whispered(ADMIN))


async def test_an_old_message_leads_to_a_proposal_but_to_no_mute(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, ["remove"])
        await home.says(PARENT, AD, age=3600)
        assert await models.Request.exists(kind="remove", state="open")
        assert not home.platform.asked(Act.MUTE)


async def test_an_automatic_mute_does_not_shorten_a_persons(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, ["mute 10m"])
        await home.platform.mute(CLASS, account(PARENT), DAY)
        home.platform.done.clear()
        await home.says(PARENT, AD)
        assert not home.platform.asked(Act.MUTE)
        assert not home.platform.whispered(OWNER)
        await home.says(OWNER, "/pardon 1")
        assert home.platform.muted(PARENT)


async def test_the_blocked_do_not_come_back(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        words = [
            Segment(Kind.TEXT, "/block "),
            Segment(Kind.MENTION, PARENT),
            Segment(Kind.TEXT, "30d"),
        ]
        await home.says(OWNER, words)
        assert len(home.platform.asked(Act.REMOVE)) == 1

        async def comes_back() -> None:
            home.platform.join(PARENT, "又来了")
            now = home.clock.now()
            home.house.event(
                home.platform, MemberCame(BOT, now, CLASS, account(PARENT), operator=None)
            )
            await home.settled()

        await comes_back()
        assert len(home.platform.asked(Act.REMOVE)) == 2
        await home.advance(31 * DAY)
        await comes_back()
        assert len(home.platform.asked(Act.REMOVE)) == 2


@pytest.mark.parametrize(
    ("verdict", "state", "muted"),
    [("uphold", "active", True), ("减轻", "reduced", False), ("revoke", "reversed", False)],
)
async def test_what_a_review_does(tmp_path: Path, verdict: str, state: str, muted: bool) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, ["mute 1d"])
        await home.says(PARENT, AD)
        await home.says(PARENT, "申诉 1-1 这是班级通知", group=None)
        appeal = await models.Request.get(kind="appeal")
        await home.says(OWNER, f"/复核 {appeal.number} {verdict} 看过原消息了")
        assert (await last_case()).state == state
        assert home.platform.muted(PARENT) is muted
        assert any("看过原消息了" in text for text in home.platform.whispered(PARENT))
        # Decided once.
        await home.says(ADMIN, f"/复核 {appeal.number} uphold")
        assert "已有结果" in home.platform.said()[-1]


async def test_an_appeal_is_ones_own_and_one_at_a_time(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, ["warn"])
        await home.says(PARENT, AD)
        await home.says(PARENTS[1], "申诉 1-1 帮他说说", group=None)
        assert "没有编号为 #1" in home.platform.whispered(PARENTS[1])[-1]
        await home.says(PARENT, "申诉 1-1", group=None)
        assert "请写上理由" in home.platform.whispered(PARENT)[-1]
        await home.says(PARENT, "申诉 1-1 不是广告", group=None)
        await home.says(PARENT, "申诉 1-1 真的不是", group=None)
        assert "正在复核" in home.platform.whispered(PARENT)[-1]
        assert await models.Request.filter(kind="appeal").count() == 1


async def test_who_confirmed_a_removal_does_not_review_it(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, ["remove"])
        await home.says(PARENT, AD)
        proposal = await models.Request.get(kind="remove")
        await home.says(ADMIN, f"确认 {proposal.number}")
        await home.says(PARENT, "申诉 1-1 误会", group=None)
        appeal = await models.Request.get(kind="appeal")
        await home.says(ADMIN, f"/复核 {appeal.number} uphold")
        assert "由别人来做" in home.platform.said()[-1]
        assert (await models.Request.get(kind="appeal")).state == "open"


async def test_the_store_being_down_leaves_withdrawing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_home(tmp_path) as home:

        async def down(*_: object, **__: object) -> None:
            raise OperationalError("disk full")

        monkeypatch.setattr(home.house.court, "_decide", down)
        await home.says(PARENT, INSULT)
        assert {done.act for done in home.platform.done} == {Act.WITHDRAW}


async def test_what_the_filter_is_unsure_of_is_asked(tmp_path: Path) -> None:
    unsure = "裸聊都是诈骗，不要加陌生人"
    async with a_home(tmp_path) as home:
        assert await home.says(PARENT, unsure)  # it goes on, untouched
        assert not [done for done in home.platform.done if done.act is not Act.WHISPER]
        assert not home.platform.whispered(PARENT)
        request = await models.Request.get(kind="review")
        await home.says(ADMIN, "/待办")
        assert "是否违规" in home.platform.whispered(ADMIN)[-1]
        await home.says(ADMIN, f"确认 {request.number}")
        case = await last_case()
        assert case.source == "manual"
        assert case.clause == "二.2"
        await home.says(PARENTS[1], unsure)
        second = await models.Request.get(kind="review", state="open")
        await home.says(ADMIN, f"驳回 {second.number}")
        assert "不算违规" in home.platform.said()[-1]
        assert await models.Case.all().count() == 1


async def test_excerpts_are_erased_in_time(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, INSULT)
        assert (await last_case()).excerpt
        await home.advance(31 * DAY)
        assert not (await last_case()).excerpt
