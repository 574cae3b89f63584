"""From hits to a finding: which categories a message really breaks. Pure, no platform, no database."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, cast

from src.core.area import ACT
from src.core.text import CONTEXT, OWN, Hit, contacts_in, fold

from .quoting import without_quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from src.core.text import Category, Folded

    from .settings import ContentSettings

COMBINED = 0.9
"""Confidence in signals that stand together."""
EXCUSED = 0.5
"""Confidence in a grave term inside a warning: a person looks at it."""
HIDDEN = 0.6
"""Confidence in a signal that stands alone, but is all that somebody is told, or was hidden as nobody
hides a word by chance."""
_ALL = 8
"""Characters of a message that says nothing but a slur."""
ASKING = 0.6
"""Confidence in a term that the clause lets only ask."""
GRAVE = 3
"""From this gravity on, a warning makes a term doubtful; below, it excuses it."""

_WEIGHTS: Mapping[str, float] = {"fee": 0.5, "urge": 0.5, "link": 0.5}
"""Notices are full of these, so each weighs half; any other kind of signal weighs 1."""
_NEEDED = 2.0
_NEAR = 80
"""How far apart, in characters, the signals of one combination may begin."""
_NEAR_PERSON = 10
_PERSONAL = frozenset({"insult", "mockery", "discrimination"})
"""A slur counts only close to whom it is aimed at, and how to get in touch adds nothing to it."""
_SELLING = frozenset({"offer", "pretext"})
"""Kinds of signals that an account or telephone number makes an advert of."""
_HIDING = frozenset({"latin", "split"})
_NEVER_EXCUSED = _PERSONAL | {"incitement"}
_CORE: Mapping[str, str] = dict.fromkeys(
    ("pornography", "violence", "politics", "religion", "gambling"), "offer"
) | {"incitement": "object"}
"""The kind without which the signals of a grave category only say that something is sold or asked."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One category that a message breaks. `spans` are offsets in the raw text, in its order."""

    category: str
    gravity: int
    confidence: float
    spans: tuple[tuple[int, int], ...]
    terms: tuple[str, ...]
    """The terms of ours that made it; an address is none."""
    hidden: tuple[str, ...]
    """How they were disguised, where they were."""

    @property
    def rank(self) -> tuple[bool, int, float]:
        """What acts comes before what asks a person, then the graver."""
        return (self.confidence >= ACT, self.gravity, self.confidence)


def breaches(
    folded: Folded,
    hits: Sequence[Hit],
    settings: ContentSettings,
    *,
    links: Sequence[Hit] = (),
    staff: bool = False,
    aimed: bool = False,
) -> list[Breach]:
    """What a message breaks, the gravest first. `links`: its addresses that the clause does not let
    through. `staff`: a teacher or manager wrote it, who may collect fees and give a telephone number.
    `aimed`: it mentions or answers somebody, whom a slur is aimed at where that is all of it."""
    aimed = aimed and len(folded.skeleton) <= _ALL
    if settings.own is not None:
        hits = [
            *_outside(hits, sorted(settings.own.allowed(folded))),
            *settings.own.scan(folded),
        ]
    hits = list(without_quoted(folded.raw, hits))
    if settings.asking:
        hits = [_asked(hit, settings) for hit in hits]
    by_category: dict[str, list[Hit]] = {}
    for hit in hits:
        if hit.category in settings.categories or hit.category in (OWN, CONTEXT):
            by_category.setdefault(hit.category, []).append(hit)
    for hit in links:
        by_category.setdefault(hit.category, []).append(hit)
    context = by_category.pop(CONTEXT, [])
    shared = [hit for hit in context if hit.kind != "warning"]
    if not staff and any(hit.kind in _SELLING for hits in by_category.values() for hit in hits):
        shared += [Hit("", CONTEXT, 1, "contact", 1.0, *span) for span in contacts_in(folded)]
    warnings = len({hit.term for hit in context if hit.kind == "warning"})
    linked = frozenset(links)
    found: list[Breach] = []
    for category, own in by_category.items():
        excuses = warnings + (staff and category == "fraud")
        if category in _NEVER_EXCUSED or (category == "links" and settings.links == "any"):
            excuses = 0
        breach = _breach(category, own, shared, excuses, linked, aimed)
        least = settings.at_least.get(cast("Category", category), 1)
        if breach is not None and breach.gravity >= least:
            found.append(breach)
    found.sort(key=lambda breach: breach.rank, reverse=True)
    return found


