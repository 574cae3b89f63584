"""Due process: nobody is muted, removed, named or judged by mistake, by the wrong person or twice."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from sandbox.fakeqq import (
    BOT,
    DROPS_BEFORE,
    GROUP,
    HEAD_TEACHER,
    HELD,
    LIES_DONE,
    PARENTS,
    STRANGER,
    TEACHER,
    TIMED_OUT,
    FakeQQ,
    Member,
    Mode,
    class_group,
    fails,
    mention,
    quote,
    text,
)
from tests.stores import an_address, needs_postgres

from .conftest import choose, gone
from .launcher import TOKEN, BotProcess

if TYPE_CHECKING:
    from pathlib import Path

INSULT = "你就是个傻逼"
AD = "暑假一对一辅导，名师小班，限时优惠，加微信abc12345"
PARENT, OTHER, COMMITTEE = PARENTS[0], PARENTS[1], PARENTS[2]
PATIENCE = 60.0
"""Seconds after which an act was looked at for the last time."""
SECOND = 700002
"""Another class of the same school."""


def order(command: str, who: int, rest: str = "") -> list[dict[str, Any]]:
    return [text(f"{command} "), mention(who), text(f" {rest}")]


def to_people(qq: FakeQQ) -> list[str]:
    """All that the bot said to anybody."""
    return [m.text for m in qq.messages.values() if m.user_id == BOT]


async def second_class(qq: FakeQQ) -> None:
    """A second group with the same teachers and a pack in force."""
    qq.add_group(
        SECOND,
        "三年级三班家长群",
        [
            Member(HEAD_TEACHER, "秋水", "班主任孙老师", role="owner"),
            Member(TEACHER, "晨曦", "数学何老师", role="admin"),
            Member(BOT, "群规助手", "群规助手", role="admin"),
            Member(OTHER, "网友102", "李想爸爸"),
        ],
    )
    await qq.speak(SECOND, HEAD_TEACHER, "/policy use text-only-parents")
    await qq.says(SECOND, "本群开始执行")


async def give_role(qq: FakeQQ, who: int, role: str) -> None:
    before = len(qq.said(GROUP))
    await qq.speak(GROUP, HEAD_TEACHER, order("/role", who, role))
    await qq.says(GROUP, "已设为", after=before)


# Nobody stays muted, nobody is removed, after a person said no ----------------------------------------


@pytest.mark.parametrize("ended_by", ["/unmute", "/pardon", "/refuse"])
async def test_a_mute_that_is_lifted_does_not_come_back(
    school: FakeQQ, bot: BotProcess, ended_by: str
) -> None:
    # The platform said ok and did nothing, so the mute would be tried again in a moment.
    school.behave("set_group_ban", LIES_DONE, nth=1)
    await school.speak(GROUP, PARENT, INSULT)
    await school.whispers(HEAD_TEACHER, "是否移出")
    await bot.idle()
    words = order("/unmute", PARENT) if ended_by == "/unmute" else f"{ended_by} 1"
    await school.speak(GROUP, HEAD_TEACHER, words)
    await bot.idle()
    await bot.clock(advance=PATIENCE)
    assert not school.muted(GROUP, PARENT)


async def test_a_replaced_mute_does_not_come_back(school: FakeQQ, bot: BotProcess) -> None:
    school.behave("set_group_ban", LIES_DONE, nth=1)
    await school.speak(GROUP, TEACHER, order("/mute", PARENT, "20h"))
    await school.says(GROUP, "还没有确认")
    await school.speak(GROUP, HEAD_TEACHER, order("/mute", PARENT, "10m"))
    await school.says(GROUP, "已禁言 10 分钟")
    await bot.clock(advance=PATIENCE)
    await bot.clock(advance=11 * 60)
    assert not school.muted(GROUP, PARENT)


async def test_a_removal_that_is_pardoned_is_not_repeated(school: FakeQQ, bot: BotProcess) -> None:
    school.behave("set_group_kick", LIES_DONE, nth=1)
    await school.speak(GROUP, HEAD_TEACHER, order("/kick", PARENT))
    await school.says(GROUP, "还没有确认")
    await school.speak(GROUP, HEAD_TEACHER, "/pardon 1 弄错人了")
    await school.says(GROUP, "已撤销")
    await bot.clock(advance=PATIENCE)
    assert PARENT in school.groups[GROUP].members


async def test_a_pardon_stops_a_removal_that_is_about_to_be_done(
    school: FakeQQ, bot: BotProcess
) -> None:
    # Held: the reading of the member just before the removal (the first is for the rank).
    school.behave("get_group_member_info", HELD, nth=2)
    await school.speak(GROUP, HEAD_TEACHER, order("/kick", PARENT))
    await school.calls("get_group_member_info", n=2)
    await school.speak(GROUP, HEAD_TEACHER, "/pardon 1 弄错人了")
    await school.says(GROUP, "已撤销")
    await school.release()
    await bot.clock(advance=PATIENCE)
    assert PARENT in school.groups[GROUP].members


async def test_a_line_that_drops_while_a_member_is_read_loses_no_mute(
    school: FakeQQ, bot: BotProcess
) -> None:
    school.behave("get_group_member_info", DROPS_BEFORE, nth=1)
    await school.speak(GROUP, PARENT, INSULT)
    await school.calls("get_group_member_info")
    await school.until(lambda: not school.connected)
    await bot.idle()
    await school.connect()
    await bot.clock(advance=PATIENCE)
    assert school.muted(GROUP, PARENT)


async def test_nobody_is_told_of_a_mute_that_was_refused(school: FakeQQ, bot: BotProcess) -> None:
    school.behave("set_group_ban", fails("ERR_NOT_GROUP_ADMIN"))
    await school.speak(GROUP, TEACHER, order("/mute", PARENT, "20h"))
    await school.says(GROUP, "ERR_NOT_GROUP_ADMIN")
    await bot.idle()
    assert not any("禁言 20 小时" in told for told in school.whispered(PARENT))


async def test_an_unmute_that_was_refused_is_done_once_it_can_be(
    school: FakeQQ, bot: BotProcess
) -> None:
    await school.speak(GROUP, PARENT, INSULT)
    await school.whispers(HEAD_TEACHER, "是否移出")
    await bot.idle()
    school.member(GROUP, BOT).role = "member"
    await school.speak(GROUP, HEAD_TEACHER, "/refuse 1")
    await school.says(GROUP, "已驳回")
    await bot.clock(advance=PATIENCE)
    assert school.muted(GROUP, PARENT)
    await school.promote(GROUP, BOT, admin=True)
    await school.disconnect()
    await school.connect()
    await bot.clock(advance=600)
    assert not school.muted(GROUP, PARENT)


async def test_a_pardon_that_cannot_lift_the_mute_says_so(school: FakeQQ, bot: BotProcess) -> None:
    await school.speak(GROUP, TEACHER, order("/mute", PARENT, "20h"))
    await school.says(GROUP, "已禁言")
    school.behave("set_group_ban", fails("ERR_NOT_GROUP_ADMIN"))
    await school.speak(GROUP, HEAD_TEACHER, "/pardon 1")
    await bot.clock(advance=PATIENCE)
    await school.until(lambda: any("ERR_NOT_GROUP_ADMIN" in said for said in to_people(school)))


async def test_an_unmute_that_is_tried_again_is_not_called_a_failure(
    school: FakeQQ, bot: BotProcess
) -> None:
    await school.speak(GROUP, TEACHER, order("/mute", PARENT, "20h"))
    await school.says(GROUP, "已禁言")
    school.behave("set_group_ban", LIES_DONE, nth=1)
    before = len(school.said(GROUP))
    await school.speak(GROUP, TEACHER, order("/unmute", PARENT))
    said = await school.says(GROUP, after=before)
    await bot.clock(advance=PATIENCE)
    assert not school.muted(GROUP, PARENT)
    assert "没有做成" not in said


@pytest.mark.parametrize(
    "kill_at",
    [
        "unmute:requested:after",
        "unmute:attempting:before",
        "unmute:attempting:after",
        "unmute:confirmed:before",
        "unmute:confirmed:after",
    ],
)
async def test_kill_nine_while_a_mute_is_lifted(tmp_path: Path, kill_at: str) -> None:
    bot = BotProcess(tmp_path, forked=True)
    try:
        await bot.start(kill_at)
        qq = class_group(bot.url, TOKEN, now=lambda: bot.now, details=lambda: bot.output[-4000:])
        await qq.connect()
        await choose(qq)
        await qq.speak(GROUP, PARENT, INSULT)
        await qq.whispers(HEAD_TEACHER, "是否移出")
        await qq.speak(GROUP, HEAD_TEACHER, "/refuse 2")
        assert await bot.ended() == -9
        await bot.restart()
        bot.before_clock.append(qq.flush)
        await qq.connect()
        await bot.clock(advance=PATIENCE)
        assert not qq.muted(GROUP, PARENT)
        await qq.disconnect()
    finally:
        await bot.kill9()


async def test_a_mute_of_one_minute_is_a_mute(tmp_path: Path) -> None:
    bot = BotProcess(tmp_path, driven=False, forked=True)
    try:
        await bot.start()
        qq = class_group(bot.url, TOKEN, now=time.time, details=lambda: bot.output[-4000:])
        await qq.connect()
        await qq.speak(GROUP, TEACHER, order("/mute", PARENT, "1m"))
        await qq.says(GROUP, "案件 #1")
        assert qq.muted(GROUP, PARENT)
        await qq.disconnect()
    finally:
        await bot.kill9()


async def test_every_order_is_answered(school: FakeQQ, bot: BotProcess) -> None:
    school.behave("set_group_ban", HELD, nth=1)
    await school.speak(GROUP, TEACHER, order("/mute", PARENT, "20h"))
    await school.calls("set_group_ban")
    # The second waits behind the first, and is taken back before its turn.
    await school.speak(GROUP, TEACHER, order("/mute", OTHER, "20h"))
    await school.speak(GROUP, TEACHER, order("/unmute", OTHER))
    await school.speak(GROUP, TEACHER, order("/warn", COMMITTEE))
    await school.says(GROUP, "已警告（案件 #3）")
    await school.release()
    await school.says(GROUP, "已解除禁言")
    assert not school.muted(GROUP, OTHER)
    await school.says(GROUP, "#2")


async def test_an_old_insult_mutes_nobody(school: FakeQQ, bot: BotProcess) -> None:
    event = school.message_event(GROUP, PARENT, INSULT)
    await school.send_raw({**event, "time": int(bot.now) - 3600})
    await school.whispers(PARENT, "二.1")
    await school.whispers(HEAD_TEACHER, "是否移出")
    await bot.idle()
    assert not school.muted(GROUP, PARENT)
    assert not any("最迟到 。" in told for told in school.whispered(PARENT))


async def test_a_refusal_lifts_the_mute_whichever_message_set_it(
    school: FakeQQ, bot: BotProcess
) -> None:
    first, second = (school.message_event(GROUP, PARENT, INSULT) for _ in range(2))
    await school.send_raw(first)
    await bot.idle()
    await bot.clock(advance=5)
    await school.send_raw({**second, "time": int(bot.now)})
    await bot.idle()
    proposal = await school.whispers(HEAD_TEACHER, "是否移出")
    number = proposal.split("#", 1)[1].split("：", 1)[0]
    await school.speak(GROUP, HEAD_TEACHER, f"/refuse {number}")
    await school.says(GROUP, "已驳回")
    await bot.idle()
    assert not school.muted(GROUP, PARENT)


async def test_a_flood_that_goes_on_after_the_warning_is_a_second_violation(
    school: FakeQQ, bot: BotProcess
) -> None:
    for _ in range(3):
        await school.speak(GROUP, PARENT, "老师在吗")
    await school.whispers(PARENT, "警告")
    for _ in range(15):
        await bot.clock(advance=60)
        if school.muted(GROUP, PARENT):
            break
        await school.speak(GROUP, PARENT, "老师在吗")
        await bot.idle()
    await school.whispers(HEAD_TEACHER, "是否移出")


# Who may, and on whom ---------------------------------------------------------------------------------


async def test_whose_rank_cannot_be_read_is_left_alone(school: FakeQQ, bot: BotProcess) -> None:
    await give_role(school, COMMITTEE, "班委")
    school.behave("get_group_member_info", fails(TIMED_OUT))
    await school.speak(GROUP, COMMITTEE, order("/warn", TEACHER, "请注意"))
    await bot.idle()
    assert not any("已警告" in said for said in school.said(GROUP))
    assert not school.whispered(TEACHER)


@pytest.mark.parametrize("command", ["/warn", "/mute", "/kick"])
@pytest.mark.parametrize("by_mention", [True, False])
async def test_nothing_is_done_to_somebody_who_is_not_in_the_group(
    school: FakeQQ, bot: BotProcess, command: str, by_mention: bool
) -> None:
    stranger = STRANGER if by_mention else 5_550_555
    school.people[stranger] = "路人"
    school.friends.add(stranger)
    words = order(command, stranger) if by_mention else f"{command} {stranger}"
    await school.speak(GROUP, TEACHER, words)
    said = await school.says(GROUP, after=1)
    await bot.idle()
    assert not any(done in said for done in ("已警告", "已禁言", "已移出"))
    assert not school.whispered(stranger)
    await school.speak(GROUP, TEACHER, "/case 1")
    await school.until(lambda: any("没有编号为 #1" in s for s in to_people(school)))


async def test_an_item_of_another_group_is_not_taken_for_one_of_this(
    school: FakeQQ, bot: BotProcess
) -> None:
    await second_class(school)
    await school.speak(GROUP, PARENT, INSULT)
    await school.whispers(HEAD_TEACHER, "确认 1-2")
    await school.speak(SECOND, OTHER, INSULT)
    await school.whispers(HEAD_TEACHER, "确认 2-2")
    await school.speak(SECOND, HEAD_TEACHER, "确认 1-2")
    await bot.idle()
    assert OTHER in school.groups[SECOND].members


async def test_a_message_of_another_group_is_not_withdrawn_by_reply(
    school: FakeQQ, bot: BotProcess
) -> None:
    await second_class(school)
    message = await school.speak(GROUP, PARENT, "明天带水彩笔")
    await school.speak(SECOND, TEACHER, [quote(message), text("/recall")])
    await bot.idle()
    assert message not in gone(school)


async def test_who_is_named_is_meant_and_not_who_is_replied_to(
    school: FakeQQ, bot: BotProcess
) -> None:
    message = await school.speak(GROUP, PARENT, "他又在吵")
    # QQ itself mentions the author of the message that is replied to, before what is typed.
    words = [quote(message), mention(PARENT), text(" /mute "), mention(OTHER), text(" 10m")]
    await school.speak(GROUP, TEACHER, words)
    await school.says(GROUP, after=1)
    await bot.idle()
    assert not school.muted(GROUP, PARENT)


async def test_a_mention_in_the_wrong_place_mutes_nobody_else(
    school: FakeQQ, bot: BotProcess
) -> None:
    message = await school.speak(GROUP, PARENT, "他又在吵")
    await school.speak(GROUP, TEACHER, [quote(message), text("/mute 10m "), mention(OTHER)])
    await school.says(GROUP, after=1)
    await bot.idle()
    assert not school.muted(GROUP, PARENT)


async def test_two_mentions_are_not_half_done(school: FakeQQ, bot: BotProcess) -> None:
    words = [text("/mute "), mention(PARENT), text(" "), mention(OTHER), text(" 20h")]
    await school.speak(GROUP, TEACHER, words)
    await school.says(GROUP, after=1)
    await bot.idle()
    assert school.muted(GROUP, PARENT) == school.muted(GROUP, OTHER)


async def test_a_name_may_have_a_space(school: FakeQQ, bot: BotProcess) -> None:
    school.groups[GROUP].members[201] = Member(201, "网友201", "钱一 妈妈")
    await school.speak(GROUP, TEACHER, "/mute 钱一 妈妈 1h 吵架")
    await school.says(GROUP, "1 小时")
    await bot.idle()
    assert school.muted(GROUP, 201)


async def test_a_name_may_be_digits(school: FakeQQ, bot: BotProcess) -> None:
    school.groups[GROUP].members[202] = Member(202, "网友202", "20260317")
    school.people[202] = "网友202"
    await school.speak(GROUP, TEACHER, "/warn 20260317 请注意")
    await school.whispers(202, "警告")


async def test_part_of_a_name_removes_nobody(school: FakeQQ, bot: BotProcess) -> None:
    await school.speak(GROUP, HEAD_TEACHER, "/kick 爷")
    await school.says(GROUP, after=1)
    await bot.idle()
    assert set(PARENTS) <= school.groups[GROUP].members.keys()


async def test_a_role_ends_for_commands_with_being_in_the_group(
    school: FakeQQ, bot: BotProcess
) -> None:
    await give_role(school, COMMITTEE, "班委")
    await school.speak(GROUP, PARENT, AD)
    await school.whispers(PARENT, "三.2")
    await school.admin_removes(GROUP, HEAD_TEACHER, COMMITTEE)
    school.friends.add(COMMITTEE)
    await school.whisper(COMMITTEE, "案件 1-1")
    told = await school.whispers(COMMITTEE)
    assert str(PARENT) not in told


async def test_the_policy_is_shown_to_whom_it_belongs(school: FakeQQ, bot: BotProcess) -> None:
    await school.speak(GROUP, HEAD_TEACHER, "/policy set 二.1 terms 丑八怪")
    await school.says(GROUP, "已保存")
    before = len(school.said(GROUP))
    await school.speak(GROUP, PARENT, "/policy show")
    said = await school.says(GROUP, after=before)
    assert "班主任、群主或学校管理员" in said
    assert "丑八怪" not in said


async def test_an_admin_of_the_platform_finds_what_waits_after_a_restart(
    school: FakeQQ, bot: BotProcess
) -> None:
    await school.speak(GROUP, PARENT, INSULT)
    await school.whispers(TEACHER, "是否移出")
    await bot.idle()
    await school.disconnect()
    await bot.restart()
    await school.connect()
    before = len(school.whispered(TEACHER))
    await school.whisper(TEACHER, "待办", via_group=GROUP)
    assert "1-2" in await school.whispers(TEACHER, after=before)


# What is said, to whom, how often ---------------------------------------------------------------------


@pytest.mark.parametrize("words", ["/rules 傻逼", "/help 傻逼", "/record 傻逼", "/申诉 傻逼"])
async def test_the_bot_cannot_be_made_to_say_it(
    school: FakeQQ, bot: BotProcess, words: str
) -> None:
    await school.speak(GROUP, PARENT, words)
    await bot.idle()
    assert not any("傻逼" in said for said in to_people(school))


async def test_observe_mode_touches_no_message_of_an_incident_either(
    school: FakeQQ, bot: BotProcess
) -> None:
    for _ in range(3):
        await school.speak(GROUP, PARENT, "老师在吗")
    await school.whispers(PARENT, "警告")
    await school.speak(GROUP, HEAD_TEACHER, "/policy mode observe")
    await school.says(GROUP, "转为只观察")
    message = await school.speak(GROUP, PARENT, "老师在吗")
    await bot.idle()
    assert message not in gone(school)


async def test_the_brake_holds_over_a_restart(school: FakeQQ, bot: BotProcess) -> None:
    for user in PARENTS[:6]:
        await school.speak(GROUP, user, AD)
    await school.whispers(HEAD_TEACHER, "只观察")
    await bot.idle()
    await school.disconnect()
    await bot.restart()
    await school.connect()
    message = await school.speak(GROUP, PARENTS[7], INSULT)
    await bot.idle()
    assert message not in gone(school)
    assert not school.muted(GROUP, PARENTS[7])
    assert not school.whispered(PARENTS[7])


async def test_observe_mode_touches_nothing_while_the_store_is_down(
    school: FakeQQ, bot: BotProcess
) -> None:
    await school.speak(GROUP, HEAD_TEACHER, "/policy mode observe")
    await school.says(GROUP, "转为只观察")
    await bot.idle()
    with sqlite3.connect(bot.home / "qungui.db", isolation_level=None) as lock:
        lock.execute("BEGIN IMMEDIATE")
        message = await school.speak(GROUP, PARENT, INSULT)
        await bot.idle()
        lock.execute("ROLLBACK")
    lock.close()
    assert message not in gone(school)


async def test_who_was_removed_is_not_called_in_the_group(school: FakeQQ, bot: BotProcess) -> None:
    school.strangers_refused = True
    await school.speak(GROUP, HEAD_TEACHER, order("/kick", PARENT))
    await school.says(GROUP, "已移出")
    await bot.idle()
    called = [m for m in school.messages.values() if m.group_id == GROUP and m.user_id == BOT]
    assert not any(str(PARENT) in m.mentions for m in called)


async def test_what_is_summed_up_says_what_holds_now(school: FakeQQ, bot: BotProcess) -> None:
    await school.speak(GROUP, PARENT, AD)
    await school.whispers(PARENT, "警告")
    await bot.clock(advance=60)
    await school.speak(GROUP, PARENT, AD + "二")
    await bot.idle()
    assert school.muted(GROUP, PARENT)
    await bot.clock(advance=11 * 60)
    # Somebody who is muted for three days is told that it is so, and until when.
    told = [t for t in school.whispered(PARENT) if "三.2" in t][1:]
    assert any("移出" in t and "11月6日" in t for t in told)


async def test_what_was_pardoned_is_not_summed_up(school: FakeQQ, bot: BotProcess) -> None:
    await school.speak(GROUP, PARENT, AD)
    await school.whispers(PARENT, "警告")
    await school.speak(GROUP, PARENT, AD + "二")
    await bot.idle()
    await school.speak(GROUP, HEAD_TEACHER, "/pardon 2 误判")
    await school.whispers(PARENT, "案件 #2 已撤销")
    await bot.clock(advance=11 * 60)
    assert not any("另有" in told for told in school.whispered(PARENT))


async def test_a_pardon_ends_the_appeal_too(school: FakeQQ, bot: BotProcess) -> None:
    await school.speak(GROUP, PARENT, AD)
    told = await school.whispers(PARENT, "申诉 ")
    item = told.split("申诉 ")[1].split(" ")[0]
    await school.whisper(PARENT, f"申诉 {item} 我发的是班级通知", via_group=GROUP)
    await school.whispers(PARENT, "已收到您的申诉")
    await school.speak(GROUP, HEAD_TEACHER, "/pardon 1 误判")
    await school.whispers(PARENT, "案件 #1 已撤销")
    await school.speak(GROUP, TEACHER, "/review 2 uphold 不行")
    await bot.idle()
    assert not any("维持" in t for t in school.whispered(PARENT))


async def test_an_appeal_reaches_somebody_who_may_decide_it(
    school: FakeQQ, bot: BotProcess
) -> None:
    await give_role(school, TEACHER, "老师")
    await school.speak(GROUP, TEACHER, order("/mute", PARENT, "1h 吵架"))
    told = await school.whispers(PARENT, "申诉 ")
    item = told.split("申诉 ")[1].split(" ")[0]
    await school.whisper(PARENT, f"申诉 {item} 我没有吵架", via_group=GROUP)
    await school.whispers(HEAD_TEACHER, "提出申诉")


@pytest.mark.parametrize(
    ("asked", "answer", "done"),
    [("/todo", "驳回 {}", "已驳回"), ("/review", "复核 {} 撤销 核实过了，是误会", "已复核")],
)
async def test_numbers_that_are_told_in_private_work_in_private(
    school: FakeQQ, bot: BotProcess, asked: str, answer: str, done: str
) -> None:
    await school.speak(GROUP, PARENT, INSULT)
    await school.whispers(HEAD_TEACHER, "是否移出")
    if asked == "/review":
        await school.whisper(PARENT, "申诉 1-1 是引用", via_group=GROUP)
        await school.whispers(PARENT, "已收到您的申诉")
    await bot.idle()
    before = len(school.whispered(HEAD_TEACHER))
    await school.speak(GROUP, HEAD_TEACHER, asked)
    told = await school.whispers(HEAD_TEACHER, after=before)
    number = told.splitlines()[1].split(" ")[0]
    await school.whisper(HEAD_TEACHER, answer.format(number))
    await school.whispers(HEAD_TEACHER, done)


async def test_the_record_names_no_case_that_was_only_observed(
    school: FakeQQ, bot: BotProcess
) -> None:
    await school.speak(GROUP, PARENT, AD)
    await school.whispers(PARENT, "三.2")
    await school.speak(GROUP, HEAD_TEACHER, "/policy mode observe")
    await school.says(GROUP, "转为只观察")
    await school.speak(GROUP, PARENT, INSULT)
    await bot.idle()
    await school.whisper(PARENT, "我的记录", via_group=GROUP)
    record = await school.whispers(PARENT, "记录，计入")
    assert "1-1" in record
    assert "1-2" not in record


async def test_a_length_reads_as_one(school: FakeQQ, bot: BotProcess) -> None:
    await school.speak(GROUP, HEAD_TEACHER, order("/block", PARENT, "30d"))
    told = await school.whispers(PARENT, "移出本群")
    assert "30 天内不能再加入" in told


async def test_a_space_after_the_prefix_does_no_harm(school: FakeQQ, bot: BotProcess) -> None:
    await school.speak(GROUP, PARENT, "/ rules 三.1")
    await bot.idle()
    said = school.said(GROUP)[1:]
    assert not said or "不恶意刷屏" in said[0]


# Order, several bots, both databases ------------------------------------------------------------------


async def test_no_withdrawal_waits_for_words(tmp_path: Path) -> None:
    slow = {
        "QUNGUI__PACING__ENABLED": "true",
        "QUNGUI__PACING__ACCOUNT": '{"every": 1, "burst": 100}',
        "QUNGUI__PACING__WORDS": '{"every": 60, "burst": 2}',
        "QUNGUI__PACING__GROUP": '{"every": 1, "burst": 100}',
    }
    bot = BotProcess(tmp_path, settings=slow, forked=True)
    try:
        await bot.start()
        qq = class_group(bot.url, TOKEN, now=lambda: bot.now, details=lambda: bot.output[-4000:])
        await qq.connect()
        await choose(qq)
        sent = [await qq.speak(GROUP, user, AD) for user in PARENTS[:3]]
        # The clock stands still: words beyond the second have no turn.
        await qq.until(lambda: set(sent) <= gone(qq))
        await qq.disconnect()
    finally:
        await bot.kill9()


async def test_another_bot_never_withdraws_by_the_ids_of_the_first(
    school: FakeQQ, bot: BotProcess
) -> None:
    school.behave("delete_msg", DROPS_BEFORE, nth=1)
    message = await school.speak(GROUP, PARENT, INSULT)
    await school.until(lambda: not school.connected)
    other = class_group(bot.url, TOKEN, now=lambda: bot.now, details=lambda: bot.output[-4000:])
    member = other.groups[GROUP].members.pop(BOT)
    other.self_id = member.user_id = BOT + 1
    other.groups[GROUP].members[BOT + 1] = member
    other.people[BOT + 1] = "群规助手二"
    bot.before_clock.append(other.flush)
    # Ids of two accounts have nothing to do with each other, and may be equal.
    while message not in other.messages:
        await other.speak(GROUP, OTHER, f"今天的第{len(other.messages)}条通知看到了")
    await other.connect()
    await other.speak(GROUP, OTHER, "大家好")
    await bot.clock(advance=PATIENCE)
    assert not other.withdrawn
    await other.disconnect()


@needs_postgres
async def test_on_postgresql_both_who_agree_at_once_count(tmp_path: Path) -> None:
    async with an_address("postgres") as url:
        bot = BotProcess(tmp_path, database_url=url, forked=True)
        try:
            await bot.start()
            qq = class_group(
                bot.url, TOKEN, now=lambda: bot.now, details=lambda: bot.output[-4000:]
            )
            bot.before_clock.append(qq.flush)
            await qq.connect()
            await choose(qq)
            message = await qq.speak(GROUP, PARENT, INSULT)
            await qq.whispers(HEAD_TEACHER, "确认 1-2")
            await bot.idle()
            assert message in gone(qq)
            assert qq.muted(GROUP, PARENT)
            await give_role(qq, TEACHER, "老师")
            store = await asyncpg.connect(url)
            await store.execute("UPDATE request SET needs = 2")
            await store.close()
            # Both wait for the rank of the person concerned, and go on together.
            reads = len([c for c in qq.received if c.action == "get_group_member_info"])
            qq.behave("get_group_member_info", HELD)
            await qq.whisper(HEAD_TEACHER, "确认 1-2")
            await qq.whisper(TEACHER, "确认 1-2", via_group=GROUP)
            await qq.calls("get_group_member_info", n=reads + 2)
            qq.behave("get_group_member_info", Mode())
            await qq.release()
            await bot.idle()
            assert PARENT not in qq.groups[GROUP].members
            assert len(await qq.calls("set_group_kick")) == 1
            await qq.disconnect()
        finally:
            await bot.kill9()


@needs_postgres
async def test_on_postgresql_a_proposal_is_decided_once(tmp_path: Path) -> None:
    async with an_address("postgres") as url:
        bot = BotProcess(tmp_path, database_url=url, forked=True)
        try:
            await bot.start()
            qq = class_group(
                bot.url, TOKEN, now=lambda: bot.now, details=lambda: bot.output[-4000:]
            )
            bot.before_clock.append(qq.flush)
            await qq.connect()
            await choose(qq)
            for user in PARENTS[:3]:
                await qq.speak(GROUP, user, INSULT)
            await bot.idle()
            for item in ("1-2", "1-4", "1-6"):
                await asyncio.gather(
                    qq.whisper(HEAD_TEACHER, f"确认 {item}"),
                    qq.whisper(TEACHER, f"驳回 {item}", via_group=GROUP),
                    qq.speak(GROUP, HEAD_TEACHER, f"/pardon {item.removeprefix('1-')}"),
                )
            await bot.clock(advance=PATIENCE)
            # Either removed, or still there and free to speak.
            assert not any(
                user in qq.groups[GROUP].members and qq.muted(GROUP, user) for user in PARENTS[:3]
            )
            assert "Traceback" not in bot.output
            await qq.disconnect()
        finally:
            await bot.kill9()
