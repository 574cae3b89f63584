"""Who repeats, and who sends too much."""

from src.core.area import Area, DefaultClause, Finding, Message, Windows

from .settings import FloodSettings

area = Area(
    "anti_flood",
    title="防刷屏",
    settings=FloodSettings,
    default=DefaultClause(
        "请不要刷屏：同样的文字或图片不要连续发三次，也不要短时间内连发很多条。",
        steps=("remind", "warn", "mute 10m"),
    ),
    of_content=False,
)


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
