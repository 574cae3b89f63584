"""Starts the application as a process of its own, drives its clock, kills it and reads its log."""

from __future__ import annotations

import asyncio
from contextlib import suppress
import http.client
import json
import os
from pathlib import Path
import random
import signal
import socket
import sys
from typing import TYPE_CHECKING, Any

from tests.stores import lay_ready

from .nursery import nursery

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from .nursery import Child

ROOT = Path(__file__).resolve().parents[2]
RUN = (sys.executable, "-m", "src.cli", "run")
RUN_AND_DIE = (sys.executable, "-m", "tests.end_to_end.killer", "run")
TOKEN = "the-tests-own-token"
SUPERUSER = 900
NOON = 1_793_678_400.0
"""Tuesday 3 November 2026, 12:00 in Shanghai: a school day, no quiet hours."""


class DidNotStartError(Exception):
    """The process ended before its port answered: its exit code and what it printed."""

    def __init__(self, code: int | None, output: str) -> None:
        super().__init__(f"exit code {code}\n{output}")
        self.code = code
        self.output = output


def free_port() -> int:
    """A port of the loopback that nobody listens on.

    Below the ports that the system gives to clients: whoever dials such a port again and again while
    nobody listens comes to be connected to itself, and takes that for an answer. Each process of tests
    has a range of its own, so that none takes another's bot for its own.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 6
    while True:
        port = random.randrange(20_000 + 2_000 * worker, 22_000 + 2_000 * worker)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class BotProcess:
    """The application in its own process group, with its own directory, port and database.

    `settings` are added to its environment and win; of ours only PATH, HOME and LANG go with it.
    `now` is the driven clock: what `clock` set last, also for a FakeQQ that shares it. With
    `driven=False` the process has the machine's clock. `forked`: it comes from the nursery, which
    is the same application, sooner.
    """

    def __init__(
        self,
        home: Path,
        *,
        database_url: str = "",
        settings: Mapping[str, str] | None = None,
        command: Sequence[str] = RUN,
        driven: bool = True,
        forked: bool = False,
        now: float = NOON,
    ) -> None:
        self.home = home
        self.port = free_port()
        self.command = command
        self.driven = driven
        self.forked = forked
        self.now = now
        self.before_clock: list[Callable[[], Awaitable[None]]] = []
        """Awaited before the clock is touched: what makes sure that all events have arrived."""
        self.settings = {
            "ENVIRONMENT": "test",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "SUPERUSERS": json.dumps([str(SUPERUSER)]),
            "ONEBOT_ACCESS_TOKEN": TOKEN,
            "API_TIMEOUT": "2",
            "QUNGUI_HOME": str(home),
            "QUNGUI__DATABASE_URL": database_url or f"sqlite:///{home / 'qungui.db'}",
            "QUNGUI__PACING__ENABLED": "false",
            "QUNGUI__BACKUP__ENABLED": "false",
            **({"QUNGUI__CLOCK": "driven"} if driven else {}),
            **(settings or {}),
        }
        self._output = home / "output.log"
        self._process: asyncio.subprocess.Process | Child | None = None
        self._clock_set = False

    @property
    def url(self) -> str:
        """Where a OneBot 11 implementation connects."""
        return f"ws://127.0.0.1:{self.port}/onebot/v11/ws"

    @property
    def output(self) -> str:
        """All it has printed, over restarts too."""
        if not self._output.exists():
            return ""
        return self._output.read_text(encoding="utf-8", errors="replace")

    @property
    def pid(self) -> int:
        """The id of the running process."""
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process has neither ended nor been killed."""
        return self._process is not None and self._process.returncode is None

    async def start(self, kill_at: str = "") -> None:
        """Start it and wait until its port answers; with `kill_at` it will kill itself there.

        Raises:
            DidNotStartError: it ended first, or did not answer within 30 s (then it is killed).
        """
        settings = self.settings | ({"KILL_AT": kill_at} if kill_at else {})
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        command = RUN_AND_DIE if kill_at else self.command
        environment = kept | {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"} | settings
        if self.forked and self.driven:
            await lay_ready(self.home / "qungui.db")
        if self.forked:
            self._process = await nursery().start(environment, self._output)
        else:
            # A file, not a pipe: a child of the process that outlived it would hold a pipe open.
            with self._output.open("ab") as output:
                self._process = await asyncio.create_subprocess_exec(
                    *command,
                    cwd=ROOT,
                    env=environment,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=asyncio.subprocess.STDOUT,
                    start_new_session=True,
                )
        try:
            async with asyncio.timeout(30):
                await self._answering()
                while self.driven and not self._clock_set:
                    # Under load a port has been seen to answer once, and to refuse the next call.
                    with suppress(ConnectionError):
                        await self.clock(set=self.now)
                        self._clock_set = True
                        break
                    await self._answering()
        except TimeoutError:
            await self.kill9()
            raise DidNotStartError(None, self.output) from None

    async def _answering(self) -> None:
        while True:
            if not self.running:
                raise DidNotStartError(await self.ended(), self.output)
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()
                return
            await asyncio.sleep(0.02)

    async def clock(self, *, set: float | None = None, advance: float | None = None) -> float:
        """Set or advance the driven clock, or neither; returns once the bot is idle again.

        `now` moves first, so that a FakeQQ that shares it has the new time when the bot asks.

        Raises:
            ConnectionError: the process died meanwhile.
        """
        for wait in self.before_clock:
            await wait()
        body: dict[str, float] = {}
        if set is not None:
            self.now, body = set, {"set": set}
        elif advance is not None:
            self.now, body = self.now + advance, {"advance": advance}
        answer = await asyncio.to_thread(self._post, "/qungui/clock", body)
        self.now = float(answer["now"])
        return self.now

    async def idle(self) -> None:
        """Wait until the bot has dealt with all that reached it."""
        await self.clock()

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
            line.request("POST", path, json.dumps(body), headers)
            answer = line.getresponse()
            content = answer.read()
        finally:
            line.close()
        assert answer.status == 200, f"{path}: {answer.status} {content!r}\n{self.output}"
        return json.loads(content)

    async def ended(self) -> int:
        """Wait until the process has ended by itself; the exit code, or minus the signal."""
        assert self._process is not None
        async with asyncio.timeout(30):
            code = await self._process.wait()
        await self.kill9()
        return code

    async def stop(self) -> int:
        """Ask it to end (SIGTERM), wait, and return its exit code."""
        assert self._process is not None
        self._process.terminate()
        return await self.ended()

    async def kill9(self) -> None:
        """Kill it and all it started, at once; nothing happens where nothing runs."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()
            # Once: the id may be another group's by the next time.
            self._process = None

    async def restart(self, kill_at: str = "") -> None:
        """Start it again on the same directory, port and database, killing what still runs."""
        await self.kill9()
        await self.start(kill_at)
