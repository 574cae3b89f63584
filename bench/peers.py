"""The peers, each a process of its own, and how they are fed and timed."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
import http.client
import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory
import time
from typing import TYPE_CHECKING

from sandbox.fakeqq import BOT, HEAD_TEACHER, FakeQQ, Member
from tests.end_to_end.launcher import RUN, TOKEN, BotProcess

from .environment import BARE_BOT, bare_python
from .sentences import sentences

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Sequence

PACK = "text-only-parents"
GROUPS = range(1, 201)
MEMBERS = range(10_000, 10_050)
"""In each group. The groups and their members speak in turn, so that nobody floods."""
MARKER = "/help"
FORBIDDEN = "你就是个傻逼"
"""What the pack withdraws: shows, after the rounds, that the messages before it were judged."""
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Batch:
    """What it took to handle some messages: wall clock and the peer's CPU, in seconds."""

    messages: int
    seconds: float
    cpu: float

    @property
    def per_second(self) -> float:
        return self.messages / self.seconds

    @property
    def cpu_each(self) -> float:
        return self.cpu / self.messages


class Peer:
    """A running bot with 200 class groups, fed over one WebSocket.

    A batch is over when the bot says something after a last message, the marker. Qungui answers
    the marker because it is a command; the bare bot because it was told how many events come.
    """

    def __init__(self, process: BotProcess, *, bare: bool) -> None:
        self.process = process
        self.bare = bare
        self.qq = FakeQQ(
            process.url,
            TOKEN,
            self_id=BOT,
            now=time.time,
            details=lambda: process.output[-4000:],
        )
        # The same people in every group: only what they are called matters here.
        people = [Member(user, f"网友{user}", f"学生{user}家长") for user in MEMBERS]
        staff = [Member(HEAD_TEACHER, "秋水", role="owner"), Member(BOT, "助手", role="admin")]
        for group in GROUPS:
            self.qq.add_group(group, f"{group}班家长群", [*staff, *people])
        self.qq.friends = {HEAD_TEACHER}
        self._texts = sentences(seed=2026)
        self._speakers = speakers()

    async def ready(self) -> None:
        """Connect and, with Qungui, put the pack in force in every group."""
        await self.process.start()
        await self.qq.connect()
        await self.qq.flush()
        if not self.bare:
            for group in GROUPS:
                await self.qq.speak(group, HEAD_TEACHER, f"/policy use {PACK}")
                await self.qq.says(group)

    def frames(self, count: int) -> list[str]:
        """The next clean messages, as they go over the line."""
        return [self._frame(next(self._speakers), next(self._texts)) for _ in range(count)]

    def _frame(self, speaker: tuple[int, int], text: str) -> str:
        group, user = speaker
        return json.dumps(self.qq.message_event(group, user, text), ensure_ascii=False)

    async def handle(self, frames: Sequence[str]) -> Batch:
        """Send messages and the marker, and wait for the answer to it."""
        if self.bare:
            await asyncio.to_thread(self._announce, len(frames) + 1)
        marker = self._frame((GROUPS[0], HEAD_TEACHER), MARKER)
        asked = len(self.qq.received)
        cpu, start = self.cpu(), time.perf_counter()
        for frame in frames:
            await self.qq.send_raw(frame)
        await self.qq.send_raw(marker)
        await self.qq.until(
            lambda: any(c.action.startswith("send_") for c in self.qq.received[asked:]), within=300
        )
        seconds = time.perf_counter() - start
        return Batch(len(frames), seconds, self.cpu() - cpu)

    def _announce(self, events: int) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.process.port, timeout=10)
        line.request("POST", f"/bench/answer-after?events={events}")
        assert line.getresponse().status == 200
        line.close()

    def cpu(self) -> float:
        """Seconds of CPU the peer has used so far."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / _TICK

    def resident(self) -> float:
        """Resident memory in MB (10⁶ bytes)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024 / 1e6

    async def check(self) -> None:
        """Make sure that Qungui judged, and found nothing in what was meant to be clean.

        Raises:
            AssertionError: it acted on a clean message, or did not act on one that is not.
        """
        if self.bare:
            return
        acts = {"delete_msg", "set_group_ban", "set_group_kick", "send_private_msg"}
        assert not [c for c in self.qq.received if c.action in acts], self.qq.dump()
        await self.qq.speak(GROUPS[-1], MEMBERS[-1], FORBIDDEN)
        await self.qq.calls("delete_msg")


def speakers() -> Iterator[tuple[int, int]]:
    """Group and member of each message: every group in turn, then the next member of each."""
    while True:
        for user in MEMBERS:
            for group in GROUPS:
                yield group, user


@asynccontextmanager
async def peer(*, bare: bool) -> AsyncGenerator[Peer]:
    """A peer in a directory of its own, ready, with the same log level for both; ended after."""
    with TemporaryDirectory() as home:
        process = BotProcess(
            Path(home),
            command=(str(bare_python()), str(BARE_BOT)) if bare else RUN,
            driven=False,
            settings={"LOG_LEVEL": "WARNING", "API_TIMEOUT": "30"},
        )
        made = Peer(process, bare=bare)
        try:
            await made.ready()
            yield made
        finally:
            await made.qq.disconnect()
            await process.kill9()
