"""Folding: the one form of a text that every search looks at, with offsets back into the text.

A skeleton holds letters and digits only: compatibility forms (full width, circled) resolved, case
folded, traditional characters made simplified; spaces, punctuation, symbols, emoji and everything
invisible are dropped. One `str.translate`, so it costs about 2 µs for 30 characters.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING
import unicodedata

from .addresses import addresses_in
from .parts import taken_apart
from .sounds import sounds
from .tables import rows

if TYPE_CHECKING:
    from .addresses import Address
    from .parts import Apart

_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")
"""Hangul fillers: letters by category, invisible on the screen."""
_MARK_OR_FORMAT = frozenset({"Cf", "Mn", "Me", "Cc", "Cs", "Cn"})
_KEPT = frozenset({"Ll", "Lo", "Nd", "Nl", "No"})
_CACHED_BELOW = 0x20000
"""Rarer characters are folded anew each time, so that no text can fill the memory."""


def _simplified() -> dict[str, str]:
    """Traditional character → simplified one, from traditional.tsv (its head says whence)."""
    table: dict[str, str] = {}
    for simplified, traditional in rows("traditional.tsv"):
        table |= dict.fromkeys(traditional, simplified)
    return table


_LOOK_ALIKES = str.maketrans(
    # Cyrillic, Greek and small-capital letters that look like Latin ones.
    "авекмнорстухіјѕԁһӏոսցԛԝ"
    "αβεζηικνορτυχωγɡɩɪʀʙɢʜʟɴʏꜱᴀʙᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢ"
    # Radicals that stand for characters of their own.
    "⺁⺆⺊⺌⺍⺕⺙⺢⺤⺧⺪⺮⺳⺶⺹⺺⺻⺼⺿⻊⻖⻗⻭",
    "abekmhopctyxijsdhlnugqw"
    "abeznikvoptuxwygiirbghlnysabcdejkmoptuvwz"
    "厂冂卜小小彐攵水爪牛疋竹网羊耂聿聿月艹足阝雨齿",
)


class _Table(dict[int, str]):
    """Character → what it becomes in a skeleton, worked out when first met."""

    def __init__(self) -> None:
        super().__init__()
        self._simplified = _simplified()

    def __missing__(self, code: int) -> str:
        # Case before and after: NFKC of a circled or mathematical letter may be upper case again.
        form = unicodedata.normalize("NFKC", chr(code).casefold()).casefold()
        kept = "".join(
            self._simplified.get(c, c)
            for c in form.translate(_LOOK_ALIKES)
            if unicodedata.category(c) in _KEPT and c not in _BLANK_LETTERS
        )
        if code < _CACHED_BELOW:
            self[code] = kept
        return kept


_TABLE = _Table()


class Folded:
    """A text and its skeleton. The map between them, and the addresses in the text, are worked out
    when first asked for."""

    __slots__ = ("_addresses", "_apart", "_breaks", "_offsets", "_sounds", "raw", "skeleton")

    def __init__(self, raw: str, skeleton: str) -> None:
        self.raw = raw
        self.skeleton = skeleton
        self._offsets: list[int] | None = None
        self._addresses: tuple[Address, ...] | None = None
        self._sounds: str | None = None
        self._apart: tuple[Apart, ...] | None = None
        self._breaks: frozenset[int] | None = None

    @property
    def addresses(self) -> tuple[Address, ...]:
        """The addresses of web pages in the text, in its order."""
        if self._addresses is None:
            self._addresses = addresses_in(self.raw)
        return self._addresses

    @property
    def sounds(self) -> str:
        """The skeleton by the sounds of its characters, place by place."""
        if self._sounds is None:
            self._sounds = sounds(self.skeleton)
        return self._sounds

    @property
    def apart(self) -> tuple[Apart, ...]:
        """The skeleton with its characters taken apart; empty where nothing tells of parts."""
        if self._apart is None:
            self._apart = taken_apart(self.skeleton)
        return self._apart

    @property
    def breaks(self) -> frozenset[int]:
        """The places in the skeleton before which something was dropped."""
        if self._breaks is None:
            offsets = self.offsets
            self._breaks = frozenset(
                place for place in range(1, len(offsets)) if offsets[place] > offsets[place - 1] + 1
            )
        return self._breaks

    @property
    def offsets(self) -> list[int]:
        """For each character of the skeleton, where in the text it stands; never decreasing."""
        if self._offsets is None:
            self._offsets = [
                place for place, c in enumerate(self.raw) for _ in range(len(_TABLE[ord(c)]))
            ]
        return self._offsets

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `skeleton[start:end]` stands in the text, as a half-open span.

        Raises:
            ValueError: the span is empty or leaves the skeleton.
        """
        if not 0 <= start < end <= len(self.skeleton):
            raise ValueError(f"no span of the skeleton: {start}-{end}")
        return self.offsets[start], self.offsets[end - 1] + 1

    def gaps(self, start: int, end: int) -> list[str]:
        """What was dropped between the characters of `skeleton[start:end]`, where anything was."""
        first, last = self.span(start, end)
        if last - first == end - start:
            return []
        places = self.offsets[start:end]
        return [self.raw[left + 1 : right] for left, right in pairwise(places) if right > left + 1]


def skeleton(text: str) -> str:
    """The skeleton alone."""
    return text.translate(_TABLE)


def fold(text: str) -> Folded:
    """Fold a text. Any string will do, lone surrogates too."""
    return Folded(text, text.translate(_TABLE))


def visible(dropped: str) -> int:
    """How many of these dropped characters a reader sees; zero-width ones and marks are none."""
    return sum(unicodedata.category(c) not in _MARK_OR_FORMAT for c in dropped)
