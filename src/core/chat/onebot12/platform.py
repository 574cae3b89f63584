"""Our acts on a bot account that an OneBot 12 implementation drives.

The implementation is asked what it offers when the line comes up; what it does not offer, or what
no bot can do on that platform, is refused in plain words and never sent. WeChat: no mute, nobody
else's messages withdrawn, no approval, no roles (anchors/onebot.md, fact 9).
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
import re
from typing import TYPE_CHECKING, Any

from nonebot.adapters.onebot.v12.exception import ActionFailedWithRetcode

from src.core.chat.calling import (
    LONGEST_WORDING,
    QUEUE_FULL,
    Calls,
    Reachable,
    failed,
    named,
    refused,
    was_read,
)
from src.core.chat.events import Account, GroupKey, MessageRef
from src.core.chat.files import NO_FILE, TOO_LARGE, decoded, download, is_web
from src.core.chat.pacing import Errand, Pace, Pacing
from src.core.chat.port import (
    Act,
    Answer,
    Capabilities,
    ForwardContent,
    Priority,
    Word,
    Words,
)
from src.core.chat.reading import clean, read_id

from . import texts
from .translate import friend_parts, read_member

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nonebot.adapters import Bot
    from nonebot.exception import ActionFailed

    from src.core.chat.events import FetchedMessage, JoinRequested, Member
    from src.core.clock import Clock

_ACTIONS: dict[Act, tuple[str, ...]] = {
    Act.SAY: ("send_message",),
    Act.WHISPER: ("send_message",),
    Act.WITHDRAW: ("delete_message",),
    # ComWeChat's documents say one name, its code the other.
    Act.REMOVE: ("wx.delete_groupmember", "wx.kick_groupmember"),
    Act.SET_GROUP_NAME: ("set_group_name",),
    Act.ANNOUNCE: ("wx.set_group_announcement",),
    Act.DECIDE_FRIEND: ("wx.accept_friend", "wx.verify_friend_apply"),
    Act.LEAVE: ("leave_group",),
    Act.FETCH_MEMBER: ("get_group_member_info",),
    Act.FETCH_FILE: ("get_file",),
    Act.READ_FILE: ("get_file",),
    Act.SEND_FILE: ("upload_file",),
}
"""What does an act, where it is offered; the first that is."""
_NEVER: dict[str, frozenset[Act]] = {
    "wx": frozenset(
        {
            Act.WITHDRAW,
            Act.MUTE,
            Act.MUTE_ALL,
            Act.SET_CARD,
            Act.DECIDE_JOIN,
            Act.FETCH_JOINS,
        }
    ),
}
"""What no bot can do on a platform, whatever is offered: WeChat withdraws one's own words only."""
_UNSURE_CODES = (20, 33)
"""Thousands of a retcode that prove nothing: the handler failed midway, the network failed."""
_NO_SUCH_MEMBER = re.compile(r"没有该联系人|成员.{0,24}不存在|member not found", re.IGNORECASE)


def _failure(failure: ActionFailed) -> Answer[Any]:
    if not isinstance(failure, ActionFailedWithRetcode):
        return Answer(Word.UNKNOWN, wording="unreadable answer")
    wording = clean(failure.message)[:LONGEST_WORDING] or f"retcode {failure.retcode}"
    if failure.retcode // 1000 in _UNSURE_CODES:
        return Answer(Word.UNKNOWN, wording=wording)
    return failed(wording)


