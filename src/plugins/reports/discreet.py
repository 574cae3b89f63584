"""Answering without anybody else's seeing who asked: what was typed in the group is withdrawn, the answer
comes in private, and where a whisper fails nobody is called by name (20.4.2)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from src.core.clock import to_datetime
from src.core.commands import Call, Refusal, Reply
from src.core.discipline.deeds import stored
from src.core.store import in_transaction
from src.core.store.rows import account_row

from . import texts

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

    from src.core.discipline import Outcome

_LEAST_WINDOW = timedelta(seconds=120)


async def discreetly(call: Call, answer: Callable[[], Awaitable[str]]) -> Reply:
    """The answer, or why there is none, for the caller alone."""
    hidden = None if call.private else await _hide(call)
    try:
        text = await answer()
    except Refusal as refusal:
        text = str(refusal)
    if hidden is None:
        return Reply(text, private=True)
    return Reply(private=True, after=_afterwards(call, hidden, text))


async def _hide(call: Call) -> asyncio.Future[Outcome]:
    """Withdraw the line that was typed."""
    records, ref = call.house.records, call.event.ref
    await records.row_of(call.group)
    window = timedelta(seconds=call.platform.capabilities.withdraw_window)
    async with in_transaction():
        act = await records.new_act(
            call.group,
            "withdraw",
            await account_row(call.account),
            {"message": stored(ref), "late": True},
            to_datetime(ref.time) + max(window, _LEAST_WINDOW),
            case=None,
        )
    return call.house.executor.submit([act])[0]


async def _afterwards(call: Call, hidden: asyncio.Future[Outcome], text: str) -> str:
    """Say it once it is known whether the line is gone. Returns nothing that the desk would say: where
    that cannot be delivered, it calls people by name in the group."""
    if (await hidden).state != "confirmed":
        text = f"{text}\n{texts.BETTER_IN_PRIVATE}"
    async with in_transaction():
        row = await account_row(call.account)
        acts = await call.house.tell.notice(call.group, row, text, aloud=False)
    call.house.executor.submit(acts)
    return ""
