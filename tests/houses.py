"""A house in the process, without NoneBot: a real SQLite store, a driven clock, and a platform that
keeps state and notes what it is asked to do."""

from __future__ import annotations

from collections import defaultdict
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib import import_module
import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

from src.application import plugin_names
from src.core.chat.events import (
    Account,
    CardChanged,
    Connected,
    FetchedMessage,
    GroupKey,
    GroupRenamed,
    JoinRequested,
    Kind,
    Lost,
    Member,
    MemberCame,
    MemberLeft,
    MessageReceived,
    MessageRef,
    PlatformRole,
    Segment,
)
from src.core.chat.port import Act, Answer, Capabilities, ForwardContent, Word
from src.core.clock import DrivenClock
from src.core.config import QunguiConfig
from src.core.house import House
from src.core.store import models

from .stores import a_store

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
    from pathlib import Path

    import aiosqlite

    from src.core.chat.events import Happened
    from src.core.chat.port import Words
    from src.core.groups import Group
    from src.core.looks import Looks

for _name in plugin_names():
    import_module(f"src.plugins.{_name}")

NOON = 1_793_678_400.0
"""Tuesday 3 November 2026, 12:00 in Shanghai."""
CLASS = GroupKey("qq", "1")
BOT = "10001"
OWNER = "900"
ADMIN = "800"
PARENTS = tuple(str(number) for number in range(101, 109))
PARENT = PARENTS[0]
CHILDREN = ("陈晨", "赵敏", "孙强", "李想", "周可", "吴桐", "郑爽", "王雨桐")
NAMES = {user: f"{child}妈妈" for user, child in zip(PARENTS, CHILDREN, strict=True)}
"""The parents' names in the group, as most packs want them."""
INSULT = "你就是个傻逼"
AD = "暑假一对一辅导，名师小班，限时优惠，加微信abc12345"

_DONE: Answer[Any] = Answer(Word.DONE)


def account(user: str) -> Account:
    """Somebody's account on the fake platform."""
    return Account("qq", user)


def _unheard(statement: str) -> None:
    """In place of a trace: there is no other way to end one."""


class Done(NamedTuple):
    """Something that the platform was asked to do. `value`: the words, seconds, message id or name."""

    act: Act
    group: GroupKey | None
    account: Account | None = None
    value: Any = None


