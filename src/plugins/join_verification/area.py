"""The area that all of the plugin belongs to, and which clause sets what."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from src.core.area import Area, DefaultClause

from . import texts
from .settings import JoinSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from src.core.policy import Bound, Policy

area = Area(
    "join_verification",
    title="进群核对",
    settings=JoinSettings,
    default=DefaultClause(
        texts.CLAUSE,
        steps=("remind", "warn", "remove"),
        settings={
            "forms": ["{学生}{关系}"],
            "welcome": True,
            "probation": "3d",
            "probation_messages": 5,
            "pulled_in": "verify",
        },
    ),
)


class Clause(NamedTuple):
    """A clause that sets some part of the plugin, with its settings."""

    bound: Bound
    settings: JoinSettings


def clause_of(policy: Policy | None, sets: Callable[[JoinSettings], object]) -> Clause | None:
    """The first clause of a policy whose settings set a part, as `sets` says; None where none does."""
    for bound in policy.bindings(JoinSettings) if policy is not None else ():
        if isinstance(bound.settings, JoinSettings) and sets(bound.settings):
            return Clause(bound, bound.settings)
    return None
