"""Nothing automatic for a while: what people decided goes on, no message is judged."""

from __future__ import annotations

from src.core.clock import to_datetime
from src.core.commands import Call, Refusal, Rest, Right
from src.core.duration import parse, spoken
from src.core.store import in_transaction, models
from src.core.store.rows import account_row

from . import texts
from .area import area

LONGEST_PAUSE = 7 * 86_400
_ENDS = frozenset({"结束", "取消", "恢复", "off", "end", "0"})


@area.command(
    "pause", "暂停", "暂停自动执行一段时间，或结束暂停", right=Right.HEAD, example="/pause 2h",
    private=False,
)  # fmt: skip
async def pause(call: Call, rest: Rest = Rest("")) -> str:
    """Judge nothing in this group for a time; it survives a restart, and ends by itself."""
    group, now = call.group, call.house.clock.now()
    if not rest:
        if group.paused_until <= now:
            raise Refusal(texts.PAUSE_HOW)
        until = call.house.records.local(to_datetime(group.paused_until))
        return texts.PAUSE_RUNS.format(until=until)
    if rest.lower() in _ENDS:
        if group.paused_until <= now:
            return texts.PAUSE_NONE
        seconds = 0
    else:
        try:
            seconds = parse(rest)
        except ValueError as error:
            raise Refusal(str(error)) from None
        if seconds > LONGEST_PAUSE:
            raise Refusal(texts.PAUSE_TOO_LONG)
    await call.house.records.row_of(group)
    until = to_datetime(now + seconds) if seconds else None
    async with in_transaction():
        await models.Group.filter(id=group.id).update(paused_until=until)
        by = await account_row(call.account)
        await call.house.audit.note("pause", group=group, by=by, facts={"until": until})
    group.paused_until = now + seconds if seconds else 0.0
    # What was said before the pause is not added up with what comes after it.
    group.incidents.clear()
    if until is None:
        return texts.PAUSE_ENDED
    return texts.PAUSED.format(length=spoken(seconds), until=call.house.records.local(until))
