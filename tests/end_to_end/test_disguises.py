"""Words in disguise, over the line: what is sure goes, what is not is asked, what is neither stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.fakeqq import GROUP, HEAD_TEACHER, PARENTS, FakeQQ

from .conftest import gone

if TYPE_CHECKING:
    from .launcher import BotProcess

ORDINARY = [
    "他妈妈说明天来接他",
    "孩子出生证明要带吗",
    "因为下雨，操场改到体育馆",
    "WiFi password 是多少呀",
    "女子组先比，木头小车后比",
    "好的好的，谢谢谢谢！",
]


async def test_disguises(school: FakeQQ, bot: BotProcess) -> None:
    spelled = [
        await school.speak(GROUP, parent, text)
        for parent, text in zip(
            PARENTS, ("你这个王八dan", "他女马白勺又发广告", "王王八八蛋蛋"), strict=False
        )
    ]
    for parent in PARENTS[:3]:
        await school.whispers(parent, "二.1")
    for text in ORDINARY:
        await school.speak(GROUP, PARENTS[3], text)
    await bot.idle()
    assert gone(school) == set(spelled)
    assert not school.whispered(PARENTS[3])


async def test_what_only_sounds_like_it_or_comes_in_pieces_is_asked(
    school: FakeQQ, bot: BotProcess
) -> None:
    await school.speak(GROUP, PARENTS[0], "你这个汪巴旦")
    await school.whispers(HEAD_TEACHER, "待审")
    for piece in ("王", "八", "蛋"):
        await school.speak(GROUP, PARENTS[1], piece)
    for piece in ("王", "八"):
        await school.speak(GROUP, PARENTS[2], piece)
    await bot.clock(advance=31)
    # So long after, it is no piece of a word.
    await school.speak(GROUP, PARENTS[2], "蛋")
    await bot.idle()
    await school.whisper(HEAD_TEACHER, "待审", via_group=GROUP)
    queue = await school.whispers(HEAD_TEACHER, "分几条发")
    assert "写成谐音字" in queue
    assert queue.count("二.1") == 2
    assert gone(school) == set()
    assert not school.muted(GROUP, PARENTS[0])
