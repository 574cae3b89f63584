"""The bot of the sandbox class, as a process of its own in sandbox mode (`src.sandbox`)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import count
import os
from pathlib import Path
from random import randrange
import socket
import sys

from src.sandbox import PLACE, SETTING, TOKEN

ROOT = Path(__file__).resolve().parents[1]
_START = 60.0
_STOP = 10.0
_SHOWN = 30


class BotDiedError(Exception):
    """The bot did not start, or ended; with the last lines of its log."""


def is_free(port: int) -> bool:
    """Whether nobody listens on this port of the loopback."""
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still ending is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port(wanted: int) -> int:
    """This port of the loopback, or the next one that nobody listens on."""
    return next(port for port in count(wanted) if is_free(port))


def any_port() -> int:
    """A port that nobody listens on, and that two who look at once will hardly both find.

    Below the ports that the system gives to clients: whoever dials such a port again and again while
    nobody listens comes to be connected to itself.
    """
    return next(port for port in iter(lambda: randrange(20_000, 32_000), 0) if is_free(port))


class Bot:
    """The process. `home` is the application's, in which the sandbox has its own."""

    def __init__(self, home: Path) -> None:
        self.place = home / PLACE
        self.port = any_port()
        self.log = self.place / f"bot-{os.getpid()}.log"
        """What it prints; gone once it has ended as it was told to."""
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def token(self) -> str:
        """The access token of this start; there once it has started."""
        return (self.place / TOKEN).read_text(encoding="utf-8")

    async def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            BotDiedError: it ended first, or did not answer within a minute.
        """
        self.place.mkdir(parents=True, exist_ok=True)
        settings = {
            SETTING: "true",
            "QUNGUI_HOME": str(self.place.parents[1]),
            "QUNGUI__CLOCK": "driven",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
        }
        # Names of settings do not mind their case: one of another case would be a second one.
        kept = {name: value for name, value in os.environ.items() if name.upper() not in settings}
        with self.log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "src.cli", "run"),
                cwd=ROOT,
                env=kept | settings,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
                # Ctrl+C is for us, who then end it in order.
                start_new_session=True,
            )
        try:
            async with asyncio.timeout(_START):
                await self._answering(self._process)
        except TimeoutError:
            await self.stop()
            raise BotDiedError(self._last_lines()) from None

    async def _answering(self, process: asyncio.subprocess.Process) -> None:
        while process.returncode is None:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()
                return
            await asyncio.sleep(0.05)
        raise BotDiedError(self._last_lines())

    def _last_lines(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-_SHOWN:])

    async def watch(self) -> None:
        """Wait while it runs.

        Raises:
            BotDiedError: it has ended.
        """
        assert self._process is not None
        await self._process.wait()
        raise BotDiedError(self._last_lines())

    async def stop(self) -> None:
        """Ask it to end, wait, and kill it where that takes too long; nothing where none runs."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(_STOP):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        self.log.unlink(missing_ok=True)
