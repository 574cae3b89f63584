"""Who was pulled in without an application is asked who they are; who pulled them in, where it is sure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.events import PlatformRole
from src.core.chat.port import Act
from src.core.store import models
from tests.houses import ADMIN, OWNER, PARENT, FakePlatform, account

from .classes import DAY, FRIEND, NEWCOMER, a_class, cases, member

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.houses import Home

MINUTE = 60.0


async def pass_days(home: Home, days: float) -> None:
    home.clock.move_to(home.clock.now() + days * DAY)
    await home.advance(MINUTE)


async def identities() -> list[tuple[str, str, str]]:
    found = await models.Identity.all().order_by("id").select_related("account", "person")
    return [(one.account.user_id, one.person.name, one.relation) for one in found]


async def test_who_says_who_they_are_is_known(tmp_path: Path) -> None:
    async with a_class(tmp_path, welcome="否") as home:
        await home.comes(NEWCOMER, invited=True, operator=PARENT)
        [asked] = home.platform.whispered(NEWCOMER)
        assert "请在 11月4日 12:00 前" in asked

        # The roster's names are not to be found out by asking.
        await home.says(NEWCOMER, "你好", group=None)
        assert "没有看懂" in home.platform.whispered(NEWCOMER)[-1]
        replies: list[str] = []
        for answer in ("张小明妈妈", "张三丰妈妈"):
            await home.says(NEWCOMER, answer, group=None)
            replies.append(home.platform.whispered(NEWCOMER)[-1])
        assert len(set(replies)) == 1
        [question] = await models.Request.filter(kind="verify")
        assert "张小明妈妈" in home.platform.whispered(OWNER)[-1]

        await home.says(NEWCOMER, "张小明妈妈 0001", group=None)
        assert "身份已核对" in home.platform.whispered(NEWCOMER)[-1]
        assert await identities() == [(NEWCOMER, "张小明", "妈妈")]
        await question.refresh_from_db()
        assert (question.state, question.payload) == ("closed", {})
        kept = [notice.text for notice in await models.Notice.all()]
        assert not any("张小明妈妈" in text for text in kept if "请在" not in text)
        await pass_days(home, 2)
        assert await cases(NEWCOMER) == []
        told = len(home.platform.whispered(NEWCOMER))
        await home.says(NEWCOMER, "谢谢老师", group=None)
        assert len(home.platform.whispered(NEWCOMER)) == told


async def test_who_says_nothing_climbs_the_ladder_and_may_still_answer(tmp_path: Path) -> None:
    async with a_class(tmp_path, welcome="否") as home:
        await home.comes(NEWCOMER, invited=True, operator=PARENT)
        await home.advance(MINUTE)
        assert await cases(NEWCOMER) == []
        for met in (["remind"], ["remind", "warn"], ["remind", "warn", "remove"]):
            await pass_days(home, 1)
            assert await cases(NEWCOMER) == met
        assert home.platform.asked(Act.REMOVE) == []
        proposal = await models.Request.get(kind="remove")
        assert proposal.state == "open"
        await home.says(NEWCOMER, "李晓红爸爸 0002", group=None)
        assert await cases(NEWCOMER) == []
        await proposal.refresh_from_db()
        assert proposal.state == "closed"
        assert not home.platform.muted(NEWCOMER)
        assert await cases(PARENT) == []


async def test_nothing_happens_to_staff_or_while_managers_are_asked(tmp_path: Path) -> None:
    async with a_class(tmp_path, welcome="否") as home:
        await home.comes(NEWCOMER, invited=True, operator=PARENT)
        await home.comes(FRIEND, invited=True, operator=PARENT)
        home.platform.change(FRIEND, role=PlatformRole.ADMIN)
        await home.comes("303", invited=True, operator=PARENT)
        await home.says(OWNER, "/role @303 staff")
        # Vouched for while their time was being looked at.
        await home.comes("304", invited=True, operator=PARENT)
        row = models.Membership.filter(account__user_id="304")
        await row.update(how="admitted")
        await home.says(NEWCOMER, "张小明妈妈", group=None)
        await home.advance(MINUTE)
        await pass_days(home, 1)
        assert await cases(NEWCOMER) == await cases(FRIEND) == []
        assert await cases("303") == await cases("304") == []
        assert (await member(home, FRIEND)).verify_by is None

        # Nobody answers: the person's time begins anew. Then a manager knows them.
        await pass_days(home, 1)
        assert (await models.Request.get(kind="verify")).state == "lapsed"
        assert await cases(NEWCOMER) == []
        await home.says(NEWCOMER, "张小明妈妈", group=None)
        question = await models.Request.filter(kind="verify").order_by("-id").first()
        assert question is not None
        assert "名册上可能是：张小明妈妈" in home.platform.whispered(OWNER)[-1]
        await home.comes("305", invited=True, operator=PARENT)
        await home.says("305", "李晓红爸爸", group=None)
        other = await models.Request.filter(kind="verify").order_by("-id").first()
        assert other is not None
        await models.Person.filter(name="李晓红").delete()
        assert home.group.class_id is not None
        await home.house.rosters.reload(home.group.class_id)
        await home.says(OWNER, f"确认 {other.number}")
        await other.refresh_from_db()
        assert other.state == "confirmed"
        await home.says(OWNER, f"确认 {question.number}")
        assert await identities() == [(NEWCOMER, "张小明", "妈妈")]
        assert (await models.Identity.get()).how == "manager"
        assert (await member(home, NEWCOMER)).verify_by is None
        assert home.group.roster is not None
        assert home.group.roster.identities(account(NEWCOMER))


async def test_trying_numbers_has_an_end(tmp_path: Path) -> None:
    async with a_class(tmp_path, welcome="否") as home:
        await home.comes(NEWCOMER, invited=True, operator=PARENT)
        for number in ("1111", "2222", "3333", "0001"):
            await home.says(NEWCOMER, f"张小明妈妈 {number}", group=None)
        assert "明天再试" in home.platform.whispered(NEWCOMER)[-1]
        assert await identities() == []
        await pass_days(home, 1.1)
        await home.says(NEWCOMER, "张小明妈妈 0001", group=None)
        assert await identities() == [(NEWCOMER, "张小明", "妈妈")]


async def test_a_manager_who_pulls_somebody_in_consents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_class(tmp_path, welcome="否", warn_inviter="是") as home:
        await home.comes(NEWCOMER, invited=True, operator=ADMIN)
        row = await member(home, NEWCOMER)
        assert (row.how, row.verify_by) == ("admitted", None)
        assert home.platform.whispered(NEWCOMER) == []

        # A parent is warned, once; an inviter who may be somebody else is told of, and not warned.
        await home.comes(FRIEND, invited=True, operator=PARENT)
        await home.comes(FRIEND, invited=True, operator=PARENT)
        for user in ("304", "305"):  # Chosen together with the first.
            await home.comes(user, invited=True, operator=PARENT)
        assert await cases(PARENT) == ["remind"]
        assert "您直接拉人进群" in home.platform.whispered(PARENT)[-1]
        await pass_days(home, 0.1)
        monkeypatch.setattr(FakePlatform, "tells_inviter", False)
        await home.comes("303", invited=True, operator=PARENT)
        assert await cases(PARENT) == ["remind"]
        assert "303 没有经过申请" in home.platform.whispered(OWNER)[-1]
        monkeypatch.setattr(FakePlatform, "tells_inviter", True)
        await home.comes("306", invited=True, operator=PARENT)
        assert await cases(PARENT) == ["remind", "warn"]


async def test_where_a_person_decides_the_managers_are_told_a_few_times(tmp_path: Path) -> None:
    async with a_class(tmp_path, welcome="否", pulled_in="person") as home:
        for user in range(301, 308):
            await home.comes(str(user), invited=True, operator=PARENT)
        told = [text for text in home.platform.whispered(OWNER) if "没有经过申请" in text]
        assert len(told) == 4
        assert "由 101 拉进来" in told[0]
        assert home.platform.whispered("301") == []
