"""Where a term stands in a folded text, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from .folding import fold, visible
from .terms import Channel, Term

if TYPE_CHECKING:
    from .folding import Folded
    from .terms import Mode

Disguise = Channel | Literal["repeat", "pieces", ""]
"""A channel, or its characters several times over, or over several messages; empty: none."""

_SENTENCE_ENDS = frozenset("。！？；!?;")
_COMMAS = frozenset("，,：:…")
_BREAKS = frozenset("\n\r、")
_MOST_DROPPED = 4
"""So many visible symbols may stand between two characters of a match."""
_DOUBTFUL = 0.6
"""Confidence in a match that is as likely two neighbours: enough to ask a person."""


class Match(NamedTuple):
    """A term in a skeleton: its number in the lexicon, and what it is, without its text."""

    number: int
    sort: Term
    start: int
    end: int
    confidence: float
    disguise: Disguise


def torn(folded: Folded, start: int, end: int) -> bool:
    """Whether a sentence ends inside, or more symbols stand there than would hide a word."""
    return any(
        not _SENTENCE_ENDS.isdisjoint(gap) or visible(gap) > _MOST_DROPPED
        for gap in folded.gaps(start, end)
    )


def stands(mode: Mode, folded: Folded, start: int, end: int) -> bool:
    """Whether a mode lets a term be found here."""
    match mode:
        case "anywhere":
            return True
        case "message":
            return start == 0 and end == len(folded.skeleton)
        case "prefix":
            return start == 0
        case "token":
            first, last = folded.span(start, end)
            before = fold(folded.raw[first - 1 : first]).skeleton
            after = fold(folded.raw[last : last + 1]).skeleton
            return not (
                _one_word(before[-1:], folded.skeleton[start])
                or _one_word(after[:1], folded.skeleton[end - 1])
            )


def _one_word(neighbour: str, edge: str) -> bool:
    """Latin letters and digits make one word, and so do other scripts; a change ends it."""
    return neighbour != "" and neighbour.isascii() == edge.isascii()


def confidence_of(folded: Folded, start: int, end: int) -> float:
    """1, or less where what was dropped inside the match may have brought it together; 0: no match.

    A symbol inside a word hides it. A space, a line break or a comma may hide it too, but more often
    two words stand side by side there; what sets every character apart is a disguise whatever it is.
    """
    gaps = folded.gaps(start, end)
    if not gaps:
        return 1.0
    if torn(folded, start, end):
        return 0.0
    dropped = frozenset("".join(gaps))
    if end - start > 2 and len(gaps) == end - start - 1:
        return 1.0
    if dropped & _COMMAS:
        return 0.0
    if dropped & _BREAKS or (end - start > 2 and any(map(str.isspace, dropped))):
        return _DOUBTFUL
    return 1.0
