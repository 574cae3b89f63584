"""Opens the forwards that came as an id only, beside the groups' lines, to be judged again.

One try each and a few at once: a platform may take as long as the API's time-out to answer, and a
forward that cannot be opened stays what it showed.
"""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

from .chat.events import shown_of
from .chat.port import Act
from .queues import Lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from .chat.port import Platform
    from .guard import Unopened

AT_ONCE = 4
WAITING = 64
"""Beyond so many that wait or are being opened, the next are left unopened."""


class Forwards:
    """Asks platforms for forwards and hands on what they hold: what it shows, and its addresses."""

    def __init__(self, judge: Callable[[Unopened, str, tuple[str, ...]], None]) -> None:
        self._judge = judge
        self.lines: Lines[int, tuple[Platform, Unopened]] = Lines("forwards", self._open)
        self._next = cycle(range(AT_ONCE))
        self._waiting = 0

    def open(self, platform: Platform, forward: Unopened) -> None:
        """Open a forward soon; synchronous."""
        if self._waiting < WAITING and Act.OPEN_FORWARD in platform.capabilities.acts:
            self._waiting += 1
            self.lines.put(next(self._next), (platform, forward))

    async def _open(self, _: int, item: tuple[Platform, Unopened]) -> None:
        platform, forward = item
        try:
            answer = await platform.open_forward(forward.forward_id)
        finally:
            self._waiting -= 1
        if answer.value is not None:
            shown, links = shown_of(answer.value.messages)
            if shown or links:
                self._judge(forward, shown, links)
