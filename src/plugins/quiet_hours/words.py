"""The words of the plugin (words.tsv), read once: what relates to study, what does not, and what cannot
wait."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, cast

from src.core.text import Lexicon, LexiconError, Term, skeleton_of
from src.core.text.terms import variants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from src.core.text import Folded
    from src.core.text.terms import Mode

KINDS = ("study", "idle", "urgent")
_MODES = ("anywhere", "token")


def read_words(text: str) -> Lexicon:
    """Read the table; a hit's category is the kind.

    Raises:
        LexiconError: a line is wrong (the message begins with its number), or a term cannot be used.
    """
    return Lexicon(_terms(text))


def _terms(text: str) -> Iterator[Term]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        columns = line.split("\t")
        if len(columns) != 3 or columns[0] not in KINDS or columns[1] not in _MODES:
            raise LexiconError(f"{number}: three columns are needed: kind, mode, terms")
        kind, mode, written = columns
        try:
            for variant in (one for word in written.split() for one in variants(word)):
                # Nobody disguises a question about homework, so no other spelling is looked for.
                term = Term(variant, kind, 1, mode=cast("Mode", mode), channels=frozenset())
                skeleton_of(term)
                yield term
        except LexiconError as error:
            raise LexiconError(f"{number}: {error}") from None


@cache
def built_in() -> Lexicon:
    """The words that come with the application, read once."""
    path = files("src.plugins.quiet_hours").joinpath("words.tsv")
    return read_words(path.read_text(encoding="utf-8"))


def kinds_in(folded: Folded) -> set[str]:
    """What kinds of words stand in a text."""
    return {hit.category for hit in built_in().scan(folded) if hit.confidence == 1}
