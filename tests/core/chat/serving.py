"""A NoneBot process with the guarded adapters and a door that tells on stdout what it sees.

Run by test_connection.py: NoneBot can be set up once a process only. Logs go to stderr.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, is_dataclass
import json
import socket
import sys
from typing import Any

from loguru import logger
import nonebot
from nonebot.adapters.onebot.v11 import (
    GroupMessageEvent,  # noqa: TC002 (NoneBot reads the annotations)
    GroupRecallNoticeEvent,  # noqa: TC002
)
from nonebot.adapters.onebot.v12 import (
    GroupMessageEvent as WeChatMessageEvent,  # noqa: TC002
)
import uvicorn

from src.core.chat.events import Account, MessageReceived
from src.core.chat.onebot11 import OneBot11Chat
from src.core.chat.onebot12 import OneBot12Chat
from src.core.chat.pacing import Pacing
from src.core.chat.port import Platform, Words
from src.core.clock import RealClock


def tell(bot: str, what: str, **more: Any) -> None:
    sys.stdout.write(json.dumps({"bot": bot, "what": what, **more}) + "\n")
    sys.stdout.flush()


class RecordingDoor:
    """Does what the text of a message asks for."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def message(self, platform: Platform, event: MessageReceived) -> bool:
        tell(platform.bot.user_id, "message", text=event.text, account=event.account.user_id)
        if event.text == "fail":
            raise ValueError(event.text + event.name)
        if event.text == "say" and event.ref.group is not None:
            self._start(platform, platform.say(event.ref.group, Words("said")))
        if event.text == "read":
            self._start(platform, platform.message(event.ref))
        if event.text == "leave" and event.ref.group is not None:
            self._start(platform, platform.leave(event.ref.group))
        if event.text == "reachable":
            tell(platform.bot.user_id, "reachable", value=platform.reachable(event.account))
        return event.text != "withhold"

    def event(self, platform: Platform, event: Any) -> None:
        assert is_dataclass(event)
        fields = asdict(event)  # pyright: ignore[reportArgumentType]
        tell(platform.bot.user_id, type(event).__name__, fields=fields)

    def _start(self, platform: Platform, call: Any) -> None:
        async def answered() -> None:
            answer = await call
            tell(platform.bot.user_id, "answer", word=answer.word.value, wording=answer.wording)

        task = asyncio.get_running_loop().create_task(answered())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def main() -> None:
    logger.remove()
    logger.add(sys.stderr, level=0, diagnose=False)
    nonebot.init(_env_file=None)
    door, clock, pacing = RecordingDoor(), RealClock(), Pacing(enabled=False)
    chat = OneBot11Chat(door, clock, namespace="sandbox", pacing=pacing)
    driver = nonebot.get_driver()
    chat.register(driver)
    OneBot12Chat(door, clock, pacing=pacing).register(driver)

    @nonebot.on_message().handle()
    async def _(event: GroupMessageEvent) -> None:  # pyright: ignore[reportUnusedFunction]
        text = event.get_plaintext()
        assert Account("sandbox", str(event.self_id)).user_id in chat.platforms
        tell(str(event.self_id), "nonebot", text=text, quoted=event.reply is not None)
        if text == "break":
            raise ValueError(text)

    @nonebot.on_message().handle()
    async def _(event: WeChatMessageEvent) -> None:  # pyright: ignore[reportUnusedFunction]
        tell(event.self.user_id, "nonebot", text=event.get_plaintext())

    @nonebot.on_notice().handle()
    async def _(event: GroupRecallNoticeEvent) -> None:  # pyright: ignore[reportUnusedFunction]
        tell(str(event.self_id), "nonebot notice")

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    tell("", "port", port=listening.getsockname()[1])
    config = uvicorn.Config(nonebot.get_asgi(), log_config=None, log_level="trace")
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
