"""Who was pulled in without an application (06.2.3, 11.1.1, 21.2.2.7): they are asked who they are, and
the clause's ladder follows where no answer comes. Who pulled them in is named only where the platform
can be trusted to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from src.core.chat.port import Priority, Word, Words
from src.core.people import Rank
from src.core.store import in_transaction, models, take_number

from . import texts
from .answer import read
from .area import Clause, area, clause_of
from .asking import erased
from .decision import Ask, Refuse, decide
from .handlers import use_codes
from .known import attempts_at, known_of
from .membership import account_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from src.core.chat.events import Account, MemberCame, MessageReceived
    from src.core.chat.port import Platform
    from src.core.commands import Call
    from src.core.groups import Group
    from src.core.house import House

    from .decision import Claim
    from .settings import JoinSettings

_ASK_WITHIN = timedelta(hours=48)
"""How long the managers have to say who somebody is."""
_MANY = 3
_MANY_WITHIN = timedelta(minutes=10)
"""After so many who were pulled in within ten minutes the managers read one line more, and no other; so
long an inviter is charged with one step."""
_SHOWN = 60
"""Characters of an answer that the managers are shown."""


def verifies(settings: JoinSettings) -> bool:
    """Whether a clause asks those who were pulled in who they are."""
    return settings.pulled_in == "verify"


def _how(group: Group) -> str:
    """How an answer is written, by the clause on applications."""
    clause = clause_of(group.policy, lambda settings: settings.forms)
    if clause is None:
        return texts.ANY_FORM
    settings = clause.settings
    example = settings.patterns[0].example()
    if not settings.admit:
        return example
    proof = texts.WITH_DIGITS if settings.digits else texts.WITH_CODE
    return proof.format(example=example, digits=settings.digits)


@area.diagnosis
async def diagnosed(call: Call) -> list[str]:
    """Where the clause asks for more than the platform tells."""
    clause = clause_of(call.group.policy, lambda settings: settings.warn_inviter)
    if clause is None or call.platform.tells_inviter:
        return []
    return [texts.INVITER_UNSURE.format(number=clause.bound.clause.number)]


# -- when they come -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Consequences:
    """What follows from somebody's being pulled in."""

    clause: Clause
    ask: bool
    """They are asked who they are."""
    tell: str
    """What the managers are told; empty where nothing is."""
    inviter: Account | None
    """The plain member who surely pulled them in, where that is to have consequences."""
    key: str

    async def rows(
        self, house: House, group: Group, account: models.Account, verify_by: datetime | None
    ) -> list[models.Act]:
        """Rows for what is said; inside the caller's transaction."""
        acts: list[models.Act] = []
        if self.ask:
            assert verify_by is not None
            text = texts.VERIFY.format(
                group=house.records.title(group),
                until=house.records.local(verify_by),
                clause=self.clause.bound.clause.number,
                how=_how(group),
            )
            acts += await house.tell.notice(group, account, text, line=texts.VERIFY_LINE)
        if self.tell:
            acts += await house.tell.all_of(group, house.tell.managers(group), self.tell)
        return acts

    async def charge(self, house: House, group: Group) -> None:
        """The step of the clause's ladder for who pulled them in; one for all whom they pull in at once,
        as the platform lets a member choose several."""
        if self.inviter is None:
            return
        lately = models.Case.filter(
            group_id=group.id,
            account__namespace=self.inviter.namespace,
            account__user_id=self.inviter.user_id,
            message_key__startswith=f"pulled/{group.id}/",
            created_at__gt=house.records.now() - _MANY_WITHIN,
        )
        if not await lately.exists():
            await house.court.charge(
                group,
                self.inviter,
                self.clause.bound,
                what=texts.PULLED_WHAT,
                facts={"what": "pulled"},
                rank=Rank.MEMBER,
                gravity=2,
                advice=texts.PULLED_INSTEAD,
                key=self.key,
            )


