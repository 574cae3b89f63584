"""Sandbox mode: the bot of a pretend class, apart from everything real (issue 3, "sandbox/").

`QUNGUI__SANDBOX=true` in the environment, never in a file: then `data/sandbox` is the home, so that
the operator's `.env` is not even read; the database there is new at each start; and only who knows
the token of this start may connect.
"""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from .core.chat.pacing import Pacing

if TYPE_CHECKING:
    from pathlib import Path

    from .core.config import QunguiConfig

SETTING = "QUNGUI__SANDBOX"
PLACE = "data/sandbox"
"""The sandbox's home, in the application's."""
NAMESPACE = "sandbox"
DATABASE = "qungui.db"
TOKEN = "token"
"""The file in the sandbox's home that has the token of this start, for the class to read."""
_LASTING = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", "driven-clock.json", TOKEN)


def wanted() -> bool:
    """Whether the environment asks for the sandbox. What is no yes or no is left to the settings,
    which refuse it."""
    given = next((value for name, value in os.environ.items() if name.upper() == SETTING), "false")
    try:
        return TypeAdapter(bool).validate_python(given)
    except ValidationError:
        return False


def prepare(place: Path) -> dict[str, Any]:
    """Make the sandbox's home `place` empty, for this process alone, and give the settings of
    NoneBot that nothing in the environment may change.

    Raises:
        StoreError: another sandbox runs here, or the folder cannot be used.
        OSError: the same for a file in it.
    """
    from .core.store.copies import take_lock

    # Never given back: it goes with the process.
    take_lock(place / "sandbox")
    for name in _LASTING:
        (place / name).unlink(missing_ok=True)
    token = secrets.token_urlsafe(32)
    descriptor = os.open(place / TOKEN, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(token)
    return {
        "superusers": set[str](),
        "onebot_access_token": token,
        "onebot_v11_access_token": token,
        # Without a secret there is no HTTP entrance.
        "onebot_secret": None,
        "onebot_v11_secret": None,
    }


def isolated(config: QunguiConfig) -> QunguiConfig:
    """The settings as the sandbox has them: its own database, and no pace to wait for."""
    update = {
        "sandbox": True,
        "database_url": f"sqlite://{DATABASE}",
        "pacing": Pacing(enabled=False),
    }
    return config.model_copy(update=update)