class FakePlatform:
    """Implements `Platform`: one group with an owner, an admin, eight parents and the bot.

    `answers` are given in place of doing what was asked, so a DONE there is a lie; `denials` are said
    of what was done (muting, unmuting and removing). `done` is all that was asked, in order.
    """

    tells_inviter = True

    def __init__(self, clock: DrivenClock, bot: str = BOT) -> None:
        self.namespace = "qq"
        self.bot = account(bot)
        self.capabilities = Capabilities(frozenset(Act))
        self.answers: dict[Act, Answer[Any]] = {}
        self.denials: dict[Act, Answer[Any]] = {}
        self.done: list[Done] = []
        self.posted: dict[str, FetchedMessage] = {}
        self.groups: dict[GroupKey, dict[Account, Member]] = {CLASS: {}}
        self.closed: set[GroupKey] = set()
        """The groups that are muted as a whole."""
        self.names: defaultdict[GroupKey, str] = defaultdict(lambda: "三年级二班")
        self.announcements: dict[GroupKey, str] = {}
        self.applications: dict[str, JoinRequested] = {}
        """Those that wait for an answer, by flag."""
        self.files: dict[str, bytes] = {}
        """What was sent in private, by the id of the file."""
        self.sent: list[tuple[Account, str, bytes]] = []
        """The files that the bot sent in private: to whom, their names and contents."""
        self.nicknames: dict[Account, str] = {}
        """What people are called who have no card."""
        self._clock = clock
        for user in PARENTS:
            self.join(user, NAMES[user])
        self.join(OWNER, "孙老师", PlatformRole.OWNER)
        self.join(ADMIN, "何老师", PlatformRole.ADMIN)
        self.join(bot, "助手", PlatformRole.ADMIN)

    def join(
        self,
        user: str,
        name: str,
        role: PlatformRole = PlatformRole.MEMBER,
        group: GroupKey = CLASS,
    ) -> None:
        """Put somebody into a group."""
        self.nicknames.setdefault(account(user), name)
        self.groups.setdefault(group, {})[account(user)] = Member(
            account(user), name, role, muted_until=0.0
        )

    def change(self, user: str, group: GroupKey = CLASS, **fields: Any) -> None:
        """Change what the platform knows of a member: `name`, `last_spoke`, `joined` and others."""
        members = self.groups[group]
        members[account(user)] = replace(members[account(user)], **fields)

    def name_of(self, user: str, group: GroupKey = CLASS) -> str:
        """What somebody is called in a group; KeyError where they are not in it."""
        return self.groups[group][account(user)].name

    def asked(self, act: Act) -> list[Done]:
        """What was asked of one kind."""
        return [done for done in self.done if done.act is act]

    def said(self, group: GroupKey = CLASS) -> list[str]:
        """What the bot said in a group."""
        return [done.value for done in self.asked(Act.SAY) if done.group == group]

    def whispered(self, user: str) -> list[str]:
        """What the bot told somebody in private."""
        return [done.value for done in self.asked(Act.WHISPER) if done.account == account(user)]

    def muted(self, user: str) -> bool:
        """Whether somebody is muted in the class group now."""
        return (self.groups[CLASS][account(user)].muted_until or 0.0) > self._clock.now()

    def _take(self, done: Done) -> Answer[Any] | None:
        self.done.append(done)
        return self.answers.get(done.act)

    def _absent(self, group: GroupKey, account: Account) -> Answer[Any] | None:
        known = account in self.groups.get(group, {})
        return None if known else Answer(Word.REFUSED, wording="not a member")

    def reachable(self, account: Account) -> bool | None:
        return None

    async def say(self, group: GroupKey, words: Words) -> Answer[MessageRef]:
        return self._take(Done(Act.SAY, group, None, words.text)) or _DONE

    async def whisper(
        self, account: Account, words: Words, via: GroupKey | None = None
    ) -> Answer[MessageRef]:
        return self._take(Done(Act.WHISPER, via, account, words.text)) or _DONE

    async def withdraw(self, ref: MessageRef) -> Answer[None]:
        answer = self._take(Done(Act.WITHDRAW, ref.group, None, ref.message_id))
        if answer is None:
            self.posted.pop(ref.message_id, None)
        return answer or _DONE

    async def mute(self, group: GroupKey, account: Account, seconds: int) -> Answer[None]:
        answer = self._take(Done(Act.MUTE, group, account, seconds)) or self._absent(group, account)
        if answer is None:
            self.change(account.user_id, group, muted_until=self._clock.now() + seconds)
        return answer or self.denials.get(Act.MUTE, _DONE)

    async def unmute(self, group: GroupKey, account: Account) -> Answer[None]:
        answer = self._take(Done(Act.MUTE, group, account, 0)) or self._absent(group, account)
        if answer is None:
            self.change(account.user_id, group, muted_until=0.0)
        return answer or self.denials.get(Act.MUTE, _DONE)

    async def mute_all(self, group: GroupKey, *, muted: bool) -> Answer[None]:
        answer = self._take(Done(Act.MUTE_ALL, group, None, muted))
        if answer is None:
            (self.closed.add if muted else self.closed.discard)(group)
        return answer or _DONE

    async def remove(self, group: GroupKey, account: Account) -> Answer[None]:
        answer = self._take(Done(Act.REMOVE, group, account))
        if answer is None:
            self.groups[group].pop(account, None)
        return answer or self.denials.get(Act.REMOVE, _DONE)

    async def set_card(self, group: GroupKey, account: Account, card: str) -> Answer[None]:
        answer = self._take(Done(Act.SET_CARD, group, account, card))
        if answer is None:
            self.change(account.user_id, group, name=card or self.nicknames[account])
        return answer or _DONE

    async def set_group_name(self, group: GroupKey, name: str) -> Answer[None]:
        answer = self._take(Done(Act.SET_GROUP_NAME, group, None, name))
        if answer is None:
            self.names[group] = name
        return answer or _DONE

    async def announce(self, group: GroupKey, text: str) -> Answer[None]:
        answer = self._take(Done(Act.ANNOUNCE, group, None, text))
        if answer is None:
            self.announcements[group] = text
        return answer or _DONE

    async def read_announcement(self, group: GroupKey) -> Answer[str]:
        given = self.answers.get(Act.READ_ANNOUNCEMENT)
        return given or Answer(Word.DONE, self.announcements.get(group, ""))

    async def decide_join(
        self, group: GroupKey, flag: str, *, accept: bool, reason: str = ""
    ) -> Answer[None]:
        """Who is let in is a member at once; the event of it is `Home.comes`."""
        answer = self._take(Done(Act.DECIDE_JOIN, group, None, (flag, accept, reason)))
        if answer is not None:
            return answer
        application = self.applications.pop(flag, None)
        if application is None:
            return Answer(Word.REFUSED, wording="No such request")
        if accept:
            who = application.account
            self.join(who.user_id, self.nicknames.get(who, f"网友{who.user_id}"), group=group)
        return _DONE

    async def join_requests(self, group: GroupKey) -> Answer[Sequence[JoinRequested]]:
        given = self.answers.get(Act.FETCH_JOINS)
        waiting = [one for one in self.applications.values() if one.group == group]
        return given or Answer(Word.DONE, waiting)

    async def decide_friend(self, flag: str, *, accept: bool) -> Answer[None]:
        return self._take(Done(Act.DECIDE_FRIEND, None, None, (flag, accept))) or _DONE

    async def decide_invitation(self, flag: str, *, accept: bool) -> Answer[None]:
        return self._take(Done(Act.DECIDE_INVITATION, None, None, (flag, accept))) or _DONE

    async def leave(self, group: GroupKey) -> Answer[None]:
        return self._take(Done(Act.LEAVE, group)) or _DONE

    async def message(self, ref: MessageRef) -> Answer[FetchedMessage]:
        given = self.answers.get(Act.FETCH_MESSAGE)
        return given or Answer(Word.DONE, self.posted.get(ref.message_id))

    async def member(self, group: GroupKey, account: Account) -> Answer[Member]:
        given = self.answers.get(Act.FETCH_MEMBER)
        return given or Answer(Word.DONE, self.groups.get(group, {}).get(account))

    async def members(self, group: GroupKey) -> Answer[Sequence[Member]]:
        given = self.answers.get(Act.FETCH_MEMBER)
        return given or Answer(Word.DONE, list(self.groups.get(group, {}).values()))

    async def all_muted(self, group: GroupKey) -> Answer[bool]:
        return Answer(Word.DONE, group in self.closed)

    async def group_name(self, group: GroupKey) -> Answer[str]:
        return Answer(Word.DONE, self.names[group])

    async def implementation(self) -> Answer[str]:
        return Answer(Word.DONE, "FakePlatform 1.0")

    async def open_forward(self, forward_id: str) -> Answer[ForwardContent]:
        given = self._take(Done(Act.OPEN_FORWARD, None, None, forward_id))
        return given or Answer(Word.REFUSED)

    async def fetch_file(self, group: GroupKey, file_id: str) -> Answer[str]:
        return self.answers.get(Act.FETCH_FILE) or Answer(Word.REFUSED)

    async def read_file(self, account: Account, file_id: str, most: int) -> Answer[bytes]:
        given = self._take(Done(Act.READ_FILE, None, account, file_id))
        content = self.files.get(file_id)
        if given is None and (content is None or len(content) > most):
            return Answer(Word.REFUSED, wording="file too large" if content else "no such file")
        return given or Answer(Word.DONE, content)

    async def send_file(
        self, account: Account, name: str, content: bytes, via: GroupKey | None = None
    ) -> Answer[None]:
        answer = self._take(Done(Act.SEND_FILE, via, account, name))
        if answer is None:
            self.sent.append((account, name, content))
        return answer or _DONE


