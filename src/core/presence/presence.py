"""What the bot does when it is invited, comes, goes, or is asked to be a friend.

Invitations are accepted from superusers only: whoever could call the bot into a group would own it
there, and owns the account's good name with the platform.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loguru import logger

from src.core.chat.events import PlatformRole
from src.core.chat.port import Priority, Word, Words
from src.core.store import in_transaction, models

from . import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from src.core.chat.events import (
        Account,
        BotInvited,
        BotJoined,
        BotRemoved,
        FriendRequested,
        GroupDissolved,
    )
    from src.core.chat.port import Platform
    from src.core.clock import Clock
    from src.core.discipline import Records
    from src.core.groups import Group, Groups
    from src.core.people import People

GREET_EVERY = 600.0
"""Seconds in which an arrival is greeted once: platforms report it twice."""
INVITATIONS = 5
"""So many invitations by others are told to the superusers in 24 hours; judgement."""
STRANGERS = 10
"""So many who are in no group of ours are looked for in all of them in `STRANGERS_WITHIN`: each is
a call a group. Beyond it only where somebody wrote lately; judgement."""
STRANGERS_WITHIN = 600.0
_DAY = 86_400.0


class Presence:
    """The bot's own coming and going, in all groups. Called in the lines of the house."""

    def __init__(
        self,
        *,
        clock: Clock,
        groups: Groups,
        people: People,
        records: Records,
        platforms: Mapping[str, Platform],
        inform: Callable[[str, str], None],
    ) -> None:
        """`inform` tells the superusers a text, once a day for each thing that it is about."""
        self._clock = clock
        self._groups = groups
        self._people = people
        self._records = records
        self._platforms = platforms
        self._inform = inform
        self._invitations: dict[tuple[str, str], float] = {}
        self._strangers: dict[Account, float] = {}

    async def invited(self, event: BotInvited, platform: Platform) -> None:
        """Accept a superuser's invitation; another waits for a person, who is told."""
        if self._people.is_superuser(event.inviter):
            await platform.decide_invitation(event.flag, accept=True)
            return
        group, now = event.group.group_id, self._clock.now()
        self._invitations = {k: at for k, at in self._invitations.items() if now - at < _DAY}
        if len(self._invitations) >= INVITATIONS:
            return
        self._invitations[group, event.inviter.user_id] = now
        text = texts.INVITED.format(inviter=event.inviter.user_id, group=group)
        self._inform(text, f"invited/{group}/{event.inviter.user_id}")

    async def friend_requested(self, event: FriendRequested, platform: Platform) -> None:
        """Accept members of the bot's groups, so that they can be told in private; others wait."""
        if await self._is_member(event.account, event.bot, platform):
            await platform.decide_friend(event.flag, accept=True)

    async def _is_member(self, account: Account, bot: str, platform: Platform) -> bool:
        if self._people.is_superuser(account):
            return True
        now = self._clock.now()
        self._strangers = {
            one: at for one, at in self._strangers.items() if now - at < STRANGERS_WITHIN
        }
        flood = account in self._strangers or len(self._strangers) >= STRANGERS
        own = [
            group
            for group in self._groups
            if group.bot == bot and (not flood or group.windows.knows(account))
        ]
        # Where they wrote lately comes first: each question is a call.
        own.sort(key=lambda group: not group.windows.knows(account))
        for group in own:
            answer = await platform.member(group.key, account)
            if answer.word is Word.DONE and answer.value is not None:
                return True
        if not flood:
            self._strangers[account] = now
        return False

    async def joined(self, event: BotJoined, group: Group, platform: Platform) -> None:
        """Say who it is and what to type."""
        if event.bot != group.bot:
            return
        now = self._clock.now()
        if group.greeted_at and now - group.greeted_at < GREET_EVERY:
            return
        group.greeted_at = now
        if not group.name:
            group.name = (await platform.group_name(group.key)).value or ""
        await self._records.row_of(group)
        await models.Group.filter(id=group.id).update(bot=group.bot, name=group.name, left_at=None)
        policy = group.policy
        text = texts.HELLO if policy is None else texts.BACK.format(title=policy.title)
        own = await platform.member(group.key, platform.bot)
        if own.value is not None and own.value.role is PlatformRole.MEMBER:
            text = f"{text}\n{texts.NEED_ADMIN}"
        await platform.say(group.key, Words(text, priority=Priority.NOTICE))

    async def gone(self, event: BotRemoved | GroupDissolved, group: Group) -> None:
        """Close what is open in a group that the bot is out of. Cases, roles, the block list and
        the policy stay, for the day it comes back."""
        if group.bot == event.bot and not await self._is_in(group, event.bot):
            # A message of before came after the news.
            group.bot = ""
        if group.bot or await self._taken_over(group, event.bot):
            return
        now = self._records.now()
        async with in_transaction():
            await models.Group.filter(id=group.id).update(bot="", left_at=now)
            await models.Act.filter(
                group_id=group.id, state__in=("requested", "attempting")
            ).update(state="lapsed", wording=texts.OUT, updated_at=now)
            await models.Request.filter(group_id=group.id, state="open").update(
                state="closed", open_key=None, reason=texts.OUT, decided_at=now
            )
            # Posts that waited are kept no longer than their question.
            await models.Request.filter(group_id=group.id, kind="approval").update(payload={})
            await models.Act.filter(group_id=group.id, kind="publish").update(payload={})
            await models.Mute.filter(group_id=group.id, live_key__isnull=False).update(
                ended="left", live_key=None
            )
            await models.Mute.filter(group_id=group.id, ended="lifting").update(ended="left")
            # What waited to be summed up is told when the person next writes in private.
            await models.Notice.filter(group_id=group.id, state="held").update(state="waiting")
        group.closed()
        logger.info("group {} is closed: the bot is out of it", group.id)
        title = self._records.title(group)
        self._inform(texts.REMOVED.format(group=title), f"removed/{group.key}")

    async def _is_in(self, group: Group, bot: str) -> bool:
        platform = self._platforms.get(bot)
        if platform is None:
            return False
        answer = await platform.member(group.key, platform.bot)
        return answer.word is Word.DONE and answer.value is not None

    async def _taken_over(self, group: Group, gone: str) -> bool:
        """Whether another of our bots is in the group; then that one judges there now."""
        for bot, platform in list(self._platforms.items()):
            if bot == gone or platform.namespace != group.key.namespace:
                continue
            if await self._is_in(group, bot):
                group.bot = bot
                await models.Group.filter(id=group.id).update(bot=bot)
                return True
        return False
