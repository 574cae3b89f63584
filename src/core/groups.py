"""The groups as they are now, in memory: what the guard reads on each message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .chat.events import Account, GroupKey, PlatformRole
from .windows import GroupWindows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .people import ClassRoster
    from .policy import Policy
    from .schedule import Leave
    from .store import models

Mode = Literal["enforce", "observe"]


@dataclass(slots=True)
class Newcomer:
    """Somebody's probation: it ends at `until`, in seconds since the epoch, or when `left` messages
    have been written (None: only the time counts)."""

    until: float
    left: int | None = None


class Group:
    """One group's snapshot. The policy is swapped by reference, never changed in place."""

    __slots__ = (
        "bot",
        "class_id",
        "closing",
        "frozen",
        "gone",
        "greeted_at",
        "id",
        "incidents",
        "judged",
        "key",
        "leaves",
        "mode",
        "mode_since",
        "name",
        "newcomers",
        "paused_until",
        "platform_roles",
        "policy",
        "read_at",
        "robots",
        "roster",
        "size",
        "staff",
        "told",
        "windows",
    )

    def __init__(self, key: GroupKey) -> None:
        self.key = key
        self.id: int | None = None
        """The store's id; None until the first fact about the group is written."""
        self.name = ""
        self.bot = ""
        """The one bot that judges here, where several are in the group."""
        self.mode: Mode = "enforce"
        self.mode_since = 0.0
        """When a person last chose the mode, in this process."""
        self.policy: Policy | None = None
        self.paused_until = 0.0
        """Until when nothing is judged, in seconds since the epoch."""
        self.leaves: tuple[Leave, ...] = ()
        """Leave to write at times at which one does not."""
        self.class_id: int | None = None
        """The class that the group is for, in the store."""
        self.roster: ClassRoster | None = None
        """Who belongs to that class today."""
        self.newcomers: dict[Account, Newcomer] = {}
        """Who is on probation here."""
        self.closing: models.WholeMute | None = None
        """The row of the group's whole mute; None where there never was one."""
        self.frozen = False
        """Whether somebody has frozen the group (`/freeze`): it is closed until they say otherwise."""
        self.greeted_at = 0.0
        """When the bot last said here who it is: platforms report an arrival twice."""
        self.windows = GroupWindows()
        self.platform_roles: dict[Account, PlatformRole] = {}
        """Owners and admins as last seen; a hint only, rights are read fresh when used."""
        self.staff: tuple[Account, ...] = ()
        """Owner and admins when the members were last read."""
        self.robots: frozenset[Account] = frozenset()
        """The platform's own robots among the members then; nobody judges or obeys them."""
        self.gone: frozenset[Account] = frozenset()
        """Who has a role here and is not in the group, as far as we know; it counts again once they are
        back."""
        self.size = 0
        """How many members there were then; 0 where they have not been read."""
        self.read_at = 0.0
        self.incidents: dict[tuple[Account, str, str], tuple[int, float]] = {}
        """(author, clause, incident) to (case id, last time): what is one incident, not two."""
        self.told: dict[tuple[tuple[Account, ...], str, str], float] = {}
        """(people, clause, incident) to until when they are not told of it again."""
        self.judged = 0
        """Messages judged since the start."""

    def closed(self) -> None:
        """Forget what only matters while the bot is in the group."""
        self.windows = GroupWindows()
        self.platform_roles.clear()
        self.incidents.clear()
        self.told.clear()
        self.staff = ()
        self.gone = frozenset()
        self.size = 0
        self.read_at = self.greeted_at = 0.0

    def at_rest(self, now: float) -> bool:
        """Whether nothing is carried out here: no policy, only observed, or paused."""
        return self.policy is None or self.mode == "observe" or now < self.paused_until

    def platform_role(self, account: Account) -> PlatformRole:
        """Somebody's role on the platform as last seen here."""
        return self.platform_roles.get(account, PlatformRole.MEMBER)


class Groups:
    """All groups, by platform key and by the store's id."""

    def __init__(self) -> None:
        self._by_key: dict[GroupKey, Group] = {}
        self._by_id: dict[int, Group] = {}

    def __iter__(self) -> Iterator[Group]:
        return iter(list(self._by_key.values()))

    def get(self, key: GroupKey) -> Group:
        """The group with this key; made where it is new."""
        group = self._by_key.get(key)
        if group is None:
            group = self._by_key[key] = Group(key)
        return group

    def by_id(self, group_id: int) -> Group | None:
        return self._by_id.get(group_id)

    def known(self, group: Group, row: models.Group) -> None:
        """Note that the group has this row in the store."""
        group.id = row.id
        group.name = group.name or row.name
        self._by_id[row.id] = group
