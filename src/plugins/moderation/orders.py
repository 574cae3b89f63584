"""The commands of teachers and managers. Each checks rank at the moment of the act."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from src.core.chat.events import Account  # noqa: TC001 - signatures are read at run time
from src.core.commands import Call, Refusal, Reply, Rest, Right, Seconds
from src.core.discipline import NO_REASON, STEP_NAMES, Decision
from src.core.duration import spoken
from src.core.people import Rank
from src.core.policy import Step
from src.core.store import models
from src.core.store.rows import account_row

from . import texts
from .area import area
from .ranks import may_lift, not_above, not_family, target

DEFAULT_MUTE = 600
LONGEST_MUTE = 30 * 86_400 - 60
LONGEST_ON_DUTY = 3600
"""Seconds that whoever has the duty of the day may mute somebody for; judgement."""
LONGEST_BLOCK = 3650 * 86_400


async def _outcome(call: Call, decision: Decision, kind: str, done: str) -> Reply:
    """Answer with what came of the act of this kind, once that is known."""
    acts = [act for act in decision.acts if act.kind == kind]
    futures = call.house.executor.submit(decision.acts)
    future = futures[decision.acts.index(acts[0])]
    number = decision.case.number

    async def after() -> str:
        outcome = await future
        if outcome.state == "confirmed":
            return done
        if outcome.state in ("attempting", "unknown"):
            return texts.PENDING.format(number=number)
        wording = outcome.wording or NO_REASON
        return texts.NOT_DONE.format(wording=wording, number=number)

    return Reply(after=after())


@area.command(
    "warn", "警告", "警告某人", right=Right.ON_DUTY, example="/warn @张三妈妈 请不要发广告",
    quotes=True, private=False,
)  # fmt: skip
async def warn(call: Call, who: Account, reason: Rest = Rest("")) -> Reply | str:
    """A case with a warning."""
    await target(call, who)
    decision = await call.house.orders.order(
        call.group, who, call.account, Step("warn"), reason=reason
    )
    call.house.executor.submit(decision.acts)
    return texts.WARNED.format(number=decision.case.number)


@area.command(
    "mute", "禁言", "禁言某人，不写时长是 10 分钟", right=Right.ON_DUTY,
    example="/mute @张三妈妈 10m 刷屏", quotes=True, private=False,
)  # fmt: skip
async def mute(
    call: Call, who: Account, duration: Seconds = Seconds(DEFAULT_MUTE), reason: Rest = Rest("")
) -> Reply:
    """Mute a member for a time."""
    if duration < 60:
        raise Refusal(texts.TOO_SHORT)
    if duration > LONGEST_MUTE + 60:
        raise Refusal(texts.TOO_LONG)
    if call.rank < Rank.COMMITTEE and duration > LONGEST_ON_DUTY:
        raise Refusal(texts.TOO_LONG_ON_DUTY)
    seconds = min(duration, LONGEST_MUTE)
    await target(call, who)
    until = call.house.records.now() + timedelta(seconds=seconds)
    held = await _running(call, who)
    if held is not None and held.until > until:
        # A shorter one in its place lifts the rest of it.
        await may_lift(call, held, who)
    decision = await call.house.orders.order(
        call.group, who, call.account, Step("mute", seconds), reason=reason
    )
    done = texts.MUTED.format(
        length=spoken(seconds),
        until=call.house.records.local(until),
        number=decision.case.number,
    )
    return await _outcome(call, decision, "mute", done)


async def _running(call: Call, who: Account) -> models.Mute | None:
    """The mute of somebody that holds now."""
    return await models.Mute.get_or_none(
        group_id=call.group.id,
        account__namespace=who.namespace,
        account__user_id=who.user_id,
        live_key__isnull=False,
    ).select_related("case")


@area.command(
    "unmute", ("解禁", "解除禁言"), "解除禁言", right=Right.DUTY, example="/unmute @张三妈妈",
    quotes=True, private=False,
)  # fmt: skip
async def unmute(call: Call, who: Account, reason: Rest = Rest("")) -> Reply | str:
    """Lift a mute, whoever set it."""
    await target(call, who)
    held = await _running(call, who)
    if held is not None:
        await may_lift(call, held, who)
    acts = await call.house.orders.unmute(call.group, who)
    future = call.house.executor.submit(acts)[0]

    async def after() -> str:
        outcome = await future
        if outcome.state == "confirmed":
            return texts.UNMUTED
        if outcome.state == "attempting":
            return texts.UNMUTE_PENDING
        return texts.NOT_DONE_PLAIN.format(wording=outcome.wording or NO_REASON)

    return Reply(after=after())


async def _second(call: Call, who: Account, step: Step, reason: str) -> str | None:
    """Ask a second manager where the policy wants two people for it; the answer, or None."""
    policy = call.group.policy
    steps = [s for ladder in (policy.ladders.values() if policy else ()) for s in ladder.steps]
    # A block takes somebody out as well; a removal keeps nobody from coming back.
    kinds = ("remove", "block") if step.kind == "block" else ("remove",)
    joint = [s for s in steps if s.kind in kinds and s.confirm > 1]
    if not joint or call.rank >= Rank.SUPERUSER:
        return None
    asks = max(joint, key=lambda one: one.confirm)
    step = replace(step, confirm=asks.confirm, within=asks.within, hold=asks.hold)
    request, acts = await call.house.orders.ask_removal(
        call.group, who, call.account, step, reason=reason
    )
    call.house.executor.submit(acts)
    return texts.KICK_ASKED.format(
        what=STEP_NAMES[step.kind], needs=step.confirm, more=step.confirm - 1, request=request
    )


@area.command(
    "kick", "移出", "把某人移出本群", right=Right.DUTY, example="/kick @张三妈妈 不是本班家长",
    quotes=True, private=False,
)  # fmt: skip
async def kick(call: Call, who: Account, reason: Rest = Rest("")) -> Reply | str:
    """Remove a member; where the policy wants two people for that, this asks the second."""
    await target(call, who)
    asked = await _second(call, who, Step("remove"), reason)
    if asked is not None:
        return asked
    decision = await call.house.orders.order(
        call.group, who, call.account, Step("remove"), reason=reason
    )
    done = texts.KICKED.format(number=decision.case.number)
    return await _outcome(call, decision, "remove", done)


@area.command(
    "block", "拉黑", "移出并不许再加入", right=Right.HEAD, example="/block @张三妈妈 30d",
    quotes=True, private=False,
)  # fmt: skip
async def block(
    call: Call, who: Account, duration: Seconds | None = None, reason: Rest = Rest("")
) -> Reply | str:
    """Put somebody on the group's own list, and out of the group."""
    if duration is not None and duration > LONGEST_BLOCK:
        raise Refusal(texts.TOO_LONG_BLOCK)
    await target(call, who, absent_too=True)
    asked = await _second(call, who, Step("block", duration), reason)
    if asked is not None:
        return asked
    decision = await call.house.orders.order(
        call.group, who, call.account, Step("block", duration), reason=reason
    )
    length = f"为期 {spoken(duration)}" if duration is not None else "直到解除"
    done = texts.BLOCKED.format(number=decision.case.number, until=length)
    return await _outcome(call, decision, "remove", done)


