"""What is held on one person, to be handed out and to be erased (anchors/moderation.md, 3.10).

A student stands for the family: the guardians' entries and the accounts of all of them. Cases lose the
account and all words, and what is counted of them stays; one that still counts or is being decided about
stays as it is until that is over, and the receipt tells so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from tortoise.expressions import Q

from src.core.store import models

from . import texts
from .nobody import AT_REST, awaited, erased_row, over, pseudonymise, strip

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from src.core.audit import Audit
    from src.core.groups import Group

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was erased, and what is left, in numbers. The audit log has it under the same `number`."""

    number: int
    day: date
    people: int
    identities: int
    codes: int
    applications: int
    lapses: int
    texts: int
    cases: int
    """Which stay to be counted, without account or words."""
    requests: int
    reports: int
    notices: int
    entries: int
    """Entries of the audit log whose personal values are gone."""
    kept: int
    """Cases that stay as they are, for now."""
    waiting: int
    """Requests about them, or made by them, that are open."""

    def counts(self) -> dict[str, int]:
        """What the audit log is told."""
        names = [name for name in self.__slots__ if name not in ("number", "day")]
        return {name: getattr(self, name) for name in names}

    def __str__(self) -> str:
        day = texts.DAY.format(year=self.day.year, month=self.day.month, day=self.day.day)
        lines = [texts.RECEIPT.format(**self.counts(), number=self.number, on=day)]
        if self.kept or self.waiting:
            lines.append(texts.RECEIPT_KEPT.format(kept=self.kept, waiting=self.waiting))
        return "\n".join([*lines, texts.RECEIPT_BACKUPS])


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


_DISCREET = ("report", "complaint")


async def export_person(person_id: int) -> dict[str, Any]:
    """All that is held on somebody, as JSON takes it: entries, accounts, codes, and what happened to
    the accounts that are theirs alone."""
    entries = await _entries(person_id)
    ids = [one.id for one in entries]
    accounts = await _accounts(entries)
    of_accounts = [one.id for one in accounts]
    joins = models.Request.filter(kind="join", account_id__in=of_accounts)
    # Whom a report or complaint is about learns nothing of it here, nor when it was made (20.4.2).
    apart = ("join", *_DISCREET)
    others = models.Request.filter(account_id__in=of_accounts).exclude(kind__in=apart)
    brought = models.Evidence.filter(by_id__in=of_accounts).exclude(kind="message")
    entries_on = models.AuditValue.filter(account_id__in=of_accounts).order_by("id")
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
        texts.EXPORT_MUTES: await _plain(
            models.Mute.filter(account_id__in=of_accounts).order_by("id").values(
                "group_id", "since", "until", "ended"
            )
        ),
        texts.EXPORT_BLOCKS: await _plain(
            models.Block.filter(account_id__in=of_accounts).order_by("id").values(
                "group_id", "created_at", "until"
            )
        ),
        texts.EXPORT_ACTS: await _plain(
            models.Act.filter(account_id__in=of_accounts).order_by("id").values(
                "group_id", "kind", "state", "created_at"
            )
        ),
        # What is written in them may name others: who reported, or decided.
        texts.EXPORT_REQUESTS: await _plain(
            others.order_by("id").values("group_id", "number", "kind", "state", "reason", "created_at")
        ),
        texts.EXPORT_REPORTS: await _plain(
            models.Report.filter(account_id__in=of_accounts).order_by("id").values(
                "request__group_id", "reason", "outcome", "created_at"
            )
        ),
        texts.EXPORT_EVIDENCE: await _plain(
            brought.order_by("id").values("group_id", "kind", "value", "created_at")
        ),
        texts.EXPORT_NOTICES: await _plain(
            models.Notice.filter(account_id__in=of_accounts).order_by("id").values(
                "group_id", "text", "state", "created_at"
            )
        ),
        texts.EXPORT_ROLES: await _plain(
            models.RoleGrant.filter(account_id__in=of_accounts).order_by("id").values(
                "group_id", "role", "created_at"
            )
        ),
        texts.EXPORT_DUTIES: await _plain(
            models.Duty.filter(account_id__in=of_accounts).order_by("id").values(
                "group_id", "since", "until"
            )
        ),
        texts.EXPORT_AUDIT: [
            row
            for row in await _plain(entries_on.values("entry__kind", "entry__at", "entry__facts"))
            if row["entry__facts"].get("kind") not in _DISCREET
        ],
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


