"""Floors on the development sets beside the repository; only measured with, never copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.datasets import NORMAL, needs_sets, violations

from .test_detector import found

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = needs_sets


@pytest.mark.parametrize("texts", NORMAL.values())
def test_false_flags(texts: Callable[[], list[str]]) -> None:
    sample = texts()
    assert sum(found(text) is not None for text in sample) <= 0.001 * len(sample)


def test_recall() -> None:
    for category, text in violations():
        if category in ("privacy", "ranking"):
            finding = found(text)
            assert finding is not None
            assert finding.acts
