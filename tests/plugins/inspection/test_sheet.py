"""What is found of groups, in words and as a workbook: pure."""

from __future__ import annotations

from datetime import UTC, datetime
import io
from typing import Any

from openpyxl import load_workbook
import pytest

from src.core.chat.events import PlatformRole
from src.plugins.inspection.facts import (
    GroupState,
    Live,
    Manager,
    Quiet,
    SchoolState,
    Tried,
    Waiting,
)
from src.plugins.inspection.sheet import write_sheet
from src.plugins.inspection.telling import of_group, of_school

DAY = 86_400
WHEN = "11月23日 08:00"


def group(**changes: Any) -> GroupState:
    """A group in which all is well, but for `changes`."""
    fields: dict[str, Any] = {
        "id": 3,
        "name": "三年级二班",
        "key": "700001",
        "policy": "家长群群规",
        "version": 2,
        "mode": "enforce",
        "gone": False,
        "online": True,
        "live": Live(PlatformRole.ADMIN, (), 52),
        "heads": ("孙老师",),
        "managers": 3,
        "waiting": (),
        "passed_up": 0,
        "tried": (),
        "unseen": (),
        "silent": 30 * DAY,
        "inactive": (),
        "inactive_after": 90 * DAY,
    }
    return GroupState(**(fields | changes))


def school(*groups: GroupState, **changes: Any) -> SchoolState:
    return SchoolState("", datetime(2026, 11, 23, tzinfo=UTC), groups, **changes)


def read_back(state: SchoolState) -> dict[str, list[tuple[Any, ...]]]:
    book = load_workbook(io.BytesIO(write_sheet(state, "2026-11-23 08:00")))
    for sheet in book.worksheets:
        assert sheet.freeze_panes == "A2"
        # No cell is a formula, whatever a group is called.
        assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}
        assert all((sheet.column_dimensions[one].width or 0) > 1 for one in "AB")
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


BUSY = group(
    waiting=(Waiting("appeal", 2, 5 * DAY, 1), Waiting("join", 3, 60.0, 0)),
    passed_up=1,
    tried=(Tried("三.2", 8, 5, 2), Tried("", 1, 0, 0)),
    unseen=(Manager("teacher", "何老师", 41.5 * DAY), Manager("committee", "", 33 * DAY)),
    inactive=(Quiet("王芳妈妈", "108", 120 * DAY),),
)


def test_a_workbook_says_what_is_known_and_what_is_not() -> None:
    offline = group(id=4, online=False, live=None, unseen=None, inactive=None, policy=None)
    found = read_back(school(BUSY, offline, chain="7:ab12"))
    title, busy, unknown = (dict(enumerate(row)) for row in found["各群"])
    column = {name: place for place, name in title.items()}
    assert [busy[column[name]] for name in ("群", "制度", "版本", "模式", "机器人", "成员")] == [
        "三年级二班", "家长群群规", 2, "正在执行", "管理员", 52,
    ]  # fmt: skip
    assert [busy[column[name]] for name in ("没办完", "最久（天）", "过期限", "等学校")] == [
        5,
        5,
        1,
        1,
    ]
    assert [busy[column[name]] for name in ("近 30 天案件", "人看过", "判错")] == [9, 5, 2]
    assert busy[column["要留意"]] == "过了期限没办 1 件，5 天；等学校决定 1 件；管理者久不露面 2 人"
    assert unknown[column["机器人"]] == "没有连上"
    for name in ("成员", "平台做不到", "久不露面的管理者"):
        assert unknown[column[name]] == "未知", name
    assert found["条款"][1:] == [
        ("三年级二班", "三.2", 8, 5, 2, 0.4),
        ("三年级二班", "没写条款", 1, 0, 0, "无"),
    ]
    assert found["没办完的事"][1] == ("三年级二班", "申诉", 2, 5, 1)
    assert found["久不露面"][1:] == [
        ("三年级二班", "老师", "何老师", 41),
        ("三年级二班", "班委、家委", "无", 33),
    ]
    assert ("审计链", "7:ab12") in found["说明"]
    # The head teacher's list is not the school's.
    assert "王芳" not in str(found)


@pytest.mark.parametrize("name", ["=1+1", "+8613800000000", "-群", "@全体", "=cmd|' /C calc'!A0"])
def test_no_name_becomes_a_formula(name: str) -> None:
    (_, row) = read_back(school(group(name=name, heads=(name,), key=name)))["各群"]
    assert row[0] == f"'{name}"
    assert f"'{name}" in row[5:]


