"""What quiet_hours found, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import texts

if TYPE_CHECKING:
    from src.core.area import Finding

    from .settings import QuietSettings


def explain(finding: Finding | None, settings: QuietSettings) -> str:
    """Which hours, and until when."""
    if finding is None:
        return texts.NOTHING
    facts = finding.facts
    if "urgent" in facts:
        return texts.URGENT
    if "class_until" in facts:
        return texts.LESSON.format(until=facts["class_until"])
    return texts.QUIET.format(until=facts["quiet_until"])
