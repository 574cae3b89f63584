"""Decisions: what was found on a message becomes a case and its acts.

Case and intended acts are written in one transaction, before anything is done to the platform.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tortoise.exceptions import IntegrityError

from src.core.chat.events import Kind
from src.core.clock import to_datetime
from src.core.policy import Step, gravest
from src.core.store import in_transaction, models, take_number
from src.core.store.rows import account_row

from . import texts
from .deeds import reference, stored
from .orders import Decision
from .records import LIVES
from .sanctions import WITHDRAW_WINDOW

if TYPE_CHECKING:
    from collections.abc import Mapping

    from src.core.area import Finding, Message, Word
    from src.core.chat.events import Account, MessageRef
    from src.core.chat.port import Platform
    from src.core.clock import Clock
    from src.core.groups import Group
    from src.core.guard import Judged
    from src.core.people import Rank
    from src.core.policy import Bound
    from src.core.tally import Tally

    from .approvals import Approvals
    from .brake import Brake
    from .executor import Executor
    from .records import Records
    from .sanctions import Sanctions
    from .sentence import Sentence
    from .tell import Tell

INCIDENT = 120.0
"""Seconds that an incident lasts: the person may not have read the warning yet. After that the next
message is a new case."""
REVIEW_WITHIN = timedelta(hours=24)
_EXCERPT = 60
_WORDS = frozenset({Kind.TEXT, Kind.REPLY, Kind.MENTION, Kind.MENTION_ALL})


class Court:
    """Makes cases. One group's decisions are made one after another, in the group's line."""

    def __init__(
        self,
        *,
        clock: Clock,
        records: Records,
        sanctions: Sanctions,
        sentence: Sentence,
        approvals: Approvals,
        brake: Brake,
        executor: Executor,
        tell: Tell,
        lexicon_version: str,
        tally: Tally,
    ) -> None:
        self._clock = clock
        self._records = records
        self._sanctions = sanctions
        self._sentence = sentence
        self._approvals = approvals
        self._brake = brake
        self._executor = executor
        self._tell = tell
        self._lexicon = lexicon_version
        self._tally = tally
        self._asked: dict[tuple[int, int], tuple[int, float]] = {}
        """(group, content) to (request, when): the same by the same author is asked of once."""

    # -- findings ---------------------------------------------------------------------------------

    async def judge(self, group: Group, judged: Judged, platform: Platform | None) -> None:
        """Make a case of what was found on a message, or a question to the managers."""
        await self._records.row_of(group)
        if any(finding.shields for _, finding in judged.hits):
            return
        judged = await self._told(group, judged)
        if not judged.hits:
            return
        acting = [(bound, finding) for bound, finding in judged.hits if finding.acts]
        key = judged.message.event.ref.key
        if judged.added and await models.Case.exists(group_id=group.id, message_key=key):
            async with in_transaction():
                acts = await self._join(group, judged, acting, _window(platform))
            self._executor.submit(acts)
            return
        if not acting:
            if any(finding.wait is not None for _, finding in judged.hits):
                # Whoever consents to it reads it: there is no second question.
                await self._approvals.hold(group, judged, platform, _window(platform))
            elif not judged.author_rank.is_staff and not judged.late:
                await self._ask(group, judged)
            return
        if await self._same_incident(group, judged, acting):
            return
        try:
            async with in_transaction():
                decision = await self._decide(group, judged, acting, _window(platform))
        except IntegrityError:
            # The message has made its case: the platform delivered it again after a restart.
            return
        if decision is None:
            return
        for bound, finding in acting:
            self._tally.findings[finding.plugin, decision.case.step] += 1
            if finding.incident:
                key = (judged.message.event.account, bound.clause.number, finding.incident)
                group.incidents[key] = (decision.case.id, self._clock.now())
        self._executor.submit(decision.acts)
        if not any(act.kind == "withdraw" for act in decision.acts):
            await self._approvals.hold(group, judged, platform, _window(platform))

    async def _told(self, group: Group, judged: Judged) -> Judged:
        """Have said what is only to be said; returns the rest of what was found."""
        said = [(b.clause.number, f) for b, f in judged.hits if f.word is not None]
        if not said:
            return judged
        if group.mode == "enforce" and not judged.late:
            for clause, finding in said:
                assert finding.word is not None
                if self._is_new(group, clause, finding.incident, finding.word):
                    async with in_transaction():
                        acts = await self._tell.word(group, finding.word)
                    self._executor.submit(acts)
        return replace(judged, hits=tuple(hit for hit in judged.hits if hit[1].word is None))

    def _is_new(self, group: Group, clause: str, incident: str, word: Word) -> bool:
        """Whether these people were not told the same a moment ago; notes that they are now."""
        now = self._clock.now()
        for known, until in list(group.told.items()):
            if until <= now:
                del group.told[known]
        key = (word.people, clause, incident)
        if key in group.told:
            return False
        group.told[key] = now + word.every
        return True

    async def _decide(
        self,
        group: Group,
        judged: Judged,
        acting: list[tuple[Bound, Finding]],
        window: float,
    ) -> Decision | None:
        event = judged.message.event
        author = await account_row(event.account)
        if await models.Case.exists(group_id=group.id, message_key=event.ref.key):
            return None
        staff = judged.author_rank.is_staff
        # Of clauses that lead to the same step the one decides whose finding is the gravest.
        by_gravity = sorted(acting, key=lambda hit: -hit[1].gravity)
        step, weight, bound = await self._weigh(group, author, [b for b, _ in by_gravity])
        finding = next(f for b, f in acting if b is bound)
        braked = not staff and await self._braked(group, author, bound)
        assert bound.ladder is not None
        now = self._records.now()
        excerpt = _excerpt(judged.message.folded.raw, finding)
        case = await self._records.new_case(
            group,
            author,
            step="word" if staff else step.kind,
            policy_id=judged.policy.policy_id,
            clause=bound.clause.number,
            clauses=_cited(acting),
            plugin=finding.plugin,
            ladder="" if staff else bound.clause.ladder,
            weight=weight,
            source="auto",
            observed=braked or group.mode == "observe",
            message_key=event.ref.key,
            excerpt=excerpt,
            excerpt_until=now + timedelta(seconds=judged.policy.keep_excerpts) if excerpt else None,
            lexicon=self._lexicon,
            live_until=self._records.live_until(judged.policy, bound.ladder),
        )
        if judged.added:
            # What the managers were asked about the first judgement is answered by this one.
            await models.Request.filter(open_key=_review_key(event.ref)).update(
                state="closed", open_key=None
            )
        acts: list[models.Act] = []
        if staff:
            acts += await self._sentence.private_word(
                group,
                author,
                case,
                bound,
                judged.author_rank,
                name=event.name,
                advice=finding.advice,
            )
        else:
            goes = step.withdraws or any(f.withdraw for _, f in acting)
            if goes and any(b.withdraw for b, _ in acting):
                acts.append(
                    await self._sanctions.withdraw(
                        group, case, author, event.ref, late=judged.late, window=window
                    )
                )
            acts += await self._sentence.carry_out(
                group,
                case,
                author,
                step,
                bound=bound,
                late=judged.late,
                name=event.name,
                advice=finding.advice,
            )
        if braked:
            acts += await self._brake.pull(group)
        return Decision(case, acts)

    async def _braked(self, group: Group, author: models.Account, bound: Bound) -> bool:
        """Whether this is one too many in a short time, and is only observed."""
        return (
            group.mode != "observe"
            and bound.area.braked
            and await self._brake.holds(group, author.id)
        )

    async def charge(
        self,
        group: Group,
        account: Account,
        bound: Bound,
        *,
        what: str,
        facts: Mapping[str, Any],
        rank: Rank,
        gravity: int = 1,
        advice: str = "",
        name: str = "",
        key: str | None = None,
    ) -> models.Case | None:
        """Make a case of what is no message: a name, somebody pulled in. `what` it is, for people;
        `key` names it in the group, so that it makes one case: None where it has."""
        await self._records.row_of(group)
        async with in_transaction():
            if key is not None and await models.Case.exists(group_id=group.id, message_key=key):
                return None
            author = await account_row(account)
            staff = rank.is_staff
            braked = not staff and await self._braked(group, author, bound)
            step, weight, _ = await self._weigh(group, author, [bound])
            assert bound.ladder is not None
            assert group.policy is not None
            cited = {"number": bound.clause.number, "plugin": bound.area.name}
            case = await self._records.new_case(
                group,
                author,
                step="word" if staff else step.kind,
                policy_id=group.policy.policy_id,
                clause=bound.clause.number,
                clauses=[{**cited, "gravity": gravity, "facts": dict(facts)}],
                plugin=bound.area.name,
                ladder="" if staff else bound.clause.ladder,
                weight=weight,
                source="auto",
                observed=braked or group.mode == "observe",
                message_key=key,
                live_until=self._records.live_until(group.policy, bound.ladder),
            )
            if staff:
                acts = await self._sentence.private_word(
                    group, author, case, bound, rank, name=name, advice=advice, what=what
                )
            else:
                acts = await self._sentence.carry_out(
                    group,
                    case,
                    author,
                    step,
                    bound=bound,
                    late=False,
                    name=name,
                    advice=advice,
                    what=what,
                )
            if braked:
                acts += await self._brake.pull(group)
        self._tally.findings[bound.area.name, case.step] += 1
        self._executor.submit(acts)
        return case

    async def _weigh(
        self,
        group: Group,
        author: models.Account,
        bounds: list[Bound],
        without: models.Case | None = None,
    ) -> tuple[Step, int, Bound]:
        """The gravest step that these clauses lead to, the weight on its ladder, and the clause.

        `without` is a case on the message itself, which does not count for what came before it.
        """
        steps: dict[str, Step] = {}
        weights: dict[str, int] = {}
        for bound in bounds:
            name = bound.clause.ladder
            if name is None or bound.ladder is None or name in steps:
                continue
            weights[name] = max(b.weight for b in bounds if b.clause.ladder == name)
            live = await self._records.live_weight(
                group.id, author.id, name, bound.ladder, without=without
            )
            steps[name] = bound.ladder.step(live, weights[name])
        step = gravest(steps.values())
        bound = next(b for b in bounds if b.clause.ladder and steps[b.clause.ladder] is step)
        return step, weights[bound.clause.ladder or ""], bound

    async def _join(
        self,
        group: Group,
        judged: Judged,
        acting: list[tuple[Bound, Finding]],
        window: float,
    ) -> list[models.Act]:
        """Add what was found later on a message to the case it made; rows for what that comes to.

        The gravest clause decides, as if all had been found at once; nothing is done twice.
        """
        event, policy = judged.message.event, judged.policy
        case = await models.Case.get(group_id=group.id, message_key=event.ref.key)
        cited = {(clause["number"], clause["plugin"]) for clause in case.clauses}
        new = [(b, f) for b, f in acting if (b.clause.number, f.plugin) not in cited]
        decided = case.state != "active" or case.source != "auto"
        decided |= group.mode == "observe" and not case.observed
        if not new or decided or case.policy_id != policy.policy_id:
            # Nothing new, or people or another policy have had their say since.
            return []
        entries: list[dict[str, Any]] = [*case.clauses, *_cited(new)]
        case.clauses = entries
        await case.save(update_fields=["clauses"])
        if judged.author_rank.is_staff:
            return []
        author = await account_row(event.account)
        gravity: dict[str, int] = {one["number"]: one.get("gravity", 1) for one in entries}
        bounds = [bound for bound in policy.judging if bound.clause.number in gravity]
        bounds.sort(key=lambda bound: -gravity[bound.clause.number])
        former = [bound for bound in bounds if (bound.clause.number, bound.area.name) in cited]
        step, weight, bound = await self._weigh(group, author, bounds, without=case)
        before, _, _ = await self._weigh(group, author, former, without=case)
        acts: list[models.Act] = []
        withdrawn = await models.Act.exists(case_id=case.id, kind="withdraw")
        if not withdrawn and step.withdraws and any(b.withdraw for b in bounds):
            acts.append(
                await self._sanctions.withdraw(
                    group, case, author, event.ref, late=judged.late, window=window
                )
            )
        graver = step.gravity > before.gravity
        if not graver and bound.clause.number == case.clause:
            return acts
        assert bound.ladder is not None
        now = self._records.now()
        case.clause, case.plugin, case.step = bound.clause.number, bound.area.name, step.kind
        case.ladder, case.weight = bound.clause.ladder or "", weight
        case.live_until = self._records.live_until(policy, bound.ladder)
        changed = ["clause", "plugin", "step", "ladder", "weight", "live_until"]
        finding = next((f for b, f in new if b is bound), None)
        if finding is not None and (excerpt := _excerpt(judged.message.folded.raw, finding)):
            case.excerpt = excerpt
            case.excerpt_until = now + timedelta(seconds=policy.keep_excerpts)
            changed += ["excerpt", "excerpt_until"]
        await case.save(update_fields=changed)
        await self._records.note_case("case.changed", group, case, author, None)
        if not graver:
            return acts
        return acts + await self._sentence.carry_out(
            group, case, author, step, bound=bound, late=judged.late, name=event.name
        )

    async def _same_incident(
        self, group: Group, judged: Judged, acting: list[tuple[Bound, Finding]]
    ) -> bool:
        """Whether all that was found belongs to a case that exists: then only the message goes."""
        now = self._clock.now()
        event = judged.message.event
        for key, (_, moment) in list(group.incidents.items()):
            if now - moment > INCIDENT:
                del group.incidents[key]
        keys = [(event.account, b.clause.number, f.incident) for b, f in acting if f.incident]
        if len(keys) < len(acting):
            return False
        for key, (bound, finding) in zip(keys, acting, strict=True):
            if finding.since and key not in group.incidents:
                case_id = await self._case_since(group, event.account, bound, finding.since)
                if case_id is None:
                    return False
                group.incidents[key] = (case_id, now)
        if not all(key in group.incidents for key in keys):
            return False
        case_id = group.incidents[keys[0]][0]
        if judged.author_rank.is_staff or not any(b.withdraw for b, _ in acting):
            return True
        case = await models.Case.get_or_none(id=case_id)
        goes = any(finding.withdraw for _, finding in acting)
        if case is None or case.state not in LIVES or (case.step == "remind" and not goes):
            return True
        author = await account_row(event.account)
        act = await self._sanctions.withdraw(group, case, author, event.ref, late=judged.late)
        self._executor.submit([act])
        return True

    async def _case_since(
        self, group: Group, account: Account, bound: Bound, since: float
    ) -> int | None:
        """The id of the case that this clause has made of the account since then."""
        cases = models.Case.filter(
            group_id=group.id,
            account__namespace=account.namespace,
            account__user_id=account.user_id,
            source="auto",
            observed=group.mode == "observe",
            created_at__gte=to_datetime(since),
        )
        return next(
            (
                case.id
                for case in await cases.order_by("id")
                if any(one["number"] == bound.clause.number for one in case.clauses)
            ),
            None,
        )

    # -- what the filter is unsure of ---------------------------------------------------------------

    async def _ask(self, group: Group, judged: Judged) -> None:
        """It waits for a manager; nothing happens to the message."""
        event, now = judged.message.event, self._clock.now()
        for known, (_, moment) in list(self._asked.items()):
            if now - moment > REVIEW_WITHIN.total_seconds():
                del self._asked[known]
        assert group.id is not None
        same = (group.id, _content(judged.message))
        async with in_transaction():
            author = await account_row(event.account)
            # What is asked of is never older than minutes, so neither is what was asked before.
            reviews = models.Request.filter(
                group_id=group.id,
                kind="review",
                account=author,
                created_at__gt=self._records.now() - REVIEW_WITHIN,
            )
            keys = [reference(one.payload["message"]).key for one in await reviews]
            if event.ref.key in keys:
                return
            if same in self._asked:
                acts = await self._as_before(group, event.ref, self._asked[same][0])
            else:
                request, acts = await self._question(group, judged, author)
                if same[1]:
                    self._asked[same] = (request.id, now)
        self._executor.submit(acts)

    async def _question(
        self, group: Group, judged: Judged, author: models.Account
    ) -> tuple[models.Request, list[models.Act]]:
        """A question to the managers, and the rows that tell them of the first that waits."""
        bound, finding = max(judged.hits, key=lambda hit: hit[1].gravity)
        ref = judged.message.event.ref
        assert group.id is not None
        first = not await models.Request.exists(group_id=group.id, kind="review", state="open")
        request = await models.Request.create(
            group_id=group.id,
            number=await take_number(group.id),
            kind="review",
            account=author,
            payload={
                "message": stored(ref),
                "clause": bound.clause.number,
                "plugin": finding.plugin,
                "facts": dict(finding.facts),
            },
            open_key=_review_key(ref),
            expires_at=self._records.now() + REVIEW_WITHIN,
            created_at=self._records.now(),
        )
        self._tally.findings[finding.plugin, "review"] += 1
        acts: list[models.Act] = []
        if first and group.mode == "enforce":
            # One line however many come: the queue has them all.
            text = texts.REVIEW_WAITS.format(
                group=self._records.title(group), item=f"{group.id}-{request.number}"
            )
            acts = await self._tell.all_of(group, self._tell.managers(group), text)
        return request, acts

    async def _as_before(self, group: Group, ref: MessageRef, request_id: int) -> list[models.Act]:
        """Rows for the same content again: what a person said of it holds, and a question that is
        open is not asked twice."""
        request = await models.Request.get(id=request_id).select_related("account", "decided_by")
        known = await models.Case.exists(group_id=group.id, message_key=ref.key)
        if request.state != "confirmed" or request.decided_by is None or known:
            return []
        request.payload = {**request.payload, "message": stored(ref)}
        return await self.found_by_person(group, request, request.decided_by)

    async def found_by_person(
        self, group: Group, request: models.Request, by: models.Account
    ) -> list[models.Act]:
        """Rows for what the filter was unsure of and a person says is a violation; none where the
        clause is in force no more. Inside the caller's transaction."""
        policy, author = group.policy, request.account
        number = request.payload["clause"]
        judging = policy.judging if policy is not None else ()
        bound = next((b for b in judging if b.clause.number == number), None)
        if policy is None or bound is None or bound.ladder is None or author is None:
            return []
        ladder = bound.clause.ladder or ""
        live = await self._records.live_weight(group.id, author.id, ladder, bound.ladder)
        step = bound.ladder.step(live, bound.weight)
        ref = reference(request.payload["message"])
        facts = {key: request.payload[key] for key in ("plugin", "facts")}
        case = await self._records.new_case(
            group,
            author,
            step=step.kind,
            policy_id=policy.policy_id,
            clause=number,
            clauses=[{"number": number, **facts}],
            plugin=request.payload["plugin"],
            ladder=ladder,
            weight=bound.weight,
            source="manual",
            actor=by,
            observed=group.mode == "observe",
            message_key=ref.key,
            lexicon=self._lexicon,
            live_until=self._records.live_until(policy, bound.ladder),
        )
        acts: list[models.Act] = []
        if bound.withdraws(step):
            acts.append(await self._sanctions.withdraw(group, case, author, ref, late=True))
        return acts + await self._sentence.carry_out(
            group, case, author, step, bound=bound, late=False, name=""
        )


