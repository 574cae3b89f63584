"""What the columns of a table are, by what their headings mean, in any order and wording. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum, auto
import re
from typing import TYPE_CHECKING

from . import texts
from .cells import words
from .patterns import RELATIONS
from .tables import Table, TableError, Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WITHIN = 12
"""Rows from the top in which the headings are looked for; above them stand titles."""
MOST_LEFT_OUT = 12
"""Headings that are named as left out."""


class Column(Enum):
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
_MEANINGS: Sequence[tuple[re.Pattern[str], Column | None]] = [
    (re.compile(pattern), column)
    for pattern, column in (
        # Not kept, though some of these words stand in headings that are.
        (r".*(?:电话|手机|联系方式|号码|微信|qq|身份证|证件|住址|地址|出生|生日|单位|邮箱).*", None),
        (r".*(?:关系|称谓).*", Column.RELATION),
        (r"(?:人员)?(?:身份|类别|类型|角色)|kind|type|role", Column.KIND),
        (rf"(?:入学|入班|入园|入校|入职|转入|到校|加入|开始|起始){_WHEN}|since", Column.SINCE),
        (
            rf"(?:转出|离校|离班|离园|毕业|退学|离职|转学|结束|截止){_WHEN}|until",
            Column.UNTIL,
        ),
        (rf"(?:第{_NUMERAL})?(?:{_KEEPER}){_NUMERAL}?{_CALLED}{_NUMERAL}?", Column.GUARDIAN),
        (rf"(?:任课|任教|科任|授课)?(?:教师|老师|教职工|教工|职工){_CALLED}|teacher(?:name)?",
         Column.TEACHER),
        (rf"(?:{_CHILD}){_CALLED}|student(?:name)?", Column.STUDENT),
        (r"(?:真实)?(?:姓名|名字)|(?:full)?name", Column.NAME),
        (rf"(?:{_CHILD})?学号|(?:{_CHILD})编号|student(?:id|no\.?|number)", Column.NUMBER),
        (r"(?:教师|教工|职工)?(?:编号|工号)|id|no\.?|number", Column.LESSER_NUMBER),
        (rf"(?:全国|国网|{_CHILD})?学籍(?:编)?号", Column.LEAST_NUMBER),
        (r"(?:所在|所属|行政|学生|就读)?(?:班级|班别|班)(?:名称)?|class(?:name)?", Column.CLASS),
        (r"(?:所在|就读)?年级|grade", Column.GRADE),
        (r"(?:任教|任课|所教|授课|教学)?(?:学科|科目|课程)|任教|任课|subject", Column.SUBJECT),
        (r"职务|岗位|职位|post|position", Column.POST),
    )
]  # fmt: skip
NAMING = (Column.NAME, Column.STUDENT, Column.TEACHER)
USUAL_RELATIONS: Mapping[str, str] = {
    **RELATIONS,
    **dict.fromkeys(("父", "父子", "父女", "之父"), "爸爸"),
    **dict.fromkeys(("母", "母子", "母女", "之母"), "妈妈"),
}
_BRACKETS = re.compile(r"[(\[【〔].*?[)\]】〕]")


@dataclass(slots=True)
class Plan:
    """Which column of a table is what."""

    columns: dict[Column, int]
    guardians: list[tuple[int, int | None, str]] = field(
        default_factory=list[tuple[int, "int | None", str]]
    )
    """Columns of guardians' names, each with that of its relation, or the relation itself."""
    row: int = 0
    of_teachers: bool = False
    of_guardians: bool = False
    left_out: tuple[str, ...] = ()


def at(cells: Sequence[Value], place: int) -> Value:
    """What stands in a row at a place; nothing where the row is shorter."""
    return cells[place] if place < len(cells) else ""


def _heading(value: Value) -> str:
    text = _BRACKETS.sub("", words(value)).casefold()
    return re.sub(r"[\s*:：、,_]+", "", text)


def _meaning(heading: str) -> Column | None:
    return next((column for one, column in _MEANINGS if one.fullmatch(heading)), None)


def read_plan(table: Table) -> Plan | None:
    """The plan of a table, by the one of its upper rows that has most headings; None without one.

    Raises:
        TableError: two columns say that they are the same.
    """
    plan: tuple[int, list[str], list[Column | None], Sequence[Value]] | None = None
    above: Sequence[Value] = ()
    most = 0
    for number, cells in table.rows[:_WITHIN]:
        headings = [_heading(cell) for cell in cells]
        columns = [_meaning(heading) for heading in headings]
        doubled = {one for one, count in Counter(columns).items() if count > 1}
        if doubled - {None, Column.GUARDIAN, Column.RELATION}:
            headings = _under(above, headings)
            columns = [_meaning(heading) for heading in headings]
        known = sum(column is not None for column in columns)
        if known > most and {*NAMING, Column.GUARDIAN} & set(columns):
            plan, most = (number, headings, columns, cells), known
        above = cells
    return None if plan is None else _planned(table.title, *plan)


def _under(above: Sequence[Value], headings: list[str]) -> list[str]:
    """Headings with what stands above them, where that means something: 学生 and 家长 in merged cells,
    and 姓名 under each."""
    joined: list[str] = []
    group = ""
    for place, heading in enumerate(headings):
        group = _heading(at(above, place)) or group
        joined.append(group + heading if _meaning(group + heading) is not None else heading)
    return joined


def _planned(
    title: str,
    row: int,
    headings: list[str],
    columns: list[Column | None],
    cells: Sequence[Value],
) -> Plan:
    places: dict[Column, int] = {}
    guardians: list[int] = []
    relations: list[int] = []
    for place, column in enumerate(columns):
        if column is Column.GUARDIAN:
            guardians.append(place)
        elif column is Column.RELATION:
            relations.append(place)
        elif column is not None and column in places:
            raise TableError(texts.TWO_COLUMNS.format(heading=words(cells[place])))
        elif column is not None:
            places[column] = place
    if guardians:
        # 姓名 beside 家长姓名 is the student's; with 学生姓名 too nobody can tell.
        if Column.NAME in places and Column.STUDENT in places:
            raise TableError(texts.TWO_COLUMNS.format(heading=words(cells[places[Column.NAME]])))
    elif relations:
        places[Column.RELATION] = relations[0]
    of_guardians = {Column.NAME, Column.STUDENT} <= places.keys()
    of_teachers = not guardians and (
        any(word in title for word in ("教师", "老师", "任课", "教职工"))
        or bool({Column.SUBJECT, Column.POST} & places.keys())
        or "工号" in headings
    )
    pairs = [(place, *_relation_of(place, headings, guardians, relations)) for place in guardians]
    left_out = [
        words(cell)
        for heading, column, cell in zip(headings, columns, cells, strict=True)
        if column is None and heading and heading not in ("序号", "no")
    ]
    return Plan(
        places,
        pairs,
        row,
        of_teachers and Column.NUMBER not in places,
        of_guardians,
        tuple(left_out[:MOST_LEFT_OUT]),
    )


def _relation_of(
    place: int, headings: list[str], guardians: list[int], relations: list[int]
) -> tuple[int | None, str]:
    """Where the relation of a column's guardians stands, or what it is."""
    word = re.sub(rf"^第?{_NUMERAL}|的?(?:姓名|名字|名称)|{_NUMERAL}$", "", headings[place])
    word = re.sub(rf"{_NUMERAL}$", "", word)
    usual = USUAL_RELATIONS.get(word, "")
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
