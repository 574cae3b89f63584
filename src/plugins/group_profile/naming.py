"""The group's name is a level: every half hour, and whenever the platform tells of a change, it is compared
with what the clauses allow, and the last good name is put back where they say so. Never a fight."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from src.core.area import PolicyChanged
from src.core.chat.events import Connected, GroupRenamed
from src.core.chat.port import Act
from src.core.discipline import Settled
from src.core.people import Rank, Right, RosterChanged
from src.core.store import in_transaction, models
from src.core.store.rows import account_row

from . import tasks, texts
from .area import Clause, area, clauses
from .names import fault_of

if TYPE_CHECKING:
    from src.core.chat.events import Account
    from src.core.chat.port import Platform
    from src.core.groups import Group
    from src.core.house import House

_POLL = 1800.0
"""Seconds between two readings: some implementations tell of no change (anchors/onebot.md, fact 8)."""
_IN_AN_HOUR, _IN_A_DAY = 2, 4
"""So often the name is put back; judgement."""
_WITHIN = timedelta(minutes=10)
_NEEDED = {"staff": Right.DUTY, "head": Right.HEAD}
_TASK = "name"


class Wrong(NamedTuple):
    """Why a name cannot stay: by which clause, and in words."""

    clause: Clause
    why: str


def wrong_name(house: House, group: Group, name: str) -> Wrong | None:
    """The first clause that a name of the group does not fit."""
    class_name = group.roster.name if group.roster is not None else None
    for clause in clauses(group.policy):
        if clause.settings.of_name:
            fault = fault_of(name, clause.settings, class_name, house.lexicon)
            if fault:
                forms = texts.FORMS.join(one.example for one in clause.settings.templates)
                return Wrong(clause, texts.FAULTS[fault].format(forms=forms))
    return None


def _not_theirs(group: Group, rank: Rank) -> Wrong | None:
    """The clause by which somebody of this rank may not change the name."""
    for clause in clauses(group.policy):
        who = clause.settings.rename_by
        if who != "anyone" and rank < _NEEDED[who]:
            return Wrong(clause, texts.FAULTS["who"].format(who=texts.WHO[who]))
    return None


def _concerned(house: House, group: Group) -> bool:
    return not group.at_rest(house.clock.now()) and any(
        clause.settings.of_name for clause in clauses(group.policy)
    )


@area.every(_POLL)
async def poll(house: House) -> None:
    """Read every group's name; what is to be done goes into the group's line."""
    for group in house.groups:
        if _concerned(house, group):
            house.in_line(group, partial(read, house, group))


async def read(house: House, group: Group, event: object = None) -> None:
    """Compare the name that the platform has now. Runs in the group's line."""
    platform = house.platform(group.bot)
    if platform is None or not _concerned(house, group):
        return
    name = (await platform.group_name(group.key)).value
    if name:
        await _compare(house, group, platform, name, None, 0.0)


area.on(Connected)(read)
area.on(PolicyChanged)(read)
area.on(RosterChanged)(read)


@area.on(GroupRenamed)
async def renamed(house: House, group: Group, event: GroupRenamed) -> None:
    """Somebody has changed the name. What the event tells may be over by now."""
    platform = house.platform(group.bot)
    if platform is None or not _concerned(house, group):
        return
    name = (await platform.group_name(group.key)).value or event.name
    operator = event.operator if name == event.name else None
    await _compare(house, group, platform, name, operator, event.time)


async def _compare(
    house: House,
    group: Group,
    platform: Platform,
    name: str,
    operator: Account | None,
    time: float,
) -> None:
    """Take a name as good, or see that it does not stay. `operator` is who gave it at `time`."""
    row = await models.Group.get(id=await house.records.row_of(group))
    group.name = name
    wrong = wrong_name(house, group, name)
    if wrong is None and name == row.good_name:
        await tasks.settle(house, group, _TASK)
        return
    rank = await _rank(house, group, platform, operator)
    if wrong is None and rank is not None and row.good_name is not None:
        wrong = _not_theirs(group, rank)
    if wrong is None:
        await _take(house, group, row, name, known=rank is not None or operator == platform.bot)
        return
    # The name that is wrong is not repeated in what people are told.
    group.name = row.good_name or ""
    allowed = rank is not None and rank.is_staff and _not_theirs(group, rank) is None
    key = f"name/{tasks.digest(name)}/"
    if rank is not None and operator is not None:
        await house.court.charge(
            group,
            operator,
            wrong.clause.bound,
            what=texts.RENAMED,
            facts={"name": "wrong"},
            rank=rank,
            advice=texts.ADVICE.format(why=wrong.why),
            key=f"{key}{time:.0f}",
        )
    # A manager's choice stays; they have been told what is wrong with it.
    chosen = allowed or await models.Case.exists(
        group_id=group.id, plugin=area.name, step="word", message_key__startswith=key
    )
    if chosen and wrong_name(house, group, name) is not None:
        return
    await _put_back(house, group, platform, row.good_name, name, wrong, known=rank is not None)


