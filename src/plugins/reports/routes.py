"""To whom a report or complaint goes: never to whom it is about, to who had a part in it, or to their
families; about a manager, to the level above (04.5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from src.core.chat.events import PlatformRole
from src.core.discipline.levels import Level
from src.core.people import Rank

if TYPE_CHECKING:
    from collections.abc import Collection

    from src.core.chat.events import Account
    from src.core.groups import Group
    from src.core.house import House


class Route(NamedTuple):
    """The lowest level that may decide, who may not, and who is there to be told."""

    least: Level
    without: frozenset[Account]
    level: Level
    people: tuple[Account, ...]


def least_level(rank: Rank) -> Level:
    """The lowest level that decides what is about somebody of this rank. A teacher stands above the
    class committee, on the same level of the group: see `route`."""
    if rank >= Rank.LEADER:
        return Level.OPERATOR
    if rank >= Rank.HEAD_TEACHER:
        return Level.SCHOOL
    if rank >= Rank.PLATFORM_ADMIN:
        return Level.HEAD
    return Level.GROUP


def route(
    house: House,
    group: Group,
    rank: Rank,
    without: Collection[Account],
    least: Level | None = None,
) -> Route:
    """Where something about somebody of this rank goes, or from `least` on. Where nobody is left there
    or above, the highest of the others who had no part in it is asked: a complaint about the only
    operator, too, reaches somebody."""
    least = least_level(rank) if least is None else least
    peers: set[Account] = set()
    if rank == Rank.COMMITTEE and least is Level.GROUP:
        here = house.levels.at(group, least)
        peers = {one for one in here if known_rank(house, group, one) <= rank}
    barred = frozenset(without) | peers
    level, people = house.levels.deciders(group, barred, least=least)
    if not people:
        nearest, others = house.escalations.highest(group, frozenset(without))
        return Route(nearest, frozenset(without), nearest, tuple(others))
    return Route(least, barred, level, tuple(people))


def known_rank(house: House, group: Group, account: Account) -> Rank:
    """Somebody's rank as it was last seen: good enough to choose whom to ask, and how."""
    role = group.platform_role(account)
    if role is PlatformRole.MEMBER and account in group.staff:
        role = PlatformRole.ADMIN
    return house.people.rank(group.key, account, role)
