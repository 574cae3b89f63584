"""The course of an application: looked at once, decided or put to a person, carried out and verified.

A request is open while a person is asked. One that was decided is closed at once, and holds the number
of its act until that has come to rest: then the account is bound to its entry, or the question is open
again. What was written is erased with the answer.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from src.core.area import PolicyChanged
from src.core.chat.events import Account, Connected, JoinRequested, MemberCame
from src.core.chat.port import Word
from src.core.discipline import Settled
from src.core.store import in_transaction, models, take_number
from src.core.store.rows import account_row

from . import texts
from .answer import read
from .area import area, at_rest, clause_of
from .decision import Admit, Ask, Decision, Refuse, Tried, decide
from .known import attempts_at, known_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from src.core.chat.port import Platform
    from src.core.groups import Group
    from src.core.house import House

    from .area import Clause
    from .settings import JoinSettings

WITHIN = timedelta(hours=48)
"""How long a question is put to people; the application stays on the platform afterwards."""
REMINDED = (timedelta(hours=4), timedelta(hours=24))
_ACT_WITHIN = timedelta(hours=24)
_JUST_NOW = timedelta(minutes=10)
"""Within so long an application that was decided is the same one, told again (seq-02)."""
_SETTLING = timedelta(minutes=2)
"""Time for a platform's list to show what it has told."""
_RESTS = ("confirmed", "denied", "unknown", "lapsed")
_ATTEMPTS_KEPT = timedelta(days=30)
_LOOKED_BACK = timedelta(days=7)
_EVERY = 300.0
_MOST_ITEMS = 8
_LONGEST_REASON = 40
"""Characters that a platform shows of a refusal's reason."""


def applying(group: Group) -> Clause | None:
    """The clause by which applications are decided here; None where none is."""
    return clause_of(group.policy, lambda settings: settings.forms)


def open_key(group: Group, row: models.Account) -> str:
    return f"join/{group.id}/{row.id}"


def same_account(row: models.Account, account: Account) -> bool:
    return (row.namespace, row.user_id) == (account.namespace, account.user_id)


# -- what comes in ------------------------------------------------------------------------------------


@area.on(JoinRequested)
async def applied(house: House, group: Group, event: JoinRequested) -> None:
    """Somebody asks to join."""
    clause, platform = applying(group), house.platform(group.bot)
    if clause is None or platform is None or at_rest(group, house.clock.now()):
        return
    await consider(house, group, platform, clause.settings, event)


async def consider(
    house: House, group: Group, platform: Platform, settings: JoinSettings, event: JoinRequested
) -> None:
    """Decide an application, unless it is one that was looked at already."""
    await house.records.row_of(group)
    now = house.records.now()
    row = await account_row(event.account)
    mine = (
        await models.Request.filter(group_id=group.id, account_id=row.id, kind="join")
        .filter(created_at__gt=now - _LOOKED_BACK)
        .order_by("-id")
    )
    answer = read(event.comment)
    asked = next((one for one in mine if one.state == "open"), None)
    if asked is not None:
        if asked.payload["flag"] == event.flag and asked.payload["comment"] == answer.text:
            return
    else:
        under_way = next((one for one in mine if "act" in one.payload), None)
        if under_way is not None:
            await _keep_flag(under_way, event.flag)
            return
        before = next((one for one in mine if one.payload.get("flag") == event.flag), None)
        if before is not None and await _was_that(group, platform, before, now):
            return
    if (await platform.member(group.key, event.account)).value is not None:
        return
    if not answer.text and event.inviter is None:
        # Some implementations look the comment up, and hand on nothing where that fails.
        waiting = (await platform.join_requests(group.key)).value or ()
        answer = read(next((one.comment for one in waiting if one.flag == event.flag), ""))
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
    acts: list[models.Act] = []
    async with in_transaction():
        if asked is not None and not await _is_open(asked):
            return
        if isinstance(decision, Admit) and not await _use(decision, row, now):
            decision = Ask("factor", decision.claims, failed=True)
        failed = decision in (Refuse("format"), Ask("format")) or (
            isinstance(decision, Ask) and decision.failed
        )
        this = Tried(now.timestamp(), row.id, failed)
        if attempts.wave(now.timestamp(), settings.wave, this) and not attempts.wave(
            now.timestamp(), settings.wave
        ):
            text = texts.WAVE.format(group=house.records.title(group))
            acts += await house.tell.all_of(group, _managers(house, group, event.account), text)
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
        acts += await _write(house, group, request, row, decision, event.flag, answer.text, settings)
    house.executor.submit(acts)


