"""The course of a report or complaint, how much one weighs, and whom words are about: pure."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import pytest

from src.core.chat.events import Account, Member, PlatformRole
from src.plugins.reports.course import Effect, Event, Stage, move
from src.plugins.reports.deciding import cited
from src.plugins.reports.names import about_nobody, meant, named_in
from src.plugins.reports.settings import ReportSettings
from src.plugins.reports.weights import FLOOR, suffice, weight

events = st.lists(st.sampled_from(Event), max_size=12)
begun = st.sampled_from([Stage.QUIET, Stage.ASKED])


@given(begun, events)
def test_whatever_happens_there_is_a_next_thing_and_one_outcome(
    stage: Stage, happened: list[Event]
) -> None:
    outcomes = 0
    for event in happened:
        before, (stage, effect) = stage, move(stage, event)
        outcomes += Effect.SAY_OUTCOME in effect
        if before is Stage.OVER:
            assert (stage, effect) == (Stage.OVER, Effect.NOTHING)
        elif event in (Event.DUE, Event.DUE_AT_THE_TOP):
            # A deadline never passes in silence: somebody is asked or reminded.
            assert effect & (Effect.CALL | Effect.RAISE | Effect.CHASE)
            assert stage not in (Stage.QUIET, Stage.OVER)
        # Who reported hears that it is late only after somebody was asked in time.
        assert Effect.SAY_LATE not in effect or before is not Stage.QUIET
    assert outcomes == (Event.DECIDED in happened)
    assert (stage is Stage.OVER) == (Event.DECIDED in happened)


@given(begun, st.lists(st.sampled_from([Event.DUE, Event.DUE_AT_THE_TOP]), max_size=6))
def test_deadlines_alone_end_nothing_and_say_so_once_at_the_top(
    stage: Stage, happened: list[Event]
) -> None:
    late_at_the_top = 0
    for event in happened:
        before, (stage, effect) = stage, move(stage, event)
        assert stage is not Stage.OVER
        if event is Event.DUE_AT_THE_TOP and before is not Stage.QUIET:
            assert stage is Stage.TOP
            late_at_the_top += Effect.SAY_LATE in effect and before is Stage.TOP
    assert late_at_the_top == 0


@pytest.mark.parametrize(
    ("confirmed", "refused", "expected"),
    [(0, 0, 0.5), (1, 0, 2 / 3), (0, 1, 1 / 3), (9, 0, 10 / 11), (0, 30, FLOOR), (3, 3, 0.5)],
)
def test_what_a_report_weighs(confirmed: int, refused: int, expected: float) -> None:
    assert weight(confirmed, refused) == pytest.approx(expected)


counts = st.integers(0, 1000)


@given(counts, counts)
def test_being_right_weighs_more_and_nobody_weighs_nothing(confirmed: int, refused: int) -> None:
    now = weight(confirmed, refused)
    assert FLOOR <= now < 1
    assert weight(confirmed + 1, refused) > now or now == FLOOR
    assert weight(confirmed, refused + 1) <= now


def test_a_newcomer_suffices_and_a_false_reporter_needs_others() -> None:
    assert suffice([weight(0, 0)])
    assert not suffice([weight(0, 10)])
    assert suffice([weight(0, 10)] * 3)


def member(user: str, name: str) -> Member:
    return Member(Account("qq", user), name, PlatformRole.MEMBER, muted_until=0.0)


SUN, SUN_HE, HE = member("900", "孙老师"), member("901", "孙老师 何"), member("800", "三2何老师")


@pytest.mark.parametrize(
    ("words", "people", "rest"),
    [
        ("孙老师 骂人", [SUN], "骂人"),
        ("@孙老师，骂人", [SUN], "骂人"),
        ("孙老师 何 骂人", [SUN_HE], "骂人"),
        ("800 骂人", [HE], "骂人"),
        ("何老师 骂人", [HE], "骂人"),
        ("老师 骂人", [SUN, SUN_HE, HE], "骂人"),
        ("孙老师骂人", [], "孙老师骂人"),
        ("李 骂人", [], "李 骂人"),
    ],
)
def test_whom_words_begin_with(words: str, people: list[Member], rest: str) -> None:
    found = meant(words, [SUN, SUN_HE, HE])
    assert (list(found.people), found.rest) == (people, rest)


def test_a_manager_who_is_named_anywhere_is_noticed() -> None:
    names = {SUN.account: ["孙丽华老师"], HE.account: ["何老师", "何平"]}
    assert named_in("今天孙老师骂人了", names) == [SUN.account]
    assert named_in("何平太凶", names) == [HE.account]
    assert named_in("希望多一点课间", names) == []
    assert about_nobody("班级 希望多一点课间")
    assert not about_nobody("")


def test_the_clause_that_a_decision_names() -> None:
    assert cited("三.2 发了广告", {"三.2", "三"}) == ("三.2", "发了广告")
    assert cited("发了广告", {"三.2"}) == ("", "发了广告")
    assert cited("", {"三.2"}) == ("", "")


def test_only_a_clause_that_says_so_sets_what_is_passed_up() -> None:
    assert ReportSettings().passes_up() is None
    said = ReportSettings.model_validate({"head_in": "2h"})
    assert said.passes_up() == (7200, ReportSettings().school_in)
