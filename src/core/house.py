"""The house put together: rooms that know each other only through here."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from loguru import logger

from . import texts
from .alerts import Alerts, Kind
from .area import AREAS, PolicyChanged
from .audit import Audit
from .chat.events import (
    Account,
    BotInvited,
    BotJoined,
    BotOffline,
    BotRemoved,
    Connected,
    FriendRequested,
    GroupDissolved,
    GroupKey,
    GroupMuted,
    Happened,
    Lost,
    MemberCame,
    MemberLeft,
    MessageReceived,
)
from .chat.observed import ObservedPlatform
from .commands import Desk, Request, Router
from .discipline import (
    Aftermath,
    Appeals,
    Approvals,
    Asking,
    Brake,
    Court,
    Escalations,
    Executor,
    Hours,
    Learning,
    Levels,
    Orders,
    Reconciler,
    Records,
    Requests,
    Retention,
    Sanctions,
    Sentence,
    Settled,
    Tell,
    WholeMutes,
)
from .faults import listen, log_fault
from .forwards import Forwards
from .groups import Groups
from .guard import NO_GROUP, STRANGERS, Guard, Judged, Unopened, withdraws
from .people import People, RosterChanged, Rosters
from .policy import Pack, PackError, compile_policy
from .policy.versions import Versions
from .presence import Presence
from .queues import Lines
from .schedule.works import Works
from .store import Probe, models
from .tally import Tally
from .tasks import Tasks
from .text import built_in
from .upkeep import Upkeep

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping
    from pathlib import Path

    from .chat.port import Platform
    from .clock import Clock
    from .config import QunguiConfig
    from .groups import Group
    from .looks import Looks

MINUTE = 60.0
STUCK = 120.0
"""Seconds after which an act that nothing came of is taken up again."""
_MEMBERS_EVERY = 600.0
_MUTES_EVERY = 10
"""Every so many minutes the mutes are compared with the platform."""


class _Tick:
    """In a group's line: something's time has come, or it is time to compare its mutes."""


_TICK, _COMPARE = _Tick(), _Tick()


@dataclass(frozen=True, slots=True)
class _Later:
    """In a group's line: work that was put there."""

    work: Callable[[], Awaitable[None]]


