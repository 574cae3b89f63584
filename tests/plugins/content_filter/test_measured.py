"""Floors on the development sets beside the repository; only measured with, never copied."""

from __future__ import annotations

from collections import Counter
import json
from pathlib import Path
from typing import TYPE_CHECKING
import zipfile

import pytest

from src.core.text import addresses_in, built_in, fold
from src.plugins.content_filter import links
from src.plugins.content_filter.detector import breaches
from src.plugins.content_filter.settings import ContentSettings

if TYPE_CHECKING:
    from collections.abc import Callable

DATASETS = Path(__file__).parents[4] / "shared" / "datasets"
NOT_COVERED = {"privacy", "ranking"}
"""Another plugin's."""
DISGUISES = {
    **dict.fromkeys(
        ["symbol", "space", "zerowidth", "fullwidth", "traditional", "emoji", "newline"], 0.95
    ),
    **dict.fromkeys(["bracket", "repeat", "pinyin", "mixed_pinyin"], 0.95),
    "split": 0.9,
    "homophone": 0.9,
}

pytestmark = pytest.mark.skipif(
    not DATASETS.is_dir(), reason="the development sets (../shared/datasets) are not here"
)


def flagged(text: str) -> bool:
    folded = fold(text)
    settings = ContentSettings()
    linked = links.hits(folded.addresses, (), settings)
    return bool(breaches(folded, built_in().scan(folded), settings, links=linked))


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
    return [message["content"] for talk in talks.values() for message in talk["messages"]][::2]


@pytest.mark.parametrize(
    ("texts", "most"), [(class_chat, 0.01), (lccc, 0.003), (kdconv, 0.003), (crosswoz, 0.003)]
)
def test_false_flags(texts: Callable[[], list[str]], most: float) -> None:
    sample = texts()
    assert sum(map(flagged, sample)) <= most * len(sample)


def test_links_in_everyday_talk() -> None:
    """Of 13,674 sentences one has an address, and that one is real."""
    sample = [*class_chat(), *lccc(), *kdconv(), *crosswoz()]
    found = [one for one in map(addresses_in, sample) if one]
    assert len(found) <= 1e-4 * len(sample)
    assert not [one for one in found if links.hits(one, (), ContentSettings())]


def test_recall() -> None:
    texts = [
        text.replace("[[", "").replace("]]", "")
        for category, text in lines("class_chat/violate.txt")
        if category not in NOT_COVERED
    ]
    assert sum(map(flagged, texts)) >= 0.9 * len(texts)


def test_disguises() -> None:
    asked, kept = Counter[str](), Counter[str]()
    for kind, _, clean, disguised, _ in lines("class_chat/evasions.tsv"):
        if kind in DISGUISES and flagged(clean):
            asked[kind] += 1
            kept[kind] += flagged(disguised.replace("\\n", "\n"))
    assert asked.keys() == DISGUISES.keys()
    assert all(kept[kind] >= DISGUISES[kind] * asked[kind] for kind in asked), kept
