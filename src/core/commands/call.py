"""A command being carried out: who calls, where, by what right; and the answer."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from src.core.chat.events import Account, GroupKey, PlatformRole
from src.core.chat.port import Word, Words
from src.core.faults import log_fault
from src.core.people import Rank, Right
from src.core.queues import Lines
from src.core.store import models

from . import texts
from .arguments import ArgumentError, Item, Mention

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from src.core.chat.events import FetchedMessage, Member, MessageReceived
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
        """The bot that is in the group the command is about."""
        self.asked = platform
        """The bot that the command was written to; it answers."""
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
        await self.check_right()

    async def enter_numbered(self, number: int) -> None:
        """In private, take the command to be about the group with this number of ours.

        Raises:
            Refusal: there is none on this platform, or the caller has no right to the command there.
        """
        group = self.house.groups.by_id(number)
        if group is None or group.key.namespace != self.account.namespace:
            # On another platform the same id is somebody else, with other rights.
            raise Refusal(texts.NO_SUCH_GROUP.format(group=number))
        await self._go(group)

    async def enter_only(self) -> None:
        """In private, take the command to be about the one group in which the caller has the right
        to it. Groups are looked for among those where the caller was last seen as its staff.

        Raises:
            Refusal: there are several, with their numbers to write; or none.
        """
        found: list[Group] = []
        for group in self.house.groups:
            role = group.platform_role(self.account)
            rank = self.house.people.rank(group.key, self.account, role)
            near = rank >= self.command.right or self.account in group.staff
            if near and group.id is not None and group.key.namespace == self.account.namespace:
                with suppress(Refusal):
                    await self._go(group)
                    found.append(group)
        if not found:
            raise Refusal(texts.NO_GROUP)
        if len(found) > 1:
            groups = "、".join(f"{one.id} {self.house.records.title(one)}" for one in found)
            name = self.command.chinese[0]
            raise Refusal(texts.WHICH_GROUP.format(name=name, number=found[0].id, groups=groups))
        await self._go(found[0])

    async def _go(self, group: Group) -> None:
        self.platform = self.house.platform(group.bot) or self.asked
        await self.enter(group)

    @property
    def right(self) -> int:
        """The least rank that the command asks for here: the policy may ask for another."""
        policy = self._group.policy if self._group is not None else None
        own = self.command.right
        return policy.rights.get(self.command.name, own) if policy is not None else own

    async def check_right(self) -> None:
        """Make sure of the right at the moment of the act, never by what the message said.

        Raises:
            Refusal: the caller lacks it, or the platform cannot say.
        """
        await self.check_rank(self.right)

    async def check_rank(self, right: int) -> None:
        """Make sure that the caller has at least this right, read fresh.

        Raises:
            Refusal: the caller lacks it, or the platform cannot say.
        """
        if right == Right.EVERYONE:
            return
        self.rank = await self.rank_in_group(self.account)
        if self.rank < right:
            raise Refusal(texts.no_right(right))

    async def standing(self, account: Account) -> tuple[Member | None, Rank]:
        """Somebody as a member, read fresh, and their rank in the group. A role of the school below
        a leader's ends with the membership.

        Raises:
            Refusal: the platform does not say.
        """
        people, group = self.house.people, self.group
        if people.is_superuser(account):
            return None, Rank.SUPERUSER
        answer = await self.platform.member(group.key, account)
        if answer.word is not Word.DONE:
            raise Refusal(texts.UNSURE_RIGHT)
        member = answer.value
        if member is None:
            rank = people.rank(group.key, account, PlatformRole.MEMBER)
            return None, rank if rank >= Rank.LEADER else Rank.MEMBER
        group.platform_roles[account] = member.role
        return member, people.rank(group.key, account, member.role)

    async def rank_in_group(self, account: Account) -> Rank:
        """Somebody's rank in the group, read fresh.

        Raises:
            Refusal: the platform does not say.
        """
        return (await self.standing(account))[1]

    async def decides_in(self) -> list[Group]:
        """The groups that a list of what waits is about: this one, or in private all in which
        something waits and the caller may decide.

        Raises:
            Refusal: the caller has no right to it here.
        """
        if self._group is not None:
            await self.check_rank(Right.DUTY)
            return [self._group] if self._group.id is not None else []
        house = self.house
        found: list[Group] = []
        for row in await models.Request.filter(state="open").distinct().values_list("group_id"):
            group = house.groups.by_id(int(row[0]))
            platform = house.platform(group.bot) if group is not None else None
            if group is None or platform is None or group.key.namespace != self.account.namespace:
                continue
            answer = await platform.member(group.key, self.account)
            role = answer.value.role if answer.value is not None else None
            rank = house.people.rank(group.key, self.account, role or PlatformRole.MEMBER)
            # A leader of the school needs to be in none of its groups.
            if rank >= (Right.DUTY if role is not None else Rank.LEADER):
                found.append(group)
        return found

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

    async def person(self, words: list[str | Mention]) -> list[str | Mention]:
        """The same words with the person they are about in front, as a mention: who is mentioned
        after the command, else the author of the replied-to message, else who is mentioned before
        the command, else whom a whole card or account id names.

        Raises:
            Refusal: two people are mentioned, or the name is nobody's, or not one person's alone;
                then with complete lines to copy.
        """
        mentioned = [word for word in words if isinstance(word, Mention)]
        if len(set(mentioned)) > 1:
            raise Refusal(texts.ONE_PERSON)
        if mentioned:
            return [mentioned[0], *(word for word in words if isinstance(word, str))]
        replied = await self.replied_to()
        if replied is not None:
            return [Mention(replied.account.user_id), *words]
        lead = [one for one in self.request.lead if one.user_id != self.platform.bot.user_id]
        if lead:
            return [lead[0], *words]
        if not words or self._group is None:
            return words
        first = str(words[0]).removeprefix("@").strip()
        members = await self.members()
        named = [m for m in members if m.name and _starts(first, m.name)]
        named += [m for m in members if _starts(first, m.account.user_id)]
        longest = max((len(m.name) for m in named if _starts(first, m.name)), default=0)
        exact = [m for m in named if not longest or m.name == first[:longest]]
        if len({m.account for m in exact}) == 1:
            one = exact[0]
            used = longest or len(one.account.user_id)
            rest = first[used:].strip()
            return [Mention(one.account.user_id), *([rest] if rest else []), *words[1:]]
        word, _, rest = first.partition(" ")
        if not exact and word.isascii() and word.isdecimal() and len(word) >= 5:
            return [Mention(word), *([rest] if rest else []), *words[1:]]
        alike = exact or [m for m in members if word and word in m.name]
        if not alike:
            raise Refusal(texts.NOBODY)
        tail = first[longest:].strip() if exact else rest
        prefix = self.house.router.prefix
        lines = [
            f"{prefix}{self.command.chinese[0]} {m.account.user_id} {tail}".rstrip()
            + f"　（{m.name}）"
            for m in alike[:5]
        ]
        raise Refusal("\n".join([texts.SEVERAL, *lines]))

    async def replied_to(self) -> FetchedMessage | None:
        """The message the command replies to, or None where it is no reply.

        Raises:
            Refusal: it is a reply, and the message is gone.
        """
        reply = self.event.reply_to
        if reply is None:
            return None
        ref = self.event.ref._replace(message_id=reply, time=0.0)
        answer = await self.platform.message(ref)
        # Message ids collide: the one that was found must be of this group.
        if answer.value is None or answer.value.ref.group != self.event.ref.group:
            raise Refusal(texts.REPLY_GONE)
        return answer.value


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
        outcome = "done"
        try:
            reply = await self._carry_out(call)
        except (Refusal, ArgumentError) as refusal:
            reply, outcome = str(refusal), "refused"
        except Exception as error:
            log_fault(f"command {request.command.name} failed", error)
            reply, outcome = texts.FAULT, "failed"
        self._house.tally.commands[request.command.name, outcome] += 1
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
        if not call.private and request.rank < call.right:
            # What the message shows is enough to refuse, and not enough to allow.
            raise Refusal(texts.no_right(call.right))
        if call.private and not command.private:
            raise Refusal(texts.IN_GROUP_ONLY)
        words = list(request.words)
        person = command.signature.wants_person
        if person is not None:
            words = await call.person(words)
        arguments = command.signature.parse(words)
        if arguments is None:
            usage, example = command.shown(self._house.router.prefix)
            lines = [texts.USAGE.format(usage=usage), texts.EXAMPLE.format(example=example)]
            raise Refusal("\n".join(lines))
        await self._place(call, arguments)
        if person is not None and person in arguments:
            who = arguments[person]
            if not isinstance(who, Mention):
                raise Refusal(texts.NOBODY)
            arguments[person] = Account(call.account.namespace, who.user_id)
        return await command.handler(call, **arguments)

    async def _place(self, call: Call, arguments: dict[str, Any]) -> None:
        """Find the group a private command is about, and check the right there."""
        number = next((a for a in arguments.values() if isinstance(a, Item)), None)
        if not call.private:
            if number is not None and number.group not in (None, call.group.id):
                raise Refusal(texts.OTHER_GROUP)
            await call.check_right()
            return
        if number is not None:
            if number.group is None:
                raise Refusal(texts.SAY_WHICH_GROUP.format(name=call.command.chinese[0]))
            await call.enter_numbered(number.group)

    async def _answer(self, _: GroupKey | Account, item: tuple[Call, Reply]) -> None:
        call, reply = item
        if not reply.text:
            return
        key: GroupKey | None = call.event.ref.group
        words = Words(reply.text)
        if key is not None and not reply.private:
            await call.asked.say(key, words)
            return
        via = key or call.event.via_group
        answer = await call.asked.whisper(call.account, words, via)
        if answer.word is Word.REFUSED and key is not None:
            await self._house.tell.neutral_line(call.asked, key, call.account)


def _starts(words: str, name: str) -> bool:
    """Whether the words begin with this whole name."""
    return words == name or words.startswith((f"{name} ", f"{name}\n"))
