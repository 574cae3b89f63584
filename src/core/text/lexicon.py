"""The lexicon: terms by category, searched for in a folded text.

The files beside this module (`lexicon/*.tsv`) are ours, and lexicon/README.md says how to write them.
A hit is only a place where a term stands; what follows from it is a detector's to say.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
import hashlib
from importlib.resources import files
import itertools
import math
import re
from typing import TYPE_CHECKING, Literal, NamedTuple, cast, get_args

from .automaton import build
from .folding import fold, visible

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from importlib.resources.abc import Traversable

    from .folding import Folded

Category = Literal[
    "insult",
    "discrimination",
    "pornography",
    "violence",
    "politics",
    "incitement",
    "religion",
    "gambling",
    "fraud",
    "ads",
    "canvassing",
    "rumour",
    "chain",
    "links",
]
CATEGORIES: tuple[Category, ...] = get_args(Category)
CONTEXT = "context"
"""The file of signals that belong to no category: how to get in touch, links, warnings."""
OWN = "own"
"""The category of terms that a clause brings itself."""

Mode = Literal["anywhere", "token", "message", "prefix"]
Kind = Literal[
    "alone",
    "slur",
    "target",
    "offer",
    "deal",
    "pretext",
    "fee",
    "demand",
    "urge",
    "object",
    "ask",
    "forward",
    "promise",
    "alarm",
    "claim",
    "contact",
    "link",
    "warning",
]
_MODES: tuple[str, ...] = get_args(Mode)
_KINDS: tuple[str, ...] = get_args(Kind)
_SHARED_KINDS = frozenset({"contact", "link", "warning"})

_SENTENCE_ENDS = frozenset("。！？；!?;")
_COMMAS = frozenset("，,：:…")
_BREAKS = frozenset("\n\r、")
_MOST_DROPPED = 4
"""So many visible symbols may stand between two characters of a match."""
_DOUBTFUL = 0.6
"""Confidence in a match that is as likely two neighbours: enough to ask a person."""
_MOST_VARIANTS = 500
_BRACES = re.compile(r"\{([^{}]*)\}")


class LexiconError(ValueError):
    """A term that cannot be used; the message says which, and where it stands."""


class Term(NamedTuple):
    """What the lexicon knows of a term. Gravity: 1 slight, 2 moderate, 3 serious, 4 severe.

    `kind` says what it takes: `alone` decides alone, any other is a signal that counts together with
    a signal of another kind.
    """

    text: str
    category: str
    gravity: int
    kind: Kind = "alone"
    mode: Mode = "anywhere"


class Hit(NamedTuple):
    """A term in a text. `start` and `end` are offsets in the raw text."""

    term: str
    category: str
    gravity: int
    kind: Kind
    confidence: float
    start: int
    end: int


class Lexicon:
    """Terms and allow phrases in one automaton. Never changed once built.

    Raises:
        LexiconError: a term or phrase is empty once folded, a single character that would be found
            anywhere, a Latin one without a boundary, or twice in one category.
    """

    def __init__(self, terms: Iterable[Term], allow: Iterable[str] = (), version: str = "") -> None:
        self.version = version
        """Which files it was read from: a digest, kept with every case."""
        entries: dict[str, list[Term]] = {}
        for term in terms:
            same = entries.setdefault(skeleton_of(term), [])
            if any(other.category == term.category for other in same):
                raise LexiconError(f"「{term.text}」 is there twice in {term.category}")
            same.append(term)
        self.size = len(entries)
        """How many different terms there are, variants written out."""
        self._allow = frozenset(_skeleton(phrase) for phrase in allow)
        patterns = tuple(entries.keys() | self._allow)
        self._entries = tuple((tuple(entries.get(p, ())), p in self._allow) for p in patterns)
        self._automaton = build(patterns)

    def scan(self, folded: Folded) -> tuple[Hit, ...]:
        """Every hit in the order of the text, but none that an allow phrase covers, and of two of
        one category and kind, one inside the other, only the longer."""
        found = self._automaton.find(folded.skeleton)
        if not found:
            return ()
        # The longest first at each place, so that what is inside something comes after it.
        found.sort(key=lambda match: (match[1], -match[2]))
        hits: list[Hit] = []
        # One sweep: what ends within reach of an earlier or equal start is covered.
        allowed = 0
        reach: dict[tuple[str, str], int] = {}
        for number, start, end in found:
            terms, is_allowed = self._entries[number]
            if is_allowed:
                allowed = max(allowed, end)
            for term in terms:
                if end <= allowed and term.kind != "warning":
                    continue
                key = (term.category, term.kind)
                if end <= reach.get(key, 0) or not _stands(term, folded, start, end):
                    continue
                if confidence := _confidence(folded, start, end):
                    if confidence == 1:
                        reach[key] = end
                    place = folded.span(start, end)
                    hits.append(
                        Hit(term.text, term.category, term.gravity, term.kind, confidence, *place)
                    )
        return tuple(hits)

    def allowed(self, folded: Folded) -> tuple[tuple[int, int], ...]:
        """Where the allow phrases stand, as spans of the raw text."""
        return tuple(
            folded.span(start, end)
            for number, start, end in self._automaton.find(folded.skeleton)
            if self._entries[number][1]
        )


def skeleton_of(term: Term) -> str:
    """What a term is searched as.

    Raises:
        LexiconError: the term cannot be used; the message names it.
    """
    skeleton = _skeleton(term.text)
    if term.mode == "anywhere":
        if len(skeleton) == 1:
            raise LexiconError(f"「{term.text}」 has one character: too much would be found")
        if skeleton.isascii():
            raise LexiconError(f"「{term.text}」 is Latin: its mode must be token")
    return skeleton


def _skeleton(text: str) -> str:
    if skeleton := fold(text).skeleton:
        return skeleton
    raise LexiconError(f"「{text}」 is empty: it has no letter and no digit")


def _stands(term: Term, folded: Folded, start: int, end: int) -> bool:
    """Whether the term's mode lets it be found here."""
    match term.mode:
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


