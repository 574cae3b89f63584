"""Appeals: somebody who had no part in a case looks at it again (04.5.2, 17.4.2;
anchors/moderation.md, 4.7).

What follows what is in one table, `MOVES`. Where an appeal stands is read off the rows of the case each
time, so that nothing is in memory only: a first instance, and once more the school's. Silence does not
help whoever decided: past its deadline the case is suspended, and the appeal goes up a level.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from src.core.chat.events import Account
from src.core.duration import spoken
from src.core.people import Role
from src.core.schedule import school_days
from src.core.schedule.school_days import PUBLIC
from src.core.store import in_transaction, models
from src.core.store.rows import account_row
from src.core.text.comments import appeal_in

from . import texts
from .conflicts import family_of, involved
from .levels import Level
from .records import LIVES, Answered, NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from src.core.chat.events import JoinRequested
    from src.core.groups import Group, Groups
    from src.core.people import People, Rank

    from .executor import Executor
    from .levels import Levels
    from .orders import Orders
    from .records import Records
    from .requests import Requests
    from .tell import Tell

LONGEST_REASON = 1000
MOST_PICTURES = 3
MOST_ADDITIONS = 5
"""How often something may be added to an open appeal: whoever decides is told each time (judgement)."""
WEEK = timedelta(days=7)
MOST_WITHDRAWN = 3
"""How often the appeals of a case may be taken back: all who may decide are told of each (judgement)."""
_STANDING = (*LIVES, "suspended")
"""States of a case that there is something to appeal about."""
_AT_REST = ("confirmed", "denied", "unknown", "lapsed")
_TELL_WITHIN = timedelta(days=2)
_LONGEST_ANSWER = 500
"""Characters that are kept of what was answered."""


# -- what follows what ----------------------------------------------------------------------------------


class State(Enum):
    """Where the appeal of a case stands."""

    NONE = "none"
    """Nobody has appealed, or they took it back: one may be filed while the time runs."""
    FIRST = "first"
    FIRST_LATE = "first_late"
    """Nobody decided in time: the case is suspended until somebody does."""
    DECIDED = "decided"
    """Upheld or reduced; the school may be asked once more."""
    SECOND = "second"
    SECOND_LATE = "second_late"
    FINAL = "final"
    REVOKED = "revoked"
    """The case is reversed: there is nothing to appeal any more."""

    @property
    def is_open(self) -> bool:
        return self in _OPEN

    @property
    def is_late(self) -> bool:
        return self in (State.FIRST_LATE, State.SECOND_LATE)


_OPEN = frozenset({State.FIRST, State.FIRST_LATE, State.SECOND, State.SECOND_LATE})

Verdict = Literal["upheld", "reduced", "revoked"]
Move = Literal["file", "withdraw", "overdue", "upheld", "reduced", "revoked", "reversed"]
"""What happens to an appeal; `reversed`: the case is, by somebody's `/pardon`."""
MOVES: Mapping[State, Mapping[Move, State]] = MappingProxyType(
    {
        State.NONE: {"file": State.FIRST, "reversed": State.REVOKED},
        State.FIRST: {
            "withdraw": State.NONE,
            "overdue": State.FIRST_LATE,
            "upheld": State.DECIDED,
            "reduced": State.DECIDED,
            "revoked": State.REVOKED,
            "reversed": State.REVOKED,
        },
        State.FIRST_LATE: {
            "withdraw": State.NONE,
            "overdue": State.FIRST_LATE,
            "upheld": State.DECIDED,
            "reduced": State.DECIDED,
            "revoked": State.REVOKED,
            "reversed": State.REVOKED,
        },
        State.DECIDED: {"file": State.SECOND, "reversed": State.REVOKED},
        State.SECOND: {
            "withdraw": State.DECIDED,
            "overdue": State.SECOND_LATE,
            "upheld": State.FINAL,
            "reduced": State.FINAL,
            "revoked": State.REVOKED,
            "reversed": State.REVOKED,
        },
        State.SECOND_LATE: {
            "withdraw": State.DECIDED,
            "overdue": State.SECOND_LATE,
            "upheld": State.FINAL,
            "reduced": State.FINAL,
            "revoked": State.REVOKED,
            "reversed": State.REVOKED,
        },
        State.FINAL: {"reversed": State.REVOKED},
        State.REVOKED: {},
    }
)


