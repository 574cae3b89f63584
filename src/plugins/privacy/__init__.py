"""隐私保护: rankings, personal numbers, doxxing and other people's talk stay out of the group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nonebot.plugin import PluginMetadata

from src.core.area import ACT, Area, DefaultClause
from src.core.chat.events import Kind

from . import texts
from .detector import breaches
from .explain import explain
from .plain import DOUBTFUL, SURE, Breach, plain
from .records import pasted
from .settings import PrivacySettings

if TYPE_CHECKING:
    from src.core.area import Finding, Message, Windows

__plugin_meta__ = PluginMetadata(
    name="隐私保护",
    description="成绩排名，身份证、银行卡、电话名单、住址，人肉开盒，转发的聊天记录",
    usage="由制度的条款启用，例如：/启用 privacy",
    type="application",
)

area = Area(
    "privacy",
    title="隐私保护",
    settings=PrivacySettings,
    # A reminder alone would leave the numbers where everybody reads them.
    default=DefaultClause(texts.CLAUSE, steps=("warn", "warn", "mute 10m")),
)

area.explanation(explain)


@area.detector
def exposed(message: Message, settings: PrivacySettings, windows: Windows) -> Finding | None:
    """Marks and ranks, personal numbers, calls to find somebody out, other people's talk (05.4.3c,
    08.2.1.5, 10.3.5, 12.5, 15.5, 20.3.3, 21.2.1.6). A teacher's or manager's message too."""
    found = breaches(message.folded, message.hits, settings)
    if settings.chat_records != "off":
        forwarded = any(segment.kind is Kind.FORWARD for segment in message.event.segments)
        spans = () if forwarded else pasted(plain(message.event.text))
        if forwarded or spans:
            confidence = SURE if settings.chat_records == "act" else DOUBTFUL
            found.append(Breach("chat_records", 2, confidence, 1, spans))
    if not found:
        return None
    gravest = max(found, key=lambda one: (one.confidence >= ACT, one.gravity, one.confidence))
    return area.finding(
        gravity=gravest.gravity,
        confidence=gravest.confidence,
        category=gravest.kind,
        spans=tuple(sorted({span for breach in found for span in breach.spans})),
        facts={breach.kind: breach.number for breach in found},
    )
