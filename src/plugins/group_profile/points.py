"""What the bot cannot read is left to a person: the avatar and the description (15.1.2, 17.2.1, 19.2.2)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from src.core.area import PolicyChanged

from . import tasks, texts
from .area import area, clauses

if TYPE_CHECKING:
    from src.core.groups import Group
    from src.core.house import House
    from src.core.policy import Policy

_DAY = 86_400.0
POINTS = {"avatar": texts.AVATAR_TASK, "description": texts.DESCRIPTION_TASK}


def wanted(policy: Policy | None, point: str) -> str:
    """What the clauses say of a point; empty where they say nothing."""
    words = (str(getattr(clause.settings, point)) for clause in clauses(policy))
    return "；".join(filter(None, words))


@area.every(_DAY)
async def daily(house: House) -> None:
    """See that people were asked, in the groups' lines."""
    for group in house.groups:
        if any(wanted(group.policy, point) for point in POINTS):
            house.in_line(group, partial(keep, house, group))


async def keep(house: House, group: Group, event: object = None) -> None:
    """Ask for what a clause wants a person to look at; what no clause wants is asked no more."""
    if group.id is None or group.at_rest(house.clock.now()):
        return
    for point, text in POINTS.items():
        words = wanted(group.policy, point)
        if words:
            await tasks.ask(house, group, point, text.format(wanted=words))
        else:
            await tasks.settle(house, group, point)


area.on(PolicyChanged)(keep)
