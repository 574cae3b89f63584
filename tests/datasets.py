"""The development sets beside the repository (../shared/datasets), where they are: only measured with,
never copied."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING
import zipfile

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

SETS = Path(__file__).parents[2] / "shared" / "datasets"

needs_sets = pytest.mark.skipif(
    not SETS.is_dir(), reason="the development sets (../shared/datasets) are not here"
)


def tab_separated(name: str) -> list[list[str]]:
    """The lines of a set that have columns."""
    text = (SETS / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if "\t" in line]


def class_chat() -> list[str]:
    """Ordinary messages of a class group, many of them traps."""
    return [line[1] for line in tab_separated("class_chat/normal.txt")]


def violations() -> list[tuple[str, str]]:
    """Category and text of messages that no class group should see."""
    return [
        (category, text.replace("[[", "").replace("]]", ""))
        for category, text in tab_separated("class_chat/violate.txt")
    ]


def lccc() -> list[str]:
    """Chit-chat of Weibo and Tieba."""
    lines = tab_separated("LCCC/toy_train.txt")
    return [text.replace(" ", "") for line in lines for text in line]


def kdconv() -> list[str]:
    """Talk about films, music and travel."""
    talks = json.loads((SETS / "KdConv/dev.json").read_text(encoding="utf-8"))
    return [turn["message"] for talk in talks for turn in talk["messages"]]


def crosswoz() -> list[str]:
    """Talk about hotels and restaurants, full of telephone numbers and prices."""
    with zipfile.ZipFile(SETS / "CrossWOZ/val.json.zip") as archive:
        talks = json.loads(archive.read(archive.namelist()[0]))
    return [turn["content"] for talk in talks.values() for turn in talk["messages"]]


def cold(part: str) -> list[tuple[str, bool]]:
    """Texts of Weibo and Zhihu, and whether each offends. `part`: train or dev."""
    with (SETS / f"COLD/{part}.csv").open(encoding="utf-8-sig", newline="") as file:
        return [(row["TEXT"], row["label"] == "1") for row in csv.DictReader(file)]


NORMAL: dict[str, Callable[[], list[str]]] = {
    "class_chat": class_chat,
    "LCCC": lccc,
    "KdConv": kdconv,
    "CrossWOZ": crosswoz,
}
