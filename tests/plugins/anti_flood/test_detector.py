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
from src.plugins.anti_flood.detector import area, repeated, too_many
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


def test_it_looks_at_how_often_and_not_at_what() -> None:
    assert not area.of_content
    assert area.detectors == [repeated, too_many]


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
    ],
)
def test_settings_that_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        FloodSettings.model_validate(wrong)


def test_lengths_are_written_with_a_unit() -> None:
    settings = FloodSettings.model_validate({"window": "2分钟", "row_gap": "1h"})
    assert (settings.window, settings.row_gap) == (120, 3_600)
