"""What the operator's tools ask of the bot's own server, and the log in files."""

from __future__ import annotations

import ipaddress
import logging
import os
from typing import TYPE_CHECKING

from fastapi import HTTPException, Request, Response
from fastapi.responses import JSONResponse
from loguru import logger
from nonebot.log import default_filter
from prometheus_client import CONTENT_TYPE_LATEST

from .core.metrics import Metrics
from .core.upkeep import STORE_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi import FastAPI

    from .core.config import LogFiles
    from .core.house import House

PATHS = ("/healthz", "/readyz", "/metrics")
_FORWARDING = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
_FORMAT = "{time:YYYY-MM-DD HH:mm:ss.SSS} [{level}] {name} | {message}"


def is_local(request: Request) -> bool:
    """Whether a program on this machine asks, and not through a proxy: what a proxy says of its
    client is not believed, and without it the client could be anybody."""
    if any(name in request.headers for name in _FORWARDING) or request.client is None:
        return False
    try:
        address = ipaddress.ip_address(request.client.host)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_loopback


def _local_only(request: Request) -> None:
    if not is_local(request):
        raise HTTPException(404)


def add_routes(app: FastAPI, house: House) -> None:
    """Add `GET /healthz`, `/readyz` and `/metrics`, which nobody sees but this machine."""
    metrics = Metrics(house)

    async def healthz(request: Request) -> Response:
        _local_only(request)
        return JSONResponse({"alive": True})

    async def readyz(request: Request) -> Response:
        _local_only(request)
        store = await house.probe.ask(STORE_SECONDS)
        ready = store == "ok"
        body = {"ready": ready, "store": store, "bots": len(house.platforms)}
        return JSONResponse(body, 200 if ready else 503)

    async def scrape(request: Request) -> Response:
        _local_only(request)
        return Response(await metrics.text(), media_type=CONTENT_TYPE_LATEST)

    for path, answer in zip(PATHS, (healthz, readyz, scrape), strict=True):
        app.add_api_route(path, answer, methods=["GET"], include_in_schema=False)
    logging.getLogger("uvicorn.access").addFilter(_is_worth_a_line)


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    """Not the questions that come every few seconds: (client, method, path, version, status)."""
    arguments = record.args
    return not (isinstance(arguments, tuple) and len(arguments) > 2 and str(arguments[2]) in PATHS)


def start_log_files(settings: LogFiles, place: Path) -> int:
    """Log into a file that rotates, for the owner alone to read. Like on the terminal, tracebacks
    show no values.

    Returns:
        Loguru's number of it.

    Raises:
        OSError: the folder or the file cannot be used.
    """
    folder = place / settings.folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return logger.add(
        folder / "qungui.log",
        level="DEBUG",
        diagnose=False,
        backtrace=False,
        filter=default_filter,
        format=_FORMAT,
        rotation=settings.rotate,
        retention=settings.keep,
        encoding="utf-8",
        opener=lambda file, flags: os.open(file, flags, 0o600),
    )
