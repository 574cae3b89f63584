"""What a message shows besides its author's own text: cards, files, markdown, red packets.

Pure, and linear in the size of what was sent: whoever sends a card chooses its depth and its length.
What is beyond the bounds is not read.
"""

from __future__ import annotations

import base64
import binascii
from html import unescape
import json
import re
from typing import TYPE_CHECKING

from src.core.chat.events import MOST_LINKS, MOST_SHOWN, SEAM
from src.core.chat.reading import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from src.core.chat.reading import Raw

_LONGEST_LINK = 2_000
_MOST_VALUES = 5_000
"""Values of a JSON card that are looked at."""
_DEEPEST = 12
_JOINT = "。\n"
"""Between two pieces of one card, so that no term is found across them."""

_WORDS = frozenset(
    "address brief content desc label name nickname prompt singer source_name sourcename summary tag"
    " text title visited_label".split()
)
"""Keys whose value people read, whatever is in it; other values count where they are not ASCII."""
_NOT_READ = frozenset({"host", "config", "token", "extra"})
"""Parts of a card that nobody sees: who shares it, how it is drawn."""
_PICTURE = re.compile("preview|icon|cover|(?<!to)pic|avatar|image|img|thumb|logo")
_ADDRESSES = ("url", "link", "href")

_WEB = re.compile(r"https?://\S", re.IGNORECASE)
_BARE_ADDRESS = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?([/?#]|$)", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/]{8,}={0,2}")
_MARKDOWN_LINK = re.compile(r"(!?)\[([^\[\]]*)\]\(([^()\s]*)\)")
_XML_TEXT = re.compile(r">([^<>]+)<")
_XML_ATTRIBUTE = re.compile(
    r"\b(brief|title|name|summary|desc|url|href)=(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE
)


class Shown:
    """Collects what the segments of one message show."""

    def __init__(self) -> None:
        self._cards: list[str] = []
        self._links: dict[str, None] = {}
        self._left = MOST_SHOWN

    @property
    def text(self) -> str:
        """All of it, one card apart from the next."""
        return SEAM.join(self._cards)

    @property
    def links(self) -> tuple[str, ...]:
        """The addresses, each once, in the order in which they stood."""
        return tuple(self._links)

    def add(self, text: str) -> None:
        """Add what one card shows."""
        text = clean(text[: self._left]).strip()
        if text:
            self._left -= len(text)
            self._cards.append(text)

    def link(self, address: str) -> None:
        """Add an address, where it is one of the web."""
        address = address.strip()
        if (
            len(self._links) < MOST_LINKS
            and len(address) <= _LONGEST_LINK
            and (_WEB.match(address) or _BARE_ADDRESS.match(address))
        ):
            self._links[clean(address)] = None

    def take(self, kind: str, data: Raw) -> None:
        """Add what a segment of one of the kinds in `SHOWS` shows."""
        pieces = dict.fromkeys(piece for piece in SHOWS[kind](self, data) if piece)
        self.add(_JOINT.join(pieces))


def _strings(data: Raw, *names: str) -> Iterator[str]:
    for name in names:
        value = data.get(name)
        if isinstance(value, str):
            yield value


def file_name(data: Raw) -> str:
    """The name of a file, empty where none is told."""
    # `file` is the name in most dialects and an address or a path in some.
    names = _strings(data, "name", "file_name", "title", "file")
    return clean(next((name for name in names if name and "/" not in name), ""))


def _file(shown: Shown, data: Raw) -> Iterable[str]:
    return [file_name(data)]


def _red_packet(shown: Shown, data: Raw) -> Iterable[str]:
    return _strings(data, "title")


def _shared(shown: Shown, data: Raw) -> Iterable[str]:
    """A link, a song or a place, in fields of OneBot's own."""
    for address in _strings(data, "url", "jumpUrl"):
        shown.link(address)
    return _strings(data, "title", "content", "desc", "singer")


def _markdown(shown: Shown, data: Raw) -> Iterable[str]:
    content = data.get("content")
    # NapCat's dialect, and the one of the platform's own robots.
    text = content.get("content") if isinstance(content, dict) else content
    if not isinstance(text, str):
        return []

    def label(link: re.Match[str]) -> str:
        if not link[1]:
            shown.link(link[3])
        return "" if link[1] else link[2]

    return [_MARKDOWN_LINK.sub(label, text).strip()]


def _json(shown: Shown, data: Raw) -> Iterable[str]:
    card = data.get("data")
    if isinstance(card, str):
        try:
            # A number so long that it is no `int` must not hide the rest; none is read.
            card = json.loads(card, parse_int=float)
        except (ValueError, RecursionError):
            return []
    return _values(shown, card)


def _values(shown: Shown, card: object) -> Iterator[str]:
    """The strings in a card that people read, in its order; its addresses go to `shown`."""
    # The root's key is no word's: a bare string is no card.
    waiting: list[tuple[str, object, int]] = [("", card, 0)]
    for _ in range(_MOST_VALUES):
        if not waiting:
            return
        key, value, depth = waiting.pop()
        if isinstance(value, str):
            if piece := _read(shown, key, value):
                yield piece
        elif depth == _DEEPEST:
            continue
        elif isinstance(value, dict):
            children = [
                (str(name).lower(), child, depth + 1)
                for name, child in value.items()
                if name not in _NOT_READ
            ]
            waiting.extend(reversed(children[:_MOST_VALUES]))
        elif isinstance(value, list):
            waiting.extend((key, child, depth + 1) for child in reversed(value[:_MOST_VALUES]))


def _read(shown: Shown, key: str, value: str) -> str:
    """A value of a card as people read it; empty where they do not, as with an address."""
    value = value.strip()
    if key in _WORDS:
        if _WEB.match(value):
            shown.link(value.split(maxsplit=1)[0])
        return _decoded(value) or value
    if key.endswith(_ADDRESSES) or _WEB.match(value):
        if not _PICTURE.search(key):
            shown.link(value)
        return ""
    return _decoded(value) if value.isascii() else value


def _decoded(value: str) -> str:
    """The words that an announcement's card holds in base64; empty where it holds none."""
    if len(value) % 4 or not _BASE64.fullmatch(value):
        return ""
    try:
        words = base64.b64decode(value).decode()
    except (binascii.Error, ValueError):
        return ""
    # Letters that only happen to be base64 are next to never UTF-8 beyond ASCII.
    return "" if words.isascii() else words


def _unescaped(text: str) -> str:
    """The text with its character references resolved; as it is where one is no number at all,
    as of thousands of digits: it must not hide the rest."""
    try:
        return unescape(text)
    except ValueError:
        return text


def _xml(shown: Shown, data: Raw) -> Iterator[str]:
    card = data.get("data")
    if not isinstance(card, str):
        return
    card = card.replace("<![CDATA[", "").replace("]]>", "")
    for name, double, single in _XML_ATTRIBUTE.findall(card):
        value = _unescaped(double or single)
        if name.lower() in _ADDRESSES:
            shown.link(value)
        else:
            yield value.strip()
    for text in _XML_TEXT.findall(card):
        yield _unescaped(text).strip()


SHOWS: dict[str, Callable[[Shown, Raw], Iterable[str]]] = {
    "json": _json,
    "xml": _xml,
    "file": _file,
    "flash_file": _file,
    "redbag": _red_packet,
    "share": _shared,
    "music": _shared,
    "location": _shared,
    "markdown": _markdown,
    "keyboard": _values,
}
"""Kinds of segments that show something: what of it people read."""
