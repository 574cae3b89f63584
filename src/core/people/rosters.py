"""The rosters of all classes: read from the store, kept in memory, and who is bound to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from src.core.chat.events import Account
from src.core.clock import to_datetime
from src.core.store import models
from src.core.store.rows import FIRST_SCHOOL

from .roster import ClassRoster, Identity, Person, PersonKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, tzinfo

    from src.core.clock import Clock
    from src.core.groups import Group, Groups


@dataclass(frozen=True, slots=True)
class RosterChanged:
    """The roster of a group's class is another one now."""


async def roster_of(school_class: models.SchoolClass, today: date) -> ClassRoster:
    """A class's roster on one day, read from the store."""
    people = {
        row.id: Person(
            row.id,
            PersonKind(row.kind),
            row.name,
            row.number,
            school_class.name,
            row.subject,
            row.relation,
            row.student_id,
            row.since,
            row.until,
        )
        for row in await models.Person.filter(school_class_id=school_class.id).order_by("id")
    }
    bound = models.Identity.filter(
        person__school_class_id=school_class.id, live_key__isnull=False
    ).select_related("account")
    identities = [
        Identity(
            Account(row.account.namespace, row.account.user_id),
            people[row.person_id],
            row.relation,
        )
        for row in await bound.order_by("id")
    ]
    here = [person for person in people.values() if person.is_here(today)]
    return ClassRoster(school_class.id, school_class.name, here, identities)


class Rosters:
    """Snapshots by class, kept in step with the store by whoever writes: `reload` after it."""

    def __init__(
        self, clock: Clock, zone: tzinfo, groups: Groups, changed: Callable[[Group], None]
    ) -> None:
        self._clock = clock
        self._zone = zone
        self._groups = groups
        self._changed = changed
        self._read: dict[int, tuple[datetime | None, date]] = {}
        """Class to when it had last changed and on which day it was read."""

    @staticmethod
    def of(group: Group) -> ClassRoster | None:
        """The roster of the group's class; None where the group has none."""
        return group.roster

    def today(self) -> date:
        """The day by which people here live."""
        return datetime.fromtimestamp(self._clock.now(), self._zone).date()

    async def load(self) -> None:
        """Read the rosters of all classes that have a group; once, at start."""
        for class_id in {group.class_id for group in self._groups} - {None}:
            assert class_id is not None
            await self.reload(class_id)

    async def refresh(self) -> None:
        """Read again what another process has changed, and what a new day brings; each minute, one
        query."""
        wanted = {group.class_id for group in self._groups if group.class_id is not None}
        if not wanted:
            return
        today = self.today()
        for row in await models.SchoolClass.filter(id__in=wanted):
            if self._read.get(row.id) != (row.changed_at, today):
                await self.reload(row.id)

    async def reload(self, class_id: int) -> None:
        """Read a class's roster, give it to the groups of the class, and tell their areas."""
        school_class = await models.SchoolClass.get(id=class_id)
        today = self.today()
        roster = await roster_of(school_class, today)
        self._read[class_id] = (school_class.changed_at, today)
        for group in self._groups:
            if group.class_id == class_id:
                group.roster = roster
                self._changed(group)

    async def class_named(self, name: str) -> models.SchoolClass:
        """The class of this name; made where it is new. Inside a transaction of the caller's, or none."""
        await models.School.bulk_create(
            [models.School(id=FIRST_SCHOOL, name="")], ignore_conflicts=True
        )
        found, _ = await models.SchoolClass.get_or_create(school_id=FIRST_SCHOOL, name=name)
        return found

    async def link(self, group: Group, class_name: str) -> ClassRoster:
        """Make a group that of a class from now on; its row must be there."""
        found = await self.class_named(class_name)
        await models.Group.filter(id=group.id).update(class_id=found.id)
        group.class_id = found.id
        await self.reload(found.id)
        assert group.roster is not None
        return group.roster

    async def touch(self, class_id: int) -> None:
        """Note that a class's roster has changed. Inside the caller's transaction."""
        now = to_datetime(self._clock.now())
        await models.SchoolClass.filter(id=class_id).update(changed_at=now)

    async def bind(
        self,
        account: models.Account,
        person_id: int,
        relation: str,
        how: str,
        by: models.Account | None = None,
    ) -> None:
        """Write down that an account is this person, or what it is to them. Inside the caller's
        transaction; `reload` after it."""
        key = f"{account.id}/{person_id}"
        values: dict[str, Any] = {
            "relation": relation,
            "how": how,
            "by_id": by.id if by is not None else None,
            "created_at": to_datetime(self._clock.now()),
        }
        if not await models.Identity.filter(live_key=key).update(**values):
            await models.Identity.create(
                account=account, person_id=person_id, live_key=key, **values
            )
        await self.touch((await models.Person.get(id=person_id)).school_class_id)

    async def unbind(self, account: models.Account, class_id: int) -> int:
        """End who an account is in a class; returns how many bindings that ended. Inside the caller's
        transaction; `reload` after it."""
        live = models.Identity.filter(
            account_id=account.id, person__school_class_id=class_id, live_key__isnull=False
        )
        ids = [row.id for row in await live]
        await models.Identity.filter(id__in=ids).update(
            live_key=None, ended_at=to_datetime(self._clock.now())
        )
        await self.touch(class_id)
        return len(ids)
