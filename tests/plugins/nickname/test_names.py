"""Names as a class meets them: in a house in the process, without a platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.events import PlatformRole
from src.core.chat.port import Act, Answer, Capabilities, Word
from src.core.store import in_transaction, models
from src.core.store.rows import account_row
from tests.houses import ADMIN, BOT, OWNER, PARENT, PARENTS, Home, a_home, account

if TYPE_CHECKING:
    from pathlib import Path

MINUTE, HOUR = 60.0, 3600.0
DAY = 24 * HOUR
PACK = "eight-rules"
"""It leaves names alone."""
NEWCOMER = "300"
CHILDREN = ("陈晨", "赵敏", "孙强", "周宁", "吴欣", "郑浩", "冯雪", "褚亮")


async def later(home: Home, seconds: float) -> None:
    """Let time pass as if the machine had slept, but for the last three minutes."""
    await home.settled()
    home.clock.move_to(home.clock.now() + seconds - 3 * MINUTE)
    for _ in range(3):
        await home.advance(MINUTE)


async def enable(home: Home, **settings: str) -> None:
    """Put everybody's name right, and the plugin in force."""
    for user, child in zip(PARENTS, CHILDREN, strict=True):
        home.platform.change(user, name=f"{child}妈妈")
    home.platform.change(OWNER, name="孙丽老师")
    home.platform.change(ADMIN, name="何平老师")
    await home.says(OWNER, "/启用 nickname")
    for name, value in settings.items():
        await home.says(OWNER, f"/policy set 附1 {name} {value}")
    home.platform.done.clear()


async def link(home: Home, *, bound: dict[str, str] | None = None) -> None:
    """Give the class its roster; `bound` are the accounts that are known, with their relation."""
    roster = await home.house.rosters.link(home.group, "三年级二班")
    rows: list[models.Person] = []
    for number, child in enumerate(CHILDREN, 1):
        rows.append(
            await models.Person.create(
                school_class_id=roster.class_id,
                kind="student",
                name=child,
                number=f"2026000{number}",
                created_at=home.house.records.now(),
            )
        )
    async with in_transaction():
        for user, relation in (bound or {}).items():
            row = await account_row(account(user))
            child = rows[PARENTS.index(user)]
            await home.house.rosters.bind(row, child.id, relation, "manager")
    await home.house.rosters.reload(roster.class_id)
    await home.settled()


async def steps(user: str = PARENT) -> list[str]:
    cases = models.Case.filter(account__user_id=user).order_by("id")
    return [case.step for case in await cases]


async def lapses() -> list[str]:
    rows = models.NameLapse.all().select_related("account").order_by("id")
    return [row.account.user_id for row in await rows]


