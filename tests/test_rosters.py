"""`qungui roster` as an operator uses it: real processes."""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING

from src.core.store.copies import take_lock
from tests.test_cli import complaint, qungui

if TYPE_CHECKING:
    from pathlib import Path

TABLE = "姓名,学号,父亲,联系电话\n张小明,01,张三,13800000000\n王芳,02,,\n"
OF_CLASS = ("--class", "三年级二班")


def told(*arguments: str, folder: Path) -> list[str]:
    """What it prints, line by line."""
    done = qungui("roster", *arguments, folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_a_roster_is_imported_exported_and_erased(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(TABLE, encoding="gb18030")
    tried = told("import", "--dry-run", *OF_CLASS, "a.csv", folder=tmp_path)
    assert tried[0] == "新增 3，改动 0，离开 0，不变 0。"
    assert "什么都没有写" in tried[-1]
    assert "没有叫" in complaint("roster", "list", *OF_CLASS, folder=tmp_path)
    assert told("import", *OF_CLASS, "a.csv", folder=tmp_path)[-1] == "已导入。"

    (tmp_path / "b.csv").write_text("姓名,学号\n李雷,03\n王5,04\n", encoding="utf-8")
    wrong = complaint("roster", "import", *OF_CLASS, "b.csv", folder=tmp_path)
    assert "第 3 行：姓名要写" in wrong

    told("export", *OF_CLASS, "out.csv", folder=tmp_path)
    out = tmp_path / "out.csv"
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "家长,张三,01,三年级二班,,爸爸,张小明" in out.read_text(encoding="utf-8-sig")
    assert "out.csv" in complaint("roster", "export", *OF_CLASS, "out.csv", folder=tmp_path)
    told("export", *OF_CLASS, "--person", "张小明", "one.json", folder=tmp_path)
    held = json.loads((tmp_path / "one.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in held["名册"]] == ["张小明", "张三"]

    assert "--yes" in complaint("roster", "erase", *OF_CLASS, "01", folder=tmp_path)
    assert "名册 2 条" in told("erase", "--yes", *OF_CLASS, "01", folder=tmp_path)[0]
    assert told("missing", *OF_CLASS, folder=tmp_path) == ["王芳\t02"]

    lock = take_lock(tmp_path / "data" / "qungui.db")
    try:
        busy = complaint("roster", "list", *OF_CLASS, folder=tmp_path)
    finally:
        os.close(lock)
    assert len(busy.splitlines()) == 1
