"""What discipline writes and reads of cases, and how it names times and groups for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from src.core.clock import to_datetime
from src.core.policy.ladder import Counted, Standing, standing
from src.core.store import models, take_number
from src.core.store.rows import group_row

if TYPE_CHECKING:
    from src.core.audit import Audit
    from src.core.clock import Clock
    from src.core.groups import Group, Groups
    from src.core.policy import Policy
    from src.core.policy.ladder import Ladder

APPLICATION = version("qungui")
_MORNING, _EVENING = 8, 21
"""Hours between which people are reminded; judgement."""
LIVES = ("active", "reduced")
"""States of a case that count."""
MANUAL_LIFE = timedelta(days=30)
"""How long a case that a person decided is shown as live; it is on no ladder."""


class NotAllowed(Exception):
    """Somebody may not decide this; the text says why, to the person."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an answer: `open` where more people must agree."""

    request: models.Request
    state: str
    agreed: int
    late: bool = False
    """Somebody else had decided it; `state` is what they said."""


class Records:
    """The rows of cases, and the words for moments and groups."""

    def __init__(self, *, clock: Clock, timezone: str, groups: Groups, audit: Audit) -> None:
        self.audit = audit
        self._clock = clock
        self._zone = ZoneInfo(timezone)
        self._groups = groups

    def now(self) -> datetime:
        return to_datetime(self._clock.now())

    def local(self, moment: datetime) -> str:
        """A moment for people: 11月22日 15:30."""
        local = moment.astimezone(self._zone)
        return f"{local.month}月{local.day}日 {local:%H:%M}"

    def by_day(self, moment: datetime) -> datetime:
        """The same moment, or the morning after it where it is at night: nobody is reminded then."""
        local = moment.astimezone(self._zone)
        if _MORNING <= local.hour < _EVENING:
            return moment
        day = local.date() + timedelta(days=1) if local.hour >= _EVENING else local.date()
        return datetime.combine(day, time(_MORNING), self._zone)

    def evening_before(self, moment: datetime) -> datetime:
        """The last hour of the day before a moment at night."""
        local = moment.astimezone(self._zone)
        day = local.date() if local.hour >= _EVENING else local.date() - timedelta(days=1)
        return datetime.combine(day, time(_EVENING - 1), self._zone)

    @staticmethod
    def title(group: Group) -> str:
        """The group's name for a text, or its number."""
        return group.name or group.key.group_id

    async def row_of(self, group: Group) -> int:
        """The store's id of the group; its row is written where there is none."""
        if group.id is None:
            row = await group_row(group.key, name=group.name, bot=group.bot, now=self.now())
            self._groups.known(group, row)
            assert group.id is not None
        return group.id

    def live_until(self, policy: Policy | None, ladder: Ladder) -> datetime:
        """Until when a case that is made now counts on a ladder: for its life, and where the ladder
        ends with the term no longer than that (anchors/moderation.md, 4.6)."""
        now = self.now()
        until = now + timedelta(seconds=ladder.life)
        if policy is None or not ladder.ends_with_term:
            return until
        today = now.astimezone(self._zone).date()
        ends = [date(today.year + n, *day) for n in (0, 1) for day in policy.term_ends]
        end = min((day for day in ends if day > today), default=None)
        return min(until, datetime.combine(end, time(), self._zone)) if end is not None else until

    async def standing(
        self,
        group_id: int | None,
        account_id: int,
        name: str,
        ladder: Ladder | None,
        *,
        without: models.Case | None = None,
    ) -> Standing:
        """How an account stands on the ladder of this name, and when that is less; `without` one case.
        Where the policy has the ladder no more (None), cases count until they are over."""
        now = self.now()
        rows = models.Case.filter(
            group_id=group_id,
            account_id=account_id,
            ladder=name,
            state__in=LIVES,
            observed=False,
            live_until__gt=now,
        ).only("id", "weight", "created_at", "live_until")
        cases = [Counted.of(row) for row in await rows if without is None or row.id != without.id]
        return standing(cases, int(now.timestamp()), ladder.decay if ladder is not None else None)

    async def live_weight(
        self,
        group_id: int | None,
        account_id: int,
        name: str,
        ladder: Ladder | None,
        *,
        without: models.Case | None = None,
    ) -> int:
        """What an account's live cases on a ladder weigh together."""
        found = await self.standing(group_id, account_id, name, ladder, without=without)
        return found.weight

    async def new_case(
        self,
        group: Group,
        account: models.Account,
        *,
        step: str,
        live_until: datetime | None = None,
        **facts: Any,
    ) -> models.Case:
        """Write a case with the group's next number, inside the caller's transaction."""
        now = self.now()
        assert group.id is not None
        case = await models.Case.create(
            group_id=group.id,
            number=await take_number(group.id),
            account=account,
            step=step,
            application=APPLICATION,
            live_until=live_until or now + MANUAL_LIFE,
            created_at=now,
            **facts,
        )
        await self.note_case("case.made", group, case, account, facts.get("actor"))
        return case

    async def note_case(
        self,
        kind: str,
        group: Group,
        case: models.Case,
        about: models.Account | None,
        by: models.Account | None,
    ) -> None:
        """Write into the audit log what a case is now, inside the caller's transaction."""
        names = ("clause", "step", "state", "weight", "plugin", "source", "observed")
        facts = {name: getattr(case, name) for name in names}
        facts = {"case": case.number, **facts}
        await self.audit.note(kind, group=group, about=about, by=by, facts=facts)

    @staticmethod
    async def hold(case_id: int | None) -> None:
        """Keep a case from everybody else until the caller's transaction ends. Whoever changes a case and
        a request on it begins with this: in two orders, two of them would wait for each other, and
        PostgreSQL would end one. (Rows that only refer to the case can be written meanwhile.)"""
        if case_id is not None:
            await models.Case.filter(id=case_id).select_for_update(no_key=True).first()

    async def close(
        self,
        request: models.Request,
        state: str,
        by: models.Account | None,
        *,
        reason: str = "",
        agreed: list[int] | None = None,
    ) -> bool:
        """Answer a request by compare-and-set: True for the one who decided."""
        changed = await models.Request.filter(id=request.id, state="open").update(
            state=state,
            open_key=None,
            decided_by_id=by.id if by is not None else None,
            reason=reason[:500],
            decided_at=self.now(),
            agreed=agreed if agreed is not None else request.agreed,
        )
        if changed:
            facts = {"request": request.number, "kind": request.kind, "state": state}
            group = self._groups.by_id(request.group_id)
            await self.audit.note("request.closed", group=group, by=by, facts=facts)
        return changed == 1

    async def note_opened(
        self,
        group: Group,
        request: models.Request,
        about: models.Account | None,
        case: models.Case | None = None,
    ) -> None:
        """Write into the audit log that people are asked, inside the caller's transaction."""
        facts: dict[str, Any] = {"request": request.number, "kind": request.kind}
        facts |= {"case": case.number} if case is not None else {}
        await self.audit.note("request.opened", group=group, about=about, facts=facts)

    async def was_noted(self, group: Group, kind: str, since: datetime) -> bool:
        """Whether `note` was called for this kind after a moment."""
        return await models.Request.filter(
            group_id=group.id, kind=kind, created_at__gt=since
        ).exists()

    async def note(self, group: Group, kind: str) -> None:
        """Note that a group's people are told of something now, inside the caller's transaction: a
        request that is closed from the start."""
        now = self.now()
        assert group.id is not None
        await models.Request.create(
            group_id=group.id,
            number=await take_number(group.id),
            kind=kind,
            state="closed",
            created_at=now,
            decided_at=now,
        )

    async def new_act(
        self,
        group: Group,
        kind: str,
        account: models.Account | None,
        payload: dict[str, Any],
        not_after: datetime,
        *,
        case: models.Case | None,
        observed: bool | None = None,
        not_before: datetime | None = None,
    ) -> models.Act:
        """Write an intended act, inside the caller's transaction; the executor does it later."""
        now = self.now()
        return await models.Act.create(
            group_id=group.id,
            case=case,
            account=account,
            kind=kind,
            payload=payload,
            observed=case is not None and case.observed if observed is None else observed,
            not_after=not_after,
            not_before=not_before or now,
            created_at=now,
            updated_at=now,
        )
