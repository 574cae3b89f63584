"""Bots by fork: a process that has imported the application and built the lexicon starts each of them
in a tenth of the time. `test_start.py` and the newcomer's test start them as people do.

As a program it reads orders, one JSON object a line, and tells of births and deaths the same way.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
from functools import cache
import gc
from importlib import import_module
import json
import os
from pathlib import Path
import select
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]


# In the tests' process -----------------------------------------------------------------------------


class Child:
    """A bot that was forked; what the launcher needs of `asyncio.subprocess.Process`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.ended = threading.Event()

    async def wait(self) -> int:
        """Wait until it has ended; the exit code, or minus the signal."""
        await asyncio.to_thread(self.ended.wait)
        assert self.returncode is not None
        return self.returncode

    def terminate(self) -> None:
        """Ask it to end."""
        os.kill(self.pid, signal.SIGTERM)


class Nursery:
    """The process that forks, started once for each process of tests."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.end_to_end.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._children: dict[int, Child] = {}
        self._born = threading.Semaphore(0)
        self._newest: Child | None = None
        self._reader = threading.Thread(target=self._read, name="nursery", daemon=True)
        self._reader.start()
        atexit.register(self.close)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line)
            if "code" not in told:
                self._newest = self._children[told["pid"]] = Child(told["pid"])
                self._born.release()
            elif (child := self._children.pop(told["pid"], None)) is not None:
                child.returncode = told["code"]
                child.ended.set()

    async def start(self, environment: Mapping[str, str], output: Path) -> Child:
        """Fork a bot with this environment; it appends what it prints to `output`."""
        assert self._process.stdin is not None
        order = {"environment": dict(environment), "output": str(output)}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        await asyncio.to_thread(self._born.acquire)
        assert self._newest is not None
        return self._newest

    def close(self) -> None:
        """End the process that forks; the bots are the launcher's to end."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


@cache
def nursery() -> Nursery:
    """This process's own."""
    return Nursery()


# As a program --------------------------------------------------------------------------------------


def _tell(**what: int) -> None:
    os.write(1, f"{json.dumps(what)}\n".encode())


def _become(order: dict[str, Any]) -> NoReturn:
    """Be the bot, from the command line on."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    output = os.open(order["output"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv = ["qungui", "run"]
    code: object = 0
    try:
        if "KILL_AT" in os.environ:
            from tests.end_to_end.killer import main
        else:
            from src.cli import main
        main()
    except SystemExit as end:
        code = end.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


def _woken(signum: int, frame: object) -> None:
    """A child ended: the pipe tells of it."""


_IMPORTED_TOO = (
    "nonebot.drivers.fastapi",
    "src.core.people.importing",
    "src.core.people.patterns",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
)
"""What a start imports besides, and takes a third of its time; plugins are each bot's own to load."""


def _serve() -> None:
    from src import application as application
    from src.core import house as house
    from src.core.chat import onebot11 as onebot11
    from src.core.chat import onebot12 as onebot12
    from src.core.text import built_in

    for name in _IMPORTED_TOO:
        import_module(name)
    built_in()
    gc.collect()
    gc.freeze()
    # Unbuffered: what is buffered is not seen by select.
    orders = open(0, "rb", buffering=0)
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    signal.set_wakeup_fd(writes)
    signal.signal(signal.SIGCHLD, _woken)
    while True:
        ready, _, _ = select.select([0, reads], [], [])
        if reads in ready:
            os.read(reads, 4096)
            with contextlib.suppress(ChildProcessError):
                while (found := os.waitpid(-1, os.WNOHANG))[0]:
                    _tell(pid=found[0], code=os.waitstatus_to_exitcode(found[1]))
        if 0 in ready:
            line = orders.readline()
            if not line:
                return
            order = json.loads(line)
            pid = os.fork()
            if pid == 0:
                os.close(reads)
                os.close(writes)
                _become(order)
            _tell(pid=pid)


if __name__ == "__main__":
    _serve()
