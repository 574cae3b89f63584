"""People decide what is grave: who is asked, who may not decide, what holds meanwhile, and what a
reversal undoes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from src.core.chat.events import GroupKey, PlatformRole
from src.core.chat.port import Act
from src.core.discipline import Level, NotAllowed, family_of
from src.core.people import ClassRoster, Identity, Person, PersonKind, Rank, Role
from src.core.policy import Pack
from src.core.store import in_transaction, models
from src.core.store.rows import account_row
from tests.houses import (
    AD,
    ADMIN,
    BOT,
    CLASS,
    INSULT,
    OWNER,
    PARENT,
    PARENTS,
    Home,
    a_home,
    account,
)

from .test_course import DAY, adopt, last_case

if TYPE_CHECKING:
    from pathlib import Path

OTHER = PARENTS[1]
HEAD, LEADER = "700", "600"
HOUR = 3600
ELSEWHERE = GroupKey("qq", "99")


def with_school(home: Home) -> None:
    """A head teacher in the group, and a leader named in another group of the school."""
    home.platform.join(HEAD, "班主任")
    home.house.people.grant(CLASS, account(HEAD), Role.HEAD_TEACHER)
    home.house.people.grant(ELSEWHERE, account(LEADER), Role.LEADER)


def siblings(home: Home, *users: str) -> None:
    """These accounts are of one family, by the class's roster."""
    child = Person(1, PersonKind.STUDENT, "陈晨")
    bound = [Identity(account(user), child, "家长") for user in users]
    home.group.roster = ClassRoster(1, "三年级二班", [child], bound)


# -- levels ---------------------------------------------------------------------------------------


async def test_levels_and_whom_to_ask(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=["1"]) as home:
        levels, group = home.house.levels, home.group
        await home.house.tell.read_members(group, home.platform)

        def at(level: Level) -> set[str]:
            return {one.user_id for one in levels.at(group, level)}

        # Nobody is named: the platform's owner stands for the head teacher.
        assert [at(level) for level in Level] == [{OWNER, ADMIN}, {OWNER}, set(), {"1"}]
        assert levels.of(group, Rank.PLATFORM_OWNER) is Level.HEAD
        with_school(home)
        assert [at(level) for level in Level] == [{OWNER, ADMIN, HEAD}, {HEAD}, {LEADER}, {"1"}]
        assert levels.of(group, Rank.PLATFORM_OWNER) is Level.GROUP
        assert levels.of(group, Rank.DUTY) is None

        def asked(without: set[str], least: Level = Level.GROUP, needs: int = 1) -> Any:
            apart = {account(user) for user in without}
            level, people = levels.deciders(group, apart, least=least, needs=needs)
            return level, {one.user_id for one in people}

        assert asked(set()) == (Level.GROUP, {OWNER, ADMIN, HEAD})
        # One alone in a class: the next level is asked as well.
        assert asked({OWNER, ADMIN}, needs=2) == (Level.SCHOOL, {HEAD, LEADER})
        assert asked({HEAD}, Level.HEAD) == (Level.SCHOOL, {LEADER})
        assert asked({OWNER, ADMIN, HEAD, LEADER}) == (Level.OPERATOR, {"1"})
        assert asked({OWNER, ADMIN, HEAD, LEADER, "1"}) == (Level.GROUP, set())


