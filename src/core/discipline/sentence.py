"""What a step does to somebody: the acts, what the person is told, and what people are asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from src.core.chat.events import Account
from src.core.duration import spoken
from src.core.store import models, take_number

from . import texts
from .asking import half_way
from .conflicts import involved
from .levels import Level
from .records import LIVES

if TYPE_CHECKING:
    from collections.abc import Collection

    from src.core.groups import Group
    from src.core.people import Rank
    from src.core.policy import Bound, Step

    from .escalations import Escalations
    from .levels import Levels
    from .records import Records
    from .sanctions import Sanctions
    from .tell import Tell


_FAIR = timedelta(days=30)
_REPEATED = 2
"""At so many private words in that time the next level sees it, where no clause says otherwise."""


class Sentence:
    """Writes the rows of a step, inside the caller's transaction."""

    def __init__(
        self,
        *,
        records: Records,
        sanctions: Sanctions,
        tell: Tell,
        levels: Levels,
        escalations: Escalations,
    ) -> None:
        self._records = records
        self._sanctions = sanctions
        self._tell = tell
        self._levels = levels
        self._escalations = escalations

    async def carry_out(
        self,
        group: Group,
        case: models.Case,
        author: models.Account,
        step: Step,
        *,
        bound: Bound,
        late: bool,
        name: str,
        advice: str = "",
        what: str = texts.MESSAGE,
    ) -> list[models.Act]:
        """The acts of a step on somebody who is no teacher or manager, the telling included; `what`
        breaks the clause, and `advice` is what to do instead."""
        now = self._records.now()
        acts: list[models.Act] = []
        proposed = step.kind in ("remove", "block") and step.confirm > 0
        until: datetime | None = None
        if not late:
            if step.kind == "mute" and step.seconds is not None:
                until = now + timedelta(seconds=step.seconds)
            elif proposed:
                until = self.held_until(step)
        mutes: list[models.Act] = []
        if until is not None:
            mutes = await self._sanctions.mute(group, case, author, until, manual=False)
            acts += mutes

        def told(until: datetime | None) -> str:
            text = texts.NOTICE.format(
                group=self._records.title(group),
                what=what,
                clause=case.clause,
                text=bound.clause.text,
                step=self.said(step, until, proposed=proposed),
                number=case.number,
            )
            appeal = texts.HOW_TO_APPEAL.format(item=f"{group.id}-{case.number}")
            return "\n".join(line for line in (text, advice, appeal) if line)

        acts += await self._tell.notice(
            group,
            author,
            told(until),
            case=case,
            clause=case.clause,
            observed=case.observed,
            after=mutes[0] if mutes else None,
            otherwise=told(None),
        )
        who = name or author.user_id
        if case.observed:
            return acts
        if step.kind == "report" or step.report:
            acts += await self._report(group, case, who)
        if proposed:
            acts += await self._propose(group, case, author, step, who)
        elif step.kind in ("remove", "block"):
            acts += await self._sanctions.remove(
                group, case, author, block=step.kind == "block", seconds=step.seconds
            )
        return acts

    def held_until(self, step: Step) -> datetime | None:
        """Until when a proposal mutes whom it is about, if nobody decides; None: it does not."""
        if step.hold == 0:
            return None
        hold = step.within if step.hold is None else min(step.hold, step.within)
        return self._records.now() + timedelta(seconds=hold)

    async def _report(self, group: Group, case: models.Case, who: str) -> list[models.Act]:
        """The head teacher is to close it, and the group's other managers are told."""
        words = texts.REPORT.format(
            group=self._records.title(group), who=who, clause=case.clause, case=case.number
        )
        what = texts.SERIOUS.format(who=who, clause=case.clause, case=case.number)
        acts = await self._escalations.open(group, case, what=what)
        heads = self._levels.at(group, Level.HEAD)
        others = [one for one in self._tell.managers(group) if one not in heads]
        return acts + await self._tell.all_of(group, others, words, case)

    def said(self, step: Step, until: datetime | None, *, proposed: bool) -> str:
        """What a step means for the person, in words."""
        end = self._records.local(until) if until is not None else ""
        if proposed:
            name = "proposed" if until is not None else "proposed-late"
            return texts.STEPS[name].format(until=end)
        if step.kind == "mute" and until is None:
            return texts.STEPS["warn"]
        if step.kind == "block":
            length = spoken(step.seconds) if step.seconds is not None else ""
            after = texts.WITHIN.format(length=length) if length else texts.UNTIL_LIFTED
            return texts.STEPS["block"].format(until=after)
        length = spoken(step.seconds) if step.seconds is not None else ""
        return texts.STEPS[step.kind].format(length=length, until=end)

    async def _propose(
        self,
        group: Group,
        case: models.Case,
        account: models.Account,
        step: Step,
        who: str,
    ) -> list[models.Act]:
        """A removal that people confirm; one open proposal per account."""
        until = self._records.now() + timedelta(seconds=step.within)
        request = await self.proposal(
            group, case, account, step.kind, needs=step.confirm, seconds=step.seconds, until=until
        )
        return await self.put(group, case, request, who)

    async def put(
        self,
        group: Group,
        case: models.Case,
        request: models.Request,
        who: str,
        without: Collection[Account] = (),
    ) -> list[models.Act]:
        """Put a proposal to those who may confirm it: to the next level up too, where so few are left
        in the group."""
        apart = {*without, *await involved(group, case, deciders=False)}
        needs = request.needs - len(request.agreed)
        _, people = self._levels.deciders(group, apart, needs=needs)
        assert request.expires_at is not None
        text = texts.PROPOSAL.format(
            group=self._records.title(group),
            request=request.number,
            who=who,
            ground=texts.BY_CLAUSE.format(clause=case.clause) if case.clause else texts.BY_PERSON,
            case=case.number,
            item=f"{group.id}-{request.number}",
            needs=needs,
            until=self._records.local(request.expires_at),
        )
        return await self._tell.all_of(group, people, text, case)

    async def proposal(
        self,
        group: Group,
        case: models.Case,
        account: models.Account,
        kind: str,
        *,
        needs: int,
        until: datetime,
        seconds: int | None = None,
        agreed: tuple[int, ...] = (),
    ) -> models.Request:
        key = f"remove/{group.id}/{account.id}"
        what = texts.PROPOSED.format(case=case.number)
        held = await models.Request.get_or_none(open_key=key)
        if held is not None:
            # Another violation while one waits: the proposal is now about the later case, and asks for
            # the graver of both and for as many people.
            held.payload = {
                **held.payload,
                "what": what,
                "also": [*held.payload.get("also", ()), held.case_id],
            }
            if kind == "block" and held.kind == "remove":
                held.kind, held.payload["seconds"] = kind, seconds
            held.needs, held.agreed = max(held.needs, needs), sorted({*held.agreed, *agreed})
            held.case_id, held.expires_at = case.id, until
            held.remind_at = half_way(self._records.now(), until, self._records)
            held.payload["since"] = self._records.now().timestamp()
            changed = ("case_id", "expires_at", "remind_at", "kind", "payload", "needs", "agreed")
            await held.save(update_fields=changed)
            return held
        assert group.id is not None
        number = await take_number(group.id)
        how = texts.PROPOSED_HOW.format(item=f"{group.id}-{number}")
        request = await models.Request.create(
            group_id=group.id,
            number=number,
            kind=kind,
            case=case,
            account=account,
            payload={"seconds": seconds, "what": what, "how": how},
            needs=needs,
            agreed=list(agreed),
            open_key=key,
            expires_at=until,
            remind_at=half_way(self._records.now(), until, self._records),
            created_at=self._records.now(),
        )
        await self._records.note_opened(group, request, account, case)
        return request

    async def proposed_no_more(
        self, group: Group, case: models.Case, by: models.Account | None
    ) -> bool:
        """Close the proposal that is about a case; it goes back to the case before that it was about, where
        that one still waits. Returns whether there was one."""
        request = await models.Request.filter(
            case_id=case.id, state="open", kind__in=("remove", "block")
        ).first()
        if request is None:
            return False
        also: list[int] = request.payload.get("also", [])
        former = models.Case.filter(
            id__in=also or [0], state="active", step__in=("remove", "block")
        )
        earlier = await former.order_by("-id").first()
        if earlier is None:
            await self._records.close(request, "closed", by)
            return True
        request.case_id, request.kind = earlier.id, earlier.step
        request.payload = {
            **request.payload,
            "what": texts.PROPOSED.format(case=earlier.number),
            "also": [one for one in also if one != earlier.id],
        }
        await request.save(update_fields=["case_id", "kind", "payload"])
        return True

    async def private_word(
        self,
        group: Group,
        author: models.Account,
        case: models.Case,
        bound: Bound,
        rank: Rank,
        *,
        name: str = "",
        advice: str = "",
        what: str = texts.MESSAGE,
    ) -> list[models.Act]:
        """The acts of a breach by a teacher or manager: a word in private; repeated, the level above
        theirs sees it (05.2.1, 15.8.2)."""
        text = texts.PRIVATE_WORD.format(
            group=self._records.title(group),
            what=what,
            clause=case.clause,
            text=bound.clause.text,
            number=case.number,
        )
        text = f"{text}\n{advice}" if advice else text
        acts = await self._tell.notice(
            group, author, text, case=case, clause=case.clause, observed=case.observed
        )
        return acts if case.observed else acts + await self.above(group, author, case, rank, name)

    async def above(
        self, group: Group, author: models.Account, case: models.Case, rank: Rank, name: str = ""
    ) -> list[models.Act]:
        """Rows that tell the level above a teacher or manager of this private word, where it is one too
        many in a month."""
        bounds = group.policy.bound if group.policy is not None else ()
        said = [most for one in bounds if (most := one.settings.tells_above()) is not None]
        most = min(said, default=_REPEATED)
        words = await models.Case.filter(
            group_id=group.id,
            account_id=author.id,
            step="word",
            state__in=LIVES,
            observed=False,
            created_at__gt=self._records.now() - _FAIR,
        ).count()
        if not most or words % most:
            return []
        who = Account(author.namespace, author.user_id)
        level = self._levels.of(group, rank)
        above = Level(min((level or Level.GROUP) + 1, Level.OPERATOR))
        _, people = self._levels.deciders(group, {who}, least=above)
        text = texts.FAIR.format(
            group=self._records.title(group),
            who=name or author.user_id,
            days=_FAIR.days,
            count=words,
            clause=case.clause,
            case=case.number,
        )
        return await self._tell.all_of(group, people, text, case)
