"""Calls to find out who somebody is and where they live (12.5.1, 05.4.3c)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from src.core.text import Lexicon, read_allow, read_terms

from .plain import Breach

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from src.core.text import Hit

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


def doxxing(calls: Sequence[Hit], known: Sequence[Hit]) -> Iterator[Breach]:
    """What the calls that `terms` found come to. `known` is what the lexicon found: one warning in
    it leaves them to a person, two excuse them."""
    warnings = len({hit.term for hit in known if hit.kind == "warning"})
    if warnings < 2:
        confidence = max(hit.confidence for hit in calls)
        yield Breach(
            "doxxing",
            max(hit.gravity for hit in calls),
            min(confidence, EXCUSED) if warnings else confidence,
            len(calls),
            tuple((hit.start, hit.end) for hit in calls),
        )
