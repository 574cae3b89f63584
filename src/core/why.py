"""Why a message was a violation or none, clause by clause: for `/why` and the sandbox's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .area import Finding
    from .policy import Bound, Policy

_LATE = "只看内容：次数不适用于命令和迟到的消息"
_NOTHING = "没有发现"


class Look(NamedTuple):
    """What one clause made of a message. `line` never quotes it."""

    number: str
    title: str
    """The plugin's, for people."""
    found: bool
    line: str


def explain(
    policy: Policy, found: Sequence[tuple[Bound, Finding]], *, content_only: bool
) -> list[Look]:
    """A look for each clause that judges messages, in the policy's order. `found` is what
    `judging.findings` said of the message, called with the same `content_only`."""
    looks: list[Look] = []
    for bound in policy.judging:
        number, area = bound.clause.number, bound.area
        own = [finding for one, finding in found if one is bound]
        if content_only and not area.of_content:
            looks.append(Look(number, area.title, False, _LATE))
        elif not own:
            looks.append(Look(number, area.title, False, say(bound, None)))
        looks += [Look(number, area.title, True, say(bound, finding)) for finding in own]
    return looks


def say(bound: Bound, finding: Finding | None) -> str:
    """A finding, or that there is none, in the words of the clause's plugin."""
    if bound.area.explains is not None:
        return bound.area.explains(finding, bound.settings)
    return _NOTHING if finding is None else bound.area.title
