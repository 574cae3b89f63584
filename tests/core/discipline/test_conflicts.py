"""Whoever had a part in a case is never among those who are asked, whatever the roster, the roles and the
case; and while somebody is left there is always somebody to ask."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from src.core.discipline import Level, family_of
from src.core.discipline.conflicts import involved
from src.core.people import ClassRoster, Identity, Person, PersonKind, Role
from src.core.store import models
from src.core.store.rows import account_row
from tests.houses import ADMIN, CLASS, OWNER, PARENTS, a_home, account

if TYPE_CHECKING:
    from src.core.chat.events import Account
    from tests.houses import Home

ROOTS = ("1", "2")
USERS = (*PARENTS[:5], OWNER, ADMIN, "700", "600", *ROOTS)
SOMEBODY = st.sampled_from(USERS)
SOME = st.lists(SOMEBODY, max_size=3, unique=True)
NOBODY_OR_SOMEBODY = st.none() | SOMEBODY


class Told(NamedTuple):
    """A case as it is drawn: who had which part in it."""

    subject: str
    actor: str | None
    closed_by: str | None
    agreed: list[str]
    decided_by: str | None
    reporters: list[str]


CASES = st.builds(
    Told, SOMEBODY, NOBODY_OR_SOMEBODY, NOBODY_OR_SOMEBODY, SOME, NOBODY_OR_SOMEBODY, SOME
)


async def written(home: Home, told: Told) -> models.Case:
    """The rows of a case."""
    group, now = home.group, home.house.records.now()
    assert group.id is not None

    async def id_of(user: str | None) -> int | None:
        return (await account_row(account(user))).id if user is not None else None

    subject = await account_row(account(told.subject))
    case = await home.house.records.new_case(
        group, subject, step="warn", plugin="moderation", source="manual",
        actor=await account_row(account(told.actor)) if told.actor is not None else None,
        closed_by_id=await id_of(told.closed_by),
    )  # fmt: skip
    request = await models.Request.create(
        group_id=group.id, number=10_000 + case.id, kind="remove", case=case, account=subject,
        state="confirmed", agreed=[await id_of(user) for user in told.agreed],
        decided_by_id=await id_of(told.decided_by), created_at=now,
    )  # fmt: skip
    for user in told.reporters:
        await models.Report.create(
            request=request, account=await account_row(account(user)), created_at=now
        )
    return case


def with_families(home: Home, families: list[list[str]]) -> None:
    """A roster with a child for each family, and everybody bound to it."""
    children = [Person(n, PersonKind.STUDENT, f"孩子{n}") for n in range(1, len(families) + 1)]
    bound = [
        Identity(account(user), child, "家长")
        for child, users in zip(children, families, strict=True)
        for user in users
    ]
    home.group.roster = ClassRoster(1, "三年级二班", children, bound)


def check(home: Home, without: set[Account], least: Level) -> None:
    """What must be so of those who are asked, however many are needed."""
    levels, group = home.house.levels, home.group
    left = [
        one for lv in Level if lv >= least for one in levels.at(group, lv) if one not in without
    ]
    reached, before = Level.GROUP, set[Any]()
    for needs in range(1, 8):
        level, people = levels.deciders(group, without, least=least, needs=needs)
        assert len(people) == len(set(people))
        assert not set(people) & without
        assert set(people) <= set(left)
        assert len(people) >= min(needs, len(set(left)))
        assert least <= level
        assert reached <= level
        assert before <= set(people)
        reached, before = level, set(people)
    if any(account(root) not in without for root in ROOTS):
        assert before, "nobody is asked though a superuser had no part in it"


def test_nobody_judges_what_they_had_a_part_in() -> None:
    with TemporaryDirectory() as folder, asyncio.Runner() as runner:
        opened = a_home(Path(folder), superusers=ROOTS)
        home = runner.run(opened.__aenter__())
        runner.run(home.says(OWNER, "早"))

        @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(
            roles=st.dictionaries(SOMEBODY, st.sampled_from(Role), max_size=8),
            families=st.lists(st.lists(SOMEBODY, min_size=1, max_size=3, unique=True), max_size=3),
            told=CASES,
            others=SOME,
            least=st.sampled_from(Level),
        )
        def holds(
            roles: dict[str, Role],
            families: list[list[str]],
            told: Told,
            others: list[str],
            least: Level,
        ) -> None:
            for user in USERS:
                home.house.people.grant(CLASS, account(user), roles.get(user, Role.PARENT))
            with_families(home, families)
            case = runner.run(written(home, told))
            without = runner.run(involved(home.group, case, *map(account, others)))
            part = {told.subject, *told.reporters, *others}
            for user in part:
                assert family_of(home.group, account(user)) <= without
            for user in {told.actor, told.closed_by, told.decided_by, *told.agreed} - {None}:
                assert account(str(user)) in without
            check(home, without, least)

        try:
            holds()
        finally:
            runner.run(opened.__aexit__(None, None, None))
