"""What becomes of a report: a person confirms or refuses it, and nobody is sanctioned by votes (19.7.2)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from src.core.clock import to_datetime
from src.core.discipline import NotAllowed
from src.core.discipline.deeds import reference
from src.core.discipline.levels import Level
from src.core.policy import Step
from src.core.store import models

from . import texts
from .area import area
from .course import Effect, Event, Stage, move
from .routes import known_rank
from .rows import account_of, barred, note, settle, stage_of, tell_reporters
from .settings import settings_of

if TYPE_CHECKING:
    from src.core.chat.events import MessageRef
    from src.core.groups import Group
    from src.core.house import House
    from src.core.people import Rank
    from src.core.policy import Bound

_SAID_WITHIN = timedelta(minutes=10)
_REVIEWED = timedelta(days=2)


def seen_line(seen: dict[str, Any] | None) -> str:
    """What the detectors made of a message, for people."""
    return texts.SEEN_NOTHING if seen is None else texts.SEEN.format(clause=seen["clause"])


def cited(words: str, numbers: set[str]) -> tuple[str, str]:
    """The clause that words begin with, where they begin with one, and what follows."""
    first, _, rest = words.strip().partition(" ")
    return (first, rest.strip()) if first in numbers else ("", words.strip())


# -- confirmed ----------------------------------------------------------------------------------------


async def confirmed(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    """It is a breach: a case by the clause that was named or seen, else by the decider's words."""
    assert by is not None
    assert request.account is not None
    ref = reference(request.payload["message"]) if request.payload["message"] else None
    acts: list[models.Act] = []
    case = await _case_on(group, ref)
    if case is None:
        policy = group.policy
        clauses = policy.clauses if policy is not None else ()
        number, words = cited(request.reason, {clause.number for clause in clauses})
        seen: dict[str, Any] | None = request.payload["seen"]
        wanted = number or (seen["clause"] if seen is not None else "")
        judging = policy.judging if policy is not None else ()
        bound = next((one for one in judging if one.clause.number == wanted), None)
        if bound is None and not (number or words):
            item = f"{group.id}-{request.number}"
            raise NotAllowed(texts.CONFIRM_HOW.format(item=item))
        reason = texts.MANUAL_REASON.format(clause=number, reason=words) if number else words
        account = account_of(request.account)
        rank = known_rank(house, group, account)
        if rank.is_staff:
            case, acts = await _private_word(house, group, request, by, ref, wanted, reason, rank)
        elif bound is not None and bound.ladder is not None and ref is not None:
            case, acts = await _by_clause(house, group, request, by, bound, ref)
        else:
            case, acts = await _by_words(house, group, request, by, ref, reason)
    if case is not None:
        await models.Request.filter(id=request.id).update(case_id=case.id)
    await _close_review(house, group, request, by, ref)
    if any(act.kind == "withdraw" and act.not_after < house.records.now() for act in acts):
        stays = texts.STAYS.format(group=house.records.title(group), number=request.number)
        acts += await house.tell.notice(group, by, stays)
    await settle(request, "confirmed")
    text = texts.REPORT_CONFIRMED.format(
        group=house.records.title(group), number=f"{group.id}-{request.number}"
    )
    acts += await tell_reporters(house, group, request, text)
    if settings_of(group).tell_group:
        acts.append(await _tell_group(house, group))
    return acts


async def _case_on(group: Group, ref: MessageRef | None) -> models.Case | None:
    """A case that there is on the message, found by a detector or by a person meanwhile."""
    if ref is None:
        return None
    beginning = f"{ref.bot}/{ref.group}/{ref.message_id}/"
    return await models.Case.filter(
        group_id=group.id, message_key__startswith=beginning, observed=False
    ).first()


async def _free_key(group: Group, ref: MessageRef | None) -> str | None:
    """The message's key for a new case; None where an observed one has it."""
    if ref is None or await models.Case.exists(group_id=group.id, message_key=ref.key):
        return None
    return ref.key


async def _by_clause(
    house: House,
    group: Group,
    request: models.Request,
    by: models.Account,
    bound: Bound,
    ref: MessageRef,
) -> tuple[models.Case | None, list[models.Act]]:
    """A case up the clause's ladder."""
    key = ref.key
    if await _free_key(group, ref) is None:
        # What was only observed there stays as it is.
        await models.Case.filter(group_id=group.id, message_key=key).update(message_key=None)
    seen = request.payload["seen"] or {}
    same = seen.get("clause") == bound.clause.number
    request.payload = {
        **request.payload,
        "clause": bound.clause.number,
        "plugin": seen["plugin"] if same else bound.area.name,
        "facts": seen["facts"] if same else {},
    }
    acts = await house.court.found_by_person(group, request, by)
    return await models.Case.get_or_none(group_id=group.id, message_key=key), acts


