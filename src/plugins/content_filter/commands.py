"""`/words`: a group's own terms, and what a sentence would do and why. Each change is a version of
the policy, as with `/policy set`. What is said in the group names no term."""

from __future__ import annotations

import asyncio
from functools import partial
import re
from typing import TYPE_CHECKING, NamedTuple

from src.core.chat.events import FetchedMessage, Kind, Segment
from src.core.commands import Call, Refusal, Reply, Rest, Right
from src.core.discipline import Precision, only_asks, precision, terms_of
from src.core.people import Rank
from src.core.policy import PackError, compile_policy
from src.core.store import models
from src.core.text import fold
from src.core.why import say

from . import texts
from .area import area
from .settings import MOST_TERMS, ContentSettings
from .words import LISTS, Lists, phrase, put, removed, typed, usable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from src.core.area import Finding
    from src.core.policy import Bound, Pack, Policy

_PAGE = 60
"""Words on a page of the list."""
_PHRASES = 3
_CLAUSE = re.compile(r"第(\S+)条")


@area.command(
    "words", "词库", "本群自己的词：加、删、放行、试一句话", right=Right.HEAD,
    example="/words test 这句话会怎样", quotes=True,
)  # fmt: skip
async def words(call: Call, action: str = "list", rest: Rest = Rest("")) -> Reply:
    """add, allow, remove, list, test, try, demote, about; in private after the group's number, where
    the caller heads several."""
    if action.isdecimal():
        number = int(action[:9])
        if not call.private:
            raise Refusal(texts.NUMBER_IN_PRIVATE)
        await call.enter_numbered(number)
        action, _, tail = rest.partition(" ")
        rest = Rest(tail.strip())
    elif call.private:
        await call.enter_only()
    handler = _ACTIONS.get(action.lower() or "list")
    if handler is None:
        raise Refusal(texts.USAGE)
    try:
        return await handler(call, rest)
    except PackError as error:
        raise Refusal("\n".join(one.message for one in error.errors)) from None


class _Aim(NamedTuple):
    """What somebody typed: words, and the clauses they are for."""

    words: list[str]
    clauses: list[str]
    named: bool


def _policy(call: Call) -> Policy:
    policy = call.group.policy
    if policy is None or not _clauses(policy):
        raise Refusal(texts.NO_CLAUSE)
    return policy


def _clauses(policy: Policy) -> dict[str, ContentSettings]:
    """The clauses in force that bind the content filter, in the policy's order."""
    return {
        bound.clause.number: bound.settings
        for bound in policy.judging
        if isinstance(bound.settings, ContentSettings)
    }


def _aim(call: Call, rest: str) -> _Aim:
    """Words, and at their end perhaps the number of a clause; else all clauses.

    Raises:
        Refusal: there are no words, one cannot be used, or the clause is none of the filter's.
    """
    policy = _policy(call)
    clauses = list(_clauses(policy))
    found = typed(rest)
    last = found[-1] if found else ""
    marked = _CLAUSE.fullmatch(last)
    number = marked[1] if marked else last
    if len(found) > 1 and (marked or policy.clause(number) is not None):
        if number not in clauses:
            raise Refusal(texts.OTHER_CLAUSE.format(clauses="、".join(clauses)))
        return _Aim(_usable(call, found[:-1]), [number], True)
    return _Aim(_usable(call, found), clauses, False)


def _usable(call: Call, found: list[str]) -> list[str]:
    if not found:
        raise Refusal(texts.NO_WORDS)
    for index, word in enumerate(found, 1):
        if not usable(word):
            name = f"“{word[:10]}”" if call.private else texts.NTH.format(index=index)
            raise Refusal(texts.UNUSABLE.format(name=name))
    return found


async def _save(call: Call, make: Callable[[Pack], Pack], change: str, then: str = "") -> Reply:
    row = await call.house.versions.change(call.group, make, change, call.account)
    if row is None:
        return Reply(texts.SAME)
    return Reply(texts.SAVED.format(version=row.version, change=change) + then)


async def _put(call: Call, rest: Rest, *, name: Lists) -> Reply:
    """A term goes to one clause, by default the first; what is allowed or only asks, to all."""
    aim = _aim(call, rest)
    clauses = aim.clauses[:1] if name == "terms" else aim.clauses
    policy = _policy(call)
    held = sum(len(getattr(settings, name)) for settings in _clauses(policy).values())
    if held + len(aim.words) * len(clauses) > MOST_TERMS:
        raise Refusal(texts.FULL.format(most=MOST_TERMS, held=held))
    change = texts.CHANGES[name].format(
        clause="、".join(clauses) if name == "terms" or aim.named else texts.ALL_CLAUSES,
        count=len(aim.words),
    )
    then = ""
    if name == "terms":
        ladder = next(b.ladder for b in policy.judging if b.clause.number == clauses[0])
        assert ladder is not None
        then = texts.THEN.format(ladder=ladder.spoken())
    return await _save(call, lambda pack: put(pack, name, aim.words, clauses), change, then)


async def _remove(call: Call, rest: Rest) -> Reply:
    aim = _aim(call, rest)
    change = texts.CHANGE_REMOVE.format(count=len(aim.words))
    return await _save(call, lambda pack: removed(pack, aim.words, aim.clauses), change)