async def test_a_leader_is_one_in_every_group_of_the_school(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        with_school(home)
        people, leader = home.house.people, account(LEADER)
        assert people.rank(CLASS, leader, PlatformRole.MEMBER) is Rank.LEADER
        assert people.rank(GroupKey("wx", "1"), leader, PlatformRole.MEMBER) is Rank.LEADER
        people.belongs(GroupKey("qq", "5"), 2)
        assert people.rank(GroupKey("qq", "5"), leader, PlatformRole.MEMBER) is Rank.MEMBER
        # Who has another role in a group has that one there.
        assert people.leaders(CLASS) == [leader]
        people.grant(CLASS, leader, Role.PARENT)
        assert people.leaders(CLASS) == []
        assert people.rank(CLASS, leader, PlatformRole.OWNER) is Rank.MEMBER
        assert people.rank(ELSEWHERE, leader, PlatformRole.MEMBER) is Rank.LEADER


# -- proposals ------------------------------------------------------------------------------------


async def test_a_conflict_of_interest_excludes(tmp_path: Path) -> None:
    """The families of whom it is about, and of who reported it, say neither yes nor no."""
    async with a_home(tmp_path) as home:
        with_school(home)
        home.house.people.grant(CLASS, account(OTHER), Role.COMMITTEE)
        siblings(home, PARENT, OTHER)
        assert family_of(home.group, account(PARENT)) == {account(PARENT), account(OTHER)}
        await adopt(home, [{"step": "remove", "confirm": 2}])
        await home.says(PARENT, AD)
        proposal = await models.Request.get(kind="remove")
        assert not home.platform.whispered(OTHER)
        assert all(home.platform.whispered(user) for user in (HEAD, OWNER, ADMIN))
        for words in (f"确认 {proposal.number}", f"驳回 {proposal.number}"):
            await home.says(OTHER, words)
            assert "与自己有关" in home.platform.said()[-1]
        # Nor by another command: neither the case nor what holds meanwhile is taken back or made short.
        for words in (
            f"/pardon {(await last_case()).number} 是误会",
            f"/unmute {PARENT}",
            f"/mute {PARENT} 1m",
            f"/unblock {PARENT}",
        ):
            await home.says(OTHER, words)
        assert home.platform.muted(PARENT)
        assert (await last_case()).state == "active"
        # Who has agreed is not reminded, nor the family: whoever is left is.
        await home.says(HEAD, f"确认 {proposal.number}")
        home.platform.done.clear()
        await home.advance(44 * HOUR)
        assert [user for user in (OTHER, HEAD, OWNER, ADMIN) if home.platform.whispered(user)] == [
            OWNER,
            ADMIN,
        ]
        # Two accounts of one family, or of one person, are one voice.
        siblings(home, HEAD, ADMIN)
        await home.says(ADMIN, f"确认 {proposal.number}")
        assert not home.platform.asked(Act.REMOVE)
        home.group.roster = None
        await home.says(ADMIN, f"确认 {proposal.number}")
        assert [done.account for done in home.platform.asked(Act.REMOVE)] == [account(PARENT)]
        # What the head teacher agreed to the committee does not undo.
        home.platform.join(PARENTS[4], "周可妈妈")
        home.house.people.grant(CLASS, account(PARENTS[4]), Role.COMMITTEE)
        await home.says(PARENTS[4], f"/pardon {(await last_case()).number} 是误会")
        assert "更高一级" in home.platform.said()[-1]


async def test_a_shorter_mute_is_no_way_around_whoever_set_the_longer(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        with_school(home)
        home.house.people.grant(CLASS, account(OTHER), Role.COMMITTEE)
        third = PARENTS[2]
        await home.says(ADMIN, f"/duty {third}")
        await home.says(HEAD, f"/mute {PARENT} 1d 吵闹")
        until = home.platform.groups[CLASS][account(PARENT)].muted_until
        for user, words in ((third, "能解除禁言"), (OTHER, "更高一级")):
            await home.says(user, f"/mute {PARENT} 1m")
            assert words in home.platform.said()[-1]
        assert home.platform.groups[CLASS][account(PARENT)].muted_until == until
        # A head teacher is there: an owner, who is often a parent, names no other.
        await home.says(OWNER, f"/role {OWNER} 班主任")
        assert "高于自己" in home.platform.said()[-1]
        # Taking an order back never makes a mute longer.
        await home.says(HEAD, f"/mute {PARENT} 10m")
        begun = home.clock.now()
        await home.says(HEAD, f"/pardon {(await last_case()).number} 手误了")
        until = home.platform.groups[CLASS][account(PARENT)].muted_until
        assert (until or 0.0) <= begun + 660


async def test_one_person_alone_has_the_next_level_asked(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        with_school(home)
        for user in (OWNER, ADMIN):
            home.house.people.grant(CLASS, account(user), Role.PARENT)
        await adopt(home, [{"step": "remove", "confirm": 2}])
        home.platform.done.clear()
        await home.says(HEAD, f"/kick {PARENT} 冒充家长")
        case = await last_case()
        proposal = await models.Request.get(kind="remove")
        assert "要 2 个人同意" in home.platform.said()[-1]
        (asked,) = home.platform.whispered(LEADER)
        assert f"#{proposal.number}" in asked
        assert "由一位管理者提出" in asked
        # Until then the step's hold, which is a mute.
        assert home.platform.muted(PARENT)
        assert not home.platform.asked(Act.REMOVE)
        await home.says(LEADER, f"确认 {home.group.id}-{proposal.number}", group=None)
        assert [done.account for done in home.platform.asked(Act.REMOVE)] == [account(PARENT)]
        assert (await models.Case.get(id=case.id)).state == "active"


@pytest.mark.parametrize(("hold", "held"), [(None, 72 * HOUR), ("2h", 2 * HOUR), ("none", 0)])
async def test_what_holds_until_it_is_decided(
    tmp_path: Path, hold: str | None, held: float
) -> None:
    async with a_home(tmp_path) as home:
        step = {"step": "remove", "confirm": 1} | ({"hold": hold} if hold else {})
        await adopt(home, [step])
        await home.says(PARENT, AD)
        assert [done.value for done in home.platform.asked(Act.MUTE)] == ([held] if held else [])
        (told,) = home.platform.whispered(PARENT)
        assert ("暂停发言" in told) is bool(held)
        await home.advance(73 * HOUR)
        assert (await models.Request.get(kind="remove")).state == "lapsed"
        assert not home.platform.muted(PARENT)
        assert not home.platform.asked(Act.REMOVE)


# -- asking, reminding, passing up --------------------------------------------------------------------


async def ask(home: Home, **how: Any) -> models.Request:
    async with in_transaction():
        found = await home.house.requests.ask(
            home.group, "task", what="看一看", how="完成 {item}", **how
        )
    assert found is not None
    home.house.executor.submit(found[1])
    await home.settled()
    return found[0]


async def test_who_is_asked_is_reminded_by_day(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        with_school(home)
        await home.house.tell.read_members(home.group, home.platform)
        await home.advance(9 * HOUR)  # 21:00
        first = await ask(home, within=timedelta(hours=6), without={account(OWNER)})
        second = await ask(home, within=timedelta(days=2), without={account(OWNER)})
        assert not home.platform.whispered(OWNER)
        # The second goes to whoever has less.
        assert {first.assignee_id, second.assignee_id} == {
            (await account_row(account(user))).id for user in (ADMIN, HEAD)
        }
        assert f"完成 {home.group.id}-{first.number}" in home.platform.whispered(HEAD)[0]
        home.platform.done.clear()
        # All of the six hours are at night: nobody is woken for them.
        await home.advance(24 * HOUR)  # 21:00: half-way of the second, at night
        assert not home.platform.done
        await home.advance(11.5 * HOUR)
        reminded = [user for user in (HEAD, ADMIN) if home.platform.whispered(user)]
        assert len(reminded) == 1
        assert f"#{second.number} 还没有" in home.platform.whispered(reminded[0])[0]
        # The last call; of what is passed up then the next would be at 23:30, and comes in the evening.
        await home.advance(9 * HOUR)
        assert all(home.platform.whispered(user) for user in (HEAD, ADMIN))
        await home.advance(3 * HOUR)  # 20:30
        async with in_transaction():
            acts = await home.house.requests.pass_up(home.group, second, within=timedelta(hours=30))
        home.house.executor.submit(acts)
        await home.settled()
        home.platform.done.clear()
        await home.advance(23 * HOUR)  # 19:30: half-way of what the head teacher has
        assert len(home.platform.whispered(HEAD)) == 1
        await home.advance(HOUR)
        assert len(home.platform.whispered(HEAD)) == 2
        await home.advance(5.5 * HOUR)
        assert len(home.platform.whispered(HEAD)) == 2


async def test_it_is_passed_up_as_far_as_there_is_somebody(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        with_school(home)
        request = await ask(home, within=timedelta(days=1))
        for expected, told in [(Level.HEAD, HEAD), (Level.SCHOOL, LEADER), (Level.SCHOOL, LEADER)]:
            home.platform.done.clear()
            async with in_transaction():
                acts = await home.house.requests.pass_up(
                    home.group, request, within=timedelta(days=1)
                )
            home.house.executor.submit(acts)
            await home.settled()
            assert request.level == expected
            assert home.platform.whispered(told)
        requests, group = home.house.requests, home.group
        for user, rank in ((ADMIN, Rank.TEACHER), (HEAD, Rank.HEAD_TEACHER)):
            with pytest.raises(NotAllowed, match="学校"):
                await requests.check(group, request, account(user), rank)
        async with in_transaction():
            by = await requests.decide(
                group, request, account(LEADER), Rank.LEADER, "confirmed", "好"
            )
            assert by is not None
            assert not await requests.decide(
                group, request, account(LEADER), Rank.LEADER, "refused", "晚了"
            )


async def test_the_same_is_not_asked_twice(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await ask(home, within=timedelta(days=1), key="one")
        async with in_transaction():
            assert not await home.house.requests.ask(
                home.group, "task", what="看一看", how="完成 {item}", key="one"
            )


# -- serious cases are passed up ----------------------------------------------------------------------


@pytest.mark.parametrize("step", ["report", {"step": "mute 1d", "report": True}])
async def test_a_serious_case_is_tracked_until_closed(tmp_path: Path, step: Any) -> None:
    """06.4.2, 05.5.2, 01.5.3: the head teacher, then the school, until somebody has closed it."""
    async with a_home(tmp_path) as home:
        with_school(home)
        await adopt(home, [step])
        await home.says(PARENT, AD)
        (open_,) = await models.Request.filter(kind="escalation")
        assert (open_.level, open_.case_id) == (Level.HEAD, (await last_case()).id)
        assert any(f"#{open_.number}" in line for line in home.platform.whispered(HEAD))
        assert home.platform.muted(PARENT) is (step != "report")
        assert not home.platform.whispered(LEADER)
        await home.advance(2 * DAY)
        assert home.platform.whispered(LEADER)
        await home.advance(30 * DAY)
        await open_.refresh_from_db()
        assert (open_.state, open_.level) == ("open", Level.SCHOOL)
        await home.says(HEAD, f"完成 {open_.number}")
        await open_.refresh_from_db()
        assert open_.state == "open"
        await home.says(LEADER, f"完成 {home.group.id}-{open_.number} 已家访", group=None)
        await open_.refresh_from_db()
        assert (open_.state, open_.reason) == ("confirmed", "已家访")


# -- a reversal weighs again -----------------------------------------------------------------------


async def test_a_reversal_shortens_what_rested_on_it(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, ["mute 10m", "mute 1h", "mute 1d"])
        for index in range(3):
            await home.says(PARENT, f"{AD}{index}")
        first = await models.Case.all().order_by("id").first()
        assert first is not None
        begun = home.clock.now()
        assert home.group.platform_role(account(PARENT)) is PlatformRole.MEMBER
        await home.says(ADMIN, f"/pardon {first.number} 是误会")
        # The third would have been the second.
        until = home.platform.groups[CLASS][account(PARENT)].muted_until
        assert until == pytest.approx(begun + HOUR, abs=90)
        (mute,) = await models.Mute.filter(live_key__isnull=False)
        assert mute.until.timestamp() == pytest.approx(begun + HOUR, abs=90)
        assert any("处理改为：禁言 1 小时" in line for line in home.platform.whispered(PARENT))
        # So would the second have been the first: that is what comes back with the third taken back.
        await home.says(ADMIN, f"/pardon {(await last_case()).number} 也是误会")
        until = home.platform.groups[CLASS][account(PARENT)].muted_until
        assert until == pytest.approx(begun + 600, abs=90)
        return
        await home.advance(HOUR + 120)
        assert not home.platform.muted(PARENT)


async def test_an_earlier_mute_that_still_holds_comes_back(tmp_path: Path) -> None:
    """Two mutes, and what lifts the second does not end the first (python-discord/bot#362)."""
    async with a_home(tmp_path) as home:
        await adopt(home, ["mute 1h", "mute 1d"])
        await home.says(PARENT, AD)
        begun = home.clock.now()
        await home.says(ADMIN, f"/mute {PARENT} 2h 吵闹")
        manual = await last_case()
        await home.says(ADMIN, f"/pardon {manual.number} 手误了")
        until = home.platform.groups[CLASS][account(PARENT)].muted_until
        assert until == pytest.approx(begun + HOUR, abs=90)
        assert await models.Mute.filter(live_key__isnull=False).count() == 1


async def test_a_proposal_falls_with_what_it_rested_on(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, ["warn", {"step": "remove", "confirm": 1}])
        await home.says(PARENT, AD)
        first = await last_case()
        await home.says(PARENT, AD + "二")
        assert home.platform.muted(PARENT)
        await home.says(ADMIN, f"/pardon {first.number} 是误会")
        assert not home.platform.muted(PARENT)
        assert (await models.Request.get(kind="remove")).state == "closed"
        assert (await last_case()).step == "warn"


async def test_two_proposals_are_one_and_come_apart_again(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, [{"step": "remove", "confirm": 1}, {"step": "block 9d", "confirm": 2}])
        await home.says(PARENT, AD)
        first = await last_case()
        await home.advance(HOUR)
        await home.says(PARENT, AD + "二")
        second = await last_case()
        (proposal,) = await models.Request.filter(kind__in=("remove", "block"))
        # The graver of both, by as many people as it asks for.
        assert (proposal.case_id, proposal.kind, proposal.needs) == (second.id, "block", 2)
        assert f"#{second.number} 的" in proposal.payload["what"]
        # The second taken back: the first waits still, with what holds meanwhile.
        await home.says(ADMIN, f"/pardon {second.number} 是误会")
        await proposal.refresh_from_db()
        assert (proposal.state, proposal.case_id, proposal.kind) == ("open", first.id, "remove")
        assert home.platform.muted(PARENT)
        await home.says(ADMIN, f"/pardon {first.number} 是误会")
        await proposal.refresh_from_db()
        assert proposal.state == "closed"
        assert not home.platform.muted(PARENT)
        # Refused: neither is a removal in the record.
        await home.says(PARENT, AD + "三")
        await home.says(PARENT, AD + "四")
        open_ = await models.Request.get(state="open", kind="block")
        await home.says(ADMIN, f"/驳回 {open_.number} 不必")
        assert {case.step for case in await models.Case.filter(state="active")} == {"warn"}
        assert not home.platform.muted(PARENT)


async def test_of_a_removal_that_rested_on_it_people_are_told(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, ["warn", {"step": "remove", "confirm": 0}])
        await home.says(PARENT, AD)
        first = await last_case()
        await home.says(PARENT, AD + "二")
        assert account(PARENT) not in home.platform.groups[CLASS]
        home.platform.done.clear()
        await home.says(ADMIN, f"/pardon {first.number} 是误会")
        assert any("是和它累计到的" in line for line in home.platform.whispered(OWNER))


async def test_a_suspended_case_rests_and_can_count_again(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, ["mute 1h", "mute 1d"])
        await home.says(PARENT, AD)
        case = await last_case()
        orders, group = home.house.orders, home.group

        async def close(state: str) -> bool:
            async with in_transaction():
                acts = await orders.close(group, case, None, "", state=state)
            home.house.executor.submit(acts or [])
            await home.settled()
            return acts is not None

        assert await close("suspended")
        assert not home.platform.muted(PARENT)
        assert not await close("suspended")
        # It does not count: the next one is the first again.
        await home.advance(600)
        await home.says(PARENT, AD + "二")
        second = await last_case()
        assert (await models.Mute.get(case_id=second.id)).until == second.created_at + timedelta(
            hours=1
        )
        await home.says(ADMIN, f"/unmute {PARENT}")
        async with in_transaction():
            acts = await orders.resume(group, case)
        home.house.executor.submit(acts)
        await home.settled()
        # The rest of its hour, not a whole one.
        until = home.platform.groups[CLASS][account(PARENT)].muted_until
        assert until == pytest.approx(case.created_at.timestamp() + HOUR, abs=90)
        await case.refresh_from_db()
        assert case.state == "active"
        assert await close("reduced")
        assert not home.platform.muted(PARENT)


# -- rights ---------------------------------------------------------------------------------------


def with_moderation(**settings: Any) -> Pack:
    return Pack.from_content(
        {
            "name": "rights",
            "title": "群规",
            "version": "1",
            "ladder": {"one": {"steps": ["warn"]}},
            "clause": [
                {"number": "1", "text": "分工。", "plugin": "moderation", "settings": settings},
                {"number": "2", "text": "值日。", "plugin": "duty"},
            ],
        }
    )


async def test_a_policy_says_who_uses_a_command(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        pack = with_moderation(roles={"kick": "head-teacher", "block": "committee"})
        await home.house.versions.adopt(home.group, pack, "test", account(OWNER))
        with_school(home)
        home.house.people.grant(CLASS, account(OTHER), Role.COMMITTEE)
        await home.says(ADMIN, f"/kick {PARENT}")
        assert "由班主任使用" in home.platform.said()[-1]
        assert not home.platform.asked(Act.REMOVE)
        await home.says(OTHER, f"/block {PARENT} 30d")
        assert len(home.platform.asked(Act.REMOVE)) == 1
        await home.says(HEAD, f"/kick {PARENTS[2]}")
        assert len(home.platform.asked(Act.REMOVE)) == 2


async def test_the_duty_gives_bounded_rights_for_the_day(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.house.versions.adopt(home.group, with_moderation(), "test", account(OWNER))
        third = PARENTS[2]
        await home.says(OTHER, f"/duty {OTHER}")
        assert "交给下一位" in home.platform.said()[-1]
        await home.says(ADMIN, f"/duty {OTHER}")
        assert "值日" in home.platform.said()[-1]
        await home.says(OTHER, f"/mute {PARENT} 30m 吵闹")
        assert home.platform.muted(PARENT)
        await home.says(OTHER, f"/mute {third} 2h")
        assert "最长禁言一小时" in home.platform.said()[-1]
        for words in (f"/kick {third}", f"/unmute {PARENT}", f"/mute {ADMIN}"):
            await home.says(OTHER, words)
        assert not home.platform.asked(Act.REMOVE)
        assert home.platform.muted(PARENT)
        # Handed over: one has it at a time, and no longer than it was given for.
        await home.says(OTHER, f"/duty {third} 3d")
        await home.says(OTHER, f"/warn {PARENT}")
        assert "由老师和值日班委使用" in home.platform.said()[-1]
        await home.says(third, f"/warn {PARENT}")
        assert (await last_case()).step == "warn"
        # Another process has it too.
        people = home.house.people
        people._duties.clear()
        await people.load()
        assert people.duties(CLASS) == [account(third)]
        await home.advance(12.5 * HOUR)
        assert not people.duties(CLASS)
        await home.says(third, "/duty")
        assert "没有人值日" in home.platform.said()[-1]
        assert BOT not in home.platform.said()[-1]


async def test_insults_by_who_has_the_duty_are_cases_like_others(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await home.says(ADMIN, f"/duty {OTHER}")
        await home.says(OTHER, INSULT)
        assert (await last_case()).step != "word"


async def test_what_only_held_for_a_proposal_does_not_come_back(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        await adopt(home, [{"step": "remove", "confirm": 1}])
        await home.says(PARENT, AD)
        case = await last_case()
        async with in_transaction():
            acts = await home.house.orders.close(home.group, case, None, "", state="suspended")
        home.house.executor.submit(acts or [])
        await home.settled()
        async with in_transaction():
            acts = await home.house.orders.resume(home.group, case)
        home.house.executor.submit(acts)
        await home.settled()
        await case.refresh_from_db()
        assert (case.state, case.step) == ("active", "warn")
        assert not home.platform.muted(PARENT)
        assert not await models.Request.exists(kind="remove", state="open")
