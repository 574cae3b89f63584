"""The one door: what is judged, in which order, at what cost, and what goes on to others."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from unittest.mock import patch

from loguru import logger
import pytest

from src.core.area import AREAS, Area, DefaultClause, Finding, Settings
from src.core.chat.events import (
    BotJoined,
    BotRemoved,
    GroupKey,
    Kind,
    Segment,
)
from src.core.chat.port import Act
from src.core.guard import BURST, LATE
from src.core.policy import Pack, compile_policy
from src.core.store import models
from tests.houses import (
    AD,
    ADMIN,
    BOT,
    CLASS,
    INSULT,
    OWNER,
    PARENT,
    PARENTS,
    FakePlatform,
    Home,
    a_home,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator
    from pathlib import Path

    from src.core.area import Message, Windows

OTHER = PARENTS[1]
SECOND = "10002"


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with a_home(tmp_path) as one:
        yield one


async def cases() -> list[models.Case]:
    return await models.Case.all().order_by("id").select_related("account")


async def senders() -> list[str]:
    """The authors of all cases, in the order of the cases."""
    return [case.account.user_id for case in await cases()]


@contextmanager
def logged() -> Generator[list[str]]:
    """What is logged meanwhile, tracebacks included, as the application has it."""
    lines: list[str] = []
    sink = logger.add(lines.append, level="WARNING", diagnose=False, backtrace=False)
    try:
        yield lines
    finally:
        logger.remove(sink)


# -- what it costs --------------------------------------------------------------------------------


async def test_clean_messages_of_strangers_reach_no_database(home: Home) -> None:
    """Nothing is exempt here, as the clock stands still. In real life the minute's tick is: five
    reads a minute for the whole house, however much is said (`Reconciler.due`)."""
    await home.says(OWNER, "/制度 set 三.1 crowd 0")  # Who stands still is a wave.
    judged = home.group.judged
    async with home.statements() as statements:
        for number in range(1000):
            assert home.hears(f"5{number:05}", f"老师好，孩子第 {number} 组，明天会带水彩笔。")
        await home.settled()
    assert home.group.judged == judged + 1000
    assert statements == []


async def test_the_trace_sees_what_is_written(home: Home) -> None:
    async with home.statements() as statements:
        await home.says(PARENT, AD)
    assert any('INSERT INTO "case"' in statement for statement in statements)


# -- what is judged -------------------------------------------------------------------------------


async def test_a_burst_is_judged_in_order_of_arrival(home: Home) -> None:
    home.group.mode = "observe"  # The brake would end it.
    authors = [f"6{number:05}" for number in range(40)]
    for number, author in enumerate(authors):
        # NoneBot would look up each quotation first, and dispatch these after the others.
        home.hears(author, AD, reply_to="1" if number % 3 == 0 else None)
    await home.settled()
    assert await senders() == authors


async def test_without_a_policy_nothing_is_judged(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=None) as home:
        assert await home.says(PARENT, INSULT)
        assert home.group.judged == 0
        assert await cases() == []


async def test_other_groups_are_not_judged_by_this_ones_policy(home: Home) -> None:
    assert await home.says(PARENT, INSULT, group=GroupKey("qq", "2"))
    assert await cases() == []


async def test_private_messages_are_never_judged(home: Home) -> None:
    assert await home.says(PARENT, INSULT, group=None)
    assert home.group.judged == 0
    assert await cases() == []


@pytest.mark.parametrize(
    ("user", "words"),
    [
        (PARENT, f"/appeal 12 他骂我{INSULT}"),
        (PARENT, f"／申诉 他骂我{INSULT}"),
        (ADMIN, f"/warn {PARENT}00 他说{INSULT}"),
        (OWNER, f"/警告 {PARENT}00 他说{INSULT}"),
    ],
)
async def test_a_command_is_not_judged_for_what_it_quotes(
    home: Home, user: str, words: str
) -> None:
    assert not await home.says(user, words)
    assert home.group.judged == 0
    assert home.platform.said() or home.platform.whispered(user)
    assert all(case.source == "manual" for case in await cases())


@pytest.mark.parametrize("words", [f"/warn {OTHER} 他说{INSULT}", f"/mute 60 {INSULT}"])
async def test_a_command_that_one_may_not_use_is_judged(home: Home, words: str) -> None:
    assert not await home.says(PARENT, words)
    assert await senders() == [PARENT]
    assert home.platform.muted(PARENT)


async def test_a_command_that_quotes_nothing_is_carried_out_and_judged(home: Home) -> None:
    assert not await home.says(PARENT, f"/rules {INSULT}")
    assert home.platform.said()
    assert await senders() == [PARENT]


async def test_commands_are_no_flood(home: Home) -> None:
    for _ in range(30):
        assert not await home.says(PARENT, "/rules 三.1")
    assert await cases() == []


async def test_what_came_late_is_judged_for_its_content_only(home: Home) -> None:
    for _ in range(4):
        assert await home.says(PARENT, "在吗", age=LATE + 1)
    assert await cases() == []
    await home.says(OTHER, INSULT, age=LATE + 1)
    assert await senders() == [OTHER]
    assert home.platform.asked(Act.WITHDRAW) == []  # The platform's window is over.


async def test_what_came_late_mutes_nobody(home: Home) -> None:
    await home.says(PARENT, INSULT, age=LATE + 1)
    assert home.platform.whispered(PARENT)
    assert not home.platform.muted(PARENT)


async def test_a_burst_after_a_reconnect_is_counted_by_when_it_was_written(home: Home) -> None:
    # Thirty in half an hour are no flood, though they arrive together.
    for number in range(30):
        home.hears(PARENT, f"第{number}题我家孩子不会", age=LATE - 15 * number - 1)
    await home.settled()
    assert await cases() == []
    # The same messages, as they arrive when they are written.
    for number in range(30):
        home.hears(OTHER, f"第{number}题我家孩子不会", age=BURST - 1)
    await home.settled()
    assert set(await senders()) == {OTHER}


async def test_pictures_are_compared_by_digest(home: Home) -> None:
    await home.says(OWNER, "/停用 media")
    for digest in ("a", "a", "b", "a"):
        home.hears(PARENT, [Segment(Kind.IMAGE, digest)])
        await home.advance(60)
    assert await cases() == []
    for _ in range(3):
        await home.says(OTHER, [Segment(Kind.IMAGE, "c")])
    assert await senders() == [OTHER]


# -- what goes on to others -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("user", "words", "passed_on"),
    [
        (PARENT, "明天几点放学？", True),
        (PARENT, INSULT, False),
        (PARENT, "/help", False),
        (PARENT, "/mute 101", False),
        (PARENT, "/weather", True),
        (PARENT, "确认 12", False),
        (PARENT, "确认", True),
        # A teacher's message stays, so others have it too.
        (ADMIN, INSULT, True),
    ],
)
async def test_what_goes_on_to_other_plugins(
    home: Home, user: str, words: str, passed_on: bool
) -> None:
    assert await home.says(user, words) is passed_on


async def test_in_observe_mode_what_is_found_goes_on(home: Home) -> None:
    home.group.mode = "observe"
    assert await home.says(PARENT, INSULT)
    assert (await cases())[0].observed
    assert home.platform.done == []


async def test_a_private_command_is_ours_and_a_private_word_is_not(home: Home) -> None:
    assert not await home.says(PARENT, "我的记录", group=None)
    assert await home.says(PARENT, "你好", group=None)


# -- a detector that fails ------------------------------------------------------------------------


class Silence(ValueError):
    """A fault that tells nothing."""


@contextmanager
def failing_area(home: Home, fault: type[Exception]) -> Generator[None]:
    """An area before content_filter whose first detector raises, and whose second finds AD."""
    with patch.dict(AREAS):
        area = Area("failing", title="坏", settings=Settings, default=DefaultClause("坏。"))

        @area.detector
        def fails(message: Message, settings: Settings, windows: Windows) -> Finding | None:
            raise fault(message.event.text) if fault is not Silence else Silence

        @area.detector
        def works(message: Message, settings: Settings, windows: Windows) -> Finding | None:
            return area.finding(gravity=1) if "辅导" in message.event.text else None

        assert (fails, works) == tuple(area.detectors)
        content = {
            "name": "failing",
            "title": "坏",
            "version": 1,
            "ladder": {"warn": {"steps": ["warn"]}},
            "clause": [
                {"number": "1", "text": "坏。", "plugin": "failing", "ladder": "warn"},
                {"number": "2", "text": "好。", "plugin": "content_filter", "ladder": "warn"},
            ],
        }
        home.group.policy = compile_policy(Pack.from_content(content), version=1, policy_id=None)
        yield


async def test_a_detector_that_raises_stops_no_other_and_is_said_once(home: Home) -> None:
    with logged() as lines, failing_area(home, Silence):
        for user in PARENTS[:3]:
            assert not await home.says(user, AD)
        assert await home.says(PARENTS[3], "明天几点放学？")
    assert await senders() == list(PARENTS[:3])
    # The area's own second detector and the next area's.
    assert [clause["number"] for clause in (await cases())[0].clauses] == ["1", "2"]
    assert len(lines) == 1
    assert "failing" in lines[0]
    assert AD not in lines[0]


async def test_a_detectors_fault_does_not_carry_the_message_into_the_log(home: Home) -> None:
    with logged() as lines, failing_area(home, ValueError):
        await home.says(PARENT, AD)
    assert len(lines) == 1
    assert AD not in lines[0]


# -- two bots in one group ------------------------------------------------------------------------


@pytest.fixture
async def second(home: Home) -> FakePlatform:
    """Another bot of ours in the same group, connected."""
    platform = FakePlatform(home.clock, SECOND)
    home.connect(platform)
    return platform


async def test_one_bot_judges_while_it_is_connected(home: Home, second: FakePlatform) -> None:
    assert await home.says(OTHER, "早上好")
    assert home.group.bot == BOT
    # Both see the message; the second's copy goes nowhere, so that nothing acts on it twice.
    assert not home.hears(PARENT, INSULT, platform=second)
    assert not home.hears(PARENT, INSULT)
    assert not home.hears(ADMIN, "/help", platform=second)
    await home.settled()
    assert await senders() == [PARENT]
    assert second.done == []


async def test_another_bot_takes_over_when_the_first_is_lost(
    home: Home, second: FakePlatform
) -> None:
    await home.says(OTHER, "早上好")
    home.lose()
    assert not await home.says(PARENT, INSULT, platform=second)
    assert home.group.bot == SECOND
    assert await senders() == [PARENT]
    assert second.muted(PARENT)
    assert (await models.Group.get()).bot == SECOND
    # The first comes back, and leaves the group to the second.
    home.connect()
    assert not await home.says(OTHER, INSULT)
    assert await senders() == [PARENT]


async def test_another_bot_takes_over_when_the_first_is_removed(
    home: Home, second: FakePlatform
) -> None:
    await home.says(OTHER, "早上好")
    home.house.event(home.platform, BotRemoved(BOT, home.clock.now(), CLASS))
    assert await home.says(OTHER, "早上好", platform=second)
    assert home.group.bot == SECOND


async def test_a_bot_that_joins_does_not_take_the_group_from_a_connected_one(
    home: Home, second: FakePlatform
) -> None:
    await home.says(OTHER, "早上好")
    home.house.event(second, BotJoined(SECOND, home.clock.now(), CLASS))
    assert not home.hears(PARENT, INSULT)
    assert not home.hears(PARENT, INSULT, platform=second)
    await home.settled()
    assert await senders() == [PARENT]
    assert second.done == []


async def test_what_a_lost_bot_left_is_done_by_the_next(home: Home, second: FakePlatform) -> None:
    await home.says(OTHER, "早上好")
    home.hears(PARENT, INSULT)
    home.lose()
    await home.settled()
    assert home.platform.done == []
    await home.says(OTHER, "有人吗", platform=second)
    assert second.muted(PARENT)


# -- failing in a chosen direction ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("user", "mode", "gone"),
    [
        (PARENT, "enforce", True),
        (PARENT, "observe", False),
        (ADMIN, "enforce", False),
    ],
)
async def test_with_the_store_down_a_message_is_withdrawn_and_no_more(
    home: Home, user: str, mode: str, gone: bool
) -> None:
    home.group.mode = "observe" if mode == "observe" else "enforce"
    down = patch.object(models.Case, "create", side_effect=OSError("disk full"))
    with down, logged() as lines:
        await home.says(user, INSULT)
    assert [done.act.value for done in home.platform.done] == (["withdraw"] if gone else [])
    assert INSULT not in "".join(lines)
