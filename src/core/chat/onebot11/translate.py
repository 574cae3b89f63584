"""What an OneBot 11 implementation says, in our words. Pure functions, no pydantic: the hot path.

NapCat's dialect first; LLBot's, SnowLuma's, Lagrange's and go-cqhttp's where they differ
(anchors/onebot.md, 1 and 3). A function that finds nothing for us answers with a `Skipped`.
"""

from __future__ import annotations

from functools import lru_cache
import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from src.core.chat.events import (
    Account,
    AdminChanged,
    BotInvited,
    BotMuted,
    BotOffline,
    BotRemoved,
    CardChanged,
    FetchedMessage,
    FileReceived,
    FriendRequested,
    GroupDissolved,
    GroupKey,
    GroupMuted,
    GroupRenamed,
    Happened,
    JoinRequested,
    Kind,
    Member,
    MemberLeft,
    MemberMuted,
    MessageReceived,
    MessageRef,
    PlatformRole,
    Segment,
    Withdrawn,
    shown_of,
)
from src.core.chat.files import is_web
from src.core.chat.reading import INCOMPLETE as _INCOMPLETE
from src.core.chat.reading import NO_GROUP as _NO_GROUP
from src.core.chat.reading import NO_MESSAGE as _NO_MESSAGE
from src.core.chat.reading import NO_SENDER as _NO_SENDER
from src.core.chat.reading import OWN as _OWN
from src.core.chat.reading import UNKNOWN as _UNKNOWN
from src.core.chat.reading import Fields, Skipped, came, clean, first, read_id, read_time

from .cards import SHOWS, Shown, file_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from src.core.chat.reading import Raw

_FORWARD_DEPTH = 4
_FORWARD_MESSAGES = 500
_ROLES = {"owner": PlatformRole.OWNER, "admin": PlatformRole.ADMIN}
_OFFICIAL_ROBOTS = (
    range(66600000, 66600001),
    range(2854196301, 2854216400),
    range(3889000000, 3890000000),
    range(4010000000, 4020000000),
)
"""Q群管家 and Tencent's other official bots (anchors/onebot.md, 3)."""

_PIPED_FLAG = re.compile(r"\d+\|(\d+)\|\d+\|[01]", re.ASCII)
"""LLBot's flag of an application; its list has the number alone, and takes it for an answer."""
_CQ_CODE = re.compile(r"\[CQ:([^,\[\]]+)((?:,[^,\[\]=]+=[^,\[\]]*)*),?\]")
_CQ_ESCAPE = re.compile("&#44;|&#91;|&#93;|&amp;")
_CQ_MEANS = {"&#44;": ",", "&#91;": "[", "&#93;": "]", "&amp;": "&"}
_MD5 = re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{32}(?![0-9a-fA-F])")


@lru_cache(maxsize=4096)
def is_official_robot(user_id: str) -> bool:
    """Whether the number belongs to one of the platform's own robots."""
    if not (user_id.isascii() and user_id.isdecimal() and len(user_id) <= 10):
        return False
    return any(int(user_id) in numbers for numbers in _OFFICIAL_ROBOTS)


# Segments


def _cq_segments(text: str) -> Iterator[tuple[str, Raw]]:
    """The segments of a message in string form. Linear: a value holds no bare bracket."""
    begin = 0
    for code in _CQ_CODE.finditer(text):
        if before := text[begin : code.start()]:
            yield "text", {"text": _unescape(before)}
        pairs = (pair.partition("=") for pair in code[2].split(",") if pair)
        yield code[1], {key: _unescape(value) for key, _, value in pairs}
        begin = code.end()
    if rest := text[begin:]:
        yield "text", {"text": _unescape(rest)}


def _unescape(text: str) -> str:
    return _CQ_ESCAPE.sub(lambda match: _CQ_MEANS[match[0]], text)


def _array_segments(message: list[Any]) -> Iterator[tuple[str, Raw]]:
    for segment in message:
        if isinstance(segment, dict):
            kind, data = segment.get("type"), segment.get("data")
            if isinstance(kind, str):
                yield kind, data if isinstance(data, dict) else {}


def _picture(data: Raw) -> str:
    """What is equal for the same picture sent twice: its MD5, where a name or address holds it."""
    names = [first(data, name) for name in ("md5", "file", "filename", "file_id", "url")]
    parts = [_without_query(name) for name in names]
    for part in parts:
        if digest := _MD5.search(part) or _MD5.search(part.replace("-", "")):
            return digest[0].lower()
    plain = (name for name in names if name and "://" not in name)
    return next(plain, "") or next((part for part in parts if part), "")


