"""What each pack says of how people are dealt with, in force in a house: who may do what, who is told,
how one complains, appeals and is heard. One house for each pack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.events import Kind, Segment
from src.core.chat.port import Act
from src.core.discipline import Level
from src.core.people import Role
from src.core.store import models
from tests.houses import (
    AD,
    ADMIN,
    CLASS,
    INSULT,
    NOON,
    OWNER,
    PARENT,
    PARENTS,
    Home,
    a_home,
    account,
)

from .test_in_force import passes

if TYPE_CHECKING:
    from pathlib import Path

HOUR, DAY = 3600.0, 86_400.0
OTHER, THIRD = PARENTS[1:3]
HEAD, LEADER = "700", "600"
SUNDAY_NIGHT = NOON + 5 * DAY + 7 * HOUR
"""Sunday 8 November 2026, 19:00 in Shanghai."""
SEVERE = "你全家不得好死"


def role(home: Home, user: str, what: Role) -> None:
    home.house.people.grant(CLASS, account(user), what)


def with_school(home: Home) -> None:
    """A head teacher and a leader of the school."""
    home.platform.join(HEAD, "李老师")
    home.platform.join(LEADER, "周校长")
    role(home, HEAD, Role.HEAD_TEACHER)
    role(home, LEADER, Role.LEADER)


async def leap(home: Home, moment: float) -> None:
    """Let the time up to a moment pass at once, and what is looked at every few minutes be done."""
    await passes(home, moment - home.clock.now())
    await home.advance(11 * 60)


async def last(kind: str) -> models.Request:
    found = await models.Request.filter(kind=kind).order_by("-id").first()
    assert found is not None
    return found


def heard(home: Home, *users: str) -> str:
    return "\n".join(text for user in users for text in home.platform.whispered(user))


async def suggests(home: Home, text: str = "希望作业早一点发") -> models.Request:
    """A parent has the bot pass something on, which goes to the head teacher alone, and is answered."""
    before = heard(home, ADMIN)
    await home.says(PARENT, f"投诉 班级 {text}", group=None)
    request = await last("complaint")
    assert (request.level, request.state) == (Level.HEAD, "open")
    assert f"投诉 1-{request.number}" in heard(home, HEAD)
    assert heard(home, ADMIN) == before
    assert home.platform.said() == []
    await home.says(HEAD, f"确认 1-{request.number} 下周起七点前发", group=None)
    assert "下周起七点前发" in home.platform.whispered(PARENT)[-1]
    return request


async def passed_up_after(home: Home, days: float) -> None:
    """What was told to the head teacher is at the school's when so many days are over, not before."""
    open_ = await last("escalation")
    assert open_.level == Level.HEAD
    said = f"完成 1-{open_.number}"
    await passes(home, days * DAY - HOUR)
    assert said not in heard(home, LEADER)
    await passes(home, HOUR)
    await home.advance(120)
    assert said in heard(home, LEADER)
    await home.says(LEADER, f"完成 1-{open_.number} 和家长谈过了", group=None)
    assert (await last("escalation")).state == "confirmed"


