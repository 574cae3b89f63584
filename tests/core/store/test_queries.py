from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from src.core.store import in_transaction, take_number
from src.core.store.models import Group, School
from tests.stores import KINDS, a_store

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def a_group(group_id: str = "1") -> Group:
    school = await School.create()
    return await Group.create(school=school, namespace="qq", group_id=group_id, created_at=NOON)


@pytest.mark.parametrize("kind", KINDS)
async def test_numbers_are_a_groups_own_and_never_given_twice(kind: str, tmp_path: Path) -> None:
    async def numbered(group: Group) -> int:
        async with in_transaction():
            return await take_number(group.id)

    async with a_store(kind, tmp_path):
        one, other = await a_group("1"), await a_group("2")
        assert await take_number(other.id) == 1
        taken = await asyncio.gather(*(numbered(one) for _ in range(40)))
        assert sorted(taken) == list(range(1, 41))
        assert await take_number(other.id) == 2


@pytest.mark.parametrize("kind", KINDS)
async def test_a_number_is_free_again_when_the_transaction_fails(kind: str, tmp_path: Path) -> None:
    async def take_and_fail(group: Group) -> None:
        async with in_transaction():
            assert await take_number(group.id) == 1
            raise ZeroDivisionError

    async with a_store(kind, tmp_path):
        group = await a_group()
        with pytest.raises(ZeroDivisionError):
            await take_and_fail(group)
        assert await take_number(group.id) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_no_number_for_a_group_that_is_not_there(kind: str, tmp_path: Path) -> None:
    async with a_store(kind, tmp_path):
        with pytest.raises(LookupError):
            await take_number(1)
