"""A reverse WebSocket to the bot, as OneBot implementations of both versions have it, and waiting for
what the bot does over it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
import json
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
Json = dict[str, Any]


class Called(Protocol):
    """What the bot asked for."""

    action: str


C = TypeVar("C", bound=Called)


class Line(Generic[C]):
    """The line of a pretend platform, which says how it shakes hands and what it makes of a frame."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.token = token
        self.received: list[C] = []
        """All calls, in the order in which they came."""
        self.events: list[Json] = []
        """All events, in order, those included that a broken line lost."""
        self._line: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()

    def _handshake(self) -> dict[str, Any]:
        """Further arguments of the connection."""
        raise NotImplementedError

    async def _take(self, frame: Json) -> None:
        """Deal with a frame of the bot's."""
        raise NotImplementedError

    def dump(self) -> str:
        """What happened lately, for a failed test."""
        raise NotImplementedError

    @property
    def connected(self) -> bool:
        """Whether the line to the bot is up."""
        return self._line is not None

    async def _dial(self, within: float) -> None:
        """Connect, trying again until the bot accepts.

        Raises:
            TimeoutError: the bot did not accept `within` so many seconds.
        """
        await self.disconnect()
        async with asyncio.timeout(within):
            while True:
                try:
                    line = await connect(
                        self.url,
                        compression=None,
                        max_size=None,
                        ping_interval=None,
                        close_timeout=1,
                        proxy=None,
                        **self._handshake(),
                    )
                    break
                except (OSError, InvalidHandshake):
                    await asyncio.sleep(0.05)
        self._line = line
        self._reader = asyncio.create_task(self._read(line))

    async def disconnect(self) -> None:
        """Close the line; what happens now is never reported.

        Raises:
            Exception: what went wrong in the pretend platform itself while it answered.
        """
        line, reader = self._line, self._reader
        self._line = self._reader = None
        if line is not None:
            await line.close()
        if reader is not None:
            await reader

    def drop(self) -> None:
        """Break the line without a goodbye."""
        if self._line is not None:
            self._line.transport.abort()
            self._line = None
        self._wake()

    async def flush(self) -> None:
        """Wait until the other side has read everything that was sent."""
        if self._line is not None:
            with suppress(ConnectionClosed):
                await (await self._line.ping())

    async def _read(self, line: ClientConnection) -> None:
        try:
            async for frame in line:
                await self._take(json.loads(frame))
        except ConnectionClosed:
            pass
        finally:
            if self._line is line:
                self._line = None
            self._wake()

    async def send_raw(self, frame: Json | str | bytes) -> None:
        """Put a frame on the line as it is; it is lost where the line is down."""
        if self._line is not None:
            data = json.dumps(frame, ensure_ascii=False) if isinstance(frame, dict) else frame
            with suppress(ConnectionClosed):
                await self._line.send(data)

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, condition: Callable[[], T], within: float = 10.0) -> T:
        """Wait until `condition` holds, looking after each call and event; returns what it gave.

        Raises:
            AssertionError: it did not hold `within` so many seconds; tells what happened instead.
        """
        try:
            async with asyncio.timeout(within):
                while not (value := condition()):
                    if self._reader is not None and self._reader.done():
                        self._reader.result()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"still waiting after {within} s\n{self.dump()}") from None
        return value

    async def calls(self, action: str, n: int = 1) -> list[C]:
        """All calls of an action so far, once there are at least `n`."""

        def found() -> list[C]:
            calls = [call for call in self.received if call.action == action]
            return calls if len(calls) >= n else []

        return await self.until(found)
