from __future__ import annotations

import asyncio
from collections import Counter
import contextvars
from datetime import UTC, datetime
from itertools import count
import random
import sqlite3
import types
from typing import TYPE_CHECKING, Any

import pytest
from tortoise.context import TortoiseContext
from tortoise.exceptions import IntegrityError, OperationalError, TransactionManagementError

from src.core.store import in_transaction
from src.core.store.address import read_address
from src.core.store.models import Account, Group, School
from src.core.store.schema import configuration
from src.core.store.store import open_store
from tests.stores import KINDS, a_store, an_address, needs_postgres

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator
    from pathlib import Path

    from tortoise.backends.base.client import BaseDBAsyncClient

STOCK = {"sqlite": "tortoise.backends.sqlite", "postgres": "tortoise.backends.asyncpg"}
afterwards = count()
SOON = 5.0
"""Seconds after which a query that waits is taken to wait for ever."""


def an_account(batch: str, name: str) -> Account:
    return Account(namespace=batch, user_id=name)


async def together(*accounts: Account) -> None:
    async with in_transaction():
        for account in accounts:
            await account.save()


async def write(name: str) -> None:
    """Two batches, each whole or not at all."""
    async with in_transaction():
        await an_account("three", f"{name}-1").save()
        async with in_transaction():
            await an_account("three", f"{name}-2").save()
        await an_account("three", f"{name}-3").save()
    await Account.bulk_create([an_account("two", f"{name}-1"), an_account("two", f"{name}-2")])


@types.coroutine
def cancelled_at(step: int, work: Coroutine[Any, Any, None]) -> Generator[Any, Any, bool]:
    """Run `work`, cancelled at its nth await; False where it has fewer."""
    waits = work.__await__()
    resume: Any = waits.__next__
    for n in count(1):
        try:
            future = resume()
        except StopIteration:
            return n > step
        except asyncio.CancelledError:
            if n <= step:
                raise
            return True
        if n == step:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
        try:
            yield future
        except BaseException as error:
            resume = _Thrower(waits, error)
        else:
            resume = waits.__next__
    raise AssertionError


class _Thrower:
    def __init__(self, waits: Generator[Any, Any, Any], error: BaseException) -> None:
        self.waits, self.error = waits, error

    def __call__(self) -> Any:
        return self.waits.throw(self.error)


async def cancel_at_every_step() -> int:
    """How many awaits there are."""
    for step in count(1):
        if not await asyncio.wait_for(cancelled_at(step, write(f"step{step}")), SOON):
            return step
    raise AssertionError


async def cancel_at_any_moment(tasks: int, at_once: int, seed: int) -> None:
    """Cancel that many tasks wherever they happen to be, among others that finish."""
    moments = random.Random(seed)
    ends: Counter[str] = Counter()

    async def one(name: str, turns: int) -> int:
        """Cancel after that many turns of the loop; the turns it took."""
        task = asyncio.create_task(write(name))
        taken = 0
        while taken < turns and not task.done():
            await asyncio.sleep(0)
            taken += 1
        task.cancel()
        await asyncio.wait((task,), timeout=SOON)
        assert task.done(), "it hangs"
        ends["cancelled" if task.cancelled() else "finished"] += 1
        return taken

    whole = min(await asyncio.gather(*(one(f"whole{n}", 10**9) for n in range(at_once))))
    for start in count(step=at_once):
        if ends["cancelled"] >= tasks:
            break
        batch = range(start, start + at_once)
        await asyncio.gather(*(one(f"moment{n}", moments.randrange(whole)) for n in batch))


