"""The sandbox class's page and its line: `create_app` makes the application, `serve` runs it.

It is for the person at this machine only: it listens on the loopback, answers to this machine's
names alone (else a foreign page could reach it by giving its own name our address), and takes
nothing from a page of another origin.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
import json
from pathlib import Path
import socket
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect
import uvicorn

from . import day
from .room import Room, Watcher

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from .room import Play
    from .stage import Stage

PAGE = Path(__file__).resolve().parent / "page"
PORT = 8090
_LONGEST = 65_536
"""Bytes of what a page may send at once."""


class OnlyHere:
    """Lets in only what this machine's own page asks for, and tells browsers to keep it so."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        reads = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        if host not in self._hosts or not (reads or origin == f"http://{host}"):
            if scope["type"] == "websocket":
                # Before it is accepted: the browser is told 403.
                await WebSocket(scope, receive, send).close()
            else:
                await PlainTextResponse("403", 403)(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_headers(host))
            await send(message)

        await self._app(scope, receive, send_safely)


def _headers(host: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            # Some browsers do not count the socket as `self`.
            f"connect-src 'self' ws://{host}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-cache",
    }


def create_app(stage: Stage, *, port: int, play: Play = day.play) -> Starlette:
    """The page of the class on `stage`, for the address 127.0.0.1:`port`; `play` is the sample day."""
    room = Room(stage, play)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        async with room.open():
            yield

    async def live(line: WebSocket) -> None:
        await line.accept()
        watcher = room.watch()
        speaking = asyncio.create_task(_pass_on(watcher, line))
        try:
            while True:
                watcher.tell(await room.act(await line.receive_text()))
        except (WebSocketDisconnect, KeyError):
            # A frame that is no text has none; nothing of ours sends such.
            pass
        finally:
            room.forget(watcher)
            speaking.cancel()
            with suppress(asyncio.CancelledError):
                await speaking

    app = Starlette(
        routes=[WebSocketRoute("/live", live), Mount("/", StaticFiles(directory=PAGE, html=True))],
        lifespan=lifespan,
    )
    app.add_middleware(OnlyHere, port=port)
    app.state.room = room
    return app


async def _pass_on(watcher: Watcher, line: WebSocket) -> None:
    with suppress(WebSocketDisconnect):
        while (change := await watcher.news.get()) is not None:
            await line.send_text(json.dumps(change, ensure_ascii=False))
        await line.close(1013)


async def serve(app: Starlette, port: int = PORT) -> None:
    """Run it on the loopback until it is cancelled or the program is told to end.

    Raises:
        OSError: the port is taken.
    """
    # Ours, as uvicorn ends the whole program where the port is taken.
    ear = socket.create_server(("127.0.0.1", port))
    config = uvicorn.Config(
        app,
        log_level="warning",
        ws="websockets-sansio",
        ws_max_size=_LONGEST,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve([ear]))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        server.should_exit = True
        await running
        raise
