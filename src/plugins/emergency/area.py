"""The area, and what it looks for in messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.area import Area, DefaultClause

from . import texts
from .settings import EmergencySettings
from .words import needs_a_person

if TYPE_CHECKING:
    from src.core.area import Finding, Message, Windows

area = Area(
    "emergency",
    title="紧急情况",
    settings=EmergencySettings,
    default=DefaultClause(texts.CLAUSE),
    braked=False,
    makes_cases=False,
)


@area.detector
def cry_for_help(message: Message, settings: EmergencySettings, windows: Windows) -> Finding | None:
    """Words of self-harm, of violence against a child, or of a missing one, by anyone and of anyone
    (01.4.6; anchors/moderation.md, 2.18). The message is no breach, whatever else it says."""
    found = needs_a_person(message.event.text, settings.looks_for)
    if found is None:
        return None
    return area.finding(
        gravity=4,
        category=found.category,
        spans=(found.span,),
        facts={"category": found.category},
        shields=True,
    )


@area.explanation
def explain(finding: Finding | None, settings: EmergencySettings) -> str:
    """Of what kind it was."""
    return texts.NOTHING if finding is None else texts.FOUND[finding.facts["category"]]
