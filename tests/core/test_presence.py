"""The bot's own coming and going: invitations, friends, greetings, and leaving cleanly."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from src.core.chat.events import (
    BotInvited,
    BotJoined,
    BotRemoved,
    FriendRequested,
    GroupDissolved,
    GroupKey,
    Happened,
    PlatformRole,
)
from src.core.chat.port import Act, Answer, Word
from src.core.presence.presence import INVITATIONS, STRANGERS, STRANGERS_WITHIN
from src.core.store import models
from tests.houses import (
    BOT,
    CLASS,
    INSULT,
    OWNER,
    PARENT,
    PARENTS,
    FakePlatform,
    Home,
    a_home,
    account,
)

if TYPE_CHECKING:
    from pathlib import Path

    from src.core.chat.events import Account, Member

NEW = GroupKey("qq", "2")


async def happens(home: Home, event: Happened) -> None:
    home.house.event(home.platform, event)
    await home.settled()


@pytest.mark.parametrize(("inviter", "accepted"), [("5", True), (OWNER, False), ("6", False)])
async def test_invitations_are_accepted_from_superusers_only(
    tmp_path: Path, inviter: str, accepted: bool
) -> None:
    async with a_home(tmp_path, superusers=["5"]) as home:
        await happens(home, BotInvited(BOT, home.clock.now(), NEW, account(inviter), "flag"))
        decided = [done.value for done in home.platform.asked(Act.DECIDE_INVITATION)]
        assert decided == ([("flag", True)] if accepted else [])


@pytest.mark.parametrize(("user", "accepted"), [(PARENT, True), ("5", True), ("999", False)])
async def test_friends_are_members(tmp_path: Path, user: str, accepted: bool) -> None:
    async with a_home(tmp_path, superusers=["5"]) as home:
        await happens(home, FriendRequested(BOT, home.clock.now(), account(user), "我是", "flag"))
        decided = [done.value for done in home.platform.asked(Act.DECIDE_FRIEND)]
        assert decided == ([("flag", True)] if accepted else [])


async def test_on_arrival_it_says_who_it_is_once(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        home.platform.join(BOT, "助手", PlatformRole.MEMBER, NEW)
        await happens(home, BotJoined(BOT, home.clock.now(), NEW))
        await happens(home, BotJoined(BOT, home.clock.now(), NEW))
        (said,) = home.platform.said(NEW)
        assert "群规助手" in said
        assert "/制度 list" in said
        assert "设为管理员" in said
        row = await models.Group.get(group_id="2")
        assert (row.bot, row.name, row.left_at) == (BOT, "三年级二班", None)


@pytest.mark.parametrize("how", [BotRemoved, GroupDissolved])
async def test_a_group_that_is_left_is_closed(
    tmp_path: Path, how: type[BotRemoved | GroupDissolved]
) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, INSULT)
        assert await models.Request.filter(state="open").count() == 1
        home.platform.groups.pop(CLASS)
        await happens(home, how(BOT, home.clock.now(), CLASS))
        assert await models.Request.filter(state="open").count() == 0
        assert await models.Mute.filter(live_key__isnull=False).count() == 0
        assert await models.Act.filter(state__in=("requested", "attempting")).count() == 0
        row = await models.Group.get(id=home.group.id)
        assert row.left_at is not None
        assert row.bot == ""
        home.platform.done.clear()
        await home.advance(4 * 86_400)
        assert home.platform.done == []


async def test_when_it_comes_back_the_policy_goes_on(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        members = home.platform.groups.pop(CLASS)
        await happens(home, BotRemoved(BOT, home.clock.now(), CLASS))
        home.platform.groups[CLASS] = members
        await happens(home, BotJoined(BOT, home.clock.now(), CLASS))
        assert "我回来了，本群继续执行" in home.platform.said()[-1]
        assert "设为管理员" not in home.platform.said()[-1]
        await home.says(PARENT, INSULT)
        assert await models.Case.all().count() == 1
        assert (await models.Group.get(id=home.group.id)).left_at is None


async def test_another_bot_in_the_group_takes_over(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        other = FakePlatform(home.clock, "10002")
        home.connect(other)
        await home.says(PARENT, INSULT)
        await happens(home, BotRemoved(BOT, home.clock.now(), CLASS))
        assert home.group.bot == "10002"
        assert await models.Request.filter(state="open").count() == 1
        assert (await models.Group.get(id=home.group.id)).left_at is None


async def test_a_flood_of_invitations_is_told_a_few_times(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=["5"]) as home:
        for number in range(50):
            group = GroupKey("qq", f"7{number:03}")
            inviter = account(f"9{number:04}")
            await happens(home, BotInvited(BOT, home.clock.now(), group, inviter, f"f{number}"))
        assert len(home.platform.whispered("5")) == INVITATIONS
        await home.advance(86_401)
        await happens(home, BotInvited(BOT, home.clock.now(), NEW, account("9"), "f"))
        assert len(home.platform.whispered("5")) == INVITATIONS + 1


class Counting(FakePlatform):
    """Counts the questions about members."""

    questions = 0

    async def member(self, group: GroupKey, account: Account) -> Answer[Member]:
        self.questions += 1
        return await super().member(group, account)


async def test_a_flood_of_friend_requests_asks_the_platform_little(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        home.platform = counting = Counting(home.clock)
        home.connect()
        for number in range(19):
            await home.says(PARENT, "早", group=GroupKey("qq", f"30{number:03}"))
        await home.says(PARENTS[1], "早")
        counting.questions = 0

        async def asks(user: str) -> None:
            flag = f"flag {counting.questions} {user}"
            await happens(home, FriendRequested(BOT, home.clock.now(), account(user), "我是", flag))

        for number in range(50):
            await asks(f"9{number:04}")
            await asks("90000")
        assert counting.questions == STRANGERS * 20
        # Who writes in a group of ours is found all the same.
        await asks(PARENTS[1])
        assert len(home.platform.asked(Act.DECIDE_FRIEND)) == 1
        await home.advance(STRANGERS_WITHIN + 1)
        await asks(PARENTS[2])
        assert len(home.platform.asked(Act.DECIDE_FRIEND)) == 2


async def test_a_return_that_was_not_told_is_seen_by_the_next_message(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        members = home.platform.groups.pop(CLASS)
        await happens(home, BotRemoved(BOT, home.clock.now(), CLASS))
        home.platform.groups[CLASS] = members
        await home.says(PARENT, "早")
        row = await models.Group.get(id=home.group.id)
        assert (row.bot, row.left_at) == (BOT, None)


async def test_what_is_under_way_when_it_is_removed_leaves_nothing_to_be_done(
    tmp_path: Path,
) -> None:
    class Slow(FakePlatform):
        """Answers no mute until it is let go; then the group is none."""

        began, go = asyncio.Event(), asyncio.Event()

        async def mute(self, group: GroupKey, account: Account, seconds: int) -> Answer[None]:
            self.began.set()
            await self.go.wait()
            return Answer(Word.REFUSED, wording="no such group")

    async with a_home(tmp_path) as home:
        home.platform = slow = Slow(home.clock)
        home.connect()
        home.hears(PARENT, INSULT)
        async with asyncio.timeout(10):
            await slow.began.wait()
            slow.groups.pop(CLASS)
            home.house.event(slow, BotRemoved(BOT, home.clock.now(), CLASS))
            while (await models.Group.get(id=home.group.id)).left_at is None:
                pass  # Each look lets the others come to run.
        slow.go.set()
        await home.settled()
        assert await models.Act.filter(state__in=("requested", "attempting")).count() == 0


async def test_a_message_that_comes_after_the_news_does_not_keep_the_group_open(
    tmp_path: Path,
) -> None:
    async with a_home(tmp_path) as home:
        home.house.event(home.platform, BotRemoved(BOT, home.clock.now(), CLASS))
        home.hears(PARENT, "再见")
        home.platform.groups.pop(CLASS)
        await home.settled()
        assert (await models.Group.get(id=home.group.id)).left_at is not None
        assert home.group.bot == ""
