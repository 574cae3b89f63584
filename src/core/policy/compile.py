"""The policy in force in a group: an immutable snapshot for the guard and the discipline room."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from src.core.area import AREAS

from .pack import Pack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from src.core.area import Area, Settings
    from src.core.people import Rank
    from src.core.schedule import Calendar

    from .ladder import Ladder, Step
    from .pack import Clause, Retention


@dataclass(frozen=True, slots=True)
class Bound:
    """A clause and the plugin that carries it out. `ladder` is None only where the clause names none
    and can lead to no case."""

    clause: Clause
    area: Area[Any]
    settings: Settings
    ladder: Ladder | None
    weight: int
    withdraw: bool

    def withdraws(self, step: Step) -> bool:
        """Whether the message goes when this clause leads to `step`."""
        return self.withdraw and step.withdraws


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a group's policy. `bound` is in the pack's order, without what is off."""

    policy_id: int | None
    """The row of the store; None where it is not stored (a check, a judgement without a group)."""
    version: int
    """1, 2, 3 in a group."""
    pack_name: str
    title: str
    clauses: tuple[Clause, ...]
    bound: tuple[Bound, ...]
    ladders: Mapping[str, Ladder]
    judging: tuple[Bound, ...]
    """The bound clauses that look at messages."""
    quiet: tuple[Calendar, ...]
    """The quiet hours of the clauses that have any."""
    plugins: frozenset[str]
    """The names of the plugins that the group has enabled."""
    keep_excerpts: int
    """How long a case keeps its excerpt, in seconds."""
    retention: Retention
    digest: str
    term_ends: tuple[tuple[int, int], ...] = ()
    """Month and day on which a term is over."""
    rights: Mapping[str, Rank] = field(default_factory=dict[str, "Rank"])
    """The least rank that the policy asks of who uses a command, by the command's name."""

    def clause(self, number: str) -> Clause | None:
        """The clause with this number."""
        return next((clause for clause in self.clauses if clause.number == number), None)

    def bindings(self, settings: type[Settings]) -> tuple[Bound, ...]:
        """The clauses with settings of this class, in the pack's order."""
        return tuple(one for one in self.bound if isinstance(one.settings, settings))

    def rules(self) -> list[str]:
        """Every clause in a line, number and text, as people read them."""
        return [
            f"{clause.number} {clause.text}" + ("（暂不自动执行）" if clause.off else "")
            for clause in self.clauses
        ]


def compile_policy(
    pack: Pack,
    areas: Mapping[str, Area[Any]] = AREAS,
    *,
    version: int,
    policy_id: int | None,
) -> Policy:
    """The pack as a policy in force. Raises PackErrors where `areas` cannot carry it out."""
    pack = Pack.from_content(pack.content(), areas)
    bound = tuple(
        Bound(
            clause,
            areas[clause.plugin],
            areas[clause.plugin].settings.model_validate(clause.settings),
            None if clause.ladder is None else pack.ladders[clause.ladder],
            clause.weight,
            clause.withdraw,
        )
        for clause in pack.clauses
        if clause.plugin is not None and not clause.off
    )
    for one in bound:
        one.settings.ready()
    return Policy(
        policy_id=policy_id,
        version=version,
        pack_name=pack.name,
        title=pack.title,
        clauses=pack.clauses,
        bound=bound,
        ladders=MappingProxyType(dict(pack.ladders)),
        judging=tuple(
            one
            for one in bound
            if one.area.detectors
            and (one.ladder is not None or not one.area.makes_cases)
            and one.settings.judges()
        ),
        quiet=tuple(hours for one in bound if (hours := one.settings.quiet_hours()) is not None),
        plugins=frozenset(one.area.name for one in bound),
        keep_excerpts=pack.keep_excerpts,
        retention=pack.retention,
        digest=pack.digest,
        term_ends=pack.term_ends,
        rights={name: rank for one in bound for name, rank in one.settings.rights().items()},
    )
