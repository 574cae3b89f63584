"""Words that need a person at once, as a class meets them: people are told until somebody answers, and
who spoke is never punished."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from src.core.chat.events import PlatformRole
from src.core.chat.port import Act, Answer, Word
from src.core.people import Role
from src.core.store import models
from tests.houses import ADMIN, BOT, CLASS, INSULT, OWNER, PARENT, PARENTS, Home, a_home, account

if TYPE_CHECKING:
    from pathlib import Path

    from src.core.chat.events import Account
    from src.core.groups import Group

PACK = "text-only-parents"
"""It has a clause on insults, so that a message can break something too."""
CRY = "我不想活了，活着没意思"
OTHER, LEADER = PARENTS[1], PARENTS[2]


async def ready(home: Home) -> None:
    """The clause is in force, with a school leader."""
    await home.says(OWNER, "/启用 emergency")
    home.house.people.grant(CLASS, account(LEADER), Role.LEADER)
    home.platform.done.clear()


def alerts(home: Home, user: str) -> int:
    """How often somebody was alerted."""
    return sum("【紧急】" in text for text in home.platform.whispered(user))


async def emergency() -> models.Request:
    """The one emergency there is."""
    return await models.Request.get(kind="emergency")


async def test_the_named_people_are_told_at_once_and_nothing_happens_to_the_speaker(
    tmp_path: Path,
) -> None:
    async with a_home(tmp_path, pack=PACK, superusers=["990"]) as home:
        await ready(home)
        # It breaks a clause too, in the same message.
        assert await home.says(PARENT, f"{CRY}，{INSULT}", message_id="cry")
        assert "cry" in home.platform.posted
        assert await models.Case.all().count() == 0
        assert not home.platform.muted(PARENT)
        for user in (OWNER, LEADER):
            (text,) = home.platform.whispered(user)
            assert "轻生" in text
            assert CRY not in text
        assert alerts(home, ADMIN) == alerts(home, OTHER) == 0
        (kind_word,) = home.platform.whispered(PARENT)
        assert "12356" in kind_word
        assert "\n" not in kind_word
        assert home.platform.said() == []

        request = await emergency()
        evidence = await models.Evidence.get()
        assert evidence.request_id == request.id
        assert evidence.value.startswith("我不想活了")
        assert len(evidence.value) <= 60
        assert evidence.digest == home.house.audit.digest(f"{CRY}，{INSULT}")

        # Within the hour it is one, also where the platform delivers the message again.
        await home.says(PARENT, "我想死")
        await home.says(PARENT, f"{CRY}，{INSULT}", message_id="cry")
        await home.says(OTHER, "哈哈哈笑死我了")
        assert await models.Request.filter(kind="emergency").count() == 1
        assert await models.Evidence.all().count() == 2
        assert len(home.platform.whispered(PARENT)) == 1
        await home.advance(3700)
        await home.says(PARENT, "真的不想活了")
        assert await models.Request.filter(kind="emergency").count() == 2


async def test_who_calls_for_help_in_a_hurry_floods_nothing(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await home.says(OWNER, "/启用 anti_flood")
        await ready(home)
        for _ in range(20):
            await home.says(PARENT, CRY)
        await home.says(PARENT, "在吗")
        assert await models.Case.all().count() == 0
        # The others are counted as before.
        for _ in range(20):
            await home.says(OTHER, "在吗")
        assert await models.Case.exists(account__user_id=OTHER)


async def test_it_is_told_again_and_higher_until_somebody_answers(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK, superusers=["990"]) as home:
        await ready(home)
        await home.says(PARENT, "孩子放学到现在没到家联系不上")
        for _ in range(11):
            await home.advance(300)
        assert alerts(home, OWNER) == alerts(home, LEADER) == 12
        # From the third round on the operators are told too.
        assert alerts(home, "990") == 10
        await home.advance(1800)
        assert alerts(home, OWNER) == 12
        await home.advance(1860)
        assert alerts(home, OWNER) == 13

        home.platform.done.clear()
        await home.says(OTHER, "收到", group=None)
        await home.says(OTHER, f"收到 {home.group.id}-{(await emergency()).number}", group=None)
        assert all("没有编号" in text for text in home.platform.whispered(OTHER))
        assert "answered_by" not in (await emergency()).payload
        await home.says(LEADER, "收到", group=None)
        answered = home.platform.whispered(LEADER)[-1]
        assert "孩子放学到现在没到家" in answered
        assert "已有人回应" in home.platform.whispered(OWNER)[-1]
        home.platform.done.clear()
        await home.advance(7200)
        assert alerts(home, OWNER) == 0


async def test_a_start_goes_on_where_it_was(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await ready(home)
        await home.says(PARENT, CRY)
        home.platform.done.clear()
        await home.restart()
        await home.advance(310)
        assert alerts(home, OWNER) == 1
        assert (await emergency()).payload["alerts"] == 2


async def test_a_family_is_not_told_of_what_may_have_been_done_in_it(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await ready(home)
        since, until = home.clock.now(), home.clock.now() + 86_400
        for user in (OTHER, PARENTS[3]):
            home.house.people.on_duty(CLASS, account(user), since, until)

        def family(_: Group, who: Account) -> set[Account]:
            return {who, account(OTHER)}

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("src.plugins.emergency.lane.family_of", family)
            await home.says(PARENT, "我爸又打我了，身上都是伤")
            assert alerts(home, OTHER) == 0
            assert alerts(home, PARENTS[3]) == alerts(home, OWNER) == 1
            # Whatever rank they have, they neither see nor answer nor close it.
            home.house.people.grant(CLASS, account(OTHER), Role.HEAD_TEACHER)
            number = (await emergency()).number
            item = f"{home.group.id}-{number}"
            for words in ("待办", f"收到 {item}", f"确认 {item} 没事"):
                await home.says(OTHER, words, group=None)
            assert not any("被打" in one or "伤" in one for one in home.platform.whispered(OTHER))
            assert "没有编号" in home.platform.whispered(OTHER)[-1]
            request = await emergency()
            assert (request.state, "answered_by" in request.payload) == ("open", False)
            # Who has the duty and has left the group is told no more.
            home.platform.done.clear()
            await home.leaves(PARENTS[3])
            await home.advance(310)
            assert alerts(home, PARENTS[3]) == 0
            assert alerts(home, LEADER) == 1


async def test_where_nobody_is_named_the_platforms_admins_are_told(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await home.says(OWNER, "/启用 emergency")
        # The bot owns the group.
        home.platform.change(BOT, role=PlatformRole.OWNER)
        await home.leaves(OWNER)
        # As just after a start, who manages it has not been read yet.
        home.group.staff = ()
        await home.renames(PARENT, "陈晨\n妈妈", told=False)
        await home.says(PARENT, CRY)
        (text,) = home.platform.whispered(ADMIN)
        assert "从陈晨 妈妈 " in text
        await home.says(ADMIN, "收到", group=None)
        await home.says(ADMIN, f"确认 1-{(await emergency()).number} 已经联系上", group=None)
        assert (await emergency()).state == "confirmed"


async def test_who_answered_hears_of_more(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await ready(home)
        for number in range(30):
            await home.says(PARENT, f"{CRY}{number}")
        await home.says(OWNER, "收到", group=None)
        # However much was said, the answer is one that can be sent.
        assert home.platform.whispered(OWNER)[-1].count(PARENT) == 9
        for _ in range(2):
            await home.advance(310)
            await home.says(PARENT, "我想死")
            await home.says(PARENT, "真的不想活了")
        assert sum("又发了类似的话" in text for text in home.platform.whispered(OWNER)) == 2
        assert alerts(home, LEADER) == 1


async def test_two_that_wait_are_told_apart_by_their_numbers(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await ready(home)
        await home.says(PARENT, CRY)
        await home.says(OTHER, "我爸又打我了，身上都是伤")
        # A whole class may take up a phrase: a round is one message.
        home.platform.done.clear()
        await home.advance(310)
        (text,) = home.platform.whispered(LEADER)
        numbers = [one.number for one in await models.Request.filter(kind="emergency")]
        assert all(f"收到 1-{number}" in text for number in numbers)
        await home.says(OWNER, "收到", group=None)
        lines = home.platform.whispered(OWNER)[-1].splitlines()[1:]
        assert len(lines) == 2
        for line in lines:
            await home.says(OWNER, line.partition("（")[0], group=None)
            assert "已记下" in home.platform.whispered(OWNER)[-1]
        # With nothing that waits it is a word like any other.
        home.platform.done.clear()
        await home.says(OWNER, "收到", group=None)
        await home.says(OWNER, "收到 谢谢", group=None)
        await home.says(PARENT, "收到")
        assert home.platform.done == []


async def test_it_is_closed_with_words_by_the_head_teacher(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await ready(home)
        await home.says(PARENT, CRY)
        number = (await emergency()).number
        # Neither without words nor by somebody below the head teacher.
        await home.says(OWNER, f"确认 {number}")
        await home.says(ADMIN, f"/确认 {number} 已联系")
        assert (await emergency()).state == "open"
        home.platform.done.clear()
        await home.says(OWNER, f"/确认 {number} 已联系上，家人陪着")
        request = await emergency()
        assert (request.state, request.reason) == ("confirmed", "已联系上，家人陪着")
        assert "by" not in request.payload
        assert "alert" not in request.payload
        assert "已联系上" in home.platform.whispered(LEADER)[-1]
        await home.advance(900)
        assert alerts(home, LEADER) == 0


async def test_where_it_is_only_observed_people_are_told_all_the_same(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await ready(home)
        await home.says(OWNER, "/policy mode observe")
        await home.says(PARENT, CRY)
        assert alerts(home, OWNER) == 1
        assert home.platform.whispered(PARENT) == []
        # In a pause no message is looked at.
        await home.says(OWNER, "/pause 1h")
        await home.says(OTHER, CRY)
        assert await models.Request.filter(kind="emergency").count() == 1


async def test_a_teacher_tells_of_a_child_and_may_close_it(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await ready(home)
        await home.says(OWNER, "孩子离家出走了，到现在没回家")
        assert alerts(home, OWNER) == 0
        assert alerts(home, LEADER) == 1
        await home.says(OWNER, f"/驳回 {(await emergency()).number} 已经找到")
        assert (await emergency()).state == "refused"


async def test_without_a_store_people_are_told_and_nothing_is_withdrawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await ready(home)

        async def down(*_: object, **__: object) -> None:
            raise OSError

        monkeypatch.setattr("src.plugins.emergency.hearing.account_row", down)
        await home.says(PARENT, f"{CRY}，{INSULT}", message_id="cry")
        assert alerts(home, OWNER) == alerts(home, LEADER) == 1
        assert "cry" in home.platform.posted


async def test_a_platform_that_whispers_to_nobody(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await ready(home)
        home.platform.answers[Act.WHISPER] = Answer(Word.REFUSED)
        await home.says(PARENT, CRY)
        lines = home.platform.said()
        assert any("急事" in line for line in lines)
        assert not any("轻生" in line or "不想活" in line for line in lines)


async def test_what_is_confided_to_the_bot_alone_is_heard(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await home.says(PARENT, CRY, group=None)
        assert not home.platform.whispered(OWNER)
        await ready(home)
        # Nobody of this class, and nothing to hear.
        await home.says("12345", CRY, group=None)
        await home.says(PARENT, "老师好", group=None)
        assert not home.platform.done
        await home.says(PARENT, CRY, group=None)
        for user in (OWNER, LEADER):
            (text,) = home.platform.whispered(user)
            assert "私聊机器人的话" in text
            assert CRY not in text
        assert "12356" in home.platform.whispered(PARENT)[0]
        assert home.platform.said() == []
        await home.says(PARENT, "真的不想活了")
        assert await models.Request.filter(kind="emergency").count() == 1
        assert await models.Case.all().count() == 0
