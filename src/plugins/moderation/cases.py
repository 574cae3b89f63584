"""What is on record: cases, and taking one back."""

from __future__ import annotations

from src.core.area import AREAS
from src.core.commands import Call, Item, Refusal, Reply, Rest, Right
from src.core.discipline import ACTS, CASE_STATES, STEP_NAMES
from src.core.store import models

from . import texts
from .area import area
from .ranks import not_above

_SHOWN = 10


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
    "case", "案件", "看一个案件", right=Right.DUTY, example="/case 12"
)  # fmt: skip
async def show_case(call: Call, number: Item) -> Reply:
    """One case: clause, facts, state; never what was written."""
    case = await _case(call, number)
    ground = texts.GROUND_MANUAL
    if case.clause and case.policy_id is not None:
        version = await models.PolicyVersion.get(id=case.policy_id)
        clauses: list[dict[str, str]] = version.content["clause"]
        text = next((c["text"] for c in clauses if c["number"] == case.clause), "")
        ground = texts.GROUND.format(version=version.version, clause=case.clause, text=text)
    acts = await models.Act.filter(case=case).order_by("id")
    done = "；".join(
        f"{ACTS[act.kind]}{texts.ACT_STATES[act.state]}"
        + (f"（{act.wording}）" if act.state in ("denied", "unknown") and act.wording else "")
        for act in acts
        if act.kind != "say"
    )
    source = (
        texts.BY.format(who=case.actor.user_id)
        if case.actor is not None
        else texts.AUTO.format(
            plugin=AREAS[case.plugin].title if case.plugin in AREAS else case.plugin
        )
    )
    lines = [
        texts.CASE.format(
            number=case.number,
            step=STEP_NAMES[case.step],
            state=CASE_STATES[case.state] + (texts.OBSERVED if case.observed else ""),
            who=case.account.user_id,
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
    return Reply("\n".join(lines), private=True)


@area.command(
    "pardon", "撤销", "撤销一个案件", right=Right.DUTY, example="/pardon 12 是误会", quotes=True
)  # fmt: skip
async def pardon(call: Call, number: Item, reason: Rest = Rest("")) -> str:
    """Reverse a case: lift what runs, take the weight back, keep the history."""
    case = await _case(call, number)
    if case.account.user_id == call.account.user_id:
        raise Refusal(texts.PARDON_OWN.format(number=number.number))
    await not_above(call, case)
    if case.state == "reversed":
        return texts.ALREADY.format(number=case.number)
    acts = await call.house.orders.pardon(call.group, case, call.account, reason)
    call.house.executor.submit(acts)
    return texts.PARDONED.format(number=case.number)
