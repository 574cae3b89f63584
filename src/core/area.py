"""What a plugin declares: its area of regulation, settings, detectors, commands and handlers.

One `Area` a plugin. A detector is a plain function: message, settings and windows in, finding out;
no I/O, no await, no database (design: "guard").
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from .commands import Command, Right, Signature

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, tzinfo

    from .chat.events import Account, MessageReceived
    from .chat.port import Act, Platform
    from .commands import Call, Handler
    from .groups import Group
    from .house import House
    from .people import ClassRoster, Rank
    from .schedule import Calendar
    from .store import models
    from .text import Folded, Hit

ACT = 0.9
"""A finding of at least this confidence acts; a weaker one asks a person (anchors/filter.md, 5)."""


class Settings(BaseModel):
    """What a clause sets of a plugin. Unknown names are refused, so that a typing error is seen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def ready(self) -> None:
        """Work out what is worked out once; called in a thread before a policy comes into force."""

    def objection(self, former: Settings) -> str:
        """Why a change from the `former` settings that somebody typed is not to be made, in words
        for people; empty where nothing speaks against it. A pack's author is not asked."""
        return ""

    def quiet_hours(self) -> Calendar | None:
        """When the group is quiet by this clause; None where that is not its matter."""
        return None

    def needs(self) -> Iterable[Act]:
        """What the platform must be able to do for this clause, beside the steps of its ladder."""
        return ()

    def caution(self, today: date) -> str:
        """What `/doctor` should say of this clause today, in words for people; mostly nothing."""
        return ""

    def judges(self) -> bool:
        """Whether a clause with these settings looks at messages, where the area has detectors."""
        return True

    def tells_above(self) -> int | None:
        """At how many private words to one teacher or manager in 30 days the next level sees it (0:
        never); None where this clause does not say."""
        return None

    def rights(self) -> Mapping[str, Rank]:
        """The least rank that the policy asks of who uses a command, by the command's name."""
        return {}

    def charges(self) -> bool:
        """Whether a clause with these settings makes cases of what is no message."""
        return False

    def passes_up(self) -> tuple[int, int] | None:
        """How long the head teacher, and then the school, have for what is passed up to them, in
        seconds; None where this clause does not say."""
        return None

    def newcomers_are_told(self) -> str:
        """What somebody who has just come should know of this clause, in a short line; mostly
        nothing."""
        return ""


S = TypeVar("S", bound=Settings)
T = TypeVar("T")
S_contra = TypeVar("S_contra", bound=Settings, contravariant=True)


@dataclass(frozen=True, slots=True)
class Wait:
    """A message that breaks nothing, but needs a manager's consent first (07.5.4, 15.6.1)."""

    kinds: tuple[str, ...]
    """What it is that waits; with a consent the author may send one message of these kinds."""
    what: str
    """The same for people."""
    within: int
    """Seconds until it lapses."""
    publish: bool = False
    """Its own text is all of it, so that the bot can publish it in the author's name."""


