"""What should be so, compared with what is: applications that were missed, answered elsewhere or left
between two steps; and what waits too long."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from src.core.area import PolicyChanged
from src.core.chat.events import Account, Connected, MemberCame
from src.core.chat.port import Word
from src.core.store import in_transaction, models

from . import texts
from .area import area
from .asking import close, erased, is_open, reopen, tell_others
from .handlers import JUST_NOW, LOOKED_BACK, applying, consider, finish

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from src.core.chat.events import JoinRequested
    from src.core.commands import Call
    from src.core.groups import Group
    from src.core.house import House

REMINDED = (timedelta(hours=4), timedelta(hours=24))
_RESTS = ("confirmed", "denied", "unknown", "lapsed")
_ATTEMPTS_KEPT = timedelta(days=30)
_CARRIED_OUT = timedelta(days=2)
"""By then an act has come to rest, and what was told of it has been said."""
_EVERY = 300.0
_MOST_ITEMS = 8


@area.on(MemberCame)
async def came(house: House, group: Group, event: MemberCame) -> None:
    """Whoever was asked about is in the group: a person let them in on the platform."""
    asked = await models.Request.filter(
        group_id=group.id,
        kind="join",
        state="open",
        account__namespace=event.account.namespace,
        account__user_id=event.account.user_id,
    ).select_related("account")
    for request in asked:
        await _handled(house, group, request, texts.CAME_IN)


async def _handled(house: House, group: Group, request: models.Request, text: str) -> None:
    """Close a question that was answered elsewhere, and say so to those who were asked."""
    async with in_transaction():
        if not await is_open(request):
            return
        acts = await tell_others(house, group, request, None, text)
        await close(request, "closed", house.records.now())
    house.executor.submit(acts)


@area.every(_EVERY)
async def compare_all(house: House) -> None:
    """Compare what waits on the platforms with what is known here."""
    for group in house.groups:
        if applying(group) is not None and not group.at_rest(house.clock.now()):
            house.in_line(group, partial(compare, house, group))


async def compare(house: House, group: Group, event: object = None) -> None:
    """Find applications that were never told of, and those that somebody else has answered."""
    clause, platform = applying(group), house.platform(group.bot)
    if clause is None or platform is None or group.at_rest(house.clock.now()):
        return
    answer = await platform.join_requests(group.key)
    if answer.value is None:
        return
    now = house.records.now()
    accounts = {one.account for one in answer.value}
    of_group = models.Request.filter(group_id=group.id, kind="join").select_related("account")
    for request in await of_group.filter(state="open"):
        row = request.account
        assert row is not None
        who = Account(row.namespace, row.user_id)
        if who in accounts:
            if not request.payload["listed"]:
                request.payload = {**request.payload, "listed": True}
                await models.Request.filter(id=request.id, state="open").update(
                    payload=request.payload
                )
            continue
        if answer.word is not Word.DONE or not request.payload["listed"]:
            # Some are on no list while they wait: who was invited by a member, with NapCat.
            continue
        member = await platform.member(group.key, who)
        if member.word is Word.DONE:
            text = texts.HANDLED if member.value is None else texts.CAME_IN
            await _handled(house, group, request, text)
    if not answer.value:
        return
    recent = await of_group.filter(created_at__gt=now - LOOKED_BACK).order_by("-id")
    for one in answer.value:
        before = _known(recent, one)
        old = before is not None and (before.decided_at or now) < now - JUST_NOW
        if before is None or (old and before.state in ("confirmed", "closed")):
            await consider(house, group, platform, clause.settings, one)
        elif old and before.state == "refused":
            row = before.account
            assert row is not None
            if any(other.account_id == row.id and other.state == "open" for other in recent):
                continue  # People are being asked already, about a later application.
            async with in_transaction():
                # That is not tried again.
                acts = await reopen(house, group, before, row, "stays")
            house.executor.submit(acts)


def _known(recent: Sequence[models.Request], waiting: JoinRequested) -> models.Request | None:
    """What became of an application that the platform lists, where it was looked at before."""
    for request in recent:
        row = request.account
        assert row is not None
        same = (row.namespace, row.user_id) == waiting.account
        if same and request.payload["flag"] == waiting.flag:
            return request
    return None


area.on(Connected)(compare)
area.on(PolicyChanged)(compare)


@area.every(60.0)
async def look(house: House) -> None:
    """Take up admissions that a kill has left between two steps, and remind of what waits."""
    now = house.records.now()
    joins = models.Request.filter(kind="join")
    due: set[int] = set()
    for request in await joins.filter(state="open"):
        if _reminders(request, now) > request.payload["reminded"]:
            due.add(request.group_id)
    for group_id in due:
        if (group := house.groups.by_id(group_id)) is not None:
            house.in_line(group, partial(remind, house, group))
    answered = models.Request.filter(kind__in=("join", "verify"), decided_at__gt=now - _CARRIED_OUT)
    for request in await answered.exclude(state="open"):
        group = house.groups.by_id(request.group_id)
        if group is None:
            continue
        if "act" in request.payload:
            act = await models.Act.get(id=request.payload["act"]).select_related("account")
            if act.state in _RESTS:
                house.in_line(group, partial(finish, house, group, act))
        elif "told" in request.payload:
            async with in_transaction():
                # It may have been opened again since it was read.
                closed = models.Request.filter(id=request.id, state=request.state)
                if (current := await closed.select_for_update().first()) is not None:
                    await closed.update(payload=await erased(current.payload))


def _reminders(request: models.Request, now: datetime) -> int:
    """How often people should have been reminded of a request by now."""
    return sum(now - request.created_at >= after for after in REMINDED)


async def remind(house: House, group: Group) -> None:
    """Remind the managers of what waits, in one line."""
    now = house.records.now()
    waiting = await models.Request.filter(group_id=group.id, kind="join", state="open")
    late = [one for one in waiting if _reminders(one, now) > one.payload["reminded"]]
    if not late or group.at_rest(house.clock.now()):
        return
    items = "、".join(f"{group.id}-{one.number}" for one in late[:_MOST_ITEMS])
    text = texts.REMINDER.format(
        group=house.records.title(group),
        count=len(late),
        items=items,
        item=f"{group.id}-{late[0].number}",
    )
    async with in_transaction():
        for one in late:
            one.payload = {**one.payload, "reminded": _reminders(one, now)}
            await one.save(update_fields=["payload"])
        acts = await house.tell.all_of(group, house.tell.managers(group), text)
    house.executor.submit(acts)


@area.diagnosis
async def diagnosed(call: Call) -> list[str]:
    """What keeps applications from being checked."""
    group = call.group
    return [texts.NO_ROSTER] if applying(group) is not None and group.roster is None else []


@area.every(86_400.0)
async def forget(house: House) -> None:
    """Delete attempts that count no more."""
    await models.JoinAttempt.filter(created_at__lt=house.records.now() - _ATTEMPTS_KEPT).delete()
