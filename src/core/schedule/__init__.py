"""What should be so by the calendar (design: "schedule/")."""

from .calendar import Calendar, Day, Days, Interval, Span, State
from .leave import Leave, on_leave

__all__ = ["Calendar", "Day", "Days", "Interval", "Leave", "Span", "State", "on_leave"]
