"""The words of the plugin (words.tsv), read once: what a message is about, and what makes it class
business."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
import itertools
from typing import TYPE_CHECKING, cast

from src.core.text import Lexicon, LexiconError, Term, skeleton_of
from src.core.text.terms import variants

from .settings import MATTERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from src.core.text.terms import Mode

KINDS = ("alone", "about", "says", "picture", "whole")
"""How a word of a matter counts; the head of words.tsv explains them."""
CONTEXTS = (
    "urgent",
    "absence",
    "teacher",
    "school",
    "perhaps",
    "thanks",
    "courtesy",
    "receipt",
    "everyone",
    "filler",
)
"""What a message may hold that makes its matter doubtful or none."""
_MODES = ("anywhere", "token", "message", "prefix")


def read_words(text: str) -> Lexicon:
    """Read the table. A hit's category is `matter kind`, or the name of a context.

    Raises:
        LexiconError: a line is wrong (the message begins with its number), or a term cannot be used.
    """
    return Lexicon(_terms(text))


def _terms(text: str) -> Iterator[Term]:
    seen: set[tuple[str, str]] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        columns = line.split("\t")
        if len(columns) != 4 or not columns[3].strip() or columns[2] not in _MODES:
            raise LexiconError(f"{number}: four columns are needed: matter, kind, mode, terms")
        matter, kind, mode, written = columns
        if matter in MATTERS and kind in KINDS:
            category = f"{matter} {kind}"
        elif matter in CONTEXTS and kind == "-":
            category = matter
        else:
            raise LexiconError(f"{number}: no such matter or kind: {matter} {kind}")
        try:
            for variant in itertools.chain.from_iterable(map(variants, written.split())):
                # Nobody disguises a greeting, so no term is looked for in another spelling.
                term = Term(variant, category, 1, mode=cast("Mode", mode), channels=frozenset())
                # Alternatives of two lines may well come to the same.
                key = (category, skeleton_of(term))
                if key not in seen:
                    seen.add(key)
                    yield term
        except LexiconError as error:
            raise LexiconError(f"{number}: {error}") from None


@cache
def built_in() -> Lexicon:
    """The words that come with the application, read once."""
    path = files("src.plugins.topic").joinpath("words.tsv")
    return read_words(path.read_text(encoding="utf-8"))
