"""What a clause sets of anti_flood. The defaults are those of the regulations (08.1.2.5, 14.3.1,
21.1.2.5: three times in a row) and of anchors/moderation.md, 4.4."""

from pydantic import Field

from src.core.area import Settings
from src.core.duration import Seconds


class FloodSettings(Settings):
    """Zero switches a check off."""

    same_in_a_row: int = Field(default=3, ge=0, le=50)
    """So many times the same in a row by one person is flooding; so is the same picture so many
    times in one message."""
    row_gap: Seconds = Field(default=3600, le=3600)
    """Two messages further apart than this (seconds) are not in a row: a daily 早上好 is none."""
    same_in_window: int = Field(default=3, ge=0, le=50)
    """So many times the same within `window`, whatever stood between."""
    window: Seconds = Field(default=120, le=3600)
    rate: int = Field(default=20, ge=0, le=120)
    """More messages than this by one person within `rate_window` are flooding; an album counts as
    one."""
    rate_window: Seconds = Field(default=60, le=3600)
    pictures_at_once: int = Field(default=20, ge=0, le=200)
    """More pictures and videos than this in one message are flooding (02.5.4)."""
    pictures: int = Field(default=30, ge=0, le=200)
    """More pictures and videos than this by one person within `pictures_window`, album or not: three
    albums of nine are none (12.4.3)."""
    stickers: int = Field(default=10, ge=0, le=120)
    """More stickers than this by one person within `pictures_window` (09.2.4, 12.4.3)."""
    pictures_window: Seconds = Field(default=60, le=3600)
    characters: int = Field(default=1000, ge=0, le=20_000)
    """More characters than this in one message, or in the pieces of one within `wall_window`, are a
    wall of text (02.5.4). Nobody types so many in a minute."""
    lines: int = Field(default=50, ge=0, le=2000)
    """More lines than this are a wall too; those of a numbered list, as a 接龙, do not count."""
    wall_window: Seconds = Field(default=60, le=3600)
