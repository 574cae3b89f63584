"""What needs a person: told to the superusers, and kept for `/doctor` in plain words.

A line to the superusers goes at most once a day for each kind, through whichever bot is connected;
where none is, it waits. All of this is in memory: the log has it too.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from . import texts
from .chat.events import Account
from .chat.port import Priority, Word, Words
from .clock import to_datetime
from .queues import Lines
from .store import trouble

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from .chat.events import GroupKey
    from .chat.port import Platform
    from .clock import Clock
    from .discipline import Records
    from .groups import Groups
    from .people import People
    from .tally import Tally

_RECENT = 50
_WAITING = 20


class Kind(Enum):
    """What sort of problem it is."""

    LOGGED_OUT = "logged_out"
    BACKUP = "backup"
    DISK = "disk"
    STORE = "store"
    ACT = "act"
    """An act was given up, and may have left somebody muted or out."""
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that went wrong, in Chinese, without names. `moment` (seconds since the epoch) is
    its last time of `times`; `group` is where it concerns one group alone."""

    moment: float
    kind: Kind
    text: str
    group: GroupKey | None = None
    times: int = 1


@dataclass(slots=True)
class _Line:
    """Words that wait, and for whom."""

    text: str
    to: set[str]


class Alerts:
    """The recent problems, and the lines to the superusers."""

    def __init__(
        self,
        *,
        clock: Clock,
        timezone: str,
        people: People,
        groups: Groups,
        records: Records,
        platforms: Mapping[str, Platform],
        tally: Tally,
    ) -> None:
        self._clock = clock
        self._zone = ZoneInfo(timezone)
        self._people = people
        self._groups = groups
        self._records = records
        self._platforms = platforms
        self._tally = tally
        self._recent: dict[tuple[Kind, str, GroupKey | None], Problem] = {}
        self._told: dict[str, date] = {}
        self._waiting: deque[_Line] = deque(maxlen=_WAITING)
        self._logged_out: set[str] = set()
        self._telling: Lines[str, None] = Lines("alerts", self._tell_all)

    # -- what went wrong --------------------------------------------------------------------------

    def note(self, kind: Kind, text: str, group: GroupKey | None = None) -> None:
        """Keep a problem for `recent`; the same again is counted."""
        key = (kind, text, group)
        old = self._recent.pop(key, None)
        problem = Problem(self._clock.now(), kind, text, group)
        self._recent[key] = replace(problem, times=old.times + 1) if old is not None else problem
        if len(self._recent) > _RECENT:
            del self._recent[next(iter(self._recent))]

    def tell(
        self, kind: Kind, text: str, *, about: str = "", group: GroupKey | None = None
    ) -> None:
        """Keep a problem and tell the superusers, once a local day for each kind and what it is
        about (such as a bot's id). Returns at once."""
        self.note(kind, text, group)
        if group is not None:
            title = self._records.title(self._groups.get(group))
            text = texts.IN_GROUP.format(text=text, group=title)
        self.inform(text, f"{kind.value} {about}")

    def inform(self, text: str, about: str) -> None:
        """Tell the superusers what is no problem to be kept, once a local day for each thing that
        it is about. Returns at once."""
        now = to_datetime(self._clock.now())
        today = now.astimezone(self._zone).date()
        if self._told.get(about) == today:
            return
        self._told = {known: day for known, day in self._told.items() if day == today}
        self._told[about] = today
        words = texts.ALERT.format(text=text, when=self._records.local(now))
        self._waiting.append(_Line(words, set(self._people.superusers)))
        self.deliver()

    def fault(self, error: BaseException) -> None:
        """Take in a fault that was logged (`faults.listen`)."""
        ground = trouble(error)
        self._tally.faults[ground or "other"] += 1
        if ground == "disk":
            self.tell(Kind.DISK, texts.DISK_FULL)
        elif ground == "store":
            self.note(Kind.STORE, texts.STORE_FAULT)
        else:
            self.note(Kind.FAULT, texts.FAULT.format(error=type(error).__name__))

    def recent(self, group: GroupKey | None = None) -> list[Problem]:
        """The last problems, the newest first; with `group`, not those of other groups."""
        problems = reversed(list(self._recent.values()))
        return [p for p in problems if group is None or p.group in (None, group)]

    # -- who can be reached -----------------------------------------------------------------------

    def logged_out(self, bot: str) -> None:
        """The platform ended this bot's login: nothing can be said through it."""
        self._logged_out.add(bot)
        self.tell(Kind.LOGGED_OUT, texts.LOGGED_OUT.format(bot=bot), about=bot)

    def heard_from(self, bot: str) -> None:
        """This bot is at work, or somebody wrote to it: what waits may be said now."""
        self._logged_out.discard(bot)
        self.deliver()

    def deliver(self) -> None:
        """Try again to say what waits."""
        if self._waiting:
            self._telling.put("", None)

    async def _tell_all(self, _: str, __: None) -> None:
        for line in list(self._waiting):
            for user in sorted(line.to):
                if await self._said(user, line.text):
                    line.to.discard(user)
            if not line.to and line in self._waiting:
                self._waiting.remove(line)

    async def _said(self, user: str, text: str) -> bool:
        """Say it through the first bot that can. An unknown answer counts: words at most once."""
        for bot, platform in list(self._platforms.items()):
            account = Account(platform.namespace, user)
            if bot in self._logged_out or not self._people.is_superuser(account):
                continue
            if platform.reachable(account) is False:
                continue
            via = next(
                (g.key for g in self._groups if g.bot == bot and account in g.staff),
                None,
            )
            answer = await platform.whisper(account, Words(text, priority=Priority.NOTICE), via)
            if answer.word is not Word.REFUSED:
                return True
        return False

    @property
    def waiting(self) -> int:
        """How many lines wait to be said."""
        return len(self._waiting)

    @property
    def idle(self) -> bool:
        return self._telling.idle

    async def join(self) -> None:
        """Wait until nothing is being said."""
        await self._telling.join()

    async def close(self) -> None:
        """Say nothing more; what waits is lost, the log has it."""
        await self._telling.close(grace=0)
