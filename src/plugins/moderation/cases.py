"""What is on record: cases, and taking one back."""

from __future__ import annotations

from src.core.area import AREAS
from src.core.chat.events import Account
from src.core.commands import Call, Item, Refusal, Reply, Rest, Right
from src.core.discipline import ACT_STATES, ACTS, CASE_STATES, STEP_NAMES, statement
from src.core.discipline.conflicts import family_of
from src.core.people import PersonKind
from src.core.store import models

from . import texts
from .area import area
from .ranks import not_above, not_family


def _local(call: Call, case: models.Case) -> str:
    return call.house.records.local(case.created_at)


async def _case(call: Call, number: Item) -> models.Case:
    case = await models.Case.get_or_none(
        group_id=call.group.id, number=number.number
    ).select_related("account", "actor")
    if case is None:
        raise Refusal(texts.NO_CASE.format(number=number.number))
    return case


@area.command(
    "case", "案件", "看一个案件；自己的也可以看", example="/case 12"
)  # fmt: skip
async def show_case(call: Call, number: Item, rest: Rest = Rest("")) -> Reply:
    """One case: clause, facts, state; never what was written. With 全文 the whole statement of reasons.
    Who it is about, and a student's guardian, may read their own, without who decided."""
    if rest and rest.strip().lower() not in texts.WHOLE:
        raise Refusal(texts.CASE_HOW)
    case = await models.Case.get_or_none(
        group_id=call.group.id, number=number.number
    ).select_related("account", "actor")
    own = case is not None and _is_own(call, case)
    if case is None or not own:
        # Whoever may not read it does not learn that it is there.
        await call.check_rank(Right.DUTY)
        case = await _case(call, number)
    if rest:
        whole = await statement(call.house, call.group, case)
        return Reply((whole.for_subject() if own else whole).text(), private=True)
    return Reply(await _short(call, case, own=own), private=True)


def _is_own(call: Call, case: models.Case) -> bool:
    """Whether it is about the caller, or about the student whose guardian the caller is."""
    subject = Account(case.account.namespace, case.account.user_id)
    if subject == call.account:
        return not case.observed
    roster = call.house.rosters.of(call.group)
    if roster is None or case.observed:
        return False
    students = [
        identity.person.id
        for identity in roster.identities(subject)
        if identity.person.kind is PersonKind.STUDENT and not identity.relation
    ]
    return any(call.account in roster.family(student) for student in students)


async def _short(call: Call, case: models.Case, *, own: bool) -> str:
    ground = texts.GROUND_MANUAL
    if case.clause and case.policy_id is not None:
        version = await models.PolicyVersion.get(id=case.policy_id)
        clauses: list[dict[str, str]] = version.content["clause"]
        text = next((c["text"] for c in clauses if c["number"] == case.clause), "")
        ground = texts.GROUND.format(version=version.version, clause=case.clause, text=text)
    acts = await models.Act.filter(case=case).order_by("id")
    done = "；".join(
        f"{ACTS[act.kind]}{ACT_STATES[act.state]}"
        + (f"（{act.wording}）" if act.state in ("denied", "unknown") and act.wording else "")
        for act in acts
        if act.kind != "say"
    )
    source = texts.AUTO.format(
        plugin=AREAS[case.plugin].title if case.plugin in AREAS else case.plugin
    )
    if case.source == "manual":
        source = texts.GROUND_MANUAL
        if case.actor is not None and not own:
            source = texts.BY.format(who=case.actor.user_id)
    lines = [
        texts.CASE.format(
            number=case.number,
            step=STEP_NAMES[case.step],
            state=CASE_STATES[case.state] + (texts.OBSERVED if case.observed else ""),
            who=texts.YOU if case.account.user_id == call.account.user_id else case.account.user_id,
            time=_local(call, case),
            ground=ground,
            source=source,
            acts=done or "无",
        )
    ]
    if case.reason:
        lines.append(texts.CASE_REASON.format(reason=case.reason))
    if case.closed_reason:
        lines.append(texts.CASE_CLOSED.format(reason=case.closed_reason))
    lines.append(texts.CASE_WHOLE.format(item=f"{call.group.id}-{case.number}"))
    return "\n".join(lines)


@area.command(
    "pardon", "撤销", "撤销一个案件", right=Right.DUTY, example="/pardon 12 是误会", quotes=True
)  # fmt: skip
async def pardon(call: Call, number: Item, reason: Rest = Rest("")) -> str:
    """Reverse a case: lift what runs, take the weight back, keep the history."""
    case = await _case(call, number)
    about = Account(case.account.namespace, case.account.user_id)
    if about in family_of(call.group, call.account):
        raise Refusal(texts.PARDON_OWN.format(number=number.number))
    not_family(call, Account(case.account.namespace, case.account.user_id))
    await not_above(call, case)
    if case.state == "reversed":
        return texts.ALREADY.format(number=case.number)
    acts = await call.house.orders.pardon(call.group, case, call.account, reason)
    call.house.executor.submit(acts)
    return texts.PARDONED.format(number=case.number)
