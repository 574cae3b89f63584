"""Who has the duty of the day, and may for so long warn, mute for a short time and withdraw (06.3.1). It
is given for the day, and handed over by whoever has it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from src.core.area import Area, DefaultClause, Settings
from src.core.chat.events import Account  # noqa: TC001 - signatures are read at run time
from src.core.commands import Call, Refusal, Seconds
from src.core.people import Rank
from src.core.store import in_transaction, models
from src.core.store.rows import account_row

from . import texts

LONGEST = 7 * 86_400

area = Area(
    "duty",
    title="值日",
    settings=Settings,
    default=DefaultClause("班委轮流值日；值日的人当天可以警告、短时禁言和撤回。"),
)


@area.command(
    "duty", "值日", "看谁值日，或交给一位", example="/duty @张三", private=False, quotes=True
)  # fmt: skip
async def duty(call: Call, who: Account | None = None, duration: Seconds | None = None) -> str:
    """Who has the duty; or give it to somebody, for the rest of the day or for a time."""
    if who is None:
        return await _shown(call)
    people, group = call.house.people, call.group
    call.rank = await call.rank_in_group(call.account)
    own = people.has_duty(group.key, call.account)
    if call.rank < Rank.COMMITTEE and not own:
        raise Refusal(texts.NO_RIGHT)
    if who == call.platform.bot:
        raise Refusal(texts.BOT)
    if duration is not None and duration > LONGEST:
        raise Refusal(texts.TOO_LONG)
    member, _ = await call.standing(who)
    if member is None:
        raise Refusal(texts.NOT_MEMBER)
    now = call.house.records.now()
    until = now + timedelta(seconds=duration) if duration else _midnight(call, now)
    handed_over = call.rank < Rank.COMMITTEE
    group_id = await call.house.records.row_of(group)
    async with in_transaction():
        account, by = await account_row(who), await account_row(call.account)
        live = models.Duty.filter(group_id=group_id, until__gt=now)
        if handed_over:
            # What is handed over is what is left of one's own.
            mine = await live.filter(account=by).order_by("-until").first()
            until = min(until, mine.until) if mine is not None else until
        # One has the duty at a time: whoever takes it over has it alone.
        await live.update(until=now)
        await models.Duty.create(
            group_id=group_id, account=account, given_by=by, since=now, until=until
        )
        await call.house.audit.note(
            "duty", group=group, about=account, by=by, facts={"until": until}
        )
    for former in people.duties(group.key):
        people.on_duty(group.key, former, now.timestamp(), now.timestamp())
    people.on_duty(group.key, who, now.timestamp(), until.timestamp())
    return texts.GIVEN.format(
        name=member.name or who.user_id, until=call.house.records.local(until)
    )


def _midnight(call: Call, now: datetime) -> datetime:
    zone = ZoneInfo(call.house.config.timezone)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone)


async def _shown(call: Call) -> str:
    now = call.house.records.now()
    rows = models.Duty.filter(group_id=call.group.id, since__lte=now, until__gt=now)
    names = {member.account.user_id: member.name for member in await call.members()}
    lines = [
        texts.LINE.format(
            name=names.get(row.account.user_id) or row.account.user_id,
            until=call.house.records.local(row.until),
        )
        for row in await rows.select_related("account").order_by("id")
    ]
    return texts.ON_DUTY.format(names="；".join(lines)) if lines else texts.NOBODY
