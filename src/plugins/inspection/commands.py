"""`/inspect`: the head teacher sees the own group; in private the school's leaders see all of theirs."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from src.core.chat.port import Act, Word
from src.core.chat.wordings import plain
from src.core.commands import Call, Refusal, Reply, Right
from src.core.discipline import Level
from src.core.faults import log_fault
from src.core.people import Role
from src.core.store import models

from . import texts
from .area import area
from .facts import GroupState
from .gather import gather
from .school import groups_of, keep, leaders_of, place_of, sheet_of, state_of
from .telling import of_group, of_school

if TYPE_CHECKING:
    from src.core.house import House

    from .school import Sheet


@area.command(
    "inspect", "巡检", "看本群的情况；学校私聊发，看全部的群", right=Right.HEAD,
    example="/inspect",
)  # fmt: skip
async def inspect(call: Call, number: str = "") -> Reply:
    """One group, in private the one with this number; without, all groups of a leader's school."""
    if number and not (call.private and number.isdecimal()):
        raise Refusal(texts.USAGE)
    if number:
        await call.enter_numbered(int(number[:9]))
    elif call.private:
        schools = await _schools(call)
        if schools:
            return Reply(private=True, after=_whole(call, schools))
        await call.enter_only()
    return Reply(await _own(call), private=True)


async def _own(call: Call) -> str:
    house, group = call.house, call.group
    level = house.levels.of(group, call.rank)
    if level is None or level < Level.HEAD:
        # A parent may own the group on the platform.
        raise Refusal(texts.HEAD_ONLY)
    row = await models.Group.get(id=await house.records.row_of(group))
    state = await gather(house, row)
    role = house.people.role(group.key, call.account)
    if level > Level.HEAD and role is not Role.HEAD_TEACHER:
        # Who is silent is the head teacher's to know.
        state = replace(state, inactive=None)
    return of_group(state, house.records.local(house.records.now()))


async def _schools(call: Call) -> list[models.School]:
    """The schools that the caller leads; for a superuser all."""
    house = call.house
    schools = await models.School.all().order_by("id")
    if house.people.is_superuser(call.account):
        return schools
    found: list[models.School] = []
    for school in schools:
        rows = await models.Group.filter(school_id=school.id)
        groups = [group for row in rows if (group := house.groups.by_id(row.id)) is not None]
        if call.account in leaders_of(house, groups):
            found.append(school)
    return found


async def _whole(call: Call, schools: list[models.School]) -> str:
    """All groups of these schools, outside of any line: read side by side, as a platform that does not
    answer is waited for."""
    house = call.house
    told: list[str] = []
    for school in schools:
        rows = await groups_of(house, school.id)
        if not rows:
            continue
        read = await asyncio.gather(*(gather(house, row) for row in rows), return_exceptions=True)
        states = [one for one in read if isinstance(one, GroupState)]
        if failed := [one for one in read if isinstance(one, Exception)]:
            # The others are told of all the same.
            log_fault("a group could not be inspected", failed[0])
        state = await state_of(house, school, states, len(failed))
        sheet = await sheet_of(house, school.id, state)
        told.append(of_school(state, sheet.when, await _handed(call, school.id, sheet)))
    return "\n\n".join(told) or texts.NO_GROUPS


async def _handed(call: Call, school_id: int, sheet: Sheet) -> str:
    """Send the sheet to the caller; where that fails it is put on the server. Says what came of it."""
    house: House = call.house
    why = texts.NO_FILES
    if Act.SEND_FILE in call.asked.capabilities.acts:
        answer = await call.asked.send_file(
            call.account, sheet.name, sheet.content, call.event.via_group
        )
        if answer.word is Word.DONE:
            return texts.FILE_SENT.format(name=sheet.name)
        why = plain(answer.wording) or texts.UNKNOWN
    if await keep(house, school_id, sheet):
        return texts.FILE_LIES.format(why=why, place=place_of(house, sheet.name))
    return texts.FILE_NOT_SENT.format(why=why)
