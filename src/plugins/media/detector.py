"""What a message holds besides words, and whether it may. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
import unicodedata

from src.core.area import Area, DefaultClause, Finding, Message, Wait, Windows
from src.core.chat.events import Kind

from . import texts
from .settings import MediaSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

area = Area(
    "media",
    title="图片、语音、文件与链接",
    settings=MediaSettings,
    default=DefaultClause(
        texts.CLAUSE, steps=("remind", "warn"), settings={"approval": ["file", "link"]}
    ),
)

_KINDS = {
    Kind.IMAGE: "picture",
    Kind.STICKER: "sticker",
    Kind.VOICE: "voice",
    Kind.VIDEO: "video",
    Kind.FILE: "file",
    Kind.CARD: "card",
    Kind.FORWARD: "forward",
    Kind.RED_PACKET: "red_packet",
}
_WORDS = frozenset({Kind.TEXT, Kind.MENTION, Kind.MENTION_ALL, Kind.REPLY, Kind.FACE})
_ANSWERS = frozenset({Kind.MENTION, Kind.REPLY})
_PICTURES = ("picture", "video")
_ASK = 0.5
"""Confidence in a file whose name is not told: a person looks at it."""
_LIST = re.compile(r"接龙|^[^\S\n]*[\d①-⑳一二三四五六七八九十]+[^\S\n]*[.、．)）:：]", re.MULTILINE)
"""Whoever joins a list sends all of it again; that is no post."""


def kinds(message: Message) -> dict[str, None]:
    """The kinds in a message, each once, in their order; its words are the first."""
    event = message.event
    found: dict[str, None] = {}
    if event.text.strip():
        found["text"] = None
        if message.folded.addresses and message.folded.addresses[0].start < len(event.text):
            found["link"] = None
    found |= dict.fromkeys(_KINDS[one.kind] for one in event.segments if one.kind in _KINDS)
    return found


def extension(name: str) -> str:
    """The extension by which a device opens a file, in lower case; empty where it has none."""
    visible = "".join(c for c in name if unicodedata.category(c) not in ("Cf", "Cc"))
    plain = unicodedata.normalize("NFKC", visible).replace("。", ".").strip(" .").lower()
    stem, dot, ending = plain.rpartition(".")
    return ending.strip() if dot and stem.strip(" .") else ""


def is_post(message: Message, least: int) -> bool:
    """Whether a text is published rather than said to somebody (07.5.4): it is long, answers nobody
    and is no list that people join."""
    event = message.event
    return (
        len(event.text.strip()) >= least
        and not any(one.kind in _ANSWERS for one in event.segments)
        and not _LIST.search(event.text)
    )


def named(found: Iterable[str]) -> str:
    """Kinds for people."""
    return "、".join(texts.KINDS[kind] for kind in found)


@area.detector
def not_allowed(message: Message, settings: MediaSettings, windows: Windows) -> Finding | None:
    """A kind that is not among the allowed ones (06.2.4, 14.1.5, 15.5.2)."""
    if not settings.allowed or (settings.staff_exempt and message.author_is_staff):
        return None
    found = [kind for kind in kinds(message) if kind not in settings.allowed]
    if not found:
        return None
    return area.finding(
        gravity=1,
        # An album comes picture by picture.
        incident="kinds/" + "/".join(found),
        facts={"kinds": found},
        advice=texts.INSTEAD[found[0]],
    )


@area.detector
def not_for_study(message: Message, settings: MediaSettings, windows: Windows) -> Finding | None:
    """A file whose extension is not among those of the clause (19.4.2)."""
    if not settings.files or (settings.staff_exempt and message.author_is_staff):
        return None
    for segment in message.event.segments:
        if segment.kind is not Kind.FILE:
            continue
        ending = extension(segment.name)
        if ending in settings.files:
            continue
        what = "type" if ending else "none" if segment.name else "unknown"
        return area.finding(
            gravity=2,
            confidence=1.0 if segment.name else _ASK,
            facts={"file": what},
            advice=texts.FILES_INSTEAD.format(extensions="、".join(settings.files)),
        )
    return None


@area.detector
def at_this_time(message: Message, settings: MediaSettings, windows: Windows) -> Finding | None:
    """A picture or video at a time of the day at which there are none (15.5.2)."""
    if not settings.pictures_at or (settings.staff_exempt and message.author_is_staff):
        return None
    found = [kind for kind in kinds(message) if kind in _PICTURES]
    if not found or settings.pictures_in(message.minute):
        return None
    return area.finding(
        gravity=1,
        incident="time",
        facts={"minute": message.minute},
        advice=texts.TIME_INSTEAD.format(spans="、".join(settings.pictures_at)),
    )


@area.detector
def without_consent(message: Message, settings: MediaSettings, windows: Windows) -> Finding | None:
    """What a member sends only with a manager's consent (07.5.4, 15.6.1)."""
    if not settings.approval or message.author_is_staff:
        return None
    found = kinds(message)
    if message.event.links:
        found["link"] = None
    if "post" in settings.approval and is_post(message, settings.post_characters):
        found["post"] = None
    held = tuple(kind for kind in found if kind in settings.approval)
    if not held:
        return None
    words = all(segment.kind in _WORDS for segment in message.event.segments)
    wait = Wait(held, named(held), settings.approval_within, publish=words)
    return area.finding(gravity=1, facts={"waits": list(held)}, wait=wait)
