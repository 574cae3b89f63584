"""Flooding as a class meets it: hints, bursts, waves, and what comes late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from src.core.chat.events import Kind, Segment
from src.core.chat.port import Act
from src.core.store import models
from tests.houses import ADMIN, OWNER, PARENT, PARENTS, Home, a_home

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with a_home(tmp_path, pack="student-owner-rules") as one:
        await one.house.tell.read_members(one.group, one.platform)
        yield one


async def burst(home: Home, count: int, *, every: float, age: float = 0.0) -> None:
    for number in range(count):
        await home.advance(every)
        await home.says(PARENT, chr(0x4E00 + number) * 2, age=age)


def withdrawn(home: Home) -> list[str]:
    return [done.value for done in home.platform.asked(Act.WITHDRAW)]


async def test_a_hint_at_eighty_per_cent_once_then_one_case_for_the_burst(home: Home) -> None:
    await burst(home, 12, every=4)
    hints = home.platform.whispered(PARENT)
    assert len(hints) == 1
    assert "歇一歇" in hints[0]
    assert await models.Case.all().count() == 0
    assert withdrawn(home) == []

    await burst(home, 6, every=4)
    case = await models.Case.get()
    assert (case.plugin, case.step) == ("anti_flood", "warn")
    # The twelve are left, what is over goes.
    assert len(withdrawn(home)) == 6
    assert len(home.platform.whispered(PARENT)) == 2


async def test_the_same_and_too_many_at_once_are_one_case(home: Home) -> None:
    for _ in range(20):
        await home.advance(1)
        await home.says(PARENT, "几点放学")
    assert await models.Case.all().count() == 1
    assert len(withdrawn(home)) == 18


async def test_alike_texts_with_others_between(home: Home) -> None:
    for words in ("今天几点放学", "今天几点放学？111", "今天 几点放学😀"):
        await home.says(PARENT, words)
        await home.says(PARENTS[len(words) % 7 + 1], words)
        await home.advance(5)
    assert await models.Case.all().count() == 1


async def test_in_observe_mode_nobody_is_given_a_hint(home: Home) -> None:
    home.group.mode = "observe"
    await burst(home, 12, every=4)
    assert home.platform.whispered(PARENT) == []


async def test_the_managers_hear_of_a_wave_once_in_ten_minutes(home: Home) -> None:
    for number in range(60):
        await home.advance(1)
        await home.says(PARENTS[number % 8], chr(0x4E00 + number) * 2)
    told = [words for words in home.platform.whispered(ADMIN) if "热闹" in words]
    assert len(told) == 1
    assert "全员禁言" in told[0]
    assert await models.Case.all().count() == 0
    await home.advance(600)
    for number in range(60):
        await home.advance(1)
        await home.says(PARENTS[number % 8], chr(0x4E00 + number) * 2)
    assert len([words for words in home.platform.whispered(ADMIN) if "热闹" in words]) == 2


async def test_a_chorus_of_receipts_reaches_nobody(home: Home) -> None:
    for notice in ("明天带水彩笔", "下周一开家长会", "今天放学提前半小时"):
        await home.says(OWNER, notice)
        for parent in PARENTS:
            await home.says(parent, "收到")
    assert await models.Case.all().count() == 0
    assert home.platform.asked(Act.WHISPER) == []


async def test_a_burst_after_a_reconnect_is_judged_by_its_own_times(home: Home) -> None:
    # Written 20 seconds apart, delivered at once.
    for number in range(14):
        await home.says(PARENT, chr(0x4E00 + number) * 2, age=400 - number * 20)
    assert await models.Case.all().count() == 0
    for number in range(14):
        await home.says(PARENTS[1], chr(0x4E00 + number) * 2, age=100 - number * 2)
    assert await models.Case.all().count() == 1


async def test_what_is_over_ten_minutes_old_is_no_flood(home: Home) -> None:
    for number in range(30):
        await home.says(PARENT, "几点放学", age=700 - number)
    assert await models.Case.all().count() == 0
    assert home.platform.done == []


async def test_an_album_is_one_message(home: Home) -> None:
    for number in range(18):
        await home.advance(1)
        await home.says(PARENT, [Segment(Kind.IMAGE, f"{number:032}")])
    assert await models.Case.all().count() == 0


async def test_why_says_what_was_counted(home: Home) -> None:
    for _ in range(3):
        await home.says(PARENT, "几点放学")
    case = await models.Case.get()
    await home.says(PARENT, f"为什么 {home.group.id}-{case.number}", group=None)
    assert "同样的内容发了 3 次" in home.platform.whispered(PARENT)[-1]
