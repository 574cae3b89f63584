"""The course of an appeal: the table, and the rows that follow it, whatever people and time do."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
import pytest

from src.core.discipline import NotAllowed, State, Terms, TooLate, says_something
from src.core.discipline.appeals import MOVES, Move, state_of
from src.core.people import Rank, Role
from src.core.policy import Step
from src.core.store import in_transaction, models
from src.core.store.rows import account_row
from tests.houses import ADMIN, OWNER, a_home, account

if TYPE_CHECKING:
    from collections.abc import Generator

    from src.core.discipline import Verdict
    from tests.houses import Home

LEADERS = ("700", "701")
DAY = 86_400.0
MOVES_OF_ALL: tuple[Move, ...] = (
    "file",
    "withdraw",
    "overdue",
    "upheld",
    "reduced",
    "revoked",
    "reversed",
)


# -- the table --------------------------------------------------------------------------------------------


def test_every_open_appeal_can_be_decided_taken_back_and_overdue() -> None:
    for state in State:
        moves = set(MOVES[state])
        if state.is_open:
            assert moves == {"withdraw", "overdue", "upheld", "reduced", "revoked", "reversed"}
            assert MOVES[state]["overdue"].is_late
            assert not any(MOVES[state][move].is_open for move in moves - {"overdue"})
        else:
            assert moves <= {"file", "reversed"}
            assert all(MOVES[state][move].is_open for move in moves & {"file"})


def test_an_appeal_is_decided_twice_at_most() -> None:
    paths: list[tuple[State, int]] = [(State.NONE, 0)]
    for state, decided in paths:
        assert decided <= 2
        for move, after in MOVES[state].items():
            step = (after, decided + (move in ("upheld", "reduced")))
            if step not in paths:
                paths.append(step)
    assert {state for state, _ in paths} == set(State)
    assert (State.FINAL, 2) in paths


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("看过原消息", True),
        ("ok !!", False),
        ("是通知", False),
        ("啊啊啊啊啊", False),
        ("。。。！！！？？", False),
        ("", False),
        ("notice", True),
    ],
)
def test_a_reason_says_something(reason: str, says: bool) -> None:
    assert says_something(reason) is says


# -- the rows ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def runner(
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[tuple[asyncio.Runner, Home]]:
    """One house for all the courses that are tried."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()

        async def enter() -> Home:
            home = await stack.enter_async_context(a_home(tmp_path_factory.mktemp("appeals")))
            for user in LEADERS:
                await grant(home, user, Role.LEADER)
            return home

        home = runner.run(enter())
        try:
            yield runner, home
        finally:
            runner.run(stack.aclose())


async def grant(home: Home, user: str, role: Role) -> None:
    """The school gives somebody a role."""
    row = await account_row(account(user))
    now = home.house.records.now()
    assert home.group.id is not None
    await models.RoleGrant.create(
        group_id=home.group.id, account=row, role=role.value, given_by=row, created_at=now
    )
    home.house.people.grant(home.group.key, account(user), role)


class Course:
    """One case and its appeals, in a house."""

    def __init__(self, home: Home, case: models.Case, user: str) -> None:
        self.home = home
        self.case = case
        self.user = user
        self.terms = Terms(within=int(7 * DAY))

    async def rows(self) -> tuple[models.Case, list[models.Request]]:
        case = await models.Case.get(id=self.case.id)
        return case, await self.home.house.appeals.of(case)

    async def state(self) -> State:
        return state_of(*await self.rows())

    async def open_one(self) -> models.Request | None:
        _, appeals = await self.rows()
        found = [one for one in appeals if one.state == "open"]
        assert len(found) <= 1
        return found[0] if found else None

    async def play(self, move: Move) -> None:
        """Do what the move says, where it can be done now."""
        house, group, request = self.home.house, self.home.group, await self.open_one()
        if move == "file":
            before = await self.state()
            async with in_transaction():
                filed = await house.appeals.file(
                    group, self.case, account(self.user), "我发的是通知", [], self.terms
                )
            house.executor.submit(filed.acts)
            assert filed.added is before.is_open
        elif move == "reversed":
            await self.home.says(OWNER, f"/撤销 {self.case.number} 误会")
        elif request is None:
            return
        elif move == "withdraw":
            async with in_transaction():
                acts = await house.appeals.withdraw(group, request, account(self.user))
            house.executor.submit(acts or [])
        elif move == "overdue":
            await models.Request.filter(id=request.id).update(expires_at=house.records.now())
            await house.requests.lapse(group)
        elif move in ("upheld", "reduced", "revoked"):
            assert await self.decided(request, move) == move
        await self.home.settled()

    async def decided(self, request: models.Request, verdict: Verdict) -> str:
        """Let the first of the head teacher and the leaders who may decide do so."""
        people = [(OWNER, Rank.PLATFORM_OWNER), *((one, Rank.LEADER) for one in LEADERS)]
        for user, rank in people:
            with suppress(NotAllowed):
                answered = await self.home.house.appeals.decide(
                    self.home.group, request, account(user), rank, verdict, "看过原消息了"
                )
                return answered.state
        return "nobody"

    async def holds(self) -> None:
        """What must be so whatever has happened."""
        case, appeals = await self.rows()
        state = state_of(case, appeals)
        open_ = [one for one in appeals if one.state == "open"]
        assert len(open_) == state.is_open
        assert (case.state == "suspended") is state.is_late
        live_mute = await models.Mute.exists(case_id=case.id, live_key__isnull=False)
        live_block = await models.Block.exists(case_id=case.id, live_key__isnull=False)
        if case.state != "active":
            # Overdue, reduced or reversed: nothing of the sanction holds.
            assert not live_mute
            assert not live_block
        else:
            assert live_mute or live_block
        for one in open_:
            assert one.expires_at is not None
            assert one.expires_at > self.home.house.records.now()
        if case.state == "reduced":
            assert case.weight <= 1


async def a_course(home: Home, *, block: bool) -> Course:
    """Somebody new is muted for long, or out and blocked."""
    user = str(await models.Account.all().count() + 10_000)
    home.platform.join(user, "家长")
    step = Step("block") if block else Step("mute", seconds=int(20 * DAY))
    decision = await home.house.orders.order(
        home.group, account(user), account(ADMIN), step, reason="广告"
    )
    home.house.executor.submit(decision.acts)
    await home.settled()
    return Course(home, decision.case, user)


@given(st.lists(st.sampled_from(MOVES_OF_ALL), max_size=8), st.integers(0, 8), st.booleans())
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_path_leads_astray(
    runner: tuple[asyncio.Runner, Home], moves: list[Move], in_time: int, block: bool
) -> None:
    """No path leaves somebody without a way to appeal while the time runs (the first `in_time` moves),
    an overdue appeal whose sanction still holds, or two open ones."""
    loop, home = runner

    async def course() -> None:
        one = await a_course(home, block=block)
        expected = State.NONE
        for place, move in enumerate(moves):
            if place == in_time:
                one.terms = Terms(within=-1)
            if move == "file" and expected is State.NONE and place >= in_time:
                with pytest.raises(TooLate):
                    await one.play(move)
            elif move == "file" and not expected.is_open and move not in MOVES[expected]:
                with pytest.raises(NotAllowed):
                    await one.play(move)
            else:
                await one.play(move)
                expected = MOVES[expected].get(move, expected)
            assert await one.state() is expected
            await one.holds()
        # Nobody is left with an open appeal that could disturb the next course.
        await one.play("reversed")
        assert await one.state() is State.REVOKED

    loop.run(course())