class House:
    """Everything that runs, and the way in (`guard`) and out (`platform`)."""

    def __init__(
        self,
        *,
        config: QunguiConfig,
        clock: Clock,
        superusers: Collection[str],
        prefixes: Collection[str],
        looks: Looks | None = None,
        root: Path | None = None,
    ) -> None:
        """`root` is the folder of relative paths; without one the house keeps no backups."""
        self.looks = looks
        self.root = root
        self.config = config
        self.clock = clock
        self.groups = Groups()
        self.people = People(superusers, clock.now)
        self.rosters = Rosters(
            clock, ZoneInfo(config.timezone), self.groups, changed=self._roster_changed
        )
        self.lexicon = built_in()
        self.router = Router(prefixes)
        for area in AREAS.values():
            for command in area.commands:
                self.router.add(command)
        self.tally = Tally()
        self.tasks = Tasks("house")
        self._between_ticks = asyncio.Event()
        self._platforms: dict[str, Platform] = {}
        self._observed: dict[str, ObservedPlatform] = {}
        self._group_line: Lines[GroupKey, Judged | Request | Happened | _Tick | _Later] = Lines(
            "groups", self._work
        )
        self._private_line: Lines[Account, Request | MessageReceived] = Lines(
            "private", self._private
        )
        self.audit = Audit(clock, self.people)
        self.records = Records(
            clock=clock, timezone=config.timezone, groups=self.groups, audit=self.audit
        )
        self.tell = Tell(clock, self.people, self.records)
        self.alerts = Alerts(
            clock=clock,
            timezone=config.timezone,
            people=self.people,
            groups=self.groups,
            records=self.records,
            platforms=self._platforms,
            tally=self.tally,
        )
        self._end_listening = listen(self.alerts.fault)
        self.probe = Probe()
        self.upkeep = (
            Upkeep(config=config, clock=clock, alerts=self.alerts, probe=self.probe, root=root)
            if root is not None
            else None
        )
        sanctions = Sanctions(self.records)
        self.executor = Executor(
            clock=clock,
            groups=self.groups,
            people=self.people,
            platform_for=self._platform_for,
            finished=Aftermath(clock, self.records, sanctions, self.tell).of,
            settled=self._settled,
            audit=self.audit,
        )
        self.levels = Levels(self.people)
        asking = Asking(records=self.records, levels=self.levels, tell=self.tell)
        self.escalations = Escalations(
            records=self.records, asking=asking, levels=self.levels, tell=self.tell
        )
        sentence = Sentence(
            records=self.records,
            sanctions=sanctions,
            tell=self.tell,
            levels=self.levels,
            escalations=self.escalations,
        )
        learning = Learning(records=self.records, tell=self.tell)
        self.orders = Orders(
            records=self.records,
            sanctions=sanctions,
            sentence=sentence,
            tell=self.tell,
            levels=self.levels,
            learning=learning,
        )
        self.approvals = Approvals(
            records=self.records,
            sanctions=sanctions,
            executor=self.executor,
            tell=self.tell,
            tally=self.tally,
        )
        self.court = Court(
            clock=clock,
            records=self.records,
            sanctions=sanctions,
            sentence=sentence,
            approvals=self.approvals,
            brake=Brake(self.records, self.tell),
            executor=self.executor,
            tell=self.tell,
            lexicon_version=self.lexicon.version,
            tally=self.tally,
        )
        self.requests = Requests(
            records=self.records,
            sanctions=sanctions,
            court=self.court,
            approvals=self.approvals,
            executor=self.executor,
            tell=self.tell,
            levels=self.levels,
            learning=learning,
            answers=lambda kind: next(
                (area.answers[kind] for area in AREAS.values() if kind in area.answers), None
            ),
            house=self,
        )
        self.appeals = Appeals(
            records=self.records,
            orders=self.orders,
            requests=self.requests,
            tell=self.tell,
            executor=self.executor,
            people=self.people,
            levels=self.levels,
            groups=self.groups,
            zone=ZoneInfo(config.timezone),
        )
        self.reconciler = Reconciler(
            records=self.records,
            sanctions=sanctions,
            executor=self.executor,
            requests=self.requests,
            tell=self.tell,
        )
        self.whole_mutes = WholeMutes(
            records=self.records,
            groups=self.groups,
            executor=self.executor,
            tell=self.tell,
            levels=self.levels,
            given_up=self._not_opened,
        )
        self.retention = Retention(self.records, self.groups, config.timezone)
        self.hours = Hours(records=self.records, executor=self.executor, tell=self.tell)
        self._works = Works(clock, AREAS.values())
        self.versions = Versions(clock, self.audit, changed=self._changed)
        self.presence = Presence(
            clock=clock,
            groups=self.groups,
            people=self.people,
            records=self.records,
            platforms=self._platforms,
            inform=self.alerts.inform,
        )
        self.desk = Desk(self)
        self.guard = Guard(
            clock=clock,
            groups=self.groups,
            people=self.people,
            lexicon=self.lexicon,
            router=self.router,
            group_line=self._group_line,
            private_line=self._private_line,
            is_connected=self._platforms.__contains__,
            saw=self.executor.saw,
            unopened=self._open_forward,
            looks=looks,
            zone=ZoneInfo(config.timezone),
        )
        self._forwards = Forwards(self.guard.judge_again)

    # -- platforms --------------------------------------------------------------------------------

    def platform(self, bot: str) -> Platform | None:
        """The platform as this bot account has it; None while its line is down."""
        return self._platforms.get(bot)

    @property
    def platforms(self) -> Mapping[str, Platform]:
        """Those whose line is up, by bot account."""
        return MappingProxyType(self._platforms)

    # The house is what chat knows as its `Door`.

    def message(self, platform: Platform, event: MessageReceived) -> bool:
        """A message arrived. True: it is for other people's plugins too."""
        return self.guard.message(platform, event)

    def event(self, platform: Platform, event: Happened) -> None:
        """Something else happened; a line that is up or down is noted first."""
        bot = platform.bot.user_id
        if isinstance(event, Connected):
            self._platforms[bot] = platform
            self._observed.setdefault(bot, ObservedPlatform(platform))
            self.alerts.heard_from(bot)
        elif isinstance(event, Lost):
            self._platforms.pop(bot, None)
        self.guard.event(platform, event)

    def _open_forward(self, platform: Platform, forward: Unopened) -> None:
        self._forwards.open(platform, forward)

    def _platform_for(self, group: Group, observed: bool) -> Platform | None:
        if group.bot not in self._platforms:
            return None
        return (self._observed if observed else self._platforms)[group.bot]

    def in_line(self, group: Group, work: Callable[[], Awaitable[None]]) -> None:
        """Do something when all that came to the group before is done. Returns at once."""
        self._group_line.put(group.key, _Later(work))

    def announce(self, group: Group, event: object) -> None:
        """Give an event to the areas that asked for it, in the group's line."""
        self.in_line(group, partial(self._handle, group, event))

    def _changed(self, group: Group) -> None:
        self.in_line(group, partial(self._handle, group, PolicyChanged()))

    def _roster_changed(self, group: Group) -> None:
        self.in_line(group, partial(self._handle, group, RosterChanged()))

    # -- life -------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Read the snapshots from the store and begin to tick. The store is open."""
        await self.people.load()
        for row in await models.Group.all():
            group = self.groups.get(GroupKey(row.namespace, row.group_id))
            self.groups.known(group, row)
            self.people.belongs(group.key, row.school_id)
            group.bot = row.bot
            if row.paused_until is not None:
                group.paused_until = row.paused_until.timestamp()
            group.mode = "observe" if row.mode == "observe" else "enforce"
            group.class_id = row.class_id
            group.frozen = row.frozen_at is not None
            if row.policy_id is not None:
                await self._load_policy(group, row.policy_id)
        await self.rosters.load()
        await self.whole_mutes.load()
        await self.hours.load(self.groups)
        self.tasks.start(self._tick(), "tick")
        if self.upkeep is not None:
            self.upkeep.start()

    async def _load_policy(self, group: Group, policy_id: int) -> None:
        version = await models.PolicyVersion.get(id=policy_id)
        try:
            pack = await asyncio.to_thread(Pack.from_content, version.content)
            group.policy = await asyncio.to_thread(
                compile_policy, pack, version=version.version, policy_id=policy_id
            )
        except PackError:
            # A group without its rules is said loudly; the others go on.
            logger.exception("group {} has no rules: its policy does not load", group.id)

    async def _tick(self) -> None:
        ticks = 0
        while True:
            try:
                if ticks % _MUTES_EVERY == 0:
                    for group_id in await self.reconciler.muted_groups():
                        group = self.groups.by_id(group_id)
                        if group is not None:
                            self._group_line.put(group.key, _COMPARE)
                await self.rosters.refresh()
                await self.executor.recover(older_than=STUCK)
                await self.retention.minute()
                await self.audit.seal()
                for group_id in await self.reconciler.due():
                    group = self.groups.by_id(group_id)
                    if group is not None:
                        self._group_line.put(group.key, _TICK)
            except Exception as error:
                log_fault("the minute's work failed", error)
            await self._works.tick(self)
            ticks += 1
            self._between_ticks.set()
            await self.clock.sleep(MINUTE)
            self._between_ticks.clear()

    async def settle(self) -> None:
        """Wait until all lines are empty; what waits for its time does not count."""
        lines = [
            self._forwards.lines,
            self._group_line,
            self._private_line,
            self.executor,
            self.desk.answers,
            self.alerts,
            *([self.upkeep] if self.upkeep is not None else []),
        ]
        while True:
            # Whoever was just woken comes to run before we look.
            for _ in range(3):
                await asyncio.sleep(0)
            if self._between_ticks.is_set() and all(line.idle for line in lines):
                return
            await self._between_ticks.wait()
            for line in lines:
                await line.join()

    async def close(self) -> None:
        """Finish what is under way; what is not done stays in the store and is taken up again."""
        if self.upkeep is not None:
            await self.upkeep.close()
        await self._forwards.lines.close(grace=0)
        await self._group_line.close()
        await self._private_line.close()
        await self.executor.close()
        await self.desk.answers.close()
        await self.alerts.close()
        await self.tasks.close(grace=0)
        try:
            await self.audit.seal()
        except Exception as error:
            log_fault("the audit log was not sealed; it is at the next start", error)
        await self.probe.close()
        self._end_listening()

    # -- lines ------------------------------------------------------------------------------------

    async def _work(
        self, key: GroupKey, item: Judged | Request | Happened | _Tick | _Later
    ) -> None:
        if isinstance(item, Request):
            await self.desk.run(item)
            return
        if isinstance(item, _Later):
            await item.work()
            return
        if key.group_id in (NO_GROUP, STRANGERS):
            await self._of_no_group(item)
            return
        group = self.groups.get(key)
        await self._of_group(group, item)
        await self._handle(group, item)

    async def _handle(self, group: Group, event: object) -> None:
        """Give an event to the areas that asked for it."""
        for area in AREAS.values():
            for handler in area.handlers.get(type(event), ()):
                await handler(self, group, event)

    async def _of_group(self, group: Group, item: Judged | Happened | _Tick) -> None:
        """What core itself does."""
        platform = self.platform(group.bot)
        if isinstance(item, Judged):
            await self._judged(group, item, platform)
        elif item is _COMPARE:
            if platform is not None:
                await self.reconciler.mutes(group, platform)
        elif isinstance(item, _Tick):
            await self.reconciler.minute(group)
        elif isinstance(item, Connected):
            if group.bot:
                await models.Group.filter(id=group.id).update(bot=group.bot, left_at=None)
            await self.executor.recover()
        elif isinstance(item, BotRemoved | GroupDissolved):
            await self.presence.gone(item, group)
            await self.whole_mutes.gone(group)
        elif platform is None:
            return
        elif isinstance(item, BotJoined):
            await self.presence.joined(item, group, platform)
        elif isinstance(item, GroupMuted):
            await self.whole_mutes.happened(group, item, platform)
        else:
            if isinstance(item, MemberLeft):
                group.gone |= {item.account}
            elif isinstance(item, MemberCame):
                group.gone -= {item.account}
            await self.reconciler.happened(group, item, platform)

    async def _judged(self, group: Group, judged: Judged, platform: Platform | None) -> None:
        if self.clock.now() < group.paused_until:
            return  # It came after the `/pause` that has just been carried out.
        if platform is not None and self.clock.now() - group.read_at > _MEMBERS_EVERY:
            self.tasks.start(self.tell.read_members(group, platform), "members")
        try:
            await self.court.judge(group, judged, platform)
        except Exception:
            # The store may be down: nothing stronger than withdrawing (design: "Fail in a chosen
            # direction").
            if platform is not None and withdraws(judged, group):
                with suppress(Exception):
                    await platform.withdraw(judged.message.event.ref)
            raise

    async def _of_no_group(self, item: object) -> None:
        if isinstance(item, Connected):
            platform = self.platform(item.bot)
            if platform is None:
                return
            await self.executor.recover()
            for group in self.groups:
                if group.bot != item.bot:
                    continue
                self.in_line(group, partial(self._reconnected, group, platform, item))
                if group.policy is not None:
                    await self.reconciler.mutes(group, platform)
                    self.tasks.start(self.tell.read_members(group, platform), "members")
        elif isinstance(item, BotInvited | FriendRequested):
            platform = self.platform(item.bot)
            if platform is None:
                return
            if isinstance(item, BotInvited):
                await self.presence.invited(item, platform)
            else:
                await self.presence.friend_requested(item, platform)
        elif isinstance(item, BotOffline):
            logger.error("bot {} was logged out by the platform; log it in again", item.bot)
            self.alerts.logged_out(item.bot)

    async def _reconnected(self, group: Group, platform: Platform, event: Connected) -> None:
        await self.whole_mutes.look(group, platform)
        await self._handle(group, event)

    def queued(self) -> dict[str, int]:
        """How many things wait in each kind of line."""
        return {
            "groups": len(self._group_line),
            "private": len(self._private_line),
            "answers": len(self.desk.answers),
            **self.executor.queued(),
        }

    def _settled(self, act: models.Act, group: Group) -> None:
        """An act came to rest."""
        self.tally.acts[act.kind, act.state] += 1
        self.in_line(group, partial(self._handle, group, Settled(act)))
        lost = act.kind == "unmute" and act.state in ("unknown", "denied")
        if act.observed or not (lost or (act.kind == "remove" and act.state == "unknown")):
            return
        logger.error("{} of act {} in group {} was given up", act.kind, act.id, group.id)
        case = texts.CASE.format(number=act.case.number) if act.case is not None else ""
        text = texts.UNMUTE_GIVEN_UP if act.kind == "unmute" else texts.REMOVE_GIVEN_UP
        self.alerts.tell(
            Kind.ACT, text.format(case=case), about=f"{act.kind} {group.id}", group=group.key
        )

    def _not_opened(self, group: Group) -> None:
        logger.error("group {} could not be opened after its quiet hours", group.id)
        self.alerts.tell(
            Kind.ACT, texts.OPENING_GIVEN_UP, about=f"open {group.id}", group=group.key
        )

    async def _private(self, account: Account, item: Request | MessageReceived) -> None:
        event = item.event if isinstance(item, Request) else item
        platform = self.platform(event.ref.bot)
        if platform is not None:
            await self.tell.deliver(platform, account, event.via_group)
            self.alerts.heard_from(event.ref.bot)
        if isinstance(item, Request):
            await self.desk.run(item)
        elif platform is not None:
            for area in AREAS.values():
                for handler in area.private:
                    await handler(self, platform, event)
