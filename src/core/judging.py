"""How a message is judged against a policy: one way for the guard and for `qungui judge`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .area import AREAS, Finding, Message
from .chat.events import Account, GroupKey, Kind, MessageReceived, MessageRef, Segment
from .policy import Pack, compile_policy
from .text import CATEGORIES, built_in, fold
from .windows import GroupWindows

if TYPE_CHECKING:
    from collections.abc import Callable

    from .area import Detector, Windows
    from .policy import Bound, Policy

_SOMEBODY = Account("none", "1")
_SOMEWHERE = GroupKey("none", "1")


def findings(
    policy: Policy,
    message: Message,
    windows: Windows,
    *,
    content_only: bool,
    fault: Callable[[str, Detector[Any], Exception], None],
) -> list[tuple[Bound, Finding]]:
    """What the policy's detectors find, in the policy's order. A detector that raises finds
    nothing and is handed to `fault`. Where a finding shields the message's author, nothing else
    counts."""
    hits: list[tuple[Bound, Finding]] = []
    for bound in policy.judging:
        area = bound.area
        if content_only and not area.of_content:
            continue
        for detector in area.detectors:
            try:
                finding = detector(message, bound.settings, windows)
            except Exception as error:
                fault(area.name, detector, error)
                continue
            if finding is not None:
                hits.append((bound, finding))
    return [hit for hit in hits if hit[1].shields] or hits


def policy_of_everything() -> Policy:
    """A policy that binds every area that judges: one clause for each category of the lexicon where
    the area has categories, numbered by it, else one clause with the default settings."""
    clauses = [
        {
            "number": number,
            "text": area.title,
            "plugin": name,
            "ladder": "any",
            "settings": settings,
        }
        for name, area in AREAS.items()
        if area.detectors
        for number, settings in (
            ((category, {"categories": [category]}) for category in CATEGORIES)
            if "categories" in area.settings.model_fields
            else ((name, {}),)
        )
    ]
    content = {
        "name": "everything",
        "title": "everything",
        "version": "1",
        "ladder": {"any": {"steps": ["remind"]}},
        "clause": clauses,
    }
    return compile_policy(Pack.from_content(content), version=0, policy_id=None)


def judge_line(text: str, policy: Policy) -> dict[str, Any]:
    """What the policy says of one message that stands alone: `text`, `answer` (pass, review or act),
    `clauses` (numbers) and `spans` (half-open offsets in the text)."""
    folded = fold(text)
    event = MessageReceived(
        ref=MessageRef("", _SOMEWHERE, "1", 0.0),
        account=_SOMEBODY,
        segments=(Segment(Kind.TEXT, text),),
        text=text,
    )
    message = Message(event, folded, built_in().scan(folded), 0.0, 0.0)
    windows = GroupWindows()
    windows.observe(message, 0.0)

    def fault(area: str, detector: object, error: Exception) -> None:
        raise RuntimeError(f"a detector of {area} raised") from error

    found = findings(policy, message, windows, content_only=False, fault=fault)
    hits = [(bound, finding) for bound, finding in found if finding.word is None]
    answer = "pass"
    if hits:
        answer = "act" if any(finding.acts for _, finding in hits) else "review"
    return {
        "text": text,
        "answer": answer,
        "clauses": list(dict.fromkeys(bound.clause.number for bound, _ in hits)),
        "spans": sorted({span for _, finding in hits for span in finding.spans}),
    }
