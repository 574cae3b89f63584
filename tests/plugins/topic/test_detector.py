"""What topic finds in a line, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from time import process_time
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
import pytest

from src.core.area import Message
from src.core.chat.events import Account, GroupKey, Kind, MessageReceived, MessageRef, Segment
from src.core.text import LexiconError, fold
from src.core.windows import GroupWindows
from src.plugins.topic.detector import started, unrelated
from src.plugins.topic.explain import explain
from src.plugins.topic.settings import ANSWERS, MATTERS, TopicSettings
from src.plugins.topic.words import read_words

from .sentences import INNOCENT, OFF_TOPIC

if TYPE_CHECKING:
    from collections.abc import Sequence

    from src.core.area import Finding
    from src.plugins.topic.settings import Answer, Matter

ALL = TopicSettings(off_topic=MATTERS)
STAFF = TopicSettings(who="staff")
PICTURE = Segment(Kind.IMAGE, "a.jpg")


def sent(
    content: str | Sequence[Segment],
    *,
    windows: GroupWindows | None = None,
    at: float = 0.0,
    staff: bool = False,
    reply_to: str | None = None,
) -> tuple[Message, GroupWindows]:
    """A message as the guard builds it, and the windows that have seen it."""
    segments = (Segment(Kind.TEXT, content),) if isinstance(content, str) else tuple(content)
    text = "".join(one.value for one in segments if one.kind is Kind.TEXT)
    ref = MessageRef("1", GroupKey("qq", "2"), "3", at)
    event = MessageReceived(ref, Account("qq", "4"), segments, text, reply_to=reply_to)
    message = Message(event, fold(text), (), at, at, author_is_staff=staff)
    seen = windows or GroupWindows()
    seen.observe(message, at)
    return message, seen


def found(
    content: str | Sequence[Segment], settings: TopicSettings, *, staff: bool = False
) -> Finding | None:
    message, windows = sent(content, staff=staff)
    return unrelated(message, settings, windows)


def starts(
    content: str | Sequence[Segment],
    settings: TopicSettings = STAFF,
    *,
    staff: bool = False,
    reply_to: str | None = None,
) -> Finding | None:
    message, windows = sent(content, staff=staff, reply_to=reply_to)
    return started(message, settings, windows)


UNRELATED = [
    (matter, line) for matter, lines in OFF_TOPIC.items() for line in lines.split("\n") if line
]


@pytest.mark.parametrize("line", INNOCENT)
def test_what_belongs_in_the_group_is_left_alone(line: str) -> None:
    assert found(line, ALL) is None


@pytest.mark.parametrize(("matter", "line"), UNRELATED)
def test_what_does_not_belong_is_found_by_its_matter_alone(matter: Matter, line: str) -> None:
    finding = found(line, TopicSettings(off_topic=(matter,)))
    assert finding is not None
    assert (finding.gravity, finding.facts) == (1, {"matter": matter})
    assert all(line[start:end] for start, end in finding.spans)
    assert found(line, TopicSettings()) is None


def test_there_are_enough_lines_of_each_kind() -> None:
    assert len(INNOCENT) >= 60
    assert len(UNRELATED) >= 60
    assert OFF_TOPIC.keys() == set(MATTERS)


@pytest.mark.parametrize("line", [*INNOCENT, *(line for _, line in UNRELATED)])
def test_as_it_comes_it_finds_nothing(line: str) -> None:
    assert found(line, TopicSettings()) is None
    assert starts(line, TopicSettings()) is None


@pytest.mark.parametrize(
    ("line", "confidence"),
    [
        ("谁来打游戏？", 1.0),
        # Class business beside it, or a child in it: a person looks.
        ("作业写完啦！谁来打游戏？", 0.6),
        ("带孩子吃火锅，真香", 0.6),
        # Class business in the same sentence, a word to the teacher, illness, something lost.
        ("班会要讲打游戏，一起来", None),
        ("老师，谁来打游戏的事我们商量一下", None),
        ("昨晚吃火锅，真香，今天拉肚子请假", None),
        ("谁来打游戏的时候游戏机丢了，请还给我", None),
        # One half of a pair says nothing, nor do two that stand far apart or in two sentences.
        ("红烧肉", None),
        ("真香", None),
        ("红烧肉。真香", None),
        ("红烧肉" + "，然后我们一起慢慢地往回走" * 2 + "，真香", None),
    ],
)
def test_how_sure_it_is(line: str, confidence: float | None) -> None:
    finding = found(line, ALL)
    assert (finding.confidence if finding else None) == confidence


@pytest.mark.parametrize(
    "line",
    [
        "晒 晚 饭",
        "曬曬晚飯",
        "今晚开🎮黑吗",
        "大家，元旦快樂",
        "大家\u200b早上好",
    ],
)
def test_disguises_are_folded(line: str) -> None:
    finding = found(line, ALL)
    assert finding is not None
    assert finding.acts


def test_a_private_matter_is_for_a_person_unless_it_says_so_itself() -> None:
    sure = found("给我家孩子换个座位吧", ALL)
    unsure = found("老师，我家孩子最近上课表现怎么样", ALL)
    assert sure is not None
    assert unsure is not None
    assert (sure.acts, unsure.acts) == (True, False)
    assert explain(sure, ALL) == "个人的事，请私聊老师"
    assert explain(unsure, ALL) == "可能是个人的事，请私聊老师，由老师判断"


LUNCH = Segment(Kind.TEXT, "今天的晚餐")


def test_a_picture_counts_only_with_words_that_go_with_it() -> None:
    assert found([PICTURE], ALL) is None
    assert found([LUNCH], ALL) is None
    assert found([LUNCH, PICTURE], ALL) is not None
    assert found([PICTURE, Segment(Kind.TEXT, "作业写好了")], ALL) is None
    # A teacher's is a report of the class.
    assert found([LUNCH, PICTURE], ALL, staff=True) is None
    assert found([LUNCH, PICTURE], TopicSettings(off_topic=("jokes",))) is None


@pytest.mark.parametrize(("after", "expected"), [(60.0, True), (61.0, False)])
def test_words_right_after_a_picture_go_with_it(after: float, expected: bool) -> None:
    _, windows = sent([PICTURE])
    message, _ = sent([LUNCH], windows=windows, at=after)
    assert (unrelated(message, ALL, windows) is not None) is expected


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        ([Segment(Kind.FACE, "1")] * 8, True),
        ([Segment(Kind.FACE, "1")] * 7, False),
        ([Segment(Kind.TEXT, "👍" * 8)], True),
        ([Segment(Kind.TEXT, "👍" * 7)], False),
        ([Segment(Kind.TEXT, "[强]" * 4 + "🌹" * 3), Segment(Kind.FACE, "1")], True),
        ([Segment(Kind.TEXT, "收到" + "🌹" * 9)], False),
    ],
)
def test_a_chain_of_emoji_is_small_talk(segments: list[Segment], expected: bool) -> None:
    assert (found(segments, ALL) is not None) is expected
    assert found(segments, TopicSettings(off_topic=("meals",))) is None


ANSWERED: list[tuple[Answer, str]] = [
    ("receipt", "收到"),
    ("receipt", "1"),
    ("receipt", "回执已交"),
    ("receipt", "1. 王小明爸爸\n2. 李想妈妈"),
    ("question", "请问明天要不要带跳绳？"),
    ("question", "老师，第8题选B还是选C？"),
    ("absence", "孩子发烧了，今天请假"),
    ("thanks", "谢谢老师"),
    ("thanks", "感谢家委，费心了"),
]


@pytest.mark.parametrize(("kind", "line"), ANSWERED)
def test_who_may_not_start_may_do_what_the_clause_lists(kind: Answer, line: str) -> None:
    assert starts(line) is None
    others: tuple[Answer, ...] = tuple(one for one in ANSWERS if one != kind)
    assert starts(line, TopicSettings(who="staff", others_may=(kind,))) is None
    assert starts(line, TopicSettings(who="staff", others_may=others)) is not None


def test_an_answer_is_a_reply_or_names_somebody() -> None:
    line = "周末天气晴朗适合出门散步"
    mention = [Segment(Kind.MENTION, "9"), Segment(Kind.TEXT, line)]
    assert starts(line, reply_to="7") is None
    assert starts(mention) is None
    assert starts(mention, TopicSettings(who="staff", others_may=("receipt",))) is not None
    assert starts([Segment(Kind.MENTION_ALL), Segment(Kind.TEXT, line)]) is not None


@pytest.mark.parametrize(
    ("line", "confidence"),
    [
        ("周末天气晴朗适合出门散步", 1.0),
        ("谁来打游戏？", 0.6),
        ("今晚大家一起出来打游戏好不好？", 1.0),
        ("学校门口新开了一家店", 0.6),
        ("孩子高兴坏了", 0.6),
        ("坐前排", 0.6),
        ("紧急：有孩子走失", None),
        ("谁捡到一件外套，落在操场了", None),
        ("👍", None),
    ],
)
def test_what_starts_a_talk(line: str, confidence: float | None) -> None:
    finding = starts(line, TopicSettings(who="staff", others_may=("question",)))
    assert (finding.confidence if finding else None) == confidence
    assert starts(line, staff=True) is None


def test_what_comes_without_words_starts_nothing() -> None:
    assert starts([PICTURE]) is None
    message, windows = sent([Segment(Kind.FILE, "a")])
    shown = replace(message.event, shown="周末天气晴朗适合出门散步.docx")
    message = replace(message, event=shown, folded=fold(shown.shown))
    assert started(message, STAFF, windows) is None


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        (TopicSettings(), "没有限制话题，也没有限制谁来发"),
        (TopicSettings(off_topic=("meals", "jokes")), "没有发现晒饭菜、笑话"),
        (STAFF, "是可以发的"),
    ],
)
def test_what_is_said_where_nothing_is_found(settings: TopicSettings, line: str) -> None:
    assert explain(None, settings) == line


def test_what_is_said_of_a_finding_names_its_matter_and_never_the_text() -> None:
    for _, line in UNRELATED:
        finding = found(line, ALL)
        assert finding is not None
        assert line not in explain(finding, ALL)
    assert explain(found("谁来打游戏", ALL), ALL) == "与班级无关：游戏"
    assert explain(starts("周末天气晴朗适合出门散步"), STAFF) == "群里的话由老师起头，这里请只回应"


@pytest.mark.parametrize(
    "wrong",
    [{"off_topic": ["sleep"]}, {"who": "parents"}, {"others_may": ["talk"]}, {"topics": ["meals"]}],
)
def test_bad_settings_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TopicSettings.model_validate(wrong)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("meals\talone\tanywhere", "four columns"),
        ("meals\talone\tsomewhere\t晒饭", "four columns"),
        ("meals\talone\tanywhere\t ", "four columns"),
        ("sleep\talone\tanywhere\t睡觉", "no such matter"),
        ("meals\t-\tanywhere\t晒饭", "no such matter"),
        ("school\talone\tanywhere\t学校", "no such matter"),
        ("meals\talone\tanywhere\t饭", "one character"),
        ("meals\talone\tanywhere\t{晒|秀饭", "brace"),
    ],
)
def test_a_wrong_line_is_told_by_its_number(line: str, message: str) -> None:
    with pytest.raises(LexiconError, match=rf"^2: .*{message}"):
        read_words(f"# words\n{line}\n")


PIECES = st.sampled_from(
    [
        "晒晒",
        "晚饭",
        "真香",
        "早上好",
        "大家",
        "老师",
        "作业",
        "打游戏吗",
        "🎉",
        "[强]",
        "。",
        "\n",
        " ",
        "孩子",
        "1.",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_any_text_is_judged_and_spans_lie_in_it(text: str) -> None:
    for finding in (found(text, ALL), starts(text)):
        assert finding is None or all(0 <= a < b <= len(text) for a, b in finding.spans)
    assert found(text + "。孩子请假", ALL) is None


@pytest.mark.parametrize(
    "text",
    ["红烧肉好香" * 20_000, "\n" * 100_000, "\n1" * 50_000, "[" * 100_000, " " * 100_000 + "1."],
    ids=["pairs", "lines", "numbers", "brackets", "blanks"],
)
def test_long_texts_take_no_time_to_speak_of(text: str) -> None:
    begun = process_time()
    found(text, ALL)
    starts(text)
    assert process_time() - begun < 10
