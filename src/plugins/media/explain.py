"""What media found, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import texts
from .detector import named

if TYPE_CHECKING:
    from src.core.area import Finding

    from .settings import MediaSettings


def explain(finding: Finding | None, settings: MediaSettings) -> str:
    """The kinds, the file or the time."""
    if finding is None:
        return texts.NOTHING
    facts = finding.facts
    if "file" in facts:
        return texts.FILES[facts["file"]]
    if "minute" in facts:
        return texts.TIME
    if "waits" in facts:
        return texts.WAITS.format(kinds=named(facts["waits"]))
    return texts.NOT_ALLOWED.format(kinds=named(facts["kinds"]))
