"""Deciding an appeal: what is read before, what is undone and read back, the school once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from src.core.chat.events import PlatformRole
from src.core.chat.port import Act, Answer, Word
from src.core.discipline import Level, statement
from src.core.people import Role
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
    adopt,
    appeals,
    case_state,
    days_pass,
    grant,
    the_appeal,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.houses import Home

RULES = appeals(tell_group=True)


def told(home: Home, user: str) -> list[str]:
    return home.platform.whispered(user)


async def filed(home: Home, words: str = "那是班级通知") -> models.Request:
    """The pupil is muted for an advertisement, and the father appeals."""
    await home.says(PUPIL, AD)
    case = await models.Case.all().order_by("-id").first()
    assert case is not None
    await home.says(FATHER, f"申诉 1-{case.number} {words}", group=None)
    home.platform.done.clear()
    return await the_appeal()


async def test_all_is_read_before_and_reasons_are_written(tmp_path: Path) -> None:
    async with a_school(tmp_path, RULES) as home:
        await home.says(STRANGER, AD)
        await home.says(STRANGER, "申诉 1-1 我也要", group=None)
        await days_pass(home, 1)
        appeal = await filed(home)
        await home.says(ADMIN, "/复核")
        queue = told(home, ADMIN)[-1].splitlines()
        # The older deadline first; a queue names no names.
        assert [line.split()[0] for line in queue[1:3]] == ["1-2", f"1-{appeal.number}"]
        await home.says(ADMIN, f"/复核 {appeal.number}")
        whole = told(home, ADMIN)[-1]
        for part in (
            "制度第 1 版 1：不发广告。",
            "自动发现（内容过滤）",
            f"由家人 {FATHER} 提出",
            "申诉理由：那是班级通知",
            "没有参与处理的老师或管理员",
            "11月9日 12:00 前答复",
        ):
            assert part in whole
        assert not home.platform.said()
        for words in ("维持", "维持 好的", "减轻 。。。。。", "撤销 啊啊啊啊", "看看"):
            await home.says(ADMIN, f"/复核 {appeal.number} {words}")
            assert (await the_appeal()).state == "open"
        assert "请写明理由" in home.platform.said()[-2]
        await home.says(MOTHER, f"/复核 {appeal.number}")
        assert "这条命令由老师和" in home.platform.said()[-1]
        await home.says(ADMIN, f"确认 {appeal.number}")
        assert "复核" in home.platform.said()[-1]
        assert (await the_appeal()).state == "open"


@pytest.mark.parametrize(
    ("verdict", "state", "muted"),
    [("维持", "active", True), ("reduce", "reduced", False), ("撤销", "reversed", False)],
)
async def test_what_is_decided_is_done_and_told(
    tmp_path: Path, verdict: str, state: str, muted: bool
) -> None:
    async with a_school(tmp_path, RULES) as home:
        appeal = await filed(home)
        await models.Case.all().update(weight=4)
        await home.says(OWNER, f"/复核 {appeal.number} {verdict} {WHY}")
        # A second one comes too late, and is told so.
        await home.says(ADMIN, f"/复核 {appeal.number} 撤销 我觉得是误会")
        assert "已有结果" in home.platform.said()[-1]
        assert (await case_state(), home.platform.muted(PUPIL)) == (state, muted)
        assert (await models.Case.get()).weight == (1 if state == "reduced" else 4)
        for user in (PUPIL, FATHER):
            assert any(WHY in one for one in told(home, user))
        undone = [one for one in told(home, PUPIL) if "已经解除，我到平台核对过了" in one]
        assert len(undone) == (0 if muted else 1)
        again = any("11月10日 12:00 前可以再申诉一次" in one for one in told(home, FATHER))
        assert again is (state != "reversed")
        [line] = [one for one in home.platform.said() if one.startswith("案件 #1 的申诉")]
        assert PUPIL not in line


async def test_what_cannot_be_undone_is_said(tmp_path: Path) -> None:
    async with a_school(tmp_path) as home:
        appeal = await filed(home)
        home.platform.answers[Act.MUTE] = Answer(Word.REFUSED, wording="no right")
        await home.says(OWNER, f"/复核 {appeal.number} 撤销 {WHY}")
        await home.advance(60)
        assert any("没能解除" in one for one in told(home, PUPIL))
        assert not any("核对过了" in one for one in told(home, PUPIL))
        assert "undoing" not in (await the_appeal()).payload


async def test_what_a_kill_kept_from_being_told_is_told_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_school(tmp_path) as home:
        appeal = await filed(home)

        async def nothing(*_: Any) -> None:
            return None

        with monkeypatch.context() as patch:
            patch.setattr(home.house.appeals, "settled", nothing)
            await home.says(OWNER, f"/复核 {appeal.number} 撤销 {WHY}")
        assert not any("核对过了" in one for one in told(home, PUPIL))
        await home.advance(1200)
        assert sum("核对过了" in one for one in told(home, PUPIL)) == 1


async def test_the_school_has_the_last_word_once(tmp_path: Path) -> None:
    async with a_school(tmp_path, RULES) as home:
        first = await filed(home)
        await home.says(OWNER, f"/复核 {first.number} 减轻 {WHY}")
        home.platform.done.clear()
        await home.says(FATHER, "申诉 1-1 还是不对，请学校看", group=None)
        second = await the_appeal()
        assert second.number != first.number
        assert Level(second.level) is Level.SCHOOL
        # Five school days from Tuesday.
        assert "11月10日 12:00 前答复" in told(home, FATHER)[-1]
        assert not [one for user in (OWNER, ADMIN) for one in told(home, user)]
        await home.says(OWNER, f"/复核 {second.number} 维持 {WHY}")
        assert "由别人来做" in home.platform.said()[-1]
        await home.says(ADMIN, f"/复核 {second.number} 维持 {WHY}")
        assert "转给学校" in home.platform.said()[-1]
        # A leader who is in none of the class's groups, in private.
        await home.says(LEADER, f"复核 1-{second.number}", group=None)
        assert f"上一次：#{first.number} 减轻，理由：{WHY}" in told(home, LEADER)[-1]
        # Not in time: what is left of the sanction is suspended; then decided, and as it was.
        await days_pass(home, 8)
        assert await case_state() == "suspended"
        await home.says(LEADER, f"复核 1-{second.number} 维持 {WHY}", group=None)
        assert "已复核：维持" in told(home, LEADER)[-1]
        assert (await case_state(), home.platform.muted(PUPIL)) == ("reduced", False)
        assert "这是最后的决定" in told(home, FATHER)[-1]
        await home.says(FATHER, "申诉 1-1 我还是不服", group=None)
        assert "是最后的决定" in told(home, FATHER)[-1]
        assert await models.Request.filter(kind="appeal").count() == 2


@pytest.mark.parametrize("how", ["late", "off", "nobody"])
async def test_when_there_is_no_second_time(tmp_path: Path, how: str) -> None:
    rules = appeals(second_within="0") if how == "off" else appeals()
    async with a_school(tmp_path, rules) as home:
        if how == "nobody":
            for user in (LEADER, SECOND_LEADER):
                await models.RoleGrant.filter(account__user_id=user).delete()
                home.house.people.grant(home.group.key, account(user), Role.PARENT)
        appeal = await filed(home)
        await home.says(OWNER, f"/复核 {appeal.number} 维持 {WHY}")
        assert ("这是最后的决定" in told(home, FATHER)[-1]) is (how != "late")
        whole = await statement(home.house, home.group, await models.Case.get())
        assert whole.json()["appeal"]["open"] is (how == "late")
        await days_pass(home, 7.01)
        await home.says(FATHER, "申诉 1-1 请学校再看", group=None)
        assert await models.Request.filter(kind="appeal").count() == 1
        assert ("已经过了" in told(home, FATHER)[-1]) is (how == "late")


async def test_nobody_decides_for_whom_they_do_not_stand_above(tmp_path: Path) -> None:
    async with a_school(tmp_path) as home:
        await grant(home, STRANGER, Role.TEACHER)
        await grant(home, MOTHER, Role.TEACHER)
        await home.says(OWNER, f"/警告 {STRANGER} 深夜发作业")
        await home.says(STRANGER, "申诉 1-1 那是紧急通知", group=None)
        appeal = await the_appeal()
        # The owner ordered it; the other teacher and the admin stand no higher.
        assert Level(appeal.level) is Level.SCHOOL
        await home.says(MOTHER, f"/复核 {appeal.number} 撤销 {WHY}")
        assert "同级或更高" in home.platform.said()[-1]


async def test_the_policy_of_the_case_holds(tmp_path: Path) -> None:

    async with a_school(tmp_path, appeals(within="10d", decide_in=1)) as home:
        await home.says(PUPIL, AD)
        await adopt(home, {**appeals(within="1d", decide_in=9), "text": "改了。"})
        await days_pass(home, 3)
        await home.says(PUPIL, "申诉 1-1 那是通知", group=None)
        # Friday the 6th, one school day.
        assert "11月9日 12:00 前答复" in told(home, PUPIL)[-1]


async def test_what_changes_between_filing_and_deciding(tmp_path: Path) -> None:
    async with a_school(tmp_path, appeals(decide_in=15), steps=("mute 2d",)) as home:
        appeal = await filed(home)
        # The mute runs out, the pupil leaves, and one who could have decided is out of the group.
        await days_pass(home, 3)
        await home.leaves(PUPIL)
        await home.leaves(ADMIN, removed=True)
        # As the former version wrote it.
        await models.Request.filter(id=appeal.id).update(payload={"reason": "那是班级通知"})
        await home.says(OWNER, "/待办", group=None)
        assert f"复核 1-{appeal.number} 维持" in told(home, OWNER)[-1]
        await home.says(ADMIN, f"复核 1-{appeal.number} 撤销 {WHY}", group=None)
        assert "这条命令由老师和" in told(home, ADMIN)[-1]
        await home.says(OWNER, f"/复核 {appeal.number} 撤销 {WHY}")
        assert await case_state() == "reversed"
        # Nothing ran any more: nothing was undone but the record.
        assert not any("核对" in one or "重新申请" in one for one in told(home, PUPIL))
        assert any("不再计入记录" in one for one in told(home, PUPIL))


async def test_an_appeal_that_nobody_was_there_for_is_put_to_whoever_comes(tmp_path: Path) -> None:
    async with a_school(tmp_path) as home:
        await home.says(PUPIL, AD)
        for user in (LEADER, SECOND_LEADER):
            home.house.people.grant(home.group.key, account(user), Role.PARENT)
        for user in (OWNER, ADMIN):
            home.platform.join(user, "老师")
        await home.house.tell.read_members(home.group, home.platform)
        await home.says(FATHER, "申诉 1-1 那是班级通知", group=None)
        assert (await the_appeal()).assignee_id is None
        home.platform.join(OWNER, "孙老师", PlatformRole.OWNER)
        await home.house.tell.read_members(home.group, home.platform)
        await days_pass(home, 3.5)
        assert await case_state() == "suspended"
        await home.says(OWNER, f"/复核 2 撤销 {WHY}")
        assert await case_state() == "reversed"
