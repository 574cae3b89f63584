"""What a table says of a class: students, guardians, teachers, staff. Pure.

A row with a fault is named with what is
to be mended, and whoever calls takes nothing over while there is one: a roster is never half read.
What a roster does not need (telephone numbers, addresses) is not even kept in memory.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
import re
from typing import TYPE_CHECKING, NamedTuple

from . import texts
from .cells import (
    CellError,
    grade_of,
    is_identity_card,
    read_day,
    read_name,
    read_number,
    same_class,
    words,
)
from .headings import MOST_LEFT_OUT, NAMING, USUAL_RELATIONS, Column, Plan, at, read_plan
from .roster import PersonKind, plain
from .tables import TableError, read_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from .roster import Person
    from .tables import Table, Value

_LONGEST_SUBJECT = 64
_LONGEST_RELATION = 16


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody whom a file names. A guardian has the student's name and number."""

    kind: PersonKind
    name: str
    number: str = ""
    class_name: str = ""
    subject: str = ""
    relation: str = ""
    student: str = ""
    since: date | None = None
    until: date | None = None
    where: str = ""
    """The row, in words for people."""


class Fault(NamedTuple):
    """A row that cannot be taken over as it stands, and what to do about it; never a name."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file says. `covers`: the kinds it lists, so that who is missing among them is gone."""

    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    covers: frozenset[PersonKind]


_NUMBERS = (Column.NUMBER, Column.LESSER_NUMBER, Column.LEAST_NUMBER)
_KINDS: Mapping[str, PersonKind] = {
    **dict.fromkeys(("学生", "幼儿", "student"), PersonKind.STUDENT),
    **dict.fromkeys(("家长", "监护人", "guardian", "parent"), PersonKind.GUARDIAN),
    **dict.fromkeys(
        ("教师", "老师", "任课教师", "任课老师", "科任老师", "班主任", "副班主任", "teacher"),
        PersonKind.TEACHER,
    ),
    **dict.fromkeys(
        ("职工", "教职工", "教工", "工作人员", "后勤", "保育员", "保安", "校医", "staff"),
        PersonKind.STAFF,
    ),
}


