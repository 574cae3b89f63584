"""`/help` names what the caller may use, by the policy of the group too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.houses import ADMIN, OWNER, PARENT, a_home

if TYPE_CHECKING:
    from pathlib import Path


async def test_only_what_the_caller_may_use_is_named(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, "/帮助")
        named = home.platform.said()[-1]
        for name in ("/举报", "/投诉", "/申诉", "/值日"):
            assert name in named
        for name in ("/上报", "/待办", "/待审", "/收到", "/冻结", "/巡检", "/移出"):
            assert name not in named

        await home.says(ADMIN, "/帮助")
        named = home.platform.said()[-1]
        assert all(name in named for name in ("/上报", "/待办", "/收到", "/移出"))
        assert "/冻结" not in named

        await home.says(OWNER, "/启用 moderation")
        await home.says(OWNER, "/制度 set 附1 roles kick=owner freeze=teacher")
        await home.says(ADMIN, "/帮助")
        assert "/移出" not in home.platform.said()[-1]
        await home.says(OWNER, "/帮助")
        assert all(name in home.platform.said()[-1] for name in ("/移出", "/冻结", "/巡检"))


async def test_in_private_it_is_what_one_may_use_in_any_of_ones_groups(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, "帮助", group=None)
        named = home.platform.whispered(PARENT)[-1]
        assert "/举报" in named
        assert "/上报" not in named
        await home.says(ADMIN, "/todo")
        await home.says(ADMIN, "帮助", group=None)
        named = home.platform.whispered(ADMIN)[-1]
        assert all(name in named for name in ("/上报", "/确认", "/案件"))
        assert "/冻结" not in named
