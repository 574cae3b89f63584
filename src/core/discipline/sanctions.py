"""Rows for what is done to somebody: withdraw, mute, unmute, remove, block. Everything here runs
inside the caller's transaction; the acts that it returns are done afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from src.core.clock import to_datetime
from src.core.store import models

from .deeds import stored
from .records import LIVES

if TYPE_CHECKING:
    from src.core.chat.events import MessageRef
    from src.core.groups import Group

    from .records import Records

WITHDRAW_WINDOW = 120.0
"""Seconds within which a withdrawal is tried where the platform does not say (QQ's two minutes)."""
REMOVE_WITHIN = timedelta(hours=72)
LEAST_LEFT = timedelta(minutes=1)
"""What is left of a mute is set again only where it is more: a platform's shortest."""
_UNMUTE_WITHIN = timedelta(days=30)


def _key(group_id: int | None, account_id: int) -> str:
    """What there is one live mute and one live block of."""
    return f"{group_id}/{account_id}"


class Sanctions:
    """Makes the rows. What a platform then says is the executor's to find out."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def withdraw(
        self,
        group: Group,
        case: models.Case | None,
        author: models.Account,
        ref: MessageRef,
        *,
        late: bool,
        window: float = WITHDRAW_WINDOW,
    ) -> models.Act:
        """Withdraw a message within `window` seconds; unless `late`, missing that becomes a mute.
        Without a case it is held for somebody's consent."""
        return await self._records.new_act(
            group,
            "withdraw",
            author,
            {"message": stored(ref), "late": late},
            to_datetime(ref.time + window),
            case=case,
        )

    async def mute(
        self,
        group: Group,
        case: models.Case,
        account: models.Account,
        until: datetime,
        *,
        manual: bool,
    ) -> list[models.Act]:
        """One active mute per account: a manual one beats an automatic one, and an automatic one
        never shortens what holds already."""
        if not case.observed:
            await self.lifted(group.id, account.id)
            held = await models.Mute.get_or_none(live_key=_key(group.id, account.id))
            if held is not None:
                if not manual and (held.manual or held.until >= until):
                    return []
                held.ended, held.live_key = "replaced", None
                await held.save(update_fields=["ended", "live_key"])
            await models.Mute.create(
                group_id=group.id,
                account=account,
                case=case,
                manual=manual,
                since=self._records.now(),
                until=until,
                live_key=_key(group.id, account.id),
            )
        # What a person orders is what holds: a longer one on the platform is not the same.
        return [await self.mute_act(group, case, account, until, shorten=manual)]

    async def mute_act(
        self,
        group: Group,
        case: models.Case,
        account: models.Account,
        until: datetime,
        *,
        shorten: bool = False,
    ) -> models.Act:
        """The act alone, for a mute that has its row; `shorten` where a longer one on the platform is to
        become as short."""
        payload: dict[str, Any] = {"until": until.timestamp()}
        if shorten:
            payload["shorten"] = True
        return await self._records.new_act(group, "mute", account, payload, until, case=case)

    async def unmute(
        self, group: Group, case: models.Case | None, account: models.Account
    ) -> list[models.Act]:
        """End the account's mute, whoever set it."""
        await models.Mute.filter(live_key=_key(group.id, account.id)).update(
            ended="lifting", live_key=None
        )
        await self._drop(group_id=group.id, account_id=account.id, kind="mute")
        until = self._records.now() + _UNMUTE_WITHIN
        return [await self._records.new_act(group, "unmute", account, {}, until, case=case)]

    async def lift_of(self, case: models.Case, group: Group) -> list[models.Act]:
        """End the mute which this case set, if it still holds; one that it took the place of, and that
        would still hold, comes back."""
        mute = await models.Mute.get_or_none(case=case, live_key__isnull=False)
        if mute is None:
            return []
        account = await models.Account.get(id=mute.account_id)
        earlier = await self._replaced(mute.group_id, account.id, LEAST_LEFT)
        others = [one for one in earlier if one.case_id != case.id]
        held = max(others, key=lambda one: one.until, default=None)
        # What is taken back never makes anybody's mute longer: a person may have shortened it.
        until = min(held.until, mute.until) if held is not None else mute.until
        if held is None or until <= self._records.now() + LEAST_LEFT:
            return await self.unmute(group, case, account)
        mute.ended, mute.live_key = "lifted", None
        await mute.save(update_fields=["ended", "live_key"])
        held.ended, held.live_key, held.until = "", _key(group.id, account.id), until
        await held.save(update_fields=["ended", "live_key", "until"])
        await self._drop(group_id=group.id, account_id=account.id, kind="mute")
        return [await self.mute_act(group, held.case, account, held.until, shorten=True)]

    async def shorten(self, case: models.Case, group: Group, until: datetime) -> list[models.Act]:
        """Let the mute that this case set end sooner."""
        mute = await models.Mute.get_or_none(case=case, live_key__isnull=False)
        if mute is None or mute.until <= until:
            return []
        if until <= self._records.now() + LEAST_LEFT:
            return await self.lift_of(case, group)
        mute.until = until
        await mute.save(update_fields=["until"])
        account = await models.Account.get(id=mute.account_id)
        await self._drop(group_id=group.id, account_id=account.id, kind="mute")
        return [await self.mute_act(group, case, account, until, shorten=True)]

    async def resume(self, case: models.Case, group: Group) -> list[models.Act]:
        """Set again what a case had set, for what is left of it."""
        account = await models.Account.get(id=case.account_id)
        key = _key(group.id, account.id)
        now = self._records.now()
        acts: list[models.Act] = []
        mute = await models.Mute.filter(case_id=case.id).order_by("-until").first()
        held = await models.Mute.get_or_none(live_key=key)
        if (
            # One that only held until a proposal was decided went with it.
            case.step == "mute"
            and mute is not None
            # Nobody shortens what came meanwhile.
            and (held is None or held.until < mute.until)
            and mute.until > now + LEAST_LEFT
            and mute.ended in ("lifting", "lifted")
            and not await self._lifted_by_person(mute)
        ):
            acts += await self.mute(group, case, account, mute.until, manual=mute.manual)
        block = await models.Block.filter(case_id=case.id).order_by("-id").first()
        if (
            block is not None
            and (block.until is None or block.until > now)
            and not await models.Block.exists(live_key=key)
        ):
            block.live_key = key
            await block.save(update_fields=["live_key"])
        if await models.Act.exists(case_id=case.id, kind="remove"):
            acts.append(await self.remove_act(group, case, account))
        return acts

    async def _lifted_by_person(self, mute: models.Mute) -> bool:
        """Whether somebody lifted it, and not the suspension of its case: that act is of no case."""
        lifts = models.Act.filter(
            group_id=mute.group_id,
            account_id=mute.account_id,
            kind="unmute",
            created_at__gte=mute.since,
        )
        first = await lifts.order_by("id").first()
        return first is not None and first.case_id is None

    async def remove(
        self,
        group: Group,
        case: models.Case,
        account: models.Account,
        *,
        block: bool,
        seconds: int | None = None,
        by: models.Account | None = None,
    ) -> list[models.Act]:
        """Take somebody out of the group, and onto the group's own list where asked."""
        now = self._records.now()
        if block:
            await models.Block.filter(live_key=_key(group.id, account.id)).update(live_key=None)
            await models.Block.create(
                group_id=group.id,
                account=account,
                case=case,
                by=by,
                until=now + timedelta(seconds=seconds) if seconds is not None else None,
                live_key=_key(group.id, account.id),
                created_at=now,
            )
        return [await self.remove_act(group, case, account)]

    async def remove_act(
        self, group: Group, case: models.Case, account: models.Account
    ) -> models.Act:
        """The act alone, for somebody who is on the list already."""
        until = self._records.now() + REMOVE_WITHIN
        return await self._records.new_act(group, "remove", account, {}, until, case=case)

    async def drop(self, case: models.Case) -> None:
        """What was decided for a case and is not done yet is not done any more."""
        await models.Block.filter(case_id=case.id).update(live_key=None)
        for kind in ("withdraw", "mute", "remove"):
            await self._drop(case_id=case.id, kind=kind)

    async def _drop(self, **which: object) -> None:
        await models.Act.filter(**which, state="requested").update(
            state="lapsed", updated_at=self._records.now()
        )

    async def lifted(self, group_id: int | None, account_id: int) -> None:
        """The platform has lifted the account's mute, or a new one takes its place."""
        await models.Mute.filter(group_id=group_id, account_id=account_id, ended="lifting").update(
            ended="lifted"
        )

    async def fall_back(self, group_id: int, account_id: int) -> None:
        """The platform refused a mute: the one that it was to take the place of still runs there."""
        held = next(iter(await self._replaced(group_id, account_id)), None)
        if held is not None:
            held.ended, held.live_key = "", _key(group_id, account_id)
            await held.save(update_fields=["ended", "live_key"])

    async def _replaced(
        self, group_id: int, account_id: int, least: timedelta = timedelta()
    ) -> list[models.Mute]:
        """The mutes in whose place the last one came, the latest first: those that would still hold, and
        that nothing has ended since, as a person's `/unmute`, or the end of a shorter one."""
        mutes = models.Mute.filter(group_id=group_id, account_id=account_id)
        over = await mutes.exclude(ended__in=("", "replaced", "denied")).order_by("-id").first()
        return await (
            mutes.filter(
                id__gt=over.id if over is not None else 0,
                ended="replaced",
                until__gt=self._records.now() + least,
                case__state__in=LIVES,
            )
            .order_by("-id")
            .select_related("case")
        )

    async def removed(self, group_id: int, account_id: int) -> None:
        """Somebody is out: what muted them is over."""
        await models.Mute.filter(live_key=_key(group_id, account_id)).update(
            ended="removed", live_key=None
        )
        await self.lifted(group_id, account_id)
