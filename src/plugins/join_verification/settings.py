"""What a clause sets of join_verification. As it comes it does nothing: several clauses of a pack may
bind the plugin, and each sets only what it speaks of."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from src.core.area import Settings
from src.core.chat.port import Act
from src.core.duration import Seconds
from src.core.people.patterns import Pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

Form = Annotated[str, AfterValidator(lambda text: Pattern.read(text).text)]
Kind = Literal["link", "file", "card", "forward", "voice", "video", "picture"]
"""What a newcomer may have to leave out for a time."""


class JoinSettings(Settings):
    """Applications, arrival, probation, who was pulled in, leaving, and the review of the members."""

    # Applications (01.4.2, 02.1.3, 03.1.1, 05.4.2, 11.1.2).
    forms: tuple[Form, ...] = Field(default=(), max_length=20)
    """How an application is written, as `{学生}{关系}` or `{班级}{学号}{姓名}`; empty: this clause says
    nothing of applications."""
    admit: bool = True
    """Whether the roster and a second factor admit; else every application goes to a person."""
    digits: int = Field(default=4, ge=0, le=12)
    """So many last digits of the student number are a second factor; 0: only a code is."""
    tries: int = Field(default=3, ge=1, le=10)
    """So many wrong or declined applications of an account in a day; then it is locked out for a day."""
    wrong_form: Literal["person", "refuse"] = "person"
    """What follows a wrong form after the first, which is refused with the format: a person is asked,
    or it is refused again (11.1.2)."""
    family: int = Field(default=2, ge=1, le=10)
    """So many accounts a family; one more goes to a person."""
    wave: int = Field(default=10, ge=2, le=1000)
    """So many applications in ten minutes are a wave: all go to a person for six hours."""

    # Arrival (09.1.3).
    welcome: bool = False
    """Whether newcomers are greeted, with the form of a name and where the rules are."""
    probation: Seconds | None = None
    """How long a newcomer leaves out what `probation_kinds` names; none: there is no probation."""
    probation_messages: int = Field(default=0, ge=0, le=100)
    """So many messages of at least six characters end the probation earlier; 0: only time does."""
    probation_kinds: tuple[Kind, ...] = ("link", "file", "card", "forward")

    # Who was pulled in (06.2.3, 11.1.1, 21.2.2.7).
    pulled_in: Literal["nothing", "person", "verify"] = "nothing"
    """What follows where a member pulled somebody in: the managers are told, or whoever came is asked
    to verify, and the clause's ladder follows where that does not come in time."""
    verify_within: Seconds = 86_400
    warn_inviter: bool = False
    """Whether a member who pulled somebody in meets the clause's ladder too, where the platform can
    be trusted to name them; else the managers decide."""

    # Leaving and the review of the members (03.6.1, 05.4.5, 13.4.3, 18.4.3, 19.3.2).
    may_leave_silently: bool = True
    """Whether nothing is noted of somebody who leaves without `/leaving`."""
    review_every: Seconds | None = None
    """How often the members are compared with the roster; none: they are not."""
    silent_after: Seconds | None = None
    """Who has not spoken for so long is on the list too."""
    review_needs: int = Field(default=1, ge=1, le=3)
    """So many managers must confirm a list."""
    most_removed_share: float = Field(default=0.1, gt=0, le=0.5)
    """No more than this share of the group goes in one list; three may at any rate, but never half of the
    group."""

    @cached_property
    def patterns(self) -> tuple[Pattern, ...]:
        """The forms, read."""
        return tuple(map(Pattern.read, self.forms))

    def ready(self) -> None:
        _ = self.patterns

    def judges(self) -> bool:
        return self.probation is not None

    def charges(self) -> bool:
        return self.pulled_in == "verify" or self.warn_inviter

    def needs(self) -> Iterable[Act]:
        if self.forms:
            yield Act.DECIDE_JOIN
        if self.review_every is not None:
            yield Act.REMOVE
