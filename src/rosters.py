"""What `qungui roster` does: a class's roster from the operator's side, while the bot is stopped. (While it
runs it keeps the database to itself, and the file goes to it in private.)"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
import json
import os
import sys
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from . import texts
from .application import home, read_settings
from .core.audit import KEY, Audit
from .core.clock import RealClock, to_datetime
from .core.people import People
from .core.people.codes import DAYS, MOST_DAYS, hand_out, without_account
from .core.people.erasing import erase, export_person
from .core.people.importing import close, compare, people_of, take_over
from .core.people.roster import plain
from .core.people.rosters import roster_of
from .core.people.sheets import read_sheet, rows_of
from .core.people.tables import MOST_BYTES, TableError, write_csv, write_xlsx
from .core.store import StoreError, in_transaction, models, open_store
from .core.store.rows import FIRST_SCHOOL

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable
    from datetime import date, datetime
    from pathlib import Path

    from .core.people import ClassRoster, Person
    from .core.people.importing import Comparison


OPERATOR = "operator"
"""The role of who works on the machine itself, in the audit log."""


class _Failure(Exception):
    """What was asked cannot be done; the text says why, to the operator."""


def carry_out(arguments: Namespace) -> int:
    """Do it; returns the exit code. What is wrong is printed in one line."""
    settings = read_settings(home(), driver="~none")
    try:
        return asyncio.run(_with_store(arguments, settings.database_url, settings.timezone))
    except (StoreError, TableError, _Failure) as error:
        print(error, file=sys.stderr)
        return 1


@dataclass(frozen=True, slots=True)
class _Office:
    """The class that a command is about, and the moment it is done at."""

    arguments: Namespace
    row: models.SchoolClass
    now: datetime
    today: date
    audit: Audit


async def _with_store(arguments: Namespace, url: str, timezone: str) -> int:
    if arguments.action == "codes" and not 1 <= (arguments.days or DAYS) <= MOST_DAYS:
        raise _Failure(texts.ROSTER_DAYS.format(most=MOST_DAYS))
    now = to_datetime(RealClock().now())
    today = now.astimezone(ZoneInfo(timezone)).date()
    # A file that cannot be read is said before the database is opened.
    content = _content(arguments.file) if arguments.action == "import" else b""
    store = await open_store(url, root=home())
    try:
        audit = Audit(RealClock(), People(()))
        await audit.open(home() / KEY)
        if arguments.action == "import":
            return await _import(arguments, content, now, today, audit)
        row = await models.SchoolClass.get_or_none(school_id=FIRST_SCHOOL, name=arguments.name)
        if row is None:
            names = await models.SchoolClass.all().order_by("id").values_list("name", flat=True)
            known = "、".join(map(str, names)) or texts.ROSTER_NONE
            raise _Failure(texts.ROSTER_NO_CLASS.format(name=arguments.name, known=known))
        return await _ACTIONS[arguments.action](_Office(arguments, row, now, today, audit))
    finally:
        await store.close()


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise _Failure(texts.NO_FILE.format(file=file, error=error.strerror)) from None


async def _import(
    arguments: Namespace, content: bytes, now: datetime, today: date, audit: Audit
) -> int:
    sheet = read_sheet(content, arguments.name)
    row = await models.SchoolClass.get_or_none(school_id=FIRST_SCHOOL, name=arguments.name)
    if arguments.dry_run:
        found = compare(await people_of(row.id) if row is not None else [], sheet, today)
    else:
        async with in_transaction():
            await models.School.bulk_create(
                [models.School(id=FIRST_SCHOOL, name="")], ignore_conflicts=True
            )
            row, _ = await models.SchoolClass.get_or_create(
                school_id=FIRST_SCHOOL, name=arguments.name
            )
            found = await take_over(row.id, sheet, today=today, now=now)
            if found.faults:
                # Not even the class is made.
                raise _Failure(_told(found))
            await audit.note("roster.imported", role=OPERATOR, facts=found.counts())
    print(_told(found))
    if found.faults:
        return 1
    print(texts.ROSTER_DRY if arguments.dry_run else texts.ROSTER_DONE)
    return 0


def _told(found: Comparison) -> str:
    """What a file does, or what is to be mended in it, line by line."""
    if found.faults:
        lines = [texts.ROSTER_FAULTS.format(count=len(found.faults))]
        lines += [f"  {one.where}：{one.text}" for one in found.faults]
    else:
        lines = [texts.ROSTER_COUNTS.format(**found.counts())]
        lines += [texts.ROSTER_ADDED.format(name=one.name) for one in found.added]
        lines += [texts.ROSTER_CHANGED.format(name=one.old.name) for one in found.changed]
        lines += [texts.ROSTER_GONE.format(name=one.name) for one in found.gone]
    return "\n".join([*lines, *found.notes])


async def _export(office: _Office) -> int:
    file: Path = office.arguments.file
    if office.arguments.person is not None:
        person = _one(await people_of(office.row.id), office.arguments.person)
        held = await export_person(person.id)
        await office.audit.note("roster.exported", role=OPERATOR, facts={"people": 1})
        _write(file, json.dumps(held, ensure_ascii=False, indent=2).encode())
        return 0
    rows = rows_of((await _roster(office)).people)
    await office.audit.note("roster.exported", role=OPERATOR, facts={"people": len(rows) - 1})
    if file.suffix.lower() == ".xlsx":
        _write(file, write_xlsx(rows, title=office.row.name))
    elif file.suffix.lower() == ".csv":
        _write(file, write_csv(rows))
    else:
        raise _Failure(texts.ROSTER_SUFFIX)
    return 0


def _write(file: Path, content: bytes) -> None:
    """A new file, for the owner alone to read."""
    try:
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(number, "wb") as opened:
            opened.write(content)
    except OSError as error:
        raise _Failure(texts.ROSTER_NOT_WRITTEN.format(file=file, error=error.strerror)) from None
    print(texts.ROSTER_WRITTEN.format(file=file))


async def _list(office: _Office) -> int:
    for row in rows_of((await _roster(office)).people):
        print("\t".join(row))
    return 0


async def _missing(office: _Office) -> int:
    for one in without_account(await _roster(office)):
        print(f"{one.name}\t{one.number}")
    return 0


async def _codes(office: _Office) -> int:
    async with in_transaction():
        codes = await hand_out(
            without_account(await _roster(office)),
            now=office.now,
            days=office.arguments.days or DAYS,
        )
    for one in codes:
        print(f"{one.person.name}\t{one.person.number}\t{one.code}")
    return 0


async def _close(office: _Office) -> int:
    person = _one((await _roster(office)).people, office.arguments.who)
    async with in_transaction():
        count = await close([person], today=office.today, now=office.now, class_id=office.row.id)
    print(texts.ROSTER_CLOSED.format(count=count))
    return 0


async def _erase(office: _Office) -> int:
    person = _one(await people_of(office.row.id), office.arguments.who)
    if not office.arguments.yes:
        raise _Failure(texts.ROSTER_SURE)
    async with in_transaction():
        receipt = await erase(
            person.id,
            class_id=office.row.id,
            now=office.now,
            today=office.today,
            audit=office.audit,
            role=OPERATOR,
        )
    print(receipt)
    return 0


async def _roster(office: _Office) -> ClassRoster:
    return await roster_of(office.row, office.today)


def _one(people: Iterable[Person], who: str) -> Person:
    wanted = plain(who)
    found = [one for one in people if wanted and wanted in (plain(one.name), plain(one.number))]
    if len(found) != 1:
        raise _Failure(texts.ROSTER_SEVERAL if found else texts.ROSTER_NOBODY)
    return found[0]


_ACTIONS = {
    "export": _export,
    "list": _list,
    "missing": _missing,
    "close": _close,
    "erase": _erase,
    "codes": _codes,
}
