"""One message end to end: judged, carried out, recorded, explained, answerable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.fakeqq import (
    BOT,
    GROUP,
    HEAD_TEACHER,
    PARENTS,
    TEACHER,
    FakeQQ,
    mention,
    quote,
    text,
)

from .conftest import choose, gone

if TYPE_CHECKING:
    from .launcher import BotProcess

INSULT = "你就是个傻逼"
AD = "暑假一对一辅导，名师小班，限时优惠，加微信abc12345"
PARENT, OTHER = PARENTS[0], PARENTS[1]
ACTS = ("delete_msg", "set_group_ban", "set_group_kick", "send_private_msg")


def acted(qq: FakeQQ) -> list[str]:
    """What the bot did to people, in order."""
    return [call.action for call in qq.received if call.action in ACTS]


def number(said: str) -> str:
    """The first #number in a text."""
    return said.split("#", 1)[1].split("）", 1)[0].split(" ", 1)[0].split("：", 1)[0].rstrip("。，")


async def test_nothing_acts_before_a_pack_is_chosen(qq: FakeQQ, bot: BotProcess) -> None:
    await qq.speak(GROUP, PARENT, INSULT)
    await bot.idle()
    assert acted(qq) == []


async def test_choosing_a_pack_says_in_three_lines_what_runs_and_what_is_kept(qq: FakeQQ) -> None:
    await choose(qq)
    answer = qq.said(GROUP)[-1]
    assert len(answer.splitlines()) == 3
    assert "内容过滤" in answer
    assert "防刷屏" in answer
    assert "不保存" in answer


@pytest.mark.parametrize("user", [PARENT, TEACHER])
async def test_only_owner_head_teacher_or_superuser_choose(
    qq: FakeQQ, bot: BotProcess, user: int
) -> None:
    await qq.speak(GROUP, user, "/policy use text-only-parents")
    await qq.says(GROUP, "班主任、群主或学校管理员")
    await qq.speak(GROUP, PARENT, INSULT)
    await bot.idle()
    assert acted(qq) == []


async def test_clean_messages_are_left_alone(school: FakeQQ, bot: BotProcess) -> None:
    for user, words in [(PARENT, "收到，谢谢老师"), (OTHER, "明天几点放学？"), (PARENT, "好的")]:
        await school.speak(GROUP, user, words)
    await bot.idle()
    assert acted(school) == []


async def test_an_insult_is_withdrawn_and_removal_proposed(school: FakeQQ, bot: BotProcess) -> None:
    message = await school.speak(GROUP, PARENT, INSULT)
    told = await school.whispers(PARENT, "二.1")
    assert "申诉" in told
    assert "傻逼" not in told
    proposal = await school.whispers(HEAD_TEACHER, "是否移出")
    await bot.idle()
    assert message in gone(school)
    assert school.muted(GROUP, PARENT)
    assert PARENT in school.groups[GROUP].members
    # Nobody is removed until a person confirms.
    await school.speak(GROUP, TEACHER, f"确认 {number(proposal)}")
    await school.calls("set_group_kick")
    await school.says(GROUP, "正在执行")
    await bot.idle()
    assert PARENT not in school.groups[GROUP].members


async def test_a_refused_proposal_lifts_the_mute(school: FakeQQ, bot: BotProcess) -> None:
    await school.speak(GROUP, PARENT, INSULT)
    proposal = await school.whispers(HEAD_TEACHER, "是否移出")
    await bot.idle()
    assert school.muted(GROUP, PARENT)
    await school.speak(GROUP, HEAD_TEACHER, f"/refuse {number(proposal)} 是引用")
    await school.says(GROUP, "已驳回")
    await bot.idle()
    assert not school.muted(GROUP, PARENT)
    assert not [call for call in school.received if call.action == "set_group_kick"]


async def test_a_proposal_lapses_and_nobody_stays_muted(school: FakeQQ, bot: BotProcess) -> None:
    await school.speak(GROUP, PARENT, INSULT)
    await school.whispers(HEAD_TEACHER, "是否移出")
    await bot.idle()
    await bot.clock(advance=72 * 3600 - 120)
    assert school.muted(GROUP, PARENT)
    await bot.clock(advance=240)
    assert not school.muted(GROUP, PARENT)
    await school.whispers(HEAD_TEACHER, "已作罢")
    assert PARENT in school.groups[GROUP].members


