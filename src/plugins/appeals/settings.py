"""What a clause sets of appeals."""

from pydantic import Field

from src.core.area import Settings
from src.core.duration import LONGEST, Seconds

DAY = 86_400


class AppealSettings(Settings):
    """Where no clause binds the plugin, an appeal has no time limit."""

    within: Seconds = Field(default=7 * DAY, ge=DAY, le=LONGEST)
    """How long after a decision it can be appealed, in seconds; never less than a day (17.4.2;
    anchors/moderation.md, 4.7)."""