@area.command(
    "unblock", "解除拉黑", "从黑名单里去掉", right=Right.HEAD, example="/unblock 123456789",
    private=False,
)  # fmt: skip
async def unblock(call: Call, who: Account) -> str:
    """Take somebody off the group's own list."""
    not_family(call, who)
    account = await account_row(who)
    key = f"{call.group.id}/{account.id}"
    block = await models.Block.get_or_none(live_key=key).select_related("case")
    if block is not None and block.case is not None:
        await not_above(call, block.case)
    # It ends here: what is suspended and then upheld does not bring it back.
    changed = await models.Block.filter(live_key=key).update(
        live_key=None, until=call.house.records.now()
    )
    return texts.UNBLOCKED if changed else texts.NOT_BLOCKED


@area.command(
    "recall", "撤回", "撤回被回复的消息", right=Right.ON_DUTY,
    example="（回复一条消息）/recall 请发到活动群", quotes=True, private=False,
)  # fmt: skip
async def recall(call: Call, reason: Rest = Rest("")) -> Reply:
    """Withdraw the message that the command replies to, and tell its author, a teacher too, kindly
    (08.2.1.3, 21.2.1.3)."""
    replied = await call.replied_to()
    if replied is None:
        raise Refusal(texts.RECALL_WHAT)
    others = replied.account not in (call.account, call.platform.bot)
    if others:
        await target(call, replied.account, absent_too=True)
    decision = await call.house.orders.recall(
        call.group, replied.account, call.account, replied.ref, reason=reason, tell=others
    )
    return await _outcome(call, decision, "withdraw", texts.RECALLED)
