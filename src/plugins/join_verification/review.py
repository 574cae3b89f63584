"""The periodic review of the members (05.4.5, 08.2.1.2, 13.4.3, 18.4.3, 19.3.2, 21.2.1.2): a list of who
is on no roster, has left the school or has long been silent. People confirm it, and only then does
anybody go; each is looked at again right before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

from src.core.chat.events import Account
from src.core.chat.port import Word
from src.core.people import PersonKind, Role
from src.core.policy import Step
from src.core.store import in_transaction, models, take_number
from src.core.text import fold

from . import texts
from .area import Clause, area, clause_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from src.core.chat.events import Member
    from src.core.chat.port import Platform
    from src.core.commands import Call
    from src.core.groups import Group
    from src.core.house import House
    from src.core.people import ClassRoster, Rank

_WITHIN = timedelta(days=7)
"""How long a list waits for its confirmation."""
_CARRIED_OUT_WITHIN = timedelta(days=1)
"""So long after people agreed to a list it may still be carried out; later it is another matter."""
_LEAST = 3
"""So many may always be on one list, unless that were half of the group."""
_ROOM = 700
"""Characters for the people on one list: whoever confirms it must be able to read it in one message."""
_LONGEST_NAME = 12
_STRANGERS = 0.5
"""Where more than this share of the members is not on the roster, or no more, the roster is not that of
the group."""

Why = Literal["gone", "unknown", "silent"]


class Standing(NamedTuple):
    """What is known of a member, all that the review looks at."""

    exempt: bool
    """A teacher, manager, robot, superuser or the bot itself: never on a list."""
    known: bool | None
    """Whether the roster, or a role that the school gave, knows them; None where there is no roster."""
    gone: bool
    """All that the account was bound to has left the school."""
    verifying: bool
    """They have been asked who they are, and have time to answer."""
    last_seen: float | None
    """When they last spoke or, if later, came, in seconds since the epoch; None where the platform
    does not say."""


def why_listed(one: Standing, silent_since: float | None) -> Why | None:
    """Why a member is on the list, or None; `silent_since` is since when nobody should be silent."""
    if one.exempt or one.verifying:
        return None
    if one.gone:
        return "gone"
    if one.known is False:
        return "unknown"
    if silent_since is not None and one.last_seen is not None and one.last_seen < silent_since:
        return "silent"
    return None


def most(size: int, share: float) -> int:
    """How many of a group of so many may go by one list: a share of it, three at least, and never the
    half of it."""
    return max(0, min(max(_LEAST, int(size * share)), (size - 1) // 2))


def named_on(roster: ClassRoster, name: str) -> bool:
    """Whether a member's name holds somebody's of the roster: then a person should say who it is."""
    if roster.mentions(fold(name)):
        return True
    grown = (*roster.teachers, *roster.staff, *roster.guardians)
    return any(len(person.name) > 1 and person.name in name for person in grown)


def reviews(group: Group) -> Clause | None:
    """The clause by which a group's members are reviewed."""
    return clause_of(group.policy, lambda settings: settings.review_every is not None)


@area.diagnosis
async def diagnosed(call: Call) -> list[str]:
    """Where the clause asks for more than the platform tells."""
    clause = reviews(call.group)
    if clause is None or clause.settings.silent_after is None:
        return []
    if any(member.last_spoke for member in await call.members()):
        return []
    return [texts.SILENCE_UNSEEN.format(number=clause.bound.clause.number)]


# -- who is on the list ---------------------------------------------------------------------------------


class List(NamedTuple):
    """Who should go, the surest reasons first, and how many of them may by one list."""

    members: list[tuple[Member, Why]]
    may: int


async def listed(house: House, group: Group, platform: Platform, clause: Clause) -> List | None:
    """Who should be on the list now; None where the members cannot be read. Where the roster does not
    fit the group, as after a wrong file, nobody is on it for not being on the roster any more."""
    answer = await platform.members(group.key)
    members = answer.value
    if members is None or all(member.account != platform.bot for member in members):
        return None
    standings = await _standings(house, group, platform, members)
    plain = [one for one in standings.values() if not one.exempt]
    strangers = sum(one.known is False or one.gone for one in plain)
    fits = strangers <= len(plain) * _STRANGERS
    silent = clause.settings.silent_after
    since = house.clock.now() - silent if silent is not None else None
    found: list[tuple[Member, Why]] = []
    for member in members:
        one = standings[member.account]
        why = why_listed(one if fits else one._replace(known=None, gone=False), since)
        if why is not None:
            found.append((member, why))
    order: tuple[Why, ...] = ("gone", "unknown", "silent")
    found.sort(key=lambda one: order.index(one[1]))
    return List(found, most(len(members), clause.settings.most_removed_share))


