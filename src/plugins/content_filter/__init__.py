"""Content filter: what may not be said, by category (08.1.2, 14.2, 14.3.2, 14.3.3 and their like)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nonebot.plugin import PluginMetadata

from src.core.chat.events import Kind

from . import commands, links
from .area import area
from .detector import breaches
from .explain import explain

if TYPE_CHECKING:
    from src.core.area import Finding, Message, Windows
    from src.core.text import Hit

    from .settings import ContentSettings

__all__ = ["area", "commands", "content"]

MOST_TERMS_TOLD = 5
"""Terms that a finding names: those that decided, by which people's later words are counted."""

__plugin_meta__ = PluginMetadata(
    name="内容过滤",
    description="按类别识别辱骂、色情、广告、拉票、谣言等不该出现在班级群的内容和链接",
    usage="由群规条款绑定；本群自己的词：/词库",
    type="application",
)

area.explanation(explain)

_AIMING = frozenset({Kind.MENTION, Kind.REPLY})


@area.detector
def content(message: Message, settings: ContentSettings, windows: Windows) -> Finding | None:
    """The categories of its clause, its links and its own terms. The gravest one decides."""
    linked: list[Hit] = []
    addresses, cards = message.folded.addresses, message.event.links
    if (addresses or cards) and settings.looks_at_links:
        linked = links.hits(addresses, cards, settings)
    if not message.hits and not linked and settings.own is None:
        return None
    found = breaches(
        message.folded,
        message.hits,
        settings,
        links=linked,
        staff=message.author_is_staff,
        aimed=any(segment.kind in _AIMING for segment in message.event.segments),
    )
    if not found:
        return None
    gravest = found[0]
    facts: dict[str, Any] = {
        "categories": {breach.category: len(breach.spans) or 1 for breach in found},
        "terms": list(gravest.terms[:MOST_TERMS_TOLD]),
    }
    if hidden := sorted({way for breach in found for way in breach.hidden}):
        facts["hidden"] = hidden
    return area.finding(
        gravity=gravest.gravity,
        confidence=gravest.confidence,
        category=gravest.category,
        spans=tuple(sorted({span for breach in found for span in breach.spans})),
        facts=facts,
    )
