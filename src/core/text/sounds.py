"""How characters sound, so that a word is found again that is written with others of the same sound,
or in Latin letters.

A sound is a syllable without its tone in which z and zh, c and ch, s and sh, l and n, and the endings
-n and -ng are one, as in many mouths and most disguises. Pure; the tables are read once.
"""

from __future__ import annotations

from functools import cache
import re
from typing import NamedTuple

from .tables import rows

_FIRST_SIGN = 0xE000
"""Sounds are written as characters for private use, so that texts can be searched by them."""
_LONGEST_TOKEN = 24


class _Tables(NamedTuple):
    signs: dict[str, str]
    """Syllable → its sign; syllables of one sound have one."""
    usual: dict[int, str]
    """Character → the sign of its usual reading."""
    others: dict[str, str]
    """Character → the sign of another reading."""
    initial: dict[str, str]
    """Character → the first letter of its usual reading."""


@cache
def _tables() -> _Tables:
    signs: dict[str, str] = {}
    by_sound: dict[str, str] = {}
    usual: dict[int, str] = {}
    initial: dict[str, str] = {}
    others: list[tuple[str, str]] = []
    for syllable, first, second in rows("sounds.tsv"):
        sign = by_sound.setdefault(_sound(syllable), chr(_FIRST_SIGN + len(by_sound)))
        signs[syllable] = sign
        usual |= dict.fromkeys(map(ord, first), sign)
        initial |= dict.fromkeys(first, syllable[0])
        others += [(character, sign) for character in second]
    readings: dict[str, str] = {}
    for character, sign in others:
        if usual.setdefault(ord(character), sign) != sign:
            readings.setdefault(character, sign)
    return _Tables(signs, usual, readings, initial)


def _sound(syllable: str) -> str:
    plain = re.sub("^([zcs])h", r"\1", syllable)
    plain = re.sub("^n", "l", plain)
    return plain.removesuffix("g") if plain.endswith("ng") else plain


def sounds(skeleton: str) -> str:
    """The skeleton with each Han character replaced by the sign of its sound; as long as before."""
    return skeleton.translate(_tables().usual)


def ways_to_sound(skeleton: str) -> tuple[str, ...]:
    """A term as `sounds` writes it, and once more with the last character that has another reading
    read so. All readings of all characters would find little more, and take much memory."""
    usual = sounds(skeleton)
    others = _tables().others
    for place in range(len(skeleton) - 1, -1, -1):
        if other := others.get(skeleton[place]):
            return usual, f"{usual[:place]}{other}{usual[place + 1 :]}"
    return (usual,)


def initials(skeleton: str) -> tuple[str, ...]:
    """The first letters of a term's syllables; nothing where a character has none."""
    letters = [_tables().initial.get(character, "") for character in skeleton]
    return ("".join(letters),) if all(letters) else ()


class Spoken(NamedTuple):
    """A text with Latin letters in it, written by its sounds."""

    signs: str
    starts: list[int]
    """For each sign, where in the skeleton it begins; one more at the end."""
    latin: list[bool]
    """For each sign, whether it was written in Latin letters."""


def spoken(skeleton: str, breaks: frozenset[int]) -> list[Spoken]:
    """The skeleton by its sounds, its Latin words as syllables where they can be read so. Two where
    a word can be read in two ways. `breaks`: places in the skeleton where a new word begins."""
    ways = [_spoken(skeleton, breaks, longest) for longest in (True, False)]
    return ways if ways[0].signs != ways[1].signs else ways[:1]


def _spoken(skeleton: str, breaks: frozenset[int], longest: bool) -> Spoken:
    signs: list[str] = []
    starts: list[int] = []
    latin: list[bool] = []
    tables = _tables()
    place = 0
    while place < len(skeleton):
        end = place
        while (
            end < len(skeleton)
            and "a" <= skeleton[end] <= "z"
            and (end == place or end not in breaks)
        ):
            end += 1
        syllables = _syllables(skeleton[place:end], longest) if end > place else ()
        if not syllables:
            end = max(end, place + 1)
            for inside in range(place, end):
                signs.append(tables.usual.get(ord(skeleton[inside]), skeleton[inside]))
                starts.append(inside)
                latin.append(False)
        for syllable in syllables:
            signs.append(tables.signs[syllable])
            starts.append(place)
            latin.append(True)
            place += len(syllable)
        place = end
    starts.append(len(skeleton))
    return Spoken("".join(signs), starts, latin)


def _syllables(word: str, longest: bool) -> tuple[str, ...]:
    """A Latin word as syllables that cover it; empty where there is no such way."""
    if len(word) > _LONGEST_TOKEN:
        return ()
    signs = _tables().signs
    ways: list[tuple[str, ...] | None] = [*[None] * len(word), ()]
    sizes = range(6, 0, -1) if longest else range(1, 7)
    for start in range(len(word) - 1, -1, -1):
        for size in sizes:
            rest = ways[start + size] if start + size <= len(word) else None
            if rest is not None and word[start : start + size] in signs:
                ways[start] = (word[start : start + size], *rest)
                break
    return ways[0] or ()
