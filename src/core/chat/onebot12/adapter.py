"""NoneBot's OneBot 12 adapter with a guarded entrance (design: "guard", "At the adapter").

Every event is shown to the door on arrival, in order; bad frames, forged frames and repeats go no
further than here. Reverse WebSocket only: OneBot 12 signs no POST, and the bot does not dial out.
One connection carries any number of bots, each of which it has announced.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any, ClassVar, cast

from loguru import logger
import msgpack
from nonebot.adapters.onebot.store import ResultStore
from nonebot.adapters.onebot.v12 import Adapter as OneBot12Adapter
from nonebot.adapters.onebot.v12 import Bot as OneBot12Bot
from nonebot.adapters.onebot.v12 import Event, MessageEvent
from nonebot.adapters.onebot.v12.exception import ApiNotAvailable, NetworkError
from nonebot.adapters.onebot.v12.utils import CustomEncoder, flattened_to_nested, msgpack_encoder
from nonebot.exception import WebSocketClosed
from typing_extensions import override

from src.core.chat.calling import UNCLEAR
from src.core.chat.pacing import Pacing
from src.core.chat.reception import Reception, Repeatable
from src.core.chat.screening import Faults, handshake_refusal, parse, read_frame

from .platform import OneBot12Platform
from .translate import Self, namespace_of, read, read_self, read_status

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from nonebot.adapters import Bot as BaseBot
    from nonebot.drivers import Driver, HTTPServerSetup, WebSocket

    from src.core.chat.events import Happened, MessageReceived
    from src.core.chat.port import Door
    from src.core.chat.reading import Skipped
    from src.core.clock import Clock

_MOST_BOTS = 64
"""Bots of one connection; beyond it an announcement is a fault."""
_STRINGS = {"text": ("text",), "reply": ("message_id", "user_id")}
"""What NoneBot takes to be strings in a message."""
_ALIVE_WITHIN = 5.0
"""Seconds in which a connection answers whose bot another one claims."""


class OneBot12Chat(Reception[OneBot12Platform]):
    """All that is known of OneBot 12: the accounts, and the door that their events go to.

    The namespace of ids is what a connection says of a bot when it announces it (`wx` for WeChat);
    with `namespace` it is that one for all.
    """

    protocol = "OneBot 12"

    def __init__(
        self,
        door: Door,
        clock: Clock,
        *,
        namespace: str | None = None,
        pacing: Pacing | None = None,
    ) -> None:
        super().__init__(door, clock)
        self._namespace = namespace
        self._pacing = pacing or Pacing()

    def register(self, driver: Driver) -> None:
        """Make NoneBot speak OneBot 12 through the door.

        Raises RuntimeError where another adapter of that name is registered already.
        """
        Adapter.chat = self
        self.enter(driver, Adapter)

    def _namespace_of(self, bot: BaseBot) -> str:
        assert isinstance(bot, OneBot12Bot)
        return self._namespace or namespace_of(bot.platform)

    @override
    def connected(self, bot: BaseBot) -> None:
        known = self._accounts.get(bot.self_id)
        if known is not None and known.platform.namespace != self._namespace_of(bot):
            # The same id on another platform is somebody else.
            del self._accounts[bot.self_id]
        super().connected(bot)

    @override
    def make(self, bot: BaseBot) -> OneBot12Platform:
        return OneBot12Platform(
            bot.self_id,
            namespace=self._namespace_of(bot),
            clock=self._clock,
            pacing=self._pacing,
        )

    @override
    def bot_of(self, raw: dict[str, Any]) -> str:
        """The adapter has made sure that the frame's line speaks for it."""
        return raw["self"]["user_id"]

    @override
    def read(
        self, platform: OneBot12Platform, raw: dict[str, Any]
    ) -> MessageReceived | Happened | Skipped:
        return read(raw, platform.namespace, self._clock.now())

    @override
    def repeatable(self, raw: dict[str, Any]) -> Repeatable | None:
        kind = raw["type"]
        if kind not in ("notice", "request"):
            return None
        # Told again it may have a new id, and a request a new time while it is open.
        changing = ("id", "time") if kind == "request" else ("id",)
        kept = {name: value for name, value in raw.items() if name not in changing}
        return Repeatable(kind, json.dumps(kept, sort_keys=True, default=str))


