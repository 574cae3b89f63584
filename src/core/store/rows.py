"""Rows of the store for what the platform names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import models

if TYPE_CHECKING:
    from datetime import datetime

    from src.core.chat.events import Account
    from src.core.chat.events import GroupKey as Key

FIRST_SCHOOL = 1
"""An installation starts with one school."""


async def account_row(account: Account) -> models.Account:
    """The row of an account; written where there is none."""
    found = await models.Account.get_or_none(**account._asdict())
    if found is None:
        # Two tasks may write it at once, and a failed insert would end PostgreSQL's transaction.
        await models.Account.bulk_create(
            [models.Account(**account._asdict())], ignore_conflicts=True
        )
        found = await models.Account.get(**account._asdict())
    return found


async def group_row(key: Key, *, name: str, bot: str, now: datetime) -> models.Group:
    """The row of a group; written where there is none, in the installation's first school."""
    found = await models.Group.get_or_none(**key._asdict())
    if found is None:
        await models.School.bulk_create(
            [models.School(id=FIRST_SCHOOL, name="")], ignore_conflicts=True
        )
        await models.Group.bulk_create(
            [
                models.Group(
                    **key._asdict(), school_id=FIRST_SCHOOL, name=name, bot=bot, created_at=now
                )
            ],
            ignore_conflicts=True,
        )
        found = await models.Group.get(**key._asdict())
    return found
