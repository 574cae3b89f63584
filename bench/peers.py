"""The peers, each a process of its own, and how they are fed and timed."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
import http.client
import json
import math
import os
from pathlib import Path
import sqlite3
from tempfile import TemporaryDirectory
import time
from typing import TYPE_CHECKING

from sandbox.fakeqq import BOT, HEAD_TEACHER, FakeQQ, Member, Message
from tests.end_to_end.launcher import RUN, TOKEN, BotProcess

from .environment import ADMIN_BOT, BARE_BOT, admin_python, bare_python
from .sentences import sentences

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Sequence

PACK = "text-only-parents"
GROUPS = range(1, 201)
MEMBERS = range(20_000, 20_050)
"""In each group. The groups and their members speak in turn, so that nobody floods."""
MARKER = "/help"
FORBIDDEN = "你就是个傻逼"
"""What the pack withdraws: shows, after the rounds, that the messages before it were judged."""
ONE_IN = 20
"""One message in so many violates the pack, in (c)."""
MOST_VIOLATED = 20_000
"""Messages to (c) in a run: more would be over five violators a group, where the brake holds."""
_WITHIN = 1800.0
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Batch:
    """What it took to handle some messages: wall clock and the peer's CPU, in seconds."""

    messages: int
    answered: float
    """Until the answer to the marker."""
    withdrawn: float
    """Until what violates was withdrawn; NaN where nothing does."""
    seconds: float
    """Until all was done: the answer, and all acts on what violates."""
    cpu: float

    @property
    def per_second(self) -> float:
        return self.messages / self.seconds

    @property
    def cpu_each(self) -> float:
        return self.cpu / self.messages


class Peer:
    """A running bot with 200 class groups, fed over one WebSocket.

    A batch is over when the bot says something in the first group after a last message, the marker.
    """

    quick = True
    """Whether it can be given thousands of messages in a turn."""

    def __init__(self, home: Path) -> None:
        self.process = BotProcess(
            home,
            command=self.command(),
            driven=False,
            settings={"LOG_LEVEL": "WARNING", "API_TIMEOUT": "30"},
        )
        self.qq = FakeQQ(
            self.process.url,
            TOKEN,
            self_id=BOT,
            now=time.time,
            details=lambda: self.process.output[-4000:],
        )
        # The same people in every group: only what they are called matters here.
        people = [Member(user, f"网友{user}", f"学生{user}家长") for user in MEMBERS]
        staff = [Member(HEAD_TEACHER, "秋水", role="owner"), Member(BOT, "助手", role="admin")]
        for group in GROUPS:
            self.qq.add_group(group, f"{group}班家长群", [*staff, *people])
        self.qq.friends = {HEAD_TEACHER}
        self._texts = sentences(seed=2026)
        self._speakers = speakers()
        self._given = 0
        """Messages so far, the markers included."""
        self.violating: set[int] = set()
        """Ids of those that violate the pack."""

    def command(self) -> Sequence[str]:
        """What starts it."""
        raise NotImplementedError

    async def ready(self) -> None:
        """Start it and connect."""
        await self.process.start()
        await self.qq.connect()
        await self.qq.flush()

    def frames(self, count: int) -> list[str]:
        """The next messages, as they go over the line."""
        return [self._frame(next(self._speakers), next(self._texts)) for _ in range(count)]

    def _frame(self, speaker: tuple[int, int], text: str) -> str:
        group, user = speaker
        return json.dumps(self.qq.message_event(group, user, text), ensure_ascii=False)

    async def handle(self, frames: Sequence[str]) -> Batch:
        """Send messages and the marker, and wait until all is done."""
        await self._announce(len(frames) + 1)
        self._given += len(frames) + 1
        marker = self._frame((GROUPS[0], HEAD_TEACHER), MARKER)
        asked = len(self.qq.received)
        cpu, start = self.cpu(), time.perf_counter()
        for frame in frames:
            await self.qq.send_raw(frame)
        await self.qq.send_raw(marker)
        await self.qq.until(lambda: self._answered(asked), _WITHIN)
        answered = time.perf_counter() - start
        withdrawn = math.nan
        if self.violating:
            await self.qq.until(self._withdrawn, _WITHIN)
            withdrawn = time.perf_counter() - start
            await self.qq.until(self._acted, _WITHIN)
        seconds = time.perf_counter() - start
        return Batch(len(frames), answered, withdrawn, seconds, self.cpu() - cpu)

    async def _announce(self, events: int) -> None:
        """Tell the peer how many events come, where it answers by their number."""

    def _answered(self, asked: int) -> bool:
        return any(
            call.action in ("send_group_msg", "send_msg")
            and call.params.get("group_id") == GROUPS[0]
            for call in self.qq.received[asked:]
        )

    def _withdrawn(self) -> bool:
        return len(self.qq.withdrawn) >= len(self.violating)

    def _acted(self) -> bool:
        """Whether all violators are muted and told, and the head teacher asked about each."""
        count = len(self.violating)
        return self._acts("set_group_ban") >= count and self._acts("send_private_msg") >= 2 * count

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
        """Make sure, after the rounds, that the peer did what it was measured for.

        Raises:
            AssertionError: it did not.
        """

    def _acts(self, *actions: str) -> int:
        """How often the bot had one of these done."""
        return sum(1 for call in self.qq.received if call.action in actions and call.done)


class Counting(Peer):
    """A peer that is told over HTTP how many events come, and answers the last."""

    async def _announce(self, events: int) -> None:
        await asyncio.to_thread(self._post, events)

    def _post(self, events: int) -> None:
        with closing(
            http.client.HTTPConnection("127.0.0.1", self.process.port, timeout=60)
        ) as line:
            line.request("POST", f"/bench/answer-after?events={events}")
            assert line.getresponse().status == 200


