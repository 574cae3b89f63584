"""Decisions: what was found, or what a teacher orders, becomes a case and its acts.

Case and intended acts are written in one transaction, before anything is done to the platform.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from loguru import logger
from tortoise.exceptions import IntegrityError

from src.core.clock import to_datetime
from src.core.duration import spoken
from src.core.people import Rank
from src.core.policy import Step, gravest
from src.core.store import in_transaction, models, take_number
from src.core.store.rows import account_row, group_row

from . import texts
from .deeds import reference, stored

if TYPE_CHECKING:
    from src.core.area import Finding
    from src.core.chat.events import Account, MessageRef
    from src.core.chat.port import Platform
    from src.core.clock import Clock
    from src.core.groups import Group, Groups
    from src.core.guard import Judged
    from src.core.people import People
    from src.core.policy import Bound

    from .executor import Executor
    from .tell import Tell

INCIDENT = 120.0
"""Seconds after its last message within which an incident goes on: the person may not have read
the warning yet. After that the next message is a new case."""
BRAKE_WINDOW = timedelta(minutes=10)
BRAKE_MOST = 5
BRAKE_LEAST = 3
"""The brake: more than five people, or than a tenth of the group, in ten minutes. In a group of
under thirty a tenth would stop at the first quarrel of two, so three are always allowed."""
REVIEW_WITHIN = timedelta(hours=24)
REMOVE_WITHIN = timedelta(hours=72)
_WITHDRAW_BECOMES = 600
"""Seconds of the mute that a withdrawal becomes which would miss the platform's window."""
_WINDOW = 120.0
"""Seconds within which a withdrawal is tried where the platform does not say (QQ's two minutes)."""
_EXCERPT = 60
APPLICATION = version("qungui")
LIVES = ("active", "reduced")
"""States of a case that count."""


@dataclass(slots=True)
class Decision:
    """A case as it was written, and the acts to be done for it."""

    case: models.Case
    acts: list[models.Act]


