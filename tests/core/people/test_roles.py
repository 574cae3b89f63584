"""Who stands over whom."""

from __future__ import annotations

from itertools import pairwise, product

import pytest

from src.core.chat.events import PlatformRole
from src.core.people import Rank, Right, Role, may_act_on, rank_of

OWNER, ADMIN, MEMBER = PlatformRole.OWNER, PlatformRole.ADMIN, PlatformRole.MEMBER
ORDER = [
    Rank.MEMBER,
    Rank.DUTY,
    Rank.COMMITTEE,
    Rank.PLATFORM_ADMIN,
    Rank.TEACHER,
    Rank.PLATFORM_OWNER,
    Rank.HEAD_TEACHER,
    Rank.LEADER,
    Rank.SUPERUSER,
]


def test_the_order_is_whole() -> None:
    assert sorted(Rank) == ORDER
    assert all(low < high for low, high in pairwise(ORDER))


@pytest.mark.parametrize(("actor", "target"), list(product(Rank, Rank)), ids=str)
def test_nobody_acts_on_an_equal_or_higher_rank(actor: Rank, target: Rank) -> None:
    assert may_act_on(actor, target) is (ORDER.index(actor) > ORDER.index(target))


@pytest.mark.parametrize(
    ("role", "platform", "rank"),
    [
        (None, MEMBER, Rank.MEMBER),
        (None, ADMIN, Rank.PLATFORM_ADMIN),
        (None, OWNER, Rank.PLATFORM_OWNER),
        (Role.LEADER, MEMBER, Rank.LEADER),
        (Role.HEAD_TEACHER, MEMBER, Rank.HEAD_TEACHER),
        (Role.TEACHER, MEMBER, Rank.TEACHER),
        (Role.COMMITTEE, MEMBER, Rank.COMMITTEE),
        (Role.STAFF, MEMBER, Rank.MEMBER),
        (Role.PARENT, MEMBER, Rank.MEMBER),
        (Role.STUDENT, MEMBER, Rank.MEMBER),
        # A parent often owns the group: the school's role goes first, upwards and downwards.
        (Role.PARENT, OWNER, Rank.MEMBER),
        (Role.STUDENT, ADMIN, Rank.MEMBER),
        (Role.COMMITTEE, OWNER, Rank.COMMITTEE),
        (Role.TEACHER, OWNER, Rank.TEACHER),
    ],
)
def test_the_schools_role_goes_before_the_platforms(
    role: Role | None, platform: PlatformRole, rank: Rank
) -> None:
    assert rank_of(role, platform, superuser=False) is rank
    assert rank_of(role, platform, superuser=True) is Rank.SUPERUSER


def test_every_role_has_a_rank() -> None:
    for role, platform in product([None, *Role], PlatformRole):
        rank_of(role, platform, superuser=False)


@pytest.mark.parametrize(
    ("right", "least"),
    [
        (Right.EVERYONE, Rank.MEMBER),
        (Right.DUTY, Rank.COMMITTEE),
        (Right.HEAD, Rank.PLATFORM_OWNER),
    ],
)
def test_the_least_rank_of_a_right(right: Right, least: Rank) -> None:
    assert next(rank for rank in ORDER if rank >= right) is least


def test_who_is_bound_by_a_private_word_only() -> None:
    assert [rank for rank in ORDER if not rank.is_staff] == [Rank.MEMBER, Rank.DUTY]
