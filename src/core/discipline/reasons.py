"""The statement of reasons of a case: all of what it rests on and what became of it, whole, as text and
as JSON (docs/operators.md has the schema). It names nobody who decided or reported, only by what role;
and of the message only the excerpt that the case still keeps."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from tortoise.expressions import Q

from src.core.area import AREAS
from src.core.duration import parse
from src.core.people.nobody import ERASED
from src.core.policy import Ladder
from src.core.store import models

from . import texts
from .appeals import State, Terms, state_of
from .records import LIVES

if TYPE_CHECKING:
    from src.core.groups import Group

    from .records import Records

FORMAT = 1
"""Of the JSON."""
_TO_SUBJECT = ("remove", "block", "review", "appeal")
"""Requests whose subject hears of them; of reports and complaints only those who decide."""
_PROPOSED = ("remove", "block")
_ANSWERS = ("confirmed", "refused", "upheld", "reduced", "revoked")
"""States of a request that only a person brings about."""
_NOTED_WITHIN = timedelta(seconds=10)
"""So long after a row the audit log's entry about it is written, at most."""


class _House(Protocol):
    @property
    def records(self) -> Records: ...


@dataclass(frozen=True, slots=True)
class CitedClause:
    """A clause that was broken, as it was then."""

    number: str
    text: str
    plugin: str
    terms: tuple[str, ...]
    """Our own terms by which it was found, never somebody's words."""


@dataclass(frozen=True, slots=True)
class PolicyThen:
    """The policy that the case was decided by."""

    title: str
    pack: str
    version: int
    since: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class DoneAct:
    """Something that was asked of the platform."""

    kind: str
    state: str
    at: datetime
    wording: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that people were asked about the case, and what they decided."""

    number: int
    kind: str
    state: str
    opened: datetime
    decided: datetime | None
    until: datetime | None
    role: str
    reason: str


@dataclass(frozen=True, slots=True)
class Statement:
    """All of it; a moment is aware, a role the name of a rank in small letters."""

    group: int
    group_name: str
    number: int
    made: datetime
    about: str
    """The account, or empty in what its owner reads, and once it is not kept any more."""
    observed: bool
    excerpt: str
    reason: str
    clauses: tuple[CitedClause, ...]
    policy: PolicyThen | None
    found: str
    """auto, review (a person said what the filter was unsure of), report, or manual."""
    plugin: str
    application: str
    lexicon: str
    step: str
    role: str
    """Of who decided it; empty where the policy did, or it is not known."""
    acts: tuple[DoneAct, ...]
    ladder: str
    weight: int
    counts_until: datetime
    live: int
    """What all of the account's cases on the ladder weigh now."""
    state: str
    closed: datetime | None
    closed_role: str
    closed_reason: str
    history: tuple[Turn, ...]
    may_appeal: bool
    appeal_until: datetime | None
    """None: at any time."""
    zone_of: Records

    @property
    def item(self) -> str:
        return f"{self.group}-{self.number}"

    def for_subject(self) -> Statement:
        """What the person it is about may read."""
        history = tuple(turn for turn in self.history if turn.kind in _TO_SUBJECT)
        return replace(self, about="", history=history)

    def json(self) -> dict[str, Any]:
        """As JSON takes it: moments in ISO 8601."""
        held = {name: getattr(self, name) for name in self.__slots__ if name != "zone_of"}
        for name in ("clauses", "acts", "history"):
            held[name] = [asdict(one) for one in held[name]]
        held["policy"] = asdict(self.policy) if self.policy is not None else None
        appeal = {"how": self._how(), "until": self.appeal_until, "open": self.may_appeal}
        del held["may_appeal"], held["appeal_until"]
        return _plain({"format": FORMAT, "item": self.item, **held, "appeal": appeal})

    def _how(self) -> str:
        return texts.REASONS_APPEAL.format(item=self.item)

    def text(self) -> str:
        """For people, whole."""
        local = self.zone_of.local
        lines = [
            texts.REASONS_TITLE.format(item=self.item, group=self.group_name),
            texts.REASONS_MADE.format(when=local(self.made), step=texts.STEP_NAMES[self.step]),
        ]
        if self.observed:
            lines.append(texts.REASONS_OBSERVED)
        if self.about:
            lines.append(texts.REASONS_ABOUT.format(who=self.about))
        lines += self._grounds()
        lines.append(texts.REASONS_DONE)
        lines += [self._done(act) for act in self.acts] or [texts.REASONS_NOTHING]
        if self.ladder:
            lines.append(
                texts.REASONS_COUNTED.format(
                    ladder=self.ladder,
                    weight=self.weight,
                    until=local(self.counts_until),
                    live=self.live,
                )
            )
        lines.append(self._state())
        if self.history:
            lines.append(texts.REASONS_HISTORY)
            lines += [self._turn(turn) for turn in self.history]
        if self.may_appeal:
            until = self.appeal_until
            lines.append(self._how())
            if until is not None:
                lines.append(texts.REASONS_APPEAL_UNTIL.format(until=local(until)))
        return "\n".join(lines)

    def _grounds(self) -> list[str]:
        lines: list[str] = []
        if self.policy is not None and self.clauses:
            since = self.zone_of.local(self.policy.since)
            lines.append(
                texts.REASONS_POLICY.format(
                    title=self.policy.title, version=self.policy.version, since=since
                )
            )
        for clause in self.clauses:
            lines.append(texts.REASONS_CLAUSE.format(number=clause.number, text=clause.text))
        title = AREAS[self.plugin].title if self.plugin in AREAS else self.plugin
        lines.append(
            texts.REASONS_FOUND[self.found].format(
                plugin=title,
                application=self.application,
                lexicon=self.lexicon or texts.REASONS_NONE,
                role=self._person(self.role),
            )
        )
        terms = [term for clause in self.clauses for term in clause.terms]
        if terms:
            lines.append(texts.REASONS_TERMS.format(terms="、".join(dict.fromkeys(terms))))
        if self.excerpt:
            lines.append(texts.REASONS_EXCERPT.format(excerpt=self.excerpt))
        if self.reason:
            lines.append(texts.REASONS_REASON.format(reason=self.reason))
        return lines

    def _done(self, act: DoneAct) -> str:
        said = texts.ACT_STATES[act.state]
        if act.state in ("denied", "unknown") and act.wording:
            said += f"（{act.wording}）"
        until = texts.REASONS_UNTIL.format(until=self.zone_of.local(act.until)) if act.until else ""
        return texts.REASONS_ACT.format(
            what=texts.ACTS[act.kind] + until, state=said, when=self.zone_of.local(act.at)
        )

    def _state(self) -> str:
        state = texts.CASE_STATES.get(self.state, self.state)
        if self.state in LIVES and self.counts_until <= self.zone_of.now():
            state = texts.REASONS_EXPIRED
        line = texts.REASONS_STATE.format(state=state)
        if self.closed is not None:
            line += texts.REASONS_CLOSED.format(
                when=self.zone_of.local(self.closed), role=self._person(self.closed_role)
            )
        if self.closed_reason:
            line += "\n" + texts.REASONS_REASON.format(reason=self.closed_reason)
        return line

    def _turn(self, turn: Turn) -> str:
        line = texts.REASONS_TURN.format(
            number=turn.number,
            kind=texts.TURNS.get(turn.kind, turn.kind),
            opened=self.zone_of.local(turn.opened),
            state=texts.TURN_STATES.get(turn.state, turn.state),
        )
        if turn.decided is not None:
            role = self._person(turn.role) if turn.state in _ANSWERS else self._role(turn.role)
            line += texts.REASONS_CLOSED.format(when=self.zone_of.local(turn.decided), role=role)
        elif turn.until is not None:
            line += texts.REASONS_UNTIL.format(until=self.zone_of.local(turn.until))
        return line + (texts.REASONS_BECAUSE.format(reason=turn.reason) if turn.reason else "")

    @classmethod
    def _person(cls, role: str) -> str:
        """What a person decided: it was no machine, also where nothing is known of whom (before there
        was an audit log)."""
        return cls._role(role) if role else texts.RANK_UNKNOWN

    @staticmethod
    def _role(role: str) -> str:
        return texts.RANKS.get(role, texts.RANKS[""])


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime) else value


