"""What a text says, whatever it is written in: folding, automaton, lexicon and addresses."""

from .addresses import Address, addresses_in, ascii_host
from .folding import Folded, fold
from .lexicon import Hit, Lexicon, built_in
from .terms import (
    CATEGORIES,
    CONTEXT,
    OWN,
    Category,
    LexiconError,
    Term,
    read_allow,
    read_terms,
    skeleton_of,
)

__all__ = [
    "CATEGORIES",
    "CONTEXT",
    "OWN",
    "Address",
    "Category",
    "Folded",
    "Hit",
    "Lexicon",
    "LexiconError",
    "Term",
    "addresses_in",
    "ascii_host",
    "built_in",
    "fold",
    "read_allow",
    "read_terms",
    "skeleton_of",
]
