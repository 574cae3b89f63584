"""The addresses in a message, and what a clause says of them (14.2.2, 14.2.3, 14.3.2). Pure: an
address is read, never fetched."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from ipaddress import ip_address
from itertools import chain, islice
import re
from string import ascii_uppercase
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from src.core.text import CATEGORIES, Hit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .settings import ContentSettings

FINE = "fine"
"""The kind of a domain that is plainly no harm."""
ASK = 0.6
"""Confidence in an address that cannot be seen through: a person looks at it."""
_RULE = 3
"""Gravity of a domain that the clause itself forbids."""
_SLIGHT = 2
_MOST = 50
"""Addresses looked at in one message; a message with more is a flood of them anyway."""
_INSIDE = 6
"""A word of so many letters is found inside others too."""

# What people and programs write for a plain address, character by character, so that places stay.
_PLAIN = {
    **{code: chr(code - 0xFEE0).lower() for code in range(0xFF01, 0xFF5F)},
    **{ord(letter): letter.lower() for letter in ascii_uppercase},
    **{ord("｡"): "。", ord("\\"): "/", ord("＼"): "/"},
}

_MAYBE = re.compile(
    r"[A-Za-z0-9Ａ-Ｚａ-ｚ０-９]\s?[(\[（【]?\s?(?:[.．。｡点]|dot)|[:：][/／\\＼]", re.IGNORECASE
)
"""What every address holds somewhere; most messages do not."""
_SCHEME = re.compile(r"(?:h(?:tt|xx)ps?|ftp):/{2,}")
_AUTHORITY = re.compile(r"(?:[a-z0-9@:%_~!$&*+=-]|[.。](?=[a-z0-9]))*+")
_WIDE = re.compile(r"[^\s/?#:，；！？、（）【】《》<>\"']*")
"""A host in other letters than Latin ones."""
_REST = re.compile(r"(?::\d{1,5})?(?:[/?#][!-~]*)?")
_DOT = r"(?:\.|。|\s?点\s?|\sdot\s|[(\[（【]\s?(?:\.|。|点|dot)\s?[)\]）】])"
"""A dot, or what people write for one that programs should not see."""
_DOTS = re.compile(_DOT)
_HOST = re.compile(
    rf"(?<![a-z0-9@._/%-])((?:[a-z0-9-]++{_DOT}){{1,10}})([a-z]{{2,24}}|xn--[a-z0-9-]{{1,59}})(?![a-z0-9@-])"
)
_NUMBERS = re.compile(r"(?<![a-z0-9@._/%-])\d{1,3}(?:\.\d{1,3}){3}(?=[:/])")
DOMAIN = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+[a-z][a-z0-9-]{1,62}")
"""A domain that a clause may name; a whole ending (com, cn) is none."""
_COMMON = frozenset(("com", "cn", "net"))
"""Endings that a name of one or two digits has too (58.com); elsewhere that numbers a list."""
_DISGUISABLE = _COMMON | frozenset(
    "org top vip xyz cc club shop site online icu win bet info ltd".split()
)
_ENDINGS = _DISGUISABLE | frozenset(
    "gov edu io tv co app link live fun work wang ink asia biz pw ren mobi store tech space website"
    " loan casino poker porn xxx sex adult ly gl gd be".split()
)
"""Endings that make an address without http:// and without a path."""


class Address(NamedTuple):
    """Where a link leads. `start` and `end` are its place in the text, equal where it is a card's."""

    host: str
    """Lower case, without user and port; international names as `xn--`."""
    rest: str
    """Path and query, lower case."""
    hidden: bool
    """Written so that it looks like another: a user before the host, a number, `xn--`, percents."""
    start: int
    end: int


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


@lru_cache(maxsize=1)
def addresses(text: str, cards: tuple[str, ...] = ()) -> tuple[Address, ...]:
    """The addresses in a text, in its order, and those of cards. Each clause asks for those of the
    message at hand, so the last answer is kept."""
    found: list[Address] = []
    if _MAYBE.search(text):
        found += _in_text(text.translate(_PLAIN))
    for card in cards:
        inside = _in_text(card.translate(_PLAIN))
        found += (one._replace(start=0, end=0) for one in inside)
    return tuple(found[:_MOST])


def _in_text(plain: str) -> list[Address]:
    found: list[Address] = []
    reach = 0
    for match in islice(_SCHEME.finditer(plain), _MOST):
        if match.start() >= reach and (one := _with_scheme(plain, match)) is not None:
            found.append(one)
            reach = one.end
    taken = [(one.start, one.end) for one in found]
    for match in islice(chain(_HOST.finditer(plain), _NUMBERS.finditer(plain)), _MOST):
        if any(start <= match.start() < end for start, end in taken):
            continue
        if (one := _without_scheme(plain, match)) is not None:
            found.append(one)
    found.sort(key=lambda one: one.start)
    return found


def _with_scheme(plain: str, scheme: re.Match[str]) -> Address | None:
    match = _AUTHORITY.match(plain, scheme.end())
    if match is None or not any(dot in match[0] for dot in ".。"):
        match = _WIDE.match(plain, scheme.end())
    if match is None or not match[0]:
        return None
    authority = unquote(match[0].replace("。", "."))
    user, at, host = authority.rpartition("@")
    host = ascii_host(host.partition(":")[0])
    if not host:
        return None
    rest = _REST.match(plain, match.end())
    end = rest.end() if rest is not None else match.end()
    hidden = bool(at and user) or "%" in match[0] or _is_hidden(host)
    return Address(host, plain[match.end() : end], hidden, scheme.start(), end)


def _without_scheme(plain: str, match: re.Match[str]) -> Address | None:
    rest = _REST.match(plain, match.end())
    end = rest.end() if rest is not None else match.end()
    if match.re is _HOST:
        *labels, _ = _DOTS.split(match[1])
        ending = match[2]
        has_letter = any("a" <= letter <= "z" for letter in labels[-1])
        if not has_letter and ending not in _COMMON and len(labels[-1]) < 3:
            return None
        if any(dot != "." for dot in _DOTS.findall(match[1])):
            if not has_letter or ending not in _DISGUISABLE:
                return None
        elif ending not in _ENDINGS and not ending.startswith("xn--"):
            has_path = plain[match.end() : match.end() + 1] == "/" and end > match.end() + 1
            if not has_path:
                return None
        host = ".".join([*labels, ending])
    else:
        host = match[0]
    return Address(host, plain[match.end() : end], _is_hidden(host), match.start(), end)


def ascii_host(host: str) -> str:
    """The host as the network knows it: `xn--` for what is not ASCII. Empty where it is none."""
    host = host.strip(".")
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return ""


def _is_hidden(host: str) -> bool:
    """A number that the whole network can reach, or an international name."""
    if any(label.startswith("xn--") for label in host.split(".")):
        return True
    if host.isdecimal() or host.startswith("0x"):
        return True
    try:
        return ip_address(host).is_global
    except ValueError:
        return False


def suffixes(host: str) -> Iterator[str]:
    """The host and every domain it lies in, the longest first."""
    yield host
    while "." in host:
        host = host.partition(".")[2]
        yield host


def hits(text: str, cards: tuple[str, ...], settings: ContentSettings) -> list[Hit]:
    """The addresses that a clause forbids, or that a person has to look at."""
    if not settings.looks_at_links:
        return []
    found: list[Hit] = []
    for address in addresses(text, cards):
        entry = _judged(address, settings)
        if entry is not None:
            found.append(
                Hit(
                    address.host,
                    entry.category,
                    entry.gravity,
                    "alone",
                    entry.confidence,
                    address.start,
                    address.end,
                )
            )
    return found


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
