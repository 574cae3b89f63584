from __future__ import annotations

import errno
import sqlite3
from typing import TYPE_CHECKING

import asyncpg
import pytest
from tortoise.exceptions import OperationalError

from src.core.alerts import Kind
from src.core.chat.events import BotOffline
from src.core.chat.port import Act, Answer, Word
from src.core.faults import log_fault
from src.core.store import in_transaction, models, trouble
from src.core.store.rows import account_row
from tests.houses import ADMIN, BOT, CLASS, INSULT, OWNER, PARENT, FakePlatform, a_home, account

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.houses import Home

PRINCIPAL = "700"
OTHER = "10002"


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with a_home(tmp_path, superusers=(PRINCIPAL, OWNER)) as home:
        yield home


def offline(home: Home, bot: str = BOT) -> None:
    """The platform ends a bot's login; its line stays up."""
    one = FakePlatform(home.clock, bot) if bot != BOT else home.platform
    home.house.event(one, BotOffline(bot, home.clock.now(), "在另一台设备登录"))


def another(home: Home, bot: str = OTHER) -> FakePlatform:
    """Another bot comes up."""
    platform = FakePlatform(home.clock, bot)
    home.connect(platform)
    return platform


# Who is told, and how often -----------------------------------------------------------------------


async def test_a_line_goes_to_each_superuser_with_the_time(home: Home) -> None:
    home.house.alerts.tell(Kind.BACKUP, "备份没有做成。")
    await home.settled()
    for user in (PRINCIPAL, OWNER):
        assert home.platform.whispered(user) == ["【群规】备份没有做成。（11月3日 12:00）"]
    assert home.house.alerts.waiting == 0


async def test_once_a_day_for_a_kind_and_what_it_is_about(home: Home) -> None:
    alerts = home.house.alerts
    for about in ("a", "a", "b"):
        alerts.tell(Kind.BACKUP, f"关于 {about}", about=about)
    alerts.tell(Kind.DISK, "磁盘")
    await home.settled()
    assert len(home.platform.whispered(PRINCIPAL)) == 3
    # Until the local midnight, 12 hours away.
    await home.advance(12 * 3600 - 1)
    alerts.tell(Kind.BACKUP, "关于 a", about="a")
    await home.settled()
    assert len(home.platform.whispered(PRINCIPAL)) == 3
    await home.advance(1)
    alerts.tell(Kind.BACKUP, "关于 a", about="a")
    await home.settled()
    assert len(home.platform.whispered(PRINCIPAL)) == 4


