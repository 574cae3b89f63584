"""Why a message was a violation, in words, clause by clause."""

from __future__ import annotations

from src.core.area import Message
from src.core.chat.events import Account, GroupKey, Kind, MessageReceived, MessageRef, Segment
from src.core.judging import findings
from src.core.policy import compile_policy
from src.core.policy.files import load_pack
from src.core.text import built_in, fold
from src.core.why import Look, explain
from src.core.windows import GroupWindows
from tests import houses

GROUP = GroupKey("qq", "1")


def looks(*texts: str, content_only: bool = False) -> dict[str, Look]:
    """What is said of the last of these messages, by clause."""
    policy = compile_policy(load_pack("text-only-parents"), version=1, policy_id=None)
    windows = GroupWindows()
    message: Message | None = None
    for number, text in enumerate(texts, 1):
        event = MessageReceived(
            MessageRef("10001", GROUP, str(number), 100.0),
            Account("qq", "101"),
            (Segment(Kind.TEXT, text),),
            text,
        )
        message = Message(event, fold(text), built_in().scan(fold(text)), 100.0, 100.0)
        windows.observe(message, 100.0)
    assert message is not None
    found = findings(policy, message, windows, content_only=content_only, fault=_fail)
    said = explain(policy, found, content_only=content_only)
    assert [one.number for one in said] == [b.clause.number for b in policy.judging]
    return {one.number: one for one in said}


def _fail(area: str, detector: object, error: Exception) -> None:
    raise error


def test_a_clean_message_is_told_what_was_looked_for() -> None:
    said = looks("明天九点开家长会，请带好水杯")
    assert not any(one.found for one in said.values())
    assert "辱骂" in said["二.1"].line
    assert said["三.1"] == Look("三.1", "防刷屏", False, "没有刷屏")


def test_findings_are_put_in_words_and_quote_nothing() -> None:
    said = looks(houses.INSULT, houses.INSULT, houses.INSULT)
    assert said["二.1"].found
    assert said["二.1"].line == "辱骂与威胁"
    assert said["三.1"].line == "同样的内容发了 3 次"
    assert not any("傻" in one.line for one in said.values())


def test_what_looks_at_content_only_says_so() -> None:
    said = looks(houses.INSULT, houses.INSULT, houses.INSULT, content_only=True)
    assert said["二.1"].found
    assert not said["三.1"].found
    assert "次数" in said["三.1"].line
