"""What a message is about, and whether its author may start a talk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.area import Area, DefaultClause

from . import texts
from .explain import explain
from .reading import Seen, answers_of, is_chain, nothing_else
from .settings import TopicSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from src.core.area import Finding, Message, Windows
    from src.core.text import Hit

    from .settings import Matter

ASK = 0.6
"""Confidence where a person should look."""

_POLITE = frozenset({"small_talk", "flattery", "blessings"})
"""A courtesy beside class business is in its place."""
_THANKS = frozenset({"flattery", "blessings"})
"""Beside thanks to a teacher these are in their place too."""
_PICTURED = 60.0
"""Seconds for which a picture and the words after it belong together: WeChat sends them apart."""
_SHORT = 6
"""So few characters may answer something that we do not see."""

area = Area(
    "topic",
    title="话题",
    settings=TopicSettings,
    default=DefaultClause(texts.CLAUSE, steps=("remind", "remind", "warn")),
)

area.explanation(explain)


@area.detector
def unrelated(message: Message, settings: TopicSettings, windows: Windows) -> Finding | None:
    """A message about what has no place here (08.1.2.3, 12.2.1, 14.1.3, 15.4.1, 17.3.3)."""
    # A command is no talk.
    if not settings.off_topic or message.is_command:
        return None
    if "small_talk" in settings.off_topic and is_chain(message):
        return _found("small_talk", 1.0)
    if not message.folded.skeleton:
        return None
    seen = Seen(message.folded)
    if seen.has("urgent", "absence"):
        return None
    best: tuple[float, Matter, list[Hit]] | None = None
    for matter in settings.off_topic:
        hits = _about(matter, message, seen, windows)
        confidence = _confidence(matter, hits, seen) if hits else 0.0
        if confidence > (best[0] if best else 0.0):
            best = (confidence, matter, hits)
    if best is None:
        return None
    confidence, matter, hits = best
    return _found(matter, confidence, hits)


@area.detector
def started(message: Message, settings: TopicSettings, windows: Windows) -> Finding | None:
    """Somebody starts a talk where only teachers do (08.1.2.3). Without words of one's own it is no
    start: which pictures, files and forwards may be sent is another clause's."""
    if settings.who == "everyone" or message.author_is_staff or message.is_command:
        return None
    if not message.event.text.strip() or not message.folded.skeleton:
        return None
    seen = Seen(message.folded)
    if seen.has("urgent") or any(one in settings.others_may for one in answers_of(message, seen)):
        return None
    unsure = seen.has("school", "teacher", "perhaps") or len(message.folded.skeleton) <= _SHORT
    return _found("start", ASK if unsure else 1.0)


def _found(matter: str, confidence: float, hits: Sequence[Hit] = ()) -> Finding:
    """A finding that says what it is about, and where."""
    spans = tuple(sorted({(hit.start, hit.end) for hit in hits}))
    facts = {"matter": matter}
    return area.finding(gravity=1, confidence=confidence, spans=spans, facts=facts)


def _about(matter: Matter, message: Message, seen: Seen, windows: Windows) -> list[Hit]:
    """The words that make a message one about this matter; none where they do not."""
    found = [*seen.of(f"{matter} alone"), *seen.pairs(matter)]
    pictured = seen.of(f"{matter} picture")
    # A teacher's picture of the lunch is a report of the class.
    if pictured and not message.author_is_staff and _has_picture(message, windows):
        found += pictured
    whole = seen.of(f"{matter} whole")
    if whole and nothing_else(message.folded, whole, seen):
        found += whole
    return found


def _confidence(matter: Matter, hits: list[Hit], seen: Seen) -> float:
    """How sure it is that this is no class business; 0 where it is."""
    if matter == "individual":
        return 1.0 if any(hit.category.endswith("alone") for hit in hits) else ASK
    if matter in _POLITE:
        # A greeting to a teacher alone begins a question.
        to_teacher = matter == "small_talk" and seen.has("teacher") and not seen.has("everyone")
        thanks = matter in _THANKS and seen.has("thanks")
        return 0.0 if seen.has("school") or to_teacher or thanks else 1.0
    if seen.has("teacher"):
        return 0.0
    business = {seen.sentence(hit) for hit in seen.of("school")}
    if any(seen.sentence(hit) in business for hit in hits):
        return 0.0
    return ASK if business or seen.has("perhaps") else 1.0


def _has_picture(message: Message, windows: Windows) -> bool:
    """Whether a picture came with the message, or right before it."""
    return any(size.pictures for size in windows.sizes(message, _PICTURED))