async def _is_open(request: models.Request) -> bool:
    """Whether nobody has answered meanwhile; then nobody does before the transaction ends."""
    return await models.Request.filter(id=request.id, state="open").update(decided_at=None) == 1


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
    if lapsed or before.decided_at is None or now - before.decided_at < _JUST_NOW:
        return True
    waiting = (await platform.join_requests(group.key)).value
    # A list that cannot be read proves nothing, and nobody is to wait for ever.
    return waiting is not None and all(one.flag != before.payload["flag"] for one in waiting)


async def _use(decision: Admit, row: models.Account, now: datetime) -> bool:
    """Mark the codes that an admission rests on as used, each by one account."""
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
) -> list[models.Act]:
    """Rows for a decision. Inside the caller's transaction."""
    now = house.records.now()
    former: dict[str, Any] = request.payload or {}
    if isinstance(decision, Refuse):
        request.payload = {**former, "flag": flag}
        await close(request, "refused", now)
        reason = texts.REFUSALS[decision.why].format(form=form_of(settings))
        return [await decline(house, group, row, request, flag, reason)]
    claims = [[one.person.id, one.relation] for one in (
        decision.claims if isinstance(decision, Admit) else decision.candidates
    )]
    if isinstance(decision, Admit):
        request.payload = {**former, "flag": flag}
        await close(request, "confirmed", now)
        return [await admit(house, group, row, request, claims, decision.how)]
    payload = {"flag": flag, "comment": comment, "why": decision.why, "claims": claims}
    told_before = [former.get(key) for key in ("why", "claims", "comment")]
    request.state, request.open_key = "open", open_key(group, row)
    request.expires_at = request.expires_at or now + WITHIN
    request.payload = {
        **payload,
        "told": former.get("told", []),
        "reminded": former.get("reminded", 0),
    }
    await request.save()
    if decision.why == "wave" or told_before == [decision.why, claims, comment]:
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
    until = house.records.now() + _ACT_WITHIN
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
    if act.kind == "admit" and "request" in act.payload:
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
    gone = waiting is not None and not any(one.account == who for one in waiting)
    payload: dict[str, Any] = request.payload
    async with in_transaction():
        if gone:
            await close(request, "closed", house.records.now())
            text = texts.GONE
        else:
            request.state, request.open_key = "open", open_key(group, row)
            request.decided_at, request.decided_by = None, None
            request.expires_at = house.records.now() + WITHIN
            request.payload = {
                "flag": payload["flag"],
                "comment": "",
                "why": "failed",
                "claims": payload["claims"],
                "told": payload.get("told", []),
                "reminded": 0,
            }
            await request.save()
            text = texts.NOT_ADMITTED
        acts = await tell(
            house, group, request, text, who=who.user_id, wording=act.wording or texts.NO_WORDING
        )
        if not gone:
            acts += await ask(house, group, request, row)
    house.executor.submit(acts)


async def _bind(
    house: House, group: Group, request: models.Request, row: models.Account
) -> bool:
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


# -- people ------------------------------------------------------------------------------------------


def _managers(house: House, group: Group, applicant: Account) -> list[Account]:
    return [one for one in house.tell.managers(group) if one != applicant]


def described(group: Group, claims: Iterable[Sequence[Any]]) -> list[str]:
    """Candidates for people: 陈晨妈妈, and the last digits where two have one name."""
    found: list[str] = []
    for person_id, relation in claims:
        person = group.roster.person(person_id) if group.roster is not None else None
        if person is None:
            continue
        assert group.roster is not None
        twins = len(group.roster.named(person.name, person.kind)) > 1 and person.number
        found.append(person.name + relation + (f" {person.number[-4:]}" if twins else ""))
    return found


async def ask(
    house: House, group: Group, request: models.Request, row: models.Account
) -> list[models.Act]:
    """Put an application to the managers, with the lines to copy. Inside the caller's transaction."""
    payload: dict[str, Any] = request.payload
    names = described(group, payload["claims"])
    item = f"{group.id}-{request.number}"
    lines = [
        texts.ASKED.format(group=house.records.title(group), item=item, who=row.user_id),
        *([texts.WROTE.format(comment=payload["comment"][:60])] if payload["comment"] else []),
        texts.WHYS[payload["why"]].format(names="、".join(names)),
    ]
    if len(names) > 1:
        lines += [texts.YES_AS.format(item=item, name=name) for name in names]
    else:
        lines.append(texts.YES.format(item=item))
    lines.append(texts.NO.format(item=item))
    return await tell(house, group, request, "\n".join(lines), who=row.user_id)


