"""The rosters in memory keep step with the store."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from src.core.area import AREAS
from src.core.clock import to_datetime
from src.core.people import PersonKind, RosterChanged
from src.core.store import in_transaction, models
from src.core.store.rows import account_row
from tests.houses import NOON, PARENT, Home, a_home, account

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from src.core.groups import Group
    from src.core.house import House


TODAY = to_datetime(NOON).date()
TOMORROW = TODAY + timedelta(days=1)


async def add(class_id: int, home: Home, **entry: Any) -> models.Person:
    values: dict[str, Any] = {"kind": "student", "created_at": home.house.records.now(), **entry}
    return await models.Person.create(school_class_id=class_id, **values)


async def test_a_group_gets_the_roster_of_its_class(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Group] = []

    async def hear(house: House, group: Group, event: RosterChanged) -> None:
        told.append(group)

    monkeypatch.setitem(AREAS["rules"].handlers, RosterChanged, [hear])
    async with a_home(tmp_path) as home:
        rosters = home.house.rosters
        assert rosters.of(home.group) is None
        roster = await rosters.link(home.group, "三年级二班")
        assert (roster.people, home.group.roster) == ((), roster)
        entry = await add(roster.class_id, home, name="陈晨", number="20260001")
        await add(roster.class_id, home, name="赵敏", until=TODAY)
        await add(roster.class_id, home, name="孙强", since=TOMORROW)
        await rosters.reload(roster.class_id)
        assert home.group.roster is not None
        assert [one.name for one in home.group.roster.students] == ["陈晨"]

        async with in_transaction():
            row = await account_row(account(PARENT))
            await rosters.bind(row, entry.id, "妈妈", "code")
            await rosters.bind(row, entry.id, "爸爸", "manager", row)
        await rosters.reload(roster.class_id)
        [found] = home.group.roster.identities(account(PARENT))
        assert (found.person.name, found.person.kind, found.relation) == (
            "陈晨",
            PersonKind.STUDENT,
            "爸爸",
        )
        assert await models.Identity.all().count() == 1

        async with in_transaction():
            assert await rosters.unbind(row, roster.class_id) == 1
        await rosters.reload(roster.class_id)
        await home.settled()
        assert home.group.roster.family(entry.id) == ()
        assert told == [home.group] * 4


async def test_another_process_and_a_new_day_are_noticed(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        roster = await home.house.rosters.link(home.group, "三年级二班")
        await add(roster.class_id, home, name="陈晨")
        await add(roster.class_id, home, name="孙强", since=TOMORROW)
        await home.advance(60)
        assert home.group.roster is roster
        await home.house.rosters.touch(roster.class_id)
        await home.advance(60)
        assert home.group.roster is not None
        assert [one.name for one in home.group.roster.students] == ["陈晨"]
        await home.advance(86_400)
        assert [one.name for one in home.group.roster.students] == ["陈晨", "孙强"]


async def test_a_restart_keeps_the_class(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.house.rosters.link(home.group, "三年级二班")
    async with a_home(tmp_path, pack=None) as home:
        assert home.group.roster is not None
        assert home.group.roster.name == "三年级二班"
