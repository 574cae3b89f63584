"""What both OneBot versions ask of a connection and of what comes over it.

A frame that cannot be read must never end the connection, and nothing that people wrote may reach
the log: faults are logged by kind, the first of each kind only.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
import contextlib
from functools import lru_cache
import hmac
from itertools import chain
import json
import traceback
from typing import TYPE_CHECKING, Any, TypeVar

from loguru import logger
from nonebot.adapters import Event
from nonebot.adapters.onebot.utils import get_auth_bearer
from nonebot.exception import NoLogException

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from nonebot.drivers import Request

E = TypeVar("E", bound=Event)


class Faults:
    """What went wrong with one connection, by kind."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._counts: Counter[str] = Counter()

    def note(self, kind: str, error: BaseException | None = None) -> None:
        """Count a fault. The first of its kind is logged, with where `error` was raised but not
        what it says: that may quote a message."""
        if error is not None:
            last = traceback.extract_tb(error.__traceback__)[-1]
            kind = f"{kind}: {type(error).__name__} in {last.name}, line {last.lineno}"
        self._counts[kind] += 1
        if self._counts[kind] == 1:
            where = traceback.format_tb(error.__traceback__) if error else []
            logger.warning("{}: {} (logged once)", self._owner, "\n".join([kind, *where]))

    def summary(self) -> str:
        """All kinds with their numbers; empty where nothing went wrong."""
        return ", ".join(f"{kind} ×{count}" for kind, count in self._counts.items())


class Recent:
    """Keys of the last `seconds`, at most `limit` of them. Only their hashes are kept: a key may
    hold what people wrote, and be long."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._seen: OrderedDict[int, float] = OrderedDict()

    def again(self, key: Hashable, now: float) -> bool:
        """Whether the key has come within the time; it counts from its first coming."""
        digest = hash(key)
        seen = self._seen.get(digest)
        if seen is not None and now - seen < self._seconds:
            return True
        self._seen[digest] = now
        self._seen.move_to_end(digest)
        if len(self._seen) > self._limit:
            self._seen.popitem(last=False)
        return False

    def __len__(self) -> int:
        return len(self._seen)


def read_frame(data: object, faults: Faults) -> dict[str, Any] | None:
    """A text frame as a JSON object; None, and a fault noted, for anything else."""
    if not isinstance(data, str):
        faults.note("binary frame dropped")
        return None
    try:
        frame = json.loads(data)
    except RecursionError:
        faults.note("too deeply nested frame dropped")
        return None
    except ValueError:
        faults.note("frame dropped that is not JSON")
        return None
    if not isinstance(frame, dict):
        faults.note("frame dropped that is not a JSON object")
        return None
    return frame


def equal(given: str, expected: str) -> bool:
    """Whether two secrets are the same, in a time that does not tell how far they agree."""
    return hmac.compare_digest(
        given.encode("utf-8", "surrogateescape"), expected.encode("utf-8", "surrogateescape")
    )


def handshake_refusal(request: Request, token: str | None, *, in_query: bool = False) -> str | None:
    """Why a connection is refused, in words for the one who connects; None where it is welcome.

    A browser sends Origin and an OneBot implementation does not: no web page speaks to the bot.
    """
    if "origin" in request.headers:
        return "Connections from web pages are refused"
    if not token:
        return "No ONEBOT_ACCESS_TOKEN is set"
    given = get_auth_bearer(request.headers.get("authorization"))
    if not given and in_query:
        given = request.url.query.get("access_token")
    if not given:
        return "Missing Authorization Header"
    if not equal(given, token):
        return "Authorization Header is invalid"
    return None


@lru_cache(maxsize=256)
def unlogged(model: type[Event]) -> type[Any]:
    """A subclass of an event's model that shows nothing of the event where it is logged: NoneBot
    logs each event at SUCCESS, and at TRACE whatever its matchers are given."""

    def get_log_string(_self: Event) -> str:
        raise NoLogException(model.__module__)

    def shown(_self: Event) -> str:
        return f"{model.__name__}(…)"

    hidden = {"get_log_string": get_log_string, "__repr__": shown, "__str__": shown}
    return type(model.__name__, (model,), {"__module__": __name__, **hidden})


def parse(
    models: Iterable[type[E]], fallback: type[E], raw: dict[str, Any], faults: Faults
) -> E | None:
    """The event for NoneBot, of the first model that takes it; None where none does.

    Stands in for the end of the adapters' `json_to_event`, which logs what it cannot parse.
    """
    try:
        for model in chain(models, (fallback,)):
            with contextlib.suppress(Exception):
                return unlogged(model).model_validate(raw)
    except (ValueError, TypeError):
        # The collator: a field that should be a string is not, or two exclude each other.
        pass
    faults.note("event not handed on that NoneBot has no model for")
    return None
