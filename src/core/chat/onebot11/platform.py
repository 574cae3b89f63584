"""Our acts on a bot account that an OneBot 11 implementation drives.

What an answer proves is for the executor to read back; here it is only told in three words
(`chat.calling`).
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from dataclasses import replace
from html import unescape
import re
from typing import TYPE_CHECKING, Any

from nonebot.adapters.onebot.v11 import ActionFailed

from src.core.chat.calling import (
    LONGEST_WORDING,
    QUEUE_FULL,
    UNCLEAR,
    Calls,
    Reachable,
    failed,
    named,
    refused,
    was_read,
)
from src.core.chat.events import Account, GroupKey, MessageRef
from src.core.chat.files import decoded, download, is_web
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

from .translate import (
    HASH,
    clean,
    read_applications,
    read_fetched,
    read_forward,
    read_id,
    read_member,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nonebot.adapters import Bot
    from nonebot.exception import ActionFailed as AnyActionFailed

    from src.core.chat.events import FetchedMessage, JoinRequested, Member
    from src.core.clock import Clock

__all__ = ["UNCLEAR", "OneBot11Platform", "wording_of"]

_TELL_INVITER = frozenset({"napcat.onebot", "llonebot", "llbot", "luckylilliabot"})
"""What names who invited as the operator of an invitation and nobody else, by its source. SnowLuma
calls an application that an admin let in an invitation by that admin, go-cqhttp never says, and of
Lagrange it is not known (anchors/onebot.md, fact 6)."""
_REMEMBERED_FLAGS = 1000
_LISTED = 100
_NO_APPLICANTS = "the applicants are not told"
"""SnowLuma lists applications without who applies, answered ones too, and none where it failed."""
_NO_SUCH_MESSAGE = re.compile(r"消息.{0,24}不存在|message not found|MESSAGE_NOT_FOUND")
_NO_SUCH_MEMBER = re.compile(r"(成员|群员).{0,24}不存在|member not found|MEMBER_NOT_FOUND")


def wording_of(failure: ActionFailed) -> str:
    """What the platform said when it refused: each implementation has its own place for it."""
    info = failure.info
    data = info.get("data")
    places = [info.get("wording"), info.get("message"), info.get("msg")]
    if isinstance(data, dict):
        places.append(data.get("message"))
    for place in places:
        if wording := clean(place):
            return wording[:LONGEST_WORDING]
    return f"retcode {read_id(info.get('retcode'))}"


def _failure(failure: AnyActionFailed) -> Answer[Any]:
    assert isinstance(failure, ActionFailed)
    return failed(wording_of(failure))


def _number(identifier: str) -> int | str:
    """An id as OneBot 11 wants it: a number, where it is one."""
    digits = identifier.removeprefix("-")
    return int(identifier) if digits.isascii() and digits.isdecimal() else identifier


class OneBot11Platform:
    """One bot account (`chat.port.Platform`). It outlives its connections; without one, every
    call is refused."""

    def __init__(
        self, self_id: str, *, namespace: str, clock: Clock, pacing: Pacing | None = None
    ) -> None:
        self._account = Account(namespace, self_id)
        self._clock = clock
        self._pace = Pace(pacing or Pacing(), clock)
        self._calls = Calls(_failure)
        self._call = self._calls.call
        self._reachable = Reachable()
        self._flags: dict[str, str] = {}
        self._driver = ""
        self._asking: asyncio.Task[None] | None = None

    # The line

    def connected(self, bot: Bot) -> None:
        """The line is up, over this bot of NoneBot's; what drives it is asked."""
        self._calls.connected(bot)
        self._driver = ""
        self._asking = asyncio.get_running_loop().create_task(
            self._ask(), name=f"onebot11:driver:{self._account.user_id}"
        )

    async def _ask(self) -> None:
        value = (await self._call("get_version_info")).value
        name = value.get("app_name") if isinstance(value, dict) else None
        self._driver = clean(name).lower()

    def lost(self) -> None:
        """The line is down."""
        self._calls.lost()

    def heard_from(self, account: Account) -> None:
        """This person wrote to the bot in private, so an answer can be delivered."""
        self._reachable.remember(account, reachable=True)

    def told_of(self, flag: str, whole: str) -> None:
        """An application came with this flag, of which we use a part: LLBot finds the number alone
        among its 50 newest notices only."""
        if flag != whole:
            self._flags[flag] = whole
            if len(self._flags) > _REMEMBERED_FLAGS:
                del self._flags[next(iter(self._flags))]

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
        return Capabilities(frozenset(Act))

    @property
    def tells_inviter(self) -> bool:
        """By what drives the account; False until that has said what it is."""
        return self._driver in _TELL_INVITER

    def reachable(self, account: Account) -> bool | None:
        return self._reachable.get(account)

    # Words

    async def say(self, group: GroupKey, words: Words) -> Answer[MessageRef]:
        if not await self._pace.turn(Errand.WORDS, group.group_id, words.priority):
            return refused(QUEUE_FULL)
        answer = await self._call(
            "send_group_msg", group_id=_number(group.group_id), message=_message(words)
        )
        return self._sent(answer, group)

    async def whisper(
        self, account: Account, words: Words, via: GroupKey | None = None
    ) -> Answer[MessageRef]:
        if not await self._pace.turn(Errand.WORDS, None, words.priority):
            return refused(QUEUE_FULL)
        session = {"group_id": _number(via.group_id)} if via else {}
        answer = await self._call(
            "send_private_msg",
            user_id=_number(account.user_id),
            message=_message(words),
            **session,
        )
        self._reachable.tried(account, answer)
        return self._sent(answer, None)

    async def send_file(
        self, account: Account, name: str, content: bytes, via: GroupKey | None = None
    ) -> Answer[None]:
        """As base64, which NapCat, LLBot and the last Lagrange take; go-cqhttp looks for a path of that
        name and refuses. None of them uses `via`: who is no friend may not get it."""
        if not await self._pace.turn(Errand.WORDS, None, Priority.ANSWER):
            return refused(QUEUE_FULL)
        return await self._do(
            "upload_private_file",
            user_id=_number(account.user_id),
            file=f"base64://{b64encode(content).decode()}",
            name=name,
        )

    # Acts

    async def withdraw(self, ref: MessageRef) -> Answer[None]:
        if not ref.message_id:
            return refused("no message id")
        return await self._act("delete_msg", message_id=_number(ref.message_id))

    async def mute(self, group: GroupKey, account: Account, seconds: int) -> Answer[None]:
        # 0 would unmute.
        return await self._act("set_group_ban", **_whom(group, account), duration=max(1, seconds))

    async def unmute(self, group: GroupKey, account: Account) -> Answer[None]:
        return await self._act("set_group_ban", **_whom(group, account), duration=0)

    async def remove(self, group: GroupKey, account: Account) -> Answer[None]:
        if not await self._pace.turn(Errand.REMOVE, None, Priority.ACT):
            return refused(QUEUE_FULL)
        # `reject_add_request` cannot be undone over OneBot 11: `block` is our own list.
        return await self._do("set_group_kick", **_whom(group, account), reject_add_request=False)

    async def mute_all(self, group: GroupKey, *, muted: bool) -> Answer[None]:
        return await self._do("set_group_whole_ban", group_id=_number(group.group_id), enable=muted)

    async def set_card(self, group: GroupKey, account: Account, card: str) -> Answer[None]:
        return await self._act("set_group_card", **_whom(group, account), card=card)

    async def set_group_name(self, group: GroupKey, name: str) -> Answer[None]:
        return await self._do("set_group_name", group_id=_number(group.group_id), group_name=name)

    async def announce(self, group: GroupKey, text: str) -> Answer[None]:
        return await self._do("_send_group_notice", group_id=_number(group.group_id), content=text)

    async def decide_join(
        self, group: GroupKey, flag: str, *, accept: bool, reason: str = ""
    ) -> Answer[None]:
        return await self._act(
            "set_group_add_request",
            flag=self._flags.get(flag, flag),
            sub_type="add",
            approve=accept,
            reason=reason,
        )

    async def join_requests(self, group: GroupKey) -> Answer[Sequence[JoinRequested]]:
        # NapCat looks at so many of the newest, answered or not, and at 50 unless told.
        answer = await self._call("get_group_system_msg", count=_LISTED)
        if isinstance(answer.value, list):
            return refused(_NO_APPLICANTS)
        if not isinstance(answer.value, dict):
            return was_read(answer, None)
        bot, now = self._account.user_id, self._clock.now()
        found = read_applications(answer.value, group, bot, now)
        read = sum(len(some) for some in answer.value.values() if isinstance(some, list))
        # Where the list is full, what is not in it may wait behind what is.
        return Answer(Word.DONE if read < _LISTED else Word.UNKNOWN, found)

    async def decide_friend(self, flag: str, *, accept: bool) -> Answer[None]:
        return await self._do("set_friend_add_request", flag=flag, approve=accept)

    async def decide_invitation(self, flag: str, *, accept: bool) -> Answer[None]:
        return await self._do("set_group_add_request", flag=flag, sub_type="invite", approve=accept)

    async def leave(self, group: GroupKey) -> Answer[None]:
        return await self._do("set_group_leave", group_id=_number(group.group_id))

    # Reading

    async def message(self, ref: MessageRef) -> Answer[FetchedMessage]:
        """`ref` of what comes back is the platform's: ids collide, so compare group and time.

        DONE with None also means that the implementation has forgotten the message: NapCat keeps
        the last 5000 (anchors/onebot.md, fact 3).
        """
        answer = await self._call("get_msg", message_id=_number(ref.message_id))
        if answer.word is Word.REFUSED and _NO_SUCH_MESSAGE.search(answer.wording):
            return Answer(Word.DONE, wording=answer.wording)
        fetched = read_fetched(answer.value, self._account.user_id, self.namespace)
        return was_read(answer, fetched)

    async def member(self, group: GroupKey, account: Account) -> Answer[Member]:
        answer = await self._call("get_group_member_info", **_whom(group, account), no_cache=True)
        if answer.word is Word.REFUSED and _NO_SUCH_MEMBER.search(answer.wording):
            return Answer(Word.DONE, wording=answer.wording)
        if answer.done and isinstance(answer.value, dict):
            return Answer(Word.DONE, read_member(answer.value, self.namespace))
        return was_read(answer, None)

    async def members(self, group: GroupKey) -> Answer[Sequence[Member]]:
        answer = await self._call(
            "get_group_member_list", group_id=_number(group.group_id), no_cache=True
        )
        if not isinstance(answer.value, list):
            return was_read(answer, None)
        members = (read_member(record, self.namespace) for record in answer.value)
        return Answer(Word.DONE, [member for member in members if member])

    async def all_muted(self, group: GroupKey) -> Answer[bool]:
        """NapCat and LLBot say it: -1 while muted, 0 while open."""
        answer = await self._call("get_group_info", group_id=_number(group.group_id), no_cache=True)
        value = answer.value
        shut = value.get("group_all_shut") if isinstance(value, dict) else None
        return replace(answer, value=bool(shut) if isinstance(shut, int) else None)

    async def group_name(self, group: GroupKey) -> Answer[str]:
        answer = await self._call("get_group_info", group_id=_number(group.group_id), no_cache=True)
        value = answer.value
        return was_read(answer, clean(value.get("group_name")) if isinstance(value, dict) else None)

    async def read_announcement(self, group: GroupKey) -> Answer[str]:
        """The newest announcement; DONE with None where the group has none. QQ keeps them with
        line breaks and signs written as in HTML."""
        answer = await self._call("_get_group_notice", group_id=_number(group.group_id))
        if not isinstance(answer.value, list):
            return was_read(answer, None)
        notices = [notice for notice in answer.value if isinstance(notice, dict)]
        newest = max(notices, key=_published, default={})
        message = newest.get("message")
        text = unescape(clean(message.get("text"))) if isinstance(message, dict) else None
        return Answer(Word.DONE, text)

    async def implementation(self) -> Answer[str]:
        return named(await self._call("get_version_info"), "app_name", "app_version")

    async def open_forward(self, forward_id: str) -> Answer[ForwardContent]:
        # NapCat asks for `message_id`, the others for `id`.
        answer = await self._call("get_forward_msg", id=forward_id, message_id=forward_id)
        if not isinstance(answer.value, dict | list):
            return was_read(answer, None)
        messages = read_forward(answer.value, self._account.user_id, self.namespace)
        return Answer(Word.DONE, ForwardContent(messages))

    async def fetch_file(self, group: GroupKey, file_id: str) -> Answer[str]:
        answer = await self._call(
            "get_group_file_url", group_id=_number(group.group_id), file_id=file_id
        )
        value = answer.value
        return was_read(
            answer, clean(value.get("url")) or None if isinstance(value, dict) else None
        )

    async def read_file(self, account: Account, file_id: str, most: int) -> Answer[bytes]:
        """By an address where there is one: the path that some tell is on the disk of another
        machine, or says so."""
        if is_web(file_id):
            return await download(file_id, most)
        file_id, _, file_hash = file_id.partition(HASH)
        # NapCat and LLBot need the id only, SnowLuma and Lagrange all three.
        answer = await self._call(
            "get_private_file_url",
            user_id=_number(account.user_id),
            file_id=file_id,
            file_hash=file_hash,
        )
        if address := _address(answer):
            return await download(address, most)
        other = await self._call("get_file", file_id=file_id)
        if address := _address(other):
            return await download(address, most)
        value = other.value
        if isinstance(value, dict) and (text := clean(value.get("base64"))):
            return decoded(text, most)
        return was_read(answer, None)

    # Calling

    async def _act(self, api: str, **data: Any) -> Answer[None]:
        if not await self._pace.turn(Errand.ACT, None, Priority.ACT):
            return refused(QUEUE_FULL)
        return await self._do(api, **data)

    async def _do(self, api: str, **data: Any) -> Answer[None]:
        return replace(await self._call(api, **data), value=None)

    def _sent(self, answer: Answer[Any], group: GroupKey | None) -> Answer[MessageRef]:
        value = answer.value
        message_id = read_id(value.get("message_id")) if isinstance(value, dict) else ""
        if not answer.done or not message_id:
            return replace(answer, value=None)
        ref = MessageRef(self._account.user_id, group, message_id, self._clock.now())
        return Answer(Word.DONE, ref)


def _whom(group: GroupKey, account: Account) -> dict[str, int | str]:
    return {"group_id": _number(group.group_id), "user_id": _number(account.user_id)}


def _message(words: Words) -> list[dict[str, Any]]:
    """Words as an array, so that no text is taken for a CQ code."""
    segments: list[dict[str, Any]] = []
    if words.reply_to is not None and words.reply_to.message_id:
        segments.append({"type": "reply", "data": {"id": words.reply_to.message_id}})
    for account in words.mention:
        segments.append({"type": "at", "data": {"qq": account.user_id}})
        segments.append({"type": "text", "data": {"text": " "}})
    segments.append({"type": "text", "data": {"text": words.text}})
    return segments


def _address(answer: Answer[Any]) -> str:
    """The web address that was answered; empty where there is none."""
    url = clean(answer.value.get("url")) if isinstance(answer.value, dict) else ""
    return url if is_web(url) else ""


def _published(notice: dict[str, Any]) -> float:
    moment = notice.get("publish_time")
    return moment if isinstance(moment, int | float) else 0
