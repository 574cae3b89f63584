"""`qungui audit` and `qungui case` as an operator uses them, beside a bot that runs."""

from __future__ import annotations

import asyncio
from datetime import timedelta
import json
import os
import sqlite3
import sys
from typing import TYPE_CHECKING
from unittest import mock

import asyncpg
import pytest

from src.cli import main
from src.core.audit import KEY, Audit
from src.core.chat.events import GroupKey
from src.core.clock import DrivenClock, to_datetime
from src.core.config import QunguiConfig
from src.core.discipline import Records
from src.core.groups import Groups
from src.core.people import People
from src.core.store import StoreError, in_transaction, models, open_store, open_to_read
from src.core.store.copies import take_lock
from src.core.store.rows import account_row
from src.core.store.store import POSTGRES_LOCK
from tests.houses import NOON, account
from tests.stores import KINDS, an_address, lay_ready

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

URL = QunguiConfig().database_url


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder of its own, without starting NoneBot in this process."""
    monkeypatch.chdir(tmp_path)
    with (
        mock.patch("src.audits.home", return_value=tmp_path),
        mock.patch("src.audits.read_settings", return_value=QunguiConfig()),
        mock.patch("src.statements.home", return_value=tmp_path),
        mock.patch("src.statements.read_settings", return_value=QunguiConfig()),
    ):
        yield


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str, str]:
    """The exit code, and what it prints."""
    with mock.patch.object(sys, "argv", ["qungui", *arguments]):
        with pytest.raises(SystemExit) as end:
            main()
    captured = capsys.readouterr()
    return end.value.code, captured.out, captured.err


async def a_log(url: str, root: Path) -> None:
    """Three cases in group 1, one of group 2, and an entry that waits."""
    store = await open_store(url, root=root)
    try:
        clock, groups, people = DrivenClock(NOON), Groups(), People(())
        audit = Audit(clock, people)
        await audit.open(root / KEY)
        records = Records(clock=clock, timezone="Asia/Shanghai", groups=groups, audit=audit)
        for name, users in (("1", ("101", "102", "103")), ("2", ("104",))):
            group = groups.get(GroupKey("qq", name))
            await records.row_of(group)
            for user in users:
                async with in_transaction():
                    await records.new_case(
                        group,
                        await account_row(account(user)),
                        step="warn",
                        plugin="moderation",
                        source="manual",
                        reason="反复刷屏",
                    )
                clock.move_to(clock.now() + timedelta(days=1).total_seconds())
        await audit.seal()
        await audit.note("mode", facts={"mode": "observe"}, role="head_teacher")
        await models.AuditValue.filter(id=2).delete()
    finally:
        await store.close()


def test_the_log_is_verified_and_listed_while_the_bot_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "audit")[0] == 2
    asyncio.run(lay_ready(tmp_path / "data" / "qungui.db"))
    asyncio.run(a_log(URL, tmp_path))
    before = (tmp_path / "data" / "qungui.db").read_bytes()
    lock = take_lock(tmp_path / "data" / "qungui.db")
    try:
        code, told, _ = run(capsys, "audit")
        assert code == 0
        head = told.split("记录尾 ")[1].split("。")[0]
        assert head.startswith("4:")
        assert len(head) == 18
        assert "4 条" in told
        assert "另有 1 条还没有封存" in told
        assert "1 条的个人信息已" in told
        code, told, _ = run(capsys, "audit", "--head", head)
        assert (code, f"记录尾 {head} 还在" in told) == (0, True)
        assert run(capsys, "audit", "--head", "3:" + head[2:])[0] == 1

        _, told, _ = run(capsys, "audit", "--list", "--group", "1", "--since", "2026-11-04")
        lines = told.splitlines()[:-3]
        assert [line.split(" ", 1)[0] for line in lines] == ["2", "3"]
        assert "2026-11-04 12:00:00 群1 立案 案件 2，处理 warn" in lines[0]
        assert "qq/" not in told
        _, told, _ = run(capsys, "audit", "--list", "--personal")
        assert "对象 qq/101" in told
        assert "个人信息已删除" in told
        assert "（未封存） 2026-11-07 12:00:00 执行方式" in told
        assert "决定者 head_teacher" in told
        assert run(capsys, "audit", "--since", "昨天")[0] == 2

        code, told, _ = run(capsys, "case", "1-2")
        assert code == 0
        assert "案件 1-2" in told
        assert "反复刷屏" in told
        _, told, _ = run(capsys, "case", "2", "--group", "1", "--json")
        assert json.loads(told)["item"] == "1-2"
        assert run(capsys, "case", "1-9")[0] == 1
        assert run(capsys, "case", "9")[0] == 2
    finally:
        os.close(lock)
    assert (tmp_path / "data" / "qungui.db").read_bytes() == before

    # A backup is verified with the same key, and what somebody changed in it is named.
    copy = tmp_path / "copy.db"
    copy.write_bytes(before)
    with sqlite3.connect(copy) as database:
        database.execute("UPDATE audit_entry SET kind = 'mode' WHERE seq = 3")
    database.close()
    code, told, _ = run(capsys, "audit", "copy.db")
    assert code == 1
    assert "第 3 条（2026-11-05 12:00:00）与封存时不同" in told
    assert "前面 2 条完好，到 2:" in told
    assert run(capsys, "audit")[0] == 0
    (tmp_path / KEY).unlink()
    code, _, said = run(capsys, "audit")
    assert (code, "密钥" in said) == (2, True)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_database_is_read_while_somebody_has_it(kind: str, tmp_path: Path) -> None:
    async with an_address(kind) as url:
        with pytest.raises(StoreError):
            await open_to_read(url, root=tmp_path)
        await a_log(url, tmp_path)
        held = await asyncpg.connect(url) if kind == "postgres" else None
        lock = take_lock(tmp_path / "data" / "qungui.db") if held is None else None
        try:
            if held is not None:
                await held.execute(f"SELECT pg_advisory_lock({POSTGRES_LOCK})")
            store = await open_to_read(url, root=tmp_path)
            assert await models.Case.all().count() == 4
            entry = await models.AuditEntry.get(seq=1)
            assert entry.at == to_datetime(NOON)
            await store.close()
            with pytest.raises(StoreError, match="另一个群规进程"):
                await open_store(url, root=tmp_path)
        finally:
            if held is not None:
                await held.close()
            if lock is not None:
                os.close(lock)
