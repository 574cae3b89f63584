"""The application with somebody else's NoneBot plugin beside it; only tests start it.

The plugin repeats in the group what it hears. With NEIGHBOUR_FAILS=1 a preprocessor of its raises
for every event, as a broken plugin's would; NoneBot then runs no matcher at all.
"""

from __future__ import annotations

import os

import nonebot
from nonebot import on_message
from nonebot.adapters import Bot, Event  # noqa: TC002 - NoneBot reads them at run time
from nonebot.matcher import matchers
from nonebot.message import event_preprocessor

from src.application import build

HEARD = "邻居听到："
MATCHERS = "matchers of the application: "


def install() -> None:
    """What the plugin registers, with NoneBot's own means."""
    repeat = on_message()

    @repeat.handle()
    async def handle(bot: Bot, event: Event) -> None:
        await bot.send(event, HEARD + event.get_plaintext())

    if os.environ.get("NEIGHBOUR_FAILS"):

        @event_preprocessor
        async def fail() -> None:
            raise RuntimeError("a fault of somebody else's")


def main() -> None:
    """Build the application, count its matchers once it is up, and add the plugin."""
    driver = build()

    @driver.on_startup
    async def count() -> None:
        print(MATCHERS + str(sum(map(len, matchers.values()))), flush=True)  # noqa: T201
        install()

    nonebot.run()


if __name__ == "__main__":
    main()
