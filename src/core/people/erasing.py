"""What is held on one person, to be handed out and to be erased (anchors/moderation.md, 3.10).

A student stands for the family: the guardians' entries and the accounts of all of them. What a case
says names an account only, and stays; the receipt tells so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from tortoise.expressions import Q

from src.core.store import models

from . import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was erased, and what is left, in numbers."""

    people: int
    identities: int
    codes: int
    applications: int
    lapses: int
    texts: int
    cases: int
    """Which stay, with the account's number only."""

    def __str__(self) -> str:
        lines = [texts.RECEIPT.format(**{name: getattr(self, name) for name in self.__slots__})]
        if self.cases:
            lines.append(texts.RECEIPT_CASES.format(cases=self.cases))
        return "\n".join(lines)


async def _entries(person_id: int) -> list[models.Person]:
    """A person's entry, and those of a student's guardians."""
    own = await models.Person.filter(id=person_id)
    return own + await models.Person.filter(student_id=person_id).order_by("id")


async def _accounts(entries: Sequence[models.Person]) -> list[models.Account]:
    """The accounts that are, or were, bound to these entries and to no others."""
    ids = [one.id for one in entries]
    rows = await models.Identity.filter(person_id__in=ids).select_related("account").order_by("id")
    found = {row.account_id: row.account for row in rows}
    others = models.Identity.filter(account_id__in=list(found), live_key__isnull=False)
    for row in await others.exclude(person_id__in=ids):
        found.pop(row.account_id, None)
    return list(found.values())


async def export_person(person_id: int) -> dict[str, Any]:
    """All that is held on somebody, as JSON takes it: entries, accounts, codes, and what happened to
    the accounts that are theirs alone."""
    entries = await _entries(person_id)
    ids = [one.id for one in entries]
    accounts = await _accounts(entries)
    of_accounts = [one.id for one in accounts]
    joins = models.Request.filter(kind="join", account_id__in=of_accounts)
    return {
        texts.EXPORT_ENTRIES: await _plain(
            models.Person.filter(id__in=ids).order_by("id").values(
                "kind", "name", "number", "subject", "relation", "since", "until", "created_at"
            )
        ),
        texts.EXPORT_ACCOUNTS: await _plain(
            models.Identity.filter(person_id__in=ids).order_by("id").values(
                "account__namespace", "account__user_id", "relation", "how", "created_at", "ended_at"
            )
        ),
        texts.EXPORT_CODES: await _plain(
            models.JoinCode.filter(person_id__in=ids).order_by("id").values(
                "created_at", "expires_at", "used_at"
            )
        ),
        texts.EXPORT_JOINS: await _plain(
            joins.order_by("id").values("group_id", "number", "state", "payload", "created_at")
        ),
        texts.EXPORT_ATTEMPTS: await _plain(
            models.JoinAttempt.filter(account_id__in=of_accounts).order_by("id").values(
                "group_id", "outcome", "created_at"
            )
        ),
        texts.EXPORT_MEMBERSHIPS: await _plain(
            models.Membership.filter(account_id__in=of_accounts).order_by("id").values(
                "group_id", "how", "came_at", "left_at", "left_how"
            )
        ),
        texts.EXPORT_LAPSES: await _plain(
            models.NameLapse.filter(account_id__in=of_accounts).order_by("id").values(
                "group_id", "since", "reminders", "fixes"
            )
        ),
        texts.EXPORT_CASES: await _plain(
            models.Case.filter(account_id__in=of_accounts).order_by("id").values(
                "group_id", "number", "clause", "step", "state", "reason", "excerpt", "created_at"
            )
        ),
    }  # fmt: skip


async def _plain(rows: Any) -> list[dict[str, Any]]:
    """Rows whose moments are written as text."""
    return [
        {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in row.items()
        }
        for row in await rows
    ]


