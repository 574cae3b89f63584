"""A file beside the roster, and what becomes of it in the store."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from src.core.audit import Audit
from src.core.chat.events import GroupKey
from src.core.clock import DrivenClock
from src.core.groups import Groups
from src.core.people import People
from src.core.people.codes import hand_out, without_account
from src.core.people.erasing import erase, export_person
from src.core.people.importing import (
    as_payload,
    close,
    compare,
    from_payload,
    people_of,
    take_over,
)
from src.core.people.roster import ClassRoster, Person, PersonKind
from src.core.people.sheets import read_sheet, rows_of
from src.core.people.tables import write_csv
from src.core.store import in_transaction, models
from src.core.store.rows import FIRST_SCHOOL
from tests.stores import KINDS, a_store

if TYPE_CHECKING:
    from pathlib import Path

    from src.core.people.importing import Comparison

STUDENT, GUARDIAN, TEACHER, STAFF = PersonKind
TODAY = date(2026, 11, 3)
NOW = datetime(2026, 11, 3, 4, tzinfo=UTC)
MING = Person(1, STUDENT, "张小明", "01")
FATHER = Person(2, GUARDIAN, "张三", relation="爸爸", student=1)
FANG = Person(3, STUDENT, "王芳", "02")
YUE = Person(4, TEACHER, "孙悦", subject="语文")
LEFT = Person(5, STUDENT, "赵云", "05", until=date(2026, 9, 1))
CLASS = [MING, FATHER, FANG, YUE, LEFT]


def said(found: Comparison) -> tuple[list[str], list[str], list[str], int]:
    """Who is new, what changes of whom, and who is gone; by name."""
    return (
        [one.name for one in found.added],
        [f"{one.old.name}:{','.join(one.fields)}" for one in found.changed],
        [one.name for one in found.gone],
        found.unchanged,
    )


@pytest.mark.parametrize(
    ("text", "added", "changed", "gone", "unchanged"),
    [
        ("姓名,学号\n张小明,01\n王芳,02\n", [], [], [], 2),
        # The number is the same: another name keeps the entry, and zeros get lost.
        ("姓名,学号\n张晓明,1\n王芳,2\n", [], ["张小明:name"], [], 1),
        # The name is one person's: another number keeps it too.
        ("姓名,学号\n张小明,11\n王芳,12\n", [], ["张小明:number", "王芳:number"], [], 0),
        ("姓名\n张小明\n王芳\n", [], [], [], 2),
        # Numbers first: the one of the same name with another number is somebody else.
        ("姓名,学号\n张小明,09\n张小明,01\n王芳,02\n", ["张小明"], [], [], 2),
        ("姓名,学号\n张小明,01\n", [], [], ["王芳"], 1),
        ("姓名,学号\n王芳,02\n", [], [], ["张小明", "张三"], 1),
        ("姓名,学号,父亲\n张小明,01,张四\n王芳,02,\n", [], ["张三:name"], [], 2),
        ("姓名,学号,母亲\n张小明,01,李四\n王芳,02,\n", ["李四"], [], ["张三"], 2),
        # Somebody comes back; under another number it is another child.
        ("姓名,学号\n张小明,01\n王芳,02\n赵云,05\n", [], ["赵云:until"], [], 2),
        ("姓名,学号\n张小明,01\n王芳,02\n赵云,06\n", ["赵云"], [], [], 2),
        ("教师,学科\n孙悦,数学\n", [], ["孙悦:subject"], [], 0),
        ("姓名,身份\n孙悦,保育员\n", [], ["孙悦:kind"], [], 0),
        # Guardians alone, of a student whom only the roster has: the others' are not gone.
        ("姓名,身份,学生姓名,关系\n李四,家长,张小明,妈妈\n张三,家长,张小明,爸爸\n", ["李四"], [], [], 1),
        ("姓名,身份,学生姓名,关系\n李四,家长,王芳,妈妈\n", ["李四"], [], [], 0),
        ("姓名,学号,离校日期\n张小明,01,2026-10-01\n王芳,02,\n", [], ["张小明:until"], [], 1),
    ],
)  # fmt: skip
def test_who_is_new_changed_and_gone(
    text: str, added: list[str], changed: list[str], gone: list[str], unchanged: int
) -> None:
    found = compare(CLASS, read_sheet(text.encode()), TODAY)
    assert found.faults == ()
    assert said(found) == (added, changed, gone, unchanged)


def test_a_guardian_of_nobody_in_the_class_is_a_fault() -> None:
    for student in ("李雷", "赵云"):
        found = compare(
            CLASS, read_sheet(f"姓名,身份,学生姓名\n李四,家长,{student}\n".encode()), TODAY
        )
        assert [fault.where for fault in found.faults] == ["第 2 行"]


def test_an_end_that_is_known_already_stays() -> None:
    people = [Person(1, STUDENT, "张小明", "01", until=date(2027, 7, 1), since=date(2024, 9, 1))]
    assert compare(people, read_sheet("姓名\n张小明\n".encode()), TODAY).empty


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("张王李赵"), st.sampled_from("明芳"), st.integers(1, 99)),
        unique_by=lambda one: one[2],
        min_size=1,
        max_size=8,
    )
)
def test_a_roster_beside_itself_is_the_same(students: list[tuple[str, str, int]]) -> None:
    people = [
        Person(n, STUDENT, family + given, f"{number:02}")
        for n, (family, given, number) in enumerate(students, 1)
    ]
    sheet = read_sheet(write_csv(rows_of(people)))
    found = compare(people, sheet, TODAY)
    assert found.empty
    assert found.unchanged == len(people)
    assert compare(people, from_payload(as_payload(sheet)), TODAY).digest == found.digest


TABLE = "姓名,学号,父亲\n张小明,01,张三\n王芳,02,\n".encode()


async def a_class(name: str = "三年级二班") -> int:
    await models.School.bulk_create(
        [models.School(id=FIRST_SCHOOL, name="")], ignore_conflicts=True
    )
    return (await models.SchoolClass.create(school_id=FIRST_SCHOOL, name=name)).id


@pytest.mark.parametrize("kind", KINDS)
async def test_a_file_is_taken_over_whole_or_not_at_all(kind: str, tmp_path: Path) -> None:
    async with a_store(kind, tmp_path):
        class_id = await a_class()
        async with in_transaction():
            await take_over(class_id, read_sheet(TABLE), today=TODAY, now=NOW)
        first = await people_of(class_id)
        assert [(one.name, one.number, one.relation) for one in first] == [
            ("张小明", "01", ""),
            ("王芳", "02", ""),
            ("张三", "", "爸爸"),
        ]
        assert first[2].student == first[0].id

        # With a fault nothing is written.
        wrong = read_sheet("姓名,学号\n李雷,07\n王5,08\n".encode())
        async with in_transaction():
            found = await take_over(class_id, wrong, today=TODAY, now=NOW)
        assert found.faults
        assert await people_of(class_id) == first

        # A failure on the way leaves nothing half done.
        other = read_sheet("姓名,学号,母亲\n张晓明,1,李四\n李雷,07,\n".encode())
        with pytest.raises(RuntimeError):
            async with in_transaction():
                await take_over(class_id, other, today=TODAY, now=NOW)
                raise RuntimeError
        assert await people_of(class_id) == first

        async with in_transaction():
            await take_over(class_id, other, today=TODAY, now=NOW)
        second = {one.name: one for one in await people_of(class_id)}
        assert second["张晓明"].id == first[0].id
        assert second["张晓明"].number == "01"
        assert second["李四"].student == first[0].id
        assert second["王芳"].until == second["张三"].until == TODAY
        assert second["李雷"].until is None
        row = await models.SchoolClass.get(id=class_id)
        assert row.imported_at == row.changed_at == NOW


async def accounts_of(
    model: type[models.Case | models.Report | models.Notice],
) -> list[int]:
    """Whom the rows of a table are about."""
    return [one.account_id for one in await model.all().order_by("id")]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_family_is_closed_handed_out_and_erased_and_the_others_stay(
    kind: str, tmp_path: Path
) -> None:
    async with a_store(kind, tmp_path):
        class_id = await a_class()
        async with in_transaction():
            await take_over(class_id, read_sheet(TABLE), today=TODAY, now=NOW)
        ming, fang, father = await people_of(class_id)
        group = await models.Group.create(
            school_id=FIRST_SCHOOL, namespace="qq", group_id="1", class_id=class_id, created_at=NOW
        )
        # One parent of both children, and one of the first alone.
        both = await models.Account.create(namespace="qq", user_id="501")
        own = await models.Account.create(namespace="qq", user_id="502")
        for account, person in ((both, ming), (both, fang), (own, father)):
            await models.Identity.create(
                account=account, person_id=person.id, how="number", created_at=NOW,
                live_key=f"{account.id}/{person.id}",
            )  # fmt: skip
        for account in (both, own):
            await models.JoinAttempt.create(
                group=group, account=account, outcome="admitted", created_at=NOW
            )
        await models.Act.create(
            group=group, account=own, kind="set_card", payload={"card": "张小明爸爸"},
            state="requested", not_after=NOW, not_before=NOW, created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        await models.Case.create(
            group=group, number=1, account=own, plugin="anti_flood", step="warn", source="auto",
            live_until=NOW, created_at=NOW, reason="骂张小明", excerpt="张小明真笨",
        )  # fmt: skip
        # Another account, which nobody has bound, named the child, and so did an appeal.
        stranger = await models.Account.create(namespace="qq", user_id="503")
        for number, request, payload in (
            (2, "join", {"flag": "f", "comment": "张小明舅舅", "claims": []}),
            (3, "appeal", {"text": "是张小明先动手", "files": ["张小明.jpg", "a"]}),
        ):
            await models.Request.create(
                group=group, number=number, kind=request, account=stranger, payload=payload,
                state="open", created_at=NOW,
            )  # fmt: skip
        # What was reported, brought, told and logged; one case counts still, and is appealed.
        live = await models.Case.create(
            group=group, number=4, account=own, plugin="anti_flood", step="warn", source="auto",
            live_until=NOW + timedelta(days=9), created_at=NOW,
        )  # fmt: skip
        await models.Request.create(
            group=group, number=5, kind="appeal", account=own, case=live, created_at=NOW
        )
        closed = await models.Request.create(
            group=group, number=6, kind="report", account=stranger, state="refused",
            decided_by=own, created_at=NOW, agreed=[own.id, stranger.id],
            payload={"without": [["qq", "502"], ["qq", "503"]]},
        )  # fmt: skip
        waits = await models.Request.create(
            group=group, number=7, kind="report", account=stranger, created_at=NOW,
            payload={"without": [["qq", "502"]]},
        )  # fmt: skip
        await models.Report.create(request=waits, account=own, created_at=NOW)
        for account in (own, stranger):
            await models.Report.create(
                request=closed, account=account, reason="张小明骂人", created_at=NOW
            )
        await models.Evidence.create(
            group=group, request=closed, by=own, kind="picture", value="file", created_at=NOW
        )
        await models.Notice.create(group=group, account=own, text="您好", created_at=NOW)
        audit = Audit(DrivenClock(NOW.timestamp()), People(()))
        await audit.note("case.made", about=own, facts={"case": 1})
        await audit.note("request.closed", by=own, role="parent")
        # That somebody has reported them, and when, is not for them.
        reported = await models.Request.create(
            group=group, number=17, kind="report", account=own, created_at=NOW
        )
        await models.Evidence.create(
            group=group, request=reported, by=own, kind="message", value="话", created_at=NOW
        )
        await audit.note("request.opened", about=own, facts={"kind": "report"})
        await audit.note("case.made", about=both, facts={"case": 9})
        # Another school has a child of the same name.
        groups = Groups()
        elsewhere = groups.get(GroupKey("qq", "2"))
        groups.known(
            elsewhere,
            await models.Group.create(
                school=await models.School.create(id=FIRST_SCHOOL + 1, name="别的学校"),
                namespace="qq",
                group_id="2",
                created_at=NOW,
            ),
        )
        await audit.note("escalated", group=elsewhere, personal={"reason": "张小明打人"})
        roster = ClassRoster(class_id, "三年级二班", [ming, fang])
        assert without_account(roster) == [ming, fang]
        async with in_transaction():
            codes = await hand_out([ming, fang], now=NOW, days=7)
            assert await hand_out([ming, fang], now=NOW, days=9) == codes

        held = await export_person(ming.id)
        assert [one["name"] for one in held["名册"]] == ["张小明", "张三"]
        assert {one["account__user_id"] for one in held["账号"]} == {"501", "502"}
        assert len(held["入群次数"]) == len(held["通知"]) == len(held["入群码"]) == 1
        assert [len(held[name]) for name in ("案件", "待办", "审计记录")] == [2, 1, 1]
        assert [one["reason"] for one in held["提出的举报和投诉"]] == ["", "张小明骂人"]
        assert [one["value"] for one in held["提交的材料"]] == ["file"]

        await reported.delete()
        async with in_transaction():
            receipt = await erase(
                ming.id, class_id=class_id, now=NOW, today=TODAY, audit=audit, role="leader"
            )
        assert (receipt.people, receipt.identities, receipt.codes, receipt.texts) == (2, 2, 1, 6)
        counts = (receipt.cases, receipt.kept, receipt.reports, receipt.notices, receipt.entries)
        assert counts == (1, 1, 1, 1, 3)
        assert (receipt.number, receipt.waiting) == (1, 2)
        assert "第 1 号，2026年" in str(receipt)
        assert "案件 1 件、待办 2 件没有完结" in str(receipt)
        assert await people_of(class_id) == [fang]
        assert [one.account_id for one in await models.Identity.all()] == [both.id]
        assert [one.account_id for one in await models.JoinAttempt.all()] == [both.id]
        nobody = await models.Account.get(namespace="erased")
        assert await accounts_of(models.Case) == [nobody.id, own.id]
        assert await accounts_of(models.Report) == [own.id, stranger.id]
        assert await accounts_of(models.Notice) == []
        assert [one.by_id for one in await models.Evidence.all()] == [None]
        report = await audit.verify()
        assert (report.count, report.erased, report.fault) == (6, 3, None)
        assert await models.AuditValue.filter(group_id=elsewhere.id).count() == 1
        entry = await models.AuditEntry.all().order_by("-id").first()
        assert entry is not None
        assert (entry.facts["receipt"], entry.facts["role"]) == (1, "leader")
        act = await models.Act.get()
        assert (act.state, act.payload) == ("lapsed", {})
        for model in (models.Request, models.Case, models.Notice):
            assert all("张小明" not in str(one) for one in await model.all().values())
        join, appeal, mine, decided, waits = await models.Request.all().order_by("id")
        # Who had reported is not written in what is closed; whoever is to decide may not be one of them.
        assert (decided.payload, decided.agreed) == ({"without": [["qq", "503"]]}, [stranger.id])
        assert waits.payload == {"without": [["qq", "502"]]}
        assert (mine.account_id, mine.state, decided.decided_by_id) == (own.id, "open", None)
        assert (join.state, join.payload) == ("lapsed", {"flag": "f"})
        assert (appeal.state, appeal.payload["files"][1]) == ("open", "a")

        async with in_transaction():
            assert await close([fang], today=TODAY, now=NOW, class_id=class_id) == 1
        (fang,) = await people_of(class_id)
        assert not fang.is_here(TODAY)
