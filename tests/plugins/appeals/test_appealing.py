"""Filing an appeal: who may, with what, and what they read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.events import Kind, PlatformRole, Segment
from src.core.discipline import Level
from src.core.store import models
from src.core.store.rows import account_row
from tests.houses import AD, ADMIN, OWNER, account

from .homes import FATHER, LEADER, MOTHER, PUPIL, STRANGER, WHY, a_school, the_appeal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.houses import Home


def told(home: Home, user: str) -> str:
    return home.platform.whispered(user)[-1]


def pictures(*names: str) -> list[Segment]:
    return [Segment(Kind.IMAGE, name) for name in names]


async def test_the_family_appeals_and_adds_and_sees_how_it_stands(tmp_path: Path) -> None:
    async with a_school(tmp_path) as home:
        await home.says(PUPIL, AD)
        # The father, in the group; he is answered in private. With a picture.
        await home.says(
            FATHER, [Segment(Kind.TEXT, "/申诉 1 那是班级通知"), *pictures("a.png", "a.png")]
        )
        assert not home.platform.said()
        receipt = told(home, FATHER)
        assert "编号 #2（案件 #1），11月3日 12:00 收到" in receipt
        assert "11月6日 12:00 前答复" in receipt
        assert "由没有参与处理的老师或管理员复核" in receipt
        appeal = await the_appeal()
        assert (appeal.state, appeal.payload["reason"]) == ("open", "那是班级通知")
        assert appeal.account_id == (await models.Account.get(user_id=PUPIL)).id
        # Both who may decide are asked, and it is one's to answer.
        assert all(any("案件 #1 的申诉" in one for one in home.platform.whispered(user))
                   for user in (OWNER, ADMIN))  # fmt: skip
        assert appeal.assignee_id is not None

        # The mother adds to it by its own number, in private.
        await home.says(
            MOTHER,
            [Segment(Kind.TEXT, "申诉 1-2 老师可以作证"), *pictures("b.png", "c.png", "d.png")],
            group=None,
        )
        assert "已补充" in told(home, MOTHER)
        assert "图片最多留 3 张，这次记下 2 张" in told(home, MOTHER)
        evidence = await models.Evidence.all().order_by("id")
        assert [one.value for one in evidence] == ["a.png", "b.png", "c.png"]
        assert all(one.digest == home.house.audit.digest(one.value) for one in evidence)
        assert (await the_appeal()).payload["reason"] == "那是班级通知\n老师可以作证"
        # Said twice it is kept once, and what is too long is cut.
        await home.says(MOTHER, "申诉 1-1 老师可以作证", group=None)
        assert "没有新的补充" in told(home, MOTHER)
        await home.says(PUPIL, "申诉 1-1 " + "是" * 1200, group=None)
        assert "理由最多留 1000 字" in told(home, PUPIL)
        assert len((await the_appeal()).payload["reason"]) == 1000

        await home.says(PUPIL, "申诉 1-1", group=None)
        assert "11月6日 12:00 前答复" in told(home, PUPIL)
        assert "何老师" not in told(home, PUPIL)
        # Taken back, and filed anew while the time runs.
        await home.says(MOTHER, "申诉 1-2 撤回", group=None)
        assert told(home, MOTHER) == "申诉 #2 已撤回。"
        assert told(home, FATHER) == told(home, PUPIL)
        assert "已由家人撤回" in told(home, PUPIL)
        await home.says(PUPIL, "申诉 1-1", group=None)
        assert "没有在复核的申诉" in told(home, PUPIL)
        await home.says(PUPIL, "申诉 我再想了想还是要说", group=None)
        assert (await the_appeal()).number == 3
        assert await models.Request.filter(kind="appeal", state="open").count() == 1
        # To take it back and file it again has an end: all who decide are told each time.
        for _ in range(4):
            await home.says(PUPIL, "申诉 1-1 撤回", group=None)
            await home.says(PUPIL, "申诉 1-1 还是要说", group=None)
        assert await models.Request.filter(kind="appeal").count() == 4
        assert (await the_appeal()).state == "open"


async def test_nobody_else_appeals_or_learns_of_it(tmp_path: Path) -> None:
    async with a_school(tmp_path) as home:
        await home.says(PUPIL, AD)
        await home.says(MOTHER, "申诉 1-1 是通知", group=None)
        for words in ("申诉 1-1 帮他说说", "申诉 1-2", "申诉 1-2 撤回", "申诉 1-9 没有这个"):
            await home.says(STRANGER, words, group=None)
            assert "没有编号为 #" in told(home, STRANGER)
        await home.says(STRANGER, "申诉 我没有做错", group=None)
        assert "没有找到" in told(home, STRANGER)
        assert (await the_appeal()).payload["reason"] == "是通知"
        # Whose it was to answer has left the group: who is there still is told.
        first = await models.Account.get(id=(await the_appeal()).assignee_id)
        await home.leaves(first.user_id)
        home.platform.done.clear()
        # Adding has an end.
        for number in range(7):
            await home.says(MOTHER, f"申诉 1-1 补充{number}", group=None)
        assert (await the_appeal()).payload["reason"].count("补充") == 5
        assert not home.platform.whispered(first.user_id)
        other = ADMIN if first.user_id == OWNER else OWNER
        assert "有新的补充" in told(home, other)


async def test_whose_child_it_is_and_who_ordered_it_do_not_decide(tmp_path: Path) -> None:
    async with a_school(tmp_path) as home:
        # The pupil's mother is a manager of the group.
        home.platform.join(MOTHER, "陈晨妈妈", PlatformRole.ADMIN)
        await home.house.tell.read_members(home.group, home.platform)
        await home.says(PUPIL, AD)
        await home.says(FATHER, "申诉 1-1 是通知", group=None)
        await home.says(MOTHER, f"/复核 2 撤销 {WHY}")
        assert "由别人来做" in home.platform.said()[-1]
        await home.says(MOTHER, "/撤销 1 没有的事")
        assert "自己或家人" in home.platform.said()[-1]
        assert (await models.Case.get()).state == "active"
        assert not any("案件 #1 的申诉" in one for one in home.platform.whispered(MOTHER))
        # The owner and the admin had a part in the next one: the school is asked.
        await home.says(OWNER, f"/警告 {FATHER} 广告")
        warned = await models.Case.get(source="manual")
        await models.Request.create(
            group_id=home.group.id,
            number=90,
            kind="remove",
            case=warned,
            state="refused",
            agreed=[(await account_row(account(ADMIN))).id],
            decided_by=await account_row(account(ADMIN)),
            created_at=home.house.records.now(),
        )
        await home.says(FATHER, f"申诉 1-{warned.number} 我没有发过", group=None)
        appeal = await the_appeal()
        assert Level(appeal.level) is Level.SCHOOL
        assert "由没有参与处理的学校负责老师复核" in told(home, FATHER)
        assert any("的申诉" in one for one in home.platform.whispered(LEADER))
        await home.says(ADMIN, f"/复核 {appeal.number} 维持 {WHY}")
        assert "由别人来做" in home.platform.said()[-1]
