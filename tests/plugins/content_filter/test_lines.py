"""Floors on the lines of our own in `lines/`: several hundred of each kind, invented here.

No sentence has to be found: who fits the lexicon to the lines measures nothing.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from src.core.text import CATEGORIES, built_in, fold
from src.plugins.content_filter import links
from src.plugins.content_filter.detector import breaches
from src.plugins.content_filter.settings import ContentSettings

LINES = Path(__file__).parent / "lines"


def read(name: str) -> list[str]:
    text = (LINES / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def flagged(text: str) -> bool:
    folded = fold(text)
    settings = ContentSettings()
    linked = links.hits(folded.addresses, (), settings)
    return bool(breaches(folded, built_in().scan(folded), settings, links=linked))


def test_innocent_lines_pass() -> None:
    lines = read("innocent.txt")
    assert len(lines) >= 600
    assert sum(map(flagged, lines)) <= 0.02 * len(lines)


def test_violations_of_each_category_are_found() -> None:
    written, found = Counter[str](), Counter[str]()
    for line in read("violations.txt"):
        category, text = line.split("\t")
        written[category] += 1
        found[category] += flagged(text)
    assert written.keys() == set(CATEGORIES)
    assert written.total() >= 400
    assert found.total() >= 0.9 * written.total(), found
    words = written.keys() - {"links"}
    assert all(found[category] >= 0.8 * written[category] for category in words), found
