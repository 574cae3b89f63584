"""Complaints and suggestions: answered by somebody else, in time, with words (04.5.1, 18.4.4, 03.5.3)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from src.core.chat.events import Kind, Segment
from src.core.chat.port import Act
from src.core.people import Role
from src.core.store import models
from src.plugins.reports.complaints import answer_by
from tests.houses import ADMIN, OWNER, PARENT, PARENTS, a_home, account

if TYPE_CHECKING:
    from pathlib import Path

    from tests.houses import Home

DAY = 86_400.0
OTHER, THIRD = PARENTS[1:3]
ROOT, LEADER, HEAD = "700", "600", "500"
MANAGERS = (ROOT, LEADER, HEAD, ADMIN, OTHER)


def role(home: Home, user: str, what: Role) -> None:
    home.house.people.grant(home.group.key, account(user), what)


async def last() -> models.Request:
    found = await models.Request.filter(kind="complaint").order_by("-id").first()
    assert found is not None
    return found


def staffed(home: Home) -> None:
    """A committee member, a teacher, a head teacher and a school leader."""
    home.platform.join(HEAD, "李老师")
    home.platform.join(LEADER, "周校长")
    role(home, ADMIN, Role.TEACHER)
    role(home, OTHER, Role.COMMITTEE)
    role(home, HEAD, Role.HEAD_TEACHER)
    role(home, LEADER, Role.LEADER)


ROUTES = (
    (PARENTS[4], OTHER, "赵敏妈妈", {ADMIN, HEAD}),
    (PARENTS[5], ADMIN, "何老师", {HEAD}),
    (PARENTS[6], HEAD, "李老师", {LEADER}),
    (PARENTS[7], LEADER, "周校长", {ROOT}),
)
"""Who complains, about whom, by what name, and whom that reaches."""


async def test_a_complaint_goes_above_whom_it_is_about(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=[ROOT]) as home:
        staffed(home)
        for who, about, name, reaches in ROUTES:
            before = {one: len(home.platform.whispered(one)) for one in MANAGERS}
            await home.says(who, f"/投诉 {name} 说话太凶", message_id=f"c{who}")
            assert home.platform.asked(Act.WITHDRAW)[-1].value == f"c{who}"
            told = {one for one in MANAGERS if len(home.platform.whispered(one)) > before[one]}
            assert told == reaches, about
            request = await last()
            # Neither listed to whom it is about, nor to be looked at, moved or decided.
            shown = f"1-{request.number}"
            for words in ("待办", "上报", f"投诉 {shown}", f"确认 {shown} 没有的事"):
                await home.says(about, words, group=None)
            heard = home.platform.whispered(about)[before[about] :]
            assert all(shown not in one and "说话太凶" not in one for one in heard)
            assert (await last()).state == "open"
        assert home.platform.said() == []


async def test_it_is_chased_answered_and_taken_further_once(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=[ROOT]) as home:
        staffed(home)
        picture = Segment(Kind.IMAGE, "proof.jpg")
        await home.says(PARENT, [Segment(Kind.TEXT, "投诉 何老师 处理不公"), picture], group=None)
        number = (await last()).number
        receipt = home.platform.whispered(PARENT)[-1]
        assert "班主任 李老师" in receipt
        assert f"投诉 1-{number} 转给" in receipt
        assert (await models.Evidence.get()).value == "proof.jpg"
        await home.says(HEAD, f"投诉 1-{number}", group=None)
        assert "处理不公" in home.platform.whispered(HEAD)[-1]
        assert "proof.jpg" in home.platform.whispered(HEAD)[-1]

        # Not answered in time: up, and the member hears of each stage.
        await home.advance(3 * DAY + 600)
        assert "学校" in home.platform.whispered(PARENT)[-1]
        assert (await last()).level == 2
        await home.says(HEAD, f"确认 1-{number} 已谈话", group=None)
        assert (await last()).state == "open"
        await home.says(LEADER, f"驳回 1-{number}", group=None)
        assert (await last()).state == "open"  # Not without words.
        await home.says(LEADER, f"驳回 1-{number} 已核实，按群规处理", group=None)
        answer = home.platform.whispered(PARENT)[-1]
        assert "已核实，按群规处理" in answer
        assert f"投诉 1-{number}" in answer
        assert (await models.Report.get()).outcome == "refused"

        # Once to the next level, without who answered.
        await home.says(PARENT, f"投诉 1-{number} 没有听我说", group=None)
        second = await last()
        assert (second.level, second.payload["first"]) == (3, number)
        assert "投诉" in home.platform.whispered(ROOT)[-1]
        await home.says(ROOT, f"确认 1-{second.number} 会重新处理", group=None)
        assert "会重新处理" in home.platform.whispered(PARENT)[-1]
        for one in (number, second.number):
            await home.says(PARENT, f"投诉 1-{one} 还是不服", group=None)
            assert await models.Request.filter(kind="complaint").count() == 2


async def test_the_member_chooses_who_answers(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=[ROOT]) as home:
        staffed(home)
        await home.says(PARENT, "投诉 李老师 作业太多", group=None)
        number = (await last()).number
        for name, word in (("李老师", "有关"), ("孙强妈妈", "请写一位"), ("没有", "请写一位")):
            await home.says(PARENT, f"投诉 1-{number} 转给 {name}", group=None)
            assert word in home.platform.whispered(PARENT)[-1]
        # The school's leader is asked by role, and need not be in the group.
        await home.leaves(LEADER)
        await home.says(PARENT, f"投诉 1-{number} 转给 校领导", group=None)
        assert "已转给校领导" in home.platform.whispered(PARENT)[-1]
        assert (await last()).level == 2
        await home.says(PARENT, f"投诉 1-{number} 转给 何老师", group=None)
        assert "已转给何老师" in home.platform.whispered(PARENT)[-1]
        assert "投诉" in home.platform.whispered(ADMIN)[-1]
        # The one chosen, and nobody else of that level; somebody else's complaint is not to be moved.
        await home.says(OTHER, f"投诉 1-{number} 转给 赵敏妈妈", group=None)
        await home.says(OTHER, f"确认 1-{number} 好", group=None)
        assert (await last()).state == "open"
        await home.says(ADMIN, f"确认 1-{number} 已和李老师沟通", group=None)
        assert (await last()).state == "confirmed"
        assert "已和李老师沟通" in home.platform.whispered(PARENT)[-1]


async def test_cases_suggestions_and_what_is_not_clear(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=[ROOT]) as home:
        await home.says(OWNER, "/启用 reports")
        assert home.group.policy is not None
        bound = next(one for one in home.group.policy.bound if one.area.name == "reports")
        await home.says(OWNER, f"/制度 set {bound.clause.number} school_days 是")
        staffed(home)
        await home.says(ADMIN, f"/警告 {THIRD} 请注意")
        case = await models.Case.get()
        # One's own case goes to who had no part in it; somebody else's number tells nothing.
        await home.says(PARENT, "投诉 12 不公", group=None)
        assert "投诉 1-12" in home.platform.whispered(PARENT)[-1]
        await home.says(PARENT, f"投诉 1-{case.number} 不公", group=None)
        nothing = home.platform.whispered(PARENT)[-1]
        await home.says(PARENT, "投诉 1-99 不公", group=None)
        assert home.platform.whispered(PARENT)[-1] == nothing.replace(str(case.number), "99")
        await home.says(THIRD, f"投诉 1-{case.number} 不公", group=None)
        assert "投诉" in home.platform.whispered(HEAD)[-1]
        assert all("投诉" not in one for one in home.platform.whispered(ADMIN))
        complaint = await last()
        await home.says(THIRD, f"投诉 1-{complaint.number} 转给 何老师", group=None)
        assert "有关" in home.platform.whispered(THIRD)[-1]
        await home.says(HEAD, f"驳回 1-{complaint.number} 属实", group=None)
        await home.says(THIRD, f"投诉 1-{complaint.number} 还是不公", group=None)
        assert f"案件 #{case.number}" in home.platform.whispered(LEADER)[-1]
        # A manager who is named in the middle is noticed before anything is sent anywhere.
        count = await models.Request.filter(kind="complaint").count()
        await home.says(PARENT, "投诉 昨天李老师骂了孩子", group=None)
        assert f"投诉 1 {HEAD} 昨天李老师骂了孩子" in home.platform.whispered(PARENT)[-1]
        assert await models.Request.filter(kind="complaint").count() == count
        await home.says(PARENT, "投诉 班主任 骂人", group=None)
        assert "投诉" in home.platform.whispered(LEADER)[-1]
        # Suggestions go to the head teacher.
        before = len(home.platform.whispered(HEAD))
        await home.says(PARENT, "投诉 班级 希望少一点作业", group=None)
        assert "意见或建议" in home.platform.whispered(HEAD)[before]
        # Three school days from Tuesday are Friday; two days later they are the Tuesday after.
        assert "11月6日 12:00" in home.platform.whispered(HEAD)[before]
        answered = answer_by(home.house, home.group, home.house.records.now() + timedelta(days=2))
        assert home.house.records.local(answered) == "11月10日 12:00"
        await home.says(PARENT, "投诉 希望多一点课间", group=None)
        assert "意见或建议" in home.platform.whispered(HEAD)[-1]
        await home.says(PARENT, "投诉 希望多一点体育课", group=None)
        assert "等有了结果" in home.platform.whispered(PARENT)[-1]


async def test_where_nobody_is_above_somebody_else_is_asked(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=[ROOT]) as home:
        # The only manager, and a head teacher without a leader above: the operator.
        home.platform.groups[home.group.key].pop(account(ADMIN))
        role(home, OWNER, Role.HEAD_TEACHER)
        await home.house.tell.read_members(home.group, home.platform)
        await home.says(PARENT, "投诉 孙老师 不回消息", group=None)
        assert "投诉" in home.platform.whispered(ROOT)[-1]
        assert home.platform.whispered(OWNER) == []
        # About a case of the only operator: not to them.
        await home.says(ROOT, f"/警告 {PARENT} 请注意")
        case = await models.Case.get()
        before = len(home.platform.whispered(ROOT))
        await home.says(PARENT, f"投诉 1-{case.number} 不公", group=None)
        assert "投诉" in home.platform.whispered(OWNER)[-1]
        assert len(home.platform.whispered(ROOT)) == before


async def test_where_there_is_nobody_at_all_the_member_is_told_so(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        home.platform.groups[home.group.key].pop(account(ADMIN))
        await home.house.tell.read_members(home.group, home.platform)
        await home.says(PARENT, "投诉 孙老师 不回消息", group=None)
        assert "现在没有别人可以处理" in home.platform.whispered(PARENT)[-1]
        # It is not lost: whoever is named later is asked.
        role(home, LEADER, Role.LEADER)
        await home.advance(3 * DAY + 600)
        assert any("投诉" in one for one in home.platform.whispered(LEADER))
        assert home.platform.whispered(OWNER) == []
