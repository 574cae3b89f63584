"""What a table says of a class: students, guardians, teachers, staff. Pure.

Columns are known by what their headings mean, in any order. A row with a fault is named with what is
to be mended, and whoever calls takes nothing over while there is one: a roster is never half read.
What a roster does not need (telephone numbers, addresses) is not even kept in memory.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import Enum, auto
import re
from typing import TYPE_CHECKING, NamedTuple
import unicodedata

from . import texts
from .patterns import RELATIONS
from .roster import PersonKind, plain
from .tables import Table, TableError, Value, read_tables, unmarked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .roster import Person

_HEADINGS_WITHIN = 12
"""Rows from the top in which the headings are looked for; above them stand titles."""
_LONGEST_NAME = 30
_LONGEST_NUMBER = 32
_LONGEST_SUBJECT = 64
_LONGEST_RELATION = 16
_MOST_LEFT_OUT = 12
"""Headings that are named as left out."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody whom a file names. A guardian has the student's name and number."""

    kind: PersonKind
    name: str
    number: str = ""
    class_name: str = ""
    subject: str = ""
    relation: str = ""
    student: str = ""
    since: date | None = None
    until: date | None = None
    where: str = ""
    """The row, in words for people."""


class Fault(NamedTuple):
    """A row that cannot be taken over as it stands, and what to do about it; never a name."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file says. `covers`: the kinds it lists, so that who is missing among them is gone."""

    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    covers: frozenset[PersonKind]


class _Column(Enum):
    NAME = auto()
    STUDENT = auto()
    TEACHER = auto()
    GUARDIAN = auto()
    RELATION = auto()
    KIND = auto()
    NUMBER = auto()
    LESSER_NUMBER = auto()
    LEAST_NUMBER = auto()
    CLASS = auto()
    GRADE = auto()
    SUBJECT = auto()
    POST = auto()
    SINCE = auto()
    UNTIL = auto()


