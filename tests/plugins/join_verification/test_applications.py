"""Applications as a class meets them: decided once, verified, put to people, and never lost."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from src.core.chat.events import JoinRequested
from src.core.chat.port import Act, Answer, Word
from src.core.store import models
from src.plugins.join_verification.levels import forget
from tests.houses import ADMIN, CLASS, OWNER, PARENT, Home, a_home, account

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

STRANGER, OTHER, THIRD, FOURTH, FIFTH = (str(50_000 + number) for number in range(1, 6))
RIGHT = "问题：孩子和关系？\n答案：陈晨妈妈 0304"
MINUTE = 60.0


@asynccontextmanager
async def a_class(tmp_path: Path) -> AsyncGenerator[Home]:
    """The class group has its roster, and the plugin in force."""
    async with a_home(tmp_path, pack="eight-rules") as home:
        await home.says(OWNER, "/启用 join_verification")
        roster = await home.house.rosters.link(home.group, "三年级二班")
        now = home.house.records.now()
        for name, number in (("陈晨", "20260304"), ("李伟", "20260311"), ("李伟", "20260312")):
            await models.Person.create(
                school_class_id=roster.class_id,
                kind="student",
                name=name,
                number=number,
                created_at=now,
            )
        await home.house.rosters.reload(roster.class_id)
        await home.settled()
        assert {one.user_id for one in home.group.staff} == {OWNER, ADMIN}
        home.platform.done.clear()
        yield home


def decided(home: Home) -> list[tuple[str, bool, str]]:
    """The platform's decisions: flag, whether let in, reason."""
    return [done.value for done in home.platform.asked(Act.DECIDE_JOIN)]


def inside(home: Home, user: str) -> bool:
    return account(user) in home.platform.groups[CLASS]


async def the_request(user: str = STRANGER) -> models.Request:
    """The last request of somebody."""
    found = await models.Request.filter(kind="join", account__user_id=user).order_by("-id").first()
    assert found is not None
    return found


async def pass_by(home: Home, **length: float) -> None:
    """As if all that came before had been so much earlier."""
    length_of = timedelta(**length)
    for attempt in await models.JoinAttempt.all():
        attempt.created_at -= length_of
        await attempt.save()
    for request in await models.Request.all():
        request.created_at -= length_of
        if request.expires_at is not None:
            request.expires_at -= length_of
        if request.decided_at is not None:
            request.decided_at -= length_of
        await request.save()
    await home.advance(MINUTE)


async def test_who_is_proven_comes_in_once_and_is_known(tmp_path: Path) -> None:
    async with a_class(tmp_path) as home:
        flag = await home.applies(STRANGER, RIGHT)
        assert decided(home) == [(flag, True, "")]
        assert inside(home, STRANGER)
        assert home.group.roster is not None
        [known] = home.group.roster.identities(account(STRANGER))
        assert (known.person.name, known.relation) == ("陈晨", "妈妈")
        assert (await models.Identity.get()).how == "number"
        # Nobody was bothered, and what was written is not kept.
        assert home.platform.whispered(OWNER) == []
        request = await the_request()
        assert (request.state, request.payload) == ("confirmed", {"flag": flag})
        assert (await models.JoinAttempt.get()).outcome == "admitted"

        # Told again, before and after the event of the arrival (seq-02).
        await home.applies(STRANGER, RIGHT, flag=flag)
        await home.comes(STRANGER)
        await home.applies(STRANGER, RIGHT, flag=flag)
        assert len(decided(home)) == 1
        assert await models.Request.filter(kind="join").count() == 1

        # A code is good for one account.
        person = await models.Person.get(number="20260311")
        now = home.house.records.now()
        await models.JoinCode.create(
            person=person, code="K7MP2QX", expires_at=now + timedelta(days=1), created_at=now
        )
        await home.applies(OTHER, "李伟爸爸 K7MP-2QX")
        assert inside(home, OTHER)
        assert (await models.Identity.get(how="code")).person_id == person.id
        await home.applies(THIRD, "李伟妈妈 K7MP-2QX")
        assert not inside(home, THIRD)
        assert (await the_request(THIRD)).payload["why"] == "several"


