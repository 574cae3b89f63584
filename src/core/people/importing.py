"""A file beside the roster that the store has: who is new, changed, gone; and taking it over, whole or
not at all.

Nobody is deleted: whom a file no longer lists leaves the class today. Entries keep their ids, and so
the accounts that are bound to them, by the student's number, else by a name that is one person's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
import hashlib
import json
from typing import TYPE_CHECKING, Any

from src.core.store import models

from . import texts
from .roster import Person, PersonKind, plain
from .sheets import Entry, Fault, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

_FIELDS = ("kind", "name", "number", "subject", "relation", "since", "until")
"""What a file may change of an entry."""


@dataclass(frozen=True, slots=True)
class Change:
    """An entry that the file has otherwise: as it is, and as it will be."""

    old: Person
    new: Person

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of what is other."""
        return tuple(one for one in _FIELDS if getattr(self.old, one) != getattr(self.new, one))


@dataclass(frozen=True, slots=True)
class Comparison:
    """What taking a file over does. With faults nothing is taken over."""

    added: tuple[Entry, ...]
    changed: tuple[Change, ...]
    gone: tuple[Person, ...]
    unchanged: int
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing would be other than it is."""
        return not self.added and not self.changed and not self.gone

    def counts(self) -> dict[str, int]:
        """How much of each it does."""
        return {
            "added": len(self.added),
            "changed": len(self.changed),
            "gone": len(self.gone),
            "unchanged": self.unchanged,
        }

    @property
    def digest(self) -> str:
        """Equal for the same comparison only: what somebody saw is what is carried out."""
        said = [
            [_written(one) for one in self.added],
            [
                [one.old.id, *(str(getattr(one.new, name)) for name in _FIELDS)]
                for one in self.changed
            ],
            [one.id for one in self.gone],
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


class _Sides:
    """The entries of the store that are still to be found in a file, those that hold and those that
    have ended, by whatever they are looked for."""

    def __init__(self, people: Iterable[Person], today: date) -> None:
        self.open: dict[int, Person] = {}
        self._left: dict[int, Person] = {}
        self._keys: dict[tuple[object, ...], list[int]] = {}
        for one in people:
            here = one.until is None or today < one.until
            (self.open if here else self._left)[one.id] = one
            for key in _keys(one):
                self._keys.setdefault(key, []).append(one.id)

    def take(self, *key: object, returning: bool = True) -> Person | None:
        """The only entry with this key, taken out: one that holds, else (`returning`) one that has
        ended; None where there is none, or several."""
        ids = self._keys.get(key, ())
        for side in (self.open, self._left) if returning else (self.open,):
            found = [number for number in ids if number in side]
            if found:
                return side.pop(found[0]) if len(found) == 1 else None
        return None

    def holding(self, *key: object) -> list[Person]:
        """The entries with this key that hold, and were not taken out."""
        return [self.open[number] for number in self._keys.get(key, ()) if number in self.open]


def _group(kind: PersonKind) -> str:
    """Teachers and staff are told apart by no key: a post changes."""
    return kind.value if kind in (PersonKind.STUDENT, PersonKind.GUARDIAN) else "adult"


def _keys(person: Person) -> Iterator[tuple[object, ...]]:
    if person.kind is PersonKind.GUARDIAN:
        yield "guardian", person.student, plain(person.name)
        yield "relation", person.student, person.relation
        return
    group = _group(person.kind)
    yield "name", group, plain(person.name)
    if person.number:
        yield "number", group, person.number
        yield "bare", group, person.number.lstrip("0")


def compare(people: Sequence[Person], sheet: Sheet, today: date) -> Comparison:
    """A file beside the entries of a class, those that have ended included. Pure."""
    sides = _Sides(people, today)
    faults = list(sheet.faults)
    entries = [one for one in sheet.entries if one.kind is not PersonKind.GUARDIAN]
    names = Counter(plain(one.name) for one in entries if one.kind is PersonKind.STUDENT)
    # Numbers first, so that nobody is taken for another of the same name.
    numbered = [(entry, _by_number(sides, entry)) for entry in entries]
    pairs = [
        (entry, found or _by_name(sides, entry, alone=names[plain(entry.name)] <= 1))
        for entry, found in numbered
    ]
    students: dict[str, list[tuple[Entry, Person | None]]] = {}
    for entry, found in pairs:
        if entry.kind is PersonKind.STUDENT:
            students.setdefault(plain(entry.name), []).append((entry, found))
    listed = {found.id for same in students.values() for _, found in same if found is not None}
    for entry in sheet.entries:
        if entry.kind is PersonKind.GUARDIAN:
            try:
                child = _child(entry, students.get(plain(entry.student), ()), sides)
            except LookupError:
                faults.append(Fault(entry.where, texts.NO_SUCH_STUDENT))
                continue
            if child is not None:
                listed.add(child.id)
            pairs.append((entry, _guardian(sides, entry, child.id) if child is not None else None))
    changes = [
        change
        for entry, found in pairs
        if found is not None and (change := Change(found, _as_in(found, entry, today))).fields
    ]
    return Comparison(
        added=tuple(entry for entry, found in pairs if found is None),
        changed=tuple(changes),
        gone=_gone(sides, sheet.covers, listed),
        unchanged=sum(found is not None for _, found in pairs) - len(changes),
        faults=tuple(faults),
        notes=sheet.notes,
    )


def _by_number(sides: _Sides, entry: Entry) -> Person | None:
    if not entry.number:
        return None
    group = _group(entry.kind)
    found = sides.take("number", group, entry.number)
    if found is None and entry.number.isdecimal():
        # A spreadsheet drops zeros in front.
        found = sides.take("bare", group, entry.number.lstrip("0"), returning=False)
    return found


def _by_name(sides: _Sides, entry: Entry, *, alone: bool) -> Person | None:
    """The entry of this name, where it is one person's in the file and in the class. Somebody who
    has left is not taken for a newcomer with another number."""
    if not alone:
        return None
    return sides.take("name", _group(entry.kind), plain(entry.name), returning=not entry.number)


def _child(
    entry: Entry, in_file: Sequence[tuple[Entry, Person | None]], sides: _Sides
) -> Person | None:
    """The student of a guardian's entry, by the file and else by the class; None while new.

    Raises:
        LookupError: there is none, or more than one.
    """
    same = [found for one, found in in_file if not entry.number or one.number == entry.number]
    if not in_file:
        students = sides.holding("name", "student", plain(entry.student))
        same = [one for one in students if not entry.number or one.number == entry.number]
    if len(same) != 1:
        raise LookupError
    return same[0]


def _guardian(sides: _Sides, entry: Entry, student: int) -> Person | None:
    found = sides.take("guardian", student, plain(entry.name))
    if found is None and entry.relation:
        # Another name for the same relation is a name that was put right.
        found = sides.take("relation", student, entry.relation, returning=False)
    return found


def _as_in(person: Person, entry: Entry, today: date) -> Person:
    """An entry with what the file says; what the file leaves out stays."""
    until = entry.until
    if until is None and person.until is not None and today < person.until:
        until = person.until
    number = entry.number or person.number
    if entry.kind is PersonKind.GUARDIAN:
        number = person.number
    elif number.lstrip("0") == person.number.lstrip("0"):
        # Zeros in front get lost, and do not come of themselves.
        number = max(person.number, number, key=len)
    return replace(
        person,
        kind=entry.kind,
        name=entry.name,
        number=number,
        subject=entry.subject or person.subject,
        relation=entry.relation or person.relation,
        since=entry.since or person.since,
        until=until,
    )


def _gone(sides: _Sides, covers: frozenset[PersonKind], listed: set[int]) -> tuple[Person, ...]:
    """Who holds an entry of a kind that the file lists and is not in it; and the guardians of the
    students among them. A file lists the guardians of its own students only."""
    gone = {
        one.id: one
        for one in sides.open.values()
        if one.kind in covers and (one.kind is not PersonKind.GUARDIAN or one.student in listed)
    }
    for one in sides.open.values():
        if one.kind is PersonKind.GUARDIAN and one.student in gone:
            gone[one.id] = one
    return tuple(gone.values())


# -- the store ----------------------------------------------------------------------------------------


async def people_of(class_id: int) -> list[Person]:
    """Every entry of a class, those that have ended included."""
    rows = await models.Person.filter(school_class_id=class_id).order_by("id")
    return [
        Person(
            row.id,
            PersonKind(row.kind),
            row.name,
            row.number,
            "",
            row.subject,
            row.relation,
            row.student_id,
            row.since,
            row.until,
        )
        for row in rows
    ]


async def take_over(class_id: int, sheet: Sheet, *, today: date, now: datetime) -> Comparison:
    """Compare and write what is other, in the caller's transaction; `Rosters.reload` after it.

    With faults nothing is written. Who wants what was shown before compares the digests and, where
    they differ, lets the transaction fail.
    """
    # Locked, so that two files are taken over one after the other.
    await models.SchoolClass.filter(id=class_id).select_for_update().first()
    found = compare(await people_of(class_id), sheet, today)
    if found.faults:
        return found
    await models.Person.filter(id__in=[one.id for one in found.gone]).update(until=today)
    for change in found.changed:
        values = {name: getattr(change.new, name) for name in change.fields}
        if "kind" in values:
            values["kind"] = change.new.kind.value
        await models.Person.filter(id=change.old.id).update(**values)
    others = [one for one in found.added if one.kind is not PersonKind.GUARDIAN]
    guardians = [one for one in found.added if one.kind is PersonKind.GUARDIAN]
    await models.Person.bulk_create([_row(one, class_id, None, now) for one in others])
    if guardians:
        rows = await models.Person.filter(school_class_id=class_id, kind="student")
        ids: dict[tuple[str, str], int] = {}
        # Who is here stands last, and counts where somebody of the same name has left.
        for row in sorted(rows, key=lambda row: row.until is None or today < row.until):
            name = plain(row.name)
            ids[name, row.number.lstrip("0")] = ids[name, ""] = row.id
        await models.Person.bulk_create(
            [
                _row(one, class_id, ids[plain(one.student), one.number.lstrip("0")], now)
                for one in guardians
            ]
        )
    await models.SchoolClass.filter(id=class_id).update(changed_at=now, imported_at=now)
    return found


def _row(entry: Entry, class_id: int, student: int | None, now: datetime) -> models.Person:
    return models.Person(
        school_class_id=class_id,
        kind=entry.kind.value,
        name=entry.name,
        number="" if entry.kind is PersonKind.GUARDIAN else entry.number,
        subject=entry.subject,
        relation=entry.relation,
        student_id=student,
        since=entry.since,
        until=entry.until,
        created_at=now,
    )


async def close(people: Iterable[Person], *, today: date, now: datetime, class_id: int) -> int:
    """End entries today, with the guardians of the students among them; how many that were. In the
    caller's transaction; `Rosters.reload` after it."""
    ids = [one.id for one in people]
    ids += [row.id for row in await models.Person.filter(student_id__in=ids, until__isnull=True)]
    count = await models.Person.filter(id__in=set(ids)).update(until=today)
    await models.SchoolClass.filter(id=class_id).update(changed_at=now)
    return count


# -- kept until somebody says yes -----------------------------------------------------------------------


def _written(entry: Entry) -> list[str]:
    return [
        entry.kind.value,
        entry.name,
        entry.number,
        entry.subject,
        entry.relation,
        entry.student,
        entry.since.isoformat() if entry.since is not None else "",
        entry.until.isoformat() if entry.until is not None else "",
    ]


def as_payload(sheet: Sheet) -> dict[str, Any]:
    """A file without faults, to be kept with a request."""
    return {
        "entries": [_written(one) for one in sheet.entries],
        "covers": sorted(one.value for one in sheet.covers),
    }


def from_payload(payload: Mapping[str, Any]) -> Sheet:
    """What `as_payload` kept."""
    entries = [
        Entry(
            PersonKind(kind),
            name,
            number,
            subject=subject,
            relation=relation,
            student=student,
            since=date.fromisoformat(since) if since else None,
            until=date.fromisoformat(until) if until else None,
        )
        for kind, name, number, subject, relation, student, since, until in payload["entries"]
    ]
    return Sheet(tuple(entries), (), (), frozenset(map(PersonKind, payload["covers"])))
