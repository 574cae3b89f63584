"""Long talk on one pupil in the group (21.2.1.7). Pure; what is remembered holds no text."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from .criticism import PRAISE

if TYPE_CHECKING:
    from collections.abc import Collection

    from src.core.chat.events import Account, MessageRef

_REMEMBERED = 128
"""Turns of a group."""
_ROLL = 3
"""A message that names so many is a list."""
_PEOPLE = 2
"""So many must take part: whoever writes alone tells something."""


class _Turn(NamedTuple):
    at: float
    author: Account
    pupil: int
    ref: MessageRef


class Talks:
    """Who spoke of which pupil lately, and what was led to a private way."""

    def __init__(self) -> None:
        self._turns: deque[_Turn] = deque(maxlen=_REMEMBERED)
        self._told: dict[int, float] = {}
        """Pupil to when the talk that was spoken of went on last."""

    def goes_on(
        self,
        author: Account,
        ref: MessageRef,
        at: float,
        pupils: Collection[int],
        *,
        text: str,
        within: float,
        messages: int,
    ) -> tuple[int, int, tuple[Account, ...]] | None:
        """Take a message in. Where it makes a talk too long: the pupil, how many messages there were,
        and who takes part. A talk is over when nobody has named the pupil for `within` seconds."""
        if not 0 < len(pupils) < _ROLL or PRAISE.search(text):
            return None
        self._told = {one: last for one, last in self._told.items() if at - last <= within}
        for pupil in pupils:
            if pupil in self._told:
                self._told[pupil] = at
                continue
            if all(turn.ref != ref or turn.pupil != pupil for turn in self._turns):
                self._turns.append(_Turn(at, author, pupil, ref))
            talk = [one for one in self._turns if one.pupil == pupil and one.at > at - within]
            people = tuple(sorted({one.author for one in talk}))
            if len(talk) >= messages and len(people) >= _PEOPLE:
                self._told[pupil] = at
                return pupil, len(talk), people
        return None
