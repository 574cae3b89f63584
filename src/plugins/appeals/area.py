"""The area, and what the policy of a case says of its appeals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from src.core.area import Area, DefaultClause
from src.core.discipline import Terms
from src.core.store import models

from . import texts
from .settings import AppealSettings

if TYPE_CHECKING:
    from src.core.groups import Group
    from src.core.house import House

area = Area(
    "appeals",
    title="申诉",
    settings=AppealSettings,
    default=DefaultClause(texts.CLAUSE),
)


async def version_of(case: models.Case) -> dict[str, Any]:
    """The content of the policy that a case was decided by; empty where there was none."""
    if case.policy_id is None:
        return {}
    return (await models.PolicyVersion.get(id=case.policy_id)).content


async def know_staff(house: House, group: Group) -> None:
    """Read who can be asked, where that is not known yet, as just after a start."""
    platform = house.platform(group.bot)
    if not group.staff and platform is not None:
        await house.tell.read_members(group, platform)


async def terms_of(group: Group, case: models.Case) -> Terms:
    """What the policy of a case sets of its appeals: a later one changes nothing. Of several clauses
    what is kindest to whoever appeals holds."""
    policy = group.policy
    if policy is not None and policy.policy_id == case.policy_id:
        found = [one.settings for one in policy.bindings(AppealSettings)]
    else:
        found = [
            AppealSettings.model_validate(clause["settings"])
            for clause in (await version_of(case)).get("clause", ())
            if clause["plugin"] == area.name and not clause["off"]
        ]
    bound = [one for one in found if isinstance(one, AppealSettings)]
    of_all = bound or [AppealSettings()]
    return Terms(
        within=max(one.within for one in bound) if bound else None,
        decide_in=min(one.decide_in for one in of_all),
        removal_in=min(one.removal_in for one in of_all),
        second_within=max(int(one.second_within) for one in of_all),
        second_in=min(one.second_in for one in of_all),
        tell_group=all(one.tell_group for one in of_all),
    )
