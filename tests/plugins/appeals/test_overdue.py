"""What silence brings: a sanction that rests until somebody decides, and the next level is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.port import Act
from src.core.discipline import Level
from src.core.house import House
from src.core.store import models
from tests.houses import AD, ADMIN, OWNER, account

from .homes import (
    FATHER,
    LEADER,
    MOTHER,
    PUPIL,
    SECOND_LEADER,
    STRANGER,
    WHY,
    a_school,
    case_state,
    days_pass,
    the_appeal,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.houses import Home


def told(home: Home, user: str, what: str) -> int:
    """How often somebody was told this."""
    return sum(what in one for one in home.platform.whispered(user))


async def test_an_overdue_appeal_suspends_and_goes_up_until_somebody_decides(
    tmp_path: Path,
) -> None:
    async with a_school(tmp_path) as home:
        # On Tuesday noon; three school days are over on Friday.
        await home.says(PUPIL, AD)
        await home.says(FATHER, "申诉 1-1 那是班级通知", group=None)
        levels: list[Level] = []
        for day in range(30):
            await days_pass(home, 1)
            appeal = await the_appeal()
            assert appeal.state == "open"
            if day > 2:
                assert (await case_state(), home.platform.muted(PUPIL)) == ("suspended", False)
            level = Level(appeal.level)
            levels += [level] if level not in levels else []
        assert levels == [Level.GROUP, Level.HEAD, Level.SCHOOL]
        # Its side was told once that it rests, and at each level who has it now.
        for user in (PUPIL, FATHER):
            assert told(home, user, "处理先暂停") == 1
            assert told(home, user, "已转给学校负责老师") == 1
        # At the top it is asked for each week, of both leaders, beside the reminders between.
        weeks = told(home, LEADER, "没有按时复核")
        assert 2 <= weeks <= 4
        assert told(home, SECOND_LEADER, "没有按时复核") == weeks
        # The queue has it first. Who had it before decides no more.
        await home.says(STRANGER, AD)
        await home.says(STRANGER, "申诉 1-3 我也没有错", group=None)
        await home.says(LEADER, "/复核 1-2", group=None)
        assert told(home, LEADER, "已超期，处理暂停中") == 1
        await home.says(LEADER, "复核", group=None)
        assert "1-2 案件 #1（禁言，" in home.platform.whispered(LEADER)[-1].splitlines()[1]
        await home.says(ADMIN, f"/复核 2 维持 {WHY}")
        assert "转给学校" in home.platform.said()[-1]
        await home.says(LEADER, f"复核 1-2 维持 {WHY}", group=None)
        # The mute was for twenty days, and those are over.
        assert (await case_state_of(1), home.platform.muted(PUPIL)) == ("active", False)
        assert told(home, FATHER, "结果：维持") == 1


async def case_state_of(number: int) -> str:
    return (await models.Case.get(number=number)).state


async def test_what_rested_holds_again_when_it_is_upheld_or_taken_back(tmp_path: Path) -> None:
    async with a_school(tmp_path) as home:
        await home.says(PUPIL, AD)
        await home.says(FATHER, "申诉 1-1 那是班级通知", group=None)
        await days_pass(home, 3.01)
        assert (await case_state(), home.platform.muted(PUPIL)) == ("suspended", False)
        await home.says(FATHER, "申诉 1-1", group=None)
        assert "已经先暂停" in home.platform.whispered(FATHER)[-1]
        await home.says(MOTHER, "申诉 1-1 撤回", group=None)
        assert (await case_state(), home.platform.muted(PUPIL)) == ("active", True)
        for user in (MOTHER, FATHER, PUPIL):
            assert "暂停的处理" in home.platform.whispered(user)[-1]

        await home.says(FATHER, "申诉 1-1 还是要说清楚", group=None)
        # From Friday on, three school days are over on Wednesday.
        await days_pass(home, 5.01)
        assert (await case_state(), home.platform.muted(PUPIL)) == ("suspended", False)
        appeal = await the_appeal()
        await home.says(OWNER, f"/复核 {appeal.number} 维持 {WHY}")
        assert (await case_state(), home.platform.muted(PUPIL)) == ("active", True)


async def test_what_comes_back_shortens_nothing_and_revives_no_proposal(tmp_path: Path) -> None:
    async with a_school(tmp_path, steps=("remove",)) as home:
        # A proposal that mutes until it is decided, and a mute by a person.
        await home.says(STRANGER, AD)
        assert home.platform.muted(STRANGER)
        await home.says(STRANGER, "申诉 1-1 是通知", group=None)
        await home.says(OWNER, f"/禁言 {PUPIL} 10天 广告")
        await home.says(PUPIL, "申诉 1-4 是通知", group=None)
        await days_pass(home, 1.1)
        await home.says(LEADER, f"复核 1-3 维持 {WHY}", group=None)
        assert (await case_state_of(1), home.platform.muted(STRANGER)) == ("active", False)
        await days_pass(home, 2)
        assert (await case_state_of(4), home.platform.muted(PUPIL)) == ("suspended", False)
        # Another mute, longer, came meanwhile.
        await home.says(OWNER, f"/禁言 {PUPIL} 20天 又是广告")
        until = home.platform.groups[home.group.key][account(PUPIL)].muted_until
        await home.says(LEADER, f"复核 1-5 维持 {WHY}", group=None)
        assert await case_state_of(4) == "active"
        assert home.platform.groups[home.group.key][account(PUPIL)].muted_until == until


async def test_a_block_rests_after_a_school_day_and_the_way_back_is_told(tmp_path: Path) -> None:
    async with a_school(tmp_path) as home:
        await home.says(OWNER, f"/拉黑 {PUPIL} 30天 广告")
        assert account(PUPIL) not in home.platform.groups[home.group.key]
        # On Friday evening: Monday is the next school day.
        await days_pass(home, 3 + 8 / 24)
        await home.says(PUPIL, "申诉 1-1 那是班级通知", group=None)
        assert "11月9日 20:00 前答复" in home.platform.whispered(PUPIL)[-1]
        await days_pass(home, 3 - 1 / 24)
        assert await models.Block.exists(live_key__isnull=False)
        await days_pass(home, 2 / 24)
        assert await case_state() == "suspended"
        assert not await models.Block.exists(live_key__isnull=False)
        assert told(home, PUPIL, "请重新申请加入") == 1
        assert told(home, LEADER, "先暂停，对方可能重新申请加入") == 1
        # Upheld by the admin's level or above: the block holds again, and who is back is taken out.
        await home.applies(PUPIL, "申诉 1 还有一句")
        assert "现在可以重新申请加入" in home.platform.asked(Act.DECIDE_JOIN)[-1].value[2]
        await home.comes(PUPIL)
        appeal = await the_appeal()
        await home.says(LEADER, f"复核 1-{appeal.number} 维持 {WHY}", group=None)
        assert "会再被移出" in home.platform.whispered(LEADER)[-1]
        assert account(PUPIL) not in home.platform.groups[home.group.key]
        assert await models.Block.exists(live_key__isnull=False)


async def test_a_restart_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_school(tmp_path) as home:
        await home.says(PUPIL, AD)
        await home.says(FATHER, "申诉 1-1 那是班级通知", group=None)
        first = home.house
        home.lose()
        await home.settled()
        await first.close()
        home.house = House(
            config=first.config, clock=home.clock, superusers=(), prefixes=("/", "／")
        )
        # What is closed at the end is the house that is there then.
        monkeypatch.setattr(first, "close", home.house.close)
        await home.house.start()
        home.connect()
        await days_pass(home, 3.5)
        assert (await case_state(), home.platform.muted(PUPIL)) == ("suspended", False)
        await home.says(OWNER, f"/复核 2 撤销 {WHY}")
        assert await case_state() == "reversed"
        assert told(home, FATHER, "结果：撤销") == 1
