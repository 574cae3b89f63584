"""The port to a platform: our few acts, and what a platform lets the bot do.

Nothing outside `src/core/chat` knows a protocol. Every act answers with one of three words, because
a platform may say "ok" and do nothing, or time out and have done it (anchors/onebot.md, fact 2).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .events import Account, FetchedMessage, GroupKey, JoinRequested, Member, MessageRef

T = TypeVar("T")


class Word(Enum):
    """What is known of an act after it was asked for."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What came of a call. `wording` is the platform's own, kept for the case and `/doctor`.

    `value` is what was read (None with DONE: the thing read is not there).
    """

    word: Word
    value: T | None = None
    wording: str = ""
    asked: bool = True
    """False where the platform was never asked: the line was down, or too much was waiting."""

    @property
    def done(self) -> bool:
        return self.word is Word.DONE


class Act(Enum):
    """What can be done to a platform; a capability has the same name."""

    SAY = "say"
    WHISPER = "whisper"
    WITHDRAW = "withdraw"
    MUTE = "mute"
    MUTE_ALL = "mute_all"
    REMOVE = "remove"
    SET_CARD = "set_card"
    SET_GROUP_NAME = "set_group_name"
    ANNOUNCE = "announce"
    READ_ANNOUNCEMENT = "read_announcement"
    DECIDE_JOIN = "decide_join"
    DECIDE_FRIEND = "decide_friend"
    DECIDE_INVITATION = "decide_invitation"
    LEAVE = "leave"
    FETCH_MESSAGE = "fetch_message"
    FETCH_MEMBER = "fetch_member"
    OPEN_FORWARD = "open_forward"
    FETCH_FILE = "fetch_file"
    FETCH_JOINS = "fetch_joins"
    READ_FILE = "read_file"
    SEND_FILE = "send_file"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform lets the bot do, with its limits in seconds."""

    acts: frozenset[Act]
    withdraw_window: float = 120.0
    mute_least: int = 60
    mute_most: int = 30 * 86400 - 60


class Priority(Enum):
    """Who goes first when the pace is full: acts, then answers to commands, then notices."""

    ACT = 0
    ANSWER = 1
    NOTICE = 2


@dataclass(frozen=True, slots=True)
class Words:
    """Something to say: text, whom to mention first, which message to reply to."""

    text: str
    mention: tuple[Account, ...] = ()
    reply_to: MessageRef | None = None
    priority: Priority = Priority.ANSWER


@dataclass(frozen=True, slots=True)
class ForwardContent:
    """What an opened forward holds, flattened: each message's author and segments."""

    messages: Sequence[FetchedMessage] = field(default_factory=list["FetchedMessage"])


class Platform(Protocol):
    """One connected bot account. All calls may be slow; none raises for what the platform says."""

    @property
    def namespace(self) -> str: ...

    @property
    def bot(self) -> Account:
        """The bot's own account."""
        ...

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def tells_inviter(self) -> bool:
        """Whether `MemberCame.operator` is surely who invited, where it says `invited`: some
        implementations name the admin who approved (anchors/onebot.md, fact 6)."""
        ...

    def reachable(self, account: Account) -> bool | None:
        """Whether a whisper to this person can be delivered; None where it has not been tried."""
        ...

    async def say(self, group: GroupKey, words: Words) -> Answer[MessageRef]: ...

    async def whisper(
        self, account: Account, words: Words, via: GroupKey | None = None
    ) -> Answer[MessageRef]:
        """A private message; `via` is a group both are in (for a temporary session)."""
        ...

    async def withdraw(self, ref: MessageRef) -> Answer[None]: ...

    async def mute(self, group: GroupKey, account: Account, seconds: int) -> Answer[None]: ...

    async def unmute(self, group: GroupKey, account: Account) -> Answer[None]: ...

    async def mute_all(self, group: GroupKey, *, muted: bool) -> Answer[None]: ...

    async def remove(self, group: GroupKey, account: Account) -> Answer[None]: ...

    async def set_card(self, group: GroupKey, account: Account, card: str) -> Answer[None]: ...

    async def set_group_name(self, group: GroupKey, name: str) -> Answer[None]: ...

    async def announce(self, group: GroupKey, text: str) -> Answer[None]: ...

    async def read_announcement(self, group: GroupKey) -> Answer[str]: ...

    async def decide_join(
        self, group: GroupKey, flag: str, *, accept: bool, reason: str = ""
    ) -> Answer[None]: ...

    async def join_requests(self, group: GroupKey) -> Answer[Sequence[JoinRequested]]:
        """The applications that wait for an answer now. REFUSED where the platform cannot say; UNKNOWN
        with a value where there may be more.

        `time` is when they were read, `flag` is the event's. One that is not here may wait all the
        same: NapCat and LLBot leave out who was invited by a member, where NapCat tells of no inviter
        and both of no comment, and what lies behind a hundred newer notices.
        """
        ...

    async def decide_friend(self, flag: str, *, accept: bool) -> Answer[None]: ...

    async def decide_invitation(self, flag: str, *, accept: bool) -> Answer[None]: ...

    async def leave(self, group: GroupKey) -> Answer[None]: ...

    async def message(self, ref: MessageRef) -> Answer[FetchedMessage]:
        """DONE with None: the platform says there is no such message."""
        ...

    async def member(self, group: GroupKey, account: Account) -> Answer[Member]:
        """Read fresh, never from a cache. DONE with None: not a member."""
        ...

    async def members(self, group: GroupKey) -> Answer[Sequence[Member]]: ...

    async def all_muted(self, group: GroupKey) -> Answer[bool]:
        """Whether the whole group is muted. DONE with None: the platform does not say."""
        ...

    async def group_name(self, group: GroupKey) -> Answer[str]: ...

    async def implementation(self) -> Answer[str]:
        """The name and version of what drives the account."""
        ...

    async def open_forward(self, forward_id: str) -> Answer[ForwardContent]: ...

    async def fetch_file(self, group: GroupKey, file_id: str) -> Answer[str]:
        """An address the file can be read from."""
        ...

    async def read_file(self, account: Account, file_id: str, most: int) -> Answer[bytes]:
        """What is in a file that somebody sent the bot in private; `file_id` is the value of its
        segment. REFUSED where it is larger than `most` bytes."""
        ...

    async def send_file(
        self, account: Account, name: str, content: bytes, via: GroupKey | None = None
    ) -> Answer[None]:
        """Send somebody a file of ours in private; `via` as in `whisper`, where that is of use. Not
        every implementation takes one that does not lie on its own disk."""
        ...


class Door(Protocol):
    """What chat hands events to: the guard. Called on arrival, synchronously, in order."""

    def message(self, platform: Platform, event: Any) -> bool:
        """True where the message is for other people's plugins too."""
        ...

    def event(self, platform: Platform, event: Any) -> None: ...


__all__ = [
    "Act",
    "Answer",
    "Capabilities",
    "Door",
    "ForwardContent",
    "Platform",
    "Priority",
    "Word",
    "Words",
]
