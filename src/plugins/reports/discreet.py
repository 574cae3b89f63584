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
    from collections.abc import Awaitable, Callable


async def discreetly(call: Call, answer: Callable[[], Awaitable[str]]) -> Reply | None:
    """The answer, or why there is none, for the caller alone. What was typed in the group goes, and the
    answer is said once it is known whether it did."""
    try:
        text = await answer()
    except Refusal as refusal:
        text = str(refusal)
    except Exception:
        if not call.private:
            # Whatever failed, what was typed does not stay for all to read.
            await call.platform.withdraw(call.event.ref)
        raise
    if call.private:
        return Reply(text, private=True)
    house, group, ref = call.house, call.group, call.event.ref
    await house.records.row_of(group)
    window = timedelta(seconds=call.platform.capabilities.withdraw_window)
    async with in_transaction():
        row = await account_row(call.account)
        act = await house.records.new_act(
            group,
            "withdraw",
            row,
            {"message": stored(ref), "late": True},
            to_datetime(ref.time) + window,
            case=None,
        )
        await house.tell.notice(
            group,
            row,
            text,
            after=act,
            otherwise=f"{text}\n{texts.BETTER_IN_PRIVATE}",
            aloud=False,
        )
    house.executor.submit([act])
    return None
