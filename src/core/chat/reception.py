"""The accounts that speak one OneBot version, and the way of their events to the door.

Shared by both versions; each reads its own frames. Nothing here raises for what arrives.
"""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, Protocol, TypeVar

import nonebot

from .events import Connected, Happened, Lost, MessageReceived
from .port import Platform
from .reading import Skipped
from .screening import Faults, Recent

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from nonebot.adapters import Adapter, Bot
    from nonebot.drivers import Driver

    from src.core.clock import Clock

    from .events import Account
    from .port import Door

_MESSAGES = 4096
_NOTICES = 1024
_NOTICE_SECONDS = 60.0
_REQUEST_SECONDS = 600.0


class OnLine(Platform, Protocol):
    """A platform whose line comes and goes."""

    def connected(self, bot: Bot) -> None: ...

    def lost(self) -> None: ...

    def heard_from(self, account: Account) -> None: ...

    async def close(self) -> None: ...


P = TypeVar("P", bound=OnLine)


class Repeatable(NamedTuple):
    """What is equal for an event that is told again, no message."""

    kind: Literal["notice", "request"]
    key: Hashable


class Known(Generic[P]):
    """What is kept of one bot account over all its connections."""

    def __init__(self, platform: P, protocol: str) -> None:
        self.platform = platform
        self.faults = Faults(f"{protocol}, bot {platform.bot.user_id}")
        self.online = False
        self._messages = Recent(_MESSAGES, math.inf)
        self._notices = Recent(_NOTICES, _NOTICE_SECONDS)
        self._requests = Recent(_NOTICES, _REQUEST_SECONDS)

    def repeated(
        self, event: MessageReceived | Happened | Skipped, other: Repeatable | None, now: float
    ) -> bool:
        """Whether the same has come before (anchors/onebot.md, fact 5)."""
        if isinstance(event, MessageReceived):
            ref = event.ref
            if not ref.message_id:
                return False
            key = (ref.group, event.account, ref.message_id, ref.time)
            return self._messages.again(key, now)
        if other is None:
            return False
        recent = self._requests if other.kind == "request" else self._notices
        return recent.again(other.key, now)


class Reception(Generic[P]):
    """The accounts of one OneBot version, and the door that their events go to."""

    protocol = "OneBot"

    def __init__(self, door: Door, clock: Clock) -> None:
        self._door = door
        self._clock = clock
        self._accounts: dict[str, Known[P]] = {}

    def enter(self, driver: Driver, adapter: type[Adapter]) -> None:
        """Make NoneBot speak the protocol through the door, by this adapter of ours.

        Raises RuntimeError where another adapter of that name is registered already.
        """
        driver.register_adapter(adapter)
        if not isinstance(nonebot.get_adapters().get(adapter.get_name()), adapter):
            raise RuntimeError(f"an unguarded {self.protocol} adapter is registered already")
        driver.on_shutdown(self.close)

    def make(self, bot: Bot) -> P:
        """The platform of a bot that has not been connected before."""
        raise NotImplementedError

    def bot_of(self, raw: dict[str, Any]) -> str:
        """The user id of the bot that a frame is of."""
        raise NotImplementedError

    def read(self, platform: P, raw: dict[str, Any]) -> MessageReceived | Happened | Skipped:
        """A frame in our words. May raise: a frame need not be what it should."""
        raise NotImplementedError

    def repeatable(self, raw: dict[str, Any]) -> Repeatable | None:
        """What tells a notice or request from another one; None where it may repeat."""
        raise NotImplementedError

    @property
    def platforms(self) -> Mapping[str, P]:
        """The accounts that are connected, by user id."""
        return MappingProxyType(
            {key: known.platform for key, known in self._accounts.items() if known.online}
        )

    async def close(self) -> None:
        """Refuse whatever waits for its turn."""
        for known in self._accounts.values():
            await known.platform.close()

    def connected(self, bot: Bot) -> None:
        """A bot's line is up."""
        known = self._accounts.get(bot.self_id)
        if known is None:
            known = self._accounts[bot.self_id] = Known(self.make(bot), self.protocol)
        known.online = True
        known.platform.connected(bot)
        self._tell(known, Connected(bot.self_id, self._clock.now()))

    def lost(self, bot: Bot) -> None:
        """A bot's line is down."""
        known = self._accounts[bot.self_id]
        known.online = False
        known.platform.lost()
        self._tell(known, Lost(bot.self_id, self._clock.now()))

    def _tell(self, known: Known[P], event: Happened) -> None:
        try:
            self._door.event(known.platform, event)
        except Exception as error:
            known.faults.note("the door failed", error)

    def arrived(self, raw: dict[str, Any]) -> bool:
        """Show an event to the door. True where it is for other people's plugins too.

        Never raises: what fails here goes on to NoneBot.
        """
        known = self._accounts.get(self.bot_of(raw))
        if known is None:
            return True
        try:
            event = self.read(known.platform, raw)
            if known.repeated(event, self.repeatable(raw), self._clock.monotonic()):
                return False
        except Exception as error:
            known.faults.note("an event could not be read", error)
            return True
        if isinstance(event, Skipped):
            return True
        if isinstance(event, Happened):
            self._tell(known, event)
            return True
        if event.ref.group is None:
            known.platform.heard_from(event.account)
        try:
            return self._door.message(known.platform, event)
        except Exception as error:
            known.faults.note("the door failed", error)
            return True
