"""The first start, and the starts that are refused: a line that says what to set, nothing secret."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import http.client
import json
import shutil
import sqlite3
import stat
import sys
from typing import TYPE_CHECKING, Any

from dotenv import dotenv_values
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from sandbox.fakeqq import BOT, GROUP, HEAD_TEACHER, PARENTS, class_group
from src.core.config import QunguiConfig
from tests.stores import KINDS, a_store, an_address, needs_postgres

from .conftest import choose, gone
from .launcher import ROOT, RUN, TOKEN, BotProcess, DidNotStartError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from sandbox.fakeqq import FakeQQ

    Prepare = Callable[..., BotProcess]

SECRET = "the-tests-own-secret"
INSULT = "你就是个傻逼"


@pytest.fixture
async def prepare(tmp_path: Path) -> AsyncIterator[Prepare]:
    """Makes a process that is not started yet: `prepare(NAME="value")`; None takes a setting out.
    The first has its home in tmp_path / "0". All are killed after the test."""
    made: list[BotProcess] = []

    def make(**settings: str | None) -> BotProcess:
        home = tmp_path / str(len(made))
        home.mkdir(exist_ok=True)
        bot = BotProcess(home, driven=False)
        for name, value in settings.items():
            if value is None:
                del bot.settings[name]
            else:
                bot.settings[name] = value
        made.append(bot)
        return bot

    yield make
    for bot in made:
        await bot.kill9()


async def refused(bot: BotProcess) -> str:
    """What a process that must not start printed. It is the same application, sooner."""
    bot.forked = bot.command is RUN
    with pytest.raises(DidNotStartError) as caught:
        await bot.start()
    output = caught.value.output
    assert caught.value.code, output
    for unwanted in ("Traceback", TOKEN, SECRET, "已启动"):
        assert unwanted not in output
    return output


def a_home(tmp_path: Path, env: str | bytes) -> Path:
    """The home of the process that is prepared next, with this `.env`; its path."""
    home = tmp_path / "0"
    home.mkdir()
    file = home / ".env"
    file.write_bytes(env if isinstance(env, bytes) else env.encode())
    return file


# The first start ----------------------------------------------------------------------------------


async def test_the_first_start_writes_a_token_and_shows_it_once(
    prepare: Prepare, tmp_path: Path
) -> None:
    old = "# 校长的设置\nLOG_LEVEL=INFO\nONEBOT_ACCESS_TOKEN=\nGREETING='多行\n的值'\n"
    env = a_home(tmp_path, old)
    bot = prepare(ONEBOT_ACCESS_TOKEN=None)
    await bot.start()
    token = dotenv_values(env)["ONEBOT_ACCESS_TOKEN"]
    assert token is not None
    assert len(token) >= 32
    assert bot.output.count(token) == 1
    assert env.read_text(encoding="utf-8") == (
        old.replace("ONEBOT_ACCESS_TOKEN=\n", "") + f"ONEBOT_ACCESS_TOKEN={token}\n"
    )
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert sorted(path.name for path in env.parent.glob(".env*")) == [".env"]
    for hint in (bot.url, str(env), "/制度 use text-only-parents"):
        assert hint in bot.output
    assert await status(bot, token) == 101
    written = env.read_bytes()

    await bot.restart()
    assert bot.output.count(token) == 1
    assert env.read_bytes() == written
    assert await status(bot, token) == 101


async def test_a_token_that_is_set_anywhere_stays(prepare: Prepare, tmp_path: Path) -> None:
    env = a_home(tmp_path, "ENVIRONMENT=school\n")
    env.with_name(".env.school").write_text("onebot_v11_access_token=our-token\n", encoding="utf-8")
    bot = prepare(ONEBOT_ACCESS_TOKEN=None, ENVIRONMENT=None)
    await bot.start()
    assert env.read_text(encoding="utf-8") == "ENVIRONMENT=school\n"
    assert "our-token" not in bot.output
    assert await status(bot, "our-token") == 101


async def test_the_example_can_be_used_as_it_is(prepare: Prepare, tmp_path: Path) -> None:
    env = a_home(tmp_path, (ROOT / ".env.example").read_text(encoding="utf-8"))
    defaults = ("DATABASE_URL", "PACING__ENABLED", "BACKUP__ENABLED")
    bot = prepare(ONEBOT_ACCESS_TOKEN=None, **{f"QUNGUI__{name}": None for name in defaults})
    await bot.start()
    assert await status(bot, dotenv_values(env)["ONEBOT_ACCESS_TOKEN"] or "") == 101
    # A relative path is relative to the home, whatever the working directory.
    assert (env.parent / "data/qungui.db").exists()


def test_the_example_shows_every_setting_with_its_default() -> None:
    def leaves(settings: dict[str, Any], prefix: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in settings.items():
            if isinstance(value, dict) and "every" not in value:
                found |= leaves(value, f"{prefix}{name.upper()}__")
            else:
                found[prefix + name.upper()] = value
        return found

    def parsed(value: str) -> Any:
        try:
            return json.loads(value)
        except ValueError:
            return value

    shown = {
        name: parsed(value or "")
        for name, value in dotenv_values(ROOT / ".env.example").items()
        if name.startswith("QUNGUI__")
    }
    assert shown == leaves(QunguiConfig().model_dump(mode="json"), "QUNGUI__")


async def test_two_starts_at_once_leave_one(prepare: Prepare) -> None:
    first = prepare()
    await first.start()
    second = prepare(PORT=str(first.port))
    assert f"端口 {first.port}" in await refused(second)
    assert first.running


# Settings -----------------------------------------------------------------------------------------

EVERYWHERE: dict[str, str | None] = {"HOST": "0.0.0.0"}
UNSAFE: list[tuple[dict[str, str | None], str]] = [
    ({"ONEBOT_ACCESS_TOKEN": ""}, "ONEBOT_ACCESS_TOKEN"),
    ({"ONEBOT_V11_ACCESS_TOKEN": ""}, "ONEBOT_V11_ACCESS_TOKEN"),
    ({"ONEBOT_ACCESS_TOKEN": None, "Onebot_V11_Access_Token": ""}, "Onebot_V11_Access_Token"),
    (EVERYWHERE, "ONEBOT_SECRET"),
    (EVERYWHERE | {"ONEBOT_ACCESS_TOKEN": None}, "ONEBOT_ACCESS_TOKEN 和 ONEBOT_SECRET"),
    (EVERYWHERE | {"ONEBOT_ACCESS_TOKEN": None, "ONEBOT_SECRET": SECRET}, "ONEBOT_ACCESS_TOKEN"),
    (EVERYWHERE | {"ONEBOT_SECRET": SECRET, "ONEBOT_V11_SECRET": ""}, "ONEBOT_SECRET"),
    (EVERYWHERE | {"ONEBOT_SECRET": SECRET, "ONEBOT_V11_ACCESS_TOKEN": ""}, "ONEBOT_ACCESS_TOKEN"),
    ({"HOST": "::"}, "ONEBOT_SECRET"),
    ({"QUNGUI__CLOCK": "driven", "ENVIRONMENT": None}, "QUNGUI__CLOCK=driven"),
    ({"QUNGUI__CLOCK": "driven", "ENVIRONMENT": "prod"}, "QUNGUI__CLOCK=driven"),
]
WRONG: list[tuple[dict[str, str | None], str]] = [
    ({"PORT": "abc"}, "PORT 要写整数"),
    ({"PORT": "70000"}, "PORT 不能大于 65535"),
    ({"HOST": "localhost"}, "HOST 的值不对"),
    # An address of documentation (RFC 5737), which is never this machine's.
    ({"HOST": "192.0.2.1", "ONEBOT_SECRET": SECRET}, "不能监听 192.0.2.1"),
    ({"SUPERUSERS": "[10001]"}, "SUPERUSERS 第 1 项 要写成文字"),
    ({"SUPERUSERS": "[10001"}, "SUPERUSERS 不是正确的 JSON"),
    ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL 没有 LOUD 这一级"),
    ({"QUNGUI__CLOCK": "sundial"}, "QUNGUI__CLOCK 只能是"),
    ({"QUNGUI__TIMEZONE": "Mars/Phobos"}, "QUNGUI__TIMEZONE"),
    ({"QUNGUI__TIMEZONE": "Asia"}, "设置有误"),
    ({"QUNGUI__BACKUP__TIME": "25:00"}, "QUNGUI__BACKUP__TIME"),
    ({"QUNGUI__BACKUP__KEEP": "0"}, "QUNGUI__BACKUP__KEEP 不能小于 1"),
    ({"QUNGUI__LOG__ROTATE": "sometimes"}, "QUNGUI__LOG__ROTATE"),
    ({"QUNGUI__PACING__WORDS": '{"every": 0, "burst": 1}'}, "QUNGUI__PACING__WORDS__EVERY"),
    ({"ONEBOT_API_ROOTS": f'{{"1": "{SECRET}"}}'}, "ONEBOT_V11_API_ROOTS"),
    ({"QUNGUI__DATABASE_URL": f"mysql://u:{SECRET}@127.0.0.1/x"}, "QUNGUI__DATABASE_URL"),
    ({"QUNGUI__DATABASE_URL": f"postgres://u:{SECRET}@127.0.0.1:1/x"}, "不能打开"),
    ({"QUNGUI__DATABASE_URL": "sqlite:///proc/nowhere/qungui.db"}, "/proc/nowhere"),
]


@pytest.mark.parametrize(("settings", "says"), UNSAFE + WRONG)
async def test_a_wrong_or_unsafe_setting_is_refused(
    prepare: Prepare, settings: dict[str, str | None], says: str
) -> None:
    bot = prepare(**settings)
    assert says in await refused(bot)
    assert not (bot.home / ".env").exists()
    assert not (bot.home / "qungui.db").exists()


async def test_a_blank_setting_in_a_file_counts_too(prepare: Prepare, tmp_path: Path) -> None:
    env = a_home(tmp_path, f"ONEBOT_ACCESS_TOKEN={TOKEN}\nONEBOT_V11_ACCESS_TOKEN=\n")
    before = env.read_bytes()
    assert "ONEBOT_V11_ACCESS_TOKEN" in await refused(prepare(ONEBOT_ACCESS_TOKEN=None))
    assert env.read_bytes() == before


async def test_an_env_that_is_not_utf8_is_refused(prepare: Prepare, tmp_path: Path) -> None:
    a_home(tmp_path, "# 校长的设置\n".encode("gbk"))
    assert "UTF-8" in await refused(prepare())


async def test_nothing_secret_is_in_the_log(prepare: Prepare, tmp_path: Path) -> None:
    a_home(tmp_path, f"ONEBOT_ACCESS_TOKEN={TOKEN}\nONEBOT_SECRET={SECRET}\nLOG_LEVEL=TRACE\n")
    bot = prepare(ONEBOT_ACCESS_TOKEN=None)
    await bot.start()
    assert await status(bot, TOKEN) == 101
    assert await status(bot, "wrong") == 403
    await bot.stop()
    assert "[DEBUG]" in bot.output
    assert TOKEN not in bot.output
    assert SECRET not in bot.output


# Who may connect ----------------------------------------------------------------------------------


async def status(
    bot: BotProcess, token: str | None, path: str = "/onebot/v11/ws", **headers: str
) -> int:
    """The HTTP status of a handshake; 101 where it is accepted."""
    own = {} if token is None else {"Authorization": f"Bearer {token}"}
    if "v11" in path:
        own |= {"X-Self-ID": "4242", "X-Client-Role": "Universal"}
    subprotocols: Any = ["12.example"] if "v12" in path else None
    try:
        async with connect(
            f"ws://127.0.0.1:{bot.port}{path}",
            additional_headers=own | headers,
            subprotocols=subprotocols,
            proxy=None,
        ):
            return 101
    except InvalidStatus as error:
        return error.response.status_code


async def post(bot: BotProcess, path: str, body: bytes, **headers: str) -> int:
    """The HTTP status of a POST that says it comes from the bot's own account."""

    def ask() -> int:
        line = http.client.HTTPConnection("127.0.0.1", bot.port, timeout=10)
        try:
            own = {"Content-Type": "application/json", "X-Self-ID": str(BOT)}
            line.request(
                "POST", path, body, own | {k.replace("_", "-"): headers[k] for k in headers}
            )
            return line.getresponse().status
        finally:
            line.close()

    return await asyncio.to_thread(ask)


