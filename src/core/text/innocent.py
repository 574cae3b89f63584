"""Ordinary class-group sentences: what no new term may be found in (innocent.txt is ours, and may grow)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from .folding import fold

if TYPE_CHECKING:
    from collections.abc import Container

    from .folding import Folded
    from .lexicon import Lexicon


class Misfire(NamedTuple):
    """An innocent sentence that a term is found in; `start` and `end` are its place there."""

    sentence: str
    start: int
    end: int


@cache
def sentences() -> tuple[Folded, ...]:
    """The sentences, read once."""
    text = files("src.core.text").joinpath("innocent.txt").read_text(encoding="utf-8")
    return tuple(fold(line) for line in text.splitlines() if line and not line.startswith("#"))


def misfires(lexicon: Lexicon, terms: Container[str]) -> list[Misfire]:
    """Which sentences these terms of the lexicon would hit, each once; in the file's order."""
    return [
        Misfire(one.raw, hits[0].start, hits[0].end)
        for one in sentences()
        if (hits := [hit for hit in lexicon.scan(one) if hit.term in terms])
    ]
