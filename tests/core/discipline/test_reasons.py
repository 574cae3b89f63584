"""A case printed whole: for who decides, for whom it is about, and for a machine."""

from __future__ import annotations

from datetime import timedelta
import json
from typing import TYPE_CHECKING

from src.core.discipline import statement
from src.core.discipline.texts import RANKS
from src.core.people import Rank
from src.core.store import in_transaction, models
from src.core.store.rows import account_row
from tests.houses import AD, ADMIN, OWNER, PARENT, PARENTS, Home, a_home, account

if TYPE_CHECKING:
    from pathlib import Path


async def answered(home: Home, user: str, text: str, *, private: bool = False) -> str:
    """What somebody is told in private after writing this."""
    home.platform.done.clear()
    await home.says(user, text, **({"group": None} if private else {}))
    return "\n".join([*home.platform.whispered(user), *home.platform.said()])


def test_every_rank_has_a_name() -> None:
    assert {rank.name.lower() for rank in Rank} <= RANKS.keys()


async def test_an_automatic_case_says_all_it_rests_on(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(PARENT, AD)
        case = await models.Case.get()
        whole = await statement(home.house, home.group, case)
        text = whole.text()
        for part in (
            f"案件 {home.group.id}-{case.number}",
            f"qq/{PARENT}",
            "第 1 版（11月3日",
            "三.2 ",
            "内容过滤",
            f"词库 {case.lexicon}",
            f"摘录：{case.excerpt}",
            "撤回：已完成",
            "权重 1",
            f"申诉 {home.group.id}-{case.number} 理由",
        ):
            assert part in text, part
        assert AD not in text
        clause = next(c for c in home.group.policy.clauses if c.number == "三.2")  # type: ignore[union-attr]
        assert clause.text in text

        held = json.loads(json.dumps(whole.json(), ensure_ascii=False))
        assert (held["format"], held["item"]) == (1, f"{home.group.id}-1")
        assert (held["found"], held["role"], held["state"]) == ("auto", "", "active")
        assert held["policy"]["version"] == 1
        assert [one["number"] for one in held["clauses"]] == ["三.2"]
        assert held["appeal"]["open"]
        assert held["appeal"]["until"] in (None, "2026-11-10T04:00:00+00:00")
        assert {act["kind"]: act["state"] for act in held["acts"]}["withdraw"] == "confirmed"
        assert set(held) == {
            *("format", "item", "group", "group_name", "number", "made", "about", "observed"),
            *("excerpt", "reason", "clauses", "policy", "found", "plugin", "application"),
            *("lexicon", "step", "role", "acts", "ladder", "weight", "counts_until", "live"),
            *("state", "closed", "closed_role", "closed_reason", "history", "appeal"),
        }

        # In the group in short; in private whole, also for whom it is about, and for nobody else.
        assert "全文" in await answered(home, OWNER, "/case 1")
        item = f"{home.group.id}-1"
        assert text == await answered(home, OWNER, f"/case {item} 全文", private=True)
        own = await answered(home, PARENT, f"/case {item}", private=True)
        assert "对象：您" in own
        own = await answered(home, PARENT, f"/case {item} 全文", private=True)
        assert f"qq/{PARENT}" not in own
        assert "摘录" in own
        for number in ("1", "99"):
            refused = await answered(
                home, PARENTS[1], f"/case {home.group.id}-{number}", private=True
            )
            assert "三.2" not in refused
            assert refused == await answered(
                home, PARENTS[1], f"/case {home.group.id}-77", private=True
            )
        assert "全文" in await answered(home, OWNER, "/case 1 整个")


async def test_what_people_decided_is_told_by_role(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(ADMIN, f"/mute @{PARENT} 2h 反复刷屏")
        case = await models.Case.get()
        async with in_transaction():
            reporter = await account_row(account(PARENTS[3]))
            report = await models.Request.create(
                group_id=home.group.id, number=50, kind="report", case=case, account=reporter,
                reason="是真的", created_at=home.house.records.now(),
            )  # fmt: skip
            decider = await account_row(account(OWNER))
            await home.house.records.close(report, "confirmed", decider, reason="是真的")
            asked = await home.house.tell.notice(home.group, decider, "请您看看", case=case)
        home.house.executor.submit(asked)
        await answered(home, PARENT, f"申诉 {home.group.id}-1 我没有", private=True)
        async with in_transaction():
            lighter = await home.house.orders.close(
                home.group, case, account(ADMIN), "轻一点", state="reduced"
            )
        home.house.executor.submit(lighter or [])
        await home.advance(60)
        acts = await home.house.orders.pardon(home.group, case, account(OWNER), "看错了")
        home.house.executor.submit(acts)
        await home.settled()
        case = await models.Case.get(id=case.id)
        whole = await statement(home.house, home.group, case)
        text = whole.text()
        assert "由群管理员认定" in text
        assert "反复刷屏" in text
        assert "禁言，到 11月3日 14:00 为止：已完成" in text
        assert "#50 举报" in text
        assert "由群主决定；理由：是真的" in text
        state = next(line for line in text.splitlines() if "状态：已撤销" in line)
        assert "由群主决定" in state
        appeal = next(line for line in text.splitlines() if " 申诉，" in line)
        assert "由群管理员决定" in appeal
        # What others were told in private was not done to whom it is about.
        mine = models.Act.filter(case_id=case.id, kind="whisper", account_id=case.account_id)
        assert text.count("私聊提醒：") == await mine.count()
        assert await models.Act.filter(case_id=case.id, kind="whisper").count() > await mine.count()
        assert "理由：看错了" in text
        assert "申诉 " not in text.splitlines()[-1]
        for user in (OWNER, ADMIN, PARENTS[3]):
            assert user not in text
        to_subject = whole.for_subject().text()
        assert "举报，" not in to_subject.replace("有人举报", "")
        assert "是真的" not in to_subject
        assert not whole.json()["appeal"]["open"]
        # Before there was an audit log, people decided too.
        await models.AuditValue.all().delete()
        await models.AuditEntry.all().delete()
        case = await models.Case.get(id=case.id)
        before = (await statement(home.house, home.group, case)).text()
        assert "由管理人员认定" in before
        assert "由管理人员决定；理由：是真的" in before
        # What was kept for its time only is not made up.
        home.clock.move_to(home.clock.now() + timedelta(days=400).total_seconds())
        await home.settled()
        gone = await statement(home.house, home.group, await models.Case.get(id=case.id))
        assert gone.about == gone.reason == ""
        assert "对象" not in gone.text()


async def test_a_guardian_reads_the_student_s_case(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.house.rosters.link(home.group, "三年级二班")
        assert home.group.class_id is not None
        student = await models.Person.create(
            school_class_id=home.group.class_id, kind="student", name="陈晨",
            created_at=home.house.records.now(),
        )  # fmt: skip
        async with in_transaction():
            for user, relation in ((PARENT, ""), (PARENTS[1], "妈妈")):
                row = await account_row(account(user))
                await home.house.rosters.bind(row, student.id, relation, "manager", None)
        await home.house.rosters.reload(home.group.class_id)
        await home.says(PARENT, AD)
        item = f"{home.group.id}-1"
        assert "三.2" in await answered(home, PARENTS[1], f"/case {item}", private=True)
        assert "三.2" not in await answered(home, PARENTS[2], f"/case {item}", private=True)
        # It is not the other way round.
        await home.says(PARENTS[1], AD + "！")
        assert "三.2" not in await answered(home, PARENT, f"/case {home.group.id}-2", private=True)
