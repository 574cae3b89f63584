"""A term's operation: what the operator's tools see of a bot that runs, and what is kept."""

from __future__ import annotations

import asyncio
import http.client
import json
import sqlite3
import stat
from typing import TYPE_CHECKING, NamedTuple

import pytest

from sandbox.fakeqq import BOT, GROUP, HEAD_TEACHER, PARENTS, FakeQQ, Member, fails

from .launcher import SUPERUSER, TOKEN, BotProcess, DidNotStartError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

INSULT = "你就是个傻逼"
CLEAN = "明天的春游几点在校门口集合"
ASIDE = "老师这是我的悄悄话"
DAY = 86_400.0
OTHER_BOT = 10002


class Answer(NamedTuple):
    status: int
    body: str


async def get(bot: BotProcess, path: str, **headers: str) -> Answer:
    """What the bot's server answers to a GET from this machine."""

    def ask() -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", bot.port, timeout=20)
        try:
            line.request("GET", path, headers={k.replace("_", "-"): headers[k] for k in headers})
            answer = line.getresponse()
            return Answer(answer.status, answer.read().decode())
        finally:
            line.close()

    return await asyncio.to_thread(ask)


def stand_at(bot: BotProcess, now: float) -> None:
    """Where the clock of a process that does not run will stand at its start."""
    (bot.home / "driven-clock.json").write_text(json.dumps({"now": now}), encoding="utf-8")


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotProcess]:
    """The application as an operator has it: with backups, and a talkative log."""
    settings = {"QUNGUI__BACKUP__ENABLED": "true", "QUNGUI__BACKUP__KEEP": "3"}
    process = BotProcess(tmp_path, settings=settings | {"LOG_LEVEL": "DEBUG"}, forked=True)
    stand_at(process, process.now)
    try:
        await process.start()
        yield process
    finally:
        await process.kill9()


def backups(bot: BotProcess) -> list[str]:
    return sorted(path.name for path in (bot.home / "data/backups").iterdir())


async def test_health_readiness_and_metrics(bot: BotProcess, school: FakeQQ) -> None:
    assert await get(bot, "/healthz") == (200, '{"alive":true}')
    assert await get(bot, "/readyz") == (200, '{"ready":true,"store":"ok","bots":1}')
    await school.speak(GROUP, PARENTS[0], CLEAN)
    await school.speak(GROUP, PARENTS[0], INSULT)
    await bot.idle()
    status, metrics = await get(bot, "/metrics")
    assert status == 200
    for line in (
        "qungui_messages_judged_total 2.0",
        'qungui_findings_total{plugin="content_filter",step="remove"} 1.0',
        'qungui_acts_total{kind="withdraw",outcome="confirmed"} 1.0',
        'qungui_commands_total{command="policy",outcome="done"} 1.0',
        "qungui_bots_connected 1.0",
        "qungui_store_up 1.0",
        "process_resident_memory_bytes ",
        "qungui_backup_timestamp_seconds ",
    ):
        assert f"\n{line}" in metrics
    # Without the values, in which any digits may stand.
    names = "\n".join(line.rpartition(" ")[0] for line in metrics.splitlines() if line[0] != "#")
    for private in (str(GROUP), str(BOT), str(PARENTS[0]), "家长", "三年级"):
        assert private not in names

    for path in ("/healthz", "/readyz", "/metrics"):
        # Through a proxy, whoever it says that it asks for.
        assert (await get(bot, path, X_Forwarded_For="127.0.0.1")).status == 404
        assert (await get(bot, path, X_Forwarded_For="203.0.113.9")).status == 404
        assert f"GET {path}" not in bot.output


