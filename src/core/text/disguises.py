"""Terms that were written so that a search should miss them (anchors/filter.md, 4.2 and 5).

Each channel costs nothing where nothing in a text speaks for it, and none makes so sure that it
could act alone where the same characters may well stand there by chance.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import defaultdict
from functools import cached_property
from itertools import accumulate, pairwise
import re
from typing import TYPE_CHECKING, NamedTuple

from . import usual
from .automaton import build
from .matches import Match, confidence_of, stands, torn
from .parts import in_parts
from .sounds import initials, spoken, ways_to_sound
from .terms import Channel, channels_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .automaton import Automaton
    from .entries import Entries
    from .folding import Folded
    from .sounds import Spoken
    from .terms import Term
    from .usual import Words

_SPELLED = 0.9
"""Pinyin, parts and repetition: hardly anybody writes so by chance."""
_SOUNDED = 0.8
_SHORT = 0.6
"""Two syllables, or initials: enough to ask a person."""
_SYLLABLES = 3
"""Fewer syllables than these are said in any text, so they count only where nothing else reads well."""
_LONGEST = 20_000
"""Characters of a text that is looked into so closely; a longer one would hold up everybody else."""
_LATIN = re.compile("[a-z]")
_OFTEN_DOUBLED = (
    "妈爸哥姐弟妹爷奶叔姑舅姨婶伯宝娃人天家个看说想谢哈嘿嘻呵慢好多大小常刚等试听走问点样种次件块"
    "年月日处事句声步层口手头心星花草树水火山石白红黄绿亮轻快早晚真细远高满写读算跳跑数学练"
)
"""Characters that stand twice in ordinary words."""
_STRETCHED = re.compile(rf"([^0-9a-z{_OFTEN_DOUBLED}])\1|([^0-9])\2\2")


class _Sought(NamedTuple):
    """What the terms of a channel look like."""

    automaton: Automaton
    owners: array[int]
    """For each pattern, the number of its term."""


class Disguises:
    """The channels of a lexicon's terms. Never changed once built."""

    def __init__(self, entries: Entries, plain: Automaton) -> None:
        """`plain` finds the patterns of the entries."""
        self._entries = entries
        self._plain = plain
        self._channels = [
            frozenset[Channel]().union(*(channels_of(sort, skeleton) for sort in sorts))
            for skeleton, sorts in zip(entries.patterns, entries.sorts, strict=True)
        ]
        self._sounds = self._seek("sound", ways_to_sound)
        self._initials = self._seek("initials", initials)

    def _seek(self, channel: Channel, written: Callable[[str], Iterable[str]]) -> _Sought:
        ways: list[str] = []
        owners = array("I")
        for number, channels in enumerate(self._channels):
            # What is looked for by its sound is found in pinyin with it.
            if channel in channels and not (channel == "latin" and "sound" in channels):
                for way in written(self._entries.patterns[number]):
                    ways.append(way)
                    owners.append(number)
        return _Sought(build(ways), owners)

    def _asked(self, number: int, channel: Channel) -> list[Term]:
        """Those of a pattern's terms that ask for a channel."""
        skeleton = self._entries.patterns[number]
        return [t for t in self._entries.sorts[number] if channel in channels_of(t, skeleton)]

    # These two are built when first needed, as hardly a message needs them.
    @cached_property
    def _latin(self) -> _Sought:
        return self._seek("latin", ways_to_sound)

    @cached_property
    def _split(self) -> _Sought:
        return self._seek("split", in_parts)

    def warm(self) -> None:
        """Build what is built when first needed."""
        _ = self._latin, self._split

    def find(
        self,
        folded: Folded,
        allowed: Sequence[tuple[int, int]],
        silenced: Sequence[Match],
        matches: list[Match],
    ) -> None:
        """Add to the `matches` what else stands in the text in disguise, outside of the `allowed`
        spans (in the text's order), of what these silence, and of what is there already."""
        if len(folded.skeleton) > _LONGEST:
            return
        found = self._sounding(folded)
        if _LATIN.search(folded.skeleton) is not None:
            found += self._in_latin(folded)
            found += self._by_initials(folded)
        if folded.apart:
            found += self._in_parts(folded)
        if _STRETCHED.search(folded.skeleton) is not None:
            found += self._repeated(folded)
        if found:
            _add(found, allowed, silenced, matches)

    def _sounding(self, folded: Folded) -> list[Match]:
        """Terms of which some characters were replaced by others of the same sound."""
        skeleton = folded.skeleton
        matches: list[Match] = []
        for way, start, end in self._sounds.automaton.find(folded.sounds):
            if usual.reads_well(skeleton, start, end):
                continue
            if skeleton[start:end] in self._entries.numbers:
                continue
            number = self._sounds.owners[way]
            own = self._entries.patterns[number]
            if not _is_odd(skeleton, start, own, usual.words_in(skeleton, start, end)):
                continue
            sure = confidence_of(folded, start, end)
            sure *= _SHORT if end - start < _SYLLABLES else _SOUNDED
            matches += (
                Match(number, sort, start, end, sure, "sound")
                for sort in self._asked(number, "sound")
                if sure and stands(sort.mode, folded, start, end)
            )
        return matches

    def _in_latin(self, folded: Folded) -> list[Match]:
        """Terms of which some or all characters were written in pinyin, outside of addresses."""
        return [
            Match(number, sort, start, end, _SPELLED, "latin")
            for text in spoken(folded.skeleton, folded.breaks)
            for automaton, owners in (self._sounds, self._latin)
            for way, first, last in automaton.find(text.signs)
            if any(text.latin[first:last])
            for start, end in ((text.starts[first], text.starts[last]),)
            for number in (owners[way],)
            if _spells(self._entries.patterns[number], folded, text, first, last)
            and not torn(folded, start, end)
            and not _in_address(folded, start, end)
            for sort in self._asked(number, "latin")
        ]

    def _by_initials(self, folded: Folded) -> list[Match]:
        """Terms of which only the first letters were written, as a word of their own."""
        return [
            Match(number, sort, start, end, _SHORT, "initials")
            for way, start, end in self._initials.automaton.find(folded.skeleton)
            if stands("token", folded, start, end) and not folded.gaps(start, end)
            for number in (self._initials.owners[way],)
            for sort in self._asked(number, "initials")
        ]

    def _in_parts(self, folded: Folded) -> list[Match]:
        """Terms of which some characters were written as their parts."""
        matches: list[Match] = []
        for text in folded.apart:
            for way, first, last in self._split.automaton.find(text.parts):
                number = self._split.owners[way]
                start, end = text.places.get(first), text.places.get(last)
                if start is None or end is None or torn(folded, start, end):
                    continue
                if end - start > len(self._entries.patterns[number]):
                    matches += (
                        Match(number, sort, start, end, _SPELLED, "split")
                        for sort in self._asked(number, "split")
                    )
        return matches

    def _repeated(self, folded: Folded) -> list[Match]:
        """Terms of which some characters were written several times over."""
        skeleton = folded.skeleton
        starts = [
            place
            for place, character in enumerate(skeleton)
            if not place or skeleton[place - 1] != character
        ]
        once = "".join(skeleton[place] for place in starts)
        starts.append(len(skeleton))
        return [
            Match(number, sort, starts[first], starts[last], _SPELLED, "repeat")
            for number, first, last in self._plain.find(once)
            if _is_stretched(skeleton, starts[first : last + 1])
            and not torn(folded, starts[first], starts[last])
            for sort in self._entries.sorts[number]
            if stands(sort.mode, folded, starts[first], starts[last])
        ]


