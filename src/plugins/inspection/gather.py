"""Reading what an inspection shows: from the store, and from the platform where its line is up. The rest
is pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from src.core.chat.events import Account, PlatformRole
from src.core.people import Rank, Role
from src.core.policy.needs import NEEDED, needs
from src.core.store import models

from .area import settings_of
from .facts import PERIOD, GroupState, Live, Manager, Mode, Quiet, Tried, Waiting

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from src.core.chat.events import Member
    from src.core.groups import Group
    from src.core.house import House

    from .settings import InspectionSettings

_ANSWERS = ("confirmed", "refused", "upheld", "reduced", "revoked")
"""States of a request on a case that a person decided."""
_WRONG = ("reversed", "reduced")
_SCHOOL = 2
"""`Request.level` from which the school is to decide."""
_MANAGE = (Role.HEAD_TEACHER.value, Role.TEACHER.value, Role.COMMITTEE.value)
_NAMED = (Role.HEAD_TEACHER.value, Role.TEACHER.value)
"""Whose name may stand in what the school gets. A committee's member, or who owns the group, is a parent
or a pupil, and a parent's name in a group holds a pupil's."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that the school gave in the group, and since when."""

    account: Account
    role: str
    since: float


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store has of a group."""

    row: models.Group
    policy: str | None
    version: int | None
    grants: tuple[Grant, ...]
    waiting: tuple[Waiting, ...]
    passed_up: int
    tried: tuple[Tried, ...]
    decided: frozenset[Account]
    """Who decided anything of late."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the platform has of a group, and who of its members is out of the question."""

    members: Sequence[Member]
    bot: Account
    missing: tuple[str, ...]
    exempt: frozenset[Account]
    """Leaders of the school and superusers: no managers of the group's own, and never inactive."""


# -- the store ------------------------------------------------------------------------------------------


async def of_store(row: models.Group, settings: InspectionSettings, now: datetime) -> Stored:
    """What the store has of a group at this moment."""
    version = await models.PolicyVersion.get_or_none(id=row.policy_id)
    granted = await models.RoleGrant.filter(group_id=row.id).select_related("account")
    grants = [
        Grant(
            Account(one.account.namespace, one.account.user_id),
            one.role,
            one.created_at.timestamp(),
        )
        for one in granted
    ]
    opened = models.Request.filter(group_id=row.id, state="open").select_related("case")
    requests = await opened.order_by("id")
    return Stored(
        row,
        str(version.content["title"]) if version is not None else None,
        version.version if version is not None else None,
        tuple(grants),
        tuple(_waiting(requests, now)),
        sum(one.level >= _SCHOOL for one in requests),
        tuple(await _tried(row.id, now)),
        frozenset(await _decided(row.id, now - timedelta(seconds=settings.silent))),
    )


def _waiting(requests: Iterable[models.Request], now: datetime) -> list[Waiting]:
    """What is open, by kind, the most first; what a case waits for that is suspended is overdue too."""
    kinds: defaultdict[str, list[models.Request]] = defaultdict(list)
    for one in requests:
        kinds[one.kind].append(one)
    return [
        Waiting(
            kind,
            len(some),
            max((now - one.created_at).total_seconds() for one in some),
            sum(_overdue(one, now) for one in some),
        )
        for kind, some in sorted(kinds.items(), key=lambda pair: -len(pair[1]))
    ]


def _overdue(request: models.Request, now: datetime) -> bool:
    if request.expires_at is not None and request.expires_at <= now:
        return True
    case = request.case
    return request.kind == "appeal" and case is not None and case.state == "suspended"


async def _tried(group_id: int, now: datetime) -> list[Tried]:
    """The cases of the period, by clause, the most first."""
    since = now - timedelta(days=PERIOD)
    cases = await models.Case.filter(
        group_id=group_id, created_at__gt=since, observed=False
    ).values_list("id", "clause", "state", "closed_by_id")
    answered = {
        row[0]
        for row in await models.Request.filter(
            group_id=group_id,
            case__created_at__gt=since,
            decided_by_id__isnull=False,
            state__in=_ANSWERS,
        ).values_list("case_id")
    }
    count, decided, wrong = Counter[str](), Counter[str](), Counter[str]()
    for case_id, clause, state, closed_by in cases:
        count[clause] += 1
        if closed_by is not None or case_id in answered:
            decided[clause] += 1
            wrong[clause] += state in _WRONG
    return [Tried(one, number, decided[one], wrong[one]) for one, number in count.most_common()]


async def _decided(group_id: int, since: datetime) -> set[Account]:
    """Who ordered, answered, closed or changed anything since then."""
    found: set[int | None] = set()
    answered = models.Request.filter(group_id=group_id, decided_at__gt=since)
    for by, agreed in await answered.values_list("decided_by_id", "agreed"):
        found |= {by, *agreed}
    ordered = models.Case.filter(group_id=group_id, created_at__gt=since, actor_id__isnull=False)
    found |= {row[0] for row in await ordered.values_list("actor_id")}
    closed = models.Case.filter(group_id=group_id, closed_at__gt=since)
    found |= {row[0] for row in await closed.values_list("closed_by_id")}
    changed = models.PolicyVersion.filter(group_id=group_id, created_at__gt=since)
    found |= {row[0] for row in await changed.values_list("by_id")}
    rows = await models.Account.filter(id__in=[one for one in found if one is not None])
    return {Account(one.namespace, one.user_id) for one in rows}


# -- the platform ---------------------------------------------------------------------------------------


