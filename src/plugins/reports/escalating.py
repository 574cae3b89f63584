"""Passing up by hand, and the register of what was passed up (01.5.3, 05.5.2, 07.6.2, 08.2.1.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.events import PlatformRole
from src.core.commands import Call, Item, Refusal, Reply, Rest, Right, item
from src.core.discipline import LIVES, STEP_NAMES, NotAllowed
from src.core.discipline.conflicts import family_of
from src.core.discipline.levels import Level
from src.core.duration import spoken
from src.core.people import Rank
from src.core.store import in_transaction, models

from . import texts
from .area import area
from .rows import account_of, barred

if TYPE_CHECKING:
    from datetime import datetime

    from src.core.groups import Group
    from src.core.house import House

PASSED = ("report", "complaint", "escalation")
"""Kinds of requests that go up themselves; of others their case does, and they stay where they are."""
_SHOWN = 20
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


async def _closed(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    return await house.escalations.closed(house, group, request, by)


async def _due(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    return await house.escalations.due(house, group, request, by)


area.decides("escalation", confirmed=_closed, refused=_closed, due=_due)


@area.command(
    "escalate", "上报", "把案件或待办交给上一级，看还没办结的上报", right=Right.DUTY,
    example="/escalate 12 涉及校外人员", quotes=True,
)  # fmt: skip
async def escalate(call: Call, words: Rest = Rest("")) -> Reply:
    """Pass a case or an open request up; or the register."""
    if not words:
        return Reply(await _register(call), private=True)
    first, _, reason = words.partition(" ")
    number = item(first)
    if number is None or (call.private and number.group is None):
        raise Refusal(texts.ESCALATE_HOW)
    if number.group is not None:
        if not call.private and number.group != call.group.id:
            raise Refusal(texts.ESCALATE_NO_ITEM.format(number=number))
        await call.enter_numbered(number.group)
    return Reply(await _pass_up(call, number, reason.strip()), private=True)


# -- by hand ------------------------------------------------------------------------------------------


async def _pass_up(call: Call, number: Item, reason: str) -> str:
    group = call.group
    request = await models.Request.get_or_none(
        group_id=group.id, number=number.number, state="open"
    ).select_related("case", "account")
    if request is not None and request.kind in PASSED:
        if call.account in barred(request):
            # The same words as for none: whom it is about, or who reported it, is not to be probed.
            raise Refusal(texts.ESCALATE_NO_ITEM.format(number=number.number))
        return await _request(call, request, reason)
    cases = models.Case.filter(group_id=group.id, observed=False, state__in=LIVES)
    if request is not None and request.case_id is not None:
        cases = cases.filter(id=request.case_id)
    else:
        cases = cases.filter(number=number.number)
    case = await cases.select_related("account").first()
    if case is None or call.account in family_of(group, account_of(case.account)):
        raise Refusal(texts.ESCALATE_NO_ITEM.format(number=number.number))
    return await _case(call, case, reason)


def above(house: House, group: Group, rank: Rank) -> Level:
    """The level above somebody of this rank; the head teacher's at the lowest."""
    own = house.levels.of(group, rank) or Level.GROUP
    return Level(min(max(own + 1, Level.HEAD), Level.OPERATOR))


async def _case(call: Call, case: models.Case, reason: str) -> str:
    house, group = call.house, call.group
    what = texts.ESCALATION_WHAT.format(number=case.number, step=STEP_NAMES[case.step])
    if reason:
        what += texts.REASON.format(reason=reason[:200])
    async with in_transaction():
        if await models.Request.exists(open_key=house.escalations.key(case)):
            return texts.ESCALATE_OPEN.format(number=case.number)
        acts = await house.escalations.open(
            group, case, what=what, by=call.account, least=above(house, group, call.rank)
        )
        opened = await models.Request.get(open_key=house.escalations.key(case))
    house.executor.submit(acts)
    return _passed(house, opened, case.number)


