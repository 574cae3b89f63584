"""Settings from the environment and `.env`, in one model under `QUNGUI__` (`.env.example`)."""

from __future__ import annotations

import ipaddress
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, Field, field_validator

from .chat.pacing import Pacing

TOKEN_NAMES = ("ONEBOT_ACCESS_TOKEN", "ONEBOT_V11_ACCESS_TOKEN")


class QunguiConfig(BaseModel):
    """What an operator can set of Qungui itself; NoneBot's own settings are beside it."""

    database_url: str = "sqlite://data/qungui.db"
    """Where the store is: `sqlite://path` (relative to the project root) or `postgres://…`."""
    timezone: str = "Asia/Shanghai"
    """An IANA time zone; what people read is in it."""
    clock: Literal["real", "driven"] = "real"
    """`driven` stands still until it is told to move; for tests and the sandbox only."""
    sandbox: bool = False
    """The bot of a pretend class, apart from everything real (`src.sandbox`); in the environment only."""
    pacing: Pacing = Field(default_factory=Pacing)
    """How fast the bot may act and speak."""

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"没有 {value} 这个时区，请写成 Asia/Shanghai 这样") from None
        return value


class Config(BaseModel):
    """The part of the environment that is ours, as NoneBot reads it."""

    qungui: QunguiConfig = Field(default_factory=QunguiConfig)


def is_loopback(host: str) -> bool:
    """Whether a server that listens on `host` can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
