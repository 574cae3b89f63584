"""Terms: what the lexicon is made of, and the files that people write them in.

The files beside this module (`lexicon/*.tsv`) are ours, and lexicon/README.md says how to write them.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
import itertools
import math
import re
from typing import TYPE_CHECKING, Literal, NamedTuple, cast, get_args

from .folding import skeleton

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

Category = Literal[
    "insult",
    "mockery",
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
Channel = Literal["sound", "latin", "split", "initials"]
"""A disguise that a term asks to be looked for in: other characters of the same sound, pinyin for some
or all of it, the parts of its characters, its initials as a word of their own."""
CHANNELS: frozenset[Channel] = frozenset(get_args(Channel))

_MODES: tuple[str, ...] = get_args(Mode)
_KINDS: tuple[str, ...] = get_args(Kind)
_SHARED_KINDS = frozenset({"contact", "link", "warning"})

_MOST_VARIANTS = 500
_SOUNDED = range(3, 7)
"""So many characters sound like nothing else by chance; longer terms are left out to spare memory, as
hardly anybody replaces enough of them."""
_SPLIT = range(2, 5)
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
    channels: frozenset[Channel] | None = None
    """None: what suits its length, see `channels_of`."""


def skeleton_of(term: Term) -> str:
    """What a term is searched as.

    Raises:
        LexiconError: the term cannot be used; the message names it.
    """
    folded = folded_term(term.text)
    if term.mode == "anywhere":
        if len(folded) == 1:
            raise LexiconError(f"「{term.text}」 has one character: too much would be found")
        if folded.isascii():
            raise LexiconError(f"「{term.text}」 is Latin: its mode must be token")
    return folded


def channels_of(term: Term, skeleton: str) -> frozenset[Channel]:
    """The disguises a term is looked for in: those that it names, else what suits its length. A
    single character, or a term without a Han character, has none."""
    if len(skeleton) == 1 or skeleton.isascii() or term.kind == "warning":
        return frozenset()
    return _by_length(len(skeleton)) if term.channels is None else term.channels


@cache
def _by_length(size: int) -> frozenset[Channel]:
    asked: set[Channel] = {"latin"}
    if size in _SOUNDED:
        asked.add("sound")
    if size in _SPLIT:
        asked.add("split")
    return frozenset(asked)


def folded_term(text: str) -> str:
    """A term or phrase as it is searched for.

    Raises:
        LexiconError: nothing is left of it.
    """
    if folded := skeleton(text):
        return folded
    raise LexiconError(f"「{text}」 is empty: it has no letter and no digit")


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
    """The terms of one file: `gravity <tab> kind <tab> mode <tab> terms`, terms with spaces between;
    a fifth column names the channels, or `-` for none.

    Alternatives may come to the same term, but only with the same gravity, kind and mode.

    Raises:
        LexiconError: a line is wrong; the message begins with file and line.
    """
    seen: dict[str, tuple[Term, int]] = {}
    for number, line in _lines(text):
        with _at(name, number):
            columns = line.split("\t")
            if len(columns) not in (4, 5) or not columns[3].strip():
                raise LexiconError("four columns are needed: gravity, kind, mode, terms")
            gravity, kind, mode, written = columns[:4]
            channels = _channels(columns[4]) if len(columns) == 5 else None
            if gravity not in {"1", "2", "3", "4"}:
                raise LexiconError(f"no such gravity: {gravity}")
            if kind not in _KINDS or (category == CONTEXT) != (kind in _SHARED_KINDS):
                raise LexiconError(f"no such kind here: {kind}")
            if mode not in _MODES:
                raise LexiconError(f"no such mode: {mode}")
            for pattern in written.split():
                for variant in variants(pattern):
                    term = Term(
                        variant,
                        category,
                        int(gravity),
                        cast("Kind", kind),
                        cast("Mode", mode),
                        channels,
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


def _channels(column: str) -> frozenset[Channel]:
    named = frozenset(cast("list[Channel]", column.split())) - {"-"}
    if unknown := named - CHANNELS:
        raise LexiconError(f"no such channel: {' '.join(unknown)}")
    return named


def read_channels(name: str, text: str) -> dict[str, frozenset[Channel]]:
    """What else terms are looked for in: skeleton → channels; `channels <tab> terms` a line.

    Raises:
        LexiconError: a line is wrong; the message begins with file and line.
    """
    found: dict[str, frozenset[Channel]] = {}
    for number, line in _lines(text):
        with _at(name, number):
            column, tab, written = line.partition("\t")
            if not tab:
                raise LexiconError("two columns are needed: channels, terms")
            channels = _channels(column)
            for word in written.split():
                skeleton = folded_term(word)
                found[skeleton] = found.get(skeleton, frozenset()) | channels
    return found


def read_allow(name: str, text: str) -> Iterator[str]:
    """The allow phrases of a file, with spaces between.

    Raises:
        LexiconError: a phrase is empty once folded; the message begins with file and line.
    """
    for number, line in _lines(text):
        with _at(name, number):
            for pattern in line.split():
                for phrase in variants(pattern):
                    folded_term(phrase)
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
