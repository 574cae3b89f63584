"""`/freeze` and `/unfreeze`: the group is closed at once, and stays so until somebody opens it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
import re
from typing import TYPE_CHECKING

from src.core.area import Unfrozen
from src.core.chat.events import Account, Connected, Kind
from src.core.chat.port import Act, Priority, Word, Words
from src.core.commands import Call, Refusal, Reply, Rest, Right
from src.core.faults import log_fault
from src.core.store import in_transaction, models
from src.core.store.rows import account_row

from . import texts
from .area import area
from .lane import HOURLY, KIND, keep_evidence, moment, open_request, over, told

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from src.core.chat.events import FetchedMessage
    from src.core.groups import Group
    from src.core.house import House

_PLACE = re.compile(r"(\d{1,9})(?:\s+|$)")
_NAMED = ("head-teacher", "leader")
_MOST_CASES = 20


def in_line(house: House, group: Group, work: Callable[[], Awaitable[str]]) -> Awaitable[str]:
    """What work in a group's line comes to, in words for who asked for it."""
    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def run() -> None:
        try:
            answer.set_result(await work())
        except Refusal as refusal:
            answer.set_result(str(refusal))
        except Exception as error:
            log_fault("an emergency command failed", error)
            answer.set_result(texts.FAULT)

    house.in_line(group, run)
    return answer


async def _place(call: Call, words: str) -> str:
    """Find the group a private command is about; returns the rest of the words.

    Raises:
        Refusal: there is none, or the caller has no right to the command there.
    """
    if call.private:
        if number := _PLACE.match(words):
            await call.enter_numbered(int(number[1]))
            return words[number.end() :].strip()
        await call.enter_only()
    return words


@area.command(
    "freeze", "冻结", "紧急情况：全员禁言、通知负责人、留证", right=Right.HEAD,
    example="/freeze 群里有人发不当内容", quotes=True,
)  # fmt: skip
async def freeze(call: Call, rest: Rest = Rest("")) -> Reply:
    """Close the group until `/unfreeze`, keep evidence, and tell the leaders until one answers."""
    reason = await _place(call, rest)
    replied, lost = None, False
    if not call.private:
        try:
            replied = await call.replied_to()
        except Refusal:
            lost = True
    member, _ = await call.standing(call.account)
    name = " ".join(member.name.split()) if member is not None else ""
    name = name or call.account.user_id
    group = call.group
    await call.house.records.row_of(group)
    work = partial(_freeze, call.house, group, call.account, name, reason, replied, lost)
    return Reply(private=True, after=in_line(call.house, group, work))


async def _freeze(
    house: House,
    group: Group,
    actor: Account,
    name: str,
    reason: str,
    replied: FetchedMessage | None,
    lost: bool,
) -> str:
    was, acts = group.frozen, list[models.Act]()
    async with in_transaction():
        by = await account_row(actor)
        await house.whole_mutes.freeze(group, by)
        request = await _frozen_request(group)
        kept = 0
        if request is None:
            alert = texts.FREEZE_ALERT.format(
                group=house.records.title(group),
                who=name,
                time=moment(house, house.clock.now()),
                reason=texts.REASON.format(reason=reason[:200]) if reason else "",
                number="{number}",
                item="{item}",
            )
            request, acts = await open_request(
                house,
                group,
                cause="freeze",
                alert=alert,
                named=_NAMED,
                by=actor,
                key=_key(group),
            )
            kept += await _keep_cases(house, group, request)
        if replied is not None:
            picture = next((s.value for s in replied.segments if s.kind is Kind.IMAGE), "")
            author = await account_row(replied.account)
            await keep_evidence(house, group, request, replied.text, by=author, picture=picture)
            kept += 1
    group.frozen = True
    house.executor.submit(acts)
    platform = house.platform(group.bot)
    state = ""
    if platform is not None:
        state = "cannot"
        if not was:
            words = Words(texts.FROZEN_LINE, priority=Priority.ACT)
            said = await platform.say(group.key, words)
            state = "unsaid" if said.word is Word.REFUSED else state
        await house.whole_mutes.keep(group, platform, None)
        if Act.MUTE_ALL in platform.capabilities.acts:
            state = _state(group)
    people = told(house, group, request)
    text = texts.FROZEN_ALREADY if was else texts.FROZEN
    return text.format(
        number=request.number,
        state=texts.STATES.get(state, texts.STATES[""]),
        told=texts.TOLD.format(count=len(people)) if people else texts.TOLD_NOBODY,
        kept=(texts.KEPT.format(count=kept) if kept else "") + (texts.REPLY_LOST if lost else ""),
    )


