"""The one door: every event comes here on arrival, before any quotation is looked up.

A message is judged at once, synchronously, against an immutable snapshot of the group's policy;
what has no finding writes nothing (design: "guard"). Findings and commands go into the group's line,
where one owned worker takes them in order.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

from .area import Finding, Message
from .chat.events import (
    Account,
    AdminChanged,
    BotInvited,
    BotJoined,
    BotRemoved,
    Connected,
    FetchedMessage,
    FileReceived,
    FriendRequested,
    GroupDissolved,
    GroupKey,
    GroupRenamed,
    Happened,
    Kind,
    MessageReceived,
    MessageRef,
    PlatformRole,
    Segment,
    Withdrawn,
    whole,
)
from .faults import log_fault
from .judging import findings
from .looks import NO_POLICY, OTHER_BOT, PAUSED, PRIVATE, ROBOT
from .schedule import on_leave
from .text import fold
from .windows import GroupWindows

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from .chat.port import Platform
    from .clock import Clock
    from .commands import Router
    from .groups import Group, Groups
    from .looks import Looks
    from .people import People, Rank
    from .policy import Bound, Policy
    from .queues import Lines
    from .text import Lexicon

LATE = 600.0
"""Seconds after which a message is judged for its content only, and mutes nobody (design: "Time")."""
BURST = 30.0
"""A message this many seconds older than its arrival came in a burst after a reconnect: windows
then use the time it was written."""
NO_GROUP = ""
"""The group id of the line for what concerns no group."""
STRANGERS = " "
"""The same for who asks to be a friend or invites: each may take a while, and no id has a blank."""
_COUNTS = 6
"""Letters from which a message counts in a newcomer's probation (anchors/moderation.md, 4.1)."""
_FORGET_EVERY = 600.0
_KEPT = 7200.0
"""Seconds of silence after which what somebody sent is forgotten."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A message with what was found, and the policy it was found by (the law of its time)."""

    message: Message
    policy: Policy
    hits: tuple[tuple[Bound, Finding], ...]
    author_rank: Rank
    added: bool = False
    """It was judged before, and this is what chat has added since."""

    @property
    def late(self) -> bool:
        return self.message.arrived - self.message.sent > LATE


@dataclass(frozen=True, slots=True)
class ThroughProbation:
    """Somebody has written as much as a newcomer's probation asks for."""

    account: Account


@dataclass(frozen=True, slots=True)
class Unopened:
    """A message that only names a forward, and all that its second judgement needs."""

    event: MessageReceived
    forward_id: str
    policy: Policy
    author_rank: Rank
    arrived: float


