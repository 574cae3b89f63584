"""Calls to find out who somebody is and where they live (12.5.1, 05.4.3c)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from src.core.text import Lexicon
from src.core.text.lexicon import read_allow, read_terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from src.core.text import Folded, Hit

EXCUSED = 0.5
"""Confidence in a call inside one warning: a person looks at it."""


@cache
def terms() -> Lexicon:
    """The terms of doxxing.tsv and the phrases of allow.tsv beside this module, read once."""
    folder = files("src.plugins.privacy")
    written, allowed = (
        folder.joinpath(name).read_text(encoding="utf-8") for name in ("doxxing.tsv", "allow.tsv")
    )
    return Lexicon(read_terms("doxxing", "doxxing.tsv", written), read_allow("allow.tsv", allowed))


def calls(folded: Folded, known: Sequence[Hit]) -> tuple[tuple[Hit, ...], float]:
    """Where such calls stand, and how sure that is. `known` is what the lexicon found: one warning
    in it leaves a call to a person, two excuse it."""
    hits = terms().scan(folded)
    if not hits:
        return (), 0.0
    warnings = len({hit.term for hit in known if hit.kind == "warning"})
    if warnings > 1:
        return (), 0.0
    confidence = max(hit.confidence for hit in hits)
    return hits, min(confidence, EXCUSED) if warnings else confidence