_NUMERAL = "[一二三四1-4]"
_CHILD = "学生|孩子|幼儿|宝宝|儿童|学员|子女|小孩"
_KEEPER = "|".join(sorted({"父", "母", "家属", *RELATIONS} - {"本人"}, key=len, reverse=True))
_CALLED = "(?:的?(?:姓名|名字|名称))?"
_WHEN = "(?:日期|时间|年月|日)?"
_MEANINGS: Sequence[tuple[re.Pattern[str], _Column | None]] = [
    (re.compile(pattern), column)
    for pattern, column in (
        # Not kept, though some of these words stand in headings that are.
        (r".*(?:电话|手机|联系方式|号码|微信|qq|身份证|证件|住址|地址|出生|生日|单位|邮箱).*", None),
        (r".*(?:关系|称谓).*", _Column.RELATION),
        (r"(?:人员)?(?:身份|类别|类型|角色)|kind|type|role", _Column.KIND),
        (rf"(?:入学|入班|入园|入校|入职|转入|到校|加入|开始|起始){_WHEN}|since", _Column.SINCE),
        (
            rf"(?:转出|离校|离班|离园|毕业|退学|离职|转学|结束|截止){_WHEN}|until",
            _Column.UNTIL,
        ),
        (rf"(?:第{_NUMERAL})?(?:{_KEEPER}){_NUMERAL}?{_CALLED}{_NUMERAL}?", _Column.GUARDIAN),
        (rf"(?:任课|任教|科任|授课)?(?:教师|老师|教职工|教工|职工){_CALLED}|teacher(?:name)?",
         _Column.TEACHER),
        (rf"(?:{_CHILD}){_CALLED}|student(?:name)?", _Column.STUDENT),
        (r"(?:真实)?(?:姓名|名字)|(?:full)?name", _Column.NAME),
        (rf"(?:{_CHILD})?(?:学号|编号)|student(?:id|no\.?|number)", _Column.NUMBER),
        (r"(?:教师|教工|职工)?(?:编号|工号)|id|no\.?|number", _Column.LESSER_NUMBER),
        (rf"(?:全国|国网|{_CHILD})?学籍(?:编)?号", _Column.LEAST_NUMBER),
        (r"(?:所在|所属|行政|学生|就读)?(?:班级|班别|班)(?:名称)?|class(?:name)?", _Column.CLASS),
        (r"(?:所在|就读)?年级|grade", _Column.GRADE),
        (r"(?:任教|任课|所教|授课|教学)?(?:学科|科目|课程)|任教|任课|subject", _Column.SUBJECT),
        (r"职务|岗位|职位|post|position", _Column.POST),
    )
]  # fmt: skip
_ROWS_OF = (_Column.NAME, _Column.STUDENT, _Column.TEACHER)
_KINDS: Mapping[str, PersonKind] = {
    **dict.fromkeys(("学生", "幼儿", "student"), PersonKind.STUDENT),
    **dict.fromkeys(("家长", "监护人", "guardian", "parent"), PersonKind.GUARDIAN),
    **dict.fromkeys(
        ("教师", "老师", "任课教师", "任课老师", "科任老师", "班主任", "副班主任", "teacher"),
        PersonKind.TEACHER,
    ),
    **dict.fromkeys(
        ("职工", "教职工", "教工", "工作人员", "后勤", "保育员", "保安", "校医", "staff"),
        PersonKind.STAFF,
    ),
}
_RELATIONS: Mapping[str, str] = {
    **RELATIONS,
    **dict.fromkeys(("父", "父子", "父女", "之父"), "爸爸"),
    **dict.fromkeys(("母", "母子", "母女", "之母"), "妈妈"),
}
_NOTHING = frozenset(("无", "没有", "-", "--", "—", "——", "/", "\\", "n/a", "null", "none"))
_BRACKETS = re.compile(r"[(\[【〔].*?[)\]】〕]")
_NAME = re.compile(r"[^\W\d_]+(?:[·\-'’. ][^\W\d_]+)*\.?")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_IDENTITY_CARD = re.compile(r"[GgLl]?\d{6}(?:19|20)\d{9}[\dXx]")
_NUMBER = re.compile(rf"[0-9A-Za-z][0-9A-Za-z_/.-]{{0,{_LONGEST_NUMBER - 1}}}")
_DAY = re.compile(
    r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})?日?)?(?:[T ].*)?|(\d{4})(\d{2})(\d{2})"
)
_FIRST_DAY_OF_EXCEL = date(1899, 12, 30)
_ORDINAL = r"(?:二?十[一二三四五六七八九]?|[一二三四五六七八九]|\d{1,2})"
_GRADE = "[一二三四五六七八九]"
_CLASS = re.compile(
    rf"(?:([小初高]?)({_GRADE}(?=\d)|(?:{_GRADE}|[1-9])(?=[年(\[]))年?级?|(?<!\d)(\d)(?=\d\d班))?"
    rf"[(\[]?(二?十{_GRADE}?|{_GRADE}|\d{{1,2}})[)\]]?班"
)
_DIGITS = "零一二三四五六七八九"


# -- what stands in a cell ----------------------------------------------------------------------------


def _words(value: Value) -> str:
    """A cell's text in its usual form; empty for what people write in place of nothing."""
    text = value.isoformat() if isinstance(value, date) else unmarked(value)
    text = " ".join(unicodedata.normalize("NFKC", text).split())
    return "" if text.casefold() in _NOTHING else text


def _heading(value: Value) -> str:
    text = _BRACKETS.sub("", _words(value)).casefold()
    return re.sub(r"[\s*:：、,_]+", "", text)


def _meaning(heading: str) -> _Column | None:
    return next((column for one, column in _MEANINGS if one.fullmatch(heading)), None)


class _Wrong(Exception):
    """A cell that cannot be taken over; the text says what to do."""


def read_name(text: str) -> str:
    """A name as it is kept: without blanks between Chinese characters, with one kind of dot.

    Raises:
        ValueError: it is not one person's name; in words for people.
    """
    text = re.sub(r"[•‧∙⋅・･●]", "·", unicodedata.normalize("NFKC", text)).strip()
    if any("\u3400" <= char <= "\u9fff" for char in text):
        text = "".join(text.split())
    if not text or len(text) > _LONGEST_NAME or not _NAME.fullmatch(text) or len(text) < 2:
        raise ValueError(texts.WRONG_NAME)
    return text


def _read_number(text: str) -> str:
    number = re.sub(r"\s+", "", text).removesuffix(".0")
    if _SCIENTIFIC.fullmatch(number):
        raise _Wrong(texts.NUMBER_CUT)
    if number and not _NUMBER.fullmatch(number):
        raise _Wrong(texts.WRONG_NUMBER)
    return number


