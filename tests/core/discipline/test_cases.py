"""From findings to cases, steps and acts; and the brake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from src.core.chat.events import GroupKey, PlatformRole
from src.core.chat.port import Act
from src.core.people import Role
from src.core.store import models
from tests.houses import (
    AD,
    ADMIN,
    CLASS,
    INSULT,
    NAMES,
    OWNER,
    PARENT,
    PARENTS,
    Home,
    a_home,
    account,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

OTHER = PARENTS[1]


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with a_home(tmp_path) as one:
        yield one


async def cases() -> list[models.Case]:
    return await models.Case.all().order_by("id").select_related("account")


async def steps() -> list[str]:
    return [case.step for case in await cases()]


async def test_a_case_says_what_it_rests_on(home: Home) -> None:
    await home.says(PARENT, AD, message_id="77")
    case = (await cases())[0]
    version = await models.PolicyVersion.get()
    assert (case.number, case.clause, case.plugin) == (1, "三.2", "content_filter")
    assert (case.source, case.state, case.observed) == ("auto", "active", False)
    assert case.policy_id == version.id
    assert case.lexicon == home.house.lexicon.version
    assert case.application
    assert case.message_key is not None
    assert "/77/" in case.message_key
    assert case.live_until.timestamp() == home.clock.now() + 30 * 86_400
    # A short piece for a time that the policy sets, never the whole message.
    assert case.excerpt in AD
    assert case.excerpt_until is not None
    assert AD not in str(case.clauses)


async def test_the_excerpt_goes_when_its_time_is_over(home: Home) -> None:
    await home.says(PARENT, AD)
    assert (await cases())[0].excerpt
    await home.advance(31 * 86_400)
    case = (await cases())[0]
    assert (case.excerpt, case.excerpt_until) == ("", None)


async def test_all_findings_on_a_message_are_one_case_and_the_gravest_decides(home: Home) -> None:
    for _ in range(3):
        home.hears(PARENT, AD + INSULT)
    await home.settled()
    made = await cases()
    # Each message is insult and advertisement; the third is flood too.
    assert [case.step for case in made] == ["remove"] * 3
    assert [c["number"] for c in made[0].clauses] == ["二.1", "三.2"]
    assert [c["number"] for c in made[2].clauses] == ["二.1", "三.1", "三.2"]
    assert {case.clause for case in made} == {"二.1"}


async def test_the_second_time_on_a_ladder_is_its_second_step(home: Home) -> None:
    await home.says(PARENT, AD)
    await home.says(OTHER, AD)
    await home.says(PARENT, AD + "！")
    assert await steps() == ["warn", "warn", "remove"]


async def test_what_is_no_longer_live_does_not_count(home: Home) -> None:
    await home.says(PARENT, AD)
    await home.advance(30 * 86_400 + 60)
    await home.says(PARENT, AD)
    assert await steps() == ["warn", "warn"]


@pytest.mark.parametrize("undo", ["/pardon 1 误会", "/review 2 revoke 核实过是误会"])
async def test_what_was_reversed_does_not_count(home: Home, undo: str) -> None:
    await home.says(PARENT, AD)
    await home.says(PARENT, "/appeal 1 是通知")
    await home.says(OWNER, undo)
    await home.says(PARENT, AD)
    assert await steps() == ["warn", "warn"]


async def test_the_same_message_makes_one_case(home: Home) -> None:
    for _ in range(3):
        home.hears(PARENT, AD, message_id="77")
    await home.settled()
    assert await steps() == ["warn"]


async def test_a_run_is_one_case_and_each_further_message_of_it_goes(home: Home) -> None:
    for _ in range(6):
        await home.says(PARENT, "在吗")
    assert await steps() == ["warn"]
    assert len(home.platform.asked(Act.WITHDRAW)) == 4
    assert len(home.platform.whispered(PARENT)) == 1
    await home.advance(180)
    # The gap is an hour, so it goes on; the person has read the warning by now.
    await home.says(PARENT, "在吗")
    assert await steps() == ["warn", "remove"]


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.TEACHER, Role.HEAD_TEACHER, Role.LEADER])
async def test_staff_get_a_private_word_whatever_they_did(home: Home, role: Role) -> None:
    home.house.people.grant(CLASS, account(PARENT), role)
    await home.says(PARENT, INSULT)
    # To nobody else.
    assert len(home.platform.whispered(PARENT)) == len(home.platform.done) == 1
    await home.says(PARENT, INSULT)
    assert await steps() == ["word", "word"]
    assert {done.act for done in home.platform.done} == {Act.WHISPER}
    # Once in ten minutes.
    assert len(home.platform.whispered(PARENT)) == 1


@pytest.mark.parametrize(
    ("role", "above", "not_asked"),
    [
        (Role.COMMITTEE, OWNER, "700"),
        (Role.TEACHER, OWNER, "700"),
        (Role.HEAD_TEACHER, "700", OWNER),
    ],
)
async def test_what_a_teacher_repeats_the_next_level_sees(
    home: Home, role: Role, above: str, not_asked: str
) -> None:
    """05.2.1, 15.8.2: the rules are the same for all."""
    people = home.house.people
    people.grant(CLASS, account(PARENT), role)
    people.grant(GroupKey("qq", "another"), account("700"), Role.LEADER)
    await home.says(PARENT, INSULT)
    assert not home.platform.whispered(above)
    await home.says(PARENT, INSULT)
    (line,) = home.platform.whispered(above)
    assert "2 次" in line
    assert INSULT not in line
    assert not home.platform.whispered(not_asked)
    assert home.platform.whispered(PARENT)
    # Every second one, not each.
    await home.says(PARENT, INSULT)
    assert len(home.platform.whispered(above)) == 1


async def test_an_owner_whom_the_school_calls_a_parent_is_one(home: Home) -> None:
    home.house.people.grant(CLASS, account(OWNER), Role.PARENT)
    await home.says(OWNER, AD)
    assert await steps() == ["warn"]
    assert home.platform.asked(Act.WITHDRAW)


async def test_an_automatic_act_does_not_reach_who_has_become_a_manager(home: Home) -> None:
    home.hears(PARENT, INSULT)
    home.platform.join(PARENT, "李爸爸", PlatformRole.ADMIN)
    await home.settled()
    assert not home.platform.muted(PARENT)
    act = await models.Act.get(kind="mute")
    assert act.state == "denied"


# -- observe mode and the brake -------------------------------------------------------------------


async def test_observed_cases_touch_nobody_and_never_count(home: Home) -> None:
    home.group.mode = "observe"
    for _ in range(3):
        await home.says(PARENT, AD)
    assert home.platform.done == []
    assert {case.observed for case in await cases()} == {True}
    states = {act.state for act in await models.Act.all()}
    assert states <= {"confirmed", "lapsed"}
    home.group.mode = "enforce"
    await home.says(PARENT, AD)
    assert (await steps())[-1] == "warn"


async def acted_on(home: Home) -> set[str]:
    """Who was told something or muted, managers aside."""
    return {
        done.account.user_id
        for done in home.platform.done
        if done.account is not None and done.account.user_id not in (OWNER, ADMIN)
    }


async def test_the_brake_stops_at_a_tenth_and_three_are_always_allowed(home: Home) -> None:
    for user in PARENTS:
        await home.says(user, AD)
    assert await acted_on(home) == set(PARENTS[:3])
    assert home.group.mode == "observe"
    assert (await models.Group.get()).mode_reason == "brake"
    assert [case.observed for case in await cases()] == [False] * 3 + [True] * 5
    assert "只观察" in home.platform.whispered(OWNER)[-1]
    assert len([text for text in home.platform.whispered(OWNER) if "只观察" in text]) == 1


async def test_the_brake_stops_at_five_in_a_large_group(home: Home) -> None:
    for number in range(100):
        home.platform.join(f"7{number:04}", "家长")
    await home.house.tell.read_members(home.group, home.platform)
    for number in range(8):
        await home.says(f"7{number:04}", AD)
    assert len(await acted_on(home)) == 5
    assert home.group.mode == "observe"


async def test_one_person_again_and_again_is_no_misfire(home: Home) -> None:
    for number in range(8):
        await home.says(PARENT, f"{AD}{number}")
    assert home.group.mode == "enforce"


async def test_what_is_spread_over_time_is_no_misfire(home: Home) -> None:
    for user in PARENTS:
        await home.says(user, AD)
        await home.advance(301)
    assert home.group.mode == "enforce"
    assert await acted_on(home) == set(PARENTS)


async def test_what_people_order_does_not_brake(home: Home) -> None:
    for user in PARENTS:
        await home.says(OWNER, f"/warn {NAMES[user]} 吵闹")
    await home.says(PARENT, AD)
    assert home.group.mode == "enforce"
    assert not (await cases())[-1].observed


# -- mutes ----------------------------------------------------------------------------------------


async def live_mutes() -> list[models.Mute]:
    return await models.Mute.filter(live_key__isnull=False)


async def test_one_mute_per_account_and_a_manual_one_beats_an_automatic_one(home: Home) -> None:
    await home.says(PARENT, INSULT)
    assert [mute.manual for mute in await live_mutes()] == [False]
    await home.says(ADMIN, f"/mute {NAMES[PARENT]} 10m 先冷静")
    assert [mute.manual for mute in await live_mutes()] == [True]
    assert home.platform.asked(Act.MUTE)[-1].value == 600
    # An automatic one does not lengthen what a person decided.
    await home.says(PARENT, INSULT + "！")
    assert [mute.manual for mute in await live_mutes()] == [True]
    assert home.platform.asked(Act.MUTE)[-1].value == 600


async def test_a_mute_ends_by_itself(home: Home) -> None:
    await home.says(ADMIN, f"/mute {NAMES[PARENT]} 10m")
    assert home.platform.muted(PARENT)
    await home.advance(660)
    assert not home.platform.muted(PARENT)
    assert await live_mutes() == []
    assert (await models.Mute.get()).ended == "expired"


async def test_unmute_lifts_whatever_set_it(home: Home) -> None:
    await home.says(PARENT, INSULT)
    await home.says(ADMIN, f"/unmute {NAMES[PARENT]}")
    assert not home.platform.muted(PARENT)
    assert await live_mutes() == []


@pytest.mark.parametrize(
    ("actor", "target"),
    [(ADMIN, OWNER), (ADMIN, ADMIN), (OWNER, OWNER), (ADMIN, "10001"), (PARENT, OTHER)],
)
@pytest.mark.parametrize("command", ["mute", "warn", "kick", "unmute"])
async def test_nobody_acts_on_an_equal_or_higher_rank(
    home: Home, actor: str, target: str, command: str
) -> None:
    home.platform.join("10001", "群规助手", PlatformRole.ADMIN)
    home.platform.join(OTHER, "王家长")
    name = home.platform.groups[CLASS][account(target)].name
    await home.says(actor, f"/{command} {name}")
    assert await cases() == []
    assert {done.act for done in home.platform.done} == {Act.SAY}
