"""Due process over the line when the bot dies in the middle, and when the platform lies: it goes on where
it was, and nothing is done twice. One bot for each story; it dies wherever the story says."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sandbox.fakeqq import GROUP, LIES_DONE, LIES_FAILED

from .school import (
    COMMITTEE,
    DAY,
    FOURTH,
    HEAD,
    HOUR,
    LEADER,
    OPERATOR,
    OTHER,
    PARENT,
    TEACHER,
    a_school,
    item_in,
)

if TYPE_CHECKING:
    from pathlib import Path

WHY = "看过原消息了"


async def test_kill_nine_in_proposals_and_revocations(tmp_path: Path) -> None:
    async with a_school(tmp_path, "committee-hours", "appeals", dies=True) as scene:
        qq = scene.qq

        # Whoever is proposed for removal is muted meanwhile, whenever the bot dies; and set free by a no.
        for whom, death in ((PARENT, "mute:requested:after"), (OTHER, "mute:attempting:after")):
            scene.arm(death)
            await scene.orders(TEACHER, "/kick", whom, "不是本班家长")
            await scene.dies()
            await scene.settled()
            assert scene.muted(whom), death
        first, second = (item_in(told, "确认") for told in qq.whispered(HEAD) if "是否移出" in told)
        assert "已同意" in await scene.whisper(HEAD, f"确认 {first}")
        scene.arm("unmute:attempting:after")
        await qq.whisper(HEAD, f"驳回 {second}")
        await scene.dies()
        await scene.settled()
        assert not scene.muted(OTHER)
        kicks = [call.params["user_id"] for call in await qq.calls("set_group_kick")]
        assert kicks == [PARENT]
        assert [state for _, state, _ in scene.requests("remove")] == ["confirmed", "refused"]

        # A revocation lifts the mute, reads it back and tells, wherever it is interrupted, and whatever
        # the platform says of it.
        for trouble in ("unmute:requested:after", "unmute:confirmed:after", LIES_DONE, LIES_FAILED):
            await scene.order(TEACHER, "/mute", FOURTH, "20h 吵架")
            assert scene.muted(FOURTH)
            case = item_in(qq.whispered(FOURTH)[-1], "申诉")
            appeal = item_in(await scene.whisper(FOURTH, f"申诉 {case} 没有吵架"), "申诉")
            before = len(qq.whispered(FOURTH))
            if isinstance(trouble, str):
                scene.arm(trouble)
                await qq.whisper(HEAD, f"复核 {appeal} 撤销 {WHY}")
                await scene.dies()
            else:
                qq.behave("set_group_ban", trouble, nth=1)
                assert "已告知本人" in await scene.whisper(HEAD, f"复核 {appeal} 撤销 {WHY}")
                if trouble is LIES_DONE:
                    assert scene.muted(FOURTH)
                    assert "核对过了" not in scene.told(FOURTH, before)
            await scene.settled()
            assert not scene.muted(FOURTH), trouble
            assert scene.cases()[-1][2] == "reversed"
            await scene.later(11 * 60)
            told = scene.told(FOURTH, before)
            assert told.count("我到平台核对过了") == 1, (trouble, told)
            assert told.count("结果：撤销") == 1, (trouble, told)

        # A revoked block is off the list; died in the transaction, it is as if nobody had said so.
        await scene.order(HEAD, "/block", COMMITTEE, "30d 广告")
        proposal = item_in(qq.whispered(TEACHER)[-1], "确认")
        await scene.whisper(LEADER, f"确认 {proposal}")
        assert not scene.inside(COMMITTEE)
        case = item_in(scene.told(COMMITTEE).partition("已提请老师决定")[2], "申诉")
        appeal = item_in(await scene.whisper(COMMITTEE, f"申诉 {case} 那不是广告"), "申诉")
        scene.arm("revoke:called:after")
        await qq.whisper(TEACHER, f"复核 {appeal} 撤销 {WHY}")
        await scene.dies()
        assert scene.requests("appeal")[-1][1] == "open"
        assert scene.rows("SELECT count(*) FROM block WHERE live_key IS NOT NULL") == [(1,)]
        assert "已告知本人" in await scene.whisper(TEACHER, f"复核 {appeal} 撤销 {WHY}")
        assert scene.rows("SELECT count(*) FROM block WHERE live_key IS NOT NULL") == [(0,)]
        assert "请重新申请加入" in scene.told(COMMITTEE)
        scene.prints_nobody()


async def test_kill_nine_in_freezing_and_a_platform_that_lies_of_it(tmp_path: Path) -> None:
    async with a_school(tmp_path, "eight-rules", "emergency", dies=True) as scene:
        qq = scene.qq
        deaths = (
            "freeze:called:after",  # Within the transaction: nothing of it is there.
            "whole-mute:called:before",
            "whole-mute:called:after",
        )
        for death in deaths:
            scene.arm(death)
            await qq.speak(GROUP, HEAD, "/冻结 有人发不当内容")
            await scene.dies()
            await scene.later(6 * 60)
            if death.startswith("freeze"):
                assert not scene.closed
                assert scene.requests("emergency") == []
                await scene.say(HEAD, "/冻结 有人发不当内容")
            assert scene.closed, death
            scene.arm(death.replace("freeze", "unfreeze"))
            await qq.speak(GROUP, HEAD, "/解冻")
            await scene.dies()
            await scene.later(6 * 60)
            if death.startswith("freeze"):
                assert scene.closed
                await scene.whisper(HEAD, "解冻 1")
            assert not scene.closed, death
            assert scene.requests("emergency")[-1][1] == "closed"
        assert scene.told(LEADER).count("） 冻结了本群") <= len(deaths)

        # Ok, and nothing done: it is found out. Failed, and done: it is not done again.
        for lie in (LIES_DONE, LIES_FAILED):
            qq.behave("set_group_whole_ban", lie, nth=1)
            said = await scene.whisper(HEAD, "冻结 1")
            assert ("还没有开启" in said) is (lie is LIES_DONE)
            assert scene.closed is (lie is LIES_FAILED)
            await scene.later(2 * 60)
            assert scene.closed
            # It stays so over a restart, and the leaders hear of it again and again.
            before = len(qq.whispered(LEADER))
            if lie is LIES_DONE:
                await scene.restart()
            await scene.later(6 * 60)
            assert scene.closed
            assert "【紧急】" in scene.told(LEADER, before)
            qq.behave("set_group_whole_ban", lie, nth=1)
            said = await scene.whisper(HEAD, "解冻 1")
            # What is read may be old: to open a group is tried again rather than believed.
            assert "还没能解除" in said
            await scene.later(2 * 60)
            assert not scene.closed
        scene.prints_nobody("不当内容")


async def test_kill_nine_in_reports_escalations_clearing_and_sealing(tmp_path: Path) -> None:
    async with a_school(tmp_path, "committee-hours", "appeals", "reports", dies=True) as scene:
        qq = scene.qq

        # A report that is confirmed: the message goes once, one case, and the reporter hears of it once.
        for death in ("withdraw:requested:after", "withdraw:attempting:after"):
            message = await scene.say(OTHER, "今天的作业真多")
            await scene.reports(PARENT, message, "/举报 影响不好")
            report = item_in([t for t in qq.whispered(HEAD) if "有成员举报" in t][-1], "确认")
            before = len(qq.whispered(PARENT))
            scene.arm(death)
            await qq.whisper(HEAD, f"确认 {report} 请注意影响")
            await scene.dies()
            await scene.settled()
            assert message not in qq.messages, death
            assert scene.requests("report")[-1][1] == "confirmed"
            assert scene.told(PARENT, before).count("已经处理") == 1, death
        assert [one[1:] for one in scene.cases()] == [("warn", "active")] * 2

        # What is passed up at its deadline arrives once.
        case = scene.cases()[-1][0]
        assert "已上报班主任" in await scene.whisper(TEACHER, f"上报 1-{case} 情况严重")
        for number, death in enumerate(("pass-up:called:after", "whisper:requested:after")):
            scene.arm(death)
            with suppress(OSError):
                await scene.later((1, 3)[number] * DAY + HOUR)
            await scene.dies()
            await scene.later(2 * 60)
            who = (LEADER, OPERATOR)[number]
            assert len([t for t in qq.whispered(who) if "案件" in t]) == 1, death
            assert scene.requests("escalation")[0][1:] == ("open", 2 + number)

        # What is kept for long enough is cleared whole; a case that is appealed waits.
        assert "已收到您的申诉" in await scene.whisper(OTHER, f"申诉 1-{case} 只是说作业多")
        cleared = "SELECT count(*) FROM audit_entry WHERE kind = 'cleared'"
        [(before,)] = scene.rows(cleared)
        scene.arm("clear:called:after")
        with suppress(OSError):
            await scene.later(200 * DAY)
        await scene.dies()
        await scene.later(2 * 60)
        left = 'SELECT c.number FROM "case" c JOIN account a ON a.id = c.account_id WHERE a.user_id = ?'
        assert scene.rows(left, str(OTHER)) == [(case,)]
        assert scene.rows(cleared) == [(before + 1,)]
        assert scene.rows("SELECT count(*) FROM evidence WHERE value <> ''") == [(1,)]

        # The audit log's chain is whole, wherever its sealing was interrupted.
        for death in ("seal:called:after", "sealed:called:after"):
            await scene.order(TEACHER, "/warn", FOURTH, "请注意")
            scene.arm(death)
            with suppress(OSError):
                await scene.later(2 * 60)
            await scene.dies()
        code, printed = await scene.qungui("audit")
        assert code == 0, printed
        code, printed = await scene.qungui("case", f"1-{scene.cases()[-1][0]}")
        assert code == 0, printed
        assert "请注意" in printed
        scene.prints_nobody("今天的作业真多", "影响不好", "情况严重")
