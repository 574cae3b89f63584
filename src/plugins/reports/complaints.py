"""Complaints about a manager, a case or the group, and suggestions: answered by somebody who had no part
in it, with words, in time (04.5.1, 18.4.4, 03.5.3, 11.end, 12.3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from src.core.commands import Call, Item, Refusal, Reply, Rest, item
from src.core.discipline.conflicts import family_of, involved
from src.core.discipline.levels import Level
from src.core.duration import spoken
from src.core.people import Rank, Right
from src.core.schedule import school_days
from src.core.store import in_transaction, models
from src.core.store.rows import account_row

from . import texts
from .area import area
from .course import Effect, Event, Stage, move
from .detail import detail
from .discreet import discreetly
from .names import about_nobody, meant, named_in
from .people import called, labelled, managers, names_of
from .places import enter
from .routes import Route, known_rank, route
from .rows import account_of, keep_pictures, note, settle, stage_of, tell_reporters
from .settings import DAY, settings_of

if TYPE_CHECKING:
    from src.core.chat.events import Account
    from src.core.groups import Group
    from src.core.house import House

AGAIN_WITHIN = timedelta(days=7)
"""So long after an answer the next level can be asked, once (anchors/moderation.md, 4.7)."""
MOST_OPEN = 3
"""So many complaints of one member wait for an answer; judgement."""
_SHORTEST_ID = 5
"""Digits of an account's number; a shorter one is a case's."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is complained about."""

    reason: str
    account: Account | None = None
    """The manager; None where it is about nobody, or a case that no person decided."""
    rank: Rank = Rank.MEMBER
    case: models.Case | None = None
    first: models.Request | None = None
    """The complaint that was answered, where this is the second one."""

    @property
    def what(self) -> str:
        """The kind of it, in a line for people."""
        if self.case is not None:
            return texts.COMPLAINT_WHATS["case"].format(case=self.case.number)
        return texts.COMPLAINT_WHATS["person" if self.account is not None else "group"]


@area.command(
    "complain", "投诉", "投诉管理者、案件或提建议，不会交给您投诉的人",
    example="/complain @何老师 处理不公", quotes=True,
)  # fmt: skip
async def complain(call: Call, words: Rest = Rest("")) -> Reply | None:
    """Complain; say who is to answer it; go to the next level; or show it to who answers it."""
    first, _, rest = words.partition(" ")
    number = item(first)
    if number is not None and (number.group is not None or not call.private):
        own = await _own(call, number)
        if own is None and not rest.strip():
            return await detail(call, number)
        return await discreetly(call, partial(_numbered, call, number, own, rest.strip()))
    return await discreetly(call, partial(_new, call, words))


async def _own(call: Call, number: Item) -> models.Request | None:
    """The caller's own complaint with this number."""
    group_id = number.group if number.group is not None else call.group.id
    report = (
        await models.Report.filter(
            request__group_id=group_id,
            request__number=number.number,
            request__kind="complaint",
            account__namespace=call.account.namespace,
            account__user_id=call.account.user_id,
        )
        .select_related("request__account")
        .first()
    )
    return report.request if report is not None else None


async def _numbered(call: Call, number: Item, own: models.Request | None, words: str) -> str:
    if number.group is not None:
        await call.enter_numbered(number.group)
    if own is None:
        return await _about_case(call, number, words)
    to = next((words[len(word) :] for word in texts.TO if words.startswith(word)), None)
    if to is not None:
        return await _move_to(call, own, to.strip())
    if own.state == "open":
        return await _standing(call, own)
    return await _again(call, own, words)


async def _standing(call: Call, own: models.Request) -> str:
    assert own.expires_at is not None
    return texts.COMPLAINT_OPEN.format(
        level=texts.LEVELS[Level(own.level)],
        until=call.house.records.local(own.expires_at),
        item=f"{own.group_id}-{own.number}",
    )


# -- a new one ----------------------------------------------------------------------------------------


async def _new(call: Call, words: str) -> str:
    if not words:
        raise Refusal(texts.COMPLAIN_HOW)
    words = await enter(call, words, texts.COMPLAIN_SAY)
    first = words.partition(" ")[0]
    number = item(first)
    if number is not None and len(first) < _SHORTEST_ID:
        shown = f"{call.group.id}-{number.number}"
        raise Refusal(texts.COMPLAIN_REASON.format(what=shown))
    if not words:
        raise Refusal(texts.COMPLAIN_HOW)
    return await _file(call, await _read(call, words))


