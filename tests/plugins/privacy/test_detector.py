"""What is found, what is left alone, and what a person is asked about; sentences.py has the tables."""

from __future__ import annotations

from datetime import date
import time

from hypothesis import given
from hypothesis import strategies as st
import pytest

from src.core.area import Finding, Message
from src.core.chat.events import Account, GroupKey, Kind, MessageReceived, MessageRef, Segment
from src.core.text import built_in, fold
from src.core.windows import GroupWindows
from src.plugins.privacy import exposed
from src.plugins.privacy.doxxing import terms
from src.plugins.privacy.numbers import valid_card, valid_id
from src.plugins.privacy.plain import plain
from src.plugins.privacy.settings import PrivacySettings

from .sentences import DOUBTFUL, DOXXING, INNOCENT, NO_TALKS, NUMBERS, RANKINGS, TALKS

ID = "110101199003077811"
FORWARD = Segment(Kind.FORWARD, "7615")
HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=20)


def found(text: str, *segments: Segment, **settings: object) -> Finding | None:
    event = MessageReceived(
        ref=MessageRef("", GroupKey("none", "1"), "1", 0.0),
        account=Account("none", "1"),
        segments=segments or (Segment(Kind.TEXT, text),),
        text=text,
    )
    folded = fold(text)
    message = Message(event, folded, built_in().scan(folded), 0.0, 0.0)
    return exposed(message, PrivacySettings.model_validate(settings), GroupWindows())


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        *(("rankings", text) for text in RANKINGS),
        *(("numbers", text) for text in NUMBERS),
        *(("doxxing", text) for text in DOXXING),
    ],
)
def test_a_breach_is_found_where_a_clause_looks_for_it(subject: str, text: str) -> None:
    finding = found(text, looks_for=[subject])
    assert finding is not None
    assert finding.acts
    assert all(0 <= start < end <= len(text) for start, end in finding.spans)
    assert found(text) is not None
    assert found(text, looks_for=[]) is None


@pytest.mark.parametrize("text", INNOCENT)
def test_ordinary_messages_are_left_alone(text: str) -> None:
    assert found(text) is None


@pytest.mark.parametrize("text", DOUBTFUL)
def test_a_person_is_asked_about_what_may_be_harmless(text: str) -> None:
    finding = found(text)
    assert finding is not None
    assert not finding.acts


def test_a_finding_holds_counts_and_no_text() -> None:
    finding = found(f"陈晨98分，赵敏95分，孙强42分；{ID}，人肉搜索他")
    assert finding is not None
    assert (finding.gravity, finding.category) == (3, "doxxing")
    assert finding.facts == {"doxxing": 1, "ids": 1, "scores": 3}


def test_how_many_are_a_list_is_the_clauses_to_say() -> None:
    two = "数学考试陈晨98分，赵敏95分"
    assert found(two) is None
    assert found(two, people=2) is not None
    numbers = "陈晨 13800138000，赵敏 13900139001"
    assert found(numbers) is not None
    assert found(numbers, phones=3) is None


def test_a_number_in_an_address_is_nobodys() -> None:
    assert found(f"看这里 https://example.com/{ID}?a=13800138000&b=13900139001") is None


# -- other people's talk ----------------------------------------------------------------------------


@pytest.mark.parametrize("text", TALKS)
def test_a_pasted_talk_is_found_as_the_clause_says(text: str) -> None:
    assert found(text) is None
    asked, acting = found(text, chat_records="ask"), found(text, chat_records="act")
    assert asked is not None
    assert acting is not None
    assert (asked.acts, acting.acts) == (False, True)


@pytest.mark.parametrize("text", NO_TALKS)
def test_the_labels_of_a_notice_are_no_talk(text: str) -> None:
    assert found(text, chat_records="act") is None


def test_a_forward_is_a_talk_whatever_it_holds() -> None:
    assert found("", FORWARD) is None
    finding = found("", FORWARD, looks_for=[], chat_records="act")
    assert finding is not None
    assert finding.category == "chat_records"


# -- numbers ----------------------------------------------------------------------------------------


def with_check_digit(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(weight * int(digit) for weight, digit in zip(weights, body, strict=True))
    return body + "10X98765432"[total % 11]


def an_id(area: str, day: date, order: int) -> str:
    return with_check_digit(f"{area}{day:%Y%m%d}{order:03}")


IDS = st.builds(
    an_id,
    st.sampled_from(["110101", "340104", "440305", "650102"]),
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.integers(0, 999),
)


@given(IDS, HAN, HAN, st.sampled_from(["", " ", "-", "\u200b", "💛"]))
def test_an_id_is_found_in_any_text(number: str, before: str, after: str, gap: str) -> None:
    written = gap.join(number)
    finding = found(before + written + after, looks_for=["numbers"])
    assert finding is not None
    assert "ids" in finding.facts
    assert (len(before), len(before) + len(written)) in finding.spans


@given(IDS, st.integers(1, 10))
def test_a_wrong_check_digit_is_no_id(number: str, step: int) -> None:
    digits = "0123456789X"
    wrong = number[:-1] + digits[(digits.index(number[-1]) + step) % 11]
    finding = found(f"身份证号{wrong}，谢谢", looks_for=["numbers"])
    assert finding is None or "ids" not in finding.facts


@pytest.mark.parametrize(
    ("written", "right"),
    [
        (ID, True),
        ("11010119900307781 1", True),
        ("11010520130512106x", True),
        ("110101199002307811", False),
        ("990101199003077811", False),
        ("11010119900307781", False),
        ("110101199013077811", False),
    ],
)
def test_an_id_has_a_province_a_day_and_a_check_digit(written: str, right: bool) -> None:
    assert valid_id(written) is right


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("6222021234567890128", True),
        ("6222 0212 3456 7890 128", True),
        ("4111111111111111", True),
        ("5500005555555559", True),
        ("6222021234567890127", False),
        ("9787107300011000", False),
        ("411111111111111", False),
    ],
)
def test_a_bank_card_has_a_beginning_a_length_and_a_check_digit(written: str, right: bool) -> None:
    assert valid_card(written) is right


@given(st.text())
def test_the_plain_text_keeps_its_places(text: str) -> None:
    assert len(plain(text)) == len(text)


@given(st.text(alphabet="陈晨赵敏 0123456789分名第，、：:.-\n栋号住倒数前成绩语文x", max_size=200))
def test_whatever_is_written_is_judged(text: str) -> None:
    finding = found(text, chat_records="ask")
    assert finding is None or all(0 <= a < b <= len(text) for a, b in finding.spans)


@pytest.mark.parametrize(
    "piece",
    [
        "1", "1 ", "138-", "一", "陈", "陈晨98，", "陈晨 ", "张三家住12号", "倒数", "第1名", "姓名 ",
        "陈晨：1\n", "a.b ", "成绩.x", "2026/1/1 1:11\n", "\ud800", "\u202e1", "人肉",
    ],
)  # fmt: skip
def test_long_texts_take_no_square_time(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    started = time.process_time()
    found(text, chat_records="act")
    assert time.process_time() - started < 5


def test_the_terms_of_doxxing_can_be_read() -> None:
    assert terms().size > 100
