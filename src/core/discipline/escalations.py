"""What is passed up: a serious case goes to the head teacher, then to the school, each with a deadline,
and is tracked until somebody has closed it (01.5.3, 05.5.2, 07.6.2, 08.2.1.1, 21.2.1.1)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from src.core.chat.events import Account
from src.core.store import models
from src.core.store.rows import account_row

from . import texts
from .conflicts import involved
from .levels import Level

if TYPE_CHECKING:
    from collections.abc import Collection

    from src.core.groups import Group
    from src.core.house import House

    from .asking import Asking
    from .levels import Levels
    from .records import Records
    from .tell import Tell

HEAD_IN = timedelta(hours=24)
SCHOOL_IN = timedelta(days=3)
"""What the head teacher and the school have where no clause says otherwise; judgement."""
CHASED = timedelta(days=7)
"""At the top, where it cannot be passed up any more, they are reminded so often; judgement."""


class Escalations:
    """The register of what was passed up. What makes rows runs inside the caller's transaction."""

    def __init__(self, *, records: Records, asking: Asking, levels: Levels, tell: Tell) -> None:
        self._records = records
        self._asking = asking
        self._levels = levels
        self._tell = tell

    @staticmethod
    def key(case: models.Case) -> str:
        """What there is one open escalation of."""
        return f"escalation/{case.id}"

    @staticmethod
    def within(group: Group, level: Level) -> timedelta:
        """How long those of a level have, by the group's policy."""
        bound = group.policy.bound if group.policy is not None else ()
        said = next((one for b in bound if (one := b.settings.passes_up()) is not None), None)
        if level <= Level.HEAD:
            return timedelta(seconds=said[0]) if said is not None else HEAD_IN
        return timedelta(seconds=said[1]) if said is not None else SCHOOL_IN

    async def open(
        self,
        group: Group,
        case: models.Case | None,
        *,
        what: str,
        by: Account | None = None,
        least: Level = Level.HEAD,
        within: timedelta | None = None,
    ) -> list[models.Act]:
        """Rows for passing something up to `least`, or above where nobody is there who had no part in
        it; none where the case is passed up already. `what` is a line for whoever answers."""
        passing = [by] if by is not None else []
        without = await involved(group, case, *passing, deciders=False)
        level, _ = self._levels.deciders(group, without, least=least)
        passed_by = await account_row(by) if by is not None else None
        asked = await self._asking.ask(
            group,
            "escalation",
            what=what,
            how=texts.ESCALATION_HOW,
            within=within or self.within(group, level),
            about=await models.Account.get(id=case.account_id) if case is not None else None,
            case=case,
            payload={"by": passed_by.id if passed_by is not None else None},
            key=self.key(case) if case is not None else None,
            without=without,
            least=least,
        )
        return asked[1] if asked is not None else []

    async def up(
        self, group: Group, request: models.Request, within: timedelta
    ) -> tuple[bool, list[models.Act]]:
        """Pass an open request up whose time is over. Those at the top have it again and again, week by
        week; where nobody is there, the highest of those who have come since. Returns whether it went
        up, and rows."""
        without = {Account(*one) for one in request.payload["without"]}
        higher = Level(min(request.level + 1, Level.OPERATOR))
        if higher > request.level and self._levels.deciders(group, without, least=higher)[1]:
            return True, await self._asking.pass_up(group, request, within=within)
        if self._levels.deciders(group, without, least=Level(request.level))[1]:
            return False, await self._asking.pass_up(group, request, within=CHASED)
        level, people = self.highest(group, without)
        return False, await self._asking.put_to(group, request, level, people, within=CHASED)

    def highest(self, group: Group, without: Collection[Account]) -> tuple[Level, list[Account]]:
        """The highest level at which somebody is left, and who: for what finds nobody from where it
        should go on. Nobody at all: the operator's, and none."""
        for level in reversed(Level):
            people = [one for one in self._levels.at(group, level) if one not in without]
            if people:
                return level, people
        return Level.OPERATOR, []

    # -- as an area's answers ----------------------------------------------------------------------

    async def due(
        self, house: House, group: Group, request: models.Request, by: models.Account | None
    ) -> list[models.Act]:
        """It was not closed in time: the next level is asked."""
        _, acts = await self.up(group, request, self.within(group, Level.SCHOOL))
        return acts

    async def closed(
        self, house: House, group: Group, request: models.Request, by: models.Account | None
    ) -> list[models.Act]:
        """Rows that tell whoever passed it up what came of it."""
        passed_by = await models.Account.get_or_none(id=request.payload.get("by"))
        if passed_by is None or (by is not None and passed_by.id == by.id):
            return []
        text = texts.ESCALATION_CLOSED.format(
            group=self._records.title(group),
            number=request.number,
            what=request.payload["what"],
            reason=request.reason or texts.ESCALATION_DONE,
        )
        return await self._tell.notice(group, passed_by, text)
