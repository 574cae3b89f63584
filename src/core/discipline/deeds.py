"""What each kind of act does to a platform, and how to see whether it holds.

Words are said at most once; mute, unmute and withdraw at least once; a removal is never repeated
unread (design: "Act semantics").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from src.core.chat.events import Account, GroupKey, MessageRef
from src.core.chat.port import Act, Answer, Priority, Word, Words

from . import texts

if TYPE_CHECKING:
    from src.core.chat.events import Member
    from src.core.chat.port import Platform
    from src.core.groups import Group
    from src.core.store import models

TOLERANCE = 90.0
"""Seconds by which a platform may end a mute sooner; QQ counts in whole minutes."""


class Deed(Protocol):
    """One kind of act."""

    once: bool
    """Words: never again once attempted."""
    read_before_repeat: bool
    """Never again while it cannot be read whether it was done."""
    needs: Act
    """What the platform must be able to do for it."""

    async def call(self, platform: Platform, group: Group, act: models.Act) -> Answer[Any]: ...

    async def holds(
        self, platform: Platform, group: Group, act: models.Act, now: float
    ) -> bool | None:
        """Whether it is so at `now`; None where that cannot be seen."""
        ...


def account_of(act: models.Act) -> Account:
    """The account an act is about; the row was fetched with it."""
    assert act.account is not None
    return Account(act.account.namespace, act.account.user_id)


def reference(stored: dict[str, Any]) -> MessageRef:
    """A message reference from an act's payload."""
    namespace, group_id = stored["group"]
    return MessageRef(
        stored["bot"], GroupKey(namespace, group_id), stored["message_id"], stored["time"]
    )


def stored(ref: MessageRef) -> dict[str, Any]:
    """A message reference for an act's payload."""
    return {**ref._asdict(), "group": list(ref.group or ("", ""))}


class Withdraw:
    once = False
    read_before_repeat = False
    needs = Act.WITHDRAW

    async def call(self, platform: Platform, group: Group, act: models.Act) -> Answer[Any]:
        return await platform.withdraw(reference(act.payload["message"]))

    async def holds(
        self, platform: Platform, group: Group, act: models.Act, now: float
    ) -> bool | None:
        answer = await platform.message(reference(act.payload["message"]))
        return answer.value is None if answer.word is Word.DONE else None


class _OnMember:
    once = False
    read_before_repeat = False
    needs = Act.MUTE

    async def holds(
        self, platform: Platform, group: Group, act: models.Act, now: float
    ) -> bool | None:
        answer = await platform.member(group.key, account_of(act))
        return self.seen(answer.value, act, now) if answer.word is Word.DONE else None

    def seen(self, member: Member | None, act: models.Act, now: float) -> bool | None:
        raise NotImplementedError


class Mute(_OnMember):
    """`payload["until"]` is when it should end, `payload["seconds"]` is set when it is called; with
    `payload["shorten"]` a longer one is not the same."""

    async def call(self, platform: Platform, group: Group, act: models.Act) -> Answer[Any]:
        return await platform.mute(group.key, account_of(act), act.payload["seconds"])

    def seen(self, member: Member | None, act: models.Act, now: float) -> bool | None:
        if member is None:
            return False
        if member.muted_until is None:
            return None
        until = float(act.payload["until"])
        if act.payload.get("shorten") and member.muted_until > until + TOLERANCE:
            return False
        return member.muted_until >= until - TOLERANCE


class Unmute(_OnMember):
    async def call(self, platform: Platform, group: Group, act: models.Act) -> Answer[Any]:
        return await platform.unmute(group.key, account_of(act))

    def seen(self, member: Member | None, act: models.Act, now: float) -> bool | None:
        if member is None:
            return True
        return None if member.muted_until is None else member.muted_until <= now


class Remove(_OnMember):
    read_before_repeat = True
    needs = Act.REMOVE

    async def call(self, platform: Platform, group: Group, act: models.Act) -> Answer[Any]:
        return await platform.remove(group.key, account_of(act))

    def seen(self, member: Member | None, act: models.Act, now: float) -> bool | None:
        return member is None


class _Words:
    once = True
    read_before_repeat = True

    async def holds(
        self, platform: Platform, group: Group, act: models.Act, now: float
    ) -> bool | None:
        return None


