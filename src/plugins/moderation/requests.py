"""What waits for a person, and the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.area import Finding
from src.core.chat.events import Account
from src.core.clock import to_datetime
from src.core.commands import Call, Item, Refusal, Reply, Rest, Right
from src.core.discipline import RANK, NotAllowed
from src.core.people import may_act_on
from src.core.why import say

from . import texts
from .area import area

if TYPE_CHECKING:
    from src.core.groups import Group
    from src.core.store import models


_SHOWN = 10
_DISCREET = ("report", "complaint", "emergency")
"""Whom these are about is not even told that they are there."""


async def _request(call: Call, number: Item) -> models.Request:
    request = await call.house.requests.find(call.group, number.number)
    if request is None or hidden(request, call.account):
        raise Refusal(texts.NO_REQUEST.format(number=number.number))
    if request.state != "open":
        state = texts.REQUEST_STATES[request.state]
        raise Refusal(texts.ANSWERED.format(number=request.number, state=state))
    if request.kind == "appeal":
        raise Refusal(texts.USE_REVIEW.format(number=request.number))
    if request.kind == "task":
        raise Refusal(texts.USE_DONE.format(number=request.number))
    if request.kind == "approval":
        raise Refusal(texts.USE_APPROVE.format(number=request.number))
    if request.kind == "join":
        raise Refusal(texts.USE_JOIN.format(number=request.number))
    if request.account is not None and "without" not in request.payload:
        # Who may answer what was asked of people level by level is looked at there.
        about = Account(request.account.namespace, request.account.user_id)
        if about != call.account and not may_act_on(call.rank, await call.rank_in_group(about)):
            raise Refusal(RANK)
    return request


@area.command(
    "confirm", "确认", "同意一个待办", right=Right.DUTY, example="/confirm 12", bare=True,
    quotes=True,
)  # fmt: skip
async def confirm(call: Call, number: Item, reason: Rest = Rest("")) -> str:
    """Agree to a proposed removal, or that a message was a violation."""
    request = await _request(call, number)
    try:
        answered = await call.house.requests.confirm(
            call.group, request, call.account, call.rank, reason
        )
    except NotAllowed as refusal:
        raise Refusal(str(refusal)) from None
    if answered.state == "open":
        return texts.AGREED_MORE.format(more=request.needs - answered.agreed)
    if answered.late:
        state = texts.REQUEST_STATES[answered.state]
        return texts.ANSWERED.format(number=request.number, state=state)
    said = texts.CONFIRMED_OF.get(request.kind, texts.CONFIRMED)
    return said.format(number=request.number)


@area.command(
    "refuse", "驳回", "驳回一个待办", right=Right.DUTY, example="/refuse 12", bare=True,
    quotes=True,
)  # fmt: skip
async def refuse(call: Call, number: Item, reason: Rest = Rest("")) -> str:
    """Say no to a proposal; the mute that waited with it is lifted."""
    request = await _request(call, number)
    try:
        answered = await call.house.requests.refuse(
            call.group, request, call.account, call.rank, reason
        )
    except NotAllowed as refusal:
        raise Refusal(str(refusal)) from None
    if answered.late:
        state = texts.REQUEST_STATES[answered.state]
        return texts.ANSWERED.format(number=request.number, state=state)
    return texts.REFUSED.get(request.kind, texts.REFUSED_PLAIN).format(number=request.number)


@area.command("todo", "待办", "等您处理的事", listed=Right.DUTY)
async def todo(call: Call) -> Reply:
    """The requests that wait for the caller, in this group, or in private in all of theirs."""
    house = call.house
    lines: list[str] = []
    for group in await call.decides_in():
        role = group.platform_role(call.account)
        level = house.levels.of(group, house.people.rank(group.key, call.account, role))
        waiting = [
            one
            for one in await house.requests.waiting(group)
            if not _concerns(one, call.account) and level is not None and one.level <= level
        ]
        for request in waiting[:_SHOWN]:
            number = f"{group.id}-{request.number}"
            # What was asked with words of its own is shown with them.
            asked = request.payload if "how" in request.payload else {}
            how = texts.TODO_HOW.get(request.kind, texts.TODO_HOW_ELSE).format(item=number)
            until = (
                texts.TODO_UNTIL.format(until=house.records.local(request.expires_at))
                if request.expires_at is not None
                else texts.TODO_OPEN
            )
            about = request.account
            who = texts.TODO_WHO.format(who=about.user_id) if about is not None else ""
            # What is to be done says more than that there is something.
            what = request.payload.get("text") if request.kind == "task" else None
            what = what or asked.get("what") or texts.REQUESTS[request.kind]
            how = asked.get("how", how)
            lines.append(
                texts.TODO_LINE.format(number=number, what=what, who=who, until=until, how=how)
            )
    if not lines:
        return Reply(texts.TODO_NONE, private=True)
    return Reply("\n".join([texts.TODO, *lines]), private=True)


def hidden(request: models.Request, account: Account) -> bool:
    """Whether even that it is there is not for this account (20.4.2)."""
    return request.kind in _DISCREET and _concerns(request, account)


def _concerns(request: models.Request, account: Account) -> bool:
    """Whether somebody had a part in what is asked: it is not even listed to them (04.5.1)."""
    about = request.account
    mine = about is not None and Account(about.namespace, about.user_id) == account
    return mine or list(account) in request.payload.get("without", ())


@area.command("queue", "待审", "机器人拿不准、等人看的消息", listed=Right.DUTY)
async def queue(call: Call) -> Reply:
    """The messages the filter is unsure of: when, who, which clause; the message is in the group."""
    house = call.house
    lines: list[str] = []
    more = 0
    for group in await call.decides_in():
        waiting = await house.requests.waiting(group, "review")
        platform = house.platform(group.bot)
        members = (await platform.members(group.key)).value if waiting and platform else None
        names = {member.account.user_id: member.name for member in members or ()}
        for request in waiting[:_SHOWN]:
            user_id = request.account.user_id if request.account is not None else ""
            lines.append(
                texts.QUEUE_LINE.format(
                    number=f"{group.id}-{request.number}",
                    time=house.records.local(to_datetime(request.payload["message"]["time"])),
                    who=names.get(user_id) or user_id,
                    line=_doubt(group, request),
                    clause=request.payload["clause"],
                )
            )
        more += max(0, len(waiting) - _SHOWN)
    if not lines:
        return Reply(texts.QUEUE_NONE, private=True)
    if more:
        lines.append(texts.QUEUE_MORE.format(more=more))
    return Reply("\n".join([texts.QUEUE, *lines, texts.QUEUE_HOW]), private=True)


def _doubt(group: Group, request: models.Request) -> str:
    """What the filter found and is unsure of, in its plugin's words."""
    policy, number = group.policy, request.payload["clause"]
    for bound in policy.judging if policy is not None else ():
        if bound.clause.number == number:
            plugin, facts = request.payload["plugin"], request.payload["facts"]
            return say(bound, Finding(plugin, 1, confidence=0.0, facts=facts))
    return ""
