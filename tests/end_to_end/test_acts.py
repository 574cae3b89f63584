"""Acts through lies, silence, lost lines and kill −9: nothing is lost, nothing is done twice that
must not be, nobody stays muted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sandbox.fakeqq import (
    ANSWERS_ASYNC,
    ANSWERS_TWICE,
    DROPS_AFTER,
    DROPS_BEFORE,
    GROUP,
    HEAD_TEACHER,
    LIES_DONE,
    LIES_FAILED,
    PARENTS,
    SILENT,
    SILENT_UNDONE,
    TEACHER,
    UNREPORTED,
    FakeQQ,
    Mode,
    class_group,
    fails,
    mention,
    text,
)

from .conftest import choose, gone
from .launcher import TOKEN, BotProcess

if TYPE_CHECKING:
    from pathlib import Path

INSULT = "你就是个傻逼"
PARENT = PARENTS[0]
PATIENCE = 60.0
"""Seconds after which an act was looked at for the last time."""


def mute_order(length: str = "2h") -> list[dict[str, Any]]:
    return [text("/mute "), mention(PARENT), text(f" {length} 吵架")]


def told_at_most_once(qq: FakeQQ, *, lost: bool) -> bool:
    """Whether the person, the head teacher and the teacher were each told of the first case at most
    once. One whisper may be under way when all else stops; it is not said again. With `lost` one
    surely was."""
    counts = [
        sum("二.1" in words for words in qq.whispered(who))
        for who in (PARENT, HEAD_TEACHER, TEACHER)
    ]
    return max(counts) == 1 and sum(counts) in ((2,) if lost else (2, 3))


@pytest.mark.parametrize(
    ("mode", "calls"),
    [
        (LIES_FAILED, 1),
        (UNREPORTED, 1),
        (ANSWERS_TWICE, 1),
        (SILENT, 1),
        (SILENT_UNDONE, 2),
        (LIES_DONE, 2),
        (ANSWERS_ASYNC, 1),
    ],
)
async def test_a_mute_holds_whatever_the_answer_says(
    school: FakeQQ, bot: BotProcess, mode: Mode, calls: int
) -> None:
    school.behave("set_group_ban", mode, nth=1)
    await school.speak(GROUP, TEACHER, mute_order())
    await school.calls("set_group_ban")
    await bot.idle()
    await bot.clock(advance=PATIENCE)
    assert school.muted(GROUP, PARENT)
    assert len(await school.calls("set_group_ban")) == calls


async def test_a_refusal_is_told_in_the_platforms_words(school: FakeQQ, bot: BotProcess) -> None:
    school.behave("set_group_ban", fails("cannot ban admin"))
    await school.speak(GROUP, TEACHER, mute_order())
    await school.says(GROUP, "cannot ban admin")
    await bot.clock(advance=PATIENCE)
    assert len(await school.calls("set_group_ban")) == 1
    # What did not work is not reported as a success, and does not count as a mute.
    assert not any("已禁言" in said for said in school.said(GROUP))


async def test_a_platform_that_always_lies_is_found_out(school: FakeQQ, bot: BotProcess) -> None:
    school.behave("set_group_ban", LIES_DONE)
    await school.speak(GROUP, PARENT, INSULT)
    await school.calls("set_group_ban")
    await bot.clock(advance=PATIENCE)
    assert 2 <= len(await school.calls("set_group_ban")) <= 4
    await school.whispers(HEAD_TEACHER, "没有做成")
    assert not any("已禁言" in said for said in school.said(GROUP))


@pytest.mark.parametrize("mode", [SILENT, SILENT_UNDONE, LIES_FAILED, ANSWERS_ASYNC])
async def test_words_are_said_at_most_once(school: FakeQQ, bot: BotProcess, mode: Mode) -> None:
    school.behave("send_private_msg", mode)
    await school.speak(GROUP, TEACHER, [text("/warn "), mention(PARENT), text(" 请注意")])
    await school.calls("send_private_msg")
    await bot.clock(advance=PATIENCE)
    assert (
        len(
            [
                c
                for c in school.received
                if c.action == "send_private_msg" and c.params["user_id"] == PARENT
            ]
        )
        == 1
    )


@pytest.mark.parametrize("mode", [SILENT, LIES_FAILED, UNREPORTED])
async def test_a_removal_is_never_repeated_unread(
    school: FakeQQ, bot: BotProcess, mode: Mode
) -> None:
    school.behave("set_group_kick", mode)
    await school.speak(GROUP, HEAD_TEACHER, [text("/kick "), mention(PARENT)])
    await school.calls("set_group_kick")
    await bot.clock(advance=PATIENCE)
    assert len(await school.calls("set_group_kick")) == 1
    assert PARENT not in school.groups[GROUP].members


@pytest.mark.parametrize("mode", [DROPS_BEFORE, DROPS_AFTER])
@pytest.mark.parametrize("action", ["delete_msg", "set_group_ban", "send_private_msg"])
async def test_a_line_that_drops_in_an_act_loses_nothing(
    school: FakeQQ, bot: BotProcess, action: str, mode: Mode
) -> None:
    school.behave(action, mode, nth=1)
    message = await school.speak(GROUP, PARENT, INSULT)
    await school.calls(action)
    await school.connect()
    await bot.clock(advance=PATIENCE)
    await bot.clock(advance=PATIENCE)
    assert message in gone(school)
    assert school.muted(GROUP, PARENT)
    # Words that may have been said are not said again; the record has the case.
    assert told_at_most_once(school, lost=(action, mode) == ("send_private_msg", DROPS_BEFORE))
    await school.whisper(PARENT, "我的记录", via_group=GROUP)
    await school.whispers(PARENT, "二.1")


KILLS = [
    f"{kind}:{state}:{side}"
    for kind in ("withdraw", "mute", "whisper")
    for state in ("requested", "attempting", "confirmed")
    for side in ("before", "after")
]


@pytest.mark.parametrize(
    "kill_at",
    [
        # Every third each time; the others take minutes, and run with `make test-all`.
        pytest.param(kill, marks=[pytest.mark.thorough] if place % 3 else [])
        for place, kill in enumerate(KILLS)
    ],
)
async def test_kill_nine_at_each_state_of_each_act(tmp_path: Path, kill_at: str) -> None:
    bot = BotProcess(tmp_path, forked=True)
    try:
        await bot.start()
        qq = class_group(bot.url, TOKEN, now=lambda: bot.now, details=lambda: bot.output[-4000:])
        await qq.connect()
        await choose(qq)
        await qq.disconnect()
        await bot.restart(kill_at)
        await qq.connect()
        message = await qq.speak(GROUP, PARENT, INSULT)
        assert await bot.ended() == -9
        await bot.restart()
        bot.before_clock.append(qq.flush)
        await qq.connect()
        if kill_at.endswith("requested:before"):
            # Nothing was written, so nothing was done; chat is not kept. The platform may repeat it.
            await bot.idle()
            assert not qq.withdrawn
            await qq.repeat(next(e for e in qq.events if e.get("message_id") == message))
        await bot.clock(advance=PATIENCE)
        await bot.clock(advance=PATIENCE)
        assert message in gone(qq)
        assert qq.muted(GROUP, PARENT)
        assert told_at_most_once(qq, lost=kill_at == "whisper:attempting:after")
        # The record is whole, once.
        await qq.whisper(PARENT, "我的记录", via_group=GROUP)
        assert (await qq.whispers(PARENT, "计入")).count("二.1") == 1
        # And nobody stays muted by it.
        await bot.clock(advance=73 * 3600)
        assert not qq.muted(GROUP, PARENT)
        await qq.disconnect()
    finally:
        await bot.kill9()


@pytest.mark.parametrize(
    "kill_at",
    [
        "remove:requested:after",
        "remove:attempting:after",
        "remove:confirmed:before",
        "remove:confirmed:after",
    ],
)
async def test_kill_nine_in_a_removal(tmp_path: Path, kill_at: str) -> None:
    bot = BotProcess(tmp_path, forked=True)
    try:
        await bot.start(kill_at)
        qq = class_group(bot.url, TOKEN, now=lambda: bot.now, details=lambda: bot.output[-4000:])
        await qq.connect()
        await qq.speak(GROUP, HEAD_TEACHER, [text("/kick "), mention(PARENT)])
        assert await bot.ended() == -9
        await bot.restart()
        bot.before_clock.append(qq.flush)
        await qq.connect()
        await bot.clock(advance=PATIENCE)
        assert PARENT not in qq.groups[GROUP].members
        assert len(await qq.calls("set_group_kick")) == 1
        await qq.disconnect()
    finally:
        await bot.kill9()


async def test_a_mute_found_late_gets_only_what_is_left(school: FakeQQ, bot: BotProcess) -> None:
    school.behave("set_group_ban", DROPS_BEFORE, nth=1)
    await school.speak(GROUP, TEACHER, mute_order("10m"))
    await school.calls("set_group_ban")
    bot.before_clock.clear()
    await bot.clock(advance=300)
    bot.before_clock.append(school.flush)
    await school.connect()
    await bot.clock(advance=5)
    calls = await school.calls("set_group_ban", n=2)
    assert calls[1].params["duration"] <= 300


async def test_a_mute_that_is_over_is_not_begun(school: FakeQQ, bot: BotProcess) -> None:
    school.behave("set_group_ban", DROPS_BEFORE, nth=1)
    await school.speak(GROUP, TEACHER, mute_order("10m"))
    await school.calls("set_group_ban")
    bot.before_clock.clear()
    await bot.clock(advance=700)
    bot.before_clock.append(school.flush)
    await school.connect()
    await bot.clock(advance=PATIENCE)
    assert len(await school.calls("set_group_ban")) == 1
    assert not school.muted(GROUP, PARENT)


async def test_what_a_person_lifts_on_the_platform_stays_lifted(
    school: FakeQQ, bot: BotProcess
) -> None:
    await school.speak(GROUP, TEACHER, mute_order())
    await school.says(GROUP, "已禁言")
    await school.admin_unmutes(GROUP, HEAD_TEACHER, PARENT)
    await school.disconnect()
    await school.connect()
    await bot.clock(advance=180)
    assert not school.muted(GROUP, PARENT)


async def test_leaving_and_coming_back_does_not_end_a_mute(school: FakeQQ, bot: BotProcess) -> None:
    await school.speak(GROUP, TEACHER, mute_order())
    await school.says(GROUP, "已禁言")
    await school.leave(GROUP, PARENT)
    await bot.clock(advance=600)
    await school.join(GROUP, PARENT)
    await bot.idle()
    assert school.muted(GROUP, PARENT)


async def test_a_withdrawal_that_comes_too_late_becomes_a_mute(
    school: FakeQQ, bot: BotProcess
) -> None:
    event = school.message_event(
        GROUP, PARENT, "暑假一对一辅导，名师小班，限时优惠，加微信abc12345"
    )
    await school.send_raw({**event, "time": int(bot.now) - 300})
    await bot.idle()
    assert not [c for c in school.received if c.action == "delete_msg"]
    assert school.muted(GROUP, PARENT)


async def test_an_old_message_mutes_nobody(school: FakeQQ, bot: BotProcess) -> None:
    event = school.message_event(
        GROUP, PARENT, "暑假一对一辅导，名师小班，限时优惠，加微信abc12345"
    )
    await school.send_raw({**event, "time": int(bot.now) - 3600})
    await bot.idle()
    assert not school.muted(GROUP, PARENT)
    assert school.whispered(PARENT)


async def test_one_active_mute_and_the_manual_one_wins(school: FakeQQ, bot: BotProcess) -> None:
    await school.speak(GROUP, TEACHER, mute_order("10m"))
    await school.says(GROUP, "已禁言 10 分钟")
    await school.speak(GROUP, HEAD_TEACHER, mute_order("2h"))
    await school.says(GROUP, "已禁言 2 小时")
    await bot.clock(advance=11 * 60)
    assert school.muted(GROUP, PARENT)
    await bot.clock(advance=2 * 3600)
    assert not school.muted(GROUP, PARENT)