async def _read(call: Call, words: str) -> Complaint:
    """Whom the words are about: whoever they name first. Where a manager is named further on, the caller
    is asked: a complaint never goes to whom it is about by mistake.

    Raises:
        Refusal: that cannot be told; with lines to copy.
    """
    house, group = call.house, call.group
    if about_nobody(words):
        reason = words.partition(" ")[2].strip()
        if not reason:
            raise Refusal(texts.COMPLAIN_REASON.format(what=words))
        return Complaint(reason)
    members = await call.members()
    staff = managers(house, group)
    those = [one for one in members if one.account in staff]
    heads = house.levels.at(group, Level.HEAD)
    if words.startswith("@"):
        people, reason = meant(words, members)
        if not people:
            raise Refusal(texts.NOBODY_NAMED)
    elif words.split(maxsplit=1)[0] == texts.ROLES_HEAD and heads:
        people = tuple(one for one in those if one.account in heads)
        reason = words.partition(" ")[2].strip()
    else:
        people, reason = meant(words, those)
    accounts = [one.account for one in people]
    if not accounts:
        names = {one.account: called(group, one) for one in those}
        for one in heads:
            names.setdefault(one, []).append(texts.ROLES_HEAD)
        accounts, reason = named_in(words, names), words
        if accounts:
            raise Refusal(await _lines(call, accounts, words))
        return Complaint(words)
    if len(accounts) > 1:
        raise Refusal(await _lines(call, accounts, reason))
    if not reason:
        raise Refusal(texts.COMPLAIN_REASON.format(what=people[0].name))
    _, rank = await call.standing(accounts[0])
    return Complaint(reason, accounts[0], rank)


async def _lines(call: Call, accounts: list[Account], words: str) -> str:
    """Lines to copy, one for each who may be meant, and one for nobody."""
    names = await names_of(call)
    number = f" {call.group.id}" if call.private else ""
    say = texts.COMPLAIN_SAY + number
    lines = [
        texts.PERSON_LINE.format(
            say=say,
            who=one.user_id,
            words=words,
            name=labelled(call.house, call.group, one, names),
        )
        for one in accounts[:5]
    ]
    nobody = texts.NOBODY_LINE.format(say=say, words=words)
    return "\n".join([texts.WHO_IS_MEANT, *lines, nobody])


async def _about_case(call: Call, number: Item, words: str) -> str:
    """About a case: one's own, one's family's, or any where one has the duty."""
    group = call.group
    case = await models.Case.get_or_none(
        group_id=group.id, number=number.number, observed=False
    ).select_related("account", "actor")
    none = texts.NO_CASE.format(number=number.number)
    if case is None:
        raise Refusal(none)
    if call.account not in family_of(group, account_of(case.account)):
        # The same words whether there is one: numbers are not to be probed.
        rank = await call.rank_in_group(call.account)
        if rank < Right.DUTY:
            raise Refusal(none)
    if not words:
        shown = f"{group.id}-{case.number}" if call.private else str(case.number)
        raise Refusal(texts.COMPLAIN_REASON.format(what=shown))
    author = account_of(case.actor) if case.actor is not None else None
    rank = (await call.standing(author))[1] if author is not None else Rank.MEMBER
    return await _file(call, Complaint(words, author, rank, case))


async def _again(call: Call, first: models.Request, words: str) -> str:
    """To the next level, once, for whoever does not agree with the answer."""
    records = call.house.records
    shown = f"{first.group_id}-{first.number}"
    if first.state not in ("confirmed", "refused") or first.decided_at is None:
        raise Refusal(texts.COMPLAINT_CLOSED.format(number=shown))
    if "second" in first.payload or "first" in first.payload:
        raise Refusal(texts.AGAIN_ONCE.format(number=shown))
    if first.level >= Level.OPERATOR:
        raise Refusal(texts.AGAIN_TOP.format(number=shown))
    if records.now() > first.decided_at + AGAIN_WITHIN:
        length = spoken(int(AGAIN_WITHIN.total_seconds()))
        raise Refusal(texts.AGAIN_OVER.format(number=shown, length=length))
    if not words:
        raise Refusal(texts.AGAIN_REASON.format(item=shown))
    about = account_of(first.account) if first.account is not None else None
    rank = known_rank(call.house, call.group, about) if about is not None else Rank.MEMBER
    return await _file(call, Complaint(words, about, rank, await _case_of(first), first))


