"""Who repeats, who sends too much, and who fills the screen."""

from src.core.area import Area, DefaultClause, Finding, Message, Windows

from .settings import FloodSettings

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
    if not times:
        return None
    incident = f"same:{windows.content(message)}"
    return area.finding(gravity=2, incident=incident, facts={"times": times})


@area.detector
def too_many(message: Message, settings: FloodSettings, windows: Windows) -> Finding | None:
    """Too many messages of one person in a window (16.3; anchors/moderation.md, 4.4)."""
    if not settings.rate:
        return None
    rate = windows.rate(message, settings.rate_window)
    if rate > settings.rate:
        return area.finding(gravity=2, incident="rate", facts={"messages": rate})
    return None


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
        facts = {"pictures": size.pictures}
        return area.finding(gravity=2, incident="pictures", facts=facts)
    sizes = windows.sizes(message, settings.pictures_window)
    pictures = sum(one.pictures for one in sizes) if size.pictures else 0
    if settings.pictures and pictures > settings.pictures:
        return area.finding(gravity=2, incident="pictures", facts={"pictures": pictures})
    stickers = sum(one.stickers for one in sizes) if size.stickers else 0
    if settings.stickers and stickers > settings.stickers:
        return area.finding(gravity=2, incident="stickers", facts={"stickers": stickers})
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
        facts = {"characters": characters, "lines": lines}
        return area.finding(gravity=2, incident="wall", facts=facts)
    return None