async def erase(
    person_id: int,
    *,
    class_id: int,
    now: datetime,
    today: date,
    audit: Audit,
    role: str,
    group: Group | None = None,
) -> Receipt:
    """Erase what is held on somebody, and on a student's guardians. In the caller's transaction;
    `Rosters.reload` after it. `role` is that of who asked for it. What somebody still is in a group
    (member, role) stays: it is no record, and ends when they leave it."""
    entries = await _entries(person_id)
    ids = [one.id for one in entries]
    rows = await _accounts(entries)
    accounts = [one.id for one in rows]
    groups = [row.id for row in await models.Group.filter(class_id=class_id)]
    names = {one.name for one in entries}
    named = await _without_texts(names, groups) + await _without_reasons(names, groups)
    # A file that waits to be taken over has the name once more.
    await models.Request.filter(kind="roster", group_id__in=groups, state="open").update(
        payload={}, state="lapsed", open_key=None, decided_at=now
    )
    applications, others = await _without_requests(rows, names, groups, now)
    gone = await _forget(accounts, now)
    number = await models.AuditEntry.filter(kind="erased").count() + 1
    told = {f"{one.namespace}/{one.user_id}" for one in rows}
    receipt = Receipt(
        number=number,
        day=today,
        codes=await models.JoinCode.filter(person_id__in=ids).delete(),
        identities=await models.Identity.filter(person_id__in=ids).delete(),
        applications=applications
        + await models.JoinAttempt.filter(account_id__in=accounts).delete(),
        lapses=await models.NameLapse.filter(account_id__in=accounts).delete(),
        texts=named + others,
        people=len(ids),
        entries=await _without_values(told, names, groups),
        **gone,
    )
    await models.Person.filter(student_id=person_id).delete()
    await models.Person.filter(id=person_id).delete()
    await models.SchoolClass.filter(id=class_id).update(changed_at=now)
    for account in rows:
        await _drop_account(account)
    # Of who asked for it, only the rank: it may be one of those who are erased.
    facts = {"receipt": number, **receipt.counts()}
    await audit.note("erased", group=group, role=role, facts=facts)
    return receipt


async def _forget(accounts: list[int], now: datetime) -> dict[str, int]:
    """Take these accounts out of what happened; how much of each kind, and what has to wait."""
    nobody = await erased_row()
    waiting = await awaited(case__account_id__in=accounts)
    cases = models.Case.filter(account_id__in=accounts)
    ended = await over(cases, now=now, awaited=waiting)
    if ended:
        await pseudonymise(ended, nobody)
    kept = [one.id for one in await cases.only("id")]
    free = Q(case_id__isnull=True) | Q(case_id__not_in=kept or [0])
    requests = models.Request.filter(account_id__in=accounts)
    made = models.Report.filter(account_id__in=accounts, request__state="open")
    open_ = await requests.filter(state="open").count() + await made.count()
    closed = await requests.filter(free, ~Q(state="open")).exclude(kind="join")
    if closed:
        await strip(closed, nobody)
    await models.Request.filter(kind="join", account_id__in=accounts).update(account_id=nobody.id)
    # What they decided or gave in office stays decided, by nobody in particular.
    of_others = models.Request.filter(~Q(state="open"))
    await of_others.filter(decided_by_id__in=accounts).update(decided_by_id=None)
    await of_others.filter(assignee_id__in=accounts).update(assignee_id=None)
    for column in ("actor_id", "closed_by_id"):
        decided = over(models.Case.filter(**{f"{column}__in": accounts}), now=now, awaited=())
        await models.Case.filter(id__in=await decided.values_list("id", flat=True) or [0]).update(
            **{column: None}
        )
    reports = models.Report.filter(account_id__in=accounts, request__state__not="open")
    report_ids = await reports.values_list("id", flat=True)
    brought = models.Evidence.filter(
        Q(request_id__isnull=True) | Q(request__state__not="open"), by_id__in=accounts
    )
    await models.Evidence.filter(id__in=await brought.values_list("id", flat=True) or [0]).update(
        value="", by_id=None
    )
    acts = models.Act.filter(free, account_id__in=accounts, state__in=AT_REST)
    await acts.update(account_id=nobody.id, payload={}, wording="")
    await models.Mute.filter(account_id__in=accounts, case_id__not_in=kept or [0]).update(
        account_id=nobody.id
    )
    await models.Block.filter(free, account_id__in=accounts, live_key__isnull=True).update(
        account_id=nobody.id, by_id=None
    )
    await models.Membership.filter(account_id__in=accounts, left_at__isnull=False).delete()
    await models.Duty.filter(account_id__in=accounts, until__lte=now).delete()
    return {
        "cases": len(ended),
        "kept": len(kept),
        "requests": len(closed),
        "waiting": open_,
        "reports": await models.Report.filter(id__in=report_ids or [0]).delete(),
        "notices": await models.Notice.filter(free, account_id__in=accounts).delete(),
    }


