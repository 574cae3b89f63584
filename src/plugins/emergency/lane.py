"""The emergency lane: who is told, again and again, until one of them answers; and what is kept.

What is still to be done stands in the request, so that no restart ends it. Everything here runs in a
group's line.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from src.core.chat.events import Account
from src.core.clock import to_datetime
from src.core.discipline import Level
from src.core.discipline.conflicts import family_of
from src.core.people import Rank
from src.core.store import in_transaction, models, take_number
from src.core.store.rows import account_row

from . import texts
from .area import area

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from src.core.groups import Group
    from src.core.house import House

KIND = "emergency"
EVERY, HOURLY = 300.0, 3600.0
"""Seconds between two rounds of alerts: the first twelve, and those after them."""
_OFTEN = 12
_HIGHER = 3
"""With each so many rounds the next level is told too."""
_SHOWN = 8
"""So many others, or latest words, one message has beside the first."""
EXCERPT = 60
"""Characters that are kept of a message."""


def whom(
    house: House,
    group: Group,
    named: Collection[str],
    without: Collection[Account],
    raised: int = 0,
) -> list[Account]:
    """Who is told: the named people, so many levels above them, and where that is nobody, the lowest
    level at which there is somebody; at last the platform's admins."""
    people, levels = house.people, house.levels
    found: list[Account] = []
    if "head-teacher" in named:
        found += levels.at(group, Level.HEAD)
    if "teacher" in named:
        found += _here(group, people.holders(group.key, Rank.TEACHER, Rank.TEACHER))
    if "duty" in named:
        found += _here(group, people.duties(group.key))
    if "leader" in named:
        found += levels.at(group, Level.SCHOOL)
    # What only the head teacher was told goes to the school first.
    above = [Level.OPERATOR] if "leader" in named else [Level.SCHOOL, Level.OPERATOR]
    for level in above[:raised]:
        found += levels.at(group, level)
    left = [one for one in dict.fromkeys(found) if one not in without]
    left = left or levels.deciders(group, without, least=Level.HEAD)[1]
    return left or [one for one in house.tell.managers(group) if one not in without]


def _here(group: Group, accounts: Iterable[Account]) -> list[Account]:
    """Who of these has not left the group."""
    return [one for one in accounts if one not in group.gone]


async def open_request(
    house: House,
    group: Group,
    *,
    cause: str,
    alert: str,
    named: Sequence[str],
    by: Account,
    key: str,
    **payload: Any,
) -> tuple[models.Request, list[models.Act]]:
    """Open an emergency and tell people for the first time, inside the caller's transaction. `by` is who
    spoke or froze the group. `alert` is what they read; `{number}` and `{item}` in it are the request's."""
    assert group.id is not None
    now = house.clock.now()
    number = await take_number(group.id)
    item = f"{group.id}-{number}"
    # Whoever is told may close it: where there is no head teacher nor anybody above, the group's own.
    above = house.levels.deciders(group, (), least=Level.HEAD)[1]
    # They may not know that it is there.
    without = family_of(group, by) - {by} if cause == "violence" else set[Account]()
    request = await models.Request.create(
        group_id=group.id,
        number=number,
        kind=KIND,
        level=Level.HEAD if above else Level.GROUP,
        open_key=key,
        payload={
            "what": texts.WHAT[cause],
            "how": texts.HOW.format(item=item),
            "cause": cause,
            "alert": alert.replace("{number}", str(number)).replace("{item}", item),
            "named": list(named),
            "by": list(by),
            "without": [list(one) for one in sorted(without)],
            "alerts": 0,
            "alert_at": now,
            "last_at": now,
            **payload,
        },
        created_at=house.records.now(),
    )
    await house.records.note_opened(group, request, await account_row(by))
    await _count(house, request)
    acts: list[models.Act] = []
    for account in told(house, group, request):
        row = await account_row(account)
        acts += await house.tell.notice(group, row, request.payload["alert"], line=texts.LINE)
    return request, acts


async def _count(house: House, request: models.Request) -> None:
    """Note a round of alerts, and when the next is. Inside the caller's transaction."""
    times = request.payload["alerts"] + 1
    wait = EVERY if times < _OFTEN else HOURLY
    alert_at = house.clock.now() + wait
    request.payload = {**request.payload, "alerts": times, "alert_at": alert_at}
    await request.save(update_fields=["payload"])


