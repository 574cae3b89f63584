"""What is remembered of a group's recent messages, against a model that remembers all of them."""

from __future__ import annotations

from dataclasses import replace
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
    # Alike but for spaces, punctuation, emoji, and digits that say nothing.
    (["今天几点放学"], ["今天几点放学111"]),
    (["今天几点放学1"], ["2今天，几点放学？3"]),
    (["在吗😀"], ["在吗🎉🎉"]),
    (["在吗", Segment(Kind.FACE, "1")], [Segment(Kind.FACE, "2"), "在吗"]),
    (["在吗[微笑]"], ["[发呆]在吗"]),
    ([Segment(Kind.FACE, "1")], [Segment(Kind.FACE, "1")]),
    ([Segment(Kind.FORWARD, "1")], [Segment(Kind.FORWARD, "1")]),
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
    (["语文95"], ["语文98"]),
    (["张小明这次95分"], ["张小明这次98分"]),
    (["第3题答案是对的"], ["第4题答案是对的"]),
    (["我们家约3:30到校"], ["我们家约4:30到校"]),
    (["1"], ["2"]),
    (["#接龙\n1. 12"], ["#接龙\n1. 12\n2. 13"]),
    (["接龙 张小明 1"], ["接龙 张小明 2"]),
    ([Segment(Kind.FACE, "1")], [Segment(Kind.FACE, "2")]),
    ([Segment(Kind.FORWARD, "1")], [Segment(Kind.FORWARD, "2")]),
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
    assert windows.run(last, 10) <= 1
    assert windows.same(last, 10) <= 1


@pytest.mark.parametrize("pieces", EMPTY)
def test_nothing_is_never_the_same(pieces: Sequence[str | Segment]) -> None:
    windows = GroupWindows()
    last = message("1", *pieces)
    for moment in range(5):
        windows.observe(last, float(moment))
    assert windows.run(last, 10) == windows.same(last, 10) == 0
    assert windows.rate(last, 10) == 50


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
    assert windows.rate(last, 100) == 10 * rate
    assert sum(one.pictures for one in windows.sizes(last, 100)) == len(moments)


def test_a_word_or_a_sticker_between_is_no_album() -> None:
    windows = GroupWindows()
    last = message("1")
    for piece in [picture("a"), "看", picture("b"), Segment(Kind.STICKER, "1"), picture("c")]:
        last = message("1", piece)
        windows.observe(last, 0.0)
    assert windows.rate(last, 10) == 47


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
    assert (windows.rate(one, 100), windows.rate(two, 100)) == (30, 10)


def test_what_is_kept_of_one_author_is_bounded() -> None:
    windows = GroupWindows()
    last = message("1", "在吗")
    for _ in range(1000):
        windows.observe(last, 0.0)
    # More than any rate that a pack may ask for.
    assert 1200 < windows.rate(last, 1) <= 1280


def test_the_same_forward_by_what_it_shows() -> None:
    windows = GroupWindows()
    for number in range(3):
        event = replace(
            message("1", Segment(Kind.FORWARD, str(number))).event, shown="转给三个群有好运"
        )
        last = Message(event, fold(event.shown), (), 0.0, 0.0)
        windows.observe(last, float(number))
        assert windows.run(last, 10) == number + 1


RECEIPTS = [
    "收到",
    "收到！",
    "收到，谢谢老师",
    "好的",
    "好的，辛苦王老师了",
    "谢谢老师🌹",
    "1",
    "+1",
    "👍",
    "🙏🙏",
    "[强][玫瑰]",
    "OK",
    "已阅",
    "明白了",
]
SAYINGS = [
    "几点放学",
    "收到，那几点放学",
    "2",
    "？",
    "",
    "哈哈哈",
    "好的，我家孩子不去",
    "老师早上好",
    "😀",
]


@pytest.mark.parametrize("text", RECEIPTS)
def test_a_receipt_after_a_teachers_message_weighs_nothing(text: str) -> None:
    windows = GroupWindows()
    before = message("2", text)
    windows.observe(before, 0.0)
    assert windows.rate(before, 1000) == 10
    windows.observe(replace(message("9", "明天带水彩笔"), author_is_staff=True), 0.0)
    within, after = message("1", text), message("3", text)
    windows.observe(within, 600.0)
    windows.observe(after, 601.0)
    assert (windows.rate(within, 1000), windows.rate(after, 1000)) == (0, 10)
    assert windows.crowd(after, 1000, 2) == (3, 3, 1)


