"""A school's groups put together, written as a file, and handed to who may see it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
import os
from pathlib import Path
import re
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from loguru import logger

from src.core.audit import NO_HEAD
from src.core.people import Rank
from src.core.store import models

from . import texts
from .facts import PERIOD, SchoolState
from .sheet import write_sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from src.core.chat.events import Account
    from src.core.groups import Group
    from src.core.house import House

    from .facts import GroupState


class Sheet(NamedTuple):
    """A workbook, what it is called, and when it was made, for people."""

    name: str
    content: bytes
    when: str


async def groups_of(house: House, school_id: int) -> Sequence[models.Group]:
    """The groups of a school; those that the bot left long ago are the school's no more. One of which
    nothing was ever noted, as it has no policy yet, is noted now."""
    for group in house.groups:
        if group.id is None and group.bot:
            await house.records.row_of(group)
    rows = await models.Group.filter(school_id=school_id).order_by("id")
    since = house.records.now() - timedelta(days=PERIOD)
    return [row for row in rows if row.left_at is None or row.bot or row.left_at > since]


async def state_of(
    house: House, school: models.School, states: Iterable[GroupState], unread: int = 0
) -> SchoolState:
    """The school at this moment, of what was found of its groups."""
    found = tuple(sorted(states, key=lambda one: one.id))
    # Whoever keeps this can later compare the log with it (`qungui audit --head`).
    head = await house.audit.head()
    chain = head if head != NO_HEAD else ""
    return SchoolState(school.name, house.records.now(), found, unread, chain)


async def sheet_of(house: House, school_id: int, state: SchoolState) -> Sheet:
    """The state as a workbook, made in a thread."""
    local = state.at.astimezone(ZoneInfo(house.config.timezone))
    name = texts.FILE.format(school=school_id, day=f"{local:%Y-%m-%d}")
    when = house.records.local(state.at)
    return Sheet(name, await asyncio.to_thread(write_sheet, state, f"{local:%Y-%m-%d %H:%M}"), when)


def leaders_of(house: House, groups: Iterable[Group]) -> dict[Account, Group]:
    """Who leads the school, each with a group by which they are reached: one in which they were given the
    role, where there is one."""
    found: dict[Account, Group] = {}
    for group in groups:
        for account in house.people.leaders(group.key):
            here = account in house.people.holders(group.key, Rank.LEADER)
            if here or account not in found:
                found[account] = group
    return found


# -- files on the server --------------------------------------------------------------------------------


def place_of(house: House, name: str) -> str:
    """Where a sheet lies or would lie, for people."""
    return str(Path(house.config.inspection.folder) / name)


async def keep(house: House, school_id: int, sheet: Sheet) -> bool:
    """Put a sheet on the server, where the house has a place for files; whether it is there."""
    if house.root is None:
        return False
    config = house.config.inspection
    folder = house.root / config.folder
    try:
        await asyncio.to_thread(_put, folder, school_id, sheet, config.keep)
    except OSError as error:
        logger.error("the inspection's file was not written: {}", error.strerror)
        return False
    return True


def _put(folder: Path, school_id: int, sheet: Sheet, most: int) -> None:
    """Write a file for its owner alone, under its name all at once; then remove the oldest."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / sheet.name
    part = target.with_suffix(".part")
    # What a kill left.
    part.unlink(missing_ok=True)
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(sheet.content)
        opened.flush()
        os.fsync(opened.fileno())
    os.replace(part, target)
    pattern = re.escape(texts.FILE.format(school=school_id, day="*")).replace(r"\*", r"[\d-]{10}")
    kept = sorted(one for one in folder.iterdir() if re.fullmatch(pattern, one.name))
    for old in kept[: max(0, len(kept) - most)]:
        old.unlink()