class Bare(Counting):
    """(a): NoneBot2 and nothing else."""

    def command(self) -> Sequence[str]:
        return (str(bare_python()), str(BARE_BOT))


class Qungui(Peer):
    """(b): Qungui with the pack in force in every group, among people who keep to it."""

    def command(self) -> Sequence[str]:
        return RUN

    async def ready(self) -> None:
        """Start it, connect, and put the pack in force in every group."""
        await super().ready()
        for group in GROUPS:
            await self.qq.speak(group, HEAD_TEACHER, f"/policy use {PACK}")
            await self.qq.says(group)
            # All of a group within a second would be a wave, of which the managers are told.
            await self.qq.speak(group, HEAD_TEACHER, "/policy set 三.1 crowd 0")
            await self.qq.says(group, "crowd")

    async def check(self) -> None:
        """It found nothing in what was meant to be clean, and withdraws what is not."""
        assert not self._acts("delete_msg", "set_group_ban", "set_group_kick", "send_private_msg")
        await self.qq.speak(GROUPS[-1], MEMBERS[-1], FORBIDDEN)
        await self.qq.calls("delete_msg")


class Violated(Qungui):
    """(c): the same, where one message in twenty breaks the pack.

    The violations go from group to group, so that each is by another person and no group has so
    many violators that the brake stops it.
    """

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self._sent = 0

    def frames(self, count: int) -> list[str]:
        """The next messages; those that violate are there for the bot to withdraw."""
        return [self._next() for _ in range(count)]

    def _next(self) -> str:
        (group, user), said = next(self._speakers), next(self._texts)
        lap, place = divmod(self._sent, len(GROUPS))
        self._sent += 1
        if (lap + place) % ONE_IN:
            return self._frame((group, user), said)
        event = self.qq.message_event(group, user, said + FORBIDDEN)
        number = event["message_id"]
        self.qq.messages[number] = Message(number, user, event["message"], event, group_id=group)
        self.violating.add(number)
        return json.dumps(event, ensure_ascii=False)

    async def check(self) -> None:
        """Each violation, and nothing else, is withdrawn and a case; its author is muted until the
        removal is decided and told why, and the head teacher is asked."""
        count = len(self.violating)
        assert {message.message_id for message in self.qq.withdrawn} == self.violating
        assert self._acts("delete_msg") == self._acts("set_group_ban") == count
        assert self._acts("send_private_msg") == 2 * count
        with closing(sqlite3.connect(self.process.home / "qungui.db")) as store:
            cases = store.execute('SELECT step, observed, count(*) FROM "case" GROUP BY 1, 2')
            assert cases.fetchall() == [("remove", 0, count)]
        print(f"c: {count} of {self._sent} messages withdrawn, as many cases, mutes and proposals")


class Admin(Counting):
    """(d): nonebot-plugin-admin, with its check of forbidden words on in every group."""

    quick = False
    _SWITCHES = dict.fromkeys(["admin", "requests", "wordcloud", "word_analyze", "broadcast"], True)
    """What it has on in a new group, in its own words."""
    _OFF = ("ai_group_verify", "img_check", "group_msg", "particular_e_notice", "group_recall")

    def command(self) -> Sequence[str]:
        return (str(admin_python()), str(ADMIN_BOT))

    async def ready(self) -> None:
        """Start it with the rows that `开关违禁词` in each group and `添加违禁词` once would leave,
        which by hand takes minutes; connect, and wait until it has looked at its groups."""
        await self.process.start()
        on = self._SWITCHES | {"auto_ban": True} | dict.fromkeys(self._OFF, False)
        with closing(self._store()) as store, store:
            store.executemany(
                "INSERT INTO admin_group_feature_switch (group_id, func_name, enabled)"
                " VALUES (?, ?, ?)",
                [(str(group), name, value) for group in GROUPS for name, value in on.items()],
            )
            store.execute(
                "INSERT INTO admin_content_guard_rule (pattern, options) VALUES (?, '')",
                [FORBIDDEN],
            )
        await self.qq.connect()
        await self.qq.calls("get_group_list")
        await self.handle([])

    def _store(self) -> sqlite3.Connection:
        return sqlite3.connect(self.process.home / "data" / "admin3-statistics.db")

    async def check(self) -> None:
        """It wrote down each message, found nothing in it, and withdraws what is forbidden."""
        assert not self._acts("delete_msg", "set_group_ban")
        with closing(self._store()) as store:
            rows = store.execute("SELECT count(*) FROM admin_statistics_message_record")
            recorded = rows.fetchone()[0]
        assert recorded == self._given, f"{recorded} of {self._given} recorded"
        await self.qq.speak(GROUPS[-1], MEMBERS[-1], FORBIDDEN)
        await self.qq.until(lambda: self._acts("delete_msg", "set_group_ban") == 2, _WITHIN)


def speakers() -> Iterator[tuple[int, int]]:
    """Group and member of each message: every group in turn, then the next member of each."""
    while True:
        for user in MEMBERS:
            for group in GROUPS:
                yield group, user


@asynccontextmanager
async def peer(kind: type[Peer]) -> AsyncGenerator[Peer]:
    """A peer in a directory of its own, ready, with the same log level for all; ended after."""
    with TemporaryDirectory() as home:
        made = kind(Path(home))
        try:
            await made.ready()
            yield made
        finally:
            await made.qq.disconnect()
            await made.process.kill9()