def test_what_xml_cannot_hold_is_left_out() -> None:
    (_, row) = read_back(school(group(name="三\x00年\x0b级\ud800")))["各群"]
    assert row[0] == "三年级"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"policy": None}, "没有制度：三年级二班"),
        ({"heads": ()}, "没有指定班主任：三年级二班"),
        ({"online": False, "live": None}, "机器人没有连上，情况不知道：三年级二班"),
        ({"live": None}, "平台没有回答，情况不知道：三年级二班"),
        ({"gone": True, "policy": None}, "机器人已经不在群里：三年级二班"),
        ({"live": Live(PlatformRole.MEMBER, (), 9)}, "机器人不是管理员：三年级二班"),
        ({"live": Live(None, ("禁言", "撤回"), 9)}, "平台做不到：三年级二班（禁言、撤回）"),
        ({"mode": "frozen"}, "✗ 已冻结：三年级二班"),
        ({"mode": "paused"}, "· 暂停中：三年级二班"),
        ({"mode": "observe"}, "· 只观察：三年级二班"),
        ({"waiting": (Waiting("task", 2, 90, 2),)}, "没办：三年级二班（2 件，不到 1 天）"),
        ({"passed_up": 1}, "等学校决定：三年级二班（1 件）"),
        ({"unseen": (Manager("admin", "", None),)}, "久不露面：三年级二班（1 人）"),
    ],
)
def test_the_school_hears_of_what_needs_it(changes: dict[str, Any], said: str) -> None:
    text = of_school(school(group(**changes)), WHEN)
    assert said in text
    assert ("✓ 没有要留意的。" in text) is ("· " in said)


def test_a_school_in_which_all_is_well_hears_so_in_few_lines() -> None:
    assert of_school(school(group()), WHEN, "表格在这里").splitlines() == [
        "【学校巡检】1 个群（11月23日 08:00）",
        "✓ 没有要留意的。",
        "· 没办完 0 件",
        "· 近 30 天没有案件",
        "表格在这里",
    ]


def test_a_large_school_fits_into_a_notice_and_names_no_member() -> None:
    groups = [
        group(id=number, name=f"{number}年级很长很长的名字的家长交流群", live=None, heads=())
        for number in range(200)
    ]
    text = of_school(school(*groups, BUSY, chain="7:ab12", unread=2), WHEN, "表格在这里")
    assert len(text) <= 1000
    assert text.endswith("审计链：7:ab12\n表格在这里")
    assert "等 200 个" in text
    assert "有 2 个群这次没有读到" in text
    assert "判错 2 件（三年级二班 三.2：5 件里错 2 件）" in text
    assert "王芳" not in text


def test_the_head_teacher_is_told_of_the_own_group() -> None:
    assert of_group(BUSY, WHEN).splitlines() == [
        "【巡检】三年级二班（11月23日 08:00）",
        "· 制度：《家长群群规》第 2 版，正在执行",
        "· 成员 52 人，机器人是管理员",
        "· 班主任：孙老师",
        "· 没办完 5 件（申诉 2 件、入群申请 3 件），最久：5 天",
        "✗ 过了期限 1 件",
        "· 近 30 天案件 9 件（三.2 8 件、没写条款 1 件）",
        "· 人看过 5 件，判错 2 件（三.2：5 件里错 2 件）",
        "✗ 30 天没有露面的管理者：老师 何老师、班委、家委 1 人",
        "· 90 天没有说话的成员 1 人：王芳妈妈(108)",
        "　去留请大家商量；要移出：/移出 @谁。机器人不会自己移出。",
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"gone": True}, "✗ 机器人已经不在群里"),
        ({"live": None}, "✗ 平台没有回答，群里的情况不知道"),
        ({"live": None, "online": False}, "✗ 机器人没有连上，群里的情况不知道"),
        ({"unseen": None}, "· 平台不告诉谁多久没说话"),
        ({"live": Live(PlatformRole.MEMBER, (), 9)}, "✗ 机器人是普通成员，不能撤回、禁言、移出；成员 9 人"),
        ({"unseen": (Manager("head-teacher", "900", None),)}, "管理者：班主任 900（不在群里）"),
        ({"policy": None, "version": None}, "✗ 还没有制度（/制度 list）"),
    ],
)  # fmt: skip
def test_what_is_not_so_or_not_known_is_said(changes: dict[str, Any], said: str) -> None:
    assert said in of_group(group(**changes), WHEN)
