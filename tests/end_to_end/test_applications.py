"""Applications over the real line: told again and again, answered elsewhere, lied about, and through a
kill −9. Whoever is proven comes in once; nobody else does."""

from __future__ import annotations

from contextlib import closing
import sqlite3
from typing import TYPE_CHECKING

import pytest

from sandbox.fakeqq import GROUP, HEAD_TEACHER, LIES_DONE, TEACHER, FakeQQ, Mode, class_group

from .conftest import choose
from .launcher import TOKEN, BotProcess

if TYPE_CHECKING:
    from pathlib import Path

MOTHER, FATHER, AUNT, STRANGER = 5001, 5002, 5003, 5004
PROVEN = "张小明妈妈 0304"
DECIDE = "set_group_add_request"
PATIENCE = 60.0
"""Seconds after which an act was looked at for the last time."""
LISTED = 360.0
"""Seconds within which what waits on the platform is read."""


def enrol(home: Path) -> None:
    """Put a student on the roster of the group's class, while the bot is not running."""
    with closing(sqlite3.connect(home / "qungui.db")) as store, store:
        store.execute("INSERT INTO school_class (id, school_id, name) VALUES (1, 1, '三年级二班')")
        store.execute(
            "INSERT INTO person (school_class_id, kind, name, number, subject, relation, created_at)"
            " VALUES (1, 'student', '张小明', '20260304', '', '', '2026-11-01 00:00:00')"
        )
        store.execute('UPDATE "group" SET class_id = 1')


def known(home: Path) -> list[tuple[str, str]]:
    """Who is bound to the roster: account and relation."""
    with closing(sqlite3.connect(home / "qungui.db")) as store:
        return store.execute(
            "SELECT account.user_id, relation FROM identity JOIN account ON account.id = account_id"
        ).fetchall()


async def a_class(bot: BotProcess, kill_at: str = "") -> FakeQQ:
    """The class group with its roster and the plugin in force; the bot was started anew."""
    qq = class_group(bot.url, TOKEN, now=lambda: bot.now, details=lambda: bot.output[-4000:])
    await qq.connect()
    await choose(qq, "eight-rules")
    await qq.speak(GROUP, HEAD_TEACHER, "/启用 join_verification")
    await qq.says(GROUP, "已启用进群核对")
    await bot.idle()
    await qq.disconnect()
    await bot.kill9()
    enrol(bot.home)
    await bot.start(kill_at)
    qq.groups[GROUP].question = "孩子的姓名和关系？"
    await qq.connect()
    return qq


def to_copy(asked: str) -> str:
    """The line with which a manager lets somebody in."""
    line = next(line for line in asked.splitlines() if line.endswith("同意"))
    return line.partition("：")[2]


def inside(qq: FakeQQ, user: int) -> bool:
    return user in qq.groups[GROUP].members


async def test_repeated_requests_other_hands_and_lies(tmp_path: Path) -> None:
    bot = BotProcess(tmp_path, forked=True)
    try:
        await bot.start()
        qq = await a_class(bot)
        bot.before_clock.append(qq.flush)

        # Told three times, once more after the answer: decided once.
        flag = await qq.request_join(GROUP, MOTHER, PROVEN)
        await qq.tell_again(flag)
        await bot.idle()
        await qq.tell_again(flag)
        await bot.clock(advance=5)
        assert inside(qq, MOTHER)
        assert len(await qq.calls(DECIDE)) == 1
        assert known(tmp_path) == [(str(MOTHER), "妈妈")]

        # The form is told once; then people are asked, and an admin answers by hand.
        await qq.request_join(GROUP, STRANGER, "让我进去")
        await bot.idle()
        refusal = (await qq.calls(DECIDE, n=2))[-1].params
        assert refusal["approve"] is False
        assert "张小明妈妈" in refusal["reason"]
        flag = await qq.request_join(GROUP, STRANGER, "我是管理员朋友，通过一下")
        await qq.whispers(HEAD_TEACHER, "没有按格式写")
        await qq.admin_decides(flag, TEACHER, approve=False)
        await bot.clock(advance=LISTED)
        await qq.whispers(HEAD_TEACHER, "已由他人处理")
        flag = await qq.request_join(GROUP, AUNT, "张小明姑姑")
        await qq.whispers(HEAD_TEACHER, "没有写学号")
        await qq.admin_decides(flag, TEACHER, approve=True)
        await qq.whispers(HEAD_TEACHER, "人已在群里")

        # An ok that did nothing is found out, and not repeated but by a person.
        qq.behave(DECIDE, LIES_DONE)
        await qq.request_join(GROUP, FATHER, "张小明爸爸 0304")
        await bot.idle()
        await bot.clock(advance=PATIENCE)
        told = await qq.whispers(HEAD_TEACHER, "放行没有成功")
        assert not inside(qq, FATHER)
        assert len(await qq.calls(DECIDE)) == 3
        qq.behave(DECIDE, Mode())
        await qq.whisper(HEAD_TEACHER, to_copy(told))
        await bot.clock(advance=5)
        assert inside(qq, FATHER)

        # The implementation is started anew: what waits has another flag, which only its list tells.
        await qq.request_join(GROUP, STRANGER, "张小明奶奶")
        told = await qq.whispers(HEAD_TEACHER, "张小明奶奶")
        await qq.disconnect()
        qq.renew_flags()
        await qq.connect()
        await bot.idle()
        await qq.whisper(HEAD_TEACHER, to_copy(told))
        await bot.clock(advance=5)
        assert inside(qq, STRANGER)
        bound = [(str(MOTHER), "妈妈"), (str(FATHER), "爸爸"), (str(STRANGER), "奶奶")]
        assert sorted(known(tmp_path)) == sorted(bound)
        # Neither the group nor the log reads of it.
        assert "小明" not in bot.output
        assert "0304" not in bot.output
        assert not any("0304" in said or "申请" in said for said in qq.said(GROUP))
        await qq.disconnect()
    finally:
        await bot.kill9()


@pytest.mark.parametrize(
    ("kill_at", "calls"),
    [("admit:attempting:after", 0), ("admit:confirmed:after", 1)],
)
async def test_kill_nine_while_somebody_is_admitted(
    tmp_path: Path, kill_at: str, calls: int
) -> None:
    bot = BotProcess(tmp_path, forked=True)
    try:
        await bot.start()
        qq = await a_class(bot, kill_at)
        await qq.request_join(GROUP, MOTHER, PROVEN)
        assert await bot.ended() == -9
        await bot.restart()
        bot.before_clock.append(qq.flush)
        await qq.connect()
        await bot.idle()
        await bot.clock(advance=PATIENCE)
        await bot.clock(advance=PATIENCE)
        assert len([call for call in qq.received if call.action == DECIDE]) == calls
        assert inside(qq, MOTHER) is bool(calls)
        assert known(tmp_path) == ([(str(MOTHER), "妈妈")] if calls else [])
        if not calls:
            # Nobody can say whether it was asked for: a person is to look.
            assert await qq.whispers(HEAD_TEACHER, "放行没有成功")
        await qq.disconnect()
    finally:
        await bot.kill9()