async def test_where_a_student_owns_the_group_people_are_heard(tmp_path: Path) -> None:
    """04.2.1, 04.2.4, 04.5.1, 04.5.2."""
    async with a_home(tmp_path, pack="student-owner-rules") as home:
        # Whom the owner names may warn and remove; whoever has the duty may not.
        await home.says(OWNER, f"/角色 {OTHER} 班委")
        await home.says(OTHER, f"/警告 {PARENT} 请安静")
        assert (await models.Case.get()).step == "warn"
        await home.says(OWNER, f"/值日 {THIRD}")
        await home.says(THIRD, f"/禁言 {PARENT} 10m")
        assert "由老师和值日班委使用" in home.platform.said()[-1]
        assert not home.platform.muted(PARENT)

        # A complaint never reaches whom it is about; the member chooses who answers.
        evidence = Segment(Kind.IMAGE, "proof.jpg")
        words = Segment(Kind.TEXT, "投诉 赵敏妈妈 处理不公")
        await home.says(PARENT, [words, evidence], group=None)
        complaint = await last("complaint")
        item = f"1-{complaint.number}"
        assert item in heard(home, OWNER, ADMIN)
        assert item not in heard(home, OTHER)
        assert (await models.Evidence.get()).value == "proof.jpg"
        await home.says(PARENT, f"投诉 {item} 转给 赵敏妈妈", group=None)
        assert "不能由他处理" in home.platform.whispered(PARENT)[-1]
        await home.says(PARENT, f"投诉 {item} 转给 何老师", group=None)
        assert "何老师" in home.platform.whispered(PARENT)[-1]
        await home.says(OTHER, f"驳回 {item} 没有的事", group=None)
        assert (await last("complaint")).state == "open"
        await home.says(ADMIN, f"确认 {item} 已经提醒他", group=None)
        assert "已经提醒他" in home.platform.whispered(PARENT)[-1]

        # A removed one appeals where it applies, to somebody without a part in it.
        await home.says(PARENT, SEVERE)
        proposal = await last("remove")
        await home.says(OTHER, f"确认 {proposal.number}")
        assert account(PARENT) not in home.platform.groups[CLASS]
        case = await models.Case.filter(step="remove").get()
        await home.applies(PARENT, f"申诉 {case.number} 是别人拿了我的手机")
        appeal = await last("appeal")
        await home.says(OTHER, f"/复核 {appeal.number} 维持 看过原消息")
        assert (await last("appeal")).state == "open"
        await home.says(OWNER, f"/复核 {appeal.number} 撤销 核实过是别人发的")
        assert (await models.Case.get(id=case.id)).state == "reversed"


async def test_the_eight_rules_have_members_report(tmp_path: Path) -> None:
    """16.8, 16.6."""
    async with a_home(tmp_path, pack="eight-rules") as home:
        with_school(home)
        await home.says(OTHER, "今天作业好多", message_id="m1")
        await home.says(PARENT, "/举报 总这样说", reply_to="m1")
        report = await last("report")
        assert "陈晨" not in heard(home, OWNER, ADMIN, HEAD, OTHER)
        await home.says(ADMIN, f"/确认 {report.number} 请注意用语")
        assert "已经处理" in home.platform.whispered(PARENT)[-1]
        # The regulation does not have the group told.
        assert all("反映" not in line for line in home.platform.said())
        home.platform.done.clear()
        await home.says(THIRD, "看黄片加我")
        await passed_up_after(home, 7)


async def test_the_primary_class_is_told_that_a_report_was_handled(tmp_path: Path) -> None:
    """11.4.1, 11.4.2, 11.5.3, 11.end."""
    async with a_home(tmp_path, pack="primary-rules") as home:
        with_school(home)
        await suggests(home)
        await home.says(OTHER, "今天作业好多", message_id="m1")
        await home.says(PARENT, "/举报 总这样说", reply_to="m1", message_id="r1")
        assert home.platform.asked(Act.WITHDRAW)[-1].value == "r1"
        await home.says(ADMIN, f"/确认 {(await last('report')).number} 请注意用语")
        (line,) = [said for said in home.platform.said() if "反映" in said]
        assert "赵敏" not in line
        # A second one that is none: nobody is told but the one who reported.
        await home.says(THIRD, "明天带水彩笔吗", message_id="m2")
        await home.says(PARENT, "/举报 不好", reply_to="m2")
        await home.says(ADMIN, f"驳回 {(await last('report')).number}")
        assert len([said for said in home.platform.said() if "反映" in said]) == 1
        assert "不算违规" in home.platform.whispered(PARENT)[-1]
        # A manager's word is enough, for ever; a member's is none.
        await home.says(PARENT, f"/拉黑 {THIRD}")
        assert not home.platform.asked(Act.REMOVE)
        role(home, OTHER, Role.COMMITTEE)
        await home.says(OTHER, f"/拉黑 {THIRD} 一直捣乱")
        assert [done.account for done in home.platform.asked(Act.REMOVE)] == [account(THIRD)]
        assert (await models.Block.get()).until is None
        await home.comes(THIRD)
        await home.advance(120)
        assert account(THIRD) not in home.platform.groups[CLASS]


