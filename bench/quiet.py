"""`python -m bench.quiet`: the minute's comparison of quiet hours for 2,000 groups.

In this process, with SQLite in a temporary folder. Half of the groups are muted as a whole by us, none
has anything to be done; then what a clean message costs more for `Message.quiet`.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from statistics import median
import tempfile
import time
from typing import TYPE_CHECKING

from src.core.chat.events import GroupKey
from src.core.clock import to_datetime
from src.core.policy import Pack, compile_policy, load_pack
from src.core.store import models
from src.plugins.quiet_hours.levels import compare
from tests.houses import BOT, NOON, a_home

if TYPE_CHECKING:
    from tests.houses import Home

GROUPS = 2_000
ROUNDS = 50
MESSAGES = 200_000
MIDNIGHT = NOON + 12 * 3600


def fill(home: Home) -> None:
    """Groups with a policy of their own each, by night; every other one closed until the morning."""
    content = load_pack("committee-hours").content()
    policy = compile_policy(Pack.from_content(content), version=1, policy_id=None)
    ours = next(one for one in policy.bound if one.area.name == "quiet_hours")
    for number in range(GROUPS):
        group = home.house.groups.get(GroupKey("qq", str(1000 + number)))
        group.id, group.bot = 1000 + number, BOT
        level = ("mute_all", "remind")[number % 2]
        settings = ours.settings.model_copy(update={"level": level}, deep=True)
        bound = replace(ours, settings=settings)
        hours = settings.quiet_hours()
        assert hours is not None
        group.policy = replace(policy, bound=(bound,), judging=(bound,), quiet=(hours,))
        if level == "mute_all":
            until = to_datetime(MIDNIGHT + 7 * 3600)
            group.closing = models.WholeMute(group_id=group.id, state="closed", until=until)


async def measure() -> None:
    """Print the medians and the worst of the rounds."""
    with tempfile.TemporaryDirectory() as folder:
        async with a_home(Path(folder), pack=None) as home:
            fill(home)
            home.clock.move_to(MIDNIGHT)
            await home.settled()
            spent: list[float] = []
            async with home.statements() as seen:
                for _ in range(ROUNDS):
                    begun = time.perf_counter()
                    await compare(home.house)
                    spent.append((time.perf_counter() - begun) * 1000)
            assert home.house.queued()["groups"] == 0
            print(
                f"{GROUPS} groups compared: median {median(spent):.1f} ms, worst {max(spent):.1f} ms,"
                f" {len(seen)} database queries"
            )
            await a_message(home)


async def a_message(home: Home) -> None:
    """What the guard asks of the calendar for a message."""
    group = home.house.groups.get(GroupKey("qq", "1000"))
    assert group.policy is not None
    (hours,) = group.policy.quiet
    zone = home.house.guard._zone
    begun = time.perf_counter()
    for _ in range(MESSAGES):
        any(one.at(MIDNIGHT, zone).on for one in (hours,))
    spent = (time.perf_counter() - begun) / MESSAGES * 1e6
    print(f"whether a message is in quiet hours: {spent:.2f} us")


if __name__ == "__main__":
    asyncio.run(measure())
