"""The stage of the sandbox class: the pretend QQ, and the bot's driven clock that it shares.

Whoever makes time pass does so here, one at a time; the pretend QQ dates what happens by `now`.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
import http.client
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from .fakeqq import FakeQQ, class_group

if TYPE_CHECKING:
    from collections.abc import Mapping

ZONE = ZoneInfo("Asia/Shanghai")
MORNING = 1_793_662_200.0
"""Tuesday 3 November 2026, 07:30 in Shanghai: a school day begins."""


class BotGoneError(Exception):
    """The bot does not answer on its control line, or refuses."""


class Stage:
    """The class group `qq` and its clock; `open` it before use, `close` it after.

    `bot_url` is where the bot listens (`http://127.0.0.1:8080`), `token` its access token, `now`
    what the class's clock shows at first, in seconds since the epoch.
    """

    def __init__(self, bot_url: str, token: str, *, now: float = MORNING) -> None:
        parts = urlsplit(bot_url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._token = token
        self._now = now
        self._turn = asyncio.Lock()
        self.rest = 0.0
        """Real seconds to rest after each move, so that somebody who watches can follow."""
        self.qq: FakeQQ = class_group(
            f"ws://{self._host}:{self._port}/onebot/v11/ws", token, now=self.now
        )

    def now(self) -> float:
        """What the class's clock shows, in seconds since the epoch."""
        return self._now

    async def open(self, within: float = 10.0) -> None:
        """Give the bot the class's time and connect.

        Raises:
            BotGoneError: it does not answer.
            TimeoutError: it did not accept the connection `within` so many seconds.
        """
        await self._move({"set": self._now})
        await self.qq.connect(within)

    async def close(self) -> None:
        """Close the connection."""
        await self.qq.disconnect()

    async def idle(self) -> None:
        """Wait until the bot has dealt with all that reached it.

        Raises:
            BotGoneError: it does not answer.
        """
        await self._move({})
        await self._rested()

    async def advance(self, seconds: float) -> None:
        """Let so much time pass; returns once the bot has done what fell due.

        Raises:
            BotGoneError: it does not answer.
        """
        await self._move({"advance": seconds})
        await self._rested()

    async def to(self, hour: int, minute: int, day: int = 0) -> None:
        """Let time pass until it is so late in Shanghai, `day` days from today.

        Where that is past, it is the same hour of the day after.

        Raises:
            BotGoneError: the bot does not answer.
        """
        here = datetime.fromtimestamp(self._now, ZONE)
        then = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
        then += timedelta(days=day)
        if then < here:
            then += timedelta(days=1)
        await self.advance(then.timestamp() - self._now)

    async def ask(self, path: str) -> Any:
        """What the bot answers to `GET path` on its control line; None where it knows of nothing.

        Raises:
            BotGoneError: it does not answer, or refuses.
        """
        return await asyncio.to_thread(self._request, "GET", path)

    async def _rested(self) -> None:
        if self.rest:
            await asyncio.sleep(self.rest)

    async def _move(self, body: Mapping[str, float]) -> None:
        # Shielded: a move that is under way ends before the next one begins, whoever gave up on it.
        await asyncio.shield(asyncio.ensure_future(self._moved(body)))

    async def _moved(self, body: Mapping[str, float]) -> None:
        async with self._turn:
            await self.qq.flush()
            # First here, so that the pretend QQ has the new time when the bot asks.
            self._now = body.get("set", self._now + body.get("advance", 0.0))
            answer = await asyncio.to_thread(self._request, "POST", "/qungui/clock", body)
            if answer is None:
                raise BotGoneError("/qungui/clock: the bot's clock is not a driven one")
            self._now = float(answer["now"])

    def _request(self, method: str, path: str, body: Mapping[str, float] | None = None) -> Any:
        line = http.client.HTTPConnection(self._host, self._port, timeout=60)
        try:
            headers = {"Authorization": f"Bearer {self._token}"}
            line.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = line.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise BotGoneError(f"{path}: {error!r}") from error
        finally:
            line.close()
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise BotGoneError(f"{path}: {answer.status}")
        return json.loads(content)
