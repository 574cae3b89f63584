"""What a group knows of somebody who has been in it before (11.5.2; anchors/moderation.md, 4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from src.core.store import models

if TYPE_CHECKING:
    from src.core.groups import Group


class History(NamedTuple):
    """What is known of an account in one group."""

    blocked: bool = False
    """It is on the group's own list."""
    removed: bool = False
    """The last time that it was in the group it was taken out."""
    muted_until: float = 0.0
    """Until when a mute runs on, in seconds since the epoch; 0 where none does."""

    @property
    def asks_a_person(self) -> bool:
        """Whether nobody but a person lets this account in again."""
        return self.blocked or self.removed


async def history(group: Group, who: models.Account) -> History:
    """What the store knows of an account that asks to come, or has just come, into a group."""
    row = await models.Membership.get_or_none(group_id=group.id, account_id=who.id)
    out = models.Act.filter(
        group_id=group.id, account_id=who.id, kind="remove", state="confirmed", observed=False
    )
    if row is not None:
        # Whoever came after it has been let in again since.
        out = out.filter(updated_at__gt=row.came_at)
    mute = await models.Mute.get_or_none(live_key=f"{group.id}/{who.id}")
    return History(
        blocked=await models.Block.exists(live_key=f"{group.id}/{who.id}"),
        removed=(row is not None and row.left_how == "removed") or await out.exists(),
        muted_until=mute.until.timestamp() if mute is not None else 0.0,
    )
