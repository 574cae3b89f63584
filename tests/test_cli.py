"""The console script as an operator uses it: real processes, any working directory."""

from __future__ import annotations

import json
import os
from pathlib import Path
import re
import sqlite3
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.end_to_end.launcher import ROOT, BotProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

QUNGUI = Path(sys.executable).with_name("qungui")
PACK = "text-only-parents"
INSULT = "你就是个傻逼"

OTHER_PACK = """
title = "只管刷屏"
source = "测试"
version = 1

[ladder."轻"]
steps = ["remind"]

[[clause]]
number = "甲"
text = "不要刷屏。"
plugin = "anti_flood"
ladder = "轻"
"""
WRONG_PACK = """
title = "写错了的"
source = "测试"
version = 1

[ladder."轻"]
steps = ["remind"]

[[clause]]
number = "甲"
text = "没有这个功能。"
plugin = "no_such_plugin"
ladder = "轻"

[[clause]]
number = "乙"
text = "词太短。"
plugin = "content_filter"
ladder = "重"
settings = { terms = ["坏"] }
"""


def qungui(
    *arguments: str | Path, folder: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run it in `folder`, which is its home too."""
    return subprocess.run(
        (QUNGUI, *arguments),
        cwd=folder,
        env={"PATH": os.environ["PATH"], "QUNGUI_HOME": str(folder), **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def judged(*arguments: str | Path, folder: Path, **environment: str) -> list[dict[str, Any]]:
    """What `qungui judge` prints, a dictionary for each line."""
    done = qungui("judge", *arguments, folder=folder, **environment)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def complaint(*arguments: str | Path, folder: Path, code: int = 1, **environment: str) -> str:
    """What it says where it cannot do what was asked."""
    done = qungui(*arguments, folder=folder, **environment)
    assert done.returncode == code, done
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr


# judge --------------------------------------------------------------------------------------------

LINES = [
    b"\xef\xbb\xbf" + "大家好".encode(),
    INSULT.encode() + b"\r",
    b"",
    b"\r",
    "  前后有空格  ".encode(),
    b"\xff\xfe" + INSULT.encode(),
    "一行\u2028里的\x0b怪\x85字符\x00".encode(),
    "😀 傻-逼 ".encode(),
    "没有换行的最后一行".encode(),
]


def test_each_line_is_judged_by_every_category_where_no_policy_is_named(tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_bytes(b"\n".join(LINES))
    answers = judged("lines.txt", folder=tmp_path)
    assert [answer["text"] for answer in answers] == [
        "大家好",
        INSULT,
        "",
        "",
        "  前后有空格  ",
        "\ufffd\ufffd" + INSULT,
        "一行\u2028里的\x0b怪\x85字符\x00",
        "😀 傻-逼 ",
        "没有换行的最后一行",
    ]
    assert [answer["answer"] for answer in answers] == [
        *("pass", "act", "pass", "pass", "pass"),
        *("act", "pass", "act", "pass"),
    ]
    for answer in answers:
        assert list(answer) == ["text", "answer", "clauses", "spans"]
        assert bool(answer["clauses"]) == bool(answer["spans"]) == (answer["answer"] != "pass")
    # Offsets are those of the text as it is printed.
    found = [answer["text"][start:end] for answer in answers for start, end in answer["spans"]]
    assert found == ["傻逼", "傻逼", "傻-逼"]
    # Neither a database nor a .env was made.
    assert [path.name for path in tmp_path.iterdir()] == ["lines.txt"]


def test_the_policy_that_is_named_decides(tmp_path: Path) -> None:
    lines, pack = tmp_path / "lines.txt", tmp_path / "other.toml"
    lines.write_text(f"大家好\n{INSULT}\n", encoding="utf-8")
    pack.write_text(OTHER_PACK, encoding="utf-8")
    answers = judged("--policy", PACK, lines, folder=tmp_path)
    assert [(answer["answer"], answer["clauses"]) for answer in answers] == [
        ("pass", []),
        ("act", ["二.1"]),
    ]
    for policy in (pack, "other.toml"):
        answers = judged("--policy", policy, lines, folder=tmp_path)
        assert [answer["answer"] for answer in answers] == ["pass", "pass"]


def test_lines_are_utf8_in_any_terminal(tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_text("😀", encoding="utf-8")
    assert judged("lines.txt", folder=tmp_path, PYTHONIOENCODING="gbk")[0]["text"] == "😀"


def test_an_empty_file_has_no_lines(tmp_path: Path) -> None:
    (tmp_path / "lines.txt").touch()
    assert judged("lines.txt", folder=tmp_path) == []


def test_whoever_reads_may_stop_reading(tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_text("大家好\n" * 5_000, encoding="utf-8")
    with subprocess.Popen(
        (QUNGUI, "judge", "lines.txt"),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["answer"] == "pass"
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0


def test_what_cannot_be_judged_is_said(tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_text("大家好", encoding="utf-8")
    (tmp_path / "wrong.toml").write_text(WRONG_PACK, encoding="utf-8")
    assert "missing.txt" in complaint("judge", "missing.txt", folder=tmp_path)
    assert PACK in complaint("judge", "--policy", "no-such", "lines.txt", folder=tmp_path)
    assert "no.toml" in complaint("judge", "--policy", "no.toml", "lines.txt", folder=tmp_path)
    assert "甲" in complaint("judge", "--policy", "wrong.toml", "lines.txt", folder=tmp_path)


# policy check -------------------------------------------------------------------------------------


def test_a_pack_that_is_right(tmp_path: Path) -> None:
    done = qungui("policy", "check", ROOT / f"policies/{PACK}.toml", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "没有问题" in done.stdout
    assert not any(tmp_path.iterdir())


def test_a_pack_that_is_wrong_names_file_and_clause(tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text(WRONG_PACK, encoding="utf-8")
    lines = complaint("policy", "check", "wrong.toml", folder=tmp_path).splitlines()
    assert all(line.startswith("wrong.toml，条款 ") for line in lines)
    for clause, what in [("甲", "no_such_plugin"), ("乙", "重"), ("乙", "坏")]:
        assert any(f"条款 {clause}" in line and what in line for line in lines), (what, lines)


@pytest.mark.parametrize("content", [b"title = ", b"\xff\xfe", b"", None])
def test_what_is_no_pack_at_all(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "wrong.toml").write_bytes(content)
    assert complaint("policy", "check", "wrong.toml", folder=tmp_path).startswith("wrong.toml")


def test_without_a_command_it_says_which_there_are(tmp_path: Path) -> None:
    said = complaint(folder=tmp_path, code=2)
    assert "usage: qungui" in said
    done = qungui("--help", folder=tmp_path)
    for command in ("run", "policy", "judge", "backup", "restore"):
        assert command in done.stdout


# backup and restore -------------------------------------------------------------------------------


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotProcess]:
    """The application, running, on the database that the command line finds in its `.env`."""
    url = f"sqlite://{tmp_path / 'class.db'}"
    (tmp_path / ".env").write_text(f"QUNGUI__DATABASE_URL={url}\n", encoding="utf-8")
    process = BotProcess(tmp_path, database_url=url, driven=False, forked=True)
    try:
        await process.start()
        yield process
    finally:
        await process.kill9()


def tables(file: Path) -> set[str]:
    database = sqlite3.connect(file)
    try:
        return {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
    finally:
        database.close()


async def test_a_backup_while_it_runs_and_a_restore_when_it_does_not(
    bot: BotProcess, tmp_path: Path
) -> None:
    copy, database = tmp_path / "copy.db", tmp_path / "class.db"
    done = qungui("backup", "copy.db", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert str(copy) in done.stdout
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert tables(copy) >= {"school", "case"}
    assert "已经存在" in complaint("backup", "copy.db", folder=tmp_path)

    assert "另一个群规进程" in complaint("restore", "copy.db", folder=tmp_path)
    await bot.kill9()
    letter = tmp_path / "letter.txt"
    letter.write_text("各位家长", encoding="utf-8")
    before = database.read_bytes()
    for source in ("letter.txt", "missing.db"):
        assert source in complaint("restore", source, folder=tmp_path)
        assert database.read_bytes() == before

    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE after_the_backup (id)")
    connection.close()
    done = qungui("restore", "copy.db", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    kept = next(Path(word) for word in re.split(r"\s|。", done.stdout) if ".old" in word)
    assert kept.parent == tmp_path
    assert "after_the_backup" in tables(kept)
    assert "after_the_backup" not in tables(database)
    await bot.restart()


def test_where_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    home = tmp_path / "not yet"
    assert "没有可备份的内容" in complaint(
        "backup", tmp_path / "copy.db", folder=tmp_path, QUNGUI_HOME=str(home)
    )
    assert not (tmp_path / "copy.db").exists()


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    said = complaint("backup", "copy.db", folder=tmp_path, QUNGUI__CLOCK="sundial")
    assert "QUNGUI__CLOCK" in said
    said = complaint("backup", "copy.db", folder=tmp_path, QUNGUI__DATABASE_URL="mysql://u:p@h/d")
    assert "QUNGUI__DATABASE_URL" in said
    said = complaint("restore", "copy.db", folder=tmp_path, QUNGUI__DATABASE_URL="postgres:///d")
    assert "pg_restore" in said
