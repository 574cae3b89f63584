"""A class's roster as it is today: who is in the class, and which account is whom. Pure.

An immutable snapshot that detectors may read. Exact means that the same characters were written;
what only looks or sounds alike is near, and near never decides anything by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple
import unicodedata

from src.core.text.automaton import build
from src.core.text.folding import skeleton
from src.core.text.sounds import sounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from src.core.chat.events import Account
    from src.core.text import Folded
    from src.core.text.automaton import Automaton

_SHORTEST_MENTION = 2
"""Characters; a shorter name would be found everywhere."""


class PersonKind(Enum):
    """What somebody is to the class; the values are the store's."""

    STUDENT = "student"
    GUARDIAN = "guardian"
    TEACHER = "teacher"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Person:
    """An entry of a roster. `subject` is what a teacher teaches, or the post of staff; `relation` is
    what a guardian is to the student with the id `student`."""

    id: int
    kind: PersonKind
    name: str
    number: str = ""
    class_name: str = ""
    subject: str = ""
    relation: str = ""
    student: int | None = None
    since: date | None = None
    until: date | None = None

    def is_here(self, today: date) -> bool:
        """Whether the entry holds on this day."""
        return (self.since is None or self.since <= today) and (
            self.until is None or today < self.until
        )


class Identity(NamedTuple):
    """An account and who uses it; `relation` is empty where it is the person's own."""

    account: Account
    person: Person
    relation: str


class Near(NamedTuple):
    """Somebody whose name is not what was written, and how the two are alike."""

    person: Person
    why: Literal["form", "sound", "character"]
    """Another form of the same characters (traditional, look-alike), the same sound, or one character
    more, less or other."""


def plain(name: str) -> str:
    """A name without what people put between and around its characters; equal for equal names only."""
    normal = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in normal if unicodedata.category(char)[0] in "LN")


def _shortened(name: str) -> Iterator[str]:
    """The name, and it with each one of its characters left out. Two names that share one of these
    differ in one character, or in two of which one moved (the idea of symmetric deletion)."""
    yield name
    for place in range(len(name)):
        yield name[:place] + name[place + 1 :]