async def erase(person_id: int, *, class_id: int, now: datetime) -> Receipt:
    """Erase what is held on somebody, and on a student's guardians. In the caller's transaction;
    `Rosters.reload` after it."""
    entries = await _entries(person_id)
    ids = [one.id for one in entries]
    accounts = [one.id for one in await _accounts(entries)]
    groups = [row.id for row in await models.Group.filter(class_id=class_id)]
    names = {one.name for one in entries}
    named = await _without_texts(names, groups) + await _without_reasons(names, groups)
    # A file that waits to be taken over has the name once more.
    await models.Request.filter(kind="roster", group_id__in=groups, state="open").update(
        payload={}, state="lapsed", open_key=None, decided_at=now
    )
    applications, others = await _without_requests(accounts, names, groups, now)
    receipt = Receipt(
        codes=await models.JoinCode.filter(person_id__in=ids).delete(),
        identities=await models.Identity.filter(person_id__in=ids).delete(),
        applications=applications
        + await models.JoinAttempt.filter(account_id__in=accounts).delete(),
        lapses=await models.NameLapse.filter(account_id__in=accounts).delete(),
        texts=named + others,
        cases=await models.Case.filter(account_id__in=accounts).count(),
        people=len(ids),
    )
    await models.Person.filter(student_id=person_id).delete()
    await models.Person.filter(id=person_id).delete()
    await models.SchoolClass.filter(id=class_id).update(changed_at=now)
    return receipt


async def _without_texts(names: Iterable[str], groups: list[int]) -> int:
    """Take what names these people out of the notices and acts of some groups; how many that were."""
    count = 0
    for name in names:
        notices = models.Notice.filter(group_id__in=groups, text__contains=name)
        count += await notices.update(text=texts.ERASED)
    last = 0
    # What an act says is in JSON, which the two databases search differently.
    while (
        acts := await models.Act.filter(group_id__in=groups, id__gt=last)
        .order_by("id")
        .limit(_CHUNK)
        .only("id", "payload", "state")
    ):
        last = acts[-1].id
        for act in acts:
            words = [one for one in act.payload.values() if isinstance(one, str)]
            if any(name in one for name in names for one in words):
                waits = act.state in ("requested", "attempting")
                await models.Act.filter(id=act.id).update(
                    payload={}, **({"state": "lapsed"} if waits else {})
                )
                count += 1
    return count


async def _without_reasons(names: Iterable[str], groups: list[int]) -> int:
    """Take what names these people out of the cases of some groups, which stay; how many that were."""
    count = 0
    for name in names:
        cases = models.Case.filter(group_id__in=groups)
        count += await cases.filter(excerpt__contains=name).update(excerpt="", excerpt_until=None)
        count += await cases.filter(reason__contains=name).update(reason=texts.ERASED)
        count += await cases.filter(closed_reason__contains=name).update(closed_reason=texts.ERASED)
    return count


async def _without_requests(
    accounts: list[int], names: set[str], groups: list[int], now: datetime
) -> tuple[int, int]:
    """Erase the applications of these accounts, and those of anybody that name these people; and take
    the names out of all other requests. How many of both."""
    applications = others = last = 0
    while (
        rows := await models.Request.filter(
            Q(group_id__in=groups) | Q(kind="join", account_id__in=accounts), id__gt=last
        )
        .order_by("id")
        .limit(_CHUNK)
    ):
        last = rows[-1].id
        for row in rows:
            payload: Any = _unnamed(row.payload, names)
            reason = _unnamed(row.reason, names)
            if row.kind == "join" and (row.account_id in accounts or payload != row.payload):
                # The flag says nothing of anybody, and tells the same application when it comes again.
                row.payload = {one: row.payload[one] for one in ("flag",) if one in row.payload}
                row.reason = ""
                if row.state == "open":
                    row.state, row.open_key, row.decided_at = "lapsed", None, now
                applications += 1
            elif payload != row.payload or reason != row.reason:
                row.payload, row.reason = payload, reason
                others += 1
            else:
                continue
            await row.save()
    return applications, others


def _unnamed(value: Any, names: set[str]) -> Any:
    """The same JSON without the texts that name somebody."""
    if isinstance(value, dict):
        return {key: _unnamed(one, names) for key, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_unnamed(one, names) for one in cast("list[Any]", value)]
    named = isinstance(value, str) and any(name in value for name in names)
    return texts.ERASED if named else value
