"""An application that waits for people: the question, the lines to copy, and what is erased with it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from src.core.chat.events import Account
from src.core.store import models

from . import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from src.core.groups import Group
    from src.core.house import House

WITHIN = timedelta(hours=48)
"""How long a question is put to people; the application stays on the platform afterwards."""


def open_key(group: Group, row: models.Account) -> str:
    return f"join/{group.id}/{row.id}"


async def is_open(request: models.Request) -> bool:
    """Whether nobody has answered meanwhile; then nobody does before the transaction ends."""
    return await models.Request.filter(id=request.id, state="open").update(decided_at=None) == 1


async def reopen(
    house: House,
    group: Group,
    request: models.Request,
    row: models.Account,
    why: str,
    claims: Sequence[Sequence[Any]] = (),
    wording: str = "",
) -> list[models.Act]:
    """Put an application that was answered to people again: nothing came of the answer. Inside the
    caller's transaction."""
    request.state, request.open_key = "open", open_key(group, row)
    request.decided_at, request.decided_by_id = None, None
    request.expires_at = house.records.now() + WITHIN
    request.payload = {
        "flag": request.payload["flag"],
        "comment": "",
        "why": why,
        "claims": list(claims),
        "listed": False,
        "told": request.payload.get("told", []),
        "times": 0,
        "reminded": 0,
    }
    await request.save()
    return await ask(house, group, request, row, wording)


def managers_of(house: House, group: Group, applicant: Account) -> list[Account]:
    return [one for one in house.tell.managers(group) if one != applicant]


def described(group: Group, claims: Iterable[Sequence[Any]]) -> list[str]:
    """Candidates for people: 陈晨妈妈, and the last digits where two have one name."""
    found: list[str] = []
    for person_id, relation in claims:
        person = group.roster.person(person_id) if group.roster is not None else None
        if person is None:
            continue
        assert group.roster is not None
        twins = len(group.roster.named(person.name, person.kind)) > 1 and person.number
        found.append(person.name + relation + (f" {person.number[-4:]}" if twins else ""))
    return found


async def ask(
    house: House, group: Group, request: models.Request, row: models.Account, wording: str = ""
) -> list[models.Act]:
    """Put an application to the managers, with the lines to copy; `wording` is what the platform said
    where letting them in came to nothing. Inside the caller's transaction."""
    text = question(house, group, request, row, wording)
    managers = managers_of(house, group, Account(row.namespace, row.user_id))
    acts = await house.tell.all_of(group, managers, text)
    payload: dict[str, Any] = request.payload
    request.payload = {
        **payload,
        "told": [*payload["told"], *(act.id for act in acts)],
        "times": payload["times"] + 1,
    }
    await request.save(update_fields=["payload"])
    return acts


def question(
    house: House, group: Group, request: models.Request, row: models.Account, wording: str = ""
) -> str:
    """An application that waits, as managers read it."""
    payload: dict[str, Any] = request.payload
    names = described(group, payload["claims"])
    said = "、".join(names)
    item = f"{group.id}-{request.number}"
    lines = [
        texts.ASKED.format(group=house.records.title(group), item=item, who=row.user_id),
        *([texts.WROTE.format(comment=payload["comment"][:60])] if payload["comment"] else []),
        texts.WHYS[payload["why"]].format(
            names=said,
            known=texts.KNOWN.format(names=said) if said else "",
            wording=f"（{wording}）" if wording else "",
        ),
    ]
    if len(names) > 1 or (names and not meant(payload)):
        lines += [texts.YES_AS.format(item=item, name=name) for name in names]
    else:
        lines.append(texts.YES.format(item=item))
    lines.append(texts.NO.format(item=item))
    return "\n".join(lines)


def meant(payload: dict[str, Any]) -> list[Sequence[Any]]:
    """As whom a manager's yes lets somebody in. Of several candidates, and of what no manager was told,
    a person must say which; else whoever comes in stays unknown."""
    if payload.get("named"):
        return payload["claims"]
    # In a wave, and where people decide by the clause, what was written was proven.
    seen = not payload.get("unseen") or payload["why"] in ("wave", "setting")
    return payload["claims"] if seen and len(payload["claims"]) == 1 else []


async def close(request: models.Request, state: str, now: datetime) -> None:
    """Close a request, and erase what was written and told of it. Inside the caller's transaction."""
    request.state, request.open_key = state, None
    request.decided_at = request.decided_at or now
    request.payload = await erased(request.payload)
    await request.save()


async def erased(payload: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a question that was answered: an application's flag, and what is being said at this
    moment and is erased later. Inside the caller's transaction."""
    left: list[int] = []
    for act in await models.Act.filter(id__in=payload.get("told", [])):
        one, notice = models.Act.filter(id=act.id), act.payload.get("notice")
        # A whisper that was not begun is taken back.
        if not await one.filter(state="requested").update(state="lapsed", payload={}):
            if await one.exclude(state="attempting").update(payload={}) == 0:
                left.append(act.id)
                continue
        held = models.Notice.filter(id=notice)
        await held.filter(state="waiting").update(state="observed")
        await held.update(text="")
    kept = {"flag": payload["flag"]} if "flag" in payload else {}
    return kept | ({"told": left} if left else {})


async def tell_others(
    house: House, group: Group, request: models.Request, by: models.Account | None, text: str
) -> list[models.Act]:
    """Tell those who were asked, too, that it is answered."""
    asked = models.Act.filter(id__in=request.payload["told"])
    ids = {one.account_id for one in await asked.exclude(state__in=("requested", "lapsed"))}
    rows = await models.Account.filter(id__in=ids - {by.id if by is not None else None})
    told = text.format(
        group=house.records.title(group),
        item=f"{group.id}-{request.number}",
        by=by.user_id if by is not None else "",
    )
    return [act for row in rows for act in await house.tell.notice(group, row, told)]
