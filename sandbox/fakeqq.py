"""A pretend QQ with state, in NapCat's dialect unless told; the sandbox class and the tests speak
through it.

It connects to the bot by reverse WebSocket as a real implementation does. What people do is a
coroutine (`speak`, `join`, `admin_mutes`); what the bot calls is carried out on the state, checked
as QQ checks it, answered and reported. `behave` makes an action fail, lie, stall or break the line.
Tests wait with `until`, never with a sleep. Wordings and shapes: shared/anchors/onebot.md.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from html import escape
import itertools
import json
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from .dialects import NAPCAT
from .line import Json, Line
from .state import Group, Member, Message, Request, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")
Content = str | Sequence[str | Json]
"""What somebody types: text, or segments (a bare string is a text segment)."""

RANK: dict[Role, int] = {"member": 0, "admin": 1, "owner": 2}
MONTH = 30 * 86400
LONGEST_CARD = 60
"""Bytes of a card that QQ takes."""
TIMED_OUT = (
    "Timeout: NTEvent serviceAndMethod:NodeIKernelMsgService/sendMsg "
    "ListenerName:NodeIKernelMsgListener/onMsgInfoListUpdate EventRet:\n"
    '{\n    "result": 0,\n    "errMsg": ""\n}\n'
)


def _sending_failed(result: int, reason: str) -> str:
    return (
        "EventChecker Failed: NTEvent serviceAndMethod:NodeIKernelMsgService/sendMsg "
        "ListenerName:NodeIKernelMsgListener/onMsgInfoListUpdate EventRet:\n"
        f'{{\n    "result": {result},\n    "errMsg": "{reason}"\n}}\n'
    )


# What people type ---------------------------------------------------------------------------------


def text(content: str) -> Json:
    """A text segment."""
    return {"type": "text", "data": {"text": content}}


def mention(user: int | Literal["all"]) -> Json:
    """An @-mention of a member, or of all."""
    return {"type": "at", "data": {"qq": str(user)}}


def quote(message_id: int) -> Json:
    """The segment that makes a message a reply to another one."""
    return {"type": "reply", "data": {"id": str(message_id)}}


def _segments(content: Content) -> list[Json]:
    pieces = [content] if isinstance(content, str) else content
    return [text(piece) if isinstance(piece, str) else piece for piece in pieces]


def _escaped(value: object) -> str:
    kept = str(value).replace("&", "&amp;").replace("[", "&#91;").replace("]", "&#93;")
    return kept.replace(",", "&#44;")


def _as_cq(segment: Json) -> str:
    data: Json = segment["data"]
    if segment["type"] == "text":
        return _escaped(data["text"]).replace("&#44;", ",")
    return f"[CQ:{segment['type']}" + "".join(f",{k}={_escaped(v)}" for k, v in data.items()) + "]"


@dataclass
class Call:
    """What the bot asked for and what came of it."""

    action: str
    params: Json
    time: float
    done: bool | None = None
    """Whether it was carried out; None while it is held back."""
    answer: Json | None = None
    """What was answered, whether or not it reached the bot; None where nothing was."""


# Trouble ------------------------------------------------------------------------------------------


class Says(Enum):
    """What is answered to a call."""

    TRUTH = "truth"
    OK = "ok"
    FAILED = "failed"
    NOTHING = "nothing"
    TWICE = "twice"
    ASYNC = "async"


@dataclass(frozen=True)
class Mode:
    """How an action behaves. The default is a platform that does what it is asked and says so."""

    does: bool = True
    says: Says = Says.TRUTH
    wording: str = TIMED_OUT
    """With `Says.FAILED`: what it says."""
    retcode: int = 1200
    data: Any = None
    """With `Says.OK`: the data of the answer, in place of what an undone call would give."""
    held: Literal["", "doing", "answer"] = ""
    """What waits for `release`: the doing and the answer, or the answer alone."""
    drops: bool = False
    """Whether the line breaks after it."""
    notices: bool = True
    """Whether what was done is reported as an event."""


def fails(wording: str, retcode: int = 1200) -> Mode:
    """Not done, and says why."""
    return Mode(does=False, says=Says.FAILED, wording=wording, retcode=retcode)


LIES_DONE = Mode(does=False, says=Says.OK)
LIES_FAILED = Mode(says=Says.FAILED)
SILENT = Mode(says=Says.NOTHING)
SILENT_UNDONE = Mode(does=False, says=Says.NOTHING)
HELD = Mode(held="doing")
HELD_ANSWER = Mode(held="answer")
DROPS_BEFORE = Mode(does=False, says=Says.NOTHING, drops=True)
DROPS_AFTER = Mode(says=Says.NOTHING, drops=True)
ANSWERS_TWICE = Mode(says=Says.TWICE)
ANSWERS_ASYNC = Mode(says=Says.ASYNC)
UNREPORTED = Mode(notices=False)


class RefusedError(Exception):
    """The platform will not do it, and its words."""

    def __init__(self, wording: str, retcode: int = 1200) -> None:
        super().__init__(wording)
        self.wording = wording
        self.retcode = retcode


class CannotSpeakError(Exception):
    """The platform kept a person from speaking: muted, the whole group muted, or not in it."""


@dataclass
class _Held:
    call: Call
    mode: Mode
    echo: Any


def _needed(params: Json, key: str) -> Any:
    if params.get(key) is None:
        raise RefusedError(f"Key: {key}, Message: Expected required property", 1400)
    return params[key]


def _number(params: Json, key: str) -> int:
    value = _needed(params, key)
    try:
        return int(value)
    except (TypeError, ValueError):
        raise RefusedError(f"Key: {key}, Message: Expected number", 1400) from None


class FakeQQ(Line[Call]):
    """A pretend QQ account `self_id` on a pretend platform.

    `now` is the platform's clock in seconds since the epoch: it dates messages and ends mutes.
    `details` is added to what a failed wait tells, such as the end of the bot's output.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        self_id: int = 10001,
        now: Callable[[], float],
        details: Callable[[], str] = str,
    ) -> None:
        super().__init__(url, token)
        self.self_id = self_id
        self.now = now
        self.headers: dict[str, str] = {}
        """Further headers of the handshake."""
        self.dialect = NAPCAT
        self.strangers_refused = False
        """Whether private messages to people who are no friends fail, temporary session or not."""
        self.withdraw_window = 120.0
        """For how many seconds a message can be withdrawn by the bot."""
        self.groups: dict[int, Group] = {}
        self.people: dict[int, str] = {self_id: "群规助手"}
        """Everybody's nickname, in a group or not."""
        self.friends: set[int] = set()
        self.messages: dict[int, Message] = {}
        self.withdrawn: list[Message] = []
        self.requests: dict[str, Request] = {}
        self.forwards: dict[str, list[Json]] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        """Name and content of what was sent in private, by id."""
        self.observers: list[Callable[[Json], None]] = []
        """Called with each message and event, and with what changes without an event of QQ's:
        `post_type` is then `change` and `change_type` card, announcement or decision."""
        self._details = details
        self._modes: defaultdict[str, list[tuple[int | None, Mode]]] = defaultdict(list)
        self._counts: Counter[str] = Counter()
        self._held: list[_Held] = []
        self._notices: list[Json] = []
        self._numbers = itertools.count(1)

    # The line -------------------------------------------------------------------------------------

    def _handshake(self) -> dict[str, Any]:
        return {
            "additional_headers": {
                "X-Self-ID": str(self.self_id),
                "X-Client-Role": "Universal",
                "Authorization": f"Bearer {self.token}",
                **self.headers,
            }
        }

    async def connect(self, within: float = 10.0) -> None:
        """Connect, trying again until the bot accepts, and say that the bot is online.

        Raises:
            TimeoutError: the bot did not accept `within` so many seconds.
        """
        await self._dial(within)
        await self._emit("meta_event", meta_event_type="lifecycle", sub_type="connect")

    async def repeat(self, event: Json | None = None) -> None:
        """Send an event again, the last one where none is given."""
        await self.send_raw(self.events[-1] if event is None else event)

    async def _emit(self, post_type: str, **fields: Any) -> None:
        await self._report(self._event(post_type, **fields))

    def _tell(self, event: Json) -> None:
        for observer in self.observers:
            observer(event)

    async def _report(self, event: Json) -> None:
        self.events.append(event)
        # A message was told of when it was kept, the bot's own too, which is never reported.
        if event["post_type"] != "message":
            self._tell(event)
        await self.send_raw(event)
        self._wake()

    def _event(self, post_type: str, **fields: Any) -> Json:
        return {
            "time": int(self.now()),
            "self_id": self.self_id,
            "post_type": post_type,
            **fields,
        }

    # Waiting --------------------------------------------------------------------------------------

    def dump(self) -> str:
        """What happened lately, for a failed test."""
        calls = [f"  {c.action} {c.params} done={c.done} -> {c.answer}" for c in self.received]
        events = [f"  {json.dumps(event, ensure_ascii=False)}" for event in self.events]
        return "\n".join(
            [
                f"line {'up' if self.connected else 'down'}, {len(self._held)} calls held",
                "calls:",
                *calls[-20:],
                "events:",
                *events[-10:],
                self._details(),
            ]
        )

    def said(self, group: int) -> list[str]:
        """What the bot said in a group and has not withdrawn, in order."""
        return [
            m.text
            for m in self.messages.values()
            if m.user_id == self.self_id and m.group_id == group
        ]

    def whispered(self, user: int) -> list[str]:
        """What the bot said to somebody in private, in order."""
        return [m.text for m in self.messages.values() if m.to == user]

    async def says(self, group: int, part: str = "", after: int = 0) -> str:
        """Wait until the bot says something with `part` in a group, beyond the first `after`."""
        return await self.until(
            lambda: next((t for t in self.said(group)[after:] if part in t), "")
        )

    async def whispers(self, user: int, part: str = "", after: int = 0) -> str:
        """The same for what it says to somebody in private."""
        return await self.until(
            lambda: next((t for t in self.whispered(user)[after:] if part in t), "")
        )

    # Trouble --------------------------------------------------------------------------------------

    def behave(self, action: str, mode: Mode, nth: int | None = None) -> None:
        """From now on `action` behaves so; with `nth`, only that call (1 is the next one)."""
        if nth is None:
            self._modes[action] = [(None, mode)]
        else:
            self._modes[action].append((self._counts[action] + nth, mode))

    def _mode(self, action: str) -> Mode:
        count = self._counts[action]
        fitting = [m for at, m in self._modes[action] if at in (None, count)]
        return fitting[-1] if fitting else Mode()

    # What people do -------------------------------------------------------------------------------

    def add_group(self, group: int, name: str, members: Iterable[Member]) -> Group:
        """A group that was always there."""
        made = Group(group, name, {m.user_id: m for m in members})
        for member in made.members.values():
            member.card_reported = member.card
            self.people[member.user_id] = member.nickname
        self.groups[group] = made
        return made

    def member(self, group: int, user: int) -> Member:
        """A member; KeyError where there is none."""
        return self.groups[group].members[user]

    def muted(self, group: int, user: int) -> bool:
        """Whether a member is muted now."""
        return self.member(group, user).shut_up_timestamp > self.now()

    async def speak(self, group: int, user: int, content: Content, **overrides: Any) -> int:
        """Somebody says something in a group; `overrides` replace fields of the event.

        Returns the message id.

        Raises:
            CannotSpeakError: the person is muted, the whole group is, or the person is not in it.
        """
        where = self.groups[group]
        who = where.members.get(user)
        if who is None:
            raise CannotSpeakError(f"{user} is not in {group}")
        if self.muted(group, user) or (where.all_muted and who.role == "member"):
            raise CannotSpeakError(f"{user} is muted in {group}")
        who.last_sent_time = int(self.now())
        if who.card != who.card_reported:
            old, who.card_reported = who.card_reported, who.card
            if self.dialect.tells_cards:
                await self._emit(
                    "notice",
                    notice_type="group_card",
                    group_id=group,
                    user_id=user,
                    card_new=who.card,
                    card_old=old,
                )
        segments = _segments(content)
        event = self.message_event(group, user, segments) | overrides
        self._keep(Message(event["message_id"], user, segments, event, group_id=group))
        await self._report(event)
        return event["message_id"]

    def message_event(self, group: int, user: int, content: Content) -> Json:
        """The event of a group message with a new id, neither kept nor sent."""
        where = self.groups[group]
        who = where.members[user]
        event = self._message(_segments(content))
        event |= {
            "user_id": user,
            "message_type": "group",
            "sender": {
                "user_id": user,
                "nickname": who.nickname,
                "card": who.card,
                "role": who.role,
            },
            "sub_type": "normal",
            "group_id": group,
            "group_name": where.name,
        }
        return event

    async def whisper(
        self, user: int, content: Content, via_group: int | None = None, **overrides: Any
    ) -> int:
        """Somebody writes to the bot in private, as a friend or through a temporary session."""
        segments = _segments(content)
        event = self._message(segments)
        event |= {
            "user_id": user,
            "message_type": "private",
            "sender": {"user_id": user, "nickname": self.people[user]},
            "sub_type": "friend" if via_group is None else "group",
            "target_id": self.self_id if via_group is None else via_group,
        }
        if via_group is not None:
            event |= {"group_id": via_group, "temp_source": 0}
        event |= overrides
        self._keep(
            Message(
                event["message_id"], user, segments, event, to=self.self_id, via_group=via_group
            )
        )
        await self._report(event)
        return event["message_id"]

    async def send_file(self, user: int, name: str, content: bytes) -> str:
        """A friend sends the bot a file in private. Returns its id."""
        file_id = f"file-{next(self._numbers)}"
        self.files[file_id] = name, content
        data = {"file": name, "file_id": file_id, "file_size": str(len(content)), "url": ""}
        await self.whisper(user, [{"type": "file", "data": data}])
        return file_id

    async def recall(self, message_id: int, operator: int | None = None) -> None:
        """A person withdraws a message of a group, the author where no operator is given."""
        message = self.messages[message_id]
        await self._report(
            self._withdraw(message, message.user_id if operator is None else operator)
        )

    async def join(
        self, group: int, user: int, card: str = "", operator: int = 0, sub_type: str = "approve"
    ) -> None:
        """Somebody comes into a group; the operator is 0 where the platform does not say. A member
        who pulls them in is the operator, and the `sub_type` is `invite`."""
        await self._report(self._come(self.groups[group], user, operator, sub_type, card))

    async def leave(self, group: int, user: int) -> None:
        """A member leaves."""
        await self._report(self._go(self.groups[group], user, user, "leave"))

    async def admin_removes(self, group: int, operator: int, user: int) -> None:
        """An admin removes a member by hand, or the bot."""
        sub_type = "kick_me" if user == self.self_id else "kick"
        await self._report(self._go(self.groups[group], user, operator, sub_type))

    async def admin_mutes(self, group: int, operator: int, user: int, seconds: int) -> None:
        """An admin mutes a member by hand."""
        await self._report(self._mute(group, operator, user, seconds))

    async def admin_unmutes(self, group: int, operator: int, user: int) -> None:
        """An admin lifts a mute by hand."""
        await self._report(self._mute(group, operator, user, 0))

    async def admin_mutes_all(self, group: int, operator: int, *, muted: bool) -> None:
        """An admin mutes the whole group by hand, or opens it."""
        await self._report(self._mute_all(self.groups[group], operator, muted=muted))

    async def promote(self, group: int, user: int, *, admin: bool) -> None:
        """The owner makes a member an admin, or takes it back."""
        self.member(group, user).role = "admin" if admin else "member"
        await self._emit(
            "notice",
            notice_type="group_admin",
            sub_type="set" if admin else "unset",
            group_id=group,
            user_id=user,
        )

    def set_card(self, group: int, user: int, card: str) -> None:
        """A member changes their own card; QQ reports it when they next speak."""
        self.member(group, user).card = card
        self._change("card", group_id=group, user_id=user, operator_id=user, card_new=card)

    async def rename(self, group: int, operator: int, name: str) -> None:
        """A person gives the group a new name."""
        for notice in self._rename(self.groups[group], operator, name):
            await self._report(notice)

    async def upload(self, group: int, user: int, name: str, size: int = 1024) -> None:
        """A member puts a file into the group."""
        file = {"id": f"/{next(self._numbers)}", "name": name, "size": size, "busid": 102}
        await self._emit(
            "notice", notice_type="group_upload", group_id=group, user_id=user, file=file
        )

    async def request_join(
        self, group: int, user: int, comment: str = "", inviter: int | None = None
    ) -> str:
        """Somebody applies to join, or is invited by a member and needs an admin's consent. What
        they wrote answers the group's question, where it has one. Returns the flag."""
        question = self.groups[group].question
        if inviter is not None:
            comment = ""
        elif question:
            comment = f"问题：{question}\n答案：{comment}"
        return await self._request("add", user, comment, group, inviter)

    async def tell_again(self, flag: str) -> None:
        """An application that waits is reported once more, as NapCat does while it waits."""
        await self._tell_of(self.requests[flag])

    def renew_flags(self) -> dict[str, str]:
        """The implementation was started anew: what waits has other flags, and the old ones mean
        nothing any more. Returns the new ones by the old."""
        renewed: dict[str, str] = {}
        for flag, request in list(self.requests.items()):
            if request.approved is None:
                del self.requests[flag]
                renewed[flag] = self._enter(request, next(self._numbers))
        return renewed

    async def invite_bot(self, group: int, user: int) -> str:
        """Somebody invites the bot into a group. Returns the flag."""
        return await self._request("invite", user, "", group)

    async def request_friend(self, user: int, comment: str = "") -> str:
        """Somebody asks to be the bot's friend. Returns the flag."""
        return await self._request("friend", user, comment)

    async def admin_decides(
        self, flag: str, operator: int, *, approve: bool, reason: str = ""
    ) -> None:
        """An admin answers an application to join by hand."""
        request = self.requests[flag]
        notices = self._decide(request, operator, approve=approve, reason=reason)
        for notice in notices:
            await self._report(notice)

    async def _request(
        self,
        kind: Literal["add", "invite", "friend"],
        user: int,
        comment: str,
        group: int | None = None,
        inviter: int | None = None,
    ) -> str:
        nickname = self.people.setdefault(user, f"用户{user}")
        request = Request(0, "", kind, user, nickname, comment, group, inviter)
        flag = self._enter(request, next(self._numbers))
        await self._tell_of(request)
        return flag

    def _enter(self, request: Request, number: int) -> str:
        request.number = 1_700_000_000_000_000 + number
        request.flag = self.dialect.flag(request.group_id or 0, request.kind, request.number)
        self.requests[request.flag] = request
        return request.flag

    async def _tell_of(self, request: Request) -> None:
        where: Json = {"request_type": "friend"}
        if request.group_id is not None:
            where = {"request_type": "group", "group_id": request.group_id}
            where["sub_type"] = request.kind
        if request.inviter is not None and self.dialect.tells_inviters:
            where["invitor_id"] = request.inviter
        who = {"user_id": request.user_id, "comment": request.comment, "flag": request.flag}
        await self._emit("request", **who, **where)

    # What changes, and the event that tells of it -------------------------------------------------

    def _message(self, segments: list[Json]) -> Json:
        number = next(self._numbers)
        # Odd and invertible, so ids never meet, and unordered, as NapCat's hashes are.
        message_id = number * 2654435761 % 2**31
        event = self._event("message")
        event |= {
            "message_id": message_id,
            "message_seq": message_id,
            "real_id": message_id,
            "real_seq": str(number),
            "raw_message": "".join(_as_cq(segment) for segment in segments),
            "font": 14,
            "message": segments,
            "message_format": "array",
        }
        return event

    def _keep(self, message: Message) -> None:
        self.messages[message.message_id] = message
        self._tell(message.event)

    def _change(self, change_type: str, **fields: Any) -> None:
        self._tell(self._event("change", change_type=change_type, **fields))

    def _withdraw(self, message: Message, operator: int) -> Json:
        del self.messages[message.message_id]
        self.withdrawn.append(message)
        event = {"user_id": message.user_id, "message_id": message.message_id}
        if message.group_id is None:
            return self._event("notice", notice_type="friend_recall", **event)
        return self._event(
            "notice",
            notice_type="group_recall",
            group_id=message.group_id,
            operator_id=operator,
            **event,
        )

    def _come(self, group: Group, user: int, operator: int, sub_type: str, card: str = "") -> Json:
        nickname = self.people.setdefault(user, f"用户{user}")
        group.members[user] = Member(
            user, nickname, card, join_time=int(self.now()), card_reported=card
        )
        return self._event(
            "notice",
            notice_type="group_increase",
            sub_type=sub_type,
            group_id=group.group_id,
            operator_id=operator,
            user_id=user,
        )

    def _go(self, group: Group, user: int, operator: int, sub_type: str) -> Json:
        del group.members[user]
        return self._event(
            "notice",
            notice_type="group_decrease",
            sub_type=sub_type,
            group_id=group.group_id,
            operator_id=operator,
            user_id=user,
        )

    def _decide(
        self, request: Request, operator: int, *, approve: bool, reason: str = ""
    ) -> list[Json]:
        request.approved, request.decided_by, request.reason = approve, operator, reason
        self._change(
            "decision",
            group_id=request.group_id,
            user_id=request.user_id,
            operator_id=operator,
            flag=request.flag,
        )
        if not approve:
            return []
        if request.group_id is None:
            self.friends.add(request.user_id)
            return [self._event("notice", notice_type="friend_add", user_id=request.user_id)]
        user, kind = request.user_id, "invite" if self.dialect.mislabels else "approve"
        if request.kind == "invite":
            user, kind = self.self_id, "invite"
        return [self._come(self.groups[request.group_id], user, operator, kind)]

    def _mute(self, group: int, operator: int, user: int, seconds: int) -> Json:
        until = int(self.now()) + seconds if seconds else 0
        self.member(group, user).shut_up_timestamp = until
        return self._event(
            "notice",
            notice_type="group_ban",
            sub_type="ban" if seconds else "lift_ban",
            group_id=group,
            operator_id=operator,
            user_id=user,
            duration=seconds,
        )

    def _mute_all(self, group: Group, operator: int, *, muted: bool) -> Json:
        group.all_muted = muted
        return self._event(
            "notice",
            notice_type="group_ban",
            sub_type="ban" if muted else "lift_ban",
            group_id=group.group_id,
            operator_id=operator,
            user_id=0,
            duration=-1 if muted else 0,
        )

    def _rename(self, group: Group, operator: int, name: str) -> list[Json]:
        group.name = name
        if not self.dialect.tells_renames:
            return []
        notice = self._event(
            "notice",
            notice_type="notify",
            sub_type="group_name",
            group_id=group.group_id,
            user_id=operator,
            name_new=name,
        )
        return [notice]

    # Calls ----------------------------------------------------------------------------------------

    async def _take(self, frame: Json) -> None:
        action = str(frame["action"])
        call = Call(action, frame.get("params") or {}, self.now())
        self.received.append(call)
        self._counts[action] += 1
        held = _Held(call, self._mode(action), frame.get("echo"))
        if held.mode.held == "doing":
            self._held.append(held)
            self._wake()
        else:
            await self._carry_out(held)

    async def _carry_out(self, item: _Held) -> None:
        call, mode = item.call, item.mode
        self._notices = []
        refusal: RefusedError | None = None
        data: Any = None
        if mode.does:
            try:
                data = self._do(call.action, call.params)
            except RefusedError as refused:
                refusal = refused
        elif call.action.startswith("send_"):
            data = {"message_id": self._message([])["message_id"]}
        call.done = mode.does and refusal is None
        call.answer = self._answer(mode, data, refusal)
        self._wake()
        if mode.notices:
            for notice in self._notices:
                await self._report(notice)
        if mode.held == "answer":
            self._held.append(item)
        else:
            await self._reply(item)

    def _answer(self, mode: Mode, data: Any, refusal: RefusedError | None) -> Json | None:
        match mode.says:
            case Says.NOTHING:
                return None
            case Says.OK:
                return _answered("ok", 0, data if mode.data is None else mode.data)
            case Says.FAILED:
                return _answered("failed", mode.retcode, None, mode.wording)
            case Says.ASYNC:
                return _answered("async", 1, None)
            case Says.TRUTH | Says.TWICE if refusal is not None:
                return _answered("failed", refusal.retcode, None, refusal.wording)
            case Says.TRUTH | Says.TWICE:
                return _answered("ok", 0, data)

    async def _reply(self, item: _Held) -> None:
        if item.call.answer is not None:
            for _ in range(2 if item.mode.says is Says.TWICE else 1):
                await self.send_raw(item.call.answer | {"echo": item.echo})
        if item.mode.drops:
            self.drop()

    async def release(self) -> None:
        """Let go of the calls that are held back, in order."""
        items, self._held = self._held, []
        for item in items:
            if item.mode.held == "doing":
                await self._carry_out(item)
            else:
                await self._reply(item)

    def _do(self, action: str, params: Json) -> Any:
        handler = _ACTIONS.get(action)
        if handler is None:
            raise RefusedError(f"不支持的Api {action}", 1404)
        return handler(self, params)

    def _group(self, params: Json) -> Group:
        """The group that is meant, if the bot is in it."""
        group = self.groups.get(_number(params, "group_id"))
        if group is None or self.self_id not in group.members:
            raise RefusedError(f"群{params['group_id']}不存在")
        return group

    def _target(self, group: Group, params: Json) -> Member:
        user = _number(params, "user_id")
        if user not in group.members:
            raise RefusedError(f"群({group.group_id})成员{user}不存在")
        return group.members[user]

    def _role(self, group: Group) -> Role:
        return group.members[self.self_id].role if self.self_id in group.members else "member"

    def _admin_needed(self, group: Group) -> None:
        if self._role(group) == "member":
            raise RefusedError("ERR_NOT_GROUP_ADMIN")

    def _on_send_group_msg(self, params: Json) -> Json:
        group = self.groups.get(_number(params, "group_id"))
        if group is None or self.self_id not in group.members:
            raise RefusedError(_sending_failed(110, "发送失败，你已被移出该群，请重新加群。"))
        if self.muted(group.group_id, self.self_id) or (
            group.all_muted and self._role(group) == "member"
        ):
            raise RefusedError(_sending_failed(120, "发送失败，你已被禁言。"))
        segments = _sent(params)
        event = self.message_event(group.group_id, self.self_id, segments)
        message = Message(
            event["message_id"], self.self_id, segments, event, group_id=group.group_id
        )
        self._keep(message)
        return {"message_id": message.message_id}

    def _on_send_private_msg(self, params: Json) -> Json:
        user = _number(params, "user_id")
        if user not in self.people:
            raise RefusedError("无法获取用户信息")
        via = self._group(params) if params.get("group_id") else None
        in_session = via is not None and user in via.members and not self.strangers_refused
        if user not in self.friends and not in_session:
            raise RefusedError(_sending_failed(16, "发送失败，请先添加对方为好友"))
        segments = _sent(params)
        event = self._message(segments)
        event |= {
            "user_id": self.self_id,
            "message_type": "private",
            "sender": {"user_id": self.self_id, "nickname": self.people[self.self_id]},
            "sub_type": "friend" if user in self.friends else "group",
            "target_id": user,
        }
        self._keep(
            Message(
                event["message_id"],
                self.self_id,
                segments,
                event,
                to=user,
                via_group=via.group_id if via and user not in self.friends else None,
            )
        )
        return {"message_id": event["message_id"]}

    def _on_send_msg(self, params: Json) -> Json:
        in_group = params.get("message_type", "group") == "group" and params.get("group_id")
        return self._on_send_group_msg(params) if in_group else self._on_send_private_msg(params)

    def _on_delete_msg(self, params: Json) -> None:
        message = self.messages.get(_number(params, "message_id"))
        own = message is not None and message.user_id == self.self_id
        if message is None or (message.group_id is None and not own):
            raise RefusedError("Recall failed")
        if self.now() - message.event["time"] > self.withdraw_window:
            raise RefusedError("Recall failed")
        if message.group_id is not None and not own:
            group = self.groups[message.group_id]
            author = group.members.get(message.user_id)
            if RANK[self._role(group)] <= (RANK[author.role] if author else 0):
                raise RefusedError(TIMED_OUT.replace("sendMsg", "recallMsg"))
        self._notices.append(self._withdraw(message, self.self_id))

    def _on_get_msg(self, params: Json) -> Json:
        message = self.messages.get(_number(params, "message_id"))
        if message is None:
            raise RefusedError("消息不存在")
        return message.event

    def _on_get_forward_msg(self, params: Json) -> Json:
        found = self.forwards.get(str(params.get("message_id") or _needed(params, "id")))
        if found is None:
            raise RefusedError("消息已过期或者为内层消息，无法获取转发消息")
        return {"messages": found}

    def _on_set_group_ban(self, params: Json) -> None:
        group = self._group(params)
        target = self._target(group, params)
        seconds = int(params.get("duration", 1800))
        self._admin_needed(group)
        if target.role == "owner" or target.user_id == self.self_id:
            raise RefusedError("cannot ban owner")
        if RANK[target.role] >= RANK[self._role(group)]:
            raise RefusedError("cannot ban admin")
        if seconds and not 60 <= seconds < MONTH:
            raise RefusedError("ERR_INVALID_DURATION")
        if seconds or self.muted(group.group_id, target.user_id):
            self._notices.append(self._mute(group.group_id, self.self_id, target.user_id, seconds))

    def _on_set_group_whole_ban(self, params: Json) -> None:
        group = self._group(params)
        self._admin_needed(group)
        muted = bool(params.get("enable", True))
        if muted != group.all_muted:
            self._notices.append(self._mute_all(group, self.self_id, muted=muted))

    def _on_set_group_kick(self, params: Json) -> None:
        group = self._group(params)
        target = self._target(group, params)
        # NapCat does not look at what QQ answers: ok, whether or not the rank was enough.
        if RANK[target.role] < RANK[self._role(group)]:
            self._notices.append(self._go(group, target.user_id, self.self_id, "kick"))
            if params.get("reject_add_request"):
                group.kept_out.add(target.user_id)

    def _on_set_group_leave(self, params: Json) -> None:
        group = self._group(params)
        self._notices.append(self._go(group, self.self_id, self.self_id, "leave"))

    def _on_set_group_card(self, params: Json) -> None:
        group = self._group(params)
        target = self._target(group, params)
        if target.user_id != self.self_id and RANK[target.role] >= RANK[self._role(group)]:
            raise RefusedError("设置群名片未生效")
        card = str(params.get("card") or "")
        if len(card.encode()) > LONGEST_CARD:
            raise RefusedError("设置群名片未生效")
        target.card = card
        self._change(
            "card",
            group_id=group.group_id,
            user_id=target.user_id,
            operator_id=self.self_id,
            card_new=target.card,
        )

    def _on_set_group_name(self, params: Json) -> None:
        group = self._group(params)
        name = str(_needed(params, "group_name"))
        if self._role(group) == "member":
            raise RefusedError("设置群名称失败 ErrCode: 1 ErrMsg: no permission")
        self._notices += self._rename(group, self.self_id, name)

    def _on_send_group_notice(self, params: Json) -> None:
        group = self._group(params)
        self._admin_needed(group)
        content = str(_needed(params, "content"))
        group.announcements.insert(0, content)
        self._change("announcement", group_id=group.group_id, user_id=self.self_id, content=content)

    def _on_get_group_notice(self, params: Json) -> list[Json]:
        group = self._group(params)
        return [
            {
                "notice_id": f"notice-{group.group_id}-{number}",
                "sender_id": self.self_id,
                "publish_time": int(self.now()),
                "message": {
                    "text": escape(content).replace("\n", "&#10;"),
                    "image": [],
                    "images": [],
                },
            }
            for number, content in enumerate(group.announcements)
        ]

    def _on_set_group_add_request(self, params: Json) -> None:
        flag = str(_needed(params, "flag"))
        request = self.requests.get(flag) or next(
            # The number alone, as the list has it, will do.
            (one for one in self.requests.values() if str(one.number) == flag),
            None,
        )
        if request is None or request.group_id is None or request.approved is not None:
            raise RefusedError("No such request")
        if request.kind == "add":
            self._admin_needed(self.groups[request.group_id])
        approve = params.get("approve", True) is not False
        reason = str(params.get("reason") or "")
        self._notices += self._decide(request, self.self_id, approve=approve, reason=reason)

    def _on_set_friend_add_request(self, params: Json) -> None:
        request = self.requests.get(str(_needed(params, "flag")))
        if request is None or request.kind != "friend" or request.approved is not None:
            raise RefusedError("No such request")
        approve = params.get("approve", True) is not False
        self._notices += self._decide(request, self.self_id, approve=approve)

    def _on_get_group_system_msg(self, params: Json) -> Any:
        def about(group: int) -> Json:
            return {"group_id": group, "group_name": self.groups[group].name}

        return self.dialect.listed(self.requests.values(), about)

    def _on_get_private_file_url(self, params: Json) -> Json:
        # NapCat without its packet backend.
        raise RefusedError("real fileUUID not found!")

    def _on_get_file(self, params: Json) -> Json:
        found = self.files.get(str(params.get("file") or _needed(params, "file_id")))
        if found is None:
            raise RefusedError("file not found")
        name, content = found
        path = f"/app/.config/QQ/NapCat/temp/{name}"
        return {
            "file": path,
            "url": path,
            "file_size": str(len(content)),
            "file_name": name,
            "base64": b64encode(content).decode(),
        }

    def _on_upload_private_file(self, params: Json) -> Json:
        user, name = _number(params, "user_id"), str(_needed(params, "name"))
        given = str(_needed(params, "file"))
        if user not in self.people:
            raise RefusedError("无法获取用户信息")
        if user not in self.friends:
            raise RefusedError(_sending_failed(16, "发送失败，请先添加对方为好友"))
        if not given.startswith("base64://"):
            raise RefusedError("识别URL失败, uri= " + given[:20])
        content = b64decode(given.removeprefix("base64://"))
        file_id = f"file-{next(self._numbers)}"
        self.files[file_id] = name, content
        data = {"file": name, "file_id": file_id, "file_size": str(len(content)), "url": ""}
        self._on_send_private_msg({"user_id": user, "message": [{"type": "file", "data": data}]})
        return {"file_id": file_id}

    def _on_get_group_member_info(self, params: Json) -> Json:
        group = self._group(params)
        return self._target(group, params).record(group.group_id)

    def _on_get_group_member_list(self, params: Json) -> list[Json]:
        group = self._group(params)
        return [member.record(group.group_id) for member in group.members.values()]

    def _on_get_group_info(self, params: Json) -> Json:
        return _about(self._group(params))

    def _on_get_group_list(self, params: Json) -> list[Json]:
        return [_about(g) for g in self.groups.values() if self.self_id in g.members]

    def _on_get_friend_list(self, params: Json) -> list[Json]:
        return [
            {"user_id": user, "nickname": self.people[user], "remark": ""}
            for user in sorted(self.friends)
        ]

    def _on_get_stranger_info(self, params: Json) -> Json:
        user = _number(params, "user_id")
        if user not in self.people:
            raise RefusedError("无法获取用户信息")
        return {"user_id": user, "nickname": self.people[user], "sex": "unknown", "age": 0}

    def _on_get_login_info(self, params: Json) -> Json:
        return {"user_id": self.self_id, "nickname": self.people[self.self_id]}

    def _on_get_version_info(self, params: Json) -> Json:
        app, version = self.dialect.app, self.dialect.version
        return {"app_name": app, "protocol_version": "v11", "app_version": version}


