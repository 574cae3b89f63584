"""What `/doctor` says of the group's face: what nobody has looked at that the bot cannot see, and what is
missing before the group opens (06.1.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.events import PlatformRole
from src.core.people import Rank

from . import tasks, texts
from .announcing import stands, wanted_of
from .area import area, clauses
from .naming import wrong_name
from .points import wanted

if TYPE_CHECKING:
    from src.core.commands import Call


@area.diagnosis
async def diagnosis(call: Call) -> list[str]:
    """Lines for people; everything is read now."""
    lines: list[str] = []
    for point, what in (("avatar", texts.AVATAR), ("description", texts.DESCRIPTION)):
        if wanted(call.group.policy, point):
            row = await tasks.last(call.group, point)
            seen = row is not None and row.state == "confirmed"
            state = texts.SEEN if seen else texts.NOT_SEEN
            lines.append(texts.CANNOT_SEE.format(what=what, state=state))
    if any(clause.settings.checklist for clause in clauses(call.group.policy)):
        missing = [*await _name(call), *await _announcement(call), *await _people(call)]
        lines += missing or [texts.ALL_SET]
    return lines


async def _name(call: Call) -> list[str]:
    name = (await call.platform.group_name(call.group.key)).value
    if not name:
        return [texts.NAME_UNREAD]
    wrong = wrong_name(call.house, call.group, name)
    if wrong is None:
        return []
    return [texts.NAME_WRONG.format(why=wrong.why, clause=wrong.clause.bound.clause.number)]


async def _announcement(call: Call) -> list[str]:
    body, _ = wanted_of(call.group.policy)
    missing = body and await stands(call.platform, call.group, body) is False
    return [texts.NO_ANNOUNCEMENT] if missing else []


async def _people(call: Call) -> list[str]:
    heads = call.house.people.holders(call.group.key, Rank.HEAD_TEACHER)
    lines: list[str] = []
    if not heads:
        lines.append(texts.NO_HEAD)
    elif all(call.platform.reachable(one) is False for one in heads):
        lines.append(texts.HEAD_UNREACHED)
    roster = call.group.roster
    if roster is None:
        lines.append(texts.NO_ROSTER)
    elif not roster.students:
        lines.append(texts.NO_STUDENTS)
    bot = (await call.platform.member(call.group.key, call.platform.bot)).value
    if bot is not None and bot.role is PlatformRole.MEMBER:
        lines.append(texts.WEAK)
    return lines
