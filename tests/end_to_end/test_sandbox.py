"""Sandbox mode: a bot apart from everything real, that only the class of this start can reach."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
import shutil
import sqlite3
import stat
import sys
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.fakeqq import GROUP, HEAD_TEACHER, PARENTS
from sandbox.stage import Stage
from src.sandbox import PLACE

from .conftest import choose
from .launcher import ROOT, TOKEN, BotProcess, DidNotStartError
from .test_start import POSTS, post, status

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    Prepare = Callable[..., BotProcess]

ON = {"QUNGUI__SANDBOX": "true", "QUNGUI__CLOCK": "driven", "ENVIRONMENT": "prod"}
IN_FILE = "the-real-token-of-the-file"
PARENT = PARENTS[0]
INSULT = "你就是个傻逼"


def place_of(bot: BotProcess) -> Path:
    """The sandbox's home."""
    return Path(bot.settings["QUNGUI_HOME"]) / PLACE


def token_of(bot: BotProcess) -> str:
    """The sandbox's own token, as the class reads it."""
    return (place_of(bot) / "token").read_text(encoding="utf-8")


@pytest.fixture
async def prepare(tmp_path: Path) -> AsyncIterator[Prepare]:
    """Makes a process in sandbox mode that is not started yet, in an installation with a real
    token, superuser and database; settings are added, and None takes one out."""
    (tmp_path / ".env").write_text(f"ONEBOT_ACCESS_TOKEN={IN_FILE}\nHOST=0.0.0.0\n")
    made: list[BotProcess] = []

    def make(**settings: str | None) -> BotProcess:
        # Each prints to a file of its own; the installation is one.
        own = tmp_path / f"output-{len(made)}"
        own.mkdir()
        bot = BotProcess(
            own, database_url=f"sqlite:///{tmp_path / 'qungui.db'}", driven=False, forked=True
        )
        bot.settings["QUNGUI_HOME"] = str(tmp_path)
        # Slow enough to be seen: the driven clock stands still.
        del bot.settings["QUNGUI__PACING__ENABLED"]
        for name, value in (ON | settings).items():
            if value is None:
                bot.settings.pop(name, None)
            else:
                bot.settings[name] = value
        made.append(bot)
        return bot

    yield make
    for bot in made:
        await bot.kill9()


@pytest.fixture
async def stage(prepare: Prepare) -> AsyncIterator[Stage]:
    """The class with its bot, which was started with the real settings around it."""
    bot = prepare(SUPERUSERS=json.dumps([str(PARENT)]))
    await bot.start()
    one = Stage(f"http://127.0.0.1:{bot.port}", token_of(bot))
    await one.open()
    yield one
    await one.close()


async def refused(bot: BotProcess) -> str:
    """What a process that must not start printed."""
    with pytest.raises(DidNotStartError) as caught:
        await bot.start()
    assert caught.value.code, caught.value.output
    for unwanted in ("Traceback", TOKEN, IN_FILE, "已启动"):
        assert unwanted not in caught.value.output
    return caught.value.output


# Who may connect ----------------------------------------------------------------------------------


async def test_only_the_class_of_this_start_may_connect(prepare: Prepare) -> None:
    bot = prepare(ONEBOT_V11_ACCESS_TOKEN=TOKEN, ONEBOT_SECRET="a-real-secret")
    await bot.start()
    own = token_of(bot)
    assert own not in (TOKEN, IN_FILE)
    assert own not in bot.output
    assert stat.S_IMODE((place_of(bot) / "token").stat().st_mode) == 0o600
    for token in (None, "", TOKEN, IN_FILE):
        assert await status(bot, token) == 403
    for token in (TOKEN, IN_FILE, own):
        assert await status(bot, token, "/onebot/v12/ws") in (403, 404)
    assert await status(bot, own, Origin=f"http://127.0.0.1:{bot.port}") == 403
    for path in POSTS:
        assert await post(bot, path, b"{}", Authorization=f"Bearer {own}") in (404, 405)
    assert await status(bot, own) == 101

    old = own
    await bot.restart()
    assert await status(bot, old) == 403
    assert await status(bot, token_of(bot)) == 101


