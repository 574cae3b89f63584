"""Why: which clauses looked at a message and what they found, or what a case rests on.

A message is read back from the platform and judged without touching any state; nothing of it is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from src.core.area import AREAS, Finding
from src.core.commands import Call, Item, Refusal, Reply, Right
from src.core.discipline import CASE_STATES, STEP_NAMES
from src.core.store import models
from src.core.store.rows import account_row
from src.core.why import explain

from . import texts
from .area import area

if TYPE_CHECKING:
    from src.core.chat.events import FetchedMessage


@area.command(
    "why", "为什么", "为什么判或没判：回复那条消息，或写案件编号", example="/why 12", quotes=True
)  # fmt: skip
async def why(call: Call, number: Item | None = None) -> Reply:
    """One's own message or case; for those on duty, anybody's of this group."""
    if number is not None:
        return Reply(await _of_case(call, await _numbered(call, number)), private=True)
    replied = await call.replied_to()
    if replied is not None:
        return Reply(await _of_message(call, replied), private=True)
    last = await _last(call)
    if last is None:
        raise Refusal(texts.WHY_HOW)
    return Reply(await _of_case(call, last), private=True)


async def _last(call: Call) -> models.Case | None:
    account = await account_row(call.account)
    cases = models.Case.filter(account=account, observed=False)
    if call.group_or_none is not None:
        cases = cases.filter(group_id=call.group.id)
    return await cases.order_by("-id").first()


async def _numbered(call: Call, number: Item) -> models.Case:
    case = await models.Case.get_or_none(
        group_id=call.group.id, number=number.number
    ).select_related("account")
    own = case is not None and case.account_id == (await account_row(call.account)).id
    if case is None or not own or case.observed:
        # Asked before the answer, so that numbers are not to be probed, nor what is only observed.
        await call.check_rank(Right.DUTY)
    if case is None:
        raise Refusal(texts.WHY_NO_CASE.format(number=number.number))
    return case


async def _of_case(call: Call, case: models.Case) -> str:
    """What the case rests on: the clauses as they were then, what was found, what followed."""
    version = (
        await models.PolicyVersion.get_or_none(id=case.policy_id)
        if case.policy_id is not None
        else None
    )
    written: dict[str, dict[str, Any]] = (
        {clause["number"]: clause for clause in version.content["clause"]} if version else {}
    )
    lines = [
        texts.WHY_CASE.format(
            number=case.number,
            time=call.house.records.local(case.created_at),
            step=STEP_NAMES[case.step],
            state=CASE_STATES[case.state],
        )
    ]
    for entry in case.clauses:
        clause = written.get(entry["number"], {})
        text = clause.get("text", "")
        lines.append(texts.WHY_CLAUSE.format(number=entry["number"], text=text))
        lines.append(texts.WHY_FOUND.format(line=_found(entry, clause)))
    if not case.clauses:
        lines.append(texts.WHY_MANUAL.format(reason=case.reason or texts.WHY_NO_REASON))
    if case.source == "auto":
        basis = texts.WHY_BASIS.format(
            version=version.version if version else "?", words=case.lexicon
        )
        lines.append(basis)
    if case.observed:
        lines.append(texts.WHY_OBSERVED)
    elif case.state == "active":
        shown = f"{case.group_id}-{case.number}"
        lines.append(texts.WHY_APPEAL.format(number=shown))
    return "\n".join(lines)


def _found(entry: dict[str, Any], clause: dict[str, Any]) -> str:
    """A stored finding in its plugin's words; the plugin may be gone or have changed since."""
    known = AREAS.get(entry["plugin"])
    if known is None or known.explains is None:
        return entry["plugin"] if known is None else known.title
    settings = known.settings.model_validate(clause.get("settings", {}))
    return known.explains(Finding(entry["plugin"], 1, facts=entry["facts"]), settings)


async def _may_read(call: Call, case: models.Case) -> bool:
    """What is only observed never reaches the person it is about (design: "Observe mode")."""
    return not case.observed or await call.rank_in_group(call.account) >= Right.DUTY


async def _of_message(call: Call, message: FetchedMessage) -> str:
    if message.account != call.account:
        await call.check_rank(Right.DUTY)
    group = call.group
    # Its time may be told otherwise when it is read back, so the rest of the key decides.
    key = f"{message.ref.bot}/{message.ref.group}/{message.ref.message_id}/"
    case = await models.Case.filter(group_id=group.id, message_key__startswith=key).first()
    if case is not None and await _may_read(call, case):
        return await _of_case(call, case)
    policy = group.policy
    if policy is None:
        raise Refusal(texts.WHY_NO_POLICY)
    if group.paused_until > call.house.clock.now():
        raise Refusal(texts.WHY_PAUSED)
    rank = await call.rank_in_group(message.account)
    found = call.house.guard.weigh(policy, message, rank)
    if any(finding.acts for _, finding in found):
        head = texts.WHY_STAFF if rank.is_staff else texts.WHY_WOULD
    else:
        head = texts.WHY_PERHAPS if found else texts.WHY_CLEAN
    looks = explain(policy, found, content_only=True)
    looks.sort(key=lambda look: not look.found)
    return "\n".join(
        [head, *(texts.WHY_LOOK.format(mark=texts.MARKS[one.found], look=one) for one in looks)]
    )
