"""Whom the caller may act on, and what they may undo; read fresh at the moment of the act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.events import Account
from src.core.commands import Call, Refusal
from src.core.discipline import RANK
from src.core.people import Rank, may_act_on

from . import texts

if TYPE_CHECKING:
    from src.core.store import models


async def target(call: Call, who: Account, *, absent_too: bool = False) -> Rank:
    """Make sure that the caller may act on this person.

    Raises:
        Refusal: the person is the bot, the caller, of an equal or higher rank, or (unless
            `absent_too`) not in the group.
    """
    if who == call.platform.bot:
        raise Refusal(texts.BOT)
    if who == call.account:
        raise Refusal(texts.SELF)
    member, rank = await call.standing(who)
    if not may_act_on(call.rank, rank):
        raise Refusal(RANK)
    if member is None and not absent_too:
        raise Refusal(texts.NOT_MEMBER)
    return rank


async def not_above(call: Call, case: models.Case) -> None:
    """Refuse to undo what somebody of a higher rank decided.

    Raises:
        Refusal: it was.
    """
    if case.actor is None:
        return
    decider = Account(case.actor.namespace, case.actor.user_id)
    if decider != call.account and await call.rank_in_group(decider) > call.rank:
        raise Refusal(texts.PARDON_HIGHER)
