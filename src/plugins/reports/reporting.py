"""Reports by members: of a message or a person, merged, and kept apart from who made them (11.4.1, 16.8,
19.7.1, 20.4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from src.core.chat.events import Account, whole
from src.core.clock import to_datetime
from src.core.commands import Call, Refusal, Reply, Rest
from src.core.discipline.conflicts import involved
from src.core.discipline.deeds import stored
from src.core.duration import spoken
from src.core.store import in_transaction, models
from src.core.store.rows import account_row

from . import texts
from .area import area
from .course import Effect, Event, Stage, move
from .deciding import call_deciders, seen_line
from .detail import detail, looks_like_detail
from .discreet import discreetly
from .names import meant
from .places import enter
from .routes import route
from .rows import EXCERPT, bar, keep_pictures, made_since, note, reporters, stage_of, weight_of
from .settings import settings_of
from .weights import suffice

if TYPE_CHECKING:
    from src.core.area import Finding
    from src.core.chat.events import FetchedMessage
    from src.core.groups import Group
    from src.core.house import House
    from src.core.people import Rank
    from src.core.policy import Bound

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reported:
    """What is reported."""

    account: Account
    name: str
    rank: Rank
    reason: str
    message: FetchedMessage | None = None
    seen: dict[str, Any] | None = None
    """Clause, plugin and facts of what the detectors find on the message now."""


@area.command(
    "report", "举报", "举报违规的消息或人，不会让别人知道是谁举报的",
    example="（回复一条消息）/report 发广告", quotes=True,
)  # fmt: skip
async def report(call: Call, words: Rest = Rest("")) -> Reply | None:
    """Report the replied-to message, or in private somebody; or show a report to who decides it."""
    number = looks_like_detail(call, words)
    if number is not None:
        return await detail(call, number)
    return await discreetly(call, partial(_report, call, words))


async def _report(call: Call, words: str) -> str:
    if not words and call.private:
        raise Refusal(texts.REPORT_HOW)
    words = await enter(call, words, texts.REPORT_SAY)
    what = await _read(call, words)
    return await _file(call, what)


async def _read(call: Call, words: str) -> Reported:
    """What the words are about.

    Raises:
        Refusal: nothing that can be reported.
    """
    settings = settings_of(call.group)
    message = None if call.private else await call.replied_to()
    if message is not None:
        account, reason = message.account, words
        if reason.startswith("@"):
            # The platform puts the author of a replied-to message in front.
            reason = meant(reason, await call.members()).rest
        age = call.house.clock.now() - message.ref.time
        if message.ref.time and age > settings.max_age:
            raise Refusal(texts.TOO_OLD.format(length=spoken(settings.max_age)))
    elif not words:
        raise Refusal(texts.REPORT_HOW)
    else:
        people, reason = meant(words, await call.members())
        if not people:
            raise Refusal(texts.NOBODY_NAMED)
        first, *others = people
        if others:
            lines = [
                texts.PERSON_LINE.format(
                    say=texts.REPORT_SAY, who=one.account.user_id, words=reason, name=one.name
                )
                for one in people[:5]
            ]
            raise Refusal("\n".join([texts.SEVERAL, *lines]))
        account = first.account
        if not reason:
            raise Refusal(texts.REPORT_REASON.format(who=first.name))
    if account == call.account:
        raise Refusal(texts.NOT_SELF)
    if account == call.platform.bot or account in call.group.robots:
        raise Refusal(texts.NOT_BOT)
    member, rank = await call.standing(account)
    name = member.name if member is not None and member.name else account.user_id
    seen = _seen(call, message, rank) if message is not None else None
    return Reported(account, name, rank, reason, message, seen)


def _seen(call: Call, message: FetchedMessage, rank: Rank) -> dict[str, Any] | None:
    """What the detectors of content find on the message now, as `/why` does."""
    policy = call.group.policy
    if policy is None:
        return None
    found: list[tuple[Bound, Finding]] = [
        (bound, finding)
        for bound, finding in call.house.guard.weigh(policy, message, rank)
        if finding.wait is None and finding.word is None
    ]
    if not found:
        return None
    bound, finding = max(found, key=lambda one: one[1].gravity)
    return {
        "clause": bound.clause.number,
        "plugin": finding.plugin,
        "facts": dict(finding.facts),
    }


def same_message(message: FetchedMessage) -> str:
    """The beginning of a message's key: its time may be told otherwise when it is read back."""
    return f"{message.ref.bot}/{message.ref.group}/{message.ref.message_id}/"


