"""The plugin as a class meets it: in a house in the process, without a platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.chat.events import Kind, Segment
from src.core.store import models
from tests.houses import OWNER, PARENT, a_home

if TYPE_CHECKING:
    from pathlib import Path

PACK = "kindergarten"
"""It leaves voice alone."""
VOICE = [Segment(Kind.VOICE, "a.amr")]


async def test_a_voice_note_is_reminded_of_and_explained(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await home.says(PARENT, VOICE)
        assert await models.Case.all().count() == 0

        await home.says(OWNER, "/启用 voice_notes")
        await home.says(PARENT, VOICE)
        case = await models.Case.get()
        assert (case.plugin, case.clause, case.step) == ("voice_notes", "附1", "remind")

        await home.says(PARENT, f"/为什么 {case.number}")
        assert "发了语音" in home.platform.whispered(PARENT)[-1]


async def test_text_and_video_are_left_alone_unless_the_clause_says_otherwise(
    tmp_path: Path,
) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await home.says(OWNER, "/启用 voice_notes")
        await home.says(PARENT, "明天几点到校？")
        await home.says(PARENT, [Segment(Kind.VIDEO, "b.mp4")])
        assert await models.Case.all().count() == 0

        await home.says(OWNER, "/制度 set 附1 video 是")
        await home.says(PARENT, [Segment(Kind.VIDEO, "b.mp4")])
        assert (await models.Case.get()).clause == "附1"


async def test_the_command_says_whether_it_is_in_force(tmp_path: Path) -> None:
    async with a_home(tmp_path, pack=PACK) as home:
        await home.says(PARENT, "/语音")
        await home.says(OWNER, "/启用 voice_notes")
        await home.says(PARENT, "/语音")
        *_, before, _, after = home.platform.said()
        assert (before, after) == ("可以发语音。", "本群不发语音，想说的话请打字，或私聊。")
