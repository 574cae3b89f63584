"""Whom to ask: the group's own people, its head teacher, the school, and who runs the installation."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from src.core.chat.events import Account, PlatformRole
from src.core.people import Rank, rank_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from src.core.groups import Group
    from src.core.people import People


class Level(IntEnum):
    """How far up something goes (01.5.3, 08.2.1.1, 21.2.1.1)."""

    GROUP = 0
    """Whoever may decide in the group: committee, teachers, its head teacher, the platform's owner and
    admins."""
    HEAD = 1
    """The head teacher; where none is named, the platform's owner."""
    SCHOOL = 2
    """The school's leading group: whoever has a leader's role in any of its groups."""
    OPERATOR = 3
    """The superusers."""


class Levels:
    """Who stands at each level, by what is known without asking the platform: for telling and
    assigning. The right to decide is read fresh when somebody does."""

    def __init__(self, people: People) -> None:
        self._people = people

    def at(self, group: Group, level: Level) -> list[Account]:
        """Who stands at a level of this group. A superuser who is a teacher or owner here is asked as
        such too: running the installation takes nobody out of their class."""
        people = self._people
        if level is Level.OPERATOR:
            return [Account(group.key.namespace, user) for user in sorted(people.superusers)]
        if level is Level.SCHOOL:
            return people.leaders(group.key)
        named = people.holders(group.key, Rank.COMMITTEE)
        near = [
            one
            for one in dict.fromkeys([*named, *group.staff])
            if one not in group.gone and Rank.COMMITTEE <= self._rank(group, one) < Rank.LEADER
        ]
        if level is Level.GROUP:
            return near
        return [one for one in near if self.of(group, self._rank(group, one)) is Level.HEAD]

    def of(self, group: Group, rank: Rank) -> Level | None:
        """The level of somebody with this rank in the group; None for a member."""
        if rank >= Rank.SUPERUSER:
            return Level.OPERATOR
        if rank >= Rank.LEADER:
            return Level.SCHOOL
        if rank >= Rank.HEAD_TEACHER or (
            rank >= Rank.PLATFORM_OWNER
            and not self._people.holders(group.key, Rank.HEAD_TEACHER, Rank.HEAD_TEACHER)
        ):
            return Level.HEAD
        return Level.GROUP if rank >= Rank.COMMITTEE else None

    def deciders(
        self,
        group: Group,
        without: Collection[Account],
        *,
        least: Level = Level.GROUP,
        needs: int = 1,
    ) -> tuple[Level, list[Account]]:
        """The lowest level from `least` on at which, with those below it from `least` on, at least
        `needs` people are left, and these people; where there are never so many, all there are. One
        person alone in a class so has the next level asked too. Where nobody is known it is `least`:
        whoever turns up there may answer."""
        found: list[Account] = []
        reached = least
        for level in Level:
            if level < least:
                continue
            here = [one for one in self.at(group, level) if one not in without]
            reached = level if here else reached
            found = list(dict.fromkeys([*found, *here]))
            if len(found) >= max(1, needs):
                break
        return reached, found

    def _rank(self, group: Group, account: Account) -> Rank:
        """Somebody's rank here, whether or not they run the installation."""
        role = group.platform_role(account)
        superuser = self._people.is_superuser(account)
        if role is PlatformRole.MEMBER and account in group.staff and not superuser:
            role = PlatformRole.ADMIN
        return rank_of(self._people.role(group.key, account), role, superuser=False)
