"""What the documents say is so: links, commands, tables, examples and their output.

`.venv/bin/python -m tests.test_docs` writes the shown files and outputs anew.
"""

from __future__ import annotations

import asyncio
import contextlib
from importlib import import_module
import json
import os
from pathlib import Path
import re
import shutil
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, Any, NamedTuple, get_args
from unittest import mock
from urllib.parse import unquote

from pydantic_core import PydanticUndefined, to_jsonable_python
import pytest

from src.application import plugin_names
from src.cli import main
from src.core.area import AREAS
from src.core.chat.events import GroupKey, PlatformRole
from src.core.duration import written
from src.core.policy import Pack
from src.core.policy.ladder import STEP_KINDS, Ladder
from src.core.policy.pack import Clause
from src.core.text import CATEGORIES

from .houses import CLASS, OWNER, a_home

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("bench/*.md"))
    if ".venv" not in path.parts
)
READMES = (ROOT / "README.md", ROOT / "README.en.md")
POLICY_AUTHORS = (ROOT / "docs" / "写制度.md", ROOT / "docs" / "policy-authors.md")
EXAMPLES = ROOT / "docs" / "examples"
SPEAKER = "孙老师："
OTHER_CLASS = GroupKey("qq", "2")
OUR_PLUGINS = plugin_names()

for _name in OUR_PLUGINS:
    import_module(f"src.plugins.{_name}")

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
BLOCK = re.compile(
    r"<!-- (?P<kind>file|run|talk): (?P<what>.+?) -->\n```(?P<language>\w*)\n(?P<body>.*?)```",
    re.DOTALL,
)
SHELL = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


# -- what is shown is what is so ------------------------------------------------------------------


class Block(NamedTuple):
    """A code block that shows a file, what a command prints, or a talk with the bot."""

    kind: str
    what: str
    body: str


def blocks(text: str) -> list[Block]:
    return [Block(found["kind"], found["what"], found["body"]) for found in BLOCK.finditer(text)]


