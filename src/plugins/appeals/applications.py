"""Who was removed appeals in the comment of a new application to join: the appeal is opened, and the
application answered with its number. Whether somebody comes back is decided by the appeal (04.5.2)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from src.core.chat.events import Connected, JoinRequested
from src.core.discipline import NotAllowed, Settled
from src.core.store import in_transaction, models
from src.core.store.rows import account_row

from . import texts
from .area import area, know_staff, terms_of

if TYPE_CHECKING:
    from src.core.discipline.appeals import Meant
    from src.core.groups import Group
    from src.core.house import House

_ACT_WITHIN = timedelta(hours=24)
_JUST_NOW = timedelta(minutes=10)
"""Within so long an application that was answered is the same one, told again (seq-02)."""


@area.on(JoinRequested)
async def applied(house: House, group: Group, event: JoinRequested) -> None:
    """Somebody asks to join."""
    meant = await house.appeals.in_application(group, event)
    if meant is None or await _was_answered(house, group, event):
        return
    await know_staff(house, group)
    async with in_transaction():
        text, request, acts = await _answer(house, group, event, meant)
        row = await account_row(event.account)
        if group.at_rest(house.clock.now()):
            # It is left on the platform, for a person.
            acts += await _told(house, group, row, text)
        else:
            payload = {"flag": event.flag, "reason": text, "appeal": request}
            until = house.records.now() + _ACT_WITHIN
            acts.append(
                await house.records.new_act(group, "decline", row, payload, until, case=None)
            )
    house.executor.submit(acts)


async def _answer(
    house: House, group: Group, event: JoinRequested, meant: Meant
) -> tuple[str, int, list[models.Act]]:
    """What the applicant reads, the appeal's id (0: there is none), and what is to be done."""
    case = meant.case
    open_ = await models.Request.get_or_none(case_id=case.id, kind="appeal", state="open")
    if not meant.reason and open_ is None:
        return texts.APPLIED_NO_REASON.format(case=case.number), 0, []
    try:
        filed = await house.appeals.file(
            group, case, event.account, meant.reason, [], await terms_of(group, case)
        )
    except NotAllowed as refusal:
        return str(refusal), 0, []
    request = filed.request
    assert request.expires_at is not None
    text = (texts.APPLIED if meant.case.state != "suspended" else texts.APPLIED_LATE).format(
        number=request.number, case=case.number, until=house.records.local(request.expires_at)
    )
    return text, request.id, filed.acts


async def _was_answered(house: House, group: Group, event: JoinRequested) -> bool:
    """Whether this application was answered before, and is only told again."""
    row = await account_row(event.account)
    declined = models.Act.filter(group_id=group.id, account_id=row.id, kind="decline")
    for act in await declined.order_by("-id").limit(5):
        if "appeal" not in act.payload or act.payload["flag"] != event.flag:
            continue
        if act.state in ("requested", "attempting", "denied", "unknown"):
            return True
        if house.records.now() - act.updated_at < _JUST_NOW:
            return True
        platform = house.platform(group.bot)
        waiting = (await platform.join_requests(group.key)).value if platform is not None else None
        return waiting is not None and all(one.flag != event.flag for one in waiting)
    return False


@area.on(Connected)
async def reconnected(house: House, group: Group, event: Connected) -> None:
    """Look for applications that came while the line was down, where somebody was removed."""
    platform = house.platform(group.bot)
    out = models.Case.filter(group_id=group.id, step__in=("remove", "block"), observed=False)
    if platform is None or group.id is None or not await out.exclude(state="reversed").exists():
        return
    for one in (await platform.join_requests(group.key)).value or ():
        await applied(house, group, one)


@area.on(Settled)
async def settled(house: House, group: Group, event: Settled) -> None:
    """An answer to an application, or what a decided appeal undoes, has come to rest."""
    act = event.act
    number = act.payload.get("appeal")
    if number is None:
        return
    if act.kind == "unmute":
        await house.appeals.settled(group, number)
    elif act.kind == "decline" and act.state != "confirmed" and act.account is not None:
        async with in_transaction():
            acts = await _told(house, group, act.account, act.payload["reason"])
        house.executor.submit(acts)


async def _told(house: House, group: Group, row: models.Account, text: str) -> list[models.Act]:
    """Rows for the same in private, or for when they next write to the bot."""
    said = texts.APPLIED_TOLD.format(group=house.records.title(group), text=text)
    return await house.tell.notice(group, row, said)


@area.every(600)
async def look(house: House) -> None:
    """Tell of what a kill has kept from being told."""
    for request in await house.appeals.unsettled():
        if (group := house.groups.by_id(request.group_id)) is not None:
            house.in_line(group, partial(house.appeals.settled, group, request.id))
