"""Who writes when the group is quiet, or of something else during lessons. Pure."""

from __future__ import annotations

from datetime import datetime

from src.core.area import Area, DefaultClause, Finding, Message, Windows

from . import texts
from .settings import QuietSettings
from .words import kinds_in

area = Area(
    "quiet_hours",
    title="静默与上课时间",
    settings=QuietSettings,
    default=DefaultClause(
        texts.CLAUSE,
        steps=("remind", "remind", "warn"),
        settings={"quiet": ["周一至周五 22:00-06:30", "周六至周日 22:30-07:00"]},
    ),
    of_content=False,
    braked=False,
)


@area.detector
def in_quiet_hours(message: Message, settings: QuietSettings, windows: Windows) -> Finding | None:
    """A message in quiet hours (09.3.2, 12.6.1, 12.6.2); a night is one case."""
    if not message.quiet or (settings.exempt == "staff" and message.author_is_staff):
        return None
    state = settings.hours.at(message.sent, message.zone)
    if not state.on:
        return None
    staff = message.author_is_staff
    marked = bool(settings.urgent) and settings.urgent in message.event.text
    if marked and staff:
        return area.finding(gravity=1, confidence=0.0, facts={"urgent": True})
    if settings.urgent_by == "everyone" and (marked or "urgent" in kinds_in(message.folded)):
        return None
    until = _local(state.until, message, settings)
    tag = texts.STAFF_URGENT.format(tag=settings.urgent) if settings.urgent else ""
    return area.finding(
        gravity=1,
        incident=f"quiet/{state.start:.0f}",
        since=state.start,
        withdraw=settings.level != "remind",
        facts={"quiet_until": until},
        advice=texts.STAFF_INSTEAD.format(until=until, urgent=tag)
        if staff
        else texts.INSTEAD.format(until=until),
    )


@area.detector
def in_class(message: Message, settings: QuietSettings, windows: Windows) -> Finding | None:
    """Talk that has nothing to do with study, during lessons (04.3.4); a lesson is one case."""
    if not settings.class_time or message.author_is_staff or message.excused:
        return None
    state = settings.lessons.at(message.sent, message.zone)
    if not state.on or kinds_in(message.folded) != {"idle"}:
        return None
    until = _local(state.until, message, settings)
    return area.finding(
        gravity=1,
        incident=f"class/{state.start:.0f}",
        since=state.start,
        facts={"class_until": until},
        advice=texts.LESSON_INSTEAD.format(until=until),
    )


def _local(moment: float, message: Message, settings: QuietSettings) -> str:
    """The time of a moment as people here read the clock."""
    zone = settings.hours.zone or message.zone
    return f"{datetime.fromtimestamp(moment, zone):%H:%M}"
