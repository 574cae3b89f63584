"""The school's inspection on a schedule (01.5.2, 13.5.1): once for each due moment, the last one only where
several were missed. Each group is looked at in its own line; the last one's part hands it over.

That it was done is noted before anybody is told, as words are said once at most: what a kill loses is to be
had with `/inspect`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from src.core.chat.events import Account
from src.core.chat.port import Act, Word
from src.core.faults import log_fault
from src.core.schedule import Weekly
from src.core.store import in_transaction, models
from src.core.store.rows import account_row

from . import texts
from .area import area
from .gather import gather
from .school import groups_of, keep, leaders_of, place_of, sheet_of, state_of
from .telling import of_school

if TYPE_CHECKING:
    from src.core.groups import Group
    from src.core.house import House

    from .facts import GroupState
    from .school import Sheet


@dataclass(slots=True)
class _Round:
    """One inspection under way."""

    school: models.School
    left: int
    groups: list[Group]
    states: list[GroupState] = field(default_factory=list["GroupState"])
    unread: int = 0


@area.every(60)
async def inspect_schools(house: House) -> None:
    """Begin the inspections that are due. The first is due after the school was first seen. While no bot
    is connected, as right after a start, it waits: nothing would be known, and nobody told."""
    if not house.config.inspection.enabled or not house.platforms:
        return
    now = house.records.now()
    zone = ZoneInfo(house.config.timezone)
    due = Weekly.read(house.config.inspection.when).last(now.astimezone(zone))
    for school in await models.School.all():
        if school.inspected_at is None or school.inspected_at < due:
            await models.School.filter(id=school.id).update(inspected_at=now)
        if school.inspected_at is not None and school.inspected_at < due:
            await _begin(house, school)


async def _begin(house: House, school: models.School) -> None:
    rows = await groups_of(house, school.id)
    groups = [group for row in rows if (group := house.groups.by_id(row.id)) is not None]
    one_round = _Round(school, len(groups), groups)
    for group in groups:
        house.in_line(group, partial(_look, house, one_round, group))


async def _look(house: House, one_round: _Round, group: Group) -> None:
    """One group's part, in its line."""
    try:
        row = await models.Group.get(id=group.id)
        one_round.states.append(await gather(house, row))
    except Exception as error:
        # The others are told of all the same.
        log_fault("a group could not be inspected", error)
        one_round.unread += 1
    one_round.left -= 1
    if one_round.left == 0:
        await _hand_over(house, one_round)


async def _hand_over(house: House, one_round: _Round) -> None:
    """Write the file, and tell the leaders of the school, or the superusers where it has none."""
    school = one_round.school
    state = await state_of(house, school, one_round.states, one_round.unread)
    sheet = await sheet_of(house, school.id, state)
    kept = await keep(house, school.id, sheet)
    place = place_of(house, sheet.name)
    ending = texts.FILE_FOLLOWS.format(name=sheet.name, place=place) if kept else texts.NOT_WRITTEN
    text = of_school(state, sheet.when, ending if house.root is not None else "")
    leaders = leaders_of(house, one_round.groups)
    acts: list[models.Act] = []
    facts = {"school": school.id, "groups": len(state.groups), "unread": state.unread}
    async with in_transaction():
        await house.audit.note("inspection", facts=facts)
        for leader, group in leaders.items():
            acts += await house.tell.notice(group, await account_row(leader), text)
    house.executor.submit(acts)
    if not leaders:
        house.alerts.inform(text, f"inspection {school.id}")
    house.tasks.start(_send(house, sheet, leaders), "inspection")


async def _send(house: House, sheet: Sheet, leaders: dict[Account, Group]) -> None:
    """Send the file to each leader, or to the superusers, through the first bot that can."""
    for leader, group in leaders.items():
        platform = house.platform(group.bot)
        if platform is not None and Act.SEND_FILE in platform.capabilities.acts:
            await platform.send_file(leader, sheet.name, sheet.content, group.key)
    for user in sorted(house.people.superusers) if not leaders else ():
        for platform in list(house.platforms.values()):
            account = Account(platform.namespace, user)
            able = Act.SEND_FILE in platform.capabilities.acts
            if not able or not house.people.is_superuser(account):
                continue
            answer = await platform.send_file(account, sheet.name, sheet.content)
            if answer.word is not Word.REFUSED:
                break