async def statement(house: _House, group: Group, case: models.Case) -> Statement:
    """The statement of reasons of a case of this group."""
    assert group.id is not None
    records = house.records
    account = await models.Account.get(id=case.account_id)
    requests = await models.Request.filter(case_id=case.id).order_by("id")
    version = await models.PolicyVersion.get_or_none(id=case.policy_id or 0)
    reviewed = case.source == "manual" and case.plugin != "moderation"
    # What a machine had found before somebody reported it was found by the machine.
    reported = case.source == "manual" and any(one.kind == "report" for one in requests)
    in_force = await _in_force(group.id)
    may_appeal, appeal_until = _appeal(
        case, requests, version.content if version is not None else {}, records.now()
    )
    roles = await _Roles.read(group.id, case, requests)
    return Statement(
        group=group.id,
        group_name=records.title(group),
        number=case.number,
        made=case.created_at,
        about=""
        if account.namespace == ERASED.namespace
        else f"{account.namespace}/{account.user_id}",
        observed=case.observed,
        excerpt=case.excerpt,
        reason=case.reason,
        clauses=_clauses(case, version),
        policy=_policy(version),
        found="report" if reported else "review" if reviewed else case.source,
        plugin=case.plugin,
        application=case.application,
        lexicon=case.lexicon,
        step=case.step,
        role=roles.of("case.made", "case", case.number) if case.source == "manual" else "",
        acts=await _acts(case),
        ladder=case.ladder,
        weight=case.weight,
        counts_until=case.live_until,
        live=await records.live_weight(
            group.id, account.id, case.ladder, _ladder(in_force, case.ladder)
        )
        if case.ladder
        else 0,
        state=case.state,
        closed=case.closed_at,
        closed_role=roles.of("case.closed", "case", case.number),
        closed_reason=case.closed_reason,
        history=tuple(
            Turn(
                number=one.number,
                kind=one.kind,
                state=one.state,
                opened=one.created_at,
                decided=one.decided_at,
                until=one.expires_at if one.state == "open" else None,
                role=roles.of("request.closed", "request", one.number),
                reason=one.reason,
            )
            for one in requests
        ),
        may_appeal=may_appeal,
        appeal_until=appeal_until,
        zone_of=records,
    )


