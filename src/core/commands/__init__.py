"""What people type: names, arguments, rights, answers."""

from src.core.people import Right

from .arguments import ArgumentError, Item, Mention, Rest, Seconds, Signature, item
from .call import Call, Desk, Refusal, Reply
from .router import Command, Handler, Request, Router

__all__ = [
    "ArgumentError",
    "Call",
    "Command",
    "Desk",
    "Handler",
    "Item",
    "Mention",
    "Refusal",
    "Reply",
    "Request",
    "Rest",
    "Right",
    "Router",
    "Seconds",
    "Signature",
    "item",
]
