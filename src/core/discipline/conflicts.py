"""Who may not decide something: whoever had a part in it, and the families of those it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.events import Account
from src.core.store import models

if TYPE_CHECKING:
    from collections.abc import Iterable

    from src.core.groups import Group


def family_of(group: Group, account: Account) -> set[Account]:
    """Every account of somebody's family that the class's roster knows, their own included."""
    found = {account}
    roster = group.roster
    if roster is None:
        return found
    for identity in roster.identities(account):
        person = identity.person
        student = person.student if person.student is not None else person.id
        found.update(roster.family(student), roster.accounts_of(student))
    return found


async def involved(
    group: Group, case: models.Case | None, *accounts: Account, deciders: bool = True
) -> set[Account]:
    """Who had a part in a case: its subject and who reported it, with their families, as those of
    `accounts`; and unless `deciders` is off, who ordered, confirmed, refused or reviewed it
    (anchors/moderation.md, 4.7: somebody else decides)."""
    found: set[Account] = set()
    for account in accounts:
        found |= family_of(group, account)
    if case is None:
        return found
    requests = await models.Request.filter(case_id=case.id)
    reports = models.Report.filter(request_id__in=[one.id for one in requests] or [0])
    for account in await _accounts([case.account_id, *[one.account_id for one in await reports]]):
        found |= family_of(group, account)
    if deciders:
        ids = {case.actor_id, case.closed_by_id}
        for request in requests:
            ids |= {*request.agreed, request.decided_by_id}
        found |= set(await _accounts(one for one in ids if one is not None))
    return found


async def _accounts(ids: Iterable[int]) -> list[Account]:
    rows = await models.Account.filter(id__in=list(set(ids)) or [0])
    return [Account(row.namespace, row.user_id) for row in rows]
