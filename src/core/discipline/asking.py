"""Asking people: whoever may decide something and had no part in it, by number, with a deadline, and
passed up where nobody answers."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from src.core.chat.events import Account
from src.core.store import models, take_number
from src.core.store.rows import account_row

from . import texts
from .levels import Level
from .records import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from src.core.groups import Group
    from src.core.people import Rank

    from .levels import Levels
    from .records import Records
    from .tell import Tell


class Asking:
    """What makes rows runs inside the caller's transaction."""

    def __init__(self, *, records: Records, levels: Levels, tell: Tell) -> None:
        self._records = records
        self._levels = levels
        self._tell = tell

    async def ask(
        self,
        group: Group,
        kind: str,
        *,
        what: str,
        how: str,
        within: timedelta | None = None,
        until: datetime | None = None,
        about: models.Account | None = None,
        case: models.Case | None = None,
        payload: Mapping[str, Any] | None = None,
        key: str | None = None,
        without: Collection[Account] = (),
        least: Level = Level.GROUP,
        needs: int = 1,
        tell: str | None = None,
    ) -> tuple[models.Request, list[models.Act]] | None:
        """Ask those who may decide, `without` whom it concerns; None where one with the same `key` is
        open. Inside the caller's transaction.

        It is assigned to whoever of them has the fewest open ones. `what` it is and `how` to answer
        (in which, as in `tell`, `{item}` becomes its number) are kept for reminders. Where nobody is
        left at any level it waits, and is asked again at its deadline. With an empty `tell` it waits
        in the list, and nobody is told or reminded.
        """
        if key is not None and await models.Request.exists(open_key=key):
            return None
        assert group.id is not None
        now = self._records.now()
        if within is not None:
            until = now + within
        level, people = self._levels.deciders(group, without, least=least, needs=needs)
        number = await take_number(group.id)
        item = f"{group.id}-{number}"
        kept = {
            **(payload or {}),
            "what": what.replace("{item}", item),
            "how": how.replace("{item}", item),
            "without": [list(one) for one in without],
        }
        request = await models.Request.create(
            group_id=group.id,
            number=number,
            kind=kind,
            case=case,
            account=about,
            assignee=await self._least_busy(people),
            level=level,
            payload=kept,
            needs=needs,
            open_key=key,
            expires_at=until,
            remind_at=half_way(now, until, self._records) if tell != "" else None,
            created_at=now,
        )
        await self._records.note_opened(group, request, about, case)
        text = tell.replace("{item}", item) if tell is not None else self._asked(group, request)
        return request, await self._tell.all_of(group, people, text, case) if text else []

    def _asked(self, group: Group, request: models.Request, words: str = texts.ASKING) -> str:
        until = request.expires_at
        return words.format(
            group=self._records.title(group),
            request=request.number,
            what=request.payload["what"],
            how=request.payload["how"],
            until=texts.ANSWER_BY.format(until=self._records.local(until)) if until else "",
        )

    async def _least_busy(self, people: Collection[Account]) -> models.Account | None:
        rows = [await account_row(one) for one in people]
        if len(rows) < 2:
            return rows[0] if rows else None
        open_ = models.Request.filter(state="open", assignee_id__in=[row.id for row in rows])
        loads = Counter([int(row[0]) for row in await open_.values_list("assignee_id")])
        return min(rows, key=lambda row: loads[row.id])

    async def pass_up(
        self, group: Group, request: models.Request, *, within: timedelta, tell: str | None = None
    ) -> list[models.Act]:
        """Ask the next level at which there is somebody, with a new deadline; at the top the same
        people once more. Inside the caller's transaction."""
        without = self._without(request)
        least = Level(min(request.level + 1, Level.OPERATOR))
        level, people = self._levels.deciders(group, without, least=least)
        if not people:
            level = Level(request.level)
            people = self._levels.deciders(group, without, least=level)[1]
        return await self.put_to(group, request, level, people, within=within, tell=tell)

    async def put_to(
        self,
        group: Group,
        request: models.Request,
        level: Level,
        people: Collection[Account],
        *,
        within: timedelta,
        tell: str | None = None,
    ) -> list[models.Act]:
        """Put an open request to these people, with a new deadline. Inside the caller's transaction."""
        now = self._records.now()
        first = await self._least_busy(people)
        request.level, request.assignee_id = level, first.id if first is not None else None
        request.expires_at = now + within
        request.remind_at = half_way(now, request.expires_at, self._records)
        await request.save(update_fields=["level", "assignee_id", "expires_at", "remind_at"])
        facts = {"request": request.number, "kind": request.kind, "level": level.name.lower()}
        await self._records.audit.note("request.passed", group=group, facts=facts)
        item = f"{group.id}-{request.number}"
        text = tell.replace("{item}", item) if tell is not None else self._asked(group, request)
        case = request.case if request.case_id is not None else None
        return await self._tell.all_of(group, list(people), text, case)

    @staticmethod
    def _without(request: models.Request) -> set[Account]:
        return {Account(*one) for one in request.payload.get("without", ())}

    # -- deciding ---------------------------------------------------------------------------------

    async def check(
        self,
        group: Group,
        request: models.Request,
        actor: Account,
        rank: Rank,
        *,
        by: models.Account | None = None,
    ) -> models.Account:
        """The row of somebody who may decide this; `by` where it is known, as for a list of requests.

        Raises:
            NotAllowed: the actor had a part in it, or it has gone further up than the actor stands.
        """
        by = by or await account_row(actor)
        level = self._levels.of(group, rank)
        if by.id == request.account_id or actor in self._without(request):
            raise NotAllowed(texts.NOT_MINE)
        if level is None or level < request.level:
            raise NotAllowed(texts.HIGHER[Level(request.level)])
        return by

    async def decide(
        self,
        group: Group,
        request: models.Request,
        actor: Account,
        rank: Rank,
        state: str,
        reason: str,
    ) -> models.Account | None:
        """Close a request with somebody's decision: who decided, or None where somebody was faster.
        Inside the caller's transaction.

        Raises:
            NotAllowed: the actor may not.
        """
        by = await self.check(group, request, actor, rank)
        return by if await self._records.close(request, state, by, reason=reason) else None


def last_call(start: datetime, until: datetime | None) -> datetime | None:
    """When everybody is reminded: a tenth of the time before the deadline, and at least an hour."""
    if until is None:
        return None
    return until - max(timedelta(hours=1), (until - start) / 10)


def half_way(now: datetime, until: datetime | None, records: Records) -> datetime | None:
    """When the assignee is reminded, not at night; None where that would be later than the last call."""
    last = last_call(now, until)
    if until is None or last is None or last <= now:
        return None
    half = records.by_day(now + (until - now) / 2)
    return min(half, last)
