"""The course of an appeal: the table, and the rows that follow it, whatever people and time do."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
import pytest

from src.core.discipline import NotAllowed, State, Terms, TooLate, says_something
from src.core.discipline.appeals import MOVES, Move, state_of
from src.core.people import Rank, Role
from src.core.policy import Step
from src.core.store import in_transaction, models
from src.core.store.rows import account_row
from tests.houses import ADMIN, OWNER, a_home, account

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from src.core.discipline import Verdict
    from tests.houses import Home

LEADERS = ("700", "701")
DAY = 86_400.0
OF_OPEN: tuple[Move, ...] = ("withdraw", "overdue", "upheld", "reduced", "revoked")


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
            # What the school has upheld the class does not take back.
            item = f"{group.id}-{self.case.number}"
            await self.home.says(LEADERS[0], f"撤销 {item} 误会", group=None)
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


class Paths(RuleBasedStateMachine):
    """Whatever people and time do with one case. Its `runner` and `home` are set by the test."""

    runner: asyncio.Runner
    home: Home

    def __init__(self) -> None:
        super().__init__()
        self.expected = State.NONE
        self.in_time = True

    @initialize(block=st.booleans())
    def begins(self, block: bool) -> None:
        self.course = self.runner.run(a_course(self.home, block=block))

    def _moves(self, move: Move) -> None:
        self.runner.run(self.course.play(move))
        self.expected = MOVES[self.expected][move]

    @precondition(lambda self: self.in_time and self.expected is State.NONE)
    @rule()
    def time_is_over(self) -> None:
        self.in_time = False
        self.course.terms = Terms(within=-1)

    @rule()
    def somebody_appeals(self) -> None:
        if self.expected.is_open:  # It is added to.
            self.runner.run(self.course.play("file"))
        elif "file" not in MOVES[self.expected]:
            with pytest.raises(NotAllowed):
                self.runner.run(self.course.play("file"))
        elif self.expected is State.NONE and not self.in_time:
            with pytest.raises(TooLate):
                self.runner.run(self.course.play("file"))
        else:
            self._moves("file")

    @precondition(lambda self: self.expected.is_open)
    @rule(move=st.sampled_from(OF_OPEN))
    def something_comes_of_it(self, move: Move) -> None:
        self._moves(move)

    @precondition(lambda self: "reversed" in MOVES[self.expected])
    @rule(often=st.integers(0, 4))
    def somebody_reverses_the_case(self, often: int) -> None:
        if not often:
            self._moves("reversed")

    @invariant()
    def what_must_hold_holds(self) -> None:
        assert self.runner.run(self.course.state()) is self.expected
        self.runner.run(self.course.holds())

    def teardown(self) -> None:
        # Nobody is left with an open appeal that could disturb the next course.
        if self.expected is not State.REVOKED:
            self.runner.run(self.course.play("reversed"))


def paths() -> Iterator[tuple[Move, ...]]:
    """A shortest way through each line of the table."""
    ways: dict[State, tuple[Move, ...]] = {State.NONE: ()}
    for state in (todo := [State.NONE]):
        for move, after in MOVES[state].items():
            yield (*ways[state], move)
            if after not in ways:
                ways[after] = (*ways[state], move)
                todo.append(after)


def test_every_line_of_the_table_is_what_the_rows_do(
    runner: tuple[asyncio.Runner, Home],
) -> None:
    loop, home = runner

    async def walk(path: tuple[Move, ...], *, block: bool) -> None:
        course = await a_course(home, block=block)
        state = State.NONE
        for move in path:
            await course.play(move)
            state = MOVES[state][move]
            assert await course.state() is state
            await course.holds()
        if state is not State.REVOKED:
            await course.play("reversed")

    tried = list(paths())
    assert len(tried) == sum(map(len, MOVES.values()))
    for number, path in enumerate(tried):
        loop.run(walk(path, block=number % 2 == 0))


def test_no_path_leads_astray(runner: tuple[asyncio.Runner, Home]) -> None:
    """No path leaves somebody without a way to appeal while the time runs, an overdue appeal whose
    sanction still holds, or two open ones."""
    Paths.runner, Paths.home = runner
    run_state_machine_as_test(
        Paths,
        settings=settings(
            max_examples=15,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
