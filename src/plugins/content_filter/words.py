"""A group's own words: what a typed one becomes, and what a change makes of a pack. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal
import unicodedata

from src.core.policy import with_settings
from src.core.text import fold

from .settings import LONGEST_TERM

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from src.core.policy import Pack

Lists = Literal["terms", "allow", "ask_only"]
LISTS: tuple[Lists, ...] = ("terms", "allow", "ask_only")
_NEIGHBOURS = 2
"""Characters on either side that an allow phrase takes in."""


def typed(text: str) -> list[str]:
    """The words that somebody typed, parted by blanks or commas, without what nobody sees (bidi
    controls, lone surrogates)."""
    shown = "".join(c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    return [word for word in re.split(r"[\s,，、]+", shown) if word]


def usable(word: str) -> bool:
    """Whether it can be a term: two characters at least once symbols are gone, and not too long."""
    return len(fold(word).skeleton) >= 2 and len(word) <= LONGEST_TERM


def put(pack: Pack, name: Lists, words: Sequence[str], clauses: Iterable[str]) -> Pack:
    """The pack with these words on one list of each clause. The last word holds: a forbidden term
    stands on no other list, and an allowed phrase is no term.

    Raises:
        PackError: they do not fit; the words of the objection are for people.
    """
    new = {fold(word).skeleton: word for word in words}
    others = {"terms": ("allow", "ask_only"), "allow": ("terms", "ask_only"), "ask_only": ()}[name]
    changes: dict[str, Mapping[str, list[str]]] = {}
    for number in clauses:
        settings = pack.clause(number).settings
        known = {fold(word).skeleton for word in settings[name]}
        more = [word for skeleton, word in new.items() if skeleton not in known]
        changes[number] = {
            name: [*settings[name], *more],
            **{other: _without(settings[other], new.keys()) for other in others},
        }
    return with_settings(pack, changes)


def removed(pack: Pack, words: Sequence[str], clauses: Iterable[str]) -> Pack:
    """The pack without these words, on whichever list of the clauses they stand."""
    gone = {fold(word).skeleton for word in words}
    settings = {number: pack.clause(number).settings for number in clauses}
    changes = {
        number: {name: _without(lists[name], gone) for name in LISTS}
        for number, lists in settings.items()
    }
    return with_settings(pack, changes)


def _without(words: Iterable[str], skeletons: Iterable[str]) -> list[str]:
    gone = frozenset(skeletons)
    return [word for word in words if fold(word).skeleton not in gone]


def phrase(excerpt: str, term: str) -> str:
    """The term in an excerpt with its neighbours, to be allowed; empty where it has none."""
    folded, skeleton = fold(excerpt), fold(term).skeleton
    place = folded.skeleton.find(skeleton)
    if place < 0:
        return ""
    start, end = folded.span(place, place + len(skeleton))
    before = re.search(rf"\w{{0,{_NEIGHBOURS}}}$", excerpt[:start])
    after = re.match(rf"\w{{0,{_NEIGHBOURS}}}", excerpt[end:])
    assert before is not None
    assert after is not None
    return before[0] + excerpt[start:end] + after[0] if before[0] or after[0] else ""