def a_class(bot: BotProcess) -> FakeQQ:
    """The class group's platform, not connected yet."""
    return class_group(bot.url, TOKEN, now=lambda: bot.now, details=lambda: bot.output[-4000:])


def order(qq: FakeQQ) -> bytes:
    """The head teacher chooses a pack, as an implementation reports it over HTTP."""
    event = qq.message_event(GROUP, HEAD_TEACHER, "/policy use text-only-parents")
    return json.dumps(event).encode()


POSTS = [
    "/onebot/v11/",
    "/onebot/v11/http",
    "/onebot/v11/http/",
    "/onebot/v12/",
    "/onebot/v12/http/",
]


async def test_without_the_token_nobody_connects(prepare: Prepare) -> None:
    bot = prepare()
    await bot.start()
    for path in ("/onebot/v11/ws", "/onebot/v12/ws"):
        assert await status(bot, None, path) == 403
        assert await status(bot, "", path) == 403
        assert await status(bot, TOKEN + "x", path) == 403
        assert await status(bot, TOKEN, path, Origin="http://127.0.0.1") == 403
        assert await status(bot, TOKEN, path) == 101


@pytest.mark.parametrize("blank", [{}, {"ONEBOT_SECRET": SECRET, "ONEBOT_V11_SECRET": ""}])
async def test_without_a_secret_a_forged_post_does_nothing(
    prepare: Prepare, blank: dict[str, str]
) -> None:
    bot = prepare(**blank)
    await bot.start()
    qq = a_class(bot)
    forged = order(qq)
    signature = hmac.new(b"", forged, hashlib.sha1).hexdigest()
    for _ in range(2):
        for path in POSTS:
            assert await post(bot, path, forged) >= 400
            assert await post(bot, path, forged, Authorization=f"Bearer {TOKEN}") >= 400
            assert await post(bot, path, forged, X_Signature=f"sha1={signature}") >= 400
        # The second time the real one is there: the forged have not taken its place.
        await qq.connect()
    await qq.speak(GROUP, HEAD_TEACHER, "/policy show")
    await qq.says(GROUP, "还没有选定制度")
    assert len(qq.said(GROUP)) == 1
    await qq.disconnect()


