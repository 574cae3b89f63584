from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
import pytest

from src.core.text import CATEGORIES, Lexicon, LexiconError, Term, built_in, fold
from src.core.text.lexicon import load
from src.core.text.terms import read_allow, read_terms, variants

if TYPE_CHECKING:
    from pathlib import Path


def found(text: str, *terms: Term, allow: tuple[str, ...] = ()) -> list[tuple[str, float]]:
    hits = Lexicon(terms, allow).scan(fold(text))
    return [(text[hit.start : hit.end], hit.confidence) for hit in hits]


@pytest.mark.parametrize(
    ("term", "text", "expected"),
    [
        ("傻逼", "你傻逼", [("傻逼", 1.0)]),
        ("傻逼", "你傻*⭐逼", [("傻*⭐逼", 1.0)]),
        ("傻逼", "傻 逼", [("傻 逼", 1.0)]),
        (
            "傻逼",
            "傻\u200b\u200b\u200b\u200b\u200b\u200b逼",
            [("傻\u200b\u200b\u200b\u200b\u200b\u200b逼", 1.0)],
        ),
        ("口交", "到了路口，交警在", []),
        ("口交", "到了路口。交警在", []),
        ("口交", "到了路口\n交警在", [("口\n交", 0.6)]),
        ("口交", "路口-----交警", []),
        ("垃圾学校", "不扔垃圾，学校会查", []),
        ("垃圾学校", "不扔垃圾 学校会查", [("垃圾 学校", 0.6)]),
        ("垃圾学校", "垃\n圾\n学\n校", [("垃\n圾\n学\n校", 1.0)]),
        ("垃圾学校", "垃，圾，学，校", [("垃，圾，学，校", 1.0)]),
        ("垃圾学校", "垃。圾。学。校", []),
    ],
)
def test_what_may_stand_inside_a_match(
    term: str, text: str, expected: list[tuple[str, float]]
) -> None:
    assert found(text, Term(term, "insult", 3)) == expected


@pytest.mark.parametrize(
    ("term", "text", "hits"),
    [
        (Term("sb", "insult", 3, mode="token"), "你个SB！", 1),
        (Term("sb", "insult", 3, mode="token"), "ｓ b", 1),
        (Term("sb", "insult", 3, mode="token"), "is big", 0),
        (Term("sb", "insult", 3, mode="token"), "sb1", 0),
        (Term("滚", "insult", 2, mode="token"), "滚！", 1),
        (Term("滚", "insult", 2, mode="token"), "水滚了", 0),
        (Term("滚", "insult", 2, mode="message"), " 滚。", 1),
        (Term("滚", "insult", 2, mode="message"), "滚开", 0),
        (Term("妈的", "insult", 2, mode="prefix"), "妈的，烦", 1),
        (Term("妈的", "insult", 2, mode="prefix"), "妈妈的手", 0),
    ],
)
def test_modes(term: Term, text: str, hits: int) -> None:
    assert len(found(text, term)) == hits


def test_the_longer_of_one_category_and_kind_wins() -> None:
    short, long = Term("赌博", "gambling", 2), Term("赌博网站", "gambling", 4)
    other = Term("网站", "links", 1)
    assert [h for h, _ in found("赌博网站", short, long, other)] == ["赌博网站", "网站"]
    assert [h for h, _ in found("赌博赌博网站", short, long)] == ["赌博", "赌博网站"]


def test_allow_phrases_cover_but_never_hide_a_warning() -> None:
    term = Term("口交", "pornography", 4)
    warning = Term("诈骗", "context", 1, "warning")
    assert found("路口交通", term, allow=("路口交通",)) == []
    assert found("路口，交通", term, allow=("路口交通",)) == []
    assert len(found("口交通", term, allow=("路口交通",))) == 1
    assert len(found("反诈骗", warning, allow=("反诈骗",))) == 1


WORDS = st.text(alphabet="口交通路大麻烦", min_size=2, max_size=4)


@given(
    st.lists(WORDS, min_size=1, unique=True), st.lists(WORDS), WORDS, st.text("口交通路大麻烦，*")
)
def test_an_allow_phrase_never_adds_a_hit(
    terms: list[str], allow: list[str], more: str, text: str
) -> None:
    entries = [Term(term, "insult", 3) for term in terms]
    before = Lexicon(entries, allow).scan(fold(text))
    after = Lexicon(entries, [*allow, more]).scan(fold(text))
    assert {*after} <= {*before}


@pytest.mark.parametrize(
    ("term", "message"),
    [
        (Term("", "insult", 3), "empty"),
        (Term("！。", "insult", 3), "「！。」 is empty"),
        (Term("滚", "insult", 3), "「滚」 has one character"),
        (Term("SM", "insult", 3), "「SM」 is Latin"),
    ],
)
def test_terms_that_cannot_be_used(term: Term, message: str) -> None:
    with pytest.raises(LexiconError, match=message):
        Lexicon([term])


