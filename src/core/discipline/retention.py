"""What is kept for its time only, and then cleared by itself (09.3.3): excerpts first, then names.

A case keeps its number, clause, step, state and times: what is counted. Whom it was about is then
nobody (`src.core.people.nobody`). What still runs waits: a case that counts, whose sanction holds, that
may still be appealed or is being decided about.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tortoise.expressions import Q

from src.core.faults import log_fault
from src.core.people.nobody import (
    AT_REST,
    BATCH,
    awaited,
    erased_row,
    over,
    pseudonymise,
    strip,
)
from src.core.policy.pack import Retention as Kept
from src.core.store import in_transaction, models

if TYPE_CHECKING:
    from datetime import datetime

    from tortoise.queryset import QuerySet

    from src.core.groups import Group, Groups

    from .records import Records

APPEAL_TIME = timedelta(days=30)
"""How long after a case nobody's name is taken from it by time, whatever the policy says: judgement."""


def _kept(group: Group) -> Kept:
    """What the group's policy says; the defaults where it has none."""
    return group.policy.retention if group.policy is not None else Kept()


class Retention:
    """Looks every minute whether a group's time to clear has come."""

    def __init__(self, records: Records, groups: Groups, timezone: str) -> None:
        self._records = records
        self._groups = groups
        self._zone = ZoneInfo(timezone)
        self._cleared: dict[int, datetime] = {}

    async def minute(self) -> None:
        """Clear where it is due: once for each moment that the policy names, and after a downtime."""
        now = self._records.now()
        for group in self._groups:
            if group.id is None:
                continue
            kept = _kept(group)
            if group.id not in self._cleared:
                row = await models.Group.get(id=group.id)
                self._cleared[group.id] = row.cleared_at or row.created_at
            if self._cleared[group.id] >= kept.clear.last(now.astimezone(self._zone)):
                continue
            try:
                await self.clear(group, kept)
            except Exception as error:
                log_fault("what was kept for long enough was not cleared", error)

    async def clear(self, group: Group, kept: Kept) -> dict[str, int]:
        """Clear what has been kept for long enough in a group, in batches; returns how many of each
        kind. What a crash leaves is cleared at the next minute."""
        assert group.id is not None
        now = self._records.now()
        counts = {"excerpts": await self._excerpts(group.id, now)}
        longest = max(kept.names, *(_kept(one).names for one in self._groups))
        of_no_group = models.AuditValue.filter(
            group_id__isnull=True, created_at__lte=now - timedelta(seconds=longest)
        )
        await _each(of_no_group, None)
        counts |= await _Names(group.id, now, now - timedelta(seconds=kept.names)).clear()
        async with in_transaction():
            await models.Group.filter(id=group.id).update(cleared_at=now)
            facts = {name: count for name, count in counts.items() if count}
            await self._records.audit.note("cleared", group=group, facts=facts)
        self._cleared[group.id] = now
        return counts

    @staticmethod
    async def _excerpts(group_id: int, now: datetime) -> int:
        open_ = await awaited(group_id=group_id, sanctions=False)
        cases = models.Case.filter(
            group_id=group_id, excerpt_until__lte=now, id__not_in=[*open_] or [0]
        )
        return await cases.exclude(state="suspended").update(excerpt="", excerpt_until=None)


class _Names:
    """One look through a group for what is older than the policy keeps names."""

    def __init__(self, group_id: int, now: datetime, before: datetime) -> None:
        self._group_id = group_id
        self._now = now
        self._before = before

    async def clear(self) -> dict[str, int]:
        nobody = await erased_row()
        mine: dict[str, Any] = {"group_id": self._group_id}
        old = {**mine, "created_at__lte": self._before}
        named = Q(account_id__isnull=True) | Q(account_id__not=nobody.id)
        # What hangs on a case goes after it.
        after_case = Q(case_id__isnull=True) | Q(case__account_id=nobody.id)
        after_request = Q(request_id__isnull=True) | Q(request__account_id=nobody.id)
        counts = {"cases": await self._cases(old, nobody)}
        counts["requests"] = await self._requests(named & after_case, nobody)
        no_account = {"account_id": nobody.id}
        acts = models.Act.filter(named, after_case, state__in=AT_REST, **old)
        counts["acts"] = await _each(acts, {**no_account, "payload": {}, "wording": ""})
        blocks = models.Block.filter(named, after_case, live_key__isnull=True, **old)
        counts["blocks"] = await _each(blocks, {**no_account, "by_id": None})
        attempts = models.JoinAttempt.filter(named, **old)
        counts["attempts"] = await _each(attempts, no_account)
        evidence = models.Evidence.filter(
            ~Q(value="") | Q(by_id__isnull=False), after_request, **old
        )
        counts["evidence"] = await _each(evidence, {"value": "", "by_id": None})
        reports = models.Report.filter(
            request__group_id=self._group_id,
            request__account_id=nobody.id,
            created_at__lte=self._before,
        )
        counts["reports"] = await _each(reports, None)
        counts["notices"] = await _each(models.Notice.filter(after_case, **old), None)
        left = models.Membership.filter(left_at__lte=self._before, **mine)
        counts["memberships"] = await _each(left, None)
        counts["duties"] = await _each(models.Duty.filter(until__lte=self._before, **mine), None)
        counts["audit"] = await _each(models.AuditValue.filter(**old), None)
        return counts

    async def _cases(self, old: dict[str, Any], nobody: models.Account) -> int:
        count = 0
        appealed = self._now - APPEAL_TIME
        cases = models.Case.filter(
            Q(closed_at__isnull=True) | Q(closed_at__lte=appealed),
            account_id__not=nobody.id,
            **{**old, "created_at__lte": min(self._before, appealed)},
        )
        # What was decided of late, people may still appeal: in the second instance, too.
        decided = models.Request.filter(
            group_id=self._group_id,
            kind__in=("appeal", "remove", "block"),
            decided_at__gt=appealed,
            case_id__isnull=False,
        )
        fresh = {one.case_id for one in await decided.only("case_id") if one.case_id is not None}
        while (
            batch := await over(
                cases, now=self._now, awaited=fresh | await awaited(group_id=self._group_id)
            )
            .order_by("id")
            .limit(BATCH)
        ):
            async with in_transaction():
                await pseudonymise(batch, nobody)
            count += len(batch)
        return count

    async def _requests(self, which: Q, nobody: models.Account) -> int:
        count = 0
        closed = Q(decided_at__lte=self._before) | Q(
            decided_at__isnull=True, created_at__lte=self._before
        )
        # A pass that somebody was given holds until it expires.
        spent = Q(expires_at__isnull=True) | Q(expires_at__lte=self._before)
        requests = models.Request.filter(which, closed, spent, group_id=self._group_id)
        while batch := await requests.exclude(state="open").order_by("id").limit(BATCH):
            async with in_transaction():
                await strip(batch, nobody)
            count += len(batch)
        return count


async def _each(query: QuerySet[Any], update: dict[str, Any] | None) -> int:
    """Update (None: delete) what a query finds, a batch at a time; how many that were."""
    count = 0
    while ids := await query.limit(BATCH).values_list("id", flat=True):
        async with in_transaction():
            rows = query.model.filter(id__in=ids)
            await (rows.delete() if update is None else rows.update(**update))
        count += len(ids)
    return count
