"""Two or three people who go for each other: first a calm line, then what the ladder says to whoever
goes on. Between a parent and a teacher only a private word."""

from __future__ import annotations

from collections import Counter, deque
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from src.core.area import Area, DefaultClause, Word

from . import texts
from .explain import explain
from .settings import QuarrelSettings
from .sharpness import ATTACK, sharpness

if TYPE_CHECKING:
    from src.core.area import Finding, Message, Windows
    from src.core.chat.events import Account

_TURNS = 40
"""Messages of a group that are remembered."""
_GAP = 90.0
"""Seconds between two replies that are traded fast."""
_CHANGES = 3
"""So often at least one speaks after the other."""
_MOST = 3
"""More people than this are no quarrel of some, and a person should look."""
_GRACE = 15.0
"""Seconds after the calm line in which what was being typed still comes."""

area = Area(
    "quarrel",
    title="争吵",
    settings=QuarrelSettings,
    default=DefaultClause(texts.CLAUSE, steps=("mute 5m", "mute 30m")),
    of_content=False,
)

area.explanation(explain)


class Turn(NamedTuple):
    """What is remembered of a message: who, when (seconds since the epoch), how sharp."""

    author: Account
    at: float
    heat: int
    staff: bool


class Talk:
    """The last turns of a group, and who was asked to stop."""

    def __init__(self) -> None:
        self.turns: deque[Turn] = deque(maxlen=_TURNS)
        self.calmed: frozenset[Account] = frozenset()
        self.calmed_at = -inf
        self.heat_since: Counter[Account] = Counter()


@area.detector
def quarrelling(message: Message, settings: QuarrelSettings, windows: Windows) -> Finding | None:
    """A quarrel among members (02.4.2, 05.4.4), or of a parent with a teacher (21.2.1.8)."""
    talk = windows.memory(Talk)
    author, at = message.event.account, message.sent
    turn = Turn(author, at, sharpness(message), message.author_is_staff)
    if not talk.turns or talk.turns[-1] != turn:
        talk.turns.append(turn)
    if not turn.heat:
        return None
    if author in talk.calmed and at - talk.calmed_at <= settings.cooling:
        return _went_on(talk, turn)
    return _began(talk, turn, settings)


def _went_on(talk: Talk, turn: Turn) -> Finding | None:
    """Who attacks again after the calm line. One raised mark may still be an answer."""
    if turn.at - talk.calmed_at <= _GRACE:
        return None
    talk.heat_since[turn.author] += turn.heat
    if talk.heat_since[turn.author] < ATTACK:
        return None
    return area.finding(gravity=2, incident="quarrel", advice=texts.ADVICE)


def _began(talk: Talk, turn: Turn, settings: QuarrelSettings) -> Finding | None:
    """Who quarrels, told to stop."""
    turns = _recent(talk.turns, turn.at - settings.within)
    heat: Counter[Account] = Counter()
    for one in turns:
        heat[one.author] += one.heat
    sharp = {account for account, sum_of in heat.items() if sum_of >= ATTACK}
    own = [one for one in turns if one.author in sharp]
    changes = sum(one.author != other.author for one, other in pairwise(own))
    attacks = any(one.heat >= ATTACK for one in own)
    if (
        not attacks
        or turn.author not in sharp
        or not 2 <= len(sharp) <= _MOST
        or len(own) < settings.turns
        or changes < _CHANGES
        or sum(one.heat for one in own) < settings.heat
    ):
        return None
    staff = any(one.staff for one in own)
    people = tuple(sorted(sharp))
    talk.turns.clear()
    if not staff:
        talk.calmed, talk.calmed_at = frozenset(sharp), turn.at
        talk.heat_since.clear()
    word = Word(texts.OFFER if staff else texts.CALM, people, aloud=not staff)
    facts = {"turns": len(own), "staff": staff}
    return area.finding(gravity=1, incident="begins", facts=facts, word=word)


def _recent(turns: deque[Turn], since: float) -> list[Turn]:
    """The last exchange: what was said from `since` on without a pause."""
    recent: list[Turn] = []
    later = inf
    for one in reversed(turns):
        if one.at < since or (later != inf and later - one.at > _GAP):
            break
        recent.append(one)
        later = one.at
    return recent[::-1]
