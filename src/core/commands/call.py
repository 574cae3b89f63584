"""A command being carried out: who calls, where, by what right; and the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from loguru import logger

from src.core.chat.events import Account, GroupKey, PlatformRole
from src.core.chat.port import Word, Words
from src.core.people import Rank, Right, rank_of
from src.core.queues import Lines

from . import texts
from .arguments import ArgumentError, Item, Mention

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from src.core.chat.events import Member, MessageReceived
    from src.core.chat.port import Platform
    from src.core.groups import Group
    from src.core.house import House

    from .router import Command, Request


class Refusal(Exception):
    """A command that is not carried out; the text says why, to the person who called."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `private`: it goes to the caller alone. `after` is awaited, outside the group's
    line, for the text (what came of an act is not known yet)."""

    text: str = ""
    private: bool = False
    after: Awaitable[str] | None = None


class Somebody(NamedTuple):
    """A person a command is about, as the platform has them now."""

    account: Account
    name: str
    rank: Rank


class Call:
    """One command, with what its handler needs."""

    def __init__(
        self,
        house: House,
        platform: Platform,
        request: Request,
        group: Group | None,
    ) -> None:
        self.house = house
        self.platform = platform
        self.request = request
        self.command: Command = request.command
        self.event: MessageReceived = request.event
        self.account: Account = request.event.account
        self._group = group
        self.rank = request.rank
        self._members: Sequence[Member] | None = None

    @property
    def private(self) -> bool:
        return self.event.ref.group is None

    @property
    def group(self) -> Group:
        """The group the command is about.

        Raises:
            Refusal: there is none (a private message that names no group).
        """
        if self._group is None:
            raise Refusal(texts.IN_GROUP_ONLY)
        return self._group

    @property
    def group_or_none(self) -> Group | None:
        return self._group

    async def enter(self, group: Group) -> None:
        """Take the command to be about this group, and read the caller's rank there.

        Raises:
            Refusal: the caller has no right to the command in that group.
        """
        self._group = group
        self.rank = self.house.people.rank(group.key, self.account, PlatformRole.MEMBER)
        await self.check_right()

    async def check_right(self) -> None:
        """Make sure of the right at the moment of the act, never by what the message said.

        Raises:
            Refusal: the caller lacks it, or the platform cannot say.
        """
        await self.check_rank(self.command.right)

    async def check_rank(self, right: Right) -> None:
        """Make sure that the caller has at least this right, read fresh.

        Raises:
            Refusal: the caller lacks it, or the platform cannot say.
        """
        if right is Right.EVERYONE:
            return
        people = self.house.people
        group = self.group
        if not people.is_superuser(self.account) and people.role(group.key, self.account) is None:
            answer = await self.platform.member(group.key, self.account)
            if answer.word is not Word.DONE:
                raise Refusal(texts.UNSURE_RIGHT)
            role = answer.value.role if answer.value is not None else PlatformRole.MEMBER
            group.platform_roles[self.account] = role
            self.rank = rank_of(None, role, superuser=False)
        if self.rank < right:
            raise Refusal(texts.NO_RIGHT[right])

    async def rank_in_group(self, account: Account) -> Rank:
        """Somebody's rank in the group, read fresh where the platform's role decides it."""
        people, key = self.house.people, self.group.key
        if people.is_superuser(account) or people.role(key, account) is not None:
            return people.rank(key, account, PlatformRole.MEMBER)
        answer = await self.platform.member(key, account)
        role = answer.value.role if answer.value is not None else PlatformRole.MEMBER
        return people.rank(key, account, role)

    async def members(self) -> Sequence[Member]:
        """The group's members, read once a command.

        Raises:
            Refusal: the platform does not tell.
        """
        if self._members is None:
            answer = await self.platform.members(self.group.key)
            if answer.value is None:
                raise Refusal(texts.CANNOT_READ_MEMBERS)
            self._members = answer.value
        return self._members

    async def find(self, who: Mention | str) -> Account:
        """The one person meant by a mention, an account id, or a name that is unique in the group.

        Raises:
            Refusal: nobody, or several; then with complete lines to copy.
        """
        namespace = self.account.namespace
        if isinstance(who, Mention):
            return Account(namespace, who.user_id)
        name = who.removeprefix("@").strip()
        if name.isdecimal() and len(name) >= 5:
            return Account(namespace, name)
        members = await self.members()
        found = [m for m in members if m.name == name or m.account.user_id == name]
        if not found and name:
            found = [m for m in members if name in m.name]
        if not found:
            raise Refusal(texts.NOBODY.format(name=name[:20]))
        if len(found) > 1:
            rest = " ".join(
                word for word in self.request.words if isinstance(word, str)
            ).removeprefix(who)
            prefix = self.house.router.prefix
            lines = [
                f"{prefix}{self.command.chinese[0]} {m.account.user_id}{rest}　（{m.name}）"
                for m in found[:5]
            ]
            raise Refusal("\n".join([texts.SEVERAL.format(name=name[:20]), *lines]))
        return found[0].account

    async def replied_to(self) -> MessageReplied | None:
        """The message the command replies to, or None where it is no reply.

        Raises:
            Refusal: it is a reply, and the message is gone.
        """
        reply = self.event.reply_to
        if reply is None:
            return None
        ref = self.event.ref._replace(message_id=reply, time=0.0)
        answer = await self.platform.message(ref)
        if answer.value is None:
            raise Refusal(texts.REPLY_GONE)
        return MessageReplied(answer.value.ref, answer.value.account)


class MessageReplied(NamedTuple):
    """A replied-to message: where it is, and who wrote it."""

    ref: Any
    account: Account


class Desk:
    """Carries commands out, one after another in a group's line. The answers have lines of their
    own, so that no finding waits for the pace of words."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.answers: Lines[GroupKey | Account, tuple[Call, Reply]] = Lines("answers", self._answer)

    async def run(self, request: Request) -> None:
        """Carry out one command; whatever happens, the caller gets an answer."""
        platform = self._house.platform(request.event.ref.bot)
        if platform is None:
            return
        key = request.event.ref.group
        group = self._house.groups.get(key) if key is not None else None
        call = Call(self._house, platform, request, group)
        try:
            reply = await self._carry_out(call)
        except (Refusal, ArgumentError) as refusal:
            reply = str(refusal)
        except Exception:
            logger.exception("command {} failed", request.command.name)
            reply = texts.FAULT
        if isinstance(reply, Reply) and reply.after is not None:
            self._house.tasks.start(self._later(call, reply.after, private=reply.private), "answer")
        elif reply is not None:
            self._put(call, reply if isinstance(reply, Reply) else Reply(reply))

    def _put(self, call: Call, reply: Reply) -> None:
        self.answers.put(call.event.ref.group or call.account, (call, reply))

    async def _later(self, call: Call, after: Awaitable[str], *, private: bool) -> None:
        self._put(call, Reply(await after, private))

    async def _carry_out(self, call: Call) -> Reply | str | None:
        command, request = call.command, call.request
        if not call.private and request.rank < command.right:
            # What the message shows is enough to refuse, and not enough to allow.
            raise Refusal(texts.NO_RIGHT[command.right])
        if call.private and not command.private:
            raise Refusal(texts.IN_GROUP_ONLY)
        words = list(request.words)
        person = command.signature.wants_person
        replied: MessageReplied | None = None
        if person is not None and not (words and isinstance(words[0], Mention)):
            replied = await call.replied_to()
            if replied is not None:
                words.insert(0, Mention(replied.account.user_id))
        arguments = command.signature.parse(words)
        if arguments is None:
            usage = command.signature.usage.replace("/", self._house.router.prefix, 1)
            lines = [texts.USAGE.format(usage=usage)]
            if command.signature.alconna.meta.example:
                lines.append(texts.EXAMPLE.format(example=command.signature.alconna.meta.example))
            raise Refusal("\n".join(lines))
        await self._place(call, arguments)
        if person is not None and person in arguments:
            arguments[person] = await call.find(arguments[person])
        return await command.handler(call, **arguments)

    async def _place(self, call: Call, arguments: dict[str, Any]) -> None:
        """Find the group a private command is about, and check the right there."""
        if not call.private:
            await call.check_right()
            return
        number = next((a for a in arguments.values() if isinstance(a, Item)), None)
        if number is not None:
            if number.group is None:
                raise Refusal(texts.SAY_WHICH_GROUP.format(name=call.command.chinese[0]))
            group = self._house.groups.by_id(number.group)
            if group is None:
                raise Refusal(texts.NO_SUCH_GROUP.format(group=number.group))
            platform = self._house.platform(group.bot)
            if platform is not None:
                call.platform = platform
            await call.enter(group)

    async def _answer(self, _: GroupKey | Account, item: tuple[Call, Reply]) -> None:
        call, reply = item
        if not reply.text:
            return
        key: GroupKey | None = call.event.ref.group
        words = Words(reply.text)
        if key is not None and not reply.private:
            await call.platform.say(key, words)
            return
        via = key or call.event.via_group
        answer = await call.platform.whisper(call.account, words, via)
        if answer.word is Word.REFUSED and key is not None:
            await self._house.tell.neutral_line(call.platform, key, call.account)
