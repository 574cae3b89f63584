"""Characters that are written as their parts, one after the other: 女马 for 妈. Pure; the table is
read once."""

from __future__ import annotations

from functools import cache
from itertools import accumulate, pairwise
import re
from typing import TYPE_CHECKING, NamedTuple

from .automaton import build
from .tables import rows
from .usual import unusual

if TYPE_CHECKING:
    from .automaton import Automaton

_SAME = (
    "人亻儿八入 水氵氺 手扌才龵 言讠訁 金钅釒 草艸艹卄廾 心忄㣺 犬犭 示礻 衣衤 走辶辵 阜阝 糸纟糹 食饣飠"
    " 刀刂 火灬 口囗 日曰 肉月 玉王 土士 攵夂夊攴 网罒 爪爫 卩㔾 足𧾷 牛牜 羊⺷ 宀冖 病疒 老耂 木朩 西覀"
    " 圣𢀖 爿丬"
).split()
"""Parts that people write for one another, a radical and the character it stands for above all."""
STROKE = "丨"
_STROKES = "丨丿丶丷一亅乛乚乙乀乁丆丄丅𠂆"
"""Strokes count as one however many there are, or not at all: nobody agrees on them."""
_ALSO_WORDS = frozenset("一乙")
_OF_STROKES = str.maketrans(
    dict(zip("人小子三白虫北西", "丿乀 八亅 了一 一二 丿日 口厶 丬匕 一四".split(), strict=True))
)
"""Characters that some take apart although they are hardly more than strokes."""
_ALIKE = {
    **{other: group[0] for group in _SAME for other in group},
    **dict.fromkeys(_STROKES, STROKE),
}


class _Tables(NamedTuple):
    leaves: dict[int, str]
    """Character → its parts and their parts, those that people write for one another as one."""
    telling: Automaton
    """Finds what hardly stands in ordinary text: a bare radical, or two parts side by side."""


@cache
def _tables() -> _Tables:
    parts = dict(rows("components.tsv"))
    leaves = dict(_ALIKE)

    def leaves_of(character: str) -> str:
        known = leaves.get(character)
        if known is None:
            below = _one_stroke("".join(map(leaves_of, parts.get(character, ""))))
            known = leaves[character] = below or character
        return known

    telling = set(_STROKES) - _ALSO_WORDS | {
        one
        for written in parts.values()
        for one in (*written, *map("".join, pairwise(written)))
        if unusual(one)
    }
    return _Tables(
        {ord(character): leaves_of(character) for character in parts.keys() | leaves.keys()},
        build(tuple(telling)),
    )


def in_parts(term: str) -> tuple[str, ...]:
    """A term's characters taken apart, as `taken_apart` writes them."""
    ways = [way.parts for way in _ways(term)]
    strokes = term.translate(_OF_STROKES)
    if strokes != term:
        ways.append(_ways(strokes)[0].parts)
    return tuple(filter(None, dict.fromkeys(ways)))


class Apart(NamedTuple):
    """A text with all its characters taken apart."""

    parts: str
    places: dict[int, int]
    """Where in the skeleton a character begins that begins there, and where the last one ends."""


def taken_apart(skeleton: str) -> tuple[Apart, ...]:
    """All characters taken apart, so that it does not matter which of them somebody took apart, and
    how far. With strokes and without; nothing where nothing in the text tells of parts."""
    return _ways(skeleton) if _tables().telling.find(skeleton) else ()


def _ways(skeleton: str) -> tuple[Apart, Apart]:
    leaves = _tables().leaves
    pieces = [leaves.get(ord(character), character) for character in skeleton]
    with_strokes: list[str] = []
    after_stroke = False
    for piece in pieces:
        with_strokes.append(piece[1:] if after_stroke and piece[:1] == STROKE else piece)
        after_stroke = piece[-1:] == STROKE
    return _apart(with_strokes), _apart([piece.replace(STROKE, "") for piece in pieces])


def _apart(pieces: list[str]) -> Apart:
    edges = accumulate(map(len, pieces), initial=0)
    return Apart("".join(pieces), {edge: place for place, edge in enumerate(edges)})


def _one_stroke(written: str) -> str:
    """Strokes side by side as one."""
    return re.sub(f"{STROKE}+", STROKE, written)
