"""`/join`: the managers' answer to an application."""

from __future__ import annotations

from src.core.commands import Call, Item, Refusal, Reply, Rest, Right
from src.core.discipline import NotAllowed
from src.core.store import models

from . import texts
from .area import area
from .asking import meant, question
from .decision import Claim, whom
from .handlers import applying
from .settings import JoinSettings

_YES = ("yes", "y", "ok", "同意", "通过", "准")
_NO = ("no", "n", "拒绝", "不同意", "驳回")


@area.command(
    "join", "入群", "答复一件入群申请", right=Right.DUTY, example="/join 12 yes"
)  # fmt: skip
async def join(call: Call, number: Item, words: Rest = Rest("")) -> str | Reply:
    """Let somebody in, as whom one may say, or send them away with a reason; with the number alone,
    read what they wrote."""
    request = await models.Request.get_or_none(
        group_id=call.group.id, number=number.number, kind="join"
    ).select_related("account")
    if request is None:
        raise Refusal(texts.NO_REQUEST.format(number=number))
    if request.state != "open":
        raise _late(request, request.state)
    word, _, rest = words.strip().partition(" ")
    item = f"{call.group.id}-{request.number}"
    if not word and request.account is not None:
        return Reply(question(call.house, call.group, request, request.account), private=True)
    try:
        if word.lower() in _YES:
            return await _yes(call, request, rest.strip(), item)
        if word.lower() in _NO:
            answered = await call.house.requests.refuse(
                call.group, request, call.account, call.rank, rest.strip()
            )
            if answered.late:
                raise _late(request, answered.state)
            return texts.TURNED_DOWN.format(number=request.number)
    except NotAllowed as refusal:
        raise Refusal(str(refusal)) from None
    raise Refusal(texts.HOW.format(item=item))


async def _yes(call: Call, request: models.Request, name: str, item: str) -> str:
    if name:
        claims = [(one.person.id, one.relation) for one in _named(call, name, item)]
        request.payload = {**request.payload, "claims": claims, "named": True}
        await models.Request.filter(id=request.id, state="open").update(payload=request.payload)
    answered = await call.house.requests.confirm(call.group, request, call.account, call.rank)
    if answered.late:
        raise _late(request, answered.state)
    said = texts.ACCEPTED if meant(request.payload) else texts.ACCEPTED_UNKNOWN
    return said.format(number=request.number)


def _named(call: Call, name: str, item: str) -> tuple[Claim, ...]:
    """Whom a manager names.

    Raises:
        Refusal: the roster has nobody of that name, or several.
    """
    clause, roster = applying(call.group), call.group.roster
    settings = clause.settings if clause is not None else JoinSettings(forms=("{学生}{关系}",))
    found = whom(name, settings, roster) if roster is not None else ()
    if not found:
        example = settings.patterns[0].example()
        raise Refusal(texts.NOT_NAMED.format(name=name[:20], item=item, example=example))
    return found


def _late(request: models.Request, state: str) -> Refusal:
    """Somebody else has answered already."""
    return Refusal(texts.ANSWERED.format(number=request.number, state=texts.STATES[state]))
