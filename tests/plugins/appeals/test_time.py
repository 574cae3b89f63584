"""Until when a decision can be appealed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
import pytest

from src.core.store import models
from src.plugins.appeals.settings import AppealSettings
from tests.houses import AD, OWNER, PARENT, Home, a_home

from .homes import DAY, adopt, appeals, days_pass

if TYPE_CHECKING:
    from pathlib import Path


async def appealed(home: Home) -> bool:
    """Whether the parent's appeal of the only case is taken."""
    await home.says(PARENT, "申诉 1-1 这是通知", group=None)
    return await models.Request.exists(kind="appeal")


@pytest.mark.parametrize(
    ("clauses", "after", "taken"),
    [
        ([], 29 * DAY, True),
        ([appeals()], 7 * DAY, True),
        ([appeals()], 7 * DAY + 1, False),
        ([appeals(within="3d")], 3 * DAY, True),
        ([appeals(within="3d")], 3 * DAY + 1, False),
        # Two clauses that set a time: the longer one holds.
        ([appeals(within="3d"), appeals("3", within="5d")], 4 * DAY, True),
    ],
)
async def test_when_an_appeal_is_taken(
    tmp_path: Path, clauses: list[dict[str, Any]], after: float, taken: bool
) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, *clauses)
        await home.says(PARENT, AD)
        await days_pass(home, after / DAY)
        assert await appealed(home) is taken


async def test_who_is_late_reads_until_when_it_was_and_whom_to_ask(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, appeals(within="3d"))
        await home.says(PARENT, AD)
        await days_pass(home, 4)
        assert not await appealed(home)
        answer = home.platform.whispered(PARENT)[-1]
        assert "3 天内" in answer
        assert "11月6日 12:00" in answer
        assert "班主任" in answer


async def test_asking_again_after_the_time_is_no_late_appeal(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, appeals(within="1d"))
        await home.says(PARENT, AD)
        assert await appealed(home)
        await days_pass(home, 2)
        await home.says(PARENT, "申诉 1-1 怎么样了", group=None)
        assert "正在复核" in home.platform.whispered(PARENT)[-1]


async def test_what_is_reversed_needs_no_appeal_however_late(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, appeals(within="1d"))
        await home.says(PARENT, AD)
        await home.says(OWNER, "/pardon 1 误会")
        await days_pass(home, 2)
        assert not await appealed(home)
        assert "不用申诉" in home.platform.whispered(PARENT)[-1]


@pytest.mark.parametrize("wrong", ["1h", "0s", 0, "7", "三天"])
def test_a_time_that_cannot_be(wrong: object) -> None:
    with pytest.raises(ValidationError):
        AppealSettings.model_validate({"within": wrong})