def test_a_term_twice_in_a_category_is_refused() -> None:
    with pytest.raises(LexiconError, match="twice in insult"):
        Lexicon([Term("轉發", "insult", 1), Term("转发", "insult", 2)])
    assert Lexicon([Term("转发", "insult", 1), Term("转发", "chain", 2)]).size == 1


def test_variants() -> None:
    assert [*variants("{他|她}妈{的|}")] == ["他妈的", "他妈", "她妈的", "她妈"]
    assert [*variants("平常")] == ["平常"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("3\talone\tanywhere", "four columns"),
        ("3\talone\tanywhere\t ", "four columns"),
        ("5\talone\tanywhere\t坏词", "gravity: 5"),
        ("3\tsome\tanywhere\t坏词", "kind here: some"),
        ("3\tcontact\tanywhere\t坏词", "kind here: contact"),
        ("3\talone\tsomewhere\t坏词", "mode: somewhere"),
        ("3\talone\tanywhere\t坏", "one character"),
        ("3\talone\tanywhere\t坏，词", "drops"),
        ("3\talone\tanywhere\t坏词 坏词", "already in line 2"),
        ("3\talone\tanywhere\t{坏词|坏词", "brace"),
        ("3\talone\tanywhere\t" + "{甲|乙}" * 9, "more than 500"),
    ],
)
def test_a_wrong_line_is_named(line: str, message: str) -> None:
    with pytest.raises(LexiconError, match=f"^bad.tsv:2: .*{message}"):
        list(read_terms("insult", "bad.tsv", f"# head\n{line}\n"))


def test_one_term_cannot_have_two_gravities() -> None:
    with pytest.raises(LexiconError, match="already in line 1"):
        list(read_terms("insult", "x", "3\talone\tanywhere\t坏{词|话}\n2\talone\tanywhere\t坏词\n"))
    assert len(list(read_terms("insult", "x", "3\talone\tanywhere\t坏{词|话} {坏|好}词\n"))) == 3


def test_an_empty_allow_phrase_is_named() -> None:
    with pytest.raises(LexiconError, match=r"^allow\.tsv:1: 「！」 is empty"):
        list(read_allow("allow.tsv", "！\n"))


def test_a_folder_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    (tmp_path / "jokes.tsv").write_text("", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"jokes\.tsv"):
        load(tmp_path)


def test_the_version_follows_the_files(tmp_path: Path) -> None:
    for name in (*CATEGORIES, "context", "allow", "channels"):
        (tmp_path / f"{name}.tsv").write_text("# empty\n", encoding="utf-8")
    empty = load(tmp_path)
    (tmp_path / "ads.tsv").write_text("2\talone\tanywhere\t代写作业\n", encoding="utf-8")
    changed = load(tmp_path)
    assert (empty.size, changed.size) == (0, 1)
    assert len(empty.version) == 12
    assert empty.version != changed.version == load(tmp_path).version


def test_channels_are_asked_for_of_terms_that_are_there(tmp_path: Path) -> None:
    for name in (*CATEGORIES, "context", "allow"):
        (tmp_path / f"{name}.tsv").write_text("# empty\n", encoding="utf-8")
    (tmp_path / "insult.tsv").write_text("3\talone\tanywhere\t傻逼\n", encoding="utf-8")
    channels = tmp_path / "channels.tsv"
    channels.write_text("sound initials\t傻逼\n", encoding="utf-8")
    (term,) = load(tmp_path).terms
    assert term.channels == {"sound", "initials", "latin", "split"}
    for wrong, message in (
        ("sound 傻逼", r"^channels\.tsv:1: two columns"),
        ("smell\t傻逼", r"^channels\.tsv:1: no such channel: smell"),
        ("sound\t废物", r"^channels\.tsv: no such term: 废物"),
    ):
        channels.write_text(wrong, encoding="utf-8")
        with pytest.raises(LexiconError, match=message):
            load(tmp_path)


def test_the_built_in_lexicon_is_read_once_and_has_every_category() -> None:
    assert built_in() is built_in()
    hits = built_in().scan(fold("傻逼"))
    assert [(hit.category, hit.kind, hit.start, hit.end) for hit in hits] == [
        ("insult", "alone", 0, 2)
    ]


@pytest.mark.parametrize("text", ["傻逼" * 50_000, "\ud800\u202e" * 50_000, "傻" + "⭐" * 100_000])
def test_long_texts_take_bounded_time(text: str) -> None:
    hits = built_in().scan(fold(text))
    assert len(hits) in {0, 50_000}


def test_a_doubtful_longer_hit_hides_nothing() -> None:
    terms = (Term("王八蛋", "insult", 3), Term("王八蛋老师", "insult", 3))
    assert found("王八蛋 老师", *terms) == [("王八蛋 老师", 0.6), ("王八蛋", 1.0)]
