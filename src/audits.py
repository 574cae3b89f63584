"""What `qungui audit` does: verify the audit log, and list it, without disturbing a bot that runs."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time
import sys
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from . import texts
from .application import home, read_settings
from .core.audit import KEY, read_key
from .core.audit.audit import entries
from .core.audit.chain import verify
from .core.store import StoreError, models, open_to_read

if TYPE_CHECKING:
    from argparse import Namespace

    from .core.audit import Report

FITS, BROKEN, NOT_DONE = 0, 1, 2
"""Exit codes."""


def carry_out(arguments: Namespace) -> int:
    """Verify, and print what was found; returns the exit code."""
    settings = read_settings(home(), driver="~none")
    zone = ZoneInfo(settings.timezone)
    try:
        since = (
            datetime.combine(date.fromisoformat(arguments.since), time(), zone)
            if arguments.since
            else None
        )
    except ValueError:
        print(texts.AUDIT_DATE, file=sys.stderr)
        return NOT_DONE
    try:
        return asyncio.run(_look(arguments, settings.database_url, zone, since))
    except StoreError as error:
        print(error, file=sys.stderr)
        return NOT_DONE


async def _look(arguments: Namespace, url: str, zone: ZoneInfo, since: datetime | None) -> int:
    key = read_key(home() / KEY)
    if key is None:
        raise StoreError(texts.AUDIT_NO_KEY.format(path=home() / KEY))
    store = await open_to_read(url, root=home(), file=arguments.file)
    try:
        if arguments.list:
            async for entry, value in entries():
                if arguments.group not in (None, entry.group_id):
                    continue
                if since is None or entry.at >= since:
                    print(_line(entry, value, zone, personal=arguments.personal))
        report = await verify(key, entries(), head=arguments.head)
    finally:
        await store.close()
    return _told(report, arguments.head, zone)


def _told(report: Report, head: str, zone: ZoneInfo) -> int:
    fault = report.fault
    if fault is not None:
        when = _local(fault.at, zone) if fault.at is not None else ""
        what = texts.AUDIT_FAULTS[fault.why].format(seq=fault.seq, when=when, wanted=head)
        print(texts.AUDIT_BROKEN.format(what=what, count=report.count, head=report.head))
        return BROKEN
    print(texts.AUDIT_FITS.format(count=report.count, head=report.head))
    if head:
        print(texts.AUDIT_HEAD_FOUND.format(head=head))
    if report.unsealed:
        print(texts.AUDIT_UNSEALED.format(count=report.unsealed))
    if report.erased:
        print(texts.AUDIT_ERASED.format(count=report.erased))
    return FITS


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _line(
    entry: models.AuditEntry, value: models.AuditValue | None, zone: ZoneInfo, *, personal: bool
) -> str:
    """An entry in words."""
    facts = _said(entry.facts)
    if personal and entry.personal:
        facts += _said(value.values) if value is not None else [texts.AUDIT_GONE]
    return texts.AUDIT_LINE.format(
        seq=entry.seq if entry.seq is not None else texts.AUDIT_WAITS,
        when=_local(entry.at, zone),
        group=texts.AUDIT_GROUP.format(number=entry.group_id) if entry.group_id else "",
        kind=texts.AUDIT_KINDS.get(entry.kind, entry.kind),
        facts="，".join(facts),
    ).rstrip()


def _said(values: dict[str, Any]) -> list[str]:
    """What is empty or no is not said; a line break would look like another entry."""
    return [
        f"{texts.AUDIT_FACTS.get(name, name)} {' '.join(str(value).split())}"
        for name, value in values.items()
        if value not in (None, "", False)
    ]
