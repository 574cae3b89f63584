"""The course of an application: looked at once, decided or put to a person, carried out and verified.

A request is open while a person is asked. One that was decided is closed at once, and holds the number
of its act until that has come to rest: then the account is bound to its entry, or the question is open
again. What was written is erased with the answer.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from src.core.chat.events import Account, JoinRequested
from src.core.discipline import Settled
from src.core.store import in_transaction, models, take_number
from src.core.store.rows import account_row

from . import texts
from .answer import read
from .area import area, clause_of
from .asking import WITHIN, ask, close, is_open, managers_of, open_key, reopen
from .decision import Admit, Ask, Decision, Refuse, Tried, decide
from .known import attempts_at, known_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from src.core.chat.port import Platform
    from src.core.groups import Group
    from src.core.house import House

    from .area import Clause
    from .decision import Known
    from .settings import JoinSettings

_ACT_WITHIN = timedelta(hours=24)
JUST_NOW = timedelta(minutes=10)
"""Within so long an application that was decided is the same one, told again (seq-02)."""
LOOKED_BACK = timedelta(days=90)
"""What is older is nobody's open application."""


def applying(group: Group) -> Clause | None:
    """The clause by which applications are decided here; None where none is."""
    return clause_of(group.policy, lambda settings: settings.forms)


# -- what comes in ------------------------------------------------------------------------------------


@area.on(JoinRequested)
async def applied(house: House, group: Group, event: JoinRequested) -> None:
    """Somebody asks to join."""
    clause, platform = applying(group), house.platform(group.bot)
    if clause is None or platform is None or group.at_rest(house.clock.now()):
        return
    await consider(house, group, platform, clause.settings, event)


async def consider(
    house: House, group: Group, platform: Platform, settings: JoinSettings, event: JoinRequested
) -> None:
    """Decide an application, unless it is one that was looked at already; one that appeals a case is
    answered with the appeal (`house.appeals`)."""
    await house.records.row_of(group)
    if await house.appeals.in_application(group, event) is not None:
        return
    now = house.records.now()
    row = await account_row(event.account)
    mine = (
        await models.Request.filter(group_id=group.id, account_id=row.id, kind="join")
        .filter(created_at__gt=now - LOOKED_BACK)
        .order_by("-id")
    )
    answer = read(event.comment)
    asked = next((one for one in mine if one.state == "open"), None)
    if asked is not None:
        # Nothing is kept of what was written where an answer came to nothing.
        same = asked.payload["comment"] in (answer.text, "")
        if asked.payload["flag"] == event.flag and same:
            return
    else:
        under_way = next((one for one in mine if "act" in one.payload), None)
        if under_way is not None:
            await _keep_flag(under_way, event.flag)
            return
        before = next((one for one in mine if one.payload["flag"] == event.flag), None)
        if before is not None and await _was_that(group, platform, before, now):
            return
    if (await platform.member(group.key, event.account)).value is not None:
        return
    if not answer.text and event.inviter is None:
        # Some implementations look the comment up, and hand on nothing where that fails.
        listed = await _listed(group, platform, event)
        answer = read(listed.comment if listed is not None else "")
    attempts = await attempts_at(group, now)
    known = await known_of(
        group,
        row,
        answer,
        settings,
        attempts,
        now,
        invited=event.inviter is not None,
        asked=asked is not None,
    )
    decision = decide(event.account, answer, settings, group.roster, known)
    waits = isinstance(decision, Ask) and await _listed(group, platform, event) is not None
    acts: list[models.Act] = []
    async with in_transaction():
        if asked is not None and not await is_open(asked):
            return
        if isinstance(decision, Admit) and not await use_codes(decision, row, now):
            decision = Ask("factor", decision.claims, failed=True)
        failed = decision in (Refuse("format"), Ask("format")) or (
            isinstance(decision, Ask) and decision.failed
        )
        this = Tried(now.timestamp(), row.id, failed)
        if attempts.wave(now.timestamp(), settings.wave, this) and not attempts.wave(
            now.timestamp(), settings.wave
        ):
            text = texts.WAVE.format(group=house.records.title(group))
            acts += await house.tell.all_of(group, managers_of(house, group, event.account), text)
        await models.JoinAttempt.create(
            group_id=group.id, account=row, outcome=_outcome(decision), created_at=now
        )
        request = asked or models.Request(
            group_id=group.id,
            number=await take_number(group.id or 0),
            kind="join",
            account=row,
            created_at=now,
        )
        acts += await _write(
            house, group, request, row, decision, event.flag, answer.text, settings, known, waits
        )
    house.executor.submit(acts)


