"""Does what was decided, and finds out whether it was done.

An act is written as `attempting` before the call. After a crash, a time-out or an answer that proves
nothing, the platform is read before anything is repeated: requested → attempting → confirmed, denied,
unknown, or lapsed where its not-after has passed (design: "Act semantics").
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from src.core.chat.events import (
    Account,
    MemberCame,
    MemberLeft,
    MemberMuted,
    PlatformRole,
    Withdrawn,
)
from src.core.chat.port import Answer, Word
from src.core.clock import to_datetime
from src.core.faults import log_fault
from src.core.people import rank_of
from src.core.queues import Lines
from src.core.store import in_transaction, models
from src.core.tasks import Tasks

from . import texts
from .deeds import DEEDS, account_of, reference

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from src.core.audit import Audit
    from src.core.chat.events import GroupKey, Happened
    from src.core.chat.port import Platform
    from src.core.clock import Clock
    from src.core.groups import Group, Groups
    from src.core.people import People

    from .deeds import Deed

RETRY_AFTER = (3.0, 10.0, 30.0)
"""Seconds before an act is looked at again; after the last it is given up (anchors/moderation.md, 4)."""
_SEEN_KEPT = 2000
_NOT_ASKED = 30.0
"""Seconds until an act is tried again that the platform could not be asked for."""
_WORDS = frozenset({"whisper", "say", "publish", "announce", "remove"})
"""What waits for its pace, or (a removal) for the words before it: nothing else stands behind it."""

_ON_PEOPLE = frozenset({"withdraw", "mute", "unmute", "remove", "admit", "decline", "set_card"})
"""What the audit log tells of; words have no consequence of their own."""


@dataclass(frozen=True, slots=True)
class Settled:
    """An act came to rest. Its account was fetched with it."""

    act: models.Act


class Outcome(NamedTuple):
    """How an act came out, for whoever waits: the state, and what the platform said."""

    state: str
    wording: str


class Executor:
    """One line of acts per group, in the order they were decided."""

    def __init__(
        self,
        *,
        clock: Clock,
        groups: Groups,
        people: People,
        platform_for: Callable[[Group, bool], Platform | None],
        finished: Callable[[models.Act, Group], Awaitable[list[models.Act]]],
        settled: Callable[[models.Act, Group], None],
        audit: Audit,
    ) -> None:
        self._audit = audit
        self._clock = clock
        self._groups = groups
        self._people = people
        self._platform_for = platform_for
        self._finished = finished
        self._settled = settled
        self._acts: Lines[int, int] = Lines("acts", self._work)
        self._words: Lines[int, int] = Lines("words", self._work)
        self._tasks = Tasks("executor")
        self._seen: OrderedDict[tuple[str, GroupKey, str], None] = OrderedDict()
        self._waiting: dict[int, asyncio.Future[Outcome]] = {}

    @property
    def idle(self) -> bool:
        """Nothing is being done, whatever waits for its time."""
        return self._acts.idle and self._words.idle

    async def join(self) -> None:
        """Wait until nothing is being done."""
        await self._acts.join()
        await self._words.join()

    def queued(self) -> dict[str, int]:
        """How many acts wait in each line."""
        return {"acts": len(self._acts), "words": len(self._words)}

    def submit(self, acts: Iterable[models.Act]) -> list[asyncio.Future[Outcome]]:
        """Take acts that are in the store. Each future is done when its act came to rest, or will
        be looked at again later (then its state is `attempting`)."""
        futures: list[asyncio.Future[Outcome]] = []
        for act in acts:
            future = self._waiting.get(act.id)
            if future is None:
                future = self._waiting[act.id] = asyncio.get_running_loop().create_future()
            futures.append(future)
            self._put(act)
        return futures

    def _put(self, act: models.Act) -> None:
        line = self._words if act.kind in _WORDS else self._acts
        line.put(act.group_id, act.id)

    async def recover(self, *, older_than: float = 0.0) -> None:
        """Take up again what a crash, a fault or a lost line left; at start, at each reconnect and,
        where it should have been done so many seconds ago, every minute."""
        waiting = models.Act.filter(state__in=("requested", "attempting"))
        if older_than:
            due = to_datetime(self._clock.now() - older_than)
            waiting = waiting.filter(not_before__lte=due)
        acts = await waiting.order_by("id")
        self.submit([act for act in acts if self._can(act)])

    def _can(self, act: models.Act) -> bool:
        group = self._groups.by_id(act.group_id)
        return group is not None and self._platform_for(group, act.observed) is not None

    def saw(self, event: Happened) -> None:
        """Note what the platform reports: the best proof that an act was done."""
        if isinstance(event, Withdrawn) and event.ref.group is not None:
            key = ("withdraw", event.ref.group, event.ref.message_id)
        elif isinstance(event, MemberMuted):
            kind = "mute" if event.seconds else "unmute"
            key = (kind, event.group, event.account.user_id)
            self._seen.pop(
                ("unmute" if event.seconds else "mute", event.group, event.account.user_id), None
            )
        elif isinstance(event, MemberLeft):
            key = ("remove", event.group, event.account.user_id)
        elif isinstance(event, MemberCame):
            key = ("admit", event.group, event.account.user_id)
        else:
            return
        self._seen[key] = None
        self._seen.move_to_end(key)
        while len(self._seen) > _SEEN_KEPT:
            self._seen.popitem(last=False)

    def _sight(self, act: models.Act, group: Group) -> tuple[str, GroupKey, str] | None:
        """Under what `saw` notes that this act was done."""
        if act.kind == "withdraw":
            return "withdraw", group.key, reference(act.payload["message"]).message_id
        if act.kind in ("mute", "unmute", "remove", "admit"):
            return act.kind, group.key, account_of(act).user_id
        return None

    async def _work(self, group_id: int, act_id: int) -> None:
        act = await models.Act.get_or_none(id=act_id).select_related("account", "case")
        group = self._groups.by_id(group_id)
        if act is None or group is None:
            return
        if act.state not in ("requested", "attempting"):
            # Taken back before its turn: whoever ordered it is told.
            self._tell_waiting(act)
            return
        platform = self._platform_for(group, act.observed)
        if platform is None:
            return  # recover() submits it again when the line is up
        now = self._clock.now()
        if (wait := act.not_before.timestamp() - now) > 0:
            self._tasks.start(self._later(wait, act), "retry")
            return
        deed = DEEDS[act.kind]
        interrupted = act.state == "attempting"
        if interrupted and deed.once:
            await self._settle(act, group, "unknown", act.wording)
            return
        if interrupted or act.attempts:
            held = await deed.holds(platform, group, act, now)
            if held:
                await self._settle(act, group, "confirmed", "")
                return
            if held is None and deed.read_before_repeat:
                await self._again(act, group, held)
                return
        if not await self._may_still(act, group, platform, now):
            return
        await self._attempt(act, group, platform, deed)

    async def _may_still(
        self, act: models.Act, group: Group, platform: Platform, now: float
    ) -> bool:
        """Check at the moment of the act what may have changed since it was decided."""
        if now > act.not_after.timestamp():
            await self._settle(act, group, "lapsed", texts.TOO_LATE)
            return False
        case = act.case
        if case is not None and act.kind in ("withdraw", "mute", "remove"):
            # It may have been pardoned, or its mute lifted, since the last look.
            over = case.state in ("reversed", "suspended")
            over |= case.state == "reduced" and act.kind != "withdraw"
            if act.kind == "mute" and not act.observed and not over:
                over = not await models.Mute.exists(case_id=case.id, live_key__isnull=False)
            if over:
                await self._settle(act, group, "lapsed", texts.TAKEN_BACK)
                return False
        if act.kind == "withdraw" and act.payload["message"]["bot"] != platform.bot.user_id:
            # Message ids are each bot's own: the same number is another message's here.
            await self._settle(act, group, "lapsed", texts.NOT_SEEN)
            return False
        if act.kind == "admit" and await self._overtaken(act, group, now):
            await self._settle(act, group, "lapsed", texts.OVERTAKEN)
            return False
        if act.kind == "mute":
            left = float(act.payload["until"]) - now
            least = platform.capabilities.mute_least
            # Found late, with less left than a platform mutes for, it is not begun.
            if left < least and now - act.created_at.timestamp() > least:
                await self._settle(act, group, "lapsed", texts.TOO_LATE)
                return False
            seconds = min(max(least, left + 0.5), platform.capabilities.mute_most)
            act.payload = {**act.payload, "seconds": int(seconds)}
        if act.kind in ("mute", "remove"):
            account = account_of(act)
            answer = await platform.member(group.key, account)
            if answer.word is Word.DONE:
                if answer.value is None:
                    state = "confirmed" if act.kind == "remove" else "lapsed"
                    await self._settle(act, group, state, texts.NOT_MEMBER)
                    return False
                if not self._still_subject(act, group, account, answer.value.role):
                    await self._settle(act, group, "denied", texts.IS_STAFF)
                    return False
                if self._muted_longer(act, answer.value.muted_until):
                    await self._settle(act, group, "lapsed", texts.MUTED_LONGER)
                    return False
        return True

    async def _overtaken(self, act: models.Act, group: Group, now: float) -> bool:
        """Whether nobody is to be let in any more who was to be: a block, or for what no person decided
        a pause and observe mode."""
        if act.payload.get("auto") and group.at_rest(now):
            return True
        return await models.Block.exists(
            group_id=group.id, account_id=act.account_id, live_key__isnull=False
        )

    def _muted_longer(self, act: models.Act, until: float | None) -> bool:
        """An automatic mute does not shorten what a person set on the platform."""
        return (
            act.kind == "mute"
            and "shorten" not in act.payload
            and act.attempts == 0
            and act.case is not None
            and act.case.source == "auto"
            and until is not None
            and until >= float(act.payload["until"])
        )

    def _still_subject(
        self, act: models.Act, group: Group, account: Account, role: PlatformRole
    ) -> bool:
        """An automatic act does not reach somebody who has become a teacher or manager."""
        if act.case is None or act.case.source == "manual":
            return True
        school = self._people.role(group.key, account)
        superuser = self._people.is_superuser(account)
        return not rank_of(school, role, superuser=superuser).is_staff

    async def _attempt(self, act: models.Act, group: Group, platform: Platform, deed: Deed) -> None:
        if not await self._begin(act):
            self._tell_waiting(act)
            return
        sight = self._sight(act, group)
        if sight is not None:
            # What was seen before the call may be an earlier act's.
            self._seen.pop(sight, None)
        try:
            answer: Answer[Any] = await deed.call(platform, group, act)
        except Exception as error:
            log_fault(f"the call for act {act.kind} raised", error)
            answer = Answer(Word.UNKNOWN)
        act.wording = answer.wording[:300]
        # What the platform cannot do is not waited for: it is denied below, with the reason.
        if not answer.asked and deed.needs in platform.capabilities.acts:
            act.state, act.attempts = "requested", act.attempts - 1
            await self._postpone(act, _NOT_ASKED)
            return
        if deed.once:
            state = {Word.DONE: "confirmed", Word.REFUSED: "denied", Word.UNKNOWN: "unknown"}
            await self._settle(act, group, state[answer.word], act.wording)
            return
        held: bool | None = sight in self._seen or None
        if held is None:
            held = await deed.holds(platform, group, act, self._clock.now())
        if held:
            await self._settle(act, group, "confirmed", "")
        elif answer.word is Word.REFUSED:
            await self._settle(act, group, "denied", act.wording)
        else:
            await self._again(act, group, held)

    async def _begin(self, act: models.Act) -> bool:
        """Write `attempting` before the call; False where the act was taken back meanwhile."""
        changed = await models.Act.filter(id=act.id, state__in=("requested", "attempting")).update(
            state="attempting",
            attempts=act.attempts + 1,
            payload=act.payload,
            updated_at=to_datetime(self._clock.now()),
        )
        act.state, act.attempts = "attempting", act.attempts + 1
        return changed == 1

    async def _again(self, act: models.Act, group: Group, held: bool | None) -> None:
        """Look again later; after the last time, say what is known."""
        tries = int(act.payload.get("looks", 0))
        if tries >= len(RETRY_AFTER):
            state = "unknown" if held is None else "denied"
            await self._settle(act, group, state, act.wording or texts.NO_EFFECT)
            return
        act.payload = {**act.payload, "looks": tries + 1}
        # It stays `attempting`: the call may still have its effect, so it is read first.
        await self._postpone(act, RETRY_AFTER[tries])

    async def _postpone(self, act: models.Act, seconds: float) -> None:
        act.not_before = to_datetime(self._clock.now() + seconds)
        await models.Act.filter(id=act.id, state__in=("requested", "attempting")).update(
            state=act.state,
            attempts=act.attempts,
            payload=act.payload,
            not_before=act.not_before,
            wording=act.wording,
        )
        self._tell_waiting(act)
        self._tasks.start(self._later(seconds, act), "later")

    async def _later(self, seconds: float, act: models.Act) -> None:
        await self._clock.sleep(seconds)
        self._put(act)

    async def _settle(self, act: models.Act, group: Group, state: str, wording: str) -> None:
        act.state = state
        act.wording = wording[:300]
        act.updated_at = to_datetime(self._clock.now())
        async with in_transaction():
            await act.save(update_fields=["state", "wording", "updated_at"])
            more = await self._finished(act, group)
            if act.kind in _ON_PEOPLE:
                await self._note(act, group)
            if more and not group.bot:
                # The bot is out of the group: nobody does it, now or when it comes back.
                await models.Act.filter(id__in=[one.id for one in more]).update(
                    state="lapsed", wording=texts.BOT_OUT, updated_at=act.updated_at
                )
                more = []
        self._settled(act, group)
        self._tell_waiting(act)
        self.submit(more)

    async def _note(self, act: models.Act, group: Group) -> None:
        facts: dict[str, Any] = {"act": act.kind, "state": act.state, "observed": act.observed}
        facts |= {"case": act.case.number} if act.case is not None else {}
        # A withdrawn line by which somebody reported would say who it was (20.4.2).
        about = None if act.payload.get("silent") else act.account
        await self._audit.note("act", group=group, about=about, facts=facts)

    def _tell_waiting(self, act: models.Act) -> None:
        future = self._waiting.pop(act.id, None)
        if future is not None and not future.done():
            future.set_result(Outcome(act.state, act.wording))

    async def close(self) -> None:
        """Finish what is being done; what waits stays in the store."""
        await self._acts.close()
        await self._words.close()
        await self._tasks.close(grace=0)
        for future in self._waiting.values():
            future.cancel()
