"""An appeal is opened by the person concerned and decided by somebody who had no part in the case
(04.5.2, 17.4.2)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from src.core.area import Area, DefaultClause
from src.core.chat.events import Account
from src.core.commands import Call, Item, Refusal, Reply, Rest, Right, item
from src.core.discipline import LIVES, RANK, NotAllowed, Verdict
from src.core.duration import spoken
from src.core.people import may_act_on
from src.core.store import models
from src.core.store.rows import account_row

from . import texts
from .settings import AppealSettings

if TYPE_CHECKING:
    from src.core.groups import Group

area = Area(
    "appeals",
    title="申诉",
    settings=AppealSettings,
    default=DefaultClause("对处理有不同意见，可以在七天内申诉，由没有参与处理的老师复核。"),
)


@area.command(
    "appeal", "申诉", "对自己的案件提出申诉", example="/appeal 12 我发的是班级通知", quotes=True
)  # fmt: skip
async def appeal(call: Call, words: Rest = Rest("")) -> Reply:
    """Open an appeal: with a case's number, or of one's last case."""
    first, _, rest = words.partition(" ")
    number = item(first)
    if number is None:
        reason = words
        case = await _last(call)
        if case is None:
            raise Refusal(texts.NO_CASE)
    else:
        reason = rest.strip()
        case = await _numbered(call, number)
    group = call.house.groups.by_id(case.group_id)
    assert group is not None
    if not reason:
        shown = f"{case.group_id}-{case.number}" if call.private else str(case.number)
        raise Refusal(texts.NO_REASON.format(number=shown))
    await _in_time(call, group, case)
    try:
        request = await call.house.requests.appeal(group, case, call.account, reason)
    except NotAllowed as refusal:
        raise Refusal(str(refusal)) from None
    text = texts.RECEIVED.format(number=request.number) if request else texts.OPEN_ALREADY
    return Reply(text, private=True)


async def _in_time(call: Call, group: Group, case: models.Case) -> None:
    """Make sure that the time for appeals that the group's policy sets is not over (17.4.2).

    Raises:
        Refusal: it is over; the text says until when it was, and who still listens.
    """
    bound = group.policy.bound if group.policy is not None else ()
    within = [one.settings.within for one in bound if isinstance(one.settings, AppealSettings)]
    if not within or case.state not in LIVES:
        # Where no clause sets a time there is none; what is reversed has its own answer.
        return
    records = call.house.records
    until = case.created_at + timedelta(seconds=max(within))
    if records.now() <= until or await models.Request.exists(
        case_id=case.id, kind="appeal", state="open"
    ):
        return
    raise Refusal(
        texts.TOO_LATE.format(
            number=case.number, length=spoken(max(within)), until=records.local(until)
        )
    )


async def _last(call: Call) -> models.Case | None:
    account = await account_row(call.account)
    cases = models.Case.filter(account=account, observed=False, state__in=LIVES)
    if call.group_or_none is not None:
        cases = cases.filter(group_id=call.group.id)
    return await cases.order_by("-id").first()


async def _numbered(call: Call, number: Item) -> models.Case:
    group_id = number.group
    if group_id is None:
        if call.group_or_none is None:
            raise Refusal(texts.SAY_WHICH.format(item=f"3-{number.number}"))
        group_id = call.group.id
    account = await account_row(call.account)
    case = await models.Case.get_or_none(
        group_id=group_id, number=number.number, account=account, observed=False
    )
    if case is None:
        # The same words whether it is somebody else's or none: numbers are not to be probed.
        raise Refusal(texts.NO_CASE_NUMBERED.format(number=number.number))
    return case


@area.command(
    "review", "复核", "看或复核申诉", right=Right.DUTY, example="/review 12 revoke 是误会",
    quotes=True,
)  # fmt: skip
async def review(
    call: Call, number: Item | None = None, verdict: str = "", reason: Rest = Rest("")
) -> Reply | str:
    """The appeal queue; or decide one. Never one's own case."""
    if number is None:
        return await _queue(call)
    request = await call.house.requests.find(call.group, number.number)
    if request is None or request.kind != "appeal":
        request = (
            await models.Request.filter(
                group_id=call.group.id, case__number=number.number, kind="appeal", state="open"
            )
            .select_related("case", "account")
            .first()
        )
    if request is None or request.account is None:
        raise Refusal(texts.NO_REQUEST.format(number=number.number))
    decision: Verdict | None = _VERDICTS.get(verdict.lower())
    if decision is None:
        raise Refusal(texts.WHICH.format(number=number.number))
    if request.state != "open":
        state = texts.STATES[request.state]
        raise Refusal(texts.DECIDED.format(number=request.number, state=state))
    about = Account(request.account.namespace, request.account.user_id)
    if about != call.account and not may_act_on(call.rank, await call.rank_in_group(about)):
        raise Refusal(RANK)
    try:
        answered = await call.house.requests.review(
            call.group, request, call.account, decision, reason
        )
    except NotAllowed as refusal:
        raise Refusal(str(refusal)) from None
    said = texts.DONE if answered.state == decision else texts.DECIDED
    return said.format(number=request.number, state=texts.STATES[answered.state])


_VERDICTS: dict[str, Verdict] = {
    "uphold": "upheld",
    "维持": "upheld",
    "reduce": "reduced",
    "减轻": "reduced",
    "revoke": "revoked",
    "撤销": "revoked",
}


async def _queue(call: Call) -> Reply:
    await call.check_rank(Right.DUTY)
    open_ = [r for r in await call.house.requests.waiting(call.group) if r.kind == "appeal"]
    if not open_:
        return Reply(texts.NONE_OPEN, private=True)
    lines = [
        texts.OPEN_LINE.format(
            number=f"{call.group.id}-{request.number}",
            case=request.case.number if request.case is not None else "",
            who=request.account.user_id if request.account is not None else "",
            reason=request.payload["reason"],
        )
        for request in open_[:10]
    ]
    return Reply("\n".join([texts.OPEN, *lines, texts.HOW]), private=True)
