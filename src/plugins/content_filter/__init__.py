"""Content filter: what may not be said, by category (08.1.2, 14.2, 14.3.2, 14.3.3 and their like)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nonebot.plugin import PluginMetadata

from src.core.area import Area, DefaultClause

from .detector import breaches
from .explain import explain
from .settings import ContentSettings

if TYPE_CHECKING:
    from src.core.area import Finding, Message, Windows

__plugin_meta__ = PluginMetadata(
    name="内容过滤",
    description="按类别识别辱骂、色情、广告、拉票、谣言等不该出现在班级群的内容",
    usage="由群规条款绑定，不必输入命令",
    type="application",
)

area = Area(
    "content_filter",
    title="内容过滤",
    settings=ContentSettings,
    default=DefaultClause(
        "不发辱骂、色情、暴力、赌博、诈骗、广告、拉票、谣言等与班级无关的不良内容。",
        steps=("remind", "warn", "mute 10m"),
    ),
)

area.explanation(explain)


@area.detector
def content(message: Message, settings: ContentSettings, windows: Windows) -> Finding | None:
    """The categories of its clause, and the clause's own terms. The gravest one decides."""
    if not message.hits and settings.own is None:
        return None
    found = breaches(message.folded, message.hits, settings, staff=message.author_is_staff)
    if not found:
        return None
    gravest = found[0]
    return area.finding(
        gravity=gravest.gravity,
        confidence=gravest.confidence,
        category=gravest.category,
        spans=tuple(sorted({span for breach in found for span in breach.spans})),
        facts={"categories": {breach.category: len(breach.spans) for breach in found}},
    )