async def _by_words(
    house: House,
    group: Group,
    request: models.Request,
    by: models.Account,
    ref: MessageRef | None,
    reason: str,
) -> tuple[models.Case, list[models.Act]]:
    """A warning with the decider's words, and the message goes."""
    assert request.account is not None
    step = Step("warn")
    decision = await house.orders.order(
        group, account_of(request.account), account_of(by), step, reason=reason
    )
    acts = decision.acts
    if ref is not None:
        key = await _free_key(group, ref)
        await models.Case.filter(id=decision.case.id).update(message_key=key)
        platform = house.platform(group.bot)
        if step.withdraws and platform is not None:
            window = platform.capabilities.withdraw_window
            acts.append(
                await house.records.new_act(
                    group,
                    "withdraw",
                    request.account,
                    {"message": request.payload["message"], "late": True},
                    to_datetime(ref.time + window),
                    case=decision.case,
                )
            )
    return decision.case, acts


async def _private_word(
    house: House,
    group: Group,
    request: models.Request,
    by: models.Account,
    ref: MessageRef | None,
    clause: str,
    reason: str,
    rank: Rank,
) -> tuple[models.Case, list[models.Act]]:
    """A teacher or manager is told in private: the same rules for all, and no mute (design: "Same
    rules for all")."""
    assert request.account is not None
    policy = group.policy
    known = policy.clause(clause) if policy is not None else None
    reason = reason or (f"群规 {known.number}：{known.text}" if known is not None else "")
    case = await house.records.new_case(
        group,
        request.account,
        step="word",
        policy_id=policy.policy_id if policy is not None else None,
        clause=known.number if known is not None else "",
        plugin=area.name,
        source="manual",
        actor=by,
        reason=reason[:500],
        message_key=await _free_key(group, ref),
    )
    text = texts.STAFF_WORD.format(
        group=house.records.title(group), reason=reason, number=case.number
    )
    acts = await house.tell.notice(group, request.account, text, case=case)
    return case, acts + await house.orders.told_above(group, case, request.account, rank)


async def _close_review(
    house: House,
    group: Group,
    request: models.Request,
    by: models.Account,
    ref: MessageRef | None,
) -> None:
    """The filter's own doubt about the message is answered with it: there is one case on a message."""
    if ref is None:
        return
    doubts = models.Request.filter(
        group_id=group.id,
        kind="review",
        state="open",
        account_id=request.account_id,
        created_at__gt=house.records.now() - _REVIEWED,
    )
    for doubt in await doubts:
        if doubt.payload["message"]["message_id"] == ref.message_id:
            await house.records.close(doubt, "closed", by)


async def _tell_group(house: House, group: Group) -> models.Act:
    """The neutral line that the group may read (11.4.2)."""
    return await house.records.new_act(
        group,
        "say",
        None,
        {"text": texts.TELL_GROUP},
        house.records.now() + _SAID_WITHIN,
        case=None,
    )


# -- refused, and not decided in time -----------------------------------------------------------------


async def refused(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    """It is no breach: those who reported are told, and weigh less the next time."""
    await settle(request, "refused")
    text = texts.REPORT_REFUSED.format(
        group=house.records.title(group), number=f"{group.id}-{request.number}"
    )
    return await tell_reporters(house, group, request, text)


async def dropped(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    """Nobody can say any more: it counts for and against nobody."""
    await settle(request, "dropped")
    return []


async def due(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    """Its time is over: the next level is asked, or those at the top are reminded."""
    within = timedelta(seconds=settings_of(group).decide_in)
    stage = stage_of(request)
    if stage is Stage.QUIET:
        await note(request, stage=move(stage, Event.DUE).stage.value)
        return await call_deciders(house, group, request)
    went_up, acts = await house.escalations.up(group, request, within)
    moved = move(stage, Event.DUE if went_up else Event.DUE_AT_THE_TOP)
    await note(request, stage=moved.stage.value)
    if Effect.SAY_LATE in moved.effect and stage is Stage.ASKED:
        text = texts.REPORT_LATE.format(
            group=house.records.title(group), number=f"{group.id}-{request.number}"
        )
        acts += await tell_reporters(house, group, request, text)
    return acts


async def call_deciders(house: House, group: Group, request: models.Request) -> list[models.Act]:
    """Rows that tell those who decide of a report that had waited without a word; they have the whole
    time from now on."""
    level = Level(request.level)
    people = house.levels.deciders(group, barred(request), least=level)[1]
    text = texts.REPORT_CALL.format(
        group=house.records.title(group),
        what=request.payload["what"],
        seen=seen_line(request.payload["seen"]),
        how=texts.REPORT_ASK_HOW,
    )
    within = timedelta(seconds=settings_of(group).decide_in)
    return await house.requests.put_to(group, request, level, people, within=within, tell=text)


area.decides("report", confirmed=confirmed, refused=refused, lapsed=dropped, due=due)
