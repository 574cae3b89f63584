"""What has happened since the start, counted where it happens; the metrics read it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Tally:
    """Plain counters, so that counting costs a dictionary's update. No group, no person."""

    findings: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    """By plugin and the step that followed; `review` where a person is asked, `approval` where one
    must consent."""
    acts: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    """By kind and the state in which the act came to rest."""
    commands: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    """By English name and outcome: done, refused or failed."""
    faults: Counter[str] = field(default_factory=Counter[str])
    """By what was in trouble: disk, store or other."""