def _answered(status: str, retcode: int, data: Any, wording: str = "") -> Json:
    return {
        "status": status,
        "retcode": retcode,
        "data": data,
        "message": wording,
        "wording": wording,
        "stream": "normal-action",
    }


def _sent(params: Json) -> list[Json]:
    """The message that is to be sent, as segments; a string counts as text."""
    message = _needed(params, "message")
    segments = [message] if isinstance(message, dict) else _segments(message)
    if not segments:
        raise RefusedError("消息体无法解析, 请检查是否发送了不支持的消息类型")
    return segments


def _about(group: Group) -> Json:
    return {
        "group_id": group.group_id,
        "group_name": group.name,
        "group_remark": "",
        "group_all_shut": -1 if group.all_muted else 0,
        "member_count": len(group.members),
        "max_member_count": 500,
    }


_ACTIONS: dict[str, Callable[[FakeQQ, Json], Any]] = {
    "send_group_msg": FakeQQ._on_send_group_msg,
    "send_private_msg": FakeQQ._on_send_private_msg,
    "send_msg": FakeQQ._on_send_msg,
    "delete_msg": FakeQQ._on_delete_msg,
    "get_msg": FakeQQ._on_get_msg,
    "get_forward_msg": FakeQQ._on_get_forward_msg,
    "set_group_ban": FakeQQ._on_set_group_ban,
    "set_group_whole_ban": FakeQQ._on_set_group_whole_ban,
    "set_group_kick": FakeQQ._on_set_group_kick,
    "set_group_leave": FakeQQ._on_set_group_leave,
    "set_group_card": FakeQQ._on_set_group_card,
    "set_group_name": FakeQQ._on_set_group_name,
    "set_group_add_request": FakeQQ._on_set_group_add_request,
    "set_friend_add_request": FakeQQ._on_set_friend_add_request,
    "_send_group_notice": FakeQQ._on_send_group_notice,
    "_get_group_notice": FakeQQ._on_get_group_notice,
    "get_group_system_msg": FakeQQ._on_get_group_system_msg,
    "get_private_file_url": FakeQQ._on_get_private_file_url,
    "get_file": FakeQQ._on_get_file,
    "upload_private_file": FakeQQ._on_upload_private_file,
    "get_group_member_info": FakeQQ._on_get_group_member_info,
    "get_group_member_list": FakeQQ._on_get_group_member_list,
    "get_group_info": FakeQQ._on_get_group_info,
    "get_group_list": FakeQQ._on_get_group_list,
    "get_friend_list": FakeQQ._on_get_friend_list,
    "get_stranger_info": FakeQQ._on_get_stranger_info,
    "get_login_info": FakeQQ._on_get_login_info,
    "get_version_info": FakeQQ._on_get_version_info,
}


