"""`python -m bench.guard`: what we add to a clean message on arrival, by number of commands.

In this process, without a line: the time of `Guard.message` (the guard alone), and of
`OneBot11Chat.arrived` (reading the frame, dropping repeats, and the guard), message by message.
"""

from __future__ import annotations

import asyncio
from itertools import islice
import os
from statistics import median, quantiles
import time
from typing import TYPE_CHECKING, Any, TypeVar, cast

import nonebot

from sandbox.fakeqq import BOT, FakeQQ, Member
from src.core.chat.events import Account, GroupKey, Kind, MessageReceived, MessageRef, Segment
from src.core.chat.onebot11 import OneBot11Chat
from src.core.clock import RealClock
from src.core.commands import Command, Right, Router, Signature
from src.core.groups import Groups
from src.core.guard import Guard
from src.core.people import People
from src.core.policy import compile_policy, load_pack
from src.core.queues import Lines
from src.core.text import built_in
from tests.end_to_end.launcher import ROOT

from .peers import GROUPS, MEMBERS, PACK, speakers
from .sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from nonebot.adapters import Bot

    from src.core.chat.port import Platform

T = TypeVar("T")
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


class Connected:
    """As much of NoneBot's bot as a connection shows before anything is asked."""

    self_id = str(BOT)


def chat_with(guard: Guard) -> OneBot11Chat:
    """The OneBot 11 entrance in front of a guard, with one bot connected."""
    chat = OneBot11Chat(guard, RealClock())
    chat.connected(cast("Bot", Connected()))
    return chat


def messages() -> Iterator[MessageReceived]:
    """Clean messages from all members of all groups in turn."""
    for number, ((group, user), text) in enumerate(zip(speakers(), sentences(2026), strict=False)):
        yield MessageReceived(
            ref=MessageRef(str(BOT), GroupKey("qq", str(group)), str(number), time.time()),
            account=Account("qq", str(user)),
            segments=(Segment(Kind.TEXT, text),),
            text=text,
        )


def frames() -> Iterator[dict[str, Any]]:
    """The same messages as NapCat's frames, read from JSON."""
    qq = FakeQQ("", "", self_id=BOT, now=time.time)
    for group in GROUPS:
        qq.add_group(group, f"{group}班", [Member(user, f"网友{user}") for user in MEMBERS])
    for (group, user), text in zip(speakers(), sentences(2026), strict=False):
        yield qq.message_event(group, user, text)


def measure(handle: Callable[[T], bool], items: Iterable[T]) -> str:
    """Median and 99th percentile of each message after the warm-up, in microseconds."""
    taken: list[float] = []
    for item in islice(items, WARM_UP + MESSAGES):
        start = time.perf_counter_ns()
        passed_on = handle(item)
        taken.append((time.perf_counter_ns() - start) / 1e3)
        assert passed_on, "a clean message was found fault with"
    del taken[:WARM_UP]
    return f"median {median(taken):.1f} us, p99 {quantiles(taken, n=100)[98]:.1f} us"


async def main() -> None:
    """Measure with each number of commands."""
    os.chdir(ROOT)  # NoneBot names plugins by their path from here.
    nonebot.init()
    nonebot.load_plugins("src/plugins")
    platform = cast("Platform", None)  # Only commands and private messages look at it.
    for count in COMMANDS:
        guard, chat = guard_with(count), chat_with(guard_with(count))
        alone = measure(lambda event, guard=guard: guard.message(platform, event), messages())
        print(f"{count:>4} commands: the guard alone: {alone}")
        print(f"{count:>4} commands: from the frame:  {measure(chat.arrived, frames())}")


if __name__ == "__main__":
    asyncio.run(main())
