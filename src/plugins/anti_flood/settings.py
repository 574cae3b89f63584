"""What a clause sets of anti_flood. The defaults are those of the regulations (08.1.2.5, 14.3.1,
21.1.2.5: three times in a row) and of anchors/moderation.md, 4.4."""

from pydantic import Field

from src.core.area import Settings
from src.core.duration import Seconds


class FloodSettings(Settings):
    """Zero switches a check off."""

    same_in_a_row: int = Field(default=3, ge=0, le=50)
    """So many times the same in a row by one person is flooding."""
    row_gap: Seconds = Field(default=3600, le=3600)
    """Two messages further apart than this (seconds) are not in a row: a daily 早上好 is none."""
    same_in_window: int = Field(default=3, ge=0, le=50)
    """So many times the same within `window`, whatever stood between."""
    window: Seconds = Field(default=120, le=3600)
    rate: int = Field(default=20, ge=0, le=120)
    """More messages than this by one person within `rate_window` are flooding."""
    rate_window: Seconds = Field(default=60, le=3600)