def _without_query(name: str) -> str:
    """A name as it is; of an address what comes before the query, which holds keys that expire."""
    if "://" not in name:
        return name
    try:
        address = urlsplit(name)
    except ValueError:
        return ""
    return f"{address.netloc}{address.path}"


def _mention(data: Raw) -> Segment:
    user_id = first(data, "qq", "user_id")
    return Segment(Kind.MENTION_ALL) if user_id == "all" else Segment(Kind.MENTION, user_id)


def _image(data: Raw) -> Segment:
    if sticker := first(data, "emoji_id"):
        return Segment(Kind.STICKER, sticker)
    is_sticker = str(data.get("sub_type", data.get("subType"))) == "1"
    return Segment(Kind.STICKER if is_sticker else Kind.IMAGE, _picture(data))


HASH = "|"
"""Stands in the value of a file between its id and the hash without which SnowLuma finds no private
file."""


def _file_segment(data: Raw) -> Segment:
    value = first(data, "file_id", "id", "file_hash", "file", "file_name", "name")
    if is_web(value):
        # Where there is no id it is the file's name, which its sender chooses: nothing is fetched from it.
        value = ""
    file_hash = first(data, "file_hash")
    packed = f"{value}{HASH}{file_hash}" if file_hash and file_hash != value else value
    return Segment(Kind.FILE, packed, file_name(data))


def _plain(kind: Kind, *names: str) -> Callable[[Raw], Segment]:
    return lambda data: Segment(kind, first(data, *names))


_SEGMENTS: dict[str, Callable[[Raw], Segment]] = {
    "text": _plain(Kind.TEXT, "text"),
    "at": _mention,
    "reply": _plain(Kind.REPLY, "id"),
    "image": _image,
    "mface": _plain(Kind.STICKER, "emoji_id", "key", "url"),
    "face": _plain(Kind.FACE, "id"),
    "record": _plain(Kind.VOICE, "file", "url"),
    "video": _plain(Kind.VIDEO, "file", "url"),
    "file": _file_segment,
    "flash_file": lambda data: Segment(
        Kind.FILE, first(data, "file_set_id", "title"), file_name(data)
    ),
    "json": _plain(Kind.CARD, "data"),
    "xml": _plain(Kind.CARD, "data"),
    "share": _plain(Kind.CARD, "url"),
    "contact": _plain(Kind.CARD, "id"),
    "location": _plain(Kind.CARD, "title", "content"),
    "music": _plain(Kind.CARD, "url", "id"),
    "markdown": _plain(Kind.CARD, "content"),
    "forward": _plain(Kind.FORWARD, "id"),
    "redbag": _plain(Kind.RED_PACKET, "title"),
}


class Content(NamedTuple):
    """A message taken apart; the fields are those of `MessageReceived`."""

    segments: tuple[Segment, ...]
    text: str
    shown: str = ""
    links: tuple[str, ...] = ()


def read_content(message: object, *, forwards: bool = True) -> Content:
    """A message in array or string form; nothing where it is neither.

    With `forwards`, what a forward brought along is part of what the message shows.
    """
    if isinstance(message, list) and len(message) == 1:
        # Nearly all messages are one piece of text; what follows would say the same of it.
        only = message[0]
        if isinstance(only, dict) and only.get("type") == "text":
            data = only.get("data")
            words = data.get("text") if isinstance(data, dict) else None
            if isinstance(words, str):
                words = clean(words)
                return Content((Segment(Kind.TEXT, words),), words)
    segments: list[Segment] = []
    shown: Shown | None = None
    for kind, data in _pairs(message):
        reader = _SEGMENTS.get(kind)
        segments.append(reader(data) if reader else Segment(Kind.OTHER, clean(kind)))
        if kind in SHOWS:
            shown = shown or Shown()
            shown.take(kind, data)
        elif kind == "forward" and forwards and "content" in data:
            shown = shown or Shown()
            text, links = shown_of(read_forward(data["content"], "", ""))
            shown.add(text)
            for link in links:
                shown.link(link)
    text = "".join(segment.value for segment in segments if segment.kind is Kind.TEXT)
    if shown is None:
        return Content(tuple(segments), text)
    return Content(tuple(segments), text, shown.text, shown.links)


