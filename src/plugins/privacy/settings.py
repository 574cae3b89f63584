"""What a clause sets of privacy."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from src.core.area import Settings
from src.core.duration import Seconds

Subject = Literal["rankings", "numbers", "doxxing", "criticism", "dwelling"]
Records = Literal["off", "ask", "act"]


class PrivacySettings(Settings):
    """Which of these a clause keeps out of the group. A clause on forwarded talks alone looks for
    nothing else: `looks_for = []` with `chat_records`."""

    looks_for: tuple[Subject, ...] = ("rankings", "numbers", "doxxing")
    """`rankings`: scores and ranks of several pupils; `numbers`: ID cards, bank cards, lists of
    telephone numbers or home addresses; `doxxing`: calls to find out where somebody lives;
    `criticism`: what names a pupil of the roster and finds fault; `dwelling`: long talk on one."""
    people: int = Field(default=3, ge=2, le=50)
    """From so many pupils with their scores on a message is a ranking; one's own child is none."""
    phones: int = Field(default=2, ge=2, le=50)
    """From so many different mobile numbers on a message is a list; those of teachers, drivers and
    the like are not counted."""
    chat_records: Records = "off"
    """What a forwarded or pasted talk leads to: nothing, a question to a person, or a case."""
    dwelling_messages: int = Field(default=8, ge=4, le=50)
    """So many messages that name one pupil, by two people and more, are a long talk."""
    dwelling_within: Seconds = Field(default=600, ge=60, le=7200)
    """In so many seconds; and after as long a silence a new talk begins."""
