"""What managers answer: proposals, questions of the filter, appeals. Each is decided once, by
compare-and-set, by somebody who may."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from src.core.chat.events import Account
from src.core.store import in_transaction, models, take_number
from src.core.store.rows import account_row

from . import texts
from .asking import Asking, last_call
from .conflicts import involved
from .levels import Level
from .records import LIVES, Answered, NotAllowed

if TYPE_CHECKING:
    from collections.abc import Callable

    from src.core.area import Answers
    from src.core.groups import Group
    from src.core.house import House
    from src.core.people import Rank

    from .approvals import Approvals
    from .court import Court
    from .executor import Executor
    from .learning import Learning
    from .levels import Levels
    from .orders import Orders
    from .records import Records
    from .sanctions import Sanctions
    from .tell import Tell

APPEAL_WITHIN = timedelta(days=7)
"""How long an appeal waits for its review; after that the case is reversed."""
Verdict = Literal["upheld", "reduced", "revoked"]


class Requests(Asking):
    """The requests of all groups."""

    def __init__(
        self,
        *,
        records: Records,
        sanctions: Sanctions,
        court: Court,
        orders: Orders,
        approvals: Approvals,
        executor: Executor,
        tell: Tell,
        levels: Levels,
        learning: Learning,
        answers: Callable[[str], Answers | None],
        house: House,
    ) -> None:
        """`answers` are what an area does with a kind of request that is its own."""
        super().__init__(records=records, levels=levels, tell=tell)
        self._sanctions = sanctions
        self._court = court
        self._orders = orders
        self._approvals = approvals
        self._executor = executor
        self._learning = learning
        self._answers = answers
        self._house = house

    async def remind(self, group: Group) -> None:
        """Remind those who are to answer what is open: half-way whoever it is assigned to, and shortly
        before the deadline everybody of that level."""
        now = self._records.now()
        due = models.Request.filter(group_id=group.id, state="open", remind_at__lte=now)
        for request in await due.select_related("case", "assignee"):
            until = request.expires_at
            last = last_call(request.created_at, until)
            later = last is not None and now < last
            people: list[Account] = []
            if later and request.assignee is not None:
                people = [Account(request.assignee.namespace, request.assignee.user_id)]
            else:
                least = Level(request.level)
                people = self._levels.deciders(group, self._without(request), least=least)[1]
            async with in_transaction():
                changed = await models.Request.filter(
                    id=request.id, state="open", remind_at=request.remind_at
                ).update(remind_at=last if later else None)
                if not changed or "what" not in request.payload:
                    continue
                text = self._asked(group, request, texts.STILL_ASKING)
                acts = await self._tell.all_of(group, people, text, request.case)
            self._executor.submit(acts)

    async def find(self, group: Group, number: int) -> models.Request | None:
        """The request with this number, or the open one of the case with this number."""
        found = await models.Request.get_or_none(group_id=group.id, number=number).select_related(
            "case", "account"
        )
        if found is None:
            found = (
                await models.Request.filter(group_id=group.id, case__number=number, state="open")
                .exclude(kind="appeal")
                .select_related("case", "account")
                .first()
            )
        return found

    async def waiting(self, group: Group) -> list[models.Request]:
        """What is open in a group, the oldest first."""
        return await (
            models.Request.filter(group_id=group.id, state="open")
            .order_by("id")
            .select_related("case", "account")
        )

    async def _part_of(self, case: models.Case) -> set[int]:
        """Account ids that had a part in a case: its subject, who ordered it, who confirmed it."""
        part = {case.account_id} | ({case.actor_id} if case.actor_id is not None else set())
        for request in await models.Request.filter(case_id=case.id).exclude(kind="appeal"):
            part |= set(request.agreed)
            part |= {request.decided_by_id} if request.decided_by_id is not None else set()
        return part

    # -- proposals and questions ------------------------------------------------------------------

    async def confirm(
        self, group: Group, request: models.Request, actor: Account, rank: Rank, reason: str = ""
    ) -> Answered:
        """Agree to a proposal, or say that what the filter was unsure of is a violation.

        Raises:
            NotAllowed: the actor has a part in what it is about, or stands too low for it.
        """
        async with in_transaction():
            by = await self._answerer(group, request, actor, rank, reason)
            # Locked, so that two who agree at once both count.
            await models.Request.filter(id=request.id).select_for_update().first()
            request = await models.Request.get(id=request.id).select_related("case", "account")
            if request.state != "open":
                return Answered(request, request.state, len(request.agreed))
            agreed = sorted({*request.agreed, by.id})
            if len(agreed) < request.needs:
                request.agreed = agreed
                await request.save(update_fields=["agreed"])
                return Answered(request, "open", len(agreed))
            if not await self._records.close(
                request, "confirmed", by, reason=reason, agreed=agreed
            ):
                return Answered(request, "closed", len(agreed))
            request.reason = reason[:500]
            acts: list[models.Act] = []
            account = request.account
            if own := self._answers(request.kind):
                acts = await own.confirmed(self._house, group, request, by)
            elif request.kind == "review":
                acts = await self._court.found_by_person(group, request, by)
            elif account is not None and request.case is not None:
                acts = await self._sanctions.remove(
                    group,
                    request.case,
                    account,
                    block=request.kind == "block",
                    seconds=request.payload.get("seconds"),
                    by=by,
                )
        self._executor.submit(acts)
        return Answered(request, "confirmed", len(agreed))

    async def refuse(
        self, group: Group, request: models.Request, actor: Account, rank: Rank, reason: str
    ) -> Answered:
        """Say no: the mute that waited with the proposal is lifted.

        Raises:
            NotAllowed: the actor has a part in what it is about, or stands too low for it.
        """
        async with in_transaction():
            by = await self._answerer(group, request, actor, rank, reason)
            if not await self._records.close(request, "refused", by, reason=reason):
                request = await models.Request.get(id=request.id)
                return Answered(request, request.state, 0)
            request.reason = reason[:500]
            acts = await self._drop(group, request)
            if own := self._answers(request.kind):
                acts += await own.refused(self._house, group, request, by)
            elif request.kind == "review":
                acts += await self._learning.overturned(group, [request.payload], by)
        self._executor.submit(acts)
        return Answered(request, "refused", 0)

    async def _answerer(
        self, group: Group, request: models.Request, actor: Account, rank: Rank, reason: str
    ) -> models.Account:
        by = await self.check(group, request, actor, rank)
        own = self._answers(request.kind)
        if own is not None and own.wants_reason and not reason.strip():
            raise NotAllowed(texts.WANTS_REASON)
        if request.kind in ("remove", "block") and actor in await involved(
            group, request.case, deciders=False
        ):
            # Who ordered it agrees with it; whose family it is about says neither yes nor no.
            raise NotAllowed(texts.NOT_MINE)
        return by

    async def _drop(self, group: Group, request: models.Request) -> list[models.Act]:
        """A proposal that comes to nothing: the mute that waited ends, and a warning stays."""
        acts = await self._lift(group, request)
        if request.case_id is not None and request.kind in ("remove", "block"):
            await models.Case.filter(id=request.case_id).update(step="warn")
        return acts

    async def _lift(self, group: Group, request: models.Request) -> list[models.Act]:
        """End the mute that waited with a proposal, whichever of the person's cases set it."""
        if request.kind not in ("remove", "block"):
            return []
        mute = await models.Mute.get_or_none(
            group_id=group.id,
            account_id=request.account_id,
            live_key__isnull=False,
            manual=False,
            case__step__in=("remove", "block"),
        ).select_related("case", "account")
        if mute is None:
            return []
        acts = await self._sanctions.unmute(group, mute.case, mute.account)
        text = texts.LIFTED.format(group=self._records.title(group), number=mute.case.number)
        return acts + await self._tell.notice(group, mute.account, text, case=mute.case)

    async def lapse(self, group: Group) -> None:
        """Close what nobody decided in time, lift the mutes that waited, and tell the managers."""
        due = await models.Request.filter(
            group_id=group.id, state="open", expires_at__lte=self._records.now()
        ).select_related("case", "account")
        for request in due:
            async with in_transaction():
                acts = await self._in_time(group, request)
            self._executor.submit(acts)

    async def _in_time(self, group: Group, request: models.Request) -> list[models.Act]:
        """Rows for what a deadline brings; inside the caller's transaction."""
        own = self._answers(request.kind)
        if own is not None and own.due is not None:
            # Locked, and looked at again: somebody may just have decided.
            row = await models.Request.filter(id=request.id).select_for_update().first()
            if row is None or row.state != "open":
                return []
            return await own.due(self._house, group, request, None)
        if not await self._records.close(request, "lapsed", None):
            return []
        return await self._lapsed(group, request)

    async def _lapsed(self, group: Group, request: models.Request) -> list[models.Act]:
        own = self._answers(request.kind)
        if own is not None and own.lapsed is not None:
            return await own.lapsed(self._house, group, request, None)
        if request.kind == "approval":
            return await self._approvals.lapsed(group, request)
        case, account = request.case, request.account
        if case is None or account is None:
            return []
        title = self._records.title(group)
        if request.kind == "appeal":
            # Silence helps the appellant (design: "People decide what is grave").
            acts = await self._orders.close(
                group, case, None, texts.LAPSED_REASON, state="reversed"
            )
            text = texts.APPEAL_LAPSED.format(group=title, case=case.number, request=request.number)
            return (acts or []) + await self._tell.notice(group, account, text, case=case)
        acts = await self._drop(group, request)
        text = texts.LAPSED.format(group=title, request=request.number, who=account.user_id)
        return acts + await self._tell.all_of(group, self._tell.managers(group), text, case)

    # -- appeals ----------------------------------------------------------------------------------

    async def appeal(
        self, group: Group, case: models.Case, actor: Account, reason: str
    ) -> models.Request | None:
        """Open an appeal of somebody's own case; None where one is open already.

        Raises:
            NotAllowed: it is not the actor's case, or it is reversed already.
        """
        assert group.id is not None
        async with in_transaction():
            by = await account_row(actor)
            if case.account_id != by.id or case.observed:
                raise NotAllowed(texts.NOT_YOURS)
            if case.state not in LIVES:
                raise NotAllowed(texts.ALREADY_REVERSED)
            if await models.Request.exists(
                case_id=case.id, kind="appeal", state__in=("upheld", "reduced")
            ):
                raise NotAllowed(texts.ALREADY_REVIEWED)
            key = f"appeal/{case.id}"
            if await models.Request.exists(open_key=key):
                return None
            request = await models.Request.create(
                group_id=group.id,
                number=await take_number(group.id),
                kind="appeal",
                case=case,
                account=by,
                payload={"reason": reason[:500]},
                open_key=key,
                expires_at=self._records.now() + APPEAL_WITHIN,
                created_at=self._records.now(),
            )
            await self._records.note_opened(group, request, by, case)
            text = texts.APPEALED.format(
                group=self._records.title(group),
                request=request.number,
                who=actor.user_id,
                case=case.number,
                item=f"{group.id}-{request.number}",
                until=self._records.local(self._records.now() + APPEAL_WITHIN),
            )
            part = await models.Account.filter(id__in=await self._part_of(case))
            involved = {Account(one.namespace, one.user_id) for one in part}
            reviewers = self._tell.others_than(group, involved)
            acts = await self._tell.all_of(group, reviewers, text, case)
        self._executor.submit(acts)
        return request

    async def review(
        self, group: Group, request: models.Request, actor: Account, verdict: Verdict, reason: str
    ) -> Answered:
        """Decide an appeal.

        Raises:
            NotAllowed: the actor had a part in the case.
        """
        case = request.case
        assert case is not None
        acts: list[models.Act] = []
        async with in_transaction():
            by = await account_row(actor)
            if by.id in await self._part_of(case):
                raise NotAllowed(texts.NOT_MINE)
            if not await self._records.close(request, verdict, by, reason=reason):
                request = await models.Request.get(id=request.id)
                return Answered(request, request.state, 0)
            if verdict != "upheld":
                state = "reversed" if verdict == "revoked" else "reduced"
                acts += await self._orders.close(group, case, actor, reason, state=state) or []
            if request.account is not None:
                text = texts.APPEAL_DECIDED.format(
                    group=self._records.title(group),
                    case=case.number,
                    request=request.number,
                    decision=texts.DECISIONS[verdict],
                    reason=reason or "（没有写）",
                )
                acts += await self._tell.notice(group, request.account, text, case=case)
        self._executor.submit(acts)
        return Answered(request, verdict, 0)


__all__ = ["Requests", "Verdict"]
