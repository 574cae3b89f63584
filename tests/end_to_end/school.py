"""A class of a school over the line: a head teacher who owns the group, teachers, a committee member,
families, a leader and an operator; everybody's number is long enough to be looked for in what is
printed. And how they talk to the bot."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
import json
import os
import sqlite3
import sys
from typing import TYPE_CHECKING, Any

from sandbox.fakeqq import GROUP, HELD, FakeQQ, Member, Mode, mention, quote, text

from .killer import ARMED, FILE
from .launcher import ROOT, TOKEN, BotProcess

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path


BOT = 310000001
OPERATOR, LEADER = 310000901, 310000801
HEAD, TEACHER, COMMITTEE = 310000701, 310000601, 310000501
PARENT, OTHER, THIRD, FOURTH = 310000101, 310000102, 310000103, 310000104
NAMES = {
    OPERATOR: "信息组郑工",
    LEADER: "教导处钱主任",
    HEAD: "班主任孙老师",
    TEACHER: "数学何老师",
    COMMITTEE: "家委林悦妈妈",
    PARENT: "张小明妈妈",
    OTHER: "李想爸爸",
    THIRD: "王雨桐妈妈",
    FOURTH: "赵子涵爸爸",
}
INSULT = "你就是个傻逼"
AD = "暑假一对一辅导，名师小班，限时优惠，加微信abc12345"
SAID = (INSULT, AD)
"""What is said here and belongs into no log."""
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
PATIENCE = 60.0
"""Seconds after which an act was looked at for the last time."""


class Scene:
    """The class and its bot."""

    def __init__(self, qq: FakeQQ, bot: BotProcess) -> None:
        self.qq = qq
        self.bot = bot

    # -- talking ----------------------------------------------------------------------------------

    async def say(self, who: int, words: str | list[Any]) -> int:
        """Somebody speaks in the group, and the bot has dealt with it."""
        message = await self.qq.speak(GROUP, who, words)
        await self.bot.idle()
        return message

    async def order(self, who: int, command: str, whom: int, rest: str = "") -> str:
        """A command with a mention; what the bot said in the group to it."""
        before = len(self.qq.said(GROUP))
        await self.orders(who, command, whom, rest)
        said = await self.qq.says(GROUP, after=before)
        await self.bot.idle()
        return said

    async def orders(self, who: int, command: str, whom: int, rest: str = "") -> None:
        """The same, where nobody waits for what is said."""
        await self.qq.speak(GROUP, who, [text(f"{command} "), mention(whom), text(f" {rest}")])

    async def reports(self, who: int, message: int, words: str) -> int:
        """Somebody replies to a message; the reply's id."""
        return await self.say(who, [quote(message), text(words)])

    async def asks(self, who: int, words: str, part: str = "") -> str:
        """Somebody writes in the group; what the bot said there."""
        before = len(self.qq.said(GROUP))
        await self.qq.speak(GROUP, who, words)
        return await self.qq.says(GROUP, part, after=before)

    async def whisper(self, who: int, words: str) -> str:
        """Somebody writes to the bot in private, through the group where they are no friend; what they
        are told then."""
        before = len(self.qq.whispered(who))
        await self.qq.whisper(who, words, via_group=None if who in self.qq.friends else GROUP)
        await self.bot.idle()
        return self.told(who, before)

    def told(self, who: int, after: int = 0) -> str:
        """All that the bot wrote to somebody in private."""
        return "\n".join(self.qq.whispered(who)[after:])

    async def at_once(self, *answers: tuple[int, str]) -> list[str]:
        """Several people write in private at once: each is read by the platform only when all wait for
        their rank. What each was told then."""
        qq = self.qq
        before = {who: len(qq.whispered(who)) for who, _ in answers}
        reads = sum(call.action == "get_group_member_info" for call in qq.received)
        qq.behave("get_group_member_info", HELD)
        for who, words in answers:
            await qq.whisper(who, words)
        await qq.calls("get_group_member_info", n=reads + len(answers))
        qq.behave("get_group_member_info", Mode())
        await qq.release()
        await self.bot.idle()
        return [self.told(who, before[who]) for who, _ in answers]

    # -- time, and the process --------------------------------------------------------------------

    async def later(self, seconds: float) -> None:
        """Time passes at once, as over a machine that slept."""
        await self.bot.clock(set=self.bot.now + seconds)

    async def settled(self) -> None:
        """All acts have come to rest, whatever the platform said."""
        await self.bot.clock(advance=PATIENCE)

    async def restart(self) -> None:
        """The bot is killed and started again."""
        await self.qq.disconnect()
        await self.bot.restart(ARMED)
        await self.qq.connect()

    def arm(self, kill_at: str) -> None:
        """Have the bot kill itself there."""
        (self.bot.home / FILE).write_text(kill_at, encoding="utf-8")

    async def dies(self) -> None:
        """Wait until it has killed itself, and start it again."""
        assert await self.bot.ended() == -9, self.bot.output[-4000:]
        await self.restart()

    # -- looking ----------------------------------------------------------------------------------

    def muted(self, who: int) -> bool:
        return self.qq.muted(GROUP, who)

    def inside(self, who: int) -> bool:
        return who in self.qq.groups[GROUP].members

    @property
    def closed(self) -> bool:
        return self.qq.groups[GROUP].all_muted

    def sent(self) -> list[tuple[int | None, str]]:
        """Every frame with words that left the bot: to whom (None: the group), and all of it."""
        found: list[tuple[int | None, str]] = []
        for call in self.qq.received:
            if "msg" in call.action and call.action.startswith("send"):
                to = None if call.params.get("message_type") == "group" else call.params
                user = to.get("user_id") if to is not None else None
                found.append(
                    (int(user) if user else None, json.dumps(call.params, ensure_ascii=False))
                )
        return found

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What stands in the database."""
        with sqlite3.connect(self.bot.home / "qungui.db") as store:
            found = store.execute(query, values).fetchall()
        store.close()
        return found

    def cases(self) -> list[tuple[int, str, str]]:
        """Number, step and state of each case."""
        return self.rows('SELECT number, step, state FROM "case" ORDER BY id')

    def requests(self, kind: str) -> list[tuple[int, str, int]]:
        """Number, state and level of each request of a kind."""
        return self.rows(
            "SELECT number, state, level FROM request WHERE kind = ? ORDER BY id", kind
        )

    async def qungui(self, *arguments: str) -> tuple[int, str]:
        """What the command line prints beside the bot: exit code and text."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "src.cli", *arguments),
            cwd=ROOT,
            env=kept | {"PYTHONUTF8": "1"} | self.bot.settings,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, printed.decode()

    def prints_nobody(self, *words: str) -> None:
        """No words, no names and no numbers of people stand in what the process printed."""
        assert self.bot.output
        for secret in (*NAMES.values(), *map(str, NAMES), *SAID, *words):
            assert secret not in self.bot.output, secret