async def _demote(call: Call, rest: Rest) -> Reply:
    """The lexicon's term or the group's own only asks a person from now on, in this group."""
    aim = _aim(call, rest)
    own = {fold(term).skeleton for one in _clauses(_policy(call)).values() for term in one.terms}
    for index, word in enumerate(aim.words, 1):
        folded = fold(word)
        known = {fold(hit.term).skeleton for hit in call.house.lexicon.scan(folded)}
        if folded.skeleton not in own | known:
            name = f"“{word}”" if call.private else texts.NTH.format(index=index)
            raise Refusal(texts.UNKNOWN.format(name=name))
    return await _put(call, rest, name="ask_only")


async def _list(call: Call, rest: Rest) -> Reply:
    entries = [
        (number, name, word)
        for number, settings in _clauses(_policy(call)).items()
        for name in LISTS
        for word in getattr(settings, name)
    ]
    if not entries:
        return Reply(texts.EMPTY, private=True)
    pages = -(-len(entries) // _PAGE)
    page = int(rest[:6]) if rest.isdecimal() else 1
    if not 1 <= page <= pages:
        raise Refusal(texts.NO_PAGE.format(pages=pages))
    shown: dict[tuple[str, str], list[str]] = {}
    for number, name, word in entries[(page - 1) * _PAGE : page * _PAGE]:
        shown.setdefault((number, name), []).append(word)
    lines = [
        texts.LIST_LINE.format(clause=number, what=texts.LISTS[name], words="、".join(group))
        for (number, name), group in shown.items()
    ]
    head = texts.LIST.format(count=len(entries), page=page, pages=pages)
    return Reply("\n".join([head, *lines]), private=True)


# -- what a sentence would do ---------------------------------------------------------------------


async def _test(call: Call, rest: Rest) -> Reply:
    policy = _policy(call)
    if not rest:
        raise Refusal(texts.TEST_HOW)
    return Reply("\n".join(_would(call, policy, rest)))


async def _try(call: Call, rest: Rest) -> Reply:
    """A term that is not in force: whether it may be, and what a sentence would do then."""
    word, sentence = [*rest.split(maxsplit=1), "", ""][:2]
    [clause, *_] = _clauses(_policy(call))
    found = _usable(call, typed(word)[:1])
    pack = await call.house.versions.current(call.group)
    assert pack is not None
    new = await asyncio.to_thread(put, pack, "terms", found, [clause])
    lines = [texts.TRY_FINE]
    if sentence:
        compiled = await asyncio.to_thread(compile_policy, new, version=0, policy_id=None)
        lines += _would(call, compiled, sentence)
    return Reply("\n".join(lines))


def _would(call: Call, policy: Policy, sentence: str) -> list[str]:
    """What the policy would do to a parent's message of this text, and why."""
    message = FetchedMessage(
        call.event.ref._replace(group=call.group.key),
        call.account,
        (Segment(Kind.TEXT, sentence),),
        sentence,
    )
    found = call.house.guard.weigh(policy, message, Rank.MEMBER)
    if not found:
        return [texts.TEST_PASS]
    head = texts.TEST_ACT if any(finding.acts for _, finding in found) else texts.TEST_REVIEW
    if call.group.mode == "observe":
        head += texts.TEST_OBSERVED
    return [head, *(_why(call, bound, finding) for bound, finding in found)]


def _why(call: Call, bound: Bound, finding: Finding) -> str:
    assert bound.ladder is not None
    step = bound.ladder.step(0, bound.weight).spoken() if finding.acts else texts.TEST_ASKS
    terms = finding.facts.get("terms", [])
    line = texts.TEST_LINE.format(
        clause=bound.clause.number,
        what=say(bound, finding),
        sure=round(finding.confidence * 100),
        step=step,
    )
    if call.private and terms:
        line += texts.TEST_TERMS.format(terms="、".join(terms))
    return line


# -- what people made of a term ---------------------------------------------------------------------


async def _about(call: Call, rest: Rest) -> Reply:
    """How often people agreed with a term here, and phrases that could be allowed: from excerpts that
    are still kept, so for the caller alone."""
    [term, *_] = _usable(call, typed(rest))
    group_id = call.group.id
    assert group_id is not None
    skeleton = fold(term).skeleton
    known = await precision(group_id)
    one = next((p for t, p in known.items() if fold(t).skeleton == skeleton), Precision(0, 0))
    lines = [texts.ABOUT.format(term=term, count=one.right + one.wrong, wrong=one.wrong)]
    overturned = models.Case.filter(group_id=group_id, state="reversed").exclude(excerpt="")
    found = [
        phrase(case.excerpt, term)
        for case in await overturned.only("id", "clauses", "excerpt").order_by("-id")
        if skeleton in {fold(one).skeleton for one in terms_of(case.clauses)}
    ]
    phrases = list(dict.fromkeys(filter(None, found)))[:_PHRASES]
    if phrases:
        lines.append(texts.ABOUT_PHRASES.format(phrases="、".join(phrases), number=group_id))
    if one.advice == "allow" or (one.advice == "ask" and not only_asks(call.group, term)):
        lines.append(texts.ABOUT_ADVICE[one.advice].format(term=term, number=group_id))
    return Reply("\n".join(lines), private=True)


_ACTIONS: dict[str, Callable[[Call, Rest], Awaitable[Reply]]] = {
    "add": partial(_put, name="terms"),
    "加": partial(_put, name="terms"),
    "allow": partial(_put, name="allow"),
    "放行": partial(_put, name="allow"),
    "remove": _remove,
    "删": _remove,
    "demote": _demote,
    "只问": _demote,
    "list": _list,
    "看": _list,
    "test": _test,
    "试": _test,
    "try": _try,
    "试词": _try,
    "about": _about,
    "查": _about,
}
