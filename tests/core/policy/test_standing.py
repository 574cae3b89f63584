"""What cases weigh together on a ladder, and until when."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import pytest

from src.core.policy import Ladder, Pack, PackErrors, Step
from src.core.policy.ladder import Counted, Standing, standing

DAY = 86_400
LIFE = 30 * DAY


def case(day: int, weight: int = 1, life: int = LIFE) -> Counted:
    return Counted(day * DAY, day * DAY + life, weight)


@pytest.mark.parametrize(
    ("cases", "day", "decay", "expected"),
    [
        ([], 0, None, Standing(0)),
        ([case(0)], 29, None, Standing(1, 30 * DAY, 30 * DAY)),
        ([case(0)], 30, None, Standing(0)),
        ([case(0), case(10, 2)], 20, None, Standing(3, 30 * DAY, 40 * DAY)),
        # What comes later does not count yet.
        ([case(0), case(5)], 1, None, Standing(1, 30 * DAY, 30 * DAY)),
        # One is taken off after each ten days without another; the case's own end comes later.
        ([case(0, 3)], 9, 10, Standing(3, 10 * DAY, 30 * DAY)),
        ([case(0, 3)], 10, 10, Standing(2, 20 * DAY, 30 * DAY)),
        ([case(0, 1)], 10, 10, Standing(0)),
        # A new case begins the time anew, and what was taken off stays so.
        ([case(0, 2), case(15)], 16, 10, Standing(2, 25 * DAY, 30 * DAY)),
        # An old grave case that has decayed away does not hide a new one.
        ([case(0, 2), case(25)], 26, 10, Standing(1, 35 * DAY, 35 * DAY)),
    ],
)
def test_standing(cases: list[Counted], day: int, decay: int | None, expected: Standing) -> None:
    assert standing(cases, day * DAY, decay * DAY if decay else None) == expected


CASES = st.lists(
    st.builds(
        Counted,
        since=st.integers(0, 100),
        until=st.integers(1, 200),
        weight=st.integers(1, 5),
    ),
    max_size=8,
)


@given(CASES, st.integers(0, 250), st.none() | st.integers(1, 40))
def test_it_only_falls_and_ends_when_it_says(
    cases: list[Counted], now: int, decay: int | None
) -> None:
    """Where nothing is added: nobody's weight rises by waiting, and each ends."""
    known = [one for one in cases if one.since <= now]
    here = standing(known, now, decay)
    live = sum(one.weight for one in known if now < one.until)
    assert 0 <= here.weight <= live
    if decay is None:
        assert here.weight == live
    if not here.weight:
        assert (here.less, here.nothing) == (None, None)
        return
    assert here.less is not None
    assert here.nothing is not None
    assert now < here.less <= here.nothing
    assert standing(known, here.less, decay).weight < here.weight
    assert standing(known, here.nothing, decay).weight == 0
    for moment in range(now, here.less):
        assert standing(known, moment, decay).weight == here.weight


@given(CASES, st.integers(0, 250), st.none() | st.integers(1, 40))
def test_one_case_less_is_never_worse(cases: list[Counted], now: int, decay: int | None) -> None:
    """A reversal helps."""
    whole = standing(cases, now, decay).weight
    for index in range(len(cases)):
        assert standing(cases[:index] + cases[index + 1 :], now, decay).weight <= whole


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ({"step": "mute 1d", "report": True}, "禁言 1 天，并上报"),
        ({"step": "remove", "confirm": 3, "hold": "1d"}, "移出群（须 3 人确认）"),
        ({"step": "block", "hold": "none"}, "移出并拉黑（须 1 人确认）"),
    ],
)
def test_a_step_reports_and_holds(written: dict[str, object], spoken: str) -> None:
    step = Step.read(written)
    assert step.spoken() == spoken
    assert Step.read(step.write()) == step


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ({"step": "warn", "hold": "1d"}, "只用于"),
        ({"step": "remove", "hold": "30s"}, "最短"),
        ({"step": "remove", "confirm": 0, "hold": "1d"}, "删去"),
        ({"step": "warn", "report": "yes"}, "true"),
    ],
)
def test_a_wrong_hold_or_report(written: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Step.read(written)


def pack(**content: object) -> Pack:
    clause = {"number": "1", "text": "好好说话。", "for_people": True}
    return Pack.from_content(
        {"name": "one", "title": "群规", "version": 1, "clause": [clause], **content}
    )


def test_terms() -> None:
    ladder = {"one": {"steps": ["warn"], "ends_with_term": True}}
    made = pack(ladder=ladder, term_ends=["07-10", "01-20"])
    assert made.term_ends == ((7, 10), (1, 20))
    assert Pack.from_content(made.content()) == made
    with pytest.raises(PackErrors, match="term_ends"):
        pack(ladder=ladder)
    for wrong in ("7月10日", "13-01", "02-29", 710):
        with pytest.raises(PackErrors, match="07-10"):
            pack(term_ends=[wrong])


def test_a_ladder_says_how_it_counts() -> None:
    ladder = Ladder.model_validate({"steps": ["warn", "mute 1h"], "decay": "10d"})
    assert "每 10 天没有新的就减一次" in ladder.spoken()
