"""The addresses of web pages in a text, also where they are written so that programs should not
see them. Pure; nothing is ever fetched."""

from __future__ import annotations

from bisect import bisect_right
from ipaddress import ip_address
from itertools import chain
import re
from string import ascii_uppercase
from typing import NamedTuple
from urllib.parse import unquote

_MOST = 200
"""Addresses looked at in one message; a message with more is a wall of them anyway."""

_LONGEST_HOST = 253
"""The longest name that the network has (RFC 1035, 2.3.4)."""

# What people and programs write for a plain address, character by character, so that places stay.
_PLAIN = {
    **{code: chr(code - 0xFEE0).lower() for code in range(0xFF01, 0xFF5F)},
    **{ord(letter): letter.lower() for letter in ascii_uppercase},
    **{ord("｡"): "。", ord("\\"): "/", ord("＼"): "/"},
}

_MAYBE = re.compile(
    r"[A-Za-z0-9Ａ-Ｚａ-ｚ０-９]\s?[(\[（【]?\s?(?:[.．。｡点]|[Dd][Oo][Tt])|[:：][/／\\＼]"
)
"""What every address holds somewhere; most messages do not."""
_SCHEME = re.compile(r"(?:h(?:tt|xx)ps?|ftp):/{2,}")
_AUTHORITY = re.compile(r"(?:[a-z0-9@:%_~!$&*+=-]|[.。](?=[a-z0-9]))*+")
_WIDE = re.compile(r"[^\s/?#:，；！？、（）【】《》<>\"']*")
"""A host in other letters than Latin ones."""
_REST = re.compile(r"(?::\d{1,5})?(?:[/?#][!-~]{0,500})?")
"""Bounded, as one address may begin inside the rest of another."""
_PATH = re.compile(r"/[!-~]")
_DOT = r"(?:\.|。|\s?点\s?|\sdot\s|[(\[（【]\s?(?:\.|。|点|dot)\s?[)\]）】])"
"""A dot, or what people write for one that programs should not see."""
_DOTS = re.compile(_DOT)
_HOST = re.compile(
    rf"(?<![a-z0-9@._/%-])((?:[a-z0-9-]++{_DOT}){{1,10}})([a-z]{{2,24}}|xn--[a-z0-9-]{{1,59}})(?![a-z0-9@-])"
)
_NUMBERS = re.compile(r"(?<![a-z0-9@._/%-])\d{1,3}(?:\.\d{1,3}){3}(?=[:/])")
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
    """Where a link leads. `start` and `end` are its place in the text."""

    host: str
    """Lower case, without user and port; international names as `xn--`."""
    rest: str
    """Path and query, lower case."""
    hidden: bool
    """Written so that it looks like another: a user before the host, a number, `xn--`, percents."""
    start: int
    end: int


def addresses_in(text: str) -> tuple[Address, ...]:
    """The addresses in a text, in its order."""
    if _MAYBE.search(text) is None:
        return ()
    plain = text.translate(_PLAIN)
    found: list[Address] = []
    reach = 0
    for match in _SCHEME.finditer(plain):
        if match.start() >= reach and (one := _with_scheme(plain, match)) is not None:
            found.append(one)
            reach = one.end
            if len(found) == _MOST:
                return tuple(found)
    starts, ends = [one.start for one in found], [one.end for one in found]
    for match in chain(_HOST.finditer(plain), _NUMBERS.finditer(plain)):
        before = bisect_right(starts, match.start()) - 1
        if before >= 0 and match.start() < ends[before]:
            continue
        if (one := _without_scheme(plain, match)) is not None:
            found.append(one)
            if len(found) == _MOST:
                break
    found.sort(key=lambda one: one.start)
    return tuple(found)


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
            if _PATH.match(plain, match.end()) is None:
                return None
        host = ".".join([*labels, ending])
    else:
        host = match[0]
    # Read last: it may be as long as the text, and what is no address is beyond counting.
    rest = _REST.match(plain, match.end())
    end = rest.end() if rest is not None else match.end()
    return Address(host, plain[match.end() : end], _is_hidden(host), match.start(), end)


def ascii_host(host: str) -> str:
    """The host as the network knows it: `xn--` for what is not ASCII. Empty where it is none."""
    host = host.strip(".")
    if len(host) > _LONGEST_HOST:
        return ""
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
