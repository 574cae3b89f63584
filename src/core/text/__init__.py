"""What a text says, whatever it is written in: folding, automaton and lexicon."""

from .folding import Folded, fold
from .lexicon import (
    CATEGORIES,
    CONTEXT,
    OWN,
    Category,
    Hit,
    Lexicon,
    LexiconError,
    Term,
    built_in,
    skeleton_of,
)

__all__ = [
    "CATEGORIES",
    "CONTEXT",
    "OWN",
    "Category",
    "Folded",
    "Hit",
    "Lexicon",
    "LexiconError",
    "Term",
    "built_in",
    "fold",
    "skeleton_of",
]
