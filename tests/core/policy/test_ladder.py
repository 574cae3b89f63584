from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
import pytest

from src.core.policy import Ladder, Step, gravest

FOUR = Ladder.model_validate({"steps": ["remind", "warn", "mute 10m", "remove"]})


@pytest.mark.parametrize(
    ("live", "weight", "kind"),
    [
        (0, 1, "remind"),
        (1, 1, "warn"),
        (2, 1, "mute"),
        (3, 1, "remove"),
        (4, 1, "remove"),
        (99, 1, "remove"),
        (0, 2, "warn"),
        (0, 3, "mute"),
        (1, 3, "remove"),
        (0, 100, "remove"),
    ],
)
def test_live_weight_chooses_the_step(live: int, weight: int, kind: str) -> None:
    assert FOUR.step(live, weight).kind == kind


@pytest.mark.parametrize(("live", "weight"), [(-1, 1), (0, 0), (0, -1)])
def test_no_step_comes_from_below_the_ladder(live: int, weight: int) -> None:
    with pytest.raises(ValueError, match="no step"):
        FOUR.step(live, weight)


@given(st.integers(0, 50), st.integers(1, 10), st.integers(0, 20), st.integers(0, 5))
def test_more_weight_is_never_milder(live: int, weight: int, more: int, heavier: int) -> None:
    assert FOUR.step(live + more, weight + heavier).gravity >= FOUR.step(live, weight).gravity


STEPS: list[tuple[Any, Step]] = [
    ("remind", Step("remind")),
    ("warn", Step("warn")),
    ("report", Step("report")),
    ("mute 10m", Step("mute", 600)),
    ("mute  2小时", Step("mute", 7_200)),
    ("remove", Step("remove", confirm=1)),
    ("block", Step("block", confirm=1)),
    ("block 30d", Step("block", 2_592_000, confirm=1)),
    ({"step": "remove", "confirm": 0}, Step("remove", confirm=0)),
    ({"step": "remove", "confirm": 2, "within": "24h"}, Step("remove", None, 2, 86_400)),
    ({"step": "mute 1d"}, Step("mute", 86_400)),
]


@pytest.mark.parametrize(("written", "step"), STEPS)
def test_steps_read_and_write(written: Any, step: Step) -> None:
    assert Step.read(written) == step
    assert Step.read(step.write()) == step


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("kick", "没有 kick 这一步"),
        ("", "没有"),
        ("mute", "要写时长"),
        ("mute 30s", "最短"),
        ("mute 31d", "最长"),
        ("mute soon", "时长"),
        ("warn 10m", "不写时长"),
        ("remove 10m", "不写时长"),
        (3, "要写成"),
        ({"confirm": 1}, "要写成"),
        ({"step": "warn", "confirm": 1}, "只用于"),
        ({"step": "remove", "confirm": 6}, "0 到 5"),
        ({"step": "remove", "confirm": True}, "0 到 5"),
        ({"step": "remove", "within": 72}, "within"),
        ({"step": "remove", "confirm": 0, "within": "3h"}, "删去 within"),
        ({"step": "remove", "seconds": 3}, "不认识 seconds"),
    ],
)
def test_a_wrong_step_says_what_is_wrong(written: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Step.read(written)


def test_gravity_orders_all_steps() -> None:
    rising = ["remind", "warn", "report", "mute 1m", "mute 1d", "remove", "block 30d", "block"]
    for milder, graver in pairwise(map(Step.read, rising)):
        assert milder.gravity < graver.gravity
        assert gravest([milder, graver]) == gravest([graver, milder]) == graver


def test_of_equal_steps_the_first_decides() -> None:
    first, second = Step("remove", confirm=2), Step("remove", confirm=0)
    assert gravest([first, second]) is first


def test_a_message_goes_from_a_warning_on() -> None:
    assert not Step("remind").withdraws
    assert all(Step.read(step).withdraws for step in ("warn", "report", "mute 10m", "remove"))


@pytest.mark.parametrize(
    "table",
    [
        {"steps": []},
        {"steps": ["warn", "remind"]},
        {"steps": ["mute 1h", "mute 10m"]},
        {"steps": ["warn"], "life": 30},
        {"steps": ["warn"], "life": "30"},
        {"steps": ["warn"], "lief": "30d"},
        {},
    ],
)
def test_a_wrong_ladder_is_refused(table: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Ladder.model_validate(table)


def test_a_report_may_come_at_any_height() -> None:
    ladder = Ladder.model_validate({"steps": ["warn", "mute 1h", "report", "remove"]})
    assert ladder.step(2, 1).kind == "report"


def test_a_ladder_is_said_in_a_line() -> None:
    ladder = Ladder.model_validate({"steps": ["warn", "mute 10m", {"step": "remove"}]})
    assert ladder.life == 2_592_000
    assert ladder.spoken() == "警告 → 禁言 10 分钟 → 移出群（须 1 人确认），30 天内累计"
