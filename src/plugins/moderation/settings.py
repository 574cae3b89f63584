"""What a clause sets of who may do what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, field_validator

from src.core.area import Settings
from src.core.people import Rank

from . import texts

if TYPE_CHECKING:
    from collections.abc import Mapping

_RANKS: dict[str, Rank] = {
    "duty": Rank.DUTY,
    "committee": Rank.COMMITTEE,
    "teacher": Rank.TEACHER,
    "owner": Rank.PLATFORM_OWNER,
    "head-teacher": Rank.HEAD_TEACHER,
    "leader": Rank.LEADER,
}
_FOR_DUTY = frozenset({"warn", "mute", "recall"})
"""What may be given to whoever has the duty of the day, who is often a pupil."""

Governed = Literal[
    "warn", "mute", "unmute", "kick", "recall", "block", "unblock", "pardon", "review", "approve",
    "deny", "join", "confirm", "refuse", "freeze", "unfreeze", "duty", "escalate",
]  # fmt: skip
"""The commands of which a policy may say who uses them."""

Named = Literal["duty", "committee", "teacher", "owner", "head-teacher", "leader"]


class ModerationSettings(Settings):
    """Several clauses may set it; the last one that names a command decides."""

    roles: dict[Governed, Named] = Field(default_factory=dict[Governed, Named])
    """The least role that a command asks for, by the command's name (04.2.2, 07.3.1, 07.3.2, 08.2.1.1,
    09.4.3, 15.2.2). Whoever stands above may, too."""
    words_before_report: int | None = Field(default=None, ge=0, le=100)
    """At so many private words to one teacher or manager in 30 days the next level sees it; 0: never
    (05.2.1, 15.8.2)."""

    @field_validator("roles")
    @classmethod
    def _bounded(cls, roles: dict[str, str]) -> dict[str, str]:
        wrong = [name for name, role in roles.items() if role == "duty" and name not in _FOR_DUTY]
        if wrong:
            raise ValueError(texts.NOT_FOR_DUTY.format(names="、".join(wrong)))
        return roles

    def rights(self) -> Mapping[str, Rank]:
        return {name: _RANKS[role] for name, role in self.roles.items()}

    def tells_above(self) -> int | None:
        return self.words_before_report
