"""`/quiet`: the hours of today and tomorrow and why, leave, and what is posted in the morning."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
import re
from typing import TYPE_CHECKING, NamedTuple
import unicodedata
from zoneinfo import ZoneInfo

from src.core import duration
from src.core.chat.port import Words
from src.core.clock import to_datetime
from src.core.commands import Call, Refusal, Reply, Rest, Right
from src.core.discipline import LONGEST_POST
from src.core.schedule import Leave, Span
from src.core.schedule.calendar import instant

from . import texts
from .detector import area
from .levels import clauses, keep

if TYPE_CHECKING:
    from datetime import date, tzinfo

    from src.core.groups import Group
    from src.core.schedule import Calendar, Interval

    from .settings import QuietSettings

_ALLOW = ("allow", "放行", "放开")
_ASK = ("ask", "申请")
_LATER = ("later", "明早发", "到时发")
_LONGEST = 12 * 3600
"""Seconds; judgement: longer than this is a change of the policy."""
_ASKED = re.compile(
    r"(今天|明天)?\s*(\d{1,2}:\d{2}\s*[-~–—至到]\s*\d{1,2}:\d{2})\s*(.*)", re.DOTALL
)


class _Place(NamedTuple):
    """A group with hours, its clause, and the caller's name there."""

    group: Group
    clause: str
    settings: QuietSettings
    name: str


@area.command(
    "quiet", "静默", "今天、明天的静默时间和原因；放行、申请、明早发",
    example="/quiet allow 30m 老师要发通知",
)  # fmt: skip
async def quiet(call: Call, rest: Rest = Rest("")) -> Reply | str:
    """Show the hours, give or ask for leave, or leave words for the morning."""
    place, words = await _place(call, rest)
    word, _, after = words.partition(" ")
    word, after = word.lower(), after.strip()
    if not word:
        return _shown(call, place.group)
    if word in _ALLOW:
        return await _allow(call, place, after)
    if word in _ASK:
        return await _ask(call, place, after)
    if word in _LATER:
        return await _later(call, place, after)
    raise Refusal(texts.UNKNOWN.format(word=word[:10]))


async def _place(call: Call, rest: str) -> tuple[_Place, str]:
    """The group that the command is about, and what stands after its number."""
    if not call.private:
        found = clauses(call.group.policy)
        if not found:
            raise Refusal(texts.NO_HOURS)
        return _Place(call.group, *found[0], call.event.name), rest
    places = await _places(call)
    if not places:
        raise Refusal(texts.NOWHERE)
    first, _, after = rest.partition(" ")
    chosen = [place for place in places if str(place.group.id) == first]
    if not chosen and len(places) > 1:
        groups = [
            texts.WHICH_ONE.format(number=one.group.id, group=call.house.records.title(one.group))
            for one in places
        ]
        number = places[0].group.id
        raise Refusal(texts.WHICH.format(number=number, rest=rest, groups="\n".join(groups)))
    place = (chosen or places)[0]
    assert place.group.id is not None
    await call.enter_numbered(place.group.id)
    return place, after.strip() if chosen else rest


async def _places(call: Call) -> list[_Place]:
    """Where the caller is a member and there are hours."""
    found: list[_Place] = []
    for group in call.house.groups:
        bound = clauses(group.policy)
        platform = call.house.platform(group.bot)
        if not bound or platform is None or group.key.namespace != call.account.namespace:
            continue
        member = (await platform.member(group.key, call.account)).value
        if member is not None:
            found.append(_Place(group, *bound[0], member.name))
    return found


def _zone(call: Call, calendar: Calendar) -> tzinfo:
    return calendar.zone or ZoneInfo(call.house.config.timezone)


# -- what is shown ------------------------------------------------------------------------------------


def _shown(call: Call, group: Group) -> str:
    now = call.house.clock.now()
    found = clauses(group.policy)
    zone = _zone(call, found[0][1].hours)
    today = datetime.fromtimestamp(now, zone).date()
    lines = [_now(call, group, now)]
    for name, day in zip(texts.DAYS, (today, today + timedelta(1)), strict=True):
        rule = found[0][1].hours.day(day).rule
        head = texts.SHOW_DAY.format(
            name=name,
            month=day.month,
            day=day.day,
            weekday=texts.WEEKDAYS[day.weekday()],
            rule=texts.SHOW_RULE.format(rule=rule) if rule else "",
        )
        spans = [
            _line(text, one, day, _zone(call, calendar))
            for _, settings in found
            for text, calendar in (
                (texts.SHOW_QUIET, settings.hours),
                (texts.SHOW_LESSON, settings.lessons),
            )
            for one in calendar.intervals(day, day, zone)
        ]
        lines += [head + ("" if spans else texts.SHOW_NONE), *spans]
    return "\n".join([*lines, texts.HOW])