async def test_with_both_it_serves_everywhere_and_a_post_must_be_signed(prepare: Prepare) -> None:
    bot = prepare(HOST="0.0.0.0", ONEBOT_SECRET=SECRET)
    await bot.start()
    qq = a_class(bot)
    forged = order(qq)
    wrong = hmac.new(TOKEN.encode(), forged, hashlib.sha1).hexdigest()
    right = hmac.new(SECRET.encode(), forged, hashlib.sha1).hexdigest()
    # Even a signed one makes no bot: only a connection does.
    assert await post(bot, POSTS[0], forged, X_Signature=f"sha1={right}") >= 400
    await qq.connect()
    for path in POSTS:
        assert await post(bot, path, forged) >= 400
        assert await post(bot, path, forged, Authorization=f"Bearer {TOKEN}") >= 400
        assert await post(bot, path, forged, X_Signature=f"sha1={wrong}") >= 400
    assert await post(bot, POSTS[0], forged, X_Signature=f"sha1={right}") == 204
    await qq.says(GROUP, "本群开始执行")
    assert len(qq.said(GROUP)) == 1
    await qq.disconnect()
    assert "这台机器的地址" in bot.output


# The database -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
async def test_a_second_process_on_the_database_is_refused(
    prepare: Prepare, kind: str, tmp_path: Path
) -> None:
    async with an_address(kind) as url:
        url = f"sqlite:///{tmp_path / 'shared.db'}" if kind == "sqlite" else url
        first = prepare(QUNGUI__DATABASE_URL=url)
        second = prepare(QUNGUI__DATABASE_URL=url)
        await first.start()
        assert "另一个群规进程" in await refused(second)
        assert await status(first, TOKEN) == 101
        await first.kill9()
        # A killed one gives it back.
        await second.start()
        await second.stop()