def read_day(text: str, *, end: bool = False) -> date:
    """A day in one of the forms that people write, or that a spreadsheet keeps. A month alone is its
    first day, and at the `end` of something the first day after it.

    Raises:
        ValueError: it is none.
    """
    text = text.removesuffix(".0")
    if text.isdecimal() and len(text) == 5:
        return _FIRST_DAY_OF_EXCEL + timedelta(int(text))
    found = _DAY.fullmatch(re.sub(r"(?<=[年月./-])\s+", "", text))
    if found is None:
        raise ValueError(texts.WRONG_DAY)
    year, month, day = (int(found[n] or found[n + 3] or 0) for n in (1, 2, 3))
    try:
        if day:
            return date(year, month, day)
        return date(year + month // 12, month % 12 + 1, 1) if end else date(year, month, 1)
    except ValueError:
        raise ValueError(texts.WRONG_DAY) from None


# -- classes ------------------------------------------------------------------------------------------


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


# -- rows ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Plan:
    """Which column of a table is what."""

    columns: dict[_Column, int]
    guardians: list[tuple[int, int | None, str]] = field(
        default_factory=list[tuple[int, "int | None", str]]
    )
    """Columns of guardians' names, each with that of its relation, or the relation itself."""
    row: int = 0
    of_teachers: bool = False
    of_guardians: bool = False
    left_out: tuple[str, ...] = ()


class _Reader:
    """Reads the tables of one file."""

    def __init__(self, class_name: str) -> None:
        self._class = class_name
        self.entries: list[Entry] = []
        self.faults: list[Fault] = []
        self.left_out: dict[str, None] = {}
        self.covers: set[PersonKind] = set()
        self.other_classes: Counter[str] = Counter()
        self.cards = False

    def read(self, table: Table, plan: _Plan, title: str) -> None:
        """Take in a table's rows below its headings."""
        self.left_out |= dict.fromkeys(plan.left_out)
        headings = dict(table.rows)[plan.row]
        width = self._width(table, plan)
        above: Entry | None = None
        for number, cells in table.rows:
            if number <= plan.row or list(cells) == list(headings):
                continue
            where = (texts.ROW_OF if title else texts.ROW).format(title=title, row=number)
            try:
                found = self._row(cells, plan, where, width, above)
            except _Wrong as wrong:
                self.faults.append(Fault(where, str(wrong)))
                continue
            self.entries += found
            above = next((one for one in found if one.kind is PersonKind.STUDENT), above)

    def _width(self, table: Table, plan: _Plan) -> int:
        """How many digits the column of numbers has, where some begin with a zero: those that are
        shorter have lost theirs."""
        column = plan.columns.get(_Column.NUMBER)
        if column is None:
            return 0
        numbers = [_words(_at(cells, column)) for row, cells in table.rows if row > plan.row]
        return max((len(one) for one in numbers if one.isdecimal() and one[0] == "0"), default=0)

    def _row(
        self, cells: Sequence[Value], plan: _Plan, where: str, width: int, above: Entry | None
    ) -> list[Entry]:
        said = {column: _words(_at(cells, place)) for column, place in plan.columns.items()}
        guardians = [
            (name, _words(_at(cells, place)) if place is not None else relation)
            for column, place, relation in plan.guardians
            if (name := _words(_at(cells, column)))
        ]
        named = [column for column in _ROWS_OF if said.get(column)]
        if not named and not guardians:
            if any(said.get(one) for one in _NUMBERS):
                raise _Wrong(texts.NO_NAME)
            return []
        class_name = said.get(_Column.CLASS, "")
        if said.get(_Column.GRADE) and not _grade_of(class_name):
            class_name = said[_Column.GRADE] + class_name
        classes = re.split("[、,;/]", class_name)
        if self._class and not any(same_class(one or self._class, self._class) for one in classes):
            self.other_classes[class_name] += 1
            return []
        number = _read_number(next((said[one] for one in _NUMBERS if said.get(one)), ""))
        if _IDENTITY_CARD.fullmatch(number):
            # It says when and where somebody was born, and is no secret to be asked for.
            self.cards, number = True, ""
        if number.isdecimal():
            number = number.zfill(width)
        frame = Entry(
            PersonKind.STUDENT,
            "",
            number,
            class_name,
            since=_day(said.get(_Column.SINCE, ""), end=False),
            until=_day(said.get(_Column.UNTIL, ""), end=True),
            where=where,
        )
        if not named:
            if above is None or number:
                raise _Wrong(texts.NO_STUDENT)
            # Merged cells: the second guardian of the student above.
            return [self._guardian(above, *one, where=where) for one in guardians]
        return self._people(said, frame, plan, guardians)

    def _people(
        self,
        said: Mapping[_Column, str],
        frame: Entry,
        plan: _Plan,
        guardians: list[tuple[str, str]],
    ) -> list[Entry]:
        found: list[Entry] = []
        name, child = said.get(_Column.NAME, ""), said.get(_Column.STUDENT, "")
        kind = self._kind(said, plan)
        if name and kind is PersonKind.GUARDIAN:
            if not child:
                raise _Wrong(texts.NO_STUDENT)
            of = replace(frame, name=_name(child), since=None, until=None)
            one = self._guardian(of, name, said.get(_Column.RELATION, ""), where=frame.where)
            return [replace(one, since=frame.since, until=frame.until)]
        if name and kind is not PersonKind.STUDENT:
            found.append(self._adult(kind, name, said, frame))
        elif name or child:
            student = replace(frame, name=_name(name or child))
            found.append(student)
            found += [self._guardian(student, *one, where=frame.where) for one in guardians]
        if teacher := said.get(_Column.TEACHER, ""):
            bare = frame if not found else replace(frame, number="", since=None, until=None)
            found.append(self._adult(PersonKind.TEACHER, teacher, said, bare))
        self.covers |= {one.kind for one in found}
        if plan.guardians and found[0].kind is PersonKind.STUDENT:
            self.covers.add(PersonKind.GUARDIAN)
        return found

    def _kind(self, said: Mapping[_Column, str], plan: _Plan) -> PersonKind:
        if word := said.get(_Column.KIND, ""):
            kind = _KINDS.get(word.casefold())
            if kind is None:
                raise _Wrong(texts.WRONG_KIND)
            return kind
        if plan.of_guardians:
            return PersonKind.GUARDIAN
        if not plan.of_teachers:
            return PersonKind.STUDENT
        if said.get(_Column.SUBJECT) or not said.get(_Column.POST):
            return PersonKind.TEACHER
        teaches = any(word in said[_Column.POST] for word in ("教师", "老师", "主任", "校长"))
        return PersonKind.TEACHER if teaches else PersonKind.STAFF

    def _adult(
        self, kind: PersonKind, name: str, said: Mapping[_Column, str], frame: Entry
    ) -> Entry:
        subject = said.get(_Column.SUBJECT, "")
        if kind is PersonKind.STAFF:
            subject = subject or said.get(_Column.POST, "")
        if len(subject) > _LONGEST_SUBJECT:
            raise _Wrong(texts.LONG_SUBJECT)
        name = name.removesuffix("老师")
        return replace(frame, kind=kind, name=_name(name), subject=subject)

    def _guardian(self, student: Entry, name: str, relation: str, *, where: str) -> Entry:
        usual = _RELATIONS.get(relation, relation)
        if len(usual) > _LONGEST_RELATION:
            raise _Wrong(texts.LONG_RELATION)
        self.covers.add(PersonKind.GUARDIAN)
        return replace(
            student,
            kind=PersonKind.GUARDIAN,
            name=_name(name),
            relation=usual,
            student=student.name,
            since=None,
            until=None,
            where=where,
        )


_NUMBERS = (_Column.NUMBER, _Column.LESSER_NUMBER, _Column.LEAST_NUMBER)


def _at(cells: Sequence[Value], place: int) -> Value:
    return cells[place] if place < len(cells) else ""


def _grade_of(text: str) -> int:
    found = _class_of(text)
    return found[1] if found is not None else 0


def _name(text: str) -> str:
    try:
        return read_name(text)
    except ValueError as error:
        raise _Wrong(str(error)) from None


def _day(text: str, *, end: bool) -> date | None:
    try:
        return read_day(text, end=end) if text else None
    except (ValueError, OverflowError):
        raise _Wrong(texts.WRONG_DAY) from None


# -- headings -----------------------------------------------------------------------------------------


def _plan(table: Table) -> _Plan | None:
    """The plan of a table, by the one of its upper rows that has most headings; None without one.

    Raises:
        TableError: two columns say that they are the same.
    """
    plan: tuple[int, list[str], list[_Column | None], Sequence[Value]] | None = None
    above: Sequence[Value] = ()
    most = 0
    for number, cells in table.rows[:_HEADINGS_WITHIN]:
        headings = [_heading(cell) for cell in cells]
        columns = [_meaning(heading) for heading in headings]
        doubled = {one for one, count in Counter(columns).items() if count > 1}
        if doubled - {None, _Column.GUARDIAN, _Column.RELATION}:
            headings = _under(above, headings)
            columns = [_meaning(heading) for heading in headings]
        known = sum(column is not None for column in columns)
        if known > most and {*_ROWS_OF, _Column.GUARDIAN} & set(columns):
            plan, most = (number, headings, columns, cells), known
        above = cells
    return None if plan is None else _planned(table.title, *plan)


def _under(above: Sequence[Value], headings: list[str]) -> list[str]:
    """Headings with what stands above them, where that means something: 学生 and 家长 in merged cells,
    and 姓名 under each."""
    joined: list[str] = []
    group = ""
    for place, heading in enumerate(headings):
        group = _heading(_at(above, place)) or group
        joined.append(group + heading if _meaning(group + heading) is not None else heading)
    return joined


def _planned(
    title: str,
    row: int,
    headings: list[str],
    columns: list[_Column | None],
    cells: Sequence[Value],
) -> _Plan:
    places: dict[_Column, int] = {}
    guardians: list[int] = []
    relations: list[int] = []
    for place, column in enumerate(columns):
        if column is _Column.GUARDIAN:
            guardians.append(place)
        elif column is _Column.RELATION:
            relations.append(place)
        elif column is not None and column in places:
            raise TableError(texts.TWO_COLUMNS.format(heading=_words(cells[place])))
        elif column is not None:
            places[column] = place
    if guardians:
        # 姓名 beside 家长姓名 is the student's; with 学生姓名 too nobody can tell.
        if _Column.NAME in places and _Column.STUDENT in places:
            raise TableError(texts.TWO_COLUMNS.format(heading=_words(cells[places[_Column.NAME]])))
    elif relations:
        places[_Column.RELATION] = relations[0]
    of_guardians = {_Column.NAME, _Column.STUDENT} <= places.keys()
    of_teachers = not guardians and (
        any(word in title for word in ("教师", "老师", "任课", "教职工"))
        or bool({_Column.SUBJECT, _Column.POST} & places.keys())
        or "工号" in headings
    )
    pairs = [(place, *_relation_of(place, headings, guardians, relations)) for place in guardians]
    left_out = [
        _words(cell)
        for heading, column, cell in zip(headings, columns, cells, strict=True)
        if column is None and heading and heading not in ("序号", "no")
    ]
    return _Plan(
        places,
        pairs,
        row,
        of_teachers and _Column.NUMBER not in places,
        of_guardians,
        tuple(left_out[:_MOST_LEFT_OUT]),
    )


def _relation_of(
    place: int, headings: list[str], guardians: list[int], relations: list[int]
) -> tuple[int | None, str]:
    """Where the relation of a column's guardians stands, or what it is."""
    word = re.sub(rf"^第?{_NUMERAL}|的?(?:姓名|名字|名称)|{_NUMERAL}$", "", headings[place])
    word = re.sub(rf"{_NUMERAL}$", "", word)
    usual = _RELATIONS.get(word, "")
    if usual and usual not in ("家长", "监护人"):
        return None, usual
    label = re.findall(_NUMERAL, headings[place])
    for other in relations:
        if label and label == re.findall(_NUMERAL, headings[other]):
            return other, ""
    until = min((one for one in guardians if one > place), default=len(headings))
    between = [other for other in relations if place < other < until]
    if not between and len(guardians) == 1:
        between = relations
    return (between[0], "") if between else (None, "")


# -- the whole ----------------------------------------------------------------------------------------


def read_sheet(content: bytes, class_name: str = "") -> Sheet:
    """What a file says of a class. Rows of other classes are left out, and counted in a note.

    Raises:
        TableError: it is no table that lists people; in words for the sender.
    """
    tables = [table for table in read_tables(content) if table.rows]
    plans = [(table, plan) for table in tables if (plan := _plan(table)) is not None]
    if not plans:
        raise TableError(texts.NO_HEADINGS if tables else texts.EMPTY)
    reader = _Reader(class_name)
    for table, plan in plans:
        reader.read(table, plan, table.title if len(plans) > 1 else "")
    notes: list[str] = []
    unread = [table.title for table in tables if all(table is not one for one, _ in plans)]
    if unread:
        notes.append(texts.SHEETS_UNREAD.format(titles="、".join(unread)))
    if reader.left_out:
        notes.append(texts.LEFT_OUT.format(headings="、".join(reader.left_out)))
    if reader.cards:
        notes.append(texts.CARDS)
    if reader.other_classes:
        if not reader.entries and not reader.faults:
            others = "、".join(sorted(reader.other_classes)[:_MOST_LEFT_OUT])
            raise TableError(texts.ALL_OTHERS.format(others=others, name=class_name))
        notes.append(texts.OTHERS.format(count=reader.other_classes.total()))
    entries, faults, repeated = _told_apart(reader.entries)
    if repeated:
        notes.append(texts.REPEATED.format(count=repeated))
    if not entries and not reader.faults and not faults:
        raise TableError(texts.EMPTY)
    return Sheet(
        tuple(entries), tuple(reader.faults + faults), tuple(notes), frozenset(reader.covers)
    )


def _told_apart(entries: Iterable[Entry]) -> tuple[list[Entry], list[Fault], int]:
    """Everybody once; students whom nothing tells apart, or whom one number names twice, are
    faults. Also how many rows said the same again."""
    people: dict[tuple[object, ...], Entry] = {}
    faults: list[Fault] = []
    repeated = 0
    for one in entries:
        if one.kind is PersonKind.GUARDIAN:
            key = (one.kind, plain(one.student), one.number, plain(one.name))
        elif one.kind is PersonKind.STUDENT:
            key = (one.kind, one.number or plain(one.name))
        else:
            key = (one.kind, plain(one.name), one.number)
        former = people.setdefault(key, one)
        if former is one:
            continue
        if one.kind is PersonKind.STUDENT:
            if not one.number:
                faults.append(Fault(_both(former, one), texts.SAME_NAME))
            elif plain(former.name) != plain(one.name):
                faults.append(Fault(_both(former, one), texts.SAME_NUMBER))
            elif replace(former, where="") != replace(one, where=""):
                faults.append(Fault(_both(former, one), texts.CONTRADICTION))
            else:
                repeated += 1
        elif one.kind is PersonKind.GUARDIAN:
            if one.relation and one.relation != former.relation:
                faults.append(Fault(_both(former, one), texts.CONTRADICTION))
        elif one.subject and one.subject not in former.subject.split("、"):
            subject = "、".join(filter(None, (former.subject, one.subject)))
            if len(subject) > _LONGEST_SUBJECT:
                faults.append(Fault(one.where, texts.LONG_SUBJECT))
            people[key] = replace(former, subject=subject)
    numbered = {
        plain(one.name): one
        for one in people.values()
        if one.kind is PersonKind.STUDENT and one.number
    }
    for one in people.values():
        if one.kind is PersonKind.STUDENT and not one.number and plain(one.name) in numbered:
            faults.append(Fault(_both(numbered[plain(one.name)], one), texts.SAME_NAME))
    return list(people.values()), faults, repeated


def _both(one: Entry, other: Entry) -> str:
    return texts.BOTH.format(one=one.where, other=other.where)


def rows_of(people: Iterable[Person]) -> list[list[str]]:
    """A roster as the rows of a table that `read_sheet` reads back to the same."""
    everybody = list(people)
    by_id = {one.id: one for one in everybody}
    rows: list[list[str]] = [list(texts.COLUMNS)]
    for one in everybody:
        child = by_id.get(one.student) if one.student is not None else None
        rows.append(
            [
                texts.KINDS[one.kind.value],
                one.name,
                (child or one).number,
                one.class_name,
                one.subject,
                one.relation,
                child.name if child is not None else "",
                one.since.isoformat() if one.since is not None else "",
                one.until.isoformat() if one.until is not None else "",
            ]
        )
    return rows
