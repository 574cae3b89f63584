"""What should be so now: the whole mute, the notice beforehand, and what is counted."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from loguru import logger

from src.core.area import PolicyChanged, Unfrozen
from src.core.chat.events import AdminChanged, Connected, GroupMuted
from src.core.chat.port import Act, Priority, Words
from src.core.clock import to_datetime
from src.core.guard import Judged
from src.core.schedule.calendar import instant

from . import texts
from .detector import area
from .settings import QuietSettings

if TYPE_CHECKING:
    from datetime import tzinfo

    from src.core.chat.port import Platform
    from src.core.groups import Group
    from src.core.house import House
    from src.core.policy import Policy

_MINUTE, _DAY = 60.0, 86_400.0


def clauses(policy: Policy | None) -> list[tuple[str, QuietSettings]]:
    """The clauses of a policy that this plugin carries out, by their numbers."""
    bound = policy.judging if policy is not None else ()
    return [
        (one.clause.number, one.settings)
        for one in bound
        if isinstance(one.settings, QuietSettings)
    ]


def closed_until(group: Group, platform: Platform, now: float, zone: tzinfo) -> float | None:
    """Until when the group should be muted as a whole; None where it should be open. Whoever has leave
    can only use it in a group that is open: what others write meanwhile is withdrawn."""
    if group.at_rest(now) or Act.MUTE_ALL not in platform.capabilities.acts:
        return None
    if any(leave.start <= now < leave.end for leave in group.leaves):
        return None
    states = (
        settings.hours.at(now, zone)
        for _, settings in clauses(group.policy)
        if settings.level == "mute_all"
    )
    return max((state.until for state in states if state.on), default=None)


@area.every(_MINUTE)
async def compare(house: House) -> None:
    """Compare every group with what should be so; what is to be done goes into the group's line."""
    now, zone = house.clock.now(), ZoneInfo(house.config.timezone)
    for group in house.groups:
        if group.closing is None and (group.policy is None or not group.policy.quiet):
            continue
        platform = house.platform(group.bot)
        if platform is None:
            continue
        if house.whole_mutes.due(group, closed_until(group, platform, now, zone)):
            house.in_line(group, partial(keep, house, group))
        if _to_tell_of(group, now, zone) is not None:
            house.in_line(group, partial(tell_of, house, group))


async def keep(house: House, group: Group, event: object = None) -> None:
    """Bring a group to what should be so now. Runs in its line."""
    platform = house.platform(group.bot)
    if platform is not None and group.id is not None:
        zone = ZoneInfo(house.config.timezone)
        until = closed_until(group, platform, house.clock.now(), zone)
        await house.whole_mutes.keep(group, platform, until)


area.on(Connected)(keep)
area.on(PolicyChanged)(keep)
area.on(Unfrozen)(keep)
area.on(GroupMuted)(keep)


@area.on(AdminChanged)
async def rank_changed(house: House, group: Group, event: AdminChanged) -> None:
    """The bot may now do what it could not, or no more: look at once."""
    platform = house.platform(group.bot)
    if platform is not None and event.account == platform.bot:
        await house.whole_mutes.look(group, platform)
        await keep(house, group)


# -- the notice beforehand ----------------------------------------------------------------------------


def _to_tell_of(group: Group, now: float, zone: tzinfo) -> tuple[QuietSettings, float] | None:
    """The clause and the start of the quiet hours that the group is to be told of now."""
    if group.at_rest(now):
        return None
    told = group.closing.told_of if group.closing is not None else None
    for _, settings in clauses(group.policy):
        if not settings.notice or settings.quiet_hours() is None:
            continue
        state = settings.hours.at(now, zone)
        soon = not state.on and state.until - now <= settings.notice * _MINUTE
        if soon and (told is None or told.timestamp() != state.until):
            return settings, state.until
    return None


async def tell_of(house: House, group: Group) -> None:
    """Tell the group once that it will be quiet soon. What comes of it stops nothing."""
    now, zone = house.clock.now(), ZoneInfo(house.config.timezone)
    platform, due = house.platform(group.bot), _to_tell_of(group, now, zone)
    if platform is None or due is None:
        return
    settings, start = due
    row = await house.whole_mutes.row(group)
    # Words at most once: a kill after this line loses them.
    row.told_of = to_datetime(start)
    await row.save(update_fields=["told_of"])
    local = settings.hours.zone or zone
    end = settings.hours.at(start, zone).until
    can = Act.MUTE_ALL in platform.capabilities.acts
    level = "withdraw" if settings.level == "mute_all" and not can else settings.level
    text = texts.SOON[level].format(
        minutes=max(1, round((start - now) / _MINUTE)),
        start=f"{datetime.fromtimestamp(start, local):%H:%M}",
        end=f"{datetime.fromtimestamp(end, local):%H:%M}",
    )
    await platform.say(group.key, Words(text, priority=Priority.NOTICE))


# -- what is counted ----------------------------------------------------------------------------------


@area.on(Judged)
async def count_urgent(house: House, group: Group, judged: Judged) -> None:
    """Count a teacher's message that was marked as urgent (anchors/moderation.md, 4.5)."""
    if group.at_rest(house.clock.now()):
        return
    for bound, finding in judged.hits:
        if finding.plugin == area.name and "urgent" in finding.facts:
            settings = bound.settings
            assert isinstance(settings, QuietSettings)
            zone = settings.hours.zone or judged.message.zone
            today = datetime.fromtimestamp(judged.message.sent, zone).date()
            month = to_datetime(instant(today.replace(day=1), 0, zone, late=False))
            author = judged.message.event.account
            await house.hours.was_urgent(group, author, settings.urgent_a_month, month)
            return


@area.every(_DAY)
async def say_where_data_end(house: House) -> None:
    """Warn in the log where the holidays' data end soon and somebody rests on them."""
    today = datetime.fromtimestamp(house.clock.now(), ZoneInfo(house.config.timezone)).date()
    if any(
        settings.caution(today) for group in house.groups for _, settings in clauses(group.policy)
    ):
        logger.warning("the data of China's holidays end soon: update chinesecalendar")
