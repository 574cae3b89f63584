"""How fast one account acts and speaks: token buckets, with the waiting served by priority.

The numbers are judgement, not the platform's: nobody publishes any, and an account that speaks in
bursts is restricted or lost (anchors/onebot.md, section 3).
"""

from __future__ import annotations

import asyncio
from bisect import insort
from collections import Counter
import contextlib
from dataclasses import dataclass, field
from enum import Enum
import math
import random
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Callable

    from src.core.clock import Clock

    from .port import Priority

_ROUNDING = 1e-6
"""A sleep may end this many seconds before the sum of floats it was asked for."""


class Rate(BaseModel):
    """One token every `every` seconds, of which `burst` may be saved."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    every: float = Field(gt=0, allow_inf_nan=False)
    burst: int = Field(ge=1)


class Pacing(BaseModel):
    """How fast one account may act and speak."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = True
    account: Rate = Rate(every=1, burst=5)
    """Everything the account does."""
    words: Rate = Rate(every=4, burst=5)
    """All it says: at most 20 in any minute."""
    group: Rate = Rate(every=3, burst=1)
    """What it says in one group."""
    remove: Rate = Rate(every=3, burst=1)
    """Members it removes."""
    jitter: tuple[float, float] = (0.5, 2.0)
    """Seconds, least and most, that words wait beyond their turn when they had to wait at all."""
    limit: int = Field(default=200, ge=1)
    """How many may wait; beyond it the newest of the lowest priority is refused."""


class Errand(Enum):
    """What is paced alike."""

    WORDS = "words"
    ACT = "act"
    REMOVE = "remove"


class _Bucket:
    """`tokens` were there at `since`; the rest is arithmetic, so that nothing has to tick."""

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._tokens = float(rate.burst)
        self._since = now

    def reaches(self, tokens: int) -> float:
        """The moment at which it came, or comes, to hold so many tokens; `inf` where never."""
        if tokens > self._rate.burst:
            return math.inf
        return self._since + max(0.0, tokens - self._tokens) * self._rate.every

    def take(self, now: float) -> None:
        earned = max(0.0, now - self._since) / self._rate.every
        self._tokens = min(self._tokens + earned, float(self._rate.burst)) - 1
        self._since = now


@dataclass(order=True, slots=True)
class _Waiting:
    priority: int
    number: int
    buckets: tuple[_Bucket, ...] = field(compare=False)
    jitter: float = field(compare=False)
    turn: asyncio.Future[bool] = field(compare=False)


class Pace:
    """The pace of one account. Each caller awaits `turn` before it acts.

    Served in the order of priority, first come first served within one. Who waits for a group's
    bucket holds up nobody in other groups, as long as the account has tokens for both.
    """

    def __init__(
        self,
        pacing: Pacing,
        clock: Clock,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._pacing = pacing
        self._clock = clock
        self._uniform = uniform
        now = clock.monotonic()
        self._account = _Bucket(pacing.account, now)
        self._words = _Bucket(pacing.words, now)
        self._remove = _Bucket(pacing.remove, now)
        self._groups: dict[str, _Bucket] = {}
        self._waiting: list[_Waiting] = []
        self._came = 0
        self._pump: asyncio.Task[None] | None = None
        self._closed = False

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    async def turn(self, errand: Errand, group: str | None, priority: Priority) -> bool:
        """Wait for one's turn. False: too many wait, or the pace is closed; do not act."""
        if not self._pacing.enabled:
            return True
        if self._closed:
            return False
        self._came += 1
        entry = _Waiting(
            priority.value,
            self._came,
            self._buckets(errand, group),
            0.0,
            asyncio.get_running_loop().create_future(),
        )
        insort(self._waiting, entry)
        self._serve()
        if not entry.turn.done():
            if errand is Errand.WORDS:
                entry.jitter = self._uniform(*self._pacing.jitter)
            if len(self._waiting) > self._pacing.limit:
                self._waiting.pop().turn.set_result(False)
            self._wake()
        try:
            return await entry.turn
        finally:
            with contextlib.suppress(ValueError):
                self._waiting.remove(entry)

    async def close(self) -> None:
        """Refuse who waits, and whoever comes later."""
        self._closed = True
        waiting, self._waiting = self._waiting, []
        for entry in waiting:
            if not entry.turn.done():
                entry.turn.set_result(False)
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.wait({self._pump})

    def _buckets(self, errand: Errand, group: str | None) -> tuple[_Bucket, ...]:
        if errand is Errand.ACT:
            return (self._account,)
        if errand is Errand.REMOVE:
            return (self._account, self._remove)
        if group is None:
            return (self._account, self._words)
        bucket = self._groups.get(group)
        if bucket is None:
            bucket = _Bucket(self._pacing.group, self._clock.monotonic())
            self._groups[group] = bucket
        return (self._account, self._words, bucket)

    def _serve(self) -> float:
        """Let go whose turn it is; the moment of the next turn, `inf` where nobody waits."""
        now = self._clock.monotonic()
        claims: Counter[_Bucket] = Counter()
        following = math.inf
        left: list[_Waiting] = []
        for entry in self._waiting:
            if entry.turn.done():
                continue
            # A token that somebody before us waits for is not ours to take.
            due = max(bucket.reaches(1 + claims[bucket]) for bucket in entry.buckets)
            due += entry.jitter
            if due <= now + _ROUNDING:
                for bucket in entry.buckets:
                    bucket.take(now)
                entry.turn.set_result(True)
            else:
                claims.update(entry.buckets)
                following = min(following, due)
                left.append(entry)
        self._waiting = left
        return following

    def _wake(self) -> None:
        """Begin anew to wait for the next turn: who just came may be the next."""
        before = self._pump
        if before is not None:
            before.cancel()
        self._pump = asyncio.get_running_loop().create_task(self._run(before), name="pace")

    async def _run(self, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait({before})
        while (following := self._serve()) < math.inf:
            await self._clock.sleep(following - self._clock.monotonic())
