"""What an inspection finds, without any name of a pupil or parent and without a word that anybody wrote.
The head teacher's list of who is long silent (`GroupState.inactive`) stands apart: it never goes into
what the school gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from src.core.chat.events import PlatformRole

PERIOD = 30
"""Days of cases that are looked at."""

Mode = Literal["enforce", "observe", "paused", "frozen"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Requests of one kind that are open."""

    kind: str
    count: int
    oldest: float
    """Seconds that the oldest has been open."""
    overdue: int
    """Of them past their deadline."""


@dataclass(frozen=True, slots=True)
class Tried:
    """The cases of the period by one clause; an empty one for those that people made without."""

    clause: str
    cases: int
    decided: int
    """Those that somebody looked at once more, and decided."""
    wrong: int
    """Of the decided those that were reversed or reduced."""


@dataclass(frozen=True, slots=True)
class Manager:
    """A manager who was not seen: neither a word nor a decision, or not in the group at all."""

    role: str
    """head-teacher, teacher or committee by the school; owner or admin by the platform alone."""
    name: str
    """In the group; empty where it may be a parent or a pupil."""
    silent: float | None
    """Seconds; None where they are not in the group."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """A member who has long said nothing; for the head teacher only."""

    name: str
    user_id: str
    silent: float


@dataclass(frozen=True, slots=True)
class Live:
    """What the platform says of a group at this moment."""

    role: PlatformRole | None
    """The bot's own; None where the platform does not say."""
    missing: tuple[str, ...]
    """What the policy needs and the platform cannot do, for people."""
    members: int


@dataclass(frozen=True, slots=True)
class GroupState:
    """One group. What could not be read is None, never zero."""

    id: int
    name: str
    key: str
    """The platform's number."""
    policy: str | None
    version: int | None
    mode: Mode
    gone: bool
    """The bot is out of the group."""
    online: bool
    """The line of the group's bot is up."""
    live: Live | None
    heads: tuple[str, ...]
    """The head teachers that the school named."""
    managers: int
    """Teachers and committee that it named, head teachers among them."""
    waiting: tuple[Waiting, ...]
    passed_up: int
    """Open requests that have come as far as the school."""
    tried: tuple[Tried, ...]
    unseen: tuple[Manager, ...] | None
    silent: int
    """Seconds without a sign after which a manager is named here."""
    inactive: tuple[Quiet, ...] | None
    inactive_after: int

    @property
    def open(self) -> int:
        return sum(one.count for one in self.waiting)

    @property
    def overdue(self) -> int:
        return sum(one.overdue for one in self.waiting)

    @property
    def oldest(self) -> float:
        """Seconds; 0 where nothing is open."""
        return max((one.oldest for one in self.waiting), default=0.0)

    @property
    def cases(self) -> int:
        return sum(one.cases for one in self.tried)


@dataclass(frozen=True, slots=True)
class SchoolState:
    """All groups of a school at one moment."""

    name: str
    at: datetime
    groups: tuple[GroupState, ...]
    unread: int = 0
    """Groups of which nothing at all could be read."""
    chain: str = ""
    """The head of the audit chain then."""
