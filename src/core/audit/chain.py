"""The chain itself: what is digested, and what a mutation of it looks like. Pure.

An entry is written with the digest of itself (`written`), by which the sealer knows it for ours. When
it is sealed it gets the next number and the digest of itself and of the entry before it (`sealed`).
Its personal values have a digest of their own, with a salt: both may be erased, the digest stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import AsyncIterable
    from datetime import datetime

    from src.core.store import models

NO_HEAD = "0:"
"""The head of a log without sealed entries."""
_SHOWN = 16
"""Hex digits of a digest that people see: 64 bits, which nobody finds a second entry for."""

Why = Literal["changed", "missing", "personal", "unsealed", "head"]


class Fault(NamedTuple):
    """The first thing that does not fit."""

    why: Why
    """changed (the entry is not the one that was sealed), missing (the one before it is not there),
    personal (its personal values are not those it was written with), unsealed (one that waits was not
    written by us), head (the head asked about is not in the chain)."""
    seq: int | None
    at: datetime | None


@dataclass(slots=True)
class Report:
    """What a look through the whole chain found."""

    count: int = 0
    """Sealed entries that fit."""
    head: str = NO_HEAD
    """Number and first digits of the last entry that fits."""
    unsealed: int = 0
    erased: int = 0
    """Entries whose personal values have been erased."""
    fault: Fault | None = None


@dataclass(slots=True)
class Chain:
    """Where a chain ends: the next entry goes there."""

    key: bytes
    seq: int = 0
    mac: str = ""

    def seal(self, entry: models.AuditEntry) -> None:
        """Give an entry its number and digest."""
        entry.seq, entry.mac = self.seq + 1, sealed(self.key, self.mac, self.seq + 1, entry)
        self.seq, self.mac = entry.seq, entry.mac

    def follows(self, entry: models.AuditEntry) -> bool:
        """Whether this entry was sealed after the last one; then it is the last."""
        if entry.seq is None or entry.seq != self.seq + 1:
            return False
        if not hmac.compare_digest(entry.mac, sealed(self.key, self.mac, entry.seq, entry)):
            return False
        self.seq, self.mac = entry.seq, entry.mac
        return True

    @property
    def head(self) -> str:
        return short(self.seq, self.mac)


def short(seq: int, mac: str) -> str:
    """A head for people: `120:0123456789abcdef`."""
    return f"{seq}:{mac[:_SHOWN]}"


def plain(value: object) -> Any:
    """A value as both databases give it back: numbers are whole or text, and no character is NUL."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value).items()
        return {_text(str(key)): plain(one) for key, one in items}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, str | bytes):
        return [plain(one) for one in cast("Sequence[object]", value)]
    return _text(str(value))


def _text(value: str) -> str:
    """What PostgreSQL's JSON can hold."""
    return value.replace("\x00", "").encode("utf-8", "replace").decode()


def keyed(key: bytes, what: str, value: object) -> str:
    """HMAC-SHA256 of JSON, apart for each `what`, in hex."""
    canonical = json.dumps([what, value], sort_keys=True, separators=(",", ":"))
    return hmac.new(key, canonical.encode(), hashlib.sha256).hexdigest()


def _body(entry: models.AuditEntry) -> list[object]:
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    return [at, entry.kind, entry.group_id, entry.facts, entry.personal]


def written(key: bytes, entry: models.AuditEntry) -> str:
    """The digest of an entry that waits to be sealed."""
    return keyed(key, "written", _body(entry))


def sealed(key: bytes, before: str, seq: int, entry: models.AuditEntry) -> str:
    """The digest of an entry in the chain."""
    return keyed(key, "sealed", [before, seq, *_body(entry)])


def personal(key: bytes, salt: str, values: object) -> str:
    """The digest of an entry's personal values."""
    return keyed(key, "personal", [salt, values])


def _values_fit(key: bytes, entry: models.AuditEntry, value: models.AuditValue | None) -> bool:
    """Whether these are the values an entry was written with, or none are left."""
    if value is None:
        return True
    if not entry.personal:
        return False
    return hmac.compare_digest(entry.personal, personal(key, value.salt, value.values))


async def verify(
    key: bytes,
    entries: AsyncIterable[tuple[models.AuditEntry, models.AuditValue | None]],
    *,
    head: str = "",
) -> Report:
    """Look through a log: the sealed entries in the order of their numbers, then those that wait.

    `head`, where one is given, is to be the number and first digits of an entry in it.
    """
    chain, report = Chain(key), Report()
    found = head in ("", NO_HEAD)
    wanted, _, digits = head.partition(":")
    async for entry, value in entries:
        fault: Why | None = None
        if entry.seq is None:
            if not hmac.compare_digest(entry.mac, written(key, entry)):
                fault = "unsealed"
        elif not chain.follows(entry):
            fault = "missing" if entry.seq > chain.seq + 1 else "changed"
        if fault is None and not _values_fit(key, entry, value):
            fault = "personal"
        if fault is not None:
            report.fault = Fault(fault, entry.seq, entry.at)
            return report
        report.erased += bool(entry.personal) and value is None
        if entry.seq is None:
            report.unsealed += 1
            continue
        report.count, report.head = chain.seq, chain.head
        found = found or (
            str(entry.seq) == wanted and len(digits) >= _SHOWN and entry.mac.startswith(digits)
        )
    if not found:
        report.fault = Fault("head", int(wanted) if wanted.isdecimal() else None, None)
    return report