def _window(platform: Platform | None) -> float:
    return platform.capabilities.withdraw_window if platform is not None else WITHDRAW_WINDOW


def _cited(hits: list[tuple[Bound, Finding]]) -> list[dict[str, object]]:
    """Findings as a case keeps them: clause, plugin and facts, never the message's text."""
    return [
        {
            "number": b.clause.number,
            "plugin": f.plugin,
            "gravity": f.gravity,
            "facts": dict(f.facts),
        }
        for b, f in hits
    ]


def _content(message: Message) -> int:
    """A number that is equal for what one author sends again, in this process; 0 where it cannot be
    compared."""
    event = message.event
    media = [one for one in event.segments if one.kind not in _WORDS]
    text = message.folded.skeleton or event.text
    if not (text or media) or not all(one.value for one in media):
        return 0
    return hash((event.account, text, event.links, *media)) or 1


def _review_key(ref: MessageRef) -> str:
    """What there is one open question of."""
    return f"review/{ref.key}"[-64:]


def _excerpt(text: str, finding: Finding) -> str:
    """A short piece of what the message says or shows around what was found."""
    if not finding.spans:
        return ""
    start, end = finding.spans[0]
    # What sets cards and forwarded messages apart is long, and says nothing.
    return " ".join(text[max(0, start - 20) : end + 20].split())[:_EXCERPT]
