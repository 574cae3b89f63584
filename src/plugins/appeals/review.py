"""The appeals that wait, one of them whole, and deciding it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.area import AREAS
from src.core.chat.events import Account
from src.core.commands import Call, Item, Refusal, Reply, Rest, Right
from src.core.discipline import (
    CASE_STATES,
    LEVEL_NAMES,
    RANK,
    STEP_NAMES,
    NotAllowed,
    Verdict,
    says_something,
)
from src.core.discipline.appeals import instance
from src.core.people import may_act_on
from src.core.store import models
from src.core.store.rows import account_row

from . import texts
from .area import area, version_of

if TYPE_CHECKING:
    from src.core.groups import Group
    from src.core.house import House

_SHOWN = 10
_VERDICTS: dict[str, Verdict] = {
    "uphold": "upheld",
    "维持": "upheld",
    "reduce": "reduced",
    "减轻": "reduced",
    "revoke": "revoked",
    "撤销": "revoked",
}


@area.command(
    "review", "复核", "看或复核申诉", right=Right.DUTY,
    example="/review 12 revoke 发的是班级通知", quotes=True,
)  # fmt: skip
async def review(
    call: Call, number: Item | None = None, verdict: str = "", reason: Rest = Rest("")
) -> Reply | str:
    """The appeal queue; one of them whole; or decide one. Never one's own case."""
    if number is None:
        return await _queue(call)
    request = await call.house.appeals.numbered(call.group, number.number)
    if request is None or request.account is None:
        raise Refusal(texts.NO_REQUEST.format(number=number.number))
    about = Account(request.account.namespace, request.account.user_id)
    if about != call.account and not may_act_on(call.rank, await call.rank_in_group(about)):
        raise Refusal(RANK)
    try:
        await call.house.requests.check(call.group, request, call.account, call.rank)
    except NotAllowed as refusal:
        raise Refusal(str(refusal)) from None
    if not verdict:
        return Reply(await _whole(call, call.group, request), private=True)
    decision = _VERDICTS.get(verdict.lower())
    if decision is None:
        raise Refusal(texts.WHICH.format(number=number.number))
    if request.state != "open":
        state = texts.STATES[request.state]
        raise Refusal(texts.DECIDED.format(number=request.number, state=state))
    if not says_something(reason):
        raise Refusal(texts.NO_WHY.format(number=number.number, verdict=verdict))
    assert request.case is not None
    suspended = request.case.state == "suspended"
    try:
        answered = await call.house.appeals.decide(
            call.group, request, call.account, call.rank, decision, reason
        )
    except NotAllowed as refusal:
        raise Refusal(str(refusal)) from None
    done = not answered.late
    said = texts.DONE if done else texts.DECIDED
    lines = [said.format(number=request.number, state=texts.STATES[answered.state])]
    if done and decision == "upheld" and suspended and request.case.step in ("remove", "block"):
        lines.append(texts.OUT_AGAIN)
    return "\n".join(lines)


async def _by_review(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    """A yes or no is not enough of an answer."""
    raise NotAllowed(texts.USE_REVIEW.format(number=request.number))


async def _overdue(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    return await house.appeals.overdue(group, request)


area.decides("appeal", confirmed=_by_review, refused=_by_review, due=_overdue)


async def _queue(call: Call) -> Reply:
    """What waits and the caller may decide, overdue ones first, with the deadlines."""
    house = call.house
    mine: list[tuple[bool, models.Request, Group]] = []
    others = 0
    by = await account_row(call.account)
    for group in await call.decides_in():
        await call.enter(group)
        for request in await house.requests.waiting(group, "appeal"):
            if request.case is None:
                continue
            try:
                await house.requests.check(group, request, call.account, call.rank, by=by)
            except NotAllowed:
                others += 1
                continue
            mine.append((request.case.state != "suspended", request, group))
    if not mine and not others:
        return Reply(texts.NONE_OPEN, private=True)
    mine.sort(key=lambda one: (one[0], one[1].expires_at or one[1].created_at))
    lines: list[str] = []
    for in_time, request, group in mine[:_SHOWN]:
        assert request.case is not None
        assert request.expires_at is not None
        second = texts.OPEN_SECOND if instance(request) == 2 else ""
        lines.append(
            (texts.OPEN_LINE if in_time else texts.OPEN_LATE).format(
                number=f"{group.id}-{request.number}",
                case=request.case.number,
                step=STEP_NAMES[request.case.step] + second,
                who=request.account.user_id if request.account is not None else "",
                until=house.records.local(request.expires_at),
            )
        )
    lines = [texts.OPEN, *lines, texts.HOW] if lines else [texts.NONE_OPEN]
    if others:
        lines.append(texts.OPEN_OTHERS.format(count=others))
    return Reply("\n".join(lines), private=True)


async def _whole(call: Call, group: Group, request: models.Request) -> str:
    """All that whoever decides is to know."""
    local, case, about = call.house.records.local, request.case, request.account
    assert case is not None
    assert about is not None
    by = await models.Account.get(id=request.payload.get("by", about.id))
    item = f"{group.id}-{request.number}"
    open_ = request.state == "open"
    state = texts.WAITING if case.state != "suspended" else texts.LATE
    lines = [
        texts.WHOLE.format(
            item=item,
            case=case.number,
            second=texts.OPEN_SECOND if instance(request) == 2 else "",
            state=state if open_ else texts.STATES[request.state],
            received=local(request.created_at),
            until=local(request.expires_at) if request.expires_at is not None else "",
            who=LEVEL_NAMES[request.level],
            about=about.user_id,
            by=texts.BY_FAMILY.format(who=by.user_id) if by.id != about.id else "",
            step=STEP_NAMES[case.step],
            time=local(case.created_at),
            case_state=CASE_STATES[case.state],
            ground=await _ground(case),
            source=await _source(case),
        )
    ]
    if case.reason:
        lines.append(texts.WHOLE_REASON.format(reason=case.reason))
    lines.append(texts.WHOLE_SAID.format(reason=request.payload["reason"]))
    for one in await models.Evidence.filter(request_id=request.id).order_by("id"):
        lines.append(
            texts.WHOLE_PICTURE.format(value=one.value) if one.value else texts.WHOLE_ERASED
        )
    for one in await call.house.appeals.of(case):
        if one.id < request.id and one.state in ("upheld", "reduced"):
            lines.append(
                texts.WHOLE_BEFORE.format(
                    number=one.number, state=texts.STATES[one.state], reason=one.reason
                )
            )
    return "\n".join([*lines, *([texts.WHOLE_HOW.format(item=item)] if open_ else [])])


async def _ground(case: models.Case) -> str:
    """The clause as it stood in the version that the case was decided by."""
    content = await version_of(case)
    if not case.clause or not content:
        return texts.GROUND_MANUAL
    text = next((one["text"] for one in content["clause"] if one["number"] == case.clause), "")
    version = await models.PolicyVersion.get(id=case.policy_id)
    return texts.GROUND.format(version=version.version, clause=case.clause, text=text)


async def _source(case: models.Case) -> str:
    """How the case was found; of a report never by whom."""
    if await models.Request.exists(case_id=case.id, kind="report"):
        return texts.REPORTED
    if case.source == "manual":
        return texts.BY_PERSON
    plugin = AREAS[case.plugin].title if case.plugin in AREAS else case.plugin
    return texts.AUTO.format(plugin=plugin)
