"""Who comes into a group and who goes: noted, greeted, put on probation, asked who they are.

Events tell of it twice, late or never. So the list of members is compared with the rows every ten
minutes and at each reconnect. The first reading of a group finds members of old only.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal

from src.core.area import PolicyChanged
from src.core.chat.events import (
    Account,
    BotJoined,
    Connected,
    Member,
    MemberCame,
    MemberLeft,
    PlatformRole,
)
from src.core.chat.port import Word
from src.core.people import Rank
from src.core.store import in_transaction, models
from src.core.store.rows import account_row

from . import pulled, texts
from .area import area, clause_of
from .back import history
from .membership import account_of, forget, in_group, note_known
from .probation import begin, has_probation, keep

if TYPE_CHECKING:
    from datetime import datetime

    from src.core.chat.port import Platform
    from src.core.groups import Group
    from src.core.house import House

TWICE = timedelta(minutes=10)
"""An arrival or a leave that is told again within this time is the same one; so old may a list of
members be that a platform gives."""
STORM = 10
"""So many who came or went without an event are not new, but were missed; judgement."""
READ_EVERY = 10
"""Minutes between two readings of a group's members; groups have their turns."""
GATHER = timedelta(minutes=1)
WELCOME_EVERY = timedelta(minutes=10)
"""A welcome waits for those who come in the same minute, and for ten minutes after the last one."""
MOST_GREETED = 10
"""Newcomers who are mentioned in one line."""
APPLIED = timedelta(days=14)
"""An application that is older has nothing to do with an arrival."""
LEFT_KEPT = timedelta(days=30)
"""How long it is known that somebody was here and left; who was removed stays known."""
HANDLED = timedelta(minutes=30)
"""So long before an arrival is noticed somebody may have let them in on the platform."""

How = Literal["known", "admitted", "pulled"]


def how_come(*, old: bool, applied: bool, event: MemberCame | None) -> How:
    """How somebody came in: `old` is who is a teacher, manager or robot. Some platforms call every
    approval an invitation, so an application goes before what the event says; an event that speaks of
    no invitation means that somebody approved."""
    if old:
        return "known"
    if applied or (event is not None and not event.invited):
        return "admitted"
    return "pulled"


def _is_of_group(group: Group, platform: Platform | None) -> bool:
    """Whether the rows of this group are kept."""
    bound = group.policy is not None and area.name in group.policy.plugins
    return bound and platform is not None and group.id is not None


async def _applied(group: Group, account: models.Account, now: datetime) -> bool:
    """Whether somebody has lately asked to come in, and was not refused."""
    of_both = {"group_id": group.id, "account_id": account.id, "created_at__gt": now - APPLIED}
    asked = models.Request.filter(**of_both, kind="join")
    if await asked.filter(state__in=("open", "confirmed")).exists():
        return True
    # A question that was closed earlier was answered elsewhere, perhaps with a no.
    if await asked.filter(state="closed", decided_at__gt=now - HANDLED).exists():
        return True
    return await models.JoinAttempt.filter(**of_both, outcome="admitted").exists()


# -- events -------------------------------------------------------------------------------------------


@area.on(MemberCame)
async def came(house: House, group: Group, event: MemberCame) -> None:
    """Somebody came in."""
    platform = house.platform(group.bot)
    if platform is None or event.account == platform.bot or not _is_of_group(group, platform):
        return
    if not await _was_read(group, platform):
        await read(house, group, but=event.account)
    answer = await platform.member(group.key, event.account)
    if answer.word is Word.DONE and answer.value is None:
        return
    member = answer.value or Member(event.account, "", PlatformRole.MEMBER)
    await _arrived(house, group, platform, member, event)


@area.on(MemberLeft)
async def left(house: House, group: Group, event: MemberLeft) -> None:
    """Somebody is out."""
    if not _is_of_group(group, house.platform(group.bot)):
        return
    row, platform = (await in_group(group)).get(event.account), house.platform(group.bot)
    if row is None or platform is None:
        return
    if event.time < row.came_at.timestamp():
        # It may be told late, of a leave before they came; clocks differ, so they are looked for.
        if (await platform.member(group.key, event.account)).value is not None:
            return
    await _gone(house, group, row, removed=event.removed)


@area.on(BotJoined)
async def joined(house: House, group: Group, event: BotJoined) -> None:
    """The bot came in, or came back: nobody it finds is new."""
    await read(house, group, old=True)


