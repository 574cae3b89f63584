"""The pace: never faster than the rates, better priority first, nobody lost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from src.core.chat.pacing import Errand, Pace, Pacing, Rate
from src.core.chat.port import Priority
from src.core.clock import DrivenClock

if TYPE_CHECKING:
    from collections.abc import Callable

ANSWER, NOTICE, ACT = Priority.ANSWER, Priority.NOTICE, Priority.ACT
FREE = Rate(every=0.001, burst=1000)


def least(least: float, _most: float) -> float:
    return least


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


class Scene:
    """A pace on a driven clock, with a record of who went when."""

    def __init__(self, uniform: Callable[[float, float], float] = least, **pacing: Any) -> None:
        self.clock = DrivenClock(0)
        self.pace = Pace(Pacing(**pacing), self.clock, uniform)
        self.went: list[tuple[float, str]] = []
        self.refused: list[str] = []
        self.callers: dict[str, asyncio.Task[None]] = {}

    def come(
        self,
        name: str,
        errand: Errand = Errand.WORDS,
        group: str | None = "g",
        priority: Priority = ANSWER,
    ) -> None:
        async def caller() -> None:
            if await self.pace.turn(errand, group, priority):
                self.went.append((self.clock.now(), name))
            else:
                self.refused.append(name)

        self.callers[name] = asyncio.get_running_loop().create_task(caller())

    async def drive(self, until: float) -> None:
        await settle()
        while (due := self.clock.next_due()) is not None and due <= until:
            self.clock.move_to(due)
            await settle()
        self.clock.move_to(until)
        await settle()

    @property
    def order(self) -> list[str]:
        return [name for _, name in self.went]


async def test_goes_at_once_while_there_are_tokens() -> None:
    scene = Scene(group=FREE)
    for name in "abcde":
        scene.come(name)
    await settle()
    assert scene.went == [(0, name) for name in "abcde"]
    await scene.pace.close()


async def test_words_in_one_group_keep_their_distance_and_jitter_only_when_they_waited() -> None:
    scene = Scene()
    for name in "abc":
        scene.come(name)
    await scene.drive(20)
    assert scene.went == [(0, "a"), (3.5, "b"), (7, "c")]
    scene.come("d")
    await settle()
    assert scene.went[-1] == (20, "d")
    await scene.pace.close()


async def test_a_full_group_holds_up_no_other_group() -> None:
    scene = Scene()
    scene.come("a", group="one")
    scene.come("b", group="one")
    scene.come("c", group="two")
    await settle()
    assert scene.order == ["a", "c"]
    await scene.pace.close()


async def test_acts_do_not_wait_for_words_and_have_no_jitter() -> None:
    scene = Scene(account=Rate(every=1, burst=2))
    scene.come("a")
    scene.come("words")
    scene.come("act 1", Errand.ACT, None, ACT)
    await settle()
    # "words" waits for its group and had come first, but it is the lower priority.
    assert scene.order == ["a", "act 1"]
    scene.come("act 2", Errand.ACT, None, ACT)
    await scene.drive(1)
    assert scene.went[-1] == (1, "act 2")
    await scene.pace.close()


async def test_priority_first_and_first_come_first_served_within() -> None:
    scene = Scene(group=FREE, words=FREE, account=Rate(every=1, burst=1), jitter=(0, 0))
    scene.come("first")
    await settle()
    for name, priority in [
        ("notice 1", NOTICE),
        ("notice 2", NOTICE),
        ("answer 1", ANSWER),
        ("answer 2", ANSWER),
    ]:
        scene.come(name, priority=priority)
    scene.come("act", Errand.ACT, None, ACT)
    await scene.drive(10)
    assert scene.order == ["first", "act", "answer 1", "answer 2", "notice 1", "notice 2"]
    await scene.pace.close()


async def test_a_shorter_jitter_does_not_overtake() -> None:
    jitters = iter([2.0, 0.5])
    scene = Scene(lambda _least, _most: next(jitters))
    for name in ("first", "second", "third"):
        scene.come(name)
    await scene.drive(20)
    assert scene.went == [(0, "first"), (5, "second"), (8.5, "third")]
    await scene.pace.close()


async def test_what_a_better_one_waits_for_is_kept_for_it() -> None:
    scene = Scene(account=Rate(every=100, burst=2), jitter=(0, 0))
    scene.come("first", group="one")
    scene.come("answer", group="one")
    scene.come("notice", group="two", priority=NOTICE)
    await scene.drive(3)
    assert scene.order == ["first", "answer"]
    await scene.pace.close()


async def test_removing_is_slower_than_other_acts() -> None:
    scene = Scene()
    for name in "ab":
        scene.come(name, Errand.REMOVE, None, ACT)
    scene.come("mute", Errand.ACT, None, ACT)
    await scene.drive(10)
    assert scene.went == [(0, "a"), (0, "mute"), (3, "b")]
    await scene.pace.close()


async def test_over_the_limit_the_newest_of_the_lowest_priority_is_refused() -> None:
    scene = Scene(limit=2)
    scene.come("goes")
    for name, priority in [("n1", NOTICE), ("n2", NOTICE), ("n3", NOTICE), ("a1", ANSWER)]:
        scene.come(name, priority=priority)
    await settle()
    assert scene.refused == ["n3", "n2"]
    assert len(scene.pace) == 2
    await scene.drive(60)
    assert scene.order == ["goes", "a1", "n1"]
    await scene.pace.close()


async def test_a_cancelled_caller_takes_no_token() -> None:
    scene = Scene(jitter=(0, 0))
    for name in "abc":
        scene.come(name)
    await settle()
    scene.callers["b"].cancel()
    await settle()
    assert len(scene.pace) == 1
    await scene.drive(3)
    assert scene.order == ["a", "c"]
    with pytest.raises(asyncio.CancelledError):
        await scene.callers["b"]
    await scene.pace.close()


async def test_closing_refuses_who_waits_and_who_comes_later() -> None:
    scene = Scene()
    scene.come("a")
    scene.come("b")
    await settle()
    await scene.pace.close()
    scene.come("c")
    await settle()
    assert (scene.order, scene.refused) == (["a"], ["b", "c"])
    assert {task for task in asyncio.all_tasks() if task.get_name() == "pace"} == set()


async def test_switched_off_nobody_waits() -> None:
    scene = Scene(enabled=False, account=Rate(every=100, burst=1))
    for number in range(50):
        scene.come(str(number))
    await settle()
    assert len(scene.went) == 50


async def test_a_clock_set_back_does_not_stop_it_for_good() -> None:
    scene = Scene(jitter=(0, 0))
    scene.clock.move_to(1000)
    scene.come("a")
    scene.come("b")
    await settle()
    scene.clock.move_to(0)
    await scene.drive(1004)
    assert scene.order == ["a", "b"]
    await scene.pace.close()


def test_defaults_are_within_what_is_recommended() -> None:
    pacing = Pacing()
    assert pacing.words.burst + 60 / pacing.words.every <= 20
    assert pacing.group.every >= 3
    assert pacing.account.every >= 1
    assert pacing.account.burst <= 5
    assert pacing.remove.every >= 3


COMING = st.lists(
    st.tuples(
        st.floats(0, 5),
        st.sampled_from(list(Errand)),
        st.sampled_from(["g", "h", None]),
        st.sampled_from(list(Priority)),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(
    coming=COMING,
    account=st.builds(Rate, every=st.floats(0.1, 3), burst=st.integers(1, 4)),
    group=st.builds(Rate, every=st.floats(0.1, 3), burst=st.integers(1, 3)),
    jitter=st.sampled_from([(0.0, 0.0), (0.5, 2.0)]),
)
def test_no_window_holds_more_than_the_rates_allow(
    coming: list[tuple[float, Errand, str | None, Priority]],
    account: Rate,
    group: Rate,
    jitter: tuple[float, float],
) -> None:
    async def run() -> Scene:
        scene = Scene(account=account, group=group, jitter=jitter)
        moment = 0.0
        for index, (gap, errand, where, priority) in enumerate(coming):
            moment += gap
            await scene.drive(moment)
            scene.come(str(index), errand, where, priority)
            await settle()
        await scene.drive(moment + 500)
        await scene.pace.close()
        return scene

    scene = asyncio.run(run())
    assert sorted(scene.order, key=int) == [str(index) for index in range(len(coming))]
    assert scene.refused == []
    in_group = [
        moment
        for moment, name in scene.went
        if coming[int(name)][1] is Errand.WORDS and coming[int(name)][2] == "g"
    ]
    for rate, moments in ((account, [moment for moment, _ in scene.went]), (group, in_group)):
        for i, first in enumerate(moments):
            for j in range(i, len(moments)):
                allowed = rate.burst + (moments[j] - first) / rate.every
                assert j - i + 1 <= allowed + 1e-3


@settings(max_examples=60, deadline=None)
@given(priorities=st.lists(st.sampled_from(list(Priority)), min_size=1, max_size=15))
def test_of_those_that_wait_for_the_same_the_better_goes_first(priorities: list[Priority]) -> None:
    async def run() -> Scene:
        scene = Scene()
        scene.come("-1")
        await settle()
        for index, priority in enumerate(priorities):
            scene.come(str(index), priority=priority)
        await scene.drive(500)
        await scene.pace.close()
        return scene

    scene = asyncio.run(run())
    expected = sorted(range(len(priorities)), key=lambda index: (priorities[index].value, index))
    assert scene.order == ["-1", *map(str, expected)]
