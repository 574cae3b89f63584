"""The brake: a misfire must not reach a whole class (design: "A brake")."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from loguru import logger

from src.core.area import AREAS
from src.core.clock import to_datetime
from src.core.store import models

from . import texts

if TYPE_CHECKING:
    from src.core.groups import Group

    from .records import Records
    from .tell import Tell

WINDOW = timedelta(minutes=10)
MOST = 5
LEAST = 3
"""More than five people, or than a tenth of the group, in ten minutes. In a group of under thirty a
tenth would stop at the first quarrel of two, so three are always allowed."""


class Brake:
    """Sends a group to observe mode when automatic findings would act on too many people."""

    def __init__(self, records: Records, tell: Tell) -> None:
        self._records = records
        self._tell = tell

    async def _acted_on(self, group: Group) -> set[int]:
        cases = await models.Case.filter(
            group_id=group.id,
            source="auto",
            observed=False,
            step__not="word",
            plugin__not_in=[name for name, area in AREAS.items() if not area.braked] or [""],
            created_at__gt=max(self._records.now() - WINDOW, to_datetime(group.mode_since)),
        ).only("id", "account_id")
        return {case.account_id for case in cases}

    async def holds(self, group: Group, account_id: int) -> bool:
        """Whether acting on this person too would be too many."""
        most = min(MOST, max(LEAST, group.size // 10)) if group.size else MOST
        return len(await self._acted_on(group) | {account_id}) > most

    async def pull(self, group: Group) -> list[models.Act]:
        """Rows that tell the managers; the group only observes from now on. Inside the caller's
        transaction."""
        group.mode = "observe"
        group.incidents.clear()
        await models.Group.filter(id=group.id).update(mode="observe", mode_reason="brake")
        await self._records.audit.note(
            "mode", group=group, facts={"mode": "observe", "reason": "brake"}
        )
        logger.warning("the brake: group {} went to observe mode", group.id)
        text = texts.BRAKE.format(
            group=self._records.title(group), count=len(await self._acted_on(group)) + 1
        )
        return await self._tell.all_of(group, self._tell.managers(group), text)