def printed(command: str) -> str:
    """What `qungui` prints, run in the project's folder."""
    done = subprocess.run(
        (sys.executable, "-m", "src.cli", *command.split()),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return done.stdout


async def talked(text: str, folder: Path) -> list[str]:
    """The talks of a document as they come out, in one house, one after another."""
    packs = folder / "policies"
    shutil.copytree(ROOT / "policies", packs)
    for pack in EXAMPLES.glob("our_class/our-class.toml"):
        shutil.copy(pack, packs)
    talks: list[str] = []
    with mock.patch("src.core.policy.files.PACKS", packs):
        async with a_home(folder, pack=None) as home:
            home.platform.join(OWNER, "孙老师", PlatformRole.OWNER, group=OTHER_CLASS)
            for block in blocks(text):
                if block.kind != "talk":
                    continue
                group = OTHER_CLASS if block.what in ("新群", "new group") else CLASS
                lines: list[str] = []
                for line in block.body.splitlines():
                    if not line.startswith(SPEAKER):
                        continue
                    before = len(home.platform.said(group))
                    await home.says(OWNER, line.removeprefix(SPEAKER), group=group)
                    lines += [line, *home.platform.said(group)[before:], ""]
                talks.append("\n".join(lines[:-1]) + "\n")
    return talks


async def fresh(text: str, folder: Path) -> str:
    """The document with every shown file, output and talk as it is now."""
    talks = iter(await talked(text, folder))

    def anew(found: re.Match[str]) -> str:
        kind, what = found["kind"], found["what"]
        if kind == "file":
            body = read(ROOT / what)
        else:
            body = printed(what) if kind == "run" else next(talks)
        return f"<!-- {kind}: {what} -->\n```{found['language']}\n{body}```"

    return BLOCK.sub(anew, text)


@pytest.mark.parametrize("path", [p for p in DOCUMENTS if blocks(read(p))], ids=named)
async def test_what_is_shown_is_what_comes_out(path: Path, tmp_path: Path) -> None:
    text = read(path)
    assert text == await fresh(text, tmp_path), "run .venv/bin/python -m tests.test_docs"


def test_there_are_examples_to_compare() -> None:
    for path in POLICY_AUTHORS:
        assert {block.kind for block in blocks(read(path))} == {"file", "run", "talk"}
    assert any(b.kind == "file" for b in blocks(read(ROOT / "docs" / "plugin-authors.md")))


# -- links and commands ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_links_lead_somewhere(path: Path) -> None:
    dead: list[str] = []
    for target in LINK.findall(read(path)):
        if re.match(r"[a-z]+:", target):
            continue
        place, _, anchor = unquote(target).partition("#")
        there = (path.parent / place) if place else path
        if not there.exists():
            dead.append(target)
        elif anchor and there.suffix == ".md" and anchor not in anchors(read(there)):
            dead.append(target)
    assert not dead


def anchors(text: str) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    return {
        re.sub(r"[^\w\- ]", "", heading.replace("`", "")).strip().lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", read(ROOT / "Makefile"), re.MULTILINE))


def shell_lines() -> Iterator[tuple[Path, str]]:
    for path in DOCUMENTS:
        for block in SHELL.findall(read(path)):
            for line in block.splitlines():
                if command := line.partition("#")[0].strip():
                    yield path, command


@pytest.mark.parametrize(
    ("path", "line"), list(shell_lines()), ids=lambda value: str(value).replace(str(ROOT), "")
)
def test_a_shell_command_is_one_we_have(path: Path, line: str) -> None:
    words = line.split()
    for index, word in enumerate(words):
        rest = words[index + 1 :]
        if word == "make":
            assert rest[0] in targets()
        elif word.endswith("bin/qungui"):
            assert accepted(rest)
        elif word.endswith("bin/python") and rest[0] == "-m":
            module = ROOT / rest[1].replace(".", "/")
            ours = module.is_dir() or module.with_suffix(".py").exists()
            assert ours or rest[1] == "pytest"


def accepted(words: list[str]) -> bool:
    """Whether the command line takes these words; nothing is carried out."""
    doing = (
        "run",
        "_check",
        "_judge",
        "_backup",
        "_restore",
        "_audit",
        "_case",
        "_roster",
        "_inspect",
    )
    with contextlib.ExitStack() as stack:
        for name in doing:
            stack.enter_context(mock.patch(f"src.cli.{name}", return_value=0))
        stack.enter_context(mock.patch.object(sys, "argv", ["qungui", *words]))
        try:
            main()
        except SystemExit as end:
            return end.code in (0, None)
    return True


def test_a_command_we_do_not_have_is_refused() -> None:
    assert not accepted(["polish", "everything"])


# -- tables ---------------------------------------------------------------------------------------


def rows(text: str) -> list[list[str]]:
    """The cells of every row of every table."""
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
        for line in text.splitlines()
        if line.lstrip().startswith("|") and not set(line) <= set("| -:")
    ]


def table_with(text: str, key: str) -> str:
    """The one table that has a row for this key."""
    found = [
        table for table in re.findall(r"(?:^\|.*\n)+", text, re.M) if f"\n| `{key}` |" in table
    ]
    assert len(found) == 1, f"{len(found)} tables have a row `{key}`"
    return found[0]


def in_code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize("path", READMES, ids=named)
def test_the_readmes_name_every_command_and_no_other(path: Path) -> None:
    shown = {
        word.split()[0]
        for row in rows(read(path))
        for cell in row
        for word in in_code(cell)
        if word.startswith("/")
    }
    commands = [command for name in OUR_PLUGINS for command in AREAS[name].commands]
    names = {f"/{name}" for c in commands for name in (c.name, *c.chinese)}
    wanted = {f"/{name}" for c in commands for name in (c.name, c.chinese[0])}
    assert wanted - shown == set()
    assert shown - names == set()


@pytest.mark.parametrize("path", READMES, ids=named)
def test_the_readmes_name_every_plugin_and_pack(path: Path) -> None:
    first = {word for row in rows(read(path)) if row for word in in_code(row[0])}
    assert set(OUR_PLUGINS) <= first
    assert {pack.stem for pack in (ROOT / "policies").glob("*.toml")} <= first


def section(text: str, name: str) -> str:
    """What stands under the heading that names this in code, up to the next heading."""
    found = re.search(rf"^(#+) [^\n]*`{re.escape(name)}`[^\n]*\n(.*?)(?=^#|\Z)", text, re.M | re.S)
    assert found, f"no heading names `{name}`"
    return found[2]


def default(field: FieldInfo) -> str | None:
    """A default as a policy author writes it; None where there is none to write."""
    if field.is_required():
        return None
    value: Any = field.get_default(call_default_factory=True)
    if value is None or value is PydanticUndefined:
        return None
    if value == CATEGORIES:
        return "all"
    parts = [
        part for one in get_args(field.annotation) for part in getattr(one, "__metadata__", ())
    ]
    span = any(getattr(piece, "func", None) is written for piece in (*field.metadata, *parts))
    return json.dumps(written(value) if span else to_jsonable_python(value), ensure_ascii=False)


def check_table(text: str, fields: Mapping[str, FieldInfo]) -> None:
    """Every field has its row, with its default."""
    # The first table is theirs: a category below may have a setting's name.
    table = {in_code(row[0])[0]: row for row in reversed(rows(text)) if row and in_code(row[0])}
    for name, field in fields.items():
        shown = field.alias or name
        value = default(field)
        assert shown in table, f"a row is missing: | `{shown}` | `{value}` | … |"
        cell = table[shown][1]
        if value == "all":
            assert cell in ("全部", "all"), shown
        elif value is None:
            assert cell in ("必写", "required") if field.is_required() else cell in ("无", "none")
        else:
            assert in_code(cell) == [value], f"the default of {shown} is `{value}`"


@pytest.mark.parametrize("path", POLICY_AUTHORS, ids=named)
@pytest.mark.parametrize("name", OUR_PLUGINS)
def test_settings_stand_in_the_documents(name: str, path: Path) -> None:
    settings = AREAS[name].settings.model_fields
    text = section(read(path), name)
    check_table(text, settings)
    if settings:
        shown = {in_code(row[0])[0] for row in rows(text) if in_code(row[0])}
        assert shown <= {*settings, *CATEGORIES}, "a row is of no setting"


@pytest.mark.parametrize("path", POLICY_AUTHORS, ids=named)
@pytest.mark.parametrize(("model", "key"), [(Pack, "title"), (Ladder, "life"), (Clause, "number")])
def test_every_key_stands_in_the_documents(model: type[BaseModel], key: str, path: Path) -> None:
    # A pack's name is its file's.
    fields = {name: field for name, field in model.model_fields.items() if name != "name"}
    check_table(table_with(read(path), key), fields)


@pytest.mark.parametrize("path", POLICY_AUTHORS, ids=named)
def test_every_step_and_category_stands_in_the_documents(path: Path) -> None:
    first = {word.strip('"').split()[0] for row in rows(read(path)) for word in in_code(row[0])}
    assert set(STEP_KINDS) | set(CATEGORIES) <= first


# -- the plugin of one's own ----------------------------------------------------------------------


def test_the_example_plugin_works_where_an_author_would_put_it(tmp_path: Path) -> None:
    for folder in ("src", "tests", "sandbox", "policies"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(EXAMPLES / "voice_notes", tmp_path, dirs_exist_ok=True)

    def ran(*command: str) -> str:
        done = subprocess.run(
            (sys.executable, "-m", *command),
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    assert "1 条由机器人执行" in ran("src.cli", "policy", "check", "policies/text-and-voice.toml")
    assert "3 passed" in ran("pytest", "-q", "-p", "no:cacheprovider", "tests/plugins/voice_notes")


if __name__ == "__main__":
    for document in DOCUMENTS:
        old = read(document)
        if blocks(old):
            with tempfile.TemporaryDirectory() as place:
                new = asyncio.run(fresh(old, Path(place)))
            document.write_text(new, encoding="utf-8")
