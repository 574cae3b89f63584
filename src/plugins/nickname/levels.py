"""What should be so of the names in a group, compared with what is: who is told when, when the ladder
decides, and when the bot sets a name itself (anchors/moderation.md, 3.10 and 4.2).

A name is read fresh before anybody is told of it: a stale one has accused people elsewhere. Every row is
a name that did not fit when it was last read; the name itself is kept nowhere.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from src.core.area import ACT, PolicyChanged, Word
from src.core.chat.events import Account, CardChanged, Connected, MemberCame, MemberLeft
from src.core.chat.events import PlatformRole as OnPlatform
from src.core.chat.port import Act, Priority, Words
from src.core.clock import to_datetime
from src.core.discipline import Settled
from src.core.people import RosterChanged
from src.core.store import in_transaction, models
from src.core.store.rows import account_row
from src.core.text import fold

from . import texts
from .area import Spoken, area
from .check import FINE, Bearer, Circle, Name, Verdict, check
from .settings import NicknameSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from src.core.chat.events import GroupKey, Member
    from src.core.chat.port import Platform
    from src.core.commands import Call
    from src.core.groups import Group
    from src.core.house import House
    from src.core.policy import Bound

_MINUTE = 60.0
_HOUR = 3600.0
_DAY = 24 * _HOUR
_A_MINUTE = 5
"""So many people of a group are told in a minute."""
_AT_A_TIME = 20
"""So many names are looked at before others' messages have their turn."""
_SWEEP = 6 * _HOUR
_AGAIN = 600.0
"""Seconds until a name is read again that could not be read, or that the bot has set."""
_SETTLING = 600.0
"""Seconds until the first reminder of a newcomer, whom the welcome has told the form, and of other
templates, in which a slip of the pen is found soon."""
_BREATHER = 12 * _HOUR
"""After a reminder that came late the next step waits so long, or a quarter of the grace."""
_FAIR = _HOUR
"""Nobody meets the ladder sooner after having been told what is right."""
_MOST_FIXES = 2
"""So often in a day the bot sets a name; whoever changes it back has their reasons."""
_GIVEN_UP = _MOST_FIXES + 1
_MANY = 5
"""From so many on the group is told at once that names are to be changed, else after a day."""
_FEW = 3
"""Where more names than this, and than a tenth, cannot stay all at once, a person looks first."""
_WAKING = range(7, 22)
"""Hours of the day in which people are told."""
_LONGEST_CARD = 60
"""Bytes that QQ takes (anchors/moderation.md, 4.2)."""
_SAID = "names"
"""The kind of the request that notes, closed from the start, that the group was told."""

_sweeps: WeakKeyDictionary[House, dict[GroupKey, float]] = WeakKeyDictionary()
"""When the members of each group are read next."""
_held: WeakKeyDictionary[House, dict[GroupKey, frozenset[Account]]] = WeakKeyDictionary()
"""Whose names could not stay in too many at once, and are left to a person."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """A group as it is now: its clauses, and everybody's names."""

    house: House
    group: Group
    platform: Platform
    bounds: tuple[Bound, ...]
    members: tuple[Member, ...]
    circle: Circle

    @property
    def now(self) -> float:
        return self.house.clock.now()

    @property
    def digest(self) -> str:
        """Of the templates of all clauses: other ones start the grace anew."""
        return "/".join(_settings(bound).digest for bound in self.bounds)[:64]

    def judged(self, member: Member, *, taken: bool) -> tuple[Bound, Verdict]:
        """What the clauses say of a name, the gravest first."""
        hits = self.house.lexicon.scan(fold(member.name))
        name = Name(
            member.name,
            _bearer(self.house, self.group, member),
            self.group.roster,
            self.circle,
            frozenset(
                one.category for one in hits if one.kind == "alone" and one.confidence >= ACT
            ),
            taken,
        )
        said = [(bound, check(name, _settings(bound))) for bound in self.bounds]
        for grade in ("grave", "wrong"):
            for bound, verdict in said:
                if verdict.grade == grade:
                    return bound, verdict
        return self.bounds[0], FINE


def _settings(bound: Bound) -> NicknameSettings:
    assert isinstance(bound.settings, NicknameSettings)
    return bound.settings


def _bearer(house: House, group: Group, member: Member) -> Bearer:
    return Bearer(
        member.account,
        house.people.role(group.key, member.account),
        house.people.rank(group.key, member.account, member.role).is_staff,
        group.roster.identities(member.account) if group.roster is not None else (),
    )