@area.on(PolicyChanged)
async def changed(house: House, group: Group, event: PolicyChanged) -> None:
    """The plugin may be out of force, or in force for the first time."""
    if group.policy is None or area.name not in group.policy.plugins:
        await forget(group)
    else:
        platform = house.platform(group.bot)
        if platform is not None and not await _was_read(group, platform):
            await read(house, group)


# -- the list of members --------------------------------------------------------------------------------


async def _was_read(group: Group, platform: Platform) -> bool:
    """Whether the group's members have been read before: then the bot itself has a row."""
    own = await account_row(platform.bot)
    return await models.Membership.exists(
        group_id=group.id, account_id=own.id, left_at__isnull=True
    )


@area.every(60)
async def look(house: House) -> None:
    """Read the members of the groups whose turn it is."""
    minute = int(house.clock.now() // 60)
    for group in house.groups:
        turn = group.id is not None and (group.id + minute) % READ_EVERY == 0
        if turn and _is_of_group(group, house.platform(group.bot)):
            house.in_line(group, partial(read, house, group))


@area.on(Connected)
async def reconnected(house: House, group: Group, event: Connected) -> None:
    """Who came or went while the line was down is found at once."""
    await read(house, group)


async def read(
    house: House, group: Group, *, old: bool = False, but: Account | None = None
) -> None:
    """Compare the members with the rows. `old`: nobody is new; `but` has just come."""
    platform = house.platform(group.bot)
    if platform is None or not _is_of_group(group, platform):
        return
    answer = await platform.members(group.key)
    members = {member.account: member for member in answer.value or ()}
    if platform.bot not in members:
        return  # A list without ourselves is none.
    rows = await in_group(group)
    first = platform.bot not in rows
    new = [account for account in members if account not in rows and account != but]
    missing = [row for account, row in rows.items() if account not in members]
    missed = len(new) > STORM and not first and not old
    if first or old or missed:
        await note_known(group, new, house.records.now())
        if missed and not group.at_rest(house.clock.now()):
            await _tell_managers(house, group, texts.MANY_CAME.format(count=len(new)))
        new = []
    for account in new:
        await _found(house, group, platform, account)
    if len(missing) <= max(STORM, len(rows) // 2):
        for row in missing:
            await _missing(house, group, platform, row)


async def _found(house: House, group: Group, platform: Platform, account: Account) -> None:
    """Somebody of whom no event told; a list may be old, so they are looked for themselves."""
    row = await _row(group, account)
    lately = house.records.now() - TWICE
    if row is not None and row.left_at is not None and row.left_at > lately:
        return
    answer = await platform.member(group.key, account)
    if answer.value is not None:
        await _arrived(house, group, platform, answer.value, None)


async def _missing(house: House, group: Group, platform: Platform, row: models.Membership) -> None:
    if row.came_at > house.records.now() - TWICE:
        return
    answer = await platform.member(group.key, account_of(row))
    if answer.word is not Word.DONE or answer.value is not None:
        return
    out = models.Act.filter(group_id=group.id, account_id=row.account_id, kind="remove")
    removed = await out.filter(state="confirmed", updated_at__gt=row.came_at).exists()
    await _gone(house, group, row, removed=removed)


async def _row(group: Group, account: Account) -> models.Membership | None:
    who = await account_row(account)
    return await models.Membership.get_or_none(group_id=group.id, account_id=who.id)


# -- coming -------------------------------------------------------------------------------------------


async def _arrived(
    house: House, group: Group, platform: Platform, member: Member, event: MemberCame | None
) -> None:
    """Note somebody who has come, and do what the policy says of newcomers."""
    account, now = member.account, house.records.now()
    before = await _row(group, account)
    if before is not None and before.left_at is None and _is_told_again(before, member, event, now):
        return
    who = await account_row(account)
    past = await history(group, who)
    rank = house.people.rank(group.key, account, member.role)
    old = rank.is_staff or member.is_robot
    how = how_come(old=old, applied=await _applied(group, who, now), event=event)
    row = before or models.Membership(group_id=group.id, account_id=who.id)
    row.how, row.came_at, row.left_at, row.left_how = how, now, None, ""
    row.verify_by = row.probation_until = row.probation_left = None
    group.newcomers.pop(account, None)
    probation = clause_of(group.policy, has_probation)
    if probation is not None and not old:
        begin(group, row, probation.settings, now.timestamp())
    asked = None
    if how == "pulled" and not past.blocked and not group.at_rest(now.timestamp()):
        asked = await pulled.consequences(house, group, platform, row, account, event)
    if asked is not None:
        # Once only by its key, so that a kill before the row is written loses nothing.
        await asked.charge(house, group)
    async with in_transaction():
        await row.save()
        acts: list[models.Act] = []
        if not old and not group.at_rest(now.timestamp()):
            # Whoever is blocked is on the way out again.
            acts += await _welcome(house, group, who) if not past.blocked else []
            if past.asks_a_person and (how == "pulled" or not await _let_in(group, who, now)):
                text = texts.CAME_BACK.format(group=house.records.title(group), who=account.user_id)
                acts += await house.tell.all_of(group, house.tell.managers(group), text)
        if asked is not None:
            acts += await asked.rows(house, group, who, row.verify_by)
    house.executor.submit(acts)
    await keep(house, group)


def _is_told_again(
    row: models.Membership, member: Member, event: MemberCame | None, now: datetime
) -> bool:
    """Whether an arrival is one that is known: platforms tell of it twice, and late."""
    known = (row.came_at + TWICE).timestamp()
    happened = [one for one in (member.joined, event and event.time) if one]
    return any(one < known for one in (now.timestamp(), *happened))


async def _let_in(group: Group, account: models.Account, now: datetime) -> bool:
    """Whether a person has lately said yes to the account's application."""
    return await models.Request.filter(
        group_id=group.id,
        account_id=account.id,
        kind="join",
        state="confirmed",
        decided_at__gt=now - APPLIED,
    ).exists()


async def _welcome(house: House, group: Group, account: models.Account) -> list[models.Act]:
    """One line for all who come within a minute (09.1.3); it waits in the store, so that a restart
    loses nobody."""
    if clause_of(group.policy, lambda settings: settings.welcome) is None:
        return []
    assert group.policy is not None
    now = house.records.now()
    due = now + GATHER
    said = models.Act.filter(group_id=group.id, kind="say", created_at__gt=now - 2 * WELCOME_EVERY)
    for act in await said.order_by("-id"):
        if "welcome" not in act.payload:
            continue
        if act.state != "requested" or act.not_before <= now:
            due = max(due, act.not_before + WELCOME_EVERY)
            break
        also = [*act.payload["also"], account.user_id]
        if len(also) < MOST_GREETED:
            payload = {**act.payload, "also": also}
            await models.Act.filter(id=act.id, state="requested").update(payload=payload)
        return []
    hints = [one for bound in group.policy.bound if (one := bound.settings.newcomers_are_told())]
    text = "\n".join([texts.WELCOME.format(prefix=house.router.prefix), *hints])
    return [
        await house.records.new_act(
            group,
            "say",
            account,
            {"text": text, "also": [], "welcome": True},
            due + WELCOME_EVERY,
            case=None,
            not_before=due,
        )
    ]


# -- going --------------------------------------------------------------------------------------------


async def _gone(house: House, group: Group, row: models.Membership, *, removed: bool) -> None:
    """Note that somebody is out. Whoever left without a word is told of once a day: see `leaving`."""
    account = account_of(row)
    silently = clause_of(group.policy, lambda settings: not settings.may_leave_silently)
    old = (
        row.how == "known"
        and house.people.rank(group.key, account, group.platform_role(account)) > Rank.MEMBER
    )
    if removed:
        row.left_how = "removed"
    elif row.left_how == "leaving" or silently is None or old:
        row.left_how = "left"
    else:
        row.left_how = "silent"
    row.left_at = house.records.now()
    row.verify_by = row.probation_until = row.probation_left = None
    async with in_transaction():
        await row.save()
        await pulled.dismiss(house, row)
    group.newcomers.pop(account, None)


@area.every(86_400)
async def tidy(house: House) -> None:
    """Forget who left long ago."""
    before = house.records.now() - LEFT_KEPT
    await models.Membership.filter(left_how="left", left_at__lt=before).delete()


async def _tell_managers(house: House, group: Group, text: str) -> None:
    async with in_transaction():
        title = house.records.title(group)
        acts = await house.tell.all_of(group, house.tell.managers(group), f"【{title}】{text}")
    house.executor.submit(acts)
