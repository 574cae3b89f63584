"""/policy copy: next term's group takes over this term's policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.events import GroupKey, PlatformRole
from src.core.store import models
from tests.houses import ADMIN, OWNER, Home, a_home

if TYPE_CHECKING:
    from pathlib import Path

NEW = GroupKey("qq", "2")


def prepare(home: Home, *, owner_of_new: str) -> None:
    home.platform.join("10001", "助手", PlatformRole.ADMIN, NEW)
    home.platform.join(owner_of_new, "班主任", PlatformRole.OWNER, NEW)


async def test_a_changed_policy_is_taken_over_whole(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        prepare(home, owner_of_new=OWNER)
        await home.says(OWNER, "/policy set 三.1 same_in_a_row 5")
        await home.says(OWNER, f"/policy copy {home.group.id}", group=NEW)
        new = home.house.groups.get(NEW).policy
        assert new is not None
        assert home.group.policy is not None
        assert new.digest == home.group.policy.digest
        assert new.version == 1
        await home.says(OWNER, "/policy history", group=NEW)
        assert "从“三年级二班”复制" in home.platform.said(NEW)[-1]


async def test_by_the_platforms_own_number(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        # A group number that is not also the number of a group here.
        key = GroupKey("qq", "777001")
        home.platform.join(OWNER, "班主任", PlatformRole.OWNER, key)
        await home.says(OWNER, "/policy use text-only-parents", group=key)
        await home.says(OWNER, "/制度 copy 777001")
        assert "本群开始执行" in home.platform.said()[-1]


async def test_not_without_the_right_in_both_groups(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        prepare(home, owner_of_new=ADMIN)
        for words in ("1", "99", "abc", "", "2"):
            await home.says(ADMIN, f"/policy copy {words}".strip(), group=NEW)
        assert home.house.groups.get(NEW).policy is None
        said = home.platform.said(NEW)
        # Whether there is such a group is not to be learned here.
        assert len(set(said[:3])) == 1
        assert said[4] == said[0]


async def test_not_from_another_school_even_for_a_superuser(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=[OWNER]) as home:
        prepare(home, owner_of_new=OWNER)
        school = await models.School.create(name="另一所学校")
        await models.Group.filter(id=home.group.id).update(school_id=school.id)
        await home.says(OWNER, "/policy copy 1", group=NEW)
        await home.says(OWNER, "/policy copy 99", group=NEW)
        assert home.house.groups.get(NEW).policy is None
        first, second = home.platform.said(NEW)
        assert first == second