async def test_flooding_is_warned_first_and_removal_proposed_second(
    school: FakeQQ, bot: BotProcess
) -> None:
    first = [await school.speak(GROUP, PARENT, "今天作业是什么") for _ in range(3)]
    await school.whispers(PARENT, "警告")
    await bot.idle()
    assert [m in gone(school) for m in first] == [False, False, True]
    assert not school.muted(GROUP, PARENT)
    # One case covers a burst; what comes later is another.
    await bot.clock(advance=300)
    for _ in range(3):
        await school.speak(GROUP, PARENT, "老师在吗")
    await school.whispers(HEAD_TEACHER, "是否移出")


async def test_what_goes_on_in_one_run_is_one_case(school: FakeQQ, bot: BotProcess) -> None:
    sent = [await school.speak(GROUP, PARENT, "在吗") for _ in range(6)]
    await bot.idle()
    assert [m in gone(school) for m in sent] == [False, False, True, True, True, True]
    assert len(school.whispered(PARENT)) == 1
    assert not school.muted(GROUP, PARENT)


async def test_somebody_elses_message_is_no_break_of_a_run(school: FakeQQ, bot: BotProcess) -> None:
    for _ in range(3):
        await school.speak(GROUP, PARENT, "在吗")
        await school.speak(GROUP, OTHER, "有事请私聊")
        await bot.clock(advance=90)
    assert school.whispered(PARENT)


async def test_a_teacher_gets_a_private_word_instead(school: FakeQQ, bot: BotProcess) -> None:
    message = await school.speak(GROUP, TEACHER, INSULT)
    told = await school.whispers(TEACHER, "悄悄")
    await bot.idle()
    assert "傻逼" not in told
    assert message not in gone(school)
    assert not school.muted(GROUP, TEACHER)
    assert not school.whispered(HEAD_TEACHER)


async def test_observe_mode_records_and_touches_nobody(school: FakeQQ, bot: BotProcess) -> None:
    await school.speak(GROUP, HEAD_TEACHER, "/policy mode observe")
    await school.says(GROUP, "只观察")
    await school.speak(GROUP, PARENT, INSULT)
    await bot.idle()
    assert acted(school) == []
    await school.speak(GROUP, HEAD_TEACHER, "/case 1")
    assert "只观察" in await school.whispers(HEAD_TEACHER, "案件 #1")
    # It never counts: the next one is the first.
    await school.speak(GROUP, HEAD_TEACHER, "/policy mode enforce")
    await school.says(GROUP, "开始执行制度")
    await school.speak(GROUP, PARENT, AD)
    assert "警告" in await school.whispers(PARENT, "三.2")


async def test_nobody_unreachable_is_shamed_and_nothing_is_lost(
    school: FakeQQ, bot: BotProcess
) -> None:
    school.strangers_refused = True
    await school.speak(GROUP, PARENT, AD)
    line = await school.says(GROUP, "私聊我发送 我的记录")
    assert "广告" not in line
    assert "三.2" not in line
    await bot.idle()
    school.friends.add(PARENT)
    await school.whisper(PARENT, "我的记录")
    assert "三.2" in await school.whispers(PARENT, "案件 #")
    await school.whispers(PARENT, "记录，计入")


async def test_a_person_is_told_of_a_clause_once_in_ten_minutes(
    school: FakeQQ, bot: BotProcess
) -> None:
    await school.speak(GROUP, HEAD_TEACHER, "/policy set 三.2 ladder 二")
    await bot.idle()
    for words in (AD, AD + "二", AD + "三"):
        await school.speak(GROUP, PARENT, words)
        await bot.idle()
        await school.speak(GROUP, HEAD_TEACHER, [text("/unmute "), mention(PARENT)])
        await bot.idle()
    told = [t for t in school.whispered(PARENT) if "三.2" in t]
    assert len(told) == 1
    await bot.clock(advance=11 * 60)
    summed = [t for t in school.whispered(PARENT) if "另有" in t]
    assert len(summed) == 1