class _Roles:
    """By what role things were decided, as the audit log noted it then."""

    def __init__(self, entries: list[models.AuditEntry]) -> None:
        self._entries = entries

    @classmethod
    async def read(cls, group_id: int, case: models.Case, requests: list[models.Request]) -> _Roles:
        moments = [case.created_at, case.closed_at, *[one.decided_at for one in requests]]
        at = Q()
        for moment in moments:
            if moment is not None:
                at |= Q(at__gte=moment, at__lte=moment + _NOTED_WITHIN)
        kinds = ("case.made", "case.closed", "request.closed")
        # What was decided of it last: it may have been reduced before it was reversed.
        found = models.AuditEntry.filter(at, group_id=group_id, kind__in=kinds)
        return cls(await found.order_by("-id"))

    def of(self, kind: str, what: str, number: int) -> str:
        for entry in self._entries:
            if entry.kind == kind and entry.facts.get(what) == number:
                return str(entry.facts.get("role", ""))
        return ""


def _clauses(case: models.Case, version: models.PolicyVersion | None) -> tuple[CitedClause, ...]:
    content: dict[str, Any] = version.content if version is not None else {}
    wordings = {one["number"]: one["text"] for one in content.get("clause", ())}
    return tuple(
        CitedClause(
            number=one["number"],
            text=wordings.get(one["number"], ""),
            plugin=one["plugin"],
            terms=tuple(one.get("facts", {}).get("terms", ())),
        )
        for one in case.clauses
    )


def _policy(version: models.PolicyVersion | None) -> PolicyThen | None:
    if version is None:
        return None
    title = version.content.get("title", version.pack)
    return PolicyThen(title, version.pack, version.version, version.created_at, version.digest)


async def _acts(case: models.Case) -> tuple[DoneAct, ...]:
    """What was asked of the platform; to a mute, until when it is to hold. What others were told of the
    case in private was not done to whom it is about."""
    mutes = await models.Mute.filter(case_id=case.id).order_by("-id")
    until = mutes[0].until if mutes else None
    return tuple(
        DoneAct(
            kind=act.kind,
            state=act.state,
            at=act.updated_at,
            wording=act.wording,
            until=until if act.kind == "mute" else None,
        )
        for act in await models.Act.filter(case_id=case.id).exclude(kind="say").order_by("id")
        if act.kind != "whisper" or act.account_id == case.account_id
    )


async def _in_force(group_id: int) -> dict[str, Any]:
    """The content of the group's policy; empty where it has none."""
    row = await models.Group.get(id=group_id)
    version = await models.PolicyVersion.get_or_none(id=row.policy_id or 0)
    return version.content if version is not None else {}


def _ladder(content: dict[str, Any], name: str) -> Ladder | None:
    table = content.get("ladder", {}).get(name)
    return Ladder.model_validate(table) if table is not None else None


def _appeal(
    case: models.Case, requests: list[models.Request], policy: dict[str, Any], now: datetime
) -> tuple[bool, datetime | None]:
    """Whether the case can still be appealed, and until when (None: at any time), as `Appeals` has it."""
    appeals = [one for one in requests if one.kind == "appeal"]
    state = state_of(case, appeals)
    until: datetime | None = None
    if state is State.NONE:
        decided = [one.decided_at for one in requests if one.kind in _PROPOSED and one.decided_at]
        within = _within(policy)
        until = max([case.created_at, *decided]) + within if within is not None else None
    elif state is State.DECIDED:
        last = next(one for one in reversed(appeals) if one.state in ("upheld", "reduced"))
        until = (last.decided_at or now) + timedelta(seconds=Terms.of(last).second_within)
    final = any(one.payload.get("final") for one in appeals)
    may = state in (State.NONE, State.DECIDED) and not (case.observed or final)
    return may and (until is None or until > now), until


def _within(content: dict[str, Any]) -> timedelta | None:
    """How long after a decision it may be appealed."""
    within = [
        parse(str(clause["settings"]["within"]))
        for clause in content.get("clause", ())
        if clause["plugin"] == "appeals" and not clause["off"] and "within" in clause["settings"]
    ]
    return timedelta(seconds=max(within)) if within else None
