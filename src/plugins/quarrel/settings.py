"""What a clause sets of quarrel."""

from pydantic import Field

from src.core.area import Settings
from src.core.duration import Seconds


class QuarrelSettings(Settings):
    """When an exchange is a quarrel. Precision comes before recall."""

    within: Seconds = Field(default=300, le=1800)
    """Only what was said in this time (seconds) counts."""
    turns: int = Field(default=4, ge=3, le=30)
    """From so many messages of those who quarrel on."""
    heat: int = Field(default=5, ge=4, le=60)
    """How sharp these are together: an insult or a word that attacks is 2, a doubled mark at somebody
    1; at least two people have 2 each."""
    cooling: Seconds = Field(default=600, le=7200)
    """Who was asked to stop and goes on within this time is acted on."""
