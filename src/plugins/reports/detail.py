"""The detail of a report or complaint: who, and why. For whoever may decide it, in private, and each look
is noted in the audit log (20.4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.commands import Call, Item, Refusal, Reply, Right, item
from src.core.discipline import NotAllowed
from src.core.store import in_transaction, models
from src.core.store.rows import account_row

from . import texts
from .people import names_of
from .rows import account_of, barred, reporters

if TYPE_CHECKING:
    from src.core.chat.events import Account

KINDS = ("report", "complaint")


def looks_like_detail(call: Call, words: str) -> Item | None:
    """The number that is all that was written; None where there is more, or it is a reply."""
    number = item(words)
    if number is None or (call.private and number.group is None):
        return None
    return None if call.event.reply_to is not None else number


async def detail(call: Call, number: Item) -> Reply:
    """What stands behind a number."""
    try:
        return Reply(await _detail(call, number), private=True)
    except Refusal as refusal:
        return Reply(str(refusal), private=True)


async def _detail(call: Call, number: Item) -> str:
    house = call.house
    if number.group is not None:
        await call.enter_numbered(number.group)
    group = call.group
    await call.check_rank(Right.DUTY)
    request = await house.requests.find(group, number.number)
    none = texts.DETAIL_NONE.format(number=number.number)
    if request is None or request.kind not in KINDS or call.account in barred(request):
        # The same words for whom it is about: that it is there is not for them.
        raise Refusal(none)
    what = request.payload.get("what")
    if what is None:
        # Cleared in its time.
        raise Refusal(none)
    try:
        await house.requests.check(group, request, call.account, call.rank)
    except NotAllowed as refusal:
        raise Refusal(str(refusal)) from None
    found = await reporters(request)
    evidence = await models.Evidence.filter(request_id=request.id).order_by("id")
    async with in_transaction():
        by = await account_row(call.account)
        await house.audit.note(
            "request.reporters_seen",
            group=group,
            by=by,
            role=call.rank.name.lower(),
            facts={"request": request.number, "kind": request.kind, "people": len(found)},
        )
    names = await names_of(call)

    def called(row: models.Account) -> str:
        account: Account = account_of(row)
        return f"{names.get(account, '')}（{row.user_id}）"

    lines = [texts.DETAIL.format(number=f"{group.id}-{request.number}", what=what)]
    if request.account is not None:
        lines.append(texts.DETAIL_ABOUT.format(who=called(request.account)))
    for one in evidence:
        form = texts.DETAIL_PICTURE if one.kind == "picture" else texts.DETAIL_EXCERPT
        if one.value:
            lines.append(form.format(reference=one.value, excerpt=one.value))
    lines += [
        texts.DETAIL_BY.format(
            name=called(one.account), reason=one.reason or texts.DETAIL_NO_REASON
        )
        for one in found
    ]
    lines.append(texts.DETAIL_KEPT)
    return "\n".join(lines)