async def test_in_a_parents_group_what_one_has_to_say_goes_to_the_head_teacher(
    tmp_path: Path,
) -> None:
    """02.4.3; and what the head teacher is told of waits a week before it goes on."""
    async with a_home(tmp_path, pack="parent-group-rules") as home:
        with_school(home)
        await suggests(home)
        await home.says(OTHER, INSULT)
        assert not await models.Request.exists(kind="escalation")
        await passes(home, HOUR)
        await home.says(OTHER, AD)
        assert "违反群规 五.1" in heard(home, HEAD, ADMIN)
        assert "违反群规 四.1" not in heard(home, HEAD, ADMIN)
        await passed_up_after(home, 7)


async def test_in_the_daytime_group_opinions_have_a_way(tmp_path: Path) -> None:
    """12.3.2."""
    async with a_home(tmp_path, pack="parents-daytime") as home:
        with_school(home)
        complaint = await suggests(home, "觉得作业太多")
        # Not content: the school, once.
        await home.says(PARENT, f"投诉 1-{complaint.number} 还是太多", group=None)
        assert (await last("complaint")).level == Level.SCHOOL
        assert not await models.Case.exists()


async def test_the_kindergarten_hands_over_what_breaks_the_law(tmp_path: Path) -> None:
    """10.5.3: people say so; it is tracked until somebody has closed it."""
    async with a_home(tmp_path, pack="kindergarten") as home:
        with_school(home)
        await home.says(PARENT, "进来玩 www.bet365vip.com")
        case = await models.Case.get()
        assert not await models.Request.exists(kind="escalation")
        await home.says(PARENT, f"/上报 {case.number} 想让园长知道")
        assert not await models.Request.exists(kind="escalation")
        await home.says(ADMIN, f"/上报 {case.number} 可能是诈骗")
        assert f"1-{(await last('escalation')).number}" in heard(home, HEAD)
        await passed_up_after(home, 3)
        assert "和家长谈过了" in heard(home, ADMIN)


async def test_the_class_is_looked_at_every_week(tmp_path: Path) -> None:
    """17.5.1."""
    async with a_home(tmp_path, pack="appeal-rules") as home:
        await home.says(PARENT, INSULT)
        await leap(home, SUNDAY_NIGHT - 1200)
        assert "巡检" not in heard(home, OWNER)
        await leap(home, SUNDAY_NIGHT + 60)
        (digest,) = [text for text in home.platform.whispered(OWNER) if "巡检" in text]
        assert "三.2.1 1" in digest
        assert "巡检" not in heard(home, PARENT, OTHER)
        # Nobody has to decide about who says little.
        assert not await models.Request.filter(open_key__startswith="inactive").exists()


