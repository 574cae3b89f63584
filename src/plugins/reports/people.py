"""The managers of a group, and what people call them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.commands import Refusal
from src.core.discipline.levels import Level
from src.core.people import Rank

from . import texts
from .routes import known_rank

if TYPE_CHECKING:
    from collections.abc import Mapping

    from src.core.chat.events import Account, Member
    from src.core.commands import Call
    from src.core.groups import Group
    from src.core.house import House


def managers(house: House, group: Group) -> list[Account]:
    """Everybody of the group and its school who may be complained about, or answer a complaint."""
    found = [one for level in Level for one in house.levels.at(group, level)]
    return list(dict.fromkeys(found))


def called(group: Group, member: Member) -> list[str]:
    """The names that people have for somebody: the card, and the roster's."""
    roster = group.roster
    known = roster.identities(member.account) if roster is not None else ()
    return [one for one in (member.name, *(i.person.name for i in known)) if one]


def labelled(house: House, group: Group, account: Account, names: Mapping[Account, str]) -> str:
    """Somebody by role and name in the group, as 班主任 孙老师; the role once, where the name has it."""
    role = house.people.role(group.key, account)
    if house.people.is_superuser(account):
        title = texts.OPERATOR
    elif role is not None and role in texts.ROLES:
        title = texts.ROLES[role]
    else:
        owner = known_rank(house, group, account) >= Rank.PLATFORM_OWNER
        title = texts.OWNER if owner else texts.ADMIN
    name = names.get(account, "")
    return name if title in name else f"{title} {name}".strip()


async def names_of(call: Call) -> dict[Account, str]:
    """What people are called in the group; nothing where the platform does not tell."""
    try:
        return {one.account: one.name for one in await call.members()}
    except Refusal:
        return {}
