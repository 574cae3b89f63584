"""The head teacher's own look at the group, on a schedule (03.5.2, 09.1.2, 17.5.1), and the members who
have long been silent (05.4.5, 13.4.3, 18.4.3): people are asked to decide, nobody is ever removed for it
by the bot."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from src.core.chat.events import PlatformRole
from src.core.people import Rank
from src.core.store import in_transaction, models, take_number

from . import texts
from .area import area, settings_of
from .gather import gather
from .telling import of_group

if TYPE_CHECKING:
    from datetime import datetime

    from src.core.chat.events import Account
    from src.core.chat.port import Platform
    from src.core.groups import Group
    from src.core.house import House

    from .facts import GroupState

KIND = "digest"
_TEN_MINUTES = 600.0
_DAY = 86_400
_SECOND = timedelta(seconds=1)
"""What was said in the very second in which it was due was said for it."""


@area.every(_TEN_MINUTES)
async def look(house: House) -> None:
    """Put the digests that may be due into the groups' lines."""
    now = house.records.now()
    local = now.astimezone(ZoneInfo(house.config.timezone))
    for group in house.groups:
        weekly = settings_of(group).weekly
        if weekly is None or group.id is None or group.at_rest(now.timestamp()):
            continue
        house.in_line(group, partial(_digest, house, group, weekly.last(local)))


async def _digest(house: House, group: Group, due: datetime) -> None:
    """Tell the head teacher, unless that was done since it was due; a policy that is younger owes
    nothing yet."""
    policy, platform = group.policy, house.platform(group.bot)
    if policy is None or platform is None or group.id is None:
        return
    if await house.records.was_noted(group, KIND, due - _SECOND):
        return
    if await models.PolicyVersion.exists(id=policy.policy_id, created_at__gt=due):
        return
    row = await models.Group.get(id=group.id)
    state = await gather(house, row)
    text = of_group(state, house.records.local(house.records.now()))
    heads = await heads_of(house, group, platform)
    if not heads and state.live is None:
        # The platform does not answer; in ten minutes it may, and say who the owner is.
        return
    async with in_transaction():
        await house.records.note(group, KIND)
        acts = await house.tell.all_of(group, heads, text)
        acts += await _ask(house, group, state)
    house.executor.submit(acts)


async def heads_of(house: House, group: Group, platform: Platform) -> list[Account]:
    """The head teachers that the school named and who have not left; where there is none, the platform's
    owner."""
    named = house.people.holders(group.key, Rank.HEAD_TEACHER, Rank.HEAD_TEACHER)
    if here := [one for one in named if one not in group.gone]:
        return here
    members = (await platform.members(group.key)).value or ()
    return [
        one.account
        for one in members
        if one.role is PlatformRole.OWNER and one.account != platform.bot and not one.is_robot
    ]


async def _ask(house: House, group: Group, state: GroupState) -> list[models.Act]:
    """A task to decide about the silent members, inside the caller's transaction; none where the last
    one was about the same people, or the review of the members asks by itself. It names nobody: the
    committee reads it too."""
    assert group.id is not None
    # Whom a task was about is known again by these; who it was, is not kept.
    who = [house.audit.digest(one.user_id)[:16] for one in state.inactive or ()]
    lately = house.records.now() - timedelta(seconds=state.inactive_after)
    reviews = models.Request.filter(group_id=group.id, kind="clean", created_at__gt=lately)
    if not who or await reviews.exists():
        return []
    rows = models.Request.filter(group_id=group.id, kind="task").order_by("-id")
    last = next((row for row in await rows if "inactive" in row.payload), None)
    if last is not None and (last.state == "open" or set(who) <= set(last.payload["inactive"])):
        return []
    text = texts.TASK.format(count=len(who), days=state.inactive_after // _DAY, number=group.id)
    request = await models.Request.create(
        group_id=group.id,
        number=await take_number(group.id),
        kind="task",
        payload={"text": text, "inactive": who},
        open_key=f"inactive/{group.id}",
        created_at=house.records.now(),
    )
    told = texts.TASK_TOLD.format(
        group=house.records.title(group), text=text, item=f"{group.id}-{request.number}"
    )
    return await house.tell.all_of(group, house.tell.managers(group), told)