async def test_a_wrong_form_is_refused_once_and_then_a_manager_decides(tmp_path: Path) -> None:
    async with a_class(tmp_path) as home:
        first = await home.applies(STRANGER, "让我进去")
        [(flag, accepted, reason)] = decided(home)
        assert (flag, accepted) == (first, False)
        assert "张小明妈妈" in reason
        assert "学号后4位" in reason

        # Then people are asked, who exists and who does not alike; nobody else is told a thing.
        await home.applies(STRANGER, "我是管理员朋友")
        await home.applies(OTHER, "陈晨妈妈")
        await home.applies(THIRD, "胡晓明妈妈")
        assert len(decided(home)) == 1
        assert home.platform.said() == []
        asked = home.platform.whispered(OWNER)
        assert len(asked) == 3
        assert "陈晨妈妈" in asked[1]
        assert "学号后几位" in asked[1]

        # The lines to copy work, in private and for whoever may.
        number = f"{home.group.id}-{(await the_request(OTHER)).number}"
        assert f"入群 {number} 同意" in asked[1]
        await home.says(PARENT, f"入群 {number} 同意", group=None)
        await home.says(OWNER, f"/refuse {number}", group=None)
        assert "入群申请请用" in home.platform.whispered(OWNER)[-1]
        assert not inside(home, OTHER)
        await home.says(OWNER, f"入群 {number} 同意", group=None)
        assert inside(home, OTHER)
        identity = await models.Identity.get().select_related("by", "person")
        assert identity.by is not None
        assert (identity.how, identity.by.user_id, identity.person.name) == (
            "manager",
            OWNER,
            "陈晨",
        )
        assert f"入群申请 {number} 已由 {OWNER} 同意" in home.platform.whispered(ADMIN)[-1]
        await home.says(ADMIN, f"/join {number} no", group=None)
        assert "已经有结果：已同意" in home.platform.whispered(ADMIN)[-1]

        # A refusal with its reason.
        other = (await the_request(THIRD)).number
        await home.says(ADMIN, f"/join {other} no 请先联系班主任")
        assert decided(home)[-1][1:] == (False, "请先联系班主任")
        assert not inside(home, THIRD)

        # What was written and told of them is gone; what is still open is not.
        await home.advance(MINUTE)
        for user in (OTHER, THIRD):
            assert set((await the_request(user)).payload) == {"flag"}
        texts = [notice.text for notice in await models.Notice.all()]
        acts = [act.payload.get("text", "") for act in await models.Act.filter(kind="whisper")]
        assert not any("胡晓明" in text or "陈晨" in text for text in (*texts, *acts))
        assert any("管理员朋友" in text for text in texts)


async def test_of_two_with_one_name_a_manager_says_which(tmp_path: Path) -> None:
    async with a_class(tmp_path) as home:
        await home.applies(STRANGER, "李伟妈妈")
        request = await the_request()
        item = f"{home.group.id}-{request.number}"
        asked = home.platform.whispered(OWNER)[-1]
        assert f"入群 {item} 同意 李伟妈妈 0312" in asked
        await home.says(OWNER, f"/join {item} yes 胡晓明妈妈", group=None)
        assert "名册上找不到" in home.platform.whispered(OWNER)[-1]
        await home.says(OWNER, f"/join {item} 可以吗", group=None)
        assert "请写成" in home.platform.whispered(OWNER)[-1]
        assert decided(home) == []
        await home.says(OWNER, f"/join {item} yes 李伟妈妈 0312", group=None)
        identity = await models.Identity.get().select_related("person")
        assert (identity.person.number, identity.relation) == ("20260312", "妈妈")


async def test_an_ok_that_did_nothing_is_put_to_a_person(tmp_path: Path) -> None:
    async with a_class(tmp_path) as home:
        home.platform.answers[Act.DECIDE_JOIN] = Answer(Word.DONE)
        flag = await home.applies(STRANGER, RIGHT)
        await home.advance(2 * MINUTE)
        # Asked once; the list of members was read instead of asking again.
        assert decided(home) == [(flag, True, "")]
        assert not inside(home, STRANGER)
        assert await models.Identity.all().count() == 0
        request = await the_request()
        assert (request.state, request.payload["why"]) == ("open", "failed")
        assert "放行没有成功" in "".join(home.platform.whispered(OWNER))

        del home.platform.answers[Act.DECIDE_JOIN]
        await home.says(OWNER, f"/join {request.number} yes")
        assert inside(home, STRANGER)
        assert (await models.Identity.get()).how == "manager"


