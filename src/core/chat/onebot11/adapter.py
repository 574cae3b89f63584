"""NoneBot's OneBot 11 adapter with a guarded entrance (design: "guard", "At the adapter").

Every event is shown to the door on arrival, in order, before NoneBot looks up any quotation; bad
frames, forged frames and repeats go no further than here. Reverse WebSocket, and signed HTTP POST
beside it; the bot does not dial out.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any, ClassVar, cast

from loguru import logger
from nonebot.adapters.onebot.v11 import Adapter as OneBot11Adapter
from nonebot.adapters.onebot.v11 import Bot as OneBot11Bot
from nonebot.adapters.onebot.v11 import Event, NetworkError
from nonebot.adapters.onebot.v11.event import Reply
from nonebot.drivers import Response
from nonebot.exception import WebSocketClosed
from typing_extensions import override

from src.core.chat.calling import UNCLEAR
from src.core.chat.events import JoinRequested
from src.core.chat.pacing import Pacing
from src.core.chat.reception import Reception, Repeatable
from src.core.chat.screening import Faults, equal, handshake_refusal, parse, read_frame

from .platform import OneBot11Platform
from .translate import read, read_flag

if TYPE_CHECKING:
    from nonebot.adapters import Bot as BaseBot
    from nonebot.drivers import Driver, HTTPServerSetup, Request, WebSocket

    from src.core.chat.events import Happened, MessageReceived
    from src.core.chat.port import Door
    from src.core.chat.reading import Skipped
    from src.core.clock import Clock

_REQUEST_KEY = ("request_type", "sub_type", "group_id", "user_id", "flag", "comment")


class OneBot11Chat(Reception[OneBot11Platform]):
    """All that is known of OneBot 11: the accounts, and the door that their events go to."""

    protocol = "OneBot 11"

    def __init__(
        self,
        door: Door,
        clock: Clock,
        *,
        namespace: str = "qq",
        pacing: Pacing | None = None,
    ) -> None:
        super().__init__(door, clock)
        self._namespace = namespace
        self._pacing = pacing or Pacing()

    def register(self, driver: Driver) -> None:
        """Make NoneBot speak OneBot 11 through the door.

        Raises RuntimeError where another adapter of that name is registered already.
        """
        Adapter.chat = self
        self.enter(driver, Adapter)

    @override
    def make(self, bot: BaseBot) -> OneBot11Platform:
        return OneBot11Platform(
            bot.self_id, namespace=self._namespace, clock=self._clock, pacing=self._pacing
        )

    @override
    def bot_of(self, raw: dict[str, Any]) -> str:
        return str(raw.get("self_id"))

    @override
    def read(
        self, platform: OneBot11Platform, raw: dict[str, Any]
    ) -> MessageReceived | Happened | Skipped:
        event = read(raw, platform.namespace, self._clock.now())
        if isinstance(event, JoinRequested):
            platform.told_of(event.flag, read_flag(raw))
        return event

    @override
    def repeatable(self, raw: dict[str, Any]) -> Repeatable | None:
        if raw["post_type"] == "request":
            # Told again with a new time while it is open.
            return Repeatable("request", tuple(str(raw.get(name)) for name in _REQUEST_KEY))
        if raw["post_type"] == "notice":
            return Repeatable("notice", json.dumps(raw, sort_keys=True))
        return None


class Bot(OneBot11Bot):
    """NoneBot's bot, for other people's plugins."""

    @override
    async def get_msg(self, *, message_id: int) -> dict[str, Any]:
        """NoneBot looks up each quotation with this and logs what it cannot parse, text and all:
        such an answer is refused here."""
        answer = await self.call_api("get_msg", message_id=message_id)
        try:
            Reply.model_validate(answer)
        except Exception:
            raise NetworkError("unreadable answer") from None
        return answer


class Adapter(OneBot11Adapter):
    """See the module. `json_to_event` is a class method, so the class knows the chat."""

    chat: ClassVar[OneBot11Chat | None] = None
    _faults: ClassVar[Faults] = Faults("OneBot 11")

    @override
    def __init__(self, driver: Driver, **kwargs: Any) -> None:
        self._lines: dict[str, asyncio.Task[None]] = {}
        super().__init__(driver, **kwargs)

    # Entrances

    @override
    def setup_http_server(self, setup: HTTPServerSetup) -> None:
        """With no secret a POST proves nothing about who sent it: then there is no such route."""
        if self.onebot_config.onebot_secret:
            super().setup_http_server(setup)

    @override
    async def _start_forward(self) -> None:
        logger.warning("ONEBOT_WS_URLS is not used: let the OneBot implementation connect here")

    @override
    async def _handle_http(self, request: Request) -> Response:
        self_id = request.headers.get("x-self-id", "")
        secret = self.onebot_config.onebot_secret
        body = request.content
        if not secret or not isinstance(body, bytes):
            return Response(400, content="Invalid request body")
        signature = "sha1=" + hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()
        given = request.headers.get("x-signature", "")
        if not equal(given, signature):
            self._faults.note("POST with a missing or wrong signature refused")
            return Response(403 if given else 401, content="Signature is invalid")
        frame = read_frame(body.decode("utf-8", "replace"), self._faults)
        if frame is None or "post_type" not in frame:
            return Response(400, content="Invalid request body")
        bot = self.bots.get(self_id)
        if str(frame.get("self_id")) != self_id or bot is None or self_id not in self.connections:
            # A POST never makes a bot: the id could be anybody's, and would be taken then.
            self._faults.note("POST for a bot refused that is not connected")
            return Response(403, content="No such bot")
        self._receive(cast("OneBot11Bot", bot), frame)
        return Response(204)

    @override
    async def _handle_ws(self, websocket: WebSocket) -> None:
        headers = websocket.request.headers
        self_id = headers.get("x-self-id", "")
        refusal = handshake_refusal(websocket.request, self.onebot_config.onebot_access_token)
        if refusal is None and not (self_id.isascii() and self_id.isdecimal()):
            refusal = "Missing X-Self-ID Header"
        if refusal is None and headers.get("x-client-role", "Universal").lower() != "universal":
            refusal = "Only the Universal client role is served"
        if refusal is not None:
            logger.warning("OneBot 11: connection refused: {}", refusal)
            await websocket.close(1008, refusal)
            return

        # After a network loss the old line may look alive for a long time: the new one is right.
        while (old := self._lines.get(self_id)) is not None:
            logger.warning("OneBot 11: bot {} connected anew, the old line is given up", self_id)
            old.cancel()
            await asyncio.wait({old})
        if self_id in self.driver.bots:
            logger.warning("OneBot 11: bot {} is connected over another protocol", self_id)
            await websocket.close(1008, "Duplicate X-Self-ID")
            return

        line = asyncio.create_task(self._serve(websocket, self_id), name=f"onebot11:{self_id}")
        self._lines[self_id] = line
        # Before anybody who waits for the line is told of its end.
        line.add_done_callback(lambda _: self._lines.pop(self_id))
        try:
            await asyncio.wait({line})
        finally:
            line.cancel()
            await asyncio.wait({line})
        # Last, and by nobody who is waited for: the other end may be gone.
        with contextlib.suppress(Exception):
            await websocket.close()

    async def _serve(self, websocket: WebSocket, self_id: str) -> None:
        """One connection, from its acceptance until it is closed, fails or is given up."""
        faults = Faults(f"OneBot 11, connection of bot {self_id}")
        bot = Bot(self, self_id)
        try:
            await websocket.accept()
            self.bot_connect(bot)
        except Exception as error:
            faults.note("the connection could not be set up", error)
            return
        self.connections[self_id] = websocket
        logger.info("OneBot 11: bot {} connected", self_id)
        try:
            while True:
                frame = read_frame(await websocket.receive(), faults)
                if frame is None:
                    continue
                if "post_type" not in frame:
                    self._answered(frame, faults)
                elif str(frame.get("self_id")) != self_id:
                    faults.note("frame dropped that names another bot")
                else:
                    self._receive(bot, frame)
        except WebSocketClosed:
            logger.warning("OneBot 11: bot {} disconnected", self_id)
        except Exception as error:
            faults.note("the connection failed", error)
        finally:
            if summary := faults.summary():
                logger.info("OneBot 11: connection of bot {} had: {}", self_id, summary)
            self.connections.pop(self_id, None)
            self.bot_disconnect(bot)

    # Frames

    def _receive(self, bot: OneBot11Bot, frame: dict[str, Any]) -> None:
        if (event := self.json_to_event(frame)) is not None:
            task = asyncio.create_task(self._hand_on(bot, event))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def _hand_on(self, bot: OneBot11Bot, event: Event) -> None:
        """Let NoneBot handle an event; what fails there is somebody else's plugin."""
        try:
            await bot.handle_event(event)
        except Exception as error:
            self._faults.note("NoneBot failed to handle an event", error)

    @classmethod
    def _answered(cls, frame: dict[str, Any], faults: Faults) -> None:
        """Hand the answer of a call to who waits for it."""
        if frame.get("status") not in ("ok", "failed"):
            frame["data"] = UNCLEAR
        try:
            cls._result_store.add_result(frame)
        except (asyncio.InvalidStateError, ValueError):
            faults.note("repeated or unreadable answer dropped")

    @classmethod
    @override
    def json_to_event(cls, json_data: Any) -> Event | None:
        """The event for NoneBot; None where the door keeps it, or NoneBot has no model for it."""
        if not isinstance(json_data, dict):
            return None
        if "post_type" not in json_data:
            cls._answered(json_data, cls._faults)
            return None
        if cls.chat is not None and not cls.chat.arrived(json_data):
            return None
        return parse(cls.get_event_model(json_data), Event, json_data, cls._faults)

    # Lines

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
