"""What is known of people, in memory: superusers, the roles the school gave them, and who has the duty.

A school leader's role counts in every group of the school, unless the account has another in one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.events import Account, GroupKey, PlatformRole
from src.core.clock import to_datetime
from src.core.store.models import Duty, RoleGrant
from src.core.store.rows import FIRST_SCHOOL

from .roles import Rank, Role, rank_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


_ONEBOT_11 = "onebot v11"
_ADAPTERS = frozenset({"", _ONEBOT_11, "onebot v12", "onebot"})


class People:
    """A snapshot of the role grants, kept in step with the store by whoever writes one."""

    def __init__(self, superusers: Iterable[str], now: Callable[[], float] = lambda: 0.0) -> None:
        """`now` is the time by which duties begin and end."""
        self._now = now
        # NoneBot allows "adapter:id" beside the bare id; another adapter's are not ours.
        entries = [entry.rpartition(":") for entry in superusers]
        self._superusers = frozenset(
            user for adapter, _, user in entries if adapter.lower() in _ADAPTERS
        )
        # The same id over OneBot 12, on WeChat or elsewhere, is somebody else.
        self._over_12 = frozenset(
            user for adapter, _, user in entries if adapter.lower() in _ADAPTERS - {_ONEBOT_11}
        )
        self._roles: dict[tuple[GroupKey, Account], Role] = {}
        self._schools: dict[GroupKey, int] = {}
        self._leaders: dict[int, list[Account]] = {}
        self._duties: dict[tuple[GroupKey, Account], tuple[float, float]] = {}

    async def load(self) -> None:
        """Read every grant, and the duties that are not over; once, at start."""
        for grant in await RoleGrant.all().select_related("group", "account"):
            group = GroupKey(grant.group.namespace, grant.group.group_id)
            account = Account(grant.account.namespace, grant.account.user_id)
            self._roles[group, account] = Role(grant.role)
            self._schools[group] = grant.group.school_id
        self._find_leaders()
        running = Duty.filter(until__gt=to_datetime(self._now()))
        for duty in await running.order_by("id").select_related("group", "account"):
            group = GroupKey(duty.group.namespace, duty.group.group_id)
            account = Account(duty.account.namespace, duty.account.user_id)
            self.on_duty(group, account, duty.since.timestamp(), duty.until.timestamp())

    def _find_leaders(self) -> None:
        self._leaders.clear()
        for (group, account), role in self._roles.items():
            if role is Role.LEADER:
                found = self._leaders.setdefault(self._school(group), [])
                if account not in found:
                    found.append(account)

    def _school(self, group: GroupKey) -> int:
        return self._schools.get(group, FIRST_SCHOOL)

    def belongs(self, group: GroupKey, school_id: int) -> None:
        """Note the school of a group."""
        if self._schools.get(group) != school_id:
            self._schools[group] = school_id
            self._find_leaders()

    def is_superuser(self, account: Account) -> bool:
        # A pretend class must not be ruled by the operator's real number.
        entitled = self._superusers if account.namespace == "qq" else self._over_12
        return account.user_id in entitled and account.namespace != "sandbox"

    @property
    def superusers(self) -> frozenset[str]:
        return self._superusers

    def role(self, group: GroupKey, account: Account) -> Role | None:
        """The role the school gave somebody that counts in this group."""
        role = self._roles.get((group, account))
        if role is None and account in self._leaders.get(self._school(group), ()):
            return Role.LEADER
        return role

    def grant(self, group: GroupKey, account: Account, role: Role) -> None:
        """Put a grant that the store has into the snapshot."""
        self._roles[group, account] = role
        self._find_leaders()

    def on_duty(self, group: GroupKey, account: Account, since: float, until: float) -> None:
        """Put a duty that the store has into the snapshot: from `since` and before `until`, in
        seconds since the epoch."""
        for known, (_, end) in list(self._duties.items()):
            if end <= self._now() or known == (group, account):
                del self._duties[known]
        self._duties[group, account] = (since, until)

    def has_duty(self, group: GroupKey, account: Account) -> bool:
        """Whether somebody has the duty in a group now."""
        since, until = self._duties.get((group, account), (0.0, 0.0))
        return since <= self._now() < until

    def rank(self, group: GroupKey | None, account: Account, platform: PlatformRole) -> Rank:
        """The rank in a group; in private (None) only superusers have one."""
        role = self.role(group, account) if group is not None else None
        rank = rank_of(role, platform, superuser=self.is_superuser(account))
        if rank < Rank.DUTY and group is not None and self.has_duty(group, account):
            return Rank.DUTY
        return rank

    def leaders(self, group: GroupKey) -> list[Account]:
        """The leaders of the group's school that are to be reached from its platform."""
        return [
            account
            for account in self._leaders.get(self._school(group), ())
            if account.namespace == group.namespace and self.role(group, account) is Role.LEADER
        ]

    def duties(self, group: GroupKey) -> list[Account]:
        """Who has the duty in a group now."""
        return [who for where, who in self._duties if where == group and self.has_duty(group, who)]

    def holders(self, group: GroupKey, least: Rank, most: Rank = Rank.SUPERUSER) -> list[Account]:
        """Accounts to which the school gave a role of at least one rank, and at most another, in the
        group."""
        return [
            account
            for (where, account), role in self._roles.items()
            if where == group
            and least <= rank_of(role, PlatformRole.MEMBER, superuser=False) <= most
        ]