async def test_whoever_asks_again_and_again_does_not_fill_a_managers_chat(tmp_path: Path) -> None:
    async with a_class(tmp_path) as home:
        for number in range(8):
            home.platform.applications.clear()
            await home.applies(STRANGER, f"陈晨妈妈{'好' * number}")
        assert len(home.platform.whispered(OWNER)) == 3
        # A yes is to what was read: not to another name that came after it unread.
        await home.applies(STRANGER, "陈晨奶奶")
        await home.says(OWNER, f"/join {(await the_request()).number}")
        assert "同意 陈晨奶奶" in home.platform.whispered(OWNER)[-1]
        await home.says(OWNER, f"/join {(await the_request()).number} yes")
        assert "还不知道是谁" in home.platform.said()[-1]
        assert inside(home, STRANGER)
        assert not await models.Identity.exists()
        # Sent away three times, an account is locked out for the day.
        for _ in range(3):
            await home.applies(OTHER, "陈晨妈妈")
            await home.says(OWNER, f"/join {(await the_request(OTHER)).number} no")
        told = len(home.platform.whispered(OWNER))
        await home.applies(OTHER, "陈晨妈妈")
        assert "次数用完" in decided(home)[-1][2]
        assert len(home.platform.whispered(OWNER)) == told


async def test_without_a_roster_people_decide_and_the_doctor_says_so(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack="eight-rules") as home:
        await home.says(OWNER, "/启用 join_verification")
        await home.applies(STRANGER, RIGHT)
        assert "还没有名册" in home.platform.whispered(OWNER)[-1]
        await home.says(OWNER, "/doctor")
        assert "没有名册" in home.platform.said()[-1] + home.platform.whispered(OWNER)[-1]
        home.platform.answers[Act.DECIDE_JOIN] = Answer(Word.REFUSED, wording="No such request")
        await home.says(OWNER, f"/join {(await the_request()).number} no")
        assert "没能拒绝（No such request）" in home.platform.whispered(OWNER)[-1]


async def test_a_flag_that_is_dead_is_nobodys_question(tmp_path: Path) -> None:
    async with a_class(tmp_path) as home:
        event = JoinRequested(
            home.platform.bot.user_id, home.clock.now(), CLASS, account(STRANGER), RIGHT, "gone"
        )
        home.house.event(home.platform, event)
        await home.settled()
        assert decided(home) == [("gone", True, "")]
        assert (await the_request()).state == "closed"
        assert "已经不在了" in home.platform.whispered(OWNER)[-1]


async def test_somebody_who_applies_again_meanwhile_is_decided_by_the_new_flag(
    tmp_path: Path,
) -> None:
    async with a_class(tmp_path) as home:
        await home.applies(STRANGER, "陈晨妈妈", flag="old")
        before = await the_request()
        del home.platform.applications["old"]
        flag = await home.applies(STRANGER, RIGHT, flag="new")
        assert decided(home) == [(flag, True, "")]
        assert inside(home, STRANGER)
        assert (await the_request()).id == before.id
        assert await models.Request.filter(kind="join").count() == 1


async def test_what_was_missed_or_done_elsewhere_is_found_by_comparing(tmp_path: Path) -> None:
    async with a_class(tmp_path) as home:
        now, bot = home.clock.now(), home.platform.bot.user_id
        home.platform.applications["quiet"] = JoinRequested(
            bot, now, CLASS, account(STRANGER), RIGHT, "quiet"
        )
        home.lose()
        home.connect()
        await home.settled()
        assert inside(home, STRANGER)

        # A person declines one on the platform, and lets another in.
        flag = await home.applies(OTHER, "陈晨爸爸")
        await home.applies(THIRD, "陈晨奶奶")
        del home.platform.applications[flag]
        await home.advance(6 * MINUTE)
        assert (await the_request(OTHER)).state == "closed"
        assert "已由他人处理" in home.platform.whispered(OWNER)[-1]
        await home.comes(THIRD, operator=ADMIN)
        assert (await the_request(THIRD)).state == "closed"
        assert "人已在群里" in home.platform.whispered(ADMIN)[-1]

        # An empty comment is looked up before it is held against anybody.
        event = JoinRequested(bot, now, CLASS, account(FOURTH), "李伟妈妈 0311", "late")
        home.platform.applications["late"] = event
        empty = JoinRequested(bot, now, CLASS, account(FOURTH), "", "late")
        home.house.event(home.platform, empty)
        await home.settled()
        assert inside(home, FOURTH)

        # What was refused and still waits there is not refused again and again.
        home.platform.answers[Act.DECIDE_JOIN] = Answer(Word.DONE)
        await home.applies(FIFTH, "让我进去")
        before = len(decided(home))
        await home.advance(20 * MINUTE)
        assert len(decided(home)) == before
        assert (await the_request(FIFTH)).payload["why"] == "stays"


