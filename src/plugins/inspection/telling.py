"""What was found, in words for a phone. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from . import texts
from .facts import PERIOD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .facts import GroupState, Manager, SchoolState

_DAY = 86_400
_SHOWN = 4
"""Groups, clauses or people that one line names; how many there are is said."""
_NAMES = 10
_NAME = 12
_LONGEST = 1000
"""Characters that a notice holds."""


def days(seconds: float) -> str:
    """A length in whole days, for people."""
    count = int(seconds // _DAY)
    return texts.DAYS.format(count=count) if count else texts.UNDER_A_DAY


def short(name: str, most: int = _NAME) -> str:
    """A name in one short line."""
    plain = " ".join(name.split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def some(items: list[str], most: int = _SHOWN) -> str:
    """The first of several things, and how many there are."""
    if len(items) <= most:
        return "、".join(items)
    return "、".join(items[:most]) + texts.MORE.format(count=len(items))


def _fitting(lines: Iterable[str], room: int = _LONGEST) -> str:
    """As many whole lines as there is room for; a notice's, unless told."""
    kept: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join(kept)


# -- one group ------------------------------------------------------------------------------------------


def of_group(state: GroupState, when: str) -> str:
    """The state of one group, for its head teacher: who is long silent is named."""
    lines = [texts.GROUP.format(group=short(state.name, 30), when=when), *_policy(state)]
    lines += [*_live(state), *_heads(state), *_waiting(state), *_tried(state), *_silence(state)]
    lines += _inactive(state)
    return _fitting(lines)


def _policy(state: GroupState) -> list[str]:
    if state.policy is None:
        return [texts.NO_POLICY]
    mode = texts.MODES[state.mode]
    return [texts.POLICY.format(title=short(state.policy, 30), version=state.version, mode=mode)]


def _live(state: GroupState) -> list[str]:
    if state.gone:
        return [texts.GONE]
    live = state.live
    if live is None:
        return [texts.NOT_READ if state.online else texts.OFFLINE]
    if live.role is not None and live.role.value == "member":
        lines = [texts.WEAK.format(count=live.members)]
    else:
        role = texts.UNKNOWN if live.role is None else texts.PLATFORM_ROLES[live.role.value]
        lines = [texts.MEMBERS.format(count=live.members, role=role)]
    if live.missing:
        lines.append(texts.MISSING.format(acts="、".join(live.missing)))
    return lines


def _heads(state: GroupState) -> list[str]:
    if not state.heads:
        return [texts.NO_HEAD]
    return [texts.HEADS.format(names=some([short(one) for one in state.heads]))]


def _waiting(state: GroupState) -> list[str]:
    if not state.waiting:
        return [texts.NOTHING_OPEN]
    kinds = [
        f"{texts.KINDS.get(one.kind, one.kind)} {texts.COUNT.format(count=one.count)}"
        for one in state.waiting
    ]
    oldest = days(state.oldest)
    lines = [texts.OPEN.format(count=state.open, kinds=some(kinds), oldest=oldest)]
    if state.overdue:
        lines.append(texts.OVERDUE.format(count=state.overdue))
    return lines


def _tried(state: GroupState) -> list[str]:
    if not state.cases:
        return [texts.NO_CASES.format(days=PERIOD)]
    clauses = [
        f"{one.clause or texts.MANUAL} {texts.COUNT.format(count=one.cases)}" for one in state.tried
    ]
    lines = [texts.CASES.format(days=PERIOD, count=state.cases, clauses=some(clauses))]
    if decided := sum(one.decided for one in state.tried):
        shares = [
            texts.WRONG_CLAUSE.format(
                clause=one.clause or texts.MANUAL, wrong=one.wrong, decided=one.decided
            )
            for one in state.tried
            if one.wrong
        ]
        wrong = sum(one.wrong for one in state.tried)
        which = texts.WRONG.format(clauses=some(shares)) if shares else ""
        lines.append(texts.TRIED.format(decided=decided, wrong=wrong, clauses=which))
    return lines


