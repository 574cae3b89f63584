"""What people write in one cell of a table: names, numbers, days, classes. Pure."""

from __future__ import annotations

from datetime import date, timedelta
import re
import unicodedata

from . import texts
from .roster import plain
from .tables import Value, unmarked

_LONGEST_NAME = 30
_LONGEST_NUMBER = 32
_NOTHING = frozenset(("无", "没有", "-", "--", "—", "——", "/", "\\", "n/a", "null", "none"))
_NAME = re.compile(r"[^\W\d_]+(?:[·\-'’. ][^\W\d_]+)*\.?")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_IDENTITY_CARD = re.compile(r"[GgLl]?\d{6}(?:19|20)\d{9}[\dXx]")
_NUMBER = re.compile(rf"[0-9A-Za-z][0-9A-Za-z_/.-]{{0,{_LONGEST_NUMBER - 1}}}")
_DAY = re.compile(
    r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})?日?)?(?:[T ].*)?|(\d{4})(\d{2})(\d{2})"
)
_FIRST_DAY_OF_EXCEL = date(1899, 12, 30)
_GRADE = "[一二三四五六七八九]"
_CLASS = re.compile(
    rf"(?:([小初高]?)({_GRADE}(?=\d)|(?:{_GRADE}|[1-9])(?=[年(\[]))年?级?|(?<!\d)(\d)(?=\d\d班))?"
    rf"[(\[]?(二?十{_GRADE}?|{_GRADE}|\d{{1,2}})[)\]]?班"
)
_DIGITS = "零一二三四五六七八九"


class CellError(ValueError):
    """What a cell says cannot be taken over; the text says what to do, for people."""


def words(value: Value) -> str:
    """A cell's text in its usual form; empty for what people write in place of nothing."""
    text = value.isoformat() if isinstance(value, date) else unmarked(value)
    text = " ".join(unicodedata.normalize("NFKC", text).split())
    return "" if text.casefold() in _NOTHING else text


def read_name(text: str) -> str:
    """A name as it is kept: without blanks between Chinese characters, with one kind of dot.

    Raises:
        CellError: it is not one person's name.
    """
    text = re.sub(r"[•‧∙⋅・･●]", "·", unicodedata.normalize("NFKC", text)).strip()
    if any("\u3400" <= char <= "\u9fff" for char in text):
        text = "".join(text.split())
    if not text or len(text) > _LONGEST_NAME or not _NAME.fullmatch(text) or len(text) < 2:
        raise CellError(texts.WRONG_NAME)
    return text


def read_number(text: str) -> str:
    """A student's number as it is kept.

    Raises:
        CellError: it is none, or a spreadsheet cut it.
    """
    number = re.sub(r"\s+", "", text).removesuffix(".0")
    if _SCIENTIFIC.fullmatch(number):
        raise CellError(texts.NUMBER_CUT)
    if number and not _NUMBER.fullmatch(number):
        raise CellError(texts.WRONG_NUMBER)
    return number


def read_day(text: str, *, end: bool = False) -> date:
    """A day in one of the forms that people write, or that a spreadsheet keeps. A month alone is its
    first day, and at the `end` of something the first day after it.

    Raises:
        CellError: it is none.
    """
    text = text.removesuffix(".0")
    if text.isdecimal() and len(text) == 5:
        return _FIRST_DAY_OF_EXCEL + timedelta(int(text))
    found = _DAY.fullmatch(re.sub(r"(?<=[年月./-])\s+", "", text))
    if found is None:
        raise CellError(texts.WRONG_DAY)
    year, month, day = (int(found[n] or found[n + 3] or 0) for n in (1, 2, 3))
    try:
        if day:
            return date(year, month, day)
        return date(year + month // 12, month % 12 + 1, 1) if end else date(year, month, 1)
    except ValueError:
        raise CellError(texts.WRONG_DAY) from None


def _class_of(text: str) -> tuple[str, int, int] | None:
    """Stage, grade and number of a class; empty and 0 where they are not said."""
    found = _CLASS.search("".join(unicodedata.normalize("NFKC", text).split()))
    if found is None:
        return None
    grade = found[2] or found[3] or ""
    return found[1] or "", _numeral(grade), _numeral(found[4])


def _numeral(text: str) -> int:
    if not text or text.isdecimal():
        return int(text or 0)
    tens, ten, ones = text.rpartition("十")
    return (_DIGITS.index(tens or "一") * 10 if ten else 0) + (_DIGITS.index(ones) if ones else 0)


def same_class(one: str, other: str) -> bool:
    """Whether two names may be of one class: 三年级二班, 三（2）班 and 302班 are."""
    if plain(one) == plain(other):
        return True
    first, second = _class_of(one), _class_of(other)
    if first is None or second is None:
        return False
    return all(not a or not b or a == b for a, b in zip(first, second, strict=True))


def grade_of(text: str) -> int:
    """The grade that a class's name says; 0 where it says none."""
    found = _class_of(text)
    return found[1] if found is not None else 0


def is_identity_card(number: str) -> bool:
    """Whether a number is, or contains, that of somebody's identity card."""
    return _IDENTITY_CARD.fullmatch(number) is not None