async def _listed(group: Group, platform: Platform, event: JoinRequested) -> JoinRequested | None:
    """An application as the platform lists it; None where it does not."""
    waiting = (await platform.join_requests(group.key)).value or ()
    return next((one for one in waiting if one.flag == event.flag), None)


async def _keep_flag(request: models.Request, flag: str) -> None:
    """Somebody who is being admitted has applied again: it is this flag that counts now."""
    if request.payload["flag"] == flag:
        return
    async with in_transaction():
        request.payload = {**request.payload, "flag": flag}
        await request.save(update_fields=["payload"])
        act = await models.Act.get(id=request.payload["act"])
        # Compared and set: an act that has begun has called with its own flag.
        await models.Act.filter(id=act.id, state="requested").update(
            payload={**act.payload, "flag": flag}
        )


async def _was_that(
    group: Group, platform: Platform, before: models.Request, now: datetime
) -> bool:
    """Whether an application with the flag of one that was closed is that one, told once more."""
    lapsed = before.state == "lapsed"  # It stays on the platform, for a person.
    if lapsed or before.decided_at is None or now - before.decided_at < JUST_NOW:
        return True
    waiting = (await platform.join_requests(group.key)).value
    # A list that cannot be read proves nothing, and nobody is to wait for ever.
    return waiting is not None and not any(one.flag == before.payload["flag"] for one in waiting)


async def use_codes(decision: Admit, row: models.Account, now: datetime) -> bool:
    """Mark the codes that a proof rests on as used, each by one account; False where another account
    was first. Inside the caller's transaction."""
    for code in decision.codes:
        unused = models.JoinCode.filter(code=code, used_by_id=None)
        if not await unused.update(used_by_id=row.id, used_at=now):
            if not await models.JoinCode.exists(code=code, used_by_id=row.id):
                return False
    return True


def _outcome(decision: Decision) -> str:
    if isinstance(decision, Admit):
        return "admitted"
    if decision.why == "format":
        return "format"
    if isinstance(decision, Refuse):
        return "refused"
    return "factor" if decision.failed else "manual"


async def _write(
    house: House,
    group: Group,
    request: models.Request,
    row: models.Account,
    decision: Decision,
    flag: str,
    comment: str,
    settings: JoinSettings,
    known: Known,
    waits: bool,
) -> list[models.Act]:
    """Rows for a decision. `waits`: the platform lists the application. Inside the caller's
    transaction."""
    now = house.records.now()
    former: dict[str, Any] = request.payload or {}
    if isinstance(decision, Refuse):
        request.payload = {**former, "flag": flag}
        await close(request, "refused", now)
        reason = texts.REFUSALS[decision.why].format(form=form_of(settings))
        return [await decline(house, group, row, request, flag, reason)]
    claims = [
        [one.person.id, one.relation]
        for one in (decision.claims if isinstance(decision, Admit) else decision.candidates)
    ]
    if isinstance(decision, Admit):
        request.payload = {**former, "flag": flag}
        await close(request, "confirmed", now)
        return [await admit(house, group, row, request, claims, decision.how)]
    payload = {"flag": flag, "comment": comment, "why": decision.why, "claims": claims}
    told_before = [former.get(key) for key in ("why", "claims", "comment")]
    same = told_before == [decision.why, claims, comment]
    quiet = known.wave or former.get("times", 0) >= settings.tries
    unseen = former.get("unseen", False) if same else quiet
    request.state, request.open_key = "open", open_key(group, row)
    request.expires_at = request.expires_at or now + WITHIN
    request.payload = {
        **payload,
        "listed": waits,
        "unseen": unseen and quiet,
        "told": former.get("told", []),
        "times": former.get("times", 0),
        "reminded": former.get("reminded", 0),
    }
    await request.save()
    if quiet or (same and not unseen):
        return []
    return await ask(house, group, request, row)


