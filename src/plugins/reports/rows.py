"""What is kept of those who reported or complained: apart from the request, and told to nobody but who
decides it (20.4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from src.core.chat.events import Account, Kind
from src.core.store import models

from .course import Stage
from .weights import weight

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import timedelta

    from src.core.chat.events import MessageReceived
    from src.core.groups import Group
    from src.core.house import House

EXCERPT = 60
"""Characters that are kept of a message that was reported."""
MOST_PICTURES = 3


async def made_since(account: models.Account, kind: str, since: timedelta, house: House) -> int:
    """How many reports of this kind somebody has made lately, in whatever group."""
    return await models.Report.filter(
        account_id=account.id,
        request__kind=kind,
        created_at__gt=house.records.now() - since,
    ).count()


async def weight_of(account_id: int, group: Group) -> float:
    """What a report of somebody weighs, by what came of their reports in this school."""
    school = (await models.Group.get(id=group.id)).school_id
    past = models.Report.filter(
        account_id=account_id, request__kind="report", request__group__school_id=school
    )
    return weight(
        await past.filter(outcome="confirmed").count(), await past.filter(outcome="refused").count()
    )


async def reporters(request: models.Request) -> list[models.Report]:
    """Everybody who reported or complained of this, in their order."""
    return (
        await models.Report.filter(request_id=request.id).order_by("id").select_related("account")
    )


async def tell_reporters(
    house: House, group: Group, request: models.Request, text: str
) -> list[models.Act]:
    """Rows that tell each of those who reported, in silence."""
    acts: list[models.Act] = []
    for report in await reporters(request):
        acts += await house.tell.notice(group, report.account, text, aloud=False)
    return acts


async def settle(request: models.Request, outcome: str) -> None:
    """Note what came of it for each of those who reported."""
    await models.Report.filter(request_id=request.id, outcome="").update(outcome=outcome)


async def note(request: models.Request, **facts: Any) -> None:
    """Put something into the payload of a request that is open."""
    request.payload = {**request.payload, **facts}
    await request.save(update_fields=["payload"])


def barred(request: models.Request) -> set[Account]:
    """Who may not decide it."""
    return {Account(*one) for one in request.payload.get("without", ())}


async def bar(request: models.Request, accounts: Collection[Account]) -> None:
    """Keep more people from deciding it."""
    await note(request, without=[list(one) for one in sorted(barred(request) | set(accounts))])


def stage_of(request: models.Request) -> Stage:
    """Where it stands."""
    return Stage(request.payload["stage"]) if request.state == "open" else Stage.OVER


def account_of(row: models.Account) -> Account:
    """The account of a row."""
    return Account(row.namespace, row.user_id)


async def keep_pictures(
    house: House, request: models.Request, by: models.Account, event: MessageReceived
) -> int:
    """Keep references to the pictures that came along; returns how many."""
    found = [one.value for one in event.segments if one.kind is Kind.IMAGE and one.value]
    for value in found[:MOST_PICTURES]:
        await models.Evidence.create(
            group_id=request.group_id,
            request=request,
            by=by,
            kind="picture",
            value=value[:1000],
            digest=house.audit.digest(value),
            created_at=house.records.now(),
        )
    return len(found[:MOST_PICTURES])
