"""What a message gives away of other people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from src.core.area import ACT, Area, DefaultClause
from src.core.chat.events import Kind

from . import texts
from .doxxing import calls
from .numbers import numbers
from .plain import DOUBTFUL, SURE, Breach, plain
from .rankings import rankings
from .records import pasted
from .settings import PrivacySettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from src.core.area import Finding, Message, Windows
    from src.core.text import Folded

area = Area(
    "privacy",
    title="隐私保护",
    settings=PrivacySettings,
    default=DefaultClause(texts.CLAUSE, steps=("remind", "warn", "mute 10m")),
)

_MAY_TELL = re.compile("[0-9零〇幺六七八九名分绩底困及考倒差评级]")
"""Without one of these no text has a mark, a rank or a number in it."""
_MAY_RANK = re.compile(
    "倒数|[没未]?及格|合格|垫底|补考|差生|学困|后进|低分|达标|最后|最[高低]|排[名行]|名次|成绩|分数|前[0-9一二三四五六七八九十]|[没未]过|低于|以下"
    "|第[0-9一二三四五六七八九十]|[十百一二三四五六七八九]分|考|姓名|学情|质量|等[级第]|总评|分以[上下]"
)
_VALUES = re.compile("[0-9]+")
"""Without one of the words, or a number for each of several pupils, it has no ranking in it."""
_MAY_BE_NUMBER = re.compile(
    "[0-9零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两]{11}|[0-9](?:号|栋|幢|座|单元|弄|组)"
)
"""Without one of these in its skeleton a text has no personal number or home in it."""


@area.detector
def exposed(message: Message, settings: PrivacySettings, windows: Windows) -> Finding | None:
    """Marks and ranks, personal numbers, calls to find somebody out, other people's talk (05.4.3c,
    08.2.1.5, 10.3.5, 12.5, 15.5, 20.3.3, 21.2.1.6). A teacher's or manager's message too."""
    found = list(_breaches(message, settings))
    if not found:
        return None
    gravest = max(found, key=lambda one: (one.confidence >= ACT, one.gravity, one.confidence))
    return area.finding(
        gravity=gravest.gravity,
        confidence=gravest.confidence,
        category=gravest.kind,
        spans=tuple(sorted({span for breach in found for span in breach.spans})),
        facts={breach.kind: breach.count for breach in found},
    )


def _breaches(message: Message, settings: PrivacySettings) -> Iterator[Breach]:
    folded, subjects = message.folded, settings.looks_for
    if "doxxing" in subjects:
        hits, confidence = calls(folded, message.hits)
        if hits:
            gravity = max(hit.gravity for hit in hits)
            spans = tuple((hit.start, hit.end) for hit in hits)
            yield Breach("doxxing", gravity, confidence, len(hits), spans)
    skeleton = folded.skeleton
    if _MAY_TELL.search(skeleton) is None:
        may_rank = may_number = False
    else:
        may_number = "numbers" in subjects and _MAY_BE_NUMBER.search(skeleton) is not None
        may_rank = "rankings" in subjects and (
            _MAY_RANK.search(skeleton) is not None
            or len(_VALUES.findall(skeleton)) >= settings.people
        )
    if may_rank or may_number:
        text = plain(_without_addresses(folded))
        if may_number:
            yield from numbers(text, settings.phones)
        if may_rank:
            yield from rankings(text, settings.people)
    if settings.chat_records != "off":
        yield from _records(message, settings)


def _without_addresses(folded: Folded) -> str:
    """The text with blanks for its web addresses, whose digits are nobody's."""
    raw = folded.raw
    if "." not in raw:
        return raw
    pieces: list[str] = []
    done = 0
    for address in folded.addresses:
        pieces += (raw[done : address.start], " " * (address.end - address.start))
        done = address.end
    return "".join((*pieces, raw[done:]))


def _records(message: Message, settings: PrivacySettings) -> Iterator[Breach]:
    forwarded = any(segment.kind is Kind.FORWARD for segment in message.event.segments)
    turns, spans = (1, ()) if forwarded else pasted(plain(message.event.text))
    if turns:
        confidence = SURE if settings.chat_records == "act" else DOUBTFUL
        yield Breach("chat_records", 2, confidence, turns, spans)
