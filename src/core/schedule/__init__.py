"""What should be so by the calendar (design: "schedule/")."""

from .calendar import Calendar, Day, Days, Interval, Span, State, Weekly
from .leave import Leave, on_leave
from .school_days import is_school_day, school_days

__all__ = [
    "Calendar",
    "Day",
    "Days",
    "Interval",
    "Leave",
    "Span",
    "State",
    "Weekly",
    "is_school_day",
    "on_leave",
    "school_days",
]
