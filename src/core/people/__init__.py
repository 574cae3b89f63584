"""Accounts, their roles and rights."""

from .directory import People
from .roles import Rank, Right, Role, may_act_on, rank_of

__all__ = ["People", "Rank", "Right", "Role", "may_act_on", "rank_of"]