async def find_damage(connection: BaseDBAsyncClient, kind: str) -> list[str]:
    """What the cancellations have left behind."""
    found: list[str] = []
    try:
        # More than the pool has connections.
        more = (write(f"after{next(afterwards)}") for _ in range(12))
        await asyncio.wait_for(asyncio.gather(*more), SOON)
    except TimeoutError:
        found.append("queries hang")
    if kind == "sqlite":
        left_open: Any = connection
        if left_open._connection.in_transaction:
            found.append("a transaction is open")
        if left_open._lock.locked():
            return [*found, "the lock is taken"]
    else:
        pool: Any = connection._pool
        if pool.get_idle_size() < pool.get_size():
            return [*found, "a connection has leaked"]
        rows = await connection.execute_query_dict(
            "SELECT 1 FROM pg_stat_activity "
            "WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
        )
        if rows:
            found.append("a transaction is open")
    batches = Counter(
        (account.namespace, account.user_id.split("-")[0]) for account in await Account.all()
    )
    found += [
        f"{n} of {batch} rows of {name}"
        for (batch, name), n in batches.items()
        if n != {"two": 2, "three": 3}[batch]
    ]
    return found


@pytest.mark.parametrize("kind", KINDS)
async def test_a_cancelled_task_leaves_nothing_behind(kind: str, tmp_path: Path) -> None:
    async with a_store(kind, tmp_path):
        steps = await cancel_at_every_step()
        assert steps > 8
        assert await find_damage(Account._meta.db, kind) == []

        await cancel_at_any_moment(300, at_once=8, seed=2)
        assert await find_damage(Account._meta.db, kind) == []


