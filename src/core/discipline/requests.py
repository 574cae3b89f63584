"""What managers answer: proposals, questions of the filter, appeals. Each is decided once, by
compare-and-set, by somebody who may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.events import Account
from src.core.store import in_transaction, models

from . import texts
from .asking import Asking, last_call
from .conflicts import involved
from .levels import Level
from .records import Answered, NotAllowed

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
    from .records import Records
    from .sanctions import Sanctions
    from .tell import Tell


class Requests(Asking):
    """The requests of all groups."""

    def __init__(
        self,
        *,
        records: Records,
        sanctions: Sanctions,
        court: Court,
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
            least = Level(request.level)
            people = self._levels.deciders(group, self._without(request), least=least)[1]
            if later and request.assignee is not None:
                first = Account(request.assignee.namespace, request.assignee.user_id)
                # Who has left the group, or has the role no more, is told nothing of it.
                people = [first] if first in people else people
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
                .exclude(kind__in=("appeal", "escalation"))
                .select_related("case", "account")
                .first()
            )
        return found

    async def waiting(self, group: Group, kind: str | None = None) -> list[models.Request]:
        """What is open in a group, of all kinds or of one, the oldest first."""
        found = models.Request.filter(group_id=group.id, state="open")
        if kind is not None:
            found = found.filter(kind=kind)
        return await found.order_by("id").select_related("case", "account")

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
                return Answered(request, request.state, len(request.agreed), late=True)
            agreed = sorted({*request.agreed, by.id})
            if len(agreed) < request.needs:
                request.agreed = agreed
                await request.save(update_fields=["agreed"])
                return Answered(request, "open", len(agreed))
            if not await self._records.close(
                request, "confirmed", by, reason=reason, agreed=agreed
            ):
                return Answered(request, "closed", len(agreed), late=True)
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
                return Answered(request, request.state, 0, late=True)
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
        acts = await self._drop(group, request)
        text = texts.LAPSED.format(group=title, request=request.number, who=account.user_id)
        return acts + await self._tell.all_of(group, self._tell.managers(group), text, case)


__all__ = ["Requests"]
