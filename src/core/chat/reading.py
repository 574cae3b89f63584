"""How both OneBot versions' values are read: nothing that comes over a line is what it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .events import Account, BotJoined, GroupKey, Kind, MemberCame

if TYPE_CHECKING:
    from .events import Happened, Segment

Raw = dict[str, Any]

_LONGEST_ID = 128


class Skipped(str):
    """Why an event is none of ours; never anything that people wrote."""

    __slots__ = ()


NO_MESSAGE = Skipped("no message of a person")
OWN = Skipped("the bot's own message")
NO_SENDER = Skipped("no sender")
NO_GROUP = Skipped("no group")
UNKNOWN = Skipped("of no kind we know")
INCOMPLETE = Skipped("a field is missing")


def clean(value: object) -> str:
    """What people wrote, without what no database and no library takes: NUL and lone surrogates."""
    if not isinstance(value, str):
        return ""
    try:
        value.encode()
    except UnicodeEncodeError:
        value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value.replace("\0", "") if "\0" in value else value


def read_id(value: object) -> str:
    """An id as an opaque string; empty where there is none (absent, 0, not an id)."""
    if type(value) is int:
        # Beyond 128 digits Python itself may refuse to write it out.
        return str(value) if value and value.bit_length() < 425 else ""
    if isinstance(value, str):
        value = value.strip()
        if value != "0" and len(value) <= _LONGEST_ID and value.isprintable():
            return value
    return ""


def read_time(value: object, otherwise: float) -> float:
    """Seconds since the epoch; `otherwise` where the value is none that a clock could show."""
    if isinstance(value, (int, float)) and 0 < value < 1e11:
        return float(value)
    return otherwise


def first(data: Raw, *names: str) -> str:
    """The first of the fields that says something, as a string."""
    for name in names:
        value = data.get(name)
        if isinstance(value, str) and value:
            return clean(value)
        if type(value) is int:
            return str(value)
    return ""


def text_of(segments: tuple[Segment, ...]) -> str:
    """The author's own text: text segments only."""
    if len(segments) == 1 and segments[0].kind is Kind.TEXT:
        return segments[0].value
    return "".join(segment.value for segment in segments if segment.kind is Kind.TEXT)


class Fields:
    """A notice or request of a bot's, read with the namespace of its connection."""

    def __init__(self, raw: Raw, bot: str, namespace: str, now: float) -> None:
        self.raw = raw
        self.bot = bot
        self.namespace = namespace
        self.time = read_time(raw.get("time"), now)

    def account(self, name: str) -> Account | None:
        user_id = read_id(self.raw.get(name))
        return Account(self.namespace, user_id) if user_id else None

    @property
    def group(self) -> GroupKey | None:
        group_id = read_id(self.raw.get("group_id"))
        return GroupKey(self.namespace, group_id) if group_id else None


def came(f: Fields) -> Happened | Skipped:
    """Somebody, or the bot itself, is in a group now."""
    group, account = f.group, f.account("user_id")
    if group is None or account is None:
        return INCOMPLETE
    if account.user_id == f.bot:
        return BotJoined(f.bot, f.time, group)
    invited = f.raw.get("sub_type") == "invite"
    return MemberCame(f.bot, f.time, group, account, f.account("operator_id"), invited)