def told(house: House, group: Group, request: models.Request) -> list[Account]:
    """Who has been told of a request that is open."""
    payload = request.payload
    by = Account(*payload["by"])
    # A family is not told of what may have been done in it.
    without = family_of(group, by) if payload["cause"] == "violence" else {by}
    return whom(house, group, payload["named"], without, payload["alerts"] // _HIGHER)


@area.every(60)
async def alert_again(house: House) -> None:
    """Put what nobody has answered into the groups' lines. An emergency does not rest where the group
    does."""
    now = house.clock.now()
    waiting: dict[int, list[int]] = {}
    for request in await models.Request.filter(kind=KIND, state="open").order_by("id"):
        if _due(request, now):
            waiting.setdefault(request.group_id, []).append(request.id)
    for group_id, ids in waiting.items():
        if (group := house.groups.by_id(group_id)) is not None:
            house.in_line(group, partial(_round, house, group, ids))


def _due(request: models.Request, now: float) -> bool:
    return "answered_by" not in request.payload and now >= request.payload["alert_at"]


async def _round(house: House, group: Group, ids: Collection[int]) -> None:
    """Tell people once more; of several at once in one message, as where a class takes up a phrase."""
    acts: list[models.Act] = []
    async with in_transaction():
        # Locked: somebody may be closing it in private.
        rows = models.Request.filter(id__in=ids, state="open").order_by("id").select_for_update()
        whose: dict[Account, list[models.Request]] = {}
        for request in await rows:
            if not _due(request, house.clock.now()):
                continue
            await _count(house, request)
            for account in told(house, group, request):
                whose.setdefault(account, []).append(request)
        # One that cannot be delivered is not said later: the next one is.
        until = house.records.now() + timedelta(seconds=EVERY)
        for account, some in whose.items():
            row, payload = await account_row(account), {"text": _again(group, some)}
            acts.append(
                await house.records.new_act(group, "whisper", row, payload, until, case=None)
            )
    house.executor.submit(acts)


def _again(group: Group, requests: Sequence[models.Request]) -> str:
    first, *others = requests
    text = texts.AGAIN.format(times=first.payload["alerts"], text=first.payload["alert"])
    if not others:
        return text
    lines = [
        texts.WHICH_LINE.format(item=f"{group.id}-{one.number}", what=one.payload["what"])
        for one in others[:_SHOWN]
    ]
    more = texts.AND_MORE.format(count=len(others), lines="\n".join(lines))
    return f"{text}\n{more}"


async def keep_evidence(
    house: House,
    group: Group,
    request: models.Request,
    text: str,
    *,
    by: models.Account | None,
    excerpt: str = "",
    picture: str = "",
) -> None:
    """Keep a short excerpt of a message and a keyed digest of all of it, inside the caller's
    transaction."""
    value = " ".join((excerpt or text).split())[:EXCERPT]
    await models.Evidence.create(
        group_id=group.id,
        request=request,
        by=by,
        kind="picture" if picture and not text else "message",
        value=value or picture[:1000],
        digest=house.audit.digest(text or picture),
        created_at=house.records.now(),
    )


async def answer(
    house: House, group: Group, request: models.Request, actor: Account
) -> tuple[str, list[models.Act]]:
    """Note that somebody sees to it: the alerts end, and the others who were told know. Inside the
    caller's transaction; returns what the answerer reads."""
    by = await account_row(actor)
    item = f"{group.id}-{request.number}"
    acts: list[models.Act] = []
    if "answered_by" not in request.payload:
        request.payload = {**request.payload, "answered_by": by.id}
        await request.save(update_fields=["payload"])
        await house.audit.note(
            "emergency.answered", group=group, by=by, facts={"request": request.number}
        )
        text = texts.ACKED_BY.format(group=house.records.title(group), number=request.number)
        acts = await _tell_others(house, group, request, actor, text)
    # The first words, and the latest; whoever writes all the time makes no message too long to send.
    rows = models.Evidence.filter(request=request).select_related("by")
    kept = [*await rows.order_by("id").limit(1)]
    latest = await rows.order_by("-id").limit(_SHOWN)
    kept += [one for one in reversed(latest) if one.id != kept[0].id]
    lines = [
        texts.EVIDENCE.format(
            time=house.records.local(one.created_at),
            who=one.by.user_id if one.by is not None else texts.SOMEBODY,
            words=one.value if one.kind == "message" and one.value else texts.NO_WORDS,
        )
        for one in kept
    ]
    evidence = "".join(f"{line}\n" for line in lines)
    return texts.ACKED.format(number=request.number, item=item, evidence=evidence), acts


async def _tell_others(
    house: House, group: Group, request: models.Request, actor: Account | None, text: str
) -> list[models.Act]:
    people = [one for one in told(house, group, request) if one != actor]
    return await house.tell.all_of(group, people, text)


async def over(
    house: House, group: Group, request: models.Request, by: models.Account | None, text: str
) -> list[models.Act]:
    """Rows to tell the others who were told how it ended, once it is closed; names and who it was are
    taken out of what the request keeps. Inside the caller's transaction."""
    actor = Account(by.namespace, by.user_id) if by is not None else None
    acts = await _tell_others(house, group, request, actor, text)
    kept = ("what", "how", "cause", "alerts", "messages", "answered_by")
    request.payload = {name: request.payload[name] for name in kept if name in request.payload}
    await request.save(update_fields=["payload"])
    return acts


async def _closed(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    """Somebody has said what was done, or that it was a false alarm."""
    request = await models.Request.get(id=request.id)
    title = house.records.title(group)
    text = texts.CLOSED[request.state].format(
        group=title, number=request.number, reason=request.reason
    )
    acts: list[models.Act] = []
    if by is not None and group.frozen and request.payload["cause"] == "freeze":
        still = texts.STILL_FROZEN.format(group=title, number=request.number)
        acts = await house.tell.notice(group, by, still)
    return acts + await over(house, group, request, by, text)


# Without a deadline none of them lapses.
area.decides(KIND, confirmed=_closed, refused=_closed, wants_reason=True)


def moment(house: House, seconds: float) -> str:
    """A moment for people."""
    return house.records.local(to_datetime(seconds))
