"""What happened on a platform, in our own few words (design: "A message walks through five rooms").

Ids are opaque strings in a namespace (`qq`, `wx`, `sandbox`) that the connection gives, never the
event. Times are seconds since the epoch, UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Account(NamedTuple):
    """Somebody's account on a platform: (namespace, user id)."""

    namespace: str
    user_id: str

    def __str__(self) -> str:
        return f"{self.namespace}:{self.user_id}"


class GroupKey(NamedTuple):
    """A group on a platform, whichever bot sees it: (namespace, group id)."""

    namespace: str
    group_id: str

    def __str__(self) -> str:
        return f"{self.namespace}:{self.group_id}"


class MessageRef(NamedTuple):
    """A message as a platform knows it. Ids repeat between bots and over time, so all count.

    `time` is 0 where the platform names a message without it (a withdrawal).
    """

    bot: str
    group: GroupKey | None
    message_id: str
    time: float

    @property
    def key(self) -> str:
        """One string that is equal for the same message only."""
        return f"{self.bot}/{self.group}/{self.message_id}/{int(self.time)}"


class PlatformRole(Enum):
    """What the platform itself lets somebody do in a group."""

    MEMBER = "member"
    ADMIN = "admin"
    OWNER = "owner"


class Kind(Enum):
    """What a segment of a message is."""

    TEXT = "text"
    MENTION = "mention"
    MENTION_ALL = "mention_all"
    REPLY = "reply"
    IMAGE = "image"
    STICKER = "sticker"
    FACE = "face"
    VOICE = "voice"
    VIDEO = "video"
    FILE = "file"
    CARD = "card"
    FORWARD = "forward"
    RED_PACKET = "red_packet"
    OTHER = "other"


class Segment(NamedTuple):
    """A piece of a message. `value` is what identifies it: the text, the user id of a mention, the
    message id of a reply, the digest or file name of a picture, the id of a forward. `name` is what a
    file is called, empty where the platform does not tell."""

    kind: Kind
    value: str = ""
    name: str = ""


SEAM = "。" + "\n" * 11
"""Stands between a message's own text and what it shows, and between two cards: it ends a sentence,
and is longer than the reach of a slur at somebody, so that neither reads across."""
APART = "。" + "\n" * 79
"""Stands between what different people wrote in one forward: nothing that a filter puts together
reaches across."""

MOST_SHOWN = 40_000
MOST_LINKS = 100
"""Characters and addresses of what one message shows that are read; what is beyond is not."""


def whole(text: str, shown: str) -> str:
    """What a reader sees of a message: its own text, from offset 0, and what it shows."""
    if not shown:
        return text
    return f"{text}{SEAM}{shown}" if text else shown


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A message in a group, or a private one (`ref.group` is None).

    `text` is the author's own text: text segments only, no quotation, no names of mentioned people.
    `shown` is what else a reader sees: the words of cards, files, red packets, markdown, and of a
    forward that came along. `links` are the web addresses behind cards, with or without a scheme.
    `via_group` is the group of a private message that came through a temporary session.
    `by_robot`: one of the platform's own robots wrote it.
    """

    ref: MessageRef
    account: Account
    segments: tuple[Segment, ...]
    text: str
    name: str = ""
    platform_role: PlatformRole = PlatformRole.MEMBER
    reply_to: str | None = None
    via_group: GroupKey | None = None
    shown: str = ""
    links: tuple[str, ...] = ()
    by_robot: bool = False


@dataclass(frozen=True, slots=True)
class Happened:
    """What every event that is not a message has: the bot that saw it and when it was."""

    bot: str
    time: float


@dataclass(frozen=True, slots=True)
class Withdrawn(Happened):
    """`account`'s message was withdrawn by `operator`. None: the platform does not say."""

    ref: MessageRef
    operator: Account | None
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class JoinRequested(Happened):
    """Somebody asks to join. `comment` is the applicant's text; `flag` answers it, may repeat."""

    group: GroupKey
    account: Account
    comment: str
    flag: str
    inviter: Account | None = None


