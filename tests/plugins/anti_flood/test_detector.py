"""What anti_flood finds, message by message."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
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
from src.core.policy import Pack, PackError
from src.core.text import fold
from src.core.windows import GroupWindows
from src.plugins.anti_flood.detector import area, repeated, too_many, too_many_pictures, wall, wave
from src.plugins.anti_flood.settings import FloodSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from src.core.area import Finding


class Sent(NamedTuple):
    """A message: when, by whom, what. In upper case: a picture with this digest."""

    at: float
    author: str
    what: str


def found(
    messages: Sequence[Sent], settings: FloodSettings
) -> list[tuple[Finding | None, Finding | None]]:
    """What both detectors say of each message."""
    windows = GroupWindows()
    findings: list[tuple[Finding | None, Finding | None]] = []
    for at, author, what in messages:
        image = what.isupper()
        segment = Segment(Kind.IMAGE if image else Kind.TEXT, what)
        text = "" if image else what
        ref = MessageRef("1", GroupKey("qq", "1"), "1", at)
        event = MessageReceived(ref, Account("qq", author), (segment,), text)
        message = Message(event, fold(text), (), at, at)
        windows.observe(message, at)
        rate = too_many(message, settings, windows)
        findings.append(
            (repeated(message, settings, windows), rate if rate and rate.acts else None)
        )
    return findings


def marks(messages: Sequence[Sent], settings: FloodSettings) -> str:
    """`r` where a message repeats, `m` where there are too many, `b` for both, `.` for neither."""
    return "".join(".mrb"[2 * bool(r) + bool(m)] for r, m in found(messages, settings))


def said(what: str, *, every: float = 1.0, by: str = "") -> list[Sent]:
    """One letter a message, by one person or by those in `by`."""
    return [Sent(number * every, by[number] if by else "1", one) for number, one in enumerate(what)]


ROW = FloodSettings(same_in_window=0, rates=())
WINDOW = FloodSettings(same_in_a_row=0, rates=())
RATE = FloodSettings(same_in_a_row=0, same_in_window=0, rates=("3/1m",))
SEVERAL = FloodSettings(same_in_a_row=0, same_in_window=0, rates=("3/3s", "5/1m", "7/1h"))
OFF = FloodSettings(same_in_a_row=0, same_in_window=0, rates=())


@pytest.mark.parametrize(
    ("messages", "settings", "expected"),
    [
        pytest.param(said("aaa"), ROW, "..r", id="three in a row"),
        pytest.param(said("aaaaa"), ROW, "..rrr", id="and further ones"),
        pytest.param(said("aabaa"), ROW, ".....", id="something else between"),
        pytest.param(said("aaabaaa"), ROW, "..r...r", id="a second run"),
        pytest.param(said("axaxa", by="12121"), ROW, "....r", id="somebody else between"),
        pytest.param(said("aaa", by="123"), ROW, "...", id="three people"),
        pytest.param(said("aaa", every=3600), ROW, "..r", id="at the longest gap"),
        pytest.param(said("aaa", every=3601), ROW, "...", id="beyond the gap"),
        pytest.param(said("aaa"), ROW.model_copy(update={"row_gap": 0}), "...", id="no gap at all"),
        pytest.param(said("aa"), ROW.model_copy(update={"same_in_a_row": 2}), ".r", id="two"),
        pytest.param(said("AAA"), ROW, "..r", id="the same picture"),
        pytest.param(said("ABA"), ROW, "...", id="other pictures"),
        pytest.param(said("   "), ROW, "...", id="nothing"),
        pytest.param(said("？？？"), ROW, "..r", id="signs alone"),
        pytest.param(said("aabcabcc"), WINDOW, "....r..r", id="in a window, whatever between"),
        pytest.param(said("axaya", every=30), WINDOW, "....r", id="at the window's end"),
        pytest.param(said("axaya", every=30.1), WINDOW, ".....", id="beyond the window"),
        pytest.param(said("   "), WINDOW, "...", id="nothing in a window"),
        pytest.param(said("abcde"), RATE, "...mm", id="too many"),
        pytest.param(said("abcde", by="12121"), RATE, ".....", id="too many of two people"),
        pytest.param(said("abcd", every=20), RATE, "...m", id="at the rate's end"),
        pytest.param(said("abcd", every=20.1), RATE, "....", id="slower than the rate"),
        pytest.param(said("    "), RATE, "...m", id="empty ones count"),
        pytest.param(said("a" * 40), OFF, "." * 40, id="all off"),
        pytest.param(
            said("a" * 22), FloodSettings(rates=("20/1m",)), ".." + "r" * 18 + "bb", id="old"
        ),
        pytest.param(said("abcd", every=1), SEVERAL, "...m", id="in seconds"),
        pytest.param(said("abcdef", every=2), SEVERAL, ".....m", id="in a minute"),
        pytest.param(said("abcdefgh", every=60), SEVERAL, ".......m", id="in an hour"),
        pytest.param(said("abcdefgh", every=600), SEVERAL, "........", id="slowly"),
        pytest.param(
            said("abcdefghijklm", every=4), FloodSettings(), "." * 12 + "m", id="as it is"
        ),
    ],
)
def test_what_is_found(messages: list[Sent], settings: FloodSettings, expected: str) -> None:
    assert marks(messages, settings) == expected


def test_all_that_one_person_floods_with_is_one_burst() -> None:
    found_of = [*found(said("aaaabbb"), ROW), *found(said("abcdef"), RATE)]
    assert {f.incident for both in found_of for f in both if f is not None and f.acts} == {"burst"}


def test_facts_are_numbers_and_never_the_text() -> None:
    for findings in found(said("a" * 30), FloodSettings()):
        for finding in findings:
            if finding is not None:
                assert finding.plugin == "anti_flood"
                assert finding.acts
                assert finding.spans == ()
                assert all(isinstance(value, int) for value in finding.facts.values())
    last = found(said("aaa"), ROW)[-1][0]
    assert last is not None
    assert last.facts == {"times": 3}


Piece = str | Segment
"""Text, or another segment of a message."""


def picture(digest: int) -> Segment:
    return Segment(Kind.IMAGE, str(digest))


def shown(
    messages: Sequence[tuple[float, Sequence[Piece]]],
    settings: FloodSettings,
    *,
    staff: bool = False,
) -> list[list[Finding]]:
    """What all detectors say of each message of one author: when, and its pieces."""
    windows = GroupWindows()
    findings: list[list[Finding]] = []
    for at, pieces in messages:
        segments = tuple(Segment(Kind.TEXT, p) if isinstance(p, str) else p for p in pieces)
        text = "".join(s.value for s in segments if s.kind is Kind.TEXT)
        ref = MessageRef("1", GroupKey("qq", "1"), "1", at)
        event = MessageReceived(ref, Account("qq", "1"), segments, text)
        message = Message(event, fold(text), (), at, at, author_is_staff=staff)
        windows.observe(message, at)
        found = (detector(message, settings, windows) for detector in area.detectors)
        findings.append([finding for finding in found if finding is not None])
    return findings


def album(count: int, *, at: float = 0.0, every: float = 0.5) -> list[tuple[float, list[Piece]]]:
    """Different pictures, one a message, as a platform sends what was chosen together."""
    return [(at + number * every, [picture(number)]) for number in range(count)]


def kinds(findings: Sequence[Sequence[Finding]]) -> list[str]:
    """The incidents of each message, and nothing for a clean one."""
    names = {"times": "same", "messages": "rate", "characters": "wall"}
    return [
        "+".join(names.get(f, f) for one in found for f in list(one.facts)[:1])
        for found in findings
    ]


STICKER = Segment(Kind.STICKER, "1")
SENTENCE = "春游那天的安排和注意事项我再说一遍。"


@pytest.mark.parametrize(
    ("messages", "settings", "last"),
    [
        pytest.param([(0, [picture(n) for n in range(20)])], {}, "", id="twenty in one"),
        pytest.param([(0, [picture(n) for n in range(21)])], {}, "pictures", id="and one more"),
        pytest.param(album(27), {}, "", id="three albums of nine"),
        pytest.param(album(30), {}, "", id="thirty one by one"),
        pytest.param(album(31), {}, "pictures", id="and one more of those"),
        pytest.param(album(31, every=2.1), {}, "", id="slowly"),
        pytest.param([*album(30), (20.0, ["好"])], {}, "", id="a word after an album"),
        pytest.param(album(60), {"pictures": 0}, "", id="off"),
        pytest.param(
            album(25, every=2.6), {"rates": ["20/1m"], "pictures": 0}, "rate", id="no album"
        ),
        pytest.param([(0, [picture(1)] * 3)], {}, "same", id="one picture three times"),
        pytest.param([(0, [picture(1)] * 3)], {"same_in_a_row": 0}, "", id="that is off"),
        pytest.param(
            [(float(n), [word, picture(1)]) for n, word in enumerate("看瞧瞅")],
            {},
            "same",
            id="one picture with other words",
        ),
        pytest.param(
            [(float(n), [word, STICKER]) for n, word in enumerate(["哈哈", "好的", "谢谢"])],
            {},
            "",
            id="a sticker behind other words",
        ),
        pytest.param(
            [(float(n), [Segment(Kind.STICKER, str(n))]) for n in range(10)],
            {},
            "",
            id="ten stickers",
        ),
        pytest.param(
            [(float(n), [Segment(Kind.STICKER, str(n))]) for n in range(11)],
            {},
            "stickers",
            id="and one more of them",
        ),
        pytest.param(
            [(0, ["看", *[Segment(Kind.VIDEO, str(n)) for n in range(21)]])],
            {},
            "pictures",
            id="videos are pictures",
        ),
        pytest.param([(0, ["字" * 1000])], {}, "", id="a long message"),
        pytest.param([(0, ["字" * 1001])], {}, "wall", id="a wall"),
        pytest.param([(0, ["字" * 5000])], {"characters": 0}, "", id="walls off"),
        pytest.param([(0, ["字\n" * 50])], {}, "", id="fifty lines"),
        pytest.param([(0, ["字\n" * 51])], {}, "wall", id="and one more line"),
        pytest.param([(0, ["\n" * 200 + "字"])], {}, "wall", id="blank lines fill it too"),
        pytest.param([(0, ["字\n" * 99])], {"lines": 0}, "", id="lines off"),
        pytest.param(
            [(0, ["#接龙\n" + "\n".join(f"{n}. 家长{n}" for n in range(1, 60))])],
            {},
            "",
            id="a list that people join",
        ),
        pytest.param(
            [(n * 10.0, [str(n) * 300]) for n in range(4)], {}, "wall", id="a wall in pieces"
        ),
        pytest.param([(n * 20.0, [str(n) * 300]) for n in range(4)], {}, "wall", id="at the edge"),
        pytest.param([(n * 20.1, [str(n) * 300]) for n in range(4)], {}, "", id="pieces far apart"),
        pytest.param(
            [(n * 5.0, ["甲乙丙丁"[n] + "\n" + "字\n" * 13]) for n in range(4)],
            {},
            "wall",
            id="lines in pieces",
        ),
        pytest.param(
            [(0, ["字" * 990]), (5.0, ["谢谢" * 6])], {}, "", id="talk after a long message"
        ),
        pytest.param(
            [(n * 7.0, [f"{n}" + SENTENCE * 2 + chr(0x4E00 + n)]) for n in range(9)],
            {},
            "",
            id="talk",
        ),
    ],
)
def test_pictures_and_walls(
    messages: list[tuple[float, list[Piece]]], settings: dict[str, int], last: str
) -> None:
    found = kinds(shown(messages, FloodSettings.model_validate(settings)))
    assert found[-1] == last
    assert not any(found[:-1]) or last


def test_a_teachers_long_notice_is_no_wall_but_pictures_count_for_all() -> None:
    notice = [(0.0, ["各位家长：\n" + "通知\n" * 400])]
    assert kinds(shown(notice, FloodSettings())) == ["wall"]
    assert kinds(shown(notice, FloodSettings(), staff=True)) == [""]
    assert kinds(shown(album(31), FloodSettings(), staff=True))[-1] == "pictures"


def test_what_is_found_of_pictures_and_walls_is_numbers() -> None:
    last = shown(album(32), FloodSettings())[-1][0]
    assert (last.gravity, last.facts) == (2, {"pictures": 32})
    last = shown([(0.0, ["字" * 1001])], FloodSettings())[-1][0]
    assert last.facts == {"characters": 1001, "lines": 0}
    assert last.acts
    assert last.spans == ()


def test_it_looks_at_how_often_and_not_at_what() -> None:
    assert not area.of_content
    assert area.detectors == [repeated, too_many, wave, too_many_pictures, wall]


@pytest.mark.parametrize(
    "wrong",
    [
        {"same_in_a_row": -1},
        {"same_in_a_row": 51},
        {"rates": ["5/0s"]},
        {"rates": ["0/3s"]},
        {"rates": ["121/1h"]},
        {"rates": ["5/61m"]},
        {"rates": ["5/3"]},
        {"rates": ["5"]},
        {"rates": ["很多"]},
        {"rates": "5/3s"},
        {"quiet_rates": ["5/0s"]},
        {"crowd": "101/1m"},
        {"crowd": "40/0s"},
        {"crowd_people": 1},
        {"rate": 121},
        {"window": "120"},
        {"window": 0},
        {"window": "很久"},
        {"same": 3},
        {"pictures": -1},
        {"characters": 20_001},
    ],
)
def test_settings_that_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        FloodSettings.model_validate(wrong)


def test_lengths_are_written_with_a_unit() -> None:
    settings = FloodSettings.model_validate({"window": "2分钟", "row_gap": "1h"})
    assert (settings.window, settings.row_gap) == (120, 3_600)


def test_what_is_wrong_with_a_rate_is_said_with_its_place() -> None:
    raw = {
        "name": "ours",
        "title": "ours",
        "version": 1,
        "ladder": {"l": {"steps": ["warn"]}},
        "clause": [
            {
                "number": "三.1",
                "text": "不刷屏",
                "plugin": "anti_flood",
                "ladder": "l",
                "settings": {"rates": ["5/3s", "5/0s"]},
            }
        ],
    }
    with pytest.raises(PackError) as told:
        Pack.from_content(raw)
    assert "条款 三.1" in str(told.value)
    assert "rates 第 2 项" in str(told.value)
    assert "时长要大于零" in str(told.value)


@pytest.mark.parametrize(
    ("old", "rates"),
    [
        ({"rate": 0}, ()),
        ({"rate": 8}, ("8/1m",)),
        ({"rate": 8, "rate_window": "30s"}, ("8/30s",)),
        ({"rate_window": "2m"}, ("20/2m",)),
        ({"rate": 8, "rates": ["5/3秒"]}, ("5/3s",)),
        ({}, ("5/3s", "12/1m", "60/1h")),
    ],
)
def test_policies_of_earlier_versions_still_load(
    old: dict[str, object], rates: tuple[str, ...]
) -> None:
    assert FloodSettings.model_validate(old).rates == rates


def talk(
    sent: Sequence[tuple[float, str, str]],
    settings: FloodSettings,
    *,
    staff: str = "",
    quiet: bool = False,
) -> list[list[Finding]]:
    """What all detectors say of messages: when, by whom, what."""
    windows = GroupWindows()
    findings: list[list[Finding]] = []
    for at, author, text in sent:
        ref = MessageRef("1", GroupKey("qq", "1"), "1", at)
        event = MessageReceived(ref, Account("qq", author), (Segment(Kind.TEXT, text),), text)
        is_staff = author == staff
        message = Message(event, fold(text), (), at, at, author_is_staff=is_staff, quiet=quiet)
        windows.observe(message, at)
        found = (detector(message, settings, windows) for detector in area.detectors)
        findings.append([finding for finding in found if finding is not None])
    return findings


def test_in_quiet_hours_the_rates_are_tighter() -> None:
    sent = [(n * 8.0, "1", chr(0x4E00 + n)) for n in range(8)]
    assert not any(f.acts for one in talk(sent, FloodSettings()) for f in one)
    assert any(f.acts for one in talk(sent, FloodSettings(), quiet=True) for f in one)


def test_at_eighty_per_cent_there_is_a_hint_and_no_breach() -> None:
    sent = [(n * 4.0, "1", chr(0x4E00 + n)) for n in range(13)]
    findings = talk(sent, FloodSettings())
    assert [len(one) for one in findings] == [0] * 9 + [1] * 4
    for one in findings[9:12]:
        assert one[0].word is not None
        assert one[0].word.people == (Account("qq", "1"),)
        assert not one[0].acts
        assert area.explains is not None
        assert "提醒" in area.explains(one[0], FloodSettings())
    assert findings[12][0].acts
    quiet = talk(sent, FloodSettings(hint=False))
    assert [len(one) for one in quiet] == [0] * 12 + [1]


def test_a_chorus_of_receipts_is_no_flood() -> None:
    receipts = ["收到", "好的", "谢谢老师", "1", "👍", "收到，辛苦了"]
    sent = [(0.0, "9", "明天带水彩笔")]
    sent += [(n * 0.5, str(n % 50), receipts[n % 6]) for n in range(1, 100)]
    assert not any(talk(sent, FloodSettings(), staff="9"))


def test_a_wave_punishes_nobody_and_tells_the_managers() -> None:
    sent = [(n * 0.5, str(n % 6), chr(0x4E00 + n)) for n in range(100)]
    settings = FloodSettings(rates=("5/1m",), hint=False)
    findings = talk(sent, settings)
    assert any(f.acts for one in findings[:40] for f in one)
    wave_of = findings[40]
    assert [f.incident for f in wave_of] == ["wave"]
    assert not any(findings[41:])
    assert wave_of[0].word is not None
    assert wave_of[0].word.people == ()
    assert wave_of[0].facts == {"messages": 41, "people": 6}


def test_a_wave_of_five_or_of_one_among_others_is_none() -> None:
    settings = FloodSettings(rates=("30/1m",), hint=False)
    five = talk([(n * 0.5, str(n % 5), chr(0x4E00 + n)) for n in range(60)], settings)
    assert not any(f.word for one in five for f in one)
    alone = [(n * 0.5, str(n) if n < 5 else "9", chr(0x4E00 + n)) for n in range(60)]
    assert any(f.acts for one in talk(alone, settings) for f in one)
    off = FloodSettings(crowd="0", rates=())
    many = talk([(n * 0.5, str(n % 9), chr(0x4E00 + n)) for n in range(90)], off)
    assert not any(many)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, 0.3, 1.0, 2.9, 3.0, 20.0, 60.0, 900.0]), st.sampled_from("12")
        ),
        min_size=1,
        max_size=70,
    )
)
def test_the_windows_as_a_slow_model_has_them(sent: list[tuple[float, str]]) -> None:
    now, told = 0.0, list[tuple[float, str, str]]()
    for number, (wait, author) in enumerate(sent):
        now += wait
        told.append((now, author, chr(0x4E00 + number)))
    findings = talk(told, FloodSettings(hint=False))
    for number, (at, author, _) in enumerate(told):
        own = [when for when, who, _ in told[: number + 1] if who == author]
        over = any(
            sum(round(at - when, 6) <= seconds for when in own) > most
            for most, seconds in ((5, 3), (12, 60), (60, 3600))
        )
        assert bool(findings[number]) == over
