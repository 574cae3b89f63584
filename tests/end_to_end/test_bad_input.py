"""Whatever comes in: a clear line to whoever can act on it, no crash, nothing lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.fakeqq import (
    BOT,
    GROUP,
    HEAD_TEACHER,
    PARENTS,
    TEACHER,
    FakeQQ,
    mention,
    text,
)

from .conftest import gone

if TYPE_CHECKING:
    from .launcher import BotProcess

PARENT = PARENTS[0]
INSULT = "你就是个傻逼"


async def still_works(qq: FakeQQ) -> None:
    """The bot still answers, on the line it has."""
    before = len(qq.said(GROUP))
    await qq.speak(GROUP, PARENTS[-1], "/rules 三.1")
    await qq.says(GROUP, "三.1", after=before)
    assert qq.connected


FRAMES = [
    "",
    "{",
    "null",
    "[]",
    '"words"',
    "123",
    "[" * 100_000,
    '{"post_type": 5}',
    '{"post_type": "message"}',
    '{"post_type": "no such", "self_id": 10001, "time": 1}',
    '{"post_type": "message", "message_type": ["group"], "self_id": 10001}',
    '{"post_type": "notice", "notice_type": {"a": 1}, "self_id": 10001, "time": "x"}',
    '{"echo": "1", "status": "ok", "retcode": 0, "data": null}',
    '{"echo": {"a": 1}}',
    '{"a": NaN}',
    "\ud7ff\x00",
]


async def test_malformed_frames_and_unknown_events(school: FakeQQ) -> None:
    for frame in FRAMES:
        await school.send_raw(frame)
        await still_works(school)


CHANGES: list[dict[str, Any]] = [
    {"message_id": 2**63 + 5},
    {"message_id": "abcd-efgh"},
    {"message_id": -5},
    {"message_id": None},
    {"user_id": str(PARENT)},
    {"user_id": 2**40},
    {"group_id": str(GROUP)},
    {"time": "now"},
    {"time": -1},
    {"sender": None},
    {"sender": {"user_id": 1, "role": "king", "card": None}},
    {"message": []},
    {"message": ""},
    {"message": None},
    {"message": [{"type": "text"}]},
    {"message": [{"type": "text", "data": {"text": 5}}]},
    {"message": [None, 5, "x"]},
    {"message": "[CQ:at,qq=all][CQ:image,file=a"},
    {"raw_message": 5},
]


async def test_odd_ids_and_messages(school: FakeQQ) -> None:
    for change in CHANGES:
        event = school.message_event(GROUP, PARENT, "大家好")
        await school.send_raw({**event, **change})
        await still_works(school)


async def test_ids_beyond_int32_are_judged_too(school: FakeQQ, bot: BotProcess) -> None:
    event = school.message_event(GROUP, PARENT, INSULT)
    await school.send_raw({**event, "message_id": 2**62, "user_id": str(PARENT)})
    await bot.idle()
    assert school.muted(GROUP, PARENT)


async def test_a_megabyte_of_text(school: FakeQQ, bot: BotProcess) -> None:
    message = await school.speak(GROUP, PARENT, "好" * 340_000 + INSULT)
    await bot.idle()
    assert message in gone(school)
    await still_works(school)


async def test_a_forged_sender_has_no_rights(school: FakeQQ, bot: BotProcess) -> None:
    event = school.message_event(GROUP, PARENT, [text("/mute "), mention(PARENTS[1])])
    event["sender"] = {"user_id": HEAD_TEACHER, "role": "owner", "card": "校长"}
    await school.send_raw(event)
    await school.says(GROUP, "老师和值日班委")
    await bot.idle()
    assert not school.muted(GROUP, PARENTS[1])


async def test_a_frame_for_another_account_is_dropped(school: FakeQQ, bot: BotProcess) -> None:
    event = school.message_event(GROUP, HEAD_TEACHER, "/policy mode observe")
    await school.send_raw({**event, "self_id": BOT + 1})
    await still_works(school)


ABSURD: list[tuple[list[Any], str]] = [
    (["/mute"], "/禁言 @某人"),
    (["/mute ", mention(PARENT), " 9999d"], "最长 30 天"),
    (["/mute ", mention(PARENT), " 99999d"], "不超过一百年"),
    (["/mute ", mention(PARENT), " 99999999999999999d"], "时长请写成"),
    (["/mute ", mention(PARENT), " -5"], "时长请写成"),
    (["/mute ", mention(PARENT), " 0"], "大于零"),
    (["/mute ", mention(PARENT), " 30s"], "最短 1 分钟"),
    (["/mute ", mention(BOT)], "机器人"),
    (["/mute 没有这个人 10m"], "没有找到"),
    (["/warn"], "/警告 @某人"),
    (["/recall"], "回复"),
    (["/case 十二"], "不是编号"),
    (["/case 999"], "没有编号为 #999"),
    (["/confirm 999"], "没有编号为 #999"),
    (["/pardon 999999999999999999999"], "不是编号"),
    (["/review 999 revoke"], "没有编号为 #999"),
    (["/help 不存在"], "没有"),
    (["/rules 不存在的条款"], "没有找到"),
]


async def test_absurd_arguments_get_a_clear_line(school: FakeQQ, bot: BotProcess) -> None:
    for words, answer in ABSURD:
        segments = [text(word) if isinstance(word, str) else word for word in words]
        said, whispered = len(school.said(GROUP)), len(school.whispered(TEACHER))
        await school.speak(GROUP, TEACHER, segments)
        await school.until(
            lambda said=said, whispered=whispered, answer=answer: any(
                answer in line
                for line in [*school.said(GROUP)[said:], *school.whispered(TEACHER)[whispered:]]
            )
        )
    await bot.idle()
    assert not any(school.muted(GROUP, parent) for parent in PARENTS)


@pytest.mark.parametrize("user", [TEACHER, HEAD_TEACHER])
async def test_nobody_acts_on_an_equal_or_higher_rank(
    school: FakeQQ, bot: BotProcess, user: int
) -> None:
    await school.speak(GROUP, user, [text("/mute "), mention(HEAD_TEACHER)])
    await school.until(
        lambda: any("同级或更高" in s or "处理自己" in s for s in school.said(GROUP))
    )
    await school.speak(GROUP, user, [text("/kick "), mention(HEAD_TEACHER)])
    await bot.idle()
    assert not [c for c in school.received if c.action in ("set_group_ban", "set_group_kick")]


async def test_two_policies_in_the_same_second(school: FakeQQ, bot: BotProcess) -> None:
    for value in (4, 5, 6):
        await school.speak(GROUP, HEAD_TEACHER, f"/policy set 三.1 same_in_a_row {value}")
    await school.says(GROUP, "第 4 版")
    await school.speak(GROUP, HEAD_TEACHER, "/policy history")
    history = await school.says(GROUP, "选定 text-only-parents")
    assert [line.split(" ")[1] for line in history.splitlines()] == ["4", "3", "2", "1"]


MISTAKES = [
    ("/policy use ../../etc/passwd", "没有这个制度"),
    ("/policy use", "可选的制度"),
    ("/policy set 三.1 same_in_a_row 多", "整数"),
    ("/policy set 三.1 no_such 1", "没有 no_such"),
    ("/policy set 九.9 same_in_a_row 1", "九.9"),
    ("/policy set 三.1", "这样写"),
    ("/policy diff 99", "没有这一版"),
    ("/policy mode maybe", "observe"),
    ("/policy 乱写", "制度命令"),
    ("/enable no_such", "no_such"),
    ("/disable no_such", "no_such"),
]


async def test_a_change_of_policy_with_a_mistake_changes_nothing(school: FakeQQ) -> None:
    for words, answer in MISTAKES:
        before = len(school.said(GROUP))
        await school.speak(GROUP, HEAD_TEACHER, words)
        await school.says(GROUP, answer, after=before)
    await school.speak(GROUP, HEAD_TEACHER, "/policy show")
    await school.says(GROUP, "第 1 版（text-only-parents）")


async def test_a_burst_is_judged_in_order_with_quotations(school: FakeQQ, bot: BotProcess) -> None:
    event = school.message_event(GROUP, PARENT, "在吗")
    for index in range(200):
        quoted = [{"type": "reply", "data": {"id": "424242"}}] if index % 3 == 0 else []
        words = {"type": "text", "data": {"text": f"第{index}条消息，大家好呀"}}
        user = PARENTS[index % len(PARENTS)]
        frame = {
            **event,
            "user_id": user,
            "message_id": 900_000 + index,
            "message": [*quoted, words],
            "sender": {"user_id": user, "role": "member", "nickname": "", "card": ""},
        }
        if index == 150:
            frame["message"] = [{"type": "text", "data": {"text": INSULT}}]
        await school.send_raw(json.dumps(frame))
    await bot.idle()
    assert school.muted(GROUP, PARENTS[150 % len(PARENTS)])
    await school.speak(GROUP, HEAD_TEACHER, "/doctor")
    assert "看过 201 条消息" in await school.says(GROUP, "体检")
