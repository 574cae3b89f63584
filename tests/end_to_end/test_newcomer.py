"""A newcomer's first minutes: start the sandbox class, open its page, play the day, then break a
rule, read the case, appeal, and review. All over what the page itself uses."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
import http.client
import json
import os
from pathlib import Path
import re
import signal
import sys
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from websockets.asyncio.client import ClientConnection, connect

from sandbox.fakeqq import HEAD_TEACHER, PARENTS
from src.core.store.copies import take_lock
from src.sandbox import PLACE

from .launcher import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

ROOT = Path(__file__).resolve().parents[2]
PARENT = PARENTS[1]
ADVERT = "暑假一对一辅导，名师小班，限时优惠，加微信abc12345"
T = TypeVar("T")
Json = dict[str, Any]


class Sandbox:
    """`python -m sandbox` as a newcomer starts it."""

    def __init__(self, process: asyncio.subprocess.Process, output: Path) -> None:
        self.process = process
        self._output = output

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return self._output.read_text(encoding="utf-8")

    async def address(self) -> str:
        """Where the page is, as it was printed."""
        async with asyncio.timeout(90):
            while (found := re.search(r"http://127\.0\.0\.1:\d+/", self.output)) is None:
                assert self.process.returncode is None, self.output
                await asyncio.sleep(0.05)
        return found[0]

    async def ended(self) -> int:
        """Its exit code, once it has ended."""
        async with asyncio.timeout(30):
            return await self.process.wait()

    def bots(self) -> list[int]:
        """The processes that it started."""
        pid = self.process.pid
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@asynccontextmanager
async def sandboxed(home: Path) -> AsyncGenerator[Sandbox]:
    """The sandbox class in a home of its own, where the page's usual port is taken."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    output = home / "output.log"
    with output.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "sandbox", "--port", str(free_port())),
            cwd=ROOT,
            env=kept | {"QUNGUI_HOME": str(home), "PYTHONUTF8": "1"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=asyncio.subprocess.STDOUT,
            # As a terminal's: whoever starts the tests may have shut out Ctrl+C.
            start_new_session=True,
        )
    sandbox = Sandbox(process, output)
    try:
        yield sandbox
    finally:
        if process.returncode is None:
            process.terminate()
            with suppress(TimeoutError):
                await sandbox.ended()
        if process.returncode is None:
            process.kill()
            await process.wait()


class Page:
    """What a page does: it keeps what it is told, and asks for what people click and type."""

    def __init__(self, line: ClientConnection) -> None:
        self._line = line
        self._numbers = 0
        self.entries: dict[int, Json] = {}
        self.day: Json = {}
        self.answers: dict[int, Json] = {}

    async def until(self, condition: Callable[[], T | None], within: float = 30.0) -> T:
        """Take in what comes until `condition` holds; returns what it gave."""
        async with asyncio.timeout(within):
            while not (value := condition()):
                self._take(json.loads(await self._line.recv()))
        return value

    def _take(self, news: Json) -> None:
        match news["type"]:
            case "snapshot":
                self.entries = {entry["n"]: entry for entry in news["entries"]}
                self.day = news["day"]
            case "entry":
                self.entries[news["entry"]["n"]] = news["entry"]
            case "withdrawn" | "looks" | "decided" as changed:
                self.entries[news["n"]][changed] = news[changed]
            case "day":
                self.day = news["day"]
            case "done" | "refused":
                self.answers[news["ref"]] = news
            case _:
                pass

    async def do(self, action: str, **fields: Any) -> None:
        """Ask for something, and wait until it is done."""
        self._numbers += 1
        ref = self._numbers
        await self._line.send(json.dumps({"do": action, "ref": ref, **fields}))
        answer = await self.until(lambda: self.answers.get(ref))
        assert answer["type"] == "done", answer

    async def type(self, who: int, words: str, *, private: bool = False) -> None:
        """Somebody types something."""
        where = "private" if private else "group"
        await self.do("speak", who=who, where=where, content=[{"text": words}])

    def last(self) -> int:
        """The number of the last entry."""
        return max(self.entries, default=0)

    async def shows(self, part: str, *, after: int, where: str | int = "group") -> Json:
        """Wait for a message with this text, in the group or somebody's private talk."""

        def found() -> Json | None:
            for number, entry in self.entries.items():
                if number > after and entry["kind"] == "message" and entry["where"] == where:
                    words = "".join(str(p.get("text", "")) for p in entry["pieces"])
                    if part in words:
                        return entry | {"words": words}
            return None

        return await self.until(found)


