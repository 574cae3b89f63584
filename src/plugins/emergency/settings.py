"""What a clause sets of emergency."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from src.core.area import Settings

from . import texts
from .words import CATEGORIES, Category

Named = Literal["head-teacher", "leader", "teacher", "duty"]


class EmergencySettings(Settings):
    """What is looked for, and who is told. In a pause (`/pause`) no message is looked at, here too."""

    looks_for: tuple[Category, ...] = CATEGORIES
    """`self_harm`: of somebody's own life; `violence`: against a child; `missing`: a child who is. Empty:
    no message is looked at, and only the commands are there."""
    people: tuple[Named, ...] = Field(default=("head-teacher", "leader", "duty"), min_length=1)
    """Who is told at once: by the school's roles, and whoever has the duty. Where nobody is, the next
    level up."""
    comfort: bool = True
    """Whether the speaker gets a kind private word with where to find help."""
    helplines: tuple[str, ...] = texts.HELPLINES
    """What that word names."""

    def judges(self) -> bool:
        return bool(self.looks_for)
