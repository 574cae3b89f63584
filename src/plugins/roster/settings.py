"""What a clause sets of roster."""

from __future__ import annotations

from src.core.area import Settings
from src.core.duration import Seconds


class RosterSettings(Settings):
    """Whether the managers are reminded of who is still missing."""

    follow_up: Seconds | None = None
    """How often they are told how many students have nobody in the group yet (06.1.3); none: only who
    asks is."""
