"""What a clause sets of inspection."""

from __future__ import annotations

from functools import cached_property

from pydantic import Field, field_validator

from src.core.area import Settings
from src.core.duration import Seconds
from src.core.schedule import Weekly

OFF = "off"
DAY = 86_400


class InspectionSettings(Settings):
    """When the head teacher is told of their group, and whose silence is worth a word."""

    digest: str = OFF
    """On which weekdays and when the head teacher gets the state of the group, as `周日 19:00`; `off`:
    only who asks (03.5.2, 09.1.2, 17.5.1)."""
    silent: Seconds = Field(default=30 * DAY, ge=DAY)
    """After so long without a word or a decision a manager is named (01.3.2); judgement."""
    inactive: Seconds = Field(default=90 * DAY, ge=7 * DAY)
    """After so long without a word a member is listed for people to decide about (05.4.5, 13.4.3,
    18.4.3); judgement."""

    @field_validator("digest")
    @classmethod
    def _weekly(cls, value: str) -> str:
        return OFF if value.strip().lower() in (OFF, "关") else Weekly.read(value).written()

    @cached_property
    def weekly(self) -> Weekly | None:
        """When the digest is due; None where there is none."""
        return None if self.digest == OFF else Weekly.read(self.digest)
