"""What is remembered of a group's recent messages, against a model that remembers all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hypothesis import given
from hypothesis import strategies as st
import pytest

from src.core.area import Message
from src.core.chat.events import (
    Account,
    GroupKey,
    Kind,
    MessageReceived,
    MessageRef,
    Segment,
)
from src.core.text import fold
from src.core.windows import GroupWindows

if TYPE_CHECKING:
    from collections.abc import Sequence


def message(author: str, *pieces: str | Segment, at: float = 0.0) -> Message:
    """A message of text and other segments."""
    segments = tuple(Segment(Kind.TEXT, p) if isinstance(p, str) else p for p in pieces)
    text = "".join(s.value for s in segments if s.kind is Kind.TEXT)
    event = MessageReceived(
        MessageRef("1", GroupKey("qq", "1"), "1", at), Account("qq", author), segments, text
    )
    return Message(event, fold(text), (), at, at)


def picture(digest: str) -> Segment:
    return Segment(Kind.IMAGE, digest)


EQUAL: list[tuple[Sequence[str | Segment], Sequence[str | Segment]]] = [
    (["在吗"], ["在吗"]),
    (["在吗"], [" 在 吗？"]),
    (["在嗎"], ["在吗！！"]),
    (["ABC"], ["ａｂｃ"]),
    (["？？？"], ["？？？"]),
    ([picture("a")], [picture("a")]),
    (["看", picture("a")], ["看 ", picture("a")]),
    ([Segment(Kind.STICKER, "1")], [Segment(Kind.STICKER, "1")]),
    # Whom one speaks to or replies to is no content.
    (["在吗"], [Segment(Kind.MENTION, "5"), "在吗"]),
    (["在吗"], [Segment(Kind.REPLY, "5"), "在吗"]),
    (["在吗"], [Segment(Kind.MENTION_ALL), "在吗"]),
]
DIFFERENT: list[tuple[Sequence[str | Segment], Sequence[str | Segment]]] = [
    (["在吗"], ["在吗老师"]),
    (["？"], ["！"]),
    ([picture("a")], [picture("b")]),
    ([picture("a")], [Segment(Kind.STICKER, "a")]),
    ([picture("a")], [picture("a"), picture("a")]),
    (["看", picture("a")], [picture("a")]),
]
EMPTY: list[Sequence[str | Segment]] = [
    [],
    [""],
    ["  \n"],
    [Segment(Kind.MENTION, "5")],
    [Segment(Kind.REPLY, "5"), " "],
    [Segment(Kind.MENTION_ALL)],
]


@pytest.mark.parametrize(("one", "two"), EQUAL)
def test_the_same(one: Sequence[str | Segment], two: Sequence[str | Segment]) -> None:
    windows = GroupWindows()
    windows.observe(message("1", *one), 0.0)
    last = message("1", *two)
    windows.observe(last, 1.0)
    assert windows.run(last, 10) == windows.same(last, 10) == windows.rate(last, 10) == 2


@pytest.mark.parametrize(("one", "two"), DIFFERENT)
def test_not_the_same(one: Sequence[str | Segment], two: Sequence[str | Segment]) -> None:
    windows = GroupWindows()
    windows.observe(message("1", *one), 0.0)
    last = message("1", *two)
    windows.observe(last, 1.0)
    assert windows.run(last, 10) == windows.same(last, 10) == 1
    assert windows.rate(last, 10) == 2


@pytest.mark.parametrize("pieces", EMPTY)
def test_nothing_is_never_the_same(pieces: Sequence[str | Segment]) -> None:
    windows = GroupWindows()
    last = message("1", *pieces)
    for moment in range(5):
        windows.observe(last, float(moment))
    assert windows.content(last) == windows.run(last, 10) == windows.same(last, 10) == 0
    assert windows.rate(last, 10) == 5


def test_another_message_of_ones_own_breaks_a_run_and_somebody_elses_does_not() -> None:
    windows = GroupWindows()
    for moment, (author, text) in enumerate(
        [("1", "在吗"), ("2", "请稍等"), ("1", "在吗"), ("2", "在吗"), ("1", "在吗")]
    ):
        last = message(author, text)
        windows.observe(last, float(moment))
    assert windows.run(message("1", "在吗"), 10) == 3
    windows.observe(message("1", "老师"), 5.0)
    windows.observe(last := message("1", "在吗"), 6.0)
    assert windows.run(last, 10) == 1
    assert windows.same(last, 10) == 4


@pytest.mark.parametrize(
    ("moments", "gap", "run"),
    [
        ([0, 10, 20], 10, 3),
        ([0, 10, 20], 9, 1),
        ([0, 11, 20], 10, 2),
        ([0, 0, 0], 0, 3),
        ([0, 3600, 7200], 3600, 3),
    ],
)
def test_a_run_has_no_gaps(moments: list[float], gap: float, run: int) -> None:
    windows = GroupWindows()
    last = message("1", "在吗")
    for moment in moments:
        windows.observe(last, moment)
    assert windows.run(last, gap) == run


def test_who_was_silent_is_forgotten_and_others_are_not() -> None:
    windows = GroupWindows()
    for author, moment in [("1", 0.0), ("2", 5.0), ("1", 10.0)]:
        windows.observe(message(author, "在吗"), moment)
    windows.forget(10.0)
    one, two = message("1", "在吗"), message("2", "在吗")
    windows.observe(one, 11.0)
    windows.observe(two, 11.0)
    assert (windows.rate(one, 100), windows.rate(two, 100)) == (3, 1)


def test_what_is_kept_of_one_author_is_bounded() -> None:
    windows = GroupWindows()
    last = message("1", "在吗")
    for _ in range(1000):
        windows.observe(last, 0.0)
    # More than any rate that a pack may ask for.
    assert 120 < windows.rate(last, 1) <= 128


class Sent(NamedTuple):
    author: str
    text: str
    wait: float


SENT = st.lists(
    st.builds(
        Sent,
        st.sampled_from("123"),
        st.sampled_from(["在吗", "在吗？", "老师", ""]),
        st.sampled_from([0.0, 1.0, 30.0, 60.0, 119.0, 120.0, 3600.0]),
    ),
    min_size=1,
    max_size=60,
)


@given(SENT, st.sampled_from([0.0, 1.0, 60.0, 120.0, 7200.0]))
def test_as_the_model_has_it(sent: list[Sent], within: float) -> None:
    windows = GroupWindows()
    all_of: list[tuple[str, float, str]] = []
    now = 0.0
    for author, text, wait in sent:
        now += wait
        last = message(author, text)
        windows.observe(last, now)
        folded = fold(text).skeleton
        all_of.append((author, now, folded))
        own = [(moment, content) for who, moment, content in all_of if who == author]
        recent = [(moment, content) for moment, content in own if now - moment <= within]
        assert windows.rate(last, within) == len(recent)
        same = [content for _, content in recent if content == folded]
        assert windows.same(last, within) == (len(same) if folded else 0)
        run = 0
        later = now
        for moment, content in reversed(own):
            if not folded or content != folded or later - moment > within:
                break
            run, later = run + 1, moment
        assert windows.run(last, within) == run