async def _case_of(request: models.Request) -> models.Case | None:
    """The case that a complaint is about. Not the request's own: it would be found under its number."""
    return await models.Case.get_or_none(id=request.payload.get("case")).select_related("account")


async def _route(house: House, group: Group, who: Account, what: Complaint) -> Route:
    about = [what.account] if what.account is not None else []
    without = await involved(group, what.case, who, *about)
    first = what.first
    if first is not None:
        decider = await models.Account.get_or_none(id=first.decided_by_id)
        without |= {account_of(decider)} if decider is not None else set()
        return route(house, group, what.rank, without, Level(min(first.level + 1, Level.OPERATOR)))
    if what.account is None and what.case is None:
        # Suggestions go to the head teacher (03.5.3).
        return route(house, group, what.rank, without, Level.HEAD)
    return route(house, group, what.rank, without)


async def _file(call: Call, what: Complaint) -> str:
    """Write the complaint down, and tell those who answer it."""
    house, group = call.house, call.group
    where = await _route(house, group, call.account, what)
    names = await names_of(call)
    async with in_transaction():
        me = await account_row(call.account)
        waiting = await models.Report.filter(
            account_id=me.id, request__kind="complaint", request__state="open"
        ).count()
        if waiting >= MOST_OPEN:
            return texts.TOO_MANY_OPEN.format(count=MOST_OPEN)
        now = house.records.now()
        until = answer_by(house, group, now)
        line = what.what
        payload: dict[str, Any] = {"stage": Stage.ASKED.value}
        if what.case is not None:
            payload["case"] = what.case.id
        if what.first is not None:
            payload["first"] = what.first.number
        asked = await house.requests.ask(
            group,
            "complaint",
            what=line,
            how=texts.COMPLAINT_ASK_HOW,
            until=until,
            about=await account_row(what.account) if what.account is not None else None,
            payload=payload,
            without=where.without,
            least=where.least,
            tell=texts.COMPLAINT_ASK.format(
                group=house.records.title(group),
                what=line,
                until=house.records.local(until),
                how=texts.COMPLAINT_ASK_HOW,
            ),
        )
        assert asked is not None
        request, acts = asked
        if what.first is not None:
            await note(what.first, second=request.number)
        await models.Report.create(
            request=request, account=me, reason=what.reason[:500], created_at=now
        )
        count = await keep_pictures(house, request, me, call.event)
    house.executor.submit(acts)
    lines = [_receipt(call, request, where, until, names)]
    if count:
        lines.append(texts.EVIDENCE_KEPT.format(count=count))
    return "\n".join(lines)