async def test_a_database_that_is_newer_is_refused(prepare: Prepare, tmp_path: Path) -> None:
    async with a_store("sqlite", tmp_path):
        pass
    file = tmp_path / "data/qungui.db"
    database = sqlite3.connect(file)
    with database:
        database.execute(
            "INSERT INTO tortoise_migrations (app, name, applied_at) "
            "SELECT app, '9999_from_the_future', applied_at FROM tortoise_migrations LIMIT 1"
        )
    database.close()
    before = file.read_bytes()
    output = await refused(prepare(QUNGUI__DATABASE_URL=f"sqlite:///{file}"))
    assert "9999_from_the_future" in output
    assert "升级程序" in output
    assert file.read_bytes() == before


async def test_what_is_no_database_of_ours_is_refused(prepare: Prepare, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("各位家长\n" * 1000, encoding="utf-8")
    other = tmp_path / "other.db"
    database = sqlite3.connect(other)
    database.execute("CREATE TABLE customers (id)")
    database.close()
    for file, says in [(letter, "不能读取"), (other, "别的程序的数据"), (tmp_path, "不能")]:
        before = file.read_bytes() if file.is_file() else b""
        output = await refused(prepare(QUNGUI__DATABASE_URL=f"sqlite:///{file}"))
        assert says in output
        assert str(file) in output
        assert before == (file.read_bytes() if file.is_file() else b"")


@needs_postgres
async def test_on_postgres_it_all_works(tmp_path: Path) -> None:
    async with an_address("postgres") as url:
        bot = BotProcess(tmp_path, database_url=url)
        qq = a_class(bot)
        bot.before_clock.append(qq.flush)
        try:
            await bot.start()
            await qq.connect()
            await choose(qq)
            message = await qq.speak(GROUP, PARENTS[0], INSULT)
            await qq.whispers(PARENTS[0], "二.1")
            await bot.idle()
            assert message in gone(qq)
            assert qq.muted(GROUP, PARENTS[0])
            await qq.disconnect()
            await bot.restart()
            await qq.connect()
            await qq.speak(GROUP, HEAD_TEACHER, "/case 1")
            await qq.whispers(HEAD_TEACHER, "案件 #1")
            await qq.disconnect()
            assert await bot.stop() in (0, -15)
        finally:
            await bot.kill9()


# What does not load -------------------------------------------------------------------------------


async def test_a_plugin_that_does_not_import_is_refused(prepare: Prepare, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    shutil.copytree(ROOT / "src", tree / "src")
    shutil.copy(ROOT / "bot.py", tree)
    with (tree / "src/plugins/anti_flood/__init__.py").open("a", encoding="utf-8") as file:
        file.write("\nimport a_module_that_nobody_has\n")
    bot = prepare()
    bot.command = (sys.executable, str(tree / "bot.py"))
    with pytest.raises(DidNotStartError) as caught:
        await bot.start()
    assert caught.value.code
    # Here the traceback is wanted: without it nobody could mend the plugin.
    assert "不能启动：anti_flood。" in caught.value.output
    assert "a_module_that_nobody_has" in caught.value.output
    assert TOKEN not in caught.value.output
    assert "已启动" not in caught.value.output


ELSEWHERE = "import os, sys; os.chdir('/'); os.execv(sys.executable, [sys.executable, sys.argv[1]])"
FAILING_START = """
import nonebot
from src.application import build

@build().on_startup
async def fail():
    raise RuntimeError("somebody else's plugin")

nonebot.run()
"""


async def test_a_start_that_fails_elsewhere_ends_and_gives_the_database_back(
    prepare: Prepare,
) -> None:
    bot = prepare()
    bot.command = (sys.executable, "-c", FAILING_START)
    with pytest.raises(DidNotStartError) as caught:
        await bot.start()
    assert caught.value.code
    assert "已启动" not in caught.value.output
    again = prepare(QUNGUI__DATABASE_URL=bot.settings["QUNGUI__DATABASE_URL"])
    await again.start()


async def test_bot_py_starts_from_any_folder(prepare: Prepare) -> None:
    bot = prepare()
    bot.command = (sys.executable, "-c", ELSEWHERE, str(ROOT / "bot.py"))
    await bot.start()
    assert await status(bot, TOKEN) == 101
