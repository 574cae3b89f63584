"""A night over the real line: whatever happens in it, the group is closed in time and always opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.fakeqq import BOT, GROUP, HEAD_TEACHER, PARENTS, TEACHER, FakeQQ

from .conftest import choose, gone
from .launcher import NOON

if TYPE_CHECKING:
    from .launcher import BotProcess

HOUR = 3600.0
EVENING = NOON + 10.5 * HOUR
"""22:30."""
MORNING = NOON + 18.5 * HOUR
"""06:30 of the next day."""
NEXT_NIGHT = NOON + 35 * HOUR
"""23:00 of the next day."""


@pytest.fixture
async def evening(qq: FakeQQ, bot: BotProcess) -> FakeQQ:
    """The class group at 22:30, closed from 22:00 to 06:30."""
    await choose(qq, "committee-hours")
    await qq.speak(GROUP, HEAD_TEACHER, "/policy set 3.2 quiet 每天 22:00-06:30")
    await qq.says(GROUP, "第 2 版")
    assert not closed(qq)
    await bot.clock(set=NOON + 10 * HOUR - 300)
    assert "22:00–06:30" in await qq.says(GROUP, "静默时间")
    await bot.clock(set=EVENING)
    assert closed(qq)
    return qq


def closed(qq: FakeQQ) -> bool:
    return qq.groups[GROUP].all_muted


@pytest.mark.parametrize("start", [MORNING, NEXT_NIGHT])
async def test_a_bot_that_is_killed_at_night_leaves_no_group_closed(
    evening: FakeQQ, bot: BotProcess, start: float
) -> None:
    await evening.disconnect()
    await bot.kill9()
    await bot.start()
    await bot.clock(set=start)
    assert closed(evening)
    await evening.connect()
    await bot.idle()
    assert closed(evening) is (start == NEXT_NIGHT)
    await bot.clock(set=MORNING + 24 * HOUR)
    assert not closed(evening)


async def test_a_line_that_is_lost_at_the_opening(evening: FakeQQ, bot: BotProcess) -> None:
    await evening.disconnect()
    await bot.clock(set=MORNING + 60)
    assert closed(evening)
    await evening.connect()
    await bot.idle()
    assert not closed(evening)


async def test_a_bot_that_is_no_admin_any_more_calls_a_person(
    evening: FakeQQ, bot: BotProcess
) -> None:
    await evening.promote(GROUP, BOT, admin=False)
    for minutes in (0, 1, 3, 8, 18):
        await bot.clock(set=MORNING + minutes * 60)
        assert closed(evening)
    assert "手动解除" in await evening.whispers(HEAD_TEACHER, "没能解除全员禁言")
    await evening.promote(GROUP, BOT, admin=True)
    await bot.idle()
    assert not closed(evening)


async def test_what_a_manager_does_by_hand_stays(evening: FakeQQ, bot: BotProcess) -> None:
    await evening.admin_mutes_all(GROUP, TEACHER, muted=False)
    await bot.clock(set=EVENING + HOUR)
    assert not closed(evening)
    # Whoever speaks now is reminded, and the message goes.
    late = await evening.speak(GROUP, PARENTS[0], "还有人吗")
    assert "06:30" in await evening.whispers(PARENTS[0], "静默时间")
    await bot.idle()
    assert gone(evening) == {late}
    await evening.admin_mutes_all(GROUP, TEACHER, muted=True)
    await bot.clock(set=MORNING + HOUR)
    assert closed(evening)
    await evening.admin_mutes_all(GROUP, TEACHER, muted=False)
    await bot.clock(set=NEXT_NIGHT)
    assert closed(evening)


async def test_a_clock_that_jumps_over_days(evening: FakeQQ, bot: BotProcess) -> None:
    await bot.clock(set=MORNING + 50 * HOUR)
    assert not closed(evening)
    await bot.clock(set=EVENING + 96 * HOUR)
    assert closed(evening)
    await bot.clock(set=MORNING + 96 * HOUR)
    assert not closed(evening)
