"""An appeal is opened by the person concerned or the family, and decided by somebody who had no part
in the case (04.5.2, 17.4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.events import Kind
from src.core.commands import Call, Item, Refusal, Reply, Rest, item
from src.core.discipline import LEVEL_NAMES, NotAllowed, TooLate
from src.core.discipline.appeals import LONGEST_REASON, MOST_ADDITIONS, MOST_PICTURES, state_of
from src.core.store import in_transaction, models

from . import texts
from .area import area, know_staff, terms_of

if TYPE_CHECKING:
    from src.core.discipline.appeals import Filed
    from src.core.groups import Group


@area.command(
    "appeal", "申诉", "对自己或孩子的案件提出申诉", example="/appeal 12 我发的是班级通知", quotes=True
)  # fmt: skip
async def appeal(call: Call, words: Rest = Rest("")) -> Reply:
    """Open an appeal, with a case's number or of one's last case; add to the one that is open, see how
    it stands (a number without words), or take it back."""
    first, _, rest = words.partition(" ")
    number = item(first)
    said = words if number is None else rest.strip()
    case = await _last(call) if number is None else await _numbered(call, number)
    group = call.house.groups.by_id(case.group_id)
    assert group is not None
    shown = f"{case.group_id}-{case.number}" if call.private else str(case.number)
    pictures = [one.value for one in call.event.segments if one.kind is Kind.IMAGE and one.value]
    appeals = await call.house.appeals.of(case)
    open_ = next((one for one in appeals if one.state == "open"), None)
    if said.lower() in texts.WITHDRAW and open_ is not None:
        return Reply(await _withdraw(call, group, case, open_), private=True)
    if not said and not (pictures and open_ is not None):
        if not appeals:
            raise Refusal(texts.NO_REASON.format(number=shown))
        return Reply(await _status(call, group, case, appeals), private=True)
    terms = await terms_of(group, case)
    await know_staff(call.house, group)
    try:
        async with in_transaction():
            filed = await call.house.appeals.file(group, case, call.account, said, pictures, terms)
    except TooLate as late:
        raise Refusal(f"{late}\n{texts.TOO_LATE_HOW}") from None
    except NotAllowed as refusal:
        raise Refusal(str(refusal)) from None
    call.house.executor.submit(filed.acts)
    return Reply(_receipt(call, group, case, filed, len(pictures)), private=True)


def _receipt(call: Call, group: Group, case: models.Case, filed: Filed, pictures: int) -> str:
    request, records = filed.request, call.house.records
    assert request.expires_at is not None
    text = texts.RECEIVED
    if filed.added:
        text = texts.ADDED if filed.new else texts.NOTHING_ADDED
    lines = [
        text.format(
            number=request.number,
            case=case.number,
            received=records.local(request.created_at),
            who=LEVEL_NAMES[request.level],
            until=records.local(request.expires_at),
        )
    ]
    if filed.cut:
        lines.append(texts.CUT.format(most=LONGEST_REASON, times=MOST_ADDITIONS))
    if filed.pictures < pictures:
        lines.append(texts.PICTURES_LEFT.format(most=MOST_PICTURES, kept=filed.pictures))
    lines.append(texts.HOW_OPEN.format(item=f"{group.id}-{request.number}"))
    return "\n".join(lines)


async def _withdraw(call: Call, group: Group, case: models.Case, request: models.Request) -> str:
    try:
        async with in_transaction():
            acts = await call.house.appeals.withdraw(group, request, call.account)
    except NotAllowed as refusal:
        raise Refusal(str(refusal)) from None
    if acts is None:
        request = await models.Request.get(id=request.id)
        raise Refusal(
            texts.DECIDED.format(number=request.number, state=texts.STATES[request.state])
        )
    call.house.executor.submit(acts)
    text = texts.WITHDRAWN_LATE if case.state == "suspended" else texts.WITHDRAWN
    return text.format(number=request.number)


async def _status(
    call: Call, group: Group, case: models.Case, appeals: list[models.Request]
) -> str:
    """How the appeal of a case stands, for whoever appealed."""
    local, last = call.house.records.local, appeals[-1]
    state = state_of(case, appeals)
    if state.is_open:
        assert last.expires_at is not None
        lines = [
            texts.STATUS_OPEN.format(
                number=last.number,
                case=case.number,
                received=local(last.created_at),
                who=LEVEL_NAMES[last.level],
                until=local(last.expires_at),
            ),
            *([texts.STATUS_LATE] if state.is_late else []),
            texts.HOW_OPEN.format(item=f"{group.id}-{last.number}"),
        ]
        return "\n".join(lines)
    decided = next((one for one in reversed(appeals) if one.state != "closed"), None)
    if decided is None:
        shown = f"{group.id}-{case.number}"
        return "\n".join(
            [texts.STATUS_NONE.format(case=case.number), texts.NO_REASON.format(number=shown)]
        )
    text = texts.STATUS_DECIDED.format(
        number=decided.number,
        case=case.number,
        state=texts.STATES[decided.state],
        reason=decided.reason,
    )
    until = call.house.appeals.second_until(group, appeals)
    if until is not None and until >= call.house.records.now():
        again = texts.AGAIN.format(until=local(until), item=f"{group.id}-{case.number}")
        return f"{text}\n{again}"
    return text


async def _last(call: Call) -> models.Case:
    case = await call.house.appeals.last_of(call.account, call.group_or_none)
    if case is None:
        raise Refusal(texts.NO_CASE)
    return case


async def _numbered(call: Call, number: Item) -> models.Case:
    group_id = number.group
    if group_id is None:
        if call.group_or_none is None:
            raise Refusal(texts.SAY_WHICH.format(item=f"3-{number.number}"))
        group_id = call.group.id
    group = call.house.groups.by_id(group_id) if group_id is not None else None
    case = None
    if group is not None:
        case = await call.house.appeals.case_for(group, call.account, number.number)
    if case is None:
        # The same words whether it is somebody else's or none: numbers are not to be probed.
        raise Refusal(texts.NO_CASE_NUMBERED.format(number=number.number))
    return case
