"""The periodic review of the members: a list, a person's word, and everybody looked at again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from src.core.chat.events import Account, Member, PlatformRole
from src.core.chat.port import Act, Answer, Capabilities, Word
from src.core.people import ClassRoster, Person, PersonKind
from src.core.store import in_transaction, models
from src.core.store.rows import account_row
from src.plugins.join_verification import review
from src.plugins.join_verification.review import Standing, fitting, most, named_on, why_listed
from tests.houses import ADMIN, OWNER, PARENTS, FakePlatform, account

from .classes import DAY, a_class

if TYPE_CHECKING:
    from pathlib import Path

    from tests.houses import Home

MINUTE = 60.0
PLAIN = Standing(exempt=False, known=True, gone=False, verifying=False, last_seen=100.0)


@pytest.mark.parametrize(
    ("one", "since", "why"),
    [
        (PLAIN, None, None),
        (PLAIN, 100.0, None),
        (PLAIN, 101.0, "silent"),
        (PLAIN._replace(last_seen=None), 101.0, None),
        (PLAIN._replace(known=False), 101.0, "unknown"),
        (PLAIN._replace(known=None), None, None),
        (PLAIN._replace(known=False, verifying=True), 101.0, None),
        (PLAIN._replace(gone=True), None, "gone"),
        (PLAIN._replace(gone=True, known=False), None, "gone"),
        (PLAIN._replace(gone=True, known=False, exempt=True), 101.0, None),
    ],
)
def test_why_somebody_is_listed(one: Standing, since: float | None, why: str | None) -> None:
    assert why_listed(one, since) == why


@given(size=st.integers(0, 5000), share=st.floats(0.001, 0.5))
def test_a_list_never_holds_half_of_a_group(size: int, share: float) -> None:
    may = most(size, share)
    assert 0 <= may
    assert may * 2 < max(size, 1)
    assert may <= max(3, size * share)


@pytest.mark.parametrize(("size", "may"), [(1, 0), (3, 1), (7, 3), (30, 3), (50, 5), (2000, 200)])
def test_how_many_may_go_at_once(size: int, may: int) -> None:
    assert most(size, 0.1) == may


@pytest.mark.parametrize(("number", "least"), [("1234567890", 28), ("wxid_" + "x" * 14, 19)])
def test_a_list_can_be_read_in_one_message(number: str, least: int) -> None:
    somebody = Member(Account("wx", number), "很长的名字" * 9, PlatformRole.MEMBER)
    assert least <= len(fitting([(somebody, "silent")] * 200)) <= 700 // len(number)
    assert fitting([(somebody, "gone")] * 2) == [(somebody, "gone")] * 2


def test_a_name_of_the_roster_is_for_a_person_to_see() -> None:
    people = (
        Person(1, PersonKind.STUDENT, "张小明"),
        Person(2, PersonKind.TEACHER, "王芳"),
        Person(3, PersonKind.GUARDIAN, "赵强", student=1),
    )
    roster = ClassRoster(1, "三年级二班", people)
    assert [named_on(roster, name) for name in ("张小明妈妈", "语文王芳", "赵强", "路人")] == [
        True,
        True,
        True,
        False,
    ]


async def bind(home: Home, user: str, name: str) -> None:
    async with in_transaction():
        person = await models.Person.get(name=name)
        await home.house.rosters.bind(await account_row(account(user)), person.id, "妈妈", "number")
    await home.house.rosters.reload(person.school_class_id)
    await home.settled()


async def months_later(home: Home) -> None:
    home.clock.move_to(home.clock.now() + 31 * DAY)
    await home.advance(11 * MINUTE)


async def a_list(home: Home) -> models.Request:
    found = await models.Request.filter(kind="clean").order_by("-id").first()
    assert found is not None
    return found


def removed(home: Home) -> list[str]:
    return [done.account.user_id for done in home.platform.asked(Act.REMOVE) if done.account]


REVIEWED = {"welcome": "否", "pulled_in": "nothing", "review_every": "30d"}


async def test_a_list_is_made_and_nobody_goes_before_people_agree(tmp_path: Path) -> None:
    async with a_class(tmp_path, **REVIEWED, review_needs="2", silent_after="20d") as home:
        for user in PARENTS[:5]:
            home.platform.change(user, name="张小明妈妈")
        await bind(home, PARENTS[0], "李晓红")
        await home.advance(MINUTE)
        assert not await models.Request.filter(kind="clean").exists()
        await models.Person.filter(name="李晓红").update(until=home.house.rosters.today())
        await home.house.rosters.touch(home.group.class_id or 0)
        home.platform.change(PARENTS[1], last_spoke=home.clock.now())
        home.platform.change(PARENTS[2], last_spoke=home.clock.now() + 30 * DAY)
        await months_later(home)
        request = await a_list(home)
        assert request.payload["members"] == [
            [PARENTS[0], "gone"],
            [PARENTS[5], "unknown"],
            [PARENTS[6], "unknown"],
        ]
        told = home.platform.whispered(OWNER)[-1]
        assert f"已离开本班：张小明妈妈（{PARENTS[0]}）" in told
        assert "另有 2 人" in told
        assert removed(home) == []
        await home.says(OWNER, f"确认 {request.number}")
        assert removed(home) == []

        # What may not be so any more is read again: one is an admin now, one is on the roster.
        home.platform.change(PARENTS[5], role=PlatformRole.ADMIN)
        home.platform.change(PARENTS[6], name="张小明爷爷")
        await home.says(ADMIN, f"确认 {request.number}")
        await home.advance(MINUTE)
        assert removed(home) == [PARENTS[0]]
        case = await models.Case.get(step="remove").select_related("account")
        assert "已离开本班" in case.reason
        assert "申诉" in home.platform.whispered(PARENTS[0])[-1]
        assert "2 人现在情况变了" in home.platform.whispered(OWNER)[-1]
        assert not any(PARENTS[0] in said for said in home.platform.said())


async def test_a_kill_or_a_silent_platform_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_class(tmp_path, **REVIEWED) as home:
        for user in PARENTS[:5]:
            home.platform.change(user, name="张小明妈妈")
        await months_later(home)
        request = await a_list(home)
        home.platform.answers[Act.FETCH_MEMBER] = Answer(Word.UNKNOWN)
        owner = await account_row(account(OWNER))
        decided = {"decided_by_id": owner.id, "decided_at": home.house.records.now()}
        await models.Request.filter(id=request.id).update(
            state="confirmed", open_key=None, **decided
        )
        await home.advance(3 * MINUTE)
        assert removed(home) == []
        del home.platform.answers[Act.FETCH_MEMBER]

        # It ends after the first of three; what is left is taken up, and nobody is met twice.
        looked_at: list[str] = []

        async def until_killed(*_: Any) -> bool:
            looked_at.append("one")
            if len(looked_at) == 2:
                raise RuntimeError
            return True

        with monkeypatch.context() as patch:
            patch.setattr(review, "_is_plain", until_killed)
            with pytest.raises(RuntimeError):
                await review.carry_out(home.house, home.group, request.id)
        assert await models.Case.filter(step="remove").count() == 1
        await home.advance(2 * MINUTE)
        assert removed(home) == list(PARENTS[5:8])
        assert await models.Case.filter(step="remove").count() == 3


async def test_what_cannot_be_carried_out_lists_nobody_and_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_class(tmp_path, **REVIEWED) as home:
        await months_later(home)
        request = await a_list(home)
        assert (request.state, request.payload["members"]) == ("closed", [])
        assert home.platform.whispered(OWNER) == []
        await home.says(OWNER, "/policy set 附1 silent_after 60d")
        await home.says(OWNER, "/体检")
        assert "没有说话" not in home.platform.said()[-1]
        await home.says(OWNER, "/policy set 附1 warn_inviter 是")
        monkeypatch.setattr(FakePlatform, "tells_inviter", False)
        change = home.platform.change

        def keep_quiet(user: str, *_: Any, **fields: Any) -> None:
            fields["last_spoke"] = None
            change(user, **fields)

        monkeypatch.setattr(home.platform, "change", keep_quiet)
        keep_quiet(OWNER)
        await home.says(OWNER, "/体检")
        assert "平台不说成员什么时候说过话" in home.platform.said()[-1]
        assert "平台说不准是谁拉的人" in home.platform.said()[-1]
        home.platform.capabilities = Capabilities(frozenset(Act) - {Act.REMOVE})
        for typed in ("warn_inviter 否", "probation 无", "forms 无"):
            await home.says(OWNER, f"/policy set 附1 {typed}")
        await home.says(OWNER, "/体检")
        assert "✗ 平台做不到移出，用到它的条款：附1" in home.platform.said()[-1]


async def test_a_roster_that_was_closed_by_a_slip_lists_nobody(tmp_path: Path) -> None:
    async with a_class(tmp_path, **REVIEWED) as home:
        for user in PARENTS:
            await bind(home, user, "张小明")
        await home.advance(MINUTE)
        await models.Person.all().update(until=home.house.rosters.today())
        await home.house.rosters.reload(home.group.class_id or 0)
        await months_later(home)
        assert (await a_list(home)).payload["members"] == []


async def test_a_refused_list_lets_everybody_stay(tmp_path: Path) -> None:
    async with a_class(tmp_path, **REVIEWED) as home:
        for user in PARENTS[:5]:
            home.platform.change(user, name="张小明妈妈")
        await months_later(home)
        request = await a_list(home)
        await home.says(OWNER, f"驳回 {request.number}")
        await home.advance(11 * MINUTE)
        assert removed(home) == []
        await home.says(OWNER, "/policy mode observe")
        await months_later(home)
        assert (await a_list(home)).id == request.id