def _one_apart(one: str, other: str) -> bool:
    """Whether one character was added, left out or replaced."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    longer = max(len(one), len(other))
    return one[start + (len(one) == longer) :] == other[start + (len(other) == longer) :]


class ClassRoster:
    """The roster of one class on one day. What is looked up is indexed when first asked for."""

    def __init__(
        self,
        class_id: int,
        name: str,
        people: Iterable[Person],
        identities: Iterable[Identity] = (),
    ) -> None:
        """`people` are those of the day only; identities of others are kept out."""
        self.class_id = class_id
        self.name = name
        self.people = tuple(people)
        self._by_id = {person.id: person for person in self.people}
        self._identities = tuple(one for one in identities if one.person.id in self._by_id)

    @property
    def students(self) -> tuple[Person, ...]:
        return self.of_kind(PersonKind.STUDENT)

    @property
    def guardians(self) -> tuple[Person, ...]:
        return self.of_kind(PersonKind.GUARDIAN)

    @property
    def teachers(self) -> tuple[Person, ...]:
        return self.of_kind(PersonKind.TEACHER)

    @property
    def staff(self) -> tuple[Person, ...]:
        return self.of_kind(PersonKind.STAFF)

    def of_kind(self, kind: PersonKind) -> tuple[Person, ...]:
        return self._by_kind.get(kind, ())

    @cached_property
    def _by_kind(self) -> dict[PersonKind, tuple[Person, ...]]:
        kinds: dict[PersonKind, list[Person]] = {}
        for person in self.people:
            kinds.setdefault(person.kind, []).append(person)
        return {kind: tuple(people) for kind, people in kinds.items()}

    def person(self, person_id: int) -> Person | None:
        return self._by_id.get(person_id)

    # -- by name ----------------------------------------------------------------------------------

    def named(self, name: str, kind: PersonKind | None = None) -> tuple[Person, ...]:
        """Everybody with exactly this name, whatever blanks and separators were written in it."""
        return _of(self._by_name.get(plain(name), ()), kind)

    def numbered(self, number: str) -> tuple[Person, ...]:
        """Everybody with this number."""
        return self._by_number.get(plain(number), ()) if number else ()

    def near(self, name: str, kind: PersonKind | None = None) -> tuple[Near, ...]:
        """Those whose names are only like this one, the most alike first."""
        wanted = plain(name)
        folded = skeleton(wanted)
        if not folded:
            return ()
        found: dict[int, Near] = {}
        for person in self._by_form.get(folded, ()):
            if plain(person.name) != wanted:
                found.setdefault(person.id, Near(person, "form"))
        for person in self._by_sound.get(sounds(folded), ()):
            if plain(person.name) != wanted:
                found.setdefault(person.id, Near(person, "sound"))
        for key in _shortened(folded):
            for person in self._by_part.get(key, ()):
                if person.id not in found and plain(person.name) != wanted:
                    if _one_apart(folded, skeleton(plain(person.name))):
                        found[person.id] = Near(person, "character")
        return tuple(one for one in found.values() if kind is None or one.person.kind is kind)

    @cached_property
    def _by_name(self) -> dict[str, tuple[Person, ...]]:
        return _index(self.people, lambda person: (plain(person.name),))

    @cached_property
    def _by_number(self) -> dict[str, tuple[Person, ...]]:
        return _index(
            (one for one in self.people if one.number), lambda person: (plain(person.number),)
        )

    @cached_property
    def _by_form(self) -> dict[str, tuple[Person, ...]]:
        return _index(self.people, lambda person: (skeleton(plain(person.name)),))

    @cached_property
    def _by_sound(self) -> dict[str, tuple[Person, ...]]:
        return _index(self.people, lambda person: (sounds(skeleton(plain(person.name))),))

    @cached_property
    def _by_part(self) -> dict[str, tuple[Person, ...]]:
        return _index(self.people, lambda person: _shortened(skeleton(plain(person.name))))

    # -- accounts -----------------------------------------------------------------------------------

    def identities(self, account: Account) -> tuple[Identity, ...]:
        """Who uses the account: several where a parent has two children here."""
        return self._by_account.get(account, ())

    def accounts_of(self, person_id: int) -> tuple[Account, ...]:
        """The accounts that are bound to this entry itself."""
        return tuple(one.account for one in self._identities if one.person.id == person_id)

    def guardians_of(self, student_id: int) -> tuple[Person, ...]:
        return tuple(one for one in self.guardians if one.student == student_id)

    def family(self, student_id: int) -> tuple[Account, ...]:
        """The accounts of a student's family, without the student's own."""
        found = [
            one.account
            for one in self._identities
            if (one.person.id == student_id and one.relation) or one.person.student == student_id
        ]
        return tuple(dict.fromkeys(found))

    @cached_property
    def _by_account(self) -> dict[Account, tuple[Identity, ...]]:
        accounts: dict[Account, list[Identity]] = {}
        for one in self._identities:
            accounts.setdefault(one.account, []).append(one)
        return {account: tuple(found) for account, found in accounts.items()}

    # -- in a text ----------------------------------------------------------------------------------

    def mentions(self, folded: Folded) -> tuple[tuple[int, int, Person], ...]:
        """The students that a text names, as half-open spans of `folded.raw` in its order. Of names
        that overlap the longest counts; of students with one name the first is given."""
        names, automaton = self._named_students
        if not names:
            return ()
        found = automaton.find(folded.skeleton)
        found.sort(key=lambda one: (one[1], -one[2]))
        mentioned: list[tuple[int, int, Person]] = []
        end = 0
        for number, start, stop in found:
            if start >= end:
                mentioned.append((*folded.span(start, stop), names[number]))
                end = stop
        return tuple(mentioned)

    @cached_property
    def _named_students(self) -> tuple[list[Person], Automaton]:
        students: dict[str, Person] = {}
        for student in self.students:
            name = skeleton(plain(student.name))
            if len(name) >= _SHORTEST_MENTION:
                students.setdefault(name, student)
        return list(students.values()), build(list(students))


def _of(people: tuple[Person, ...], kind: PersonKind | None) -> tuple[Person, ...]:
    return people if kind is None else tuple(one for one in people if one.kind is kind)


def _index(
    people: Iterable[Person], keys: Callable[[Person], Iterable[str]]
) -> dict[str, tuple[Person, ...]]:
    found: dict[str, list[Person]] = {}
    for person in people:
        for key in keys(person):
            if key:
                same = found.setdefault(key, [])
                if not same or same[-1] is not person:
                    same.append(person)
    return {key: tuple(same) for key, same in found.items()}
