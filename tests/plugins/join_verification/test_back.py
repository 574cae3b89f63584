"""Somebody who was muted, removed or blocked comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from src.core.chat.port import Act
from src.core.people import Rank
from src.core.store import models
from src.core.store.rows import account_row
from src.plugins.join_verification.area import clause_of
from src.plugins.join_verification.back import history
from tests.houses import BOT, CLASS, OWNER, PARENT, PARENTS, account

from .classes import HOUR, a_class

if TYPE_CHECKING:
    from pathlib import Path


async def muted_until(user: str) -> float | None:
    live = await models.Mute.get_or_none(account__user_id=user, live_key__isnull=False)
    return live.until.timestamp() if live is not None else None


@pytest.mark.parametrize("removed", [False, True])
async def test_the_rest_of_a_mute_runs_on_however_often_the_arrival_is_told(
    tmp_path: Path, removed: bool
) -> None:
    async with a_class(tmp_path) as home:
        clause = clause_of(home.group.policy, lambda settings: True)
        assert clause is not None
        for _ in range(3):
            # The third step is a proposal; whoever it is about is mute until it is decided.
            await home.house.court.charge(
                home.group, account(PARENT), clause.bound, what="", facts={}, rank=Rank.MEMBER
            )
        await home.settled()
        until = await muted_until(PARENT)
        assert until is not None
        await home.leaves(PARENT, removed=removed)
        assert (await history(home.group, await account_row(account(PARENT)))).muted_until == until
        await home.advance(HOUR)
        await home.comes(PARENT)
        await home.comes(PARENT)
        muted = home.platform.groups[CLASS][account(PARENT)].muted_until
        assert muted is not None
        assert abs(muted - until) < 90
        assert await muted_until(PARENT) == until


async def test_who_was_removed_or_blocked_needs_a_person(tmp_path: Path) -> None:
    async with a_class(tmp_path) as home:
        taken_out, blocked, gone, unknown = (account(one) for one in (*PARENTS[:3], "999"))
        await home.says(OWNER, f"/kick {taken_out.user_id}")
        await home.says(OWNER, f"/block {blocked.user_id}")
        await home.leaves(taken_out.user_id, removed=True, operator=BOT)
        await home.leaves(blocked.user_id, removed=True, operator=BOT)
        await home.leaves(gone.user_id)
        known = {
            one: await history(home.group, await account_row(one))
            for one in (taken_out, blocked, gone, unknown)
        }
        assert [one.removed for one in known.values()] == [True, True, False, False]
        assert [one.blocked for one in known.values()] == [False, True, False, False]
        assert [one.asks_a_person for one in known.values()] == [True, True, False, False]

        # Pulled in again, the blocked one is out at once; the managers hear of both.
        home.platform.done.clear()
        for one in (taken_out, blocked):
            await home.advance(HOUR)
            await home.comes(one.user_id, invited=True, operator=PARENTS[4])
        assert [done.account for done in home.platform.asked(Act.REMOVE)] == [blocked]
        told = [text for text in home.platform.whispered(OWNER) if "以前被移出" in text]
        assert any(taken_out.user_id in text for text in told)
        assert any(blocked.user_id in text for text in told)
        assert home.platform.whispered(blocked.user_id) == []
        # Whoever is in again has been let in since.
        assert not (await history(home.group, await account_row(taken_out))).removed