def _silence(state: GroupState) -> list[str]:
    if state.unseen is None:
        return [texts.SILENCE_UNKNOWN] if state.live is not None else []
    if not state.unseen:
        return []
    who = some(_managers(state.unseen))
    return [texts.UNSEEN.format(days=state.silent // _DAY, who=who)]


def _managers(managers: Iterable[Manager]) -> list[str]:
    """Those who may be named, and how many of each other role."""
    named: list[str] = []
    nameless: Counter[tuple[str, bool]] = Counter()
    for one in managers:
        if one.name:
            said = texts.UNSEEN_NAMED.format(role=texts.ROLES[one.role], name=short(one.name))
            named.append(said + (texts.ABSENT if one.silent is None else ""))
        else:
            nameless[one.role, one.silent is None] += 1
    return named + [
        texts.UNSEEN_COUNT.format(role=texts.ROLES[role], count=count)
        + (texts.ABSENT if absent else "")
        for (role, absent), count in nameless.items()
    ]


def _inactive(state: GroupState) -> list[str]:
    if not state.inactive:
        return []
    names = [f"{short(one.name)}({one.user_id})" for one in state.inactive]
    return [
        texts.INACTIVE.format(
            days=state.inactive_after // _DAY, count=len(names), names=some(names, _NAMES)
        ),
        texts.INACTIVE_HOW,
    ]


# -- the school -----------------------------------------------------------------------------------------


def heeds(state: GroupState) -> list[tuple[str, str]]:
    """What somebody should look after in a group, the gravest first: what it is, and a detail."""
    found: list[tuple[str, str]] = []
    if state.gone:
        return [(texts.SCHOOL_GONE, "")]
    if state.mode == "frozen":
        found.append((texts.SCHOOL_FROZEN, ""))
    if state.overdue:
        detail = f"{texts.COUNT.format(count=state.overdue)}，{days(state.oldest)}"
        found.append((texts.SCHOOL_OVERDUE, detail))
    if state.passed_up:
        found.append((texts.SCHOOL_PASSED_UP, texts.COUNT.format(count=state.passed_up)))
    if state.policy is None:
        found.append((texts.SCHOOL_NO_POLICY, ""))
    if not state.heads:
        found.append((texts.SCHOOL_NO_HEAD, ""))
    if state.live is None:
        found.append((texts.SCHOOL_NOT_READ if state.online else texts.SCHOOL_OFFLINE, ""))
    else:
        if state.live.role is not None and state.live.role.value == "member":
            found.append((texts.SCHOOL_WEAK, ""))
        if state.live.missing:
            found.append((texts.SCHOOL_MISSING, "、".join(state.live.missing)))
    if state.unseen:
        found.append((texts.SCHOOL_UNSEEN, texts.PEOPLE.format(count=len(state.unseen))))
    return found


_RESTING: tuple[tuple[str, Callable[[GroupState], bool]], ...] = (
    (texts.SCHOOL_PAUSED, lambda state: state.mode == "paused"),
    (texts.SCHOOL_OBSERVE, lambda state: state.mode == "observe" and state.policy is not None),
)


def of_school(state: SchoolState, when: str, ending: str = "") -> str:
    """All groups of a school in a message; `ending` says where the sheet is."""
    head = texts.SCHOOL_NAMED if state.name else texts.SCHOOL
    lines = [head.format(name=short(state.name), count=len(state.groups), when=when)]
    by_what: dict[str, list[str]] = {}
    for group in state.groups:
        for what, detail in heeds(group):
            by_what.setdefault(what, []).append(_named(group, detail))
    lines += [texts.LINE.format(what=what, groups=some(who)) for what, who in by_what.items()]
    if state.unread:
        lines.append(texts.SCHOOL_UNREAD.format(count=state.unread))
    if len(lines) == 1:
        lines.append(texts.ALL_FINE)
    for what, so in _RESTING:
        if resting := [_named(group, "") for group in state.groups if so(group)]:
            lines.append(texts.NEUTRAL.format(what=what, groups=some(resting)))
    lines.append(texts.SCHOOL_OPEN.format(count=sum(group.open for group in state.groups)))
    lines += _tried_in(state)
    last = [ending] if ending else []
    if state.chain:
        last.insert(0, texts.CHAIN.format(chain=state.chain))
    ended = "\n".join(last)
    body = _fitting(lines, _LONGEST - len(ended) - 1)
    return f"{body}\n{ended}" if ended else body


def _named(group: GroupState, detail: str) -> str:
    name = short(group.name)
    return texts.OF_GROUP.format(group=name, detail=detail) if detail else name


def _tried_in(state: SchoolState) -> list[str]:
    """The cases of all groups, and where people found most of them wrong."""
    tried = [(group, one) for group in state.groups for one in group.tried]
    cases = sum(one.cases for _, one in tried)
    if not cases:
        return [texts.NO_CASES.format(days=PERIOD)]
    groups = [
        f"{short(group.name)} {group.cases}"
        for group in sorted(state.groups, key=lambda group: -group.cases)
        if group.cases
    ]
    lines = [texts.CASES.format(days=PERIOD, count=cases, clauses=some(groups))]
    if decided := sum(one.decided for _, one in tried):
        worst = sorted(tried, key=lambda pair: (-pair[1].wrong, pair[1].decided))
        shares = [
            texts.WRONG_CLAUSE.format(
                clause=f"{short(group.name)} {one.clause or texts.MANUAL}",
                wrong=one.wrong,
                decided=one.decided,
            )
            for group, one in worst
            if one.wrong
        ]
        which = texts.WRONG.format(clauses=some(shares)) if shares else ""
        wrong = sum(one.wrong for _, one in tried)
        lines.append(texts.TRIED.format(decided=decided, wrong=wrong, clauses=which))
    return lines
