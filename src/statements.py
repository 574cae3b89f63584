"""What `qungui case` does: print the statement of reasons of a case, beside a bot that runs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
import json
import re
import sys
from typing import TYPE_CHECKING

from . import texts
from .application import home, read_settings
from .core.audit import Audit
from .core.chat.events import GroupKey
from .core.clock import RealClock
from .core.discipline import Records, Statement, statement
from .core.groups import Groups
from .core.people import People
from .core.store import StoreError, models, open_to_read

if TYPE_CHECKING:
    from argparse import Namespace


@dataclass(frozen=True, slots=True)
class _Reading:
    """As much of a house as a statement needs."""

    records: Records


def carry_out(arguments: Namespace) -> int:
    """Print it; returns the exit code: 1 where there is no such case, 2 where it cannot be read."""
    found = re.fullmatch(r"(?:#?(\d{1,9})-)?#?(\d{1,9})", arguments.item)
    group = arguments.group
    if found is None or (found[1] is None and group is None):
        print(texts.CASE_WHICH, file=sys.stderr)
        return 2
    group = int(found[1]) if found[1] is not None else group
    settings = read_settings(home(), driver="~none")
    try:
        told = asyncio.run(_read(group, int(found[2]), settings.database_url, settings.timezone))
    except StoreError as error:
        print(error, file=sys.stderr)
        return 2
    if told is None:
        print(texts.CASE_NONE.format(item=f"{group}-{found[2]}"), file=sys.stderr)
        return 1
    if arguments.json:
        print(json.dumps(told.json(), ensure_ascii=False, indent=2))
    else:
        print(told.text())
    return 0


async def _read(group_id: int, number: int, url: str, timezone: str) -> Statement | None:
    store = await open_to_read(url, root=home())
    try:
        case = await models.Case.get_or_none(group_id=group_id, number=number)
        if case is None:
            return None
        row = await models.Group.get(id=group_id)
        clock, groups = RealClock(), Groups()
        group = groups.get(GroupKey(row.namespace, row.group_id))
        groups.known(group, row)
        audit = Audit(clock, People(()))
        records = Records(clock=clock, timezone=timezone, groups=groups, audit=audit)
        return await statement(_Reading(records), group, case)
    finally:
        await store.close()
