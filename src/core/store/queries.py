"""Queries that the ORM cannot say."""

from __future__ import annotations

from .models import Group


async def take_number(group_id: int) -> int:
    """The next number of a group (`Group.id`), within the transaction that is open.

    Nobody else gets it; where the transaction is rolled back, it is free again.

    Raises:
        LookupError: there is no such group.
    """
    connection = Group._meta.db
    parameter = "?" if connection.capabilities.dialect == "sqlite" else "$1"
    rows = await connection.execute_query_dict(
        'UPDATE "group" SET "last_number" = "last_number" + 1 '
        f'WHERE "id" = {parameter} RETURNING "last_number"',
        [group_id],
    )
    if not rows:
        raise LookupError(f"no group {group_id}")
    return rows[0]["last_number"]