@pytest.mark.parametrize("text", SAYINGS)
def test_what_says_more_weighs_as_ever(text: str) -> None:
    windows = GroupWindows()
    windows.observe(replace(message("9", "明天带水彩笔"), author_is_staff=True), 0.0)
    last = message("1", text)
    windows.observe(last, 1.0)
    assert windows.rate(last, 10) == 10


def test_three_receipts_are_the_same_only_to_one_notice() -> None:
    windows = GroupWindows()
    last = message("1", "收到")
    for moment in range(3):
        windows.observe(replace(message("9", f"通知{moment}"), author_is_staff=True), moment)
        windows.observe(last, moment + 0.5)
        assert windows.run(last, 100) == windows.same(last, 100) == 0
    for moment in range(3, 6):
        windows.observe(last, moment)
    assert windows.run(last, 100) == 3


def test_a_command_is_half_a_message_and_no_content() -> None:
    windows = GroupWindows()
    last = message("1", "/help")
    for moment in range(4):
        last = replace(message("1", "/help"), is_command=True)
        windows.observe(last, float(moment))
    assert (windows.rate(last, 10), windows.run(last, 10)) == (20, 0)
    assert windows.crowd(last, 10, 0) is None


def test_a_window_that_begins_within_an_album_counts_it_once() -> None:
    windows = GroupWindows()
    last = message("1")
    for number in range(10):
        last = message("1", picture(str(number)))
        windows.observe(last, float(number))
    assert windows.rate(last, 3) == 10


def test_the_memory_of_a_detector_is_the_groups_own_and_ends_with_its_silence() -> None:
    one, other = GroupWindows(), GroupWindows()
    one.observe(message("1", "在吗"), 0.0)
    one.memory(list[int]).append(1)
    assert (one.memory(list[int]), other.memory(list[int])) == ([1], [])
    one.forget(100.0)
    assert one.memory(list[int]) == []


def test_what_is_kept_of_a_group_is_bounded_however_many_speak() -> None:
    windows = GroupWindows()
    for moment in range(60):
        for author in range(100):
            windows.observe(message(str(author), "在吗"), float(moment))
    kept = [len(windows.sizes(message(str(author)), 1000)) for author in range(100)]
    assert set(kept) == {16}
    windows.forget(1000.0)
    assert windows._kept == 0


class Sent(NamedTuple):
    author: str
    text: str
    wait: float
    late: float


SENT = st.lists(
    st.builds(
        Sent,
        st.sampled_from("123"),
        st.sampled_from(["在吗", "在吗？", "老师", ""]),
        st.sampled_from([0.0, 1.0, 30.0, 60.0, 119.0, 120.0, 3600.0]),
        st.sampled_from([0.0, 0.0, 0.0, 40.0, 300.0]),
    ),
    min_size=1,
    max_size=60,
)


@given(SENT, st.sampled_from([0.0, 1.0, 60.0, 120.0, 7200.0]))
def test_as_the_model_has_it(sent: list[Sent], within: float) -> None:
    windows = GroupWindows()
    all_of: list[tuple[str, float, str]] = []
    now = 10_000.0
    for author, text, wait, late in sent:
        now += wait
        moment = now - late
        last = message(author, text)
        windows.observe(last, moment)
        folded = fold(text).skeleton
        all_of.append((author, moment, folded))
        # What was written later is not there yet for one that comes late.
        there = sorted((one for one in all_of if one[1] <= moment), key=lambda one: one[1])
        own = [(when, content) for who, when, content in there if who == author]
        recent = [(when, content) for when, content in own if moment - when <= within]
        assert windows.rate(last, within) == 10 * len(recent)
        same = [content for _, content in recent if content == folded]
        assert windows.same(last, within) == (len(same) if folded else 0)
        run = 0
        later = moment
        for when, content in reversed(own):
            if not folded or content != folded or later - when > within:
                break
            run, later = run + 1, when
        assert windows.run(last, within) == run
        lately = [who for who, when, _ in there if moment - when <= within]
        crowd = (len(lately), len(set(lately)), lately.count(author))
        assert windows.crowd(last, within, 0) == crowd
        assert windows.crowd(last, within, len(lately)) is None


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
