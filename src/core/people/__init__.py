"""Accounts, their roles and rights; the rosters, and who is whom."""

from .directory import People
from .roles import Rank, Right, Role, may_act_on, rank_of
from .roster import ClassRoster, Identity, Near, Person, PersonKind
from .rosters import RosterChanged, Rosters

__all__ = [
    "ClassRoster",
    "Identity",
    "Near",
    "People",
    "Person",
    "PersonKind",
    "Rank",
    "Right",
    "Role",
    "RosterChanged",
    "Rosters",
    "may_act_on",
    "rank_of",
]
