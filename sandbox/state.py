"""What there is on the pretend QQ: groups and their members, messages, and requests that wait."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .line import Json

Role = Literal["member", "admin", "owner"]


@dataclass
class Member:
    """Somebody in a group. Times are whole seconds since the epoch, 0 for none."""

    user_id: int
    nickname: str
    card: str = ""
    role: Role = "member"
    join_time: int = 0
    last_sent_time: int = 0
    shut_up_timestamp: int = 0
    """Until when muted; in the past once it is over."""
    is_robot: bool = False
    card_reported: str | None = None
    """The card that events have told of; QQ tells of a new one when its owner next speaks."""

    def record(self, group_id: int) -> Json:
        """The member as NapCat describes it."""
        return {
            "group_id": group_id,
            "user_id": self.user_id,
            "nickname": self.nickname,
            "card": self.card,
            "sex": "unknown",
            "age": 0,
            "area": "",
            "level": "1",
            "qq_level": 0,
            "join_time": self.join_time,
            "last_sent_time": self.last_sent_time,
            "title_expire_time": 0,
            "unfriendly": False,
            "card_changeable": True,
            "is_robot": self.is_robot,
            "shut_up_timestamp": self.shut_up_timestamp,
            "role": self.role,
            "title": "",
        }


@dataclass
class Group:
    """A group and who is in it."""

    group_id: int
    name: str
    members: dict[int, Member] = field(default_factory=dict[int, Member])
    all_muted: bool = False
    question: str = ""
    """What somebody who wants to join is asked; empty where they may write what they like."""
    announcements: list[str] = field(default_factory=list[str])
    kept_out: set[int] = field(default_factory=set[int])
    """Whom `reject_add_request` shut out for ever."""


@dataclass
class Message:
    """A message that is there: withdrawing it takes it out of `FakeQQ.messages`."""

    message_id: int
    user_id: int
    segments: list[Json]
    event: Json
    """The event that reported it, which `get_msg` answers with."""
    group_id: int | None = None
    to: int | None = None
    """Whom a private message is for."""
    via_group: int | None = None
    """The group of a private message through a temporary session."""

    @property
    def text(self) -> str:
        """The text segments, joined."""
        return "".join(s["data"]["text"] for s in self.segments if s["type"] == "text")

    @property
    def mentions(self) -> list[str]:
        """Whom it mentions, in order."""
        return [str(s["data"]["qq"]) for s in self.segments if s["type"] == "at"]


@dataclass
class Request:
    """Something that waits for the bot: an application, an invitation or a friend request."""

    number: int
    flag: str
    kind: Literal["add", "invite", "friend"]
    user_id: int
    nickname: str
    comment: str = ""
    group_id: int | None = None
    inviter: int | None = None
    """The member who invited the applicant."""
    approved: bool | None = None
    """None until it is decided."""
    decided_by: int = 0
    reason: str = ""
