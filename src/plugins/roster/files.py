"""A roster that a head teacher sends as a file: looked at, told what it would do, and taken over only
when that is answered with a whole line. Until then it is a request, erased with the answer or
after a day."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from loguru import logger

from src.core.chat.events import Kind
from src.core.chat.port import Word, Words
from src.core.commands import Call, Item, Refusal, Request
from src.core.discipline import NotAllowed
from src.core.people import PersonKind, Rank, Right
from src.core.people.cells import same_class
from src.core.people.importing import (
    as_payload,
    compare,
    from_payload,
    people_of,
)
from src.core.people.importing import take_over as take_over_sheet
from src.core.people.sheets import read_sheet
from src.core.people.tables import MOST_BYTES, TableError
from src.core.store import in_transaction, models, take_number
from src.core.store.rows import account_row

from . import texts
from .area import area

if TYPE_CHECKING:
    from collections.abc import Sequence

    from src.core.chat.events import MessageReceived
    from src.core.chat.port import Platform
    from src.core.groups import Group
    from src.core.house import House
    from src.core.people import ClassRoster
    from src.core.people.importing import Comparison
    from src.core.people.sheets import Sheet

KIND = "roster"
_LIVES = timedelta(hours=24)
_TABLES = (".xlsx", ".csv", ".xls", ".et", ".txt", ".xlsm")
_SHOWN = 15
"""Names, and rows with a fault, in one line or list of a preview."""
_MANY = 4


@area.in_private
async def file_came(house: House, platform: Platform, event: MessageReceived) -> None:
    """Look at a file that a head teacher sent; nobody else's is opened."""
    file = next((one for one in event.segments if one.kind is Kind.FILE), None)
    if file is None:
        return
    name = (file.name or file.value).lower()
    text = await _answer(house, platform, event, file.value, name)
    if text:
        await platform.whisper(event.account, Words(text), event.via_group)


