"""State is levels, not edges: what should be so now is compared with what is, every minute, at start
and on reconnect. A restart loses nothing, and nobody stays muted by it (design: "State is levels").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise.expressions import Q

from src.core.chat.events import Account, MemberCame, MemberMuted
from src.core.chat.port import Act, Word
from src.core.store import in_transaction, models

from .deeds import TOLERANCE

if TYPE_CHECKING:
    from src.core.chat.events import Happened, Member
    from src.core.chat.port import Platform
    from src.core.groups import Group

    from .executor import Executor
    from .records import Records
    from .requests import Requests
    from .sanctions import Sanctions
    from .tell import Tell

_LEAST_LEFT = 60.0


class Reconciler:
    """Brings a group to what it should be. Runs in the group's line."""

    def __init__(
        self,
        *,
        records: Records,
        sanctions: Sanctions,
        executor: Executor,
        requests: Requests,
        tell: Tell,
    ) -> None:
        self._records = records
        self._sanctions = sanctions
        self._executor = executor
        self._requests = requests
        self._tell = tell

    async def due(self) -> set[int]:
        """The ids of the groups in which something's time has come; four queries, however many
        groups there are."""
        now = self._records.now()
        found = [
            await models.Mute.filter(live_key__isnull=False, until__lte=now).values_list(
                "group_id"
            ),
            await models.Block.filter(live_key__isnull=False, until__lte=now).values_list(
                "group_id"
            ),
            await models.Request.filter(
                Q(expires_at__lte=now) | Q(remind_at__lte=now), state="open"
            ).values_list("group_id"),
            await models.Notice.filter(state="held", due_at__lte=now).values_list("group_id"),
        ]
        return {int(row[0]) for rows in found for row in rows}

    async def minute(self, group: Group) -> None:
        """What time alone brings: ends of mutes and blocks, lapsed requests, sums of notices."""
        now = self._records.now()
        await models.Mute.filter(group_id=group.id, live_key__isnull=False, until__lte=now).update(
            ended="expired", live_key=None
        )
        await models.Block.filter(group_id=group.id, live_key__isnull=False, until__lte=now).update(
            live_key=None
        )
        await self._requests.lapse(group)
        await self._requests.remind(group)
        async with in_transaction():
            acts = await self._tell.sum_up(group)
        self._executor.submit(acts)

    async def muted_groups(self) -> set[int]:
        """The ids of the groups in which a mute should hold, or should have been lifted."""
        rows = [
            *await models.Mute.filter(live_key__isnull=False).distinct().values_list("group_id"),
            *await models.Mute.filter(ended="lifting").distinct().values_list("group_id"),
        ]
        return {int(row[0]) for row in rows}

    async def mutes(self, group: Group, platform: Platform) -> None:
        """Compare the mutes that should hold, or be lifted, with the platform; at a start, at each
        reconnect, and every ten minutes. Where there is no mute, there is nothing to compare."""
        if Act.MUTE not in platform.capabilities.acts:
            return
        rows = models.Mute.filter(group_id=group.id).select_related("account", "case")
        for mute in await rows.filter(live_key__isnull=False):
            account = Account(mute.account.namespace, mute.account.user_id)
            answer = await platform.member(group.key, account)
            if answer.word is Word.DONE and answer.value is not None:
                await self._compare(group, mute, answer.value)
        for mute in await rows.filter(ended="lifting"):
            account = Account(mute.account.namespace, mute.account.user_id)
            answer = await platform.member(group.key, account)
            if answer.word is not Word.DONE:
                continue
            muted_until = answer.value.muted_until if answer.value is not None else 0.0
            if muted_until is not None and muted_until <= self._records.now().timestamp():
                await self._sanctions.lifted(group.id, mute.account_id)
            elif not await self._pending(mute, "unmute"):
                async with in_transaction():
                    acts = await self._sanctions.unmute(group, mute.case, mute.account)
                self._executor.submit(acts)

    async def _pending(self, mute: models.Mute, kind: str) -> bool:
        return await models.Act.exists(
            group_id=mute.group_id,
            account_id=mute.account_id,
            kind=kind,
            state__in=("requested", "attempting"),
        )

    async def _compare(self, group: Group, mute: models.Mute, member: Member) -> None:
        now = self._records.now()
        over = mute.until <= now
        if over or member.muted_until is None or member.muted_until > now.timestamp():
            return
        if await self._pending(mute, "mute"):
            return
        rejoined = member.joined is not None and member.joined >= mute.since.timestamp()
        if rejoined:
            await self._again(group, mute)
        else:
            # It was done, and is not so now: a person ended it on the platform.
            await models.Mute.filter(id=mute.id, live_key__isnull=False).update(
                ended="outside", live_key=None
            )

    async def _again(self, group: Group, mute: models.Mute) -> None:
        """Set the rest of a mute again, for somebody who left and came back."""
        if (mute.until - self._records.now()).total_seconds() < _LEAST_LEFT:
            return
        async with in_transaction():
            act = await self._sanctions.mute_act(group, mute.case, mute.account, mute.until)
        self._executor.submit([act])

    async def _holds(self, group: Group, mute: models.Mute, platform: Platform) -> bool:
        """Whether a mute runs or is about to: platforms tell of an arrival twice, and a second act would
        find the first one's mute and take it for a person's."""
        if await self._pending(mute, "mute"):
            return True
        account = Account(mute.account.namespace, mute.account.user_id)
        member = (await platform.member(group.key, account)).value
        until = member.muted_until if member is not None else None
        return until is not None and until >= mute.until.timestamp() - TOLERANCE

    async def happened(self, group: Group, event: Happened, platform: Platform) -> None:
        """Take what a person did on the platform as a person's decision, and keep what must hold."""
        if not isinstance(event, MemberMuted | MemberCame):
            return
        live: dict[str, Any] = {
            "group_id": group.id,
            "live_key__isnull": False,
            "account__namespace": event.account.namespace,
            "account__user_id": event.account.user_id,
        }
        if isinstance(event, MemberCame):
            mute = await models.Mute.get_or_none(**live).select_related("account", "case")
            if mute is not None and not await self._holds(group, mute, platform):
                await self._again(group, mute)
            block = await models.Block.get_or_none(**live).select_related("account", "case")
            if block is not None and block.case is not None:
                async with in_transaction():
                    act = await self._sanctions.remove_act(group, block.case, block.account)
                self._executor.submit([act])
        elif event.operator is not None and event.operator != platform.bot:
            await models.Mute.filter(**live).update(ended="outside", live_key=None)
