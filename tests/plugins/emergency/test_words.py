"""What needs a person at once, measured on the sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from src.core.judging import judge_line, policy_of_everything
from src.plugins.emergency.words import needs_a_person
from tests.datasets import NORMAL, needs_sets
from tests.houses import AD

from . import held_out, sentences

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("category", "text"),
    [(category, text) for category, texts in sentences.FIRES.items() for text in texts],
)
def test_it_fires(category: str, text: str) -> None:
    found = needs_a_person(text)
    assert found is not None
    assert found.category == category
    start, end = found.span
    assert text[start:end].strip()


@pytest.mark.parametrize("text", sentences.SILENT)
def test_it_is_silent(text: str) -> None:
    assert needs_a_person(text) is None


@pytest.mark.parametrize(
    ("fires", "silent", "least"),
    [
        (held_out.FIRES, held_out.SILENT, 0.95),
        (held_out.LATER_FIRES, held_out.LATER_SILENT, 0.75),
    ],
    ids=["first", "later"],
)
def test_what_the_rules_were_not_fitted_to(
    fires: dict[str, tuple[str, ...]], silent: tuple[str, ...], least: float
) -> None:
    right = [
        (found := needs_a_person(text)) is not None and found.category == category
        for category, texts in fires.items()
        for text in texts
    ]
    assert sum(right) >= least * len(right)
    assert sum(needs_a_person(text) is not None for text in silent) <= 1


@needs_sets
@pytest.mark.parametrize("texts", NORMAL.values())
def test_false_alarms_on_ordinary_talk(texts: Callable[[], list[str]]) -> None:
    sample = texts()
    assert sum(needs_a_person(text) is not None for text in sample) <= 0.0005 * len(sample)


def test_other_findings_of_the_message_are_dropped() -> None:
    judged = judge_line(f"我不想活了，{AD}", policy_of_everything())
    assert (judged["answer"], judged["clauses"]) == ("review", ["emergency"])


def test_only_what_a_clause_looks_for_is_found() -> None:
    assert needs_a_person("孩子走丢了", ("self_harm", "violence")) is None
    both = "我不想活了。孩子走丢了"
    assert (found := needs_a_person(both)) is not None
    assert found.category == "self_harm"
    assert (found := needs_a_person(both, ("missing",))) is not None
    assert both[slice(*found.span)] == "孩子走丢了"
