"""The area that all of the plugin belongs to, and its clauses."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from src.core.area import Area, DefaultClause

from . import texts
from .settings import ProfileSettings

if TYPE_CHECKING:
    from src.core.policy import Bound, Policy

area = Area(
    "group_profile",
    title="群资料",
    settings=ProfileSettings,
    default=DefaultClause(
        texts.CLAUSE,
        steps=("remind", "warn"),
        settings={
            "categories": ["insult", "pornography", "discrimination", "gambling", "ads"],
            "rename_by": "staff",
            "restore": True,
            "announcement": "rules",
            "checklist": True,
        },
    ),
)


class Clause(NamedTuple):
    """A clause of this plugin with its settings."""

    bound: Bound
    settings: ProfileSettings


def clauses(policy: Policy | None) -> list[Clause]:
    """The clauses of a policy that this plugin carries out, in the policy's order."""
    return [
        Clause(bound, bound.settings)
        for bound in (policy.bindings(ProfileSettings) if policy is not None else ())
        if isinstance(bound.settings, ProfileSettings)
    ]
