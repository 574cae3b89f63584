"""No path through due process leaves somebody muted without a case that counts, a removed one without a
way to appeal, or a case without an end: a house in front of a platform that sometimes lies, whatever
people do in whatever order."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
import pytest

from src.core.chat.events import MemberMuted, PlatformRole
from src.core.chat.port import Act, Answer, Word
from src.core.discipline import NotAllowed, family_of
from src.core.discipline.appeals import State, Terms, state_of
from src.core.discipline.records import LIVES
from src.core.faults import listen
from src.core.people import Role
from src.core.policy import Pack
from src.core.policy.ladder import Counted, standing
from src.core.store import in_transaction, models
from src.core.store.rows import account_row
from tests.houses import AD, ADMIN, CLASS, INSULT, OWNER, PARENTS, a_home, account

if TYPE_CHECKING:
    from tests.houses import Home

HOUR, DAY = 3600.0, 86_400.0
MOTHER, PUPIL, LOUD, ONE_MORE, COMMITTEE = PARENTS[:5]
"""A mother and her child, two more who break clauses, and one who is on the committee at times."""
HEAD, LEADER, ROOT = "700", "600", "1"
MEMBERS = (MOTHER, PUPIL, LOUD, ONE_MORE)
BREAKERS = (PUPIL, LOUD)
MANAGERS = (OWNER, ADMIN, HEAD, LEADER, COMMITTEE, ROOT)
WITHIN = 10 * DAY
"""For so long a decision can be appealed."""
TICK = 60.0
TOLERANCE = 90.0
WORDS = "看过原来的消息了"
DECIDES = ("confirmed", "refused", "upheld", "reduced", "revoked")
WRONG: dict[str, Answer[Any]] = {
    "refuses": Answer(Word.REFUSED, wording="no right"),
    "lies": Answer(Word.DONE),
    "is silent": Answer(Word.UNKNOWN),
}
ORDERS = (
    "/warn {} 请注意",
    "/mute {} 1h 请注意",
    "/mute {} 3d 请注意",
    "/unmute {}",
    "/kick {} 请注意",
    "/block {} 5d 请注意",
    "/unblock {}",
)
ROLES = (Role.COMMITTEE, Role.HEAD_TEACHER, Role.TEACHER, Role.PARENT)
BREACH = st.sampled_from((INSULT, AD))
ACTS = st.sampled_from((Act.MUTE, Act.REMOVE, Act.WITHDRAW, Act.FETCH_MEMBER, Act.WHISPER))

CONTENT: dict[str, Any] = {
    "name": "small",
    "title": "小群规",
    "version": "1",
    "ladder": {
        "rude": {
            "steps": [
                "warn",
                "mute 1d",
                "mute 6d",
                {"step": "remove", "confirm": 2, "within": "2d"},
                {"step": "block 20d", "confirm": 1},
            ]
        },
        "ads": {
            "steps": ["mute 1h", {"step": "mute 2d", "report": True}, {"step": "remove", "confirm": 0},
                      {"step": "block 9d", "confirm": 0}],
            "decay": "7d",
        },
    },
    "clause": [
        {
            "number": "1",
            "text": "不骂人。",
            "plugin": "content_filter",
            "settings": {"categories": ["insult"]},
            "ladder": "rude",
        },
        {
            "number": "2",
            "text": "不发广告。",
            "plugin": "content_filter",
            "settings": {"categories": ["ads"]},
            "ladder": "ads",
        },
        {
            "number": "3",
            "text": "可以申诉。",
            "plugin": "appeals",
            "settings": {"within": "10d", "decide_in": 1},
        },
    ],
}  # fmt: skip


INDEX = st.integers(0, 5)
MOVES: dict[str, tuple[int, dict[str, st.SearchStrategy[Any]]]] = {
    "breaks": (12, {"what": BREACH, "second": st.booleans()}),
    "breaks_later": (12, {"what": BREACH}),
    "appeals": (
        12,
        {
            "index": INDEX,
            "by": st.sampled_from((None, MOTHER)),
            "how": st.sampled_from(("asks", "applies")),
        },
    ),
    "withdraws": (2, {"index": INDEX}),
    "reports": (2, {"user": st.sampled_from(MEMBERS), "about": st.sampled_from(MEMBERS)}),
    "complains": (
        2,
        {"user": st.sampled_from(MEMBERS), "about": st.sampled_from((OWNER, ADMIN, HEAD))},
    ),
    "leaves_or_comes_back": (
        6,
        {"user": st.sampled_from(BREAKERS), "removed": st.booleans()},
    ),
    "orders": (
        12,
        {
            "manager": st.sampled_from(MANAGERS),
            "user": st.sampled_from((*BREAKERS, MOTHER)),
            "words": st.sampled_from(ORDERS),
        },
    ),
    "pardons": (4, {"manager": st.sampled_from(MANAGERS), "index": INDEX}),
    "answers": (
        12,
        {
            "manager": st.sampled_from(MANAGERS),
            "index": INDEX,
            "verb": st.sampled_from(("confirm", "refuse", "done", "ack")),
        },
    ),
    "reviews": (
        12,
        {
            "manager": st.sampled_from(MANAGERS),
            "index": INDEX,
            "verdict": st.sampled_from(("uphold", "reduce", "revoke")),
        },
    ),
    "mutes_by_hand": (
        4,
        {
            "user": st.sampled_from(BREAKERS),
            "manager": st.sampled_from((OWNER, ADMIN)),
            "seconds": st.sampled_from((0, 600, 86_400)),
        },
    ),
    "closes": (1, {}),
    "opens": (8, {}),
    "enforces": (10, {}),
    "gives_role": (
        2,
        {"user": st.sampled_from((ADMIN, COMMITTEE, HEAD)), "role": st.sampled_from(ROLES)},
    ),
    "platform_role": (
        1,
        {"role": st.sampled_from((PlatformRole.ADMIN, PlatformRole.MEMBER))},
    ),
    "goes_wrong": (
        4,
        {"act": ACTS, "how": st.sampled_from(tuple(WRONG)), "done": st.booleans()},
    ),
    "is_honest_again": (8, {}),
    "restarts": (3, {}),
    "time_passes": (10, {"hours": st.sampled_from((0.05, 1.0, 7.0, 25.0, 80.0, 11 * 24.0))}),
}
"""What may happen: its weight, and what of it is drawn."""
WEIGHED = [name for name, (weight, _) in MOVES.items() for _ in range(weight)]


class _Back(Exception):
    """Takes a transaction back that only asked whether something could be done."""


class World:
    """A class group, who is in it, and what must be so whatever they do."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.decided: dict[int, tuple[str, int | None]] = {}
        self.by_hand: dict[str, float] = {}
        """Until when a person has muted somebody on the platform."""
        self.said = 0
        self.cases = 0
        self.waiting: set[str] = set()
        """Kinds of open requests."""

    async def begin(self) -> None:
        home = self.home
        await home.house.records.row_of(home.group)
        await home.house.versions.adopt(
            home.group, Pack.from_content(CONTENT), "test", account(OWNER)
        )
        home.platform.join(HEAD, "班主任")
        await self.grant(HEAD, Role.HEAD_TEACHER)
        await self.grant(LEADER, Role.LEADER)
        roster = await home.house.rosters.link(home.group, "三年级二班")
        now = home.house.records.now()
        pupil = await models.Person.create(
            school_class_id=roster.class_id, kind="student", name="陈晨", created_at=now
        )
        async with in_transaction():
            for user, relation in ((MOTHER, "妈妈"), (PUPIL, "")):
                row = await account_row(account(user))
                await home.house.rosters.bind(row, pupil.id, relation, "manager")
        await home.house.rosters.reload(roster.class_id)
        await home.says(OWNER, "早")
        await home.house.tell.read_members(home.group, home.platform)

    # -- what people do ---------------------------------------------------------------------------

    async def grant(self, user: str, role: Role) -> None:
        row = await account_row(account(user))
        group = self.home.group
        await models.RoleGrant.filter(group_id=group.id, account=row).delete()
        await models.RoleGrant.create(
            group_id=group.id, account=row, role=role.value, given_by=row,
            created_at=self.home.house.records.now(),
        )  # fmt: skip
        self.home.house.people.grant(CLASS, account(user), role)

    def is_in(self, user: str) -> bool:
        return account(user) in self.home.platform.groups[CLASS]

    def can_speak(self, user: str) -> bool:
        platform = self.home.platform
        if not self.is_in(user):
            return False
        member = platform.groups[CLASS][account(user)]
        if CLASS in platform.closed and member.role is PlatformRole.MEMBER:
            return False
        return not platform.muted(user)

    async def types(self, user: str, words: str, number: int | None = None, rest: str = "") -> None:
        """A command with the number of something, in the group or in private, as they can."""
        here = self.can_speak(user)
        item = "" if number is None else str(number) if here else f"{self.home.group.id}-{number}"
        said = " ".join(part for part in (words, item, rest) if part)
        await self.home.says(user, said, group=CLASS if here else None)

    async def breaks(self, user: str, what: str) -> None:
        if not self.can_speak(user):
            return
        row = await account_row(account(user))
        held = await models.Mute.get_or_none(account=row, live_key__isnull=False)
        self.said += 1
        await self.home.says(user, f"{what}{self.said}")
        if held is None or held.until <= self.home.house.records.now():
            return
        now = await models.Mute.get_or_none(account=row, live_key__isnull=False)
        before = await models.Mute.get(id=held.id)
        assert before.ended in ("removed", "outside", "denied") or (
            now is not None and now.until >= held.until
        ), "an automatic mute was shortened by a new one"

    async def request(self, index: int, *kinds: str) -> models.Request | None:
        found = models.Request.filter(group_id=self.home.group.id, state="open")
        if kinds:
            found = found.filter(kind__in=kinds)
        rows = await found.order_by("-id").limit(6)
        return rows[index % len(rows)] if rows else None

    async def case(self, index: int, **which: Any) -> models.Case | None:
        rows = await models.Case.filter(**which).order_by("-id").limit(6).select_related("account")
        return rows[index % len(rows)] if rows else None

    async def answers(self, user: str, index: int, verb: str) -> None:
        request = await self.request(index)
        if request is not None:
            await self.types(user, f"/{verb}", request.number, WORDS)

    async def reviews(self, user: str, index: int, verdict: str) -> None:
        request = await self.request(index, "appeal")
        if request is not None:
            await self.types(user, "/review", request.number, f"{verdict} {WORDS}")

    async def pardons(self, user: str, index: int) -> None:
        case = await self.case(index)
        if case is None:
            return
        before = await self.weight(case)
        await self.types(user, "/pardon", case.number, WORDS)
        now = await models.Case.get(id=case.id)
        counted = case.state in LIVES and case.live_until > self.home.house.records.now()
        if now.state == "reversed" and counted and case.ladder and not case.observed:
            after = await self.weight(case)
            least = case.weight if case.ladder == "rude" else 0
            assert after <= before - least, "a reversed case weighs on"

    async def weight(self, case: models.Case) -> int:
        policy = self.home.group.policy
        assert policy is not None
        return await self.home.house.records.live_weight(
            case.group_id, case.account_id, case.ladder, policy.ladders.get(case.ladder)
        )

    async def appeals(self, index: int, by: str | None, how: str) -> None:
        """Whoever a case is about appeals it, or their family; in time it is always taken."""
        case = await self.case(index, account__user_id__in=list(MEMBERS))
        if case is None:
            return
        whose = case.account.user_id
        user = by if by is not None and account(by) in self.family(whose) else whose
        possible = await self.may_appeal(case)
        item = f"{self.home.group.id}-{case.number}"
        if how == "applies" and not self.is_in(user):
            await self.home.applies(user, f"申诉 {case.number} {WORDS}")
        else:
            await self.home.says(user, f"申诉 {item} {WORDS}", group=None)
        if possible:
            opened = await models.Request.exists(case_id=case.id, kind="appeal", state="open")
            assert opened, f"an appeal of case {case.number} was not taken"

    async def may_appeal(self, case: models.Case) -> bool:
        """Whether an appeal of this case is to be taken, by what the rows say."""
        if case.observed or case.state == "reversed":
            return False
        appeals = await self.home.house.appeals.of(case)
        if state_of(case, appeals) is not State.NONE:
            return False
        decided = await self.home.house.appeals.decided_at(case)
        return (self.home.house.records.now() - decided).total_seconds() <= WITHIN

    def family(self, user: str) -> set[Any]:
        return family_of(self.home.group, account(user))

    async def withdraws(self, index: int) -> None:
        request = await self.request(index, "appeal")
        if request is not None:
            who = await models.Account.get(id=request.account_id)
            item = f"{self.home.group.id}-{request.number}"
            await self.home.says(who.user_id, f"申诉 {item} 撤回", group=None)

    async def mutes_by_hand(self, user: str, manager: str, seconds: int) -> None:
        if not self.is_in(user):
            return
        home, now = self.home, self.home.clock.now()
        self.by_hand[user] = now + seconds
        home.platform.change(user, muted_until=now + seconds if seconds else 0.0)
        bot = home.platform.bot.user_id
        event = MemberMuted(bot, now, CLASS, account(user), account(manager), seconds)
        home.house.event(home.platform, event)
        await home.settled()

    async def passes(self, seconds: float) -> None:
        """Time passes in a few strides, as where the process is busy or asleep; then a minute."""
        target = self.home.clock.now() + seconds
        for left in (2, 1, 0):
            self.home.clock.move_to(target - left * seconds / 3)
            await self.home.settled()
        self.home.clock.move_to(self.home.clock.now() + TICK)
        await self.home.settled()

    # -- what must be so --------------------------------------------------------------------------

    async def check(self) -> None:
        """What the rows say after each thing that happens."""
        now = self.home.house.records.now().timestamp()
        cases = {case.id: case for case in await models.Case.all()}
        for mute in await models.Mute.filter(live_key__isnull=False):
            assert cases[mute.case_id].state in LIVES, "a mute of a case that does not count"
            assert mute.ended == ""
            assert mute.until.timestamp() > now - TICK, "a mute that is over still holds"
        for block in await models.Block.filter(live_key__isnull=False):
            if block.case_id is not None:
                assert cases[block.case_id].state in LIVES, "a block of a case that does not count"
            assert block.until is None or block.until.timestamp() > now - TICK
        requests = await models.Request.all().order_by("id")
        self.cases = len(cases)
        self.waiting = {one.kind for one in requests if one.state == "open"}
        self._check_requests(requests, now)
        await self._check_appeals(cases, requests)
        await self._check_weights(cases)

    def _check_requests(self, requests: list[models.Request], now: float) -> None:
        for one in requests:
            if one.state != "open":
                known = self.decided.setdefault(one.id, (one.state, one.decided_by_id))
                assert known == (one.state, one.decided_by_id), "a request was decided twice"
                assert one.open_key is None
                continue
            assert one.id not in self.decided, "a decided request is open again"
            if one.expires_at is not None:
                assert one.expires_at.timestamp() > now - TICK, f"{one.kind} is overdue"
            else:
                # Tracked until somebody closes it.
                assert one.kind == "emergency"

    async def _check_appeals(
        self, cases: dict[int, models.Case], requests: list[models.Request]
    ) -> None:
        open_ = [one.case_id for one in requests if one.kind == "appeal" and one.state == "open"]
        assert len(open_) == len(set(open_)), "two open appeals of one case"
        for case in cases.values():
            assert case.state != "suspended" or case.id in open_, "suspended without an end"
            assert case.state != "reversed" or case.id not in open_
        for appeal in requests:
            if appeal.kind != "appeal" or appeal.state not in DECIDES:
                continue
            assert appeal.case_id is not None
            case = cases[appeal.case_id]
            part = {case.account_id, case.actor_id}
            for one in requests:
                before = one.case_id == case.id and one.id != appeal.id
                before &= (one.decided_at or one.created_at) <= (
                    appeal.decided_at or one.created_at
                )
                if before and one.kind in ("remove", "block", "review", "appeal"):
                    part |= {*one.agreed}
                    part |= {one.decided_by_id} if one.state in DECIDES else set()
            assert appeal.decided_by_id not in part - {None}, (
                "decided by somebody with a part in it"
            )

    async def _check_weights(self, cases: dict[int, models.Case]) -> None:
        policy = self.home.group.policy
        assert policy is not None
        records = self.home.house.records
        now = int(records.now().timestamp())
        for account_id, name in {(c.account_id, c.ladder) for c in cases.values() if c.ladder}:
            ladder = policy.ladders[name]
            rows = [
                one
                for one in cases.values()
                if (one.account_id, one.ladder) == (account_id, name)
                and one.state in LIVES
                and not one.observed
            ]
            found = await records.standing(self.home.group.id, account_id, name, ladder)
            counted = [Counted.of(one) for one in rows]
            assert found == standing(counted, now, ladder.decay)
            if ladder.decay is None:
                assert found.weight == sum(c.weight for c in counted if now < c.until)

    async def settle(self) -> None:
        """The platform is honest again, and there is time to notice."""
        platform = self.home.platform
        platform.answers.clear()
        platform.denials.clear()
        for seconds in (5, 15, 40, TICK, TICK):
            self.home.clock.move_to(self.home.clock.now() + seconds)
            await self.home.settled()
            if seconds == 40:
                self.home.lose()
                self.home.connect()
                await self.home.settled()

    async def check_settled(self) -> None:
        """What must be so on the platform, once it is honest and all is dealt with."""
        home, now = self.home, self.home.clock.now()
        held: dict[str, models.Mute] = {}
        for mute in await models.Mute.filter(live_key__isnull=False).select_related("account"):
            held[mute.account.user_id] = mute
        for who, member in home.platform.groups[CLASS].items():
            until = member.muted_until or 0.0
            mute = held.get(who.user_id)
            if until > now + TICK:
                known = [self.by_hand.get(who.user_id, 0.0)]
                known += [mute.until.timestamp()] if mute is not None else []
                assert until <= max(known) + TOLERANCE, f"{who.user_id} is muted without a case"
            if mute is not None:
                assert until >= mute.until.timestamp() - TOLERANCE, "a mute that does not hold"
        assert not await models.Act.exists(state__in=("requested", "attempting"), kind="unmute")
        removed = models.Act.filter(kind="remove", state="confirmed").select_related(
            "case__account"
        )
        for act in await removed:
            assert act.case is not None
            if not await self.may_appeal(act.case):
                continue
            whose = account(act.case.account.user_id)
            try:
                async with in_transaction():
                    await home.house.appeals.file(
                        home.group, act.case, whose, WORDS, [], Terms(within=int(WITHIN))
                    )
                    raise _Back
            except _Back:
                pass
            except NotAllowed as refusal:
                raise AssertionError(f"removed without a way to appeal: {refusal}") from None
        report = await home.house.audit.verify()
        assert report.fault is None
        assert report.count


