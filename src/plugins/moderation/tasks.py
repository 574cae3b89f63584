"""What only a person can do: `/done`, and reminders that do not nag.

A task is a request of the kind `task`; its payload has `text`: what is to be done, for people. When they
were last reminded, and how often, is kept there too.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from src.core.commands import Call, Item, Refusal, Rest, Right
from src.core.discipline import NotAllowed
from src.core.store import in_transaction, models
from src.core.store.rows import account_row

from . import texts
from .area import area
from .requests import hidden

if TYPE_CHECKING:
    from src.core.groups import Group
    from src.core.house import House

_HOUR, _DAY = 3600.0, 86_400.0
_FIRST, _NEXT = 3 * _DAY, 7 * _DAY
"""After so long the managers are reminded, and then again."""


@area.command(
    "done",
    "完成",
    "一件要人做的事做完了",
    right=Right.DUTY,
    example="/done 12",
    bare=True,
    quotes=True,
)
async def done(call: Call, number: Item, reason: Rest = Rest("")) -> str:
    """Close a task, by who says that it is done; or what was passed up, with what came of it."""
    request = await call.house.requests.find(call.group, number.number)
    if request is None or hidden(request, call.account):
        raise Refusal(texts.NO_REQUEST.format(number=number.number))
    if request.kind == "escalation":
        return await _close(call, request, reason)
    if request.kind != "task":
        raise Refusal(texts.NO_TASK.format(number=request.number))
    async with in_transaction():
        by = await account_row(call.account)
        closed = await call.house.records.close(request, "confirmed", by, reason=reason)
    if not closed:
        raise await _answered(request)
    return texts.DONE.format(number=request.number)


async def _close(call: Call, request: models.Request, reason: str) -> str:
    """Close what was passed up: by whoever stands high enough and had no part in it (01.5.3)."""
    if request.state != "open":
        raise await _answered(request)
    try:
        answered = await call.house.requests.confirm(
            call.group, request, call.account, call.rank, reason
        )
    except NotAllowed as refusal:
        raise Refusal(str(refusal)) from None
    if answered.late:
        raise await _answered(request)
    return texts.DONE.format(number=request.number)


async def _answered(request: models.Request) -> Refusal:
    """That somebody was faster."""
    request = await models.Request.get(id=request.id)
    state = texts.TASK_STATES[request.state]
    return Refusal(texts.ANSWERED.format(number=request.number, state=state))


@area.every(_HOUR)
async def remind(house: House) -> None:
    """Put what is due into the groups' lines; not at night."""
    now = house.clock.now()
    if house.records.by_day(house.records.now()) != house.records.now():
        return
    for row in await models.Request.filter(kind="task", state="open"):
        group = house.groups.by_id(row.group_id)
        if group is not None and _due(row, now) and not group.at_rest(now):
            house.in_line(group, partial(_remind, house, group, row.id))


def _due(row: models.Request, now: float) -> bool:
    wait = _NEXT if row.payload.get("reminders") else _FIRST
    return now - row.payload.get("told_at", row.created_at.timestamp()) >= wait


async def _remind(house: House, group: Group, request_id: int) -> None:
    """Tell the managers once more of what is still open."""
    now = house.clock.now()
    row = await models.Request.get_or_none(id=request_id, state="open")
    if row is None or not _due(row, now):
        return
    text = texts.TASK_AGAIN.format(
        group=house.records.title(group),
        text=row.payload.get("text", texts.REQUESTS["task"]),
        item=f"{group.id}-{row.number}",
    )
    async with in_transaction():
        row.payload = {
            **row.payload,
            "told_at": now,
            "reminders": row.payload.get("reminders", 0) + 1,
        }
        await row.save(update_fields=["payload"])
        acts = await house.tell.all_of(group, house.tell.managers(group), text)
    house.executor.submit(acts)
