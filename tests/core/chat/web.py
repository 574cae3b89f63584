"""A web server for a test, on the loopback."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


@asynccontextmanager
async def serving(content: bytes) -> AsyncGenerator[str]:
    """The address of a server: `/roster` is the content, `/moved` leads there, `/cut-off` ends too
    early, `/round` leads to itself, `/to-the-disk` to a file of ours; there is nothing else."""
    found = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"
    leads = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: %s\r\n\r\n"
    answers = {
        "/roster": found % (len(content), content),
        "/cut-off": found % (len(content) + 1, content),
        "/moved": leads % b"/roster",
        "/round": leads % b"/round",
        "/to-the-disk": leads % b"file:///etc/hostname",
    }
    gone = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        writer.write(answers.get(request.split()[1].decode(), gone))
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
