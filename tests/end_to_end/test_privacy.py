"""What gives pupils and parents away, over the line: a list, a file, and a teacher's ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.fakeqq import GROUP, HEAD_TEACHER, PARENTS, TEACHER, FakeQQ

from .conftest import gone

if TYPE_CHECKING:
    from .launcher import BotProcess

PARENT, OTHER = PARENTS[:2]
LIST = "陈晨妈妈13800138000，赵敏爸爸13900139001"
RANKING = "期中数学：陈晨98，赵敏95，孙强42"
FILE = {"file": "期中成绩排名.xlsx", "file_id": "/1", "file_size": "18432", "url": ""}


async def test_lists_go_and_a_teacher_is_told_in_private(school: FakeQQ, bot: BotProcess) -> None:
    await school.speak(GROUP, HEAD_TEACHER, "/启用 privacy")
    await school.says(GROUP, "已启用隐私保护")
    numbers = await school.speak(GROUP, PARENT, LIST)
    told = await school.whispers(PARENT, "附1")
    file = await school.speak(GROUP, OTHER, [{"type": "file", "data": FILE}])
    await school.whispers(OTHER, "附1")
    await school.speak(GROUP, TEACHER, RANKING)
    word = await school.whispers(TEACHER, "附1")
    await school.speak(GROUP, PARENT, "我家孩子考了98分，我的电话是13800138000")
    await bot.idle()
    assert gone(school) == {numbers, file}
    for text in (told, word):
        assert "陈晨" not in text
        assert "13800138000" not in text
    assert len(school.whispered(TEACHER)) == 1
    assert not school.muted(GROUP, TEACHER)
    assert LIST not in bot.output