def _pairs(message: object) -> Iterator[tuple[str, Raw]]:
    if isinstance(message, list):
        return _array_segments(message)
    if isinstance(message, str):
        return _cq_segments(message)
    return _array_segments([message])


# Events


def read(raw: Raw, namespace: str, now: float) -> MessageReceived | Happened | Skipped:
    """Any event. `now` stands in for a time that is missing or absurd."""
    post_type = raw.get("post_type")
    if post_type == "message":
        return read_message(raw, namespace, now)
    if post_type == "message_sent":
        return _OWN
    if raw.get("notice_type") == "offline_file":
        return _private_file(raw, namespace, now)
    return read_happened(raw, namespace, now)


def read_message(raw: Raw, namespace: str, now: float) -> MessageReceived | Skipped:
    """A `message` event. Who wrote it is the event's `user_id`, whatever `sender` says."""
    bot = str(raw.get("self_id"))
    user_id = read_id(raw.get("user_id"))
    if not user_id:
        return _NO_SENDER
    if user_id == bot:
        return _OWN
    sender = raw.get("sender")
    if not isinstance(sender, dict):
        sender = {}
    via: GroupKey | None = None
    group: GroupKey | None = None
    kind = raw.get("message_type")
    if kind == "group":
        group_id = read_id(raw.get("group_id"))
        if not group_id:
            return _NO_GROUP
        if raw.get("sub_type") == "notice":
            return _NO_MESSAGE
        group = GroupKey(namespace, group_id)
    elif kind == "private":
        via_id = read_id(raw.get("group_id")) or read_id(sender.get("group_id"))
        via = GroupKey(namespace, via_id) if via_id else None
    else:
        return _NO_MESSAGE
    content = read_content(raw.get("message"))
    segments = content.segments
    role = sender.get("role")
    return MessageReceived(
        MessageRef(bot, group, read_id(raw.get("message_id")), read_time(raw.get("time"), now)),
        Account(namespace, user_id),
        segments,
        content.text,
        clean(sender.get("card")) or clean(sender.get("nickname")),
        _ROLES.get(role, PlatformRole.MEMBER) if isinstance(role, str) else PlatformRole.MEMBER,
        next((s.value for s in segments if s.kind is Kind.REPLY and s.value), None),
        via,
        content.shown,
        content.links,
        is_official_robot(user_id),
    )


def _private_file(raw: Raw, namespace: str, now: float) -> MessageReceived | Skipped:
    """A file in private, which go-cqhttp and Lagrange tell of in a notice, with its address."""
    user_id, file = read_id(raw.get("user_id")), raw.get("file")
    if not user_id or not isinstance(file, dict):
        return _NO_SENDER
    bot, name = str(raw.get("self_id")), first(file, "name")
    if user_id == bot:
        return _OWN
    return MessageReceived(
        MessageRef(bot, None, "", read_time(raw.get("time"), now)),
        Account(namespace, user_id),
        (Segment(Kind.FILE, first(file, "url", "id"), name),),
        text="",
        shown=name,
    )


def read_flag(raw: Raw) -> str:
    """What answers a request: a string, a number in some implementations."""
    flag = raw.get("flag")
    return clean(flag) if isinstance(flag, str) else read_id(flag)


class _Fields(Fields):
    """A notice or request."""

    @property
    def flag(self) -> str:
        return read_flag(self.raw)


def _withdrawn(f: _Fields) -> Happened | Skipped:
    message_id = read_id(f.raw.get("message_id"))
    if not message_id:
        return _INCOMPLETE
    author, operator = f.account("user_id"), f.account("operator_id")
    if f.raw["notice_type"] == "friend_recall":
        return Withdrawn(f.bot, f.time, MessageRef(f.bot, None, message_id, 0), author, author)
    if f.group is None:
        return _NO_GROUP
    return Withdrawn(f.bot, f.time, MessageRef(f.bot, f.group, message_id, 0), operator, author)


def _left(f: _Fields) -> Happened | Skipped:
    group, account, how = f.group, f.account("user_id"), f.raw.get("sub_type")
    if group is None:
        return _INCOMPLETE
    if how == "disband":
        return GroupDissolved(f.bot, f.time, group)
    if how == "kick_me" or (account is not None and account.user_id == f.bot):
        return BotRemoved(f.bot, f.time, group)
    if account is None:
        return _INCOMPLETE
    return MemberLeft(f.bot, f.time, group, account, f.account("operator_id"), how == "kick")


def _dissolved(f: _Fields) -> Happened | Skipped:
    return GroupDissolved(f.bot, f.time, f.group) if f.group else _NO_GROUP


