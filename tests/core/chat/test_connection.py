"""The adapters over a real socket: who may connect, what gets through, in which order."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
import hashlib
import hmac
import http.client
import itertools
import json
import os
from pathlib import Path
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator

ROOT = Path(__file__).parents[3]
TOKEN, SECRET = "a-token", "secret"
WAIT = 20.0
_ids = itertools.count(2_100_000_001)
_message_ids = itertools.count(1)


class Served:
    """The process of serving.py, and what its door told."""

    def __init__(self, log: Path, **settings: str) -> None:
        plain = {k: v for k, v in os.environ.items() if not k.startswith("ONEBOT")}
        self._log = log
        with log.open("w") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.core.chat.serving"],
                cwd=log.parent,
                env={**plain, "PYTHONPATH": str(ROOT), "LOG_LEVEL": "TRACE", **settings},
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )
        self._told: list[dict[str, Any]] = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.port: int = self._wait_for(
                lambda told: next((t["port"] for t in told if t["what"] == "port"), None)
            )
        except BaseException:
            self.stop()
            raise

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                self._told.append(json.loads(line))
                self._news.notify_all()

    def _wait_for(self, found: Callable[[list[dict[str, Any]]], Any]) -> Any:
        with self._news:
            result = self._news.wait_for(lambda: found(self._told), WAIT)
        assert result, f"not told in {WAIT} s:\n{self._told[-20:]}\n{self.log()[-4000:]}"
        return result

    def told(self, bot: int | str) -> list[dict[str, Any]]:
        """All that was told of a bot so far."""
        with self._news:
            return [told for told in self._told if told["bot"] == str(bot)]

    async def until(self, bot: int | str, what: str, times: int = 1, **more: Any) -> dict[str, Any]:
        """Wait until it was told so many times; the last of them."""

        def found(told: list[dict[str, Any]]) -> dict[str, Any] | None:
            such = [
                t
                for t in told
                if t["bot"] == str(bot)
                and t["what"] == what
                and all(t[key] == value for key, value in more.items())
            ]
            return such[times - 1] if len(such) >= times else None

        return await asyncio.to_thread(self._wait_for, found)

    def texts(self, bot: int | str, what: str = "message") -> list[str]:
        return [told["text"] for told in self.told(bot) if told["what"] == what]

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(WAIT)
        self._reader.join(WAIT)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def post(self, bot: int, body: bytes, path: str = "/onebot/v11/http", **headers: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        try:
            connection.request("POST", path, body, {"X-Self-ID": str(bot), **headers})
            return connection.getresponse().status
        finally:
            connection.close()

    @asynccontextmanager
    async def line(
        self, bot: int, token: str = TOKEN, path: str = "/onebot/v11/ws", **more: Any
    ) -> AsyncGenerator[Line]:
        headers = {"X-Self-ID": str(bot), "X-Client-Role": "Universal", **more.pop("headers", {})}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        address = f"ws://127.0.0.1:{self.port}{path}"
        async with connect(address, additional_headers=headers, proxy=None, **more) as websocket:
            yield Line(websocket, bot)


class Line:
    """The implementation's end of a connection."""

    def __init__(self, websocket: ClientConnection, bot: int) -> None:
        self.websocket = websocket
        self.bot = bot

    async def send(self, frame: Any) -> None:
        await self.websocket.send(
            frame if isinstance(frame, str | bytes) else json.dumps(frame, ensure_ascii=False)
        )

    async def say(self, text: str, **more: Any) -> dict[str, Any]:
        frame = message(self.bot, text, **more)
        await self.send(frame)
        return frame

    async def called(self) -> dict[str, Any]:
        """The next call, but for the question what drives the account."""
        while True:
            call = json.loads(await asyncio.wait_for(self.websocket.recv(), WAIT))
            if call["action"] != "get_version_info":
                return call

    async def answer(self, call: dict[str, Any], data: Any, status: str = "ok") -> None:
        await self.send({"status": status, "retcode": 0, "data": data, "echo": call["echo"]})


def message(bot: int, text: str, **more: Any) -> dict[str, Any]:
    return {
        "post_type": "message",
        "message_type": "group",
        "sub_type": "normal",
        "self_id": bot,
        "user_id": 20,
        "group_id": 30,
        "message_id": next(_message_ids),
        "time": 1_790_000_000,
        "sender": {"user_id": 20, "nickname": "秘密名字", "card": "", "role": "member"},
        "raw_message": text,
        "font": 0,
        "message": [{"type": "text", "data": {"text": text}}],
        **more,
    }