async def test_an_older_refusal_that_stays_listed_hides_nobody(tmp_path: Path) -> None:
    async with a_class(tmp_path) as home:
        home.platform.answers[Act.DECIDE_JOIN] = Answer(Word.DONE)
        first = await home.applies(STRANGER, "让我进去")
        await home.applies(STRANGER, "陈晨妈妈")
        home.platform.applications["quiet"] = JoinRequested(
            home.platform.bot.user_id, home.clock.now(), CLASS, account(OTHER), "陈晨爸爸", "quiet"
        )
        await models.Request.filter(state="refused").update(
            decided_at=home.house.records.now() - timedelta(hours=1)
        )
        home.connect()
        await home.settled()
        assert (await the_request()).state == "open"
        assert (await models.Request.get(state="refused")).payload["flag"] == first
        assert (await the_request(OTHER)).state == "open"


async def test_three_tries_a_day_outlast_a_restart(tmp_path: Path) -> None:
    async with a_class(tmp_path) as home:
        await home.says(OWNER, "/制度 set 附1 wrong_form refuse")
        home.platform.done.clear()
        for _ in range(3):
            await home.applies(STRANGER, "让我进去")
        assert [reason[:5] for _, _, reason in decided(home)] == ["请按格式申"] * 3
    async with a_home(tmp_path, pack=None) as home:
        await home.applies(STRANGER, RIGHT)
        [(_, accepted, reason)] = decided(home)
        assert not accepted
        assert "次数用完" in reason
        await pass_by(home, hours=25)
        await home.applies(STRANGER, RIGHT)
        assert inside(home, STRANGER)


async def test_a_wave_goes_to_people_who_are_told_once(tmp_path: Path) -> None:
    async with a_class(tmp_path) as home:
        for user in range(600, 612):
            await home.applies(str(user), "陈晨家长")
        await home.applies(STRANGER, "陈晨妈妈 0304")
        assert not inside(home, STRANGER)
        told = home.platform.whispered(OWNER)
        assert len(told) == 10  # Nine questions, and the wave.
        assert "都改为人工" in told[-1]
        # Whoever decides can read what nobody was told.
        number = f"{home.group.id}-{(await the_request()).number}"
        await home.says(OWNER, f"入群 {number}", group=None)
        assert "写的是：陈晨妈妈 0304" in home.platform.whispered(OWNER)[-1]
        await pass_by(home, hours=7)
        await home.applies(OTHER, "陈晨爸爸 0304")
        assert inside(home, OTHER)


async def test_what_nobody_answers_is_reminded_of_and_lapses(tmp_path: Path) -> None:
    async with a_class(tmp_path) as home:
        flag = await home.applies(STRANGER, "陈晨妈妈")
        await pass_by(home, hours=5)
        await pass_by(home, hours=20)
        told = home.platform.whispered(OWNER)
        assert [text for text in told if "在等您" in text] == told[1:]
        assert len(told) == 3
        await pass_by(home, hours=25)
        assert "两天没有人答复" in home.platform.whispered(OWNER)[-1]
        request = await the_request()
        assert (request.state, request.payload) == ("lapsed", {"flag": flag})
        # It stays on the platform; nobody was let in, and nobody is asked anew.
        assert flag in home.platform.applications
        assert decided(home) == []
        await home.applies(STRANGER, "陈晨妈妈", flag=flag)
        assert (await the_request()).id == request.id
        await pass_by(home, days=31)
        await forget(home.house)
        assert await models.JoinAttempt.all().count() == 0


