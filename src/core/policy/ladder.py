"""Ladders: which step comes at which live weight. Pure."""

from __future__ import annotations

from dataclasses import dataclass
import math
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, cast, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    field_validator,
)

from src.core.duration import Seconds, parse, spoken, written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from src.core.store import models

StepKind = Literal["remind", "warn", "report", "mute", "remove", "block"]
"""What can be done to somebody, the mildest first. `report` is a warning that the managers and the
head teacher are told of as well; `block` removes, and keeps from coming back."""

STEP_KINDS: tuple[StepKind, ...] = get_args(StepKind)

SHORTEST_MUTE = 60
LONGEST_MUTE = 30 * 86_400
"""What QQ can mute for, in seconds (anchors/moderation.md, 4.6)."""

WITHIN = 72 * 3_600
"""How long a proposal waits for its confirmation by default, in seconds."""

MOST_CONFIRM = 5
"""People that a step can ask for at most; judgement."""

_NAMES: dict[StepKind, str] = {
    "remind": "提醒",
    "warn": "警告",
    "report": "警告并报告管理者",
    "mute": "禁言",
    "remove": "移出群",
    "block": "移出并拉黑",
}
_KINDS: dict[str, StepKind] = {kind: kind for kind in STEP_KINDS}
_PROPOSED = ("remove", "block")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a ladder.

    `seconds` is the length of a mute, or of a block (None: without end). `confirm` is how many
    people must agree before a removal or block is done (0: none, it is done at once); `within` is
    after how many seconds the proposal lapses. `hold` is for how many seconds the person is muted
    meanwhile (None: until it is decided; 0: not at all). With `report` the case goes to the head teacher
    at once, and on to the school where nobody closes it (06.4.2, 05.5.2).
    """

    kind: StepKind
    seconds: int | None = None
    confirm: int = 0
    within: int = WITHIN
    hold: int | None = None
    report: bool = False

    @property
    def gravity(self) -> tuple[int, float]:
        """Orders steps from mild to grave: by kind, then a longer mute or block is graver."""
        endless = math.inf if self.kind == "block" else 0
        return STEP_KINDS.index(self.kind), endless if self.seconds is None else self.seconds

    @property
    def withdraws(self) -> bool:
        """Whether the message goes too, where the clause says nothing else: from a warning on."""
        return self.kind != "remind"

    def spoken(self) -> str:
        """The step for people to read: `禁言 10 分钟`, `移出群（须 1 人确认）`."""
        name = _NAMES[self.kind]
        if self.seconds is not None:
            name += f" {spoken(self.seconds)}"
        after = "，并上报" if self.report else ""
        if self.kind not in _PROPOSED:
            return name + after
        if not self.confirm:
            return f"{name}（不须确认）{after}"
        limit = "" if self.within == WITHIN else f"，{spoken(self.within)}内"
        return f"{name}（须 {self.confirm} 人确认{limit}）{after}"

    @classmethod
    def read(cls, value: object) -> Step:
        """Read a step as a pack writes it: `"mute 10m"` or `{step = "remove", confirm = 2}`.

        Raises ValueError with words for people.
        """
        if isinstance(value, Step):
            return value
        table = cast("dict[str, Any]", value) if isinstance(value, dict) else {"step": value}
        if unknown := table.keys() - {"step", "confirm", "within", "hold", "report"}:
            raise ValueError(
                f"不认识 {'、'.join(sorted(unknown))}，可用的有：step、confirm、within、hold、report"
            )
        words = table.get("step")
        if not isinstance(words, str):
            raise ValueError('要写成 "warn" 这样的文字，或 { step = "remove", confirm = 1 }')
        name, _, length = " ".join(words.split()).partition(" ")
        kind = _KINDS.get(name)
        if kind is None:
            raise ValueError(f"没有 {name} 这一步，可用的有：{'、'.join(STEP_KINDS)}")
        seconds = _length(kind, length)
        report = table.get("report", False)
        if type(report) is not bool:
            raise ValueError("report 写 true 或 false")
        if kind not in _PROPOSED:
            if table.keys() - {"step", "report"}:
                raise ValueError("confirm、within 和 hold 只用于 remove 和 block")
            return cls(kind, seconds, report=report)
        confirm = table.get("confirm", 1)
        if type(confirm) is not int or not 0 <= confirm <= MOST_CONFIRM:
            raise ValueError(f"confirm 是要几个人同意，写 0 到 {MOST_CONFIRM}")
        within, hold = table.get("within"), table.get("hold")
        if not confirm and (within is not None or hold is not None):
            raise ValueError("confirm = 0 时立即执行，请删去 within 和 hold")
        return cls(
            kind,
            seconds,
            confirm,
            WITHIN if within is None else _with_unit("within", within),
            _hold(hold),
            report,
        )

    def write(self) -> str | dict[str, Any]:
        """The step as a pack writes it; `read` takes it back."""
        words = self.kind if self.seconds is None else f"{self.kind} {written(self.seconds)}"
        table: dict[str, Any] = {"step": words}
        if self.kind in _PROPOSED and self.confirm != 1:
            table["confirm"] = self.confirm
        if self.within != WITHIN:
            table["within"] = written(self.within)
        if self.hold is not None:
            table["hold"] = written(self.hold) if self.hold else "none"
        if self.report:
            table["report"] = True
        return words if len(table) == 1 else table


def _with_unit(name: str, words: object) -> int:
    if not isinstance(words, str) or words.strip().isdecimal():
        raise ValueError(f'{name} 要写成带单位的时长，如 "72h"')
    return parse(words)


def _hold(words: object) -> int | None:
    """For how long a proposal mutes, in seconds; None until it is decided."""
    if words is None or words == "none":
        return None if words is None else 0
    seconds = _with_unit("hold", words)
    if not SHORTEST_MUTE <= seconds <= LONGEST_MUTE:
        raise ValueError('hold 最短 1 分钟，最长 30 天；不先禁言写 "none"')
    return seconds


def _length(kind: StepKind, words: str) -> int | None:
    """The length that follows a step's name, in seconds."""
    if kind == "mute":
        if not words:
            raise ValueError('禁言要写时长，如 "mute 10m"')
        seconds = parse(words)
        if not SHORTEST_MUTE <= seconds <= LONGEST_MUTE:
            raise ValueError("禁言最短 1 分钟，最长 30 天")
        return seconds
    if not words:
        return None
    if kind != "block":
        raise ValueError(f"{kind} 后面不写时长")
    return parse(words)