async def consequences(
    house: House,
    group: Group,
    platform: Platform,
    row: models.Membership,
    account: Account,
    event: MemberCame | None,
) -> Consequences | None:
    """What follows for somebody who came without an application; notes in the row that the caller writes
    that they were let in, or until when they are to say who they are."""
    clause = clause_of(group.policy, lambda settings: settings.pulled_in != "nothing")
    roster = house.rosters.of(group)
    if clause is None or (roster is not None and roster.identities(account)):
        return None
    inviter = None
    if event is not None and event.invited and platform.tells_inviter:
        inviter = event.operator if event.operator != account else None
    rank = await _rank(house, group, platform, inviter) if inviter is not None else None
    if rank is not None and rank.is_staff:
        # Whoever decides about applications has decided.
        row.how = "admitted"
        return None
    settings = clause.settings
    if verifies(settings):
        row.verify_by = row.came_at + timedelta(seconds=settings.verify_within)
    charged = settings.warn_inviter and rank is not None
    tell = ""
    if settings.pulled_in == "person" or (settings.warn_inviter and not charged):
        tell = await _told(house, group, row, account, inviter)
    return Consequences(
        clause,
        ask=verifies(settings),
        tell=tell,
        inviter=inviter if charged else None,
        key=f"pulled/{group.id}/{row.account_id}/{int(row.came_at.timestamp())}",
    )


async def _rank(house: House, group: Group, platform: Platform, account: Account) -> Rank | None:
    """Somebody's rank in the group, read fresh; None where it is not known, or they are out of it."""
    if house.people.is_superuser(account):
        return Rank.SUPERUSER
    answer = await platform.member(group.key, account)
    if answer.value is None:
        return None
    return house.people.rank(group.key, account, answer.value.role)


async def _told(
    house: House, group: Group, row: models.Membership, account: Account, inviter: Account | None
) -> str:
    """The line for the managers: of each of the first few, then once that there are more."""
    lately = row.came_at - _MANY_WITHIN
    before = await models.Membership.filter(
        group_id=group.id, how="pulled", came_at__gt=lately
    ).count()
    if before > _MANY:
        return ""
    if before == _MANY:
        return texts.PULLED_MANY.format(group=house.records.title(group))
    by = texts.PULLED_BY.format(who=inviter.user_id) if inviter is not None else ""
    return texts.PULLED.format(group=house.records.title(group), who=account.user_id, by=by)


# -- what they answer -----------------------------------------------------------------------------------


@area.in_private
async def answered(house: House, platform: Platform, event: MessageReceived) -> None:
    """Somebody who was asked who they are may be saying it."""
    if not event.text.strip():
        return
    rows = models.Membership.filter(
        how="pulled",
        left_at__isnull=True,
        account__namespace=event.account.namespace,
        account__user_id=event.account.user_id,
    )
    for row in await rows.select_related("account"):
        group = house.groups.by_id(row.group_id)
        if group is None or group.at_rest(house.clock.now()):
            continue
        asked = clause_of(group.policy, verifies)
        roster = house.rosters.of(group)
        if asked is None or (roster is not None and roster.identities(event.account)):
            continue
        said = await _said(house, group, row, event)
        text = texts.IN_GROUP.format(group=house.records.title(group), text=said)
        await platform.whisper(
            event.account, Words(text, priority=Priority.ANSWER), event.via_group or group.key
        )


async def _said(house: House, group: Group, row: models.Membership, event: MessageReceived) -> str:
    """Take an answer; returns what they are told, which is the same whether or not the roster has the
    name."""
    clause = clause_of(group.policy, lambda settings: settings.forms)
    if clause is None:
        return await _ask_managers(house, group, row, event.text, ())
    answer, now = read(event.text), house.records.now()
    who = await _account(row)
    attempts = await attempts_at(group, now)
    known = await known_of(
        group, who, answer, clause.settings, attempts, now, invited=False, asked=False
    )
    decision = decide(event.account, answer, clause.settings, house.rosters.of(group), known)
    if isinstance(decision, Refuse):
        if decision.why == "format":
            return texts.VERIFY_FORM.format(how=_how(group))
        return texts.VERIFY_LOCKED if decision.why == "locked" else texts.VERIFY_NOT
    if isinstance(decision, Ask):
        if decision.failed:
            # It costs a try, as an application does: numbers are not to be found by trying.
            await models.JoinAttempt.create(
                group_id=group.id, account=who, outcome="factor", created_at=now
            )
        return await _ask_managers(house, group, row, answer.text, decision.candidates)
    async with in_transaction():
        if not await use_codes(decision, who, now):
            return texts.VERIFY_LOCKED
        for claim in decision.claims:
            await house.rosters.bind(who, claim.person.id, claim.relation, decision.how)
        acts = await _settled(house, group, row)
    house.executor.submit(acts)
    await _reload(house, group)
    return texts.VERIFIED