class Paths(RuleBasedStateMachine):
    """What may happen, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[BaseException] = []
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.folder = TemporaryDirectory()
        self.unlisten = listen(self.faults.append)
        self.world: World = self.runner.run(self._open())

    async def _open(self) -> World:
        home = await self.stack.enter_async_context(
            a_home(Path(self.folder.name), superusers=[ROOT], pack=None)
        )
        world = World(home)
        await world.begin()
        return world

    def teardown(self) -> None:
        try:
            self.runner.run(self._end())
        finally:
            try:
                self.runner.run(self.stack.aclose())
            finally:
                self.runner.close()
                self.folder.cleanup()
                self.unlisten()

    async def _end(self) -> None:
        await self.world.settle()
        await self.world.check()
        await self.world.check_settled()

    @initialize(broken=st.lists(st.tuples(st.sampled_from(BREAKERS), BREACH), max_size=5))
    def begins(self, broken: list[tuple[str, str]]) -> None:
        for user, what in broken:
            self.runner.run(self.world.breaks(user, what))
            self.runner.run(self.world.passes(HOUR))

    @rule(data=st.data())
    def happens(self, data: st.DataObject) -> None:
        """One thing, drawn by its weight from those that make sense now: as rules of their own, of which
        hypothesis leaves out most in each run, they hardly ever come to an appeal."""
        world, platform = self.world, self.world.home.platform
        senseless: set[str] = set()
        speak = [world.can_speak(one) for one in BREAKERS]
        senseless |= set() if any(speak) else {"breaks"}
        senseless |= set() if not all(speak) else {"breaks_later"}
        senseless |= set() if world.cases else {"appeals", "pardons"}
        senseless |= set() if world.waiting else {"answers"}
        senseless |= set() if "appeal" in world.waiting else {"reviews", "withdraws"}
        senseless |= {"enforces"} if world.home.group.mode == "enforce" else set()
        senseless |= set() if platform.answers or platform.denials else {"is_honest_again"}
        senseless |= set() if world.home.group.frozen else {"opens"}
        possible = [name for name in WEIGHED if name not in senseless]
        name = data.draw(st.sampled_from(possible))
        getattr(self, name)(**data.draw(st.fixed_dictionaries(MOVES[name][1])))

    # -- members ----------------------------------------------------------------------------------

    def breaks(self, what: str, second: bool) -> None:
        speakers = [one for one in BREAKERS if self.world.can_speak(one)]
        self.runner.run(self.world.breaks(speakers[-1 if second else 0], what))

    def breaks_later(self, what: str) -> None:
        """Somebody waits until their mute is over, or is let in again, and goes on."""
        user = next(one for one in BREAKERS if not self.world.can_speak(one))
        if not self.world.is_in(user):
            self.runner.run(self.world.home.comes(user))
        if self.world.is_in(user):
            until = self.world.home.platform.groups[CLASS][account(user)].muted_until or 0.0
            self.runner.run(self.world.passes(max(TICK, until - self.world.home.clock.now() + 5)))
        self.runner.run(self.world.breaks(user, what))

    def appeals(self, index: int, by: str | None, how: str) -> None:
        self.runner.run(self.world.appeals(index, by, how))

    def withdraws(self, index: int) -> None:
        self.runner.run(self.world.withdraws(index))

    def reports(self, user: str, about: str) -> None:
        self.runner.run(self.world.types(user, "/举报", rest=f"{about} 一直骂人不听劝"))

    def complains(self, user: str, about: str) -> None:
        names = {OWNER: "孙老师", ADMIN: "何老师", HEAD: "班主任"}
        self.runner.run(self.world.types(user, "/投诉", rest=f"{names[about]} 处理得不公平"))

    def leaves_or_comes_back(self, user: str, removed: bool) -> None:
        if self.world.is_in(user):
            self.runner.run(self.world.home.leaves(user, removed=removed))
        else:
            self.world.by_hand.pop(user, None)
            self.runner.run(self.world.home.comes(user))

    # -- managers ---------------------------------------------------------------------------------

    def orders(self, manager: str, user: str, words: str) -> None:
        self.runner.run(self.world.types(manager, words.format(user)))

    def pardons(self, manager: str, index: int) -> None:
        self.runner.run(self.world.pardons(manager, index))

    def answers(self, manager: str, index: int, verb: str) -> None:
        self.runner.run(self.world.answers(manager, index, verb))

    def reviews(self, manager: str, index: int, verdict: str) -> None:
        self.runner.run(self.world.reviews(manager, index, verdict))

    def mutes_by_hand(self, user: str, manager: str, seconds: int) -> None:
        self.runner.run(self.world.mutes_by_hand(user, manager, seconds))

    def closes(self) -> None:
        self.runner.run(self.world.types(OWNER, "/freeze 有人闹事"))

    def opens(self) -> None:
        self.runner.run(self.world.types(OWNER, "/unfreeze"))

    def enforces(self) -> None:
        self.runner.run(self.world.types(OWNER, "/policy mode enforce"))

    def gives_role(self, user: str, role: Role) -> None:
        self.runner.run(self.world.grant(user, role))

    def platform_role(self, role: PlatformRole) -> None:
        self.world.home.platform.change(ADMIN, role=role)

    # -- the world --------------------------------------------------------------------------------

    def goes_wrong(self, act: Act, how: str, done: bool) -> None:
        platform = self.world.home.platform
        if act is Act.FETCH_MEMBER:
            # That it refused what it has done shows where it can be read only.
            platform.answers[act] = WRONG["is silent"]
            platform.denials.clear()
        elif done and act in (Act.MUTE, Act.REMOVE):
            platform.denials[act] = WRONG[how]
            platform.answers.pop(Act.FETCH_MEMBER, None)
        else:
            platform.answers[act] = WRONG[how]

    def is_honest_again(self) -> None:
        self.runner.run(self.world.settle())
        self.runner.run(self.world.check_settled())

    def restarts(self) -> None:
        self.runner.run(self.world.home.restart())

    def time_passes(self, hours: float) -> None:
        self.runner.run(self.world.passes(hours * HOUR))

    @invariant()
    def holds(self) -> None:
        assert not self.faults, self.faults
        self.runner.run(self.world.check())


def walk(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Paths,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
        ),
    )


def test_no_path_leads_astray() -> None:
    walk(6, 20)


@pytest.mark.thorough
def test_no_longer_path_leads_astray() -> None:
    walk(300, 50)


# -- what it has found --------------------------------------------------------------------------------


async def _appeal(case: models.Case) -> models.Request:
    return await models.Request.get(case_id=case.id, kind="appeal")


async def test_whoever_agrees_after_the_appeal_does_not_decide_it(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=[ROOT], pack=None) as home:
        await World(home).begin()
        await home.says(OWNER, f"/kick {LOUD} 请注意")
        case = await models.Case.get()
        await home.says(LOUD, f"申诉 {home.group.id}-{case.number} 我没有做错", group=None)
        proposal = await models.Request.get(kind="remove")
        await home.says(ADMIN, f"/confirm {proposal.number}")
        assert (await models.Request.get(id=proposal.id)).state == "confirmed"
        appeal = await _appeal(case)
        await home.says(ADMIN, f"/review {appeal.number} uphold {WORDS}")
        assert (await _appeal(case)).state == "open"
        await home.says(HEAD, f"/review {appeal.number} revoke {WORDS}")
        assert (await _appeal(case)).state == "revoked"


async def test_a_refused_mute_leaves_the_one_that_runs(tmp_path: Path) -> None:
    """It was taken for replaced: the bot forgot it, and nothing lifted it any more."""
    async with a_home(tmp_path, superusers=[ROOT], pack=None) as home:
        await World(home).begin()
        await home.says(OWNER, f"/mute {LOUD} 3d 请注意")
        home.platform.answers[Act.MUTE] = WRONG["refuses"]
        await home.says(HEAD, f"/mute {LOUD} 1h 请注意")
        home.platform.answers.clear()
        mute = await models.Mute.get(live_key__isnull=False).select_related("case")
        assert mute.until.timestamp() == home.clock.now() + 3 * DAY
        await home.says(ROOT, f"/pardon {mute.case.number} {WORDS}")
        assert not home.platform.muted(LOUD)


async def test_what_a_person_has_ended_does_not_come_back(tmp_path: Path) -> None:
    async with a_home(tmp_path, superusers=[ROOT], pack=None) as home:
        world = World(home)
        await world.begin()
        await home.says(OWNER, f"/mute {LOUD} 20d 请注意")
        await home.says(OWNER, f"/mute {LOUD} 2h 请注意")
        await home.says(OWNER, f"/unmute {LOUD}")
        await home.says(OWNER, f"/mute {LOUD} 1h 请注意")
        first, _, last = await models.Case.all().order_by("id")
        # The second stands for the first, and somebody has lifted it.
        await home.says(ROOT, f"/pardon {last.number} {WORDS}")
        assert not home.platform.muted(LOUD)
        # Nor does what nobody decided in time, and is upheld then, bring back what was lifted before.
        await home.says(LOUD, f"申诉 {home.group.id}-{first.number} 我没有做错", group=None)
        await world.passes(4 * DAY)
        assert (await models.Case.get(id=first.id)).state == "suspended"
        appeal = await _appeal(first)
        await world.types(ROOT, "/review", appeal.number, f"uphold {WORDS}")
        assert (await models.Case.get(id=first.id)).state == "active"
        assert not home.platform.muted(LOUD)
        assert not await models.Mute.exists(live_key__isnull=False)
