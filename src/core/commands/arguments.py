"""From a typed function to the arguments a person types, and back.

A command's handler is a function; each parameter's type says what a person types there. Alconna
parses and writes the help; what needs the platform (who is “张三妈妈”?) is resolved afterwards.
"""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any, NamedTuple, NewType, get_type_hints
import unicodedata

from arclet.alconna import Alconna, AllParam, Arg, Args, CommandMeta, Namespace, config
from nepattern import BasePattern, MatchMode

from src.core.chat.events import Account
from src.core.duration import parse

from . import texts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

Seconds = NewType("Seconds", int)
"""A duration, typed as 10m, 2小时, 1d; bare digits are minutes."""
Rest = NewType("Rest", str)
"""All the rest of the message, as it stands."""
_NUMBER = re.compile(r"#?(?:(\d{1,9})[-–－])?#?(\d{1,9})")
_LOOKS_LIKE_A_NUMBER = re.compile(r"[-+]?\d")


class Item(NamedTuple):
    """A numbered thing: `#12`, or `3-12` with the group's own number."""

    number: int
    group: int | None = None

    def __str__(self) -> str:
        return f"#{self.number}"


class Mention(NamedTuple):
    """An @-mention among the words of a command."""

    user_id: str


class ArgumentError(ValueError):
    """What was typed does not fit; the text says how to type it, for the person."""


def item(text: str) -> Item | None:
    """`#12`, `12` or `3-12`; None where it is none."""
    match = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text.strip()))
    if match is None:
        return None
    group, number = match.groups()
    return Item(int(number), int(group) if group else None)


def _seconds(text: str) -> int | None:
    try:
        return parse(unicodedata.normalize("NFKC", text))
    except ValueError:
        return None


def _read_as(origin: type, read: Callable[[str], Any]) -> Callable[[str], Any]:
    """A pattern for words that `read` makes an `origin` of; None is no match."""

    def convert(_: object, word: str) -> Any:
        return read(word)

    def pattern(title: str) -> Any:
        return BasePattern[Any, str, Any](
            mode=MatchMode.TYPE_CONVERT,
            origin=origin,
            accepts=str,
            converter=convert,
            alias=title,
        )

    return pattern


def _kept(accepts: Any) -> Callable[[str], Any]:
    """A pattern for words that stay what they are."""

    def pattern(title: str) -> Any:
        return BasePattern[Any, Any, Any](
            mode=MatchMode.KEEP, origin=object, accepts=accepts, alias=title
        )

    return pattern


_NAMESPACE = "qungui"
config.namespaces[_NAMESPACE] = Namespace(
    _NAMESPACE, prefixes=[], disable_builtin_options={"help", "shortcut", "completion"}
)
_TITLES = {
    "who": "@某人",
    "number": "编号",
    "duration": "时长",
    "reason": "理由",
    "role": "身份",
    "verdict": "决定",
    "action": "动作",
    "rest": "内容",
    "name": "名称",
    "word": "条款或词",
    "words": "编号和理由",
}
"""How people call the parameters of commands."""
_PATTERNS: dict[Any, Callable[[str], Any]] = {
    Account: _kept(Mention | str),
    Item: _read_as(Item, item),
    Seconds: _read_as(int, _seconds),
    str: _kept(str),
    Rest: lambda _: AllParam,
}


class Signature:
    """What a handler wants, read from its parameters after the first (the call)."""

    def __init__(
        self, handler: Callable[..., Awaitable[Any]], name: str, title: str, example: str
    ) -> None:
        hints = get_type_hints(handler)
        self.parameters = list(inspect.signature(handler).parameters.values())[1:]
        self.kinds: dict[str, Any] = {}
        self._names: dict[str, str] = {}
        arguments: list[Arg[Any]] = []
        for parameter in self.parameters:
            kind = hints[parameter.name]
            if kind not in _PATTERNS:
                # `Account | None`: optional, its kind is the part that is not None.
                kind = next(part for part in kind.__args__ if part in _PATTERNS)
            self.kinds[parameter.name] = kind
            flag = "" if parameter.default is inspect.Parameter.empty else "?"
            words = _TITLES.get(parameter.name, parameter.name)
            self._names[words] = parameter.name
            arguments.append(Arg(f"{words}{flag}", _PATTERNS[kind](words)))
        self.alconna = Alconna(
            name,
            Args(*arguments),
            meta=CommandMeta(description=title, example=example),
            namespace=_NAMESPACE,
        )
        shown = [
            words if parameter.default is inspect.Parameter.empty else f"[{words}]"
            for words, parameter in zip(self._names, self.parameters, strict=True)
        ]
        self.usage = " ".join([f"/{name}", *shown])
        self.example = example

    @property
    def wants_person(self) -> str | None:
        """The name of the parameter that is a person, if any."""
        return next((name for name, kind in self.kinds.items() if kind is Account), None)

    def parse(self, words: Sequence[str | Mention]) -> dict[str, Any] | None:
        """What was typed, by parameter name; None where it does not fit the command.

        Raises:
            ArgumentError: a duration or number stands where one belongs but is none.
        """
        result = self.alconna.parse([self.alconna.command, *words])
        if not result.matched:
            self._explain(words)
            return None
        found = {self._names[words]: value for words, value in result.all_matched_args.items()}
        for name, kind in self.kinds.items():
            if kind is Rest and name in found:
                found[name] = " ".join(
                    piece if isinstance(piece, str) else f"@{piece.user_id}"
                    for piece in found[name]
                ).strip()
        # "99x 骂人" must not become a reason: whoever typed a number there meant a duration.
        if Seconds in self.kinds.values() and "duration" not in found:
            first = str(found.get("reason", "")).partition(" ")[0]
            if _LOOKS_LIKE_A_NUMBER.match(first):
                try:
                    parse(first)
                except ValueError as error:
                    raise ArgumentError(str(error)) from None
        return found

    def _explain(self, words: Sequence[str | Mention]) -> None:
        if not self.parameters or self.kinds[self.parameters[0].name] is not Item:
            return
        first = next((word for word in words if isinstance(word, str) and word.strip()), "")
        first = first.split(maxsplit=1)[0] if first else ""
        if first and item(first) is None:
            raise ArgumentError(texts.NOT_A_NUMBER)