@dataclass(frozen=True, slots=True)
class Word:
    """What is said instead of a decision: nobody has a case of it (anchors/moderation.md, 4.4)."""

    text: str
    people: tuple[Account, ...] = ()
    """To whom, each in private; to the group's managers where there is nobody."""
    aloud: bool = False
    """In the group instead, to these people."""
    every: float = 600.0
    """Seconds in which it is not said again to the same people for the same incident."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A detector's word on one message. `spans` are offsets in `folded.raw`: the message's own text
    from 0, then what it shows."""

    plugin: str
    gravity: int
    """1 slight, 2 moderate, 3 serious, 4 severe."""
    confidence: float = 1.0
    category: str = ""
    incident: str = ""
    """Findings of one clause on one author with the same incident are one case, as the fourth and
    fifth repetition of a text are with the third; empty where each message stands alone."""
    since: float = 0.0
    """Where an incident lasts longer than two minutes: when it began, in seconds since the epoch. All
    that the clause finds on the author from then on is one case, over a restart too."""
    spans: tuple[tuple[int, int], ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Numbers and names of categories for the case; never the message's text."""
    advice: str = ""
    """What the person may do instead, in a short line."""
    withdraw: bool = False
    """The message goes even where the ladder only reminds."""
    wait: Wait | None = None
    """It is no breach: the message is held until a manager has answered."""
    word: Word | None = None
    """It is no breach: only this is said."""
    shields: bool = False
    """It is no breach: its area sees to it, and whatever else the message breaks makes nothing
    (anchors/moderation.md, 2.18). See `judging.findings`."""

    @property
    def acts(self) -> bool:
        other = self.wait is not None or self.word is not None or self.shields
        return not other and self.confidence >= ACT


@dataclass(frozen=True, slots=True)
class Message:
    """A message as detectors see it, built once by the guard.

    `arrived` is when it reached us and `sent` when it was written, in seconds since the epoch.
    """

    event: MessageReceived
    folded: Folded
    hits: tuple[Hit, ...]
    arrived: float
    sent: float
    author_is_staff: bool = False
    """A teacher or manager wrote it."""
    is_command: bool = False
    """A command that its author may use; for the windows it is half a message, and no content."""
    zone: tzinfo = UTC
    """The time zone that people here live by."""
    quiet: bool = False
    """It was written in the group's quiet hours, and its author had no leave to."""
    excused: bool = False
    """Somebody gave its author leave to write at this time (09.3.2)."""
    newcomer: bool = False
    """Its author has come lately, and is on probation."""
    roster: ClassRoster | None = None
    """Who belongs to the group's class, where that is known."""

    @property
    def minute(self) -> int:
        """The minute of the day, from 0, in which it was written, as people here read the clock."""
        local = datetime.fromtimestamp(self.sent, self.zone)
        return local.hour * 60 + local.minute


class Size(NamedTuple):
    """How much of a screen a message takes."""

    pictures: int
    """Pictures and videos."""
    stickers: int
    characters: int
    lines: int
    """Lines of running text: 0 where there is but one, and numbered ones (a list's) are not
    counted."""


class Crowd(NamedTuple):
    """How lively a group is. Receipts and thanks after a teacher's message are not counted."""

    messages: int
    people: int
    own: int
    """Messages of this one's author."""


class Windows(Protocol):
    """What a group's recent messages were; kept by the guard, read by detectors.

    The same content is the same text with the same pictures, or the same pictures with any text;
    spaces, punctuation, emoji and digits that say nothing make no difference. A late message is
    counted with those that were written before it.
    """

    def run(self, message: Message, gap: float) -> int:
        """How often the author has sent the same content in a row, this message included, with
        no more than `gap` seconds between two. Somebody else's message is no break."""
        ...

    def copies(self, message: Message) -> int:
        """How often one and the same picture stands in this message; at most 1 without one."""
        ...

    def same(self, message: Message, within: float) -> int:
        """How often the author sent the same content within so many seconds, this one included."""
        ...

    def rate(self, message: Message, within: float) -> int:
        """How many messages the author sent within so many seconds, this one included, in tenths of
        one: 7 for a sticker, 5 for a command, 0 for an acknowledgement within ten minutes of a
        teacher's message; an album that the platform sends picture by picture is one."""
        ...

    def crowd(self, message: Message, within: float, over: int) -> Crowd | None:
        """What the group wrote within so many seconds, at most 128 messages; None unless they are
        more than `over`."""
        ...

    def memory(self, kind: type[T]) -> T:
        """What a detector remembers of this group, made by calling `kind` when first asked for. It
        holds no text, is bounded by itself, and is forgotten when the group has been silent."""
        ...

    def size(self, message: Message) -> Size:
        """How large this message is."""
        ...

    def sizes(self, message: Message, within: float) -> list[Size]:
        """How large the author's messages of so many seconds are, this one included."""
        ...


class Explains(Protocol[S_contra]):
    """Says in one short line what was found by a clause with these settings, or (None) what was
    looked for in vain; never what somebody wrote."""

    def __call__(self, finding: Finding | None, settings: S_contra, /) -> str: ...


class Detector(Protocol[S_contra]):
    """Reads a message and says what it found, or None."""

    def __call__(
        self, message: Message, settings: S_contra, windows: Windows, /
    ) -> Finding | None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """Something done every so many seconds."""

    seconds: float
    do: Callable[[House], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class PolicyChanged:
    """Another policy, or another mode, is in force in a group."""


@dataclass(frozen=True, slots=True)
class Unfrozen:
    """Somebody has ended the freeze of a group: who knows its hours brings it to what should be so."""


E = TypeVar("E")
EventHandler = Callable[["House", "Group", E], Awaitable[None]]
"""What an area does on an event in a group; runs in the group's line."""


Decided = Callable[
    ["House", "Group", "models.Request", "models.Account | None"],
    Awaitable["list[models.Act]"],
]
"""What an area does when a request of its own is answered: by whom (None: nobody did in time). Inside
the transaction of the answer; returns the acts to be done after it."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What becomes of a request of one kind."""

    confirmed: Decided
    refused: Decided
    lapsed: Decided | None
    due: Decided | None = None
    wants_reason: bool = False


PrivateHandler = Callable[["House", "Platform", "MessageReceived"], Awaitable[None]]
"""What an area does on a private message that is no command; runs in the person's line."""
Diagnosis = Callable[["Call"], Awaitable[Iterable[str]]]
"""What an area adds to `/doctor`, in lines for people."""


@dataclass(frozen=True, slots=True)
class DefaultClause:
    """The clause a group gets when it enables a plugin that no clause of its policy binds.

    `steps` are a ladder's, as a pack writes them; none where the plugin only brings commands.
    `settings` are what whoever enables the plugin wants of it, where that is not its defaults.
    """

    text: str
    steps: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])


