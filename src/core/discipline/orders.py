"""What people order: cases that a teacher or manager decides, and taking one back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from src.core.store import in_transaction, models
from src.core.store.rows import account_row

from . import texts
from .records import LIVES
from .sanctions import REMOVE_WITHIN

if TYPE_CHECKING:
    from src.core.chat.events import Account, MessageRef
    from src.core.groups import Group
    from src.core.policy import Step

    from .learning import Learning
    from .records import Records
    from .sanctions import Sanctions
    from .sentence import Sentence
    from .tell import Tell


@dataclass(slots=True)
class Decision:
    """A case as it was written, and the acts to be done for it."""

    case: models.Case
    acts: list[models.Act]


class Orders:
    """Carried out in the group's line, like findings."""

    def __init__(
        self,
        *,
        records: Records,
        sanctions: Sanctions,
        sentence: Sentence,
        tell: Tell,
        learning: Learning,
    ) -> None:
        self._records = records
        self._sanctions = sanctions
        self._sentence = sentence
        self._tell = tell
        self._learning = learning

    async def order(
        self,
        group: Group,
        target: Account,
        actor: Account,
        step: Step,
        *,
        reason: str,
    ) -> Decision:
        """A case that a person decided: warn, mute, remove or block, at once."""
        await self._records.row_of(group)
        async with in_transaction():
            account, by = await account_row(target), await account_row(actor)
            case = await self._manual_case(group, account, by, step.kind, reason)
            acts: list[models.Act] = []
            until = None
            mutes: list[models.Act] = []
            if step.kind == "mute" and step.seconds is not None:
                until = self._records.now() + timedelta(seconds=step.seconds)
                mutes = await self._sanctions.mute(group, case, account, until, manual=True)
                acts += mutes

            def told(until: datetime | None) -> str:
                lines = [
                    texts.NOTICE_MANUAL.format(
                        group=self._records.title(group),
                        step=self._sentence.said(step, until, proposed=False),
                        number=case.number,
                    ),
                    *([texts.NOTICE_REASON.format(reason=reason)] if reason else []),
                    texts.HOW_TO_APPEAL.format(item=f"{group.id}-{case.number}"),
                ]
                return "\n".join(lines)

            acts += await self._tell.notice(
                group,
                account,
                told(until),
                case=case,
                after=mutes[0] if mutes else None,
                otherwise=told(None),
            )
            if step.kind in ("remove", "block"):
                acts += await self._sanctions.remove(
                    group, case, account, block=step.kind == "block", seconds=step.seconds, by=by
                )
        return Decision(case, acts)

    async def recall(
        self,
        group: Group,
        author: Account,
        actor: Account,
        message: MessageRef,
        *,
        reason: str,
        tell: bool,
    ) -> Decision:
        """Withdraw a message. Its author, who may be a teacher, is told kindly once it is gone, or
        asked to take it back where the platform refuses (08.2.1.3, 21.2.1.3)."""
        await self._records.row_of(group)
        async with in_transaction():
            account, by = await account_row(author), await account_row(actor)
            case = await self._manual_case(group, account, by, "remind", reason)
            act = await self._sanctions.withdraw(group, case, account, message, late=True)
            acts = [act]
            if tell:
                title = self._records.title(group)
                why = [texts.NOTICE_REASON.format(reason=reason)] if reason else []
                done, refused = (
                    "\n".join(
                        [head.format(group=title, number=case.number), *why, texts.RECALLED_HOW]
                    )
                    for head in (texts.RECALLED, texts.NOT_RECALLED)
                )
                acts += await self._tell.notice(
                    group, account, done, case=case, after=act, otherwise=refused
                )
        return Decision(case, acts)

    async def _manual_case(
        self, group: Group, account: models.Account, by: models.Account, step: str, reason: str
    ) -> models.Case:
        return await self._records.new_case(
            group,
            account,
            step=step,
            policy_id=group.policy.policy_id if group.policy is not None else None,
            plugin="moderation",
            source="manual",
            actor=by,
            reason=reason[:500],
        )

    async def unmute(self, group: Group, target: Account) -> list[models.Act]:
        """Lift somebody's mute, whoever set it."""
        await self._records.row_of(group)
        async with in_transaction():
            return await self._sanctions.unmute(group, None, await account_row(target))

    async def ask_removal(
        self,
        group: Group,
        target: Account,
        actor: Account,
        step: Step,
        *,
        needs: int,
        reason: str,
    ) -> int:
        """Propose a removal or block that the actor agrees to and more people must; returns its
        number."""
        await self._records.row_of(group)
        async with in_transaction():
            account, by = await account_row(target), await account_row(actor)
            case = await self._manual_case(group, account, by, step.kind, reason)
            request = await self._sentence.proposal(
                group,
                case,
                account,
                step.kind,
                needs=needs,
                seconds=step.seconds,
                until=self._records.now() + REMOVE_WITHIN,
                agreed=(by.id,),
            )
        return request.number

    async def pardon(
        self, group: Group, case: models.Case, actor: Account, reason: str
    ) -> list[models.Act]:
        """Reverse a case: lift what runs, take its weight back, keep its history, tell the person."""
        async with in_transaction():
            acts = await self.close(group, case, actor, reason, state="reversed")
            if acts is None:
                return []
            if not case.observed:
                text = texts.REVERSED.format(group=self._records.title(group), number=case.number)
                account = await models.Account.get(id=case.account_id)
                acts += await self._tell.notice(group, account, text, case=case)
        return acts

    async def close(
        self, group: Group, case: models.Case, actor: Account | None, reason: str, *, state: str
    ) -> list[models.Act] | None:
        """Lift what a case set; `reversed` takes its weight back too, `reduced` does not. Inside the
        caller's transaction; None where somebody else has closed it already."""
        by = await account_row(actor) if actor is not None else None
        by_id = by.id if by is not None else None
        changed = await models.Case.filter(id=case.id, state__in=LIVES).update(
            state=state,
            closed_by_id=by_id,
            closed_reason=reason[:500],
            closed_at=self._records.now(),
        )
        if not changed:
            return None
        case.state = state
        await self._records.note_case(
            "case.closed", group, case, await models.Account.get(id=case.account_id), by
        )
        await models.Request.filter(
            case_id=case.id, state="open", kind__in=("remove", "block", "appeal")
        ).update(state="closed", open_key=None, decided_by_id=by_id, decided_at=self._records.now())
        await self._sanctions.drop(case)
        acts = await self._sanctions.lift_of(case, group)
        if state == "reversed" and by is not None:
            acts += await self._learning.overturned(group, case.clauses, by)
        return acts
