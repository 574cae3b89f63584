"""A pretend WeChat behind a pretend ComWeChat: OneBot 12 over reverse WebSocket, with state.

It speaks as ComWeChat does (anchors/onebot.md, 1b): no names, no roles, no message ids for what the
bot says, "ok" for private messages that nobody gets, no events when somebody comes or is removed,
and unknown parameters refused. Tests wait with `until`, never with a sleep.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, field
import itertools
from typing import TYPE_CHECKING, Any, TypeVar
import uuid

from .line import Json, Line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")
Content = str | Sequence[str | Json]
"""What somebody types: text, or segments (a bare string is a text segment)."""

OFFERED = (
    "get_supported_actions",
    "get_status",
    "get_version",
    "send_message",
    "get_self_info",
    "get_user_info",
    "get_friend_list",
    "get_group_info",
    "get_group_list",
    "get_group_member_info",
    "get_group_member_list",
    "set_group_name",
    "upload_file",
    "get_file",
    "wx.accept_friend",
    "wx.delete_groupmember",
    "wx.set_group_announcement",
    "wx.set_group_nickname",
)
"""What ComWeChat says it can do, as far as it matters here."""
_VERSION = {"impl": "ComWechat", "version": "1.2.0", "onebot_version": "12"}


def text(content: str) -> Json:
    """A text segment."""
    return {"type": "text", "data": {"text": content}}


def mention(user: str) -> Json:
    """An @-mention of a member."""
    return {"type": "mention", "data": {"user_id": user}}


def link(title: str, des: str, url: str) -> Json:
    """A link card."""
    data = {"title": title, "des": des, "url": url, "file_id": ""}
    return {"type": "wx.link", "data": data}


@dataclass
class Group:
    """A group and who is in it: nicknames by wxid."""

    group_id: str
    name: str
    members: dict[str, str]
    owner: str = ""
    announcement: str = ""


@dataclass
class Said:
    """What a bot said: in a group, or to somebody (whether or not it was delivered)."""

    bot: str
    segments: list[Json]
    group_id: str = ""
    to: str = ""
    delivered: bool = True

    @property
    def text(self) -> str:
        """The text segments, joined."""
        return "".join(s["data"]["text"] for s in self.segments if s["type"] == "text").lstrip()

    @property
    def mentions(self) -> list[str]:
        """Whom it mentions, in order."""
        return [s["data"]["user_id"] for s in self.segments if s["type"] == "mention"]


@dataclass
class Call:
    """What the bot asked for, as which account, and what was answered."""

    action: str
    params: Json
    bot: str
    answer: Json = field(default_factory=dict[str, Any])


class RefusedError(Exception):
    """ComWeChat does not do it, and its words."""

    def __init__(self, retcode: int, message: str) -> None:
        super().__init__(message)
        self.retcode = retcode
        self.message = message


class FakeWeChat(Line[Call]):
    """A pretend ComWeChat with the accounts `bots`.

    `now` is the clock in seconds since the epoch that dates messages; `offered` is what it says it
    can do, and does. `details` is added to what a failed wait tells.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        bots: Iterable[str],
        now: Callable[[], float],
        platform: str = "wechat",
        details: Callable[[], str] = str,
    ) -> None:
        super().__init__(url, token)
        self.bots = list(bots)
        self.now = now
        self.platform = platform
        self.offered: Sequence[str] = OFFERED
        self.answers = True
        """Whether calls are answered at all."""
        self.groups: dict[str, Group] = {}
        self.friends: set[str] = set()
        self.spoken: list[Said] = []
        self.files: dict[str, tuple[str, bytes]] = {}
        """Name and content of what the bot uploaded, by id."""
        self.accepted: list[tuple[str, str]] = []
        """The v3 and v4 of friend requests that the bot accepted."""
        self._details = details
        self._numbers = itertools.count(6_283_771_234_567_890_001)

    # The line -------------------------------------------------------------------------------------

    def _handshake(self) -> dict[str, Any]:
        return {
            "additional_headers": {"Authorization": f"Bearer {self.token}"},
            "user_agent_header": "OneBot/12 (wechat) ComWechat/1.2.0",
        }

    async def connect(self, within: float = 10.0, *, announce: bool = True) -> None:
        """Connect, trying again until the bot accepts, and say which accounts are online.

        Raises:
            TimeoutError: the bot did not accept `within` so many seconds.
        """
        await self._dial(within)
        await self.send_raw(self._event("meta", "connect", version=_VERSION))
        if announce:
            await self.announce()

    async def announce(self, online: bool = True) -> None:
        """Tell the state of the accounts."""
        await self.send_raw(self._event("meta", "status_update", status=self._status(online)))

    def _status(self, online: bool = True) -> Json:
        states = [{"self": self._self(bot), "online": online} for bot in self.bots]
        return {"good": online, "bots": states}

    async def _report(self, event: Json) -> None:
        self.events.append(event)
        await self.send_raw(event)
        self._wake()

    def _self(self, bot: str) -> Json:
        return {"platform": self.platform, "user_id": bot}

    def _event(self, kind: str, detail: str, bot: str = "", **fields: Any) -> Json:
        event: Json = {
            "id": str(uuid.uuid4()),
            "time": float(self.now()),
            "type": kind,
            "detail_type": detail,
            "sub_type": "",
        }
        if bot:
            event["self"] = self._self(bot)
        return event | fields

    # Waiting --------------------------------------------------------------------------------------

    def dump(self) -> str:
        """What happened lately, for a failed test."""
        calls = [f"  {c.bot} {c.action} {c.params} -> {c.answer}" for c in self.received]
        return "\n".join(["calls:", *calls[-20:], self._details()])

    def said(self, group: str) -> list[str]:
        """What the bots said in a group, in order."""
        return [said.text for said in self.spoken if said.group_id == group]

    def whispered(self, user: str) -> list[str]:
        """What somebody got from the bots in private, in order."""
        return [said.text for said in self.spoken if said.to == user and said.delivered]

    async def says(self, group: str, part: str = "", after: int = 0) -> str:
        """Wait until a bot says something with `part` in a group, beyond the first `after`."""
        return await self.until(
            lambda: next((t for t in self.said(group)[after:] if part in t), "")
        )

    async def whispers(self, user: str, part: str = "") -> str:
        """The same for what somebody gets in private."""
        return await self.until(lambda: next((t for t in self.whispered(user) if part in t), ""))

    # What people do -------------------------------------------------------------------------------

    def add_group(self, group: str, name: str, members: dict[str, str], owner: str = "") -> None:
        """A group that was always there."""
        self.groups[group] = Group(group, name, members, owner)

    def message(self, bot: str, user: str, content: Content, **fields: Any) -> Json:
        """The event of a message with a new id, not sent; in a group with `group_id`."""
        pieces = [content] if isinstance(content, str) else content
        segments = [text(piece) if isinstance(piece, str) else piece for piece in pieces]
        return self._event(
            "message",
            "group" if "group_id" in fields else "private",
            bot,
            message_id=str(next(self._numbers)),
            message=segments,
            alt_message="".join(s["data"].get("text", f"[{s['type']}]") for s in segments),
            user_id=user,
            **fields,
        )

    async def speak(self, group: str, user: str, content: Content) -> Json:
        """Somebody says something in a group; each bot in it reports it. Returns the last event."""
        members = self.groups[group].members
        assert user in members
        event: Json = {}
        for bot in self.bots:
            if bot in members:
                event = self.message(bot, user, content, group_id=group)
                await self._report(event)
        return event

    async def whisper(self, user: str, content: Content, bot: str = "") -> Json:
        """A friend writes to a bot, the first where none is given."""
        event = self.message(bot or self.bots[0], user, content)
        await self._report(event)
        return event

    async def recall(self, event: Json) -> None:
        """Somebody withdraws a message of theirs."""
        await self._report(
            self._event(
                "notice",
                "group_message_delete",
                event["self"]["user_id"],
                message_id=event["message_id"],
                user_id=event["user_id"],
                group_id=event["group_id"],
                operator_id="",
            )
            | {"sub_type": "delete"}
        )

    # Calls ----------------------------------------------------------------------------------------

    async def _take(self, frame: Json) -> None:
        asked = frame.get("self") or {}
        call = Call(frame["action"], frame["params"], str(asked.get("user_id", "")))
        self.received.append(call)
        if not self.answers:
            self._wake()
            return
        try:
            call.answer = _answer("ok", 0, self._do(call))
        except RefusedError as refused:
            call.answer = _answer("failed", refused.retcode, None, refused.message)
        await self.send_raw(call.answer | {"echo": frame.get("echo")})
        self._wake()

    def _do(self, call: Call) -> Any:
        known = _ACTIONS.get(call.action)
        if known is None or call.action not in self.offered:
            raise RefusedError(10002, f"未实现的action: {call.action}")
        handler, required, optional = known
        if not required <= set(call.params) <= required | optional:
            raise RefusedError(10003, "Param参数错误")
        return handler(self, call)

    def _group(self, call: Call) -> Group:
        group = self.groups.get(call.params["group_id"])
        if group is None:
            raise RefusedError(20002, "内部服务错误")
        return group

    def _on_supported(self, _: Call) -> list[str]:
        return list(self.offered)

    def _on_status(self, _: Call) -> Json:
        return self._status()

    def _on_version(self, _: Call) -> Json:
        return dict(_VERSION)

    def _on_send(self, call: Call) -> None:
        params = call.params
        segments: list[Json] = params["message"]
        known = ("text", "mention", "file")
        if unknown := [s["type"] for s in segments if s["type"] not in known]:
            raise RefusedError(10005, f"不支持的消息段:{unknown[0]}")
        said = Said(call.bot, segments)
        if params["detail_type"] == "group":
            group = self._group(call)
            if nobody := [user for user in said.mentions if user not in group.members]:
                raise RefusedError(10006, f"{nobody[0]}")
            said.group_id = group.group_id
        elif said.mentions:
            raise RefusedError(10005, "私聊不支持at")
        else:
            said.to = params["user_id"]
            said.delivered = said.to in self.friends
        self.spoken.append(said)

    def _on_upload(self, call: Call) -> Json:
        if call.params["type"] != "data":
            raise RefusedError(10004, "不支持的文件类型")
        file_id = f"file-{len(self.files) + 1}"
        self.files[file_id] = call.params["name"], b64decode(call.params["data"])
        return {"file_id": file_id}

    def _on_friends(self, _: Call) -> list[Json]:
        return [{"user_id": user, "user_name": user} for user in sorted(self.friends)]

    def _on_group_info(self, call: Call) -> Json:
        group = self._group(call)
        return {"group_id": group.group_id, "group_name": group.name, "wx.avatar": ""}

    def _on_member_list(self, call: Call) -> list[Json]:
        return [
            {"user_id": user, "user_name": name, "user_displayname": "", "wx.avatar": ""}
            for user, name in self._group(call).members.items()
        ]

    def _on_member_info(self, call: Call) -> Json:
        found = [m for m in self._on_member_list(call) if m["user_id"] == call.params["user_id"]]
        if not found:
            raise RefusedError(35001, "群内没有该联系人")
        return found[0]

    def _on_group_name(self, call: Call) -> None:
        self._group(call).name = call.params["group_name"]

    def _on_remove(self, call: Call) -> None:
        group = self._group(call)
        if group.owner != call.bot:
            raise RefusedError(35000, "操作失败")
        for user in call.params["user_list"]:
            group.members.pop(user, None)

    def _on_announce(self, call: Call) -> None:
        self._group(call).announcement = call.params["announcement"]

    def _on_accept(self, call: Call) -> None:
        self.accepted.append((call.params["v3"], call.params["v4"]))