async def of_platform(house: House, group: Group) -> Seen | None:
    """What the platform says of a group; None where its line is down or it does not answer."""
    platform = house.platform(group.bot)
    if platform is None:
        return None
    members = (await platform.members(group.key)).value
    if members is None:
        return None
    if not group.name:
        # A group that nothing happened in yet has only a number.
        group.name = (await platform.group_name(group.key)).value or ""
    needed = needs(group.policy) if group.policy is not None else {}
    offered = platform.capabilities.acts
    missing = [NEEDED[act] for act in NEEDED if act in needed and act not in offered]
    exempt = (one.account for one in members if _over_it(house, group, one.account))
    return Seen(members, platform.bot, tuple(missing), frozenset(exempt))


def _over_it(house: House, group: Group, account: Account) -> bool:
    """Whether somebody is a leader of the school or a superuser."""
    return house.people.rank(group.key, account, PlatformRole.MEMBER) >= Rank.LEADER


# -- both -----------------------------------------------------------------------------------------------


async def gather(house: House, row: models.Group) -> GroupState:
    """The state of one group now. One read of the platform, and some of the store."""
    group = house.groups.by_id(row.id)
    settings = settings_of(group)
    now = house.records.now()
    seen = await of_platform(house, group) if group is not None and not _gone(row) else None
    online = group is not None and house.platform(group.bot) is not None
    if group is not None:
        row.name = group.name or row.name
    return put_together(
        await of_store(row, settings, now), seen, settings, now.timestamp(), online=online
    )


def _gone(row: models.Group) -> bool:
    return row.left_at is not None and not row.bot


def put_together(
    stored: Stored,
    seen: Seen | None,
    settings: InspectionSettings,
    now: float,
    *,
    online: bool,
) -> GroupState:
    """What is known of a group, in one. Pure."""
    row = stored.row
    names = {one.account: one.name for one in seen.members} if seen is not None else {}
    heads = [one.account for one in stored.grants if one.role == Role.HEAD_TEACHER.value]
    live = unseen = inactive = None
    if seen is not None:
        live = Live(_own_role(seen), seen.missing, len(seen.members))
        if any(one.last_spoke for one in seen.members):
            unseen = tuple(_unseen(stored, seen, now, now - settings.silent))
            inactive = tuple(_inactive(stored, seen, now, now - settings.inactive))
    return GroupState(
        id=row.id,
        name=row.name or row.group_id,
        key=row.group_id,
        policy=stored.policy,
        version=stored.version,
        mode=_mode(row, now),
        gone=_gone(row),
        online=online,
        live=live,
        heads=tuple(names.get(one) or one.user_id for one in heads),
        managers=sum(one.role in _MANAGE for one in stored.grants),
        waiting=stored.waiting,
        passed_up=stored.passed_up,
        tried=stored.tried,
        unseen=unseen,
        silent=settings.silent,
        inactive=inactive,
        inactive_after=settings.inactive,
    )


def _own_role(seen: Seen) -> PlatformRole | None:
    """The bot's own role; None where the platform tells nobody's, as WeChat: every group has an owner."""
    told = any(one.role is not PlatformRole.MEMBER for one in seen.members)
    return next((one.role for one in seen.members if told and one.account == seen.bot), None)


def _mode(row: models.Group, now: float) -> Mode:
    if row.frozen_at is not None:
        return "frozen"
    if row.paused_until is not None and row.paused_until.timestamp() > now:
        return "paused"
    return "observe" if row.mode == "observe" else "enforce"


def _last_seen(member: Member) -> float | None:
    """When somebody last spoke or, if later, came; None where the platform does not say."""
    if not member.last_spoke:
        return None
    return max(member.last_spoke, member.joined or 0.0)


def _unseen(stored: Stored, seen: Seen, now: float, since: float) -> Iterable[Manager]:
    """The managers of whom there was no sign since then; who has the role for a shorter time, or of
    whom the platform says nothing, is left out."""
    members = {one.account: one for one in seen.members}
    granted = {one.account: one for one in stored.grants}
    for account, one in granted.items():
        if one.role not in _MANAGE or one.since > since or account in stored.decided:
            continue
        member = members.get(account)
        name = member.name if member is not None and one.role in _NAMED else ""
        if member is None:
            yield Manager(one.role, account.user_id if one.role in _NAMED else "", None)
        elif (last := _last_seen(member)) is not None and last < since:
            yield Manager(one.role, name, now - last)
    for account, member in members.items():
        if not _by_platform(member, seen) or account in granted or account in stored.decided:
            continue
        if (last := _last_seen(member)) is not None and last < since:
            yield Manager(member.role.value, "", now - last)


def _by_platform(member: Member, seen: Seen) -> bool:
    """Whether somebody manages the group by the platform alone."""
    mine = member.account == seen.bot or member.account in seen.exempt or member.is_robot
    return member.role is not PlatformRole.MEMBER and not mine


def _inactive(stored: Stored, seen: Seen, now: float, since: float) -> Iterable[Quiet]:
    """The plain members who have said nothing since then, the longest first."""
    granted: Collection[Account] = {
        one.account
        for one in stored.grants
        if one.role not in (Role.PARENT.value, Role.STUDENT.value)
    }
    found: list[Quiet] = []
    for member in seen.members:
        plain = member.role is PlatformRole.MEMBER and not member.is_robot
        if not plain or member.account in granted or member.account in seen.exempt:
            continue
        last = _last_seen(member)
        if member.account != seen.bot and last is not None and last < since:
            found.append(Quiet(member.name, member.account.user_id, now - last))
    return sorted(found, key=lambda one: -one.silent)
