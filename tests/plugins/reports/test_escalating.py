"""What is passed up, by hand and in time, and its register (01.5.3, 05.5.2, 07.6.2, 21.2.1.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.events import GroupKey, PlatformRole
from src.core.discipline.levels import Level
from src.core.store import in_transaction, models
from tests.houses import ADMIN, OWNER, PARENT, PARENTS, a_home

from .test_complaints import DAY, HEAD, LEADER, OTHER, ROOT, THIRD, staffed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.houses import Home

SECOND = GroupKey("qq", "2")


async def last() -> models.Request:
    found = await models.Request.filter(kind="escalation").order_by("-id").first()
    assert found is not None
    return found


async def a_case(home: Home, by: str, who: str) -> models.Case:
    await home.says(by, f"/警告 {who} 请注意")
    found = await models.Case.all().order_by("-id").first()
    assert found is not None
    return found


async def test_a_case_goes_up_by_hand_and_in_time_and_is_closed_with_words(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=[ROOT]) as home:
        staffed(home)
        case = await a_case(home, ADMIN, THIRD)
        await home.says(PARENT, f"/上报 {case.number} 很严重")
        assert not await models.Request.exists(kind="escalation")
        await home.says(ADMIN, f"上报 1-{case.number} 很严重", group=None)
        request = await last()
        assert "班主任" in home.platform.whispered(ADMIN)[-1]
        assert "很严重" in home.platform.whispered(HEAD)[-1]
        assert home.platform.whispered(LEADER) == []
        await home.says(HEAD, f"上报 1-{case.number}", group=None)
        assert "已经上报" in home.platform.whispered(HEAD)[-1]

        # The register: whoever manages here reads it; the class does not.
        for user, shown in ((ADMIN, True), (HEAD, True), (LEADER, True), (PARENT, False)):
            await home.says(user, "上报", group=None)
            assert (f"1-{request.number}" in home.platform.whispered(user)[-1]) is shown, user

        # Not by who passed it up, nor by whom it is about; the head teacher has a day.
        for user in (ADMIN, THIRD):
            await home.says(user, f"完成 1-{request.number} 好了", group=None)
            assert (await last()).state == "open"
        await home.advance(DAY + 600)
        assert (await last()).level == Level.SCHOOL
        assert "很严重" in home.platform.whispered(LEADER)[-1]
        await home.says(HEAD, f"完成 1-{request.number} 好了", group=None)
        assert (await last()).state == "open"
        await home.says(LEADER, "上报", group=None)
        assert "1 天前" in home.platform.whispered(LEADER)[-1]
        assert "在学校那里" in home.platform.whispered(LEADER)[-1]
        await home.says(LEADER, f"完成 1-{request.number} 已约谈家长", group=None)
        assert ((await last()).state, (await last()).reason) == ("confirmed", "已约谈家长")
        assert "已约谈家长" in home.platform.whispered(ADMIN)[-1]
        await home.says(LEADER, f"完成 1-{request.number} 再来", group=None)
        assert "已经有结果" in home.platform.whispered(LEADER)[-1]
        await home.says(LEADER, "上报", group=None)
        assert "没有" in home.platform.whispered(LEADER)[-1]


async def test_it_is_chased_at_the_top_until_somebody_closes_it(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=[ROOT]) as home:
        staffed(home)
        case = await a_case(home, ADMIN, THIRD)
        # The head teacher's own goes to the school; and by hand further.
        await home.says(HEAD, f"/上报 {case.number} 请学校处理")
        assert (await last()).level == Level.SCHOOL
        number = (await last()).number
        await home.says(LEADER, f"上报 1-{number} 请系统管理员看", group=None)
        assert (await last()).level == Level.OPERATOR
        await home.says(ROOT, f"上报 1-{number}", group=None)
        assert "没有再高" in home.platform.whispered(ROOT)[-1]
        before = len(home.platform.whispered(ROOT))
        await home.advance(11 * DAY)
        assert (await last()).state == "open"
        assert len(home.platform.whispered(ROOT)) >= before + 2
        await home.says(ROOT, f"驳回 1-{number} 不用处理", group=None)
        assert (await last()).state == "refused"
        assert "不用处理" in home.platform.whispered(HEAD)[-1]


async def test_reports_go_up_by_hand_and_their_subject_sees_no_register(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=[ROOT]) as home:
        staffed(home)
        await home.says(THIRD, "今天作业好多", message_id="m1")
        await home.says(PARENT, "/举报 不好", reply_to="m1")
        report = await models.Request.get(kind="report")
        await home.says(ADMIN, f"/上报 {report.number} 我拿不准")
        report = await models.Request.get(id=report.id)
        assert report.level == Level.HEAD
        assert "举报" in home.platform.whispered(HEAD)[-1]
        # Who stands too low to decide it reads it in no list, nor does an admin not seen before.
        home.platform.join("805", "群管", PlatformRole.ADMIN)
        for words in ("上报", "待办"):
            for user in (ADMIN, "805"):
                await home.says(user, words, group=None)
                assert f"1-{report.number}" not in home.platform.whispered(user)[-1]
        await home.says(HEAD, "上报", group=None)
        assert f"1-{report.number}" in home.platform.whispered(HEAD)[-1]
        await home.says(ADMIN, f"/确认 {report.number} 违规")
        assert (await models.Request.get(id=report.id)).state == "open"
        # Of a complaint that went up whom it is about reads nothing, nor can they move it.
        await home.says(PARENT, "投诉 何老师 不公", group=None)
        complaint = await models.Request.get(kind="complaint")
        for words in ("上报", f"上报 1-{complaint.number}"):
            await home.says(ADMIN, words, group=None)
        assert all(f"1-{complaint.number}" not in one for one in home.platform.whispered(ADMIN))
        assert (await models.Request.get(id=complaint.id)).level == Level.HEAD
        # A teacher's own case is passed up without them.
        await home.says(HEAD, f"/警告 {ADMIN} 请注意")
        case = await models.Case.get()
        await home.says(ADMIN, f"/上报 {case.number}")
        assert not await models.Request.exists(kind="escalation")
        async with in_transaction():
            acts = await home.house.escalations.open(home.group, case, what="案件（严重）")
            again = await home.house.escalations.open(home.group, case, what="案件（严重）")
        home.house.executor.submit(acts)
        await home.settled()
        assert again == []
        await home.says(ADMIN, "上报", group=None)
        assert "严重" not in home.platform.whispered(ADMIN)[-1]


async def test_a_leader_sees_all_groups_and_words_find_their_group(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=[ROOT]) as home:
        staffed(home)
        for user, name in ((OWNER, "孙老师"), (PARENTS[4], "周可妈妈"), (THIRD, "孙强妈妈")):
            which = PlatformRole.OWNER if user == OWNER else PlatformRole.MEMBER
            home.platform.join(user, name, which, group=SECOND)
        home.platform.names[SECOND] = "三年级三班"
        await home.says(OWNER, "/policy use text-only-parents", group=SECOND)
        case = await a_case(home, ADMIN, PARENTS[4])
        await home.says(ADMIN, f"/上报 {case.number} 第一件")
        await home.says(OWNER, f"/警告 {PARENTS[4]} 请注意", group=SECOND)
        other = home.house.groups.get(SECOND)
        case = await models.Case.get(group_id=other.id)
        await home.says(OWNER, f"/上报 {case.number} 第二件", group=SECOND)
        await home.says(LEADER, "上报", group=None)
        register = home.platform.whispered(LEADER)[-1]
        assert "第一件" in register
        assert "第二件" in register
        await home.says(HEAD, "上报", group=None)
        assert "第二件" not in home.platform.whispered(HEAD)[-1]

        # Somebody who is in two groups copies a line; a whole line works at once.
        await home.says(THIRD, "举报 周可妈妈 总发广告", group=None)
        line = f"举报 {other.id} 周可妈妈 总发广告"
        assert line in home.platform.whispered(THIRD)[-1]
        await home.says(THIRD, line, group=None)
        assert (await models.Request.get(kind="report")).group_id == other.id
        await home.says(OTHER, "举报 周可妈妈 总发广告", group=None)
        assert await models.Request.filter(kind="report", group_id=1).count() == 1