async def _without_values(accounts: set[str], names: set[str], groups: list[int]) -> int:
    """Erase the personal values of audit entries that have one of these accounts, or in some groups one
    of these names (another school's child may have the same); the entries stay, and their chain."""
    count = last = 0
    while batch := await models.AuditValue.filter(id__gt=last).order_by("id").limit(_CHUNK):
        last = batch[-1].id
        found = [
            one.id
            for one in batch
            if not accounts.isdisjoint(one for one in one.values.values() if isinstance(one, str))
            or (one.group_id in groups and _unnamed(one.values, names) != one.values)
        ]
        count += await models.AuditValue.filter(id__in=found).delete() if found else 0
    return count


async def _drop_account(account: models.Account) -> None:
    """Delete an account's row where nothing is left that refers to it."""
    for name in models.Account._meta.backward_fk_fields:
        if await getattr(account, name).all().exists():
            return
    await account.delete()


async def _without_texts(names: Iterable[str], groups: list[int]) -> int:
    """Take what names these people out of the notices and acts of some groups; how many that were."""
    count = 0
    for name in names:
        notices = models.Notice.filter(group_id__in=groups, text__contains=name)
        count += await notices.update(text=texts.ERASED)
        reports = models.Report.filter(request__group_id__in=groups, reason__contains=name)
        ids = await reports.values_list("id", flat=True)
        count += await models.Report.filter(id__in=ids or [0]).update(reason=texts.ERASED)
        evidence = models.Evidence.filter(group_id__in=groups, value__contains=name)
        count += await evidence.update(value="")
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
    people: Sequence[models.Account], names: set[str], groups: list[int], now: datetime
) -> tuple[int, int]:
    """Erase the applications of these accounts, and those of anybody that name these people; and take
    the names out of all other requests. How many of both. Who had a part in what is closed (who
    reported it, among others) is no more written in it."""
    accounts = [one.id for one in people]
    reports = models.Report.filter(account_id__in=accounts)
    reported = await reports.values_list("request_id", flat=True)
    which = Q(group_id__in=groups) | Q(account_id__in=accounts) | Q(id__in=reported or [0])
    parts = [[one.namespace, one.user_id] for one in people]
    applications = others = last = 0
    while rows := await models.Request.filter(which, id__gt=last).order_by("id").limit(_CHUNK):
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
            elif not _part_erased(row, parts, accounts):
                continue
            _part_erased(row, parts, accounts)
            await row.save()
    return applications, others


def _part_erased(row: models.Request, parts: list[list[str]], accounts: list[int]) -> bool:
    """Take out of a closed request that these accounts had a part in it; whether they were there."""
    had: list[Any] = row.payload.get("without", [])
    left = [one for one in had if one not in parts]
    agreed = [one for one in row.agreed if one not in accounts]
    if row.state == "open" or (left == had and agreed == row.agreed):
        return False
    if left != had:
        row.payload = {**row.payload, "without": left}
    row.agreed = agreed
    return True


def _unnamed(value: Any, names: set[str]) -> Any:
    """The same JSON without the texts that name somebody."""
    if isinstance(value, dict):
        return {key: _unnamed(one, names) for key, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_unnamed(one, names) for one in cast("list[Any]", value)]
    named = isinstance(value, str) and any(name in value for name in names)
    return texts.ERASED if named else value
