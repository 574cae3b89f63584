"""The application, made to kill itself (SIGKILL) at a named point; only tests start it.

`KILL_AT` in the environment names the point: the kind of an act, the state it changes to, and
whether the process dies before or after that is written, such as `mute:attempting:before`.
"""

from __future__ import annotations

from dataclasses import dataclass
import os
import signal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class KillPoint:
    """A change of an act's state, and the side of it on which the process dies."""

    kind: str
    state: str
    before: bool

    @classmethod
    def parse(cls, text: str) -> KillPoint:
        """Read `kind:state:before` or `kind:state:after`; ValueError for anything else."""
        kind, state, side = text.split(":")
        if side not in ("before", "after"):
            raise ValueError(f"KILL_AT={text}: before or after, not {side}")
        return cls(kind, state, side == "before")


def die() -> None:
    """End the process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(point: KillPoint) -> None:
    """Wrap where an act's state is written, so that the process dies at the point."""
    from src.core.discipline.executor import Executor
    from src.core.store.models import Act

    def here(act: Act, *, before: bool) -> None:
        if (act.kind, act.state, before) == (point.kind, point.state, point.before):
            die()

    save, submit, settle = Act.save, Executor.submit, Executor._settle
    begin = Executor._begin

    async def dying_save(act: Act, **options: Any) -> None:
        here(act, before=True)
        await save(act, **options)

    async def dying_begin(executor: Executor, act: Act) -> bool:
        if (act.kind, "attempting", True) == (point.kind, point.state, point.before):
            die()
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


def main() -> None:
    """Arm the kill point, and run the command line."""
    arm(KillPoint.parse(os.environ["KILL_AT"]))
    from src.cli import main as run

    run()


if __name__ == "__main__":
    main()
