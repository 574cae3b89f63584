"""The lexicon: terms by category, searched for in a folded text.

The files beside this module (`lexicon/*.tsv`) are ours, and lexicon/README.md says how to write them.
A hit is only a place where a term stands; what follows from it is a detector's to say.
"""

from __future__ import annotations

from functools import cache
import hashlib
from importlib.resources import files
import itertools
from typing import TYPE_CHECKING, NamedTuple

from .automaton import build
from .disguises import Disguises
from .entries import Entries
from .folding import fold
from .matches import Match, confidence_of, stands
from .terms import (
    CATEGORIES,
    CONTEXT,
    Kind,
    LexiconError,
    Term,
    channels_of,
    read_allow,
    read_channels,
    read_terms,
    skeleton_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.resources.abc import Traversable

    from .folding import Folded
    from .matches import Disguise
    from .terms import Channel


ACROSS = 0.8
"""What is left of a confidence where a term comes in several messages."""


class Hit(NamedTuple):
    """A term in a text. `start` and `end` are offsets in the raw text."""

    term: str
    category: str
    gravity: int
    kind: Kind
    confidence: float
    start: int
    end: int
    disguise: Disguise = ""
    """How the term was hidden; empty where it stands as it is."""


class Lexicon:
    """Terms and allow phrases in one automaton. Never changed once built.

    Raises:
        LexiconError: a term or phrase is empty once folded, a single character that would be found
            anywhere, a Latin one without a boundary, or twice in one category.
    """

    def __init__(self, terms: Iterable[Term], allow: Iterable[str] = (), version: str = "") -> None:
        self.version = version
        """Which files it was read from: a digest, kept with every case."""
        self._entries = Entries(terms, allow)
        self.size = self._entries.terms
        """How many different terms there are, variants written out."""
        self._automaton = build(self._entries.patterns)
        self._disguises = Disguises(self._entries, self._automaton)

    @property
    def terms(self) -> tuple[Term, ...]:
        """All its terms, variants written out."""
        return tuple(
            sort._replace(text=self._entries.text(number))
            for number in range(len(self._entries.patterns))
            for sort in self._entries.sorts[number]
        )

    def scan(self, folded: Folded) -> tuple[Hit, ...]:
        """Every hit in the order of the text, but none that an allow phrase covers, and of two of
        one category and kind, one inside the other, only the longer. What is disguised is no hit
        where it overlaps one of its category and kind that is not."""
        allowed: list[tuple[int, int]] = []
        silenced: list[Match] = []
        matches: list[Match] = []
        if found := self._automaton.find(folded.skeleton):
            self._sort_out(found, folded, allowed, silenced, matches)
        self._disguises.find(folded, allowed, silenced, matches)
        if not matches:
            return ()
        hits = [
            Hit(
                self._entries.text(number),
                sort.category,
                sort.gravity,
                sort.kind,
                sure,
                *folded.span(start, end),
                disguise,
            )
            for number, sort, start, end, sure, disguise in matches
        ]
        # Undisguised ones come in this order already.
        hits.sort(key=lambda hit: (hit.start, -hit.end))
        return tuple(hits)

    def warm(self) -> None:
        """Build all that is else built when a message first needs it, which takes a moment."""
        self._disguises.warm()

    def across(self, before: str, text: str) -> tuple[Hit, ...]:
        """The hits that begin in what somebody wrote just before and end in this text, where they
        are as much of the text as they take up."""
        return tuple(
            hit._replace(
                start=0,
                end=hit.end - len(before),
                confidence=hit.confidence * ACROSS,
                disguise="pieces",
            )
            for hit in self.scan(fold(before + text))
            if hit.start < len(before) < hit.end
        )

    def _sort_out(
        self,
        found: list[tuple[int, int, int]],
        folded: Folded,
        allowed: list[tuple[int, int]],
        silenced: list[Match],
        matches: list[Match],
    ) -> None:
        """Which of the patterns that were found are allow phrases, and which are terms in them and
        outside."""
        # The longest first at each place, so that what is inside something comes after it.
        found.sort(key=lambda match: (match[1], -match[2]))
        # One sweep: what ends within reach of an earlier or equal start is covered.
        covered = 0
        reach: dict[tuple[str, str], int] = {}
        for number, start, end in found:
            if number in self._entries.allowed:
                allowed.append((start, end))
                covered = max(covered, end)
            for sort in self._entries.sorts[number]:
                if end <= covered and sort.kind != "warning":
                    silenced.append(Match(number, sort, start, end, 1.0, ""))
                    continue
                key = (sort.category, sort.kind)
                if end <= reach.get(key, 0) or not stands(sort.mode, folded, start, end):
                    continue
                if sure := confidence_of(folded, start, end):
                    if sure == 1:
                        reach[key] = end
                    matches.append(Match(number, sort, start, end, sure, ""))

    def allowed(self, folded: Folded) -> tuple[tuple[int, int], ...]:
        """Where the allow phrases stand, as spans of the raw text."""
        return tuple(
            folded.span(start, end)
            for number, start, end in self._automaton.find(folded.skeleton)
            if number in self._entries.allowed
        )


def load(folder: Traversable) -> Lexicon:
    """Read a folder with a file for each category, context.tsv, allow.tsv and channels.tsv.

    Raises:
        LexiconError: a file is missing, is no category's, or has a wrong line.
    """
    texts = {
        file.name: file.read_text(encoding="utf-8")
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".tsv")
    }
    expected = {f"{name}.tsv" for name in (*CATEGORIES, CONTEXT, "allow", "channels")}
    if wrong := texts.keys() ^ expected:
        raise LexiconError(f"missing or not a category's: {'、'.join(sorted(wrong))}")
    digest = hashlib.sha256()
    for name, text in texts.items():
        digest.update(f"{name}\n{text}\n".encode())
    more = read_channels("channels.tsv", texts["channels.tsv"])
    terms = itertools.chain.from_iterable(
        read_terms(category, f"{category}.tsv", texts[f"{category}.tsv"])
        for category in (*CATEGORIES, CONTEXT)
    )
    lexicon = Lexicon(
        (_asking(term, more) for term in terms),
        read_allow("allow.tsv", texts["allow.tsv"]),
        digest.hexdigest()[:12],
    )
    if unknown := more.keys() - {skeleton_of(term) for term in lexicon.terms}:
        raise LexiconError(f"channels.tsv: no such term: {'、'.join(sorted(unknown))}")
    return lexicon


def _asking(term: Term, more: Mapping[str, frozenset[Channel]]) -> Term:
    """The term with the channels of channels.tsv beside those it has."""
    skeleton = skeleton_of(term)
    added = more.get(skeleton)
    return term if added is None else term._replace(channels=channels_of(term, skeleton) | added)


@cache
def built_in() -> Lexicon:
    """The lexicon that comes with the application, read once."""
    lexicon = load(files("src.core.text").joinpath("lexicon"))
    lexicon.warm()
    return lexicon
