"""What several people do at once to one case, on PostgreSQL: nothing waits for itself, and one decides."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from src.core.discipline import Answered, NotAllowed, Terms
from src.core.people import Rank, Role
from src.core.store import in_transaction, models
from tests.houses import AD, CLASS, PARENTS, a_home, account
from tests.stores import needs_postgres

from .test_course import adopt
from .test_joint import HEAD, LEADER, with_school

if TYPE_CHECKING:
    from pathlib import Path

    from src.core.discipline import Verdict

TEACHERS = ("710", "711", "712")


@needs_postgres
async def test_at_once_nothing_waits_for_itself(tmp_path: Path) -> None:
    async with a_home(tmp_path, kind="postgres") as home:
        house, group = home.house, home.group
        with_school(home)
        for user in TEACHERS:
            home.platform.join(user, "老师")
            house.people.grant(CLASS, account(user), Role.TEACHER)
        await adopt(home, [{"step": "remove", "confirm": 2}])
        for user in PARENTS[:2]:
            await home.says(user, AD)
        first, second = await models.Request.filter(kind="remove").order_by("id")

        async def agree(request: models.Request, user: str) -> Answered:
            found = await house.requests.find(group, request.number)
            assert found is not None
            return await house.requests.confirm(group, found, account(user), Rank.TEACHER, "是广告")

        answers = await asyncio.gather(*(agree(first, user) for user in TEACHERS))
        assert sorted(one.state for one in answers) == ["confirmed", "confirmed", "open"]
        case = await models.Case.get(id=second.case_id)
        await asyncio.gather(
            *(agree(second, user) for user in TEACHERS),
            house.orders.pardon(group, case, account(HEAD), "看错了"),
            house.requests.lapse(group),
            house.audit.seal(),
        )
        await home.settled()
        assert (await models.Case.get(id=case.id)).state == "reversed"

        await home.says(PARENTS[0], "申诉 我没有发广告", group=None)
        appeal = await models.Request.get(kind="appeal")

        async def decide(user: str, verdict: Verdict) -> str:
            found = await house.appeals.numbered(group, appeal.number)
            assert found is not None
            try:
                answered = await house.appeals.decide(
                    group, found, account(user), Rank.LEADER, verdict, "看过原消息"
                )
            except NotAllowed:
                return ""
            return answered.state

        async def add_or_withdraw(*, add: bool) -> None:
            found = await house.appeals.numbered(group, appeal.number)
            assert found is not None
            assert found.case is not None
            try:
                async with in_transaction():
                    me = account(PARENTS[0])
                    if add:
                        await house.appeals.file(group, found.case, me, "再说一句", ["1"], Terms())
                    else:
                        await house.appeals.withdraw(group, found, me)
            except NotAllowed:
                pass

        states = await asyncio.gather(
            decide(LEADER, "upheld"),
            decide(HEAD, "revoked"),
            add_or_withdraw(add=True),
            add_or_withdraw(add=False),
            house.requests.lapse(group),
            house.audit.seal(),
        )
        appeal = await models.Request.get(id=appeal.id)
        assert appeal.state != "open"
        assert {one for one in states[:2] if one} <= {appeal.state}

        # Several who report the same at once have one report, and none of them decides it.
        home.hears(PARENTS[4], "你这个人真是坏透了", message_id="bad")
        await home.settled()
        for user in PARENTS[5:8]:
            home.hears(user, "/report 骂人", reply_to="bad")
        for user in PARENTS[5:8]:
            home.hears(user, f"/report {PARENTS[4]} 骂人", group=None)
        await home.settled()
        reports = await models.Request.filter(kind="report")
        assert len(reports) == len({one.payload["same"] for one in reports})
        for request in reports:
            made = await models.Report.filter(request=request).select_related("account")
            parts = [user for _, user in request.payload["without"]]
            assert {one.account.user_id for one in made} <= set(parts)
        assert (await house.audit.verify()).fault is None
