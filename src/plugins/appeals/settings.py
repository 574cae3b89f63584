"""What a clause sets of appeals."""

from typing import Literal

from pydantic import Field

from src.core.area import Settings
from src.core.duration import LONGEST, Seconds

DAY = 86_400


class AppealSettings(Settings):
    """Where no clause binds the plugin, an appeal has no time limit, and the rest is as it stands
    here."""

    within: Seconds = Field(default=7 * DAY, ge=DAY, le=LONGEST)
    """How long after a decision it can be appealed, in seconds; never less than a day (17.4.2;
    anchors/moderation.md, 4.7)."""
    decide_in: int = Field(default=3, ge=1, le=15)
    """School days in which an appeal is to be decided; then the sanction is suspended."""
    removal_in: int = Field(default=1, ge=1, le=15)
    """The same where somebody was removed or blocked (04.5.2)."""
    second_within: Seconds | Literal["0"] = 7 * DAY
    """How long after the answer the school may be asked once more, in seconds; "0": it may not."""
    second_in: int = Field(default=5, ge=1, le=15)
    """School days in which the school is to decide."""
    tell_group: bool = False
    """Whether the group reads a neutral line, a number and a result, of each decision."""
