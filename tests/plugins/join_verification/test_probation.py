"""Newcomers leave out links, files, cards and forwards for a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from src.core.area import Message
from src.core.chat.events import Kind, MessageReceived, MessageRef, Segment
from src.core.chat.port import Act
from src.core.store import models
from src.core.text import fold
from src.core.windows import GroupWindows
from src.plugins.join_verification.probation import explain, too_new
from src.plugins.join_verification.settings import JoinSettings
from tests.houses import BOT, CLASS, NOON, OWNER, account

from .classes import DAY, FRIEND, NEWCOMER, a_class, cases, member

if TYPE_CHECKING:
    from pathlib import Path

MINUTE = 60.0
SETTINGS = JoinSettings.model_validate({"probation": "3d"})
LINK = "大家看看 https://example.com/a"


def message(
    text: str = "",
    *kinds: Kind,
    newcomer: bool = True,
    staff: bool = False,
    links: tuple[str, ...] = (),
) -> Message:
    event = MessageReceived(
        MessageRef(BOT, CLASS, "1", NOON),
        account(NEWCOMER),
        tuple(Segment(kind) for kind in kinds),
        text,
        links=links,
    )
    return Message(event, fold(text), (), NOON, NOON, author_is_staff=staff, newcomer=newcomer)


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        (message("大家好，我是张小明的妈妈"), None),
        (message(LINK), ["link"]),
        (message("", Kind.CARD, links=("example.com",)), ["link", "card"]),
        (message("", Kind.FILE), ["file"]),
        (message("", Kind.FORWARD), ["forward"]),
        (message("", Kind.IMAGE), None),
        (message("", Kind.VOICE), None),
        (message("", Kind.STICKER), None),
        (message(LINK, newcomer=False), None),
        (message(LINK, staff=True), None),
    ],
)
def test_what_a_newcomer_leaves_out(sent: Message, found: list[str] | None) -> None:
    finding = too_new(sent, SETTINGS, GroupWindows())
    assert (finding.facts["kinds"] if finding is not None else None) == found
    if finding is not None:
        assert finding.withdraw


def test_the_clause_says_what_and_whether() -> None:
    pictures = SETTINGS.model_copy(update={"probation_kinds": ("picture",)})
    found = too_new(message("", Kind.IMAGE, Kind.FILE), pictures, GroupWindows())
    assert found is not None
    assert explain(found, pictures) == "新成员发了图片"
    assert too_new(message(LINK), pictures, GroupWindows()) is None
    assert too_new(message(LINK), JoinSettings(), GroupWindows()) is None


async def test_probation_ends_by_messages_or_time_and_outlives_a_restart(tmp_path: Path) -> None:
    async with a_class(tmp_path, welcome="否", probation_messages="3") as home:
        await home.comes(NEWCOMER, "张小明妈妈")
        await home.comes(FRIEND, "李晓红爸爸")
        await home.says(NEWCOMER, LINK)
        assert await cases(NEWCOMER) == ["remind"]
        assert len(home.platform.asked(Act.WITHDRAW)) == 1
        await home.says(NEWCOMER, "好的，明天请问几点到校")
        await home.advance(MINUTE)

        # A restart knows who is new, and how much they have written; one link and one question.
        home.group.newcomers.clear()
        await home.advance(MINUTE)
        assert home.group.newcomers[account(NEWCOMER)].left == 1
        await home.says(NEWCOMER, "谢谢老师的说明")
        assert account(NEWCOMER) not in home.group.newcomers
        await home.advance(MINUTE)
        assert (await member(home, NEWCOMER)).probation_until is None
        await home.says(NEWCOMER, LINK)
        assert await cases(NEWCOMER) == ["remind"]

        home.clock.move_to(home.clock.now() + 3 * DAY)
        await home.advance(MINUTE)
        assert home.group.newcomers == {}
        await home.says(FRIEND, LINK)
        assert await cases(FRIEND) == []


async def test_a_policy_without_probation_ends_it(tmp_path: Path) -> None:
    async with a_class(tmp_path, welcome="否") as home:
        await home.comes(NEWCOMER, "张小明妈妈")
        assert account(NEWCOMER) in home.group.newcomers
        await home.says(OWNER, "/停用 join_verification")
        await home.settled()
        assert home.group.newcomers == {}
        assert not await models.Membership.filter(probation_until__isnull=False).exists()
