"""Writing the audit log, and sealing it."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any

from loguru import logger

from src.core.chat.events import Account
from src.core.clock import to_datetime
from src.core.store import StoreError, in_transaction, models

from . import texts
from .chain import Chain, Report, keyed, personal, plain, verify, written
from .key import BYTES, make_key, read_key

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from pathlib import Path

    from src.core.clock import Clock
    from src.core.groups import Group
    from src.core.people import People

_BATCH = 200


class Audit:
    """The log of the installation. Its key is a random one until `open` has read the file's."""

    def __init__(self, clock: Clock, people: People) -> None:
        self._clock = clock
        self._people = people
        self._key = secrets.token_bytes(BYTES)
        self._sealing = asyncio.Lock()

    async def open(self, path: Path) -> None:
        """Take the key from its file; made where there is none, and nothing was sealed with one.

        Raises:
            StoreError: it is not there though it once was, is no key, or cannot be used.
        """
        key = read_key(path)
        if key is None:
            if await models.AuditEntry.exists(seq__isnull=False):
                raise StoreError(texts.KEY_MISSING.format(path=path))
            key = make_key(path)
        self._key = key

    async def note(
        self,
        kind: str,
        *,
        group: Group | None = None,
        about: models.Account | None = None,
        by: models.Account | None = None,
        role: str = "",
        facts: Mapping[str, Any] | None = None,
        personal: Mapping[str, Any] | None = None,
    ) -> None:
        """Write an entry, inside the caller's transaction; it is sealed later.

        `facts` hold no personal value (numbers, clauses, states, roles); account ids, names and words
        go to `personal`, where `about` and `by` are added. `role` is the rank of `by` where the caller
        knows it better than what was last seen in the group.
        """
        told: dict[str, Any] = dict(facts or {})
        if by is not None and not role and group is not None:
            who = Account(by.namespace, by.user_id)
            role = self._people.rank(group.key, who, group.platform_role(who)).name.lower()
        if role:
            told["role"] = role
        values: dict[str, Any] = dict(personal or {})
        for name, one in (("about", about), ("by", by)):
            if one is not None:
                values[name] = f"{one.namespace}/{one.user_id}"
        await self._write(
            kind,
            group.id if group is not None else None,
            plain(told),
            plain(values),
            about.id if about is not None else None,
        )

    async def _write(
        self, kind: str, group_id: int | None, facts: Any, values: Any, account_id: int | None
    ) -> None:
        now = to_datetime(self._clock.now())
        salt = secrets.token_hex(16)
        entry = models.AuditEntry(
            at=now,
            kind=kind,
            group_id=group_id,
            facts=facts,
            personal=personal(self._key, salt, values) if values else "",
        )
        entry.mac = written(self._key, entry)
        await entry.save()
        if values:
            await models.AuditValue.create(
                entry=entry,
                group_id=group_id,
                account_id=account_id,
                salt=salt,
                values=values,
                created_at=now,
            )

    def digest(self, text: str | bytes) -> str:
        """A keyed digest, in hex: tells that something is the same, and to nobody else what it is."""
        return keyed(self._key, "digest", ["hex", text.hex()] if isinstance(text, bytes) else text)

    async def seal(self) -> None:
        """Put what waits into the chain, in the order it was written. On PostgreSQL an entry that is
        committed after a later one is sealed after it. What we did not write stays where it is, and
        `verify` names it."""
        async with self._sealing:
            last = 0
            # Nobody else seals: what is read here is still so when it is written.
            while (
                waiting := await models.AuditEntry.filter(seq__isnull=True, id__gt=last)
                .order_by("id")
                .limit(_BATCH)
            ):
                last = waiting[-1].id
                ours = [one for one in waiting if one.mac == written(self._key, one)]
                if len(ours) < len(waiting):
                    logger.error("audit entries were not written by this bot: see qungui audit")
                if not ours:
                    continue
                chain = await self._end()
                for entry in ours:
                    chain.seal(entry)
                async with in_transaction():
                    await models.AuditEntry.bulk_update(ours, fields=["seq", "mac"])

    async def _end(self) -> Chain:
        """The chain as far as it is sealed."""
        end = await models.AuditEntry.filter(seq__isnull=False).order_by("-seq").first()
        return Chain(self._key, end.seq or 0, end.mac) if end is not None else Chain(self._key)

    async def head(self) -> str:
        """Number and first digits of the last entry, once all are sealed: what an inspection prints,
        and `qungui audit --head` looks for."""
        await self.seal()
        return (await self._end()).head

    async def verify(self, *, head: str = "") -> Report:
        """Seal what waits, and look through the whole log."""
        await self.seal()
        return await verify(self._key, entries(), head=head)


async def entries() -> AsyncGenerator[tuple[models.AuditEntry, models.AuditValue | None]]:
    """All entries with their personal values: the sealed ones by number, then those that wait."""
    for sealed in (True, False):
        column, last = ("seq" if sealed else "id"), None
        while True:
            rows = models.AuditEntry.filter(seq__isnull=not sealed)
            if last is not None:
                rows = rows.filter(**{f"{column}__gt": last})
            batch = await rows.order_by(column).limit(_BATCH)
            if not batch:
                break
            last = getattr(batch[-1], column)
            values = {
                value.entry_id: value
                for value in await models.AuditValue.filter(
                    entry_id__in=[entry.id for entry in batch]
                )
            }
            for entry in batch:
                yield entry, values.get(entry.id)
