"""What quarrel found, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import texts

if TYPE_CHECKING:
    from src.core.area import Finding

    from .settings import QuarrelSettings


def explain(finding: Finding | None, settings: QuarrelSettings) -> str:
    """How long the exchange was, or that somebody went on."""
    if finding is None:
        return texts.NOTHING
    turns = finding.facts.get("turns")
    if turns is None:
        return texts.WENT_ON
    return (texts.OFFERED if finding.facts["staff"] else texts.CALMED).format(turns)