async def _reload(house: House, group: Group) -> None:
    if group.class_id is not None:
        await house.rosters.reload(group.class_id)


async def _settled(house: House, group: Group, row: models.Membership) -> list[models.Act]:
    """It is known who somebody is: nothing is asked any more, and what was decided for the want of an
    answer is taken back. Inside the caller's transaction."""
    await models.Membership.filter(id=row.id).update(how="admitted", verify_by=None)
    await dismiss(house, row)
    acts: list[models.Act] = []
    cases = models.Case.filter(
        group_id=group.id, account_id=row.account_id, message_key__startswith=_of(row)
    )
    for case in await cases:
        acts += (
            await house.orders.close(group, case, None, texts.VERIFIED_REASON, state="reversed")
            or []
        )
    return acts


# -- what the managers answer ---------------------------------------------------------------------------


def _key(row: models.Membership) -> str:
    """What there is one open question of."""
    return f"verify/{row.group_id}/{row.account_id}"


def _of(row: models.Membership) -> str:
    """How the keys of the cases begin that were made for the want of an answer since somebody came."""
    return f"verify/{row.group_id}/{row.account_id}/{int(row.came_at.timestamp())}/"


async def _ask_managers(
    house: House,
    group: Group,
    row: models.Membership,
    answer: str,
    candidates: Sequence[Claim],
) -> str:
    """Have the managers say whether somebody is who they say; one question at a time."""
    assert group.id is not None
    now = house.records.now()
    async with in_transaction():
        if await models.Request.exists(open_key=_key(row)):
            return texts.VERIFY_ASKED
        request = await models.Request.create(
            group_id=group.id,
            number=await take_number(group.id),
            kind="verify",
            account_id=row.account_id,
            payload={"claims": [[one.person.id, one.relation] for one in candidates]},
            open_key=_key(row),
            expires_at=now + _ASK_WITHIN,
            created_at=now,
        )
        names = "、".join(f"{one.person.name}{one.relation}" for one in candidates)
        bound = texts.CANDIDATE if len(candidates) == 1 else texts.CANDIDATES
        text = texts.VERIFY_ASK.format(
            group=house.records.title(group),
            number=request.number,
            who=account_of(row).user_id,
            answer=" ".join(answer.split())[:_SHOWN],
            roster=bound.format(names=names) if names else texts.NO_CANDIDATE,
            item=f"{group.id}-{request.number}",
        )
        acts = await house.tell.all_of(group, house.tell.managers(group), text)
        request.payload = {**request.payload, "told": [act.id for act in acts]}
        await request.save(update_fields=["payload"])
    house.executor.submit(acts)
    return texts.VERIFY_ASKED


async def dismiss(house: House, row: models.Membership) -> None:
    """Nobody needs to say any more who somebody is. Inside the caller's transaction."""
    request = await models.Request.get_or_none(open_key=_key(row))
    if request is not None and await house.records.close(request, "closed", None):
        await _erase(request)


async def _erase(request: models.Request) -> None:
    """What was answered is not kept longer than the question."""
    payload = await erased(request.payload)
    await models.Request.filter(id=request.id).update(payload=payload)


async def _about(request: models.Request) -> models.Membership | None:
    """Whom a question is about that has just been answered."""
    await _erase(request)
    rows = models.Membership.filter(group_id=request.group_id, account_id=request.account_id)
    return await rows.filter(left_at__isnull=True).select_related("account").first()


