"""The sandbox class: `python -m sandbox` starts a bot for it and serves its page; with `--demo` the
sample day is played and told on standard output instead."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import asynccontextmanager, suppress
import os
from pathlib import Path
import signal
import sys
from typing import TYPE_CHECKING

from . import texts
from .bot import ROOT, Bot, BotDiedError, free_port
from .stage import BotGoneError, Stage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine

PORT = 8090


def main() -> int:
    """Run until Ctrl+C, or the end of the day; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="群规的沙盒班级")
    parser.add_argument("--demo", action="store_true", help="播放示范日，打印出来，然后结束")
    parser.add_argument("--port", type=int, default=PORT, help=f"网页的端口，默认 {PORT}")
    arguments = parser.parse_args()
    home = Path(os.environ.get("QUNGUI_HOME") or ROOT).resolve()
    bot = Bot(home)
    try:
        asyncio.run(_run(_demo(bot) if arguments.demo else _class(bot, arguments.port)))
    except (BotDiedError, BotGoneError) as error:
        _tell(texts.BOT_DIED.format(lines=error, log=bot.log))
        return 1
    except OSError as error:
        _tell(texts.CANNOT.format(error=error))
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        pass
    _tell(texts.STOPPED)
    return 0


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


async def _run(work: Coroutine[None, None, None]) -> None:
    """Do it; SIGTERM, and the end of the terminal, stop it as Ctrl+C does."""
    task = asyncio.ensure_future(work)
    for sign in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(sign, task.cancel)
    await task


@asynccontextmanager
async def _staged(bot: Bot) -> AsyncGenerator[Stage]:
    """The class with its bot, connected; both end with the block."""
    _tell(texts.STARTING)
    try:
        await bot.start()
        stage = Stage(bot.url, bot.token)
        await stage.open()
        try:
            yield stage
        finally:
            with suppress(Exception):
                await stage.close()
    finally:
        await bot.stop()


async def _demo(bot: Bot) -> None:
    from .day import play

    async with _staged(bot) as stage:
        await _while_it_lives(bot, play(stage, say=_say))


def _say(line: str) -> None:
    print(line, flush=True)


async def _class(bot: Bot, port: int) -> None:
    from .server import create_app, serve

    port = free_port(port)
    async with _staged(bot) as stage:
        app = create_app(stage, port=port)
        _say(texts.READY.format(address=f"http://127.0.0.1:{port}/"))
        await _while_it_lives(bot, serve(app, port))


async def _while_it_lives(bot: Bot, work: Coroutine[None, None, None]) -> None:
    """Do it, and give it up where the bot ends first.

    Raises:
        BotDiedError: it has.
    """
    ends = [asyncio.ensure_future(work), asyncio.ensure_future(bot.watch())]
    try:
        done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in done:
            end.result()
    finally:
        for end in ends:
            end.cancel()
        await asyncio.gather(*ends, return_exceptions=True)


if __name__ == "__main__":
    sys.exit(main())