async def tell(
    house: House, group: Group, request: models.Request, text: str, *, who: str, **rest: str
) -> list[models.Act]:
    """Say something of an application to the managers, and note what is to be erased with it. Inside the
    caller's transaction."""
    if rest:
        text = text.format(
            group=house.records.title(group), item=f"{group.id}-{request.number}", who=who, **rest
        )
    managers = _managers(house, group, Account(group.key.namespace, who))
    acts = await house.tell.all_of(group, managers, text)
    request.payload = {
        **request.payload,
        "told": [*request.payload.get("told", []), *(act.id for act in acts)],
    }
    await request.save(update_fields=["payload"])
    return acts


async def close(request: models.Request, state: str, now: datetime) -> None:
    """Close a request, and erase what was written and told of it. Inside the caller's transaction."""
    request.state, request.open_key = state, None
    request.decided_at = request.decided_at or now
    request.payload = await erased(request.payload)
    await request.save()


async def erased(payload: dict[str, Any]) -> dict[str, Any]:
    """What is kept of an application that was answered: its flag, and what is being said at this moment
    and is erased later. Inside the caller's transaction."""
    left: list[int] = []
    for act in await models.Act.filter(id__in=payload.get("told", [])):
        one, notice = models.Act.filter(id=act.id), act.payload.get("notice")
        # A whisper that was not begun is taken back.
        if not await one.filter(state="requested").update(state="lapsed", payload={}):
            if await one.exclude(state="attempting").update(payload={}) == 0:
                left.append(act.id)
                continue
        held = models.Notice.filter(id=notice)
        await held.filter(state="waiting").update(state="observed")
        await held.update(text="")
    return {"flag": payload["flag"]} | ({"told": left} if left else {})


# -- the answers of managers --------------------------------------------------------------------------