class Area(Generic[S]):
    """One area of regulation: what its plugin brings to the house."""

    def __init__(
        self,
        name: str,
        *,
        title: str,
        settings: type[S],
        default: DefaultClause,
        of_content: bool = True,
        braked: bool = True,
        makes_cases: bool = True,
    ) -> None:
        self.name = name
        self.title = title
        self.settings = settings
        self.default = default
        self.of_content = of_content
        """Whether it looks at what a message says, and not at when or how often: then it judges a
        message that is over ten minutes old, and a command, too."""
        self.braked = braked
        """Whether many people found at once are a misfire, for the brake: a curfew finds all who talk."""
        self.makes_cases = makes_cases
        """Whether what its detectors find can lead to a case, so that its clauses need a ladder."""
        self.detectors: list[Detector[S]] = []
        self.explains: Explains[S] | None = None
        """How `/why` puts its findings in words; set by `explanation`."""
        self.commands: list[Command] = []
        self.works: list[Work] = []
        self.handlers: dict[type, list[EventHandler[Any]]] = {}
        """By the event's class; see `on`."""
        self.answers: dict[str, Answers] = {}
        """By the kind of request; see `decides`."""
        self.private: list[PrivateHandler] = []
        self.diagnoses: list[Diagnosis] = []
        AREAS[name] = self

    def detector(self, function: Detector[S]) -> Detector[S]:
        """Register a detector; a clause that binds the plugin runs all of its detectors in order."""
        self.detectors.append(function)
        return function

    def explanation(self, function: Explains[S]) -> Explains[S]:
        """Register how the area's findings are put in words."""
        self.explains = function
        return function

    def command(
        self,
        name: str,
        chinese: str | tuple[str, ...],
        title: str,
        *,
        right: Right = Right.EVERYONE,
        example: str = "",
        quotes: bool = False,
        private: bool = True,
        bare: bool = False,
        listed: Right | None = None,
    ) -> Callable[[Handler], Handler]:
        """Register a handler as a command; its typed parameters are what people type.

        `quotes`: what follows tells of something and is not judged. `bare`: the Chinese name with a
        number, as a whole message, needs no prefix in a group. `listed`: the least right of those to whom
        `/help` names what anybody may type.
        """

        def register(handler: Handler) -> Handler:
            signature = Signature(handler, name, title, example or f"/{name}")
            names = (chinese,) if isinstance(chinese, str) else chinese
            self.commands.append(
                Command(
                    name,
                    names,
                    title,
                    self.name,
                    right,
                    handler,
                    signature,
                    quotes,
                    private,
                    bare,
                    listed,
                )
            )
            return handler

        return register

    def every(
        self, seconds: float
    ) -> Callable[[Callable[[House], Awaitable[None]]], Callable[[House], Awaitable[None]]]:
        """Register what is to be done every so many seconds, whole minutes, and at the start. It looks
        at what should be so now, and puts what takes time into a group's line (`House.in_line`)."""

        def register(do: Callable[[House], Awaitable[None]]) -> Callable[[House], Awaitable[None]]:
            self.works.append(Work(seconds, do))
            return do

        return register

    def on(self, kind: type[E]) -> Callable[[EventHandler[E]], EventHandler[E]]:
        """Register what is to be done on an event in a group: one of `chat.events`, `PolicyChanged`, or
        `guard.Judged` (a message with what was found on it). Runs in the group's line, after core."""

        def register(handler: EventHandler[E]) -> EventHandler[E]:
            self.handlers.setdefault(kind, []).append(handler)
            return handler

        return register

    def in_private(self, handler: PrivateHandler) -> PrivateHandler:
        """Register what is to be done on a private message that is no command, as one with a file."""
        self.private.append(handler)
        return handler

    def diagnosis(self, function: Diagnosis) -> Diagnosis:
        """Register what the area says in `/doctor`, in groups where it is enabled."""
        self.diagnoses.append(function)
        return function

    def decides(
        self,
        kind: str,
        *,
        confirmed: Decided,
        refused: Decided,
        lapsed: Decided | None = None,
        due: Decided | None = None,
        wants_reason: bool = False,
    ) -> None:
        """Register what becomes of a request of this kind when people answer it with `/confirm` or
        `/refuse` (whose words are the request's reason, and with `wants_reason` must be given), or
        nobody does in time: with `due` it stays open, and that passes it up or gives it a new deadline;
        else it is closed, and `lapsed` says what that means."""
        self.answers[kind] = Answers(confirmed, refused, lapsed, due, wants_reason)

    def finding(self, *, gravity: int, **rest: Any) -> Finding:
        """A finding in this area's name."""
        return Finding(self.name, gravity, **rest)


AREAS: dict[str, Area[Any]] = {}
"""Every area whose plugin has been imported, by plugin name."""