class Whisper(_Words):
    """`payload["text"]`, to the act's account."""

    needs = Act.WHISPER

    async def call(self, platform: Platform, group: Group, act: models.Act) -> Answer[Any]:
        if platform.reachable(account_of(act)) is False:
            # Trying again and again is what gets an account restricted.
            return Answer(Word.REFUSED, wording=texts.UNREACHABLE)
        words = Words(act.payload["text"], priority=Priority.NOTICE)
        return await platform.whisper(account_of(act), words, group.key)


class Say(_Words):
    """`payload["text"]`, in the group, mentioning the act's account where there is one, and those of
    `payload["also"]`."""

    needs = Act.SAY

    async def call(self, platform: Platform, group: Group, act: models.Act) -> Answer[Any]:
        mention = (account_of(act),) if act.account_id is not None else ()
        for account in mention:
            answer = await platform.member(group.key, account)
            if answer.word is Word.DONE and answer.value is None:
                return Answer(Word.REFUSED, wording=texts.NOT_MEMBER)
        also = act.payload.get("also", ())
        mention += tuple(Account(group.key.namespace, user_id) for user_id in also)
        words = Words(act.payload["text"], mention=mention, priority=Priority.NOTICE)
        return await platform.say(group.key, words)


class Publish(_Words):
    """`payload["text"]`, in the group: a member's post that was consented to."""

    needs = Act.SAY

    async def call(self, platform: Platform, group: Group, act: models.Act) -> Answer[Any]:
        return await platform.say(group.key, Words(act.payload["text"], priority=Priority.NOTICE))


class Admit:
    """`payload["flag"]`: let the act's account in. Asked for once: whether it came to anything, the
    list of members tells."""

    once = False
    read_before_repeat = True
    needs = Act.DECIDE_JOIN

    async def call(self, platform: Platform, group: Group, act: models.Act) -> Answer[Any]:
        return await platform.decide_join(group.key, act.payload["flag"], accept=True)

    async def holds(
        self, platform: Platform, group: Group, act: models.Act, now: float
    ) -> bool | None:
        answer = await platform.member(group.key, account_of(act))
        # Who is not there yet may be on the way in: that they are not is never known.
        return True if answer.value is not None else None


class Decline(_Words):
    """`payload["flag"]` and `payload["reason"]`."""

    needs = Act.DECIDE_JOIN

    async def call(self, platform: Platform, group: Group, act: models.Act) -> Answer[Any]:
        return await platform.decide_join(
            group.key, act.payload["flag"], accept=False, reason=act.payload["reason"]
        )


class SetCard(_OnMember):
    """`payload["card"]`: the name of the act's account in the group."""

    needs = Act.SET_CARD

    async def call(self, platform: Platform, group: Group, act: models.Act) -> Answer[Any]:
        return await platform.set_card(group.key, account_of(act), act.payload["card"])

    def seen(self, member: Member | None, act: models.Act, now: float) -> bool | None:
        return member is not None and member.name == act.payload["card"]


class Rename:
    """`payload["name"]`: the group's name."""

    once = False
    read_before_repeat = False
    needs = Act.SET_GROUP_NAME

    async def call(self, platform: Platform, group: Group, act: models.Act) -> Answer[Any]:
        return await platform.set_group_name(group.key, act.payload["name"])

    async def holds(
        self, platform: Platform, group: Group, act: models.Act, now: float
    ) -> bool | None:
        answer = await platform.group_name(group.key)
        return answer.value == act.payload["name"] if answer.word is Word.DONE else None


class Announce:
    """`payload["text"]`: posted once; a platform that shows no announcements is believed."""

    once = False
    read_before_repeat = True
    needs = Act.ANNOUNCE

    async def call(self, platform: Platform, group: Group, act: models.Act) -> Answer[Any]:
        return await platform.announce(group.key, act.payload["text"])

    async def holds(
        self, platform: Platform, group: Group, act: models.Act, now: float
    ) -> bool | None:
        if Act.READ_ANNOUNCEMENT not in platform.capabilities.acts:
            return True
        answer = await platform.read_announcement(group.key)
        posted = "".join((answer.value or "").split())
        return True if "".join(act.payload["text"].split()) in posted else None


DEEDS: dict[str, Deed] = {
    "withdraw": Withdraw(),
    "mute": Mute(),
    "unmute": Unmute(),
    "remove": Remove(),
    "whisper": Whisper(),
    "say": Say(),
    "publish": Publish(),
    "admit": Admit(),
    "decline": Decline(),
    "set_card": SetCard(),
    "rename": Rename(),
    "announce": Announce(),
}
