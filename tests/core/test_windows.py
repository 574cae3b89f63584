"""What is remembered of a group's recent messages, against a model that remembers all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hypothesis import given
from hypothesis import strategies as st
import pytest

from src.core.area import Message, Size
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
    # The same picture is the same whatever is said with it.
    (["看", picture("a")], [picture("a"), "瞧"]),
    (["看", picture("a")], [picture("a")]),
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
    (["看", picture("a"), picture("b")], [picture("a")]),
    (["哈哈", Segment(Kind.STICKER, "1")], ["谢谢", Segment(Kind.STICKER, "1")]),
    (["看", picture("a")], ["看"]),
    # A picture without a name may be any.
    ([picture("")], [picture("")]),
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
    assert windows.run(last, 10) == windows.same(last, 10) == 2


@pytest.mark.parametrize(("one", "two"), DIFFERENT)
def test_not_the_same(one: Sequence[str | Segment], two: Sequence[str | Segment]) -> None:
    windows = GroupWindows()
    windows.observe(message("1", *one), 0.0)
    last = message("1", *two)
    windows.observe(last, 1.0)
    assert windows.run(last, 10) == (windows.content(last) != 0)
    assert windows.same(last, 10) == (windows.content(last) != 0)


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


@pytest.mark.parametrize(
    ("moments", "rate"),
    [
        ([0, 0, 0, 0], 1),
        ([0, 2.5, 5, 7.5], 1),
        ([0, 2.6, 5.2], 3),
        ([0, 1, 2, 10, 11, 12], 2),
    ],
)
def test_an_album_counts_as_one_message(moments: list[float], rate: int) -> None:
    windows = GroupWindows()
    last = message("1")
    for number, moment in enumerate(moments):
        last = message("1", picture(str(number)))
        windows.observe(last, moment)
    assert windows.rate(last, 100) == rate
    assert sum(one.pictures for one in windows.sizes(last, 100)) == len(moments)


def test_a_word_or_a_sticker_between_is_no_album() -> None:
    windows = GroupWindows()
    last = message("1")
    for piece in [picture("a"), "看", picture("b"), Segment(Kind.STICKER, "1"), picture("c")]:
        last = message("1", piece)
        windows.observe(last, 0.0)
    assert windows.rate(last, 10) == 5


@pytest.mark.parametrize(
    ("pieces", "copies"),
    [
        (["在吗"], 1),
        ([], 0),
        ([picture("a"), picture("b"), "看", picture("a")], 2),
        ([picture("a")] * 3, 3),
        ([picture("")] * 3, 1),
        ([Segment(Kind.FACE, "1")] * 9, 1),
    ],
)
def test_copies_of_a_picture_in_one_message(pieces: list[str | Segment], copies: int) -> None:
    assert GroupWindows().copies(message("1", *pieces)) == copies


@pytest.mark.parametrize(
    ("pieces", "size"),
    [
        (["在吗"], Size(0, 0, 2, 0)),
        ([], Size(0, 0, 0, 0)),
        (["一\n二\r\n\n三"], Size(0, 0, 7, 4)),
        (["#接龙\n1. 王\n 2、李\n３ 张"], Size(0, 0, 17, 1)),
        (
            ["看", picture("a"), Segment(Kind.VIDEO, "b"), Segment(Kind.STICKER, "c")],
            Size(2, 1, 1, 0),
        ),
        ([picture("a")] * 70_000, Size(65_535, 0, 0, 0)),
        (["字\n" * 70_000], Size(0, 0, 65_535, 65_535)),
    ],
)
def test_how_large_a_message_is(pieces: list[str | Segment], size: Size) -> None:
    windows = GroupWindows()
    last = message("1", *pieces)
    windows.observe(last, 0.0)
    assert windows.size(last) == size
    windows.observe(last, 5.0)
    assert windows.sizes(last, 5) == [size, size]
    assert windows.sizes(last, 4) == [size]


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


def test_pieces_of_a_word_are_kept_for_half_a_minute() -> None:
    windows = GroupWindows()
    one, other = Account("qq", "1"), Account("qq", "2")
    assert windows.pieces(one, "傻", 0.0) == ""
    assert windows.pieces(other, "好", 1.0) == ""
    assert windows.pieces(one, "逼", 30.0) == "傻"
    assert windows.pieces(one, "啊", 31.0) == "逼"
    # A longer message is no piece, and nothing is put before it.
    assert windows.pieces(one, "今天作业是什么", 32.0) == ""
    assert windows.pieces(one, "啊", 33.0) == "逼啊"


def test_pieces_are_forgotten() -> None:
    windows = GroupWindows()
    author = Account("qq", "1")
    for moment in range(200):
        windows.pieces(author, "啊", float(moment) / 100)
    assert len(windows.pieces(author, "好", 2.0)) < 200
    windows.forget(1000.0)
    assert windows.pieces(author, "好", 3.0) == ""
