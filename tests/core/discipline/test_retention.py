"""What a policy keeps for a time is then gone by itself, and what still runs waits (09.3.3)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from src.core.audit import Audit
from src.core.clock import DrivenClock, to_datetime
from src.core.discipline import Learning, Records, Retention, Tell, precision
from src.core.groups import Groups
from src.core.people import People
from src.core.people.nobody import erased_row
from src.core.policy.pack import Retention as Kept
from src.core.schedule.calendar import Moment
from src.core.store import in_transaction, models
from src.core.store.rows import account_row
from tests.houses import AD, CLASS, NOON, OWNER, PARENT, Home, a_home, account
from tests.stores import KINDS, a_store

if TYPE_CHECKING:
    from pathlib import Path

    from src.core.groups import Group

DAY = 86_400
_FACTS = {"terms": ["加微信"], "name": "陈晨"}


class _Place:
    """A group on a store of any kind, without a house."""

    def __init__(self) -> None:
        self.clock = DrivenClock(NOON)
        self.groups = Groups()
        people = People(())
        self.audit = Audit(self.clock, people)
        self.records = Records(
            clock=self.clock, timezone="Asia/Shanghai", groups=self.groups, audit=self.audit
        )
        self.learning = Learning(records=self.records, tell=Tell(self.clock, people, self.records))
        self.retention = Retention(self.records, self.groups, "Asia/Shanghai")
        self.group: Group = self.groups.get(CLASS)

    async def case(self, user: str, *, life: int = 30, **facts: Any) -> models.Case:
        given: dict[str, Any] = {
            "step": "mute",
            "clause": "三.2",
            "clauses": [{"number": "三.2", "plugin": "content_filter", "facts": _FACTS}],
            "plugin": "content_filter",
            "source": "auto",
            "reason": "陈晨说的",
            "excerpt": "加微信",
            "excerpt_until": self.records.now() + timedelta(days=30),
            "message_key": f"key/{user}/{self.clock.now()}",
            "live_until": self.records.now() + timedelta(days=life),
            **facts,
        }
        async with in_transaction():
            return await self.records.new_case(
                self.group, await account_row(account(user)), **given
            )

    async def request(self, case: models.Case | None, kind: str, state: str) -> models.Request:
        request = await models.Request.create(
            group_id=self.group.id,
            number=1000 + await models.Request.all().count(),
            kind=kind,
            case=case,
            account=await account_row(account(PARENT)),
            decided_by=await account_row(account(OWNER)),
            payload={"reason": "不是我", "clause": "三.2", "plugin": "x", "facts": _FACTS},
            agreed=[1],
            reason="写得清楚",
            state=state,
            created_at=self.records.now(),
            decided_at=None if state == "open" else self.records.now(),
        )
        await models.Report.create(
            request=request,
            account=await account_row(account("105")),
            reason="骂人",
            created_at=self.records.now(),
        )
        await models.Evidence.create(
            group_id=self.group.id,
            request=request,
            by=await account_row(account("105")),
            kind="picture",
            value="file-1",
            digest="d",
            created_at=self.records.now(),
        )
        return request


@pytest.mark.parametrize("kind", KINDS)
async def test_names_go_counts_stay_and_what_runs_waits(kind: str, tmp_path: Path) -> None:
    async with a_store(kind, tmp_path):
        place = _Place()
        await place.records.row_of(place.group)
        row, now = await account_row(account(PARENT)), place.records.now()
        old = await place.case(PARENT)
        closed = await place.request(old, "appeal", "upheld")
        refused = await place.request(None, "review", "refused")
        reversed_ = await place.case("102", state="reversed")
        waits = {
            "live": await place.case("103", life=400),
            "appealed": await place.case("104"),
            "blocked": await place.case("105"),
            "suspended": await place.case("106", state="suspended"),
            "may go on to the school": await place.case("107"),
        }
        await place.request(waits["appealed"], "appeal", "open")
        common: dict[str, Any] = {"group_id": place.group.id, "created_at": now}
        await models.Block.create(
            account_id=waits["blocked"].account_id, case=waits["blocked"], live_key="1/9", **common
        )
        for case in (old, waits["live"]):
            at = {"not_after": now, "not_before": now, "updated_at": now}
            await models.Act.create(
                account=row, case=case, kind="mute", state="confirmed", payload={"a": 1},
                **at, **common,
            )  # fmt: skip
            await models.Notice.create(account=row, case=case, text="陈晨", state="sent", **common)
            await models.Mute.create(
                group_id=place.group.id,
                account=row,
                case=case,
                since=now,
                until=now,
                ended="lifted",
            )
        await models.JoinAttempt.create(account=row, outcome="factor", **common)
        # Not yet: the excerpts' time alone is over, and names are kept for longer.
        place.clock.move_to(NOON + 31 * DAY)
        counts = await place.retention.clear(place.group, Kept())
        assert {name for name, count in counts.items() if count} == {"excerpts"}
        kept = {case.id for case in await models.Case.exclude(excerpt="")}
        assert kept == {waits["appealed"].id, waits["suspended"].id}
        assert await models.Case.filter(account=row).count() == 1

        place.clock.move_to(NOON + 170 * DAY)
        await place.request(waits["may go on to the school"], "appeal", "upheld")
        facts = (await precision(place.group.id or 0)).copy()
        place.clock.move_to(NOON + 181 * DAY)
        counts = await place.retention.clear(place.group, Kept())
        assert {name: count for name, count in counts.items() if count} == {
            "cases": 2,
            "requests": 2,
            "acts": 1,
            "attempts": 1,
            "evidence": 2,
            "reports": 2,
            "notices": 1,
            "audit": 7,
        }
        nobody = await erased_row()
        for case in (old, reversed_):
            after = await models.Case.get(id=case.id)
            assert (after.account_id, after.reason, after.excerpt) == (nobody.id, "", "")
            assert after.message_key is None
            assert (after.number, after.clause, after.step) == (case.number, "三.2", "mute")
            assert (after.state, after.created_at) == (case.state, case.created_at)
            assert after.clauses[0]["facts"] == {"terms": ["加微信"]}
        assert {m.account_id for m in await models.Mute.all()} == {row.id, nobody.id}
        for case in waits.values():
            assert (await models.Case.get(id=case.id)).account_id == case.account_id
        for request in (closed, refused):
            after = await models.Request.get(id=request.id)
            assert (after.account_id, after.decided_by_id, after.reason) == (nobody.id, None, "")
            assert (after.kind, after.state) == (request.kind, request.state)
            assert "不是我" not in str(after.payload)
            assert "陈晨" not in str(after.payload)
        # What was counted is counted as before.
        assert await precision(place.group.id or 0) == facts
        assert (
            sum(one.value == "" and one.digest == "d" for one in await models.Evidence.all()) == 2
        )

        # Nothing is cleared twice; the log has a line for each time, and its chain still fits.
        again = await place.retention.clear(place.group, Kept())
        assert not any(again.values())
        entries = await models.AuditEntry.filter(kind="cleared").order_by("id")
        assert entries[1].facts["cases"] == 2
        assert entries[2].facts == {}
        assert (await place.audit.verify()).fault is None


async def test_it_runs_by_itself_at_the_time_the_policy_names(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:

        async def cleared() -> int:
            return await models.AuditEntry.filter(kind="cleared").count()

        assert await cleared() == 0
        await home.says(PARENT, AD)
        await home.advance(20 * 3600)
        assert await cleared() == 1
        await home.advance(3600)
        assert await cleared() == 1
        # Many days at once, as after a downtime: once, and the excerpt goes.
        assert await models.Case.exclude(excerpt="").count() == 1
        home.clock.move_to(home.clock.now() + 31 * DAY)
        await home.settled()
        assert await cleared() == 2
        assert await models.Case.exclude(excerpt="").count() == 0
        home.clock.move_to(home.clock.now() + 200 * DAY)
        await home.settled()
        await _says_whose_it_was(home)


async def _says_whose_it_was(home: Home) -> None:
    case = await models.Case.get().select_related("account")
    assert case.account.namespace == "erased"
    await home.says(OWNER, f"/case {case.number}")
    assert PARENT not in home.platform.whispered(OWNER)[-1]
    home.platform.done.clear()
    await home.says(OWNER, f"/pardon {case.number} 早该撤销")
    assert (await models.Case.get()).state == "reversed"
    assert {done.account for done in home.platform.done} <= {None, account(OWNER)}
    await home.says(PARENT, "/record")
    assert "没有" in home.platform.whispered(PARENT)[-1]


def test_a_moment_of_the_week() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    noon = to_datetime(NOON).astimezone(zone)  # A Tuesday.
    for written, said, last in (
        ("周日 03:00", "周日 03:00", "11-01 03:00"),
        ("03:00", "每天 03:00", "11-03 03:00"),
        ("daily 12:00", "每天 12:00", "11-03 12:00"),
        ("每天 12:01", "每天 12:01", "11-02 12:01"),
        ("Mon,Thu 4:30", "周一和周四 04:30", "11-02 04:30"),
        ("周二 12:01", "周二 12:01", "10-27 12:01"),
    ):
        moment = Moment.read(written)
        assert moment.written() == said
        assert Moment.read(said) == moment
        assert f"{moment.last(noon):%m-%d %H:%M}" == last
    for wrong in ("", "周日", "周八 03:00", "24:00", "3:60", "周日 3:00-4:00"):
        with pytest.raises(ValueError, match="「"):
            Moment.read(wrong)
