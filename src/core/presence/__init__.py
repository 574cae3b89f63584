"""Coming and going of the bot itself: invitations, friends, greetings, and leaving cleanly."""

from .presence import Presence

__all__ = ["Presence"]
