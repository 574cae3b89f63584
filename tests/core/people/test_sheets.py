"""Files of rosters as schools have them, and files that are none."""

from __future__ import annotations

import csv
from datetime import date
import io
import tracemalloc
from typing import TYPE_CHECKING, Any
import zipfile

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
import pytest

from src.core.people.cells import read_day, read_name, same_class
from src.core.people.roster import Person, PersonKind
from src.core.people.sheets import Entry, read_sheet, rows_of
from src.core.people.tables import MOST_BYTES, TableError, read_tables, write_csv, write_xlsx

if TYPE_CHECKING:
    from collections.abc import Sequence

STUDENT, GUARDIAN, TEACHER, STAFF = PersonKind


def workbook(*rows: Sequence[Any], title: str = "名册", hidden: Sequence[Any] = ()) -> bytes:
    """A workbook of one sheet, and a hidden one."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    if hidden:
        other = book.create_sheet("隐藏")
        other.append(list(hidden))
        other.sheet_state = "hidden"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def people(content: bytes | str, class_name: str = "") -> list[tuple[str, ...]]:
    """Kind, name, number, and for guardians relation and student, of a file without faults."""
    sheet = read_sheet(content.encode() if isinstance(content, str) else content, class_name)
    assert sheet.faults == ()
    return [
        (one.kind.value, one.name, one.number)
        + ((one.relation, one.student) if one.kind is GUARDIAN else ())
        + ((one.subject,) if one.kind in (TEACHER, STAFF) else ())
        for one in sheet.entries
    ]


def faults(content: str | bytes) -> list[str]:
    sheet = read_sheet(content.encode() if isinstance(content, str) else content)
    return [f"{fault.where}：{fault.text}" for fault in sheet.faults]


CHILD = ("student", "张小明", "12")
FATHER = ("guardian", "张三", "12", "爸爸", "张小明")
MOTHER = ("guardian", "李四", "12", "妈妈", "张小明")


@pytest.mark.parametrize(
    "text",
    [
        "姓名,学号,父亲,母亲\n张小明,12,张三,李四\n",
        "学号,学生姓名,父亲姓名,母亲姓名\n12,张小明,张三,李四\n",
        "三年级二班花名册\n\n制表：教务处,,,\n"
        "序号,母亲姓名,父亲姓名,学　号,学生*\n1,李四,张三,１２,张 小　明\n",
        "学生;编号;家长1;家长1关系;家长2;家长2与学生关系\n张小明;12;张三;父亲;李四;母子\n",
        "姓名\t学号\t家长姓名\t关系\t第二家长姓名\t与孩子关系\n张小明\t12\t张三\t父子\t李四\t妈\n",
        "学籍号,姓名,学号,监护人一姓名,监护人一关系,监护人二姓名,监护人二关系\n"
        "9,张小明,12.0,张三,爸爸,李四,母亲\n",
        "姓名,学号,家长（必填）,关系\n张小明,12,张三,爸爸\n,,李四,妈妈\n",
        "家长姓名,学生姓名,学号,与学生关系\n张三,张小明,12,父\n李四,,,母\n",
        "学生,,家长一,,家长二,\n姓名,学号,姓名,关系,姓名,关系\n张小明,12,张三,爸爸,李四,妈妈\n",
        "身份,姓名,学号,学生姓名,关系\n学生,张小明,12,,\n家长,张三,12,张小明,爸爸\n"
        "监护人,李四,12,张小明,妈妈\n",
        "Student Name,Student ID,爸爸,妈妈\n张小明,12,张三,李四\n姓名,学号,父亲,母亲\n".replace(
            "姓名,学号,父亲,母亲", "Student Name,Student ID,爸爸,妈妈"
        ),
        "学生姓名，学号，爸爸姓名，妈妈姓名\n张小明，12，张三，李四\n",
    ],
)
def test_one_family_is_read_whatever_the_headings_are_called(text: str) -> None:
    assert sorted(people(text)) == sorted([CHILD, FATHER, MOTHER])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_usual_encoding_is_read(encoding: str) -> None:
    text = "姓名,学号\r\n张小明,12\r\n阿卜杜•热合曼,13\r\n"
    assert people(text.encode(encoding)) == [CHILD, ("student", "阿卜杜·热合曼", "13")]


def test_a_workbook_is_read_with_what_excel_makes_of_numbers_and_dates() -> None:
    content = workbook(
        ["三年级二班", None, None, None],
        ["姓名", "学号", "入学日期", "离校日期"],
        ["张小明", 2024001.0, date(2024, 9, 1), None],
        [None, None, None, None],
        ["王芳", "2024002", 45536, "2027年6月"],
        hidden=["姓名", "藏着的人"],
    )
    sheet = read_sheet(content)
    assert sheet.entries == (
        Entry(STUDENT, "张小明", "2024001", since=date(2024, 9, 1), where="第 3 行"),
        Entry(
            STUDENT, "王芳", "2024002", since=date(2024, 9, 1), until=date(2027, 7, 1),
            where="第 5 行",
        ),
    )  # fmt: skip


def test_zeros_that_a_spreadsheet_dropped_are_put_back() -> None:
    assert [one[2] for one in people("姓名,学号\n张小明,001\n王芳,2\n赵六,13\n")] == [
        "001",
        "002",
        "013",
    ]
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["姓名", "学号"])
    sheet.append(["张小明", 7])
    sheet["B2"].number_format = "0000"
    file = io.BytesIO()
    book.save(file)
    assert people(file.getvalue()) == [("student", "张小明", "0007")]


def test_teachers_and_staff_are_read() -> None:
    text = "教师姓名,任教学科,职务\n孙悦,语文,班主任\n何平,数学,\n孙悦,品德,\n"
    assert people(text) == [("teacher", "孙悦", "", "语文、品德"), ("teacher", "何平", "", "数学")]
    text = "姓名,工号,岗位\n钱程,A1,门卫\n孙悦,A2,年级主任\n"
    assert people(text) == [("staff", "钱程", "A1", "门卫"), ("teacher", "孙悦", "A2", "")]
    text = "编号,姓名,任教学科\n7,孙悦,语文\n"
    assert people(text) == [("teacher", "孙悦", "7", "语文")]
    text = "姓名,类别,学科\n孙悦老师,教师,语文\n钱程,校医,\n张小明,学生,\n"
    assert people(text) == [
        ("teacher", "孙悦", "", "语文"),
        ("staff", "钱程", "", ""),
        ("student", "张小明", ""),
    ]


def test_two_sheets_are_read_and_what_has_no_headings_is_named() -> None:
    book = Workbook()
    for title, rows in {
        "学生": [["姓名", "学号"], ["张小明", 12], ["", 13]],
        "任课教师": [["姓名"], ["孙悦"]],
        "说明": [["请在九月前交"]],
    }.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    sheet = read_sheet(file.getvalue())
    assert [(one.kind, one.name) for one in sheet.entries] == [
        (STUDENT, "张小明"),
        (TEACHER, "孙悦"),
    ]
    assert [fault.where for fault in sheet.faults] == ["“学生”第 3 行"]
    assert sheet.notes == ("这些表没有表头，没有读：说明",)
    assert sheet.covers == {STUDENT, TEACHER}


def test_what_is_not_needed_is_not_kept_and_said() -> None:
    sheet = read_sheet(
        "姓名,性别,身份证号,学籍号,家长电话,班级\n"
        "张小明,男,110101201501011234,G110101201501011234,13800000000,302班\n"
        "王芳,女,,G110101201501011235,,三(1)班\n".encode(),
        "三年级二班",
    )
    assert sheet.entries == (Entry(STUDENT, "张小明", class_name="302班", where="第 2 行"),)
    assert len(sheet.notes) == 3
    assert "性别、身份证号、家长电话" in sheet.notes[0]
    assert "110101" not in "".join(sheet.notes)
    assert "13800000000" not in repr(sheet)


def test_merged_cells_are_read_as_they_look() -> None:
    text = (
        "年级,班级,姓名,学号,家长1,关系1\n三年级,1班,李雷,1,李父,父亲\n,,,,王母,母亲\n"
        "三年级,2班,张小明,12,张三,父\n,,,,李四,母\n,,王芳,13,,\n三年级,3班,韩梅,14,,\n,,,,韩三,父\n"
    )
    assert people(text, "三年级二班") == [CHILD, FATHER, MOTHER, ("student", "王芳", "13")]


def test_the_same_row_twice_counts_once() -> None:
    sheet = read_sheet("姓名,学号\n张小明,12\n张小明,12\n".encode())
    assert len(sheet.entries) == 1
    assert sheet.notes == ("有 1 行写重了，只算一次。",)


def test_two_children_of_one_name_are_told_apart_by_their_numbers() -> None:
    assert len(people("姓名,学号\n张小明,12\n张小明,13\n")) == 2


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("姓名,学号\n张小明,\n张小明,\n", "第 2 行和第 3 行", "同名"),
        ("姓名,学号\n张小明,12\n张小明,\n", "第 2 行和第 3 行", "同名"),
        ("姓名,学号\n张小明,12\n王芳,12\n", "第 2 行和第 3 行", "学号相同"),
        ("姓名,学号,班级\n张小明,12,一班\n张小明,12,二班\n", "第 2 行和第 3 行", "不一样"),
        ("姓名,学号\n,12\n", "第 2 行", "没有姓名"),
        ("姓名,学号\n张3,12\n", "第 2 行", "全名"),
        ("姓名,学号\n张小明（女）,12\n", "第 2 行", "全名"),
        ("姓名,学号\n张小明、王芳,12\n", "第 2 行", "全名"),
        ("姓名,学号\n张,12\n", "第 2 行", "全名"),
        ("姓名,学号\n张小明,十二\n", "第 2 行", "字母、数字"),
        ("姓名,学号\n张小明,3.70102E+17\n", "第 2 行", "科学记数法"),
        ("姓名,入学日期\n张小明,九月\n", "第 2 行", "2026-09-01"),
        ("姓名,入学日期\n张小明,2024-13-01\n", "第 2 行", "2026-09-01"),
        ("姓名,身份\n张小明,路人\n", "第 2 行", "身份请写"),
        ("姓名,身份,学生姓名\n张三,家长,\n", "第 2 行", "哪个学生"),
        ("学生,父亲\n,张三\n", "第 2 行", "哪个学生"),
        ("学生,家长1,关系1\n张小明,张三," + "爸" * 20 + "\n", "第 2 行", "关系太长"),
        ("教师,学科\n孙老师,语文\n", "第 2 行", "全名"),
    ],
)
def test_a_row_with_a_fault_is_named_with_what_to_mend(text: str, where: str, what: str) -> None:
    (fault,) = faults(text)
    assert fault.startswith(f"{where}：")
    assert what in fault


def test_a_long_number_that_excel_cut_is_a_fault() -> None:
    (fault,) = faults(workbook(["姓名", "学号"], ["张小明", 3701022015010112]))
    assert "科学记数法" in fault


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "没有人"),
        ("姓名,学号\n".encode(), "没有人"),
        ("大家好\n".encode(), "表头"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "不是能读的表格"),
        (b"PK\x03\x04 and no more", "不是能读的表格"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), ".xls"),
        (
            bytes.fromhex("d0cf11e0a1b11ae1") + bytes(9) + "EncryptedPackage".encode("utf-16-le"),
            "密码",
        ),
        (b"a" * (MOST_BYTES + 1), "太大"),
        (("姓名\n" + "张小明\n" * 5001).encode(), "5000 行"),
        ("姓名,学号,姓名,学号\n张小明,1,王芳,2\n".encode(), "分不清"),
        ("姓名,班级\n张小明,四年级1班\n".encode(), "别的班"),
    ],
)
def test_what_is_no_roster_is_refused_with_what_to_do(content: bytes, what: str) -> None:
    with pytest.raises(TableError, match=what):
        read_sheet(content, "三年级二班")


def remade(content: bytes, **parts: bytes) -> bytes:
    """The same workbook with other parts."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, parts.get(name.rpartition("/")[2].partition(".")[0], old.read(name)))
    return file.getvalue()


