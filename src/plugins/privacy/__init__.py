"""隐私保护: rankings, personal numbers, doxxing, other people's talk, and what finds fault with a pupil by
name stay out of the group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nonebot.plugin import PluginMetadata

from src.core.area import ACT, Area, DefaultClause, Word
from src.core.chat.events import Kind

from . import texts
from .criticism import criticism
from .detector import breaches
from .dwelling import Talks
from .explain import explain
from .plain import DOUBTFUL, SURE, Breach, plain
from .pupils import named_as_people, others_children, pupils_in
from .records import pasted
from .settings import PrivacySettings

if TYPE_CHECKING:
    from src.core.area import Finding, Message, Windows

__plugin_meta__ = PluginMetadata(
    name="隐私保护",
    description="成绩排名，身份证、银行卡、电话名单、住址，人肉开盒，转发的聊天记录，点名批评学生",
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


@area.detector
def about_a_pupil(message: Message, settings: PrivacySettings, windows: Windows) -> Finding | None:
    """Criticism that names a pupil, by anyone (02.3.4, 08.1.2.6, 08.2.1.5, 21.2.1.6), and long talk on
    one pupil (21.2.1.7), which is led to a private way."""
    roster, subjects = message.roster, settings.looks_for
    if roster is None or not ("criticism" in subjects or "dwelling" in subjects):
        return None
    named = pupils_in(roster, message.folded)
    if not named:
        return None
    event = message.event
    named = named_as_people(message.folded.raw, named)
    text = plain(message.folded.raw)
    talk = None
    if "dwelling" in subjects:
        talk = windows.memory(Talks).goes_on(
            event.account,
            event.ref,
            message.sent,
            {one.id for one in named},
            text=text,
            within=settings.dwelling_within,
            messages=settings.dwelling_messages,
        )
    if "criticism" in subjects:
        perhaps_own = not message.author_is_staff and not roster.identities(event.account)
        breach = criticism(text, others_children(message, named), perhaps_own=perhaps_own)
        if breach is not None:
            return area.finding(
                gravity=breach.gravity,
                confidence=breach.confidence,
                category=breach.kind,
                spans=breach.spans,
                facts={breach.kind: breach.number},
                advice=texts.CRITICISM_ADVICE,
            )
    if talk is None:
        return None
    pupil, messages, people = talk
    word = Word(texts.DWELLING, people)
    facts = {"dwelling": messages}
    return area.finding(gravity=1, incident=f"dwelling/{pupil}", facts=facts, word=word)
