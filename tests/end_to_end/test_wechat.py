"""A WeChat class group over OneBot 12: judged and answered, and honest about what cannot be done."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sandbox import fakeqq
from sandbox.fakewechat import (
    BOT,
    GROUP,
    HEAD_TEACHER,
    PARENTS,
    TEACHER,
    FakeWeChat,
    class_group,
    link,
    mention,
)

from .launcher import TOKEN, BotProcess
from .test_dialects import events, faults, needs_fixtures

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

INSULT = "你就是个傻逼"
AD = "暑假一对一辅导，名师小班，限时优惠，加微信abc12345"
PARENT, OTHER = PARENTS[0], PARENTS[1]
SECOND_BOT, SECOND_GROUP = "wxid_bot0000000002", "48910200002@chatroom"
HARMLESS = {
    "get_supported_actions",
    "get_status",
    "send_message",
    "get_friend_list",
    "get_group_info",
    "get_group_member_list",
    "get_group_member_info",
}
"""What may be called where nobody is to be removed."""


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotProcess]:
    process = BotProcess(tmp_path, settings={"SUPERUSERS": json.dumps([HEAD_TEACHER])}, forked=True)
    try:
        await process.start()
        yield process
    finally:
        await process.kill9()


def wechat_of(bot: BotProcess) -> FakeWeChat:
    url = f"ws://127.0.0.1:{bot.port}/onebot/v12/ws"
    wechat = class_group(url, TOKEN, now=lambda: bot.now, details=lambda: bot.output[-4000:])
    bot.before_clock.append(wechat.flush)
    return wechat


@pytest.fixture
async def wechat(bot: BotProcess) -> AsyncIterator[FakeWeChat]:
    platform = wechat_of(bot)
    await platform.connect()
    yield platform
    await platform.disconnect()


async def choose(wechat: FakeWeChat, group: str = GROUP) -> None:
    await wechat.speak(group, HEAD_TEACHER, "/policy use text-only-parents")
    await wechat.says(group, "本群开始执行")


@pytest.fixture
async def school(wechat: FakeWeChat) -> FakeWeChat:
    """The class group with a pack in force, chosen by the superuser: WeChat tells no owner."""
    await choose(wechat)
    return wechat


async def case_of(wechat: FakeWeChat, number: int) -> str:
    await wechat.speak(GROUP, HEAD_TEACHER, f"/case {number}")
    return await wechat.whispers(HEAD_TEACHER, f"案件 #{number}：")


async def test_a_violation_is_recorded_and_the_person_told(
    school: FakeWeChat, bot: BotProcess
) -> None:
    school.friends.add(PARENT)
    await school.speak(GROUP, PARENT, AD)
    told = await school.whispers(PARENT, "警告")
    assert "三.2" in told
    assert "申诉" in told
    await bot.idle()
    await school.whisper(PARENT, "我的记录")
    await school.whispers(PARENT, "记录，计入")


async def test_what_wechat_cannot_do_is_denied_once_and_said(
    school: FakeWeChat, bot: BotProcess
) -> None:
    school.friends.add(PARENT)
    await school.speak(GROUP, PARENT, INSULT)
    # The notice does not claim a mute that there is not.
    told = await school.whispers(PARENT, "二.1")
    assert "暂停发言" not in told
    await school.whispers(HEAD_TEACHER, "微信上机器人不能撤回别人的消息")
    await school.whispers(HEAD_TEACHER, "是否移出")
    await bot.idle()
    case = await case_of(school, 1)
    assert "撤回" in case
    assert "微信上机器人不能撤回别人的消息" in case
    assert "微信上机器人不能禁言" in case
    calls = len(school.received)
    await bot.clock(advance=600)
    assert {call.action for call in school.received} <= HARMLESS
    # Nothing goes on trying.
    assert not [call for call in school.received[calls:] if call.action == "send_message"]
    await school.speak(GROUP, HEAD_TEACHER, "/doctor")
    doctor = await school.says(GROUP, "平台做不到禁言")
    assert "平台做不到撤回" in doctor
    assert "平台做不到移出" not in doctor
    assert "等待执行的动作：0" in doctor
    assert "禁言：这个平台做不到" in doctor
    assert "ComWechat 1.2.0" in doctor


async def test_a_removal_that_people_confirmed_is_carried_out(
    school: FakeWeChat, bot: BotProcess
) -> None:
    await school.speak(GROUP, PARENT, INSULT)
    proposal = await school.whispers(HEAD_TEACHER, "是否移出")
    number = proposal.split("#", 1)[1].split("：", 1)[0]
    await school.speak(GROUP, HEAD_TEACHER, f"/confirm {number}")
    call = (await school.calls("wx.delete_groupmember"))[0]
    assert call.params == {"group_id": GROUP, "user_list": [PARENT]}
    await bot.idle()
    assert PARENT not in school.groups[GROUP].members
    assert "移出已完成" in await case_of(school, 1)


async def test_supported_actions_are_respected(bot: BotProcess) -> None:
    wechat = wechat_of(bot)
    wechat.offered = [name for name in wechat.offered if not name.startswith("wx.")]
    await wechat.connect()
    try:
        await choose(wechat)
        await wechat.speak(GROUP, HEAD_TEACHER, ["/kick ", mention(PARENT), " 试试"])
        await wechat.says(GROUP, "所接的程序没有“移出成员”这个功能")
        await bot.idle()
        assert "wx.delete_groupmember" not in {call.action for call in wechat.received}
        assert PARENT in wechat.groups[GROUP].members
    finally:
        await wechat.disconnect()


async def test_an_order_that_cannot_be_done_says_so(school: FakeWeChat) -> None:
    await school.speak(GROUP, HEAD_TEACHER, ["/mute ", mention(PARENT), " 1h 吵架"])
    await school.says(GROUP, "没有做成：微信上机器人不能禁言")


async def test_who_is_no_friend_is_asked_to_write_in_private(
    school: FakeWeChat, bot: BotProcess
) -> None:
    await school.speak(GROUP, PARENT, AD)
    line = await school.says(GROUP, "私聊我发送 我的记录")
    assert "三.2" not in line
    assert school.spoken[-1].mentions == [PARENT]
    # WeChat would have said "ok" to a whisper that nobody gets.
    await bot.idle()
    assert not [said for said in school.spoken if said.to == PARENT]
    school.friends.add(PARENT)
    await school.whisper(PARENT, "我的记录")
    assert "三.2" in await school.whispers(PARENT, "案件 #")


async def test_commands_need_the_right_and_teachers_are_named_by_the_school(
    school: FakeWeChat,
) -> None:
    await school.speak(GROUP, PARENT, "/policy show")
    await school.speak(GROUP, TEACHER, "/policy mode observe")
    await school.says(GROUP, "班主任、群主或学校管理员")
    await school.speak(GROUP, HEAD_TEACHER, ["/role ", mention(TEACHER), " head-teacher"])
    await school.says(GROUP, "已设为")
    await school.speak(GROUP, TEACHER, "/policy mode observe")
    await school.says(GROUP, "只观察")


async def test_malformed_frames_are_survived(school: FakeWeChat, bot: BotProcess) -> None:
    good = school.message(BOT, PARENT, "秘密", group_id=GROUP)
    broken: list[Any] = [
        "{",
        "[]",
        b"\xc1",
        "[" * 50_000,
        {"echo": "1", "status": "ok"},
        {"echo": {}, "status": []},
        {"type": 5},
        {"type": "message"},
        {**good, "self": "x"},
        {**good, "self": None, "self.platform": "wechat"},
        {**good, "message": "秘密"},
        {**good, "message": [None, 5, {"type": "text", "data": {"text": ["秘密"]}}]},
        {**good, "message": [{"type": "reply", "data": {"message_id": ["秘密"]}}]},
        {**good, "message_id": {}, "time": "秘密"},
        {**good, "user_id": None},
        {**good, "group_id": 7.5},
        {**good, "type": "notice", "detail_type": ["x"]},
        {**good, "type": "notice", "detail_type": "wx.get_group_file", "file_length": -1},
        {**good, "type": "request", "detail_type": "wx.friend_request", "v3": 5},
        {**good, "type": "meta", "detail_type": "status_update", "status": {"bots": [5, {}]}},
    ]
    for frame in broken:
        await school.send_raw(frame)
    await school.speak(GROUP, PARENT, AD)
    await school.says(GROUP, "私聊我发送 我的记录")
    await bot.idle()
    assert "秘密" not in bot.output
    assert "ERROR" not in bot.output
    assert "Traceback" not in bot.output


async def test_the_line_breaks_and_comes_back(school: FakeWeChat, bot: BotProcess) -> None:
    school.friends.add(PARENT)
    school.drop()
    await bot.idle()
    await school.connect()
    await school.speak(GROUP, PARENT, AD)
    await school.whispers(PARENT, "三.2")


async def test_what_comes_again_after_a_reconnect_counts_once(
    school: FakeWeChat, bot: BotProcess
) -> None:
    school.friends.add(PARENT)
    event = await school.speak(GROUP, PARENT, AD)
    await school.whispers(PARENT, "警告")
    await school.send_raw(event)
    school.drop()
    await school.connect()
    await school.send_raw({**event, "id": "another"})
    await bot.idle()
    assert len(school.whispered(PARENT)) == 1
    await school.whisper(PARENT, "我的记录")
    assert "#2" not in await school.whispers(PARENT, "记录，计入")


async def test_two_bots_on_one_line_have_a_group_each(bot: BotProcess) -> None:
    wechat = wechat_of(bot)
    wechat.bots.append(SECOND_BOT)
    members = {HEAD_TEACHER: "孙老师", SECOND_BOT: "助手二", PARENT: "小明妈妈", OTHER: "李想爸爸"}
    wechat.add_group(SECOND_GROUP, "三年级三班家长群", members)
    wechat.friends |= {PARENT, OTHER}
    await wechat.connect()
    try:
        await choose(wechat)
        await choose(wechat, SECOND_GROUP)
        await wechat.speak(GROUP, PARENT, AD)
        await wechat.speak(SECOND_GROUP, OTHER, AD)
        await wechat.whispers(PARENT, "三.2")
        await wechat.whispers(OTHER, "三.2")
        spoke = {said.to: said.bot for said in wechat.spoken if said.to in (PARENT, OTHER)}
        assert spoke == {PARENT: BOT, OTHER: SECOND_BOT}
        assert {said.bot for said in wechat.spoken if said.group_id == SECOND_GROUP} == {SECOND_BOT}
    finally:
        await wechat.disconnect()


async def test_links_and_withdrawals_and_the_bots_own_words_do_no_harm(
    school: FakeWeChat, bot: BotProcess
) -> None:
    event = await school.speak(GROUP, PARENT, [link("今日作业", "点击查看", "https://a.example/1")])
    await school.recall(event)
    await school.send_raw(school.message(BOT, BOT, INSULT, group_id=GROUP))
    await bot.idle()
    await school.speak(GROUP, HEAD_TEACHER, "/todo")
    await school.whispers(HEAD_TEACHER, "没有等您处理的事")
    assert "ERROR" not in bot.output


async def test_qq_and_wechat_beside_each_other(school: FakeWeChat, bot: BotProcess) -> None:
    qq = fakeqq.class_group(bot.url, TOKEN, now=lambda: bot.now)
    bot.before_clock.append(qq.flush)
    await qq.connect()
    try:
        await qq.speak(fakeqq.GROUP, fakeqq.HEAD_TEACHER, "/policy use text-only-parents")
        await qq.says(fakeqq.GROUP, "本群开始执行")
        # No frame of the other line speaks for this bot, and no status takes it.
        forged = school.message(str(fakeqq.BOT), "101", INSULT, group_id=str(fakeqq.GROUP))
        school.bots.append(str(fakeqq.BOT))
        await school.announce()
        await school.send_raw(forged)
        await school.speak(GROUP, PARENT, AD)
        await school.says(GROUP, "私聊我发送 我的记录")
        await bot.idle()
        assert not [call for call in qq.received if call.action == "delete_msg"]
        message = await qq.speak(fakeqq.GROUP, 101, INSULT)
        await qq.calls("delete_msg")
        await bot.idle()
        assert message in {one.message_id for one in qq.withdrawn}
    finally:
        await qq.disconnect()


@needs_fixtures
@pytest.mark.parametrize("fresh", [False, True], ids=["as-recorded", "as-of-now"])
async def test_no_recorded_event_makes_an_error(
    wechat: FakeWeChat, bot: BotProcess, fresh: bool
) -> None:
    await choose(wechat)
    sent = [(name, event) for name, event in events("v12-*") if "self" in event]
    assert len(sent) >= 10
    before = len(faults(bot.output))
    for name, event in sent:
        ours = event | {"self": {"platform": "wechat", "user_id": BOT}}
        await wechat.send_raw(ours | ({"time": bot.now} if fresh else {}))
        await bot.idle()
        assert faults(bot.output)[before:] == [], name
    await wechat.speak(GROUP, HEAD_TEACHER, "/rules 三.1")
    await wechat.says(GROUP, "三.1")
