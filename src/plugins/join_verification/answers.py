"""What a manager's answer, or nobody's, makes of an application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from src.core.chat.events import Account
from src.core.store import models

from . import texts
from .area import area
from .asking import erased, managers_of, meant, tell_others
from .handlers import admit, decline

if TYPE_CHECKING:
    from src.core.groups import Group
    from src.core.house import House

_LONGEST_REASON = 40
"""Characters that a platform shows of a refusal's reason."""


async def accepted(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    """A manager lets somebody in. Inside the transaction of the answer."""
    row = request.account
    assert row is not None
    payload: dict[str, Any] = request.payload
    claims = meant(payload)
    acts = await tell_others(house, group, request, by, texts.ACCEPTED_BY)
    request = await models.Request.get(id=request.id)
    request.payload = await erased(payload)
    await request.save(update_fields=["payload"])
    return [await admit(house, group, row, request, claims, "manager"), *acts]


async def turned_down(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    """A manager sends somebody away. Inside the transaction of the answer."""
    row = request.account
    assert row is not None
    acts = await tell_others(house, group, request, by, texts.DECLINED_BY)
    request = await models.Request.get(id=request.id)
    flag = request.payload["flag"]
    request.payload = await erased(request.payload)
    await request.save(update_fields=["payload"])
    await models.JoinAttempt.create(
        group_id=group.id, account=row, outcome="declined", created_at=house.records.now()
    )
    reason = request.reason[:_LONGEST_REASON] or texts.DECLINED
    return [await decline(house, group, row, request, flag, reason), *acts]


async def unanswered(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    """Nobody has answered in time: the application stays on the platform, and nobody is let in."""
    row = request.account
    assert row is not None
    request = await models.Request.get(id=request.id)
    request.payload = await erased(request.payload)
    await request.save(update_fields=["payload"])
    text = texts.LAPSED.format(
        group=house.records.title(group), item=f"{group.id}-{request.number}", who=row.user_id
    )
    managers = managers_of(house, group, Account(row.namespace, row.user_id))
    return await house.tell.all_of(group, managers, text)


area.decides("join", confirmed=accepted, refused=turned_down, lapsed=unanswered)