# A class group ------------------------------------------------------------------------------------

GROUP = 700001
BOT = 10001
HEAD_TEACHER = 900
"""Owns the group, is a superuser of the installation and the bot's friend."""
TEACHER = 800
"""An admin of the group on the platform."""
PARENTS = range(101, 109)
COMMITTEE = 201
"""A parent on the class committee; the bot knows once the head teacher has said so (/role)."""
STUDENT = 301
STRANGER = 555
"""Somebody who is not in the group."""
NEWCOMER = 556
"""A parent who is on the roster, and not in the group yet."""


def class_group(
    url: str, token: str, *, now: Callable[[], float], details: Callable[[], str] = str
) -> FakeQQ:
    """One class group with the bot as admin, two teachers, parents and a student; and a stranger."""
    qq = FakeQQ(url, token, self_id=BOT, now=now, details=details)
    cards = [
        "张小明妈妈",
        "李想爸爸",
        "王雨桐妈妈",
        "赵子涵爸爸",
        "陈诺妈妈",
        "刘洋爸爸",
        "周可妈妈",
        "吴桐爷爷",
    ]
    qq.add_group(
        GROUP,
        "三年级二班家长群",
        [
            Member(HEAD_TEACHER, "秋水", "班主任孙老师", role="owner"),
            Member(TEACHER, "晨曦", "数学何老师", role="admin"),
            Member(BOT, "群规助手", "群规助手", role="admin"),
            *(Member(user, f"网友{user}", card) for user, card in zip(PARENTS, cards, strict=True)),
            Member(COMMITTEE, "向阳花", "家委林悦妈妈"),
            Member(STUDENT, "小宇宙", "林悦本人"),
        ],
    )
    qq.people |= {STRANGER: "路人", NEWCOMER: "一帆风顺"}
    qq.friends = {HEAD_TEACHER}
    return qq
