"""`qungui roster` as an operator uses it, with a database of its own."""

from __future__ import annotations

import json
import os
import stat
import sys
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from src.cli import main
from src.core.config import QunguiConfig
from src.core.store.copies import take_lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLE = "姓名,学号,父亲,联系电话\n张小明,01,张三,13800000000\n王芳,02,,\n"
OF_CLASS = ("--class", "三年级二班")


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder with a database of its own, without starting NoneBot in this process."""
    monkeypatch.chdir(tmp_path)
    with (
        mock.patch("src.rosters.home", return_value=tmp_path),
        mock.patch("src.rosters.read_settings", return_value=QunguiConfig()),
    ):
        yield


def run(*arguments: str) -> object:
    with mock.patch.object(sys, "argv", ["qungui", "roster", *arguments]):
        with pytest.raises(SystemExit) as end:
            main()
    return end.value.code


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """What it prints, line by line."""
    assert run(*arguments) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out.splitlines()


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What it says where it cannot do what was asked."""
    assert run(*arguments) == 1
    return capsys.readouterr().err


def test_a_roster_is_imported_exported_and_erased(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text(TABLE, encoding="gb18030")
    tried = told(capsys, "import", "--dry-run", *OF_CLASS, "a.csv")
    assert tried[0] == "新增 3，改动 0，离开 0，不变 0。"
    assert "什么都没有写" in tried[-1]
    assert "没有叫" in complaint(capsys, "list", *OF_CLASS)
    assert told(capsys, "import", *OF_CLASS, "a.csv")[-1] == "已导入。"

    (tmp_path / "b.csv").write_text("姓名,学号\n李雷,03\n王5,04\n", encoding="utf-8")
    wrong = complaint(capsys, "import", *OF_CLASS, "b.csv")
    assert "第 3 行：姓名要写" in wrong

    told(capsys, "export", *OF_CLASS, "out.csv")
    out = tmp_path / "out.csv"
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "家长,张三,01,三年级二班,,爸爸,张小明" in out.read_text(encoding="utf-8-sig")
    assert "out.csv" in complaint(capsys, "export", *OF_CLASS, "out.csv")
    told(capsys, "export", *OF_CLASS, "--person", "张小明", "one.json")
    held = json.loads((tmp_path / "one.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in held["名册"]] == ["张小明", "张三"]

    assert "--yes" in complaint(capsys, "erase", *OF_CLASS, "01")
    assert "名册 2 条" in told(capsys, "erase", "--yes", *OF_CLASS, "01")[1]
    assert told(capsys, "missing", *OF_CLASS) == ["王芳\t02"]

    lock = take_lock(tmp_path / "data" / "qungui.db")
    try:
        busy = complaint(capsys, "list", *OF_CLASS)
    finally:
        os.close(lock)
    assert len(busy.splitlines()) == 1