def school(bot: BotProcess) -> FakeQQ:
    """The platform: the class group, and everybody the bot's friend."""
    qq = FakeQQ(
        bot.url, TOKEN, self_id=BOT, now=lambda: bot.now, details=lambda: bot.output[-4000:]
    )
    roles: dict[int, Any] = {HEAD: "owner", TEACHER: "admin"}
    members = [
        Member(user, f"网友{number}号", name, role=roles.get(user, "member"))
        for number, (user, name) in enumerate(NAMES.items())
    ]
    robot = Member(BOT, "群规助手", "群规助手", role="admin")
    qq.add_group(GROUP, "三年级二班家长群", [*members, robot])
    qq.friends = set(NAMES)
    return qq


@asynccontextmanager
async def a_school(
    tmp_path: Path,
    pack: str = "committee-hours",
    *plugins: str,
    dies: bool = False,
) -> AsyncGenerator[Scene]:
    """The class with a pack in force, these plugins beside it, and everybody's role. A bot that `dies`
    does so where the scene is armed."""
    settings = {"SUPERUSERS": json.dumps([str(OPERATOR)])}
    bot = BotProcess(tmp_path, settings=settings, forked=True)
    try:
        await bot.start(ARMED if dies else "")
        qq = school(bot)
        bot.before_clock.append(qq.flush)
        await qq.connect()
        scene = Scene(qq, bot)
        await scene.asks(OPERATOR, f"/policy use {pack}", "本群开始执行")
        for name in plugins:
            await scene.asks(HEAD, f"/启用 {name}", "已启用")
        for who, role in ((LEADER, "校领导"), (HEAD, "班主任"), (COMMITTEE, "家委")):
            assert "已设为" in await scene.order(OPERATOR, "/role", who, role)
        yield scene
        await qq.disconnect()
    finally:
        await bot.kill9()


def item_in(said: str, word: str) -> str:
    """The number after a word in a line to copy: `确认 1-7` gives `1-7`."""
    number = said.split(f"{word} ", 1)[1].split(None, 1)[0]
    assert number.replace("-", "").isdigit(), said
    return number