def state_of(case: models.Case, appeals: Iterable[models.Request]) -> State:
    """Where the appeal of a case stands, by all of its appeals."""
    if case.state == "reversed":
        return State.REVOKED
    decided = 0
    for one in appeals:
        if one.state == "open":
            late = case.state == "suspended"
            if instance(one) == 2:
                return State.SECOND_LATE if late else State.SECOND
            return State.FIRST_LATE if late else State.FIRST
        if one.state in ("upheld", "reduced"):
            decided = max(decided, instance(one))
    return (State.NONE, State.DECIDED, State.FINAL)[decided]


def instance(request: models.Request) -> int:
    """1, or 2 for the school's; those of before there were two are the first."""
    return int(request.payload.get("instance", 1))


def says_something(reason: str) -> bool:
    """Whether a written reason is one: at least four letters or characters, not all the same."""
    said = [char for char in reason if char.isalnum()]
    return len(said) >= 4 and len(set(said)) > 1


@dataclass(frozen=True, slots=True)
class Terms:
    """What the policy of a case sets of its appeals; kept with each, so that a later policy changes
    nothing."""

    within: int | None = None
    """Seconds after the decision in which it can be appealed; None: no limit."""
    decide_in: int = 3
    removal_in: int = 1
    """School days in which an appeal is to be decided; of a removal or block in the second."""
    second_within: int = 7 * 86_400
    """Seconds after the answer in which the school may be asked once more; 0: it may not."""
    second_in: int = 5
    tell_group: bool = False

    @classmethod
    def of(cls, request: models.Request) -> Terms:
        """The terms that an appeal was filed under."""
        return cls(**request.payload.get("terms", {}))


class TooLate(NotAllowed):
    """It could have been appealed, until a moment that is past."""


class Meant(NamedTuple):
    """A case that an application appeals, and what is said for it."""

    case: models.Case
    reason: str


class Filed(NamedTuple):
    """What became of what somebody wrote: an appeal opened, or added to."""

    request: models.Request
    added: bool
    """There was one open already."""
    new: bool
    """Something of it is kept."""
    cut: bool
    """Some of the reason is not kept."""
    pictures: int
    """How many of the pictures were kept."""
    acts: list[models.Act]


def account_of(row: models.Account) -> Account:
    return Account(row.namespace, row.user_id)


# -- in the store -----------------------------------------------------------------------------------------


