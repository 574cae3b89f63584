"""What privacy found, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import texts

if TYPE_CHECKING:
    from src.core.area import Finding

    from .settings import PrivacySettings


def explain(finding: Finding | None, settings: PrivacySettings) -> str:
    """The counts of the finding, or what was looked for in vain."""
    if finding is None:
        subjects = [texts.LOOKED_FOR[subject] for subject in settings.looks_for]
        if settings.chat_records != "off":
            subjects.append(texts.LOOKED_FOR["chat_records"])
        return texts.NOTHING.format("、".join(subjects)) if subjects else texts.NOBODY
    if finding.word is not None:
        return texts.DWELT.format(finding.facts["dwelling"])
    found = "；".join(texts.FACTS[name].format(n) for name, n in finding.facts.items())
    return found if finding.acts else texts.PERHAPS.format(found)