async def test_an_appeal_is_decided_by_somebody_else_and_undoes_the_case(
    school: FakeQQ, bot: BotProcess
) -> None:
    await school.speak(GROUP, TEACHER, [text("/mute "), mention(PARENT), text(" 1h 吵架")])
    await school.says(GROUP, "已禁言 1 小时")
    told = await school.whispers(PARENT, "申诉 ")
    item = told.split("申诉 ")[1].split(" ")[0]
    await school.whisper(PARENT, f"申诉 {item} 我没有吵架", via_group=GROUP)
    await school.whispers(PARENT, "已收到您的申诉")
    opened = await school.whispers(HEAD_TEACHER, "提出申诉")
    appeal = number(opened)
    await school.speak(GROUP, TEACHER, f"/review {appeal} uphold 不行")
    await school.says(GROUP, "由别人来做")
    await bot.idle()
    assert school.muted(GROUP, PARENT)
    await school.speak(GROUP, HEAD_TEACHER, f"/review {appeal} revoke 核实过了，是误会")
    await school.says(GROUP, "已复核")
    await school.whispers(PARENT, "是误会")
    await bot.idle()
    assert not school.muted(GROUP, PARENT)
    await school.whisper(PARENT, "我的记录", via_group=GROUP)
    assert "已撤销" in await school.whispers(PARENT, "计入 0")


async def test_pardon_lifts_what_runs_and_takes_the_weight_back(
    school: FakeQQ, bot: BotProcess
) -> None:
    await school.speak(GROUP, PARENT, INSULT)
    await school.whispers(HEAD_TEACHER, "是否移出")
    await bot.idle()
    await school.speak(GROUP, HEAD_TEACHER, "/pardon 1 误判")
    await school.says(GROUP, "已撤销")
    await bot.idle()
    assert not school.muted(GROUP, PARENT)
    await school.speak(GROUP, HEAD_TEACHER, "/todo")
    await school.whispers(HEAD_TEACHER, "没有等您处理的事")


async def test_the_brake_stops_a_misfire(school: FakeQQ, bot: BotProcess) -> None:
    for user in PARENTS:
        await school.speak(GROUP, user, AD)
    await school.whispers(HEAD_TEACHER, "只观察")
    await bot.idle()
    assert (
        len(
            {
                call.params["user_id"]
                for call in school.received
                if call.action == "send_private_msg"
            }
            & set(map(int, PARENTS))
        )
        <= 5
    )
    await school.speak(GROUP, HEAD_TEACHER, "/policy show")
    assert "只观察" in await school.says(GROUP, "（text-only-parents）")


async def test_two_people_for_a_removal_where_the_pack_asks_for_it(
    school: FakeQQ, bot: BotProcess
) -> None:
    await school.speak(GROUP, PARENT, INSULT)
    proposal = await school.whispers(HEAD_TEACHER, "是否移出")
    await bot.idle()
    # The person concerned and the bot have no say; a parent has no right.
    await school.speak(GROUP, OTHER, f"确认 {number(proposal)}")
    await school.says(GROUP, "老师和值日班委")
    assert PARENT in school.groups[GROUP].members


async def test_a_command_is_withdrawn_by_reply(school: FakeQQ, bot: BotProcess) -> None:
    message = await school.speak(GROUP, PARENT, "这条不合适")
    await school.speak(GROUP, TEACHER, [quote(message), text("/recall")])
    await school.says(GROUP, "已撤回")
    assert message in gone(school)


async def test_everything_is_there_after_a_restart(school: FakeQQ, bot: BotProcess) -> None:
    await school.speak(GROUP, PARENT, AD)
    await school.whispers(PARENT, "警告")
    await bot.idle()
    await school.disconnect()
    # uvicorn ends by the signal it was sent, after an orderly shutdown.
    assert await bot.stop() in (0, -15)
    await bot.restart()
    await school.connect()
    await school.speak(GROUP, PARENT, AD + "再发")
    await school.whispers(HEAD_TEACHER, "是否移出")


async def test_the_log_has_no_words_and_no_names(school: FakeQQ, bot: BotProcess) -> None:
    await school.speak(GROUP, PARENT, INSULT)
    await school.whispers(PARENT, "二.1")
    await school.speak(GROUP, OTHER, "今天的作业写完了吗同学们")
    await bot.idle()
    assert "傻逼" not in bot.output
    assert "作业写完" not in bot.output
    card = school.member(GROUP, PARENT).card
    assert card not in bot.output


async def test_the_bot_never_judges_itself(school: FakeQQ, bot: BotProcess) -> None:
    event = school.message_event(GROUP, PARENT, INSULT)
    await school.send_raw({**event, "user_id": BOT, "message_id": 77})
    await school.send_raw({**event, "post_type": "message_sent", "message_id": 78})
    await bot.idle()
    assert acted(school) == []