async def _confirmed(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    """A manager knows them; who they are is noted where it is one of the roster."""
    claims, row = request.payload["claims"], await _about(request)
    if row is None:
        return []
    roster = group.roster
    # Gone from the roster meanwhile: in the group, and to be seen as unknown.
    if len(claims) == 1 and roster is not None and roster.person(claims[0][0]) is not None:
        (person, relation) = claims[0]
        await house.rosters.bind(await _account(row), person, relation, "manager", by)
        house.in_line(group, partial(_reload, house, group))
    acts = await _settled(house, group, row)
    text = texts.IN_GROUP.format(group=house.records.title(group), text=texts.VERIFIED)
    return acts + await house.tell.notice(group, await _account(row), text)


async def _refused(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    """A manager does not know them; their time runs on."""
    return await _tell_again(house, group, request, texts.VERIFY_NOT)


async def _lapsed(
    house: House, group: Group, request: models.Request, by: models.Account | None
) -> list[models.Act]:
    """The managers have not answered, which is not the person's fault: their time begins anew."""
    clause = clause_of(group.policy, verifies)
    if clause is not None:
        again = house.records.now() + timedelta(seconds=clause.settings.verify_within)
        await models.Membership.filter(
            group_id=group.id, account_id=request.account_id, verify_by__isnull=False
        ).update(verify_by=again)
    return await _tell_again(house, group, request, texts.VERIFY_UNANSWERED)


async def _tell_again(
    house: House, group: Group, request: models.Request, said: str
) -> list[models.Act]:
    row = await _about(request)
    if row is None:
        return []
    text = texts.IN_GROUP.format(group=house.records.title(group), text=said)
    return await house.tell.notice(group, await _account(row), text)


async def _account(row: models.Membership) -> models.Account:
    return await models.Account.get(id=row.account_id)


area.decides("verify", confirmed=_confirmed, refused=_refused, lapsed=_lapsed)


# -- when no answer comes -------------------------------------------------------------------------------


@area.every(600)
async def compare(house: House) -> None:
    """Look at whose time is up; what was missed while nothing ran is found the same way."""
    due = models.Membership.filter(verify_by__lte=house.records.now(), left_at__isnull=True)
    for row in await due.distinct().values_list("group_id"):
        group = house.groups.by_id(int(row[0]))
        if group is not None:
            house.in_line(group, partial(overdue, house, group))


async def overdue(house: House, group: Group) -> None:
    """Let the ladder go on for those who have not said who they are. Runs in the group's line."""
    clause, platform = clause_of(group.policy, verifies), house.platform(group.bot)
    due = models.Membership.filter(
        group_id=group.id, how="pulled", verify_by__lte=house.records.now()
    )
    for row in await due.filter(left_at__isnull=True).select_related("account"):
        if platform is None or group.at_rest(house.clock.now()):
            return  # Also where the brake has just stopped it.
        if clause is None:
            await _no_more(row)
            continue
        account = account_of(row)
        answer = await platform.member(group.key, account)
        if answer.word is not Word.DONE or answer.value is None:
            continue
        member, roster = answer.value, house.rosters.of(group)
        rank = house.people.rank(group.key, account, member.role)
        known = roster is not None and roster.identities(account)
        role = house.people.role(group.key, account)
        if known or role is not None or rank.is_staff or member.is_robot:
            await _no_more(row)
        elif await due.filter(id=row.id).exists() and not await models.Request.exists(
            open_key=_key(row)
        ):
            await _charge(house, group, clause, row, member.name)


async def _no_more(row: models.Membership) -> None:
    row.how, row.verify_by = "admitted", None
    await row.save(update_fields=["how", "verify_by"])


async def _charge(
    house: House, group: Group, clause: Clause, row: models.Membership, name: str
) -> None:
    """The next step of the ladder, a day after the one before; after its last there is none."""
    assert row.verify_by is not None
    key = f"{_of(row)}{int(row.verify_by.timestamp())}"
    await house.court.charge(
        group,
        account_of(row),
        clause.bound,
        what=texts.UNVERIFIED_WHAT,
        facts={"what": "unverified"},
        rank=Rank.MEMBER,
        gravity=2,
        advice=texts.UNVERIFIED_INSTEAD.format(how=_how(group)),
        name=name,
        key=key,
    )
    # It may have been made before a kill.
    case = await models.Case.get(group_id=group.id, message_key=key)
    ladder = clause.bound.ladder
    last = ladder is None or case.step in ("remove", "block", ladder.steps[-1].kind)
    again = house.records.now() + timedelta(seconds=clause.settings.verify_within)
    # Who has meanwhile been vouched for is asked no more.
    await models.Membership.filter(id=row.id, how="pulled").update(
        verify_by=None if last else again
    )
