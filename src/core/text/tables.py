"""The tables beside this module: columns with tabs between, lines that begin with # say whence."""

from __future__ import annotations

from importlib.resources import files


def rows(name: str) -> list[list[str]]:
    """The columns of each line of a table."""
    text = files("src.core.text").joinpath(name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