@dataclass(frozen=True, slots=True)
class FriendRequested(Happened):
    """Somebody asks to be the bot's friend."""

    account: Account
    comment: str
    flag: str


@dataclass(frozen=True, slots=True)
class BotInvited(Happened):
    """Somebody invites the bot into a group."""

    group: GroupKey
    inviter: Account
    flag: str


@dataclass(frozen=True, slots=True)
class MemberCame(Happened):
    """Somebody is in the group now. Platforms report it twice and name the wrong operator.

    `invited`: the event says that `operator` invited them (see `Platform.tells_inviter`).
    """

    group: GroupKey
    account: Account
    operator: Account | None
    invited: bool = False


@dataclass(frozen=True, slots=True)
class MemberLeft(Happened):
    """Somebody left, or was removed (`removed`)."""

    group: GroupKey
    account: Account
    operator: Account | None
    removed: bool


@dataclass(frozen=True, slots=True)
class CardChanged(Happened):
    """A member's name in the group changed; many tell it only when the member next speaks."""

    group: GroupKey
    account: Account
    card: str


@dataclass(frozen=True, slots=True)
class GroupRenamed(Happened):
    """The group has a new name."""

    group: GroupKey
    name: str
    operator: Account | None


@dataclass(frozen=True, slots=True)
class MemberMuted(Happened):
    """A member was muted for `seconds`, or unmuted (0)."""

    group: GroupKey
    account: Account
    operator: Account | None
    seconds: int


@dataclass(frozen=True, slots=True)
class GroupMuted(Happened):
    """The whole group was muted, or opened again."""

    group: GroupKey
    operator: Account | None
    muted: bool


@dataclass(frozen=True, slots=True)
class AdminChanged(Happened):
    """The platform made somebody an admin of the group, or took it back."""

    group: GroupKey
    account: Account
    admin: bool


@dataclass(frozen=True, slots=True)
class FileReceived(Happened):
    """Somebody put a file into the group. `size` is in bytes."""

    group: GroupKey
    account: Account
    file_id: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class BotJoined(Happened):
    """The bot itself came into a group."""

    group: GroupKey


@dataclass(frozen=True, slots=True)
class BotRemoved(Happened):
    """The bot itself is out of a group."""

    group: GroupKey


@dataclass(frozen=True, slots=True)
class BotMuted(Happened):
    """The bot itself was muted for `seconds`, or unmuted (0)."""

    group: GroupKey
    seconds: int


@dataclass(frozen=True, slots=True)
class BotOffline(Happened):
    """The platform ended the bot's login: every call fails until a person logs it in again."""

    reason: str


@dataclass(frozen=True, slots=True)
class GroupDissolved(Happened):
    """The group is no more."""

    group: GroupKey


@dataclass(frozen=True, slots=True)
class Connected(Happened):
    """The line to a bot is up."""


@dataclass(frozen=True, slots=True)
class Lost(Happened):
    """The line to a bot is down."""


Event = MessageReceived | Happened


@dataclass(frozen=True, slots=True)
class Member:
    """A member as the platform has it now. `muted_until` is seconds since the epoch, 0 where not
    muted, None where the platform does not say; `joined` and `last_spoke` likewise."""

    account: Account
    name: str
    role: PlatformRole
    muted_until: float | None = None
    joined: float | None = None
    is_robot: bool = False
    last_spoke: float | None = None


@dataclass(frozen=True, slots=True)
class FetchedMessage:
    """A message read back from the platform; its fields are as in `MessageReceived`."""

    ref: MessageRef
    account: Account
    segments: tuple[Segment, ...]
    text: str
    shown: str = ""
    links: tuple[str, ...] = ()


def shown_of(messages: Iterable[FetchedMessage]) -> tuple[str, tuple[str, ...]]:
    """What a forward of these messages shows, and the addresses in it."""
    read = [(whole(message.text, message.shown), message.links) for message in messages]
    links = dict.fromkeys(link for _, some in read for link in some)
    return APART.join(text for text, _ in read if text)[:MOST_SHOWN], tuple(links)[:MOST_LINKS]
