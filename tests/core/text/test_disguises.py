from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
import pytest

from src.core.text import Lexicon, LexiconError, Term, built_in, fold
from src.core.text.parts import in_parts, taken_apart
from src.core.text.sounds import sounds, spoken, ways_to_sound
from src.core.text.terms import CHANNELS, read_terms
from src.core.text.usual import reads_well, unusual, words_in

if TYPE_CHECKING:
    from src.core.text import Hit


def scan(text: str, *terms: Term, allow: tuple[str, ...] = ()) -> tuple[Hit, ...]:
    return Lexicon(terms, allow).scan(fold(text))


def seen(text: str, word: str) -> list[tuple[str, str, float]]:
    """What is found of a term that asks for every channel: where, how hidden, how sure."""
    mode = "token" if word.isascii() else "anywhere"
    hits = scan(text, Term(word, "insult", 3, mode=mode, channels=CHANNELS))
    return [(text[hit.start : hit.end], hit.disguise, hit.confidence) for hit in hits]


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        # Other characters of the same sound; two of them only where nothing else reads well.
        ("你这个纱鄙老师", "傻逼", [("纱鄙", "sound", 0.6)]),
        ("这人就是汪巴旦", "王八蛋", [("汪巴旦", "sound", 0.8)]),
        ("求阻力是多少", "求助力", []),
        ("孩子出生那天", "畜生", []),
        ("因为下雨了", "淫威", []),
        ("舒服的一天", "熟妇", []),
        ("老师麻烦帮忙看一下作业", "帮忙砍一下", []),
        # Pinyin for all of it or a part, as whole words.
        ("你这个shabi老师", "傻逼", [("shabi", "latin", 0.9)]),
        ("你这个SHA BI老师", "傻逼", [("SHA BI", "latin", 0.9)]),
        ("你这个傻bi老师", "傻逼", [("傻bi", "latin", 0.9)]),
        ("王八dan有本事来", "王八蛋", [("王八dan", "latin", 0.9)]),
        ("她说e心死了", "恶心", [("e心", "latin", 0.9)]),
        ("见 https://shabi.example.cn/a", "傻逼", []),
        ("看washabit这个词", "傻逼", []),
        ("查bi厚了没有", "傻逼", []),
        # The parts of characters, as far as somebody took them apart.
        ("他女马白勺", "他妈的", [("他女马白勺", "split", 0.9)]),
        ("亻也女马的", "他妈的", [("亻也女马的", "split", 0.9)]),
        ("你这个亻囟儿夂辵畐老师", "傻逼", [("亻囟儿夂辵畐", "split", 0.9)]),
        ("力口彳山兀攵亻言", "加微信", []),
        ("女子的木目心", "好想", []),
        # Characters several times over, but for those that stand twice in ordinary words.
        ("王王八八蛋蛋", "王八蛋", [("王王八八蛋蛋", "repeat", 0.9)]),
        ("cccnmmmm你再叫", "cnm", [("cccnmmmm", "repeat", 0.9)]),
        ("他妈妈的手机", "他妈的", []),
        ("他妈妈妈的", "他妈的", [("他妈妈妈的", "repeat", 0.9)]),
        # Initials as a word of their own.
        ("你就是sb", "傻逼", [("sb", "initials", 0.6)]),
        ("s b老师", "傻逼", []),
        ("看usb接口", "傻逼", []),
        # A sentence that ends in between tears it.
        ("真傻。bi的确", "傻逼", []),
    ],
)
def test_disguises(text: str, word: str, expected: list[tuple[str, str, float]]) -> None:
    assert seen(text, word) == expected


def test_a_term_is_looked_for_only_in_the_channels_it_asks_for() -> None:
    nothing = Term("傻逼", "insult", 3, channels=frozenset())
    for text in ("纱鄙老师", "shabi老师", "亻囟儿夂辵畐", "就是sb"):
        assert scan(text, nothing) == ()
    assert scan("傻逼", nothing)


@pytest.mark.parametrize(
    ("word", "text", "disguise"),
    [
        ("傻逼", "纱鄙老师", None),
        ("傻逼", "shabi老师", "latin"),
        ("王八蛋", "汪巴旦", "sound"),
        ("王八蛋", "wbd", None),
    ],
)
def test_without_a_wish_the_length_decides(word: str, text: str, disguise: str | None) -> None:
    assert [hit.disguise for hit in scan(text, Term(word, "insult", 3))] == (
        [] if disguise is None else [disguise]
    )


def test_an_allow_phrase_covers_a_disguise_too() -> None:
    term = Term("傻逼", "insult", 3, channels=CHANNELS)
    assert scan("歌名叫shabi之歌", term, allow=("叫shabi之歌",)) == ()


def test_what_stands_undisguised_is_said_once() -> None:
    (hit,) = scan("傻逼", Term("傻逼", "insult", 3, channels=CHANNELS))
    assert hit.disguise == ""


