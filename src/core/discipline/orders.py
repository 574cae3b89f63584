"""What people order: cases that a teacher or manager decides, and taking one back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from src.core.policy.ladder import STEP_KINDS, Counted, Ladder, standing
from src.core.store import in_transaction, models
from src.core.store.rows import account_row

from . import texts
from .conflicts import involved
from .records import LIVES

if TYPE_CHECKING:
    from src.core.chat.events import Account, MessageRef
    from src.core.groups import Group
    from src.core.people import Rank
    from src.core.policy import Step

    from .learning import Learning
    from .levels import Levels
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
        levels: Levels,
        learning: Learning,
    ) -> None:
        self._records = records
        self._sanctions = sanctions
        self._sentence = sentence
        self._tell = tell
        self._levels = levels
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
            until = None
            if step.kind == "mute" and step.seconds is not None:
                until = self._records.now() + timedelta(seconds=step.seconds)
            acts = await self._mute_and_tell(group, case, account, step, until, proposed=False)
            if step.kind in ("remove", "block"):
                acts += await self._sanctions.remove(
                    group, case, account, block=step.kind == "block", seconds=step.seconds, by=by
                )
        return Decision(case, acts)

    async def _mute_and_tell(
        self,
        group: Group,
        case: models.Case,
        account: models.Account,
        step: Step,
        until: datetime | None,
        *,
        proposed: bool,
    ) -> list[models.Act]:
        """Rows for a mute until then, if any, and for telling the person once it holds."""
        mutes: list[models.Act] = []
        if until is not None:
            mutes = await self._sanctions.mute(group, case, account, until, manual=not proposed)

        def told(until: datetime | None) -> str:
            return self._told(group, case, self._sentence.said(step, until, proposed=proposed))

        return mutes + await self._tell.notice(
            group,
            account,
            told(until),
            case=case,
            after=mutes[0] if mutes else None,
            otherwise=told(None),
        )

    def _told(self, group: Group, case: models.Case, step: str) -> str:
        """What somebody is told of a case that a person made: the step, why, and how to appeal."""
        lines = [
            texts.NOTICE_MANUAL.format(
                group=self._records.title(group), step=step, number=case.number
            ),
            *([texts.NOTICE_REASON.format(reason=case.reason)] if case.reason else []),
            texts.HOW_TO_APPEAL.format(item=f"{group.id}-{case.number}"),
        ]
        return "\n".join(lines)

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

    async def told_above(
        self, group: Group, case: models.Case, account: models.Account, rank: Rank
    ) -> list[models.Act]:
        """Rows for a private word to a teacher or manager that a person decided: repeated, the level
        above theirs sees it. Inside the caller's transaction."""
        return await self._sentence.above(group, account, case, rank)

    async def unmute(self, group: Group, target: Account) -> list[models.Act]:
        """Lift somebody's mute, whoever set it."""
        await self._records.row_of(group)
        async with in_transaction():
            return await self._sanctions.unmute(group, None, await account_row(target))

    async def ask_removal(
        self, group: Group, target: Account, actor: Account, step: Step, *, reason: str
    ) -> tuple[int, list[models.Act]]:
        """Propose a removal or block that the actor agrees to and more people must (`step.confirm` in
        all); until then the step's hold mutes. Whom it is about is told while they are still there. Returns
        its number, and what is to be done."""
        await self._records.row_of(group)
        async with in_transaction():
            account, by = await account_row(target), await account_row(actor)
            case = await self._manual_case(group, account, by, step.kind, reason)
            until = self._sentence.held_until(step)
            acts = await self._mute_and_tell(group, case, account, step, until, proposed=True)
            request = await self._sentence.proposal(
                group,
                case,
                account,
                step.kind,
                needs=step.confirm,
                seconds=step.seconds,
                until=self._records.now() + timedelta(seconds=step.within),
                agreed=(by.id,),
            )
            acts += await self._sentence.put(group, case, request, target.user_id, {actor})
        return request.number, acts

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
        """Lift what a case set. `reversed` takes its weight back and has what rested on it weighed
        again, `reduced` leaves a weight of 1, and `suspended` takes it back until somebody has decided.
        Inside the caller's transaction; None where somebody else has closed it already."""
        by = await account_row(actor) if actor is not None else None
        by_id = by.id if by is not None else None
        before = LIVES if state == "suspended" else (*LIVES, "suspended")
        fields: dict[str, Any] = {"state": state}
        if state != "suspended":
            fields |= {
                "closed_by_id": by_id,
                "closed_reason": reason[:500],
                "closed_at": self._records.now(),
            }
        if state == "reduced":
            fields["weight"] = min(case.weight, 1)
        if not await models.Case.filter(id=case.id, state__in=before).update(**fields):
            return None
        await case.refresh_from_db(fields=list(fields))
        account = await models.Account.get(id=case.account_id)
        await self._records.note_case("case.closed", group, case, account, by)
        if await self._sentence.proposed_no_more(group, case, by):
            # What was only proposed comes to nothing, as where it is refused.
            await models.Case.filter(id=case.id).update(step="warn")
        if state != "suspended":
            appeals = models.Request.filter(case_id=case.id, state="open", kind="appeal")
            for request in await appeals.order_by("id"):
                await self._records.close(request, "closed", by)
        await self._sanctions.drop(case)
        acts = await self._sanctions.lift_of(case, group)
        if state != "suspended":
            acts += await self._weigh_again(group, case, account)
        if state == "reversed" and by is not None:
            acts += await self._learning.overturned(group, case.clauses, by)
        return acts

    async def resume(self, group: Group, case: models.Case) -> list[models.Act]:
        """Let a suspended case count again, and set what is left of what it had set. Inside the
        caller's transaction."""
        if not await models.Case.filter(id=case.id, state="suspended").update(state="active"):
            return []
        case.state = "active"
        account = await models.Account.get(id=case.account_id)
        await self._records.note_case("case.resumed", group, case, account, None)
        return await self._sanctions.resume(case, group)

    # -- what rested on a case that is taken back -----------------------------------------------------

    async def _weigh_again(
        self, group: Group, gone: models.Case, account: models.Account
    ) -> list[models.Act]:
        """Rows for the later cases on the same ladder, where one less would have led to a milder step:
        a mute becomes shorter or ends, an open proposal falls, and of a removal the managers are told."""
        if not gone.ladder:
            return []
        acts: list[models.Act] = []
        later = models.Case.filter(
            group_id=group.id,
            account_id=account.id,
            ladder=gone.ladder,
            state="active",
            observed=False,
            id__gt=gone.id,
        )
        for case in await later.order_by("id"):
            ladder = await _ladder_of(case)
            if ladder is None:
                continue
            before = await models.Case.filter(
                group_id=group.id,
                account_id=account.id,
                ladder=case.ladder,
                state__in=LIVES,
                observed=False,
                id__lt=case.id,
                live_until__gt=case.created_at,
            )
            counted = [Counted.of(one) for one in before]
            live = standing(counted, int(case.created_at.timestamp()), ladder.decay)
            step = ladder.step(live.weight, case.weight)
            acts += await self._milder(group, gone, case, account, step)
        return acts

    async def _milder(
        self,
        group: Group,
        gone: models.Case,
        case: models.Case,
        account: models.Account,
        step: Step,
    ) -> list[models.Act]:
        mutes = models.Mute.filter(case_id=case.id, ended__in=("", "replaced"))
        mute = await mutes.order_by("-id").first()
        until = case.created_at + timedelta(seconds=step.seconds or 0)
        sooner = step.kind == "mute" and mute is not None and until < mute.until
        if STEP_KINDS.index(step.kind) > _height(case.step) or (
            step.kind == case.step and not sooner
        ):
            return []
        was = case.step
        if step.kind == "remove" and await models.Request.filter(
            case_id=case.id, state="open", kind="block"
        ).update(kind="remove"):
            # It stays a proposal, and what holds until it is decided.
            await models.Case.filter(id=case.id).update(step="remove")
            return []
        case.step = step.kind
        await case.save(update_fields=["step"])
        await self._records.note_case("case.changed", group, case, account, None)
        await self._sentence.proposed_no_more(group, case, None)
        title = self._records.title(group)
        removed = await models.Act.exists(case_id=case.id, kind="remove", state="confirmed")
        if removed:
            text = texts.RESTED_ON.format(group=title, case=case.number, gone=gone.number)
            _, people = self._levels.deciders(group, await involved(group, case, deciders=False))
            return await self._tell.all_of(group, people, text, case)
        if was == "block":
            await models.Block.filter(case_id=case.id).update(live_key=None)
        muted = step.kind == "mute" and mute is not None
        if mute is not None and mute.ended == "replaced":
            # Another has taken its place: should that be lifted, this one is as short as it is now.
            mute.until = min(mute.until, until if muted else self._records.now())
            await mute.save(update_fields=["until"])
            acts = []
        elif step.kind == "mute":
            acts = await self._sanctions.shorten(case, group, until)
        else:
            acts = await self._sanctions.lift_of(case, group)
        text = texts.WEIGHED_AGAIN.format(
            group=title,
            gone=gone.number,
            case=case.number,
            step=self._sentence.said(step, until if muted else None, proposed=False),
        )
        return acts + await self._tell.notice(group, account, text, case=case)


async def _ladder_of(case: models.Case) -> Ladder | None:
    """The ladder that a case was decided by, in the policy's version of that time."""
    version = await models.PolicyVersion.get_or_none(id=case.policy_id)
    ladders: dict[str, Any] = version.content.get("ladder", {}) if version is not None else {}
    found = ladders.get(case.ladder)
    return Ladder.model_validate(found) if found is not None else None


def _height(step: str) -> int:
    kinds: tuple[str, ...] = STEP_KINDS
    return kinds.index(step) if step in kinds else -1
