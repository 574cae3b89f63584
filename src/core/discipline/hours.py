"""What people decide about the hours of a group: leave for all, what is posted when they end, and what
was urgent in them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from src.core.chat.events import Account
from src.core.schedule import Leave
from src.core.store import in_transaction, models, take_number
from src.core.store.rows import account_row

from . import texts

if TYPE_CHECKING:
    from datetime import datetime

    from src.core.groups import Group, Groups

    from .executor import Executor
    from .records import Records
    from .tell import Tell

_POST_WITHIN = timedelta(hours=24)


def give(group: Group, leave: Leave, now: float) -> None:
    """Let a leave count from now on; those that are over are forgotten."""
    group.leaves = (*(one for one in group.leaves if one.end > now), leave)


class Hours:
    """Of all groups. Carried out in a group's line, or for a private command in its own."""

    def __init__(self, *, records: Records, executor: Executor, tell: Tell) -> None:
        self._records = records
        self._executor = executor
        self._tell = tell

    async def load(self, groups: Groups) -> None:
        """Read the leaves that are not over into the groups' snapshots, at the start."""
        now = self._records.now()
        given = models.Request.filter(
            kind__in=("leave", "approval"), state="confirmed", expires_at__gt=now
        ).select_related("account")
        for request in await given:
            group = groups.by_id(request.group_id)
            if group is not None and "span" in request.payload:
                give(group, leave_of(request), now.timestamp())

    async def allow(self, group: Group, by: Account, seconds: int, reason: str) -> Leave:
        """Leave for the whole group from now on, for a stated reason; kept as a request that is decided
        already."""
        now = self._records.now()
        end = now + timedelta(seconds=seconds)
        await self._records.row_of(group)
        async with in_transaction():
            assert group.id is not None
            request = await models.Request.create(
                group_id=group.id,
                number=await take_number(group.id),
                kind="leave",
                payload={"span": [now.timestamp(), end.timestamp()]},
                state="confirmed",
                decided_by=await account_row(by),
                decided_at=now,
                reason=reason[:500],
                expires_at=end,
                created_at=now,
            )
        leave = leave_of(request)
        give(group, leave, now.timestamp())
        return leave

    async def post_later(
        self, group: Group, author: Account, name: str, text: str, when: datetime
    ) -> None:
        """Post a teacher's words in the group at a later moment; erased once they are said."""
        await self._records.row_of(group)
        async with in_transaction():
            row = await account_row(author)
            said = texts.POSTED_LATER.format(who=name or author.user_id, text=text)
            act = await self._records.new_act(
                group,
                "publish",
                row,
                {"text": said},
                when + _POST_WITHIN,
                case=None,
                not_before=when,
            )
        self._executor.submit([act])

    async def was_urgent(self, group: Group, author: Account, most: int, since: datetime) -> None:
        """Count a message that was marked as urgent in quiet hours; the managers are told of the first
        one over `most` since then."""
        assert group.id is not None
        now = self._records.now()
        acts: list[models.Act] = []
        async with in_transaction():
            row = await account_row(author)
            await models.Request.create(
                group_id=group.id,
                number=await take_number(group.id),
                kind="urgent",
                account=row,
                state="closed",
                created_at=now,
            )
            count = await models.Request.filter(
                group_id=group.id, kind="urgent", account=row, created_at__gte=since
            ).count()
            if count == most + 1:
                text = texts.URGENT_OFTEN.format(
                    group=self._records.title(group), who=author.user_id, count=count, most=most
                )
                acts = await self._tell.all_of(group, self._tell.managers(group), text)
        self._executor.submit(acts)


def leave_of(request: models.Request) -> Leave:
    """The leave that a request holds; its account was fetched with it."""
    start, end = request.payload["span"]
    who: Account | None = None
    if request.account_id is not None:
        assert request.account is not None
        who = Account(request.account.namespace, request.account.user_id)
    return Leave(start, end, who, request.reason)
