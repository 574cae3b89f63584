"""The audit log: whatever is changed in it is seen, and what is erased is not missed."""

from __future__ import annotations

from datetime import UTC, datetime
import stat
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from src.core.audit import KEY, NO_HEAD, Audit, make_key, read_key
from src.core.audit.chain import Chain, personal, verify, written
from src.core.clock import DrivenClock
from src.core.people import People
from src.core.store import StoreError, in_transaction, models
from src.core.store.rows import account_row
from tests.houses import NOON, account
from tests.stores import KINDS, a_store

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

_KEY = bytes(range(32))
_AT = datetime(2026, 11, 3, 4, tzinfo=UTC)


class _Log:
    """Entries as the two tables have them, without a store."""

    def __init__(self, count: int) -> None:
        chain = Chain(_KEY)
        self.rows: list[tuple[models.AuditEntry, models.AuditValue | None]] = []
        for number in range(1, count + 1):
            values = {"about": f"qq/{number}"} if number % 2 else {}
            entry = models.AuditEntry(
                at=_AT,
                kind="case.made",
                group_id=1,
                facts={"case": number},
                personal=personal(_KEY, "salt", values) if values else "",
            )
            chain.seal(entry)
            value = models.AuditValue(salt="salt", values=values) if values else None
            self.rows.append((entry, value))

    async def __aiter__(self) -> AsyncGenerator[tuple[models.AuditEntry, models.AuditValue | None]]:
        def number(row: tuple[models.AuditEntry, object]) -> int:
            return row[0].seq or 0

        for row in sorted(self.rows, key=number):
            yield row


_CHANGES: dict[str, Any] = {
    "at": datetime(2026, 11, 3, 4, 0, 1, tzinfo=UTC),
    "kind": "case.closed",
    "group_id": None,
    "facts": {"case": 99},
    "personal": "0" * 64,
    "mac": "0" * 64,
    "seq": 50,
}


@given(count=st.integers(3, 8), data=st.data())
async def test_any_single_mutation_is_found(count: int, data: st.DataObject) -> None:
    log = _Log(count)
    head = (await verify(_KEY, aiter(log))).head
    at = data.draw(st.integers(0, count - 1))
    what = data.draw(st.sampled_from([*_CHANGES, "deleted", "inserted", "swapped", "value"]))
    entry = log.rows[at][0]
    if what == "deleted":
        del log.rows[at]
    elif what == "inserted":
        extra = models.AuditEntry(at=_AT, kind="x", group_id=1, facts={}, personal="")
        Chain(b"another key", entry.seq or 0, entry.mac).seal(extra)
        log.rows.insert(at + 1, (extra, None))
    elif what == "swapped":
        other = log.rows[(at + 1) % count][0]
        entry.seq, other.seq = other.seq, entry.seq
    elif what == "value":
        changed = models.AuditValue(salt="salt", values={"about": "qq/666"})
        log.rows[at] = (entry, changed)
    else:
        setattr(entry, what, _CHANGES[what])
    report = await verify(_KEY, aiter(log), head=head)
    assert report.fault is not None
    assert report.count <= count - 1 or what == "inserted" or report.fault.why == "head"


async def test_what_is_erased_is_no_fault_and_a_cut_tail_is_seen_by_its_head() -> None:
    log = _Log(5)
    report = await verify(_KEY, aiter(log))
    assert (report.count, report.erased, report.fault) == (5, 0, None)
    head = report.head
    log.rows = [(entry, None) for entry, _ in log.rows]
    report = await verify(_KEY, aiter(log), head=head)
    assert (report.count, report.erased, report.fault) == (5, 3, None)
    log.rows = log.rows[:3]
    assert (await verify(_KEY, aiter(log))).fault is None
    fault = (await verify(_KEY, aiter(log), head=head)).fault
    assert fault is not None
    assert (fault.why, fault.seq) == ("head", 5)
    for wrong in ("5", "5:", "x:y", f"3:{head[2:]}"):
        assert (await verify(_KEY, aiter(log), head=wrong)).fault is not None
    assert (await verify(_KEY, aiter(_Log(0)), head=NO_HEAD)).fault is None
    assert (await verify(b"another", aiter(log))).fault is not None


@pytest.mark.parametrize("kind", KINDS)
async def test_entries_are_sealed_in_order_whatever_the_store(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("src.core.audit.audit._BATCH", 5)
    async with a_store(kind, tmp_path):
        audit = Audit(DrivenClock(NOON), People(()))
        await audit.open(tmp_path / KEY)
        who = await account_row(account("101"))
        for number in range(12):
            async with in_transaction():
                facts = {"case": number, "weight": 1.5, "until": _AT, "in": ["甲\x00", {1: None}]}
                words = {"words": "傻\ud800\x00"} if number % 5 == 0 else None
                await audit.note("case.made", facts=facts, about=who, personal=words)
        with pytest.raises(RuntimeError):
            async with in_transaction():
                await audit.note("case.made", facts={"case": 1000})
                raise RuntimeError
        report = await audit.verify()
        assert (report.count, report.unsealed, report.fault) == (12, 0, None)
        rows = await models.AuditEntry.all().order_by("seq")
        assert [row.facts["case"] for row in rows] == list(range(12))
        head = await audit.head()
        assert head == report.head
        await models.AuditValue.filter(account_id=who.id).delete()

        # A bot that stopped before it had sealed: the next one does, with the same key.
        await audit.note("mode", facts={"mode": "observe"})
        again = Audit(DrivenClock(NOON), People(()))
        await again.open(tmp_path / KEY)
        report = await again.verify(head=head)
        assert (report.count, report.erased, report.fault) == (13, 12, None)

        # What somebody else writes is not taken into the chain, and changes are found.
        strange = models.AuditEntry(at=_AT, kind="x", group_id=None, facts={}, personal="", mac="")
        await strange.save()
        report = await again.verify()
        assert report.count == 13
        assert report.fault is not None
        assert report.fault.why == "unsealed"
        await strange.delete()
        await models.AuditEntry.filter(seq=7).update(facts={"case": 6, "role": "leader"})
        fault = (await again.verify()).fault
        assert fault is not None
        assert (fault.why, fault.seq, fault.at) == ("changed", 7, rows[6].at)
        await models.AuditEntry.filter(seq=7).delete()
        fault = (await again.verify()).fault
        assert fault is not None
        assert (fault.why, fault.seq) == ("missing", 8)

        assert audit.digest("甲") == again.digest("甲") != again.digest("乙")
        assert again.digest("ab") != again.digest(b"\xab")
        (tmp_path / KEY).unlink()
        with pytest.raises(StoreError, match="密钥"):
            await again.open(tmp_path / KEY)


def test_the_key_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / KEY
    assert read_key(path) is None
    key = make_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    assert read_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("secret\n")
    with pytest.raises(StoreError, match="内容不对"):
        read_key(path)


def test_a_waiting_entry_is_known_by_its_digest() -> None:
    entry = models.AuditEntry(at=_AT, kind="x", group_id=1, facts={"case": 1}, personal="")
    assert written(_KEY, entry) != written(b"another", entry)
