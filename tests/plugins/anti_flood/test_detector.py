"""What anti_flood finds, message by message."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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
from src.core.text import fold
from src.core.windows import GroupWindows
from src.plugins.anti_flood.detector import area, repeated, too_many, too_many_pictures, wall
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
        findings.append(
            (repeated(message, settings, windows), too_many(message, settings, windows))
        )
    return findings


def marks(messages: Sequence[Sent], settings: FloodSettings) -> str:
    """`r` where a message repeats, `m` where there are too many, `b` for both, `.` for neither."""
    return "".join(".mrb"[2 * bool(r) + bool(m)] for r, m in found(messages, settings))


def said(what: str, *, every: float = 1.0, by: str = "") -> list[Sent]:
    """One letter a message, by one person or by those in `by`."""
    return [Sent(number * every, by[number] if by else "1", one) for number, one in enumerate(what)]


ROW = FloodSettings(same_in_window=0, rate=0)
WINDOW = FloodSettings(same_in_a_row=0, rate=0)
RATE = FloodSettings(same_in_a_row=0, same_in_window=0, rate=3, rate_window=60)
OFF = FloodSettings(same_in_a_row=0, same_in_window=0, rate=0)


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
        pytest.param(said("a" * 22), FloodSettings(), ".." + "r" * 18 + "bb", id="as it comes"),
    ],
)
def test_what_is_found(messages: list[Sent], settings: FloodSettings, expected: str) -> None:
    assert marks(messages, settings) == expected


def test_one_run_is_one_incident_and_another_text_is_another() -> None:
    incidents = [r.incident for r, _ in found(said("aaaabbb"), ROW) if r is not None]
    assert len(incidents) == 3
    assert incidents[0] == incidents[1] != incidents[2]
    rates = {m.incident for _, m in found(said("abcdef"), RATE) if m is not None}
    assert rates == {"rate"}


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
    return ["+".join(f.incident.partition(":")[0] for f in one) for one in findings]


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
        pytest.param(album(25, every=2.6), {"rate": 9, "pictures": 0}, "rate", id="no album"),
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
            [(n * 5.0, [f"{n}\n" + "字\n" * 13]) for n in range(4)],
            {},
            "wall",
            id="lines in pieces",
        ),
        pytest.param(
            [(0, ["字" * 990]), (5.0, ["谢谢" * 6])], {}, "", id="talk after a long message"
        ),
        pytest.param(
            [(n * 3.0, [f"{n}" + SENTENCE * 4]) for n in range(19)], {}, "", id="lively talk"
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
    assert (last.gravity, last.incident, last.facts) == (2, "pictures", {"pictures": 32})
    last = shown([(0.0, ["字" * 1001])], FloodSettings())[-1][0]
    assert (last.incident, last.facts) == ("wall", {"characters": 1001, "lines": 0})
    assert last.acts
    assert last.spans == ()


def test_it_looks_at_how_often_and_not_at_what() -> None:
    assert not area.of_content
    assert area.detectors == [repeated, too_many, too_many_pictures, wall]


@pytest.mark.parametrize(
    "wrong",
    [
        {"same_in_a_row": -1},
        {"same_in_a_row": 51},
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
