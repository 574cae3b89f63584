"""Whom the caller may act on, and what they may undo; read fresh at the moment of the act."""

from __future__ import annotations

from src.core.chat.events import Account
from src.core.commands import Call, Refusal
from src.core.discipline import NOT_MINE, RANK, family_of
from src.core.people import Rank, Right, may_act_on
from src.core.store import models

from . import texts


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
    """Refuse to undo what somebody of a higher rank ordered, agreed to or upheld.

    Raises:
        Refusal: it was.
    """
    ids = {case.actor_id}
    decided = models.Request.filter(case_id=case.id, state__in=("confirmed", "upheld", "reduced"))
    for request in await decided.exclude(kind="escalation"):
        ids |= {*request.agreed, request.decided_by_id}
    known = models.Account.filter(id__in=[one for one in ids if one is not None] or [0])
    for row in await known.filter(namespace=call.group.key.namespace):
        decider = Account(row.namespace, row.user_id)
        if decider != call.account and await call.rank_in_group(decider) > call.rank:
            raise Refusal(texts.PARDON_HIGHER)


def not_family(call: Call, who: Account) -> None:
    """Refuse to lift what was done to one's own family (anchors/moderation.md, 4.7).

    Raises:
        Refusal: it was.
    """
    if call.account in family_of(call.group, who):
        raise Refusal(NOT_MINE)


async def may_lift(call: Call, mute: models.Mute, who: Account) -> None:
    """Refuse to end somebody's mute, or to make it shorter.

    Raises:
        Refusal: the caller may not.
    """
    not_family(call, who)
    policy = call.group.policy
    rights = policy.rights if policy is not None else {}
    if call.rank < rights.get("unmute", Right.DUTY):
        until = call.house.records.local(mute.until)
        raise Refusal(texts.MUTED_LONGER.format(until=until))
    await not_above(call, mute.case)