def _muted(f: _Fields) -> Happened | Skipped:
    group, account, operator = f.group, f.account("user_id"), f.account("operator_id")
    if group is None:
        return _NO_GROUP
    lifted = f.raw.get("sub_type") == "lift_ban"
    duration = f.raw.get("duration")
    if account is None:
        # The whole group: nobody is named, and the duration is -1 or the largest number there is.
        return GroupMuted(f.bot, f.time, group, operator, not lifted)
    seconds = 0
    if not lifted:
        if not isinstance(duration, int | float) or not math.isfinite(duration):
            return _INCOMPLETE
        seconds = max(0, int(duration))
    if account.user_id == f.bot:
        return BotMuted(f.bot, f.time, group, seconds)
    return MemberMuted(f.bot, f.time, group, account, operator, seconds)


def _card(f: _Fields) -> Happened | Skipped:
    group, account = f.group, f.account("user_id")
    if group is None or account is None:
        return _INCOMPLETE
    return CardChanged(f.bot, f.time, group, account, clean(f.raw.get("card_new")))


def _renamed(f: _Fields) -> Happened | Skipped:
    name = first(f.raw, "name_new", "name")
    if f.group is None or not name:
        return _INCOMPLETE
    operator = f.account("operator_id") or f.account("user_id")
    return GroupRenamed(f.bot, f.time, f.group, name, operator)


def _admin(f: _Fields) -> Happened | Skipped:
    group, account, how = f.group, f.account("user_id"), f.raw.get("sub_type")
    if group is None or account is None or how not in ("set", "unset"):
        return _INCOMPLETE
    return AdminChanged(f.bot, f.time, group, account, how == "set")


def _file(f: _Fields) -> Happened | Skipped:
    group, account, file = f.group, f.account("user_id"), f.raw.get("file")
    if group is None or account is None or not isinstance(file, dict):
        return _INCOMPLETE
    size = str(file.get("size", ""))
    return FileReceived(
        f.bot,
        f.time,
        group,
        account,
        first(file, "id", "file_id"),
        first(file, "name", "file"),
        int(size) if size.isascii() and size.isdecimal() and len(size) < 20 else 0,
    )


def _offline(f: _Fields) -> Happened | Skipped:
    return BotOffline(f.bot, f.time, first(f.raw, "message", "tag")[:300])


def _notify(f: _Fields) -> Happened | Skipped:
    return _renamed(f) if f.raw.get("sub_type") == "group_name" else _UNKNOWN


def _friend_request(f: _Fields) -> Happened | Skipped:
    account = f.account("user_id")
    if account is None or not f.flag:
        return _INCOMPLETE
    return FriendRequested(f.bot, f.time, account, clean(f.raw.get("comment")), f.flag)


def _group_request(f: _Fields) -> Happened | Skipped:
    group, account, how = f.group, f.account("user_id"), f.raw.get("sub_type")
    if group is None or account is None or not f.flag:
        return _INCOMPLETE
    if how == "invite":
        return BotInvited(f.bot, f.time, group, account, f.flag)
    if how != "add":
        return _UNKNOWN
    comment, piped = clean(f.raw.get("comment")), _PIPED_FLAG.fullmatch(f.flag)
    flag = piped[1] if piped else f.flag
    return JoinRequested(f.bot, f.time, group, account, comment, flag, f.account("invitor_id"))


_HAPPENED: dict[tuple[str, str], Callable[[_Fields], Happened | Skipped]] = {
    ("notice", "group_recall"): _withdrawn,
    ("notice", "friend_recall"): _withdrawn,
    ("notice", "group_increase"): came,
    ("notice", "group_decrease"): _left,
    ("notice", "group_dismiss"): _dissolved,
    ("notice", "group_ban"): _muted,
    ("notice", "group_card"): _card,
    ("notice", "group_name_change"): _renamed,
    ("notice", "group_admin"): _admin,
    ("notice", "group_upload"): _file,
    ("notice", "bot_offline"): _offline,
    ("notice", "notify"): _notify,
    ("request", "friend"): _friend_request,
    ("request", "group"): _group_request,
}


def read_happened(raw: Raw, namespace: str, now: float) -> Happened | Skipped:
    """A `notice` or `request` event."""
    post_type = raw.get("post_type")
    kind = raw.get("notice_type" if post_type == "notice" else "request_type")
    if not isinstance(post_type, str) or not isinstance(kind, str):
        return _UNKNOWN
    reader = _HAPPENED.get((post_type, kind))
    return reader(_Fields(raw, str(raw.get("self_id")), namespace, now)) if reader else _UNKNOWN


