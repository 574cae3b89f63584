"""What ordinary Chinese looks like, so that a word that merely sounds like another is left alone.
Pure; the table and the dictionary are read once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from .tables import rows

if TYPE_CHECKING:
    from collections.abc import Callable

_ANYWHERE = frozenset(
    "的了是在有和就不都一也很到说要去你会着没看好自这那个他她它们我人上下来过得地给把被让叫又再还"
)
"""Characters that stand alone beside any word."""
_WINDOW = 6
"""Characters to either side that the segmenter is shown."""


@cache
def _followers() -> dict[str, str]:
    """Character → the characters that usually follow it, from pairs.tsv."""
    return dict(rows("pairs.tsv"))


@cache
def _known() -> frozenset[str]:
    followers = _followers()
    return frozenset(followers).union(*followers.values())


def unusual(characters: str) -> bool:
    """Whether a character, or two side by side, hardly ever stand in ordinary text."""
    if len(characters) == 1:
        return characters not in _known()
    return characters[1] not in _followers().get(characters[0], "")


def reads_well(skeleton: str, start: int, end: int) -> bool:
    """Whether every character of `skeleton[start:end]` usually follows the one before it."""
    followers = _followers()
    return all(
        skeleton[place + 1] in followers.get(skeleton[place], "") for place in range(start, end - 1)
    )


@cache
def _segmenter() -> Callable[[str, bool], list[str]] | None:
    """The segmenter. Its dictionary takes 32 MB and a sixth of a second, so it is read when a text
    first needs it: many a class never does."""
    try:
        from rjieba import cut
    except ImportError:  # no wheel for this platform
        return None
    return cut


class Words(NamedTuple):
    """Where the characters of a span have every right to stand."""

    inside: frozenset[int]
    """In a word of the dictionary that lies in the span, or as one of those that stand anywhere."""
    across: frozenset[int]
    """In a word that reaches out of the span."""


def words_in(skeleton: str, start: int, end: int) -> Words:
    """The places in `skeleton[start:end]` that belong to words of two characters and more. The
    segmenter guesses no words: it would invent one out of a disguise. All of them without a segmenter:
    better to miss a disguise than to see one in ordinary words."""
    cut = _segmenter()
    if cut is None:
        return Words(frozenset(), frozenset(range(start, end)))
    place = max(0, start - _WINDOW)
    inside: set[int] = set()
    across: set[int] = set()
    for word in cut(skeleton[place : end + _WINDOW], False):
        after = place + len(word)
        if len(word) > 1 or word in _ANYWHERE:
            places = inside if start <= place and after <= end else across
            places.update(range(max(place, start), min(after, end)))
        place = after
    return Words(frozenset(inside), frozenset(across))
