"""Leaving: why is told to the head teacher beforehand, and who left without a word is noted (03.6.1).
Nothing of it is said in the group."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from src.core.commands import Call, Refusal, Reply, Rest
from src.core.people import Rank, Role
from src.core.store import in_transaction, models
from src.core.store.rows import account_row

from . import texts
from .area import area
from .membership import account_of

if TYPE_CHECKING:
    from datetime import tzinfo

    from src.core.chat.events import Account
    from src.core.groups import Group
    from src.core.house import House

_TOLD_AT = timedelta(hours=18)
"""The time of day at which the head teacher is told who left; judgement."""
_MOST_NAMED = 20
_LONGEST = 300


def last_telling(now: float, zone: tzinfo) -> datetime:
    """The last moment at or before `now` at which the head teacher is told, once a day."""
    local = datetime.fromtimestamp(now, zone)
    today = local.replace(hour=0, minute=0, second=0, microsecond=0) + _TOLD_AT
    return today if today <= local else today - timedelta(days=1)


def head_teachers(house: House, group: Group) -> list[Account]:
    """Whom a leave is told to: the head teachers, or the managers where none is named."""
    people = house.people
    heads = [
        one
        for one in people.holders(group.key, Rank.HEAD_TEACHER)
        if people.role(group.key, one) is Role.HEAD_TEACHER
    ]
    return heads or house.tell.managers(group)


def called(house: House, group: Group, account: Account) -> str:
    """Somebody as the head teacher knows them: by the roster where it has them."""
    roster = house.rosters.of(group)
    known = roster.identities(account) if roster is not None else ()
    names = "、".join(f"{one.person.name}{one.relation}" for one in known)
    return (
        texts.WITH_NUMBER.format(name=names, number=account.user_id) if names else account.user_id
    )


@area.command("leaving", "退群", "退群前把原因告诉班主任", example="/leaving 孩子转学了")
async def leaving(call: Call, reason: Rest = Rest("")) -> Reply:
    """Tell the head teacher why somebody is about to leave."""
    why = reason.strip()
    if call.private:
        group, why = await _meant(call, why)
    else:
        group = call.group
    if not why:
        raise Refusal(texts.LEAVING_HOW)
    house = call.house
    await house.records.row_of(group)
    async with in_transaction():
        who = await account_row(call.account)
        row = await models.Membership.get_or_none(group_id=group.id, account_id=who.id)
        if row is not None and row.left_how == "leaving":
            raise Refusal(texts.LEAVING_TOLD)
        if row is None:
            row = models.Membership(
                group_id=group.id, account_id=who.id, how="known", came_at=house.records.now()
            )
        row.left_how = "leaving"
        await row.save()
        text = texts.LEAVING.format(
            group=house.records.title(group),
            who=called(house, group, call.account),
            reason=why[:_LONGEST],
        )
        told = [one for one in head_teachers(house, group) if one != call.account]
        acts = await house.tell.all_of(group, told, text)
    house.executor.submit(acts)
    return Reply(texts.LEAVING_NOTED, private=True)


async def _meant(call: Call, words: str) -> tuple[Group, str]:
    """The group that a private word is about, and the reason: the only one that the caller is in, or
    the one whose number comes first.

    Raises:
        Refusal: there is none, or there are several, with lines to copy.
    """
    house = call.house
    found: list[Group] = []
    # A platform is asked about few: a bot may be in thousands of groups, and anybody may write to it.
    rows = models.Membership.filter(
        left_at__isnull=True,
        account__namespace=call.account.namespace,
        account__user_id=call.account.user_id,
    )
    first, _, rest = words.partition(" ")
    near = {row.group_id for row in await rows} | ({int(first)} if first.isdecimal() else set())
    for number in sorted(near):
        group = house.groups.by_id(number)
        platform = house.platform(group.bot) if group is not None else None
        if group is None or platform is None or group.key.namespace != call.account.namespace:
            continue
        if (await platform.member(group.key, call.account)).value is not None:
            found.append(group)
    chosen = [group for group in found if str(group.id) == first]
    if chosen:
        return chosen[0], rest.strip()
    if not found:
        raise Refusal(texts.LEAVING_NOWHERE)
    if len(found) > 1:
        lines = [
            texts.LEAVING_LINE.format(number=group.id, group=house.records.title(group))
            for group in found
        ]
        raise Refusal("\n".join([texts.LEAVING_WHICH, *lines]))
    return found[0], words


@area.every(600)
async def compare(house: House) -> None:
    """Tell the head teachers once a day who left without a word."""
    due = last_telling(house.clock.now(), ZoneInfo(house.config.timezone))
    rows = models.Membership.filter(left_how="silent", left_at__lt=due)
    for row in await rows.distinct().values_list("group_id"):
        group = house.groups.by_id(int(row[0]))
        if group is not None and not group.at_rest(house.clock.now()):
            house.in_line(group, partial(tell_of, house, group))


async def tell_of(house: House, group: Group) -> None:
    """One line for all who left and are not told of. Runs in the group's line."""
    async with in_transaction():
        silent = models.Membership.filter(group_id=group.id, left_how="silent")
        rows = await silent.order_by("left_at").select_related("account")
        if not rows:
            return
        names = [called(house, group, account_of(row)) for row in rows[:_MOST_NAMED]]
        text = texts.LEFT_SILENTLY.format(
            group=house.records.title(group), count=len(rows), names="、".join(names)
        )
        await models.Membership.filter(id__in=[row.id for row in rows]).update(left_how="left")
        acts = await house.tell.all_of(group, head_teachers(house, group), text)
    house.executor.submit(acts)