def _asked(hit: Hit, settings: ContentSettings) -> Hit:
    """The hit, doubtful where its term may only ask."""
    if fold(hit.term).skeleton not in settings.asking:
        return hit
    return hit._replace(confidence=min(hit.confidence, ASKING))


def _breach(
    category: str,
    hits: Sequence[Hit],
    shared: Sequence[Hit],
    excuses: int,
    linked: frozenset[Hit],
    aimed: bool,
) -> Breach | None:
    """What a category's hits come to. One warning leaves a grave term to a person, two excuse all."""
    counted = [hit for hit in hits if hit.kind == "alone"]
    confidence = _together_sure(counted)
    if excuses:
        counted = [hit for hit in counted if hit.gravity >= GRAVE and excuses == 1]
        confidence = min(confidence, EXCUSED)
    else:
        signals = [hit for hit in hits if hit.kind != "alone"]
        sure = [hit for hit in signals if hit.confidence == 1]
        if together := _together(category, sure, shared):
            confidence = max(confidence, COMBINED)
        elif together := _together(category, signals, shared):
            confidence = max(confidence, COMBINED * min(hit.confidence for hit in together))
        counted += together
        meant = aimed and category in _PERSONAL
        if not counted and (counted := [s for s in signals if meant or s.disguise in _HIDING]):
            confidence = HIDDEN
    if not counted:
        return None
    return Breach(
        category,
        max(hit.gravity for hit in counted),
        confidence,
        # A card's address has no place in the text.
        tuple(sorted({(hit.start, hit.end) for hit in counted if hit.end})),
        tuple(dict.fromkeys(hit.term for hit in counted if hit not in linked)),
        tuple(sorted({hit.disguise for hit in counted if hit.disguise})),
    )


def _together_sure(hits: Sequence[Hit]) -> float:
    """How sure several terms make us: the surest of them, or the disguised ones as independent
    voices, each place once."""
    places: dict[tuple[int, int], float] = {}
    for hit in hits:
        if hit.disguise:
            place = (hit.start, hit.end)
            places[place] = max(places.get(place, 0.0), hit.confidence)
    surest = max((hit.confidence for hit in hits), default=0.0)
    return max(surest, 1 - prod(1 - confidence for confidence in places.values()))


def _together(category: str, signals: Sequence[Hit], shared: Sequence[Hit]) -> list[Hit]:
    """The signals that stand near enough to others for all of them to count, in one sweep."""
    if not signals:
        return []
    near = _NEAR
    others: list[Hit] = []
    if category in _PERSONAL:
        near = _NEAR_PERSON
    elif category != "incitement":  # nobody calls to arms by giving an account
        # A place that is already a signal of the category is not a shared one as well.
        taken = {place for hit in signals for place in range(hit.start, hit.end)}
        others = [hit for hit in shared if not {hit.start, hit.end - 1} & taken]
    window: deque[Hit] = deque()
    kinds: Counter[str] = Counter()
    counted: set[Hit] = set()
    for hit in sorted([*signals, *others], key=lambda hit: hit.start):
        window.append(hit)
        kinds[hit.kind] += 1
        while window[0].start < hit.start - near:
            kinds[window.popleft().kind] -= 1
        if sum(_WEIGHTS.get(kind, 1.0) for kind, times in kinds.items() if times) >= _NEEDED:
            counted.update(window)
    core = _CORE.get(category)
    if core and not any(hit.kind == core for hit in counted):
        return []
    return [hit for hit in signals if hit in counted]


def _outside(hits: Sequence[Hit], allowed: Sequence[tuple[int, int]]) -> Iterator[Hit]:
    """The hits that none of the allowed spans covers, and all warnings. Both in the text's order."""
    coming = 0
    reach = 0
    for hit in hits:
        while coming < len(allowed) and allowed[coming][0] <= hit.start:
            reach = max(reach, allowed[coming][1])
            coming += 1
        if hit.end > reach or hit.kind == "warning":
            yield hit
