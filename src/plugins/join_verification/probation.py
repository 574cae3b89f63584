"""The probation of newcomers: what they leave out for a time, and when it ends."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from src.core.area import Finding, Message, PolicyChanged, Windows
from src.core.chat.events import Kind
from src.core.clock import to_datetime
from src.core.groups import Newcomer
from src.core.guard import ThroughProbation
from src.core.store import models
from src.core.store.rows import account_row

from . import texts
from .area import area, clause_of
from .membership import account_of

if TYPE_CHECKING:
    from src.core.groups import Group
    from src.core.house import House

    from .settings import JoinSettings

_KINDS = {
    Kind.FILE: "file",
    Kind.CARD: "card",
    Kind.FORWARD: "forward",
    Kind.VOICE: "voice",
    Kind.VIDEO: "video",
    Kind.IMAGE: "picture",
}


def has_probation(settings: JoinSettings) -> bool:
    """Whether a clause sets a probation."""
    return settings.probation is not None


@area.detector
def too_new(message: Message, settings: JoinSettings, windows: Windows) -> Finding | None:
    """What a newcomer should leave out for a time (anchors/moderation.md, 4.1)."""
    if not message.newcomer or settings.probation is None or message.author_is_staff:
        return None
    event = message.event
    sent = {_KINDS[one.kind] for one in event.segments if one.kind in _KINDS}
    addresses = message.folded.addresses
    if event.links or (addresses and addresses[0].start < len(event.text)):
        sent.add("link")
    found = [kind for kind in settings.probation_kinds if kind in sent]
    if not found:
        return None
    return area.finding(
        gravity=1,
        incident="probation",
        withdraw=True,
        facts={"kinds": found},
        advice=texts.PROBATION_INSTEAD,
    )


@area.explanation
def explain(finding: Finding | None, settings: JoinSettings) -> str:
    """What a newcomer sent too soon, or what somebody was charged with who came, or let come, without
    an application."""
    if finding is None:
        return texts.PROBATION_NOTHING
    if what := finding.facts.get("what"):
        return texts.PULLED_FOUND if what == "pulled" else texts.UNVERIFIED_FOUND
    kinds = "、".join(texts.KINDS[kind] for kind in finding.facts["kinds"])
    return texts.PROBATION_FOUND.format(kinds=kinds)


def begin(group: Group, row: models.Membership, settings: JoinSettings, now: float) -> None:
    """Let somebody's probation begin, in a row that the caller writes. Not in the group's memory: see
    `keep`."""
    assert settings.probation is not None
    row.probation_until = to_datetime(now + settings.probation)
    row.probation_left = settings.probation_messages or None


@area.every(60)
async def compare(house: House) -> None:
    """Bring the memory of every group and the store together; one query where there is no newcomer."""
    rows = models.Membership.filter(probation_until__isnull=False, left_at__isnull=True)
    groups = {int(row[0]) for row in await rows.distinct().values_list("group_id")}
    for group in house.groups:
        if group.id in groups or group.newcomers:
            house.in_line(group, partial(keep, house, group))


async def keep(house: House, group: Group, event: object = None) -> None:
    """Let a group know who is on probation, and keep what is left of it. Runs in its line.

    A kill loses the messages that were counted in the last minute, and nothing else.
    """
    now = house.clock.now()
    clause = clause_of(group.policy, has_probation)
    rows = await models.Membership.filter(
        group_id=group.id, probation_until__isnull=False, left_at__isnull=True
    ).select_related("account")
    held: set[object] = set()
    for row in rows:
        account = account_of(row)
        assert row.probation_until is not None
        until = row.probation_until.timestamp()
        if clause is None or until <= now:
            await _ends(row)
            continue
        held.add(account)
        known = group.newcomers.get(account)
        if known is None:
            group.newcomers[account] = Newcomer(until, row.probation_left)
        elif known.left != row.probation_left:
            row.probation_left = known.left
            await row.save(update_fields=["probation_left"])
    for account in group.newcomers.keys() - held:
        del group.newcomers[account]


area.on(PolicyChanged)(keep)


@area.on(ThroughProbation)
async def through(house: House, group: Group, event: ThroughProbation) -> None:
    """Somebody has written enough."""
    # The minute's comparison may have read the row before the guard let them through.
    group.newcomers.pop(event.account, None)
    who = await account_row(event.account)
    row = await models.Membership.get_or_none(group_id=group.id, account_id=who.id)
    if row is not None:
        await _ends(row)


async def _ends(row: models.Membership) -> None:
    row.probation_until = row.probation_left = None
    await row.save(update_fields=["probation_until", "probation_left"])