async def _request(call: Call, request: models.Request, reason: str) -> str:
    house, group = call.house, call.group
    try:
        by = await house.requests.check(group, request, call.account, call.rank)
    except NotAllowed as refusal:
        raise Refusal(str(refusal)) from None
    before = request.level
    async with in_transaction():
        if not await models.Request.exists(id=request.id, state="open"):
            raise Refusal(texts.ESCALATE_NO_ITEM.format(number=request.number))
        within = house.escalations.within(group, Level(min(before + 1, Level.OPERATOR)))
        went_up, acts = await house.escalations.up(group, request, within)
        if went_up:
            await house.audit.note(
                "request.escalated",
                group=group,
                by=by,
                facts={"request": request.number, "kind": request.kind},
                personal={"reason": reason} if reason else None,
            )
    if not went_up:
        raise Refusal(texts.ESCALATED_TOP.format(number=request.number))
    house.executor.submit(acts)
    return _passed(house, request, request.number)


def _passed(house: House, request: models.Request, number: int) -> str:
    if request.assignee_id is None:
        return texts.ESCALATED_NOBODY.format(number=number)
    assert request.expires_at is not None
    return texts.ESCALATED.format(
        number=number,
        level=texts.LEVELS[Level(request.level)],
        until=house.records.local(request.expires_at),
    )


# -- the register -------------------------------------------------------------------------------------


async def _register(call: Call) -> str:
    """What is passed up and not closed, in the caller's groups; a school leader sees all of the
    school's."""
    house = call.house
    lines: list[str] = []
    for group, rank in await _groups(call):
        own = house.levels.of(group, rank) or Level.GROUP
        rows = models.Request.filter(group_id=group.id, state="open", kind__in=PASSED)
        for row in await rows.order_by("id").select_related("account"):
            if row.kind != "escalation" and row.level < Level.HEAD:
                continue
            if row.account is not None and call.account in family_of(
                group, account_of(row.account)
            ):
                continue
            # What is complained of is listed to nobody who may not decide it.
            if row.kind != "escalation" and (own < row.level or call.account in barred(row)):
                continue
            lines.append(_line(house, group, row))
    if not lines:
        return texts.ESCALATE_NONE
    return "\n".join([texts.ESCALATE, *lines[:_SHOWN], texts.ESCALATE_HOW])


def _line(house: House, group: Group, row: models.Request) -> str:
    until = (
        texts.ESCALATE_UNTIL.format(until=house.records.local(row.expires_at))
        if row.expires_at is not None
        else ""
    )
    return texts.ESCALATE_LINE.format(
        number=f"{group.id}-{row.number}",
        what=row.payload["what"],
        age=_age(house.records.now(), row.created_at),
        level=texts.LEVELS[Level(row.level)],
        until=until,
    )


def _age(now: datetime, since: datetime) -> str:
    """How old something is, in its largest unit: 3 天, 5 小时."""
    seconds = max(_MINUTE, int((now - since).total_seconds()))
    unit = next(one for one in (_DAY, _HOUR, _MINUTE) if seconds >= one)
    return spoken(seconds - seconds % unit)


async def _groups(call: Call) -> list[tuple[Group, Rank]]:
    """The groups whose register the caller may see and their rank there, read fresh."""
    if call.group_or_none is not None:
        await call.check_rank(Right.DUTY)
        return [(call.group, call.rank)]
    house = call.house
    found: list[tuple[Group, Rank]] = []
    open_ = models.Request.filter(state="open", kind__in=PASSED).distinct()
    for (group_id,) in await open_.values_list("group_id"):
        group = house.groups.by_id(int(group_id))
        if group is None or group.key.namespace != call.account.namespace:
            continue
        rank = await _rank_in(house, call, group)
        if rank >= Right.DUTY:
            found.append((group, rank))
    return found


async def _rank_in(house: House, call: Call, group: Group) -> Rank:
    """The caller's rank in a group; a leader's and an operator's needs no membership."""
    known = house.people.rank(group.key, call.account, PlatformRole.MEMBER)
    platform = house.platform(group.bot)
    if known >= Rank.LEADER or platform is None:
        return known if known >= Rank.LEADER else Rank.MEMBER
    member = (await platform.member(group.key, call.account)).value
    if member is None:
        return Rank.MEMBER
    return house.people.rank(group.key, call.account, member.role)
