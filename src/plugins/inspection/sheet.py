"""What was found of a school, as a workbook. Pure but for loading openpyxl."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from src.core.people.tables import harmless

from . import texts
from .telling import heeds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .facts import GroupState, SchoolState

_DAY = 86_400
_LONGEST = 500
"""Characters of a cell."""
_NO_XML = re.compile("[\x00-\x1f\ud800-\udfff\ufffe\uffff]")
"""What a workbook has no place for."""

Cell = str | int | float | None
Row = list[Cell]


def write_sheet(state: SchoolState, when: str) -> bytes:
    """The workbook: a sheet each for groups, clauses, what is open, managers who were not seen, and what
    the words mean. What is not known says so; the head teacher's list of members is not in it."""
    # Loaded by whoever inspects only: it would cost every start its time and memory.
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    names = iter(texts.SHEETS)
    for columns, rows in (
        (texts.GROUP_COLUMNS, map(_group, state.groups)),
        (texts.CLAUSE_COLUMNS, _clauses(state)),
        (texts.OPEN_COLUMNS, _open(state)),
        (texts.UNSEEN_COLUMNS, _unseen(state)),
        (texts.NOTES_COLUMNS, _notes(state, when)),
    ):
        sheet = book.create_sheet(next(names))
        # Both must stand before the first row.
        sheet.freeze_panes = "A2"
        for place, (_, width) in enumerate(columns):
            sheet.column_dimensions[chr(ord("A") + place)].width = width
        sheet.append([title for title, _ in columns])
        for row in rows:
            sheet.append([_cell(one) for one in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(value: Cell) -> str | int | float:
    """A number as it is; a text that no spreadsheet takes for a formula."""
    if value is None:
        return texts.UNKNOWN
    if isinstance(value, str):
        return harmless(_NO_XML.sub("", value)[:_LONGEST])
    return value


def _group(state: GroupState) -> Row:
    live = state.live
    role = texts.PLATFORM_ROLES[live.role.value] if live is not None and live.role else None
    decided = sum(one.decided for one in state.tried)
    return [
        state.name,
        state.key,
        state.id,
        "；".join(f"{what} {detail}".rstrip() for what, detail in heeds(state)),
        texts.NONE if state.policy is None else state.policy,
        state.version if state.policy is not None else texts.NONE,
        texts.MODES[state.mode],
        role if live is not None else _line(state),
        None if live is None else "、".join(live.missing) or texts.NONE,
        None if live is None else live.members,
        "、".join(state.heads) or texts.NONE,
        state.managers,
        state.open,
        int(state.oldest // _DAY) if state.open else 0,
        state.overdue,
        state.passed_up,
        state.cases,
        decided,
        sum(one.wrong for one in state.tried),
        None if state.unseen is None else len(state.unseen),
    ]


def _line(state: GroupState) -> str:
    """Why nothing is known of a group's members."""
    if state.gone:
        return texts.SHEET_GONE
    return texts.SHEET_NOT_READ if state.online else texts.SHEET_OFFLINE


def _clauses(state: SchoolState) -> Iterable[Row]:
    for group in state.groups:
        for one in group.tried:
            share = round(one.wrong / one.decided, 2) if one.decided else texts.NONE
            clause = one.clause or texts.MANUAL
            yield [group.name, clause, one.cases, one.decided, one.wrong, share]


def _open(state: SchoolState) -> Iterable[Row]:
    for group in state.groups:
        for one in group.waiting:
            kind, oldest = texts.KINDS.get(one.kind, one.kind), int(one.oldest // _DAY)
            yield [group.name, kind, one.count, oldest, one.overdue]


def _unseen(state: SchoolState) -> Iterable[Row]:
    for group in state.groups:
        for one in group.unseen or ():
            gone = one.silent is None
            silent = texts.SHEET_GONE if gone else int((one.silent or 0) // _DAY)
            yield [group.name, texts.ROLES[one.role], one.name or texts.NONE, silent]


def _notes(state: SchoolState, when: str) -> Iterable[Sequence[Cell]]:
    chain = state.chain or texts.NO_CHAIN
    for title, text in texts.NOTES:
        said = text.format(when=when, count=len(state.groups), unread=state.unread, chain=chain)
        yield [title, said]
