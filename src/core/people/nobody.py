"""Taking from rows whom they were about, while what is counted stays.

A case keeps its number, clause, step, state and times. Its account is then `ERASED`, the same for all,
so that nothing tells two of somebody's cases from two people's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise.expressions import Q

from src.core.chat.events import Account
from src.core.store import models
from src.core.store.rows import account_row

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tortoise.queryset import QuerySet

ERASED = Account("erased", "")
"""Whom a case was about, once that is not kept any more."""
BATCH = 50
"""Rows at once: a batch is built while nothing else of the process runs."""
AT_REST = ("confirmed", "denied", "unknown", "lapsed")
"""States of an act on which nothing more comes."""


async def erased_row() -> models.Account:
    """The row of `ERASED`; written where there is none."""
    return await account_row(ERASED)


async def awaited(*, sanctions: bool = True, **which: Any) -> set[int]:
    """Ids of `which` cases (`group_id`, or `case__…`) on which something is still open: a request, or
    (`sanctions`) a mute or block."""
    queries: list[Any] = [models.Request.filter(state="open", **which)]
    if sanctions:
        queries += [
            models.Mute.filter(Q(live_key__isnull=False) | Q(ended="lifting"), **which),
            models.Block.filter(live_key__isnull=False, **which),
        ]
    found: set[int] = set()
    for query in queries:
        rows = await query.filter(case_id__isnull=False).values_list("case_id", flat=True)
        found |= {int(one) for one in rows}
    return found


def over(
    cases: QuerySet[models.Case], *, now: datetime, awaited: Iterable[int]
) -> QuerySet[models.Case]:
    """Those of some cases that count for nothing any more and on which nothing is open."""
    ended = Q(observed=True) | Q(state="reversed")
    ended |= Q(live_until__lte=now, state__not="suspended")
    return cases.filter(ended, id__not_in=[*awaited] or [0])


async def pseudonymise(cases: list[models.Case], nobody: models.Account) -> None:
    """Take from cases whom they were about, who decided, and all words. Inside the caller's
    transaction."""
    for case in cases:
        case.account_id, case.actor_id, case.closed_by_id = nobody.id, None, None
        case.reason = case.closed_reason = case.excerpt = ""
        case.excerpt_until = case.message_key = None
        case.clauses = [_bare(one) for one in case.clauses]
    fields = ["account_id", "actor_id", "closed_by_id", "reason", "closed_reason"]
    fields += ["excerpt", "excerpt_until", "message_key", "clauses"]
    await models.Case.bulk_update(cases, fields=fields)
    ids = [case.id for case in cases]
    await models.Mute.filter(case_id__in=ids).update(account_id=nobody.id)
    await models.Block.filter(case_id__in=ids).update(account_id=nobody.id, by_id=None)


def _bare(finding: dict[str, Any]) -> dict[str, Any]:
    """What a finding says without what was found: the terms are ours (`Learning` counts them)."""
    terms = finding.get("facts", {}).get("terms")
    return {**finding, "facts": {"terms": terms} if terms else {}}


def bare_payload(request: models.Request) -> dict[str, Any]:
    """What a request's payload says without anybody's words or account."""
    if request.kind == "term":
        return request.payload
    if request.kind == "review":
        kept = {name: one for name, one in request.payload.items() if name in ("clause", "plugin")}
        return {**kept, **_bare({"facts": request.payload.get("facts", {})})}
    return {}


async def strip(requests: list[models.Request], nobody: models.Account) -> None:
    """Take from requests whom they were about, who decided, and all words; and what was brought
    forward in them. Inside the caller's transaction."""
    for request in requests:
        request.payload, request.agreed, request.reason = bare_payload(request), [], ""
        request.account_id, request.assignee_id, request.decided_by_id = nobody.id, None, None
    fields = ["payload", "agreed", "reason", "account_id", "assignee_id", "decided_by_id"]
    await models.Request.bulk_update(requests, fields=fields)
