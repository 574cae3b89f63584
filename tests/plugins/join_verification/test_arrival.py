"""Who comes into a group: noted once, greeted together, and found where no event told of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from src.core.chat.events import MemberCame, MemberLeft, PlatformRole
from src.core.store import models
from src.plugins.join_verification.arrival import how_come
from src.plugins.join_verification.settings import JoinSettings
from tests.houses import ADMIN, BOT, CLASS, NOON, OWNER, PARENT, PARENTS, account

from .classes import DAY, FRIEND, NEWCOMER, a_class, member

if TYPE_CHECKING:
    from pathlib import Path

    from src.core.area import Settings

MINUTE = 60.0
APPROVED = MemberCame(BOT, NOON, CLASS, account(NEWCOMER), account(OWNER))
INVITED = replace(APPROVED, invited=True)


@pytest.mark.parametrize(
    ("old", "applied", "event", "how"),
    [
        (True, False, INVITED, "known"),
        (False, True, INVITED, "admitted"),  # SnowLuma calls an approval an invitation.
        (False, False, APPROVED, "admitted"),
        (False, True, None, "admitted"),
        (False, False, INVITED, "pulled"),
        (False, False, None, "pulled"),
    ],
)
def test_an_application_goes_before_what_an_event_says(
    old: bool, applied: bool, event: MemberCame | None, how: str
) -> None:
    assert how_come(old=old, applied=applied, event=event) == how


async def test_newcomers_are_greeted_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(self: Settings) -> str:
        return "群名片请写：张小明妈妈"

    monkeypatch.setattr(JoinSettings, "newcomers_are_told", told)
    async with a_class(tmp_path, pulled_in="nothing") as home:
        await home.comes(NEWCOMER, "张小明妈妈")
        await home.comes(NEWCOMER)
        home.platform.join("305", "助教", PlatformRole.ADMIN)
        await home.comes("305")
        home.platform.join("306", "小助手")
        home.platform.change("306", is_robot=True)
        await home.comes("306")
        await home.advance(30)
        await home.comes(FRIEND, "李晓红爸爸")
        assert home.platform.said() == []
        await home.advance(MINUTE)
        [line] = home.platform.said()
        assert "/群规" in line
        assert "群名片请写：张小明妈妈" in line
        act = await models.Act.get(kind="say").select_related("account")
        assert act.account is not None
        assert (act.account.user_id, act.payload["also"]) == (NEWCOMER, [FRIEND])
        assert [(await member(home, one)).how for one in ("305", "306")] == ["known"] * 2

        # The next line waits, however many come; and is not lost with the process.
        for user in ("310", "311"):
            await home.comes(user)
        await home.advance(8 * MINUTE)
        assert len(home.platform.said()) == 1
        await home.advance(3 * MINUTE)
        assert len(home.platform.said()) == 2
        assert await models.Membership.filter(how="admitted").count() == 4


async def test_nobody_is_greeted_where_nothing_is_carried_out(tmp_path: Path) -> None:
    async with a_class(tmp_path) as home:
        await home.says(OWNER, "/policy mode observe")
        home.platform.done.clear()
        await home.comes(NEWCOMER, invited=True, operator=PARENT)
        await home.advance(2 * MINUTE)
        assert home.platform.done == []
        assert (await member(home, NEWCOMER)).verify_by is None


async def test_the_list_of_members_finds_what_no_event_told(tmp_path: Path) -> None:
    async with a_class(tmp_path, welcome="否") as home:
        home.platform.join(NEWCOMER, "张小明妈妈")
        await home.advance(10 * MINUTE)
        assert (await member(home, NEWCOMER)).how == "pulled"
        [asked] = home.platform.whispered(NEWCOMER)
        assert "学号后4位" in asked

        # A list may be old: who has just come is not taken for gone, nor who has just gone for new.
        await home.comes(FRIEND)
        await home.leaves(PARENT)
        here = home.platform.groups[CLASS]
        stale = {one: who for one, who in here.items() if one != account(FRIEND)}
        home.platform.join(PARENT, "家长")
        home.platform.groups[CLASS] = stale | {account(PARENT): here[account(PARENT)]}
        home.connect()
        await home.settled()
        assert (await member(home, FRIEND)).left_at is None
        assert (await member(home, PARENT)).left_at is not None
        home.platform.groups[CLASS] = here
        del here[account(PARENT)]

        # Without an event: the rest of the rows follow the list once it is sure.
        del here[account(NEWCOMER)]
        await home.advance(30 * MINUTE)
        assert (await member(home, NEWCOMER)).left_how == "left"

        # What cannot be the list is not believed.
        for one in (BOT, PARENTS[3]):
            del here[account(one)]
        await home.advance(10 * MINUTE)
        assert (await member(home, PARENTS[3])).left_at is None


async def test_many_who_were_missed_are_members_of_old(tmp_path: Path) -> None:
    async with a_class(tmp_path) as home:
        home.lose()
        for user in range(310, 330):
            home.platform.join(str(user), "新家长")
        home.clock.move_to(home.clock.now() + DAY)
        home.connect()
        await home.advance(2 * MINUTE)
        assert home.platform.said() == []
        assert await models.Membership.filter(how="known").count() == 11 + 20
        assert "多了 20 位" in home.platform.whispered(OWNER)[-1]
        assert home.platform.whispered("310") == []


async def test_what_is_told_late_makes_nobody_new_or_gone(tmp_path: Path) -> None:
    async with a_class(tmp_path) as home:
        came = home.clock.now()
        await home.comes(NEWCOMER, operator=OWNER)
        home.platform.change(PARENT, joined=came - 30 * DAY)
        await home.advance(DAY)
        home.platform.done.clear()
        # Arrivals of a year and of a day ago are told again, the one as if it were now.
        now = home.clock.now()
        for user, told in ((PARENT, now), (NEWCOMER, came)):
            event = MemberCame(BOT, told, CLASS, account(user), account(FRIEND), invited=True)
            home.house.event(home.platform, event)
            await home.settled()
        assert (await member(home, PARENT)).how == "known"
        assert (await member(home, NEWCOMER)).how == "admitted"
        # And a leave from before they came.
        home.house.event(
            home.platform,
            MemberLeft(BOT, came - 60, CLASS, account(NEWCOMER), account(OWNER), True),
        )
        await home.settled()
        assert (await member(home, NEWCOMER)).left_at is None
        await home.advance(2 * MINUTE)
        assert home.platform.said() == home.platform.whispered(PARENT) == []


async def test_nobody_is_new_after_the_plugin_was_out_of_force(tmp_path: Path) -> None:
    async with a_class(tmp_path) as home:
        await home.says(OWNER, "/停用 join_verification")
        assert await models.Membership.all().count() == 0
        await home.comes(NEWCOMER)
        assert await models.Membership.all().count() == 0
        await home.says(OWNER, "/启用 join_verification")
        assert (await member(home, NEWCOMER)).how == "known"


async def test_a_manager_hears_of_who_was_removed_and_is_back(tmp_path: Path) -> None:
    async with a_class(tmp_path) as home:
        await home.says(ADMIN, f"/kick {PARENT}")
        await home.leaves(PARENT, removed=True, operator=BOT)
        assert (await member(home, PARENT)).left_how == "removed"
        await home.advance(30 * MINUTE)
        home.platform.done.clear()
        await home.comes(PARENT, operator=FRIEND, invited=True)
        assert any("以前被移出" in text for text in home.platform.whispered(OWNER))
