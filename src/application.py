"""Puts the application together and refuses an unsafe start.

Every refusal is a line in Chinese that says what to set, and a non-zero exit.
"""

from __future__ import annotations

import os
from pathlib import Path
import secrets
import sys
from typing import TYPE_CHECKING, NoReturn, cast

from dotenv import dotenv_values
import nonebot
from nonebot.adapters.onebot.v11.config import Config as OneBot11Config
from pydantic import ValidationError

from . import texts
from .core.clock import DrivenClock, RealClock
from .core.config import TOKEN_NAMES, Config, is_loopback

if TYPE_CHECKING:
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
    """End the process with a line for the operator."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - the log may not be set up yet
    raise SystemExit(1)


def _ensure_token(env: Path) -> None:
    """Write a token into `.env` at the first start; one that is set anywhere stays."""
    files = [env, env.with_name(f".env.{os.environ.get('ENVIRONMENT', 'prod')}")]
    names = {name.lower() for name in TOKEN_NAMES}
    known = [name for file in files if file.exists() for name in dotenv_values(file)]
    values = [dotenv_values(file) for file in files if file.exists()]
    if any(value for found in values for name, value in found.items() if name.lower() in names):
        return
    if any(value for name, value in os.environ.items() if name.lower() in names):
        return
    blank = next((n for n in (*known, *os.environ) if n.lower() == TOKEN_NAMES[1].lower()), None)
    if blank is not None:
        refuse(texts.TOKEN_BLANK.format(name=blank))
    if any(name.lower() == TOKEN_NAMES[0].lower() for name in os.environ):
        refuse(texts.TOKEN_BLANK.format(name=TOKEN_NAMES[0]))
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


def _quiet_log() -> None:
    """No message text and no request lines in the log; tracebacks without values."""
    from loguru import logger
    from nonebot.log import default_filter, default_format

    logger.remove()
    logger.add(
        sys.stdout,
        level=0,
        diagnose=False,
        backtrace=False,
        filter=default_filter,
        format=default_format,
    )


def _check_reach(driver: Driver, onebot: OneBot11Config, env: Path) -> None:
    """Refuse a start that lets strangers in: the adapters' own effective configuration counts."""
    if not onebot.onebot_access_token:
        refuse(texts.TOKEN_NOT_READ.format(env=env))
    host = str(driver.config.host)
    if not is_loopback(host) and not onebot.onebot_secret:
        refuse(texts.NEED_SECRET.format(host=host))


def _clock(config: QunguiConfig, environment: str, place: Path) -> Clock:
    if config.clock == "real":
        return RealClock()
    if environment != "test":
        refuse(texts.DRIVEN_CLOCK)
    return DrivenClock(DRIVEN_START, place / "driven-clock.json")


def build() -> Driver:
    """The application, ready to run.

    Raises:
        SystemExit: it would not be safe or whole; why was printed.
    """
    place = home()
    place.mkdir(parents=True, exist_ok=True)
    # NoneBot reads `.env` from the working directory.
    os.chdir(place)
    env = place / ".env"
    _ensure_token(env)
    try:
        nonebot.init(driver="~fastapi")
        config = nonebot.get_plugin_config(Config).qungui
        onebot = nonebot.get_plugin_config(OneBot11Config)
    except (ValidationError, ValueError) as error:
        refuse(texts.SETTINGS.format(error=error))
    driver = cast("Driver", nonebot.get_driver())
    _quiet_log()
    _check_reach(driver, onebot, env)
    clock = _clock(config, driver.env, place)

    names = plugin_names()
    nonebot.load_all_plugins([f"src.plugins.{name}" for name in names], [])
    loaded = {plugin.name for plugin in nonebot.get_loaded_plugins()}
    if missing := [name for name in names if name not in loaded]:
        refuse(texts.PLUGINS_MISSING.format(names="、".join(missing)))

    # The rooms are imported after the plugins: what they register is what the house is made of.
    from .core.chat.onebot11 import OneBot11Chat
    from .core.chat.onebot12 import Adapter as OneBot12Adapter
    from .core.house import House
    from .core.store import Store, StoreError, open_store

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
    )
    opened: list[Store] = []

    # Shutdown runs in reverse order: registered before the adapter, the store closes after it.
    @driver.on_startup
    async def start() -> None:
        try:
            opened.append(await open_store(config.database_url, root=place))
        except StoreError as error:
            refuse(str(error))
        await house.start()
        host, port = driver.config.host, driver.config.port
        print(texts.READY.format(host=host, port=port, env=env), flush=True)  # noqa: T201

    @driver.on_shutdown
    async def stop() -> None:
        await house.close()
        for store in opened:
            await store.close()

    OneBot11Chat(house, clock, pacing=config.pacing).register(driver)
    driver.register_adapter(OneBot12Adapter)
    if isinstance(clock, DrivenClock):
        from .control import add_clock_line

        assert onebot.onebot_access_token is not None
        add_clock_line(driver.server_app, house, clock, onebot.onebot_access_token)
    return driver


def run() -> None:
    """Build the application and serve until it is stopped."""
    build()
    nonebot.run()
