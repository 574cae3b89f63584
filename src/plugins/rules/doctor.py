"""What the bot can and cannot do in a group, what the policy asks for that it cannot, and what waits."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from src.core.area import AREAS
from src.core.chat.events import PlatformRole
from src.core.chat.port import Word
from src.core.chat.wordings import plain
from src.core.clock import to_datetime
from src.core.commands import Call, Right
from src.core.discipline import ACTS, APPLICATION
from src.core.policy.needs import NEEDED, needs
from src.core.store import models

from . import texts
from .area import area

SKEW = 60.0
"""Seconds between the platform's clock and the machine's from which it is said: spans of time are
judged by the one, mutes end by the other."""
_FAILURES = 3


@area.command("doctor", "体检", "机器人在本群能做什么", right=Right.HEAD, private=False)
async def doctor(call: Call) -> str:
    """Rights, capabilities, unreachable managers, waiting acts, clock, versions, last errors."""
    await call.house.records.row_of(call.group)
    return "\n".join(
        [
            texts.DOCTOR.format(number=call.group.id),
            await _standing(call),
            *_missing(call),
            *_policy(call),
            *await _diagnoses(call),
            *await _managers(call),
            *await _acts(call),
            *_problems(call),
            _clock(call),
            await _versions(call),
        ]
    )


async def _standing(call: Call) -> str:
    answer = await call.platform.member(call.group.key, call.platform.bot)
    if answer.word is not Word.DONE or answer.value is None:
        return texts.DOCTOR_UNKNOWN
    role = answer.value.role
    said = texts.DOCTOR_WEAK if role is PlatformRole.MEMBER else texts.DOCTOR_BOT
    return said.format(role=texts.DOCTOR_ROLES[role.value])


def _missing(call: Call) -> list[str]:
    policy = call.group.policy
    if policy is None:
        return []
    offered = call.platform.capabilities.acts
    return [
        texts.DOCTOR_CANNOT.format(acts=NEEDED[act], clauses="、".join(clauses))
        for act, clauses in sorted(needs(policy).items(), key=lambda pair: pair[0].value)
        if act not in offered
    ]


def _policy(call: Call) -> list[str]:
    group, records = call.group, call.house.records
    lines: list[str] = []
    if group.policy is None:
        lines.append(texts.DOCTOR_NONE)
    else:
        name = f"《{group.policy.title}》第 {group.policy.version} 版"
        lines.append(texts.DOCTOR_MODE.format(policy=name, mode=texts.MODES[group.mode]))
        today = records.now().astimezone(ZoneInfo(call.house.config.timezone)).date()
        cautions = (bound.settings.caution(today) for bound in group.policy.bound)
        lines += dict.fromkeys(filter(None, cautions))
    if group.paused_until > call.house.clock.now():
        until = records.local(to_datetime(group.paused_until))
        lines.append(texts.DOCTOR_PAUSED.format(until=until))
    return lines


async def _diagnoses(call: Call) -> list[str]:
    """What the enabled plugins say of the group themselves."""
    policy = call.group.policy
    lines: list[str] = []
    for one in AREAS.values():
        if policy is not None and one.name in policy.plugins:
            for diagnosis in one.diagnoses:
                lines += await diagnosis(call)
    return lines


async def _managers(call: Call) -> list[str]:
    managers = call.house.tell.managers(call.group)
    if not managers:
        return [texts.DOCTOR_NOBODY]
    unreached = [one for one in managers if call.platform.reachable(one) is False]
    if not unreached:
        return [texts.DOCTOR_REACHED.format(count=len(managers))]
    names = {member.account: member.name for member in await call.members()}
    said = "、".join(names.get(one) or one.user_id for one in unreached)
    return [texts.DOCTOR_UNREACHED.format(names=said)]


async def _acts(call: Call) -> list[str]:
    group_id, records = call.group.id, call.house.records
    waiting = await models.Act.filter(
        group_id=group_id, state__in=("requested", "attempting")
    ).count()
    requests = await models.Request.filter(group_id=group_id, state="open").count()
    lines = [texts.DOCTOR_WAITING.format(waiting=waiting, requests=requests)]
    failed = models.Act.filter(
        group_id=group_id,
        state__in=("denied", "unknown"),
        updated_at__gt=records.now() - timedelta(days=1),
    )
    if count := await failed.count():
        lines.append(texts.DOCTOR_FAILED.format(count=count))
        lines += [
            texts.DOCTOR_FAILED_LINE.format(act=ACTS[act.kind], why=plain(act.wording))
            for act in await failed.order_by("-id").limit(_FAILURES)
        ]
    return lines


def _problems(call: Call) -> list[str]:
    """What went wrong lately, here or in the whole installation."""
    problems = call.house.alerts.recent(call.group.key)[:_FAILURES]
    if not problems:
        return []
    local = call.house.records.local
    return [
        texts.DOCTOR_PROBLEMS,
        *(
            texts.DOCTOR_PROBLEM.format(time=local(to_datetime(one.moment)), text=one.text)
            for one in problems
        ),
    ]


def _clock(call: Call) -> str:
    house = call.house
    now = house.records.local(house.records.now())
    # The command has just been written, by the platform's clock.
    skew = house.clock.now() - call.event.ref.time
    said = texts.DOCTOR_SKEW if abs(skew) > SKEW else texts.DOCTOR_CLOCK
    return said.format(now=now, zone=house.config.timezone, seconds=round(skew))


async def _versions(call: Call) -> str:
    answer = await call.platform.implementation()
    return texts.DOCTOR_VERSION.format(
        application=APPLICATION,
        lexicon=call.house.lexicon.version,
        implementation=answer.value or texts.DOCTOR_NO_NAME,
        judged=call.group.judged,
    )