@pytest.mark.thorough
@pytest.mark.parametrize("kind", KINDS)
async def test_the_stock_engines_fail_the_same_check(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the check can fail. Where this test fails, Tortoise may have been cured."""
    monkeypatch.setattr(f"{__name__}.SOON", 0.5)
    async with an_address(kind) as url:
        await (await open_store(url, root=tmp_path)).close()
        credentials = read_address(url, tmp_path).credentials
        engine = {"engine": STOCK[kind], "credentials": credentials}
        async with TortoiseContext() as context:
            await context.init(config=configuration(kind, engine))
            connection = context.db()
            await connection.create_connection(with_db=True)
            try:
                await cancel_at_every_step()
            except TimeoutError:
                pass
            assert await find_damage(connection, kind) != []
            if kind == "postgres":
                # Else closing waits for what has leaked.
                pool: Any = connection._pool
                pool.terminate()


@pytest.mark.parametrize("kind", KINDS)
async def test_an_error_undoes_its_own_block_alone(kind: str, tmp_path: Path) -> None:
    async with a_store(kind, tmp_path):
        async with in_transaction():
            await an_account("outer", "1").save()
            with pytest.raises(IntegrityError):
                await together(an_account("inner", "1"), an_account("outer", "1"))
            await an_account("outer", "2").save()
        kept = await Account.all().values_list("namespace", "user_id")
        assert sorted(kept) == [("outer", "1"), ("outer", "2")]
        with pytest.raises(IntegrityError):
            await together(an_account("outer", "3"), an_account("outer", "1"))
        assert await Account.all().count() == 2


@needs_postgres
async def test_postgres_does_not_lose_a_transaction_in_silence(tmp_path: Path) -> None:
    async def careless() -> None:
        async with in_transaction():
            await an_account("a", "1").save()
            with pytest.raises(IntegrityError):
                await an_account("a", "1").save()

    async with a_store("postgres", tmp_path):
        with pytest.raises(TransactionManagementError):
            await careless()
        assert await Account.all().count() == 0


async def test_sqlite_does_not_lose_a_transaction_in_silence(tmp_path: Path) -> None:
    async with a_store("sqlite", tmp_path):
        with pytest.raises(TransactionManagementError):
            async with in_transaction() as transaction:
                # As it does by itself on a full disk.
                await transaction.execute_query("ROLLBACK")
        await an_account("a", "1").save()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_task_started_inside_cannot_use_the_transaction_after_it(
    kind: str, tmp_path: Path
) -> None:
    over = asyncio.Event()

    async def late(*, nested: bool) -> None:
        await over.wait()
        if nested:
            async with in_transaction():
                await an_account("late", "1").save()
        else:
            await an_account("late", "2").save()

    async with a_store(kind, tmp_path):
        async with in_transaction():
            tasks = [asyncio.create_task(late(nested=nested)) for nested in (True, False)]
        over.set()
        for task in tasks:
            with pytest.raises(TransactionManagementError):
                await task
        assert await Account.all().count() == 0


@pytest.mark.parametrize("kind", KINDS)
async def test_a_task_with_a_context_of_its_own_finds_the_store(kind: str, tmp_path: Path) -> None:
    async with a_store(kind, tmp_path):
        await asyncio.create_task(write("elsewhere"), context=contextvars.Context())
        assert await Account.all().count() == 5


@pytest.mark.parametrize("kind", KINDS)
async def test_closing_waits_for_the_transaction_that_is_open(kind: str, tmp_path: Path) -> None:
    async with an_address(kind) as url:
        store = await open_store(url, root=tmp_path)
        async with in_transaction():
            closing = asyncio.create_task(store.close(), context=contextvars.Context())
            await asyncio.sleep(0)
            await an_account("a", "1").save()
            assert not closing.done()
        await closing
        store = await open_store(url, root=tmp_path)
        try:
            assert await Account.all().count() == 1
        finally:
            await store.close()


async def test_sqlite_is_as_durable_and_strict_as_it_can_be(tmp_path: Path) -> None:
    async with a_store("sqlite", tmp_path):
        connection = Account._meta.db
        for pragma, value in {
            "journal_mode": "wal",
            "synchronous": 2,  # FULL
            "foreign_keys": 1,
            "busy_timeout": 15000,
        }.items():
            row = (await connection.execute_query_dict(f"PRAGMA {pragma}"))[0]
            assert list(row.values()) == [value], pragma


async def test_sqlite_transactions_take_the_write_lock_at_once(tmp_path: Path) -> None:
    async with a_store("sqlite", tmp_path):
        other = sqlite3.connect(tmp_path / "data/qungui.db", timeout=0, isolation_level=None)
        try:
            async with in_transaction():
                with pytest.raises(sqlite3.OperationalError, match="locked"):
                    other.execute("BEGIN IMMEDIATE")
            other.execute("BEGIN IMMEDIATE")
            await Account._meta.db.execute_query("PRAGMA busy_timeout=0")
            with pytest.raises(OperationalError, match="locked"):
                async with in_transaction():
                    pass
            other.execute("ROLLBACK")
            await write("after")
        finally:
            other.close()


async def test_a_sqlite_script_stays_in_its_transaction(tmp_path: Path) -> None:
    async def fail_after_a_script() -> None:
        async with in_transaction() as transaction:
            await transaction.execute_script(
                "/* one; two */ INSERT INTO account (namespace, user_id) VALUES ('a;b', '1');"
                "INSERT INTO account (namespace, user_id) VALUES ('c', '2') -- three; four"
            )
            assert await Account.filter(namespace="a;b").count() == 1
            assert await Account.all().count() == 2
            raise ZeroDivisionError

    async with a_store("sqlite", tmp_path):
        with pytest.raises(ZeroDivisionError):
            await fail_after_a_script()
        assert await Account.all().count() == 0


@pytest.mark.parametrize("kind", KINDS)
async def test_moments_compare_whatever_their_zone(kind: str, tmp_path: Path) -> None:
    async with a_store(kind, tmp_path):
        school = await School.create()
        noon = datetime.fromisoformat("2026-11-22T12:00:00+08:00")
        await Group.create(school=school, namespace="qq", group_id="1", created_at=noon)
        same = datetime(2026, 11, 22, 4, tzinfo=UTC)
        just_after = datetime.fromisoformat("2026-11-21T23:00:00.000001-05:00")
        assert await Group.filter(created_at=same).count() == 1
        assert await Group.filter(created_at__gte=same).count() == 1
        assert await Group.filter(created_at__lt=just_after).count() == 1
        assert await Group.filter(created_at__in=[just_after]).count() == 0
        assert await Group.filter(created_at__range=(same, just_after)).count() == 1
        await Group.all().update(created_at=just_after)
        assert await Group.filter(created_at__gt=noon).count() == 1
        assert (await Group.get()).created_at == just_after
