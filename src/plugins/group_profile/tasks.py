"""Tasks that only a person can do: written down once, closed by who does them (`/done`) or when they are
done by themselves."""

from __future__ import annotations

from datetime import timedelta
import hashlib
from typing import TYPE_CHECKING

from src.core.store import in_transaction, models, take_number

from . import texts

if TYPE_CHECKING:
    from src.core.groups import Group
    from src.core.house import House


_PASTED_EVERY = timedelta(hours=23)
"""What is to be copied is sent once in so long, however often it changes."""


def digest(text: str) -> str:
    """A text in 16 characters, by which the same is known again."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _key(group: Group, about: str) -> str:
    return f"task/{group.id}/{about}"


async def last(group: Group, about: str) -> models.Request | None:
    """The last task of this kind, open or done."""
    rows = await models.Request.filter(group_id=group.id, kind="task").order_by("-id")
    return next((row for row in rows if row.payload.get("about") == about), None)


async def ask(
    house: House, group: Group, about: str, text: str, *, of: str = "", paste: str = ""
) -> models.Request | None:
    """Ask the managers for something that only a person can do, unless they were asked for the same:
    `of` tells one occasion from another. `paste` is what they may copy."""
    await house.records.row_of(group)
    assert group.id is not None
    before = await last(group, about)
    if before is not None and before.state in ("open", "confirmed"):
        if (before.payload["text"], before.payload["of"]) == (text, of):
            return None
    now = house.records.now()
    if paste and before is not None and before.created_at > now - _PASTED_EVERY:
        # It is long; the next look after that brings the newest.
        return None
    async with in_transaction():
        if before is not None and before.state == "open":
            await house.records.close(before, "closed", None)
        request = await models.Request.create(
            group_id=group.id,
            number=await take_number(group.id),
            kind="task",
            payload={"about": about, "text": text, "of": of},
            open_key=_key(group, about),
            created_at=now,
        )
        title = house.records.title(group)
        item = f"{group.id}-{request.number}"
        said = [texts.TASK.format(group=title, text=text, item=item)]
        # A notice holds a thousand characters.
        pieces = [paste[start : start + 900] for start in range(0, len(paste), 900)]
        said += [texts.TO_PASTE.format(group=title, text=piece) for piece in pieces]
        managers = house.tell.managers(group)
        acts = [act for one in said for act in await house.tell.all_of(group, managers, one)]
    house.executor.submit(acts)
    return request


async def settle(house: House, group: Group, about: str) -> None:
    """Close a task that is not needed any more."""
    row = await models.Request.get_or_none(open_key=_key(group, about))
    if row is not None:
        await house.records.close(row, "closed", None)
