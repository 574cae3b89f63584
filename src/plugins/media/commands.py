"""What waits for a consent, the answers, and a post that is submitted before it stands in the group."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from src.core.area import Wait
from src.core.chat.events import Kind
from src.core.commands import Call, Item, Refusal, Reply, Rest, Right
from src.core.discipline import LONGEST_POST, NotAllowed

from . import texts
from .detector import area
from .settings import MediaSettings

if TYPE_CHECKING:
    from src.core.groups import Group
    from src.core.store import models

_SHOWN = 10
_WORDS = frozenset({Kind.TEXT, Kind.FACE})


class _Place(NamedTuple):
    """A group in which a member's posts need a consent, by which clause, and the member's name."""

    group: Group
    clause: str
    within: int
    name: str


async def _request(call: Call, number: Item) -> models.Request:
    request = await call.house.requests.find(call.group, number.number)
    if request is None or request.kind != "approval":
        raise Refusal(texts.NO_REQUEST.format(number=number.number))
    if request.state != "open":
        raise Refusal(_answered(request, request.state))
    return request


def _answered(request: models.Request, state: str) -> str:
    return texts.ANSWERED.format(number=request.number, state=texts.STATES[state])


@area.command(
    "approve", "同意", "同意一份投稿、文件、链接或发言申请；不写编号就看等您同意的", example="/approve 4",
    right=Right.DUTY, bare=True,
)  # fmt: skip
async def approve(call: Call, number: Item | None = None) -> Reply | str:
    """Consent to what waits; without a number, what waits and what it says."""
    if number is None:
        return Reply(await _list(call), private=True)
    request = await _request(call, number)
    try:
        answered = await call.house.approvals.approve(call.group, request, call.account, call.rank)
    except NotAllowed as refusal:
        raise Refusal(str(refusal)) from None
    said = texts.APPROVED.get(answered.state)
    return said.format(number=request.number) if said else _answered(request, answered.state)


@area.command(
    "deny", "拒绝", "拒绝一份投稿、文件、链接或发言申请", right=Right.DUTY,
    example="/deny 4 请先给我看看原件", bare=True,
)  # fmt: skip
async def deny(call: Call, number: Item, reason: Rest = Rest("")) -> str:
    """Say no to what waits; its author is told why."""
    request = await _request(call, number)
    try:
        answered = await call.house.approvals.deny(
            call.group, request, call.account, call.rank, reason
        )
    except NotAllowed as refusal:
        raise Refusal(str(refusal)) from None
    if answered.late:
        return _answered(request, answered.state)
    return texts.DENIED.format(number=request.number)


async def _list(call: Call) -> str:
    """What waits here, or in private in all groups of the caller's, with what it says: nothing of it
    is kept in a notice."""
    house = call.house
    lines: list[str] = []
    more = 0
    for group in await call.decides_in():
        waiting = await house.requests.waiting(group, "approval")
        for request in waiting[:_SHOWN]:
            kept, who = request.payload, request.account
            assert who is not None
            assert request.expires_at is not None
            lines.append(
                texts.WAITING_LINE.format(
                    number=f"{group.id}-{request.number}",
                    time=house.records.local(request.created_at),
                    who=kept["name"] or who.user_id,
                    what=kept["what"],
                    clause=kept["clause"],
                    until=house.records.local(request.expires_at),
                    text=kept["text"],
                ).rstrip()
            )
        more += max(0, len(waiting) - _SHOWN)
    if not lines:
        return texts.WAITING_NONE
    if more:
        lines.append(texts.WAITING_MORE.format(more=more))
    return "\n".join([texts.WAITING, *lines, texts.WAITING_HOW])


@area.command("submit", "投稿", "私聊投稿，老师同意后代您发到群里", example="投稿 周六一起去植物园")
async def submit(call: Call, rest: Rest = Rest("")) -> str:
    """A post of the caller's for one of the groups in which posts need a consent (07.5.4)."""
    if not call.private:
        raise Refusal(texts.SUBMIT_PRIVATE)
    if any(segment.kind not in _WORDS for segment in call.event.segments):
        raise Refusal(texts.SUBMIT_TEXT_ONLY)
    places = await _places(call)
    if not places:
        raise Refusal(texts.SUBMIT_NOT_NEEDED)
    first, _, after = rest.partition(" ")
    chosen = [place for place in places if str(place.group.id) == first]
    text = after.strip() if chosen else rest
    if not chosen and len(places) > 1:
        lines = [
            texts.SUBMIT_LINE.format(
                number=place.group.id, group=call.house.records.title(place.group)
            )
            for place in places
        ]
        raise Refusal("\n".join([texts.SUBMIT_WHICH, *lines]))
    place = (chosen or places)[0]
    if not text:
        raise Refusal(texts.SUBMIT_HOW)
    if len(text) > LONGEST_POST:
        raise Refusal(texts.SUBMIT_TOO_LONG.format(most=LONGEST_POST))
    wait = Wait(("post",), texts.KINDS["post"], place.within, publish=True)
    request = await call.house.approvals.submit(
        place.group, call.account, place.name, place.clause, wait, text
    )
    if request is None:
        raise Refusal(texts.SUBMIT_MANY)
    assert request.expires_at is not None
    return texts.SUBMITTED.format(
        number=f"{place.group.id}-{request.number}",
        group=call.house.records.title(place.group),
        until=call.house.records.local(request.expires_at),
    )


async def _places(call: Call) -> list[_Place]:
    """Where the caller is a member and a clause asks for a consent."""
    house = call.house
    found: list[_Place] = []
    for group in house.groups:
        bound = next(
            (
                (one.clause.number, one.settings)
                for one in (group.policy.judging if group.policy is not None else ())
                if isinstance(one.settings, MediaSettings) and one.settings.approval
            ),
            None,
        )
        platform = house.platform(group.bot)
        if bound is None or platform is None or group.key.namespace != call.account.namespace:
            continue
        member = (await platform.member(group.key, call.account)).value
        if member is not None:
            number, settings = bound
            found.append(_Place(group, number, settings.approval_within, member.name))
    return found
