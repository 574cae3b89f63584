"""A platform that cannot do everything: what was decided is denied with the reason, and that is all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from src.core.chat.events import Account
from src.core.chat.port import Act, Answer, Capabilities, Word
from src.core.store import models
from tests.houses import CLASS, INSULT, OWNER, PARENT, Home, a_home

if TYPE_CHECKING:
    from pathlib import Path

CANNOT = "这里做不到"
DAY = 86_400.0


def without(home: Home, *acts: Act) -> None:
    """Take capabilities away, as chat does: refused, and never asked for."""
    home.platform.capabilities = Capabilities(frozenset(Act) - set(acts))
    for act in acts:
        home.platform.answers[act] = Answer(Word.REFUSED, wording=CANNOT, asked=False)


async def states(kind: str) -> list[tuple[str, str]]:
    acts = await models.Act.filter(kind=kind).order_by("id")
    return [(act.state, act.wording) for act in acts]


async def test_what_the_platform_cannot_do_is_denied_at_once_and_never_tried_again(
    tmp_path: Path,
) -> None:
    async with a_home(tmp_path) as home:
        without(home, Act.WITHDRAW, Act.MUTE)
        await home.says(PARENT, INSULT)
        assert await states("withdraw") == [("denied", CANNOT)]
        assert await states("mute") == [("denied", CANNOT)]
        assert not await models.Mute.exists(live_key__isnull=False)
        told = [text for text in home.platform.whispered(OWNER) if CANNOT in text]
        assert len(told) == 2
        asked = len(home.platform.asked(Act.WITHDRAW)) + len(home.platform.asked(Act.MUTE))
        await home.advance(2 * DAY)
        assert asked == len(home.platform.asked(Act.WITHDRAW)) + len(home.platform.asked(Act.MUTE))
        await home.says(OWNER, "/case 1")
        assert f"撤回平台拒绝（{CANNOT}）" in home.platform.whispered(OWNER)[-1]


async def test_what_was_only_not_asked_is_tried_again(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        home.platform.answers[Act.WITHDRAW] = Answer(
            Word.REFUSED, wording="queue full", asked=False
        )
        await home.says(PARENT, INSULT)
        assert [state for state, _ in await states("withdraw")] == ["requested"]
        del home.platform.answers[Act.WITHDRAW]
        await home.advance(60)
        assert [state for state, _ in await states("withdraw")] == ["confirmed"]


@pytest.mark.parametrize("kind", [Act.REMOVE, Act.WHISPER])
async def test_a_removal_or_a_word_that_cannot_be_is_over_too(tmp_path: Path, kind: Act) -> None:
    async with a_home(tmp_path) as home:
        without(home, kind)
        await home.says(OWNER, f"/kick {PARENT} 试试")
        assert (kind.value, "denied") in [(a.kind, a.state) for a in await models.Act.all()]
        await home.advance(DAY)
        assert not await models.Act.exists(state__in=("requested", "attempting"))


async def test_no_mute_is_lifted_again_and_again_where_there_is_none(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(OWNER, f"/mute {PARENT} 1h")
        without(home, Act.MUTE)
        await home.says(OWNER, f"/unmute {PARENT}")
        member = home.platform.groups[CLASS][Account("qq", PARENT)]
        assert member.muted_until is not None
        asked = len(home.platform.asked(Act.MUTE))
        await home.advance(3600)
        assert len(home.platform.asked(Act.MUTE)) == asked
