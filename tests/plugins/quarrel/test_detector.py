"""What is a quarrel and what is lively talk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError
import pytest

from src.core.area import Message
from src.core.chat.events import Account, GroupKey, Kind, MessageReceived, MessageRef, Segment
from src.core.text import built_in, fold
from src.core.windows import GroupWindows
from src.plugins.quarrel.detector import area, quarrelling
from src.plugins.quarrel.settings import QuarrelSettings

from .talks import PEACEFUL, QUARRELS, WITH_TEACHER

if TYPE_CHECKING:
    from src.core.area import Finding

AS_IT_IS = QuarrelSettings()


def lines(talk: str) -> list[tuple[str, str]]:
    """Who said what; a line without a speaker belongs to the one before."""
    said: list[tuple[str, str]] = []
    for line in talk.splitlines():
        who, colon, words = line.partition(":")
        if colon and who in set("ABCDT"):
            said.append((who, words))
        else:
            said[-1] = (said[-1][0], f"{said[-1][1]}\n{line}")
    return said


def found(
    talk: str, *, every: float = 10.0, settings: QuarrelSettings = AS_IT_IS
) -> list[Finding | None]:
    """What is found on each line."""
    windows = GroupWindows()
    findings: list[Finding | None] = []
    for number, (who, words) in enumerate(lines(talk)):
        at = number * every
        ref = MessageRef("1", GroupKey("qq", "1"), str(number), at)
        event = MessageReceived(ref, Account("qq", who), (Segment(Kind.TEXT, words),), words)
        folded = fold(words)
        hits = built_in().scan(folded)
        message = Message(event, folded, hits, at, at, author_is_staff=who == "T")
        windows.observe(message, at)
        findings.append(quarrelling(message, settings, windows))
    return findings


def words_of(findings: list[Finding | None]) -> list[Finding]:
    return [finding for finding in findings if finding is not None]


@pytest.mark.parametrize("talk", QUARRELS)
def test_a_quarrel_is_asked_to_calm_down_before_anything_else(talk: str) -> None:
    first = words_of(found(talk))[0]
    assert first.word is not None
    assert first.word.aloud
    assert 2 <= len(first.word.people) <= 3
    assert first.facts["staff"] is False
    assert not first.acts


@pytest.mark.parametrize("talk", WITH_TEACHER)
def test_a_parent_and_a_teacher_are_only_offered_another_way_in_private(talk: str) -> None:
    findings = words_of(found(talk + "\n" + talk))
    assert findings
    for finding in findings:
        assert finding.word is not None
        assert not finding.word.aloud
        assert set(finding.word.people) == {Account("qq", "A"), Account("qq", "T")}


@pytest.mark.parametrize("talk", PEACEFUL)
@pytest.mark.parametrize("every", [1.0, 10.0])
def test_lively_talk_is_none(talk: str, every: float) -> None:
    assert words_of(found(talk, every=every)) == []


@pytest.mark.parametrize("talk", QUARRELS)
def test_the_same_said_slowly_or_by_one_alone_is_none(talk: str) -> None:
    assert words_of(found(talk, every=120)) == []
    alone = "\n".join(f"A:{words}" for _, words in lines(talk))
    assert words_of(found(alone)) == []


def test_there_are_enough_talks() -> None:
    assert len(PEACEFUL) >= 25
    assert len(QUARRELS) >= 15
    assert all(len(lines(talk)) >= 6 for talk in PEACEFUL)


GO_ON = QUARRELS[0] + "\nC:都少说两句\nC:好了\nA:{}\nB:{}"


def test_who_goes_on_is_found_each_by_what_they_wrote() -> None:
    both = words_of(found(GO_ON.format("你没素质", "你闭嘴")))
    assert [finding.acts for finding in both] == [False, True, True]
    one = words_of(found(GO_ON.format("你没素质", "好，不说了")))
    assert [finding.acts for finding in one] == [False, True]
    none = words_of(found(GO_ON.format("对不起，我急了", "我也有不对")))
    assert [finding.acts for finding in none] == [False]


def test_what_was_being_typed_when_the_line_came_is_let_be() -> None:
    assert [f.acts for f in words_of(found(QUARRELS[0] + "\nB:你没素质", every=5))] == [False]


def test_findings_hold_no_text_and_are_explained() -> None:
    assert area.explains is not None
    for finding in words_of(found(GO_ON.format("你没素质", "你闭嘴"))):
        assert all(type(value) in (int, bool) for value in finding.facts.values())
        assert finding.spans == ()
        assert area.explains(finding, AS_IT_IS)
    assert not area.of_content


@pytest.mark.parametrize(
    "wrong",
    [{"within": 0}, {"within": "31m"}, {"turns": 2}, {"heat": 3}, {"cooling": "0s"}, {"a": 1}],
)
def test_settings_that_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        QuarrelSettings.model_validate(wrong)
