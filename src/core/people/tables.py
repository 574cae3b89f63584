"""Tables as people send them, Excel or CSV, read into rows of plain values; and written. Pure.

What comes in is not trusted: it is bounded before it is unpacked, no formula is worked out, and no
XML entity is opened (openpyxl uses defusedxml). What goes out begins no cell with a formula.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime
import io
from itertools import count, islice
from typing import TYPE_CHECKING, Any
import warnings
from zipfile import BadZipFile, ZipFile

from . import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5000
MOST_COLUMNS = 100
_MOST_UNPACKED = 40 * 1024 * 1024
"""Bytes of a workbook; one of 5,000 full rows has some 10 MB."""
_MOST_OF_PART = 4 * 1024 * 1024
"""Bytes of a part that is kept whole, with objects many times its size: styles and the like."""
_IN_ROWS = ("xl/worksheets/", "xl/sharedStrings.xml", "xl/media/")
"""Where the parts are that are read piece by piece, or not at all."""
_LAST_ROW = 20_000
"""Of a file. Blank rows count here: a small one can claim any number of them."""
_LONGEST_NUMBER = 32
_EXACT = 10**15
"""From here on a spreadsheet keeps no last digit of a number."""
_ZIP = b"PK\x03\x04"
_OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_DELIMITERS = (",", ";", "\t", "，")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
"""What a spreadsheet may take a cell for a formula by, and the mark that we put before it."""

Value = str | date


class TableError(ValueError):
    """A file that is no table, or more than is read; the text says what to do, for the sender."""


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: its name, and the rows that are not blank, with their numbers from 1."""

    title: str
    rows: Sequence[tuple[int, Sequence[Value]]]


def read_tables(content: bytes) -> list[Table]:
    """The visible sheets of an .xlsx file, or the one table of a CSV file (UTF-8, UTF-16 with a mark,
    GB18030; separated by comma, semicolon or tab). What a file is called says nothing of it.

    Raises:
        TableError: it is neither, is protected by a password, or is too large.
    """
    if len(content) > MOST_BYTES:
        raise TableError(texts.TOO_LARGE.format(most=MOST_BYTES // 1024 // 1024))
    if content.startswith(_OLD_OFFICE):
        raise TableError(texts.PROTECTED if _ENCRYPTED in content else texts.OLD_EXCEL)
    if not content.startswith(_ZIP):
        return [Table("", list(_rows(_lines(_decoded(content)), count(1))))]
    _check_size(content)
    try:
        return _workbook(content)
    except TableError:
        raise
    except Exception:
        # Whatever openpyxl stumbles over in a damaged file; what it says may quote the file.
        raise TableError(texts.NO_TABLE) from None


def _check_size(content: bytes) -> None:
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (BadZipFile, NotImplementedError, ValueError, OSError):
        raise TableError(texts.NO_TABLE) from None
    # No more than the stated size is ever unpacked of a part.
    whole = sum(part.file_size for part in parts if not part.filename.startswith(_IN_ROWS))
    if whole > _MOST_OF_PART or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise TableError(texts.TOO_MANY_ROWS.format(most=MOST_ROWS))
    if any(part.flag_bits & 1 for part in parts):
        raise TableError(texts.PROTECTED)


def _workbook(content: bytes) -> list[Table]:
    # Loaded by whoever sends a workbook only: it would cost every start its time and memory.
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        # It warns of decoration that it does not read.
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            tables: list[Table] = []
            lines = count(1)
            for sheet in book.worksheets:
                if sheet.sheet_state == "visible":
                    # Some programs write a wrong size, and rows would be missing.
                    sheet.reset_dimensions()
                    cells = sheet.iter_rows(max_col=MOST_COLUMNS)
                    rows = list(_rows(([_value(cell) for cell in row] for row in cells), lines))
                    tables.append(Table(sheet.title, rows))
            return tables
        finally:
            book.close()


def _value(cell: Any) -> Value:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if abs(value) >= _EXACT:
        return f"{value:.5E}"
    if value != int(value):
        return str(value)
    # The format 000000 shows zeros that the number itself has not.
    zeros = cell.number_format or ""
    digits = len(zeros) if set(zeros) == {"0"} else 0
    return str(int(value)).zfill(min(digits, _LONGEST_NUMBER))


def _decoded(content: bytes) -> str:
    encoding = next((name for mark, name in _BOMS.items() if content.startswith(mark)), "")
    for name in (encoding,) if encoding else ("utf-8", "gb18030"):
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if not any(char < " " and char not in "\t\r\n\f" for char in text):
            return text
    raise TableError(texts.NO_TABLE)


def _lines(text: str) -> list[list[str]]:
    """The lines of a CSV file, separated by what most of them have."""
    try:
        readers = [csv.reader(io.StringIO(text, newline=""), delimiter=one) for one in _DELIMITERS]
        # One more than is read, which `_rows` refuses.
        ways = [list(islice(one, _LAST_ROW + 1)) for one in readers]
    except csv.Error:
        raise TableError(texts.NO_TABLE) from None
    return max(ways, key=lambda lines: sum(len(line) > 1 for line in lines))


def _rows(
    lines: Iterable[Sequence[Value]], in_file: Iterator[int]
) -> Iterator[tuple[int, Sequence[Value]]]:
    """The lines that are not blank; their number is the line's place. `in_file` counts the lines of the
    whole file.

    Raises:
        TableError: there are too many.
    """
    full = 0
    for number, line in enumerate(lines, 1):
        cells = [one.strip() if isinstance(one, str) else one for one in line[:MOST_COLUMNS]]
        if any(cells):
            full += 1
            yield number, cells
        if full > MOST_ROWS or next(in_file) > _LAST_ROW:
            raise TableError(texts.TOO_MANY_ROWS.format(most=MOST_ROWS))


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; the mark is taken off when it is read."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def unmarked(text: str) -> str:
    """What stood in a cell before it was made harmless."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows as CSV in UTF-8 with a mark, as Excel wants it."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows([harmless(cell) for cell in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def write_xlsx(rows: Iterable[Sequence[str]], *, title: str) -> bytes:
    """The rows as a workbook of one sheet; all cells are text, so that no zero is lost."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("".join(char for char in title if char not in "\\/*?:[]")[:31])
    for row in rows:
        sheet.append([harmless(cell) for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