class Guard:
    """Implements `chat.port.Door`. Nothing here awaits."""

    def __init__(
        self,
        *,
        clock: Clock,
        groups: Groups,
        people: People,
        lexicon: Lexicon,
        router: Router,
        group_line: Lines[GroupKey, Any],
        private_line: Lines[Account, Any],
        is_connected: Callable[[str], bool],
        saw: Callable[[Happened], None],
        unopened: Callable[[Platform, Unopened], None] = lambda platform, forward: None,
        looks: Looks | None = None,
        zone: tzinfo = UTC,
    ) -> None:
        """`unopened` is told of a forward whose content should be judged: see `judge_again`."""
        self._clock = clock
        self._groups = groups
        self._people = people
        self._lexicon = lexicon
        self._router = router
        self._group_line = group_line
        self._private_line = private_line
        self._is_connected = is_connected
        self._saw = saw
        self._unopened = unopened
        self._looks = looks
        self._zone = zone
        self._broken: set[int] = set()
        self._forgotten = clock.now()

    def message(self, platform: Platform, event: MessageReceived) -> bool:
        """Judge a message, or take a command. True: it is for other people's plugins too."""
        key = event.ref.group
        if key is None:
            return self._private(platform, event)
        group = self._groups.get(key)
        bot = event.ref.bot
        if group.bot != bot:
            if group.bot and self._is_connected(group.bot):
                # Another of our bots judges here; two would punish twice.
                if self._looks is not None:
                    self._looks.passed(event, OTHER_BOT)
                return False
            group.bot = bot
            if group.id is not None:
                # Another account judges here now: it takes up what the former one left.
                self._group_line.put(key, Connected(bot, self._clock.now()))
        account = event.account
        if event.by_robot or account in group.robots:
            if self._looks is not None:
                self._looks.passed(event, ROBOT)
            return True
        role = event.platform_role
        if role is not PlatformRole.MEMBER or account in group.platform_roles:
            group.platform_roles[account] = role
        rank = self._people.rank(key, account, role)
        request = self._router.read(event, rank)
        policy = group.policy
        allowed = request is not None and request.allowed(policy.rights if policy else {})
        if group.paused_until and self._clock.now() < group.paused_until:
            policy = None
        if self._looks is not None:
            # What is judged below is noted again, with what was found.
            why_not = NO_POLICY if group.policy is None else "" if policy is not None else PAUSED
            self._looks.passed(event, why_not, request if allowed else None)
        if request is not None and allowed and request.command.quotes:
            self._group_line.put(key, request)
            return False
        judged = self._judge(group, policy, event, rank, allowed) if policy is not None else None
        # A forward stands alone; one whose content came along has been judged with it.
        if policy is not None and not event.text and not event.shown:
            self._look_inside(platform, policy, event, rank)
        if judged is not None and not allowed:
            self._group_line.put(key, judged)
            return not withdraws(judged, group)
        if request is not None:
            self._group_line.put(key, request)
            if judged is not None:
                self._group_line.put(key, judged)
            return False
        return True

    def event(self, platform: Platform, event: Happened) -> None:
        """Take in what is not a message."""
        self._saw(event)
        if isinstance(event, FileReceived) and not event.file_id:
            # WeChat tells of a file in this way only; elsewhere its message comes too.
            self.message(platform, self._as_message(event))
            return
        key: GroupKey | None = getattr(event, "group", None)
        if key is None and isinstance(event, Withdrawn):
            key = event.ref.group
        if key is None or isinstance(event, BotInvited):
            line = STRANGERS if isinstance(event, FriendRequested | BotInvited) else NO_GROUP
            self._group_line.put(GroupKey(platform.namespace, line), event)
            return
        group = self._groups.get(key)
        if isinstance(event, AdminChanged):
            group.platform_roles[event.account] = (
                PlatformRole.ADMIN if event.admin else PlatformRole.MEMBER
            )
        elif isinstance(event, GroupRenamed):
            group.name = event.name
        elif isinstance(event, BotJoined) and not self._is_connected(group.bot):
            group.bot = event.bot
        elif isinstance(event, BotRemoved | GroupDissolved) and group.bot == event.bot:
            group.bot = ""
        if group.id is not None or isinstance(event, BotJoined):
            self._group_line.put(key, event)

    def _as_message(self, event: FileReceived) -> MessageReceived:
        return MessageReceived(
            MessageRef(event.bot, event.group, "", event.time),
            event.account,
            (Segment(Kind.FILE, event.name, event.name),),
            text="",
            platform_role=self._groups.get(event.group).platform_role(event.account),
            shown=event.name,
        )

    def weigh(
        self, policy: Policy, read: FetchedMessage, rank: Rank
    ) -> list[tuple[Bound, Finding]]:
        """What the policy says of the content of a message that was read back, without touching any
        state: how often and how much is not in one message."""
        event = MessageReceived(
            read.ref, read.account, read.segments, read.text, shown=read.shown, links=read.links
        )
        message = self._built(event, rank, self._clock.now())
        windows = GroupWindows()
        windows.observe(message, message.arrived)
        return findings(policy, message, windows, content_only=True, fault=self._fault)

    def _private(self, platform: Platform, event: MessageReceived) -> bool:
        rank = self._people.rank(None, event.account, PlatformRole.MEMBER)
        request = self._router.read(event, rank)
        if self._looks is not None:
            self._looks.passed(event, PRIVATE, request)
        # Any private word shows that the person can be reached: what waits is delivered first.
        self._private_line.put(event.account, request if request is not None else event)
        return request is None

    def _judge(
        self, group: Group, policy: Policy, event: MessageReceived, rank: Rank, command: bool
    ) -> Judged | None:
        now = self._clock.now()
        sent = event.ref.time
        windows = group.windows
        moment = sent if now - sent > BURST else now
        before = "" if command else windows.pieces(event.account, event.text, moment)
        message = self._built(event, rank, now, before, command=command, group=group)
        group.judged += 1
        windows.observe(message, moment)
        if now - self._forgotten > _FORGET_EVERY:
            self._forgotten = now
            for other in self._groups:
                other.windows.forget(now - _KEPT)
        if message.newcomer and not command:
            self._through(group, message)
        content_only = command or now - sent > LATE
        hits = findings(policy, message, windows, content_only=content_only, fault=self._fault)
        if any(finding.shields for _, finding in hits):
            # Whoever calls for help writes fast, and in pieces.
            windows.forgive(event.account)
        if self._looks is not None:
            self._looks.judged(message, policy, hits, command=command, content_only=content_only)
        return Judged(message, policy, tuple(hits), rank) if hits else None

    def _built(
        self,
        event: MessageReceived,
        rank: Rank,
        arrived: float,
        before: str = "",
        *,
        command: bool = False,
        group: Group | None = None,
    ) -> Message:
        """`before`: what its author wrote in short messages just before. Without a `group` nothing is
        known of its hours."""
        folded = fold(whole(event.text, event.shown) if event.shown else event.text)
        hits = self._lexicon.scan(folded)
        if before:
            hits += self._lexicon.across(before, event.text)
        sent = event.ref.time
        excused = quiet = False
        if group is not None and group.policy is not None:
            excused = bool(group.leaves) and on_leave(group.leaves, event.account, sent)
            hours = group.policy.quiet
            quiet = (
                bool(hours) and not excused and any(one.at(sent, self._zone).on for one in hours)
            )
        return Message(
            event=event,
            folded=folded,
            hits=hits,
            arrived=arrived,
            sent=sent,
            author_is_staff=rank.is_staff,
            zone=self._zone,
            is_command=command,
            quiet=quiet,
            excused=excused,
            newcomer=group is not None and self._is_new(group, event.account, sent),
            roster=group.roster if group is not None else None,
        )

    def _is_new(self, group: Group, account: Account, sent: float) -> bool:
        probation = group.newcomers.get(account)
        return probation is not None and sent < probation.until

    def _through(self, group: Group, message: Message) -> None:
        """Count a message against its author's probation, where messages are counted."""
        account = message.event.account
        probation = group.newcomers.get(account)
        if probation is None or probation.left is None:
            return
        if len(message.folded.skeleton) >= _COUNTS:
            probation.left -= 1
        if probation.left <= 0:
            del group.newcomers[account]
            self._group_line.put(group.key, ThroughProbation(account))

    def _look_inside(
        self, platform: Platform, policy: Policy, event: MessageReceived, rank: Rank
    ) -> None:
        """Have a forward opened that came as an id only, where somebody would read it."""
        for segment in event.segments:
            if segment.kind is Kind.FORWARD and segment.value:
                if any(bound.area.of_content for bound in policy.judging):
                    arrived = self._clock.now()
                    self._unopened(platform, Unopened(event, segment.value, policy, rank, arrived))
                return

    def judge_again(self, forward: Unopened, shown: str, links: tuple[str, ...]) -> None:
        """Judge a message for what a forward turned out to hold. Its windows have seen it already;
        what is found joins the case the message may have made."""
        event = replace(forward.event, shown=shown, links=links)
        group = self._groups.get(event.ref.group) if event.ref.group is not None else None
        if group is None or not group.bot or self._clock.now() < group.paused_until:
            # Meanwhile the bot is out of the group, or a person has paused it.
            return
        message = self._built(event, forward.author_rank, forward.arrived, group=group)
        hits = findings(
            forward.policy, message, group.windows, content_only=True, fault=self._fault
        )
        if hits:
            if self._looks is not None:
                self._looks.added(message, forward.policy, hits)
            judged = Judged(message, forward.policy, tuple(hits), forward.author_rank, added=True)
            self._group_line.put(group.key, judged)

    def _fault(self, area: str, detector: object, error: Exception) -> None:
        """A detector that raises finds nothing; it is said once, not at every message."""
        if id(detector) not in self._broken:
            self._broken.add(id(detector))
            log_fault(f"a detector of {area} raised; until this is mended it finds nothing", error)


def withdraws(judged: Judged, group: Group) -> bool:
    """Whether the message will be taken back, so that other people's plugins should not have it."""
    return (
        group.mode == "enforce"
        and not judged.author_rank.is_staff
        and any(
            (finding.acts or finding.wait is not None) and bound.withdraw
            for bound, finding in judged.hits
        )
    )
