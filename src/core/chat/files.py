"""Reading a file that lies at an address, or came along as base64, within bounds."""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .port import Answer, Word

if TYPE_CHECKING:
    import httpx

_SECONDS = 30.0
"""How long a whole download may take: whoever sent the file waits for an answer."""
_REDIRECTS = 3

# They tell of each request, and the address of a file holds a key.
for _library in ("httpx", "httpcore"):
    logging.getLogger(_library).setLevel(logging.WARNING)

TOO_LARGE: Answer[bytes] = Answer(Word.REFUSED, wording="file too large")
NO_FILE: Answer[bytes] = Answer(Word.REFUSED, wording="no such file")


def is_web(address: str) -> bool:
    """Whether this is an http(s) address; a path on the implementation's own disk is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


async def download(address: str, most: int) -> Answer[bytes]:
    """What is at an http(s) address, at most `most` bytes; UNKNOWN where the network failed."""
    # Loaded by whoever sends a file only: it would cost every start 0.1 s and 6 MB.
    import httpx

    try:
        async with (
            asyncio.timeout(_SECONDS),
            # httpx follows to http and https only.
            httpx.AsyncClient(
                follow_redirects=True, max_redirects=_REDIRECTS, trust_env=False
            ) as client,
            # What is packed could be larger than it looks.
            client.stream("GET", address, headers={"Accept-Encoding": "identity"}) as response,
        ):
            if not response.is_success:
                return Answer(Word.REFUSED, wording=f"HTTP {response.status_code}")
            return await _body(response, most)
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        return NO_FILE
    except (httpx.HTTPError, TimeoutError) as error:
        return Answer(Word.UNKNOWN, wording=f"network error: {type(error).__name__}")


async def _body(response: httpx.Response, most: int) -> Answer[bytes]:
    content = bytearray()
    async for piece in response.aiter_raw():
        content += piece
        if len(content) > most:
            return TOO_LARGE
    return Answer(Word.DONE, bytes(content))


def decoded(text: str, most: int) -> Answer[bytes]:
    """What base64 says, at most `most` bytes."""
    if len(text) > most * 4 // 3 + 4:
        return TOO_LARGE
    try:
        content = base64.b64decode(text.removeprefix("base64://"), validate=True)
    except (binascii.Error, ValueError):
        return NO_FILE
    return TOO_LARGE if len(content) > most else Answer(Word.DONE, content)
