"""The area that the commands of this plugin belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.area import Area, DefaultClause

from . import texts
from .settings import InspectionSettings

if TYPE_CHECKING:
    from src.core.groups import Group

area = Area(
    "inspection",
    title="巡检",
    settings=InspectionSettings,
    default=DefaultClause(texts.CLAUSE, settings={"digest": "周日 19:00"}),
)


def settings_of(group: Group | None) -> InspectionSettings:
    """By what a group is looked at: of each setting what the first clause says that says other than the
    default, since each clause sets what it speaks of."""
    policy = group.policy if group is not None else None
    plain = InspectionSettings()
    set_by: dict[str, object] = {}
    for bound in policy.bindings(InspectionSettings) if policy is not None else ():
        for name, value in bound.settings:
            if value != getattr(plain, name):
                set_by.setdefault(name, value)
    return plain.model_copy(update=set_by)
