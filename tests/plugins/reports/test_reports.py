"""Reports as a class meets them: discreet, merged, decided by a person (11.4.1, 16.8, 19.7, 20.4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.events import Kind, Segment
from src.core.chat.port import Act, Answer, Word
from src.core.people import Role
from src.core.store import models
from tests.houses import (
    AD,
    ADMIN,
    BOT,
    OWNER,
    PARENT,
    PARENTS,
    a_home,
    account,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.houses import Home

HOUR, DAY = 3600.0, 86_400.0
OTHER, THIRD = PARENTS[1:3]
CHAT = "今天作业好多"
ROOT = "700"


def heard(home: Home, *users: str) -> str:
    """All that the bot said to these people, in private."""
    return "\n".join(text for user in users for text in home.platform.whispered(user))


async def last(kind: str = "report") -> models.Request:
    found = await models.Request.filter(kind=kind).order_by("-id").select_related("case").first()
    assert found is not None
    return found


async def test_who_reports_is_seen_by_nobody_but_who_decides(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=[ROOT]) as home:
        await home.says(OTHER, CHAT, message_id="m1")
        await home.says(PARENT, "/举报 总是这样说话", reply_to="m1", message_id="r1")
        # The line is gone, the answer is private, and nothing is said in the group.
        assert home.platform.asked(Act.WITHDRAW)[-1].value == "r1"
        assert "不会让别人知道" in home.platform.whispered(PARENT)[-1]
        assert home.platform.said() == []
        request = await last()
        # Whoever decides is told of the message, and not who reported it or why.
        told = heard(home, OWNER, ADMIN)
        assert "赵敏妈妈" in told
        assert "没有看出" in told
        for secret in (PARENT, "陈晨", "总是这样说话"):
            assert secret not in told
            assert secret not in str(request.payload["what"])
        evidence = await models.Evidence.get(kind="message")
        assert (evidence.value, len(evidence.digest)) == (CHAT, 64)

        # Nor does the audit log say whose line was withdrawn.
        assert await models.AuditEntry.exists(kind="act")
        reporter = await models.Account.get(user_id=PARENT)
        assert not await models.AuditValue.exists(account_id=reporter.id)

        # Another voice joins: one request, two who reported; the same one counts once.
        await home.says(THIRD, "/举报 我也看到了", reply_to="m1")
        await home.says(THIRD, "/举报 我也看到了", reply_to="m1")
        assert "已经举报过" in home.platform.whispered(THIRD)[-1]
        assert await models.Request.filter(kind="report").count() == 1
        assert await models.Report.all().count() == 2

        # The detail is for who may decide it, and each look is noted without a name.
        await home.says(OTHER, f"举报 1-{request.number}", group=None)
        assert "陈晨" not in heard(home, OTHER)
        await home.says(PARENT, f"举报 1-{request.number}", group=None)
        assert "我也看到了" not in heard(home, PARENT)
        assert not await models.AuditEntry.exists(kind="request.reporters_seen")
        await home.says(OWNER, f"/举报 {request.number}", message_id="d1")
        assert "总是这样说话" in home.platform.whispered(OWNER)[-1]
        assert "我也看到了" in home.platform.whispered(OWNER)[-1]
        entry = await models.AuditEntry.get(kind="request.reporters_seen")
        assert entry.facts["people"] == 2
        assert PARENT not in str(entry.facts)

        # Confirmed with words: a warning, the message goes, and both hear that it was handled.
        await home.says(OWNER, f"/确认 {request.number}")
        assert "请写上违反的条款或理由" in home.platform.said()[-1]
        assert (await last()).state == "open"
        await home.says(OWNER, f"/确认 {request.number} 请注意用语")
        case = await models.Case.get()
        assert (case.step, case.reason, case.source) == ("warn", "请注意用语", "manual")
        assert "m1" not in home.platform.posted
        assert "手动撤回" not in heard(home, OWNER)
        request = await last()
        assert (request.state, request.case_id) == ("confirmed", case.id)
        assert {one.outcome for one in await models.Report.all()} == {"confirmed"}
        for user in (PARENT, THIRD):
            assert "已经处理" in home.platform.whispered(user)[-1]
            assert "警告" not in heard(home, user)
        subject = heard(home, OTHER) + "".join(home.platform.said())
        await home.says(OWNER, f"/案件 {case.number}")
        await home.says(ADMIN, "/待办")
        for text in (subject, home.platform.whispered(OWNER)[-1], heard(home, ADMIN)):
            assert PARENT not in text
            assert "陈晨" not in text


async def test_what_the_detectors_see_is_the_clause(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(OWNER, "/暂停 1h")
        await home.says(OTHER, AD, message_id="m1")
        await home.says(PARENT, "/举报", reply_to="m1")
        request = await last()
        clause = request.payload["seen"]["clause"]
        assert f"群规 {clause}" in home.platform.whispered(OWNER)[-1]
        assert AD not in home.platform.whispered(OWNER)[-1]
        await home.says(OWNER, f"确认 {request.number}")
        case = await models.Case.get()
        assert (case.clause, case.source) == (clause, "manual")
        assert (await last()).case_id == case.id

        # A message that has its case already is no second one.
        await home.says(THIRD, "/举报", reply_to="m1")
        if home.platform.posted.get("m1") is not None:
            assert "已经有人处理" in home.platform.whispered(THIRD)[-1]
        # Another clause that the decider names goes before what was seen.
        await home.says(OTHER, AD, message_id="m2")
        await home.says(PARENT, "/举报", reply_to="m2")
        policy = home.group.policy
        assert policy is not None
        named = next(b.clause.number for b in policy.judging if b.clause.number != clause)
        await home.says(OWNER, f"/确认 {(await last()).number} {named}")
        newest = await models.Case.all().order_by("-id").first()
        assert newest is not None
        assert newest.clause == named


async def test_what_cannot_be_reported(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, CHAT, message_id="own")
        await home.says(OTHER, CHAT, message_id="old")
        await home.says(OTHER, CHAT, message_id="gone")
        home.platform.posted["bot"] = home.platform.posted["old"].__class__(
            home.platform.posted["old"].ref._replace(message_id="bot"), account(BOT), (), "提醒"
        )
        answers: dict[str, str] = {}
        for which in ("own", "bot"):
            await home.says(PARENT, "/举报 不好", reply_to=which)
            answers[which] = home.platform.whispered(PARENT)[-1]
        await home.platform.withdraw(home.platform.posted["gone"].ref)
        await home.says(PARENT, "/举报 不好", reply_to="gone")
        answers["gone"] = home.platform.whispered(PARENT)[-1]
        await home.says(PARENT, "举报 没有这个人 理由", group=None)
        answers["nobody"] = home.platform.whispered(PARENT)[-1]
        await home.says(PARENT, "举报 妈妈 理由", group=None)
        answers["several"] = home.platform.whispered(PARENT)[-1]
        await home.advance(25 * HOUR)
        await home.says(PARENT, "/举报 不好", reply_to="old")
        answers["old"] = home.platform.whispered(PARENT)[-1]
        for which, word in {
            "own": "自己的消息",
            "bot": "机器人不能举报",
            "gone": "找不到",
            "nobody": "没有找到这个人",
            "several": f"举报 {OTHER} 理由",
            "old": "1 天内",
        }.items():
            assert word in answers[which], (which, answers[which])
        assert home.platform.said() == []
        assert not await models.Request.exists(kind="report")


async def test_where_the_line_stays_and_no_whisper_arrives_nobody_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_home(tmp_path) as home:
        await home.says(OTHER, CHAT, message_id="m1")
        # Whatever fails, the line does not stay.
        with monkeypatch.context() as broken:
            broken.setattr(home.house.requests, "ask", None)
            await home.says(PARENT, "/举报 不好", reply_to="m1", message_id="r0")
        assert "r0" not in home.platform.posted
        assert home.platform.whispered(PARENT) == []
        refused: Answer[object] = Answer(Word.REFUSED, wording="no right")
        home.platform.answers = {Act.WITHDRAW: refused, Act.WHISPER: refused}
        await home.says(PARENT, "/举报 不好", reply_to="m1")
        await home.advance(HOUR)
        assert all(PARENT not in text for text in home.platform.said())
        reporter = await models.Account.get(user_id=PARENT)
        assert not await models.Act.exists(kind="say", account_id=reporter.id)
        # It waits until the person writes.
        home.platform.answers = {}
        await home.says(PARENT, "举报", group=None)
        assert any("私聊我说更好" in text for text in home.platform.whispered(PARENT))


async def test_a_false_reporter_waits_for_others_and_a_flood_is_stopped(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        for number in range(3):
            await home.says(PARENTS[number + 4], CHAT, message_id=f"m{number}")
            await home.says(PARENT, "/举报 不好", reply_to=f"m{number}")
            await home.says(OWNER, f"/驳回 {(await last()).number} 正常聊天")
        assert "不算违规" in home.platform.whispered(PARENT)[-1]
        await home.says(PARENT, "/举报 还是不好", reply_to="m0")
        assert "已经看过" in home.platform.whispered(PARENT)[-1]
        await home.says(OTHER, CHAT, message_id="m3")
        await home.says(PARENT, "/举报 不好", reply_to="m3")
        assert "举报得太多了" in home.platform.whispered(PARENT)[-1]

        await home.advance(2 * HOUR)
        before = len(home.platform.whispered(OWNER))
        await home.says(PARENT, "/举报 不好", reply_to="m3")
        request = await last()
        assert (request.state, request.payload["stage"], request.remind_at) == (
            "open",
            "quiet",
            None,
        )
        assert len(home.platform.whispered(OWNER)) == before
        # In the queue all the same; and once somebody else says so, they are called.
        await home.says(OWNER, "待办", group=None)
        assert f"1-{request.number}" in home.platform.whispered(OWNER)[-1]
        await home.says(THIRD, "/举报 不好", reply_to="m3")
        assert "举报" in home.platform.whispered(OWNER)[-1]
        assert (await last()).payload["stage"] == "asked"

        # Confirmed when it is too late to withdraw: the decider hears that the message is there still.
        await home.advance(600)
        await home.says(OWNER, f"/确认 {(await last()).number} 请注意")
        assert "手动撤回" in heard(home, OWNER)
        assert "m3" in home.platform.posted

        # Alone again: at its deadline it is looked at, not lost.
        await home.says(OTHER, CHAT, message_id="m4")
        await home.says(PARENT, "/举报 不好", reply_to="m4")
        before = len(home.platform.whispered(OWNER))
        await home.advance(3 * DAY + 600)
        assert (await last()).payload["stage"] == "asked"
        told = "".join(home.platform.whispered(OWNER)[before:])
        assert f"1-{(await last()).number}" in told


async def test_a_report_about_a_manager_goes_above_and_up_again(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=[ROOT]) as home:
        home.house.people.grant(home.group.key, account(ADMIN), Role.TEACHER)
        await home.says(ADMIN, CHAT, message_id="m1")
        await home.says(PARENT, "/举报 点名批评孩子", reply_to="m1")
        request = await last()
        assert heard(home, ADMIN) == ""
        assert "何老师" in home.platform.whispered(OWNER)[-1]
        item = f"1-{request.number}"
        for words in (f"举报 {item}", f"确认 {item} 好", f"完成 {item}", f"上报 {item}", "待办"):
            await home.says(ADMIN, words, group=None)
        assert item not in heard(home, ADMIN)
        # Each command has the words it has for what is not there.
        for word in ("和它有关", "不是要人做的事", "已转给"):
            assert word not in heard(home, ADMIN)
        assert (await last()).state == "open"

        # The head teacher does not answer: it goes to the operator, and who reported hears of it once.
        await home.advance(3 * DAY + 600)
        assert (await last()).level == 3
        assert "举报" in home.platform.whispered(ROOT)[-1]
        late = [one for one in home.platform.whispered(PARENT) if "上一级" in one]
        assert len(late) == 1
        await home.advance(3 * DAY + 600)
        assert (await last()).payload["stage"] == "top"
        assert len([one for one in home.platform.whispered(PARENT) if "上一级" in one]) == 1

        # A teacher is told in private, and not sanctioned.
        await home.says(OWNER, f"确认 1-{request.number} 请不要点名", group=None)
        assert (await last()).state == "open"
        await home.says(ROOT, f"确认 1-{request.number} 请不要点名", group=None)
        case = await models.Case.get()
        assert (case.step, case.account_id) == (
            "word",
            (await models.Account.get(user_id=ADMIN)).id,
        )
        assert "请不要点名" in home.platform.whispered(ADMIN)[-1]
        assert home.platform.asked(Act.MUTE) == []


async def test_two_at_once_decide_once_and_the_group_reads_a_neutral_line(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=None) as home:
        await home.says(OWNER, "/policy use text-only-parents")
        await home.says(OWNER, "/启用 reports")
        assert home.group.policy is not None
        bound = next(one for one in home.group.policy.bound if one.area.name == "reports")
        await home.says(OWNER, f"/制度 set {bound.clause.number} tell_group 是")
        await home.says(OTHER, CHAT, message_id="m1")
        shot = Segment(Kind.IMAGE, "shot.jpg")
        await home.says(PARENT, [Segment(Kind.TEXT, "举报 赵敏妈妈 一直这样"), shot], group=None)
        assert (await models.Evidence.get()).value == "shot.jpg"
        assert (await last()).payload["message"] is None
        await home.says(THIRD, "/举报 不好", reply_to="m1")
        request = await last()
        heard_before = heard(home, OWNER, ADMIN)
        home.hears(OWNER, f"确认 1-{request.number} 请注意", group=None)
        home.hears(ADMIN, f"驳回 1-{request.number} 没事", group=None)
        await home.settled()
        request = await last()
        outcome = request.state
        assert await models.Case.all().count() == (1 if outcome == "confirmed" else 0)
        assert {one.outcome for one in await models.Report.filter(request=request)} == {outcome}
        assert "已经有结果" in heard(home, OWNER, ADMIN)
        assert "已经有结果" not in heard_before

        # Confirmed: the group reads one line that names nobody.
        await home.says(PARENTS[4], CHAT, message_id="m2")
        await home.says(THIRD, "/举报 不好", reply_to="m2")
        await home.says(OWNER, f"确认 1-{(await last()).number} 请注意", group=None)
        cases = await models.Case.all().count()
        line = next(one for one in home.platform.said() if "已经处理" in one)
        for secret in ("周可", PARENTS[4], "孙强", THIRD):
            assert secret not in line

        # Whoever decides leaves: another does.
        person = await models.Request.filter(kind="report", state="open").first()
        assert person is not None
        await home.leaves(ADMIN)
        await home.says(ADMIN, f"确认 1-{person.number} 请注意", group=None)
        assert (await models.Request.get(id=person.id)).state == "open"
        await home.says(OWNER, f"确认 1-{person.number} 请注意", group=None)
        assert (await models.Request.get(id=person.id)).state == "confirmed"
        assert await models.Case.all().count() == cases + 1
