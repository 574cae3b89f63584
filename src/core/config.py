"""Settings from the environment and `.env`, in one model under `QUNGUI__` (`.env.example`)."""

from __future__ import annotations

import ipaddress
import re
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator

from .chat.pacing import Pacing
from .schedule import Weekly

_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d"
TOKEN_NAMES = ("ONEBOT_ACCESS_TOKEN", "ONEBOT_V11_ACCESS_TOKEN")


class LogFiles(BaseModel):
    """The log in files of our own, beside what goes to the terminal."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = True
    folder: str = "data/logs"
    """Relative to the project root."""
    rotate: str = "10 MB"
    """When a new file is begun: at a size (`10 MB`), or daily at a time of the machine (`00:00`)."""
    keep: int = Field(default=10, ge=1)
    """How many files that are full are kept."""

    @field_validator("rotate")
    @classmethod
    def _size_or_time(cls, value: str) -> str:
        if not re.fullmatch(r"[1-9]\d{0,3} MB|" + _TIME, value):
            raise ValueError(f"{value} 不对，请写成 10 MB（大小）或 00:00（每天几点）")
        return value


class Backups(BaseModel):
    """The daily backup of a SQLite database."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = True
    time: str = "04:00"
    """When, in `timezone`; a backup that was missed is made at the next start."""
    keep: int = Field(default=7, ge=1)
    """How many are kept."""
    folder: str = "data/backups"
    """Relative to the project root."""

    @field_validator("time")
    @classmethod
    def _time(cls, value: str) -> str:
        if not re.fullmatch(_TIME, value):
            raise ValueError(f"{value} 不对，请写成 04:00 这样")
        return value


class Inspections(BaseModel):
    """The school's look at all of its groups on a schedule (01.5.2, 13.5.1)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = True
    when: str = "周一 08:00"
    """On which weekdays and when, in `timezone`; of those that were missed, the last is made up for."""
    keep: int = Field(default=12, ge=1)
    """How many files are kept of a school."""
    folder: str = "data/inspections"
    """Relative to the project root."""

    @field_validator("when")
    @classmethod
    def _weekly(cls, value: str) -> str:
        return Weekly.read(value).written()


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
    log: LogFiles = Field(default_factory=LogFiles)
    """Log files."""
    backup: Backups = Field(default_factory=Backups)
    """The daily backup."""
    inspection: Inspections = Field(default_factory=Inspections)
    """The inspection of all groups."""

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
