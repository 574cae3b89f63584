"""Due process over the line: whatever is decided is decided once, by somebody who may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .school import (
    AD,
    COMMITTEE,
    DAY,
    FOURTH,
    GROUP,
    HEAD,
    HOUR,
    INSULT,
    LEADER,
    OPERATOR,
    OTHER,
    PARENT,
    TEACHER,
    THIRD,
    Scene,
    a_school,
    item_in,
    of_group,
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
        assert len([one for one in qq.whispered(FOURTH) if "有了答复" in one]) == 1
        scene.prints_nobody()
