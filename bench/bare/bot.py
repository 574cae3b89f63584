"""Peer (a): NoneBot2 with the OneBot 11 adapter and one empty event preprocessor.

The preprocessor takes no parameters, so NoneBot resolves none for it; all it does is count. The
harness says over HTTP after how many further events an answer is due, before it sends them.
"""

import asyncio
from typing import TYPE_CHECKING, cast

import nonebot
from nonebot.adapters.onebot.v11 import Adapter, Bot
from nonebot.message import event_preprocessor

if TYPE_CHECKING:
    from fastapi import FastAPI

nonebot.init(driver="~fastapi")
nonebot.get_driver().register_adapter(Adapter)


class Count:
    handled = 0
    wanted = 0
    answering: "asyncio.Task[object] | None" = None


@event_preprocessor
async def count() -> None:
    Count.handled += 1
    if Count.handled == Count.wanted:
        bot = cast("Bot", nonebot.get_bot())
        Count.answering = asyncio.create_task(bot.send_group_msg(group_id=1, message="ok"))


@cast("FastAPI", nonebot.get_app()).post("/bench/answer-after")
async def answer_after(events: int) -> None:
    Count.wanted = Count.handled + events


if __name__ == "__main__":
    nonebot.run()