async def test_a_wrong_name_is_reminded_of_and_then_the_ladder_decides(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await enable(home)
        assert await lapses() == []
        await home.renames(PARENT, "花开富贵")
        await home.advance(MINUTE)
        [told] = home.platform.whispered(PARENT)
        assert "不是本群约定的格式" in told
        assert "「张小明妈妈」" in told
        assert not home.platform.said()

        for day in (2, 3):
            await later(home, DAY)
            assert len(home.platform.whispered(PARENT)) == day
        assert "请在 11月6日 12:00 之前改好" in home.platform.whispered(PARENT)[-1]
        # The group is told once a day, and no name.
        summed = home.platform.said()
        assert len(summed) == 2
        assert all("还有 1 位" in one and "花开" not in one for one in summed)
        assert await steps() == []

        await later(home, DAY)
        assert await steps() == ["remind"]
        assert "张小明妈妈" in home.platform.whispered(PARENT)[-1]
        case = await models.Case.get()
        assert (case.plugin, case.clauses[0]["facts"]) == ("nickname", {"why": "format"})
        await later(home, 2 * DAY)
        assert await steps() == ["remind"]
        await later(home, 1.1 * DAY)
        assert await steps() == ["remind", "remind"]
        await home.says(PARENT, f"/为什么 {case.number}")
        assert "不是本群约定的格式" in home.platform.whispered(PARENT)[-1]

        await home.renames(PARENT, "陈晨妈妈")
        assert "已经改好" in home.platform.whispered(PARENT)[-1]
        assert await lapses() == []
        count = len(home.platform.whispered(PARENT))
        await later(home, 2 * DAY)
        assert len(home.platform.whispered(PARENT)) == count


async def test_whoever_changes_it_before_being_told_hears_nothing(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await enable(home)
        await home.renames(PARENT, "花开富贵")
        # Changed back within the minute, and nobody reports it: the name is read fresh.
        await home.renames(PARENT, "陈晨爸爸", told=False)
        await home.advance(5 * MINUTE)
        assert home.platform.whispered(PARENT) == []
        assert await lapses() == []


async def test_a_name_that_is_told_of_nowhere_is_seen_when_its_bearer_speaks_or_at_last_by_reading(
    tmp_path: Path,
) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await enable(home)
        await home.says(PARENT, "明天几点到校")
        await home.renames(PARENT, "<b>花开</b>[CQ", told=False)
        await home.says(PARENT, "谢谢老师")
        await home.advance(2 * MINUTE)
        assert len(home.platform.whispered(PARENT)) == 1

        await home.renames(PARENTS[1], "静" * 200, told=False)
        await later(home, HOUR)
        assert home.platform.whispered(PARENTS[1]) == []
        await later(home, 5 * HOUR)
        await later(home, 10 * MINUTE)
        assert len(home.platform.whispered(PARENTS[1])) == 1


async def test_a_newcomer_has_ten_minutes_and_who_leaves_is_forgotten(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await enable(home)
        await home.comes(NEWCOMER, "岁月静好")
        await later(home, 9 * MINUTE)
        assert home.platform.whispered(NEWCOMER) == []
        await later(home, 3 * MINUTE)
        assert len(home.platform.whispered(NEWCOMER)) == 1
        await home.leaves(NEWCOMER)
        assert await lapses() == []


async def test_at_once_means_within_an_hour_of_being_told(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await enable(home, grace="0m")
        await home.renames(PARENT, "花开富贵")
        await home.advance(MINUTE)
        assert "请在 11月3日 13:01 之前改好" in home.platform.whispered(PARENT)[-1]
        await later(home, 55 * MINUTE)
        assert await steps() == []
        await later(home, 6 * MINUTE)
        assert await steps() == ["remind"]
        await later(home, 0.9 * DAY)
        assert await steps() == ["remind"]


async def test_the_owner_admins_and_teachers_are_told_and_never_punished(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await enable(home, grace="1d", auto_fix="是")
        await home.renames(OWNER, "一片云老师傅")
        await home.says(OWNER, f"/role {PARENTS[1]} teacher")
        for _ in range(5):
            await later(home, DAY)
        assert len(home.platform.whispered(OWNER)) == 3
        # Whom the school calls a teacher follows the teachers' templates.
        assert "「李华老师」" in home.platform.whispered(PARENTS[1])[-1]
        assert not home.platform.asked(Act.SET_CARD)
        assert await models.Case.all().count() == 0


async def test_what_the_roster_knows_is_suggested_or_set_but_never_fought_over(
    tmp_path: Path,
) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await link(home, bound={PARENT: "妈妈", PARENTS[1]: "爸爸"})
        await enable(home)
        await home.renames(PARENT, "花开富贵")
        await home.advance(MINUTE)
        assert "\n陈晨妈妈\n" in home.platform.whispered(PARENT)[-1]

        await home.says(OWNER, "/policy set 附1 auto_fix 是")
        await home.renames(PARENTS[1], "一剪梅")
        await home.advance(MINUTE)
        assert home.platform.name_of(PARENTS[1]) == "赵敏爸爸"
        assert "「赵敏爸爸」" in home.platform.whispered(PARENTS[1])[-1]
        # An unknown person's name is never set.
        await home.renames(PARENTS[2], "孙强的妈妈呀")
        for _ in range(3):
            await home.renames(PARENTS[1], "一剪梅")
            await later(home, HOUR)
        assert home.platform.name_of(PARENTS[1]) == "一剪梅"
        assert [done.account for done in home.platform.asked(Act.SET_CARD)] == [
            account(PARENTS[1])
        ] * 2
        assert any("改过两次" in one for one in home.platform.whispered(ADMIN))
        assert "\n赵敏爸爸\n" in home.platform.whispered(PARENTS[1])[-1]
        assert home.platform.name_of(PARENTS[2]) == "孙强的妈妈呀"


async def test_a_name_that_cannot_be_set_is_asked_for(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await link(home, bound={PARENT: "妈妈", PARENTS[1]: "爸爸"})
        await enable(home, auto_fix="是")
        home.platform.answers[Act.SET_CARD] = Answer(Word.REFUSED, wording="no permission")
        await home.renames(PARENT, "花开富贵")
        await later(home, 3 * MINUTE)
        assert "\n陈晨妈妈\n" in home.platform.whispered(PARENT)[-1]
        assert len(home.platform.asked(Act.SET_CARD)) == 1
        # WeChat cannot at all: the words are there to be copied.
        home.platform.capabilities = Capabilities(frozenset(Act) - {Act.SET_CARD})
        await home.renames(PARENTS[1], "一剪梅")
        await home.advance(MINUTE)
        assert "\n赵敏爸爸\n" in home.platform.whispered(PARENTS[1])[-1]
        assert len(home.platform.asked(Act.SET_CARD)) == 1


async def test_a_teachers_name_and_filtered_words_are_acted_on_at_once(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await enable(home, auto_fix="是")
        await home.renames(PARENT, "孙麗老師 ")
        assert await steps() == ["remind"]
        case = await models.Case.get()
        assert case.clauses[0]["gravity"] == 3
        assert "和老师的一样" in home.platform.whispered(PARENT)[0]
        # The teachers hear of it at once: somebody may be asking for money in their name.
        assert f"{PARENT} 的群昵称和老师的一样" in home.platform.whispered(OWNER)[-1]
        assert home.platform.name_of(PARENT) == "请改群昵称"
        # Once a day, however often it is changed; and the bot does not fight.
        for name in ("孙丽老师", "孙丽老师🌸", "孙 丽老师"):
            await home.renames(PARENT, name)
        assert await steps() == ["remind"]
        assert len(home.platform.asked(Act.SET_CARD)) == 1
        await home.renames(PARENTS[1], "傻逼妈妈")
        await home.comes(NEWCOMER, "[QQ红包] 恭喜发财")
        assert (await steps(PARENTS[1]), await steps(NEWCOMER)) == (["remind"], ["remind"])
        await later(home, DAY + 5 * MINUTE)
        assert await steps() == ["remind", "remind"]


async def test_other_templates_give_everybody_the_whole_grace_again(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await enable(home, grace="1d")
        await home.renames(PARENT, "花开富贵")
        await later(home, 0.9 * DAY)
        home.platform.done.clear()
        await home.says(
            OWNER, "/policy set 附1 templates parent={班级}{学生}{关系} teacher={姓名}老师"
        )
        assert len(await lapses()) == len(PARENTS)
        await home.advance(9 * MINUTE)
        assert not home.platform.asked(Act.WHISPER)
        await home.advance(MINUTE)
        assert len(home.platform.asked(Act.WHISPER)) == 5
        await later(home, 3 * MINUTE)
        assert [len(home.platform.whispered(user)) for user in PARENTS] == [1] * len(PARENTS)
        await home.says(OWNER, "/doctor")
        assert "群昵称：8 位" in "".join([*home.platform.whispered(OWNER), *home.platform.said()])
        [summed] = [one for one in home.platform.said() if "还有" in one]
        assert "还有 8 位" in summed
        await later(home, 0.9 * DAY)
        assert await models.Case.all().count() == 0
        assert home.group.mode == "enforce"
        await home.says(OWNER, "/policy set 附1 templates 无")
        assert await lapses() == []


async def test_many_grave_names_at_once_are_for_a_person(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await enable(home)
        for user in PARENTS[:4]:
            home.platform.change(user, name="[QQ红包]")
        await later(home, 6 * HOUR)
        assert await models.Case.all().count() == 0
        assert any("有 4 位群友" in one for one in home.platform.whispered(ADMIN))
        # Whoever speaks meanwhile is not picked out, and nobody is told again of the same.
        home.platform.done.clear()
        home.connect()
        for user in PARENTS[:4]:
            await home.says(user, "收到")
        await home.advance(2 * MINUTE)
        assert await models.Case.all().count() == 0
        assert home.platform.whispered(ADMIN) == []
        # A name that is changed now is looked at by itself.
        await home.renames(PARENT, "[QQ红包]")
        assert await models.Case.all().count() == 1


async def test_two_of_one_name_in_the_class_are_told_apart(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await enable(home)
        await home.renames(PARENT, "赵敏妈妈")
        await home.advance(MINUTE)
        # Whoever came second is asked, and nobody is accused.
        assert "和另一位群友的一样" in home.platform.whispered(PARENT)[-1]
        assert home.platform.whispered(PARENTS[1]) == []
        assert await steps() == []


async def test_a_name_in_the_night_waits_for_the_morning(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await enable(home)
        await later(home, 11 * HOUR)
        await home.renames(PARENT, "花开富贵")
        reads: list[object] = []
        members = home.platform.members
        home.platform.members = lambda group: (reads.append(group), members(group))[1]
        await later(home, 7 * HOUR)
        assert home.platform.whispered(PARENT) == []
        # Once, and not every minute of the night.
        assert len(reads) <= 1
        await later(home, 2 * HOUR)
        assert len(home.platform.whispered(PARENT)) == 1


async def test_nothing_is_done_in_a_group_at_rest_nor_of_a_name_that_cannot_be_read(
    tmp_path: Path,
) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await enable(home, auto_fix="是", grace="1h")
        home.platform.join("77", "孙丽老师", PlatformRole.MEMBER)
        home.platform.change("77", is_robot=True)
        home.platform.change(BOT, name="随便")
        home.platform.change(PARENTS[2], name="")
        await home.says(OWNER, "/policy mode observe")
        await home.renames(PARENT, "孙丽老师")
        await home.renames(PARENTS[1], "花开富贵")
        await later(home, DAY)
        assert not home.platform.asked(Act.WHISPER)
        assert await lapses() == []

        home.platform.change(PARENT, name="陈晨妈妈")
        await home.says(OWNER, "/policy mode enforce")
        await later(home, 10 * MINUTE)
        assert await lapses() == [PARENTS[1]]
        assert len(home.platform.whispered(PARENTS[1])) == 1
        home.platform.answers[Act.FETCH_MEMBER] = Answer(Word.UNKNOWN)
        await later(home, 2 * HOUR)
        assert await models.Case.all().count() == 0
        assert len(home.platform.whispered(PARENTS[1])) == 1
