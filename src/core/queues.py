"""One line per group, worked off in order by one owned worker while there is something in it."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

from .faults import log_fault
from .tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

T = TypeVar("T")
K = TypeVar("K", bound="Hashable")


class Lines(Generic[K, T]):
    """Lines of work by key. What one key's work raises is logged and does not stop the line."""

    def __init__(self, name: str, work: Callable[[K, T], Awaitable[None]]) -> None:
        self._name = name
        self._work = work
        self._waiting: dict[K, deque[T]] = {}
        self._tasks = Tasks(name)
        self._closed = False
        self._empty = asyncio.Event()
        self._empty.set()

    def put(self, key: K, item: T) -> None:
        """Add to a key's line; synchronous, so that arrival order is kept."""
        if self._closed:
            return
        line = self._waiting.get(key)
        if line is not None:
            line.append(item)
            return
        self._waiting[key] = deque((item,))
        self._empty.clear()
        self._tasks.start(self._run(key), str(key))

    async def _run(self, key: K) -> None:
        line = self._waiting[key]
        try:
            while line:
                try:
                    await self._work(key, line.popleft())
                except Exception as error:
                    log_fault(f"work in line {self._name} failed", error)
        finally:
            del self._waiting[key]
            if not self._waiting:
                self._empty.set()

    @property
    def idle(self) -> bool:
        return not self._waiting

    def __len__(self) -> int:
        """How many things wait in all lines; what is being worked on does not count."""
        return sum(len(line) for line in self._waiting.values())

    async def join(self) -> None:
        """Wait until every line is empty."""
        await self._empty.wait()

    async def close(self, grace: float = 5.0) -> None:
        """Take nothing more in, finish what is there, at the most `grace` seconds."""
        self._closed = True
        await self._tasks.close(grace)
