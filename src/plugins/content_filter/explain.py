"""What the content filter found, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .texts import DISGUISES, HIDDEN, NOTHING, PERHAPS, TITLES

if TYPE_CHECKING:
    from src.core.area import Finding

    from .settings import ContentSettings


def explain(finding: Finding | None, settings: ContentSettings) -> str:
    """The categories that were found, or that were looked for in vain."""
    if finding is None:
        return NOTHING.format("、".join(TITLES[category] for category in settings.categories))
    found = "、".join(TITLES[category] for category in finding.facts["categories"])
    # A case of an earlier version says nothing of disguises.
    if hidden := finding.facts.get("hidden"):
        found += HIDDEN.format("、".join(DISGUISES[way] for way in hidden))
    return found if finding.acts else PERHAPS.format(found)
