"""The commands of teachers and managers. Each checks rank at the moment of the act."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from src.core.area import AREAS, Area, DefaultClause, Settings
from src.core.chat.events import Account, PlatformRole
from src.core.clock import to_datetime
from src.core.commands import Call, Item, Refusal, Reply, Rest, Right, Seconds
from src.core.discipline import ACTS, LIVES, NO_REASON, RANK, Decision, NotAllowed
from src.core.duration import spoken
from src.core.people import Rank, Role, may_act_on, rank_of
from src.core.policy import Step
from src.core.store import in_transaction, models
from src.core.store.rows import account_row

from . import texts

if TYPE_CHECKING:
    from src.core.groups import Group

DEFAULT_MUTE = 600
LONGEST_MUTE = 30 * 86_400 - 60
LONGEST_BLOCK = 3650 * 86_400
_SHOWN = 10

area = Area(
    "moderation",
    title="管理命令",
    settings=Settings,
    default=DefaultClause("老师和值日班委可以警告、禁言、移出违规的成员；每次都有记录，可以申诉。"),
)


async def _target(call: Call, who: Account, *, absent_too: bool = False) -> Rank:
    """Make sure that the caller may act on this person.

    Raises:
        Refusal: the person is the bot, the caller, of an equal or higher rank, or (unless
            `absent_too`) not in the group.
    """
    if who == call.platform.bot:
        raise Refusal(texts.BOT)
    if who == call.account:
        raise Refusal(texts.SELF)
    member, rank = await call.standing(who)
    if not may_act_on(call.rank, rank):
        raise Refusal(RANK)
    if member is None and not absent_too:
        raise Refusal(texts.NOT_MEMBER)
    return rank


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
    "warn", "警告", "警告某人", right=Right.DUTY, example="/warn @张三妈妈 请不要发广告",
    quotes=True, private=False,
)  # fmt: skip
async def warn(call: Call, who: Account, reason: Rest = Rest("")) -> Reply | str:
    """A case with a warning."""
    await _target(call, who)
    decision = await call.house.court.order(
        call.group, who, call.account, Step("warn"), reason=reason
    )
    call.house.executor.submit(decision.acts)
    return texts.WARNED.format(number=decision.case.number)


@area.command(
    "mute", "禁言", "禁言某人，不写时长是 10 分钟", right=Right.DUTY,
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
    seconds = min(duration, LONGEST_MUTE)
    await _target(call, who)
    decision = await call.house.court.order(
        call.group, who, call.account, Step("mute", seconds), reason=reason
    )
    until = call.house.records.local(call.house.records.now() + timedelta(seconds=seconds))
    done = texts.MUTED.format(length=spoken(seconds), until=until, number=decision.case.number)
    return await _outcome(call, decision, "mute", done)


@area.command(
    "unmute", ("解禁", "解除禁言"), "解除禁言", right=Right.DUTY, example="/unmute @张三妈妈",
    quotes=True, private=False,
)  # fmt: skip
async def unmute(call: Call, who: Account, reason: Rest = Rest("")) -> Reply | str:
    """Lift a mute, whoever set it."""
    await _target(call, who)
    mute = await models.Mute.get_or_none(
        group_id=call.group.id,
        account__namespace=who.namespace,
        account__user_id=who.user_id,
        live_key__isnull=False,
    ).select_related("case__actor")
    if mute is not None:
        await _not_above(call, mute.case)
    acts = await call.house.court.unmute(call.group, who)
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
    needs = max((s.confirm for s in steps if s.kind in ("remove", "block")), default=1)
    if needs < 2 or call.rank >= Rank.SUPERUSER:
        return None
    request = await call.house.court.ask_removal(
        call.group, who, call.account, step, needs=needs, reason=reason
    )
    return texts.KICK_ASKED.format(what=texts.STEPS[step.kind], request=request)


@area.command(
    "kick", "移出", "把某人移出本群", right=Right.DUTY, example="/kick @张三妈妈 不是本班家长",
    quotes=True, private=False,
)  # fmt: skip
async def kick(call: Call, who: Account, reason: Rest = Rest("")) -> Reply | str:
    """Remove a member; where the policy wants two people for that, this asks the second."""
    await _target(call, who)
    asked = await _second(call, who, Step("remove"), reason)
    if asked is not None:
        return asked
    decision = await call.house.court.order(
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
    await _target(call, who, absent_too=True)
    asked = await _second(call, who, Step("block", duration), reason)
    if asked is not None:
        return asked
    decision = await call.house.court.order(
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
    account = await account_row(who)
    changed = await models.Block.filter(live_key=f"{call.group.id}/{account.id}").update(
        live_key=None
    )
    return texts.UNBLOCKED if changed else texts.NOT_BLOCKED


@area.command(
    "recall", "撤回", "撤回被回复的消息", right=Right.DUTY, example="（回复一条消息）/recall",
    private=False,
)  # fmt: skip
async def recall(call: Call) -> Reply:
    """Withdraw the message that the command replies to."""
    replied = await call.replied_to()
    if replied is None:
        raise Refusal(texts.RECALL_WHAT)
    if replied.account != call.account and replied.account != call.platform.bot:
        await _target(call, replied.account, absent_too=True)
    decision = await call.house.court.order(
        call.group,
        replied.account,
        call.account,
        Step("remind"),
        reason="",
        withdraw=replied.ref,
        tell=False,
    )
    return await _outcome(call, decision, "withdraw", texts.RECALLED)


async def _not_above(call: Call, case: models.Case) -> None:
    """Refuse to undo what somebody of a higher rank decided.

    Raises:
        Refusal: it was.
    """
    if case.actor is None:
        return
    decider = Account(case.actor.namespace, case.actor.user_id)
    if decider != call.account and await call.rank_in_group(decider) > call.rank:
        raise Refusal(texts.PARDON_HIGHER)


# -- cases ----------------------------------------------------------------------------------------


def _local(call: Call, case: models.Case) -> str:
    return call.house.records.local(case.created_at)


def _ground(case: models.Case) -> str:
    return case.clause or texts.GROUND_MANUAL


async def _record_lines(call: Call, account: models.Account, group_id: int) -> list[str]:
    cases = (
        await models.Case.filter(group_id=group_id, account=account, observed=False)
        .order_by("-id")
        .limit(_SHOWN)
    )
    proposed = {
        request.case_id
        for request in await models.Request.filter(
            group_id=group_id, account=account, state="open", kind__in=("remove", "block")
        )
    }
    now = call.house.records.now()
    lines: list[str] = []
    for case in cases:
        state = texts.STATES[case.state]
        if case.state in LIVES and case.ladder:
            until = call.house.records.local(case.live_until)
            state = (
                texts.RECORD_LIVE.format(until=until)
                if case.live_until > now
                else texts.RECORD_EXPIRED
            )
        # Answered in private, where an item needs its group.
        number = f"{group_id}-{case.number}"
        lines.append(
            texts.RECORD_LINE.format(
                number=number,
                time=_local(call, case),
                ground=_ground(case),
                step=texts.PROPOSED if case.id in proposed else texts.STEPS[case.step],
                state=state,
            )
        )
    return lines


@area.command(
    "record", ("我的记录", "记录"), "自己的记录；老师可以看某人的", example="/record"
)  # fmt: skip
async def record(call: Call, who: Account | None = None) -> Reply:
    """One's own cases, answered in private; or, for a teacher, somebody else's."""
    if who is not None and who != call.account:
        if call.private or call.rank < Right.DUTY:
            raise Refusal(texts.ONLY_OWN)
        await call.check_rank(Right.DUTY)
    account = await account_row(who or call.account)
    own = who is None or who == call.account
    name = texts.YOU if own else texts.SOMEBODY
    if call.group_or_none is not None:
        group_ids = [call.group.id] if call.group.id is not None else []
    else:
        rows = (
            await models.Case.filter(account=account, observed=False)
            .distinct()
            .values_list("group_id")
        )
        group_ids = sorted(int(row[0]) for row in rows)
    lines: list[str] = []
    item = ""
    for group_id in group_ids:
        found = await _record_lines(call, account, group_id)
        if not found:
            continue
        group = call.house.groups.by_id(group_id)
        if call.private and group is not None:
            lines.append(texts.RECORD_GROUP.format(group=call.house.records.title(group)))
        lines.append(
            texts.RECORD.format(
                who=name, live=await call.house.records.live_weight(group_id, account.id)
            )
        )
        lines += found
        item = item or found[0].split(" ", 1)[0]
    if not lines:
        text = texts.RECORD_YOURS_NONE if own else texts.RECORD_NONE.format(who=name)
        return Reply(text, private=True)
    if own:
        lines.append(texts.RECORD_APPEAL.format(item=item))
    return Reply("\n".join(lines), private=True)


async def _case(call: Call, number: Item) -> models.Case:
    case = await models.Case.get_or_none(
        group_id=call.group.id, number=number.number
    ).select_related("account", "actor")
    if case is None:
        raise Refusal(texts.NO_CASE.format(number=number.number))
    return case


@area.command(
    "case", "案件", "看一个案件", right=Right.DUTY, example="/case 12"
)  # fmt: skip
async def show_case(call: Call, number: Item) -> Reply:
    """One case: clause, facts, state; never what was written."""
    case = await _case(call, number)
    ground = texts.GROUND_MANUAL
    if case.clause and case.policy_id is not None:
        version = await models.PolicyVersion.get(id=case.policy_id)
        clauses: list[dict[str, str]] = version.content["clause"]
        text = next((c["text"] for c in clauses if c["number"] == case.clause), "")
        ground = texts.GROUND.format(version=version.version, clause=case.clause, text=text)
    acts = await models.Act.filter(case=case).order_by("id")
    done = "；".join(
        f"{ACTS[act.kind]}{texts.ACT_STATES[act.state]}"
        + (f"（{act.wording}）" if act.state in ("denied", "unknown") and act.wording else "")
        for act in acts
        if act.kind != "say"
    )
    source = (
        texts.BY.format(who=case.actor.user_id)
        if case.actor is not None
        else texts.AUTO.format(
            plugin=AREAS[case.plugin].title if case.plugin in AREAS else case.plugin
        )
    )
    lines = [
        texts.CASE.format(
            number=case.number,
            step=texts.STEPS[case.step],
            state=texts.STATES[case.state] + (texts.OBSERVED if case.observed else ""),
            who=case.account.user_id,
            time=_local(call, case),
            ground=ground,
            source=source,
            acts=done or "无",
        )
    ]
    if case.reason:
        lines.append(texts.CASE_REASON.format(reason=case.reason))
    if case.closed_reason:
        lines.append(texts.CASE_CLOSED.format(reason=case.closed_reason))
    return Reply("\n".join(lines), private=True)


@area.command(
    "pardon", "撤销", "撤销一个案件", right=Right.DUTY, example="/pardon 12 是误会", quotes=True
)  # fmt: skip
async def pardon(call: Call, number: Item, reason: Rest = Rest("")) -> str:
    """Reverse a case: lift what runs, take the weight back, keep the history."""
    case = await _case(call, number)
    if case.account.user_id == call.account.user_id:
        raise Refusal(texts.PARDON_OWN.format(number=number.number))
    await _not_above(call, case)
    if case.state == "reversed":
        return texts.ALREADY.format(number=case.number)
    acts = await call.house.court.pardon(call.group, case, call.account, reason)
    call.house.executor.submit(acts)
    return texts.PARDONED.format(number=case.number)


# -- requests -------------------------------------------------------------------------------------


async def _request(call: Call, number: Item) -> models.Request:
    request = await call.house.requests.find(call.group, number.number)
    if request is None:
        raise Refusal(texts.NO_REQUEST.format(number=number.number))
    if request.state != "open":
        state = texts.REQUEST_STATES[request.state]
        raise Refusal(texts.ANSWERED.format(number=request.number, state=state))
    if request.kind == "appeal":
        raise Refusal(texts.USE_REVIEW.format(number=request.number))
    if request.account is not None:
        about = Account(request.account.namespace, request.account.user_id)
        if about != call.account and not may_act_on(call.rank, await call.rank_in_group(about)):
            raise Refusal(RANK)
    return request


@area.command(
    "confirm", "确认", "同意一个待办", right=Right.DUTY, example="/confirm 12", bare=True
)  # fmt: skip
async def confirm(call: Call, number: Item) -> str:
    """Agree to a proposed removal, or that a message was a violation."""
    request = await _request(call, number)
    try:
        answered = await call.house.requests.confirm(call.group, request, call.account)
    except NotAllowed as refusal:
        raise Refusal(str(refusal)) from None
    if answered.state == "open":
        return texts.AGREED_MORE.format(more=request.needs - answered.agreed)
    if answered.state != "confirmed":
        state = texts.REQUEST_STATES[answered.state]
        return texts.ANSWERED.format(number=request.number, state=state)
    return texts.CONFIRMED.format(number=request.number)


@area.command(
    "refuse", "驳回", "驳回一个待办", right=Right.DUTY, example="/refuse 12", bare=True
)  # fmt: skip
async def refuse(call: Call, number: Item, reason: Rest = Rest("")) -> str:
    """Say no to a proposal; the mute that waited with it is lifted."""
    request = await _request(call, number)
    try:
        answered = await call.house.requests.refuse(call.group, request, call.account, reason)
    except NotAllowed as refusal:
        raise Refusal(str(refusal)) from None
    if answered.state != "refused":
        state = texts.REQUEST_STATES[answered.state]
        return texts.ANSWERED.format(number=request.number, state=state)
    said = texts.REFUSED_REVIEW if request.kind == "review" else texts.REFUSED
    return said.format(number=request.number)


@area.command("todo", "待办", "等您处理的事")
async def todo(call: Call) -> Reply:
    """The requests that wait for the caller, in this group, or in private in all of theirs."""
    house = call.house
    if call.group_or_none is not None:
        await call.check_rank(Right.DUTY)
        groups = [call.group]
    else:
        groups = await _managed(call)
    lines: list[str] = []
    for group in groups:
        if group.id is None:
            continue
        for request in (await house.requests.waiting(group))[:_SHOWN]:
            number = f"{group.id}-{request.number}"
            until = (
                texts.TODO_UNTIL.format(until=house.records.local(request.expires_at))
                if request.expires_at is not None
                else texts.TODO_OPEN
            )
            who = f" {request.account.user_id}" if request.account is not None else ""
            what = texts.REQUESTS[request.kind]
            lines.append(texts.TODO_LINE.format(number=number, what=what, who=who, until=until))
    if not lines:
        return Reply(texts.TODO_NONE, private=True)
    return Reply("\n".join([texts.TODO, *lines, texts.TODO_HOW]), private=True)


# -- roles ----------------------------------------------------------------------------------------


async def _managed(call: Call) -> list[Group]:
    """The groups in which something waits and the caller may decide."""
    house = call.house
    found: list[Group] = []
    for row in await models.Request.filter(state="open").distinct().values_list("group_id"):
        group = house.groups.by_id(int(row[0]))
        platform = house.platform(group.bot) if group is not None else None
        if group is None or platform is None:
            continue
        answer = await platform.member(group.key, call.account)
        role = answer.value.role if answer.value is not None else None
        member = role is not None or house.people.is_superuser(call.account)
        rank = house.people.rank(group.key, call.account, role or PlatformRole.MEMBER)
        if member and rank >= Right.DUTY:
            found.append(group)
    return found


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
        # An owner may name the head teacher: that role stands above the owner's own by a step only.
        limit = Rank.HEAD_TEACHER if call.rank >= Rank.PLATFORM_OWNER else call.rank
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
    people.grant(group.key, who, wanted)
    return texts.ROLE_SET.format(role=texts.ROLES[wanted][0])
