"""`python -m bench.cases`: what it takes to look something up in a group with 10,000 cases.

In this process, with SQLite in a file in a temporary folder: from the message that asks until all that
follows from it is done, its answer included. Beside it the same rows are read by bare `sqlite3`, in the
same run; the ratio says what the rest costs.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
import random
import sqlite3
from statistics import median, quantiles
import tempfile
import time
from typing import TYPE_CHECKING, Any

from src.core.chat.events import GroupKey, MessageRef
from src.core.discipline.deeds import stored
from src.core.store import models
from src.plugins.inspection.gather import gather
from tests.houses import CLASS, OWNER, PARENT, a_home

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from tests.houses import Home

CASES = 10_000
ACCOUNTS = 400
ACTS_OF_CASE = 3
CLOSED, REPORTS, MUTES = 3_000, 1_000, 2_000
OPEN = {"review": 60, "appeal": 40, "remove": 20, "report": 40, "complaint": 20, "escalation": 40}
LIVE_MUTES = 20
ROUNDS = 100
STEPS = ("remind", "warn", "mute", "mute", "remove")


async def fill(home: Home) -> int:
    """Two years of a lively group. Returns the number of a case that the parent has."""
    chance = random.Random(2026)
    group, now = home.group, home.house.records.now()
    assert group.id is not None
    users = [PARENT, *[str(20_000 + n) for n in range(ACCOUNTS - 1)]]
    await models.Account.bulk_create(
        [models.Account(namespace="qq", user_id=user) for user in users], ignore_conflicts=True
    )
    people = await models.Account.filter(user_id__in=users).order_by("id")
    parent = next(one for one in people if one.user_id == PARENT)
    owner = await models.Account.get(user_id=OWNER)
    ladder = next(iter(group.policy.ladders)) if group.policy is not None else ""
    number = 100

    def later() -> int:
        nonlocal number
        number += 1
        return number

    cases: list[models.Case] = []
    for index in range(CASES):
        made = now - timedelta(days=730) * ((CASES - index) / CASES)
        cases.append(
            models.Case(
                group_id=group.id, number=later(), account_id=chance.choice(people).id,
                policy_id=group.policy.policy_id if group.policy is not None else None,
                clause=str(chance.randint(1, 9)), plugin="content_filter", ladder=ladder,
                clauses=[{"number": "1", "plugin": "content_filter", "facts": {"terms": ["a"]}}],
                step=chance.choice(STEPS), source="auto", excerpt="一段话" * 5,
                state=chance.choice(("active",) * 9 + ("reversed",)),
                live_until=made + timedelta(days=30), created_at=made,
            )
        )  # fmt: skip
    cases[-1].account_id = parent.id
    await models.Case.bulk_create(cases, batch_size=500)
    rows = await models.Case.filter(group_id=group.id).order_by("id")
    acts = [
        models.Act(
            group_id=group.id, case_id=case.id, account_id=case.account_id, kind=kind,
            state="confirmed", payload={"text": "您的消息"}, not_after=now, not_before=case.created_at,
            created_at=case.created_at, updated_at=case.created_at,
        )
        for case in rows for kind in ("withdraw", "mute", "whisper")[:ACTS_OF_CASE]
    ]  # fmt: skip
    await models.Act.bulk_create(acts, batch_size=500)
    mutes = [
        models.Mute(
            group_id=group.id, account_id=case.account_id, case_id=case.id, since=case.created_at,
            until=now + timedelta(days=1), ended="expired",
        )
        for case in rows[-MUTES:]
    ]  # fmt: skip
    for index, mute in enumerate(mutes[:LIVE_MUTES]):
        mute.account_id, mute.ended = people[index].id, ""
        mute.live_key = f"{group.id}/{people[index].id}"
    await models.Mute.bulk_create(mutes, batch_size=500)
    ref = stored(MessageRef(home.platform.bot.user_id, CLASS, "1", home.clock.now()))

    def request(kind: str, state: str, case: models.Case) -> models.Request:
        is_open = state == "open"
        return models.Request(
            group_id=group.id, number=later(), kind=kind, case_id=case.id,
            account_id=case.account_id, state=state, assignee_id=owner.id,
            payload={"what": "一件事", "how": "处理它", "without": [], "message": ref, "clause": "1",
                     "reason": "理由", "plugin": "content_filter", "facts": {}},
            open_key=f"{kind}/{case.id}" if is_open else None,
            decided_by_id=None if is_open else owner.id,
            expires_at=now + timedelta(days=2) if is_open else case.created_at,
            remind_at=now + timedelta(days=1) if is_open else None,
            created_at=case.created_at, decided_at=None if is_open else case.created_at,
        )  # fmt: skip

    kinds = tuple(OPEN)
    requests = [request(kinds[n % len(kinds)], "confirmed", rows[n]) for n in range(CLOSED)]
    last = iter(reversed(rows))
    requests += [
        request(kind, "open", next(last)) for kind, many in OPEN.items() for _ in range(many)
    ]
    await models.Request.bulk_create(requests, batch_size=500)
    asked = await models.Request.filter(kind__in=("report", "complaint")).limit(REPORTS)
    await models.Report.bulk_create(
        [
            models.Report(
                request_id=one.id, account_id=people[n % ACCOUNTS].id, created_at=one.created_at
            )
            for n, one in enumerate(asked)
        ]
    )
    await models.Group.filter(id=group.id).update(last_number=number)
    return rows[-1].number


async def timed(work: Callable[[], Awaitable[Any]]) -> tuple[list[float], float]:
    """Milliseconds that each of the rounds takes, and the median of CPU; the first ones warm up."""
    for _ in range(5):
        await work()
    taken: list[float] = []
    busy: list[float] = []
    for _ in range(ROUNDS):
        begun, spent = time.perf_counter(), time.process_time()
        await work()
        taken.append((time.perf_counter() - begun) * 1000)
        busy.append((time.process_time() - spent) * 1000)
    return taken, median(busy)


def bare(path: Path, queries: Sequence[tuple[str, tuple[Any, ...]]]) -> float:
    """The median of reading the same rows without anything else, in milliseconds."""
    store = sqlite3.connect(path)
    taken: list[float] = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for query, values in queries:
            store.execute(query, values).fetchall()
        taken.append((time.perf_counter() - begun) * 1000)
    store.close()
    return median(taken)


async def measure() -> None:
    """Print a line for each of the questions."""
    with tempfile.TemporaryDirectory() as folder:
        async with a_home(Path(folder)) as home:
            await home.says(OWNER, "早")
            number = await fill(home)
            await ask_all(home, Path(folder) / "data" / "qungui.db", number)


async def ask_all(home: Home, path: Path, number: int) -> None:
    group, house = home.group, home.house
    assert group.id is not None
    row = await models.Group.get(id=group.id)
    parent = await models.Account.get(user_id=PARENT)
    of_parent = (group.id, parent.id)
    records = [
        ('SELECT * FROM "case" WHERE group_id=? AND account_id=? ORDER BY id DESC LIMIT 10', of_parent),
        ("SELECT * FROM request WHERE group_id=? AND account_id=? AND state='open'", of_parent),
        ('SELECT weight, created_at, live_until FROM "case" WHERE group_id=? AND account_id=?',
         of_parent),
    ]  # fmt: skip
    open_ = [
        (
            'SELECT * FROM request LEFT JOIN "case" ON "case".id=request.case_id '
            "LEFT JOIN account ON account.id=request.account_id "
            "WHERE request.group_id=? AND request.state='open' ORDER BY request.id",
            (group.id,),
        )
    ]
    reviews = [
        (f"{open_[0][0].split(' ORDER')[0]} AND request.kind='review'", (group.id,)),
    ]
    one = [
        ('SELECT * FROM "case" WHERE group_id=? AND number=?', (group.id, number)),
        ('SELECT * FROM act WHERE case_id=(SELECT id FROM "case" WHERE group_id=? AND number=?)',
         (group.id, number)),
    ]  # fmt: skip
    due = [
        ("SELECT group_id FROM mute WHERE live_key IS NOT NULL", ()),
        ("SELECT group_id FROM request WHERE state='open' AND expires_at<=?", (row.created_at,)),
        ("SELECT id FROM act WHERE state IN ('requested', 'attempting')", ()),
    ]

    async def minute() -> None:
        await house.executor.recover(older_than=60)
        await house.retention.minute()
        await house.audit.seal()
        await house.reconciler.due()
        await house.reconciler.minute(group)

    def says(user: str, words: str, where: GroupKey | None = CLASS) -> Callable[[], Awaitable[Any]]:
        async def ask() -> None:
            home.platform.done.clear()
            await home.says(user, words, group=where)
            assert home.platform.done, "it was not answered"

        return ask

    asked: list[tuple[str, Callable[[], Awaitable[Any]], Sequence[Any]]] = [
        ("/record, own, in the group", says(PARENT, "/record"), records),
        ("/record, own, in private", says(PARENT, "/record", None), records),
        ("/record, a teacher's of somebody", says(OWNER, f"/record {PARENT}"), records),
        ("/case n", says(OWNER, f"/case {number}"), one),
        ("/review", says(OWNER, "/review"), open_),
        ("/todo", says(OWNER, "/todo"), open_),
        ("/queue", says(OWNER, "/queue"), reviews),
        ("/inspect, what is gathered", lambda: gather(house, row), open_),
        ("the minute", minute, due),
    ]
    print(f"{CASES:,} cases | median ms | p95 ms | CPU ms | bare sqlite3 ms | times")
    for what, work, queries in asked:
        async with home.statements() as seen:
            await work()
        taken, busy = await timed(work)
        slow, peer = quantiles(taken, n=20)[-1], bare(path, queries)
        middle = median(taken)
        print(
            f"{what} | {middle:.1f} | {slow:.1f} | {busy:.1f} | {peer:.2f} | {middle / peer:.0f}"
            f" | {len(seen)} queries",
            flush=True,
        )


if __name__ == "__main__":
    asyncio.run(measure())
