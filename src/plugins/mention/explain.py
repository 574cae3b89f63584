"""What mention found, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import texts

if TYPE_CHECKING:
    from src.core.area import Finding

    from .settings import MentionSettings


def explain(finding: Finding | None, settings: MentionSettings) -> str:
    """How somebody was called."""
    return texts.NOTHING if finding is None else texts.FOUND[finding.facts["how"]]
