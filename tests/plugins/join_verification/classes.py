"""A class with a roster whose group has the plugin in force."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from src.core.store import models
from tests.houses import OWNER, a_home

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from tests.houses import Home

HOUR, DAY = 3600.0, 86_400.0
NEWCOMER, FRIEND = "301", "302"
CLAUSE = "附1"


async def set_to(home: Home, **settings: Any) -> None:
    """Change what the clause sets, as the head teacher would."""
    for name, value in settings.items():
        await home.says(OWNER, f"/policy set {CLAUSE} {name} {value}")
        assert "没有" not in home.platform.said()[-1], home.platform.said()[-1]
    home.platform.done.clear()


async def enrol(home: Home, *students: tuple[str, str]) -> None:
    """Put students, by name and number, on the roster of the class."""
    roster = await home.house.rosters.link(home.group, "三年级二班")
    for name, number in students:
        await models.Person.create(
            school_class_id=roster.class_id,
            kind="student",
            name=name,
            number=number,
            created_at=home.house.records.now(),
        )
    await home.house.rosters.reload(roster.class_id)
    await home.settled()


async def member(home: Home, user: str) -> models.Membership:
    """The row of somebody's membership."""
    await home.settled()
    return await models.Membership.get(account__user_id=user)


async def cases(user: str) -> list[str]:
    """The steps that somebody has met."""
    found = models.Case.filter(account__user_id=user, state="active")
    return [case.step for case in await found.order_by("id")]


@asynccontextmanager
async def a_class(tmp_path: Path, **settings: Any) -> AsyncGenerator[Home]:
    """Its owner has enabled the plugin, with these settings; the roster has two students."""
    async with a_home(tmp_path, pack="eight-rules") as home:
        await home.says(OWNER, "/启用 join_verification")
        await set_to(home, **settings)
        await enrol(home, ("张小明", "20260001"), ("李晓红", "20260002"))
        home.platform.done.clear()
        yield home