def _answer(status: str, retcode: int, data: Any, message: str = "") -> Json:
    return {"status": status, "retcode": retcode, "data": data, "message": message}


_ACTIONS: dict[str, tuple[Callable[[FakeWeChat, Call], Any], set[str], set[str]]] = {
    "get_supported_actions": (FakeWeChat._on_supported, set(), set()),
    "get_status": (FakeWeChat._on_status, set(), set()),
    "get_version": (FakeWeChat._on_version, set(), set()),
    "send_message": (
        FakeWeChat._on_send,
        {"detail_type", "message"},
        {"user_id", "group_id", "guild_id", "channel_id"},
    ),
    "upload_file": (FakeWeChat._on_upload, {"type", "name", "data"}, set()),
    "get_friend_list": (FakeWeChat._on_friends, set(), set()),
    "get_group_info": (FakeWeChat._on_group_info, {"group_id"}, set()),
    "get_group_member_list": (FakeWeChat._on_member_list, {"group_id"}, set()),
    "get_group_member_info": (FakeWeChat._on_member_info, {"group_id", "user_id"}, set()),
    "set_group_name": (FakeWeChat._on_group_name, {"group_id", "group_name"}, set()),
    "wx.delete_groupmember": (FakeWeChat._on_remove, {"group_id", "user_list"}, set()),
    "wx.set_group_announcement": (FakeWeChat._on_announce, {"group_id", "announcement"}, set()),
    "wx.accept_friend": (FakeWeChat._on_accept, {"v3", "v4"}, set()),
}
"""What does each action, the parameters it needs and those it takes besides."""


# A class group ------------------------------------------------------------------------------------

GROUP = "48910200000@chatroom"
BOT = "wxid_bot0000000001"
HEAD_TEACHER = "wxid_head000000001"
"""A superuser of the installation, and the bot's friend."""
TEACHER = "wxid_teacher00001"
PARENTS = tuple(f"wxid_parent{number:06}" for number in range(1, 9))


def class_group(
    url: str, token: str, *, now: Callable[[], float], details: Callable[[], str] = str
) -> FakeWeChat:
    """One class group, which the bot owns, with two teachers and eight parents."""
    wechat = FakeWeChat(url, token, bots=[BOT], now=now, details=details)
    names = [
        "小明妈妈",
        "李想爸爸",
        "雨桐妈妈",
        "子涵爸爸",
        "陈诺妈妈",
        "刘洋爸爸",
        "周可妈妈",
        "吴桐爷爷",
    ]
    wechat.add_group(
        GROUP,
        "三年级二班家长群",
        {
            HEAD_TEACHER: "孙老师",
            TEACHER: "何老师",
            BOT: "群规助手",
            **dict(zip(PARENTS, names, strict=True)),
        },
        owner=BOT,
    )
    wechat.friends = {HEAD_TEACHER}
    return wechat