async def test_without_a_superuser_nothing_waits(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        home.house.alerts.tell(Kind.DISK, "磁盘")
        await home.settled()
        assert home.house.alerts.waiting == 0
        assert home.platform.asked(Act.WHISPER) == []


async def test_a_pretend_class_is_not_told(home: Home) -> None:
    home.lose()
    pretend = FakePlatform(home.clock, OTHER)
    pretend.namespace = "sandbox"
    home.connect(pretend)
    home.house.alerts.tell(Kind.DISK, "磁盘")
    await home.settled()
    assert pretend.asked(Act.WHISPER) == []


# Through which bot --------------------------------------------------------------------------------


async def test_what_is_to_be_said_waits_for_a_line(home: Home) -> None:
    home.lose()
    home.house.alerts.tell(Kind.DISK, "磁盘已满。")
    await home.settled()
    assert home.house.alerts.waiting == 1
    await home.advance(3600)
    home.connect()
    await home.settled()
    # With the time of the problem, not of the telling.
    assert home.platform.whispered(PRINCIPAL) == ["【群规】磁盘已满。（11月3日 12:00）"]
    home.lose()
    home.connect()
    await home.settled()
    assert len(home.platform.whispered(PRINCIPAL)) == 1


async def test_what_waits_is_bounded_and_the_newest_stay(home: Home) -> None:
    home.lose()
    for number in range(100):
        home.house.alerts.tell(Kind.BACKUP, f"第 {number} 件", about=str(number))
    home.connect()
    await home.settled()
    said = home.platform.whispered(PRINCIPAL)
    assert len(said) == 20
    assert "第 80 件" in said[0]
    assert "第 99 件" in said[-1]


async def test_a_bot_that_was_logged_out_is_told_of_by_another(home: Home) -> None:
    other = another(home)
    offline(home)
    await home.settled()
    for user in (PRINCIPAL, OWNER):
        assert len(other.whispered(user)) == 1
        assert BOT in other.whispered(user)[0]
    assert home.platform.asked(Act.WHISPER) == []
    # Once connected anew it is asked again.
    home.lose(other)
    home.connect()
    home.house.alerts.tell(Kind.DISK, "磁盘")
    await home.settled()
    assert len(home.platform.whispered(PRINCIPAL)) == 1


async def test_the_only_bot_that_was_logged_out_tells_when_it_is_back(home: Home) -> None:
    offline(home)
    await home.settled()
    assert home.platform.asked(Act.WHISPER) == []
    home.lose()
    home.connect()
    await home.settled()
    assert BOT in home.platform.whispered(PRINCIPAL)[0]


async def test_a_refusal_goes_on_to_the_next_bot_and_waits_where_all_refuse(home: Home) -> None:
    home.platform.answers[Act.WHISPER] = Answer(Word.REFUSED, wording="请先添加对方为好友")
    other = another(home)
    home.house.alerts.tell(Kind.DISK, "磁盘")
    await home.settled()
    assert len(other.whispered(PRINCIPAL)) == 1
    other.answers[Act.WHISPER] = home.platform.answers[Act.WHISPER]
    home.house.alerts.tell(Kind.BACKUP, "备份")
    await home.settled()
    assert home.house.alerts.waiting == 1
    # Somebody who writes in private can be reached.
    del home.platform.answers[Act.WHISPER]
    await home.says(PRINCIPAL, "你好", group=None)
    assert "备份" in home.platform.whispered(PRINCIPAL)[-1]
    assert home.house.alerts.waiting == 0


async def test_words_that_may_have_been_said_are_not_said_again(home: Home) -> None:
    home.platform.answers[Act.WHISPER] = Answer(Word.UNKNOWN, wording="timeout")
    other = another(home)
    home.house.alerts.tell(Kind.DISK, "磁盘")
    await home.settled()
    assert len(home.platform.whispered(PRINCIPAL)) == 1
    assert other.asked(Act.WHISPER) == []
    assert home.house.alerts.waiting == 0


async def test_who_shares_a_group_is_told_through_it(home: Home) -> None:
    home.house.alerts.tell(Kind.DISK, "磁盘")
    await home.settled()
    ways = {done.account: done.group for done in home.platform.asked(Act.WHISPER)}
    assert ways == {account(OWNER): CLASS, account(PRINCIPAL): None}


# What was done to people --------------------------------------------------------------------------


async def test_a_mute_that_cannot_be_lifted_needs_a_person(home: Home) -> None:
    await home.says(ADMIN, f"/mute {PARENT} 1d")
    assert home.platform.muted(PARENT)
    home.platform.done.clear()
    home.platform.answers[Act.MUTE] = Answer(Word.REFUSED, wording="没有权限")
    await home.says(ADMIN, f"/unmute {PARENT}")
    (line,) = home.platform.whispered(PRINCIPAL)
    assert "禁言没能解除" in line
    assert CLASS.group_id in line
    (problem,) = home.house.alerts.recent()
    assert (problem.kind, problem.group, problem.moment) == (Kind.ACT, CLASS, home.clock.now())
    assert PARENT not in line + problem.text
    assert home.house.tally.acts["unmute", "denied"] == 1


async def test_a_removal_of_which_nobody_knows_needs_a_person(home: Home) -> None:
    home.platform.answers[Act.REMOVE] = Answer(Word.UNKNOWN, wording="timeout")
    home.platform.answers[Act.FETCH_MEMBER] = Answer(Word.UNKNOWN)
    async with in_transaction():
        who = await account_row(account(PARENT))
        case = await home.house.records.new_case(
            home.group, who, step="remove", plugin="moderation", source="manual"
        )
        act = await home.house.records.new_act(
            home.group, "remove", who, {}, home.house.records.now().replace(year=2027), case=case
        )
    home.house.executor.submit([act])
    await home.advance(120)
    assert (await models.Act.get(id=act.id)).state == "unknown"
    (line,) = home.platform.whispered(PRINCIPAL)
    assert "到群里核对" in line
    assert f"案件 #{case.number}" in line


async def test_what_came_out_well_needs_nobody(home: Home) -> None:
    await home.says(ADMIN, f"/mute {PARENT} 1d")
    await home.says(ADMIN, f"/unmute {PARENT}")
    assert home.house.alerts.recent() == []
    assert home.platform.whispered(PRINCIPAL) == []


# Recent problems ----------------------------------------------------------------------------------


async def test_a_fault_is_kept_in_plain_words_without_what_it_says(home: Home) -> None:
    for _ in range(3):
        log_fault("a test", KeyError(INSULT))
    await home.settled()
    (problem,) = home.house.alerts.recent()
    assert (problem.kind, problem.times) == (Kind.FAULT, 3)
    assert "KeyError" in problem.text
    assert INSULT not in problem.text
    assert home.house.tally.faults == {"other": 3}
    # It is nothing that a person must come for.
    assert home.platform.whispered(PRINCIPAL) == []


async def test_a_full_disk_is_told(home: Home) -> None:
    log_fault("a test", OSError(errno.ENOSPC, "no space left"))
    await home.settled()
    assert "磁盘已满" in home.platform.whispered(PRINCIPAL)[0]


async def test_the_newest_problem_comes_first_and_only_fifty_stay(home: Home) -> None:
    for number in range(60):
        home.house.alerts.note(Kind.FAULT, str(number))
    home.house.alerts.note(Kind.FAULT, "30")
    found = [problem.text for problem in home.house.alerts.recent()]
    assert len(found) == 50
    assert found[:2] == ["30", "59"]
    assert found[-1] == "10"


async def test_a_group_does_not_learn_of_another(home: Home) -> None:
    alerts = home.house.alerts
    alerts.note(Kind.ACT, "这个群", CLASS)
    alerts.note(Kind.ACT, "别的群", CLASS._replace(group_id="2"))
    alerts.note(Kind.STORE, "数据库")
    assert [problem.text for problem in alerts.recent(CLASS)] == ["数据库", "这个群"]
    assert len(alerts.recent()) == 3


async def test_a_house_that_is_closed_listens_no_more(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=None) as home:
        pass
    log_fault("a test", KeyError())
    assert home.house.alerts.recent() == []


def full() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "ground"),
    [
        (KeyError(), None),
        (OSError(errno.ECONNREFUSED, "refused"), None),
        (OSError(errno.ENOSPC, "full"), "disk"),
        (OSError(errno.EDQUOT, "quota"), "disk"),
        (full(), "disk"),
        (caused(OperationalError("x"), full()), "disk"),
        (asyncpg.DiskFullError("x"), "disk"),
        (sqlite3.OperationalError("database is locked"), "store"),
        (OperationalError("x"), "store"),
        (asyncpg.CannotConnectNowError("x"), "store"),
        (asyncpg.InterfaceError("x"), "store"),
        (caused(RuntimeError("x"), sqlite3.DatabaseError("malformed")), "store"),
    ],
)
def test_what_an_error_says_of_the_ground(error: Exception, ground: str | None) -> None:
    assert trouble(error) == ground


async def test_what_is_no_problem_is_told_and_not_kept(home: Home) -> None:
    for about in ("invited/1", "invited/1", "invited/2"):
        home.house.alerts.inform("有人邀请机器人进群。", about)
    await home.settled()
    assert (
        home.platform.whispered(PRINCIPAL) == ["【群规】有人邀请机器人进群。（11月3日 12:00）"] * 2
    )
    assert home.house.alerts.recent() == []
