"""What a clause sets of nickname. As it comes it has no templates: then it only keeps names from being
taken from others, filtered or faked."""

from __future__ import annotations

from functools import cached_property
import hashlib
import json
import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer

from src.core import duration
from src.core.area import Settings
from src.core.chat.port import Act
from src.core.people.patterns import Pattern
from src.core.text import Category

from . import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NOTHING = re.compile(r"0+(?:s|m|h|d|秒|分钟?|小时|天)")


def _length(value: object) -> object:
    if not isinstance(value, str):
        return value
    if _NOTHING.fullmatch(value.strip()):
        return 0
    if value.strip().isdecimal():
        raise ValueError(texts.BAD_ZERO)
    return duration.parse(value)


Length = Annotated[
    int,
    Field(strict=True, ge=0),
    BeforeValidator(_length),
    PlainSerializer(duration.written, return_type=str, when_used="json"),
]
"""Seconds, none too: `0m`."""


def _seconds(text: str) -> int:
    value = _length(text)
    assert isinstance(value, int)
    return value


def _checked(text: str) -> str:
    _seconds(text)
    return text


Template = Annotated[str, AfterValidator(lambda text: Pattern.read(text).text)]
Templates = Annotated[
    tuple[Template, ...],
    Field(min_length=1, max_length=10),
    BeforeValidator(lambda some: re.split("[;；]", some) if isinstance(some, str) else some),
]
"""A list; or, as it is typed in `/policy set`, one text with semicolons."""
RoleName = Literal[
    "parent", "student", "teacher", "head-teacher", "leader", "committee", "staff", "any"
]


class NicknameSettings(Settings):
    """The form of names in the group, how long there is to change one, and whose names are protected."""

    templates: dict[RoleName, Templates] = Field(default_factory=dict[RoleName, Templates])
    """Templates by role, as `{ parent = ["{学生}{关系}"] }`; `any` is for whoever has no role of
    their own here (src/core/people/patterns.py)."""
    grace: Length = 72 * 3600
    """How long there is to change a name before the ladder decides; `0m`: it decides an hour after
    somebody was told (14.1.2)."""
    reminders: Annotated[
        tuple[Annotated[str, AfterValidator(_checked)], ...], Field(max_length=10)
    ] = (
        "0m",
        "24h",
        "48h",
    )
    """How long after the name was seen a reminder is sent, in the grace."""
    auto_fix: bool = False
    """Whether the bot sets the name itself where the roster knows it for certain, twice at most."""
    roster: bool = True
    """Whether who is named must be on the roster, where the class has one."""
    protect: bool = True
    """Whether nobody may take the name of a teacher or of another member (11.6.1)."""
    filtered: tuple[Category, ...] = (
        "insult",
        "mockery",
        "discrimination",
        "pornography",
        "violence",
        "politics",
        "gambling",
        "fraud",
        "ads",
        "canvassing",
    )
    """Categories of words that stand in no name."""
    placeholders: tuple[str, ...] = (
        "家长",
        "学生家长",
        "群成员",
        "新成员",
        "微信用户",
        "QQ用户",
        "匿名",
        "昵称",
        "学生姓名",
        texts.NEUTRAL,
    )
    """What is no name, whatever form it has."""

    @cached_property
    def patterns(self) -> Mapping[RoleName, tuple[Pattern, ...]]:
        """The templates, read."""
        return {role: tuple(map(Pattern.read, some)) for role, some in self.templates.items()}

    @cached_property
    def reminded(self) -> tuple[int, ...]:
        """Seconds after a name was seen at which a reminder is sent."""
        return tuple(sorted(map(_seconds, self.reminders)))

    @cached_property
    def digest(self) -> str:
        """Equal for equal templates only."""
        written = json.dumps(self.templates, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(written.encode()).hexdigest()[:16]

    def ready(self) -> None:
        _ = self.patterns, self.reminded, self.digest

    def charges(self) -> bool:
        return True

    def needs(self) -> Iterable[Act]:
        return (Act.SET_CARD,) if self.auto_fix else ()

    def forms(self) -> str:
        """The templates by examples, for people; empty where there are none."""
        examples: dict[str, str] = {}
        for role, patterns in self.patterns.items():
            # Of roles with the same form the first is named.
            examples.setdefault(patterns[0].example(), texts.ROLES[role])
        return "，".join(
            texts.FORM_OF_ROLE.format(role=role, example=example)
            for example, role in examples.items()
        )

    def newcomers_are_told(self) -> str:
        return texts.FORM.format(forms=self.forms()) if self.templates else ""