def form_of(settings: JoinSettings) -> str:
    """How an application is written, for whoever writes one."""
    example = settings.patterns[0].example()
    if not settings.admit:
        return texts.FORM.format(example=example)
    if not settings.digits:
        return texts.FORM_CODE.format(example=example)
    return texts.FORM_PROOF.format(example=example, digits=settings.digits)


# -- what is done -------------------------------------------------------------------------------------


async def admit(
    house: House,
    group: Group,
    row: models.Account,
    request: models.Request,
    claims: Sequence[Sequence[Any]],
    how: str,
) -> models.Act:
    """The act that lets somebody in; the request holds it until it has come to rest."""
    payload: dict[str, Any] = {"flag": request.payload["flag"], "request": request.id}
    if how != "manager":
        payload["auto"] = True
    # What the roster proved it proves for now only: later a person is asked.
    within = _ACT_WITHIN if how == "manager" else JUST_NOW
    until = house.records.now() + within
    act = await house.records.new_act(group, "admit", row, payload, until, case=None)
    request.payload = {**request.payload, "act": act.id, "claims": claims, "how": how}
    await request.save(update_fields=["payload"])
    return act


async def decline(
    house: House,
    group: Group,
    row: models.Account,
    request: models.Request,
    flag: str,
    reason: str,
) -> models.Act:
    payload: dict[str, Any] = {"flag": flag, "reason": reason, "request": request.id}
    until = house.records.now() + _ACT_WITHIN
    return await house.records.new_act(group, "decline", row, payload, until, case=None)


@area.on(Settled)
async def settled(house: House, group: Group, event: Settled) -> None:
    """An admission, or a manager's refusal, has come to rest."""
    act = event.act
    if "request" not in act.payload:
        return
    if act.kind == "admit":
        await finish(house, group, act)
    elif act.kind == "decline" and act.state in ("denied", "unknown", "lapsed"):
        request = await models.Request.get(id=act.payload["request"]).select_related("decided_by")
        if request.decided_by is not None:
            async with in_transaction():
                text = texts.NOT_DECLINED.format(
                    group=house.records.title(group),
                    item=f"{group.id}-{request.number}",
                    wording=act.wording or texts.NO_WORDING,
                )
                acts = await house.tell.notice(group, request.decided_by, text)
            house.executor.submit(acts)


async def finish(house: House, group: Group, act: models.Act) -> None:
    """Bind whoever was admitted to their entry; or open the question again where nothing came of it.
    Done once, whoever notices it first."""
    request = await models.Request.get(id=act.payload["request"]).select_related(
        "account", "decided_by"
    )
    platform, row = house.platform(group.bot), request.account
    if request.payload.get("act") != act.id or row is None:
        return
    who = Account(row.namespace, row.user_id)
    inside = act.state == "confirmed"
    if not inside:
        if platform is None:
            return  # Looked at again each minute.
        inside = (await platform.member(group.key, who)).value is not None
    if inside:
        if await _bind(house, group, request, row) and group.class_id is not None:
            await house.rosters.reload(group.class_id)
        return
    assert platform is not None
    waiting = (await platform.join_requests(group.key)).value
    listed = next((one for one in waiting or () if one.account == who), None)
    # Who was invited by a member is on no list, so that a list without them proves little.
    gone = waiting is not None and listed is None and act.state == "denied"
    async with in_transaction():
        if gone:
            await close(request, "closed", house.records.now())
            text = texts.GONE.format(
                group=house.records.title(group),
                item=f"{group.id}-{request.number}",
                who=who.user_id,
                wording=act.wording or texts.NO_WORDING,
            )
            acts = await house.tell.all_of(group, managers_of(house, group, who), text)
        else:
            claims = request.payload["claims"]
            if listed is not None:
                request.payload = {**request.payload, "flag": listed.flag}
            acts = await reopen(house, group, request, row, "failed", claims, act.wording)
    house.executor.submit(acts)


async def _bind(house: House, group: Group, request: models.Request, row: models.Account) -> bool:
    payload: dict[str, Any] = request.payload
    bound = False
    async with in_transaction():
        # Who was known before is bound already.
        for person, relation in payload["claims"] if payload["how"] != "known" else ():
            # Gone from the roster meanwhile: in the group, and to be seen as unknown.
            if group.roster is not None and group.roster.person(person) is not None:
                await house.rosters.bind(row, person, relation, payload["how"], request.decided_by)
                bound = True
        await close(request, "confirmed", house.records.now())
    return bound