def _is_odd(skeleton: str, start: int, own: str, words: Words) -> bool:
    """Whether the characters that replace a term's own look as if they did: none is in a word that
    reaches further, one is in no word at all, and one fits neither of its neighbours, or half of all
    do not fit."""
    written = skeleton[start : start + len(own)]
    pairs = [usual.unusual(pair) for pair in map("".join, pairwise(written))]
    odd = [place for place, character in enumerate(written) if character != own[place]]
    places = {start + place for place in odd}
    if not words.across.isdisjoint(places) or places <= words.inside:
        return False
    return 2 * sum(pairs) >= len(pairs) or any(all(pairs[max(0, p - 1) : p + 1]) for p in odd)


def _spells(own: str, folded: Folded, text: Spoken, first: int, last: int) -> bool:
    """Whether what is not in pinyin is the term's own, and the whole begins or ends as a word does."""
    for place in range(first, last):
        if not text.latin[place] and folded.skeleton[text.starts[place]] != own[place - first]:
            return False
    return any(
        edge in (0, len(folded.skeleton))
        or edge in folded.breaks
        or not (_is_latin(folded.skeleton[edge - 1]) and _is_latin(folded.skeleton[edge]))
        for edge in (text.starts[first], text.starts[last])
    )


def _in_address(folded: Folded, start: int, end: int) -> bool:
    first, last = folded.span(start, end)
    return any(one.start < last and first < one.end for one in folded.addresses)


def _is_latin(character: str) -> bool:
    return "a" <= character <= "z"


def _is_stretched(skeleton: str, starts: Sequence[int]) -> bool:
    """Whether a character stands there more often than ordinary words have it."""
    return any(
        after - place > (2 if skeleton[place] in _OFTEN_DOUBLED or skeleton[place].isascii() else 1)
        for place, after in pairwise(starts)
        if not skeleton[place].isdecimal()
    )


def _add(
    found: Iterable[Match],
    allowed: Sequence[tuple[int, int]],
    silenced: Sequence[Match],
    matches: list[Match],
) -> None:
    """Add the surest and longest of each category and kind, each place once. What an allow phrase
    silences still has its place, so that nothing else appears there for its sake."""
    starts = [start for start, _ in allowed]
    reach = list(accumulate((end for _, end in allowed), max))
    taken: dict[tuple[str, str], _Places] = defaultdict(_Places)
    for match in (*matches, *silenced):
        taken[match.sort.category, match.sort.kind].take(match)
    for match in sorted(found, key=lambda one: (one.confidence, one.end - one.start), reverse=True):
        if taken[match.sort.category, match.sort.kind].take(match):
            before = bisect_right(starts, match.start)
            if not before or reach[before - 1] < match.end:
                matches.append(match)


class _Places:
    """Which characters of a text belong to a match."""

    def __init__(self) -> None:
        self._covered = bytearray()
        self._spans: set[tuple[int, int]] = set()
        self._known: set[tuple[int, int, int]] = set()

    def take(self, match: Match) -> bool:
        """Take a match's place. False: it shares characters with another's, other than standing at
        the same place, or it is there already."""
        number, _, start, end, _, _ = match
        if (number, start, end) in self._known:
            return False
        if (start, end) not in self._spans and self._covered.find(1, start, end) >= 0:
            return False
        self._covered.extend(bytes(max(0, end - len(self._covered))))
        self._covered[start:end] = b"\1" * (end - start)
        self._spans.add((start, end))
        self._known.add((number, start, end))
        return True
