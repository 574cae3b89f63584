"""The rows of who is in a group: how they came, and how they left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.events import Account
from src.core.store import in_transaction, models

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from src.core.groups import Group

_AT_ONCE = 500
"""Rows written in one statement; databases bound how much one may hold."""


def account_of(row: models.Membership | models.Request) -> Account:
    """Whom a row is about; its account was fetched with it."""
    assert row.account is not None
    return Account(row.account.namespace, row.account.user_id)


async def in_group(group: Group) -> dict[Account, models.Membership]:
    """The rows of those who are in the group, as far as we know."""
    rows = models.Membership.filter(group_id=group.id, left_at__isnull=True)
    return {account_of(row): row for row in await rows.select_related("account")}


async def note_known(group: Group, accounts: Iterable[Account], now: datetime) -> None:
    """Take people for members of old: nobody greets them or asks who they are."""
    everybody = list(accounts)
    for start in range(0, len(everybody), _AT_ONCE):
        some = everybody[start : start + _AT_ONCE]
        async with in_transaction():
            await models.Account.bulk_create(
                [models.Account(**one._asdict()) for one in some], ignore_conflicts=True
            )
            found = await models.Account.filter(
                namespace=group.key.namespace, user_id__in=[one.user_id for one in some]
            )
            ids = [one.id for one in found]
            back = models.Membership.filter(
                group_id=group.id, account_id__in=ids, left_at__isnull=False
            )
            await back.update(how="known", came_at=now, left_at=None, left_how="")
            await models.Membership.bulk_create(
                [
                    models.Membership(group_id=group.id, account_id=one, how="known", came_at=now)
                    for one in ids
                ],
                ignore_conflicts=True,
            )


async def forget(group: Group) -> None:
    """Drop the rows of those who are in the group, as when the plugin is out of force: who comes
    meanwhile would be taken for somebody new. Who was removed stays known."""
    await models.Membership.filter(group_id=group.id, left_at__isnull=True).delete()
