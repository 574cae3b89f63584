"""What clauses set of reports, complaints and what is passed up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from src.core.area import Settings
from src.core.duration import Seconds

if TYPE_CHECKING:
    from src.core.groups import Group

HOUR, DAY = 3600, 86_400


class ReportSettings(Settings):
    """Several clauses may bind the plugin, each for its part: see `settings_of`."""

    per_hour: int = Field(default=3, ge=1, le=60)
    per_day: int = Field(default=10, ge=1, le=200)
    """So many reports one member may make (anchors/moderation.md, 4.7)."""
    max_age: Seconds = Field(default=DAY, ge=60, le=30 * DAY)
    """An older message is not reported any more (anchors/moderation.md, 4.7)."""
    decide_in: Seconds = Field(default=3 * DAY, ge=HOUR, le=30 * DAY)
    """How long each level has for a report (19.7.2; judgement)."""
    tell_group: bool = False
    """Whether the group reads a neutral line once a report has been acted on (11.4.2)."""
    answer_in: Seconds = Field(default=3 * DAY, ge=HOUR, le=30 * DAY)
    """How long each level has for a complaint (18.4.4; anchors/moderation.md, 4.7)."""
    school_days: bool = False
    """Whether the days of `answer_in` are school days."""
    head_in: Seconds = Field(default=DAY, ge=HOUR, le=30 * DAY)
    school_in: Seconds = Field(default=3 * DAY, ge=HOUR, le=30 * DAY)
    """How long the head teacher, and then the school, have for what is passed up (21.2.1.1)."""

    def passes_up(self) -> tuple[int, int] | None:
        own = (self.head_in, self.school_in)
        return own if own != (_DEFAULT.head_in, _DEFAULT.school_in) else None


_DEFAULT = ReportSettings()


def settings_of(group: Group) -> ReportSettings:
    """What the group's clauses set together: of each setting the first that is not the default (stored
    policies have their defaults filled in)."""
    merged: dict[str, Any] = {}
    policy = group.policy
    for bound in policy.bindings(ReportSettings) if policy is not None else ():
        for name, value in bound.settings:
            if value != getattr(_DEFAULT, name):
                merged.setdefault(name, value)
    return ReportSettings.model_validate(merged)
