"""One-time codes that the school hands out with a student's or teacher's name: whoever writes one in an
application has them from the school (anchors/moderation.md, 4.1)."""

from __future__ import annotations

from datetime import timedelta
import secrets
from typing import TYPE_CHECKING, NamedTuple

from src.core.store import models

from .roster import PersonKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from src.core.chat.events import Account

    from .roster import ClassRoster, Person

DAYS = 14
MOST_DAYS = 90
ALPHABET = "ABCDEFGHJKMNPQRTUVWXY346789"
"""Without what is read for something else by hand: 0 O, 1 I L, 2 Z, 5 S."""
LENGTH = 7
"""Some ten thousand million codes: no number of tries that a group takes finds one."""


class Code(NamedTuple):
    """A code and whose it is."""

    person: Person
    code: str


def without_account(roster: ClassRoster, present: Iterable[Account] | None = None) -> list[Person]:
    """The students none of whose family's accounts, nor their own, is `present` (06.1.3), and the
    teachers and staff without theirs. None: whom no account is bound to at all."""
    here = None if present is None else set(present)
    found: list[Person] = []
    for one in (*roster.students, *roster.teachers, *roster.staff):
        accounts = {*roster.accounts_of(one.id)}
        if one.kind is PersonKind.STUDENT:
            accounts |= {*roster.family(one.id)}
        if not (accounts if here is None else accounts & here):
            found.append(one)
    return found


async def hand_out(people: Iterable[Person], *, now: datetime, days: int) -> list[Code]:
    """A code for each, valid for so many days; one that was made before and is still good is given
    again, and holds as long. In the caller's transaction."""
    until = now + timedelta(days=days)
    wanted = list(people)
    unused = models.JoinCode.filter(
        person_id__in=[one.id for one in wanted], used_by_id=None, expires_at__gt=now
    )
    codes = {row.person_id: row.code for row in await unused}
    await unused.filter(expires_at__lt=until).update(expires_at=until)
    new = {
        one.id: "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        for one in wanted
        if one.id not in codes
    }
    await models.JoinCode.bulk_create(
        [
            models.JoinCode(person_id=number, code=code, expires_at=until, created_at=now)
            for number, code in new.items()
        ]
    )
    codes |= new
    return [Code(one, codes[one.id]) for one in wanted]
