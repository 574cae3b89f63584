"""One router, a dictionary of names: what is typed finds its command in one look-up, however many
commands there are (design: "commands")."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import re
from typing import TYPE_CHECKING

from src.core.chat.events import Kind

from .arguments import Mention
from .call import Reply

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from src.core.chat.events import MessageReceived
    from src.core.people import Rank, Right

    from .arguments import Signature

Handler = Callable[..., Awaitable[Reply | str | None]]
"""A command's function: the call, then what people type."""

_SHORT = 20
"""A whole message that is a command without a prefix (确认 12) is not longer than this."""
_WORD = re.compile(r"[^\S\n]*(\S+)")
_NAME = re.compile(r"[^\d\s#＃]+")
_BARE = re.compile(r"([^\d\s#＃]+)\s*([#＃]?\d{1,9}(?:-\d{1,9})?)?")


@dataclass(frozen=True, slots=True)
class Command:
    """One thing people type, in English and Chinese."""

    name: str
    chinese: tuple[str, ...]
    title: str
    plugin: str
    right: Right
    handler: Handler
    signature: Signature
    quotes: bool = False
    """What follows quotes or tells of something, and is not judged."""
    private: bool = True
    """Works in a private message too."""
    bare: bool = False
    """Chinese name and a number, as the whole message, need no prefix in a group."""
    listed: Right | None = None
    """The least right of those to whom `/help` names it, where anybody may type it."""

    def shown(self, prefix: str) -> tuple[str, str]:
        """Its usage and an example of it, by its Chinese name."""
        english, chinese = f"/{self.name}", f"{prefix}{self.chinese[0]}"
        signature = self.signature
        return (
            signature.usage.replace(english, chinese, 1),
            signature.example.replace(english, chinese, 1),
        )


@dataclass(frozen=True, slots=True)
class Request:
    """A command as it was typed, on its way to the group's line."""

    command: Command
    event: MessageReceived
    words: tuple[str | Mention, ...]
    """What stands after the command's name."""
    lead: tuple[Mention, ...]
    """Who is mentioned before it."""
    rank: Rank
    """As the message showed it; read fresh before anything is done by it."""

    def allowed(self, rights: Mapping[str, int]) -> bool:
        """Whether the author may use it, by what the message shows; `rights` are the policy's."""
        right = rights.get(self.command.name, self.command.right)
        return self.event.ref.group is None or self.rank >= right


class Router:
    """Commands by name."""

    def __init__(self, prefixes: Collection[str]) -> None:
        self._prefixes = tuple(sorted((p for p in prefixes if p), key=len, reverse=True))
        self._names: dict[str, Command] = {}
        self._bare: dict[str, Command] = {}

    @property
    def prefix(self) -> str:
        """The prefix to show in texts."""
        return "/" if "/" in self._prefixes or not self._prefixes else self._prefixes[0]

    @property
    def commands(self) -> list[Command]:
        return list(dict.fromkeys(self._names.values()))

    def add(self, command: Command) -> None:
        """Take a command in.

        Raises:
            ValueError: one of its names is taken.
        """
        for name in (command.name, *command.chinese):
            if name in self._names:
                raise ValueError(f"two commands are called {name}")
            self._names[name] = command
        if command.bare:
            self._bare.update(dict.fromkeys(command.chinese, command))

    def named(self, name: str) -> Command | None:
        """The command of this name, with or without a prefix."""
        for prefix in self._prefixes:
            name = name.removeprefix(prefix)
        return self._names.get(name.lower())

    def read(self, event: MessageReceived, rank: Rank) -> Request | None:
        """The command a message is, or None."""
        lead, text = _lead(event)
        private = event.ref.group is None
        for prefix in self._prefixes:
            if text.startswith(prefix):
                match = _WORD.match(text, len(prefix))
                command = self._names.get(match[1].lower()) if match else None
                if match is None or command is None:
                    return None
                return Request(command, event, _words(event, lead, match.end()), lead, rank)
        if private:
            match = _NAME.match(text)
            command = self._names.get(match[0]) if match else None
            if match is None or command is None or match[0] not in command.chinese:
                return None
            return Request(command, event, _words(event, lead, match.end()), lead, rank)
        whole = event.text.strip()
        match = _BARE.fullmatch(whole) if len(whole) <= _SHORT else None
        command = self._bare.get(match[1]) if match else None
        if match is None or command is None or (command.signature.parameters and not match[2]):
            return None
        return Request(command, event, _words(event, lead, match.end(1)), lead, rank)


def _lead(event: MessageReceived) -> tuple[tuple[Mention, ...], str]:
    """The mentions in front of the first words, and those words: QQ puts the author of a replied-to
    message there, and people call the bot by name."""
    mentions: list[Mention] = []
    for segment in event.segments:
        if segment.kind is Kind.MENTION:
            mentions.append(Mention(segment.value))
        elif segment.kind is Kind.TEXT and segment.value.strip():
            return tuple(mentions), segment.value.strip()
    return tuple(mentions), ""


def _words(
    event: MessageReceived, lead: tuple[Mention, ...], used: int
) -> tuple[str | Mention, ...]:
    """The message's words after the first `used` characters of its first words (the command)."""
    words: list[str | Mention] = []
    started = False
    skipped = 0
    for segment in event.segments:
        if segment.kind is Kind.TEXT:
            text = segment.value.strip()
            if text and not started:
                text = text[used:].strip()
                started = True
            if text:
                words.append(text)
        elif segment.kind is Kind.MENTION:
            if skipped < len(lead):
                skipped += 1
            else:
                words.append(Mention(segment.value))
    return tuple(words)