def _bounds(group: Group, now: float) -> tuple[Bound, ...]:
    """The clauses that are carried out in a group now; none where it is at rest."""
    if group.policy is None or group.at_rest(now):
        return ()
    return group.policy.bindings(NicknameSettings)


async def _scene(house: House, group: Group) -> _Scene | None:
    """Read a group; None where nothing is carried out in it, or it cannot be read."""
    platform, bounds = house.platform(group.bot), _bounds(group, house.clock.now())
    if platform is None or not bounds or group.id is None:
        return None
    read = (await platform.members(group.key)).value
    if read is None:
        return None
    # Of somebody whose name the platform does not tell, nothing is known.
    members = tuple(
        one for one in read if one.name and one.account != platform.bot and not one.is_robot
    )
    circle = Circle((_bearer(house, group, one), one.name) for one in members)
    return _Scene(house, group, platform, bounds, members, circle)


async def _row(group: Group, account: Account) -> models.NameLapse | None:
    return await models.NameLapse.get_or_none(
        group_id=group.id, account__namespace=account.namespace, account__user_id=account.user_id
    ).select_related("account")


# -- when names are looked at -------------------------------------------------------------------------


@area.every(_MINUTE)
async def minute(house: House) -> None:
    """Put what is due into the groups' lines; of one group at a time the members are read."""
    now = house.clock.now()
    lapses = models.NameLapse.filter(due_at__lte=to_datetime(now))
    due = {row.group_id for row in await lapses.only("id", "group_id")}
    sweeps = _sweeps.setdefault(house, {})
    waits: list[tuple[float, Group]] = []
    for group in house.groups:
        if not _bounds(group, now) or house.platform(group.bot) is None:
            continue
        # In the night nothing is due: the members of no group are read every minute for it.
        if (group.id in due and _may_tell(house, group)) or group.windows.memory(Spoken):
            house.in_line(group, partial(work_off, house, group))
        # A clock that was set back makes it due too.
        at = sweeps.get(group.key, 0.0)
        if not now < at <= now + _SWEEP:
            waits.append((at, group))
    if waits:
        _, group = min(waits, key=lambda one: one[0])
        sweeps[group.key] = now + _SWEEP
        house.in_line(group, partial(sweep, house, group))


async def work_off(house: House, group: Group) -> None:
    """Look at those who spoke under another name, and at the names whose time has come."""
    scene = await _scene(house, group)
    if scene is None:
        return
    for account, taken in group.windows.memory(Spoken).take(_A_MINUTE):
        await _look(scene, account, taken=taken)
    if not _may_tell(house, group):
        return
    rows = (
        await models.NameLapse.filter(group_id=group.id, due_at__lte=to_datetime(scene.now))
        .order_by("due_at", "id")
        .limit(_A_MINUTE)
        .select_related("account")
    )
    for row in rows:
        who = Account(row.account.namespace, row.account.user_id)
        await _look(scene, who, row, taken=True)
    await _sum_up(scene)


def _may_tell(house: House, group: Group) -> bool:
    """Whether it is a time at which people are told: in the day, and not in quiet hours."""
    now, zone = house.clock.now(), ZoneInfo(house.config.timezone)
    quiet = group.policy.quiet if group.policy is not None else ()
    hour = datetime.fromtimestamp(now, zone).hour
    return hour in _WAKING and not any(hours.at(now, zone).on for hours in quiet)