class OneBot12Platform:
    """One bot account (`chat.port.Platform`). It outlives its connections; without one, every
    call is refused."""

    def __init__(
        self, self_id: str, *, namespace: str, clock: Clock, pacing: Pacing | None = None
    ) -> None:
        self._account = Account(namespace, self_id)
        self._clock = clock
        self._pace = Pace(pacing or Pacing(), clock)
        self._calls = Calls(_failure)
        self._reachable = Reachable()
        self._offered: frozenset[str] | None = None
        self._asking: asyncio.Task[None] | None = None
        self._capabilities = self._read_capabilities()

    # The line

    def connected(self, bot: Bot) -> None:
        """The line is up; what the implementation offers is asked, and all calls wait for that."""
        self._calls.connected(bot)
        self._asking = asyncio.get_running_loop().create_task(
            self._ask(), name=f"onebot12:offers:{self._account.user_id}"
        )

    async def _ask(self) -> None:
        answer = await self._calls.call("get_supported_actions")
        names = answer.value if answer.done else None
        self._offered = (
            frozenset(name for name in names if isinstance(name, str))
            if isinstance(names, list)
            else None
        )
        self._capabilities = self._read_capabilities()

    def _read_capabilities(self) -> Capabilities:
        never = _NEVER.get(self.namespace, frozenset())
        return Capabilities(frozenset(act for act in _ACTIONS if self._action(act)) - never)

    def _action(self, act: Act) -> str | None:
        """The name of what does an act; None where nothing is offered for it. Where the
        implementation does not tell what it offers, it is tried."""
        names = _ACTIONS.get(act, ())
        if self._offered is None:
            return names[0] if names else None
        return next((name for name in names if name in self._offered), None)

    def lost(self) -> None:
        """The line is down."""
        self._calls.lost()

    def heard_from(self, account: Account) -> None:
        """This person wrote to the bot in private, so an answer can be delivered."""
        self._reachable.remember(account, reachable=True)

    async def close(self) -> None:
        """Refuse who waits for their turn."""
        await self._pace.close()
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait({self._asking})

    @property
    def namespace(self) -> str:
        return self._account.namespace

    @property
    def bot(self) -> Account:
        return self._account

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    @property
    def tells_inviter(self) -> bool:
        """The standard says so, and no implementation is known to do otherwise."""
        return True

    def reachable(self, account: Account) -> bool | None:
        return self._reachable.get(account)

    # Words

    async def say(self, group: GroupKey, words: Words) -> Answer[MessageRef]:
        if (cannot := await self._cannot(Act.SAY)) is not None:
            return cannot
        if not await self._pace.turn(Errand.WORDS, group.group_id, words.priority):
            return refused(QUEUE_FULL)
        answer = await self._calls.call(
            "send_message",
            detail_type="group",
            group_id=group.group_id,
            message=self._message(words, mentions=True),
        )
        return self._sent(answer, group)

    async def whisper(
        self, account: Account, words: Words, via: GroupKey | None = None
    ) -> Answer[MessageRef]:
        """`via` is of no use: neither the standard nor WeChat knows temporary sessions."""
        if (cannot := await self._cannot(Act.WHISPER)) is not None:
            return cannot
        answer = await self._tell(
            account, self._message(words, mentions=False), priority=words.priority
        )
        return self._sent(answer, None)

    async def _tell(
        self, account: Account, message: list[dict[str, Any]], *, priority: Priority
    ) -> Answer[Any]:
        """Send somebody a message in private."""
        if await self._is_stranger(account):
            return refused(texts.NO_FRIEND)
        if not await self._pace.turn(Errand.WORDS, None, priority):
            return refused(QUEUE_FULL)
        answer = await self._calls.call(
            "send_message", detail_type="private", user_id=account.user_id, message=message
        )
        self._reachable.tried(account, answer)
        return answer

    async def send_file(
        self, account: Account, name: str, content: bytes, via: GroupKey | None = None
    ) -> Answer[None]:
        """`via` is of no use, as in `whisper`. The adapter makes base64 of the bytes over a line of
        text."""
        answer = await self._read(Act.SEND_FILE, type="data", name=name, data=content)
        value = answer.value
        file_id = read_id(value.get("file_id")) if isinstance(value, dict) else ""
        if not file_id:
            # What was only handed over has reached nobody.
            wording = answer.wording or texts.NOT_TAKEN
            return Answer(Word.REFUSED, wording=wording, asked=answer.asked)
        segment = {"type": "file", "data": {"file_id": file_id}}
        answer = await self._tell(account, [segment], priority=Priority.ANSWER)
        return replace(answer, value=None)

    async def _is_stranger(self, account: Account) -> bool:
        """Whether a private message is surely not delivered: ComWeChat says "ok" to all of them,
        and WeChat delivers those to friends."""
        if self.namespace != "wx" or self._reachable.get(account):
            return False
        if self._offered is None or "get_friend_list" not in self._offered:
            return False
        friends = (await self._calls.call("get_friend_list")).value
        return isinstance(friends, list) and not any(
            isinstance(friend, dict) and friend.get("user_id") == account.user_id
            for friend in friends
        )

    # Acts

    async def withdraw(self, ref: MessageRef) -> Answer[None]:
        if not ref.message_id:
            return refused("no message id")
        return await self._do(Act.WITHDRAW, Errand.ACT, message_id=ref.message_id)

    async def mute(self, group: GroupKey, account: Account, seconds: int) -> Answer[None]:
        return await self._do(Act.MUTE)

    async def unmute(self, group: GroupKey, account: Account) -> Answer[None]:
        return await self._do(Act.MUTE)

    async def remove(self, group: GroupKey, account: Account) -> Answer[None]:
        return await self._do(
            Act.REMOVE, Errand.REMOVE, group_id=group.group_id, user_list=[account.user_id]
        )

    async def mute_all(self, group: GroupKey, *, muted: bool) -> Answer[None]:
        return await self._do(Act.MUTE_ALL)

    async def set_card(self, group: GroupKey, account: Account, card: str) -> Answer[None]:
        return await self._do(Act.SET_CARD)

    async def set_group_name(self, group: GroupKey, name: str) -> Answer[None]:
        return await self._do(Act.SET_GROUP_NAME, group_id=group.group_id, group_name=name)

    async def announce(self, group: GroupKey, text: str) -> Answer[None]:
        return await self._do(Act.ANNOUNCE, group_id=group.group_id, announcement=text)

    async def decide_join(
        self, group: GroupKey, flag: str, *, accept: bool, reason: str = ""
    ) -> Answer[None]:
        return await self._do(Act.DECIDE_JOIN)

    async def join_requests(self, group: GroupKey) -> Answer[Sequence[JoinRequested]]:
        return await self._read(Act.FETCH_JOINS)

    async def decide_friend(self, flag: str, *, accept: bool) -> Answer[None]:
        parts = friend_parts(flag)
        if parts is None:
            return refused("no friend request of this kind")
        if not accept:
            return Answer(Word.REFUSED, wording=texts.NO_REFUSAL, asked=False)
        return await self._do(Act.DECIDE_FRIEND, v3=parts[0], v4=parts[1])

    async def decide_invitation(self, flag: str, *, accept: bool) -> Answer[None]:
        return await self._do(Act.DECIDE_INVITATION)

    async def leave(self, group: GroupKey) -> Answer[None]:
        return await self._do(Act.LEAVE, group_id=group.group_id)

    # Reading

    async def message(self, ref: MessageRef) -> Answer[FetchedMessage]:
        return await self._read(Act.FETCH_MESSAGE)

    async def member(self, group: GroupKey, account: Account) -> Answer[Member]:
        answer = await self._read(
            Act.FETCH_MEMBER, group_id=group.group_id, user_id=account.user_id
        )
        if answer.word is Word.REFUSED and _NO_SUCH_MEMBER.search(answer.wording):
            return Answer(Word.DONE, wording=answer.wording)
        return was_read(answer, read_member(answer.value, self.namespace))

    async def members(self, group: GroupKey) -> Answer[Sequence[Member]]:
        answer = await self._calls.call("get_group_member_list", group_id=group.group_id)
        if not isinstance(answer.value, list):
            return was_read(answer, None)
        members = (read_member(record, self.namespace) for record in answer.value)
        return Answer(Word.DONE, [member for member in members if member])

    async def all_muted(self, group: GroupKey) -> Answer[bool]:
        return Answer(Word.DONE)

    async def group_name(self, group: GroupKey) -> Answer[str]:
        answer = await self._calls.call("get_group_info", group_id=group.group_id)
        value = answer.value
        return was_read(answer, clean(value.get("group_name")) if isinstance(value, dict) else None)

    async def read_announcement(self, group: GroupKey) -> Answer[str]:
        return await self._read(Act.READ_ANNOUNCEMENT)

    async def implementation(self) -> Answer[str]:
        return named(await self._calls.call("get_version"), "impl", "version")

    async def open_forward(self, forward_id: str) -> Answer[ForwardContent]:
        return await self._read(Act.OPEN_FORWARD)

    async def fetch_file(self, group: GroupKey, file_id: str) -> Answer[str]:
        if not file_id:
            return refused("no file id")
        answer = await self._read(Act.FETCH_FILE, file_id=file_id, type="url")
        value = answer.value
        url = clean(value.get("url")) if isinstance(value, dict) else ""
        return was_read(answer, url or None)

    async def read_file(self, account: Account, file_id: str, most: int) -> Answer[bytes]:
        if not file_id:
            return NO_FILE
        answer = await self._read(Act.READ_FILE, file_id=file_id, type="url")
        value = answer.value
        if isinstance(value, dict) and is_web(url := clean(value.get("url"))):
            return await download(url, most)
        if not answer.asked:
            return answer
        answer = await self._read(Act.READ_FILE, file_id=file_id, type="data")
        data = answer.value.get("data") if isinstance(answer.value, dict) else None
        # Base64 over a line of text, the bytes themselves over MessagePack.
        if isinstance(data, bytes):
            return TOO_LARGE if len(data) > most else Answer(Word.DONE, data)
        return decoded(data, most) if isinstance(data, str) else was_read(answer, None)

    # Calling

    async def _cannot(self, act: Act) -> Answer[Any] | None:
        """Why an act is not even asked for, once it is known what is offered; None where it can."""
        if self._asking is not None:
            await asyncio.wait({self._asking})
        if act in _NEVER.get(self.namespace, ()):
            platform = texts.PLATFORMS.get(self.namespace, texts.THIS_PLATFORM)
            wording = texts.PLATFORM_CANNOT.format(platform=platform, act=texts.ACTS[act])
        elif self._action(act) is None:
            wording = texts.NOT_OFFERED.format(act=texts.ACTS[act])
        else:
            return None
        return Answer(Word.REFUSED, wording=wording, asked=False)

    async def _do(self, act: Act, errand: Errand | None = None, **data: Any) -> Answer[None]:
        if (cannot := await self._cannot(act)) is not None:
            return cannot
        if errand is not None and not await self._pace.turn(errand, None, Priority.ACT):
            return refused(QUEUE_FULL)
        return replace(await self._call(act, **data), value=None)

    async def _read(self, act: Act, **data: Any) -> Answer[Any]:
        return await self._cannot(act) or await self._call(act, **data)

    async def _call(self, act: Act, **data: Any) -> Answer[Any]:
        action = self._action(act)
        # The line may be another implementation's by now.
        return await self._calls.call(action or _ACTIONS[act][0], **data)

    def _message(self, words: Words, *, mentions: bool) -> list[dict[str, Any]]:
        segments: list[dict[str, Any]] = []
        reply = words.reply_to
        # ComWeChat refuses a message with a quotation, or one in private with a mention.
        if reply is not None and reply.message_id and self.namespace != "wx":
            segments.append({"type": "reply", "data": {"message_id": reply.message_id}})
        for account in words.mention if mentions else ():
            segments.append({"type": "mention", "data": {"user_id": account.user_id}})
            segments.append({"type": "text", "data": {"text": " "}})
        segments.append({"type": "text", "data": {"text": words.text}})
        return segments

    def _sent(self, answer: Answer[Any], group: GroupKey | None) -> Answer[MessageRef]:
        """ComWeChat says "ok" and no message id."""
        value = answer.value
        message_id = read_id(value.get("message_id")) if isinstance(value, dict) else ""
        if not answer.done or not message_id:
            return replace(answer, value=None)
        ref = MessageRef(self._account.user_id, group, message_id, self._clock.now())
        return Answer(Word.DONE, ref)
