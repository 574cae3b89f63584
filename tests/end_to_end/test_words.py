"""A group's own term, typed in private, over the real line: in force for the next message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.fakeqq import GROUP, HEAD_TEACHER, PARENTS, FakeQQ

from .conftest import gone

if TYPE_CHECKING:
    from .launcher import BotProcess

TERM = "拼车找我"
SENTENCE = "周五去机场，拼车找我"


async def test_a_term_is_refused_tried_added_and_carried_out(
    school: FakeQQ, bot: BotProcess
) -> None:
    fine = await school.speak(GROUP, PARENTS[0], SENTENCE)
    await school.whisper(HEAD_TEACHER, "词库 add 老师", via_group=GROUP)
    assert "【老师】" in await school.whispers(HEAD_TEACHER, "误伤平常的话")

    await school.whisper(HEAD_TEACHER, f"词库 try {TERM} {SENTENCE}", via_group=GROUP)
    assert "本群禁用词" in await school.whispers(HEAD_TEACHER, "这个词可以用")
    await school.whisper(HEAD_TEACHER, f"词库 add {TERM} 三.2", via_group=GROUP)
    await school.whispers(HEAD_TEACHER, "已保存为第 2 版")
    await school.whisper(HEAD_TEACHER, f"词库 test {SENTENCE}", via_group=GROUP)
    assert TERM in await school.whispers(HEAD_TEACHER, "会处理")

    message = await school.speak(GROUP, PARENTS[1], SENTENCE)
    told = await school.whispers(PARENTS[1], "三.2")
    await bot.idle()
    assert TERM not in told
    assert gone(school) == {message}
    assert fine not in gone(school)
    assert TERM not in bot.output
    assert not [words for words in school.said(GROUP) if TERM in words]
