"""A text-only group over the real line: voice goes, a file waits, and the answer comes after a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.fakeqq import GROUP, HEAD_TEACHER, PARENTS, FakeQQ, text
from sandbox.samples import SAMPLES

from .conftest import gone

if TYPE_CHECKING:
    from .launcher import BotProcess

PARENT, OTHER = PARENTS[0], PARENTS[1]
VOICE, FILE = SAMPLES["voice"].segments, SAMPLES["file"].segments
LINK = "报名看 https://www.smartedu.cn/sports"


async def test_voice_goes_and_a_file_waits_for_a_consent(school: FakeQQ, bot: BotProcess) -> None:
    voice = await school.speak(GROUP, PARENT, VOICE)
    told = await school.whispers(PARENT, "一.5")
    assert "请打字，或私聊" in told
    await bot.idle()
    assert gone(school) == {voice}

    for setting in ("allowed text,link,file", "approval file,link"):
        before = len(school.said(GROUP))
        await school.speak(GROUP, HEAD_TEACHER, f"/制度 set 一.5 {setting}")
        await school.says(GROUP, "第", after=before)
    file = await school.speak(GROUP, PARENT, FILE)
    assert "文件" in await school.whispers(PARENT, "要先请老师看一下")
    link = await school.speak(GROUP, OTHER, LINK)
    await school.whispers(OTHER, "要先请老师看一下")
    await bot.idle()
    assert gone(school) == {voice, file, link}

    await school.disconnect()
    await bot.restart()
    await school.connect()
    await school.whisper(HEAD_TEACHER, "同意", GROUP)
    listed = await school.whispers(HEAD_TEACHER, "等您同意：")
    assert "周末作业清单.docx" in listed
    assert LINK in listed
    numbers = [line.split()[0] for line in listed.splitlines() if "（群规 一.5）" in line]
    for number in numbers:
        await school.speak(GROUP, HEAD_TEACHER, [text(f"同意 {number}")])
    await school.whispers(PARENT, "请您现在再发一次")
    await school.says(GROUP, f"{school.member(GROUP, OTHER).card}：{LINK}")
    again = await school.speak(GROUP, PARENT, FILE)
    await bot.idle()
    assert again not in gone(school)
    once_more = await school.speak(GROUP, PARENT, FILE)
    await bot.idle()
    assert once_more in gone(school)