class Appeals:
    """The appeals of all groups. What writes rows runs inside the caller's transaction."""

    def __init__(
        self,
        *,
        records: Records,
        orders: Orders,
        requests: Requests,
        tell: Tell,
        executor: Executor,
        people: People,
        levels: Levels,
        groups: Groups,
        zone: ZoneInfo,
    ) -> None:
        self._records = records
        self._orders = orders
        self._requests = requests
        self._tell = tell
        self._executor = executor
        self._people = people
        self._levels = levels
        self._groups = groups
        self._zone = zone

    # -- finding ------------------------------------------------------------------------------------------

    async def of(self, case: models.Case) -> list[models.Request]:
        """All appeals of a case, in their order."""
        return await (
            models.Request.filter(case_id=case.id, kind="appeal")
            .order_by("id")
            .select_related("case", "account", "decided_by", "assignee")
        )

    async def numbered(self, group: Group, number: int) -> models.Request | None:
        """The appeal with this number, or the last one of the case with this number."""
        of_group = models.Request.filter(group_id=group.id, kind="appeal").select_related(
            "case", "account", "decided_by", "assignee"
        )
        found = await of_group.get_or_none(number=number)
        return found or await of_group.filter(case__number=number).order_by("-id").first()

    async def case_for(self, group: Group, account: Account, number: int) -> models.Case | None:
        """The case with this number, or whose appeal has it, where it is the account's or of somebody
        of the same family; None for all others, so that numbers cannot be probed."""
        cases = models.Case.filter(group_id=group.id, observed=False).select_related("account")
        case = await cases.get_or_none(number=number)
        if case is None:
            request = await models.Request.get_or_none(
                group_id=group.id, kind="appeal", number=number
            )
            if request is not None and request.case_id is not None:
                case = await cases.get_or_none(id=request.case_id)
        if case is None or account_of(case.account) not in family_of(group, account):
            return None
        return case

    async def last_of(self, account: Account, group: Group | None) -> models.Case | None:
        """The last case that the account, or else the family, may appeal: in a group, or in any."""
        own = await self._standing_of({account}, group)
        if own:
            return own[0]
        for one in self._groups if group is None else (group,):
            family = family_of(one, account) - {account}
            if one.id is not None and family and (found := await self._standing_of(family, one)):
                return found[0]
        return None

    async def _standing_of(self, accounts: set[Account], group: Group | None) -> list[models.Case]:
        found: list[models.Case] = []
        for one in accounts:
            cases = models.Case.filter(
                account__namespace=one.namespace,
                account__user_id=one.user_id,
                observed=False,
                state__in=_STANDING,
            )
            if group is not None:
                cases = cases.filter(group_id=group.id)
            found += await cases.order_by("-id").limit(20).select_related("account")
        return sorted(found, key=lambda case: -case.id)

    async def in_application(self, group: Group, event: JoinRequested) -> Meant | None:
        """What an application to join appeals (`申诉 12 理由…`); None where it is an ordinary one, or
        nobody of the family has a case here. Such an application is answered by the appeal alone."""
        said = appeal_in(event.comment)
        if said is None or group.id is None:
            return None
        if said.number is not None:
            case = await self.case_for(group, event.account, said.number)
            if case is not None:
                return Meant(case, said.reason)
        family = family_of(group, event.account)
        cases = await self._standing_of(family, group)
        out = [case for case in cases if case.step in ("remove", "block")]
        for case in (*out, *cases):
            return Meant(case, said.words)
        return None

    async def decided_at(self, case: models.Case) -> datetime:
        """When what a case did was decided: with it, or when people agreed to a removal."""
        agreed = models.Request.filter(
            case_id=case.id, kind__in=("remove", "block"), state="confirmed"
        )
        moments = [case.created_at, *[one.decided_at for one in await agreed if one.decided_at]]
        return max(moments)

    def second_until(self, group: Group, appeals: Sequence[models.Request]) -> datetime | None:
        """Until when the school may be asked once more; None where it may not, or nobody is there to be
        asked."""
        last = next((one for one in reversed(appeals) if one.state in ("upheld", "reduced")), None)
        if last is None or last.decided_at is None or instance(last) == 2:
            return None
        seconds = Terms.of(last).second_within
        without = self._without(last)
        without |= {account_of(last.decided_by)} if last.decided_by is not None else set()
        asked = self._levels.deciders(group, without, least=Level.SCHOOL)[1]
        return last.decided_at + timedelta(seconds=seconds) if seconds and asked else None

    # -- the side that appeals ----------------------------------------------------------------------------

    async def file(
        self,
        group: Group,
        case: models.Case,
        actor: Account,
        reason: str,
        pictures: Sequence[str],
        terms: Terms,
    ) -> Filed:
        """Open an appeal of a case, or add to the one that is open. `pictures` are references. Inside
        the caller's transaction; `acts` are to be done after it.

        Raises:
            NotAllowed: it is no case of the actor's family, or nothing of it can be appealed any more.
            TooLate: it could have been, until a moment that is past.
        """
        assert group.id is not None
        by = await account_row(actor)
        # Locked, so that two of a family who file at once have one appeal.
        await self._records.hold(case.id)
        case = await models.Case.get(id=case.id).select_related("account")
        if case.observed or account_of(case.account) not in family_of(group, actor):
            raise NotAllowed(texts.NOT_YOURS)
        appeals = await self.of(case)
        state = state_of(case, appeals)
        if state.is_open:
            return await self._add(
                group, next(a for a in appeals if a.state == "open"), by, reason, pictures
            )
        if "file" not in MOVES[state]:
            raise NotAllowed(texts.NO_APPEAL[state.value])
        second = state is State.DECIDED
        await self._in_time(group, case, appeals, terms, second=second)
        until = self._deadline(group, case, terms, second=second)
        about = account_of(case.account)
        least = Level.SCHOOL if second else Level.GROUP
        without = await involved(group, case, actor, about) | self._not_above(group, about)
        kept = reason[:LONGEST_REASON]
        what = (texts.APPEAL_SECOND if second else texts.APPEAL).format(case=case.number)
        opened = await self._requests.ask(
            group,
            "appeal",
            what=what,
            how=texts.APPEAL_HOW,
            until=until,
            about=case.account,
            case=case,
            payload={
                "reason": kept,
                "by": by.id,
                "instance": 2 if second else 1,
                "added": 0,
                "terms": asdict(terms),
            },
            key=f"appeal/{case.id}",
            without=without,
            least=least,
            tell=texts.APPEALED.format(
                group=self._records.title(group),
                item="{item}",
                what=what,
                how=texts.APPEAL_HOW,
                until=self._records.local(until),
                received=self._records.local(self._records.now()),
            ),
        )
        assert opened is not None  # The case is locked, and none was open.
        request, acts = opened
        count = await self._keep(group, request, by, pictures, 0)
        return Filed(request, False, True, len(reason) > len(kept), count, acts)

    async def _in_time(
        self,
        group: Group,
        case: models.Case,
        appeals: Sequence[models.Request],
        terms: Terms,
        *,
        second: bool,
    ) -> None:
        if second:
            until, seconds = self.second_until(group, appeals), terms.second_within
            if until is None:
                raise NotAllowed(texts.NO_SECOND)
        else:
            if terms.within is None:
                return
            seconds = terms.within
            until = await self.decided_at(case) + timedelta(seconds=seconds)
        if self._records.now() > until:
            raise TooLate(
                texts.TOO_LATE_TO_APPEAL.format(
                    what=texts.ANSWER if second else texts.DECISION,
                    length=spoken(seconds),
                    number=case.number,
                    until=self._records.local(until),
                )
            )

    def _deadline(self, group: Group, case: models.Case, terms: Terms, *, second: bool) -> datetime:
        """By when an appeal is to be decided that somebody gets now; in school days by the school's own
        dates, where the group's policy names them."""
        out = case.step in ("remove", "block")
        days = terms.second_in if second else terms.removal_in if out else terms.decide_in
        quiet = group.policy.quiet if group.policy is not None else ()
        calendar = replace(quiet[0], holidays=True) if quiet else PUBLIC
        return school_days(self._records.now(), days, self._zone, calendar)

    def _not_above(self, group: Group, about: Account) -> set[Account]:
        """Those who might be asked and do not stand above whom the case is about."""
        rank = self._people.rank(group.key, about, group.platform_role(about))
        return {
            one
            for level in Level
            for one in self._levels.at(group, level)
            if self._people.rank(group.key, one, group.platform_role(one)) <= rank
        }

    async def _add(
        self,
        group: Group,
        request: models.Request,
        by: models.Account,
        reason: str,
        pictures: Sequence[str],
    ) -> Filed:
        """Add to an open appeal what is new, up to the same limits; what was said before is not said
        twice, as where an application is told once more."""
        payload: dict[str, Any] = request.payload
        said, added = str(payload["reason"]), int(payload.get("added", 0))
        had = await models.Evidence.filter(request_id=request.id).count()
        new = reason if reason not in said else ""
        if added >= MOST_ADDITIONS:
            return Filed(request, True, False, bool(new), 0, [])
        longer = f"{said}\n{new}" if new and said else said or new
        kept = longer[:LONGEST_REASON]
        count = await self._keep(group, request, by, pictures, had)
        if kept == said and not count:
            return Filed(request, True, False, bool(new), 0, [])
        request.payload = {**payload, "reason": kept, "added": added + 1}
        open_ = models.Request.filter(id=request.id, state="open")
        if not await open_.update(payload=request.payload):
            raise NotAllowed(texts.JUST_DECIDED)
        text = texts.APPEAL_ADDED.format(
            group=self._records.title(group), item=f"{group.id}-{request.number}"
        )
        acts = await self._tell.all_of(group, self._who_has(group, request), text)
        return Filed(request, True, True, len(longer) > len(kept), count, acts)

    def _who_has(self, group: Group, request: models.Request) -> list[Account]:
        """Whom an open appeal is assigned to; where they may decide it no more, as those who have left
        the group, whoever may."""
        least, without = Level(request.level), self._without(request)
        people = self._levels.deciders(group, without, least=least)[1]
        first = account_of(request.assignee) if request.assignee is not None else None
        return [first] if first is not None and first in people else people

    async def _keep(
        self,
        group: Group,
        request: models.Request,
        by: models.Account,
        pictures: Sequence[str],
        had: int,
    ) -> int:
        """Keep references of pictures, and digests that outlive them; returns how many are new."""
        rows = await models.Evidence.filter(request_id=request.id)
        known = {one.digest for one in rows}
        count = 0
        for value in pictures:
            digest = self._records.audit.digest(value)
            if digest in known or had + count >= MOST_PICTURES:
                continue
            known.add(digest)
            assert group.id is not None
            await models.Evidence.create(
                group_id=group.id,
                request_id=request.id,
                by_id=by.id,
                kind="picture",
                value=value[:1000],
                digest=digest,
                created_at=self._records.now(),
            )
            count += 1
        return count

    async def withdraw(
        self, group: Group, request: models.Request, actor: Account
    ) -> list[models.Act] | None:
        """Take an open appeal back: what was suspended holds again, and the case may be appealed anew
        while the time for it runs. The others of its side are told. Inside the caller's transaction; None
        where it is decided.

        Raises:
            NotAllowed: it is not of the actor's family, or they have filed and withdrawn too often.
        """
        assert request.account is not None
        if account_of(request.account) not in family_of(group, actor):
            raise NotAllowed(texts.NOT_YOURS)
        case = await models.Case.get(id=request.case_id)
        before = await self.of(case)
        withdrawn = [one.state == "closed" and bool(one.reason) for one in before]
        if sum(withdrawn) >= MOST_WITHDRAWN:
            raise NotAllowed(texts.STAYS.format(number=request.number, most=MOST_WITHDRAWN))
        by = await account_row(actor)
        await self._records.hold(request.case_id)
        if not await self._records.close(request, "closed", by, reason=texts.WITHDRAWN_REASON):
            return None
        acts = await self._hold_again(group, request)
        title = self._records.title(group)
        text = texts.APPEAL_WITHDRAWN.format(group=title, number=request.number)
        acts += await self._tell.all_of(group, self._who_has(group, request), text)
        text = texts.APPEAL_TAKEN_BACK.format(group=title, case=case.number, number=request.number)
        if case.state == "suspended":
            text = f"{text}\n{texts.RESUMED}"
        return acts + await self._tell_side(group, request, case, text, without=by)

    async def _hold_again(self, group: Group, request: models.Request) -> list[models.Act]:
        """What an overdue appeal suspended holds again, as it did before: reduced where it was."""
        assert request.case_id is not None
        case = await models.Case.get(id=request.case_id)
        if case.state != "suspended":
            return []
        if any(one.state == "reduced" for one in await self.of(case) if one.id != request.id):
            await models.Case.filter(id=case.id, state="suspended").update(state="reduced")
            case.state = "reduced"
            await self._records.note_case("case.resumed", group, case, None, None)
            return []
        return await self._orders.resume(group, case)

    # -- whoever decides ----------------------------------------------------------------------------------

    async def decide(
        self,
        group: Group,
        request: models.Request,
        actor: Account,
        rank: Rank,
        verdict: Verdict,
        reason: str,
    ) -> Answered:
        """Decide an appeal: uphold, or reduce (what runs ends, the weight is 1 at most), or revoke (all
        that can be undone is). Both sides are told. Who answers second learns what was decided.

        Raises:
            NotAllowed: the actor had a part in the case, or stands too low.
        """
        async with in_transaction():
            await self._records.hold(request.case_id)
            await self._has_no_part(group, request, actor)
            by = await self._requests.decide(group, request, actor, rank, verdict, reason)
            if by is None:
                request = await models.Request.get(id=request.id)
                return Answered(request, request.state, 0, late=True)
            case = await models.Case.get(id=request.case_id).select_related("account", "actor")
            was_out, was_blocked = await self._out(case)
            was_suspended = case.state == "suspended"
            acts: list[models.Act] = []
            if verdict == "upheld":
                acts += await self._hold_again(group, request)
            else:
                state = "reversed" if verdict == "revoked" else "reduced"
                acts += await self._orders.close(group, case, actor, reason, state=state) or []
            undoing = [act for act in acts if act.kind == "unmute" and act.case_id == case.id]
            for act in undoing:
                act.payload = {**act.payload, "appeal": request.id}
                await act.save(update_fields=["payload"])
            request = await models.Request.get(id=request.id).select_related("decided_by")
            kept: dict[str, Any] = {"undoing": [act.id for act in undoing]} if undoing else {}
            if verdict != "revoked" and self.second_until(group, [request]) is None:
                # Its side is told so; a statement of reasons is to say the same.
                kept["final"] = True
            if kept:
                request.payload = {**request.payload, **kept}
                await request.save(update_fields=["payload"])
            lines = self._told(group, request, case, verdict, reason)
            if verdict == "upheld":
                lines += [texts.RESUMED] if was_suspended else []
            else:
                lines += [texts.UNDOING] if undoing else []
                lines += [texts.UNBLOCKED] if was_blocked else []
                lines += [texts.COME_BACK] if was_out else []
            acts += await self._tell_side(group, request, case, "\n".join(lines))
            acts += await self._tell_others(group, request, case, by, verdict, reason)
            if was_out and verdict != "upheld":
                acts += await self._may_come_back(group, case, texts.VERDICTS[verdict])
            if Terms.of(request).tell_group:
                acts.append(await self._line(group, case, verdict))
        self._executor.submit(acts)
        return Answered(request, verdict, 0)

    async def _has_no_part(self, group: Group, request: models.Request, actor: Account) -> None:
        """Look once more who has decided something of the case: it may have been since the appeal."""
        if "without" not in request.payload:
            # Filed before those who had a part were noted with it. Not yet decided: whoever decides has.
            case = await models.Case.get(id=request.case_id)
            if actor in await involved(group, case):
                raise NotAllowed(texts.NOT_MINE)
        by = await account_row(actor)
        decided = models.Request.filter(
            case_id=request.case_id, kind__in=("remove", "block", "review")
        )
        if any(by.id in (*one.agreed, one.decided_by_id) for one in await decided):
            raise NotAllowed(texts.NOT_MINE)

    async def _out(self, case: models.Case) -> tuple[bool, bool]:
        """Whether a case took somebody out of the group, and whether it keeps them out."""
        removed = models.Act.filter(case_id=case.id, kind="remove", state="confirmed")
        return (
            await removed.exists(),
            await models.Block.exists(case_id=case.id, live_key__isnull=False),
        )

    def _told(
        self,
        group: Group,
        request: models.Request,
        case: models.Case,
        verdict: Verdict,
        reason: str,
    ) -> list[str]:
        lines = [
            texts.APPEAL_DECIDED.format(
                group=self._records.title(group),
                case=case.number,
                request=request.number,
                decision=texts.DECISIONS[verdict],
                reason=reason[:_LONGEST_ANSWER],
            )
        ]
        if verdict == "revoked":
            return lines
        until = self.second_until(group, [request])
        if until is None:
            return [*lines, texts.APPEAL_FINAL]
        again = texts.APPEAL_AGAIN.format(
            until=self._records.local(until), item=f"{group.id}-{case.number}"
        )
        return [*lines, again]

    async def _tell_side(
        self,
        group: Group,
        request: models.Request,
        case: models.Case,
        text: str,
        *,
        without: models.Account | None = None,
    ) -> list[models.Act]:
        """Tell whom the case is about, and whoever appealed for them; `without` who knows already."""
        ids = {case.account_id, int(request.payload.get("by", case.account_id))}
        ids -= {without.id} if without is not None else set()
        acts: list[models.Act] = []
        for row in await models.Account.filter(id__in=ids).order_by("id"):
            acts += await self._tell.notice(group, row, text, case=case)
        return acts

    async def _tell_others(
        self,
        group: Group,
        request: models.Request,
        case: models.Case,
        by: models.Account,
        verdict: Verdict,
        reason: str,
    ) -> list[models.Act]:
        """Tell those who had decided the case, and who decided the first appeal."""
        ids = {case.actor_id}
        before = models.Request.filter(case_id=case.id).exclude(id=request.id)
        for one in await before.filter(
            kind__in=("remove", "block", "review", "appeal"), state__not="closed"
        ):
            ids |= {one.decided_by_id, *one.agreed}
        ids -= {by.id, None}
        text = texts.APPEAL_DECIDED_OTHERS.format(
            group=self._records.title(group),
            case=case.number,
            request=request.number,
            decision=texts.DECISIONS[verdict],
            reason=reason[:_LONGEST_ANSWER],
        )
        acts: list[models.Act] = []
        for row in await models.Account.filter(id__in=ids).order_by("id"):
            who = account_of(row)
            # Who has left the group is told nothing of it any more; a leader need not be in it.
            if who not in group.gone or self._people.role(group.key, who) is Role.LEADER:
                acts += await self._tell.notice(group, row, text, case=case)
        return acts

    async def _line(self, group: Group, case: models.Case, verdict: Verdict) -> models.Act:
        """One neutral line for the group: a number and a result, nobody's name."""
        text = texts.APPEAL_LINE.format(case=case.number, decision=texts.VERDICTS[verdict])
        until = self._records.now() + timedelta(hours=24)
        return await self._records.new_act(group, "say", None, {"text": text}, until, case=None)

    # -- what time brings ---------------------------------------------------------------------------------

    async def overdue(self, group: Group, request: models.Request) -> list[models.Act]:
        """Nobody has decided in time: the case is suspended, the appeal goes up a level with a new
        deadline, and its side is told. At the top it is asked for each week; the suspension holds.
        Inside the caller's transaction (`Area.decides(due=…)`)."""
        assert request.case_id is not None
        case = await models.Case.get(id=request.case_id)
        acts: list[models.Act] = []
        held = case.state in LIVES
        was_out, _ = await self._out(case)
        if held:
            reason = texts.SUSPENDED_REASON
            acts += await self._orders.close(group, case, None, reason, state="suspended") or []
        level, without = request.level, self._without(request)
        above = Level(min(level + 1, Level.OPERATOR))
        top = level == above or not self._levels.deciders(group, without, least=above)[1]
        now = self._records.now()
        until = now + WEEK
        second = instance(request) == 2
        if not top:
            until = self._deadline(group, case, Terms.of(request), second=second)
        told = {
            "group": self._records.title(group),
            "case": case.number,
            "until": self._records.local(until),
        }
        tell = texts.APPEAL_LATE.format(**told, how=texts.APPEAL_HOW)
        within = until - now
        if top and request.assignee_id is None:
            # Nobody was known to ask when it came there; whoever is known by now may answer it.
            least = Level.SCHOOL if second else Level.GROUP
            found, people = self._levels.deciders(group, without, least=least)
            acts += await self._requests.put_to(
                group, request, found, people, within=within, tell=tell
            )
        else:
            acts += await self._requests.pass_up(group, request, within=within, tell=tell)
        if held or request.level != level:
            text = (texts.SUSPENDED if held else texts.PASSED_UP).format(
                **told, request=request.number, who=texts.LEVEL_NAMES[request.level]
            )
            if held and was_out:
                text = f"{text}\n{texts.COME_BACK}"
                acts += await self._may_come_back(group, case, texts.LATE)
            acts += await self._tell_side(group, request, case, text)
        return acts

    async def _may_come_back(
        self, group: Group, case: models.Case, decision: str
    ) -> list[models.Act]:
        """Tell the managers, who may be asked to let somebody in that one of them took out."""
        title = self._records.title(group)
        text = texts.MAY_COME_BACK.format(group=title, case=case.number, decision=decision)
        return await self._tell.all_of(group, self._tell.managers(group), text, case)

    @staticmethod
    def _without(request: models.Request) -> set[Account]:
        return {Account(*one) for one in request.payload.get("without", ())}

    async def settled(self, group: Group, request_id: int) -> None:
        """Tell the side that appealed what was in fact undone, once all of it has come to rest; once
        only, whoever notices it first. Runs in the group's line."""
        async with in_transaction():
            request = await models.Request.get_or_none(id=request_id).select_related("case")
            undoing: list[int] = request.payload.get("undoing", []) if request is not None else []
            if request is None or request.case is None or not undoing:
                return
            done = await models.Act.filter(id__in=undoing)
            if any(a.state not in _AT_REST for a in done):
                return
            payload = {key: value for key, value in request.payload.items() if key != "undoing"}
            await models.Request.filter(id=request.id).update(payload=payload)
            gone = all(act.state == "confirmed" for act in done)
            text = (texts.UNDONE if gone else texts.NOT_UNDONE).format(
                group=self._records.title(group), case=request.case.number
            )
            acts = await self._tell_side(group, request, request.case, text)
        self._executor.submit(acts)

    async def unsettled(self) -> list[models.Request]:
        """Decided appeals whose side was not told yet what was undone, as after a kill."""
        decided = models.Request.filter(
            kind="appeal",
            state__in=("reduced", "revoked"),
            decided_at__gt=self._records.now() - _TELL_WITHIN,
        )
        return [one for one in await decided if one.payload.get("undoing")]


__all__ = ["Appeals", "Filed", "Meant", "State", "Terms", "TooLate", "Verdict", "says_something"]