@asynccontextmanager
async def opened(address: str) -> AsyncGenerator[Page]:
    """The page as a browser has it: loaded, and its line open."""
    place = address.removeprefix("http://").rstrip("/")

    def load() -> bytes:
        line = http.client.HTTPConnection(place, timeout=10)
        try:
            line.request("GET", "/")
            answer = line.getresponse()
            assert answer.status == 200
            return answer.read()
        finally:
            line.close()

    assert "群规" in (await asyncio.to_thread(load)).decode()
    origin: Any = f"http://{place}"
    async with connect(f"ws://{place}/live", origin=origin, proxy=None) as line:
        page = Page(line)
        await page.until(lambda: page.day)
        yield page


async def test_a_newcomers_first_minutes(tmp_path: Path) -> None:
    async with sandboxed(tmp_path) as sandbox, opened(await sandbox.address()) as page:
        assert "班主任" in sandbox.output
        await page.do("day", play=True, speed="fast")
        await page.until(lambda: page.day["playing"])
        await page.until(lambda: not page.day["playing"], within=180)
        assert any("家长群群规" in json.dumps(e, ensure_ascii=False) for e in page.entries.values())

        before = page.last()
        await page.type(PARENT, ADVERT)
        advert = await page.shows(ADVERT, after=before)
        shown = page.entries[advert["n"]]
        await page.until(lambda: shown["withdrawn"] is not None)
        await page.until(lambda: (shown["looks"] or {"case": None})["case"] is not None)
        assert shown["looks"]["verdict"] == "case"
        told = await page.shows("如有不同意见", after=before, where=PARENT)
        item = re.search(r"申诉 (\d+-\d+)", told["words"])
        assert item is not None
        case = item[1].partition("-")[2]
        assert shown["looks"]["case"] == int(case)

        before = page.last()
        await page.type(HEAD_TEACHER, f"/案件 {case}")
        await page.shows("自动发现（内容过滤）", after=before, where=HEAD_TEACHER)
        await page.type(PARENT, f"申诉 {item[1]} 是替邻居问的，不是广告", private=True)
        asked = await page.shows("提出申诉", after=before, where=HEAD_TEACHER)
        number = re.search(r"（\d+-(\d+)）", asked["words"])
        assert number is not None
        await page.type(HEAD_TEACHER, f"/复核 {number[1]} 撤销 核实过了，是误会")
        await page.shows("撤销，不再计入记录", after=before, where=PARENT)
        await page.type(PARENT, "我的记录", private=True)
        await page.shows("已撤销", after=before, where=PARENT)

        bots = sandbox.bots()
        assert len(bots) == 1
        sandbox.process.send_signal(signal.SIGINT)
        assert await sandbox.ended() == 0
        assert "沙盒班级已经关闭" in sandbox.output
        assert "Traceback" not in sandbox.output
        # The bot has ended too, and what it had for itself is free.
        with pytest.raises(ProcessLookupError):
            os.kill(bots[0], 0)
        os.close(take_lock(tmp_path / PLACE / "sandbox"))


async def test_it_says_when_the_bot_dies(tmp_path: Path) -> None:
    async with sandboxed(tmp_path) as sandbox:
        await sandbox.address()
        (bot,) = sandbox.bots()
        os.kill(bot, signal.SIGKILL)
        assert await sandbox.ended() == 1
        assert "中途停止了" in sandbox.output
        assert "Traceback" not in sandbox.output


async def test_a_second_one_says_that_there_is_one(tmp_path: Path) -> None:
    async with sandboxed(tmp_path) as first:
        await first.address()
        (tmp_path / "second").mkdir()
        second = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "sandbox", "--demo"),
            cwd=ROOT,
            env={**os.environ, "QUNGUI_HOME": str(tmp_path), "PYTHONUTF8": "1"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await second.communicate()
        assert second.returncode == 1
        assert "已经有一个沙盒在运行" in said.decode()
        assert first.process.returncode is None
