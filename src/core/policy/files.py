"""Packs as files: policies/NAME.toml. All of it reads the disk; async code calls it in a thread."""

from __future__ import annotations

from pathlib import Path
import re
import tomllib
from typing import TYPE_CHECKING, Any

from src.core.area import AREAS, Area

from .errors import PackError, PackErrors
from .pack import Pack

if TYPE_CHECKING:
    from collections.abc import Mapping

PACKS = Path(__file__).resolve().parents[3] / "policies"
"""Where the packs are that come with the application."""


def available() -> list[str]:
    """The names of the packs that can be chosen."""
    return sorted(path.stem for path in PACKS.glob("*.toml"))


def load_pack(name: str | Path, areas: Mapping[str, Area[Any]] = AREAS) -> Pack:
    """The pack of this name, or, given a Path, the one in this file.

    A name is looked up among `available` only: what somebody types never opens another file.
    Raises PackErrors with every mistake in the file.
    """
    if isinstance(name, Path):
        return _read(name, areas)
    names = available()
    if name not in names:
        raise PackErrors([PackError(name, "", f"没有这个制度，可用的有：{'、'.join(names)}")])
    return _read(PACKS / f"{name}.toml", areas)


def check(path: Path, areas: Mapping[str, Area[Any]] = AREAS) -> list[PackError]:
    """Every mistake in a pack file; none where it can be used."""
    try:
        _read(path, areas)
    except PackError as error:
        return list(error.errors)
    return []


def _read(path: Path, areas: Mapping[str, Area[Any]]) -> Pack:
    try:
        # Editors on Windows put a byte order mark in front, which TOML does not know.
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        message = f"读不了这个文件（{error.strerror}），请核对路径和权限"
    except UnicodeDecodeError:
        message = "不是 UTF-8 编码，请另存为 UTF-8"
    except tomllib.TOMLDecodeError as error:
        where = re.sub(r"\(at line (\d+), column (\d+)\)", r"（第 \1 行第 \2 列）", str(error))
        message = f"TOML 语法有误，请改正：{where}"
    else:
        if "name" not in content:
            return Pack.from_content(content | {"name": path.stem}, areas, file=path.name)
        message = "制度的名称就是文件名，请删去 name"
    raise PackErrors([PackError(path.name, "", message)])
