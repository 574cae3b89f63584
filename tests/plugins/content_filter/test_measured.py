"""Floors on the development sets beside the repository; only measured with, never copied."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from src.core.text import addresses_in, built_in, fold
from src.plugins.content_filter import links
from src.plugins.content_filter.detector import breaches
from src.plugins.content_filter.settings import ContentSettings
from tests.datasets import (
    class_chat,
    crosswoz,
    kdconv,
    lccc,
    needs_sets,
    tab_separated,
    violations,
)

if TYPE_CHECKING:
    from collections.abc import Callable

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

pytestmark = needs_sets


def flagged(text: str) -> bool:
    folded = fold(text)
    settings = ContentSettings()
    linked = links.hits(folded.addresses, (), settings)
    return bool(breaches(folded, built_in().scan(folded), settings, links=linked))


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
    texts = [text for category, text in violations() if category not in NOT_COVERED]
    assert sum(map(flagged, texts)) >= 0.9 * len(texts)


def test_disguises() -> None:
    asked, kept = Counter[str](), Counter[str]()
    for kind, _, clean, disguised, _ in tab_separated("class_chat/evasions.tsv"):
        if kind in DISGUISES and flagged(clean):
            asked[kind] += 1
            kept[kind] += flagged(disguised.replace("\\n", "\n"))
    assert asked.keys() == DISGUISES.keys()
    assert all(kept[kind] >= DISGUISES[kind] * asked[kind] for kind in asked), kept
