"""OneBot 12, screened like OneBot 11 but not moderated yet: its events go to NoneBot only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from loguru import logger
import msgpack
from nonebot.adapters.onebot.v12 import Adapter as OneBot12Adapter
from nonebot.adapters.onebot.v12 import BotEvent, Event, MetaEvent
from nonebot.adapters.onebot.v12.utils import flattened_to_nested
from nonebot.drivers import WebSocket
from typing_extensions import override

from .screening import Faults, handshake_refusal, parse, read_frame

if TYPE_CHECKING:
    from nonebot.adapters import Bot
    from nonebot.drivers import HTTPServerSetup


class _Screened(WebSocket):
    """A connection that lets through only frames the adapter can take."""

    def __init__(self, websocket: WebSocket, adapter: Adapter) -> None:
        super().__init__(request=websocket.request)
        self._websocket = websocket
        self._adapter = adapter
        self._faults = Faults("OneBot 12, a connection")

    @property
    @override
    def closed(self) -> bool:
        return self._websocket.closed

    @override
    async def accept(self) -> None:
        await self._websocket.accept()

    @override
    async def close(self, code: int = 1000, reason: str = "") -> None:
        await self._websocket.close(code, reason)

    @override
    async def receive(self) -> str | bytes:
        while True:
            data = await self._websocket.receive()
            if self._admits(data):
                return data

    def _admits(self, data: str | bytes) -> bool:
        if isinstance(data, bytes):
            try:
                frame = msgpack.unpackb(data)
            except (ValueError, msgpack.UnpackException):
                frame = None
            if not isinstance(frame, dict):
                self._faults.note("binary frame dropped")
                return False
        elif (frame := read_frame(data, self._faults)) is None:
            return False
        account = frame.get("self")
        self_id = account.get("user_id") if isinstance(account, dict) else frame.get("self.user_id")
        if isinstance(self_id, str) and self_id in self._adapter.driver.bots:
            # Somebody else's bot: no connection speaks for it but its own.
            if self._adapter.connections.get(self_id) is not self:
                self._faults.note("frame dropped that names another bot")
                return False
        return True

    @override
    async def receive_text(self) -> str:
        return await self._websocket.receive_text()

    @override
    async def receive_bytes(self) -> bytes:
        return await self._websocket.receive_bytes()

    @override
    async def send_text(self, data: str) -> None:
        await self._websocket.send_text(data)

    @override
    async def send_bytes(self, data: bytes) -> None:
        await self._websocket.send_bytes(data)


class Adapter(OneBot12Adapter):
    """See the module."""

    _faults: ClassVar[Faults] = Faults("OneBot 12")

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
        await super()._handle_ws(_Screened(websocket, self))

    @classmethod
    @override
    def json_to_event(cls, json_data: Any, impl: str | None = None) -> Event | None:
        """The event for NoneBot, unlogged; None for answers and for what it has no model for."""
        if not isinstance(json_data, dict):
            return None
        try:
            frame: dict[str, Any] = flattened_to_nested(json_data)
            if "type" not in frame:
                cls._result_store.add_result(frame)
                return None
            event = parse(cls.get_event_model(frame, impl), Event, frame, cls._faults)
        except Exception as error:
            cls._faults.note("frame dropped", error)
            return None
        if not isinstance(event, BotEvent | MetaEvent):
            # The adapter asks each other event for the bot that it is for.
            return None
        return event

    @override
    def bot_connect(self, bot: Bot) -> None:
        super().bot_connect(bot)
        logger.warning("OneBot 12: bot {} is connected, but not moderated yet", bot.self_id)