def _now(call: Call, group: Group, now: float) -> str:
    for leave in group.leaves:
        if leave.account is None and leave.start <= now < leave.end:
            until = call.house.records.local(to_datetime(leave.end))
            return texts.NOW_LEAVE.format(until=until, reason=leave.reason)
    for _, settings in clauses(group.policy):
        for text, calendar in (
            (texts.NOW_QUIET, settings.hours),
            (texts.NOW_LESSON, settings.lessons),
        ):
            zone = _zone(call, calendar)
            state = calendar.at(now, zone)
            if state.on:
                until = f"{datetime.fromtimestamp(state.until, zone):%H:%M}"
                return text.format(until=until, level=texts.LEVELS[settings.level])
    return texts.NOW_OPEN


def _line(text: str, one: Interval, day: date, zone: tzinfo) -> str:
    start, end = (datetime.fromtimestamp(moment, zone) for moment in (one.start, one.end))
    next_day = texts.NEXT_DAY if end.date() > day else ""
    return text.format(
        start=f"{start:%H:%M}", end=f"{next_day}{end:%H:%M}", why="；".join(one.rules)
    )


# -- leave --------------------------------------------------------------------------------------------


async def _allow(call: Call, place: _Place, words: str) -> str:
    """Leave for the whole group from now on, for a stated reason."""
    await call.check_rank(Right.HEAD if place.settings.allow_by == "head" else Right.DUTY)
    length, _, reason = words.partition(" ")
    try:
        seconds = duration.parse(length)
    except ValueError:
        raise Refusal(texts.HOW_ALLOW) from None
    if seconds > _LONGEST or not reason.strip():
        raise Refusal(texts.HOW_ALLOW)
    leave = await call.house.hours.allow(place.group, call.account, seconds, reason.strip())
    call.house.in_line(place.group, partial(keep, call.house, place.group))
    until = call.house.records.local(to_datetime(leave.end))
    said = texts.ALLOWED.format(until=until, reason=leave.reason)
    if call.private:
        # Whoever is on duty may be muted with the others; the group hears of it all the same.
        await call.platform.say(place.group.key, Words(said))
    return said


async def _ask(call: Call, place: _Place, words: str) -> str:
    """Ask in private, in advance, to write at some time (09.3.2)."""
    if not call.private:
        raise Refusal(texts.ASK_PRIVATE)
    zone = _zone(call, place.settings.hours)
    span = _span(words, call.house.clock.now(), zone)
    today = datetime.fromtimestamp(span.start, zone).date()
    taken = [
        one
        for _, settings in clauses(place.group.policy)
        for calendar in (settings.hours, settings.lessons)
        for one in calendar.intervals(today - timedelta(1), today + timedelta(1), zone)
    ]
    if not any(one.start < span.end and span.start < one.end for one in taken):
        raise Refusal(texts.ASK_NEEDLESS)
    start, end = (datetime.fromtimestamp(moment, zone) for moment in span[:2])
    what = texts.ASK_WHAT.format(
        start=f"{start.month}月{start.day}日 {start:%H:%M}", end=f"{end:%H:%M}"
    )
    request = await call.house.approvals.ask_leave(
        place.group, call.account, place.clause, span, what, place.name
    )
    if request is None:
        raise Refusal(texts.ASK_MANY)
    return texts.ASKED.format(number=f"{place.group.id}-{request.number}")


def _span(words: str, now: float, zone: tzinfo) -> Leave:
    """The time that somebody asks for, the next one that is not over, and the reason."""
    found = _ASKED.fullmatch(unicodedata.normalize("NFKC", words).strip())
    if found is None or not found[3].strip():
        raise Refusal(texts.HOW_ASK)
    try:
        span = Span.read(f"每天 {found[2]}")
    except ValueError as error:
        raise Refusal(str(error)) from None
    minutes = sum(map(len, span.minutes))
    if span.empty or minutes * 60 > _LONGEST:
        raise Refusal(texts.HOW_ASK)
    today = datetime.fromtimestamp(now, zone).date()
    # A night that has begun is last evening's.
    for days in (1,) if found[1] == "明天" else (-1, 0, 1):
        day = today + timedelta(days)
        start = instant(day, span.start, zone, late=False)
        end = instant(day + timedelta(span.end <= span.start), span.end, zone, late=True)
        if end > now:
            return Leave(start, end, None, found[3].strip())
    raise Refusal(texts.HOW_ASK)


# -- in the morning -----------------------------------------------------------------------------------


async def _later(call: Call, place: _Place, text: str) -> str:
    """A teacher's words, to be posted when the quiet hours end."""
    if not call.private:
        raise Refusal(texts.LATER_PRIVATE)
    await call.check_rank(Right.DUTY)
    if not text:
        raise Refusal(texts.LATER_HOW)
    if len(text) > LONGEST_POST:
        raise Refusal(texts.LATER_LONG.format(most=LONGEST_POST))
    house, group = call.house, place.group
    now, zone = house.clock.now(), ZoneInfo(house.config.timezone)
    states = [settings.hours.at(now, zone) for _, settings in clauses(group.policy)]
    until = max((state.until for state in states if state.on), default=None)
    if until is None:
        raise Refusal(texts.LATER_NOW)
    when = to_datetime(until)
    await house.hours.post_later(group, call.account, place.name, text, when)
    return texts.LATER.format(until=house.records.local(when), group=house.records.title(group))
