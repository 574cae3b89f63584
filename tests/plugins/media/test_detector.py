"""Which kinds, which files, at what times: tables, and Hypothesis for names and times."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError
import pytest

from src.core.area import Finding, Message
from src.core.chat.events import (
    Account,
    GroupKey,
    Kind,
    MessageReceived,
    MessageRef,
    Segment,
    whole,
)
from src.core.judging import findings
from src.core.policy import Pack, compile_policy
from src.core.text import fold
from src.core.windows import GroupWindows
from src.plugins.media.detector import extension, kinds
from src.plugins.media.settings import MediaSettings

ZONE = ZoneInfo("Asia/Shanghai")
STUDY = ["pdf", "doc", "docx", "ppt", "pptx", "xls", "xlsx", "txt", "md", "csv", "wps"]
TEXT = Segment(Kind.TEXT, "看图")
LONG = (
    "这个周末天气很好，我们几家想一起带孩子去植物园认植物，上午九点在东门集合，有兴趣的家长可以一起来，"
    "中午自带午饭，下午三点散，记得给孩子带水和帽子。"
)


def message(
    *segments: Segment,
    at: str = "12:00",
    shown: str = "",
    links: tuple[str, ...] = (),
    staff: bool = False,
) -> Message:
    hour, minute = map(int, at.split(":"))
    sent = datetime(2026, 11, 3, hour, minute, 30, tzinfo=ZONE).timestamp()
    text = "".join(one.value for one in segments if one.kind is Kind.TEXT)
    event = MessageReceived(
        MessageRef("1", GroupKey("qq", "1"), "1", sent),
        Account("qq", "2"),
        segments,
        text,
        shown=shown,
        links=links,
    )
    folded = fold(whole(text, shown))
    return Message(event, folded, (), sent, sent, author_is_staff=staff, zone=ZONE)


def found(message: Message, **settings: Any) -> list[Finding]:
    pack = Pack.from_content(
        {
            "name": "small",
            "title": "small",
            "version": "1",
            "ladder": {"one": {"steps": ["warn"]}},
            "clause": [
                {
                    "number": "1",
                    "text": "x",
                    "plugin": "media",
                    "ladder": "one",
                    "settings": settings,
                }
            ],
        }
    )

    def fault(area: str, detector: object, error: Exception) -> None:
        raise error

    policy = compile_policy(pack, version=1, policy_id=None)
    hits = findings(policy, message, GroupWindows(), content_only=False, fault=fault)
    return [finding for _, finding in hits]


def said(text: str) -> Segment:
    return Segment(Kind.TEXT, text)


def a_file(name: str) -> Segment:
    return Segment(Kind.FILE, "/1", name)


EVERYTHING = [
    TEXT,
    *(Segment(kind, "1") for kind in Kind if kind is not Kind.TEXT),
]


def test_by_default_nothing_is_looked_for() -> None:
    assert found(message(*EVERYTHING, shown="看 https://a.cn/b", links=("https://a.cn",))) == []


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        ([said("收到")], []),
        ([Segment(Kind.MENTION, "5"), said("收到")], []),
        ([Segment(Kind.REPLY, "5"), Segment(Kind.FACE, "12"), said("好")], []),
        ([Segment(Kind.FACE, "12")], []),
        ([Segment(Kind.MENTION_ALL), said("看")], []),
        # What the platform has no name for is not held against anybody.
        ([Segment(Kind.OTHER, "shake")], []),
        ([said("看 https://www.smartedu.cn/a")], ["link"]),
        ([Segment(Kind.VOICE, "a.amr")], ["voice"]),
        ([said("你看"), Segment(Kind.IMAGE, "a")], ["picture"]),
        ([Segment(Kind.STICKER, "a")], ["sticker"]),
        ([Segment(Kind.VIDEO, "a")], ["video"]),
        ([a_file("a.pdf")], ["file"]),
        ([Segment(Kind.CARD, "{}")], ["card"]),
        ([Segment(Kind.FORWARD, "7")], ["forward"]),
        ([Segment(Kind.RED_PACKET, "恭喜")], ["red_packet"]),
        ([Segment(Kind.IMAGE, "a"), Segment(Kind.IMAGE, "b"), TEXT], ["picture"]),
    ],
)
def test_text_only(segments: list[Segment], expected: list[str]) -> None:
    one = found(message(*segments), allowed=["text"])
    assert [kind for finding in one for kind in finding.facts["kinds"]] == expected
    assert all(finding.acts and finding.advice for finding in one)


def test_an_address_is_text_where_links_are_allowed_and_a_cards_is_the_cards() -> None:
    assert not found(message(said("看 https://a.cn/b")), allowed=["text", "link"])
    card = message(Segment(Kind.CARD, "{}"), shown="看 https://a.cn/b", links=("https://a.cn/b",))
    assert list(kinds(card)) == ["card"]
    assert not found(card, allowed=["card"])


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.TEXT])
def test_every_kind_is_either_plain_or_has_a_name(kind: Kind) -> None:
    plain = {Kind.MENTION, Kind.MENTION_ALL, Kind.REPLY, Kind.FACE, Kind.OTHER}
    assert bool(found(message(Segment(kind, "1")), allowed=["text"])) is (kind not in plain)


def test_a_teacher_may_and_where_nobody_is_exempt_is_bound_too() -> None:
    picture = message(Segment(Kind.IMAGE, "a"), staff=True)
    assert not found(picture, allowed=["text"])
    assert found(picture, allowed=["text"], staff_exempt=False)
    late = message(Segment(Kind.IMAGE, "a"), at="23:00", staff=True)
    assert not found(late, pictures_at=["07:00-22:00"])
    assert found(late, pictures_at=["07:00-22:00"], staff_exempt=False)
    # Teachers are those who consent.
    link = message(said("https://a.cn/b"), staff=True)
    assert not found(link, approval=["link"], staff_exempt=False)


# -- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("第三单元复习.pdf", None),
        ("周末作业.DOCX", None),
        ("口算 练习(1).xlsx", None),
        ("课件．ｐｐｔｘ", None),
        ("课表.txt ", None),
        ("a.b.c.csv", None),
        ("安装包.exe", "type"),
        ("作业.pdf.exe", "type"),
        ("作业.pdf .exe", "type"),
        ("作业.apk", "type"),
        ("歌曲.mp3", "type"),
        ("家长会.zip", "type"),
        # Shown reversed, it ends in fdp. to the eye.
        ("作业\u202efdp.exe", "type"),
        ("作业.pdf\u200b.exe", "type"),
        ("作业", "none"),
        ("作业.", "none"),
        (".pdf", "none"),
        ("...", "none"),
        ("", "unknown"),
    ],
)
def test_study_documents_only(name: str, fact: str | None) -> None:
    one = found(message(a_file(name)), files=STUDY)
    assert [finding.facts["file"] for finding in one] == ([fact] if fact else [])
    # A name that is not told is a person's to judge.
    assert all(finding.acts is (fact != "unknown") for finding in one)


def test_each_file_counts_and_other_kinds_do_not() -> None:
    assert found(message(a_file("a.pdf"), a_file("b.exe")), files=STUDY)
    assert not found(message(Segment(Kind.IMAGE, "b.exe", "b.exe")), files=STUDY)


@given(st.text(max_size=40), st.sampled_from(STUDY))
def test_the_last_extension_decides(stem: str, ending: str) -> None:
    assert extension(f"a{stem}.{ending}") == ending
    assert extension(f"a{stem}.{ending}.exe") == "exe"
    assert extension(f"{stem}.{ending}.".upper()) in (ending, "")


@given(st.text(max_size=60))
@example("\ud800.pdf")
@example("." * 60)
def test_any_name_can_be_read(name: str) -> None:
    ending = extension(name)
    assert ending == ending.strip(" .")
    found(message(a_file(name)), files=STUDY)


# -- times ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spans", "at", "fine"),
    [
        (["07:00-22:00"], "07:00", True),
        (["07:00-22:00"], "21:59", True),
        (["07:00-22:00"], "22:00", False),
        (["07:00-22:00"], "06:59", False),
        (["22:00-06:00"], "23:30", True),
        (["22:00-06:00"], "00:00", True),
        (["22:00-06:00"], "05:59", True),
        (["22:00-06:00"], "06:00", False),
        (["22:00-24:00"], "23:59", True),
        (["22:00-24:00"], "00:00", False),
        (["07:00-08:00", "17:00-21:00"], "07:30", True),
        (["07:00-08:00", "17:00-21:00"], "12:00", False),
        (["7：00～22：00"], "08:00", True),
    ],
)
def test_pictures_at_times(spans: list[str], at: str, fine: bool) -> None:
    for kind in (Kind.IMAGE, Kind.VIDEO):
        assert bool(found(message(Segment(kind, "a"), at=at), pictures_at=spans)) is not fine
    assert not found(message(TEXT, Segment(Kind.STICKER, "a"), at=at), pictures_at=spans)


MINUTES = st.integers(0, 1439)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@given(MINUTES, MINUTES, MINUTES)
def test_a_span_and_the_rest_of_the_day_are_a_day(start: int, end: int, now: int) -> None:
    if start == end:
        return
    inside, outside = (
        MediaSettings(pictures_at=(f"{clock(a)}-{clock(b)}",))
        for a, b in ((start, end), (end, start))
    )
    assert inside.pictures_in(now) is not outside.pictures_in(now)
    assert inside.pictures_in(start)
    assert not inside.pictures_in(end)


@given(st.text(alphabet="0123456789:-~ 至：", max_size=14))
def test_a_span_is_read_to_its_one_spelling_or_refused(written: str) -> None:
    try:
        settings = MediaSettings(pictures_at=(written,))
    except ValidationError:
        return
    again = MediaSettings(pictures_at=settings.pictures_at)
    assert again.pictures_at == settings.pictures_at
    assert again.spans == settings.spans


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({"pictures_at": ["25:00-26:00"]}, "没有 25:00 这个时间"),
        ({"pictures_at": ["07:60-22:00"]}, "没有 07:60 这个时间"),
        ({"pictures_at": ["24:00-06:00"]}, "没有 24:00 这个时间"),
        ({"pictures_at": ["07:00-24:01"]}, "没有 24:01 这个时间"),
        ({"pictures_at": ["08:00-08:00"]}, "开始和结束一样"),
        ({"pictures_at": ["早上七点"]}, "07:00-22:00"),
        ({"pictures_at": ["7-22"]}, "07:00-22:00"),
        ({"files": ["p"]}, "不是扩展名"),
        ({"files": ["作业"]}, "不是扩展名"),
        ({"files": ["tar.gz"]}, "不是扩展名"),
        ({"allowed": ["words"]}, "words"),
        ({"approval": ["text"]}, "text"),
        ({"approval_within": "1s"}, "600"),
        ({"approval_within": "30d"}, str(14 * 86_400)),
        ({"voice": False}, "voice"),
    ],
)
def test_what_a_setting_cannot_be(settings: dict[str, Any], part: str) -> None:
    with pytest.raises(ValidationError, match=part):
        MediaSettings.model_validate(settings)


def test_extensions_have_one_spelling() -> None:
    settings = MediaSettings.model_validate({"files": [".PDF", "*.docx", "pdf"]})
    assert settings.files == ("pdf", "docx")


# -- what waits -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (message(said("老师早")), ()),
        (message(a_file("a.pdf")), ("file",)),
        (message(said("看 https://a.cn/b")), ("link",)),
        (message(Segment(Kind.CARD, "{}"), shown="公告", links=("a.cn/b",)), ("link",)),
        (message(Segment(Kind.CARD, "{}"), shown="推荐联系人"), ()),
        (message(Segment(Kind.IMAGE, "a")), ()),
        (message(said(LONG)), ("post",)),
        (message(Segment(Kind.REPLY, "3"), said(LONG)), ()),
        (message(Segment(Kind.MENTION, "3"), said(LONG)), ()),
        (message(said(f"#接龙\n{LONG}")), ()),
        (message(said(f"1. 林悦妈妈\n2. 李想爸爸\n{LONG}")), ()),
        (message(said(LONG + " https://a.cn/b")), ("link", "post")),
    ],
)
def test_what_waits(one: Message, expected: tuple[str, ...]) -> None:
    finding = next(iter(found(one, approval=["file", "link", "post"])), None)
    waits = finding.wait.kinds if finding is not None and finding.wait is not None else ()
    assert set(waits) == set(expected)
    # It is no breach.
    assert finding is None or not finding.acts


def test_only_words_can_be_published_in_somebodys_name() -> None:
    text, picture = (
        found(message(*segments), approval=["link"])[0].wait
        for segments in (
            [said("看 https://a.cn/b")],
            [said("看 https://a.cn/b"), Segment(Kind.IMAGE, "a")],
        )
    )
    assert text is not None
    assert text.publish
    assert picture is not None
    assert not picture.publish
