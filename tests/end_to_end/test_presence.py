"""The bot comes, is asked, looks and goes, over the real socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.fakeqq import (
    BOT,
    GROUP,
    HEAD_TEACHER,
    PARENTS,
    STRANGER,
    TEACHER,
    FakeQQ,
    Member,
    fails,
    quote,
)

if TYPE_CHECKING:
    from .launcher import BotProcess

NEXT = 20027
INSULT = "你就是个傻逼"


def next_terms_group(qq: FakeQQ, owner: int = HEAD_TEACHER) -> None:
    qq.add_group(NEXT, "四年级二班家长群", [Member(owner, "秋水", "班主任", role="owner")])


async def test_a_superuser_invites_and_the_bot_says_who_it_is(bot: BotProcess, qq: FakeQQ) -> None:
    next_terms_group(qq)
    ours = await qq.invite_bot(NEXT, HEAD_TEACHER)
    said = await qq.says(NEXT, "群规助手")
    assert "/制度 list" in said
    assert "设为管理员" in said
    theirs = await qq.invite_bot(NEXT, PARENTS[0])
    await bot.idle()
    assert qq.requests[ours].approved is True
    assert qq.requests[theirs].approved is None
    await qq.whispers(HEAD_TEACHER, "没有自动接受")


async def test_members_become_friends_and_strangers_wait(bot: BotProcess, qq: FakeQQ) -> None:
    await qq.speak(GROUP, PARENTS[0], "早上好")
    member = await qq.request_friend(PARENTS[0], "我是家长")
    stranger = await qq.request_friend(STRANGER, "加一下")
    await qq.until(lambda: qq.requests[member].approved)
    await bot.idle()
    assert qq.requests[stranger].approved is None


async def test_removed_it_closes_the_group_and_goes_on_where_it_stopped(
    bot: BotProcess, school: FakeQQ
) -> None:
    await school.speak(GROUP, PARENTS[0], INSULT)
    await school.until(lambda: school.muted(GROUP, PARENTS[0]))
    await bot.idle()
    await school.admin_removes(GROUP, HEAD_TEACHER, BOT)
    await school.whispers(HEAD_TEACHER, "机器人不在群")
    await bot.restart()
    await school.connect()
    before = len(school.received)
    await bot.clock(advance=4 * 86_400)
    acts = [c.action for c in school.received[before:] if c.action.startswith(("set_", "send_"))]
    assert acts == []
    await school.join(GROUP, BOT, operator=HEAD_TEACHER, sub_type="invite")
    await school.says(GROUP, "我回来了，本群继续执行")
    assert "ERROR" not in bot.output


async def test_why_queue_pause_doctor_and_copy(bot: BotProcess, school: FakeQQ) -> None:
    clean = await school.speak(GROUP, PARENTS[1], "明天带水杯吗")
    await school.speak(GROUP, PARENTS[1], [quote(clean), "/why"])
    said = await school.whispers(PARENTS[1], "没有哪一条适用")
    assert "水杯" not in said

    await school.speak(GROUP, PARENTS[2], "裸聊都是诈骗，不要加陌生人")
    await school.whispers(TEACHER, "拿不准")
    await school.whisper(TEACHER, "待审", via_group=GROUP)
    assert "可能是色情低俗" in await school.whispers(TEACHER, "等人看的消息")

    school.behave("set_group_ban", fails("机器人权限不足", 100))
    await school.speak(GROUP, PARENTS[3], INSULT)
    await bot.idle()
    await school.speak(GROUP, HEAD_TEACHER, "/doctor")
    said = await school.says(GROUP, "机器人体检")
    assert "禁言：机器人在群里的权限不够" in said
    assert "NapCat" in said

    await school.speak(GROUP, HEAD_TEACHER, "/暂停 2小时")
    await school.says(GROUP, "自动执行暂停")
    message = await school.speak(GROUP, PARENTS[4], INSULT)
    await bot.idle()
    assert message in school.messages

    next_terms_group(school)
    await school.join(NEXT, BOT)
    await school.says(NEXT, "群规助手")
    await school.speak(NEXT, HEAD_TEACHER, "/制度 copy 1")
    await school.says(NEXT, "本群开始执行")
    assert "ERROR" not in bot.output
