"""What `qungui inspect` does: the state of all groups as the store has it, while the bot is stopped. (While
it runs it keeps the database to itself, and `/inspect` says more.)"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from . import texts
from .application import home, read_settings
from .core.audit import short
from .core.clock import RealClock, to_datetime
from .core.store import StoreError, models, open_store
from .plugins.inspection.facts import SchoolState
from .plugins.inspection.gather import of_store, put_together
from .plugins.inspection.settings import InspectionSettings
from .plugins.inspection.sheet import write_sheet

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def write(file: Path) -> int:
    """Write the workbook into a new file, for the owner alone to read; returns the exit code."""
    if file.suffix.lower() != ".xlsx":
        print(texts.INSPECT_SUFFIX, file=sys.stderr)
        return 1
    settings = read_settings(home(), driver="~none")
    now = to_datetime(RealClock().now())
    try:
        state = asyncio.run(_state(settings.database_url, now))
        local = now.astimezone(ZoneInfo(settings.timezone))
        content = write_sheet(state, f"{local:%Y-%m-%d %H:%M}")
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(number, "wb") as opened:
            opened.write(content)
    except StoreError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(texts.ROSTER_NOT_WRITTEN.format(file=file, error=error.strerror), file=sys.stderr)
        return 1
    print(texts.INSPECTED.format(file=file, count=len(state.groups)))
    return 0


async def _state(url: str, now: datetime) -> SchoolState:
    """All groups of the installation; what only the platform knows is None."""
    store = await open_store(url, root=home())
    try:
        settings = InspectionSettings()
        groups = [
            put_together(
                await of_store(row, settings, now), None, settings, now.timestamp(), online=False
            )
            for row in await models.Group.all().order_by("id")
        ]
        last = await models.AuditEntry.filter(seq__isnull=False).order_by("-seq").first()
        chain = short(last.seq or 0, last.mac) if last is not None else ""
        return SchoolState("", now, tuple(groups), chain=chain)
    finally:
        await store.close()
