"""`python -m bench.guard`: what the guard alone costs for a clean message, by number of commands.

In this process, without a platform: the time of `Guard.message`, message by message.
"""

from __future__ import annotations

from itertools import islice
import os
from statistics import median, quantiles
import time
from typing import TYPE_CHECKING, cast

import nonebot

from src.core.chat.events import Account, GroupKey, Kind, MessageReceived, MessageRef, Segment
from src.core.clock import RealClock
from src.core.commands import Command, Right, Router, Signature
from src.core.groups import Groups
from src.core.guard import Guard
from src.core.people import People
from src.core.policy import compile_policy, load_pack
from src.core.queues import Lines
from src.core.text import built_in
from tests.end_to_end.launcher import ROOT

from .peers import GROUPS, PACK, speakers
from .sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from src.core.chat.port import Platform

MESSAGES = 20_000
WARM_UP = 2_000
COMMANDS = (10, 100)


async def _nothing(*_: object) -> None:
    """Takes what no clean message leads to."""


def guard_with(commands: int) -> Guard:
    """A guard with the pack in force in every group and so many commands."""
    router = Router({"/", "／"})
    for number in range(commands):
        name = f"command{number}"
        router.add(
            Command(
                name,
                (f"命令{number}",),
                "",
                "",
                Right.EVERYONE,
                _nothing,
                Signature(_nothing, name, "", f"/{name}"),
            )
        )
    policy = compile_policy(load_pack(PACK), version=1, policy_id=None)
    groups = Groups()
    for number in GROUPS:
        groups.get(GroupKey("qq", str(number))).policy = policy
    return Guard(
        clock=RealClock(),
        groups=groups,
        people=People(()),
        lexicon=built_in(),
        router=router,
        group_line=Lines("group", _nothing),
        private_line=Lines("private", _nothing),
        is_connected=lambda bot: True,
        saw=lambda event: None,
    )


def messages() -> Iterator[MessageReceived]:
    """Clean messages from all members of all groups in turn."""
    for number, ((group, user), text) in enumerate(zip(speakers(), sentences(2026), strict=False)):
        yield MessageReceived(
            ref=MessageRef("10001", GroupKey("qq", str(group)), str(number), time.time()),
            account=Account("qq", str(user)),
            segments=(Segment(Kind.TEXT, text),),
            text=text,
        )


def measure(guard: Guard) -> list[float]:
    """Microseconds of each message after the warm-up."""
    platform = cast("Platform", None)  # Only commands and private messages look at it.
    taken: list[float] = []
    for event in islice(messages(), WARM_UP + MESSAGES):
        start = time.perf_counter_ns()
        passed_on = guard.message(platform, event)
        taken.append((time.perf_counter_ns() - start) / 1e3)
        assert passed_on, "a clean message was found fault with"
    return taken[WARM_UP:]


def main() -> None:
    """Measure with each number of commands."""
    os.chdir(ROOT)  # NoneBot names plugins by their path from here.
    nonebot.init()
    nonebot.load_plugins("src/plugins")
    for count in COMMANDS:
        taken = measure(guard_with(count))
        slow = quantiles(taken, n=100)[98]
        print(f"{count:>4} commands: median {median(taken):.1f} us, p99 {slow:.1f} us")


if __name__ == "__main__":
    main()