def test_warnings_are_never_read_out_of_a_disguise() -> None:
    """Or a fraud could excuse itself with a word that nobody sees."""
    assert scan("jingti诈骗", Term("警惕", "context", 1, "warning", channels=CHANNELS)) == ()


@pytest.mark.parametrize(
    ("before", "text", "expected"),
    [
        ("傻", "逼", [(0, 1, 0.8, "pieces")]),
        ("你傻", "逼啊", [(0, 1, 0.8, "pieces")]),
        ("傻逼", "啊", []),
        ("啊", "傻逼", []),
    ],
)
def test_a_word_in_several_messages(
    before: str, text: str, expected: list[tuple[int, int, float, str]]
) -> None:
    hits = Lexicon([Term("傻逼", "insult", 3)]).across(before, text)
    assert [(hit.start, hit.end, hit.confidence, hit.disguise) for hit in hits] == expected


WORDS = ["傻逼", "王八蛋", "废物", "加微信", "他妈的", "裸聊", "刷单返利"]


@given(st.text(max_size=40), st.sampled_from(WORDS), st.text(max_size=40))
def test_hits_stand_in_the_text_and_in_its_order(before: str, word: str, after: str) -> None:
    lexicon = Lexicon(Term(word, "insult", 3, channels=CHANNELS) for word in WORDS)
    text = before + word + after
    hits = lexicon.scan(fold(text))
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)
    assert [hit.start for hit in hits] == sorted(hit.start for hit in hits)


@given(
    st.lists(
        st.sampled_from([*WORDS, "纱鄙", "shabi", "亻囟", "傻", "逼逼", "。", "妈妈", " "]),
        max_size=8,
    ),
    st.lists(st.sampled_from([*WORDS, "纱鄙老师", "shabi"]), max_size=3),
)
def test_an_allow_phrase_never_adds_a_finding(pieces: list[str], allow: list[str]) -> None:
    text = "".join(pieces)
    terms = [Term(word, "insult", 3, channels=CHANNELS) for word in WORDS]
    with_it = scan(text, *terms, allow=tuple(allow))
    without = {(hit.start, hit.end) for hit in scan(text, *terms)}
    assert all(
        any(start <= hit.start and hit.end <= end for start, end in without) for hit in with_it
    )


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_sounds_keep_the_places(text: str) -> None:
    skeleton = fold(text).skeleton
    assert len(sounds(skeleton)) == len(skeleton)
    for one in spoken(skeleton, frozenset()):
        assert len(one.signs) == len(one.latin) == len(one.starts) - 1
        assert one.starts == sorted(one.starts)
        assert one.starts[-1] == len(skeleton)


@given(st.text(alphabet="傻逼女马妈的他丿乀一人口国日木", max_size=30))
def test_taking_apart_keeps_the_places(text: str) -> None:
    for one in taken_apart(text):
        assert max(one.places) == len(one.parts)
        assert set(one.places.values()) <= set(range(len(text) + 1))


@given(st.sampled_from(WORDS))
def test_a_term_sounds_and_looks_like_itself(word: str) -> None:
    assert sounds(word) in set(ways_to_sound(word))
    assert in_parts(word)


def test_ordinary_chinese() -> None:
    assert not unusual("的")
    assert not unusual("老师")
    assert unusual("纱鄙")
    assert unusual("囟")
    assert reads_well("今天下雨", 0, 4)
    assert words_in("孩子出生了", 2, 4) == ({2, 3}, frozenset())
    assert words_in("家庭地址为空", 3, 5) == (frozenset(), {3})
    assert words_in("你纱鄙啊", 0, 3) == ({0}, frozenset())


@pytest.mark.parametrize(
    "text",
    [
        "傻" * 100_000,
        "shabi" * 20_000,
        "纱鄙" * 50_000,
        "女马" * 50_000,
        "傻傻逼逼" * 25_000,
        "亻囟儿夂辵畐" * 16_000,
        "a" * 1_000_000,
        "一" * 1_000_000,
        "\u202e傻\u2066逼" * 20_000,
        "\ud800傻\udfff" * 30_000,
    ],
)
def test_long_disguises_take_bounded_time(text: str) -> None:
    """Square time would not come to an end."""
    built_in().scan(fold(text))


def test_a_text_beyond_all_measure_is_not_looked_into_for_disguises() -> None:
    term = Term("傻逼", "insult", 3)
    assert scan("啊" * 10_000 + "shabi", term)
    assert scan("啊" * 20_000 + "shabi", term) == ()
    assert scan("啊" * 20_000 + "傻逼", term)


def test_the_fifth_column_names_the_channels() -> None:
    (term,) = read_terms("insult", "insult.tsv", "3\talone\tanywhere\t傻逼\tsound initials")
    assert term.channels == {"sound", "initials"}
    (term,) = read_terms("insult", "insult.tsv", "3\talone\tanywhere\t傻逼\t-")
    assert term.channels == frozenset()
    with pytest.raises(LexiconError, match=r"^insult\.tsv:1: no such channel: smell$"):
        list(read_terms("insult", "insult.tsv", "3\talone\tanywhere\t傻逼\tsmell"))
