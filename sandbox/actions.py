"""What the sandbox class's page asks its server to do, and how that is read."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Speed = Literal["slow", "normal", "fast"]


class _Action(BaseModel):
    model_config = ConfigDict(extra="forbid")

    ref: int = 0
    """The page's own number, which comes back with the answer."""


class Words(BaseModel):
    """Text that was typed."""

    text: Annotated[str, Field(max_length=4000)]


class At(BaseModel):
    """Whom it mentions; 0 for all."""

    at: int


class Speak(_Action):
    """Say something, in the group or to the bot in private."""

    do: Literal["speak"]
    who: int
    where: Literal["group", "private"]
    content: Annotated[list[Words | At], Field(max_length=100)]
    reply: int | None = None


class Send(_Action):
    """Send a sample."""

    do: Literal["send"]
    who: int
    where: Literal["group", "private"]
    sample: str


class Card(_Action):
    """Change one's own card."""

    do: Literal["card"]
    who: int
    card: Annotated[str, Field(max_length=20)]


class Recall(_Action):
    """Withdraw one's own message."""

    do: Literal["recall"]
    who: int
    message: int


class Leave(_Action):
    """Leave the group."""

    do: Literal["leave"]
    who: int


class Join(_Action):
    """Apply to join the group."""

    do: Literal["join"]
    who: int
    answer: Annotated[str, Field(max_length=60)] = ""


class Befriend(_Action):
    """Ask to be the bot's friend."""

    do: Literal["befriend"]
    who: int


class Decide(_Action):
    """Answer an application by hand."""

    do: Literal["decide"]
    who: int
    flag: str
    approve: bool


class Look(_Action):
    """Ask the bot again what became of a message."""

    do: Literal["look"]
    message: int


class Clock(_Action):
    """Let time pass, or stop or start the clock."""

    do: Literal["clock"]
    advance: Annotated[float, Field(gt=0, le=86_400)] | None = None
    morning: bool = False
    running: bool | None = None


class Day(_Action):
    """Play the sample day at a speed, change the speed, or stop it."""

    do: Literal["day"]
    play: bool
    speed: Speed = "normal"


Action = (
    Speak | Send | Card | Recall | Leave | Join | Befriend | Decide | Look | Clock | Day
)  # fmt: skip
_ACTION: TypeAdapter[Action] = TypeAdapter(Annotated[Action, Field(discriminator="do")])


def understood(given: str) -> Action:
    """What a page sent, in JSON.

    Raises:
        ValueError: it is nothing that a page may ask for.
    """
    return _ACTION.validate_json(given)
