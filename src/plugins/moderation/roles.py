"""Who is what to the school, in this group."""

from __future__ import annotations

from src.core.chat.events import Account, PlatformRole
from src.core.clock import to_datetime
from src.core.commands import Call, Refusal, Right
from src.core.discipline import RANK
from src.core.people import Rank, Role, rank_of
from src.core.store import in_transaction, models
from src.core.store.rows import account_row

from . import texts
from .area import area


def _role(word: str) -> Role | None:
    for role, names in texts.ROLES.items():
        if word.lower() == role.value or word in names:
            return role
    return None


@area.command(
    "role", "角色", "设定某人的身份", right=Right.HEAD, example="/role @李老师 班主任",
    private=False,
)  # fmt: skip
async def set_role(call: Call, who: Account, role: str) -> str:
    """Give somebody a role in this group; the school's role goes before the platform's."""
    wanted = _role(role)
    if wanted is None:
        roles = "、".join(names[0] for names in texts.ROLES.values())
        raise Refusal(texts.ROLE_WHICH.format(roles=roles))
    people, group = call.house.people, call.group
    granted = people.role(group.key, who)
    given = rank_of(wanted, PlatformRole.MEMBER, superuser=False)
    if call.rank < Rank.SUPERUSER:
        # An owner may name the head teacher where the class has none: that role stands above the owner's
        # own, who is often a parent.
        heads = people.holders(group.key, Rank.HEAD_TEACHER, Rank.HEAD_TEACHER)
        named = any(one not in group.gone for one in heads)
        limit = min(call.rank, Rank.HEAD_TEACHER) if named else Rank.HEAD_TEACHER
        if given > limit:
            raise Refusal(texts.ROLE_TOO_HIGH)
        current = rank_of(granted, PlatformRole.MEMBER, superuser=False)
        if who != call.account and people.is_superuser(who):
            raise Refusal(RANK)
        if granted is not None and who != call.account and current >= call.rank:
            raise Refusal(RANK)
    await call.house.records.row_of(group)
    async with in_transaction():
        account, by = await account_row(who), await account_row(call.account)
        await models.RoleGrant.filter(group_id=group.id, account=account).delete()
        await models.RoleGrant.create(
            group_id=group.id,
            account=account,
            role=wanted.value,
            given_by=by,
            created_at=to_datetime(call.house.clock.now()),
        )
        await call.house.audit.note(
            "role", group=group, about=account, by=by, facts={"given": wanted.value}
        )
    people.grant(group.key, who, wanted)
    return texts.ROLE_SET.format(role=texts.ROLES[wanted][0])
