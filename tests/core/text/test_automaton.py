from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import pytest

from src.core.text.automaton import TrieAutomaton, build

SMALL = st.text(alphabet="ab傻逼", max_size=8)


@given(st.lists(SMALL.filter(bool), unique=True, max_size=12), SMALL)
def test_both_engines_find_every_occurrence(patterns: list[str], text: str) -> None:
    expected = sorted(
        (number, start, start + len(pattern))
        for number, pattern in enumerate(patterns)
        for start in range(len(text))
        if text.startswith(pattern, start)
    )
    assert sorted(build(patterns).find(text)) == expected
    assert sorted(TrieAutomaton(patterns).find(text)) == expected


@pytest.mark.parametrize("engine", [build, TrieAutomaton])
def test_an_empty_pattern_is_refused(engine: type[TrieAutomaton]) -> None:
    with pytest.raises(ValueError, match="empty"):
        engine(["a", ""])