async def sweep(house: House, group: Group) -> None:
    """Read all the members, and compare every name with what is known of it."""
    scene = await _scene(house, group)
    if scene is None:
        return
    rows = {
        Account(row.account.namespace, row.account.user_id): row
        for row in await models.NameLapse.filter(group_id=group.id).select_related("account")
    }
    new: list[tuple[Account, NicknameSettings]] = []
    grave: list[Account] = []
    for place, member in enumerate(scene.members):
        if place % _AT_A_TIME == 0:
            await asyncio.sleep(0)
        row = rows.pop(member.account, None)
        bound, verdict = scene.judged(member, taken=row is not None)
        if verdict.grade == "grave":
            grave.append(member.account)
        elif verdict.grade == "fine" and row is not None:
            await _right(scene, row)
        elif verdict.grade == "wrong" and row is None:
            new.append((member.account, _settings(bound)))
        elif verdict.grade == "wrong" and row is not None and row.template != scene.digest:
            await _begin_anew(scene, row, _settings(bound))
    async with in_transaction():
        await models.NameLapse.filter(id__in=[row.id for row in rows.values()]).delete()
        for account, settings in new:
            await _begin(scene, account, settings, _SETTLING)
    held, many = _held.setdefault(house, {}), len(grave) > max(_FEW, len(scene.members) // 10)
    # The line may come up every minute: of the same names a person hears once.
    news = not set(grave) <= held.get(group.key, frozenset())
    held[group.key] = frozenset(grave if many else ())
    if many and news:
        await _tell_managers(scene, texts.MANY_GRAVE.format(count=len(grave)))
    elif not many:
        for account in grave:
            await _look(scene, account, taken=False)
    await _sum_up(scene)


@area.on(PolicyChanged)
async def policy_changed(house: House, group: Group, event: PolicyChanged) -> None:
    """Other templates are in force at once, without sanctions; none: nothing is wrong any more."""
    policy = group.policy
    if group.id is not None and policy is not None and not policy.bindings(NicknameSettings):
        await models.NameLapse.filter(group_id=group.id).delete()
    await sweep(house, group)


@area.on(RosterChanged)
async def roster_changed(house: House, group: Group, event: RosterChanged) -> None:
    """What was unknown may be known now."""
    _sweeps.setdefault(house, {})[group.key] = 0.0


@area.on(Connected)
async def connected(house: House, group: Group, event: Connected) -> None:
    """Names may have changed while the line was down."""
    _sweeps.setdefault(house, {})[group.key] = 0.0


@area.on(MemberCame)
async def came(house: House, group: Group, event: MemberCame) -> None:
    """Look at a newcomer's name."""
    scene = await _scene(house, group)
    if scene is not None:
        await _look(scene, event.account, taken=True, wait=_SETTLING)


@area.on(MemberLeft)
async def left(house: House, group: Group, event: MemberLeft) -> None:
    """Nothing is asked of whoever is out."""
    row = await _row(group, event.account)
    if row is not None:
        await row.delete()


@area.on(CardChanged)
async def card_changed(house: House, group: Group, event: CardChanged) -> None:
    """Look at a name that changed; by whom is not known, so nobody is asked why."""
    scene = await _scene(house, group)
    if scene is not None:
        await _look(scene, event.account, taken=True)


# -- what is done about one name ----------------------------------------------------------------------


async def _look(
    scene: _Scene,
    account: Account,
    row: models.NameLapse | None = None,
    *,
    taken: bool,
    wait: float = 0.0,
) -> None:
    """Read a name fresh, and do what is to be done about it now."""
    row = row or await _row(scene.group, account)
    answer = await scene.platform.member(scene.group.key, account)
    if not answer.done or (answer.value is not None and not answer.value.name):
        if row is not None:
            await _save(row, due_at=to_datetime(scene.now + _AGAIN))
        return
    member = answer.value
    if member is None or member.is_robot or account == scene.platform.bot:
        if row is not None:
            await row.delete()
        return
    bound, verdict = scene.judged(member, taken=taken)
    settings = _settings(bound)
    if verdict.grade == "fine":
        if row is not None:
            await _right(scene, row)
    elif verdict.grade == "grave":
        if not taken and account in _held.get(scene.house, {}).get(scene.group.key, ()):
            return
        row = row or await _begin(scene, account, settings)
        await _act_at_once(scene, row, member, bound, verdict)
    elif row is None:
        await _begin(scene, account, settings, wait)
    elif row.template != scene.digest:
        await _begin_anew(scene, row, settings)
    elif row.due_at is not None and row.due_at.timestamp() <= scene.now:
        if _may_tell(scene.house, scene.group):
            await _step(scene, row, member, bound, verdict)


def _first(settings: NicknameSettings) -> float:
    """Seconds from when a name is seen until the first is done about it."""
    return min((*settings.reminded, settings.grace))


async def _begin(
    scene: _Scene, account: Account, settings: NicknameSettings, wait: float = 0.0
) -> models.NameLapse:
    now, person = scene.now, await account_row(account)
    row, _ = await models.NameLapse.get_or_create(
        group_id=scene.group.id,
        account=person,
        defaults={
            "template": scene.digest,
            "since": to_datetime(now),
            "due_at": to_datetime(now + max(wait, _first(settings))),
        },
    )
    row.account = person
    return row


async def _begin_anew(scene: _Scene, row: models.NameLapse, settings: NicknameSettings) -> None:
    due = to_datetime(scene.now + max(_SETTLING, _first(settings)))
    now = to_datetime(scene.now)
    await _save(row, template=scene.digest, since=now, reminders=0, due_at=due)


async def _save(row: models.NameLapse, **values: object) -> None:
    row.update_from_dict(values)
    await row.save(update_fields=list(values))


async def _right(scene: _Scene, row: models.NameLapse) -> None:
    """A name is right. Whoever was reminded is thanked; how often the bot set it counts for a day, so
    that long the row is kept, of no templates."""
    ours_until = row.fixed_at.timestamp() + _DAY if row.fixed_at is not None else 0.0
    thanks = row.reminders > 0 and ours_until <= scene.now
    if ours_until > scene.now:
        await _save(row, template="", due_at=to_datetime(ours_until), reminders=0)
    else:
        await row.delete()
    if thanks:
        await _tell(scene, row.account, texts.THANKS)


async def _tell(scene: _Scene, account: models.Account, text: str) -> None:
    who = Account(account.namespace, account.user_id)
    async with in_transaction():
        acts = await scene.house.tell.word(scene.group, Word(text, (who,)))
    scene.house.executor.submit(acts)


async def _step(
    scene: _Scene, row: models.NameLapse, member: Member, bound: Bound, verdict: Verdict
) -> None:
    """A wrong name's time has come: set it, remind, or let the ladder decide."""
    settings, now = _settings(bound), scene.now
    age = now - row.since.timestamp()
    bearer = _bearer(scene.house, scene.group, member)
    fixes = verdict.certain and _can_set(scene, settings, member, verdict.suggestion)
    if fixes and row.fixes < _MOST_FIXES:
        await _set_card(scene, row, verdict.suggestion, told=True)
        return
    if fixes and row.fixes == _MOST_FIXES:
        await _give_up(scene, row, verdict)
    over = age >= settings.grace and row.reminders > 0
    if over and not bearer.is_staff:
        # Before it is said: a kill in between must not make it twice.
        again = to_datetime(now + max(settings.grace, _DAY))
        await _save(row, reminders=row.reminders + 1, due_at=again)
        await _charge(scene, row, member, bound, verdict, f"{row.reminders}")
        return
    if bearer.is_staff and row.reminders >= max(1, len(settings.reminded)):
        await _save(row, due_at=None)
        return
    to_come = [one for one in settings.reminded if age < one < settings.grace]
    following = row.since.timestamp() + min((*to_come, settings.grace))
    breather = max(_FAIR, min(_BREATHER, settings.grace / 4))
    said = max(row.reminders + 1, sum(one <= age for one in settings.reminded))
    await _save(row, reminders=said, due_at=to_datetime(max(following, now + breather)))
    text = _hint(verdict)
    if not bearer.is_staff and not to_come:
        text += texts.LAST.format(until=scene.house.records.local(row.due_at or row.since))
    await _tell(scene, row.account, text)


def _hint(verdict: Verdict) -> str:
    """What is wrong with a name, and what to write instead."""
    why = texts.WHY[verdict.why]
    if verdict.suggestion:
        text = texts.HINT.format(why=why, name=verdict.suggestion)
    elif verdict.example:
        text = texts.HINT_EXAMPLE.format(why=why, example=verdict.example)
    else:
        text = texts.HINT_ELSE.format(why=why)
    text += texts.HOW
    if verdict.why in ("unknown", "other", "number"):
        text += texts.ROSTER_WRONG
    return text + (texts.IS_YOURS if verdict.why in ("teacher", "member", "twin") else "")


async def _charge(
    scene: _Scene,
    row: models.NameLapse,
    member: Member,
    bound: Bound,
    verdict: Verdict,
    part: str,
) -> models.Case | None:
    return await scene.house.court.charge(
        scene.group,
        member.account,
        bound,
        what=texts.WHAT,
        facts={"why": verdict.why},
        rank=scene.house.people.rank(scene.group.key, member.account, member.role),
        gravity=3 if verdict.grade == "grave" else 1,
        advice=_hint(verdict),
        key=f"name/{row.account_id}/{row.since.timestamp():.0f}/{part}",
    )


async def _act_at_once(
    scene: _Scene, row: models.NameLapse, member: Member, bound: Bound, verdict: Verdict
) -> None:
    """A name that cannot stay: the ladder decides now, once a day, and the name is set where it may be."""
    settings, now = _settings(bound), scene.now
    days = int((now - row.since.timestamp()) // _DAY)
    await _save(row, due_at=to_datetime(now + _DAY))
    case = await _charge(scene, row, member, bound, verdict, f"grave/{days}")
    if case is not None and not case.observed and verdict.why == "teacher":
        # Somebody may be asking the class for money in the teacher's name just now.
        await _warn_managers(scene, member, case)
    card = verdict.suggestion if verdict.certain else texts.NEUTRAL
    if case is not None and not case.observed and row.fixes < _MOST_FIXES:
        if _can_set(scene, settings, member, card):
            await _set_card(scene, row, card, told=False)


async def _warn_managers(scene: _Scene, member: Member, case: models.Case) -> None:
    house, group = scene.house, scene.group
    text = texts.IMPOSTOR.format(
        group=house.records.title(group), who=member.account.user_id, case=case.number
    )
    async with in_transaction():
        acts = await house.tell.all_of(group, house.tell.managers(group), text, case)
    house.executor.submit(acts)


# -- setting a name -----------------------------------------------------------------------------------


def _can_set(scene: _Scene, settings: NicknameSettings, member: Member, card: str) -> bool:
    """Whether the bot may set this name: no platform lets it rename the owner or an admin."""
    return (
        settings.auto_fix
        and Act.SET_CARD in scene.platform.capabilities.acts
        and member.role is OnPlatform.MEMBER
        and 0 < len(card.encode()) <= _LONGEST_CARD
    )


async def _set_card(scene: _Scene, row: models.NameLapse, card: str, *, told: bool) -> None:
    now = to_datetime(scene.now)
    async with in_transaction():
        due = to_datetime(scene.now + _AGAIN) if told else row.due_at
        await _save(row, fixes=row.fixes + 1, fixed_at=now, due_at=due)
        act = await scene.house.records.new_act(
            scene.group,
            "set_card",
            row.account,
            {"card": card, "told": told},
            now + timedelta(seconds=_AGAIN),
            case=None,
        )
    scene.house.executor.submit([act])


@area.on(Settled)
async def settled(house: House, group: Group, event: Settled) -> None:
    """Tell somebody that their name was set; where it could not be, they are reminded as others are."""
    act = event.act
    if act.kind != "set_card" or "told" not in act.payload or act.account is None:
        return
    if act.state == "confirmed":
        if act.payload["told"]:
            who = Account(act.account.namespace, act.account.user_id)
            text = texts.FIXED.format(name=act.payload["card"])
            async with in_transaction():
                acts = await house.tell.word(group, Word(text, (who,)))
            house.executor.submit(acts)
        return
    await models.NameLapse.filter(group_id=group.id, account_id=act.account_id).update(
        fixes=_GIVEN_UP, due_at=to_datetime(house.clock.now())
    )


async def _give_up(scene: _Scene, row: models.NameLapse, verdict: Verdict) -> None:
    """The name was changed back twice: a person asks why."""
    await _save(row, fixes=_GIVEN_UP)
    why = texts.WHY[verdict.why]
    await _tell_managers(scene, texts.GIVEN_UP.format(user=row.account.user_id, why=why))


async def _tell_managers(scene: _Scene, text: str) -> None:
    async with in_transaction():
        acts = await scene.house.tell.word(scene.group, Word(text))
    scene.house.executor.submit(acts)


# -- the group ----------------------------------------------------------------------------------------


async def _sum_up(scene: _Scene) -> None:
    """Tell the group, once a day at most, how many names are still to be changed; never whose."""
    group, house = scene.group, scene.house
    if not _may_tell(house, group):
        return
    rows = await models.NameLapse.filter(group_id=group.id)
    told = [row for row in rows if row.reminders]
    day, now = to_datetime(scene.now - _DAY), to_datetime(scene.now)
    if not told or (len(told) < _MANY and min(row.since for row in told) > day):
        return
    if any(not row.reminders and row.due_at is not None and row.due_at <= now for row in rows):
        # Each is told in private before the group is.
        return
    records = scene.house.records
    if await records.was_noted(group, _SAID, day):
        return
    async with in_transaction():
        # Words at most once: a kill after this loses them.
        await records.note(group, _SAID)
    text = texts.SUM.format(count=len(told), forms=_forms(scene.bounds))
    await scene.platform.say(group.key, Words(text, priority=Priority.NOTICE))


@area.diagnosis
async def diagnose(call: Call) -> list[str]:
    """How many names are wrong."""
    count = await models.NameLapse.filter(group_id=call.group.id).exclude(template="").count()
    return [texts.DIAGNOSIS.format(count=count)] if count else []


def _forms(bounds: Sequence[Bound]) -> str:
    lines = (_settings(bound).newcomers_are_told() for bound in bounds)
    return "".join(f"\n{line}" for line in lines if line)