def test_a_workbook_that_would_fill_the_memory_is_not_unpacked() -> None:
    bomb = remade(workbook(["姓名"]), sheet1=b" " * 41 * 1024 * 1024)
    assert len(bomb) < MOST_BYTES
    with pytest.raises(TableError, match="太大"):
        read_tables(bomb)
    far = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    far += b'<row r="99999999999"><c r="A99999999999" t="str"><v>a</v></c></row></sheetData></worksheet>'
    with pytest.raises(TableError, match="太大"):
        read_tables(remade(workbook(["姓名"]), sheet1=far))
    entity = b'<!DOCTYPE a [<!ENTITY b "c">]><sst>&b;</sst>'
    with pytest.raises(TableError, match="不是能读的表格"):
        read_tables(remade(workbook(["姓名"]), sharedStrings=entity, workbook=entity))


def test_what_is_kept_whole_of_a_workbook_or_a_text_is_little() -> None:
    styles = b"<styleSheet><cellXfs>" + b"<xf/>" * 1_000_000 + b"</cellXfs></styleSheet>"
    with pytest.raises(TableError, match="太大"):
        read_tables(remade(workbook(["姓名"]), styles=styles))
    tracemalloc.start()
    try:
        with pytest.raises(TableError, match="太大"):
            read_tables(b"\n" * 1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 40 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_blank_rows_of_all_sheets_count() -> None:
    book = Workbook()
    for _ in range(2):
        book.create_sheet().cell(15_000, 1, "姓名")
    file = io.BytesIO()
    book.save(file)
    with pytest.raises(TableError, match="太大"):
        read_tables(file.getvalue())


def test_a_format_of_very_many_zeros_makes_no_long_number() -> None:
    book = Workbook()
    sheet = book.create_sheet()
    sheet.append([7])
    sheet["A1"].number_format = "0" * 100_000
    file = io.BytesIO()
    book.save(file)
    [_, table] = read_tables(file.getvalue())
    assert table.rows[0][1][0] == "7".zfill(32)


def test_no_formula_is_worked_out() -> None:
    assert faults(workbook(["姓名", "学号"], ["=1+1", "12"])) == [
        "第 2 行：没有姓名，请补上，或删去这一行"
    ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("三年级二班", "三（2）班", True),
        ("三年级二班", "302班", True),
        ("三年级二班", "小三(2)班", True),
        ("三年级二班", "2班", True),
        ("三年级二班", "三年级12班", False),
        ("三年级二班", "四年级二班", False),
        ("初一（3）班", "高一（3）班", False),
        ("七年级十二班", "712班", True),
        ("二年级二十一班", "二(21)班", True),
        ("向日葵班", "向日葵 班", True),
        ("三年级二班", "三2班", True),
        ("三年级十二班", "12班", True),
        ("三年级二班", "12班", False),
        ("向日葵班", "小二班", False),
    ],
)
def test_classes_are_the_same_however_they_are_written(one: str, other: str, same: bool) -> None:
    assert same_class(one, other) is same


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-09-01", (2024, 9, 1)),
        ("2024/9/1", (2024, 9, 1)),
        ("2024.9.1", (2024, 9, 1)),
        ("2024年9月1日", (2024, 9, 1)),
        ("2024年 9月 1日", (2024, 9, 1)),
        ("20240901", (2024, 9, 1)),
        ("2024-9-1 08:00:00", (2024, 9, 1)),
        ("45536", (2024, 9, 1)),
        ("45536.0", (2024, 9, 1)),
        ("2024年9月", (2024, 9, 1)),
    ],
)
def test_days_are_read_in_every_usual_form(text: str, day: tuple[int, int, int]) -> None:
    assert read_day(text) == date(*day)