class Bot(OneBot12Bot):
    """NoneBot's bot, for other people's plugins."""

    @override
    async def handle_event(self, event: Event) -> None:
        """NoneBot logs what it cannot read in these segments, and all that is in it."""
        if isinstance(event, MessageEvent):
            for segment in event.message:
                for name in _STRINGS.get(segment.type, ()):
                    value = segment.data.get(name)
                    segment.data[name] = value if isinstance(value, str) else ""
        await super().handle_event(event)


class Line:
    """One connection, and the bots it speaks for."""

    def __init__(self, websocket: WebSocket, impl: str, faults: Faults) -> None:
        self.websocket = websocket
        self.impl = impl
        self.faults = faults
        self.bots: dict[str, Bot] = {}
        self.waiting: dict[str, Self] = {}
        """Bots it announced which another connection holds."""
        self._answers = ResultStore()

    async def call(
        self, action: dict[str, Any], within: float | None, *, packed: bool
    ) -> dict[str, Any]:
        """Call, and wait `within` seconds for the answer: only what comes over this line is one.

        Raises:
            NetworkError: none came in time.
        """
        number = self._answers.get_seq()
        action["echo"] = str(number)
        if packed:
            await self.websocket.send_bytes(
                cast("bytes", msgpack.packb(action, default=msgpack_encoder))
            )
        else:
            await self.websocket.send_text(json.dumps(action, cls=CustomEncoder))
        try:
            return await self._answers.fetch(number, within)
        except TimeoutError:
            raise NetworkError(f"call {action['action']} timeout") from None

    def answered(self, frame: dict[str, Any]) -> None:
        """Hand the answer of a call to who waits for it."""
        frame.setdefault("message", "")
        frame.setdefault("data", None)
        if frame.get("status") not in ("ok", "failed"):
            frame["data"] = UNCLEAR
        try:
            self._answers.add_result(frame)
        except (asyncio.InvalidStateError, ValueError):
            self.faults.note("repeated or unreadable answer dropped")

    @property
    def name(self) -> str:
        """For the log: the bots it has."""
        return ", ".join(self.bots) or "none yet"