def _confidence(folded: Folded, start: int, end: int) -> float:
    """1, or less where what was dropped inside the match may have brought it together; 0: no match.

    A symbol inside a word hides it. A space, a line break or a comma may hide it too, but more often
    two words stand side by side there; what sets every character apart is a disguise whatever it is.
    """
    gaps = folded.gaps(start, end)
    if not gaps:
        return 1.0
    dropped = frozenset("".join(gaps))
    if dropped & _SENTENCE_ENDS or any(visible(gap) > _MOST_DROPPED for gap in gaps):
        return 0.0
    if end - start > 2 and len(gaps) == end - start - 1:
        return 1.0
    if dropped & _COMMAS:
        return 0.0
    if dropped & _BREAKS or (end - start > 2 and any(map(str.isspace, dropped))):
        return _DOUBTFUL
    return 1.0


def variants(pattern: str) -> Iterator[str]:
    """What a written term stands for: each `{a|b}` is one of its alternatives."""
    parts = [part.split("|") for part in _BRACES.split(pattern)[1::2]]
    literals = _BRACES.split(pattern)[0::2]
    if any(brace in literal for literal in literals for brace in "{}|"):
        raise LexiconError(f"「{pattern}」 has a brace or bar without its partner")
    if math.prod(map(len, parts)) > _MOST_VARIANTS:
        raise LexiconError(f"「{pattern}」 stands for more than {_MOST_VARIANTS} terms")
    for chosen in itertools.product(*parts):
        yield literals[0] + "".join(a + b for a, b in zip(chosen, literals[1:], strict=True))


def read_terms(category: str, name: str, text: str) -> Iterator[Term]:
    """The terms of one file: `gravity <tab> kind <tab> mode <tab> terms`, terms with spaces between.

    Alternatives may come to the same term, but only with the same gravity, kind and mode.

    Raises:
        LexiconError: a line is wrong; the message begins with file and line.
    """
    seen: dict[str, tuple[Term, int]] = {}
    for number, line in _lines(text):
        with _at(name, number):
            columns = line.split("\t")
            if len(columns) != 4 or not columns[3].strip():
                raise LexiconError("four columns are needed: gravity, kind, mode, terms")
            gravity, kind, mode, written = columns
            if gravity not in {"1", "2", "3", "4"}:
                raise LexiconError(f"no such gravity: {gravity}")
            if kind not in _KINDS or (category == CONTEXT) != (kind in _SHARED_KINDS):
                raise LexiconError(f"no such kind here: {kind}")
            if mode not in _MODES:
                raise LexiconError(f"no such mode: {mode}")
            for pattern in written.split():
                for variant in variants(pattern):
                    term = Term(
                        variant, category, int(gravity), cast("Kind", kind), cast("Mode", mode)
                    )
                    skeleton = skeleton_of(term)
                    if len(skeleton) != len(variant):
                        raise LexiconError(f"「{variant}」 holds what folding drops")
                    other, where = seen.get(skeleton, (None, 0))
                    if other is None:
                        seen[skeleton] = (term, number)
                        yield term
                    elif pattern == variant == other.text or term[2:] != other[2:]:
                        raise LexiconError(f"「{variant}」 is already in line {where}")


def read_allow(name: str, text: str) -> Iterator[str]:
    """The allow phrases of a file, with spaces between.

    Raises:
        LexiconError: a phrase is empty once folded; the message begins with file and line.
    """
    for number, line in _lines(text):
        with _at(name, number):
            for pattern in line.split():
                for phrase in variants(pattern):
                    _skeleton(phrase)
                    yield phrase


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            yield number, line


@contextmanager
def _at(name: str, number: int) -> Generator[None]:
    """Says in which line of which file something went wrong."""
    try:
        yield
    except LexiconError as error:
        raise LexiconError(f"{name}:{number}: {error}") from None


def load(folder: Traversable) -> Lexicon:
    """Read a folder with a file for each category, context.tsv and allow.tsv.

    Raises:
        LexiconError: a file is missing, is no category's, or has a wrong line.
    """
    texts = {
        file.name: file.read_text(encoding="utf-8")
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".tsv")
    }
    expected = {f"{name}.tsv" for name in (*CATEGORIES, CONTEXT, "allow")}
    if wrong := texts.keys() ^ expected:
        raise LexiconError(f"missing or not a category's: {'、'.join(sorted(wrong))}")
    digest = hashlib.sha256()
    for name, text in texts.items():
        digest.update(f"{name}\n{text}\n".encode())
    return Lexicon(
        itertools.chain.from_iterable(
            read_terms(category, f"{category}.tsv", texts[f"{category}.tsv"])
            for category in (*CATEGORIES, CONTEXT)
        ),
        read_allow("allow.tsv", texts["allow.tsv"]),
        digest.hexdigest()[:12],
    )


@cache
def built_in() -> Lexicon:
    """The lexicon that comes with the application, read once."""
    return load(files("src.core.text").joinpath("lexicon"))
