"""What a clause sets of group_profile. As it comes it does nothing: several clauses of a pack may bind the
plugin, and each sets only what it speaks of."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from src.core.area import Settings
from src.core.chat.port import Act
from src.core.text import Category

from .names import Template

if TYPE_CHECKING:
    from collections.abc import Iterable

RULES = "rules"
"""An announcement of this is the policy's own clauses."""


def _template(text: str) -> str:
    return Template.read(text).text


class ProfileSettings(Settings):
    """The group's name, its announcement, and what a person must look at."""

    # The name (01.4.1, 05.4.1, 13.2.2, 15.1.1, 17.2.1, 18.1.1, 19.2.1).
    names: tuple[Annotated[str, AfterValidator(_template)], ...] = Field(default=(), max_length=20)
    """How the group may be called, as `{年级}{班级}`, `{学校}{班级}{用途}?` or a name that is fixed; empty:
    as it likes."""
    of_class: bool = False
    """The name of the class, as the roster has it, must be in it; 三(2)班 is 三年级二班 too."""
    longest: int = Field(default=60, ge=4, le=60)
    """Characters that a name has at most."""
    categories: tuple[Category, ...] = ()
    """Categories of the lexicon of which no term may stand in it."""
    rename_by: Literal["anyone", "staff", "head"] = "anyone"
    """Who may change the name, where the platform lets more people do so (07.4.4): teachers and
    managers, or only the head teacher and the owner."""
    restore: bool = False
    """Whether the last good name is put back, at most twice in an hour."""

    # The announcement (06.1.2, 13.2.3, 17.2.1).
    announcement: str = Field(default="", max_length=3000)
    """What an announcement must hold: `rules` for the policy's clauses, or a text; empty: nothing."""
    post: bool = False
    """Whether the bot posts it where it is missing; else the managers are asked to."""

    # What the bot cannot read (15.1.2, 17.2.1, 19.2.2).
    avatar: str = Field(default="", max_length=200)
    """What the avatar should show; a person is asked to look, once."""
    description: str = Field(default="", max_length=200)
    """What the group's description should say; likewise."""

    checklist: bool = False
    """Whether `/doctor` says what is still missing before the group opens (06.1.2)."""

    @cached_property
    def templates(self) -> tuple[Template, ...]:
        """The names as they are compared."""
        return tuple(map(Template.read, self.names))

    @cached_property
    def of_name(self) -> bool:
        """Whether the clause says anything of the name."""
        limits = self.longest < type(self).model_fields["longest"].default
        fits = bool(self.names or self.of_class or self.categories or limits)
        return fits or self.rename_by != "anyone"

    def ready(self) -> None:
        _ = self.templates, self.of_name

    def judges(self) -> bool:
        return False

    def charges(self) -> bool:
        return self.of_name

    def needs(self) -> Iterable[Act]:
        if self.restore:
            yield Act.SET_GROUP_NAME
        if self.announcement:
            yield Act.READ_ANNOUNCEMENT
            if self.post:
                yield Act.ANNOUNCE
