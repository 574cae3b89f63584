"""Messages as people type them, for the tests of commands."""

from __future__ import annotations

from src.core.area import AREAS
from src.core.chat.events import (
    Account,
    GroupKey,
    Kind,
    MessageReceived,
    MessageRef,
    Segment,
)
from src.core.commands import Router
from tests import houses

BOT = Segment(Kind.MENTION, houses.BOT)
SOMEBODY = Segment(Kind.MENTION, "101")


def router() -> Router:
    """A router with all commands of the application."""
    made = Router(("/", "／"))
    for area in AREAS.values():
        for command in area.commands:
            made.add(command)
    return made


def typed(*pieces: str | Segment, private: bool = False) -> MessageReceived:
    """A message of text and other segments."""
    segments = tuple(Segment(Kind.TEXT, p) if isinstance(p, str) else p for p in pieces)
    return MessageReceived(
        ref=MessageRef("10001", None if private else GroupKey("qq", "1"), "1", 0.0),
        account=Account("qq", "105"),
        segments=segments,
        text="".join(s.value for s in segments if s.kind is Kind.TEXT),
    )
