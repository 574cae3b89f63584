from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import pytest

from src.core.text.folding import fold, visible

TEXTS = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("傻逼 ＡａĳﬁⅣ⑩㎏㊙İß囍裏麪\u200b\u2060\ufe0f\u3164️⭐👨‍👩‍👧。，\n\ud800"),
    )
)


@pytest.mark.parametrize(
    ("raw", "skeleton"),
    [
        ("ＣｎＭ１２３", "cnm123"),
        ("轉發眞麪裡", "转发真面里"),
        ("傻\u200b逼\u2060！", "傻逼"),
        ("傻-⭐ 【逼】", "傻逼"),
        ("㊙⑩ﬁ", "秘10fi"),
        ("么什么", "么什么"),
        ("哈\u3164哈", "哈哈"),
        ("𝓢𝓑", "sb"),
        ("", ""),
        ("👍👍。！", ""),
        ("\ud800a", "a"),
    ],
)
def test_skeleton(raw: str, skeleton: str) -> None:
    assert fold(raw).skeleton == skeleton


def test_span_holds_what_was_inserted() -> None:
    folded = fold("你（傻⭐逼）⑩")
    assert folded.span(1, 3) == (2, 5)
    assert folded.gaps(1, 3) == ["⭐"]
    assert folded.span(3, 5) == (6, 7)
    assert folded.gaps(0, 3) == ["（", "⭐"]


@pytest.mark.parametrize(("start", "end"), [(0, 0), (1, 1), (-1, 1), (0, 3)])
def test_no_such_span(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="no span"):
        fold("ab").span(start, end)


@given(TEXTS)
def test_offsets_map_to_what_they_claim(text: str) -> None:
    folded = fold(text)
    assert len(folded.offsets) == len(folded.skeleton)
    assert folded.offsets == sorted(folded.offsets)
    for place, character in enumerate(folded.skeleton):
        start, end = folded.span(place, place + 1)
        assert end == start + 1
        assert character in fold(text[start:end]).skeleton


@given(TEXTS)
def test_folding_twice_changes_nothing(text: str) -> None:
    skeleton = fold(text).skeleton
    assert fold(skeleton).skeleton == skeleton


def test_visible_counts_what_a_reader_sees() -> None:
    assert visible("\u200b\ufe0f") == 0
    assert visible("—⭐ ") == 3
