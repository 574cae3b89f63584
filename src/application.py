"""Puts the application together and refuses an unsafe start.

Every refusal is a line in Chinese that says what to set, and a non-zero exit.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
import os
from pathlib import Path
import secrets
import socket
import sys
from typing import TYPE_CHECKING, Any, NoReturn, cast

from dotenv import dotenv_values
from loguru import logger
import nonebot
from nonebot.adapters.onebot.v11.config import Config as OneBot11Config
from nonebot.config import SettingsError
from nonebot.log import default_filter, default_format
from pydantic import ValidationError

from . import sandbox, texts
from .core.clock import DrivenClock, RealClock
from .core.config import TOKEN_NAMES, Config, is_loopback

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator, Mapping

    from fastapi import FastAPI
    from nonebot.drivers.fastapi import Driver

    from .core.clock import Clock
    from .core.config import QunguiConfig

ROOT = Path(__file__).resolve().parents[1]
DRIVEN_START = 1_790_000_000.0
"""Where a driven clock stands until it is set."""


def home() -> Path:
    """The folder of `.env` and of relative paths: the project root, or QUNGUI_HOME."""
    return Path(os.environ.get("QUNGUI_HOME") or ROOT).resolve()


def plugin_names() -> list[str]:
    """The plugins the application needs: each folder of src/plugins."""
    return sorted(
        path.name
        for path in (ROOT / "src" / "plugins").iterdir()
        if (path / "__init__.py").exists()
    )


def refuse(text: str) -> NoReturn:
    """End the process with a line for the operator, and nothing after it."""
    # NoneBot and uvicorn would log the exit, with a traceback.
    logger.remove()
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - the log may not be set up yet
    raise SystemExit(1)


def read_settings(place: Path, *, driver: str, **settled: Any) -> QunguiConfig:
    """Set NoneBot up with this driver and the settings of `place`, which is made where it is
    missing, without a log. What is `settled` wins over all settings.

    Raises:
        SystemExit: a setting is wrong; which was printed.
    """
    # NoneBot logs all settings at DEBUG, secrets too, and cannot log at a level that is no level.
    logger.remove()
    with _explained():
        place.mkdir(parents=True, exist_ok=True)
        # NoneBot reads `.env` from the working directory.
        os.chdir(place)
        nonebot.init(driver=driver, **settled)
        return nonebot.get_plugin_config(Config).qungui


@contextmanager
def _explained() -> Generator[None]:
    """Refuse with what is wrong with the settings, but not with their values: some are secret."""
    try:
        yield
    except ValidationError as error:
        from .core.policy.errors import explain

        names = [
            "__".join(part for part in detail["loc"] if isinstance(part, str))
            for detail in error.errors()
        ]
        lines = [
            f"{name.upper()} {line.removeprefix(name.replace('__', ' ')).lstrip(' ：')}"
            for name, line in zip(names, explain(error, Config), strict=True)
        ]
        refuse(texts.SETTINGS.format(lines="\n".join(lines)))
    except SettingsError as error:
        name = str(error).partition('"')[2].strip('"').upper()
        refuse(texts.SETTINGS.format(lines=texts.NOT_JSON.format(name=name)))
    except UnicodeDecodeError:
        refuse(texts.SETTINGS.format(lines=texts.NOT_UTF8))
    except (ValueError, OSError) as error:
        refuse(texts.SETTINGS.format(lines=error))


def _sandbox(place: Path) -> dict[str, Any]:
    from .core.store import StoreError

    try:
        return sandbox.prepare(place)
    except StoreError as error:
        refuse(texts.SANDBOX_TAKEN.format(error=error))
    except OSError as error:
        refuse(texts.SANDBOX_NO_PLACE.format(place=place, error=error.strerror))


def _start_log(level: int | str) -> None:
    """Without values in tracebacks, and without TRACE, where NoneBot writes settings as they are:
    they may be secret, or what people wrote."""
    try:
        if isinstance(level, str):
            logger.level(level)
    except ValueError:
        refuse(texts.SETTINGS.format(lines=texts.NO_LEVEL.format(level=level)))
    logger.add(
        sys.stdout,
        level="DEBUG",
        diagnose=False,
        backtrace=False,
        filter=default_filter,
        format=default_format,
    )


def _check_reach(driver: Driver, env: Path) -> OneBot11Config:
    """Refuse a start that lets strangers in: the adapter's own effective configuration counts.

    At the first start, which nobody but this machine may reach, a token is made.
    """
    with _explained():
        onebot = nonebot.get_plugin_config(OneBot11Config)
    host = str(driver.config.host)
    if not is_loopback(host) and not (onebot.onebot_access_token and onebot.onebot_secret):
        refuse(texts.NEED_SECRET.format(host=host))
    if not onebot.onebot_access_token:
        if name := _hiding(env, driver.env):
            refuse(texts.TOKEN_BLANK.format(name=name))
        _write_token(env)
        onebot = nonebot.get_plugin_config(OneBot11Config)
    if not onebot.onebot_access_token:
        refuse(texts.TOKEN_NOT_READ.format(env=env))
    return onebot


def _hiding(env: Path, environment: str) -> str | None:
    """The blank setting that would win over a token in `.env`, as it is written; None for none."""

    def named(wanted: str, *sources: Mapping[str, str | None]) -> str | None:
        names = (name for source in sources for name in source)
        return next((name for name in names if name.lower() == wanted.lower()), None)

    above = (dotenv_values(env.with_name(f".env.{environment}")), os.environ)
    everywhere = (dotenv_values(env), *above)
    return named(TOKEN_NAMES[1], *everywhere) or named(TOKEN_NAMES[0], *above)


def _write_token(env: Path) -> None:
    token = secrets.token_urlsafe(32)
    try:
        old = env.read_text(encoding="utf-8") if env.exists() else ""
        kept = [
            line
            for line in old.splitlines()
            if line.partition("=")[0].strip().lower() != TOKEN_NAMES[0].lower()
        ]
        part = env.with_name(".env.part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join([*kept, f"{TOKEN_NAMES[0]}={token}"]) + "\n")
        part.replace(env)
    except OSError as error:
        refuse(texts.ENV_NOT_WRITTEN.format(env=env, error=error.strerror))
    print(texts.TOKEN_WRITTEN.format(env=env, token=token), flush=True)  # noqa: T201


def _check_port(host: str, port: int) -> None:
    """Refuse where the server could not listen, before it says that it has started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        refuse(texts.NO_PORT.format(host=host, port=port, error=os.strerror(error.errno or 0)))


