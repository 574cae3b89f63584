"""Due process over the line: whatever is decided is decided once, by somebody who may."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sandbox.fakeqq import GROUP, HELD, Mode
from src.core.people.tables import read_tables

from .school import (
    AD,
    COMMITTEE,
    DAY,
    FOURTH,
    HEAD,
    HOUR,
    INSULT,
    LEADER,
    NAMES,
    OPERATOR,
    OTHER,
    PARENT,
    TEACHER,
    THIRD,
    Scene,
    a_school,
    item_in,
)

if TYPE_CHECKING:
    from pathlib import Path


# Two managers at once ---------------------------------------------------------------------------------


async def test_what_two_managers_decide_at_once_is_decided_once(tmp_path: Path) -> None:
    async with a_school(tmp_path, "committee-hours", "appeals", "reports") as scene:
        qq = scene.qq

        # A removal needs two: of three who agree at once, one comes too late.
        for _ in range(3):
            await scene.say(PARENT, INSULT)
            await scene.later(HOUR + 120)
        proposal = await qq.whispers(HEAD, "是否移出")
        item = item_in(proposal, "确认")
        answers = await scene.at_once(
            *((who, f"确认 {item}") for who in (HEAD, TEACHER, COMMITTEE))
        )
        assert sorted("还要 1 人" in one for one in answers) == [False, False, True]
        assert sorted("已经有结果：已同意" in one for one in answers) == [False, False, True]
        await scene.settled()
        assert len(await qq.calls("set_group_kick")) == 1
        assert not scene.inside(PARENT)

        # An appeal: one decides, the other learns what.
        await scene.say(OTHER, AD)
        told = await qq.whispers(OTHER, "申诉")
        receipt = await scene.whisper(OTHER, f"申诉 {item_in(told, '申诉')} 这是班级通知")
        appeal = item_in(receipt, "申诉")
        answers = await scene.at_once(
            (HEAD, f"复核 {appeal} 维持 看过原消息了"), (TEACHER, f"复核 {appeal} 撤销 是班级通知")
        )
        assert sorted("已告知本人" in one for one in answers) == [False, True]
        assert sorted("已有结果" in one for one in answers) == [False, True]
        upheld = "已告知本人" in answers[0]
        assert scene.requests("appeal")[0][1] == ("upheld" if upheld else "revoked")
        results = [one for one in qq.whispered(OTHER) if "已复核" in one]
        assert len(results) == 1

        # A report.
        message = await scene.say(THIRD, "这次考试太简单了")
        await qq.speak(
            GROUP, FOURTH, [{"type": "reply", "data": {"id": str(message)}}, "/举报 影响不好"]
        )
        asked = await qq.whispers(HEAD, "有成员举报")
        report = item_in(asked, "确认")
        answers = await scene.at_once(
            (HEAD, f"确认 {report} 请注意影响"), (TEACHER, f"驳回 {report}")
        )
        assert sorted("已经有结果" in one for one in answers) == [False, True]
        confirmed = scene.requests("report")[0][1] == "confirmed"
        await scene.settled()
        assert (message in qq.messages) is not confirmed
        assert len([one for one in qq.whispered(FOURTH) if "谢谢您的举报" in one]) == 1

        # A complaint.
        receipt = await scene.whisper(FOURTH, "投诉 家委林悦妈妈 态度不好")
        complaint = item_in(receipt, "投诉")
        answers = await scene.at_once(
            (HEAD, f"确认 {complaint} 已经提醒"), (TEACHER, f"驳回 {complaint} 没有这回事")
        )
        assert sorted("已答复" in one for one in answers) == [False, True]
        assert sorted("已经有结果" in one for one in answers) == [False, True]
        await scene.settled()
        outcomes = ("属实", "没有成立")
        assert sum(scene.told(FOURTH).count(one) for one in outcomes) == 1
        scene.prints_nobody()


async def test_the_decider_leaves_between_claim_and_decision(tmp_path: Path) -> None:
    async with a_school(tmp_path, "committee-hours", "appeals") as scene:
        qq = scene.qq
        await scene.order(HEAD, "/mute", OTHER, "20h 吵架")
        case = item_in(scene.told(OTHER), "申诉")
        appeal = item_in(await scene.whisper(OTHER, f"申诉 {case} 没有吵架"), "申诉")
        assignee = "SELECT user_id FROM request r JOIN account a ON a.id = r.assignee_id"
        assert scene.rows(f"{assignee} WHERE kind = 'appeal'") == [(str(COMMITTEE),)]
        assert "没有吵架" in await scene.whisper(COMMITTEE, f"复核 {appeal}")

        # Who looked at it, and is out: no decision, no look, and no reminder any more.
        await qq.leave(GROUP, COMMITTEE)
        for words in (f"复核 {appeal} 撤销 是误会的", f"复核 {appeal}", "待办"):
            assert appeal not in await scene.whisper(COMMITTEE, words)
        before = len(qq.whispered(COMMITTEE))
        await scene.later(2 * DAY)
        assert qq.whispered(COMMITTEE)[before:] == []
        assert appeal in scene.told(TEACHER)
        await scene.say(THIRD, AD)
        await scene.later(HOUR)
        await scene.order(TEACHER, "/kick", THIRD, "广告")
        await scene.bot.idle()
        assert qq.whispered(COMMITTEE)[before:] == []

        # Who goes while their rank is being read has decided nothing.
        qq.behave("get_group_member_info", HELD)
        reads = len([call for call in qq.received if call.action == "get_group_member_info"])
        await qq.whisper(TEACHER, f"复核 {appeal} 撤销 是误会的")
        await qq.calls("get_group_member_info", n=reads + 1)
        await qq.admin_removes(GROUP, HEAD, TEACHER)
        qq.behave("get_group_member_info", Mode())
        await qq.release()
        await scene.bot.idle()
        assert scene.requests("appeal")[-1][1] == "open"
        assert [state for _, state, _ in scene.requests("remove")] == ["open"]

        # Who is alone in the class now has the school asked for the second voice, and not the operator.
        await scene.order(HEAD, "/kick", PARENT, "广告")
        assert "是否移出" in scene.told(LEADER)
        assert "是否移出" not in scene.told(OPERATOR)

        # Nobody is left in the group who had no part in it: the school is asked in the end.
        await scene.later(3 * DAY)
        assert scene.cases()[0][2] == "suspended"
        assert not scene.muted(OTHER)
        assert appeal in scene.told(LEADER)
        assert "已告知本人" in await scene.whisper(LEADER, f"复核 {appeal} 撤销 是误会的")
        scene.prints_nobody("没有吵架")


# What people complain of ------------------------------------------------------------------------------


async def test_mutes_end_when_they_should_and_not_before(tmp_path: Path) -> None:
    async with a_school(tmp_path, "committee-hours") as scene:
        qq = scene.qq

        # To leave and come back evades nothing, and adds nothing.
        await scene.order(TEACHER, "/mute", PARENT, "20h 吵架")
        until = qq.member(GROUP, PARENT).shut_up_timestamp
        await qq.leave(GROUP, PARENT)
        await scene.later(HOUR)
        await qq.join(GROUP, PARENT)
        await scene.settled()
        assert abs(qq.member(GROUP, PARENT).shut_up_timestamp - until) <= 60

        # Of two mutes the first one's end is not the second's; nor is its pardon.
        await scene.order(TEACHER, "/mute", OTHER, "1h 吵架")
        first = scene.cases()[-1][0]
        await scene.order(HEAD, "/mute", OTHER, "3h 还在吵")
        await scene.later(HOUR + 600)
        assert scene.muted(OTHER)
        await scene.asks(HEAD, f"/pardon {first}", "已撤销")
        await scene.settled()
        assert scene.muted(OTHER)
        await scene.later(2 * HOUR)
        assert not scene.muted(OTHER)

        # What a person lifts by hand stays lifted over a restart, whether or not the bot saw it; warnings
        # survive it, are shown with their end, and count.
        await scene.say(FOURTH, AD)
        for whom in (OTHER, THIRD):
            await scene.order(TEACHER, "/mute", whom, "20h 吵架")
            assert scene.muted(whom)
        await qq.admin_unmutes(GROUP, HEAD, OTHER)
        await scene.bot.idle()
        await qq.disconnect()
        await qq.admin_unmutes(GROUP, HEAD, THIRD)
        await scene.restart()
        await scene.later(11 * 60)
        assert not scene.muted(OTHER)
        assert not scene.muted(THIRD)
        record = await scene.whisper(FOURTH, "我的记录")
        assert "计入 1 次" in record
        assert "清零" in record
        assert "计入到" in record
        await scene.later(HOUR)
        await scene.say(FOURTH, AD + "二")
        await scene.settled()
        assert scene.muted(FOURTH)
        assert "计入 2 次" in await scene.whisper(FOURTH, "我的记录")

        # What has expired stays visible, and counts no more.
        await scene.later(31 * DAY)
        record = await scene.whisper(FOURTH, "我的记录")
        assert "计入 0 次" in record
        assert record.count("已过期") == 2
        await scene.say(FOURTH, AD + "三")
        await scene.settled()
        assert not scene.muted(FOURTH)
        assert scene.cases()[-1][1] == "warn"
        scene.prints_nobody("吵架")


async def test_whoever_is_sanctioned_can_appeal_wherever_they_are(tmp_path: Path) -> None:
    async with a_school(tmp_path, "text-only-parents", "appeals") as scene:
        qq = scene.qq
        cases = 'SELECT c.number, r.state FROM request r JOIN "case" c ON c.id = r.case_id'
        appealed = f"{cases} WHERE r.kind = 'appeal' ORDER BY r.id"

        # While muted, no friend of the bot: in private, and of two cases the right one.
        qq.friends -= {PARENT, OTHER, THIRD}
        await scene.order(TEACHER, "/warn", PARENT, "请注意")
        await scene.order(TEACHER, "/mute", PARENT, "20h 吵架")
        one = item_in(qq.whispered(PARENT)[0], "申诉")
        assert scene.muted(PARENT)
        first = item_in(await scene.whisper(PARENT, f"申诉 {one} 提醒错人了"), "申诉")
        second = item_in(await scene.whisper(PARENT, "申诉 我没有吵架"), "申诉")
        assert scene.rows(appealed) == [(1, "open"), (2, "open")]
        await scene.whisper(HEAD, f"复核 {second} 撤销 不是他说的")
        await scene.settled()
        assert not scene.muted(PARENT)
        assert scene.rows(appealed) == [(1, "open"), (2, "revoked")]
        await scene.whisper(HEAD, f"复核 {first} 维持 看过原消息了")
        assert scene.cases() == [(1, "warn", "active"), (2, "mute", "reversed")]

        # After a removal: through whatever session is left, or as a friend.
        for user in (OTHER, THIRD):
            await scene.order(HEAD, "/kick", user, "不是本班家长")
            assert not scene.inside(user)
        await scene.whisper(OTHER, "申诉 1-5 我是李想的爸爸")
        assert scene.rows(appealed)[2:] == [(5, "open")]
        qq.friends.add(OTHER)
        assert "（案件 #5）" in await scene.whisper(OTHER, "申诉 1-5")

        # Or as the comment of an application, which the appeal decides.
        flag = await qq.request_join(GROUP, THIRD, "申诉 6 我是王雨桐的妈妈")
        await qq.until(lambda: qq.requests[flag].approved is False)
        assert "申诉已收到" in qq.requests[flag].reason
        assert scene.rows(appealed)[2:] == [(5, "open"), (6, "open")]
        number = scene.requests("appeal")[-1][0]
        await scene.whisper(TEACHER, f"复核 1-{number} 撤销 核对过名册了")
        assert scene.cases()[-1] == (6, "remove", "reversed")

        # The log has an entry for each decision, and is whole.
        code, printed = await scene.qungui("audit", "--list", "--group", "1")
        assert code == 0, printed
        assert not [who for who in NAMES if str(who) in printed or NAMES[who] in printed]
        kinds = [kind for (kind,) in scene.rows("SELECT kind FROM audit_entry ORDER BY id")]
        cases_made = scene.rows('SELECT count(*) FROM "case"')[0][0]
        decided = scene.rows("SELECT count(*) FROM request WHERE decided_by_id IS NOT NULL")[0][0]
        closed = scene.rows('SELECT count(*) FROM "case" WHERE closed_at IS NOT NULL')[0][0]
        assert (cases_made, decided, closed) == (4, 3, 2)
        assert kinds.count("case.made") == cases_made
        assert kinds.count("request.closed") == decided
        assert kinds.count("case.closed") == closed
        scene.prints_nobody("我是", "吵架")


# Who is told what -------------------------------------------------------------------------------------


async def test_whom_it_is_about_and_who_says_so_stay_apart(tmp_path: Path) -> None:
    async with a_school(tmp_path, "committee-hours", "reports") as scene:
        qq = scene.qq

        # A complaint about the owner goes to the school, or whom the member chooses; never to the owner.
        before = len(scene.sent())
        said = await scene.whisper(FOURTH, "投诉 班主任孙老师 处理不公平")
        item = item_in(said, "投诉")
        assert item in scene.told(LEADER)
        assert item not in scene.told(TEACHER)
        assert "请换一位" in await scene.whisper(FOURTH, f"投诉 {item} 转给 班主任孙老师")
        assert "已转给" in await scene.whisper(FOURTH, f"投诉 {item} 转给 数学何老师")
        assert "处理不公平" in await scene.whisper(TEACHER, f"投诉 {item}")
        assert not [words for to, words in scene.sent()[before:] if to in (HEAD, None)]
        assert item not in await scene.whisper(HEAD, "待办")
        for words in (f"确认 {item} 我看过了", f"驳回 {item} 没有的事", f"投诉 {item}"):
            assert "没有编号为" in await scene.whisper(HEAD, words)
        assert "已答复" in await scene.whisper(TEACHER, f"确认 {item} 已经改正")
        assert "已经改正" in scene.told(FOURTH)
        assert item not in scene.told(HEAD)

        # Who reports is in no frame to anybody but whoever decides and asks for it.
        before = len(scene.sent())
        message = await scene.say(OTHER, "今天的作业真多")
        reported = await scene.reports(PARENT, message, "/举报 总是这样说话")
        await scene.later(20)
        told = next(t for t in qq.whispered(TEACHER) if "有成员举报" in t)
        report = item_in(told, "确认")
        assert reported not in qq.messages
        assert not _names(scene, PARENT, before)
        at = len(scene.sent())
        detail = await scene.whisper(TEACHER, f"举报 {report}")
        assert "张小明妈妈" in detail
        assert "总是这样说话" in detail
        assert {to for to, _ in scene.sent()[at:]} == {TEACHER}
        at = len(scene.sent())
        await scene.whisper(HEAD, f"确认 {report} 请注意影响")
        await scene.settled()
        assert message not in qq.messages
        assert "谢谢您的举报" in scene.told(PARENT)
        case = scene.cases()[-1][0]
        for who, words in (
            (OTHER, f"案件 1-{case} 全文"),
            (OTHER, "我的记录"),
            (HEAD, "待办"),
            (HEAD, f"案件 1-{case} 全文"),
        ):
            assert f"1-{case}" in await scene.whisper(who, words) or words == "待办"
        await scene.say(OTHER, f"/why {case}")
        assert not _names(scene, PARENT, at)

        # Whom no private message reaches is not called in the group either, right or wrong.
        qq.friends -= {FOURTH}
        qq.strangers_refused = True
        at = len(scene.sent())
        message = await scene.say(THIRD, "食堂的菜不好吃")
        typed = [await scene.reports(FOURTH, message, "/举报 总是抱怨")]
        typed += [
            await scene.say(FOURTH, words) for words in ("/举报", "/投诉 班主任孙老师 不回消息")
        ]
        await scene.settled()
        assert not qq.messages.keys() & set(typed)
        assert len(scene.requests("report")) == len(scene.requests("complaint")) == 2
        report = scene.requests("report")[-1][0]
        await scene.whisper(HEAD, f"驳回 1-{report} 不算违规的")
        await scene.later(DAY)
        assert not _names(scene, FOURTH, at)
        scene.prints_nobody("今天的作业真多", "总是这样说话", "处理不公平")


def _names(scene: Scene, who: int, since: int) -> list[str]:
    """What was sent to others, and names somebody."""
    return [
        words
        for to, words in scene.sent()[since:]
        if to != who and (str(who) in words or NAMES[who] in words)
    ]


async def test_who_cries_for_help_is_heard_and_never_punished(tmp_path: Path) -> None:
    async with a_school(tmp_path, "committee-hours", "emergency") as scene:
        qq = scene.qq
        await scene.asks(HEAD, "/policy set 3.2 level withdraw", "已保存")
        await scene.later(11.6 * HOUR)  # 23:36: quiet hours.
        words = "我真的不想活了"
        said = [await scene.say(PARENT, words) for _ in range(6)]
        for who in (HEAD, LEADER):
            assert scene.told(who).count("【紧急】") == 1
        assert "12356" in scene.told(PARENT)
        # Again and again, until somebody answers.
        for times in (2, 3):
            await scene.later(301)
            for who in (HEAD, LEADER):
                assert scene.told(who).count("【紧急】") == times
        item = item_in(scene.told(LEADER), "收到")
        assert "不再催" in await scene.whisper(LEADER, f"收到 {item}")
        assert "已有人回应" in scene.told(HEAD)
        before = len(scene.sent())
        await scene.later(HOUR)
        assert not scene.sent()[before:]
        # Nothing has happened to the speaker: no message gone, no mute, no case, nothing in the group.
        assert set(said) <= qq.messages.keys()
        assert not scene.muted(PARENT)
        assert scene.cases() == []
        assert not [text for to, text in scene.sent() if to is None and str(PARENT) in text]
        # Whoever only floods at night is treated as ever.
        other = await scene.say(OTHER, "老师在吗")
        await scene.settled()
        assert other not in qq.messages
        assert "已" in await scene.whisper(HEAD, f"确认 {item} 已经联系上了")
        assert scene.requests("emergency")[-1][1] == "confirmed"
        scene.prints_nobody(words, "联系上了")


async def test_the_school_inspects_and_a_case_is_explained(tmp_path: Path) -> None:
    async with a_school(tmp_path, "committee-hours", "appeals") as scene:
        qq = scene.qq
        await scene.say(PARENT, AD)
        await scene.order(TEACHER, "/mute", OTHER, "20h 吵架")
        await qq.whisper(LEADER, "巡检")
        assert "已发给您" in await qq.whispers(LEADER, "【学校巡检】")
        ((name, content),) = qq.files.values()
        assert name.endswith(".xlsx")
        tables = read_tables(content)
        assert len(tables) == 5
        assert "三年级二班家长群" in str(tables[0])
        # The subject reads all of it but who decided.
        for user, case in ((PARENT, 1), (OTHER, 2)):
            whole = await scene.whisper(user, f"案件 1-{case} 全文")
            assert "申诉" in whole
            for who in (HEAD, TEACHER, COMMITTEE, LEADER, OPERATOR):
                assert NAMES[who] not in whole
                assert str(who) not in whole
        assert "2.2" in scene.told(PARENT)
        code, printed = await scene.qungui("case", "1-1", "--json")
        assert code == 0, printed
        assert json.loads(printed)
        scene.prints_nobody("吵架")
