"""What the end of an act means for everything else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from src.core.store import models

from . import texts
from .approvals import PASS

if TYPE_CHECKING:
    from src.core.clock import Clock
    from src.core.groups import Group

    from .records import Records
    from .sanctions import Sanctions
    from .tell import Tell

_WITHDRAW_BECOMES = timedelta(minutes=10)
"""The mute that a withdrawal becomes which would miss the platform's window."""
_TELL_EVERY = 86_400.0


class Aftermath:
    """Called in the transaction that writes an act's last state."""

    def __init__(self, clock: Clock, records: Records, sanctions: Sanctions, tell: Tell) -> None:
        self._clock = clock
        self._records = records
        self._sanctions = sanctions
        self._tell = tell
        self._told: dict[tuple[int, str], float] = {}

    async def of(self, act: models.Act, group: Group) -> list[models.Act]:
        """Note what an act's end means; returns what is to be done instead."""
        if act.kind == "whisper":
            return await self._tell.whispered(act, group)
        if act.kind == "publish":
            return await self._published(act, group)
        if act.kind == "set_card":
            # A name is stored no longer than it takes to set it; who hears of the act has it still.
            await models.Act.filter(id=act.id).update(payload={})
        if act.kind == "withdraw" and act.case is None and "notice" in act.payload:
            return await self._tell.after(act, group)
        if act.account is None or act.case is None:
            return []
        acts: list[models.Act] = []
        if act.kind == "remove" and act.state == "confirmed":
            await self._sanctions.removed(act.group_id, act.account.id)
        elif act.kind == "unmute" and act.state == "confirmed":
            await self._sanctions.lifted(act.group_id, act.account.id)
        elif act.kind == "mute":
            acts += await self._of_mute(act, group)
        elif act.kind == "withdraw" and act.state == "lapsed" and not act.payload["late"]:
            acts += await self._becomes_mute(act, act.case, act.account, group)
        elif act.kind == "withdraw" and "notice" in act.payload:
            acts += await self._tell.after(act, group)
        manual = act.case.source == "manual" and act.kind != "unmute"
        failed = act.state == "denied" or (act.kind == "unmute" and act.state == "unknown")
        if failed and not manual:
            acts += await self._cannot(act, act.case, group)
        return acts

    async def _published(self, act: models.Act, group: Group) -> list[models.Act]:
        """Erase the text; where it could not be said, its author may say it."""
        kept, act.payload = act.payload, {}
        await act.save(update_fields=["payload"])
        if act.state not in ("denied", "lapsed") or act.account is None:
            return []
        if "request" not in kept:
            text = texts.NOT_POSTED.format(group=self._records.title(group))
            return await self._tell.notice(group, act.account, text)
        request = await models.Request.get(id=kept["request"])
        request.payload = {"pass": kept["kinds"]}
        request.expires_at = self._records.now() + PASS
        await request.save(update_fields=["payload", "expires_at"])
        text = texts.NOT_PUBLISHED.format(group=self._records.title(group), number=request.number)
        return await self._tell.notice(group, act.account, text)

    async def _of_mute(self, act: models.Act, group: Group) -> list[models.Act]:
        live = models.Mute.filter(case_id=act.case_id, live_key__isnull=False)
        if act.state == "denied":
            if await live.update(ended="denied", live_key=None) and act.account_id is not None:
                await self._sanctions.fall_back(act.group_id, act.account_id)
        elif act.state == "lapsed" and act.wording == texts.MUTED_LONGER:
            await live.update(ended="outside", live_key=None)
        if "notice" not in act.payload or act.wording == texts.TAKEN_BACK:
            return []
        return await self._tell.after(act, group)

    async def _becomes_mute(
        self, act: models.Act, case: models.Case, account: models.Account, group: Group
    ) -> list[models.Act]:
        if case.state != "active" or await models.Mute.exists(
            group_id=act.group_id, account_id=account.id, live_key__isnull=False
        ):
            return []
        until = self._records.now() + _WITHDRAW_BECOMES
        return await self._sanctions.mute(group, case, account, until, manual=False)

    async def _cannot(self, act: models.Act, case: models.Case, group: Group) -> list[models.Act]:
        """Tell the managers that the bot cannot do something, once a day and kind."""
        now = self._clock.now()
        last = self._told.get((act.group_id, act.kind))
        if last is not None and now - last < _TELL_EVERY:
            return []
        self._told[act.group_id, act.kind] = now
        text = texts.CANNOT_ACT.format(
            group=self._records.title(group),
            case=case.number,
            act=texts.ACTS[act.kind],
            wording=act.wording or texts.NO_REASON,
        )
        return await self._tell.all_of(group, self._tell.managers(group), text, case)
