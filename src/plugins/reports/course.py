"""The course of a report or complaint, from the first word to the last. Pure.

```text
            JOINED            DUE                DUE
  QUIET ───────────▶ ASKED ───────────▶ RAISED ───────────▶ TOP ──┐ DUE
    │      or DUE      │                 │  ▲ DUE            │ ▲───┘
    └──────────────────┴─────── DECIDED ─┴──┘────────────────┘
                                   ▼
                                 OVER
```
"""

from __future__ import annotations

from enum import Enum, Flag, auto
from typing import NamedTuple


class Stage(Enum):
    """Where it stands; the values are the store's."""

    QUIET = "quiet"
    """In the queue, and nobody was called: those who reported were mostly wrong before."""
    ASKED = "asked"
    """Those who decide were told."""
    RAISED = "raised"
    """It was not decided in time, and passed up."""
    TOP = "top"
    """There is nobody above: they are reminded until it is decided."""
    OVER = "over"


class Event(Enum):
    """What happens to it."""

    JOINED = auto()
    """Somebody else reports the same, and together they suffice."""
    DUE = auto()
    """Its time is over, and somebody is above."""
    DUE_AT_THE_TOP = auto()
    """Its time is over, and nobody is above."""
    DECIDED = auto()


class Effect(Flag):
    """What is to be done."""

    NOTHING = 0
    CALL = auto()
    """Tell those who decide; they have the whole time from now on."""
    RAISE = auto()
    """Ask the next level."""
    CHASE = auto()
    """Remind those of the highest level."""
    SAY_LATE = auto()
    """Tell those who reported that it takes longer."""
    SAY_OUTCOME = auto()


class Moved(NamedTuple):
    """Where it stands now, and what is to be done."""

    stage: Stage
    effect: Effect


def move(stage: Stage, event: Event) -> Moved:
    """What an event means for something that stands so."""
    if stage is Stage.OVER:
        return Moved(stage, Effect.NOTHING)
    if event is Event.DECIDED:
        return Moved(Stage.OVER, Effect.SAY_OUTCOME)
    if event is Event.JOINED:
        if stage is Stage.QUIET:
            return Moved(Stage.ASKED, Effect.CALL)
        return Moved(stage, Effect.NOTHING)
    if stage is Stage.QUIET:
        # Nothing is lost because somebody was wrong before: it is only looked at later.
        return Moved(Stage.ASKED, Effect.CALL)
    if event is Event.DUE:
        return Moved(Stage.RAISED, Effect.RAISE | Effect.SAY_LATE)
    late = Effect.NOTHING if stage is Stage.TOP else Effect.SAY_LATE
    return Moved(Stage.TOP, Effect.CHASE | late)