class _Reader:
    """Reads the tables of one file."""

    def __init__(self, class_name: str) -> None:
        self._class = class_name
        self.entries: list[Entry] = []
        self.faults: list[Fault] = []
        self.left_out: dict[str, None] = {}
        self.covers: set[PersonKind] = set()
        self.other_classes: Counter[str] = Counter()
        self.cards = False

    def read(self, table: Table, plan: Plan, title: str) -> None:
        """Take in a table's rows below its headings."""
        self.left_out |= dict.fromkeys(plan.left_out)
        headings = dict(table.rows)[plan.row]
        width = self._width(table, plan)
        above: Entry | None = None
        class_name = ""
        for number, cells in table.rows:
            if number <= plan.row or list(cells) == list(headings):
                continue
            where = (texts.ROW_OF if title else texts.ROW).format(title=title, row=number)
            # Merged cells: a class stands at its first row only.
            class_name = _class_name(cells, plan) or class_name
            try:
                found = self._row(cells, plan, where, width, above, class_name)
            except CellError as wrong:
                self.faults.append(Fault(where, str(wrong)))
                continue
            self.entries += found
            # What follows a student of another class is none of the one before.
            above = next(
                (one for one in found if one.kind is PersonKind.STUDENT), above if found else None
            )

    def _width(self, table: Table, plan: Plan) -> int:
        """How many digits the column of numbers has, where some begin with a zero: those that are
        shorter have lost theirs."""
        column = plan.columns.get(Column.NUMBER)
        if column is None:
            return 0
        numbers = [words(at(cells, column)) for row, cells in table.rows if row > plan.row]
        return max((len(one) for one in numbers if one.isdecimal() and one[0] == "0"), default=0)

    def _row(
        self,
        cells: Sequence[Value],
        plan: Plan,
        where: str,
        width: int,
        above: Entry | None,
        class_name: str,
    ) -> list[Entry]:
        said = {column: words(at(cells, place)) for column, place in plan.columns.items()}
        guardians = [
            (name, words(at(cells, place)) if place is not None else relation)
            for column, place, relation in plan.guardians
            if (name := words(at(cells, column)))
        ]
        named = [column for column in NAMING if said.get(column)]
        if not named and not guardians:
            if any(said.get(one) for one in _NUMBERS):
                raise CellError(texts.NO_NAME)
            return []
        classes = re.split("[、,;/]", class_name)
        if self._class and not any(same_class(one or self._class, self._class) for one in classes):
            self.other_classes[class_name] += 1
            return []
        number = read_number(next((said[one] for one in _NUMBERS if said.get(one)), ""))
        if is_identity_card(number):
            # It says when and where somebody was born, and is no secret to be asked for.
            self.cards, number = True, ""
        if number.isdecimal():
            number = number.zfill(width)
        frame = Entry(
            PersonKind.STUDENT,
            "",
            number,
            class_name,
            since=read_day(since) if (since := said.get(Column.SINCE)) else None,
            until=read_day(until, end=True) if (until := said.get(Column.UNTIL)) else None,
            where=where,
        )
        if not named:
            if above is None or number:
                raise CellError(texts.NO_STUDENT)
            # Merged cells: the second guardian of the student above.
            return [self._guardian(above, *one, where=where) for one in guardians]
        return self._people(said, frame, plan, guardians)

    def _people(
        self,
        said: Mapping[Column, str],
        frame: Entry,
        plan: Plan,
        guardians: list[tuple[str, str]],
    ) -> list[Entry]:
        found: list[Entry] = []
        name, child = said.get(Column.NAME, ""), said.get(Column.STUDENT, "")
        kind = self._kind(said, plan)
        if name and kind is PersonKind.GUARDIAN:
            if not child:
                raise CellError(texts.NO_STUDENT)
            of = replace(frame, name=read_name(child), since=None, until=None)
            one = self._guardian(of, name, said.get(Column.RELATION, ""), where=frame.where)
            return [replace(one, since=frame.since, until=frame.until)]
        if name and kind is not PersonKind.STUDENT:
            found.append(self._adult(kind, name, said, frame))
        elif name or child:
            student = replace(frame, name=read_name(name or child))
            found.append(student)
            found += [self._guardian(student, *one, where=frame.where) for one in guardians]
        if teacher := said.get(Column.TEACHER, ""):
            bare = frame if not found else replace(frame, number="", since=None, until=None)
            found.append(self._adult(PersonKind.TEACHER, teacher, said, bare))
        self.covers |= {one.kind for one in found}
        if plan.guardians and found[0].kind is PersonKind.STUDENT:
            self.covers.add(PersonKind.GUARDIAN)
        return found

    def _kind(self, said: Mapping[Column, str], plan: Plan) -> PersonKind:
        if word := said.get(Column.KIND, ""):
            kind = _KINDS.get(word.casefold())
            if kind is None:
                raise CellError(texts.WRONG_KIND)
            return kind
        if plan.of_guardians:
            return PersonKind.GUARDIAN
        if not plan.of_teachers:
            return PersonKind.STUDENT
        if said.get(Column.SUBJECT) or not said.get(Column.POST):
            return PersonKind.TEACHER
        teaches = any(word in said[Column.POST] for word in ("教师", "老师", "主任", "校长"))
        return PersonKind.TEACHER if teaches else PersonKind.STAFF

    def _adult(
        self, kind: PersonKind, name: str, said: Mapping[Column, str], frame: Entry
    ) -> Entry:
        subject = said.get(Column.SUBJECT, "")
        if kind is PersonKind.STAFF:
            subject = subject or said.get(Column.POST, "")
        if len(subject) > _LONGEST_SUBJECT:
            raise CellError(texts.LONG_SUBJECT)
        name = name.removesuffix("老师")
        return replace(frame, kind=kind, name=read_name(name), subject=subject)

    def _guardian(self, student: Entry, name: str, relation: str, *, where: str) -> Entry:
        usual = USUAL_RELATIONS.get(relation, relation)
        if len(usual) > _LONGEST_RELATION:
            raise CellError(texts.LONG_RELATION)
        self.covers.add(PersonKind.GUARDIAN)
        return replace(
            student,
            kind=PersonKind.GUARDIAN,
            name=read_name(name),
            relation=usual,
            student=student.name,
            since=None,
            until=None,
            where=where,
        )


def _class_name(cells: Sequence[Value], plan: Plan) -> str:
    """The class that a row says, with its grade."""
    grade, name = (
        words(at(cells, plan.columns[one])) if one in plan.columns else ""
        for one in (Column.GRADE, Column.CLASS)
    )
    return grade + name if grade and name and not grade_of(name) else name


# -- the whole ---------------------------------------------------------------------------------------