def gravest(steps: Iterable[Step]) -> Step:
    """The step that decides where several apply; the first of equals. Raises ValueError on none."""
    return max(steps, key=lambda step: step.gravity)


def _text_only(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError('要写成带单位的时长，如 "30d"')
    return value


Span = Annotated[Seconds, BeforeValidator(_text_only)]
"""A length that a pack writes: always text with a unit."""


class Counted(NamedTuple):
    """A case as a ladder counts it: from when, until when, in whole seconds since the epoch, and how
    much."""

    since: int
    until: int
    weight: int

    @classmethod
    def of(cls, case: models.Case) -> Counted:
        """A case of the store."""
        since, until = case.created_at.timestamp(), case.live_until.timestamp()
        return cls(int(since), int(until), case.weight)


class Standing(NamedTuple):
    """What an account's cases on a ladder weigh now; when that is less next, and when it is nothing
    (None: it weighs nothing already)."""

    weight: int
    less: int | None = None
    nothing: int | None = None


class Ladder(BaseModel):
    """Ordered steps; an account's live cases on the ladder say which one comes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    life: Span = 30 * 86_400
    """How long a case counts, in seconds."""
    ends_with_term: bool = Field(default=False, strict=True)
    """Its cases are over when the term is (the pack's `term_ends`), if they were not before."""
    decay: Span | None = None
    """After each such time without another case on the ladder one is taken off what counts, in
    seconds; None: nothing is, until a case is over (anchors/moderation.md, 3.7: JavaBot#479)."""
    steps: tuple[
        Annotated[Step, PlainValidator(Step.read), PlainSerializer(Step.write, when_used="json")],
        ...,
    ] = Field(min_length=1)

    @field_validator("steps")
    @classmethod
    def _rises(cls, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        # A report to people may come at any height of a ladder.
        gravities = [step.gravity for step in steps if step.kind != "report"]
        if gravities != sorted(gravities):
            raise ValueError("各步要由轻到重排列")
        return steps

    def step(self, live_weight: int, weight: int) -> Step:
        """The step for a new case of `weight` where the live ones weigh `live_weight` together.

        Raises ValueError where the new case weighs less than 1 or the live ones less than nothing.
        """
        if live_weight < 0 or weight < 1:
            raise ValueError(f"no step at live weight {live_weight} and weight {weight}")
        return self.steps[min(live_weight + weight, len(self.steps)) - 1]

    def spoken(self) -> str:
        """The ladder for people to read: `警告 → 移出群（须 1 人确认），30 天内累计`."""
        steps = " → ".join(step.spoken() for step in self.steps)
        if len(self.steps) == 1:
            return steps
        less = f"，每 {spoken(self.decay)}没有新的就减一次" if self.decay else ""
        less += "，学期结束清零" if self.ends_with_term else ""
        return f"{steps}，{spoken(self.life)}内累计{less}"


def standing(cases: Iterable[Counted], now: int, decay: int | None = None) -> Standing:
    """What these cases weigh together at `now`. A case counts from `since` and before `until`; with
    `decay` one is taken off for each such number of seconds since the last case, never more than there
    is, so that an old grave case cannot hide a new one."""
    known = sorted(one for one in cases if one.since <= now < one.until)
    here = _weight(known, now, decay)
    moment, left, less = now, here, None
    while left:
        live = [one for one in known if moment < one.until]
        moments = [one.until for one in live]
        if decay:
            passed = (moment - live[-1].since) // decay
            moments.append(live[-1].since + decay * (passed + 1))
        moment = min(moments)
        left = _weight(known, moment, decay)
        if less is None and left < here:
            less = moment
    return Standing(here, less, moment if here else None)


def _weight(known: list[Counted], moment: int, decay: int | None) -> int:
    """What is left of these, in the order of `since`, where none is added before that moment."""
    left, last = 0, moment
    for one in known:
        if moment < one.until:
            left = _decayed(left, one.since - last, decay) + one.weight
            last = one.since
    return _decayed(left, moment - last, decay)


def _decayed(weight: int, seconds: int, decay: int | None) -> int:
    return max(0, weight - seconds // decay) if decay and weight else weight
