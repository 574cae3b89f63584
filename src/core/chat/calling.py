"""Calls over a line that may break, told in three words, for both OneBot versions.

"ok" does not mean done and a timeout does not mean not done (anchors/onebot.md, fact 2): what an
answer proves is for the executor to read back.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import replace
import re
from typing import TYPE_CHECKING, Any

from nonebot.exception import ActionFailed, ApiNotAvailable, NetworkError

from .port import Answer, Word
from .reading import clean

if TYPE_CHECKING:
    from collections.abc import Callable

    from nonebot.adapters import Bot

    from .events import Account

LONGEST_WORDING = 300
QUEUE_FULL = "queue full"
_NOT_CONNECTED = "not connected"
_REMEMBERED_PEOPLE = 10_000
_TIMED_OUT = re.compile(r"time(d)?[ -]?out|超时", re.IGNORECASE)

UNCLEAR: dict[str, Any] = {}
"""What stands for the data of an answer that is neither "ok" nor "failed": accepted, perhaps."""


def refused(wording: str) -> Answer[Any]:
    """Surely not done; not even asked for where the line was down or too much was waiting."""
    asked = wording not in (_NOT_CONNECTED, QUEUE_FULL)
    return Answer(Word.REFUSED, wording=wording, asked=asked)


def failed(wording: str) -> Answer[Any]:
    """What a failure means by its wording: one that timed out may have been done."""
    word = Word.UNKNOWN if _TIMED_OUT.search(wording) else Word.REFUSED
    return Answer(word, wording=wording)


def was_read(answer: Answer[Any], value: Any) -> Answer[Any]:
    """What was read; UNKNOWN where the platform says "ok" and nothing that can be read."""
    if answer.done and value is None:
        return Answer(Word.UNKNOWN, wording="unreadable answer")
    return replace(answer, value=value)


def named(answer: Answer[Any], name: str, version: str) -> Answer[Any]:
    """What an implementation calls itself, by the fields that hold its name and version."""
    value = answer.value if isinstance(answer.value, dict) else {}
    parts = (clean(value.get(key)) for key in (name, version))
    return was_read(answer, " ".join(part for part in parts if part)[:LONGEST_WORDING] or None)


class Calls:
    """The calls of one account. It outlives its lines; without one, every call is refused.

    `read_failure` tells what a protocol's failed action means.
    """

    def __init__(self, read_failure: Callable[[ActionFailed], Answer[Any]]) -> None:
        self._read_failure = read_failure
        self._bot: Bot | None = None
        self._lost: asyncio.Future[None] | None = None

    def connected(self, bot: Bot) -> None:
        """The line is up, over this bot of NoneBot's."""
        self._bot = bot
        self._lost = asyncio.get_running_loop().create_future()

    def lost(self) -> None:
        """The line is down: what was asked over it will not be answered any more."""
        self._bot = None
        if self._lost is not None and not self._lost.done():
            self._lost.set_result(None)

    async def call(self, api: str, **data: Any) -> Answer[Any]:
        """Call, and put what comes of it in one of the three words. REFUSED is only what was
        surely not done."""
        bot, lost = self._bot, self._lost
        if bot is None or lost is None:
            return refused(_NOT_CONNECTED)
        call = asyncio.get_running_loop().create_task(bot.call_api(api, **data), name=api)
        try:
            await asyncio.wait({call, lost}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not call.done():
                call.cancel()
                await asyncio.wait({call})
        if call.cancelled():
            return Answer(Word.UNKNOWN, wording="connection lost")
        match call.exception():
            case None:
                value = call.result()
                return Answer(Word.UNKNOWN if value is UNCLEAR else Word.DONE, value)
            case ActionFailed() as failure:
                return self._read_failure(failure)
            case ApiNotAvailable():
                return refused(_NOT_CONNECTED)
            case NetworkError() as error:
                wording = getattr(error, "msg", None)
                return Answer(Word.UNKNOWN, wording=wording or "network error")
            case error:
                return Answer(Word.UNKNOWN, wording=type(error).__name__)


class Reachable:
    """Whom a private message reached, or did not, the last time; of the last 10 000 people."""

    def __init__(self) -> None:
        self._known: OrderedDict[Account, bool] = OrderedDict()

    def get(self, account: Account) -> bool | None:
        """None where it has not been tried."""
        return self._known.get(account)

    def remember(self, account: Account, *, reachable: bool) -> None:
        self._known[account] = reachable
        self._known.move_to_end(account)
        if len(self._known) > _REMEMBERED_PEOPLE:
            self._known.popitem(last=False)

    def tried(self, account: Account, answer: Answer[Any]) -> None:
        """Note what came of a private message, where that says anything."""
        if answer.word is not Word.UNKNOWN and answer.asked:
            self.remember(account, reachable=answer.done)
