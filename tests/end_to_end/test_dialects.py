"""Every recorded event of every dialect goes through the whole application without an error."""

from __future__ import annotations

import json
from pathlib import Path
import re
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.fakeqq import (
    BOT,
    GROUP,
    HEAD_TEACHER,
    PARENTS,
    FakeQQ,
    Member,
)

from .conftest import choose, gone

if TYPE_CHECKING:
    from .launcher import BotProcess

FIXTURES = Path(__file__).parents[3] / "shared" / "fixtures" / "onebot"
needs_fixtures = pytest.mark.skipif(not FIXTURES.is_dir(), reason="../shared/fixtures is not here")
RECORDED = 700100200
"""The group that most fixtures are of."""
WHO = (2900000021, 2900000011, 3950000022, 10000101)
AD = "暑假一对一辅导，名师小班，限时优惠，加微信abc12345"
EXPECTED = (
    # The fixture says so: a person has to log the bot in again.
    re.compile(rf"bot {BOT} was logged out by the platform"),
    # NoneBot looks up the quotation of two of them, and the pretend platform has no such message.
    re.compile(r"OneBot V11 \| Error when getting message reply info: .*消息不存在"),
)


def events(pattern: str) -> list[tuple[str, Any]]:
    """The recorded events whose files match, by file name; a sequence gives several."""
    return [
        (path.stem, event)
        for path in sorted(FIXTURES.glob(pattern))
        if "-resp-" not in path.stem
        for raw in [json.loads(path.read_text(encoding="utf-8"))]
        for event in (raw if isinstance(raw, list) else [raw])
    ]


def of_this_bot(event: Any, bot: int) -> Any:
    """The same event as this bot would have it: its own id in place of the recorded one's."""
    recorded = str(event["self_id"])
    ours = {
        key: bot
        for key in ("self_id", "user_id", "operator_id", "target_id")
        if str(event.get(key)) == recorded
    }
    return event | ours


def faults(output: str) -> list[str]:
    """The log lines of errors and warnings, but for those that should be there."""
    return [
        line
        for line in output.splitlines()
        if re.search(r"\[(WARNING|ERROR|CRITICAL)\]|^Traceback", line)
        and not any(expected.search(line) for expected in EXPECTED)
    ]


@pytest.fixture
async def recorded(qq: FakeQQ) -> FakeQQ:
    """The class group, and the group of the fixtures, both with the pack in force."""
    people = [Member(user, f"网友{user}") for user in WHO]
    qq.add_group(
        RECORDED,
        "测试大群",
        [Member(HEAD_TEACHER, "秋水", role="owner"), Member(BOT, "助手", role="admin"), *people],
    )
    await choose(qq)
    before = len(qq.said(RECORDED))
    await qq.speak(RECORDED, HEAD_TEACHER, "/policy use text-only-parents")
    await qq.says(RECORDED, "本群开始执行", after=before)
    return qq


# Those of OneBot 12: test_wechat.py.
@needs_fixtures
@pytest.mark.parametrize("fresh", [False, True], ids=["as-recorded", "as-of-now"])
async def test_no_recorded_event_makes_an_error(
    recorded: FakeQQ, bot: BotProcess, fresh: bool
) -> None:
    sent = events("v11-*")
    assert len(sent) >= 65
    for name, event in sent:
        ours = of_this_bot(event, BOT) | ({"time": int(bot.now)} if fresh else {})
        await recorded.send_raw(ours)
        await bot.idle()
        assert faults(bot.output) == [], name
        assert recorded.connected, name
    await recorded.speak(GROUP, PARENTS[0], "/rules 三.1")
    await recorded.says(GROUP, "三.1")
    assert faults(bot.output) == []
    # They were not only let through.
    assert await recorded.calls("get_forward_msg")
    assert "was logged out by the platform" in bot.output


async def without_media(school: FakeQQ, bot: BotProcess) -> None:
    """Let cards and forwards be sent, so that only what they say counts."""
    await school.speak(GROUP, HEAD_TEACHER, "/停用 media")
    await bot.idle()


async def test_a_forward_is_opened_over_the_line_and_withdrawn(
    school: FakeQQ, bot: BotProcess
) -> None:
    await without_media(school, bot)
    inner = school.message_event(GROUP, PARENTS[1], AD)
    school.forwards["7615"] = [inner | {"user_id": 1094950020}]
    forward = [{"type": "forward", "data": {"id": "7615"}}]
    message = await school.speak(GROUP, PARENTS[0], forward)
    await school.whispers(PARENTS[0], "三.2")
    await bot.idle()
    assert gone(school) == {message}
    assert not school.whispered(PARENTS[1])
    # What has expired is left alone.
    await school.speak(GROUP, PARENTS[0], [{"type": "forward", "data": {"id": "1"}}])
    await bot.idle()
    assert gone(school) == {message}
    assert faults(bot.output) == []


async def test_a_cards_advertisement_is_withdrawn(school: FakeQQ, bot: BotProcess) -> None:
    await without_media(school, bot)
    card = {"app": "com.tencent.structmsg", "prompt": "[分享]", "meta": {"news": {"desc": AD}}}
    segment = {"type": "json", "data": {"data": json.dumps(card, ensure_ascii=False)}}
    message = await school.speak(GROUP, PARENTS[0], [segment])
    await school.whispers(PARENTS[0], "三.2")
    await bot.idle()
    assert gone(school) == {message}
