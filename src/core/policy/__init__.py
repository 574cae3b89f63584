"""The policy room: packs, ladders, and the policy in force in a group (design: "policy/")."""

from __future__ import annotations

from .change import diff, disabled, enabled, said, with_setting, with_settings
from .compile import Bound, Policy, compile_policy
from .errors import PackError, PackErrors
from .files import available, check, load_pack
from .ladder import Ladder, Step, StepKind, gravest
from .pack import Clause, Pack

__all__ = [
    "Bound",
    "Clause",
    "Ladder",
    "Pack",
    "PackError",
    "PackErrors",
    "Policy",
    "Step",
    "StepKind",
    "available",
    "check",
    "compile_policy",
    "diff",
    "disabled",
    "enabled",
    "gravest",
    "load_pack",
    "said",
    "with_setting",
    "with_settings",
]
