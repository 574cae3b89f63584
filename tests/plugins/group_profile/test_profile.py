"""The plugin as a class meets it: the name, the announcement, tasks and /doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from src.core.chat.events import GroupRenamed, PlatformRole
from src.core.chat.port import Act, Answer, Capabilities, Word
from src.core.people import ClassRoster, Person, PersonKind
from src.core.policy import compile_policy
from src.core.store import models
from tests.houses import ADMIN, BOT, CLASS, OWNER, PARENT, PARENTS, Home, a_home, account

from .test_names import pack

if TYPE_CHECKING:
    from pathlib import Path

GOOD, BAD = "三年级二班", "吃瓜群众大本营"
HALF_AN_HOUR, DAY = 1800.0, 86_400.0


async def begin(home: Home, *, version: int = 2, **settings: Any) -> None:
    """Put a clause in force, and let the plugin look; at an announcement when the policy has stood
    for half an hour."""
    ladder = settings.pop("ladder", "gently")
    policy = compile_policy(pack(ladder=ladder, **settings), version=version, policy_id=None)
    home.group.policy = policy
    home.house._changed(home.group)
    await home.settled()
    if "announcement" in settings:
        await leap(home, 1800)


async def leap(home: Home, seconds: float) -> None:
    """Let time pass at once."""
    home.clock.move_to(home.clock.now() + seconds)
    await home.settled()


async def good_name() -> str | None:
    return (await models.Group.get(group_id=CLASS.group_id)).good_name


async def open_tasks() -> list[str]:
    rows = await models.Request.filter(kind="task", state="open").order_by("id")
    return [row.payload["about"] for row in rows]


async def test_a_members_rename_is_undone_and_recorded_once(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await begin(home, names=["{班级}"], rename_by="staff", restore=True)
        assert await good_name() == GOOD

        await home.renames_group(BAD, PARENT)
        assert home.platform.names[CLASS] == GOOD
        case = await models.Case.get()
        assert (case.step, case.plugin) == ("remind", "group_profile")
        told = home.platform.whispered(PARENT)[-1]
        assert "您改的群名不符合群规 1" in told
        assert "应像：三年级二班" in told
        assert any("已改回“三年级二班”" in text for text in home.platform.whispered(OWNER))
        said = [*home.platform.said(), *home.platform.whispered(OWNER), told]
        assert not [text for text in said if BAD in text]

        # The event comes once more, and late.
        event = GroupRenamed(BOT, home.clock.now(), CLASS, BAD, account(PARENT))
        home.house.event(home.platform, event)
        await home.settled()
        assert await models.Case.all().count() == 1
        assert len(home.platform.asked(Act.SET_GROUP_NAME)) == 1
        assert home.group.name == GOOD

        # A name that fits is not a member's to give either.
        await home.renames_group("三(2)班", PARENTS[1])
        assert home.platform.names[CLASS] == GOOD
        assert "只有老师和管理员可以改" in home.platform.whispered(PARENTS[1])[-1]
        assert await models.Case.all().count() == 2


async def test_a_teachers_name_that_fits_is_the_good_one_and_another_gets_a_word(
    tmp_path: Path,
) -> None:
    async with a_home(tmp_path) as home:
        await begin(home, names=["{班级}"], rename_by="staff", restore=True)
        await home.renames_group("三(2)班", ADMIN)
        assert await good_name() == "三(2)班"
        assert await models.Case.all().count() == 0

        await home.renames_group(BAD, OWNER)
        case = await models.Case.get()
        assert case.step == "word"
        assert "格式不对" in home.platform.whispered(OWNER)[-1]
        # What a manager chose is not undone later, when nobody knows any more who it was.
        await leap(home, 2 * HALF_AN_HOUR)
        assert home.platform.names[CLASS] == BAD
        assert await good_name() == "三(2)班"
        assert await models.Case.all().count() == 1


async def test_a_change_that_nobody_tells_of_is_seen_and_nobody_is_accused(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await begin(home, names=["{班级}"], rename_by="staff", restore=True)
        home.platform.done.clear()
        await home.renames_group(BAD, PARENT, told=False)
        await leap(home, HALF_AN_HOUR + 60)
        assert home.platform.names[CLASS] == GOOD
        assert await models.Case.all().count() == 0
        assert any("看不出是谁改的" in text for text in home.platform.whispered(OWNER))

        await home.renames_group("三(2)班", PARENT, told=False)
        await leap(home, HALF_AN_HOUR + 60)
        assert home.platform.names[CLASS] == "三(2)班"
        assert any("新名字合乎群规" in text for text in home.platform.whispered(OWNER))


async def test_a_name_that_a_person_was_asked_of_and_left_stays(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await begin(home, names=["{班级}"], restore=True)
        for _ in range(3):
            await home.renames_group(BAD, "999")
        task = await models.Request.get(kind="task", state="open")
        await home.says(OWNER, f"完成 {task.number}")
        await leap(home, 2 * DAY)
        assert home.platform.names[CLASS] == BAD
        assert len(home.platform.asked(Act.SET_GROUP_NAME)) == 2


async def test_it_is_never_a_fight(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await begin(home, names=["{班级}"], restore=True)
        for number in range(4):
            await home.renames_group(f"{BAD}{number}", "999")
        assert len(home.platform.asked(Act.SET_GROUP_NAME)) == 2
        assert home.platform.names[CLASS] == f"{BAD}3"
        assert await open_tasks() == ["name"]
        # An hour later it is tried again; then the task is over.
        await leap(home, 3 * HALF_AN_HOUR)
        assert home.platform.names[CLASS] == GOOD
        await leap(home, HALF_AN_HOUR)
        assert await open_tasks() == []


async def test_a_name_that_the_platform_does_not_take_back_is_for_a_person(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await begin(home, names=["{班级}"], restore=True)
        home.platform.answers[Act.SET_GROUP_NAME] = Answer(Word.REFUSED, wording="no right")
        await home.renames_group(BAD, PARENT, told=False)
        await leap(home, 12 * HALF_AN_HOUR)
        assert 0 < len(home.platform.asked(Act.SET_GROUP_NAME)) <= 4
        assert await open_tasks() == ["name"]
        assert not any("已改回" in text for text in home.platform.whispered(OWNER))


async def test_a_first_name_that_does_not_fit_is_asked_for_and_never_guessed(
    tmp_path: Path,
) -> None:
    async with a_home(tmp_path) as home:
        home.group.roster = ClassRoster(1, "四年级一班", [])
        await begin(home, of_class=True, restore=True)
        assert await good_name() is None
        assert await open_tasks() == ["name"]
        assert home.platform.asked(Act.SET_GROUP_NAME) == []

        number = (await models.Request.get()).number
        home.platform.names[CLASS] = "四(1)班"
        await leap(home, HALF_AN_HOUR + 60)
        assert await open_tasks() == []
        await home.says(ADMIN, f"完成 {number}")
        assert "不用再做" in home.platform.said()[-1]


async def test_nothing_is_done_where_it_is_only_observed(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        home.group.mode = "observe"
        await begin(
            home, names=["{年级}"], restore=True, announcement="rules", post=True, avatar="校徽"
        )
        await home.renames_group(BAD, PARENT)
        assert await open_tasks() == []
        assert await models.Act.all().count() == 0
        assert await good_name() is None


# -- the announcement -----------------------------------------------------------------------------------


async def test_the_rules_are_posted_once_and_again_when_they_change(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        rules: dict[str, Any] = {"announcement": "rules", "post": True}
        await begin(home, **rules)
        posted = home.platform.announcements[CLASS]
        assert "群名写明班级。" in posted
        assert "第 2 版" in posted

        # Another version with the same rules is no news, nor is somebody's own announcement.
        await begin(home, version=3, **rules)
        home.platform.announcements[CLASS] = "明天春游"
        await leap(home, 2 * DAY)
        assert len(home.platform.asked(Act.ANNOUNCE)) == 1
        assert home.platform.announcements[CLASS] == "明天春游"

        await begin(home, version=4, announcement="新的群规", post=True)
        assert home.platform.announcements[CLASS].startswith("新的群规")
        # Not twice in a day.
        await begin(home, version=5, announcement="更新的群规", post=True)
        assert len(home.platform.asked(Act.ANNOUNCE)) == 2
        await leap(home, 1.5 * DAY)
        assert home.platform.announcements[CLASS].startswith("更新的群规")
        assert await open_tasks() == []

        # Rules that come back are news again: ours above them are out of date.
        await begin(home, version=6, **rules)
        await leap(home, 1.5 * DAY)
        assert "群名写明班级。" in home.platform.announcements[CLASS]


async def test_where_the_bot_may_not_or_cannot_post_the_managers_get_the_text(
    tmp_path: Path,
) -> None:
    async with a_home(tmp_path) as home:
        await begin(home, announcement="rules")
        assert home.platform.asked(Act.ANNOUNCE) == []
        assert await open_tasks() == ["announcement"]
        task, paste = home.platform.whispered(OWNER)[-2:]
        assert "完成 1-" in task
        assert "群名写明班级。" in paste
        home.platform.announcements[CLASS] = paste
        await leap(home, DAY / 2)
        assert await open_tasks() == []

        home.platform.answers[Act.ANNOUNCE] = Answer(Word.REFUSED, wording="no right")
        # What is to be copied is long: once a day is enough, however often it changes.
        await begin(home, version=3, announcement="新的群规", post=True)
        assert await open_tasks() == []
        await leap(home, DAY)
        assert await open_tasks() == ["announcement"]
        assert "新的群规" in home.platform.whispered(OWNER)[-1]


# -- what a person does ---------------------------------------------------------------------------------


async def test_the_avatar_is_asked_for_reminded_of_and_done(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await begin(home, avatar="班级标识或班级合照", checklist=True)
        assert await open_tasks() == ["avatar"]
        number = (await models.Request.get()).number
        await home.says(OWNER, "/todo")
        assert (
            f"1-{number} 看看群头像（机器人看不到）：班级标识或班级合照"
            in (home.platform.whispered(OWNER)[-1])
        )

        def reminded() -> int:
            return sum("还有一件事等人做" in text for text in home.platform.whispered(OWNER))

        await leap(home, 2.9 * DAY)
        assert reminded() == 0
        await leap(home, 0.2 * DAY)
        assert reminded() == 1
        await leap(home, 6.5 * DAY)
        assert reminded() == 1
        # Not at night.
        await leap(home, DAY)
        assert reminded() == 1
        await leap(home, 0.3 * DAY)
        assert reminded() == 2

        await home.says(PARENT, f"完成 {number}")
        await home.says(OWNER, f"/confirm {number}")
        assert await open_tasks() == ["avatar"]
        await home.says(ADMIN, f"完成 {number}")
        row = await models.Request.get().select_related("decided_by")
        assert row.state == "confirmed"
        assert row.decided_by is not None
        assert row.decided_by.user_id == ADMIN
        await home.says(ADMIN, f"/done {number}")
        assert "已完成" in home.platform.said()[-1]
        # Done is done, until the clause wants something else.
        await begin(home, version=3, avatar="班级标识或班级合照")
        assert await open_tasks() == []
        await begin(home, version=4, avatar="校徽")
        assert await open_tasks() == ["avatar"]
        await begin(home, version=5, description="写明班级")
        assert await open_tasks() == ["description"]


async def test_the_doctor_says_what_is_missing_before_the_group_opens(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        home.platform.names[CLASS] = BAD
        settings: dict[str, Any] = {
            "names": ["{班级}"],
            "restore": True,
            "announcement": "rules",
            "post": True,
            "avatar": "校徽",
            "checklist": True,
        }
        home.platform.capabilities = Capabilities(
            frozenset(Act) - {Act.SET_GROUP_NAME, Act.ANNOUNCE}
        )
        await begin(home, **settings)
        home.platform.join(BOT, "助手", PlatformRole.MEMBER)
        await home.says(OWNER, "/doctor")
        said = home.platform.said()[-1]
        for line in (
            "✗ 平台做不到改群名，用到它的条款：1",
            "✗ 平台做不到发群公告，用到它的条款：1",
            "· 群头像机器人看不到，由人看：还没有人看",
            "✗ 群名：格式不对，应像：三年级二班（群规 1）",
            "✗ 群公告：没有现行的群规",
            "✗ 还没有设定班主任",
            "✗ 还没有名册",
            "✗ 机器人还不是管理员",
        ):
            assert line in said

        home.platform.capabilities = Capabilities(frozenset(Act))
        home.platform.join(BOT, "助手", PlatformRole.ADMIN)
        home.platform.names[CLASS] = GOOD
        student = Person(1, PersonKind.STUDENT, "陈晨")
        home.group.roster = ClassRoster(1, GOOD, [student])
        await begin(home, version=3, **settings)
        await home.says(OWNER, "/role 800 head-teacher")
        await home.says(OWNER, "/doctor")
        assert "✓ 建群清单" in home.platform.said()[-1]
