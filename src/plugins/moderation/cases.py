"""What is on record: cases, and taking one back."""

from __future__ import annotations

from src.core.area import AREAS
from src.core.chat.events import Account
from src.core.commands import Call, Item, Refusal, Reply, Rest, Right
from src.core.discipline import ACT_STATES, ACTS, CASE_STATES, LIVES, STEP_NAMES, statement
from src.core.people import PersonKind
from src.core.store import models
from src.core.store.rows import account_row

from . import texts
from .area import area
from .ranks import not_above

_SHOWN = 10


def _local(call: Call, case: models.Case) -> str:
    return call.house.records.local(case.created_at)


def _ground(case: models.Case) -> str:
    return case.clause or texts.GROUND_MANUAL


async def _record_lines(call: Call, account: models.Account, group_id: int) -> list[str]:
    cases = (
        await models.Case.filter(group_id=group_id, account=account, observed=False)
        .order_by("-id")
        .limit(_SHOWN)
    )
    proposed = {
        request.case_id
        for request in await models.Request.filter(
            group_id=group_id, account=account, state="open", kind__in=("remove", "block")
        )
    }
    now = call.house.records.now()
    lines: list[str] = []
    for case in cases:
        state = CASE_STATES[case.state]
        if case.state in LIVES and case.ladder:
            until = call.house.records.local(case.live_until)
            state = (
                texts.RECORD_LIVE.format(until=until)
                if case.live_until > now
                else texts.RECORD_EXPIRED
            )
        # Answered in private, where an item needs its group.
        number = f"{group_id}-{case.number}"
        lines.append(
            texts.RECORD_LINE.format(
                number=number,
                time=_local(call, case),
                ground=_ground(case),
                step=texts.PROPOSED if case.id in proposed else STEP_NAMES[case.step],
                state=state,
            )
        )
    return lines


@area.command(
    "record", ("我的记录", "记录"), "自己的记录；老师可以看某人的", example="/record"
)  # fmt: skip
async def record(call: Call, who: Account | None = None) -> Reply:
    """One's own cases, answered in private; or, for a teacher, somebody else's."""
    if who is not None and who != call.account:
        if call.private or call.rank < Right.DUTY:
            raise Refusal(texts.ONLY_OWN)
        await call.check_rank(Right.DUTY)
    account = await account_row(who or call.account)
    own = who is None or who == call.account
    name = texts.YOU if own else texts.SOMEBODY
    if call.group_or_none is not None:
        group_ids = [call.group.id] if call.group.id is not None else []
    else:
        rows = (
            await models.Case.filter(account=account, observed=False)
            .distinct()
            .values_list("group_id")
        )
        group_ids = sorted(int(row[0]) for row in rows)
    lines: list[str] = []
    item = ""
    for group_id in group_ids:
        found = await _record_lines(call, account, group_id)
        if not found:
            continue
        group = call.house.groups.by_id(group_id)
        if call.private and group is not None:
            lines.append(texts.RECORD_GROUP.format(group=call.house.records.title(group)))
        lines.append(
            texts.RECORD.format(
                who=name, live=await call.house.records.live_weight(group_id, account.id)
            )
        )
        lines += found
        item = item or found[0].split(" ", 1)[0]
    if not lines:
        text = texts.RECORD_YOURS_NONE if own else texts.RECORD_NONE.format(who=name)
        return Reply(text, private=True)
    if own:
        lines.append(texts.RECORD_APPEAL.format(item=item))
    return Reply("\n".join(lines), private=True)


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
    if case.account.user_id == call.account.user_id:
        raise Refusal(texts.PARDON_OWN.format(number=number.number))
    await not_above(call, case)
    if case.state == "reversed":
        return texts.ALREADY.format(number=case.number)
    acts = await call.house.orders.pardon(call.group, case, call.account, reason)
    call.house.executor.submit(acts)
    return texts.PARDONED.format(number=case.number)