async def _file(call: Call, what: Reported) -> str:
    """Write the report down: a new one, or one more voice for one that is open."""
    house, group = call.house, call.group
    settings = settings_of(group)
    async with in_transaction():
        me, about = await account_row(call.account), await account_row(what.account)
        # One after the other, so that two who report the same at once are merged.
        await models.Account.filter(id=about.id).select_for_update(no_key=True).first()
        known = await _known(group, what, about)
        if isinstance(known, str):
            return known
        if known is not None and await models.Report.exists(request=known, account=me):
            return texts.REPORTED_ALREADY
        if (
            await made_since(me, "report", _HOUR, house) >= settings.per_hour
            or await made_since(me, "report", _DAY, house) >= settings.per_day
        ):
            return texts.TOO_MANY
        if known is None:
            known, acts = await _open(house, group, what, call.account, me, about)
        else:
            acts = await _join(house, group, known, what, call.account, me)
        await keep_pictures(house, known, me, call.event)
    house.executor.submit(acts)
    said = texts.REPORTED if known.assignee_id is not None else texts.REPORTED_NOBODY
    return said.format(number=f"{group.id}-{known.number}")


async def _known(
    group: Group, what: Reported, about: models.Account
) -> models.Request | str | None:
    """The open report of the same, or what is to be said where it was decided already."""
    message = what.message
    if message is not None:
        beginning = same_message(message)
        if await models.Case.exists(
            group_id=group.id, message_key__startswith=beginning, observed=False
        ):
            return texts.HANDLED
    rows = models.Request.filter(group_id=group.id, kind="report", account=about)
    for row in await rows.order_by("-id").limit(50):
        if row.payload.get("same") != _same(what):
            continue
        if row.state == "open":
            return row
        if message is not None:
            return texts.LOOKED_AT if row.state == "refused" else texts.HANDLED
    return None


def _same(what: Reported) -> str:
    """What is equal for reports of the same message, or of the same person without one."""
    return same_message(what.message) if what.message is not None else ""


async def _open(
    house: House,
    group: Group,
    what: Reported,
    who: Account,
    me: models.Account,
    about: models.Account,
) -> tuple[models.Request, list[models.Act]]:
    """A new report, and rows that tell those who decide where it weighs enough."""
    where = route(house, group, what.rank, await involved(group, None, who, what.account))
    enough = suffice([await weight_of(me.id, group)])
    settings = settings_of(group)
    line = texts.REPORT_WHAT if what.message is not None else texts.REPORT_WHAT_PERSON
    asked = await house.requests.ask(
        group,
        "report",
        what=line,
        how=texts.REPORT_ASK_HOW,
        within=timedelta(seconds=settings.decide_in),
        about=about,
        payload={
            "message": stored(what.message.ref) if what.message is not None else None,
            "same": _same(what),
            "seen": what.seen,
            "stage": (Stage.ASKED if enough else Stage.QUIET).value,
        },
        without=where.without,
        least=where.least,
        tell=_words(house, group, line, what) if enough else "",
    )
    assert asked is not None
    request, acts = asked
    await models.Report.create(
        request=request, account=me, reason=what.reason[:500], created_at=house.records.now()
    )
    if what.message is not None:
        await _keep(house, group, request, what.message, about)
    return request, acts


def _words(house: House, group: Group, line: str, what: Reported) -> str:
    """What those who decide are told; who reported, and why, stands in the detail alone."""
    time = ""
    if what.message is not None and what.message.ref.time:
        time = texts.REPORT_TIME.format(
            time=house.records.local(to_datetime(what.message.ref.time))
        )
    return texts.REPORT_ASK.format(
        group=house.records.title(group),
        what=line,
        who=what.name,
        time=time,
        seen=seen_line(what.seen),
        how=texts.REPORT_ASK_HOW,
    )


async def _keep(
    house: House,
    group: Group,
    request: models.Request,
    message: FetchedMessage,
    author: models.Account,
) -> None:
    """Keep a short piece of the message, and the digest of the whole."""
    text = whole(message.text, message.shown)
    await models.Evidence.create(
        group_id=group.id,
        request=request,
        by=author,
        kind="message",
        value=" ".join(text.split())[:EXCERPT],
        digest=house.audit.digest(text),
        created_at=house.records.now(),
    )


async def _join(
    house: House,
    group: Group,
    request: models.Request,
    what: Reported,
    who: Account,
    me: models.Account,
) -> list[models.Act]:
    """One more voice: whoever raises it does not decide, and together they may weigh enough."""
    await models.Report.create(
        request=request, account=me, reason=what.reason[:500], created_at=house.records.now()
    )
    await bar(request, await involved(group, None, who))
    weights = [await weight_of(one.account_id, group) for one in await reporters(request)]
    if not suffice(weights):
        return []
    moved = move(stage_of(request), Event.JOINED)
    await note(request, stage=moved.stage.value)
    if Effect.CALL not in moved.effect:
        return []
    return await call_deciders(house, group, request)