def test_a_month_ends_with_its_last_day() -> None:
    assert read_day("2026年12月", end=True) == date(2027, 1, 1)
    for wrong in ("9/1/2024", "2024", "2024-02-30", "明天"):
        with pytest.raises(ValueError, match="2026-09-01"):
            read_day(wrong)


# -- and back -----------------------------------------------------------------------------------------

NAMES = st.from_regex(r"[张王李赵]\s?[一-鿋]{1,2}|[A-Z][a-z]{1,8} [A-Z][a-z]{1,8}", fullmatch=True)
WORDS = st.text(st.sampled_from("语文数学=+-@'班 ABC、,;\"\n"), max_size=8).map(
    lambda text: " ".join(text.split())
)
DAYS = st.none() | st.dates(date(2000, 1, 1), date(2099, 1, 1))


@st.composite
def rosters(draw: st.DrawFn) -> list[Person]:
    """A class with students, some of their guardians, and teachers; all told apart."""
    found: list[Person] = []
    for number in range(draw(st.integers(1, 4))):
        student = Person(
            len(found), STUDENT, read_name(draw(NAMES)), f"{number:03}", "三年级二班",
            since=draw(DAYS), until=draw(DAYS),
        )  # fmt: skip
        found.append(student)
        if draw(st.booleans()):
            relation = draw(st.sampled_from(("爸爸", "妈妈", "")))
            found.append(
                Person(
                    len(found),
                    GUARDIAN,
                    read_name(draw(NAMES)),
                    "",
                    student.class_name,
                    "",
                    relation,
                    student.id,
                    since=draw(DAYS),
                    until=draw(DAYS),
                )
            )
    subject = draw(WORDS.filter(lambda word: word not in ("-", "--")))
    found.append(Person(99, TEACHER, "孙悦", "", "三年级二班", subject))
    return found


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(rosters())
def test_a_roster_that_was_written_is_read_back(roster: list[Person]) -> None:
    rows = rows_of(roster)
    by_id = {one.id: one for one in roster}
    expected = [
        (
            one.kind, one.name, (by_id[one.student] if one.student is not None else one).number,
            one.class_name, one.subject, one.relation,
            by_id[one.student].name if one.student is not None else "", one.since, one.until,
        )
        for one in roster
    ]  # fmt: skip
    for content in (write_csv(rows), write_xlsx(rows, title="三年级二班")):
        sheet = read_sheet(content, "三年级二班")
        assert sheet.faults == ()
        assert [
            (
                one.kind, one.name, one.number, one.class_name, one.subject, one.relation,
                one.student, one.since, one.until,
            )
            for one in sheet.entries
        ] == expected  # fmt: skip


@given(st.lists(st.lists(st.text(max_size=6), min_size=2, max_size=3), min_size=1, max_size=3))
@settings(max_examples=25, deadline=None)
def test_no_cell_that_is_written_is_a_formula(rows: list[list[str]]) -> None:
    rows = [["".join(c for c in cell if c.isprintable()) for cell in row] for row in rows]
    book = load_workbook(io.BytesIO(write_xlsx(rows, title="表")))
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            assert cell.data_type != "f"
            assert not str(cell.value or "").startswith(("=", "+", "-", "@"))
    for row in csv.reader(io.StringIO(write_csv(rows).decode("utf-8-sig"), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
