"""The addresses in a message, and what a clause says of them (14.2.2, 14.2.3, 14.3.2). Pure: an
address is read, never fetched."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
import re
from typing import TYPE_CHECKING, NamedTuple

from src.core.text import CATEGORIES, Hit, addresses_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from src.core.text import Address

    from .settings import ContentSettings

FINE = "fine"
"""The kind of a domain that is plainly no harm."""
ASK = 0.6
"""Confidence in an address that cannot be seen through: a person looks at it."""
_RULE = 3
"""Gravity of a domain that the clause itself forbids."""
_SLIGHT = 2
_INSIDE = 6
"""A word of so many letters is found inside others too."""

DOMAIN = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+[a-z][a-z0-9-]{1,62}")
"""A domain that a clause may name; a whole ending (com, cn) is none."""


class Entry(NamedTuple):
    """What the table says of a domain, word or file."""

    gravity: int
    category: str
    confidence: float


class Table(NamedTuple):
    """domains.tsv."""

    domains: dict[str, Entry]
    words: dict[str, Entry]
    files: dict[str, Entry]


class TableError(ValueError):
    """A line of the table is wrong; the message begins with its number."""


def read_table(text: str) -> Table:
    """Read the table; its head says how it is written.

    Raises:
        TableError: a line is wrong, or a name is there twice.
    """
    table = Table({}, {}, {})
    places = {"domain": table.domains, "word": table.words, "file": table.files}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        columns = line.split("\t")
        if len(columns) != 5 or columns[3] not in places or not columns[4].split():
            raise TableError(f"{number}: five columns are needed: {line!r}")
        gravity, category, sure, place, names = columns
        if category == FINE:
            right = (gravity, sure) == ("0", "-")
        else:
            right = category in CATEGORIES and gravity in set("1234") and sure in ("act", "ask")
        if not right:
            raise TableError(f"{number}: gravity, category and certainty do not fit: {line!r}")
        entry = Entry(int(gravity), category, 1.0 if sure == "act" else ASK)
        for name in names.split():
            if name in places[place] or name != name.lower():
                raise TableError(f"{number}: {name} is there twice, or not in lower case")
            places[place][name] = entry
    return table


@cache
def built_in() -> Table:
    """The table that comes with the application, read once."""
    path = files("src.plugins.content_filter").joinpath("domains.tsv")
    return read_table(path.read_text(encoding="utf-8"))


@cache
def categories() -> frozenset[str]:
    """The categories that an address can belong to."""
    table = built_in()
    every = (*table.domains.values(), *table.words.values(), *table.files.values())
    return frozenset(entry.category for entry in every) - {FINE}


def suffixes(host: str) -> Iterator[str]:
    """The host and every domain it lies in, the longest first."""
    yield host
    while "." in host:
        host = host.partition(".")[2]
        yield host


def hits(written: Sequence[Address], cards: Sequence[str], settings: ContentSettings) -> list[Hit]:
    """The addresses, in the text and of cards, that a clause forbids or a person has to look at.
    A card's has no place in the text."""
    of_cards = (one._replace(start=0, end=0) for card in cards for one in addresses_in(card))
    return [
        Hit(one.host, entry.category, entry.gravity, "alone", entry.confidence, one.start, one.end)
        for one in (*written, *of_cards)
        if (entry := _judged(one, settings)) is not None
    ]


def _judged(address: Address, settings: ContentSettings) -> Entry | None:
    """What the clause says first, then what the table says, then what holds for all links."""
    for domain in suffixes(address.host):
        if domain in settings.domains_forbidden:
            return Entry(_RULE, "links", 1.0)
        if domain in settings.domains_allowed:
            return None
    known = _known(address)
    every = settings.links == "any"
    if known is not None and known.category in settings.categories:
        return known._replace(confidence=1.0) if every else known
    if every:
        return Entry(_SLIGHT, "links", 1.0)
    if settings.links == "unknown" and (known is None or known.category != FINE):
        return Entry(_SLIGHT, "links", ASK)
    return None


def _known(address: Address) -> Entry | None:
    """What the table says of an address; None where it knows nothing."""
    table = built_in()
    # A plainly harmless site may well hold a vote of its own, so domains come before words.
    for domain in suffixes(address.host):
        if (entry := table.domains.get(domain)) is not None:
            return entry
    written = address.host + address.rest
    words = set(re.split(r"[^a-z0-9]+", written)) | set(re.split(r"[^a-z]+", written))
    matching = [
        entry
        for word, entry in table.words.items()
        if word in words or (len(word) >= _INSIDE and word in written)
    ]
    path = re.split(r"[?#]", address.rest)[0].rstrip("!\"'),.:;>]}")
    if "." in path and (entry := table.files.get(path.rpartition(".")[2])) is not None:
        matching.append(entry)
    if address.hidden:
        matching.append(Entry(_SLIGHT, "links", ASK))
    return max(matching, key=lambda entry: (entry.confidence, entry.gravity), default=None)