async def _rank(
    house: House, group: Group, platform: Platform, operator: Account | None
) -> Rank | None:
    """The rank of who is said to have changed the name, read fresh; None where nobody can be held to it."""
    if operator is None or operator == platform.bot:
        return None
    member = (await platform.member(group.key, operator)).value
    if member is None:
        return None
    return house.people.rank(group.key, operator, member.role)


async def _take(house: House, group: Group, row: models.Group, name: str, *, known: bool) -> None:
    """The name is the good one from now on."""
    guarded = any(one.settings.rename_by != "anyone" for one in clauses(group.policy))
    acts: list[models.Act] = []
    async with in_transaction():
        await models.Group.filter(id=row.id).update(good_name=name[:200])
        if row.good_name is not None and guarded and not known:
            text = texts.CHANGED.format(group=house.records.title(group))
            acts = await house.tell.all_of(group, house.tell.managers(group), text)
    house.executor.submit(acts)
    await tasks.settle(house, group, _TASK)


async def _put_back(
    house: House,
    group: Group,
    platform: Platform,
    good: str | None,
    name: str,
    wrong: Wrong,
    *,
    known: bool,
) -> None:
    number = wrong.clause.bound.clause.number
    restore = any(one.settings.restore for one in clauses(group.policy))
    can = Act.SET_GROUP_NAME in platform.capabilities.acts
    if not restore or not can or not good or wrong_name(house, group, good) is not None:
        text = texts.NAME_TASK.format(clause=number, why=wrong.why)
        await tasks.ask(house, group, _TASK, text, of=tasks.digest(name))
        return
    twice = texts.NAME_TWICE.format(clause=number, why=wrong.why)
    asked = await tasks.last(group, _TASK)
    if asked is not None and asked.state == "confirmed":
        if (asked.payload["text"], asked.payload["of"]) == (twice, tasks.digest(name)):
            # A person has looked, and left it.
            return
    now = house.records.now()
    renames = models.Act.filter(group_id=group.id, kind="rename")
    if await renames.filter(state__in=("requested", "attempting")).exists():
        return
    in_an_hour = await renames.filter(created_at__gt=now - timedelta(hours=1)).count()
    in_a_day = await renames.filter(created_at__gt=now - timedelta(days=1)).count()
    if in_an_hour >= _IN_AN_HOUR or in_a_day >= _IN_A_DAY:
        await tasks.ask(house, group, _TASK, twice, of=tasks.digest(name))
        return
    async with in_transaction():
        bot = await account_row(platform.bot)
        payload = {"name": good, "clause": number, "why": wrong.why, "known": known}
        act = await house.records.new_act(group, "rename", bot, payload, now + _WITHIN, case=None)
    house.executor.submit([act])


@area.on(Settled)
async def settled(house: House, group: Group, event: Settled) -> None:
    """Tell the managers that the name was put back; where it could not be, look again."""
    act = event.act
    if act.kind != "rename" or "why" not in act.payload:
        return
    if act.state != "confirmed":
        await read(house, group)
        return
    group.name = act.payload["name"]
    text = texts.RESTORED.format(
        group=house.records.title(group),
        clause=act.payload["clause"],
        why=act.payload["why"],
        name=act.payload["name"],
        who="" if act.payload["known"] else texts.NOBODY_KNOWN,
    )
    async with in_transaction():
        acts = await house.tell.all_of(group, house.tell.managers(group), text)
    house.executor.submit(acts)