async def test_a_store_that_does_not_answer_is_not_ready(bot: BotProcess) -> None:
    other = sqlite3.connect(bot.home / "qungui.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        status, body = await get(bot, "/readyz")
        assert status == 503
        assert json.loads(body) == {"ready": False, "store": "slow", "bots": 0}
        assert (await get(bot, "/healthz")).status == 200
        assert "qungui_store_up 0.0" in (await get(bot, "/metrics")).body
    finally:
        other.execute("ROLLBACK")
        other.close()
    async with asyncio.timeout(20):
        # SQLite looks again by itself, after longer and longer pauses.
        while (await get(bot, "/readyz")).status != 200:
            pass


async def test_the_log_file_says_what_happens_and_nothing_that_people_wrote(
    bot: BotProcess, school: FakeQQ
) -> None:
    school.friends.add(PARENTS[1])
    await school.speak(GROUP, PARENTS[0], CLEAN)
    await school.speak(GROUP, PARENTS[0], INSULT)
    await school.whisper(PARENTS[1], ASIDE)
    await school.speak(GROUP, PARENTS[1], f"/appeal 999 {ASIDE}")
    await bot.idle()
    await bot.stop()
    file = bot.home / "data/logs/qungui.log"
    log = file.read_text(encoding="utf-8")
    assert f"bot {BOT} connected" in log
    assert "[DEBUG]" in log
    for secret in (CLEAN, INSULT, "傻逼", ASIDE, "张小明妈妈", f"网友{PARENTS[0]}", TOKEN):
        assert secret not in log
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_backups_are_made_over_days_and_restarts(bot: BotProcess, school: FakeQQ) -> None:
    # The one that was due before the first start.
    assert backups(bot) == ["qungui-2026-11-03.db"]
    await school.speak(GROUP, PARENTS[0], INSULT)
    await bot.idle()
    await bot.clock(advance=16 * 3600 + 60)
    assert backups(bot) == ["qungui-2026-11-03.db", "qungui-2026-11-04.db"]
    await school.disconnect()
    await bot.kill9()
    # Two days without it, and one file that a kill left.
    (bot.home / "data/backups/qungui-2026-11-06.part").write_bytes(b"half")
    stand_at(bot, bot.now + 2 * DAY)
    await bot.start()
    await bot.idle()
    kept = [f"qungui-2026-11-0{day}.db" for day in (3, 4, 6)]
    assert backups(bot) == kept
    await bot.clock(advance=DAY)
    assert backups(bot) == [*kept[1:], "qungui-2026-11-07.db"]
    copy = sqlite3.connect(bot.home / "data/backups/qungui-2026-11-07.db")
    assert copy.execute('SELECT count(*) FROM "case"').fetchone() == (1,)
    copy.close()


async def test_a_backup_that_fails_is_told_to_the_superuser(bot: BotProcess, qq: FakeQQ) -> None:
    folder = bot.home / "data/backups"
    await bot.idle()
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    folder.write_text("a file where the folder should be", encoding="utf-8")
    await bot.clock(advance=3 * 3600)
    assert "备份没有做成" in await qq.whispers(SUPERUSER)
    assert len(qq.whispered(SUPERUSER)) == 1
    log = (bot.home / "data/logs/qungui.log").read_text(encoding="utf-8")
    assert log.count("the daily backup failed") == 1


async def test_a_bot_that_was_logged_out_is_told_of_by_another(
    bot: BotProcess, school: FakeQQ
) -> None:
    other = FakeQQ(bot.url, TOKEN, self_id=OTHER_BOT, now=lambda: bot.now)
    other.add_group(GROUP + 1, "四年级一班", [Member(OTHER_BOT, "群规助手")])
    other.people[SUPERUSER] = "秋水"
    other.friends = {SUPERUSER}
    await other.connect()
    before = len(school.whispered(SUPERUSER))
    try:
        await school._emit(
            "notice", notice_type="bot_offline", user_id=BOT, tag="被踢下线", message="在别处登录"
        )
        line = await other.whispers(SUPERUSER)
    finally:
        await other.disconnect()
    assert str(BOT) in line
    assert "重新登录" in line
    assert len(school.whispered(SUPERUSER)) == before


async def test_a_head_teacher_who_is_superuser_hears_of_a_mute_that_stays(
    bot: BotProcess, school: FakeQQ
) -> None:
    await school.speak(GROUP, HEAD_TEACHER, f"/mute {PARENTS[0]} 1d")
    await bot.idle()
    assert school.muted(GROUP, PARENTS[0])
    school.behave("set_group_ban", fails("权限不足"))
    await school.speak(GROUP, HEAD_TEACHER, f"/unmute {PARENTS[0]}")
    assert "禁言没能解除" in await school.whispers(SUPERUSER, "禁言没能解除")


async def test_log_files_and_backups_can_be_switched_off(tmp_path: Path) -> None:
    settings = {"QUNGUI__LOG__ENABLED": "false", "QUNGUI__BACKUP__ENABLED": "false"}
    bot = BotProcess(tmp_path, settings=settings, forked=True)
    try:
        await bot.start()
        await bot.clock(advance=2 * DAY)
        assert [one.name for one in (tmp_path / "data").iterdir()] == ["audit.key"]
    finally:
        await bot.kill9()


async def test_a_log_folder_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    bot = BotProcess(tmp_path, settings={"QUNGUI__LOG__FOLDER": "/proc/nowhere"}, forked=True)
    with pytest.raises(DidNotStartError) as caught:
        await bot.start()
    assert caught.value.code
    assert "/proc/nowhere" in caught.value.output
    assert "Traceback" not in caught.value.output
    assert "已启动" not in caught.value.output
