"""Observe mode: what was asked for is what reads show, and nothing of it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.events import JoinRequested
from src.core.chat.observed import ObservedPlatform
from src.core.clock import DrivenClock
from tests.houses import BOT, CLASS, NAMES, NOON, PARENT, FakePlatform, account

if TYPE_CHECKING:
    from src.core.chat.port import Platform


async def test_names_and_announcements_are_as_if_they_were_made() -> None:
    real = FakePlatform(DrivenClock(NOON))
    platform: Platform = ObservedPlatform(real)
    assert (await platform.group_name(CLASS)).value == "三年级二班"
    await platform.set_group_name(CLASS, "三(2)班家长群")
    await platform.set_card(CLASS, account(PARENT), "张小明妈妈")
    await platform.announce(CLASS, "班规")
    member = (await platform.member(CLASS, account(PARENT))).value
    assert member is not None
    assert member.name == "张小明妈妈"
    assert (await platform.group_name(CLASS)).value == "三(2)班家长群"
    assert (await platform.read_announcement(CLASS)).value == "班规"
    assert (await platform.send_file(account(PARENT), "a.xlsx", b"PK")).done
    assert real.done == []
    assert real.name_of(PARENT) == NAMES[PARENT]


async def test_who_would_have_been_let_in_is_there() -> None:
    real = FakePlatform(DrivenClock(NOON))
    platform: Platform = ObservedPlatform(real)
    for user, flag in (("555", "a"), ("556", "b")):
        real.applications[flag] = JoinRequested(BOT, NOON, CLASS, account(user), "", flag)
    await platform.decide_join(CLASS, "a", accept=True)
    await platform.decide_join(CLASS, "b", accept=False, reason="格式不对")
    seen = [(await platform.member(CLASS, account(user))).value for user in ("555", "556")]
    assert [one is not None for one in seen] == [True, False]
    assert real.done == []
    waiting = (await platform.join_requests(CLASS)).value
    assert waiting is not None
    assert [one.flag for one in waiting] == ["a", "b"]
