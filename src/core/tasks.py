"""Every task has an owner that awaits it (house rule: no task is left behind at shutdown)."""

from __future__ import annotations

import asyncio
from contextvars import Context
from typing import TYPE_CHECKING, Any

from .faults import log_fault

if TYPE_CHECKING:
    from collections.abc import Coroutine


class Tasks:
    """The tasks of one owner. They run in a clean context, so that none inherits a transaction
    (anchors/storage.md, finding 5), and a fault is logged once."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run `work` until it ends or the owner closes."""
        task = asyncio.get_running_loop().create_task(
            self._guarded(work, name), name=f"{self._owner}:{name}", context=Context()
        )
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _guarded(self, work: Coroutine[Any, Any, None], name: str) -> None:
        try:
            await work
        except Exception as error:
            log_fault(f"{name} failed in {self._owner}", error)

    def __len__(self) -> int:
        return len(self._running)

    async def close(self, grace: float = 5.0) -> None:
        """Wait `grace` seconds for what runs, then cancel and await it."""
        if self._running:
            await asyncio.wait(self._running, timeout=grace)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
