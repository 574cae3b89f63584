"""Who may do what: roles of the school, rights, and rank.

The school's role goes before the platform's own, which counts only where none is set: a parent
often owns the group (design: "Rank").
"""

from __future__ import annotations

from enum import Enum, IntEnum

from src.core.chat.events import PlatformRole


class Role(Enum):
    """What somebody is to the school, in one group; the values are what `/role` takes."""

    LEADER = "leader"
    HEAD_TEACHER = "head-teacher"
    TEACHER = "teacher"
    COMMITTEE = "committee"
    STAFF = "staff"
    PARENT = "parent"
    STUDENT = "student"


class Rank(IntEnum):
    """Who stands over whom. Nobody acts on an equal or higher rank."""

    MEMBER = 0
    DUTY = 5
    COMMITTEE = 10
    PLATFORM_ADMIN = 20
    TEACHER = 21
    PLATFORM_OWNER = 30
    HEAD_TEACHER = 31
    LEADER = 40
    SUPERUSER = 50

    @property
    def is_staff(self) -> bool:
        """A teacher or manager: bound by the rules too, but by a private word only."""
        return self >= Rank.COMMITTEE


class Right(IntEnum):
    """The least rank a command asks for; the three tables of commands.md. `ON_DUTY` is for what whoever
    has the duty of the day may do, within bounds (06.3.1)."""

    EVERYONE = 0
    ON_DUTY = Rank.DUTY
    DUTY = Rank.COMMITTEE
    HEAD = Rank.PLATFORM_OWNER


_OF_ROLE = {
    Role.LEADER: Rank.LEADER,
    Role.HEAD_TEACHER: Rank.HEAD_TEACHER,
    Role.TEACHER: Rank.TEACHER,
    Role.COMMITTEE: Rank.COMMITTEE,
    Role.STAFF: Rank.MEMBER,
    Role.PARENT: Rank.MEMBER,
    Role.STUDENT: Rank.MEMBER,
}
_OF_PLATFORM = {
    PlatformRole.OWNER: Rank.PLATFORM_OWNER,
    PlatformRole.ADMIN: Rank.PLATFORM_ADMIN,
    PlatformRole.MEMBER: Rank.MEMBER,
}


def rank_of(role: Role | None, platform: PlatformRole, *, superuser: bool) -> Rank:
    """The rank of somebody with these roles in a group."""
    if superuser:
        return Rank.SUPERUSER
    return _OF_ROLE[role] if role is not None else _OF_PLATFORM[platform]


def may_act_on(actor: Rank, target: Rank) -> bool:
    """Whether somebody of one rank may warn, mute or remove somebody of another."""
    return actor > target
