"""What topic found, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import texts

if TYPE_CHECKING:
    from src.core.area import Finding

    from .settings import TopicSettings


def explain(finding: Finding | None, settings: TopicSettings) -> str:
    """The matter of the finding, or those that were looked for in vain."""
    if finding is None:
        if settings.off_topic:
            return texts.NOTHING.format("、".join(texts.TITLES[one] for one in settings.off_topic))
        return texts.OFF if settings.who == "everyone" else texts.MAY
    matter = finding.facts["matter"]
    found = texts.SAID.get(matter) or texts.UNRELATED.format(texts.TITLES[matter])
    return found if finding.acts else texts.PERHAPS.format(found)