class Home:
    """A house that runs, its clock and its platform, and what people do in front of it."""

    def __init__(self, house: House, clock: DrivenClock) -> None:
        self.house = house
        self.clock = clock
        self.platform = FakePlatform(clock)
        self._numbers = itertools.count(1)

    @property
    def group(self) -> Group:
        """The class group."""
        return self.house.groups.get(CLASS)

    def connect(self, platform: FakePlatform | None = None) -> None:
        """A bot's line comes up."""
        one = platform or self.platform
        self.house.event(one, Connected(one.bot.user_id, self.clock.now()))

    def lose(self, platform: FakePlatform | None = None) -> None:
        """A bot's line goes down."""
        one = platform or self.platform
        self.house.event(one, Lost(one.bot.user_id, self.clock.now()))

    async def restart(self) -> None:
        """The process ends and starts anew on the same store; the platform goes on."""
        old = self.house
        await old.close()
        self.house = House(
            config=old.config,
            clock=self.clock,
            superusers=old.people.superusers,
            prefixes=("/", "／"),
            looks=old.looks,
        )
        self.house.audit._key = old.audit._key
        await self.house.start()
        self.connect()
        await self.settled()

    async def choose(self, pack: str = "text-only-parents") -> None:
        """Let the owner put a pack in force in the class group."""
        await self.says(OWNER, f"/policy use {pack}")
        assert self.group.policy is not None, self.platform.said()
        self.platform.done.clear()

    def hears(
        self,
        user: str,
        content: str | Sequence[Segment],
        *,
        platform: FakePlatform | None = None,
        group: GroupKey | None = CLASS,
        age: float = 0.0,
        reply_to: str | None = None,
        message_id: str | None = None,
        shown: str = "",
        by_robot: bool = False,
    ) -> bool:
        """Somebody writes something, `age` seconds before it arrives; in private without a group.

        Returns whether it is for other people's plugins too.
        """
        one = platform or self.platform
        segments = (Segment(Kind.TEXT, content),) if isinstance(content, str) else tuple(content)
        text = "".join(s.value for s in segments if s.kind is Kind.TEXT)
        ref = MessageRef(
            one.bot.user_id,
            group,
            message_id or str(next(self._numbers)),
            self.clock.now() - age,
        )
        author = account(user)
        member = one.groups.get(group, {}).get(author) if group is not None else None
        if group is not None:
            if member is not None:
                one.change(user, group, last_spoke=ref.time)
            one.posted[ref.message_id] = FetchedMessage(ref, author, segments, text, shown)
        return self.house.message(
            one,
            MessageReceived(
                ref=ref,
                account=author,
                segments=segments,
                text=text,
                name=member.name if member is not None else "",
                platform_role=member.role if member is not None else PlatformRole.MEMBER,
                reply_to=reply_to,
                shown=shown,
                by_robot=by_robot,
            ),
        )

    async def applies(
        self,
        user: str,
        comment: str = "",
        *,
        flag: str = "",
        inviter: str | None = None,
        group: GroupKey = CLASS,
        platform: FakePlatform | None = None,
    ) -> str:
        """Somebody asks to join, and all that follows. The same `flag` tells it once more.

        Returns the flag.
        """
        one = platform or self.platform
        flag = flag or f"flag-{next(self._numbers)}"
        one.applications[flag] = event = JoinRequested(
            one.bot.user_id,
            self.clock.now(),
            group,
            account(user),
            comment,
            flag,
            account(inviter) if inviter is not None else None,
        )
        await self._happens(one, event)
        return flag

    async def comes(
        self,
        user: str,
        name: str = "",
        *,
        operator: str | None = None,
        invited: bool = False,
        group: GroupKey = CLASS,
        platform: FakePlatform | None = None,
    ) -> None:
        """Somebody is in the group now, with the name they have where none is given."""
        one, now = platform or self.platform, self.clock.now()
        if account(user) not in one.groups.get(group, {}):
            one.join(user, name or f"网友{user}", group=group)
        one.change(user, group, joined=now, **({"name": name} if name else {}))
        by = account(operator) if operator is not None else None
        await self._happens(
            one, MemberCame(one.bot.user_id, now, group, account(user), by, invited)
        )

    async def leaves(
        self,
        user: str,
        *,
        removed: bool = False,
        operator: str | None = None,
        group: GroupKey = CLASS,
        platform: FakePlatform | None = None,
    ) -> None:
        """Somebody is out of the group: of their own accord, or `removed` by the operator."""
        one, now = platform or self.platform, self.clock.now()
        one.groups[group].pop(account(user), None)
        by = account(operator if operator is not None else OWNER if removed else user)
        await self._happens(
            one, MemberLeft(one.bot.user_id, now, group, account(user), by, removed)
        )

    async def renames(
        self,
        user: str,
        card: str,
        *,
        told: bool = True,
        group: GroupKey = CLASS,
        platform: FakePlatform | None = None,
    ) -> None:
        """A member has another card; empty: their nickname shows. Unless `told`, there is no event
        of it, as with SnowLuma."""
        one = platform or self.platform
        one.change(user, group, name=card or one.nicknames[account(user)])
        if told:
            now = self.clock.now()
            await self._happens(one, CardChanged(one.bot.user_id, now, group, account(user), card))

    async def renames_group(
        self,
        name: str,
        by: str,
        *,
        told: bool = True,
        group: GroupKey = CLASS,
        platform: FakePlatform | None = None,
    ) -> None:
        """Somebody gives the group another name; unless `told`, without an event."""
        one = platform or self.platform
        one.names[group] = name
        if told:
            now = self.clock.now()
            await self._happens(one, GroupRenamed(one.bot.user_id, now, group, name, account(by)))

    async def sends_file(
        self, user: str, name: str, content: bytes, *, platform: FakePlatform | None = None
    ) -> str:
        """Somebody sends the bot a file in private, and all that follows. Returns its id."""
        one = platform or self.platform
        file_id = f"file-{next(self._numbers)}"
        one.files[file_id] = content
        self.hears(user, [Segment(Kind.FILE, file_id, name)], platform=one, group=None)
        await self.settled()
        return file_id

    async def _happens(self, platform: FakePlatform, event: Happened) -> None:
        self.house.event(platform, event)
        await self.settled()

    async def settled(self) -> None:
        """Wait until all that arrived is dealt with."""
        await self.house.settle()

    async def says(self, user: str, content: str | Sequence[Segment], **how: Any) -> bool:
        """`hears`, and all that follows from it."""
        passed_on = self.hears(user, content, **how)
        await self.settled()
        return passed_on

    async def advance(self, seconds: float) -> None:
        """Let time pass; what is due meanwhile has its own time, to a hundredth of the whole."""
        await self.settled()
        target = self.clock.now() + seconds
        while (due := self.clock.next_due()) is not None and due <= target:
            self.clock.move_to(min(target, max(due, self.clock.now() + seconds / 100)))
            await self.settled()
        self.clock.move_to(target)
        await self.settled()

    @asynccontextmanager
    async def statements(self) -> AsyncGenerator[list[str]]:
        """What reaches SQLite meanwhile, as its own trace tells: nothing of ours can hide it."""
        seen: list[str] = []
        client: Any = models.Group._meta.db
        connection: aiosqlite.Connection = client._connection
        await connection.set_trace_callback(seen.append)
        try:
            yield seen
        finally:
            await connection.set_trace_callback(_unheard)


@asynccontextmanager
async def a_home(
    tmp_path: Path,
    *,
    superusers: Collection[str] = (),
    pack: str | None = "text-only-parents",
    settings: Mapping[str, Any] | None = None,
    looks: Looks | None = None,
    kind: str = "sqlite",
) -> AsyncGenerator[Home]:
    """A house on a database of its own, started and connected, with a pack in force. `kind`: the
    database, "sqlite" or "postgres"."""
    clock = DrivenClock(NOON)
    async with a_store(kind, tmp_path):
        house = House(
            config=QunguiConfig(**(settings or {})),
            clock=clock,
            superusers=superusers,
            prefixes=("/", "／"),
            looks=looks,
        )
        await house.start()
        home = Home(house, clock)
        try:
            if pack == "kindergarten":
                for user, name in NAMES.items():
                    home.platform.change(user, name=f"小二班{name}")
            home.connect()
            if pack is not None:
                await home.choose(pack)
            await home.settled()
            yield home
        finally:
            await home.house.close()