def notice(bot: int, notice_type: str, **more: Any) -> dict[str, Any]:
    return {
        "post_type": "notice",
        "notice_type": notice_type,
        "self_id": bot,
        "user_id": 20,
        "group_id": 30,
        "operator_id": 21,
        "message_id": 5,
        "time": 1_790_000_000,
        **more,
    }


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"X-Signature": "sha1=" + hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    log = tmp_path_factory.mktemp("served") / "log"
    process = Served(log, ONEBOT_ACCESS_TOKEN=TOKEN, ONEBOT_SECRET=SECRET, API_TIMEOUT="10")
    yield process
    process.stop()


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Neither token nor secret; a blank setting of version 11 overrides the common one."""
    log = tmp_path_factory.mktemp("closed") / "log"
    process = Served(
        log,
        ONEBOT_SECRET=SECRET,
        ONEBOT_V11_SECRET="",
        ONEBOT_ACCESS_TOKEN=TOKEN,
        ONEBOT_V11_ACCESS_TOKEN="",
        ONEBOT_V12_ACCESS_TOKEN="",
    )
    yield process
    process.stop()


@pytest.fixture
def bot() -> int:
    return next(_ids)


async def test_events_come_to_the_door_in_order_and_then_to_nonebot(
    served: Served, bot: int
) -> None:
    texts = [str(number) for number in range(200)]
    async with served.line(bot) as line:
        for text in texts:
            await line.say(text)
        await served.until(bot, "nonebot", 200)
    await served.until(bot, "Lost")
    assert served.texts(bot) == texts
    assert sorted(served.texts(bot, "nonebot"), key=int) == texts
    assert [told["what"] for told in served.told(bot)][:1] == ["Connected"]


async def test_a_quotation_does_not_delay_the_door(served: Served, bot: int) -> None:
    async with served.line(bot) as line:
        quotation = [
            {"type": "reply", "data": {"id": "99"}},
            {"type": "text", "data": {"text": "quoting"}},
        ]
        await line.say("quoting", message=quotation)
        await line.say("after")
        await served.until(bot, "nonebot", text="after")
        assert served.texts(bot) == ["quoting", "after"]
        call = await line.called()
        assert (call["action"], call["params"]) == ("get_msg", {"message_id": 99})
        await line.answer(call, {"message": "秘密引用"})
        told = await served.until(bot, "nonebot", text="quoting")
        assert told["quoted"] is False
        await line.say("quoting", message=quotation)
        call = await line.called()
        quoted = message(bot, "秘密引用")
        await line.answer(call, {**quoted, "real_id": 1})
        told = await served.until(bot, "nonebot", 2, text="quoting")
        assert told["quoted"] is True


async def test_what_the_door_keeps_does_not_come_to_nonebot(served: Served, bot: int) -> None:
    async with served.line(bot) as line:
        await line.say("withhold")
        await line.say("mark")
        await served.until(bot, "nonebot", text="mark")
    assert served.texts(bot) == ["withhold", "mark"]
    assert served.texts(bot, "nonebot") == ["mark"]


async def test_a_door_or_plugin_that_fails_stops_nothing(served: Served, bot: int) -> None:
    async with served.line(bot) as line:
        for text in ("fail", "break", "fail", "break", "mark"):
            await line.say(text)
        await served.until(bot, "nonebot", text="mark")
    assert served.texts(bot, "nonebot").count("fail") == 2
    assert served.log().count("the door failed: ValueError") == 1


async def test_own_messages_are_not_shown_to_the_door(served: Served, bot: int) -> None:
    async with served.line(bot) as line:
        await line.say("own", user_id=bot)
        await line.say("sent", post_type="message_sent")
        await line.say("mark")
        await served.until(bot, "nonebot", text="mark")
    assert served.texts(bot) == ["mark"]


GARBAGE: list[Any] = [
    "",
    "{秘密",
    "[]",
    "null",
    "[" * 50_000,
    '{"a":' * 50_000,
    b"\xff\x00\xfe",
    b"{}",
    {},
    {"post_type": None},
    {"echo": "9" * 5000},
    {"echo": "1", "status": "ok"},
    {"echo": {"a": 1}, "self": 5, "status": []},
]


async def test_garbage_is_survived_and_logged_once_a_kind(served: Served, bot: int) -> None:
    async with served.line(bot) as line:
        for frame in GARBAGE * 3:
            await line.send(frame)
        for broken in (
            {"post_type": 5},
            {"message_type": ["group"]},
            {"message_id": "abcd-efgh"},
            {"message_id": 2**70},
            {"sender": None, "message": {}},
            {"message": "[CQ:at,qq=1]x", "sub_type": None},
            {"time": None, "group_id": {}},
            {"notice_type": "group_ban"},
        ):
            await line.say("秘密", **broken)
        for kind in ("group_ban", "group_upload", "notify", "unheard_of"):
            await line.send(notice(bot, kind, file=[], duration={}, sub_type=[]))
        await line.say("mark")
        await served.until(bot, "nonebot", text="mark")
    await served.until(bot, "Lost")
    lines = [line for line in served.log().splitlines() if str(bot) in line]
    assert len([line for line in lines if "frame dropped that is not JSON (" in line]) == 1
    assert len([line for line in lines if "binary frame dropped (" in line]) == 1
    assert any("binary frame dropped ×6" in line for line in lines)


async def test_a_frame_that_names_another_bot_is_dropped(served: Served, bot: int) -> None:
    other = next(_ids)
    async with served.line(bot) as line, served.line(other):
        await line.say("forged", self_id=other)
        await line.say("nobody", self_id=None)
        await line.say("a string", self_id=str(bot))
        await served.until(bot, "message", text="a string")
    assert served.texts(bot) == ["a string"]
    assert served.texts(other) == []


async def test_what_comes_twice_counts_once(served: Served, bot: int) -> None:
    async with served.line(bot) as line:
        first = await line.say("one")
        await line.send(first)
        await line.send({**first, "message_id": first["message_id"] + 10**6})
        await line.send({**first, "time": first["time"] + 1})
        increase = notice(bot, "group_increase", sub_type="approve")
        for _ in range(2):
            await line.send(increase)
        await line.send({**increase, "user_id": 22})
        request: dict[str, Any] = {
            **notice(bot, ""),
            "post_type": "request",
            "request_type": "group",
            "sub_type": "add",
            "flag": "f",
            "comment": "c",
        }
        for later in (0, 1, 120):
            await line.send({**request, "time": request["time"] + later})
        await line.send({**request, "comment": "d"})
        await line.say("mark")
        await served.until(bot, "nonebot", text="mark")
    # A line that comes back may repeat what it said.
    async with served.line(bot) as line:
        await line.send(first)
        await line.say("mark 2")
        await served.until(bot, "message", text="mark 2")
    assert served.texts(bot) == ["one", "one", "one", "mark", "mark 2"]
    whats = [told["what"] for told in served.told(bot)]
    assert whats.count("MemberCame") == 2
    assert whats.count("JoinRequested") == 2
    assert served.texts(bot, "nonebot").count("one") == 3


async def test_notices_come_to_the_door_and_to_nonebot(served: Served, bot: int) -> None:
    async with served.line(bot) as line:
        await line.send(notice(bot, "group_recall"))
        told = await served.until(bot, "Withdrawn")
        await served.until(bot, "nonebot notice")
    assert told["fields"]["ref"][1] == ["sandbox", "30"]


async def test_calls_are_answered_and_a_repeated_answer_is_survived(
    served: Served, bot: int
) -> None:
    async with served.line(bot) as line:
        await line.say("say")
        call = await line.called()
        assert call["action"] == "send_group_msg"
        for _ in range(3):
            await line.answer(call, {"message_id": 7})
        assert (await served.until(bot, "answer"))["word"] == "done"
        await line.answer(call, {"message_id": 7})
        await line.say("say")
        await line.answer(await line.called(), None, status="async")
        assert (await served.until(bot, "answer", 2))["word"] == "unknown"
        await line.say("read")
        call = await line.called()
        await line.send(
            {"status": "failed", "retcode": 1200, "wording": "消息不存在", "echo": call["echo"]}
        )
        assert (await served.until(bot, "answer", 3))["word"] == "done"


async def test_a_line_lost_in_the_middle_of_a_call(served: Served, bot: int) -> None:
    async with served.line(bot) as line:
        await line.say("say")
        await line.called()
    told = await served.until(bot, "answer")
    assert (told["word"], told["wording"]) == ("unknown", "connection lost")


async def test_a_private_message_makes_its_author_reachable(served: Served, bot: int) -> None:
    async with served.line(bot) as line:
        await line.say("reachable", message_type="private", sub_type="friend")
        told = await served.until(bot, "reachable")
    assert told["value"] is True


async def test_a_second_connection_replaces_the_first(served: Served, bot: int) -> None:
    async with served.line(bot) as first:
        await first.say("first")
        await served.until(bot, "message", text="first")
        async with served.line(bot) as second:
            with pytest.raises(ConnectionClosed):
                await first.called()
            await second.say("say")
            await second.answer(await second.called(), {"message_id": 1})
            assert (await served.until(bot, "answer"))["word"] == "done"
    await served.until(bot, "Lost", 2)
    lines = [t["what"] for t in served.told(bot) if t["what"] in ("Connected", "Lost")]
    assert lines == ["Connected", "Lost", "Connected", "Lost"]


async def test_many_connections_at_once_leave_one(served: Served, bot: int) -> None:
    async def attempt() -> ClientConnection:
        return await connect(
            f"ws://127.0.0.1:{served.port}/onebot/v11/ws",
            additional_headers={"X-Self-ID": str(bot), "Authorization": f"Bearer {TOKEN}"},
            proxy=None,
        )

    # One that is replaced before it was accepted is refused.
    attempts = await asyncio.gather(*(attempt() for _ in range(5)), return_exceptions=True)
    accepted = [one for one in attempts if isinstance(one, ClientConnection)]
    closing = {asyncio.create_task(one.wait_closed()): one for one in accepted}
    left = set(closing)
    while len(left) > 1:
        _, left = await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED, timeout=WAIT)
    last = closing[left.pop()]
    await Line(last, bot).say("alive")
    await served.until(bot, "message", text="alive")
    await last.close()
    await asyncio.wait(closing)
    await served.until(bot, "Lost", len(accepted))
    lines = [t["what"] for t in served.told(bot) if t["what"] in ("Connected", "Lost")]
    assert lines == ["Connected", "Lost"] * len(accepted)


@pytest.mark.parametrize(
    "more",
    [
        {"token": ""},
        {"token": "wrong"},
        {"origin": "http://127.0.0.1"},
        {"headers": {"X-Self-ID": "wxid_a"}},
        {"headers": {"X-Self-ID": ""}},
        {"headers": {"X-Client-Role": "API"}},
    ],
)
async def test_who_is_refused(served: Served, bot: int, more: dict[str, Any]) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with served.line(bot, **more):
            pass
    assert refused.value.response.status_code == 403
    assert served.told(bot) == []


async def test_a_refused_connection_does_not_replace_the_first(served: Served, bot: int) -> None:
    async with served.line(bot) as line:
        with pytest.raises(InvalidStatus):
            async with served.line(bot, token="wrong"):
                pass
        await line.say("still here")
        await served.until(bot, "message", text="still here")


async def test_a_post_counts_only_signed_and_for_a_bot_that_is_connected(
    served: Served, bot: int
) -> None:
    def post(body: bytes, **headers: str) -> int:
        return served.post(bot, body, **headers)

    body = json.dumps(message(bot, "posted")).encode()
    assert await asyncio.to_thread(post, body, **signed(body)) == 403
    async with served.line(bot) as line:
        await served.until(bot, "Connected")
        assert await asyncio.to_thread(post, body) == 401
        assert await asyncio.to_thread(post, body, **signed(body, "wrong")) == 403
        other = json.dumps(message(next(_ids), "forged")).encode()
        assert await asyncio.to_thread(post, other, **signed(other)) == 403
        for broken in (b"", b"{", b"[]", b"\xff", b"{}", b'{"echo": "1", "status": "ok"}'):
            assert await asyncio.to_thread(post, broken, **signed(broken)) == 400
        assert served.texts(bot) == []
        assert await asyncio.to_thread(post, body, **signed(body)) == 204
        # The same again is a replay: accepted, and of no effect.
        assert await asyncio.to_thread(post, body, **signed(body)) == 204
        await line.say("mark")
        await served.until(bot, "message", text="mark")
    assert served.texts(bot) == ["posted", "mark"]


@pytest.mark.parametrize("version", ["v11", "v12"])
@pytest.mark.parametrize("path", ["", "http", "http/"])
async def test_without_a_secret_nothing_takes_a_post(
    closed: Served, bot: int, version: str, path: str
) -> None:
    body = json.dumps(message(bot, "posted")).encode()
    status = await asyncio.to_thread(
        closed.post, bot, body, f"/onebot/{version}/{path}", **signed(body)
    )
    assert status in (404, 405)


@pytest.mark.parametrize("path", ["/onebot/v11/ws", "/onebot/v12/ws"])
@pytest.mark.parametrize("token", ["", TOKEN])
async def test_without_a_token_nobody_is_let_in(
    closed: Served, bot: int, path: str, token: str
) -> None:
    with pytest.raises(InvalidStatus):
        async with closed.line(bot, token=token, path=path):
            pass


async def test_nothing_that_people_wrote_is_in_the_log(served: Served, bot: int) -> None:
    async with served.line(bot) as line:
        for text in ("秘密", "fail", "break"):
            await line.say(text, message=[{"type": "text", "data": {"text": text}}])
        await line.say("秘密 mark")
        await served.until(bot, "nonebot", text="秘密 mark")
    log = served.log()
    assert "OneBot 11" in log
    for line_of_log in log.splitlines():
        assert "秘密" not in line_of_log
