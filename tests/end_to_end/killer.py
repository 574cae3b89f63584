"""The application, made to kill itself (SIGKILL) at a named point; only tests start it.

`KILL_AT` in the environment names the point: the kind of an act, the state it changes to, and
whether the process dies before or after that is written, such as `mute:attempting:before`; or one of
`CALLS` with `called`. With `KILL_AT=armed` the point stands in the file `kill-at` of the installation,
which the test writes when it is time.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
import os
from pathlib import Path
import signal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

ARMED = "armed"
FILE = "kill-at"
CALLS = {
    "freeze": ("src.core.discipline.whole", "WholeMutes", "freeze"),
    "unfreeze": ("src.core.discipline.whole", "WholeMutes", "unfreeze"),
    "whole-mute": ("src.core.chat.onebot11.platform", "OneBot11Platform", "mute_all"),
    "revoke": ("src.core.discipline.orders", "Orders", "close"),
    "pass-up": ("src.core.discipline.asking", "Asking", "put_to"),
    "clear": ("src.core.discipline.retention", "_Names", "_cases"),
    "cleared": ("src.core.discipline.retention", "_Names", "clear"),
    "seal": ("src.core.audit.audit", "Audit", "_end"),
    "sealed": ("src.core.audit.audit", "Audit", "seal"),
}
"""What else can be died in: module, class and method."""


@dataclass(frozen=True, slots=True)
class KillPoint:
    """A change of an act's state, or a call, and the side of it on which the process dies."""

    kind: str
    state: str
    before: bool

    @classmethod
    def parse(cls, text: str) -> KillPoint:
        """Read `kind:state:before` or `kind:state:after`; ValueError for anything else."""
        kind, state, side = text.split(":")
        if side not in ("before", "after"):
            raise ValueError(f"KILL_AT={text}: before or after, not {side}")
        if state == "called" and kind not in CALLS:
            raise ValueError(f"KILL_AT={text}: no such call")
        return cls(kind, state, side == "before")


def _file() -> Path:
    return Path(os.environ["QUNGUI_HOME"]) / FILE


def _wanted() -> KillPoint | None:
    text = os.environ["KILL_AT"]
    if text != ARMED:
        return KillPoint.parse(text)
    return KillPoint.parse(_file().read_text("utf-8")) if _file().exists() else None


def _here(kind: str, state: str, *, before: bool) -> None:
    """End the process as a power cut would, where it is to die here; once."""
    if _wanted() == KillPoint(kind, state, before):
        _file().unlink(missing_ok=True)
        os.kill(os.getpid(), signal.SIGKILL)


def arm() -> None:
    """Wrap where an act's state is written, so that the process dies at the point."""
    from src.core.discipline.executor import Executor
    from src.core.store.models import Act

    def here(act: Act, *, before: bool) -> None:
        _here(act.kind, act.state, before=before)

    save, submit, settle = Act.save, Executor.submit, Executor._settle
    begin = Executor._begin

    async def dying_save(act: Act, **options: Any) -> None:
        here(act, before=True)
        await save(act, **options)

    async def dying_begin(executor: Executor, act: Act) -> bool:
        _here(act.kind, "attempting", before=True)
        begun = await begin(executor, act)
        # Written outside of a transaction, so it is durable now.
        here(act, before=False)
        return begun

    def dying_submit(executor: Executor, acts: Iterable[Act]) -> Any:
        listed = list(acts)
        for act in listed:
            here(act, before=False)
        return submit(executor, listed)

    async def dying_settle(executor: Executor, act: Act, *rest: Any) -> None:
        await settle(executor, act, *rest)
        here(act, before=False)

    for owner, name, wrapped in (
        (Act, "save", dying_save),
        (Executor, "submit", dying_submit),
        (Executor, "_begin", dying_begin),
        (Executor, "_settle", dying_settle),
    ):
        setattr(owner, name, wrapped)
    for kind, (module, cls, method) in CALLS.items():
        owner = getattr(import_module(module), cls)
        setattr(owner, method, _dying(kind, getattr(owner, method)))


def _dying(kind: str, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def dying(*arguments: Any, **options: Any) -> Any:
        _here(kind, "called", before=True)
        answer = await call(*arguments, **options)
        _here(kind, "called", before=False)
        return answer

    return dying


def main() -> None:
    """Arm the kill point, and run the command line."""
    if os.environ["KILL_AT"] != ARMED:
        KillPoint.parse(os.environ["KILL_AT"])
    arm()
    from src.cli import main as run

    run()


if __name__ == "__main__":
    main()
