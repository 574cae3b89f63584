"""Superusers and the roles the school gave, in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from src.core.chat.events import Account, GroupKey, PlatformRole
from src.core.clock import to_datetime
from src.core.people import People, Rank, Role
from src.core.store import models
from src.core.store.rows import account_row, group_row
from tests.houses import NOON
from tests.stores import a_store

if TYPE_CHECKING:
    from pathlib import Path

GROUP, ELSEWHERE = GroupKey("qq", "1"), GroupKey("qq", "2")
SOMEBODY = Account("qq", "900")
OWNER = PlatformRole.OWNER


@pytest.mark.parametrize(
    ("entry", "superuser"),
    [
        ("900", True),
        ("onebot:900", True),
        ("OneBot V11:900", True),
        ("9", False),
        ("900:onebot", False),
        ("", False),
    ],
)
def test_superusers_are_named_as_nonebot_names_them(entry: str, superuser: bool) -> None:
    assert People([entry]).is_superuser(SOMEBODY) is superuser


def test_a_superuser_of_another_platform_is_none_here() -> None:
    assert not People(["telegram:900"]).is_superuser(SOMEBODY)


def test_a_superuser_over_onebot_11_is_none_on_other_platforms() -> None:
    people = People(["OneBot V11:900", "OneBot V12:wxid_1"])
    assert people.is_superuser(SOMEBODY)
    assert not people.is_superuser(Account("wx", "900"))
    assert people.is_superuser(Account("wx", "wxid_1"))


def test_a_superuser_is_one_everywhere_but_in_the_sandbox() -> None:
    people = People(["900"])
    assert people.rank(None, SOMEBODY, PlatformRole.MEMBER) is Rank.SUPERUSER
    assert people.rank(GROUP, SOMEBODY, PlatformRole.MEMBER) is Rank.SUPERUSER
    # A pretend class must not be ruled by the operator's real number.
    pretend, where = Account("sandbox", "900"), GroupKey("sandbox", "1")
    assert people.rank(where, pretend, PlatformRole.MEMBER) is Rank.MEMBER
    assert people.rank(where, pretend, OWNER) is Rank.PLATFORM_OWNER


def test_a_role_counts_in_its_group_only() -> None:
    people = People([])
    people.grant(GROUP, SOMEBODY, Role.PARENT)
    assert people.role(GROUP, SOMEBODY) is Role.PARENT
    assert people.rank(GROUP, SOMEBODY, OWNER) is Rank.MEMBER
    assert people.role(ELSEWHERE, SOMEBODY) is None
    assert people.rank(ELSEWHERE, SOMEBODY, OWNER) is Rank.PLATFORM_OWNER
    assert people.role(GROUP, Account("wx", "900")) is None
    people.grant(GROUP, SOMEBODY, Role.TEACHER)
    assert people.rank(GROUP, SOMEBODY, OWNER) is Rank.TEACHER


def test_nobody_but_a_superuser_has_a_rank_in_private() -> None:
    people = People([])
    people.grant(GROUP, SOMEBODY, Role.LEADER)
    assert people.rank(None, SOMEBODY, PlatformRole.MEMBER) is Rank.MEMBER


def test_who_has_at_least_a_rank() -> None:
    people = People([])
    granted = {role: Account("qq", role.value) for role in Role}
    for role, account in granted.items():
        people.grant(GROUP, account, role)
    people.grant(ELSEWHERE, SOMEBODY, Role.LEADER)
    assert set(people.holders(GROUP, Rank.TEACHER)) == {
        granted[role] for role in (Role.LEADER, Role.HEAD_TEACHER, Role.TEACHER)
    }


async def test_grants_are_read_from_the_store(tmp_path: Path) -> None:
    now = to_datetime(NOON)
    async with a_store("sqlite", tmp_path):
        group = await group_row(GROUP, name="", bot="", now=now)
        account = await account_row(SOMEBODY)
        await models.RoleGrant.create(
            group=group, account=account, role=Role.HEAD_TEACHER.value, created_at=now
        )
        people = People([])
        await people.load()
    assert people.role(GROUP, SOMEBODY) is Role.HEAD_TEACHER
