"""Who of the class has no account in the group, and the managers' reminder of it (06.1.3)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from src.core.people import PersonKind
from src.core.people.codes import without_account
from src.core.people.roster import plain
from src.core.store import in_transaction
from src.core.text import fold

from . import texts
from .area import area
from .settings import RosterSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from src.core.chat.events import Member
    from src.core.groups import Group
    from src.core.house import House
    from src.core.people import ClassRoster, Person

KIND = "missing"
_HOUR = 3600.0


class Missing(NamedTuple):
    """Those without an account in the group, and of them those whom a member's name there names."""

    nobody: list[Person]
    by_name: list[Person]


def missing(roster: ClassRoster, members: Sequence[Member]) -> Missing:
    """Who of a roster is not among the members of its group."""
    named = {
        plain(one.name) for member in members for _, _, one in roster.mentions(fold(member.name))
    }
    without = without_account(roster, {member.account for member in members})
    return Missing(
        [one for one in without if plain(one.name) not in named],
        [one for one in without if plain(one.name) in named],
    )


def _every(group: Group) -> int:
    """The seconds between two reminders; 0 where there are none."""
    for bound in group.policy.bindings(RosterSettings) if group.policy is not None else ():
        if isinstance(bound.settings, RosterSettings) and bound.settings.follow_up:
            return bound.settings.follow_up
    return 0


@area.every(_HOUR)
async def follow_up(house: House) -> None:
    """Look at the groups whose managers want to know, in their lines."""
    for group in house.groups:
        if _every(group) and group.roster is not None and not group.at_rest(house.clock.now()):
            house.in_line(group, partial(_remind, house, group))


async def _remind(house: House, group: Group) -> None:
    """Tell the managers how many students are missing, where it is time; that they were told is noted."""
    platform, roster, every = house.platform(group.bot), group.roster, _every(group)
    if platform is None or roster is None or group.id is None or not every:
        return
    if await house.records.was_noted(group, KIND, house.records.now() - timedelta(seconds=every)):
        return
    members = (await platform.members(group.key)).value
    if members is None:
        return
    students = [one for one in missing(roster, members).nobody if one.kind is PersonKind.STUDENT]
    if not students:
        return
    text = texts.FOLLOW_UP.format(
        group=house.records.title(group), count=len(students), number=group.id
    )
    async with in_transaction():
        await house.records.note(group, KIND)
        acts = await house.tell.all_of(group, house.tell.managers(group), text)
    house.executor.submit(acts)
