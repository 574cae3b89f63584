"""The announcement with the rules: some times a day, some time after a change of the policy and when the
line comes up it is compared with what should stand there. A text is posted once, at most one a day;
nobody's announcement is ever taken away."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from src.core.area import PolicyChanged
from src.core.chat.events import Connected
from src.core.chat.port import Act, Word
from src.core.discipline import Settled
from src.core.store import in_transaction, models
from src.core.store.rows import account_row

from . import tasks, texts
from .area import area, clauses
from .names import plain
from .settings import RULES

if TYPE_CHECKING:
    from src.core.chat.events import GroupKey
    from src.core.chat.port import Platform
    from src.core.groups import Group
    from src.core.house import House
    from src.core.policy import Policy

_EVERY = 21_600.0
_SETTLING = 1800.0
"""Seconds that a policy stands unchanged before it is announced: who changes it changes it again."""
_ONE_A_DAY = timedelta(hours=23)
_WITHIN = timedelta(hours=1)
_TASK = "announcement"

_due: WeakKeyDictionary[House, dict[GroupKey, float]] = WeakKeyDictionary()
"""When a policy that has changed is looked at."""


def body_of(policy: Policy, wanted: str) -> str:
    """What must stand in an announcement, without the line at its end that names the version."""
    if wanted != RULES:
        return wanted
    return "\n".join([texts.ANNOUNCED.format(title=policy.title), *policy.rules()])


def wanted_of(policy: Policy | None) -> tuple[str, bool]:
    """What the first clause that speaks of it wants in an announcement, and whether it is posted."""
    for clause in clauses(policy):
        if clause.settings.announcement and policy is not None:
            return body_of(policy, clause.settings.announcement), clause.settings.post
    return "", False


async def stands(platform: Platform, group: Group, body: str) -> bool | None:
    """Whether the newest announcement has this text; None where the platform does not show it."""
    if Act.READ_ANNOUNCEMENT not in platform.capabilities.acts:
        return None
    answer = await platform.read_announcement(group.key)
    if answer.word is not Word.DONE:
        return None
    return plain(body) in plain(answer.value or "")


def _concerned(house: House, group: Group) -> bool:
    return not group.at_rest(house.clock.now()) and bool(wanted_of(group.policy)[0])


@area.every(_EVERY)
async def compare(house: House) -> None:
    """Compare every group's announcement, in the group's line."""
    for group in house.groups:
        if _concerned(house, group):
            house.in_line(group, partial(keep, house, group))


async def keep(house: House, group: Group, event: object = None) -> None:
    """See that the announcement stands there. Runs in the group's line."""
    platform, policy = house.platform(group.bot), group.policy
    if platform is None or policy is None or not _concerned(house, group):
        return
    body, post = wanted_of(policy)
    if await stands(platform, group, body):
        await tasks.settle(house, group, _TASK)
        return
    can = Act.ANNOUNCE in platform.capabilities.acts
    if not post or not can:
        await _ask(house, group, body)
        return
    await house.records.row_of(group)
    now = house.records.now()
    tried = await models.Act.filter(group_id=group.id, kind="announce").order_by("-id")
    ours = [act for act in tried if "body" in act.payload]
    posted = next((act for act in ours if act.state not in ("denied", "lapsed")), None)
    if posted is not None and posted.payload["body"] == body:
        # That another stands above it is somebody's choice; one of ours before it is out of date.
        return
    if ours and ours[0].created_at > now - _ONE_A_DAY:
        return
    end = texts.ANNOUNCED_END.format(version=policy.version)
    async with in_transaction():
        bot = await account_row(platform.bot)
        payload = {"text": f"{body}\n{end}", "body": body}
        act = await house.records.new_act(group, "announce", bot, payload, now + _WITHIN, case=None)
    house.executor.submit([act])


area.on(Connected)(keep)


@area.on(PolicyChanged)
async def changed(house: House, group: Group, event: PolicyChanged) -> None:
    """Another policy is in force: it is announced when nobody changes it any more."""
    _due.setdefault(house, {})[group.key] = house.clock.now() + _SETTLING


@area.every(60.0)
async def announce_changes(house: House) -> None:
    """Look at the groups whose policies have changed, and have stood for a while."""
    due, now = _due.get(house, {}), house.clock.now()
    for key in [key for key, when in due.items() if when <= now]:
        del due[key]
        group = house.groups.get(key)
        if _concerned(house, group):
            house.in_line(group, partial(keep, house, group))


async def _ask(house: House, group: Group, body: str) -> None:
    await tasks.ask(house, group, _TASK, texts.POST_TASK, of=tasks.digest(body), paste=body)


@area.on(Settled)
async def settled(house: House, group: Group, event: Settled) -> None:
    """What could not be posted is for a person, with the text to copy."""
    act = event.act
    if act.kind != "announce" or "body" not in act.payload:
        return
    if act.state in ("denied", "lapsed"):
        await _ask(house, group, act.payload["body"])
    elif act.state == "confirmed":
        await tasks.settle(house, group, _TASK)
