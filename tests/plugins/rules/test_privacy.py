"""`/privacy` says all that is kept on somebody, and nothing that is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.store import models
from src.plugins.rules import texts
from tests.houses import AD, OWNER, PARENT, PARENTS, a_home

if TYPE_CHECKING:
    from pathlib import Path


def test_every_table_that_names_somebody_is_thought_of() -> None:
    """Whoever adds one adds it to `/privacy`, to retention and to erasing (src/core/people)."""
    assert models.Account._meta.backward_fk_fields == {
        *("roles", "roles_given", "duties", "duties_given", "identities", "verified", "codes"),
        *("attempts", "memberships", "name_lapses", "versions", "cases", "acted", "closed"),
        *("mutes", "blocks", "blocks_made", "acts", "requests", "assigned", "decided"),
        *("reports", "evidence", "notices"),
    }


async def test_what_is_kept_is_said_with_how_long(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:

        async def told(user: str) -> str:
            home.platform.done.clear()
            await home.says(user, "/隐私")
            assert home.platform.said() == []
            return home.platform.whispered(user)[-1]

        nothing = await told(PARENTS[2])
        assert {name for name, one in texts.PRIVACY_LINES.items() if one[:6] in nothing} <= {
            "memberships"
        }
        assert "摘录 30 天" in nothing
        assert "180 天" in nothing
        assert "每天 03:00 清理" in nothing
        await home.says(PARENT, AD)
        kept = await told(PARENT)
        for line in ("您的案件：1 件", "摘录：1 段", "操作：", "通知：1 条", "审计记录里的账号："):
            assert line in kept
        assert AD not in kept
        await home.says(OWNER, f"/role @{PARENTS[3]} 班委")
        assert "身份：1 个" in await told(PARENTS[3])
