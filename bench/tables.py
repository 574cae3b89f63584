"""Makes the tables that src/core/text reads: `python -m bench.tables COMPONENTS`.

COMPONENTS is cjk-decomp.txt (github.com/amake/cjk-decomp, taken under its MIT licence); the pairs come
from the Apache and MIT sets beside the repository (LCCC, KdConv, CrossWOZ, COLD). Needs pypinyin
(MIT), which the application does not: `pip install pypinyin`. What comes out is statistics of
single characters and pairs; no text of the sets is in it.
"""

from __future__ import annotations

from pathlib import Path
import re
import sys
from typing import TYPE_CHECKING
import unicodedata

from src.core.text import fold
from src.core.text.parts import STROKE
from tests.datasets import cold, crosswoz, kdconv, lccc

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEXT = Path("src/core/text")
_HAN = re.compile(r"[㐀-鿿]+")
_TIMES = {"ra": 2, "rd": 2, "r3": 3, "r4": 4, "r5": 5}
"""How often a part that is repeated stands in a character, by how the repetition begins."""


def sounds() -> str:
    """Syllable without tone → the characters that are read so; a second line for other readings."""
    from pypinyin import Style, pinyin  # pyright: ignore[reportMissingImports]

    first: dict[str, list[str]] = {}
    others: dict[str, list[str]] = {}
    for code in range(0x4E00, 0xA000):
        character = chr(code)
        if fold(character).skeleton != character:
            continue
        (readings,) = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore") or (
            [],
        )
        plain = list(dict.fromkeys(one.replace("ü", "v").replace("ê", "e") for one in readings))
        plain = [one for one in plain if re.fullmatch("[a-z]+", one)]
        for place, reading in enumerate(plain[:3]):
            (others if place else first).setdefault(reading, []).append(character)
    head = (
        "# syllable <tab> the characters whose usual reading it is <tab> those that are also read so.\n"
        "# Made by bench/tables.py from pypinyin 0.55.0 (MIT, github.com/mozillazg/python-pinyin).\n"
    )
    return head + "".join(
        f"{syllable}\t{''.join(first.get(syllable, ''))}\t{''.join(others.get(syllable, ''))}\n"
        for syllable in sorted(first.keys() | others.keys())
    )


def _is_common(character: str) -> bool:
    """Whether it is one of the 6,763 characters that everyday Chinese is written with."""
    try:
        return bool(character.encode("gb2312"))
    except UnicodeEncodeError:
        return False


def components(path: Path) -> str:
    """Character → what it looks like written as its parts, one after the other."""
    table: dict[str, tuple[str, list[str]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        character, _, rest = line.partition(":")
        kind, _, parts = rest.rstrip(")").partition("(")
        table[character] = (kind, [part for part in parts.split(",") if part])

    def inside(part: str) -> list[str]:
        """The parts of a part; none where they only say that it is another turned round."""
        kind, parts = table.get(part, ("", []))
        if len(parts) == 1:
            return parts * next((n for start, n in _TIMES.items() if kind.startswith(start)), 0)
        return [] if kind.startswith("m") else parts

    def parts_of(character: str) -> list[str]:
        """Its parts as characters; what is no character itself is its own parts."""
        return [
            one
            for part in inside(character)
            for one in (parts_of(part) if part.isdecimal() else [part])
        ]

    # Nobody takes the radicals of the dictionaries apart, but for the last, which are rare as such.
    radicals = {fold(chr(code)).skeleton for code in range(0x2F00, 0x2FD6)} - set(
        "父音鼓鼻齐香首骨高"
    )
    wanted = [chr(code) for code in range(0x4E00, 0xA000) if _is_common(chr(code))]
    known = set(wanted)
    lines: list[str] = []
    for character in wanted:  # grows while it is read
        parts = parts_of(character)
        written = "".join(
            STROKE if "\u31c0" <= part <= "\u31ef" else fold(part).skeleton for part in parts
        )
        if written and character not in radicals and fold(character).skeleton == character:
            lines.append(f"{character}\t{written}\n")
        new = [one for one in parts if one >= "\u3400" and one not in known]
        known.update(new)
        wanted += new
    head = (
        f"# character <tab> its parts; {STROKE} for any stroke.\n"
        "# Made by bench/tables.py from CJK Decomposition Data 0.4 by Gavin Grover (MIT among others,\n"
        "# github.com/amake/cjk-decomp): everyday characters and what they are made of.\n"
    )
    return head + "".join(lines)


def texts() -> Iterator[str]:
    """Ordinary Chinese: what nobody has called offensive."""
    yield from (*lccc(), *kdconv(), *crosswoz())
    yield from (text for text, offends in cold("train") if not offends)


def pairs() -> str:
    """First character → the characters that usually follow it."""
    seen: set[str] = set()
    for text in texts():
        for run in _HAN.findall(fold(text).skeleton):
            seen.update(run[place : place + 2] for place in range(len(run) - 1))
    follow: dict[str, list[str]] = {}
    for pair in sorted(seen):
        follow.setdefault(pair[0], []).append(pair[1])
    head = (
        "# character <tab> the characters that follow it in ordinary Chinese.\n"
        "# Made by bench/tables.py: pairs seen in LCCC (MIT), and in KdConv, CrossWOZ and the harmless\n"
        "# part of COLD (all Apache-2.0).\n"
    )
    return head + "".join(f"{first}\t{''.join(rest)}\n" for first, rest in follow.items())


def main() -> None:
    for name, content in (
        ("sounds.tsv", sounds()),
        ("components.tsv", components(Path(sys.argv[1]))),
        ("pairs.tsv", pairs()),
    ):
        (_TEXT / name).write_text(unicodedata.normalize("NFC", content), encoding="utf-8")


if __name__ == "__main__":
    main()
