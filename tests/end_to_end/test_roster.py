"""A roster over the real line: sent as a workbook in private, kept through a kill −9, taken over once."""

from __future__ import annotations

from contextlib import closing
import sqlite3
from typing import TYPE_CHECKING

from sandbox.fakeqq import GROUP, HEAD_TEACHER, PARENTS, FakeQQ
from src.core.people.tables import write_xlsx

if TYPE_CHECKING:
    from pathlib import Path

    from .launcher import BotProcess

ROWS = [
    ["三年级二班学生名单"],
    ["学号", "学生姓名", "父亲姓名", "母亲姓名", "家长电话"],
    ["20260101", "张小明", "张三", "", "13800000000"],
    ["20260102", "王芳", "", "赵六", "13900000000"],
]


def entries(home: Path) -> list[tuple[str, str, str]]:
    """What the store has of people."""
    with closing(sqlite3.connect(home / "qungui.db")) as store:
        return store.execute("SELECT kind, name, relation FROM person ORDER BY id").fetchall()


async def test_a_workbook_is_looked_at_and_taken_over(bot: BotProcess, school: FakeQQ) -> None:
    qq, content = school, write_xlsx(ROWS, title="名单")
    qq.friends.add(PARENTS[0])
    await qq.send_file(PARENTS[0], "名单.xlsx", content)
    await qq.whispers(PARENTS[0], "由班主任导入")
    await qq.whisper(HEAD_TEACHER, "名册 班级 三年级二班")
    await qq.whispers(HEAD_TEACHER, "名册上有 0 人")
    await qq.send_file(HEAD_TEACHER, "名单.xlsx", content)
    preview = await qq.whispers(HEAD_TEACHER, "还没有导入")
    assert "新增 4（学生 2，家长 2）" in preview
    assert "不保存：家长电话" in preview
    assert entries(bot.home) == []

    await qq.disconnect()
    await bot.restart()
    await qq.connect()
    line = preview.splitlines()[-1]
    before = len(qq.whispered(HEAD_TEACHER))
    await qq.whisper(HEAD_TEACHER, line)
    await qq.whispers(HEAD_TEACHER, "已导入三年级二班：新增 4", after=before)
    before = len(qq.whispered(HEAD_TEACHER))
    await qq.whisper(HEAD_TEACHER, line)
    await qq.whispers(HEAD_TEACHER, "没有编号", after=before)
    assert entries(bot.home) == [
        ("student", "张小明", ""),
        ("student", "王芳", ""),
        ("guardian", "张三", "爸爸"),
        ("guardian", "赵六", "妈妈"),
    ]
    before = len(qq.whispered(HEAD_TEACHER))
    await qq.speak(GROUP, HEAD_TEACHER, "/名册 缺")
    await qq.whispers(HEAD_TEACHER, "张小明", after=before)
    assert not any("张小明" in said for said in qq.said(GROUP))
    assert "张小明" not in bot.output
    assert "13800000000" not in bot.output
