"""What a clause sets of mention."""

from src.core.area import Settings


class MentionSettings(Settings):
    """By default nothing is asked for."""

    required: bool = False
    """Whether a parent's message that calls somebody by name or title carries an @ or answers the
    other's message (14.1.6)."""
