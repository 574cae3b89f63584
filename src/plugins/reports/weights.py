"""How much a report weighs: by what came of the reporter's earlier ones. Pure.

A weight only says whether somebody is called at once; what happens to the reported is decided by a
person, whatever the weights add up to (anchors/moderation.md, 4.7).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

FLOOR = 0.2
"""Whoever was wrong a hundred times may be right now (anchors/moderation.md, 4.7)."""
ENOUGH = 0.5
"""What a newcomer's report weighs: it suffices alone (judgement)."""


def weight(confirmed: int, refused: int) -> float:
    """What a report of somebody weighs of whom so many were confirmed and so many refused: the share
    that was right, as if one of each had come before (the rule of succession)."""
    return max(FLOOR, (confirmed + 1) / (confirmed + refused + 2))


def suffice(weights: Iterable[float]) -> bool:
    """Whether reports of these weights together call the deciders at once."""
    return sum(weights) >= ENOUGH
