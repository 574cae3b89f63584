from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from src.core.area import AREAS, Message
from src.core.chat.events import Account, GroupKey, MessageReceived, MessageRef
from src.core.text import built_in, fold
from src.plugins.content_filter import area, content
from src.plugins.content_filter.detector import breaches
from src.plugins.content_filter.settings import ContentSettings

from .sentences import FORBIDDEN, INNOCENT

if TYPE_CHECKING:
    from src.core.area import Finding, Windows
    from src.plugins.content_filter.detector import Breach

ALL = ContentSettings()


def judge(
    text: str, settings: ContentSettings = ALL, *, staff: bool = False, aimed: bool = False
) -> list[Breach]:
    folded = fold(text)
    return breaches(folded, built_in().scan(folded), settings, staff=staff, aimed=aimed)


def find(text: str, settings: ContentSettings = ALL) -> Finding | None:
    folded = fold(text)
    event = MessageReceived(
        MessageRef("1", GroupKey("qq", "2"), "3", 0.0), Account("qq", "4"), (), text
    )
    message = Message(event, folded, built_in().scan(folded), arrived=0.0, sent=0.0)
    return content(message, settings, cast("Windows", None))


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent(text: str) -> None:
    assert judge(text) == []


@pytest.mark.parametrize(("category", "text"), FORBIDDEN)
def test_forbidden(category: str, text: str) -> None:
    found = {breach.category: breach.confidence for breach in judge(text)}
    assert found[category] >= 0.9


def test_a_finding_says_where_and_which_but_never_what() -> None:
    finding = find("你这个傻*逼老师，王八蛋，求投票")
    assert finding is not None
    assert (finding.plugin, finding.category, finding.gravity) == ("content_filter", "insult", 3)
    assert finding.acts
    assert finding.spans == ((3, 6), (9, 12), (13, 16))
    assert finding.facts == {
        "categories": {"insult": 2, "canvassing": 1},
        "terms": ["傻逼", "王八蛋"],
    }


def test_nothing_found_is_none() -> None:
    assert find("收到，谢谢老师") is None
    assert find("老师，我加您微信了") is None


def test_only_the_clauses_categories_count() -> None:
    assert judge("傻逼", ContentSettings(categories=("ads", "chain"))) == []


def test_what_acts_goes_before_what_is_graver_but_doubtful() -> None:
    found = judge("真是傻逼，小心反诈通报里的涉嫌洗钱骗局")
    assert found[0].category == "insult"


@pytest.mark.parametrize(
    ("text", "category", "confidence"),
    [
        ("先交定金", None, None),
        ("内部名额，先交定金", "fraud", 0.9),
        ("投资理财", None, None),
        ("书本费", None, None),
        ("请扫码付款，今天截止", None, None),
        ("书本费请扫码付款", None, None),
        ("书本费请扫码付款，今天截止", "fraud", 0.9),
        ("名\n师，包\n邮", "ads", 0.54),
        ("名师" + "好" * 100 + "包邮", None, None),
    ],
)
def test_signals_count_only_together(
    text: str, category: str | None, confidence: float | None
) -> None:
    found = judge(text)
    assert [breach.category for breach in found] == ([category] if category else [])
    if category:
        assert found[0].confidence == pytest.approx(confidence)


def test_warnings_excuse() -> None:
    claim = "您涉嫌洗钱，请配合调查"
    assert judge(claim)[0].confidence == 1.0
    assert judge(f"骗子会说：{claim}")[0].confidence == 0.5
    assert judge(f"谨防诈骗，骗子会说：{claim}") == []
    assert judge("群里禁止砍一刀") == []
    assert judge("骗子都是王八蛋")[0].confidence == 1.0


def test_staff_may_collect_fees() -> None:
    text = "书本费请扫码付款，今天截止"
    assert judge(text)
    assert judge(text, staff=True) == []
    assert judge("王八蛋", staff=True)


def test_the_clauses_own_terms_and_phrases() -> None:
    settings = ContentSettings(
        categories=("insult",), terms=("补课群", "PUA", "ｐｕａ"), allow=("这傻逼电影名",)
    )
    found = judge("来补-课-群", settings)
    assert [(b.category, b.gravity, b.confidence) for b in found] == [("own", 2, 1.0)]
    assert judge("别pua我", settings)
    assert judge("puaa", settings) == []
    assert judge("看了这傻逼电影名", settings) == []
    assert judge("傻逼", settings)


def test_the_area_is_registered() -> None:
    assert AREAS["content_filter"] is area
    assert area.detectors == [content]


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("家教一对一 V: abc12345", 0.9),
        ("英语提分班，＋q 123456789", 0.9),
        ("薇❤️:xiaoli520 代购奶粉", 0.9),
        ("小学数学辅导 13812345678", 0.9),
    ],
)
def test_an_offer_with_an_account_is_an_advert(text: str, sure: float) -> None:
    assert ("ads", sure) in {(breach.category, breach.confidence) for breach in judge(text)}
    # A teacher's number in a notice is none of that.
    assert judge(text, staff=True) == []


@pytest.mark.parametrize(
    "text",
    ["我的微信号是 zhang123，有事联系我", "班主任电话13800000000", "video12345 家教", "家教 v"],
)
def test_an_account_alone_is_no_advert(text: str) -> None:
    assert judge(text) == []


def test_a_slur_that_is_all_of_an_answer_is_for_a_person() -> None:
    assert judge("废物") == []
    assert [(b.category, b.confidence) for b in judge("废物", aimed=True)] == [("insult", 0.6)]
    assert judge("今天要把教室里的废物清一清再走", aimed=True) == []


def test_a_hidden_signal_is_for_a_person() -> None:
    assert judge("家教") == []
    assert [(b.category, b.confidence) for b in judge("宀豕教老师")] == [("ads", 0.6)]


def test_two_weak_voices_are_a_strong_one() -> None:
    one = judge("汪巴旦")
    assert [b.confidence for b in one] == pytest.approx([0.8])
    assert judge("汪巴旦，鬼而字")[0].confidence > one[0].confidence


def test_a_price_and_a_contact_are_no_grave_offer() -> None:
    """What is sold decides: without it, price words of a grave category weigh nothing."""
    found = judge("暑假一对一辅导，名师小班，限时优惠，加微信abc12345")
    assert [breach.category for breach in found] == ["ads"]
