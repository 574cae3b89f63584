"""A quarrel and a flood over the real line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.fakeqq import GROUP, HEAD_TEACHER, PARENTS, FakeQQ

from .conftest import gone

if TYPE_CHECKING:
    from .launcher import BotProcess

ONE, OTHER, THIRD = PARENTS[:3]


async def test_both_are_asked_to_calm_down_and_alike_texts_are_withdrawn(
    school: FakeQQ, bot: BotProcess
) -> None:
    await school.speak(GROUP, HEAD_TEACHER, "/启用 quarrel")
    await school.says(GROUP, "已启用争吵")
    for user, words in (
        (ONE, "你家孩子又打人了"),
        (OTHER, "你胡说！！"),
        (ONE, "你怎么管孩子的？？"),
        (OTHER, "你讲不讲理"),
    ):
        await school.speak(GROUP, user, words)
    await school.says(GROUP, "私下说")
    await bot.idle()
    assert gone(school) == set()

    alike = [
        await school.speak(GROUP, THIRD, words)
        for words in ("今天几点放学", "今天几点放学？111", "今天 几点放学😀")
    ]
    await school.whispers(THIRD, "三.1")
    await bot.idle()
    assert gone(school) == {alike[-1]}
    assert "几点放学" not in bot.output