def _address(host: str, port: int) -> str:
    """Where OneBot implementations connect."""
    if host in ("0.0.0.0", "::"):
        host = texts.THIS_MACHINE
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _clock(config: QunguiConfig, environment: str, place: Path) -> Clock:
    if config.clock == "real":
        return RealClock()
    if environment != "test" and not config.sandbox:
        refuse(texts.DRIVEN_CLOCK)
    return DrivenClock(DRIVEN_START, place / "driven-clock.json")


def build() -> Driver:
    """The application, ready to run.

    Raises:
        SystemExit: it would not be safe or whole; why was printed.
    """
    place = home()
    settled: dict[str, Any] = {}
    if sandboxed := sandbox.wanted():
        place /= sandbox.PLACE
        settled = _sandbox(place)
    env = place / ".env"
    config = read_settings(place, driver="~fastapi", **settled)
    driver = cast("Driver", nonebot.get_driver())
    host, port = str(driver.config.host), driver.config.port
    if config.sandbox and not sandboxed:
        refuse(texts.SANDBOX_IN_FILE.format(env=env))
    if sandboxed:
        # Whatever else says no, in another spelling of the name: it is no half of one.
        if not is_loopback(host):
            refuse(texts.SANDBOX_HOST.format(host=host))
        config = sandbox.isolated(config)
    _start_log(driver.config.log_level)
    clock = _clock(config, driver.env, place)
    onebot = _check_reach(driver, env)
    _check_port(host, port)

    names = plugin_names()
    nonebot.load_all_plugins([f"src.plugins.{name}" for name in names], [])
    loaded = {plugin.name for plugin in nonebot.get_loaded_plugins()}
    if missing := [name for name in names if name not in loaded]:
        refuse(texts.PLUGINS_MISSING.format(names="、".join(missing)))
    # Other people's plugins, as `nb plugin install` notes them; one that fails is only logged. Not in
    # the sandbox: they may reach for what is real.
    if not config.sandbox and (project := ROOT / "pyproject.toml").exists():
        nonebot.load_from_toml(str(project))

    # The rooms are imported after the plugins: what they register is what the house is made of.
    from .core.audit import KEY
    from .core.chat.onebot11 import OneBot11Chat
    from .core.chat.onebot12 import OneBot12Chat
    from .core.house import House
    from .core.looks import Looks
    from .core.store import StoreError, open_store
    from .operation import add_routes, start_log_files

    prefixes = (
        driver.config.command_start
        if "command_start" in driver.config.model_fields_set
        else {"/", "／"}
    )
    house = House(
        config=config,
        clock=clock,
        superusers=driver.config.superusers,
        prefixes=prefixes,
        looks=Looks() if config.sandbox or isinstance(clock, DrivenClock) else None,
        root=None if config.sandbox else place,
    )
    inner = driver.server_app.router.lifespan_context

    # Round NoneBot's own: the store closes after the adapters, and also where somebody else's
    # start fails. An open one would keep the process from ending.
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with AsyncExitStack() as stack:
            try:
                store = await open_store(config.database_url, root=place)
                stack.push_async_callback(store.close)
                await house.audit.open(place / KEY)
            except StoreError as error:
                refuse(str(error))
            if config.log.enabled and not config.sandbox:
                # Not before: two processes would write into one file, and rotate it.
                with _explained():
                    start_log_files(config.log, place)
            stack.push_async_callback(house.close)
            await house.start()
            await stack.enter_async_context(inner(app))
            ready = texts.SANDBOX_READY if config.sandbox else texts.READY
            print(ready.format(address=_address(host, port), env=env, place=place), flush=True)  # noqa: T201
            yield

    driver.server_app.router.lifespan_context = lifespan
    add_routes(driver.server_app, house)
    namespace = sandbox.NAMESPACE if config.sandbox else "qq"
    OneBot11Chat(house, clock, namespace=namespace, pacing=config.pacing).register(driver)
    if not config.sandbox:
        OneBot12Chat(house, clock, pacing=config.pacing).register(driver)
    if house.looks is not None:
        from .control import add_control_line

        assert onebot.onebot_access_token is not None
        add_control_line(driver.server_app, house, house.looks, onebot.onebot_access_token)
    return driver


def run() -> None:
    """Build the application and serve until it is stopped."""
    build()
    nonebot.run()