async def test_the_committee_decides_together_and_keeps_nothing_past_sunday(
    tmp_path: Path,
) -> None:
    """09.1.2, 09.3.3, 09.4.1, 09.4.3."""
    async with a_home(tmp_path, pack="committee-hours") as home:
        role(home, OTHER, Role.COMMITTEE)
        await home.says(OTHER, f"/禁言 {THIRD} 10m 太吵")
        assert home.platform.muted(THIRD)
        # One alone removes nobody; until a second one agrees, nothing but silence.
        await home.says(OTHER, f"/移出 {THIRD} 屡次违反")
        assert not home.platform.asked(Act.REMOVE)
        proposal = await last("remove")
        await home.says(OTHER, f"确认 {proposal.number}")
        assert not home.platform.asked(Act.REMOVE)
        await home.says(ADMIN, f"确认 {proposal.number}")
        assert [done.account for done in home.platform.asked(Act.REMOVE)] == [account(THIRD)]

        await home.says(PARENT, INSULT)
        case = await models.Case.get(source="auto")
        assert case.excerpt
        await leap(home, NOON + 3 * DAY)
        assert (await models.Case.get(id=case.id)).excerpt
        await leap(home, NOON + 4 * DAY + 15.5 * HOUR)  # Sunday, 03:30
        after = await models.Case.get(id=case.id)
        assert (after.excerpt, after.state, after.clause) == ("", "active", "2.1")
        assert await models.AuditEntry.exists(kind="cleared")
        await leap(home, SUNDAY_NIGHT + 60)
        assert "巡检" in heard(home, OWNER)


async def test_the_committee_in_turns(tmp_path: Path) -> None:
    """06.3.1, 06.4.1, 06.4.2, 06.4.3."""
    async with a_home(tmp_path, pack="committee-rules") as home:
        with_school(home)
        await home.says(OTHER, f"/警告 {THIRD}")
        assert not await models.Case.exists()
        await home.says(HEAD, f"/值日 {OTHER}")
        await home.says(OTHER, f"/警告 {THIRD} 请安静")
        assert (await models.Case.get()).step == "warn"
        await home.says(OTHER, f"/移出 {THIRD}")
        assert not home.platform.asked(Act.REMOVE)
        await passes(home, 13 * HOUR)
        await home.says(OTHER, f"/警告 {THIRD}")
        assert await models.Case.all().count() == 1

        # First a warning, of which nobody else is told; the second mutes and tells the head teacher.
        await home.says(PARENT, "看黄片加我")
        assert not await models.Request.exists(kind="escalation")
        await passes(home, HOUR)
        await home.says(PARENT, "看黄片加我！")
        assert home.platform.muted(PARENT)
        assert await models.Request.filter(kind="escalation").count() == 1
        # What is grave does both at once.
        await home.says(PARENTS[4], SEVERE)
        assert home.platform.muted(PARENTS[4])
        assert await models.Request.filter(kind="escalation").count() == 2
        assert heard(home, HEAD).count("处理完后发送") == 2
        # The committee's blacklist waits for nobody above.
        role(home, PARENTS[5], Role.COMMITTEE)
        await home.says(PARENTS[5], f"/拉黑 {THIRD} 骗钱")
        assert [done.account for done in home.platform.asked(Act.REMOVE)] == [account(THIRD)]


async def test_what_the_head_teacher_leaves_goes_on_in_time(tmp_path: Path) -> None:
    """21.2.1.1, 21.2.2.8, and the clause on a child's safety."""
    async with a_home(tmp_path, pack="pingxiang-international") as home:
        with_school(home)
        # Whoever cries for help is told of at once, whatever else they say, and not punished.
        await home.says(PARENT, f"孩子说他不想活了，{INSULT}")
        assert not await models.Case.exists()
        for user in (HEAD, LEADER):
            assert "【紧急】" in home.platform.whispered(user)[-1]
        assert "【紧急】" not in heard(home, ADMIN, OTHER)
        await home.says(HEAD, "收到", group=None)
        await home.says(OTHER, "笑死我了，昨天的电影真好看")
        assert await models.Request.filter(kind="emergency").count() == 1

        await home.says(ADMIN, f"/移出 {THIRD} 不听")
        assert not home.platform.asked(Act.REMOVE)
        await home.says(HEAD, f"/移出 {THIRD} 屡次违反")
        assert [done.account for done in home.platform.asked(Act.REMOVE)] == [account(THIRD)]

        await home.says(PARENTS[4], AD)
        await passes(home, HOUR)
        home.platform.done.clear()
        await home.says(PARENTS[4], AD + "！")
        await passed_up_after(home, 1)