async def accepted(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    """A manager lets somebody in. Inside the transaction of the answer."""
    row = request.account
    assert row is not None
    payload: dict[str, Any] = request.payload
    # Of several candidates a person must say which; else whoever comes in stays unknown.
    claims = payload["claims"] if len(payload["claims"]) == 1 or payload.get("named") else []
    acts = await _others(house, group, request, by, texts.ACCEPTED_BY)
    request = await models.Request.get(id=request.id)
    request.payload = await erased(payload)
    await request.save(update_fields=["payload"])
    return [await admit(house, group, row, request, claims, "manager"), *acts]


async def turned_down(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    """A manager sends somebody away. Inside the transaction of the answer."""
    row = request.account
    assert row is not None
    acts = await _others(house, group, request, by, texts.DECLINED_BY)
    request = await models.Request.get(id=request.id)
    flag = request.payload["flag"]
    request.payload = await erased(request.payload)
    await request.save(update_fields=["payload"])
    reason = request.reason[:_LONGEST_REASON] or texts.DECLINED
    return [await decline(house, group, row, request, flag, reason), *acts]


async def unanswered(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    """Nobody has answered in time: the application stays on the platform, and nobody is let in."""
    row = request.account
    assert row is not None
    request = await models.Request.get(id=request.id)
    request.payload = await erased(request.payload)
    await request.save(update_fields=["payload"])
    text = texts.LAPSED.format(
        group=house.records.title(group), item=f"{group.id}-{request.number}", who=row.user_id
    )
    managers = _managers(house, group, Account(row.namespace, row.user_id))
    return await house.tell.all_of(group, managers, text)


area.decides("join", confirmed=accepted, refused=turned_down, lapsed=unanswered)


async def _others(
    house: House, group: Group, request: models.Request, by: models.Account | None, text: str
) -> list[models.Act]:
    """Tell those who were asked, too, that it is answered."""
    asked = models.Act.filter(id__in=request.payload["told"])
    ids = {one.account_id for one in await asked.exclude(state__in=("requested", "lapsed"))}
    rows = await models.Account.filter(id__in=ids - {by.id if by is not None else None})
    told = text.format(
        group=house.records.title(group),
        item=f"{group.id}-{request.number}",
        by=by.user_id if by is not None else "",
    )
    return [act for row in rows for act in await house.tell.notice(group, row, told)]


# -- what is so, compared with what is known ----------------------------------------------------------


@area.on(MemberCame)
async def came(house: House, group: Group, event: MemberCame) -> None:
    """Whoever was asked about is in the group: a person let them in on the platform."""
    asked = await models.Request.filter(
        group_id=group.id,
        kind="join",
        state="open",
        account__namespace=event.account.namespace,
        account__user_id=event.account.user_id,
    ).select_related("account")
    for request in asked:
        await _handled(house, group, request, texts.CAME_IN)


async def _handled(house: House, group: Group, request: models.Request, text: str) -> None:
    """Close a question that was answered elsewhere, and say so to those who were asked."""
    async with in_transaction():
        if not await _is_open(request):
            return
        acts = await _others(house, group, request, None, text)
        await close(request, "closed", house.records.now())
    house.executor.submit(acts)


@area.every(_EVERY)
async def compare_all(house: House) -> None:
    """Compare what waits on the platforms with what is known here."""
    for group in house.groups:
        if applying(group) is not None and not at_rest(group, house.clock.now()):
            house.in_line(group, partial(compare, house, group))


async def compare(house: House, group: Group, event: object = None) -> None:
    """Find applications that were never told of, and those that somebody else has answered."""
    clause, platform = applying(group), house.platform(group.bot)
    if clause is None or platform is None or at_rest(group, house.clock.now()):
        return
    answer = await platform.join_requests(group.key)
    if answer.word is not Word.DONE or answer.value is None:
        return
    now = house.records.now()
    flags, accounts = {one.flag for one in answer.value}, {one.account for one in answer.value}
    of_group = models.Request.filter(group_id=group.id, kind="join").select_related("account")
    for request in await of_group.filter(state="open", created_at__lt=now - _SETTLING):
        row = request.account
        assert row is not None
        who = Account(row.namespace, row.user_id)
        if request.payload["flag"] in flags or who in accounts:
            continue
        member = await platform.member(group.key, who)
        if member.word is Word.DONE:
            text = texts.HANDLED if member.value is None else texts.CAME_IN
            await _handled(house, group, request, text)
    recent = await of_group.filter(created_at__gt=now - _LOOKED_BACK).order_by("-id")
    for one in answer.value:
        before = next((old for old in recent if old.payload.get("flag") == one.flag), None)
        if before is None or before.state == "open":
            await consider(house, group, platform, clause.settings, one)
        elif (
            before.state == "refused"
            and before.decided_at is not None
            and now - before.decided_at > _JUST_NOW
        ):
            await _again(house, group, before)


area.on(Connected)(compare)
area.on(PolicyChanged)(compare)


async def _again(house: House, group: Group, request: models.Request) -> None:
    """What was refused still waits on the platform: that is not tried again, a person is asked."""
    row = request.account
    assert row is not None
    async with in_transaction():
        request.state, request.open_key = "open", open_key(group, row)
        request.decided_at, request.decided_by = None, None
        request.expires_at = house.records.now() + WITHIN
        request.payload = {
            "flag": request.payload["flag"],
            "comment": "",
            "why": "stays",
            "claims": [],
            "told": request.payload.get("told", []),
            "reminded": 0,
        }
        await request.save()
        acts = await ask(house, group, request, row)
    house.executor.submit(acts)


@area.every(60.0)
async def look(house: House) -> None:
    """Take up admissions that a kill has left between two steps, and remind of what waits."""
    now = house.records.now()
    since = now - _LOOKED_BACK
    joins = models.Request.filter(kind="join")
    due: set[int] = set()
    for request in await joins.filter(state="open"):
        if _reminders(request, now) > request.payload["reminded"]:
            due.add(request.group_id)
    for group_id in due:
        if (group := house.groups.by_id(group_id)) is not None:
            house.in_line(group, partial(remind, house, group))
    for request in await joins.filter(decided_at__gt=since).exclude(state="open"):
        group = house.groups.by_id(request.group_id)
        if group is None:
            continue
        if "act" in request.payload:
            act = await models.Act.get(id=request.payload["act"]).select_related("account")
            if act.state in _RESTS:
                house.in_line(group, partial(finish, house, group, act))
        elif "told" in request.payload:
            async with in_transaction():
                request.payload = await erased(request.payload)
                await request.save(update_fields=["payload"])


def _reminders(request: models.Request, now: datetime) -> int:
    """How often people should have been reminded of a request by now."""
    return sum(now - request.created_at >= after for after in REMINDED)


async def remind(house: House, group: Group) -> None:
    """Remind the managers of what waits, in one line."""
    now = house.records.now()
    waiting = await models.Request.filter(group_id=group.id, kind="join", state="open")
    late = [one for one in waiting if _reminders(one, now) > one.payload["reminded"]]
    if not late or at_rest(group, house.clock.now()):
        return
    items = "、".join(f"{group.id}-{one.number}" for one in late[:_MOST_ITEMS])
    text = texts.REMINDER.format(
        group=house.records.title(group), count=len(late), items=items, item=f"{group.id}-{late[0].number}"
    )
    async with in_transaction():
        for one in late:
            one.payload = {**one.payload, "reminded": _reminders(one, now)}
            await one.save(update_fields=["payload"])
        acts = await house.tell.all_of(group, house.tell.managers(group), text)
    house.executor.submit(acts)


@area.every(86_400.0)
async def forget(house: House) -> None:
    """Delete attempts that count no more."""
    await models.JoinAttempt.filter(created_at__lt=house.records.now() - _ATTEMPTS_KEPT).delete()