def read_sheet(content: bytes, class_name: str = "") -> Sheet:
    """What a file says of a class. Rows of other classes are left out, and counted in a note.

    Raises:
        TableError: it is no table that lists people; in words for the sender.
    """
    tables = [table for table in read_tables(content) if table.rows]
    plans = [(table, plan) for table in tables if (plan := read_plan(table)) is not None]
    if not plans:
        raise TableError(texts.NO_HEADINGS if tables else texts.EMPTY)
    reader = _Reader(class_name)
    for table, plan in plans:
        reader.read(table, plan, table.title if len(plans) > 1 else "")
    notes: list[str] = []
    unread = [table.title for table in tables if all(table is not one for one, _ in plans)]
    if unread:
        notes.append(texts.SHEETS_UNREAD.format(titles="、".join(unread)))
    if reader.left_out:
        notes.append(texts.LEFT_OUT.format(headings="、".join(reader.left_out)))
    if reader.cards:
        notes.append(texts.CARDS)
    if reader.other_classes:
        if not reader.entries and not reader.faults:
            others = "、".join(sorted(reader.other_classes)[:MOST_LEFT_OUT])
            raise TableError(texts.ALL_OTHERS.format(others=others, name=class_name))
        notes.append(texts.OTHERS.format(count=reader.other_classes.total()))
    entries, faults, repeated = _told_apart(reader.entries)
    if repeated:
        notes.append(texts.REPEATED.format(count=repeated))
    if not entries and not reader.faults and not faults:
        raise TableError(texts.EMPTY)
    return Sheet(
        tuple(entries), tuple(reader.faults + faults), tuple(notes), frozenset(reader.covers)
    )


def _told_apart(entries: Iterable[Entry]) -> tuple[list[Entry], list[Fault], int]:
    """Everybody once; students whom nothing tells apart, or whom one number names twice, are
    faults. Also how many rows said the same again."""
    people: dict[tuple[object, ...], Entry] = {}
    faults: list[Fault] = []
    repeated = 0
    for one in entries:
        if one.kind is PersonKind.GUARDIAN:
            key = (one.kind, plain(one.student), one.number, plain(one.name))
        elif one.kind is PersonKind.STUDENT:
            key = (one.kind, one.number or plain(one.name))
        else:
            key = (one.kind, plain(one.name), one.number)
        former = people.setdefault(key, one)
        if former is one:
            continue
        if one.kind is PersonKind.STUDENT:
            if not one.number:
                faults.append(Fault(_both(former, one), texts.SAME_NAME))
            elif plain(former.name) != plain(one.name):
                faults.append(Fault(_both(former, one), texts.SAME_NUMBER))
            elif replace(former, where="") != replace(one, where=""):
                faults.append(Fault(_both(former, one), texts.CONTRADICTION))
            else:
                repeated += 1
        elif one.kind is PersonKind.GUARDIAN:
            if one.relation and one.relation != former.relation:
                faults.append(Fault(_both(former, one), texts.CONTRADICTION))
        elif one.subject and one.subject not in former.subject.split("、"):
            subject = "、".join(filter(None, (former.subject, one.subject)))
            if len(subject) > _LONGEST_SUBJECT:
                faults.append(Fault(one.where, texts.LONG_SUBJECT))
            people[key] = replace(former, subject=subject)
    numbered = {
        plain(one.name): one
        for one in people.values()
        if one.kind is PersonKind.STUDENT and one.number
    }
    for one in people.values():
        if one.kind is PersonKind.STUDENT and not one.number and plain(one.name) in numbered:
            faults.append(Fault(_both(numbered[plain(one.name)], one), texts.SAME_NAME))
    return list(people.values()), faults, repeated


def _both(one: Entry, other: Entry) -> str:
    return texts.BOTH.format(one=one.where, other=other.where)


def rows_of(people: Iterable[Person]) -> list[list[str]]:
    """A roster as the rows of a table that `read_sheet` reads back to the same."""
    everybody = list(people)
    by_id = {one.id: one for one in everybody}
    rows: list[list[str]] = [list(texts.COLUMNS)]
    for one in everybody:
        child = by_id.get(one.student) if one.student is not None else None
        rows.append(
            [
                texts.KINDS[one.kind.value],
                one.name,
                (child or one).number,
                one.class_name,
                one.subject,
                one.relation,
                child.name if child is not None else "",
                one.since.isoformat() if one.since is not None else "",
                one.until.isoformat() if one.until is not None else "",
            ]
        )
    return rows