class Adapter(OneBot12Adapter):
    """See the module."""

    chat: ClassVar[OneBot12Chat | None] = None
    _faults: ClassVar[Faults] = Faults("OneBot 12")

    @override
    def __init__(self, driver: Driver, **kwargs: Any) -> None:
        self._lines: dict[Line, asyncio.Task[None]] = {}
        super().__init__(driver, **kwargs)

    # Entrances

    @override
    def setup_http_server(self, setup: HTTPServerSetup) -> None:
        """OneBot 12 signs no POST, so there is no such route: anybody's id could be taken."""

    @override
    async def _start_forward(self) -> None:
        logger.warning("ONEBOT_WS_URLS is not used: let the OneBot implementation connect here")

    @override
    async def _handle_ws(self, websocket: WebSocket) -> None:
        token = self.onebot_config.onebot_access_token
        refusal = handshake_refusal(websocket.request, token, in_query=True)
        if refusal is not None:
            logger.warning("OneBot 12: connection refused: {}", refusal)
            await websocket.close(1008, refusal)
            return
        line = None
        try:
            await websocket.accept()
            line = await self._greeted(websocket)
        except WebSocketClosed:
            return
        except Exception as error:
            self._faults.note("the connection could not be set up", error)
        if line is not None:
            task = asyncio.create_task(self._serve(line), name="onebot12:line")
            self._lines[line] = task
            try:
                await asyncio.wait({task})
            finally:
                task.cancel()
                await asyncio.wait({task})
        # Last, and by nobody who is waited for: the other end may be gone.
        with contextlib.suppress(Exception):
            await websocket.close(1000 if line is not None else 1008)

    async def _greeted(self, websocket: WebSocket) -> Line | None:
        """The line, once it has begun as the standard says; None where it has not."""
        faults = Faults("OneBot 12, a connection")
        frame = self._nested(await websocket.receive(), faults)
        version = frame.get("version") if frame is not None else None
        greets = frame is not None and (frame.get("type"), frame.get("detail_type")) == (
            "meta",
            "connect",
        )
        impl = version.get("impl") if isinstance(version, dict) else None
        if not greets or not isinstance(impl, str):
            logger.warning("OneBot 12: connection refused: it does not begin with a connect event")
            return None
        return Line(websocket, impl, faults)

    async def _serve(self, line: Line) -> None:
        """One connection, until it is closed, fails or is given up."""
        self._start(self._ask_status(line))
        try:
            while True:
                frame = self._nested(await line.websocket.receive(), line.faults)
                if frame is not None:
                    self._receive(line, frame)
        except WebSocketClosed:
            logger.warning("OneBot 12: disconnected; its bots: {}", line.name)
        except Exception as error:
            line.faults.note("the connection failed", error)
        finally:
            if summary := line.faults.summary():
                logger.info("OneBot 12: connection of {} had: {}", line.name, summary)
            self._lines.pop(line)
            for self_id in list(line.bots):
                self._release(line, self_id)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something run beside the lines; the adapter ends it at shutdown."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    # Frames

    @staticmethod
    def _nested(data: str | bytes, faults: Faults) -> dict[str, Any] | None:
        """A frame as an object, with the keys that stand for a path resolved."""
        if isinstance(data, bytes):
            try:
                frame = msgpack.unpackb(data)
            except (ValueError, msgpack.UnpackException):
                frame = None
            if not isinstance(frame, dict):
                faults.note("binary frame dropped")
                return None
        elif (frame := read_frame(data, faults)) is None:
            return None
        try:
            return flattened_to_nested(frame)
        except Exception as error:
            faults.note("frame dropped", error)
            return None

    def _receive(self, line: Line, frame: dict[str, Any]) -> None:
        """Take one frame. Never raises for what is in it."""
        kind = frame.get("type")
        if "type" not in frame:
            line.answered(frame)
            return
        if kind == "meta":
            self._take_meta(line, frame)
            return
        account = read_self(frame.get("self"))
        if account is None:
            line.faults.note("frame dropped that names no bot")
            return
        bot = line.bots.get(account.user_id)
        if bot is None or bot.platform != account.platform:
            line.faults.note("frame dropped that names another bot")
            return
        if self.chat is not None and not self.chat.arrived(frame):
            return
        self._hand_to_nonebot(line, [bot], frame)

    def _take_meta(self, line: Line, frame: dict[str, Any]) -> None:
        if frame.get("detail_type") == "status_update":
            self._take_status(line, frame.get("status"))
        self._hand_to_nonebot(line, list(line.bots.values()), frame)

    def _take_status(self, line: Line, status: object) -> None:
        """What a connection says of its bots; no single event can."""
        for account, online in read_status(status):
            if online:
                self._claim(line, account)
                continue
            line.waiting.pop(account.user_id, None)
            if account.user_id in line.bots:
                logger.warning("OneBot 12: bot {} is logged out", account.user_id)
                self._release(line, account.user_id)

    async def _ask_status(self, line: Line) -> None:
        """Ask which bots a new connection has: some tell it only when it changes."""
        with contextlib.suppress(Exception):
            answer = await self._call(line, "get_status", {}, self.config.api_timeout)
            self._take_status(line, answer["data"])

    def _hand_to_nonebot(self, line: Line, bots: list[Bot], frame: dict[str, Any]) -> None:
        try:
            event = parse(self.get_event_model(frame, line.impl), Event, frame, line.faults)
        except Exception as error:
            line.faults.note("event not handed on that NoneBot has no model for", error)
            return
        if event is None:
            return
        if event.type == "message" and not isinstance(event, MessageEvent):
            # NoneBot would look for the message of it.
            line.faults.note("event not handed on that NoneBot has no model for")
            return
        for bot in bots:
            self._start(self._handle(bot, event))

    async def _handle(self, bot: Bot, event: Event) -> None:
        """Let NoneBot handle an event; what fails there is somebody else's plugin."""
        try:
            await bot.handle_event(event)
        except Exception as error:
            self._faults.note("NoneBot failed to handle an event", error)

    # Bots

    def _holder(self, self_id: str) -> Line | None:
        return next((line for line in self._lines if self_id in line.bots), None)

    def _claim(self, line: Line, account: Self) -> None:
        """Let a line speak for a bot, unless another one does."""
        self_id = account.user_id
        if self_id in line.bots or self_id in line.waiting:
            return
        if len(line.bots) + len(line.waiting) >= _MOST_BOTS:
            line.faults.note("too many bots announced")
            return
        holder = self._holder(self_id)
        if holder is not None:
            line.waiting[self_id] = account
            line.faults.note("a bot announced that another connection holds")
            self._start(self._probe(holder, self_id))
            return
        if self_id in self.driver.bots:
            line.faults.note("a bot announced that is connected over another protocol")
            return
        bot = Bot(self, self_id, line.impl, account.platform)
        line.bots[self_id] = bot
        self.connections[self_id] = line.websocket
        try:
            self.bot_connect(bot)
        except Exception as error:
            line.faults.note("a bot could not be connected", error)
            self._release(line, self_id)
            return
        logger.info("OneBot 12: bot {} connected", self_id)

    async def _probe(self, holder: Line, self_id: str) -> None:
        """Give up a line that does not answer: after a network loss it looks alive for long. One
        that answers keeps its bots, for no connection takes another's."""
        try:
            await self._call(holder, "get_status", {}, _ALIVE_WITHIN)
        except Exception:
            if (task := self._lines.get(holder)) is not None:
                logger.warning(
                    "OneBot 12: bot {} connected anew, the old line is given up", self_id
                )
                task.cancel()

    def _release(self, line: Line, self_id: str) -> None:
        """A line does not speak for a bot any more; who waits for it may."""
        bot = line.bots.pop(self_id)
        self.connections.pop(self_id, None)
        if self_id in self.driver.bots:
            try:
                self.bot_disconnect(bot)
            except Exception as error:
                line.faults.note("a bot could not be disconnected", error)
        for other in list(self._lines):
            account = other.waiting.pop(self_id, None)
            if account is not None:
                self._claim(other, account)
                return

    @override
    def bot_connect(self, bot: BaseBot) -> None:
        super().bot_connect(bot)
        if self.chat is not None:
            self.chat.connected(bot)

    @override
    def bot_disconnect(self, bot: BaseBot) -> None:
        super().bot_disconnect(bot)
        if self.chat is not None:
            self.chat.lost(bot)

    # Calls

    @override
    async def _call_api(self, bot: OneBot12Bot, api: str, **data: Any) -> Any:
        within = data.pop("_timeout", self.config.api_timeout)
        line = self._holder(bot.self_id)
        if line is None:
            raise ApiNotAvailable
        account = {"platform": bot.platform, "user_id": bot.self_id}
        return self._handle_api_result(
            await self._call(line, api, {"params": data, "self": account}, within)
        )

    async def _call(
        self, line: Line, api: str, more: dict[str, Any], within: float | None
    ) -> dict[str, Any]:
        packed = self.onebot_config.onebot_use_msgpack
        if isinstance(packed, dict):
            packed = packed.get(line.impl, False)
        return await line.call({"action": api, "params": {}, **more}, within, packed=packed)