async def _standings(
    house: House, group: Group, platform: Platform, members: Collection[Member]
) -> dict[Account, Standing]:
    roster = house.rosters.of(group)
    left = await _left_school(house, group)
    asked = models.Membership.filter(group_id=group.id, verify_by__isnull=False)
    verifying = {
        Account(row.account.namespace, row.account.user_id)
        for row in await asked.select_related("account")
    }
    found: dict[Account, Standing] = {}
    for member in members:
        account = member.account
        rank: Rank = house.people.rank(group.key, account, member.role)
        role = house.people.role(group.key, account)
        who = roster.identities(account) if roster is not None else ()
        grown = any(one.person.kind in (PersonKind.TEACHER, PersonKind.STAFF) for one in who)
        known = None
        if roster is not None and roster.people:
            known = bool(who) or role is not None or named_on(roster, member.name)
        moments = [one for one in (member.last_spoke, member.joined) if one]
        found[account] = Standing(
            exempt=rank.is_staff
            or grown
            or role is Role.STAFF
            or member.is_robot
            or account == platform.bot
            or house.people.is_superuser(account),
            known=known,
            gone=account in left and not who,
            verifying=account in verifying,
            last_seen=max(moments) if member.last_spoke else None,
        )
    return found


async def _left_school(house: House, group: Group) -> set[Account]:
    """Accounts that are bound to somebody who is in the class no more."""
    if group.class_id is None:
        return set()
    closed = models.Identity.filter(
        live_key__isnull=False,
        person__school_class_id=group.class_id,
        person__until__lte=house.rosters.today(),
    ).select_related("account")
    return {Account(one.account.namespace, one.account.user_id) for one in await closed}


# -- making the list ------------------------------------------------------------------------------------


@area.every(600)
async def compare(house: House) -> None:
    """Make the lists that are due."""
    now = house.records.now()
    for group in house.groups:
        clause = reviews(group)
        if clause is None or group.id is None or group.at_rest(now.timestamp()):
            continue
        assert clause.settings.review_every is not None
        every = timedelta(seconds=clause.settings.review_every)
        if await _last(group) <= now - every:
            house.in_line(group, partial(review, house, group))


@area.every(60)
async def resume(house: House) -> None:
    """Carry out what people have agreed to, also where a restart interrupted it."""
    lately = house.records.now() - _CARRIED_OUT_WITHIN
    agreed = models.Request.filter(kind="clean", state="confirmed", decided_at__gt=lately)
    for request in await agreed:
        group = house.groups.by_id(request.group_id)
        if group is not None and request.payload["members"]:
            house.in_line(group, partial(carry_out, house, group, request.id))


async def _last(group: Group) -> datetime:
    """When the members were last reviewed; before the first time, when they were first read."""
    last = await models.Request.filter(group_id=group.id, kind="clean").order_by("-id").first()
    if last is not None:
        return last.created_at
    first = await models.Membership.filter(group_id=group.id).order_by("id").first()
    return first.came_at if first is not None else datetime.max.replace(tzinfo=UTC)


async def review(house: House, group: Group) -> None:
    """Put the question to the managers, or note that there is none to ask. Runs in the group's line."""
    clause, platform = reviews(group), house.platform(group.bot)
    if clause is None or platform is None or group.at_rest(house.clock.now()):
        return
    if await models.Request.exists(open_key=_key(group)):
        return
    found = await listed(house, group, platform, clause)
    if found is None:
        return
    members = fitting(found.members[: found.may])
    more = len(found.members) - len(members)
    now = house.records.now()
    assert group.id is not None
    async with in_transaction():
        request = await models.Request.create(
            group_id=group.id,
            number=await take_number(group.id),
            kind="clean",
            payload={"members": [[member.account.user_id, why] for member, why in members]},
            needs=clause.settings.review_needs,
            state="open" if members else "closed",
            open_key=_key(group) if members else None,
            expires_at=now + _WITHIN if members else None,
            created_at=now,
        )
        acts: list[models.Act] = []
        if members:
            text = texts.REVIEW.format(
                group=house.records.title(group),
                number=request.number,
                clause=clause.bound.clause.number,
                lines="\n".join(_lines(members)),
                more=texts.REVIEW_MORE.format(count=more) if more > 0 else "",
                item=f"{group.id}-{request.number}",
                needs=request.needs,
                until=house.records.local(now + _WITHIN),
            )
            acts = await house.tell.all_of(group, house.tell.managers(group), text)
    house.executor.submit(acts)


