"""What flooding was found, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import texts
from .detector import area

if TYPE_CHECKING:
    from src.core.area import Finding

    from .settings import FloodSettings


@area.explanation
def explain(finding: Finding | None, settings: FloodSettings) -> str:
    """The counts of the finding."""
    if finding is None:
        return texts.NOTHING
    return "；".join(
        texts.FACTS[name].format(value)
        for name, value in finding.facts.items()
        if value and name in texts.FACTS
    )
