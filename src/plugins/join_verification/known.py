"""What the store knows of an account that applies: blocks, removals, tries, and what is under way."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from src.core.store import models

from .answer import splits
from .back import history
from .decision import DAY, FAILURES_WITHIN, MANUAL_FOR, Known, Tried, locked_until, wave_until

if TYPE_CHECKING:
    from datetime import datetime

    from src.core.groups import Group
    from src.core.people import ClassRoster

    from .answer import Answer
    from .settings import JoinSettings

FAILED = ("format", "factor")
"""Outcomes of an attempt that was wrong."""
_COST_A_TRY = (*FAILED, "declined")
_LOOKED_BACK = timedelta(seconds=max(2 * DAY, MANUAL_FOR + FAILURES_WITHIN))


class Attempts(NamedTuple):
    """The applications to a group of the last days, in their order."""

    tried: tuple[Tried, ...]
    outcomes: tuple[str, ...]

    def failures(self, account: int, outcomes: tuple[str, ...]) -> list[float]:
        """When an account's attempts came out so."""
        return [
            one.time
            for one, outcome in zip(self.tried, self.outcomes, strict=True)
            if one.account == account and outcome in outcomes
        ]

    def wave(self, now: float, wave: int, *more: Tried) -> bool:
        """Whether all goes to a person now, with these applications too."""
        since = now - MANUAL_FOR - FAILURES_WITHIN
        return wave_until([*(one for one in self.tried if one.time >= since), *more], wave) > now


async def attempts_at(group: Group, now: datetime) -> Attempts:
    """Read the applications that still matter."""
    rows = await models.JoinAttempt.filter(
        group_id=group.id, created_at__gt=now - _LOOKED_BACK
    ).order_by("id")
    tried = (
        Tried(row.created_at.timestamp(), row.account_id, row.outcome in FAILED) for row in rows
    )
    return Attempts(tuple(tried), tuple(row.outcome for row in rows))


async def codes_in(answer: Answer, row: models.Account, now: datetime) -> dict[str, int]:
    """The one-time codes in an answer that are valid for this account, and whose they are. One that the
    account has used itself stays good for it: the admission may have come to nothing."""
    written = {factor for split in splits(answer.text) for factor in split.factors}
    if not written:
        return {}
    found = await models.JoinCode.filter(code__in=written, expires_at__gt=now)
    return {one.code: one.person_id for one in found if one.used_by_id in (None, row.id)}


async def known_of(
    group: Group,
    row: models.Account,
    answer: Answer,
    settings: JoinSettings,
    attempts: Attempts,
    now: datetime,
    *,
    invited: bool,
    asked: bool,
) -> Known:
    """All that a decision rests on beside the answer and the roster."""
    moment = now.timestamp()
    others = models.Request.filter(group_id=group.id, kind="join").exclude(account_id=row.id)
    doubted = {
        person
        for one in await others.filter(state="open")
        if one.payload.get("why") == "factor"
        for person, _ in one.payload["claims"]
    }
    admitting = await others.filter(state="confirmed", decided_at__gt=now - timedelta(days=1))
    this = Tried(moment, row.id, failed=False)
    past = await history(group, row)
    return Known(
        blocked=past.blocked,
        removed=past.removed,
        invited=invited,
        locked=locked_until(attempts.failures(row.id, _COST_A_TRY), settings.tries) > moment,
        format_failures=sum(moment - time < DAY for time in attempts.failures(row.id, ("format",))),
        asked=asked,
        wave=attempts.wave(moment, settings.wave, this),
        doubted=frozenset(doubted | _children(group.roster, doubted)),
        under_way=Counter(
            student
            for one in admitting
            if "act" in one.payload
            for person, relation in one.payload["claims"]
            for student in _family_of(group.roster, person, relation)
        ),
        codes=await codes_in(answer, row, now),
    )


def _children(roster: ClassRoster | None, people: set[int]) -> set[int]:
    """The students whose guardians are among these."""
    found = (roster.person(one) for one in people) if roster is not None else ()
    return {one.student for one in found if one is not None and one.student is not None}


def _family_of(roster: ClassRoster | None, person: int, relation: str) -> tuple[int, ...]:
    """The student whose family gets one more by somebody being admitted as this."""
    found = roster.person(person) if roster is not None else None
    if found is None:
        return ()
    if found.student is not None:
        return (found.student,)
    return (found.id,) if relation else ()
