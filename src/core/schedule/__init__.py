"""What should be so by the calendar (design: "schedule/")."""

from .calendar import Calendar, Day, Days, Interval, Span, State, Weekly
from .leave import Leave, on_leave

__all__ = ["Calendar", "Day", "Days", "Interval", "Leave", "Span", "State", "Weekly", "on_leave"]