async def _answer(
    house: House, platform: Platform, event: MessageReceived, file_id: str, name: str
) -> str:
    groups, unsure = await _headed(house, platform, event)
    table = name.endswith(_TABLES)
    if not groups:
        # What other people send in private is theirs, unless it was meant for the roster.
        if not table:
            return ""
        return texts.FILE_UNSURE if unsure else texts.FILE_NOT_YOURS
    if not table:
        return texts.FILE_KIND
    rosters = {group: found for group in groups if (found := house.rosters.of(group))}
    if not rosters:
        return texts.FILE_NO_CLASS.format(group=groups[0].id)
    answer = await platform.read_file(event.account, file_id, MOST_BYTES)
    if answer.value is None:
        return texts.FILE_UNREAD.format(most=MOST_BYTES // 1024 // 1024)
    try:
        group, sheet = await _of_class(rosters, name, event.text, answer.value)
    except TableError as error:
        return str(error)
    return await _looked_at(house, group, rosters[group], event, sheet)


async def _headed(
    house: House, platform: Platform, event: MessageReceived
) -> tuple[list[Group], bool]:
    """The groups whose roster the sender may change, read fresh; and whether that is not known."""
    command = house.router.named("roster")
    assert command is not None
    found: list[Group] = []
    unsure = False
    for group in house.groups:
        near = (
            event.account in group.staff
            or house.people.rank(group.key, event.account, group.platform_role(event.account))
            >= Right.DUTY
        )
        if not near or group.id is None or group.key.namespace != event.account.namespace:
            continue
        rank = house.people.rank(None, event.account, group.platform_role(event.account))
        call = Call(house, platform, Request(command, event, (), (), rank), None)
        try:
            await call.enter_numbered(group.id)
        except Refusal:
            unsure = (
                unsure
                or (await call.platform.member(group.key, event.account)).word is not Word.DONE
            )
            continue
        if heads(call):
            found.append(group)
    return found, unsure


def heads(call: Call) -> bool:
    """Whether the caller, whose right has been read, may see and change the roster: where the school has
    named a head teacher, a parent who owns the group on the platform may not."""
    named = call.house.people.holders(call.group.key, Rank.HEAD_TEACHER)
    return not named or call.rank >= Rank.HEAD_TEACHER


async def _of_class(
    rosters: dict[Group, ClassRoster], name: str, caption: str, content: bytes
) -> tuple[Group, Sheet]:
    """The group that a file is for, and what it says of the group's class.

    Raises:
        TableError: it is no roster, or it does not show of which class.
    """
    of_class: dict[int, Group] = {}
    for one, found in rosters.items():
        of_class.setdefault(found.class_id, one)
    groups = list(of_class.values())
    if len(groups) > 1:
        said = caption.strip()
        named = [one for one in groups if str(one.id) == said or _names(name, rosters[one].name)]
        if len(named) != 1:
            named = []
            for group in groups:
                # A column that says the class decides; without one every class would do.
                with suppress(TableError):
                    sheet = await asyncio.to_thread(read_sheet, content, rosters[group].name)
                    if any(one.class_name for one in sheet.entries):
                        named.append(group)
        if len(named) != 1:
            classes = "、".join(rosters[one].name for one in groups)
            raise TableError(texts.FILE_WHICH.format(classes=classes, name=rosters[groups[0]].name))
        groups = named
    group = groups[0]
    return group, await asyncio.to_thread(read_sheet, content, rosters[group].name)


def _names(file: str, class_name: str) -> bool:
    """Whether a file's name names a class."""
    return class_name.lower() in file or same_class(file.rpartition(".")[0], class_name)


async def _looked_at(
    house: House, group: Group, roster: ClassRoster, event: MessageReceived, sheet: Sheet
) -> str:
    people = await people_of(roster.class_id)
    found = compare(people, sheet, house.rosters.today())
    if found.faults:
        return _faults(roster.name, found)
    if found.empty:
        return "\n".join([texts.SAME.format(name=roster.name), *found.notes])
    assert group.id is not None
    now = house.records.now()
    async with in_transaction():
        sender = await account_row(event.account)
        key = f"roster/{group.id}/{sender.id}"
        await models.Request.filter(open_key=key).update(
            state="lapsed", open_key=None, payload={}, decided_at=now
        )
        request = await models.Request.create(
            group_id=group.id,
            number=await take_number(group.id),
            kind=KIND,
            payload={
                **as_payload(sheet),
                "digest": found.digest,
                "by": sender.id,
                "class": roster.class_id,
            },
            open_key=key,
            expires_at=now + _LIVES,
            created_at=now,
        )
    return _preview(roster.name, found, f"{group.id}-{request.number}", len(people))


def _faults(name: str, found: Comparison) -> str:
    count = len(found.faults)
    lines = [texts.FAULTS.format(name=name, count=count)]
    lines += [texts.FAULT.format(where=one.where, text=one.text) for one in found.faults[:_SHOWN]]
    if count > _SHOWN:
        lines.append(texts.FAULTS_MORE.format(count=count - _SHOWN))
    return "\n".join([*lines, *found.notes, texts.FAULTS_HOW])


def _preview(name: str, found: Comparison, item: str, everybody: int) -> str:
    lines = [texts.PREVIEW.format(name=name)]
    if found.added:
        kinds = Counter(one.kind for one in found.added)
        lines.append(
            texts.ADDED.format(
                count=len(found.added),
                kinds="，".join(
                    f"{texts.KINDS[kind.value]} {kinds[kind]}" for kind in PersonKind if kinds[kind]
                ),
                names=_some([one.name for one in found.added]),
            )
        )
    if found.changed:
        names = [
            texts.CHANGED_ONE.format(
                name=one.old.name, fields="、".join(texts.FIELDS[name] for name in one.fields)
            )
            for one in found.changed
        ]
        lines.append(texts.CHANGED.format(count=len(names), names=_some(names)))
    if found.gone:
        names = [one.name for one in found.gone]
        lines.append(texts.GONE.format(count=len(names), names=_some(names)))
        if len(names) >= _MANY and len(names) * 2 > everybody:
            lines.append(texts.MANY_GONE)
    lines.append(texts.UNCHANGED.format(count=found.unchanged))
    return "\n".join([*lines, *found.notes, texts.PREVIEW_HOW.format(item=item)])


def _some(names: Sequence[str]) -> str:
    shown = "、".join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else texts.SOME.format(names=shown)


class _Stale(Exception):
    """The roster is another one than the one that a file was compared with."""


async def take_over(call: Call, number: Item) -> str:
    """Carry out exactly what its sender was shown of a file. The right was checked just now.

    Raises:
        Refusal: there is nothing to take over, or it is somebody else's, or it would do something
            else by now.
    """
    house, group = call.house, call.group
    request = await models.Request.get_or_none(
        group_id=group.id, number=number.number, kind=KIND, state="open"
    )
    roster = house.rosters.of(group)
    if request is None or roster is None:
        raise Refusal(texts.NO_IMPORT.format(number=number.number))
    payload = request.payload
    by = await account_row(call.account)
    if payload["by"] != by.id:
        raise Refusal(texts.NOT_YOUR_IMPORT)
    state = "confirmed"
    try:
        async with in_transaction():
            if not await house.records.close(request, state, by):
                raise Refusal(texts.NO_IMPORT.format(number=number.number))
            await models.Request.filter(id=request.id).update(payload={})
            found = await take_over_sheet(
                roster.class_id,
                from_payload(payload),
                today=house.rosters.today(),
                now=house.records.now(),
            )
            if (found.digest, roster.class_id) != (payload["digest"], payload["class"]):
                raise _Stale
            counts = found.counts()
            await house.audit.note("roster.imported", group=group, by=by, facts=counts)
    except _Stale:
        if await house.records.close(request, "lapsed", by):
            await models.Request.filter(id=request.id).update(payload={})
        raise Refusal(texts.STALE) from None
    await house.rosters.reload(roster.class_id)
    logger.info("roster of class {} taken over: {}", roster.class_id, counts)
    return texts.DONE.format(name=roster.name, **counts)


# -- where somebody answers it like any request ----------------------------------------------------------


async def _confirmed(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    raise NotAllowed(texts.USE_IMPORT.format(item=f"{group.id}-{request.number}"))


async def _dropped(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    await models.Request.filter(id=request.id).update(payload={})
    return []


area.decides(KIND, confirmed=_confirmed, refused=_dropped, lapsed=_dropped)