# What calls answer


def read_member(raw: object, namespace: str) -> Member | None:
    """A record of `get_group_member_info` or `get_group_member_list`.

    None where it is no member: SnowLuma answers "ok" with an empty record for a stranger.
    """
    if not isinstance(raw, dict):
        return None
    user_id = read_id(raw.get("user_id"))
    name = clean(raw.get("card")) or clean(raw.get("nickname"))
    joined = read_time(raw.get("join_time"), 0)
    if not user_id or not (name or joined):
        return None
    muted = raw.get("shut_up_timestamp")
    role = raw.get("role")
    return Member(
        Account(namespace, user_id),
        name,
        _ROLES.get(role, PlatformRole.MEMBER) if isinstance(role, str) else PlatformRole.MEMBER,
        read_time(muted, 0) if isinstance(muted, int | float) else None,
        joined or None,
        raw.get("is_robot") is True or is_official_robot(user_id),
        read_time(raw.get("last_sent_time"), 0) or None,
    )


def read_applications(raw: Raw, group: GroupKey, bot: str, now: float) -> list[JoinRequested]:
    """Those of `get_group_system_msg` that wait for an answer in a group.

    NapCat names the applicant as the inviter.
    """
    found: list[JoinRequested] = []
    records = raw.get("join_requests")
    for record in records if isinstance(records, list) else ():
        if not isinstance(record, dict) or record.get("checked") in (True, "true", 1, "1"):
            continue
        user_id = read_id(record.get("requester_uin", record.get("invitor_uin")))
        flag = read_id(record.get("flag")) or read_id(record.get("request_id"))
        if read_id(record.get("group_id")) != group.group_id or not user_id or not flag:
            continue
        inviter = read_id(record.get("invitor_uin"))
        found.append(
            JoinRequested(
                bot,
                now,
                group,
                Account(group.namespace, user_id),
                clean(record.get("message")),
                flag,
                Account(group.namespace, inviter) if inviter not in ("", user_id) else None,
            )
        )
    return found


def read_fetched(
    raw: object, bot: str, namespace: str, *, forwards: bool = True
) -> FetchedMessage | None:
    """A message as `get_msg` or a forward tells it; None where it is none.

    Its `ref` is what the platform says now, which may be another message than was asked for.
    """
    data = _unwrapped(raw)
    message = _first_there(data, "message", "content")
    if message is None:
        return None
    sender = data.get("sender")
    sender_id = sender.get("user_id") if isinstance(sender, dict) else None
    group_id = read_id(data.get("group_id"))
    return FetchedMessage(
        MessageRef(
            bot,
            GroupKey(namespace, group_id) if group_id else None,
            read_id(data.get("message_id")),
            read_time(data.get("time"), 0),
        ),
        Account(namespace, read_id(data.get("user_id")) or read_id(sender_id)),
        *read_content(message, forwards=forwards),
    )


def read_forward(raw: object, bot: str, namespace: str) -> list[FetchedMessage]:
    """What `get_forward_msg` answers, with the forwards inside that came along, flattened.

    Authors of forwarded messages may be made up by the platform: they prove nothing.
    """
    found: list[FetchedMessage] = []

    def add(nodes: object, depth: int) -> None:
        if not isinstance(nodes, list) or depth == 0:
            return
        for node in nodes:
            if len(found) >= _FORWARD_MESSAGES:
                return
            # The forwards inside follow as messages of their own.
            message = read_fetched(node, bot, namespace, forwards=False)
            if message is None:
                continue
            found.append(message)
            for kind, segment in _pairs(_first_there(_unwrapped(node), "message", "content")):
                if kind == "forward":
                    add(segment.get("content"), depth - 1)

    nodes = _first_there(raw, "messages", "message", "content") if isinstance(raw, dict) else raw
    add(nodes, _FORWARD_DEPTH)
    return found


def _first_there(data: Raw, *names: str) -> Any:
    """The first of the fields that is not missing or null."""
    return next((data[name] for name in names if data.get(name) is not None), None)


def _unwrapped(node: object) -> Raw:
    """A message that may stand in a `node` segment; empty where it is none."""
    if not isinstance(node, dict):
        return {}
    data = node.get("data")
    return data if node.get("type") == "node" and isinstance(data, dict) else node
