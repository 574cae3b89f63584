"""The environment of the bare peer: NoneBot2 and the adapter alone, at our own versions."""

from __future__ import annotations

from importlib.metadata import distributions, version
from pathlib import Path
import subprocess
import sys

HERE = Path(__file__).resolve().parent
BARE = HERE / ".venv-bare"
BARE_BOT = HERE / "bare" / "bot.py"


def bare_python() -> Path:
    """The interpreter of the bare environment, which is made where it is missing or out of date.

    Every package in it has the version that this environment has, so the peers differ by what is
    theirs alone.
    """
    python, constraints = BARE / "bin" / "python", BARE / "constraints.txt"
    wanted = "".join(
        sorted(f"{d.name}=={d.version}\n" for d in distributions() if d.name != "qungui")
    )
    if python.exists() and constraints.exists() and constraints.read_text() == wanted:
        return python
    subprocess.run([sys.executable, "-m", "venv", "--clear", BARE], check=True)
    draft = constraints.with_suffix(".part")
    draft.write_text(wanted)
    packages = [
        f"nonebot2[fastapi]=={version('nonebot2')}",
        f"nonebot-adapter-onebot=={version('nonebot-adapter-onebot')}",
    ]
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    subprocess.run([*pip, "--constraint", draft, *packages], check=True)
    draft.rename(constraints)
    return python
