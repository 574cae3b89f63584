"""What is on somebody's record, and until when it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.events import Account  # noqa: TC001 - signatures are read at run time
from src.core.clock import to_datetime
from src.core.commands import Call, Refusal, Reply, Right
from src.core.discipline import CASE_STATES, LIVES, STEP_NAMES
from src.core.store import models
from src.core.store.rows import account_row

from . import texts
from .area import area

if TYPE_CHECKING:
    from src.core.policy.ladder import Standing

_SHOWN = 10


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
                time=call.house.records.local(case.created_at),
                ground=case.clause or texts.GROUND_MANUAL,
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
        lines.append(await _heading(call, group_id, account, name))
        lines += found
        item = item or found[0].split(" ", 1)[0]
    if not lines:
        text = texts.RECORD_YOURS_NONE if own else texts.RECORD_NONE.format(who=name)
        return Reply(text, private=True)
    if own:
        lines.append(texts.RECORD_APPEAL.format(item=item))
    return Reply("\n".join(lines), private=True)


async def _heading(call: Call, group_id: int, account: models.Account, name: str) -> str:
    """What counts, on all ladders together, when that is less, and when it is nothing."""
    records = call.house.records
    group = call.house.groups.by_id(group_id)
    policy = group.policy if group is not None else None
    live = models.Case.filter(
        group_id=group_id,
        account=account,
        state__in=LIVES,
        observed=False,
        live_until__gt=records.now(),
    ).exclude(ladder="")
    found: list[Standing] = []
    for (ladder,) in await live.distinct().values_list("ladder"):
        known = policy.ladders.get(str(ladder)) if policy is not None else None
        found.append(await records.standing(group_id, account.id, str(ladder), known))
    less = min((one.less for one in found if one.less is not None), default=None)
    nothing = max((one.nothing for one in found if one.nothing is not None), default=None)
    ends = ""
    if less is not None and nothing is not None:
        words = texts.RECORD_LESS if less < nothing else texts.RECORD_NOTHING
        ends = words.format(
            less=records.local(to_datetime(less)), nothing=records.local(to_datetime(nothing))
        )
    return texts.RECORD.format(who=name, live=sum(one.weight for one in found), ends=ends)
