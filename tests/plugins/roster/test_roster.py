"""The roster as a head teacher meets it: in a house in the process."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from src.core.chat.events import (
    Account,
    GroupKey,
    Kind,
    Member,
    MessageReceived,
    MessageRef,
    PlatformRole,
    Segment,
)
from src.core.chat.port import Act, Answer, Capabilities, Word
from src.core.people import PersonKind
from src.core.store import models
from tests.houses import ADMIN, BOT, CLASS, OWNER, PARENT, PARENTS, FakePlatform, a_home, account

if TYPE_CHECKING:
    from pathlib import Path

    from tests.houses import Home

TABLE = """姓名,学号,父亲,母亲,电话
张小明,01,张三,李四,13800000000
王芳,02,,赵六,
陈晨,03,,,
陈晨,04,,,
"""
TEACHERS = "教师姓名,任教学科\n孙悦,语文\n"
OTHER = GroupKey("qq", "2")


async def sends(home: Home, user: str, content: str | bytes, name: str = "名册.csv") -> str:
    """Somebody sends the bot a file in private; what it answers."""
    data = content.encode() if isinstance(content, str) else content
    home.platform.files["f"] = data
    before = len(home.platform.whispered(user))
    await home.says(user, [Segment(Kind.FILE, "f", name)], group=None)
    return "\n".join(home.platform.whispered(user)[before:])


async def asks(home: Home, user: str, text: str) -> str:
    """Somebody writes to the bot in private; what it answers."""
    before = len(home.platform.whispered(user))
    await home.says(user, text, group=None)
    return "\n".join(home.platform.whispered(user)[before:])


async def taken_over(home: Home, content: str) -> str:
    """The owner sends a file and says yes to it."""
    preview = await sends(home, OWNER, content)
    line = preview.splitlines()[-1]
    assert line.startswith("名册 导入 "), preview
    return await asks(home, OWNER, line)


async def test_a_file_is_looked_at_first_and_taken_over_when_its_sender_says_so(
    tmp_path: Path,
) -> None:
    async with a_home(tmp_path) as home:
        assert "名册 1 班级 三年级二班" in await sends(home, OWNER, TABLE)
        assert "三年级二班" in await asks(home, OWNER, "名册 班级 三年级二班")
        preview = await sends(home, OWNER, TABLE)
        assert "新增 7（学生 4，家长 3）" in preview
        assert "不保存：电话" in preview
        request = await models.Request.get(kind="roster")
        assert "13800000000" not in str(request.payload)
        assert await models.Person.all().count() == 0

        assert "发文件的人" in await asks(home, OWNER, f"确认 1-{request.number}")
        done = await asks(home, OWNER, f"名册 导入 1-{request.number}")
        assert done == "已导入三年级二班：新增 7，改动 0，离开 0，不变 0。"
        await request.refresh_from_db()
        assert (request.state, request.payload) == ("confirmed", {})
        roster = home.house.rosters.of(home.group)
        assert roster is not None
        assert [one.number for one in roster.named("陈晨")] == ["03", "04"]
        (mother,) = roster.guardians_of(roster.named("王芳")[0].id)
        assert (mother.name, mother.relation) == ("赵六", "妈妈")
        assert "没有编号" in await asks(home, OWNER, f"名册 导入 1-{request.number}")

        counts = await asks(home, OWNER, "名册")
        assert "学生 4，家长 3，老师 0" in counts
        assert "上次导入：11月3日" in counts
        assert "一样" in await sends(home, OWNER, TABLE)
        # The teachers' list says nothing of students; a new one of these closes who left.
        await taken_over(home, TEACHERS)
        preview = await sends(home, OWNER, "姓名,学号\n张晓明,1\n王芳,02\n")
        assert "改动 1：张小明（姓名）" in preview
        assert "算离开 2：陈晨、陈晨" in preview
        await asks(home, OWNER, preview.splitlines()[-1])
        roster = home.house.rosters.of(home.group)
        assert roster is not None
        assert [(one.name, one.number) for one in roster.students] == [
            ("张晓明", "01"),
            ("王芳", "02"),
        ]
        assert len(roster.guardians) == 3
        assert [one.subject for one in roster.teachers] == ["语文"]
        assert await models.Person.all().count() == 8


async def test_the_whole_roster_goes_to_a_named_head_teacher_as_a_file(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await asks(home, OWNER, "名册 班级 三年级二班")
        await taken_over(home, TABLE)
        # Who owns the group on the platform may be a parent.
        assert "只发给班主任" in await asks(home, OWNER, "名册 导出")
        await home.says(OWNER, f"/角色 {OWNER} 班主任")
        told = await asks(home, OWNER, "名册 导出")
        assert told.startswith("名册-三年级二班.xlsx（7 人）已发给您")
        ((who, name, content),) = home.platform.sent
        assert (who, name) == (account(OWNER), "名册-三年级二班.xlsx")
        assert "一样" in await sends(home, OWNER, content, name)
        assert await models.AuditEntry.filter(kind="roster.exported").count() == 1

        before = len(home.platform.sent)
        await home.says(OWNER, "/名册 导出")
        assert "请私聊我发" in home.platform.whispered(OWNER)[-1]
        await asks(home, PARENT, "名册 导出")
        home.platform.answers[Act.SEND_FILE] = Answer(Word.REFUSED, wording="打开文件失败")
        assert "没能发给您：所接的程序发不了文件" in await asks(home, OWNER, "名册 导出")
        home.platform.capabilities = Capabilities(frozenset(Act) - {Act.SEND_FILE})
        assert "这个平台发不了文件" in await asks(home, OWNER, "名册 导出")
        assert len(home.platform.sent) == before


async def test_nothing_is_taken_over_that_was_not_shown(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await asks(home, OWNER, "名册 班级 三年级二班")
        wrong = await sends(home, OWNER, TABLE + "张3,05,,,\n,06,,,\n")
        assert "第 6 行：姓名要写" in wrong
        assert "第 7 行：没有姓名" in wrong
        assert await models.Request.filter(kind="roster").count() == 0
        assert ".xls 格式" in await sends(home, OWNER, bytes.fromhex("d0cf11e0a1b11ae1"), "a.xls")
        assert "Excel" in await sends(home, OWNER, b"", "名册.docx")
        home.platform.answers[Act.READ_FILE] = Answer(Word.REFUSED)
        assert "没有读到" in await sends(home, OWNER, TABLE)
        home.platform.answers.clear()

        first = await sends(home, OWNER, TABLE)
        second = await sends(home, OWNER, TEACHERS)
        lines = [text.splitlines()[-1] for text in (first, second)]
        assert "没有编号" in await asks(home, OWNER, lines[0])
        # Meanwhile the roster becomes another one.
        roster = home.house.rosters.of(home.group)
        assert roster is not None
        await models.Person.create(
            school_class_id=roster.class_id, kind="teacher", name="孙悦",
            created_at=home.house.records.now(),
        )  # fmt: skip
        assert "又变了" in await asks(home, OWNER, lines[1])
        assert await models.Person.all().count() == 1
        assert all(not one.payload for one in await models.Request.filter(kind="roster"))

        # Meanwhile the group is another class's, of which nobody is known either.
        await models.Person.all().delete()
        preview = await sends(home, OWNER, TABLE)
        await asks(home, OWNER, "名册 班级 三年级三班")
        assert "又变了" in await asks(home, OWNER, preview.splitlines()[-1])
        assert await models.Person.all().count() == 0

        # Nobody answers within the day.
        await sends(home, OWNER, TABLE)
        await home.advance(86400 + 120)
        last = await models.Request.filter(kind="roster").order_by("-id").first()
        assert last is not None
        assert (last.state, last.payload) == ("lapsed", {})


async def test_a_file_of_somebody_else_is_not_opened(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await asks(home, OWNER, "名册 班级 三年级二班")
        assert "班主任" in await sends(home, PARENT, TABLE)
        assert "班主任" in await sends(home, ADMIN, TABLE)
        assert await sends(home, PARENT, b"", "照片.zip") == ""
        home.platform.answers[Act.FETCH_MEMBER] = Answer(Word.UNKNOWN)
        assert "稍后" in await sends(home, OWNER, TABLE)
        home.platform.answers.clear()
        assert home.platform.asked(Act.READ_FILE) == []

        # The right is looked at once more when it is taken over.
        preview = await sends(home, OWNER, TABLE)
        home.platform.change(OWNER, role=PlatformRole.MEMBER)
        await asks(home, OWNER, preview.splitlines()[-1])
        assert await models.Person.all().count() == 0


async def test_where_there_is_a_head_teacher_a_parent_who_owns_the_group_sees_no_roster(
    tmp_path: Path,
) -> None:
    async with a_home(tmp_path) as home:
        await asks(home, OWNER, "名册 班级 三年级二班")
        await home.says(OWNER, f"/role {ADMIN} head-teacher")
        assert "由班主任" in await asks(home, OWNER, "名册 缺")
        assert "没有打开" in await sends(home, OWNER, TABLE)
        assert "三年级二班的文件看过了" in await sends(home, ADMIN, TABLE)


async def test_whose_file_it_is_shows_where_somebody_heads_two_classes(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        home.platform.join(OWNER, "孙老师", PlatformRole.OWNER, group=OTHER)
        await home.says(OWNER, "/policy use text-only-parents", group=OTHER)
        await home.says(OWNER, "/名册 班级 三年级二班")
        await home.says(OWNER, "/名册 班级 三年级三班", group=OTHER)
        assert "几个班：三年级二班、三年级三班" in await sends(home, OWNER, TABLE)
        assert "三年级三班的文件" in await sends(home, OWNER, TABLE, "三(3)班.csv")
        by_rows = await sends(home, OWNER, "姓名,班级\n王芳,三2班\n赵云,三(4)班\n")
        assert "三年级二班的文件" in by_rows
        assert "1 行是别的班" in by_rows
        # Somebody who heads another group does not get to read a class's roster, nor one to come.
        home.platform.join(PARENT, "路人", PlatformRole.OWNER, group=GroupKey("qq", "3"))
        await home.says(PARENT, "/policy use text-only-parents", group=GroupKey("qq", "3"))
        for _ in range(2):
            await home.says(PARENT, "/名册 班级 三年级二班", group=GroupKey("qq", "3"))
            assert "已经有名册" in home.platform.whispered(PARENT)[-1]
            assert home.house.rosters.of(home.house.groups.get(GroupKey("qq", "3"))) is None
            await asks(home, OWNER, by_rows.splitlines()[-2])
            await asks(home, OWNER, by_rows.splitlines()[-1])

        # Nor does the owner's id on another platform; this one knows ids only.
        key, other = GroupKey("sandbox", "9"), FakePlatform(home.clock, "900")
        player = Member(Account("sandbox", OWNER), "玩家", PlatformRole.OWNER, muted_until=0.0)
        other.groups[key] = home.platform.groups[CLASS] = {player.account: player}
        home.connect(other)
        words = "/名册 班级 三年级二班"
        said = Segment(Kind.TEXT, words)
        home.house.message(
            other,
            MessageReceived(
                MessageRef("900", key, "1", home.clock.now()), player.account, (said,), words,
                platform_role=PlatformRole.OWNER,
            ),
        )  # fmt: skip
        await home.settled()
        assert any(one.account == player.account for one in other.done)
        assert home.house.rosters.of(home.house.groups.get(key)) is None


async def test_who_is_missing_unknown_and_whom(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        assert "哪个班" in await asks(home, OWNER, "名册 缺")
        await asks(home, OWNER, "名册 班级 三年级二班")
        await taken_over(home, TABLE)
        home.platform.change(PARENT, name="张小明妈妈")
        home.platform.change(PARENTS[1], name="陈晨妈妈")
        missing = await asks(home, OWNER, "名册 缺")
        assert "还没有核对到账号的：王芳（共 1 人）" in missing
        assert "没有核对的：张小明、陈晨（03）、陈晨（04）（共 3 人）" in missing
        unknown = (await asks(home, OWNER, "名册 未知")).splitlines()
        assert unknown[0].endswith("10 个：")
        assert f"名册 1 绑定 {PARENT} 张小明 妈妈" in unknown
        assert f"{PARENTS[1]} 陈晨妈妈" in unknown
        assert not any(BOT in line for line in unknown)

        # In a group nobody reads a name; who has no right reads nothing.
        said = len(home.platform.said())
        await home.says(OWNER, "/roster missing")
        assert len(home.platform.said()) == said
        await home.says(ADMIN, "/roster missing")
        assert "班主任" in home.platform.said()[-1]

        assert "张小明妈妈" in await asks(home, OWNER, f"名册 1 绑定 {PARENT} 张小明 母亲")
        several = await asks(home, OWNER, f"名册 绑定 {PARENTS[1]} 陈晨 妈妈")
        await asks(home, OWNER, several.splitlines()[1])
        roster = home.house.rosters.of(home.group)
        assert roster is not None
        (bound,) = roster.identities(account(PARENT))
        assert (bound.person.name, bound.relation) == ("张小明", "妈妈")
        row = await models.Identity.get(account__user_id=PARENT).select_related("by")
        assert row.how == "manager"
        assert row.by is not None
        assert row.by.user_id == OWNER
        found = await asks(home, OWNER, "名册 找 陈晨")
        assert f"学生 陈晨 03，账号：{PARENTS[1]}" in found
        assert "学生 陈晨 04" in found
        assert "相近" in await asks(home, OWNER, "名册 找 王方")
        missing = await asks(home, OWNER, "名册 缺")
        assert "张小明" not in missing
        assert "陈晨（04）" in missing

        codes = (await asks(home, OWNER, "名册 入群码 30")).splitlines()
        assert len(codes) == 3
        code = codes[1].split()[-1]
        assert re.fullmatch(r"[A-HJKMNP-Y346-9]{7}", code)
        assert (await asks(home, OWNER, "名册 入群码")).splitlines()[1:] == codes[1:]
        assert await models.JoinCode.all().count() == 2
        assert "1 到 90" in await asks(home, OWNER, "名册 入群码 91")

        assert "不再" in await asks(home, OWNER, f"名册 解绑 {PARENT}")
        assert "没有对应" in await asks(home, OWNER, f"名册 解绑 {PARENT}")
        assert "名册这样用" in await asks(home, OWNER, "名册 什么")


async def test_the_managers_are_reminded_of_who_is_missing_until_nobody_is(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack="committee-rules") as home:
        await asks(home, OWNER, "名册 班级 三年级二班")
        await taken_over(home, "姓名,学号\n陈晨,1\n赵敏,2\n钱多,3\n")

        def told() -> list[str]:
            return [text for text in home.platform.whispered(OWNER) if "没有人进群" in text]

        await home.advance(2 * 3600)
        (text,) = told()
        assert "还有 1 位" in text
        await home.advance(6 * 86_400)
        assert len(told()) == 1
        await home.advance(86_400)
        assert len(told()) == 2
        home.platform.join("999", "钱多爸爸")
        await home.advance(8 * 86_400)
        assert len(told()) == 2


async def test_an_entry_is_closed_and_what_is_held_is_erased(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await asks(home, OWNER, "名册 班级 三年级二班")
        await taken_over(home, TABLE)
        closed = await asks(home, OWNER, "名册 关闭 王芳")
        assert "共关闭 2 条" in closed
        roster = home.house.rosters.of(home.group)
        assert roster is not None
        assert roster.named("王芳") == ()
        assert await models.Person.filter(name="王芳").count() == 1
        assert "（已离开）" in await asks(home, OWNER, "名册 找 王芳")
        assert "名册 1 关闭 04" in await asks(home, OWNER, "名册 关闭 陈晨")

        await asks(home, OWNER, f"名册 绑定 {PARENT} 张小明 妈妈")
        await asks(home, OWNER, "名册 入群码")
        row = await models.Account.get(user_id=PARENT)
        now = home.house.records.now()
        await models.JoinAttempt.create(
            group_id=home.group.id, account=row, outcome="admitted", created_at=now
        )
        await models.Request.create(
            group_id=home.group.id, number=99, kind="join", account=row,
            payload={"answer": "张小明妈妈"}, state="confirmed", created_at=now,
        )  # fmt: skip
        await models.Notice.create(
            group_id=home.group.id, account=row, text="张小明妈妈想进群", created_at=now
        )
        asked = await asks(home, OWNER, "名册 删除 01")
        assert await models.Person.filter(name="张小明").count() == 1
        receipt = await asks(home, OWNER, asked.splitlines()[-1])
        assert "名册 3 条，账号核对 1 条" in receipt
        for model in (models.Person, models.Request, models.Notice, models.Act, models.Identity):
            for one in await model.all().values():
                assert "张小明" not in str(one), model
        assert await models.JoinAttempt.all().count() == 0
        roster = home.house.rosters.of(home.group)
        assert roster is not None
        assert [one.kind for one in roster.people] == [PersonKind.STUDENT] * 2
