"""What a policy asks of the platform, clause by clause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.port import Act

if TYPE_CHECKING:
    from .compile import Policy

NEEDED = {
    Act.WITHDRAW: "撤回",
    Act.MUTE: "禁言",
    Act.REMOVE: "移出",
    Act.WHISPER: "私聊",
    Act.MUTE_ALL: "全员禁言",
    Act.DECIDE_JOIN: "通过或拒绝进群申请",
    Act.SET_CARD: "改群昵称",
    Act.SET_GROUP_NAME: "改群名",
    Act.ANNOUNCE: "发群公告",
    Act.READ_ANNOUNCEMENT: "看群公告",
}
"""How people call what a clause can need."""


def needs(policy: Policy) -> dict[Act, list[str]]:
    """Which clauses lead to which acts, by their settings and their ladders."""
    needed: dict[Act, list[str]] = {}
    for bound in policy.bound:
        acts = set(bound.settings.needs())
        judges = bound in policy.judging
        if judges or bound.settings.charges():
            acts.add(Act.WHISPER)
        for step in bound.ladder.steps if bound.ladder is not None and acts else ():
            if judges and bound.withdraws(step):
                acts.add(Act.WITHDRAW)
            if step.kind == "mute" or (step.kind in ("remove", "block") and step.confirm):
                acts.add(Act.MUTE)
            if step.kind in ("remove", "block"):
                acts.add(Act.REMOVE)
        for act in acts:
            needed.setdefault(act, []).append(bound.clause.number)
    return needed
