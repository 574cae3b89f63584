"""What people decide about a term is counted in its group, and told once; nothing changes by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from src.core.discipline import Precision, precision
from src.core.store import models
from tests.houses import ADMIN, INSULT, OWNER, PARENT, PARENTS, Home, a_home

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

TERM = "傻逼"
DOUBTFUL = "裸聊都是诈骗，不要加陌生人"


async def ready(home: Home) -> None:
    await home.house.tell.read_members(home.group, home.platform)


async def overturn(home: Home, times: int) -> None:
    """So many insults, each pardoned."""
    for index in range(times):
        await home.says(PARENTS[index % 4], f"{INSULT}{'啊' * index}")
        case = await models.Case.all().order_by("-id").first()
        assert case is not None
        await home.says(OWNER, f"/撤销 {case.number} 是引用")
        await home.advance(660)


def advice(home: Home, user: str = ADMIN) -> list[str]:
    return [text for text in home.platform.whispered(user) if "词条" in text]


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (0, 4, None),
        (0, 5, "allow"),
        (2, 3, "ask"),
        (1, 4, "allow"),
        (4, 1, None),
        (50, 30, "ask"),
        (50, 5, None),
    ],
)
def test_advice_follows_the_posterior_mean(right: int, wrong: int, said: str | None) -> None:
    assert Precision(right, wrong).advice == said


async def test_managers_are_told_once_and_nothing_changes_by_itself(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await ready(home)
        await overturn(home, 4)
        assert advice(home) == []
        await overturn(home, 1)
        [line] = advice(home)
        assert "5 次判断里有 5 次" in line
        assert "词库 1 allow 傻逼" in line
        assert advice(home, OWNER) == [line]
        assert advice(home, PARENT) == []
        assert not [text for text in home.platform.said() if TERM in text]
        await overturn(home, 2)
        assert advice(home) == [line]
        assert home.group.policy is not None
        assert home.group.policy.version == 1
        assert await precision(1) == {TERM: Precision(0, 7)}

        await home.says(OWNER, f"词库 about {TERM}", group=None)
        about = home.platform.whispered(OWNER)[-1]
        assert "判断过 7 次，其中 7 次推翻" in about
        assert "是个傻逼" in about
        await home.says(OWNER, f"词库 allow {TERM}", group=None)
        await home.says(PARENTS[7], INSULT)
        assert await models.Case.filter(state="active").count() == 0


async def answers(home: Home, said: str, users: Iterable[str], words: str) -> None:
    """What these people write, each answered so by the head teacher."""
    for user in users:
        await home.says(user, words)
        request = await models.Request.get(state="open", kind="review")
        await home.says(OWNER, f"{said} {request.number}")


async def test_what_people_confirm_counts_for_a_term(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await ready(home)
        await answers(home, "确认", PARENTS[:2], DOUBTFUL)
        await answers(home, "驳回", PARENTS[2:5], DOUBTFUL)
        assert await precision(1) == {"裸聊": Precision(2, 3)}
        [line] = advice(home)
        assert "词库 1 demote 裸聊" in line
        # Worse later is said once more.
        await answers(home, "驳回", PARENTS[5:], DOUBTFUL)
        assert ["demote" in one for one in advice(home)] == [True, False]


async def test_what_only_asks_already_is_not_proposed_again(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await ready(home)
        await home.says(OWNER, f"/词库 demote {TERM}")
        await answers(home, "确认", PARENTS[:2], INSULT)
        await answers(home, "驳回", PARENTS[2:5], INSULT)
        assert await precision(1) == {TERM: Precision(2, 3)}
        assert advice(home) == []


async def test_an_appeal_counts_by_its_verdict_and_silence_does_not(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await ready(home)
        for index, verdict in enumerate(("维持", "减轻", "撤销", "")):
            user = PARENTS[index]
            await home.says(user, INSULT)
            case = await models.Case.all().order_by("-id").first()
            assert case is not None
            await home.says(user, f"申诉 1-{case.number} 我没有骂人", group=None)
            request = await models.Request.get(kind="appeal", state="open")
            if verdict:
                await home.says(ADMIN, f"/复核 {request.number} {verdict} 看过原消息了")
            await home.advance(660)
        await home.advance(8 * 86_400)
        assert await models.Case.filter(state="reversed").count() == 1
        assert await models.Case.filter(state="suspended").count() == 1
        assert await precision(1) == {TERM: Precision(2, 1)}


async def test_a_managers_own_case_names_no_term(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(OWNER, f"/警告 {PARENT} 说话难听")
        case = await models.Case.get()
        await home.says(OWNER, f"/撤销 {case.number}")
        assert await precision(1) == {}
