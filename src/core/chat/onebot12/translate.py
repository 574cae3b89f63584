"""What an OneBot 12 implementation says, in our words. Pure functions, no pydantic: the hot path.

ComWeChat's dialect first (anchors/onebot.md, 1b), then the standard and Matcha's. Frames come
nested: `self.user_id` as a key of its own is resolved before. A function that finds nothing for us
answers with a `Skipped`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from src.core.chat.events import (
    MOST_LINKS,
    MOST_SHOWN,
    SEAM,
    Account,
    BotRemoved,
    FileReceived,
    FriendRequested,
    GroupKey,
    Happened,
    Kind,
    Member,
    MemberLeft,
    MessageReceived,
    MessageRef,
    PlatformRole,
    Segment,
    Withdrawn,
)
from src.core.chat.reading import (
    INCOMPLETE,
    NO_GROUP,
    NO_MESSAGE,
    NO_SENDER,
    OWN,
    UNKNOWN,
    Fields,
    Skipped,
    came,
    clean,
    first,
    read_id,
    read_time,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Raw = dict[str, Any]

_NAMESPACES = {"wechat": "wx"}
_PLATFORM = re.compile(r"[a-z][-a-z0-9]{0,15}")
"""The standard's own rule for a platform's word, and the store's length."""


class Self(NamedTuple):
    """A bot account as a frame names it: the platform's word and the user id."""

    platform: str
    user_id: str


class BotState(NamedTuple):
    """What a `status_update` says of one bot."""

    account: Self
    online: bool


def namespace_of(platform: str) -> str:
    """The namespace of ids on a platform: `wx` and `qq` are ours, else the platform's own word."""
    return _NAMESPACES.get(platform, platform)


def read_self(raw: object) -> Self | None:
    """The `self` of a frame; None where it names no bot of a platform."""
    if not isinstance(raw, dict):
        return None
    platform, user_id = raw.get("platform"), raw.get("user_id")
    if not isinstance(platform, str) or _PLATFORM.fullmatch(platform) is None:
        return None
    if not isinstance(user_id, str) or not user_id or read_id(user_id) != user_id:
        return None
    return Self(platform, user_id)


def read_status(status: object) -> list[BotState]:
    """The bots of the status that a `status_update` or `get_status` tells, those named properly."""
    bots = status.get("bots") if isinstance(status, dict) else None
    found: list[BotState] = []
    for record in bots if isinstance(bots, list) else []:
        account = read_self(record.get("self")) if isinstance(record, dict) else None
        if account is not None:
            found.append(BotState(account, record.get("online") is True))
    return found


# Segments


def _segments(message: list[Any]) -> Iterator[tuple[str, Raw]]:
    for segment in message:
        if isinstance(segment, dict):
            kind, data = segment.get("type"), segment.get("data")
            if isinstance(kind, str):
                yield kind, data if isinstance(data, dict) else {}


def _plain(kind: Kind, *names: str) -> Callable[[Raw], Segment]:
    return lambda data: Segment(kind, first(data, *names))


_SEGMENTS: dict[str, Callable[[Raw], Segment]] = {
    "text": _plain(Kind.TEXT, "text"),
    "mention": _plain(Kind.MENTION, "user_id"),
    "mention_all": _plain(Kind.MENTION_ALL),
    "reply": _plain(Kind.REPLY, "message_id"),
    "image": _plain(Kind.IMAGE, "file_id"),
    "voice": _plain(Kind.VOICE, "file_id"),
    "audio": _plain(Kind.VOICE, "file_id"),
    "video": _plain(Kind.VIDEO, "file_id"),
    "file": lambda data: Segment(
        Kind.FILE, first(data, "file_id", "name", "file_name"), first(data, "name", "file_name")
    ),
    "location": _plain(Kind.CARD, "title", "content"),
    "wx.emoji": _plain(Kind.STICKER, "file_id"),
    "wx.face": _plain(Kind.FACE, "dec"),
    "wx.link": _plain(Kind.CARD, "url", "title"),
    "wx.app": _plain(Kind.CARD, "url", "title", "appid"),
    "wx.card": _plain(Kind.CARD, "user_id", "v3"),
}
_SHOWN = {
    "wx.link": ("title", "des"),
    "wx.app": ("title",),
    "file": ("name", "file_name"),
    "location": ("title", "content"),
}
"""The fields of a segment that people read, in the order in which they see them."""


class Content(NamedTuple):
    """A message taken apart; the fields are those of `MessageReceived`."""

    segments: tuple[Segment, ...]
    text: str
    shown: str
    links: tuple[str, ...]


def read_content(message: object) -> Content:
    """A message; nothing where it is none."""
    if isinstance(message, dict):
        message = [message]
    segments: list[Segment] = []
    shown: list[str] = []
    links: dict[str, None] = {}
    for kind, data in _segments(message if isinstance(message, list) else []):
        reader = _SEGMENTS.get(kind)
        segments.append(reader(data) if reader else Segment(Kind.OTHER, clean(kind)))
        if kind in _SHOWN:
            parts = (clean(data.get(name)).strip() for name in _SHOWN[kind])
            shown += [part for part in parts if part]
            if link := clean(data.get("url")):
                links[link] = None
    return Content(
        tuple(segments),
        text_of(tuple(segments)),
        SEAM.join(shown)[:MOST_SHOWN],
        tuple(links)[:MOST_LINKS],
    )


