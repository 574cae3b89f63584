"""`/ack` and 收到: somebody says that they see to it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from src.core.commands import Call, Item, Refusal, Reply, Rest, Right, item
from src.core.people import Rank
from src.core.store import in_transaction, models

from . import texts
from .area import area
from .freezing import in_line
from .lane import KIND, answer, told

if TYPE_CHECKING:
    from src.core.chat.events import Account
    from src.core.groups import Group
    from src.core.house import House


@area.command("ack", "收到", "回应一件紧急的事", example="/ack 12", listed=Right.ON_DUTY)
async def ack(call: Call, rest: Rest = Rest("")) -> Reply | None:
    """Answer an emergency: by its number, or the one that waits for the caller. Where nothing does, 收到
    needs no answer. (Notices that wait for a 收到 have their place here.)"""
    number = item(rest.partition(" ")[0])
    if number is None or number.group is None:
        number = await _waits(call, number)
        if number is None:
            return None
    if number.group is not None and call.group_or_none is None:
        await call.enter_numbered(number.group)
    group = call.group
    if number.group != group.id:
        raise Refusal(texts.NO_ITEM.format(item=number))
    _, rank = await call.standing(call.account)
    work = partial(_answer, call.house, group, call.account, rank, number.number)
    return Reply(private=True, after=in_line(call.house, group, work))


async def _waits(call: Call, number: Item | None) -> Item | None:
    """The one emergency that waits for the caller; or the one with this number here, or among those.

    Raises:
        Refusal: there are several, with lines to copy; or none with this number.
    """
    if number is not None and not call.private:
        return Item(number.number, call.group.id)
    waiting: list[tuple[Item, models.Request]] = []
    house = call.house
    for request in await models.Request.filter(kind=KIND, state="open").order_by("id"):
        group = house.groups.by_id(request.group_id)
        if group is None or call.group_or_none not in (None, group):
            continue
        if "answered_by" not in request.payload and call.account in told(house, group, request):
            waiting.append((Item(request.number, group.id), request))
    if number is not None:
        waiting = [one for one in waiting if one[0].number == number.number]
        if not waiting:
            raise Refusal(texts.NO_ITEM.format(item=number))
    if len(waiting) > 1:
        lines = [
            texts.WHICH_LINE.format(item=f"{one.group}-{one.number}", what=request.payload["what"])
            for one, request in waiting
        ]
        raise Refusal(texts.WHICH.format(lines="\n".join(lines)))
    return waiting[0][0] if waiting else None


async def _answer(house: House, group: Group, actor: Account, rank: Rank, number: int) -> str:
    async with in_transaction():
        # Locked: somebody may be closing it in private.
        rows = models.Request.filter(group_id=group.id, number=number, kind=KIND)
        request = await rows.select_for_update().first()
        # The same words for who may not know: numbers are not to be probed.
        kept_from = request.payload.get("without", ()) if request is not None else ()
        if request is None or rank < Rank.DUTY or list(actor) in kept_from:
            return texts.NO_ITEM.format(item=f"#{number}")
        if request.state != "open":
            return texts.ANSWERED.format(number=number)
        if rank < Rank.PLATFORM_OWNER and actor not in told(house, group, request):
            return texts.NOT_YOURS
        text, acts = await answer(house, group, request, actor)
    house.executor.submit(acts)
    return text