async def test_nothing_is_decided_where_nothing_is_in_force(tmp_path: Path) -> None:
    async with a_class(tmp_path) as home:
        await home.says(OWNER, "/制度 mode observe")
        await home.applies(STRANGER, RIGHT)
        await home.applies(OTHER, "让我进去")
        await home.advance(6 * MINUTE)
        assert decided(home) == []
        assert await models.Request.filter(kind="join").count() == 0
        await home.says(OWNER, "/制度 mode enforce")
        assert inside(home, STRANGER)
        await home.says(OWNER, "/暂停 1h")
        await home.applies(THIRD, "陈晨爸爸 0304")
        assert not inside(home, THIRD)
        await home.advance(70 * MINUTE)
        assert inside(home, THIRD)


async def test_a_restart_with_an_admission_under_way_loses_nothing(tmp_path: Path) -> None:
    async with a_class(tmp_path) as home:
        home.platform.answers[Act.DECIDE_JOIN] = Answer(Word.UNKNOWN, asked=False)
        await home.applies(STRANGER, RIGHT)
        waiting = dict(home.platform.applications)
    async with a_home(tmp_path, pack=None) as home:
        home.platform.applications |= waiting
        await home.advance(3 * MINUTE)
        assert [flag for flag, _, _ in decided(home)] == [(await the_request()).payload["flag"]]
        assert inside(home, STRANGER)
        assert await models.Identity.all().count() == 1
        # Killed between the act and what follows from it: that is made up for.
        await models.Identity.all().delete()
        act = await models.Act.get(kind="admit")
        last = await the_request()
        person = await models.Person.get(name="陈晨")
        last.payload = {
            "flag": "x",
            "act": act.id,
            "claims": [[person.id, "妈妈"]],
            "how": "number",
        }
        await last.save()
        await home.advance(MINUTE)
        assert await models.Identity.all().count() == 1
        assert (await the_request()).payload == {"flag": "x"}


async def test_what_was_proven_long_ago_lets_nobody_in(tmp_path: Path) -> None:
    async with a_class(tmp_path) as home:
        # The platform cannot be asked, and the line breaks; meanwhile the child leaves the class.
        home.platform.answers[Act.DECIDE_JOIN] = Answer(Word.REFUSED, asked=False)
        await home.applies(STRANGER, RIGHT)
        home.lose()
        await models.Person.filter(name="陈晨").update(until=home.house.rosters.today())
        assert home.group.class_id is not None
        await home.house.rosters.reload(home.group.class_id)
        del home.platform.answers[Act.DECIDE_JOIN]
        await home.advance(60 * MINUTE)
        home.connect()
        await home.advance(MINUTE)
        assert not inside(home, STRANGER)
        assert (await the_request()).state == "open"
        assert "放行没有成功" in home.platform.whispered(OWNER)[-1]


@pytest.mark.parametrize("meanwhile", ["/pause 2h", "/policy mode observe", f"/block {STRANGER}"])
async def test_what_is_said_meanwhile_overtakes_an_admission(
    tmp_path: Path, meanwhile: str
) -> None:
    async with a_class(tmp_path) as home:
        home.platform.answers[Act.DECIDE_JOIN] = Answer(Word.REFUSED, asked=False)
        await home.applies(STRANGER, RIGHT)
        await home.says(OWNER, meanwhile)
        del home.platform.answers[Act.DECIDE_JOIN]
        await home.advance(MINUTE)
        assert not inside(home, STRANGER)


async def test_who_was_removed_or_blocked_is_not_let_in_unseen(tmp_path: Path) -> None:
    async with a_class(tmp_path) as home:
        await home.applies(STRANGER, RIGHT)
        await home.says(OWNER, f"/kick {STRANGER} 测试")
        await home.advance(MINUTE)
        assert not inside(home, STRANGER)
        await home.applies(STRANGER, RIGHT)
        assert not inside(home, STRANGER)
        assert (await the_request()).payload["why"] == "removed"
        assert "以前被移出过" in home.platform.whispered(OWNER)[-1]
        assert "名册上可能是：" in home.platform.whispered(OWNER)[-1]
        await home.says(OWNER, f"/block {OTHER}")
        await home.applies(OTHER, "李伟妈妈 0311")
        assert decided(home)[-1][1:] == (False, "暂时不能加入，有疑问请联系班主任")
