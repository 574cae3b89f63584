"""A simulated platform for observe mode: it takes the acts and does nothing, reads are the real
one's (design: "Observe mode is a provider, not an `if`")."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from .events import Member, PlatformRole
from .port import Answer, ForwardContent, Word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .events import Account, FetchedMessage, GroupKey, JoinRequested, MessageRef
    from .port import Capabilities, Platform, Words

T = TypeVar("T")
_DONE: Answer[None] = Answer(Word.DONE)
_KEPT = 1000


class ObservedPlatform:
    """Implements `Platform`; what it was asked to do is what reads then show."""

    def __init__(self, real: Platform) -> None:
        self._real = real
        self._withdrawn: set[MessageRef] = set()
        self._muted: dict[tuple[GroupKey, Account], float] = {}
        self._removed: set[tuple[GroupKey, Account]] = set()
        self._admitted: set[tuple[GroupKey, Account]] = set()
        self._cards: dict[tuple[GroupKey, Account], str] = {}
        self._names: dict[GroupKey, str] = {}
        self._announced: dict[GroupKey, str] = {}

    @property
    def namespace(self) -> str:
        return self._real.namespace

    @property
    def bot(self) -> Account:
        return self._real.bot

    @property
    def capabilities(self) -> Capabilities:
        return self._real.capabilities

    @property
    def tells_inviter(self) -> bool:
        return self._real.tells_inviter

    def reachable(self, account: Account) -> bool | None:
        return True

    async def say(self, group: GroupKey, words: Words) -> Answer[MessageRef]:
        return Answer(Word.DONE)

    async def whisper(
        self, account: Account, words: Words, via: GroupKey | None = None
    ) -> Answer[MessageRef]:
        return Answer(Word.DONE)

    async def withdraw(self, ref: MessageRef) -> Answer[None]:
        _note(self._withdrawn).add(ref)
        return _DONE

    async def mute(self, group: GroupKey, account: Account, seconds: int) -> Answer[None]:
        self._muted[group, account] = float("inf")
        return _DONE

    async def unmute(self, group: GroupKey, account: Account) -> Answer[None]:
        self._muted[group, account] = 0.0
        return _DONE

    async def mute_all(self, group: GroupKey, *, muted: bool) -> Answer[None]:
        return _DONE

    async def remove(self, group: GroupKey, account: Account) -> Answer[None]:
        _note(self._removed).add((group, account))
        return _DONE

    async def set_card(self, group: GroupKey, account: Account, card: str) -> Answer[None]:
        self._cards[group, account] = card
        return _DONE

    async def set_group_name(self, group: GroupKey, name: str) -> Answer[None]:
        self._names[group] = name
        return _DONE

    async def announce(self, group: GroupKey, text: str) -> Answer[None]:
        self._announced[group] = text
        return _DONE

    async def read_announcement(self, group: GroupKey) -> Answer[str]:
        if group in self._announced:
            return Answer(Word.DONE, self._announced[group])
        return await self._real.read_announcement(group)

    async def decide_join(
        self, group: GroupKey, flag: str, *, accept: bool, reason: str = ""
    ) -> Answer[None]:
        if accept:
            waiting = (await self._real.join_requests(group)).value or ()
            applicants = ((group, one.account) for one in waiting if one.flag == flag)
            _note(self._admitted).update(applicants)
        return _DONE

    async def join_requests(self, group: GroupKey) -> Answer[Sequence[JoinRequested]]:
        return await self._real.join_requests(group)

    async def decide_friend(self, flag: str, *, accept: bool) -> Answer[None]:
        return _DONE

    async def decide_invitation(self, flag: str, *, accept: bool) -> Answer[None]:
        return _DONE

    async def leave(self, group: GroupKey) -> Answer[None]:
        return _DONE

    async def message(self, ref: MessageRef) -> Answer[FetchedMessage]:
        if ref in self._withdrawn:
            return Answer(Word.DONE)
        return await self._real.message(ref)

    async def member(self, group: GroupKey, account: Account) -> Answer[Member]:
        if (group, account) in self._removed:
            return Answer(Word.DONE)
        answer = await self._real.member(group, account)
        member = answer.value
        if answer.done and member is None and (group, account) in self._admitted:
            member = Member(account, "", PlatformRole.MEMBER)
        if member is None:
            return answer
        muted = self._muted.get((group, account), member.muted_until)
        name = self._cards.get((group, account), member.name)
        return replace(answer, value=replace(member, name=name, muted_until=muted))

    async def members(self, group: GroupKey) -> Answer[Sequence[Member]]:
        return await self._real.members(group)

    async def all_muted(self, group: GroupKey) -> Answer[bool]:
        return await self._real.all_muted(group)

    async def group_name(self, group: GroupKey) -> Answer[str]:
        if group in self._names:
            return Answer(Word.DONE, self._names[group])
        return await self._real.group_name(group)

    async def implementation(self) -> Answer[str]:
        return await self._real.implementation()

    async def open_forward(self, forward_id: str) -> Answer[ForwardContent]:
        return await self._real.open_forward(forward_id)

    async def fetch_file(self, group: GroupKey, file_id: str) -> Answer[str]:
        return await self._real.fetch_file(group, file_id)

    async def read_file(self, account: Account, file_id: str, most: int) -> Answer[bytes]:
        return await self._real.read_file(account, file_id, most)

    async def send_file(
        self, account: Account, name: str, content: bytes, via: GroupKey | None = None
    ) -> Answer[None]:
        return _DONE


def _note(kept: set[T]) -> set[T]:
    """A set that has room for one more; what is long past need not be remembered."""
    if len(kept) >= _KEPT:
        kept.clear()
    return kept