def _shown(member: Member) -> str:
    name = " ".join(member.name.split())[:_LONGEST_NAME]
    return texts.WITH_NUMBER.format(name=name, number=member.account.user_id)


def fitting(members: list[tuple[Member, Why]]) -> list[tuple[Member, Why]]:
    """As many of these people as one message has room for."""
    room = _ROOM
    for place, (member, _) in enumerate(members):
        room -= len(_shown(member)) + 1
        if room < 0:
            return members[:place]
    return members


def _lines(members: Iterable[tuple[Member, Why]]) -> list[str]:
    """The people on a list, a line for each reason."""
    by_why: dict[Why, list[str]] = {}
    for member, why in members:
        by_why.setdefault(why, []).append(_shown(member))
    return [f"{texts.LISTED[why]}：{'、'.join(names)}" for why, names in by_why.items()]


def _key(group: Group) -> str:
    return f"clean/{group.id}"


# -- what people answer ---------------------------------------------------------------------------------


async def confirmed(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    """People agree. Nobody goes before they have been looked at again, which asks the platform and so
    is done after this transaction; what a kill leaves is taken up by `resume`."""
    house.in_line(group, partial(carry_out, house, group, request.id))
    return []


async def dropped(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    """People say no, or nobody answers: everybody stays."""
    return []


area.decides("clean", confirmed=confirmed, refused=dropped, lapsed=dropped)


async def carry_out(house: House, group: Group, request_id: int) -> None:
    """Take out who is on a confirmed list and should still be on it. Runs in the group's line."""
    request = await models.Request.get(id=request_id).select_related("decided_by")
    clause, platform = reviews(group), house.platform(group.bot)
    if request.state != "confirmed" or not request.payload["members"] or platform is None:
        return
    waiting: list[list[str]] = request.payload["members"]
    actor = request.decided_by
    assert actor is not None
    spared, still = len(waiting), dict[str, Why]()
    if clause is not None and not group.at_rest(house.clock.now()):
        found = await listed(house, group, platform, clause)
        if found is None:
            return
        still = {member.account.user_id: why for member, why in found.members}
        spared = max(0, len(waiting) - found.may)
    waiting = waiting[: len(waiting) - spared]
    if not waiting:
        await _keep_waiting(request, [])
    while clause is not None and waiting:
        (user_id, why), *waiting = waiting
        account = Account(group.key.namespace, user_id)
        if still.get(user_id) != why or not await _is_plain(house, group, platform, account):
            spared += 1
            await _keep_waiting(request, waiting)
            continue
        reason = texts.REVIEWED.format(clause=clause.bound.clause.number, why=texts.LISTED[why])
        async with in_transaction():
            decision = await house.orders.order(
                group,
                account,
                Account(actor.namespace, actor.user_id),
                Step("remove"),
                reason=reason,
            )
            await _keep_waiting(request, waiting)
        house.executor.submit(decision.acts)
    if spared:
        async with in_transaction():
            text = texts.REVIEW_SPARED.format(
                group=house.records.title(group), number=request.number, count=spared
            )
            acts = await house.tell.all_of(group, house.tell.managers(group), text)
        house.executor.submit(acts)


async def _keep_waiting(request: models.Request, waiting: list[list[str]]) -> None:
    """Note who on the list is still to be looked at."""
    request.payload = {"members": waiting}
    await request.save(update_fields=["payload"])


async def _is_plain(house: House, group: Group, platform: Platform, account: Account) -> bool:
    """Whether somebody is a member without any rank at this moment."""
    answer = await platform.member(group.key, account)
    if answer.word is not Word.DONE or answer.value is None:
        return False
    return not house.people.rank(group.key, account, answer.value.role).is_staff
