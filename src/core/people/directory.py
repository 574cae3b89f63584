"""What is known of people, in memory: superusers, and the roles the school gave them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.events import Account, GroupKey, PlatformRole
from src.core.store.models import RoleGrant

from .roles import Rank, Role, rank_of

if TYPE_CHECKING:
    from collections.abc import Iterable


_ONEBOT_11 = "onebot v11"
_ADAPTERS = frozenset({"", _ONEBOT_11, "onebot v12", "onebot"})


class People:
    """A snapshot of the role grants, kept in step with the store by whoever writes one."""

    def __init__(self, superusers: Iterable[str]) -> None:
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

    async def load(self) -> None:
        """Read every grant; once, at start."""
        for grant in await RoleGrant.all().select_related("group", "account"):
            group = GroupKey(grant.group.namespace, grant.group.group_id)
            account = Account(grant.account.namespace, grant.account.user_id)
            self._roles[group, account] = Role(grant.role)

    def is_superuser(self, account: Account) -> bool:
        # A pretend class must not be ruled by the operator's real number.
        entitled = self._superusers if account.namespace == "qq" else self._over_12
        return account.user_id in entitled and account.namespace != "sandbox"

    @property
    def superusers(self) -> frozenset[str]:
        return self._superusers

    def role(self, group: GroupKey, account: Account) -> Role | None:
        return self._roles.get((group, account))

    def grant(self, group: GroupKey, account: Account, role: Role) -> None:
        """Put a grant that the store has into the snapshot."""
        self._roles[group, account] = role

    def rank(self, group: GroupKey | None, account: Account, platform: PlatformRole) -> Rank:
        """The rank in a group; in private (None) only superusers have one."""
        role = self._roles.get((group, account)) if group is not None else None
        return rank_of(role, platform, superuser=self.is_superuser(account))

    def holders(self, group: GroupKey, least: Rank) -> list[Account]:
        """Accounts to which the school gave a role of at least this rank in the group."""
        return [
            account
            for (where, account), role in self._roles.items()
            if where == group and rank_of(role, PlatformRole.MEMBER, superuser=False) >= least
        ]
