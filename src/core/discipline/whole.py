"""The whole mute of a group is a level: whether it should hold is somebody else's to say, every minute;
here it is compared with what is. What a person set or opened on the platform stays so. A frozen group
should be closed until somebody unfreezes it, whatever else is said.

The state is written before the platform is asked, so that a kill leaves no group closed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from src.core.chat.port import Act, Word
from src.core.clock import to_datetime
from src.core.store import in_transaction, models

from . import texts
from .levels import Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from src.core.chat.events import GroupMuted
    from src.core.chat.port import Answer, Platform
    from src.core.groups import Group, Groups

    from .executor import Executor
    from .levels import Levels
    from .records import Records
    from .tell import Tell

RETRY = (60.0, 120.0, 300.0, 600.0)
"""Seconds before the platform is asked again; after the last a person is called, and it is asked again
every ten minutes (anchors/moderation.md, 4.5)."""
UNTIL_TOLD = datetime(9000, 1, 1, tzinfo=UTC).timestamp()
"""Until when a frozen group should be closed."""
_OURS = ("closing", "closed", "opening")
Step = Literal["", "note", "close", "open"]


def next_step(row: models.WholeMute | None, until: float | None, now: float) -> Step:
    """What is to be done so that the group is closed `until` then, or open (None). `note`: only the row
    changes. Pure."""
    state = row.state if row is not None else "open"
    planned = row.until.timestamp() if row is not None and row.until is not None else 0.0
    due = row.due_at.timestamp() if row is not None and row.due_at is not None else now
    # The clock may have been set back.
    waits = now < due <= now + RETRY[-1]
    if until is None:
        if state == "opening":
            return "" if waits else "open"
        if state in _OURS:
            return "open"
        over = state == "refused" or (
            state == "opened" and (planned <= now or planned == UNTIL_TOLD)
        )
        return "note" if over else ""
    if state in ("closed", "person"):
        return "note" if planned != until else ""
    if state == "opened" and planned != until and UNTIL_TOLD in (planned, until):
        # To freeze is a newer decision than to open; and what was opened while frozen stays so.
        return "close" if until == UNTIL_TOLD else "note"
    if state == "opened":
        return "close" if planned <= now else ""
    return "" if state in ("closing", "refused") and waits else "close"


class WholeMutes:
    """The whole mutes of all groups. Runs in a group's line."""

    def __init__(
        self,
        *,
        records: Records,
        groups: Groups,
        executor: Executor,
        tell: Tell,
        levels: Levels,
        given_up: Callable[[Group], None],
    ) -> None:
        """`given_up` is told of a group that could not be opened."""
        self._records = records
        self._groups = groups
        self._executor = executor
        self._tell = tell
        self._levels = levels
        self._given_up = given_up

    async def load(self) -> None:
        """Read the rows into the groups' snapshots, at the start."""
        for row in await models.WholeMute.all():
            group = self._groups.by_id(row.group_id)
            if group is not None:
                group.closing = row

    async def row(self, group: Group) -> models.WholeMute:
        """The group's row; written where there is none."""
        if group.closing is None:
            group_id = await self._records.row_of(group)
            group.closing, _ = await models.WholeMute.get_or_create(group_id=group_id)
        return group.closing

    async def keep(self, group: Group, platform: Platform, until: float | None) -> None:
        """Bring the group to where it should be: closed `until` then, or open; or frozen."""
        if group.frozen:
            if Act.MUTE_ALL not in platform.capabilities.acts:
                return
            until = UNTIL_TOLD
        step = next_step(group.closing, until, self._now())
        if not step:
            return
        row = await self.row(group)
        if until is not None:
            row.until = to_datetime(until)
        if step == "close":
            await self._close(group, row, platform)
        elif step == "open":
            await self._open(group, row, platform)
        else:
            await self._set(row, "open" if until is None else row.state)

    def due(self, group: Group, until: float | None) -> bool:
        """Whether there is something for `keep` to do."""
        wanted = UNTIL_TOLD if group.frozen else until
        return bool(next_step(group.closing, wanted, self._now()))

    async def freeze(self, group: Group, by: models.Account) -> None:
        """Have the group closed until `unfreeze`, inside the caller's transaction; `keep` closes it, once
        `group.frozen` says so too. Once more where somebody has opened it since."""
        await models.Group.filter(id=group.id, frozen_at=None).update(frozen_at=self._records.now())
        row = await self.row(group)
        if row.state == "opened":
            await self._set(row, "open")
        await self._records.audit.note("freeze", group=group, by=by)

    async def unfreeze(self, group: Group, by: models.Account) -> bool:
        """Have the group frozen no more, inside the caller's transaction; `keep` opens it, unless its
        hours want it closed, once `group.frozen` says so too. False where it was not frozen."""
        was = await models.Group.filter(id=group.id, frozen_at__isnull=False).update(frozen_at=None)
        if was:
            await self._records.audit.note("unfreeze", group=group, by=by)
        return bool(was)

    async def _close(self, group: Group, row: models.WholeMute, platform: Platform) -> None:
        again = row.state in ("closing", "refused")
        perhaps_ours = row.state in _OURS
        if not perhaps_ours and (await platform.all_muted(group.key)).value:
            await self._set(row, "person")
            return
        await self._attempt(row, "closing", again=again)
        answer = await platform.mute_all(group.key, muted=True)
        seen = (await platform.all_muted(group.key)).value
        if seen if seen is not None else answer.done:
            # What is read counts more than what was answered.
            await self._set(row, "closed")
        elif answer.word is Word.REFUSED and answer.asked and not perhaps_ours:
            await self._waits(row, "refused")
            if not again:
                await self._tell_managers(group, self._not_closed(group), answer)
        elif row.attempts == len(RETRY) + 1:
            await self._tell_managers(group, self._not_closed(group), answer)

    async def _open(self, group: Group, row: models.WholeMute, platform: Platform) -> None:
        await self._attempt(row, "opening", again=row.state == "opening")
        answer = await platform.mute_all(group.key, muted=False)
        if answer.done and not (await platform.all_muted(group.key)).value:
            await self._set(row, "open")
        elif row.attempts == len(RETRY) + 1:
            self._given_up(group)
            await self._tell_managers(group, texts.NOT_OPENED, answer)

    async def look(self, group: Group, platform: Platform) -> None:
        """Compare with the platform what a person may have done while the line was down; and what waits
        to be asked for again is asked for now: the bot's rank may be another."""
        row = group.closing
        if row is None:
            return
        row.due_at = None
        if row.state not in ("closed", "person"):
            return
        if (await platform.all_muted(group.key)).value is False:
            await self._opened(group, row)

    async def happened(self, group: Group, event: GroupMuted, platform: Platform) -> None:
        """Take what a person did on the platform as a person's decision; of what the bot itself did, this
        is the best proof."""
        if event.operator is None:
            return
        row = await self.row(group)
        if event.operator == platform.bot:
            if row.state == ("closing" if event.muted else "opening"):
                await self._set(row, "closed" if event.muted else "open")
        elif event.muted:
            await self._set(row, "person")
        else:
            await self._opened(group, row)

    async def _opened(self, group: Group, row: models.WholeMute) -> None:
        """A person has opened the group: until the hours end it is not closed again."""
        news = group.frozen and row.state != "opened"
        if group.frozen:
            row.until = to_datetime(UNTIL_TOLD)
        during = row.until is not None and row.until.timestamp() > self._now()
        await self._set(row, "opened" if during and row.state != "opening" else "open")
        if news:
            await self._tell_managers(group, texts.FROZEN_BUT_OPENED)

    async def gone(self, group: Group) -> None:
        """The bot is out of the group: there is nothing it could open."""
        if group.closing is not None and group.closing.state != "open":
            await self._set(group.closing, "open")

    # -- the row ----------------------------------------------------------------------------------

    def _now(self) -> float:
        return self._records.now().timestamp()

    async def _set(self, row: models.WholeMute, state: str) -> None:
        row.state, row.attempts, row.due_at = state, 0, None
        await self._save(row)

    async def _attempt(self, row: models.WholeMute, state: str, *, again: bool) -> None:
        row.attempts = row.attempts + 1 if again else 1
        await self._waits(row, state)

    async def _waits(self, row: models.WholeMute, state: str) -> None:
        row.state = state
        row.due_at = to_datetime(self._now() + RETRY[min(row.attempts, len(RETRY)) - 1])
        await self._save(row)

    @staticmethod
    async def _save(row: models.WholeMute) -> None:
        await row.save(update_fields=["state", "until", "attempts", "due_at"])

    @staticmethod
    def _not_closed(group: Group) -> str:
        return texts.NOT_FROZEN if group.frozen else texts.NOT_CLOSED

    async def _tell_managers(
        self, group: Group, text: str, answer: Answer[None] | None = None
    ) -> None:
        wording = answer.wording if answer is not None else ""
        said = text.format(group=self._records.title(group), wording=wording or texts.NO_REASON)
        people = self._tell.managers(group)
        if group.frozen:
            for level in (Level.HEAD, Level.SCHOOL):
                people = [*people, *self._levels.at(group, level)]
        async with in_transaction():
            acts = await self._tell.all_of(group, list(dict.fromkeys(people)), said)
        self._executor.submit(acts)
