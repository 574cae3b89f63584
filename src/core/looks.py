"""What became of each message at the door, for the sandbox's page and for tests.

The guard notes it here where it is given one; in production there is none. In memory only, without
the messages' text.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypedDict

from .store import models
from .why import Look, explain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .area import Finding, Message
    from .chat.events import MessageReceived
    from .commands import Request
    from .groups import Groups
    from .policy import Bound, Policy

Verdict = Literal["ordinary", "command", "not_judged", "case", "review"]

KEPT = 500
"""So many messages are remembered."""

OTHER_BOT = "由另一个机器人负责本群"
ROBOT = "平台自己的机器人发的，不判断"
NO_POLICY = "本群还没有选定制度"
PAUSED = "自动执行已暂停"
PRIVATE = "私聊不判断"
_COMMAND = "命令：{title}"
_ORDINARY = "没有发现问题"
_CASE = "不符合群规 {numbers}"
_OBSERVED = "（只观察，不处理）"
_WORD = "（老师和管理员，私下提醒）"
_REVIEW = "拿不准是否符合群规 {numbers}，请老师看"
_LEFT = "拿不准是否符合群规 {numbers}；{why}，不再打扰老师"
_STAFF = "是老师或管理员发的"
_LATE = "消息来得太晚"


class Clause(TypedDict):
    """What one clause made of a message."""

    number: str
    title: str
    found: bool
    line: str


class Answer(TypedDict):
    """What became of a message. `reason` and the clauses' lines are for people, in Chinese."""

    message_id: str
    verdict: Verdict
    reason: str
    clauses: list[Clause]
    case: int | None
    """The number of the case in its group."""


@dataclass(slots=True)
class _Seen:
    event: MessageReceived
    reason: str
    request: Request | None
    message: Message | None = None
    found: Sequence[tuple[Bound, Finding]] = ()
    looks: Sequence[Look] = ()
    late: bool = False
    case: models.Case | None = None


class Looks:
    """The last messages, and what was looked at. The noting is synchronous, and reads no store."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, _Seen] = OrderedDict()

    def passed(self, event: MessageReceived, reason: str, request: Request | None = None) -> None:
        """A message came. `reason`: why it is not judged, empty where it may be. `request`: the
        command it is, if its author may use it."""
        self._seen[event.ref.message_id] = _Seen(event, reason, request)
        self._seen.move_to_end(event.ref.message_id)
        if len(self._seen) > KEPT:
            self._seen.popitem(last=False)

    def judged(
        self,
        message: Message,
        policy: Policy,
        found: Sequence[tuple[Bound, Finding]],
        *,
        command: bool,
        content_only: bool,
    ) -> None:
        """A message that `passed` was judged, with this outcome."""
        seen = self._seen.get(message.event.ref.message_id)
        if seen is None:
            return
        seen.message, seen.found = message, found
        seen.looks = explain(policy, found, content_only=content_only)
        seen.late = content_only and not command

    def added(
        self, message: Message, policy: Policy, found: Sequence[tuple[Bound, Finding]]
    ) -> None:
        """Something more was found on a message that was `judged`: in a forward opened later."""
        seen = self._seen.get(message.event.ref.message_id)
        if seen is None:
            return
        seen.found = [*seen.found, *found]
        newly = {x.number: x for x in explain(policy, found, content_only=True) if x.found}
        seen.looks = [newly.get(look.number, look) for look in seen.looks]

    async def answer(self, message_id: str, groups: Groups) -> Answer | None:
        """What became of a message; None where it is not remembered. The case is looked up in the
        store: the guard decides before there is one."""
        seen = self._seen.get(message_id)
        if seen is None:
            return None
        verdict, reason = _verdict(seen)
        if verdict == "case":
            seen.case = await _case_of(seen, groups) or seen.case
            if seen.case is not None:
                reason += _OBSERVED if seen.case.observed else ""
                reason += _WORD if seen.case.step == "word" else ""
        return {
            "message_id": message_id,
            "verdict": verdict,
            "reason": reason,
            "clauses": [
                {"number": look.number, "title": look.title, "found": look.found, "line": look.line}
                for look in seen.looks
            ],
            "case": seen.case.number if seen.case is not None else None,
        }


def _verdict(seen: _Seen) -> tuple[Verdict, str]:
    def numbers(*, acting: bool) -> str:
        said = (b.clause.number for b, f in seen.found if f.acts or not acting)
        return "、".join(dict.fromkeys(said))

    if any(finding.acts for _, finding in seen.found):
        return "case", _CASE.format(numbers=numbers(acting=True))
    if seen.request is not None:
        return "command", _COMMAND.format(title=seen.request.command.title)
    if seen.message is None:
        return "not_judged", seen.reason
    if all(finding.word is not None for _, finding in seen.found):
        return "ordinary", _ORDINARY
    if seen.message.author_is_staff or seen.late:
        why = _STAFF if seen.message.author_is_staff else _LATE
        return "ordinary", _LEFT.format(numbers=numbers(acting=False), why=why)
    return "review", _REVIEW.format(numbers=numbers(acting=False))


async def _case_of(seen: _Seen, groups: Groups) -> models.Case | None:
    """The case of a message; for one of several that are one incident, the case of the first."""
    ref, account = seen.event.ref, seen.event.account
    if ref.group is None:
        return None
    group = groups.get(ref.group)
    case = await models.Case.get_or_none(group_id=group.id, message_key=ref.key)
    if case is not None:
        return case
    for bound, finding in seen.found:
        known = group.incidents.get((account, bound.clause.number, finding.incident))
        if known is not None:
            return await models.Case.get_or_none(id=known[0])
    return None