def answer_by(house: House, group: Group, now: datetime) -> datetime:
    """Until when something that is asked now is to be answered, by the group's policy."""
    settings = settings_of(group)
    if not settings.school_days:
        return now + timedelta(seconds=settings.answer_in)
    days = max(1, settings.answer_in // DAY)
    return school_days(now, days, ZoneInfo(house.config.timezone))


def _receipt(
    call: Call,
    request: models.Request,
    where: Route,
    until: datetime,
    names: dict[Account, str],
) -> str:
    """That it was received, to whom it went, and how to choose somebody else (04.5.1)."""
    if not where.people:
        return texts.COMPLAINED_NOBODY.format(number=f"{request.group_id}-{request.number}")
    return texts.COMPLAINED.format(
        number=f"{request.group_id}-{request.number}",
        item=f"{request.group_id}-{request.number}",
        whom="、".join(labelled(call.house, call.group, one, names) for one in where.people[:3]),
        until=call.house.records.local(until),
    )


# -- to somebody else ---------------------------------------------------------------------------------


async def _move_to(call: Call, own: models.Request, name: str) -> str:
    """Let the member choose who answers: any manager who had no part in it (04.5.1).

    Raises:
        Refusal: that is no manager of the group, or somebody who may not.
    """
    house, group = call.house, call.group
    if own.state != "open":
        raise Refusal(texts.COMPLAINT_CLOSED.format(number=f"{own.group_id}-{own.number}"))
    staff = managers(house, group)
    members = {one.account: one for one in await call.members()}
    those = [members[one] for one in staff if one in members]
    people, _ = meant(name, those)
    named = {one.account: one.name for one in people}
    if not people and name in texts.ROLE_LEVELS:
        # A leader of the school need not be in the group.
        named = dict.fromkeys(house.levels.at(group, texts.ROLE_LEVELS[name]), "")
    shown = f"{group.id}-{own.number}"
    example = those[0].name if those else texts.ROLES_HEAD
    if not named or len(people) > 1:
        raise Refusal(texts.NOT_A_MANAGER.format(item=shown, name=example))
    about = [account_of(own.account)] if own.account is not None else []
    barred = await involved(group, await _case_of(own), call.account, *about)
    barred |= await _who_answered_before(own)
    chosen = next((one for one in named if one not in barred), None)
    if chosen is None:
        raise Refusal(texts.NOT_THIS_ONE)
    level = house.levels.of(group, (await call.standing(chosen))[1])
    if level is None:
        raise Refusal(texts.NOT_A_MANAGER.format(item=shown, name=example))
    # Nobody else of that level: the member chose one.
    barred |= {
        one
        for one in house.levels.at(group, level)
        if one != chosen and house.levels.of(group, known_rank(house, group, one)) is level
    }
    now = house.records.now()
    until = answer_by(house, group, now)
    async with in_transaction():
        if not await models.Request.exists(id=own.id, state="open"):
            return texts.COMPLAINT_CLOSED.format(number=f"{own.group_id}-{own.number}")
        await note(own, without=[list(one) for one in sorted(barred)])
        acts = await house.requests.put_to(
            group,
            own,
            level,
            [chosen],
            within=until - now,
            tell=texts.COMPLAINT_ASK.format(
                group=house.records.title(group),
                what=own.payload["what"],
                until=house.records.local(until),
                how=texts.COMPLAINT_ASK_HOW,
            ),
        )
    house.executor.submit(acts)
    return texts.MOVED.format(
        number=f"{own.group_id}-{own.number}",
        whom=labelled(house, group, chosen, {chosen: named[chosen]}),
        until=house.records.local(until),
    )


async def _who_answered_before(own: models.Request) -> set[Account]:
    """Who decided the complaint that this one follows."""
    if "first" not in own.payload:
        return set()
    first = await models.Request.get(
        group_id=own.group_id, number=own.payload["first"]
    ).select_related("decided_by")
    return {account_of(first.decided_by)} if first.decided_by is not None else set()


# -- the answer ---------------------------------------------------------------------------------------


async def _answered(
    house: House, group: Group, request: models.Request, outcome: str
) -> list[models.Act]:
    await settle(request, outcome)
    shown = f"{group.id}-{request.number}"
    lines = [
        texts.COMPLAINT_ANSWERS[outcome].format(
            group=house.records.title(group), number=shown, reason=request.reason
        )
    ]
    if "first" not in request.payload and request.level < Level.OPERATOR:
        until = house.records.local(house.records.now() + AGAIN_WITHIN)
        lines.append(texts.COMPLAINT_AGAIN.format(until=until, item=shown))
    return await tell_reporters(house, group, request, "\n".join(lines))


async def confirmed(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    """It is well-founded: the member is told what is done about it."""
    return await _answered(house, group, request, "confirmed")


async def refused(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    """It is not; the member is told why."""
    return await _answered(house, group, request, "refused")


async def due(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    """Its time is over: the next level is asked, and the member told so (18.4.4)."""
    now = house.records.now()
    went_up, acts = await house.escalations.up(group, request, answer_by(house, group, now) - now)
    moved = move(stage_of(request), Event.DUE if went_up else Event.DUE_AT_THE_TOP)
    await note(request, stage=moved.stage.value)
    if Effect.SAY_LATE in moved.effect:
        text = texts.COMPLAINT_LATE if went_up else texts.COMPLAINT_TOP
        assert request.expires_at is not None
        said = text.format(
            group=house.records.title(group),
            number=f"{group.id}-{request.number}",
            level=texts.LEVELS[Level(request.level)],
            until=house.records.local(request.expires_at),
        )
        acts += await tell_reporters(house, group, request, said)
    return acts


async def dropped(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    """Nobody can answer any more."""
    await settle(request, "dropped")
    return []


area.decides(
    "complaint", confirmed=confirmed, refused=refused, lapsed=dropped, due=due, wants_reason=True
)