def _key(group: Group) -> str:
    return f"freeze/{group.id}"


async def _frozen_request(group: Group) -> models.Request | None:
    return await models.Request.get_or_none(open_key=_key(group))


def _state(group: Group) -> str:
    return group.closing.state if group.closing is not None else "open"


async def _keep_cases(house: House, group: Group, request: models.Request) -> int:
    """Keep what made cases in the last hour; how many there were."""
    since = house.records.now().timestamp() - HOURLY
    cases = (
        await models.Case.filter(group_id=group.id, observed=False)
        .exclude(message_key=None)
        .order_by("-id")
        .limit(_MOST_CASES)
        .select_related("account")
    )
    cases = [case for case in cases if case.created_at.timestamp() >= since]
    for case in reversed(cases):
        text = case.excerpt or case.message_key or ""
        await keep_evidence(
            house, group, request, text, by=case.account, excerpt=case.excerpt or f"#{case.number}"
        )
    return len(cases)


@area.command(
    "unfreeze", "解冻", "结束冻结，恢复发言", right=Right.HEAD, example="/unfreeze",
)  # fmt: skip
async def unfreeze(call: Call, rest: Rest = Rest("")) -> Reply:
    """End the freeze: the group opens, unless its quiet hours want it closed."""
    reason = await _place(call, rest)
    house, group = call.house, call.group
    if not group.frozen:
        raise Refusal(texts.NOT_FROZEN)
    first = in_line(house, group, partial(_unfreeze, house, group, call.account, reason))
    return Reply(private=True, after=_then_opened(house, group, first))


async def _unfreeze(house: House, group: Group, actor: Account, reason: str) -> str:
    acts: list[models.Act] = []
    async with in_transaction():
        by = await account_row(actor)
        if not await house.whole_mutes.unfreeze(group, by):
            raise Refusal(texts.NOT_FROZEN)
        request = await _frozen_request(group)
        if request is not None and await house.records.close(request, "closed", by, reason=reason):
            text = texts.UNFROZEN_BY.format(group=house.records.title(group), number=request.number)
            acts = await over(house, group, request, by, text)
    group.frozen = False
    house.executor.submit(acts)
    return ""


async def _then_opened(house: House, group: Group, first: Awaitable[str]) -> str:
    """What the group is once those who know its hours have opened it, or not."""
    if refused := await first:
        return refused
    house.announce(group, Unfrozen())
    return await in_line(house, group, partial(_opened, house, group))


async def _opened(house: House, group: Group) -> str:
    state = _state(group)
    platform = house.platform(group.bot)
    if platform is None and state == "closed":
        # Nobody has opened it yet.
        state = ""
    if state == "open" and platform is not None:
        with suppress(Exception):
            await platform.say(group.key, Words(texts.OPENED_LINE))
    return texts.UNFROZEN.get(state, texts.UNFROZEN[""])


# -- what should be so now ----------------------------------------------------------------------------


@area.every(60)
async def compare(house: House) -> None:
    """Keep every frozen group closed, whether it has quiet hours or not."""
    for group in house.groups:
        if group.frozen and house.whole_mutes.due(group, None):
            house.in_line(group, partial(_keep, house, group))


async def _keep(house: House, group: Group, event: object = None) -> None:
    platform = house.platform(group.bot)
    if group.frozen and platform is not None:
        await house.whole_mutes.keep(group, platform, None)


area.on(Connected)(_keep)

__all__ = ["KIND", "freeze", "unfreeze"]
