"""Who repeats, who sends too much, and who fills the screen."""

from math import inf

from src.core.area import Area, Crowd, DefaultClause, Finding, Message, Windows, Word

from . import texts
from .settings import FloodSettings, Limit, limits


class _Told:
    """When the managers were last told of a wave, in seconds since the epoch."""

    at = -inf


area = Area(
    "anti_flood",
    title="防刷屏",
    settings=FloodSettings,
    default=DefaultClause(
        "请不要刷屏：同样的文字或图片不要连续发三次，也不要短时间内连发很多条、很多图或大段文字。",
        steps=("remind", "warn", "mute 10m"),
    ),
    of_content=False,
)

_NEAR = 8
"""Tenths: a hint is given at 80 % of a rate."""
_HEEDED = 10
"""Seconds: in a shorter window a hint would come too late."""
_FULL = 10
"""Tenths of a message."""
_TELL_EVERY = 600.0
"""Seconds."""
_PIECE = 10
"""A message of at least a tenth of a wall is a piece of one; what is shorter is talk."""


@area.detector
def repeated(message: Message, settings: FloodSettings, windows: Windows) -> Finding | None:
    """The same content several times in a row, or in a window (08.1.2.5, 14.3.1, 21.1.2.5)."""
    times = 0
    if settings.same_in_a_row:
        run = windows.run(message, settings.row_gap)
        times = run if run >= settings.same_in_a_row else 0
    if settings.same_in_window and not times:
        same = windows.same(message, settings.window)
        times = same if same >= settings.same_in_window else 0
    if settings.same_in_a_row and not times:
        copies = windows.copies(message)
        times = copies if copies >= settings.same_in_a_row else 0
    return _found(times=times) if times else None


@area.detector
def too_many(message: Message, settings: FloodSettings, windows: Windows) -> Finding | None:
    """Too many messages of one person in any of the windows (16.3; anchors/moderation.md, 4.4), or
    nearly so many: then only a hint."""
    near: Limit | None = None
    for limit in limits(settings.quiet_rates if message.quiet else settings.rates):
        rate = windows.rate(message, limit.seconds)
        # In tenths, so that no fraction is lost.
        if rate > limit.messages * _FULL:
            return (
                None if _crowd(message, settings, windows) else _found(messages=-(-rate // _FULL))
            )
        if rate >= limit.messages * _NEAR:
            near = limit
        elif rate == _FULL:
            # The longest comes first: what is alone there is alone in all.
            break
    if near is None or not settings.hint or message.author_is_staff or near.seconds < _HEEDED:
        return None
    if _crowd(message, settings, windows):
        return None
    word = Word(texts.HINT, (message.event.account,))
    incident = f"near {near.messages}/{near.seconds}"
    return area.finding(gravity=1, incident=incident, facts={"near": 1}, word=word)


@area.detector
def wave(message: Message, settings: FloodSettings, windows: Windows) -> Finding | None:
    """Many people write at once: nobody is punished for it, the managers are told."""
    crowd = _crowd(message, settings, windows)
    if crowd is None:
        return None
    told = windows.memory(_Told)
    if 0 <= message.arrived - told.at < _TELL_EVERY:
        return None
    told.at = message.arrived
    (limit,) = limits((settings.crowd,))
    facts = {"messages": crowd.messages, "people": crowd.people}
    word = Word(texts.CROWD.format(seconds=limit.seconds, **facts))
    return area.finding(gravity=1, incident="wave", facts=facts, word=word)


def _crowd(message: Message, settings: FloodSettings, windows: Windows) -> Crowd | None:
    """The wave that the message is part of. Whoever wrote over half of it is none."""
    if settings.crowd == "0":
        return None
    (limit,) = limits((settings.crowd,))
    crowd = windows.crowd(message, limit.seconds, limit.messages)
    if crowd is None or crowd.people < settings.crowd_people:
        return None
    return crowd if crowd.own * 2 <= crowd.messages else None


def _found(**facts: int) -> Finding:
    """A finding; all of one person's within two minutes are one burst, and one case."""
    return area.finding(gravity=2, incident="burst", facts=facts)


@area.detector
def too_many_pictures(
    message: Message, settings: FloodSettings, windows: Windows
) -> Finding | None:
    """Too many pictures in a message, or pictures or stickers in a window (02.5.4, 09.2.4, 12.4.3)."""
    if len(message.event.segments) == 1 and message.event.text:
        return None
    size = windows.size(message)
    if not size.pictures and not size.stickers:
        return None
    if settings.pictures_at_once and size.pictures > settings.pictures_at_once:
        return _found(pictures=size.pictures)
    sizes = windows.sizes(message, settings.pictures_window)
    pictures = sum(one.pictures for one in sizes) if size.pictures else 0
    if settings.pictures and pictures > settings.pictures:
        return _found(pictures=pictures)
    stickers = sum(one.stickers for one in sizes) if size.stickers else 0
    if settings.stickers and stickers > settings.stickers:
        return _found(stickers=stickers)
    return None


@area.detector
def wall(message: Message, settings: FloodSettings, windows: Windows) -> Finding | None:
    """A wall of text in one message or cut in pieces (02.5.4; anchors/moderation.md, 4.4).

    A teacher's or manager's is a notice, and none.
    """
    if message.author_is_staff:
        return None
    characters = lines = 0
    text = message.event.text
    if settings.characters and len(text) * _PIECE >= settings.characters:
        pieces = (one.characters for one in windows.sizes(message, settings.wall_window))
        characters = sum(one for one in pieces if one * _PIECE >= settings.characters)
    if settings.lines and ("\n" in text or "\r" in text):
        size = windows.size(message)
        if size.lines * _PIECE >= settings.lines:
            pieces = (one.lines for one in windows.sizes(message, settings.wall_window))
            lines = sum(one for one in pieces if one * _PIECE >= settings.lines)
    if characters > settings.characters or lines > settings.lines:
        return _found(characters=characters, lines=lines)
    return None