# Events


def read(raw: Raw, namespace: str, now: float) -> MessageReceived | Happened | Skipped:
    """Any event of a bot. `now` stands in for a time that is missing or absurd."""
    if raw.get("type") == "message":
        return read_message(raw, namespace, now)
    return read_happened(raw, namespace, now)


def read_message(raw: Raw, namespace: str, now: float) -> MessageReceived | Skipped:
    """A `message` event. The standard has neither a sender's name nor a role in it."""
    bot = read_id(raw["self"].get("user_id"))
    user_id = read_id(raw.get("user_id"))
    if not user_id:
        return NO_SENDER
    if user_id == bot:
        return OWN
    group: GroupKey | None = None
    kind = raw.get("detail_type")
    if kind == "group":
        group_id = read_id(raw.get("group_id"))
        if not group_id:
            return NO_GROUP
        group = GroupKey(namespace, group_id)
    elif kind != "private":
        return NO_MESSAGE
    content = read_content(raw.get("message"))
    segments = content.segments
    return MessageReceived(
        MessageRef(bot, group, read_id(raw.get("message_id")), read_time(raw.get("time"), now)),
        Account(namespace, user_id),
        segments,
        content.text,
        shown=content.shown,
        links=content.links,
        reply_to=next((s.value for s in segments if s.kind is Kind.REPLY and s.value), None),
    )


def _withdrawn(f: Fields) -> Happened | Skipped:
    message_id = read_id(f.raw.get("message_id"))
    if not message_id:
        return INCOMPLETE
    author, operator = f.account("user_id"), f.account("operator_id")
    if f.raw["detail_type"] == "private_message_delete":
        return Withdrawn(f.bot, f.time, MessageRef(f.bot, None, message_id, 0), author, author)
    if f.group is None:
        return NO_GROUP
    return Withdrawn(f.bot, f.time, MessageRef(f.bot, f.group, message_id, 0), operator, author)


def _left(f: Fields) -> Happened | Skipped:
    group, account = f.group, f.account("user_id")
    if group is None or account is None:
        return INCOMPLETE
    if account.user_id == f.bot:
        return BotRemoved(f.bot, f.time, group)
    removed = f.raw.get("sub_type") == "kick"
    return MemberLeft(f.bot, f.time, group, account, f.account("operator_id"), removed)


def _file(f: Fields) -> Happened | Skipped:
    """ComWeChat tells of a file before it has it: there is no id yet to fetch it by."""
    group, account, name = f.group, f.account("user_id"), clean(f.raw.get("file_name"))
    if group is None or account is None or not name:
        return INCOMPLETE
    size = f.raw.get("file_length")
    size = size if isinstance(size, int) and 0 <= size < 2**63 else 0
    return FileReceived(f.bot, f.time, group, account, "", name, int(size))


def _friend_request(f: Fields) -> Happened | Skipped:
    account, flag = f.account("user_id"), friend_flag(f.raw.get("v3"), f.raw.get("v4"))
    if account is None or not flag:
        return INCOMPLETE
    return FriendRequested(f.bot, f.time, account, clean(f.raw.get("content")), flag)


def friend_flag(v3: object, v4: object) -> str:
    """What answers ComWeChat's friend request, in one string; empty where a part is missing."""
    parts = [clean(v3), clean(v4)]
    return json.dumps(parts) if all(parts) else ""


def friend_parts(flag: str) -> tuple[str, str] | None:
    """The two parts of `friend_flag`; None where it is none of ours."""
    try:
        v3, v4 = json.loads(flag)
    except (ValueError, TypeError):
        return None
    return (v3, v4) if isinstance(v3, str) and isinstance(v4, str) else None


_HAPPENED: dict[tuple[str, str], Callable[[Fields], Happened | Skipped]] = {
    ("notice", "group_message_delete"): _withdrawn,
    ("notice", "private_message_delete"): _withdrawn,
    ("notice", "group_member_increase"): came,
    ("notice", "group_member_decrease"): _left,
    ("notice", "wx.get_group_file"): _file,
    ("request", "wx.friend_request"): _friend_request,
}


def read_happened(raw: Raw, namespace: str, now: float) -> Happened | Skipped:
    """A `notice` or `request` event."""
    kind, detail = raw.get("type"), raw.get("detail_type")
    if not isinstance(kind, str) or not isinstance(detail, str):
        return UNKNOWN
    reader = _HAPPENED.get((kind, detail))
    return (
        reader(Fields(raw, read_id(raw["self"].get("user_id")), namespace, now))
        if reader
        else UNKNOWN
    )


# What calls answer


def read_member(raw: object, namespace: str) -> Member | None:
    """A record of `get_group_member_info` or `get_group_member_list`; None where it is none.

    Neither the standard nor ComWeChat tells a role, a mute or when somebody joined.
    """
    if not isinstance(raw, dict):
        return None
    user_id = read_id(raw.get("user_id"))
    if not user_id:
        return None
    name = first(raw, "user_displayname", "user_name")
    return Member(Account(namespace, user_id), name, PlatformRole.MEMBER)
