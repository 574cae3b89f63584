"""The environments of the peers that are not ours: each has its packages and no others."""

from __future__ import annotations

from importlib.metadata import distributions, version
from pathlib import Path
import subprocess
import sys

HERE = Path(__file__).resolve().parent
BARE_BOT = HERE / "bare" / "bot.py"
ADMIN_BOT = HERE / "admin" / "bot.py"
ADMIN_VERSION = "1.0.4.3"


def bare_python() -> Path:
    """The interpreter of (a): NoneBot2 and the adapter alone.

    Every package in it has the version that this environment has, so the peers differ by what is
    theirs alone.
    """
    constraints = [f"{d.name}=={d.version}" for d in distributions() if d.name != "qungui"]
    return _python(HERE / ".venv-bare", _nonebot(), sorted(constraints))


def admin_python() -> Path:
    """The interpreter of (d): nonebot-plugin-admin on the NoneBot2 and adapter that we have.

    All else is as pip resolves it, but for Tortoise ORM. The 1.x that pip takes has its context in
    each task alone, so that the plugin's handlers find no database and no message is checked.
    """
    packages = [*_nonebot(), f"nonebot-plugin-admin=={ADMIN_VERSION}", "tortoise-orm<1"]
    return _python(HERE / ".venv-admin", packages, [])


def versions(python: Path) -> dict[str, str]:
    """What an environment has installed: version by name of package."""
    command = [python, "-m", "pip", "--disable-pip-version-check", "freeze"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(line.split("==", 1) for line in listed.splitlines() if "==" in line)


def _nonebot() -> list[str]:
    return [
        f"nonebot2[fastapi]=={version('nonebot2')}",
        f"nonebot-adapter-onebot=={version('nonebot-adapter-onebot')}",
    ]


def _python(place: Path, packages: list[str], constraints: list[str]) -> Path:
    """The interpreter of an environment, which is made where it is missing or out of date."""
    python, stamp = place / "bin" / "python", place / "wanted.txt"
    wanted = "\n".join([*packages, *constraints])
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True)
    limits = place / "constraints.txt"
    limits.write_text("\n".join(constraints))
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    subprocess.run([*pip, "--constraint", limits, *packages], check=True)
    stamp.write_text(wanted)
    return python
