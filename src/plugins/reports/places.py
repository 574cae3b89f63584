"""Where private words belong, and whom they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.port import Word
from src.core.commands import Call, Refusal, item
from src.core.store import models

from . import texts

if TYPE_CHECKING:
    from src.core.groups import Group

_MOST_ASKED = 30
"""A platform is asked about so many groups at the most: anybody may write to the bot."""


async def enter(call: Call, words: str, say: str) -> str:
    """In private, take the words to be about the one group in which the caller is, or the one whose
    number comes first; `say` is how the line to copy begins. Returns the words without the number.

    Raises:
        Refusal: there is none, or there are several, with lines to copy.
    """
    if not call.private:
        await call.house.records.row_of(call.group)
        return words
    first, _, rest = words.partition(" ")
    number = item(first)
    wanted = number.number if number is not None and number.group is None else None
    found: list[Group] = []
    for group in await _near(call, wanted):
        platform = call.house.platform(group.bot)
        if platform is None:
            continue
        answer = await platform.member(group.key, call.account)
        if answer.word is Word.DONE and answer.value is not None:
            found.append(group)
    chosen = next((group for group in found if group.id == wanted), None)
    if chosen is not None:
        words = rest.strip()
    elif len(found) == 1:
        chosen = found[0]
    if chosen is not None:
        assert chosen.id is not None
        await call.enter_numbered(chosen.id)
        return words
    if not found:
        raise Refusal(texts.NOWHERE)
    lines = [
        texts.WHICH_LINE.format(
            say=say, number=group.id, words=words, group=call.house.records.title(group)
        )
        for group in found
    ]
    raise Refusal("\n".join([texts.WHICH, *lines]))


async def _near(call: Call, wanted: int | None) -> list[Group]:
    """The groups in which the caller may be, those first of which we know it."""
    rows = models.Membership.filter(
        left_at__isnull=True,
        account__namespace=call.account.namespace,
        account__user_id=call.account.user_id,
    )
    known = {row.group_id for row in await rows}

    def distance(group: Group) -> tuple[bool, bool, bool, int]:
        here = group.key == call.event.via_group
        return group.id != wanted, not here, group.id not in known, group.id or 0

    possible = [
        group
        for group in call.house.groups
        if group.id is not None and group.bot and group.key.namespace == call.account.namespace
    ]
    return sorted(possible, key=distance)[:_MOST_ASKED]
