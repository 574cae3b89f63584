"""What a clause sets of quiet_hours. As it comes it has no hours, and finds nothing."""

from __future__ import annotations

from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, field_validator

from src.core.area import Settings
from src.core.chat.port import Act
from src.core.schedule import Calendar, Days, Span
from src.core.schedule.calendar import known_zone, read_date
from src.core.schedule.holidays import last_day

from . import texts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

_WARN_DAYS = 14
"""So many days before the holidays' data end it is said."""


def _zone(name: str) -> str:
    if name:
        known_zone(name)
    return name


Spans = tuple[Annotated[str, AfterValidator(lambda text: Span.read(text).written())], ...]
Dates = tuple[Annotated[str, AfterValidator(lambda text: Days.read(text).written())], ...]
OneDate = Annotated[str, AfterValidator(lambda text: str(read_date(text)))]


class QuietSettings(Settings):
    """Spans are written `周一至周五 22:00-06:30`, `Sat,Sun 22:30-07:00` or `每天 23:00-07:00`; they belong
    to the day on which they begin, and the end is not in them."""

    quiet: Spans = ()
    """When the group is quiet (09.3.2, 12.6.1). A span that ends as it begins is no time at all."""
    class_time: Spans = ()
    """When only what relates to study is said (04.3.4); not for teachers."""
    level: Literal["remind", "withdraw", "mute_all"] = "remind"
    """`remind`: the ladder decides; `withdraw`: the message goes even where it only reminds; `mute_all`:
    the whole group is muted, and what gets through is withdrawn."""
    exempt: Literal["nobody", "staff"] = "nobody"
    """`staff`: teachers and managers are not told in private either."""
    urgent: str = Field(default="【紧急】", max_length=20)
    """A message with this mark is let through; empty: no mark does."""
    urgent_by: Literal["staff", "everyone"] = "staff"
    """Whose mark counts. Of `everyone` the words of an emergency (words.tsv) are enough (12.6.2)."""
    urgent_a_month: int = Field(default=3, ge=0, le=100)
    """The managers are told of a teacher who uses the mark more often than this in a month."""
    notice: int = Field(default=10, ge=0, le=120)
    """So many minutes before, the group is told, once; 0: it is not."""
    allow_by: Literal["duty", "head"] = "duty"
    """Who may give leave: whoever is on duty, or only the head teacher and the owner."""
    holidays: bool = True
    """China's public holidays count as a Sunday, make-up workdays as a Monday."""
    terms: Dates = ()
    """The school's terms, as `2026-09-01..2027-01-22`; outside of them every day counts as a Sunday.
    Empty: there is always term."""
    exams: Dates = ()
    """Weeks of exams, in which `exam_quiet` is added."""
    exam_quiet: Spans = ()
    days: dict[OneDate, Literal["school", "off"]] = Field(
        default_factory=dict[str, Literal["school", "off"]]
    )
    """Single dates that are school days or not, whatever else says: `{ "2026-11-20" = "off" }`."""
    zone: Annotated[str, AfterValidator(_zone)] = ""
    """The group's time zone; empty: the installation's."""

    @field_validator("class_time")
    @classmethod
    def _apart(cls, written: tuple[str, ...]) -> tuple[str, ...]:
        spans = [Span.read(one) for one in written]
        for one in spans:
            if one.empty:
                raise ValueError(texts.ZERO_LESSON.format(span=one.written()))
        for one, other in combinations(spans, 2):
            if one.meets(other):
                told = texts.LESSONS_MEET.format(one=one.written(), other=other.written())
                raise ValueError(told)
        return written

    def _calendar(self, spans: Spans, exam_spans: Spans) -> Calendar:
        return Calendar(
            tuple(map(Span.read, spans)),
            holidays=self.holidays,
            terms=tuple(map(Days.read, self.terms)),
            exams=tuple(map(Days.read, self.exams)),
            exam_spans=tuple(map(Span.read, exam_spans)),
            days={read_date(day): what == "school" for day, what in self.days.items()},
            zone=known_zone(self.zone) if self.zone else None,
        )

    @cached_property
    def hours(self) -> Calendar:
        """When it is quiet."""
        return self._calendar(self.quiet, self.exam_quiet)

    @cached_property
    def lessons(self) -> Calendar:
        """When there is class."""
        return self._calendar(self.class_time, ())

    def ready(self) -> None:
        _ = self.hours, self.lessons

    def quiet_hours(self) -> Calendar | None:
        return self.hours if self.quiet or self.exam_quiet else None

    def needs(self) -> Iterable[Act]:
        if self.level == "remind" or self.quiet_hours() is None:
            return ()
        return (Act.WITHDRAW, Act.MUTE_ALL) if self.level == "mute_all" else (Act.WITHDRAW,)

    def caution(self, today: date) -> str:
        used = self.holidays and (self.quiet or self.class_time)
        if not used or (last_day() - today).days >= _WARN_DAYS:
            return ""
        return texts.DATA_END.format(last=last_day())
