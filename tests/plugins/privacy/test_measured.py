"""Floors on the development sets beside the repository; only measured with, never copied."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING
import zipfile

import pytest

from .test_detector import found

if TYPE_CHECKING:
    from collections.abc import Callable

DATASETS = Path(__file__).parents[4] / "shared" / "datasets"

pytestmark = pytest.mark.skipif(
    not DATASETS.is_dir(), reason="the development sets (../shared/datasets) are not here"
)


def lines(name: str) -> list[list[str]]:
    text = (DATASETS / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if "\t" in line]


def class_chat() -> list[str]:
    return [line[1] for line in lines("class_chat/normal.txt")]


def lccc() -> list[str]:
    return [turn.replace(" ", "") for line in lines("LCCC/toy_train.txt") for turn in line][::3]


def kdconv() -> list[str]:
    talks = json.loads((DATASETS / "KdConv/dev.json").read_text(encoding="utf-8"))
    return [message["message"] for talk in talks for message in talk["messages"]]


def crosswoz() -> list[str]:
    with zipfile.ZipFile(DATASETS / "CrossWOZ/val.json.zip") as archive:
        talks = json.loads(archive.read(archive.namelist()[0]))
    return [message["content"] for talk in talks.values() for message in talk["messages"]]


@pytest.mark.parametrize("texts", [class_chat, lccc, kdconv, crosswoz])
def test_false_flags(texts: Callable[[], list[str]]) -> None:
    sample = texts()
    assert sum(found(text) is not None for text in sample) <= 0.001 * len(sample)


def test_recall() -> None:
    for category, text in lines("class_chat/violate.txt"):
        if category in ("privacy", "ranking"):
            finding = found(text.replace("[[", "").replace("]]", ""))
            assert finding is not None
            assert finding.acts
