"""The versions of a group's policy: each change makes one, and none is ever changed."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from src.core.clock import to_datetime
from src.core.store import in_transaction, models
from src.core.store.rows import account_row

from .compile import compile_policy
from .files import load_pack
from .pack import Pack

if TYPE_CHECKING:
    from collections.abc import Callable

    from src.core.audit import Audit
    from src.core.chat.events import Account, GroupKey
    from src.core.clock import Clock
    from src.core.groups import Group, Mode

    from .compile import Policy


class Versions:
    """Adopts policies. Packs are read, changed and compiled in threads: a large one takes a while."""

    def __init__(self, clock: Clock, audit: Audit, changed: Callable[[Group], None]) -> None:
        """`changed` is told of every group in which another policy or mode is in force."""
        self._clock = clock
        self._audit = audit
        self._changed = changed
        self._changing: defaultdict[GroupKey, asyncio.Lock] = defaultdict(asyncio.Lock)
        """Changes are asked for in the group and in private; two of them never cross."""

    async def adopt(
        self, group: Group, pack: Pack, change: str, by: Account
    ) -> models.PolicyVersion:
        """Put a pack in force in a group (whose row exists) and keep it as a version.

        Raises:
            PackError: the plugins cannot carry it out; nothing has changed.
        """
        async with self._changing[group.key]:
            return await self._adopt(group, pack, change, by)

    async def change(
        self, group: Group, make: Callable[[Pack], Pack], change: str, by: Account
    ) -> models.PolicyVersion | None:
        """Put in force what `make`, called in a thread, turns the group's pack into; None where that
        is the same.

        Raises:
            PackError: `make` raised it, or the plugins cannot carry it out; nothing has changed.
        """
        async with self._changing[group.key]:
            old = await self.current(group)
            assert old is not None
            new = await asyncio.to_thread(make, old)
            return None if new == old else await self._adopt(group, new, change, by)

    async def _adopt(
        self, group: Group, pack: Pack, change: str, by: Account
    ) -> models.PolicyVersion:
        # Compiled first: what cannot run never gets into force.
        policy, content = await asyncio.to_thread(_compiled, pack)
        now = to_datetime(self._clock.now())
        assert group.id is not None
        async with in_transaction():
            # The row is locked by this update, so that versions count up on PostgreSQL too.
            await models.Group.filter(id=group.id).update(bot=group.bot, name=group.name)
            last = await models.PolicyVersion.filter(group_id=group.id).order_by("-version").first()
            row = await models.PolicyVersion.create(
                group_id=group.id,
                version=last.version + 1 if last is not None else 1,
                pack=pack.name,
                content=content,
                digest=policy.digest,
                change=change[:200],
                by=await account_row(by),
                created_at=now,
            )
            facts = {"version": row.version, "pack": row.pack, "digest": row.digest}
            await self._audit.note("policy", group=group, by=row.by, facts=facts)
            await models.Group.filter(id=group.id).update(policy_id=row.id)
        group.policy = replace(policy, version=row.version, policy_id=row.id)
        self._changed(group)
        return row

    async def current(self, group: Group) -> Pack | None:
        """The pack in force."""
        if group.policy is None or group.policy.policy_id is None:
            return None
        row = await models.PolicyVersion.get(id=group.policy.policy_id)
        return await asyncio.to_thread(Pack.from_content, row.content)

    async def numbered(self, group: Group, version: int) -> Pack | None:
        """The pack of an earlier version."""
        row = await models.PolicyVersion.get_or_none(group_id=group.id, version=version)
        return await asyncio.to_thread(Pack.from_content, row.content) if row is not None else None

    @staticmethod
    async def pack(name: str) -> Pack:
        """The pack of this name as it comes with the application.

        Raises:
            PackError: there is none, or it has mistakes.
        """
        return await asyncio.to_thread(load_pack, name)

    async def set_mode(self, group: Group, mode: Mode, by: Account | None = None) -> None:
        """Let the group's policy be carried out, or only be observed."""
        async with in_transaction():
            row = await account_row(by) if by is not None else None
            await models.Group.filter(id=group.id).update(mode=mode, mode_reason="")
            await self._audit.note("mode", group=group, by=row, facts={"mode": mode})
        group.mode = mode
        # An incident that began in the other mode ends with it, and the brake starts anew.
        group.incidents.clear()
        group.mode_since = self._clock.now()
        self._changed(group)


def _compiled(pack: Pack) -> tuple[Policy, dict[str, Any]]:
    return compile_policy(pack, version=0, policy_id=None), pack.content()
