"""What a step does to somebody: the acts, what the person is told, and what people are asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from src.core.duration import spoken
from src.core.store import models, take_number

from . import texts

if TYPE_CHECKING:
    from src.core.groups import Group
    from src.core.policy import Bound, Step

    from .records import Records
    from .sanctions import Sanctions
    from .tell import Tell


class Sentence:
    """Writes the rows of a step, inside the caller's transaction."""

    def __init__(self, *, records: Records, sanctions: Sanctions, tell: Tell) -> None:
        self._records = records
        self._sanctions = sanctions
        self._tell = tell

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
                until = now + timedelta(seconds=step.within)
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
        if step.kind == "report":
            words = texts.REPORT.format(
                group=self._records.title(group), who=who, clause=case.clause, case=case.number
            )
            acts += await self._tell.all_of(group, self._tell.managers(group), words, case)
        elif proposed:
            acts += await self._propose(group, case, author, step, who)
        elif step.kind in ("remove", "block"):
            acts += await self._sanctions.remove(
                group, case, author, block=step.kind == "block", seconds=step.seconds
            )
        return acts

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
        text = texts.PROPOSAL.format(
            group=self._records.title(group),
            request=request.number,
            who=who,
            clause=case.clause,
            case=case.number,
            item=f"{group.id}-{request.number}",
            needs=step.confirm,
            until=self._records.local(until),
        )
        return await self._tell.all_of(group, self._tell.managers(group), text, case)

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
        held = await models.Request.get_or_none(open_key=key)
        if held is not None:
            # Another violation while one waits: the proposal is now about the later case.
            await models.Request.filter(id=held.id, state="open").update(
                case_id=case.id, expires_at=until, agreed=sorted({*held.agreed, *agreed})
            )
            return held
        assert group.id is not None
        request = await models.Request.create(
            group_id=group.id,
            number=await take_number(group.id),
            kind=kind,
            case=case,
            account=account,
            payload={"seconds": seconds},
            needs=needs,
            agreed=list(agreed),
            open_key=key,
            expires_at=until,
            created_at=self._records.now(),
        )
        await self._records.note_opened(group, request, account, case)
        return request

    async def private_word(
        self,
        group: Group,
        author: models.Account,
        case: models.Case,
        bound: Bound,
        advice: str,
        what: str = texts.MESSAGE,
    ) -> list[models.Act]:
        text = texts.PRIVATE_WORD.format(
            group=self._records.title(group),
            what=what,
            clause=case.clause,
            text=bound.clause.text,
            number=case.number,
        )
        text = f"{text}\n{advice}" if advice else text
        return await self._tell.notice(
            group, author, text, case=case, clause=case.clause, observed=case.observed
        )