class Court:
    """Makes cases. One group's decisions are made one after another, in the group's line."""

    def __init__(
        self,
        *,
        clock: Clock,
        timezone: str,
        groups: Groups,
        people: People,
        executor: Executor,
        tell: Tell,
        lexicon_version: str,
    ) -> None:
        self._clock = clock
        self._zone = ZoneInfo(timezone)
        self._groups = groups
        self._people = people
        self._executor = executor
        self._tell = tell
        self._lexicon = lexicon_version
        self._told_of_failure: dict[tuple[int, str], float] = {}

    # -- what others need too -------------------------------------------------------------------

    def now(self) -> datetime:
        return to_datetime(self._clock.now())

    def local(self, moment: datetime) -> str:
        """A moment for people: 11月22日 15:30."""
        local = moment.astimezone(self._zone)
        return f"{local.month}月{local.day}日 {local:%H:%M}"

    async def row_of(self, group: Group) -> int:
        """The store's id of the group; its row is written where there is none."""
        if group.id is None:
            row = await group_row(group.key, name=group.name, bot=group.bot, now=self.now())
            self._groups.known(group, row)
            assert group.id is not None
        return group.id

    @staticmethod
    def title(group: Group) -> str:
        """The group's name for a text, or its number."""
        return group.name or group.key.group_id

    async def live_weight(self, group: Group, account_id: int, ladder: str) -> int:
        """What an account's live cases on a ladder weigh together."""
        weights = await models.Case.filter(
            group_id=group.id,
            account_id=account_id,
            ladder=ladder,
            state__in=LIVES,
            observed=False,
            live_until__gt=self.now(),
        ).values_list("weight", flat=True)
        return sum(int(weight) for weight in weights if isinstance(weight, int))

    # -- findings ---------------------------------------------------------------------------------

    async def judge(self, group: Group, judged: Judged, platform: Platform | None) -> None:
        """Make a case of what was found on a message, or a question to the managers."""
        await self.row_of(group)
        acting = [(bound, finding) for bound, finding in judged.hits if finding.acts]
        if not acting:
            if not judged.author_rank.is_staff and not judged.late:
                await self._ask(group, judged)
            return
        if await self._same_incident(group, judged, acting):
            return
        managers = await self._tell.managers(group, platform)
        size = None
        if platform is not None and group.mode == "enforce":
            size = await self._brake_limit(group, platform)
        window = platform.capabilities.withdraw_window if platform is not None else _WINDOW
        try:
            async with in_transaction():
                decision = await self._decide(group, judged, acting, managers, size, window)
        except IntegrityError:
            # The message already made its case: the platform delivered it again after a restart.
            return
        if decision is None:
            return
        for bound, finding in acting:
            if finding.incident:
                key = (judged.message.event.account, bound.clause.number, finding.incident)
                group.incidents[key] = (decision.case.id, self._clock.now())
        self._executor.submit(decision.acts)

    async def withdraw_unrecorded(self, judged: Judged, platform: Platform | None) -> None:
        """The store is down: nothing stronger than withdrawing (design: "Fail in a chosen direction")."""
        if platform is not None and any(b.withdraw and f.acts for b, f in judged.hits):
            await platform.withdraw(judged.message.event.ref)

    async def _decide(
        self,
        group: Group,
        judged: Judged,
        acting: list[tuple[Bound, Finding]],
        managers: list[Account],
        limit: int | None,
        window: float,
    ) -> Decision | None:
        event = judged.message.event
        author = await account_row(event.account)
        if await models.Case.exists(group_id=group.id, message_key=event.ref.key):
            return None
        staff = judged.author_rank.is_staff
        steps: dict[str, Step] = {}
        for bound, _ in acting:
            name = bound.clause.ladder
            if name is None or bound.ladder is None or name in steps:
                continue
            weight = max(b.weight for b, _ in acting if b.clause.ladder == name)
            steps[name] = bound.ladder.step(await self.live_weight(group, author.id, name), weight)
        step = gravest(steps.values())
        bound, finding = next(
            (b, f) for b, f in acting if b.clause.ladder and steps[b.clause.ladder] is step
        )
        observed = group.mode == "observe"
        braked = False
        if limit is not None and not staff and await self._brakes(group, author.id, limit):
            observed = braked = True
        case = await self._case(
            group,
            author,
            judged=judged,
            bound=bound,
            finding=finding,
            acting=acting,
            step="word" if staff else step.kind,
            observed=observed,
        )
        acts: list[models.Act] = []
        if staff:
            acts += await self._private_word(group, author, case, bound, observed=observed)
        else:
            if any(b.withdraw for b, _ in acting) and step.withdraws:
                acts.append(
                    await self._withdraw(group, case, author, event.ref, judged.late, window)
                )
            acts += await self._carry_out(
                group, case, author, step, managers, bound=bound, late=judged.late, name=event.name
            )
        if braked:
            acts += await self._brake(group, managers, limit or 0)
        return Decision(case, acts)

    async def _case(
        self,
        group: Group,
        author: models.Account,
        *,
        judged: Judged,
        bound: Bound,
        finding: Finding,
        acting: list[tuple[Bound, Finding]],
        step: str,
        observed: bool,
        actor: models.Account | None = None,
    ) -> models.Case:
        now = self.now()
        text = judged.message.event.text
        excerpt = ""
        if finding.spans:
            start, end = finding.spans[0]
            excerpt = text[max(0, start - 20) : end + 20][:_EXCERPT]
        assert bound.ladder is not None
        assert group.id is not None
        return await models.Case.create(
            group_id=group.id,
            number=await take_number(group.id),
            account=author,
            policy_id=judged.policy.policy_id,
            clause=bound.clause.number,
            clauses=[
                {"number": b.clause.number, "plugin": f.plugin, "facts": dict(f.facts)}
                for b, f in acting
            ],
            plugin=finding.plugin,
            ladder=bound.clause.ladder or "",
            weight=max(b.weight for b, _ in acting if b.clause.ladder == bound.clause.ladder),
            step=step,
            source="auto" if actor is None else "manual",
            actor=actor,
            observed=observed,
            message_key=judged.message.event.ref.key,
            excerpt=excerpt,
            excerpt_until=now + timedelta(seconds=judged.policy.keep_excerpts) if excerpt else None,
            lexicon=self._lexicon,
            application=APPLICATION,
            live_until=now + timedelta(seconds=bound.ladder.life),
            created_at=now,
        )

    async def _same_incident(
        self, group: Group, judged: Judged, acting: list[tuple[Bound, Finding]]
    ) -> bool:
        """Whether all that was found belongs to a case that exists: then only the message goes."""
        now = self._clock.now()
        author = judged.message.event.account
        for key, (_, moment) in list(group.incidents.items()):
            if now - moment > INCIDENT:
                del group.incidents[key]
        keys = [(author, b.clause.number, f.incident) for b, f in acting if f.incident]
        if len(keys) < len(acting) or not all(key in group.incidents for key in keys):
            return False
        case_id = group.incidents[keys[0]][0]
        for key in keys:
            group.incidents[key] = (case_id, now)
        if judged.author_rank.is_staff or not any(b.withdraw for b, _ in acting):
            return True
        case = await models.Case.get_or_none(id=case_id)
        if case is None or case.state not in LIVES:
            return True
        row = await account_row(author)
        act = await self._withdraw(group, case, row, judged.message.event.ref, judged.late)
        self._executor.submit([act])
        return True

    async def _ask(self, group: Group, judged: Judged) -> None:
        """What the filter is unsure of waits for a manager; nothing happens to the message."""
        bound, finding = max(judged.hits, key=lambda hit: hit[1].gravity)
        event = judged.message.event
        assert group.id is not None
        async with in_transaction():
            key = f"review/{event.ref.key}"[-64:]
            if await models.Request.exists(open_key=key):
                return
            await models.Request.create(
                group_id=group.id,
                number=await take_number(group.id),
                kind="review",
                account=await account_row(event.account),
                payload={
                    "message": stored(event.ref),
                    "clause": bound.clause.number,
                    "policy": judged.policy.policy_id,
                    "plugin": finding.plugin,
                    "facts": dict(finding.facts),
                },
                open_key=key,
                expires_at=self.now() + REVIEW_WITHIN,
                created_at=self.now(),
            )

    async def found_by_person(
        self, group: Group, request: models.Request, by: models.Account, managers: list[Account]
    ) -> list[models.Act]:
        """Rows for what the filter was unsure of and a person says is a violation; none where the
        clause is in force no more. Inside the caller's transaction."""
        policy, author = group.policy, request.account
        number = request.payload["clause"]
        bound = (
            next((b for b in policy.judging if b.clause.number == number), None) if policy else None
        )
        if policy is None or bound is None or bound.ladder is None or author is None:
            return []
        ladder = bound.clause.ladder or ""
        step = bound.ladder.step(await self.live_weight(group, author.id, ladder), bound.weight)
        ref = reference(request.payload["message"])
        now = self.now()
        assert group.id is not None
        case = await models.Case.create(
            group_id=group.id,
            number=await take_number(group.id),
            account=author,
            policy_id=policy.policy_id,
            clause=number,
            clauses=[
                {
                    "number": number,
                    "plugin": request.payload["plugin"],
                    "facts": request.payload["facts"],
                }
            ],
            plugin=request.payload["plugin"],
            ladder=ladder,
            weight=bound.weight,
            step=step.kind,
            source="manual",
            actor=by,
            observed=group.mode == "observe",
            message_key=ref.key,
            lexicon=self._lexicon,
            application=APPLICATION,
            live_until=now + timedelta(seconds=bound.ladder.life),
            created_at=now,
        )
        acts: list[models.Act] = []
        if bound.withdraws(step):
            acts.append(await self._withdraw(group, case, author, ref, late=True))
        return acts + await self._carry_out(
            group, case, author, step, managers, bound=bound, late=False, name=""
        )

    # -- what a step does -------------------------------------------------------------------------

    def act(
        self,
        group: Group,
        case: models.Case | None,
        account: models.Account,
        kind: str,
        payload: dict[str, Any],
        not_after: datetime,
    ) -> models.Act:
        now = self.now()
        assert group.id is not None
        return models.Act(
            group_id=group.id,
            case=case,
            account=account,
            kind=kind,
            payload=payload,
            observed=case is not None and case.observed,
            not_after=not_after,
            not_before=now,
            created_at=now,
            updated_at=now,
        )

    async def _withdraw(
        self,
        group: Group,
        case: models.Case,
        author: models.Account,
        ref: MessageRef,
        late: bool,
        window: float = _WINDOW,
    ) -> models.Act:
        act = self.act(
            group,
            case,
            author,
            "withdraw",
            {"message": stored(ref), "late": late},
            to_datetime(ref.time + window),
        )
        await act.save()
        return act

    async def _carry_out(
        self,
        group: Group,
        case: models.Case,
        author: models.Account,
        step: Step,
        managers: list[Account],
        *,
        bound: Bound,
        late: bool,
        name: str,
    ) -> list[models.Act]:
        """The acts of a step on somebody who is no teacher or manager, the telling included."""
        now = self.now()
        acts: list[models.Act] = []
        proposed = step.kind in ("remove", "block") and step.confirm > 0
        until: datetime | None = None
        if step.kind == "mute" and not late:
            assert step.seconds is not None
            until = now + timedelta(seconds=step.seconds)
        elif proposed:
            until = now + timedelta(seconds=step.within)
        if until is not None:
            mute = await self.mute(group, case, author, until, manual=False)
            acts += mute
        text = texts.NOTICE.format(
            group=self.title(group),
            clause=case.clause,
            text=bound.clause.text,
            step=self.said(step, until, proposed=proposed),
            number=case.number,
        )
        appeal = texts.HOW_TO_APPEAL.format(item=f"{group.id}-{case.number}")
        acts += await self._tell.notice(
            group,
            author,
            f"{text}\n{appeal}",
            case=case,
            clause=case.clause,
            observed=case.observed,
        )
        if case.observed:
            return acts
        who = name or author.user_id
        if step.kind in ("report",):
            words = texts.REPORT.format(
                group=self.title(group), who=who, clause=case.clause, case=case.number
            )
            acts += await self._tell.all_of(group, managers, words, case)
        elif proposed:
            acts += await self._propose(group, case, author, step, managers, who)
        elif step.kind in ("remove", "block"):
            acts += await self.remove(
                group, case, author, block=step.kind == "block", seconds=step.seconds
            )
        return acts

    def said(self, step: Step, until: datetime | None, *, proposed: bool) -> str:
        """What a step means for the person, in words."""
        end = self.local(until) if until is not None else ""
        if proposed:
            return texts.STEPS["proposed"].format(until=end)
        if step.kind == "mute" and until is None:
            return texts.STEPS["warn"]
        if step.kind == "block":
            after = (
                texts.UNTIL.format(until=spoken(step.seconds))
                if step.seconds is not None
                else texts.UNTIL_LIFTED
            )
            return texts.STEPS["block"].format(until=after)
        length = spoken(step.seconds) if step.seconds is not None else ""
        return texts.STEPS[step.kind].format(length=length, until=end)

    async def mute(
        self,
        group: Group,
        case: models.Case,
        account: models.Account,
        until: datetime,
        *,
        manual: bool,
    ) -> list[models.Act]:
        """Rows for a mute: one active mute per account, a manual one beats an automatic one, and an
        automatic one never shortens what holds already."""
        assert group.id is not None
        now = self.now()
        if not case.observed:
            key = f"{group.id}/{account.id}"
            held = await models.Mute.get_or_none(live_key=key)
            if held is not None:
                if not manual and (held.manual or held.until >= until):
                    return []
                held.ended, held.live_key = "replaced", None
                await held.save(update_fields=["ended", "live_key"])
            await models.Mute.create(
                group_id=group.id,
                account=account,
                case=case,
                manual=manual,
                since=now,
                until=until,
                live_key=key,
            )
        act = self.act(group, case, account, "mute", {"until": until.timestamp()}, until)
        await act.save()
        return [act]

    async def unmute(
        self, group: Group, case: models.Case | None, account: models.Account
    ) -> list[models.Act]:
        """Rows that end the account's mute."""
        key = f"{group.id}/{account.id}"
        await models.Mute.filter(live_key=key).update(ended="lifted", live_key=None)
        # A mute that has not been done yet must not come after this.
        await models.Act.filter(
            group_id=group.id, account_id=account.id, kind="mute", state="requested"
        ).update(state="lapsed", updated_at=self.now())
        act = self.act(group, case, account, "unmute", {}, self.now() + timedelta(days=30))
        await act.save()
        return [act]

    async def lift_of(self, case: models.Case, group: Group) -> list[models.Act]:
        """Rows that end the mute which this case set, if it still holds."""
        mute = await models.Mute.get_or_none(case=case, live_key__isnull=False)
        if mute is None:
            return []
        return await self.unmute(group, case, await models.Account.get(id=mute.account_id))

    async def remove(
        self,
        group: Group,
        case: models.Case,
        account: models.Account,
        *,
        block: bool,
        seconds: int | None = None,
        by: models.Account | None = None,
    ) -> list[models.Act]:
        """Rows that take somebody out of the group, and onto our own list where asked."""
        if block:
            await self.block(group, account, case=case, seconds=seconds, by=by)
        act = self.act(group, case, account, "remove", {}, self.now() + REMOVE_WITHIN)
        await act.save()
        return [act]

    async def block(
        self,
        group: Group,
        account: models.Account,
        *,
        case: models.Case | None,
        seconds: int | None,
        by: models.Account | None,
    ) -> None:
        """Put an account on the group's own list, for so many seconds or without end."""
        assert group.id is not None
        key = f"{group.id}/{account.id}"
        await models.Block.filter(live_key=key).update(live_key=None)
        now = self.now()
        await models.Block.create(
            group_id=group.id,
            account=account,
            case=case,
            by=by,
            until=now + timedelta(seconds=seconds) if seconds is not None else None,
            live_key=key,
            created_at=now,
        )

    async def _propose(
        self,
        group: Group,
        case: models.Case,
        account: models.Account,
        step: Step,
        managers: list[Account],
        who: str,
    ) -> list[models.Act]:
        """A removal that people confirm; one open proposal per account."""
        assert group.id is not None
        key = f"remove/{group.id}/{account.id}"
        if await models.Request.exists(open_key=key):
            return []
        until = self.now() + timedelta(seconds=step.within)
        request = await models.Request.create(
            group_id=group.id,
            number=await take_number(group.id),
            kind=step.kind,
            case=case,
            account=account,
            payload={"seconds": step.seconds},
            needs=step.confirm,
            open_key=key,
            expires_at=until,
            created_at=self.now(),
        )
        text = texts.PROPOSAL.format(
            group=self.title(group),
            request=request.number,
            who=who,
            clause=case.clause,
            case=case.number,
            item=f"{group.id}-{request.number}",
            needs=step.confirm,
            until=self.local(until),
        )
        return await self._tell.all_of(group, managers, text, case)

    async def _private_word(
        self,
        group: Group,
        author: models.Account,
        case: models.Case,
        bound: Bound,
        *,
        observed: bool,
    ) -> list[models.Act]:
        text = texts.PRIVATE_WORD.format(
            group=self.title(group),
            clause=case.clause,
            text=bound.clause.text,
            number=case.number,
        )
        return await self._tell.notice(
            group, author, text, case=case, clause=case.clause, observed=observed
        )

    # -- the brake --------------------------------------------------------------------------------

    async def _brake_limit(self, group: Group, platform: Platform) -> int:
        """How many people may be acted on in ten minutes; the group's size is asked for only once
        somebody else was acted on lately."""
        if await self._acted_on(group) < BRAKE_LEAST:
            return BRAKE_MOST
        answer = await platform.members(group.key)
        if answer.value is None:
            return BRAKE_MOST
        return min(BRAKE_MOST, max(BRAKE_LEAST, len(answer.value) // 10))

    async def _acted_on(self, group: Group, also: int | None = None) -> int:
        accounts = await models.Case.filter(
            group_id=group.id,
            source="auto",
            observed=False,
            step__not="word",
            created_at__gt=self.now() - BRAKE_WINDOW,
        ).values_list("account_id", flat=True)
        return len({*accounts, *(() if also is None else (also,))})

    async def _brakes(self, group: Group, account_id: int, limit: int) -> bool:
        return await self._acted_on(group, account_id) > limit

    async def _brake(self, group: Group, managers: list[Account], limit: int) -> list[models.Act]:
        group.mode = "observe"
        await models.Group.filter(id=group.id).update(mode="observe", mode_reason="brake")
        logger.warning("the brake: group {} went to observe mode", group.id)
        text = texts.BRAKE.format(group=self.title(group), count=limit + 1)
        return await self._tell.all_of(group, managers, text)

    # -- orders of people -------------------------------------------------------------------------

    async def order(
        self,
        group: Group,
        target: Account,
        actor: Account,
        step: Step,
        *,
        reason: str,
        withdraw: MessageRef | None = None,
        tell: bool = True,
    ) -> Decision:
        """A case that a person decided: warn, mute, remove or block, at once."""
        await self.row_of(group)
        async with in_transaction():
            account, by = await account_row(target), await account_row(actor)
            assert group.id is not None
            now = self.now()
            case = await models.Case.create(
                group_id=group.id,
                number=await take_number(group.id),
                account=account,
                policy_id=group.policy.policy_id if group.policy is not None else None,
                plugin="moderation",
                step=step.kind,
                source="manual",
                actor=by,
                reason=reason[:500],
                application=APPLICATION,
                live_until=now + timedelta(days=30),
                created_at=now,
            )
            acts: list[models.Act] = []
            if withdraw is not None:
                acts.append(await self._withdraw(group, case, account, withdraw, late=True))
            until = None
            if step.kind == "mute":
                assert step.seconds is not None
                until = now + timedelta(seconds=step.seconds)
                acts += await self.mute(group, case, account, until, manual=True)
            if tell:
                lines = [
                    texts.NOTICE_MANUAL.format(
                        group=self.title(group),
                        step=self.said(step, until, proposed=False),
                        number=case.number,
                    ),
                    *([texts.NOTICE_REASON.format(reason=reason)] if reason else []),
                    texts.HOW_TO_APPEAL.format(item=f"{group.id}-{case.number}"),
                ]
                acts += await self._tell.notice(group, account, "\n".join(lines), case=case)
            if step.kind in ("remove", "block"):
                acts += await self.remove(
                    group, case, account, block=step.kind == "block", seconds=step.seconds, by=by
                )
        return Decision(case, acts)

    async def pardon(
        self,
        group: Group,
        case: models.Case,
        actor: Account,
        reason: str,
        *,
        state: str = "reversed",
    ) -> list[models.Act]:
        """Reverse a case: lift what runs, take its weight back, keep its history. With the state
        `reduced` only what runs is lifted. Inside the caller's transaction."""
        by = await account_row(actor)
        changed = await models.Case.filter(id=case.id, state__in=LIVES).update(
            state=state, closed_by_id=by.id, closed_reason=reason[:500], closed_at=self.now()
        )
        if not changed:
            return []
        await models.Block.filter(case_id=case.id).update(live_key=None)
        await models.Request.filter(
            case_id=case.id, state="open", kind__in=("remove", "block")
        ).update(state="closed", open_key=None, decided_by_id=by.id, decided_at=self.now())
        # What has not been done yet is not done any more.
        await models.Act.filter(
            case_id=case.id, state="requested", kind__in=("withdraw", "mute", "remove")
        ).update(state="lapsed", updated_at=self.now())
        return await self.lift_of(case, group)

    async def tell_reversed(self, group: Group, case: models.Case) -> list[models.Act]:
        """Rows that tell the person whose case was reversed."""
        if case.observed:
            return []
        text = texts.REVERSED.format(group=self.title(group), number=case.number)
        account = await models.Account.get(id=case.account_id)
        return await self._tell.notice(group, account, text, case=case)

    async def ask_removal(
        self, group: Group, target: Account, actor: Account, needs: int, reason: str
    ) -> int:
        """Propose a removal that the actor agrees to and more people must; returns its number."""
        await self.row_of(group)
        assert group.id is not None
        async with in_transaction():
            account, by = await account_row(target), await account_row(actor)
            key = f"remove/{group.id}/{account.id}"
            held = await models.Request.get_or_none(open_key=key)
            if held is not None:
                return held.number
            now = self.now()
            case = await models.Case.create(
                group_id=group.id,
                number=await take_number(group.id),
                account=account,
                policy_id=group.policy.policy_id if group.policy is not None else None,
                plugin="moderation",
                step="remove",
                source="manual",
                actor=by,
                reason=reason[:500],
                application=APPLICATION,
                live_until=now + timedelta(days=30),
                created_at=now,
            )
            request = await models.Request.create(
                group_id=group.id,
                number=await take_number(group.id),
                kind="remove",
                case=case,
                account=account,
                needs=needs,
                agreed=[by.id],
                open_key=key,
                expires_at=now + REMOVE_WITHIN,
                created_at=now,
            )
        return request.number

    # -- what became of an act --------------------------------------------------------------------

    async def finished(self, act: models.Act, group: Group) -> list[models.Act]:
        """Note what an act's end means; returns what is to be done instead."""
        if act.kind == "whisper":
            return await self._tell.whispered(act, group)
        if act.account is None or act.case is None:
            return []
        key = f"{group.id}/{act.account_id}"
        if act.kind == "remove" and act.state == "confirmed":
            await models.Mute.filter(live_key=key).update(ended="removed", live_key=None)
        elif act.kind == "mute" and act.state == "denied":
            await models.Mute.filter(live_key=key, case_id=act.case_id).update(
                ended="denied", live_key=None
            )
        if act.kind == "withdraw" and act.state == "lapsed" and not act.payload["late"]:
            if await models.Mute.exists(live_key=key):
                return []
            until = self.now() + timedelta(seconds=_WITHDRAW_BECOMES)
            return await self.mute(group, act.case, act.account, until, manual=False)
        if act.state == "denied" and act.case.source == "auto":
            return await self._cannot(act, group)
        return []

    async def _cannot(self, act: models.Act, group: Group) -> list[models.Act]:
        """Tell the managers that the bot cannot do something, once a day and kind."""
        assert group.id is not None
        assert act.case is not None
        now = self._clock.now()
        last = self._told_of_failure.get((group.id, act.kind))
        if last is not None and now - last < 86_400:
            return []
        self._told_of_failure[group.id, act.kind] = now
        text = texts.CANNOT_ACT.format(
            group=self.title(group),
            case=act.case.number,
            act=texts.ACTS[act.kind],
            wording=act.wording or "没有说明原因",
        )
        managers = await self._tell.managers(group, None)
        return await self._tell.all_of(group, managers, text, act.case)


def involved(case: models.Case, requests: list[models.Request]) -> set[int]:
    """Account ids that had a part in a case: its subject, who ordered it, who confirmed it."""
    parts: list[set[int]] = [
        {case.account_id} | ({case.actor_id} if case.actor_id is not None else set())
    ]
    for request in requests:
        if request.kind != "appeal":
            parts.append(set(request.agreed))
            if request.decided_by_id is not None:
                parts.append({request.decided_by_id})
    return reduce(set[int].union, parts)


__all__ = ["Court", "Decision", "Rank", "involved"]
