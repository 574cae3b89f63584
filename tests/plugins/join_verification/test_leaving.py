"""Why somebody leaves is told to the head teacher; who left without a word is noted once a day."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from src.core.chat.events import Account, GroupKey, Member, PlatformRole
from src.core.store import models
from src.plugins.join_verification.leaving import last_telling
from tests.houses import ADMIN, BOT, OWNER, PARENT, PARENTS

from .classes import HOUR, NEWCOMER, a_class, member, set_to

if TYPE_CHECKING:
    from pathlib import Path

    from src.core.chat.port import Answer

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("2026-11-03 17:59", "2026-11-02 18:00"),
        ("2026-11-03 18:00", "2026-11-03 18:00"),
        ("2026-11-04 00:10", "2026-11-03 18:00"),
    ],
)
def test_the_head_teacher_is_told_once_a_day(now: str, told: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)
    assert f"{last_telling(moment.timestamp(), SHANGHAI):%Y-%m-%d %H:%M}" == told


async def test_who_says_why_is_told_of_at_once_and_never_again(tmp_path: Path) -> None:
    async with a_class(tmp_path, may_leave_silently="否") as home:
        await home.says(OWNER, f"/role @{ADMIN} head-teacher")
        home.platform.done.clear()
        await home.says(PARENT, "/退群")
        assert "请写上原因" in home.platform.said()[-1]
        await home.says(PARENT, "退群 孩子转学了", group=None)
        assert home.platform.whispered(ADMIN) == ["【三年级二班】101 要退群，原因：孩子转学了"]
        assert "您可以退群了" in home.platform.whispered(PARENT)[-1]
        await home.says(PARENT, "/leaving 孩子转学了")
        assert len(home.platform.whispered(ADMIN)) == 1
        await home.leaves(PARENT)
        assert (await member(home, PARENT)).left_how == "left"
        await home.advance(7 * HOUR)
        assert len(home.platform.whispered(ADMIN)) == 1
        assert home.platform.whispered(OWNER) == []


async def test_in_several_groups_the_line_says_which(tmp_path: Path) -> None:
    async with a_class(tmp_path) as home:
        other = GroupKey("qq", "2")
        home.platform.join(OWNER, "孙老师", PlatformRole.OWNER, group=other)
        home.platform.join(PARENT, "家长", group=other)
        home.platform.join(BOT, "群规", group=other)
        await home.says(OWNER, "/policy use text-only-parents", group=other)
        await home.says(OWNER, "/启用 join_verification", group=other)
        home.platform.done.clear()
        await home.says(PARENT, "退群 孩子转学了", group=None)
        answer = home.platform.whispered(PARENT)[-1]
        assert "退群 1 原因" in answer
        assert "退群 2 原因" in answer
        assert home.platform.whispered(OWNER) == []
        await home.says(PARENT, "退群 1 孩子转学了", group=None)
        assert "原因：孩子转学了" in home.platform.whispered(OWNER)[-1]

        # A stranger's word is not worth a question about every group there is.
        asked: list[GroupKey] = []
        read = home.platform.member

        async def counted(group: GroupKey, account: Account) -> Answer[Member]:
            asked.append(group)
            return await read(group, account)

        home.platform.member = counted
        await home.says(NEWCOMER, "退群 孩子转学了", group=None)
        assert "没有找到" in home.platform.whispered(NEWCOMER)[-1]
        assert asked == []


async def test_a_day_of_silent_leaves_is_one_line(tmp_path: Path) -> None:
    async with a_class(tmp_path, may_leave_silently="否") as home:
        for user in PARENTS[:2]:
            await home.leaves(user)
        await home.leaves(PARENTS[2], removed=True)
        await home.advance(HOUR)
        assert home.platform.whispered(OWNER) == []
        await home.advance(5.1 * HOUR)
        [line] = home.platform.whispered(OWNER)
        assert "有 2 位没有说明原因就退了群：101、102" in line
        assert home.platform.said() == []
        left = models.Membership.filter(left_at__isnull=False)
        assert [row.left_how for row in await left.order_by("id")] == ["left", "left", "removed"]

        # After six o'clock it waits for the next day; and is no matter where the policy says so.
        await home.leaves(PARENTS[3])
        await home.advance(2 * HOUR)
        assert len(home.platform.whispered(OWNER)) == 1
        await set_to(home, may_leave_silently="是")
        await home.leaves(PARENTS[4])
        assert (await member(home, PARENTS[4])).left_how == "left"
