"""The pupils that a message names, and which of them are no more than ordinary words."""

from __future__ import annotations

from functools import lru_cache
import re
from typing import TYPE_CHECKING, NamedTuple

from src.core.text.usual import words_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from src.core.area import Message
    from src.core.people import ClassRoster
    from src.core.text import Folded

_CALLED = re.compile(
    "同学|小朋友|的?(?:爸爸?|妈妈?|家长|爷爷|奶奶|外公|外婆|姥姥|姥爷)|这孩子|[:：]|\\s*$|\\s*\n"
)
_ALONE = re.compile("(?:^|\n)\\s*(?:\\d{1,2}[.、)])?\\s*$|@$|批评$|表扬$|点名$")
_BESIDE = re.compile("同?学?\\s*[、和与及]\\s*")


class Pupil(NamedTuple):
    """Where a text names a pupil, and the pupil's id on the roster."""

    start: int
    end: int
    id: int


def pupils_in(roster: ClassRoster, folded: Folded) -> list[Pupil]:
    """Where a text has names of the roster's students."""
    return [Pupil(start, end, person.id) for start, end, person in roster.mentions(folded)]


@lru_cache(maxsize=4096)
def is_word(name: str) -> bool:
    """Whether a name is a word of the dictionary too, as 高兴 and 文静 are."""
    return len(name) == 2 and len(words_in(name, 0, 2).inside) == 2


def named_as_people(text: str, named: Sequence[Pupil]) -> list[Pupil]:
    """Those of the names that stand for people: an ordinary word must be called 同学, stand in a row
    of names, or alone."""
    people: list[Pupil] = []
    for place, one in enumerate(named):
        if is_word(text[one.start : one.end]):
            after = place + 1 < len(named) and _BESIDE.fullmatch(
                text[one.end : named[place + 1].start]
            )
            before = place > 0 and _BESIDE.fullmatch(text[named[place - 1].end : one.start])
            alone = _ALONE.search(text[: one.start]) and _CALLED.match(text, one.end)
            titled = re.match("同学|小朋友|的?(?:爸爸|妈妈|家长)", text[one.end : one.end + 4])
            if not (after or before or alone or titled):
                continue
        people.append(one)
    return people


def others_children(message: Message, named: Sequence[Pupil]) -> list[Pupil]:
    """Those of the pupils who are not the author's own child nor the author: by the roster, or by the
    name that the author goes by in the group."""
    roster = message.roster
    assert roster is not None
    own: set[str] = set()
    for identity in roster.identities(message.event.account):
        child = roster.person(identity.person.student) if identity.person.student else None
        own |= {(child or identity.person).name}
    shown = "" if message.author_is_staff else message.event.name
    others: list[Pupil] = []
    for one in named:
        pupil = roster.person(one.id)
        # By name: of two pupils with one name either may be meant.
        if pupil is not None and pupil.name not in own and pupil.name not in shown:
            others.append(one)
    return others
