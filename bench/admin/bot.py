"""Peer (d): nonebot-plugin-admin, loaded and set as its README recommends.

It works in a directory of its own, as it writes into the working directory. The harness says over
HTTP after how many further events an answer is due; it is given when all matchers are done with the
last of them, counted by a postprocessor without parameters.
"""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

import nonebot
from nonebot.adapters.onebot.v11 import Adapter, Bot
from nonebot.message import event_postprocessor

if TYPE_CHECKING:
    from fastapi import FastAPI

HOME = Path(os.environ["QUNGUI_HOME"])
os.chdir(HOME)
# It downloads a font on connecting where there is none; here it finds one, as on every later start.
font = HOME / "resource" / "msyhblod.ttf"
font.parent.mkdir()
font.touch()

nonebot.init(
    driver="~fastapi",
    statistics_orm_enabled=True,
    statistics_orm_capture_message_content=True,
    tortoise_orm_db_url=f"sqlite:///{HOME}/data/admin3-statistics.db",
    dashboard_enabled=True,
    dashboard_frontend_enabled=True,
    dashboard_api_token="of-no-use",
)
nonebot.get_driver().register_adapter(Adapter)
if nonebot.load_plugin("nonebot_plugin_admin") is None:
    raise SystemExit("nonebot-plugin-admin did not load")


class Count:
    handled = 0
    wanted = 0
    answering: "asyncio.Task[object] | None" = None


@event_postprocessor
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
