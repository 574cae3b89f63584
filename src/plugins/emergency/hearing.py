"""What follows when a message speaks of an emergency: people are told, its author is not punished, and
gets a kind word."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from src.core.chat.events import Account
from src.core.chat.port import Words
from src.core.discipline import Level
from src.core.guard import Judged
from src.core.store import in_transaction, models
from src.core.store.rows import account_row

from . import texts
from .area import area
from .lane import EVERY, HOURLY, KIND, keep_evidence, moment, open_request, whom
from .settings import EmergencySettings
from .words import Found, needs_a_person

if TYPE_CHECKING:
    from src.core.chat.events import MessageReceived
    from src.core.chat.port import Platform
    from src.core.groups import Group
    from src.core.house import House

_LATEST = 50
"""Emergencies of a group among which a message is looked for."""
_MOST = 50
"""So many messages of one person are remembered in a request."""


@area.on(Judged)
async def heard(house: House, group: Group, judged: Judged) -> None:
    """Tell the named people of a message, in observe mode too; nothing else is done there."""
    if house.clock.now() < group.paused_until:
        return
    for bound, finding in judged.hits:
        if finding.plugin == area.name and isinstance(bound.settings, EmergencySettings):
            found = Found(finding.facts["category"], finding.spans[0])
            await _hear(house, group, judged.message.event, found, bound.settings)
            return


@area.in_private
async def confided(house: House, platform: Platform, event: MessageReceived) -> None:
    """Nobody judges what is said to the bot alone; a cry for help is heard there all the same, for the
    first group of the speaker's that has such a clause."""
    if needs_a_person(event.text) is None:
        return
    asked = 0
    for group in house.groups:
        settings = _settings_of(group)
        found = needs_a_person(event.text, settings.looks_for) if settings is not None else None
        if (
            settings is None
            or found is None
            or group.key.namespace != event.account.namespace
            or asked >= _MOST
        ):
            continue
        if house.clock.now() < group.paused_until or group.bot != platform.bot.user_id:
            continue
        asked += 1
        member = (await platform.member(group.key, event.account)).value
        if member is not None:
            heard = replace(event, name=member.name)
            work = partial(_hear, house, group, heard, found, settings)
            house.in_line(group, work)
            return


def _settings_of(group: Group) -> EmergencySettings | None:
    bounds = group.policy.bound if group.policy is not None else ()
    return next((b.settings for b in bounds if isinstance(b.settings, EmergencySettings)), None)


async def _hear(
    house: House, group: Group, event: MessageReceived, found: Found, settings: EmergencySettings
) -> None:
    try:
        await _take_up(house, group, event, found, settings)
    except Exception:
        # The store may be down: people are told all the same.
        await _tell_at_once(house, group, event, found, settings)
        raise


def _alert(house: House, group: Group, event: MessageReceived, found: Found) -> str:
    return texts.ALERT.format(
        group=house.records.title(group),
        who=" ".join(event.name.split()) or event.account.user_id,
        time=moment(house, event.ref.time),
        where=texts.IN_GROUP if event.ref.group is not None else texts.IN_PRIVATE,
        about=texts.ABOUT[found.category],
        number="{number}",
        item="{item}",
    )


async def _take_up(
    house: House, group: Group, event: MessageReceived, found: Found, settings: EmergencySettings
) -> None:
    key, now = event.ref.key, house.clock.now()
    await house.records.row_of(group)
    platform = house.platform(group.bot)
    if platform is not None and not group.staff and not house.levels.at(group, Level.HEAD):
        # As just after a start: who owns the group is not known yet.
        await house.tell.read_members(group, platform)
    acts: list[models.Act] = []
    async with in_transaction():
        author = await account_row(event.account)
        latest = models.Request.filter(group_id=group.id, kind=KIND).order_by("-id")
        known = await latest.limit(_LATEST)
        if any(key in one.payload.get("messages", ()) for one in known):
            # The platform delivered it again after a restart.
            return
        request = next(
            (
                one
                for one in known
                if one.state == "open"
                and one.payload["cause"] != "freeze"
                and Account(*one.payload["by"]) == event.account
                and now - one.payload["last_at"] <= HOURLY
            ),
            None,
        )
        if request is None:
            request, acts = await open_request(
                house,
                group,
                cause=found.category,
                alert=_alert(house, group, event, found),
                named=settings.people,
                by=event.account,
                key=f"{KIND}/{house.audit.digest(key)}"[:64],
                messages=[key],
            )
            if settings.comfort and group.mode == "enforce":
                acts += await house.tell.notice(
                    group, author, _comfort(found, settings), line=texts.COMFORT_LINE
                )
        else:
            acts = await _joins(house, group, request, key)
        start, end = found.span
        await keep_evidence(
            house, group, request, event.text, by=author, excerpt=event.text[start:end]
        )
    house.executor.submit(acts)


def _comfort(found: Found, settings: EmergencySettings) -> str:
    help_ = texts.HELP.format(lines="、".join(settings.helplines)) if settings.helplines else ""
    return texts.COMFORT[found.category] + help_


async def _joins(house: House, group: Group, request: models.Request, key: str) -> list[models.Act]:
    """What the same person says within the hour belongs to it; who has answered is told, at most every
    few minutes."""
    now = house.clock.now()
    payload: dict[str, Any] = request.payload
    acts: list[models.Act] = []
    told_at = payload.get("more_at", payload["last_at"])
    if "answered_by" in payload and now - told_at >= EVERY:
        answerer = await models.Account.get(id=payload["answered_by"])
        text = texts.MORE.format(group=house.records.title(group), number=request.number)
        acts = await house.tell.notice(group, answerer, text, line=texts.LINE)
        payload = {**payload, "more_at": now}
    messages = [*payload["messages"], key][-_MOST:]
    request.payload = {**payload, "messages": messages, "last_at": now}
    await request.save(update_fields=["payload"])
    return acts


async def _tell_at_once(
    house: House, group: Group, event: MessageReceived, found: Found, settings: EmergencySettings
) -> None:
    platform = house.platform(group.bot)
    if platform is None:
        return
    text = _alert(house, group, event, found).removesuffix(texts.HOW).rstrip()
    words = Words(text.replace("（#{number}）", ""))
    for account in whom(house, group, settings.people, {event.account}):
        with suppress(Exception):
            await platform.whisper(account, words, group.key)
