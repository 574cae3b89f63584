"""A class with a roster, a policy of its own, and a school that leads it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from src.core.people import Role
from src.core.policy import Pack
from src.core.store import in_transaction, models
from src.core.store.rows import account_row
from tests.houses import ADMIN, OWNER, PARENTS, a_home, account

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from tests.houses import Home

DAY = 86_400
MOTHER, FATHER, PUPIL, STRANGER, *_ = PARENTS
"""The accounts of one family, and somebody of none."""
LEADER, SECOND_LEADER = "700", "701"
WHY = "看过原消息了"


async def adopt(home: Home, *clauses: dict[str, Any], steps: tuple[str, ...] = ("warn",)) -> None:
    """Put a policy in force that acts on advertisements, with these clauses beside."""
    ads = {
        "number": "1",
        "text": "不发广告。",
        "plugin": "content_filter",
        "settings": {"categories": ["ads"]},
        "ladder": "one",
    }
    pack = Pack.from_content(
        {
            "name": "small",
            "title": "小群规",
            "version": "1",
            "ladder": {"one": {"steps": list(steps)}},
            "clause": [ads, *clauses],
        }
    )
    await home.house.versions.adopt(home.group, pack, "test", account(OWNER))
    await home.settled()


def appeals(number: str = "2", **settings: Any) -> dict[str, Any]:
    """A clause on appeals."""
    return {"number": number, "text": "可以申诉。", "plugin": "appeals", "settings": settings}


async def grant(home: Home, user: str, role: Role) -> None:
    """The school gives somebody a role."""
    row = await account_row(account(user))
    now = home.house.records.now()
    await models.RoleGrant.create(
        group_id=home.group.id, account=row, role=role.value, given_by=row, created_at=now
    )
    home.house.people.grant(home.group.key, account(user), role)


async def days_pass(home: Home, days: float) -> None:
    """Let time pass, half a day at a time: the minutes between bring nothing new here."""
    until = home.clock.now() + days * DAY
    while home.clock.now() < until:
        home.clock.move_to(min(until, home.clock.now() + DAY / 2))
        await home.settled()


async def the_appeal() -> models.Request:
    """The last appeal that was filed."""
    found = (
        await models.Request.filter(kind="appeal").order_by("-id").select_related("case").first()
    )
    assert found is not None
    return found


async def case_state() -> str:
    """What the last case is now."""
    case = await models.Case.all().order_by("-id").first()
    assert case is not None
    return case.state


@asynccontextmanager
async def a_school(
    tmp_path: Path, *clauses: dict[str, Any], steps: tuple[str, ...] = ("mute 20d",)
) -> AsyncGenerator[Home]:
    """A class whose pupil, mother and father are bound to one entry of the roster; with two leaders."""
    async with a_home(tmp_path, pack=None) as home:
        await home.house.records.row_of(home.group)
        await adopt(home, *clauses, steps=steps)
        for leader in (LEADER, SECOND_LEADER):
            await grant(home, leader, Role.LEADER)
        roster = await home.house.rosters.link(home.group, "三年级二班")
        pupil = await models.Person.create(
            school_class_id=roster.class_id,
            kind="student",
            name="陈晨",
            created_at=home.house.records.now(),
        )
        async with in_transaction():
            for user, relation in ((MOTHER, "妈妈"), (FATHER, "爸爸"), (PUPIL, "")):
                row = await account_row(account(user))
                await home.house.rosters.bind(row, pupil.id, relation, "manager")
        await home.house.rosters.reload(roster.class_id)
        # The bot that hears the group is its own.
        await home.says(OWNER, "早")
        await home.house.tell.read_members(home.group, home.platform)
        assert {one.user_id for one in home.group.staff} == {OWNER, ADMIN}
        home.platform.done.clear()
        yield home
