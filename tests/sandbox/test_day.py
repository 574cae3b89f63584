"""The sample day: what is told of it, and that every plugin has its moment in it.

tests/sandbox/day.txt is the transcript. Where a change of it is meant:
`.venv/bin/python -m sandbox --demo > tests/sandbox/day.txt`, and read what changed.
"""

from __future__ import annotations

import asyncio
from importlib import import_module
import os
from pathlib import Path
import re
import sys

import pytest

from src.application import plugin_names
from src.core.area import AREAS

ROOT = Path(__file__).resolve().parents[2]
TRANSCRIPT = Path(__file__).with_name("day.txt").read_text(encoding="utf-8")
TYPED = re.findall(r"^\d\d:\d\d [^：\n]+：(?:（回复上面的消息）)?(/?\S+)", TRANSCRIPT, re.MULTILINE)
"""The first word of what people said."""


def without_versions(transcript: str) -> str:
    """The lexicon's version is another one with each term that is added."""
    return re.sub(r"词库 [0-9a-f]{12}", "词库", transcript)


for _name in plugin_names():
    import_module(f"src.plugins.{_name}")


async def test_the_day_is_told_as_it_is_written(tmp_path: Path) -> None:
    demo = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox", "--demo"),
        cwd=ROOT,
        env={**os.environ, "QUNGUI_HOME": str(tmp_path), "PYTHONUTF8": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(180):
            told, errors = await demo.communicate()
    finally:
        if demo.returncode is None:
            demo.terminate()
            await demo.wait()
    assert demo.returncode == 0, errors.decode()
    assert without_versions(told.decode()) == without_versions(TRANSCRIPT)


@pytest.mark.parametrize("plugin", plugin_names())
def test_every_plugin_has_its_moment(plugin: str) -> None:
    area = AREAS[plugin]
    names = {name for command in area.commands for name in (command.name, *command.chinese)}
    typed = names & {word.removeprefix("/") for word in TYPED}
    # A case says which plugin found it; what makes none, or types nothing, acts under its own heading.
    found = f"来自：自动发现（{area.title}）" in TRANSCRIPT
    acts = re.search(rf"^—— .*{re.escape(area.title)}.* ——$", TRANSCRIPT, re.MULTILINE) is not None
    assert found or not area.detectors or not area.makes_cases
    assert typed or not area.commands
    assert found or acts or (typed and area.makes_cases)


def test_ordinary_chat_is_left_alone() -> None:
    lines = TRANSCRIPT.splitlines()
    said = [
        n for n, line in enumerate(lines) if re.search(r"^\d[^（]*：(收到|好的|谢谢|晚安)", line)
    ]
    assert len(said) > 10
    assert not [lines[n] for n in said if lines[n + 1 : n + 2] and lines[n + 1].startswith(" ")]


def test_it_is_in_words_of_people() -> None:
    for unwanted in ("Traceback", "None", "{", "[CQ:", "没有做成"):
        assert unwanted not in TRANSCRIPT
