"""The rooms keep their walls (design: "Layout"): who may import whom, and who may ask the time."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
CLOCK = ROOT / "src" / "core" / "clock.py"
TIME_SOURCES = {
    "time.time",
    "time.monotonic",
    "time.perf_counter",
    "time.sleep",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "asyncio.sleep",
}


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    """The absolute names of all modules that a file imports, wherever in it."""
    package = module_of(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found |= {module} | {f"{module}.{name.name}" for name in node.names}
    return found


def test_there_is_something_to_look_at() -> None:
    assert len(SOURCES) > 40
    assert "src.core.area" in imports(ROOT / "src/plugins/content_filter/detector.py")


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_imports_keep_the_walls(path: Path) -> None:
    here = module_of(path)
    for name in imports(path):
        if here.startswith("src.core"):
            assert not name.startswith("src.plugins"), f"{here} imports {name}"
        if here.startswith("src.plugins."):
            own = ".".join(here.split(".")[:3])
            assert not name.startswith("src.plugins") or name.startswith(own), (
                f"{here} imports {name}"
            )
        if not here.startswith("src.core.chat") and here != "src.application":
            assert not name.startswith("nonebot.adapters"), f"{here} imports {name}"


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_only_the_clock_knows_the_time(path: Path) -> None:
    if path == CLOCK:
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        called = ast.unparse(node.func)
        if any(called == source or called.endswith(f".{source}") for source in TIME_SOURCES):
            yields = called == "asyncio.sleep" and ast.unparse(node.args[0]) == "0"
            assert yields, f"{module_of(path)}:{node.lineno} calls {called}"


@pytest.mark.parametrize("path", [p for p in SOURCES if p.name == "detector.py"], ids=module_of)
def test_detectors_are_plain_functions(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.AsyncFunctionDef | ast.Await)]
    allowed = (
        "src.core.area",
        "src.core.chat.events",
        "src.core.text",
        "src.core.duration",
        "src.plugins",
    )
    for name in imports(path):
        if name.startswith("src."):
            assert name.startswith(allowed), f"{module_of(path)} imports {name}"