async def test_a_second_one_is_refused_and_the_first_goes_on(prepare: Prepare) -> None:
    first, second = prepare(), prepare()
    await first.start()
    own = token_of(first)
    assert "已经有一个沙盒在运行" in await refused(second)
    assert token_of(first) == own
    assert await status(first, own) == 101
    # A real bot may run beside it.
    real = prepare(QUNGUI__SANDBOX="false", QUNGUI__CLOCK="real")
    await real.start()
    assert await status(real, own) == 403
    assert await status(real, TOKEN) == 101


async def test_it_writes_no_log_and_no_backup_where_the_real_ones_are(
    prepare: Prepare, tmp_path: Path
) -> None:
    logs, backups = tmp_path / "real-logs", tmp_path / "real-backups"
    bot = prepare(
        QUNGUI__LOG__FOLDER=str(logs),
        QUNGUI__BACKUP__FOLDER=str(backups),
        QUNGUI__BACKUP__ENABLED="true",
    )
    await bot.start()
    assert await status(bot, token_of(bot)) == 101
    await bot.stop()
    assert not logs.exists()
    assert not backups.exists()


async def test_no_other_spelling_makes_half_a_sandbox(prepare: Prepare, tmp_path: Path) -> None:
    """Names of settings do not mind their case, so that one can be there twice."""
    bot = prepare(qungui__sandbox="false", QUNGUI__LOG__FOLDER=str(tmp_path / "real-logs"))
    await bot.start()
    assert await status(bot, token_of(bot)) == 101
    await bot.stop()
    assert (place_of(bot) / "qungui.db").exists()
    assert not (tmp_path / "qungui.db").exists()
    assert not (tmp_path / "real-logs").exists()


# What it may not be started with ------------------------------------------------------------------


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
async def test_it_is_for_this_machine_only(prepare: Prepare, host: str) -> None:
    said = await refused(prepare(HOST=host, ONEBOT_SECRET="both"))
    assert f"沙盒只能在本机用，HOST={host}" in said


async def test_the_real_env_cannot_be_made_a_sandbox(prepare: Prepare, tmp_path: Path) -> None:
    bot = prepare(QUNGUI__SANDBOX=None)
    env = tmp_path / ".env"
    env.write_text(f"ONEBOT_ACCESS_TOKEN={IN_FILE}\nQUNGUI__SANDBOX=true\n", encoding="utf-8")
    said = await refused(bot)
    assert f"{env} 里写了 QUNGUI__SANDBOX=true" in said
    assert "make run" in said
    assert not place_of(bot).exists()


async def test_what_is_no_yes_or_no_is_refused(prepare: Prepare) -> None:
    assert "QUNGUI__SANDBOX" in await refused(prepare(QUNGUI__SANDBOX="maybe"))


async def test_a_driven_clock_needs_it_or_a_test(prepare: Prepare) -> None:
    assert "QUNGUI__SANDBOX=true" in await refused(prepare(QUNGUI__SANDBOX="false"))
    assert "QUNGUI__SANDBOX=true" in await refused(prepare(QUNGUI__SANDBOX=None))


# What is kept apart -------------------------------------------------------------------------------


def rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    """What a query finds in a database that a process may have open."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


async def test_data_and_ids_are_its_own_and_new_at_each_start(
    prepare: Prepare, tmp_path: Path
) -> None:
    bot = prepare()
    for _ in range(2):
        await bot.restart()
        stage = Stage(f"http://127.0.0.1:{bot.port}", token_of(bot))
        await stage.open()
        await stage.qq.speak(GROUP, HEAD_TEACHER, "/policy show")
        await stage.qq.says(GROUP, "还没有选定制度")
        await choose(stage.qq)
        await stage.qq.speak(GROUP, PARENT, INSULT)
        await stage.idle()
        assert stage.qq.muted(GROUP, PARENT)
        database = place_of(bot) / "qungui.db"
        for table in ("group", "account"):
            assert set(rows(database, f'SELECT namespace FROM "{table}"')) == {("sandbox",)}
        keys = [key for (key,) in rows(database, 'SELECT message_key FROM "case"')]
        assert keys
        assert all(f"/sandbox:{GROUP}/" in key for key in keys)
        await stage.close()
    # Neither what the settings name, nor the default.
    for real in ("qungui.db", "data/qungui.db"):
        assert not (tmp_path / real).exists()
    assert (tmp_path / ".env").read_text().splitlines()[0] == f"ONEBOT_ACCESS_TOKEN={IN_FILE}"
    assert PLACE in bot.output
    assert "碰不到任何真的群" in bot.output


async def test_superusers_are_nobody_here(stage: Stage) -> None:
    await stage.qq.speak(GROUP, PARENT, "/policy use text-only-parents")
    await stage.qq.says(GROUP, "班主任、群主或学校管理员")
    await choose(stage.qq)
    message = await stage.qq.speak(GROUP, PARENT, INSULT)
    await stage.idle()
    # Nor are they spared, or written to.
    assert message in {one.message_id for one in stage.qq.withdrawn}
    assert not [words for words in stage.qq.whispered(PARENT) if "同意：确认" in words]


async def test_it_does_not_wait_to_speak(stage: Stage) -> None:
    await choose(stage.qq)
    before = len(stage.qq.said(GROUP))
    for user in PARENTS:
        await stage.qq.speak(GROUP, user, "/群规 一.1")
    # The clock stands still: whoever waited for a pace would wait for ever.
    await stage.qq.until(lambda: len(stage.qq.said(GROUP)) == before + len(PARENTS))


LOUD = """
import nonebot

@nonebot.get_driver().on_startup
async def shout():
    print("somebody else's plugin", flush=True)
"""


@pytest.mark.thorough
@pytest.mark.parametrize("sandbox", ["true", "false"])
async def test_other_peoples_plugins_are_not_loaded(
    prepare: Prepare, tmp_path: Path, sandbox: str
) -> None:
    tree = tmp_path / "tree"
    shutil.copytree(ROOT / "src", tree / "src")
    shutil.copy(ROOT / "bot.py", tree)
    (tree / "loud.py").write_text(LOUD, encoding="utf-8")
    (tree / "pyproject.toml").write_text('[tool.nonebot]\nplugins = ["loud"]\n', encoding="utf-8")
    bot = prepare(QUNGUI__SANDBOX=sandbox, QUNGUI__CLOCK="real")
    bot.command, bot.forked = (sys.executable, str(tree / "bot.py")), False
    await bot.start()
    assert ("somebody else's plugin" in bot.output) is (sandbox == "false")


# Looks --------------------------------------------------------------------------------------------


async def test_the_class_asks_what_became_of_a_message(stage: Stage) -> None:
    async def look(message: int) -> Any:
        await stage.idle()
        return await stage.ask(f"/qungui/looks?message_id={message}")

    before = await look(await stage.qq.speak(GROUP, PARENT, "老师好"))
    assert (before["verdict"], before["reason"]) == ("not_judged", "本群还没有选定制度")
    await choose(stage.qq)
    fine = await look(await stage.qq.speak(GROUP, PARENT, "老师好"))
    assert fine["verdict"] == "ordinary"
    assert {clause["number"] for clause in fine["clauses"]} >= {"二.1", "三.1", "三.2"}
    insult = await stage.qq.speak(GROUP, PARENT, INSULT)
    found = await look(insult)
    assert found["message_id"] == str(insult)
    assert (found["verdict"], found["case"]) == ("case", 1)
    assert await look(1) is None


def ask(port: int, path: str, **headers: str) -> int:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        line.request("GET", path, headers=headers)
        return line.getresponse().status
    finally:
        line.close()


async def test_looks_are_for_the_class_alone(prepare: Prepare) -> None:
    bot = prepare(QUNGUI__CLOCK="real")
    await bot.start()
    path, own = "/qungui/looks?message_id=1", f"Bearer {token_of(bot)}"
    assert ask(bot.port, path) == 403
    assert ask(bot.port, path, Authorization=f"Bearer {TOKEN}") == 403
    assert ask(bot.port, path, Authorization=own, Origin="http://127.0.0.1") == 403
    assert ask(bot.port, path, Authorization=own) == 404
    # Where the clock is real, nobody moves it; and a real bot has no such line at all.
    assert ask(bot.port, "/qungui/clock", Authorization=own) == 404
    real = prepare(QUNGUI__SANDBOX="false", QUNGUI__CLOCK="real")
    await real.start()
    assert ask(real.port, path, Authorization=f"Bearer {TOKEN}") == 404
