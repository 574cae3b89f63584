"""The area, and who is noticed to have another name when they speak."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.area import Area, DefaultClause, Finding, Message, Windows

from . import texts
from .check import may_fit
from .settings import NicknameSettings

if TYPE_CHECKING:
    from src.core.chat.events import Account

_MOST_KEPT = 4096

area = Area(
    "nickname",
    title="群昵称",
    settings=NicknameSettings,
    default=DefaultClause(
        texts.CLAUSE,
        steps=("remind", "remind", "warn"),
        settings={
            "templates": {
                "parent": ["{学生}{关系}"],
                "teacher": ["{学科}?{姓名}老师", "{学科}?{姓}老师"],
            }
        },
    ),
    # After other templates the grace of a whole class ends in one hour.
    braked=False,
)


class Spoken:
    """Whose name was another one, or had no form, when they spoke in a group. It keeps no name."""

    def __init__(self) -> None:
        self._names: dict[tuple[Account, str], int] = {}
        self._unseen: dict[Account, bool] = {}

    def __bool__(self) -> bool:
        return bool(self._unseen)

    def saw(self, account: Account, name: str, settings: NicknameSettings) -> None:
        """Note under which name somebody speaks."""
        key, now = (account, settings.digest), hash(name)
        before = self._names.get(key)
        if before == now:
            return
        if len(self._names) >= _MOST_KEPT:
            self._names.clear()
        self._names[key] = now
        # Platforms that report no change of a name show it here first.
        if before is not None or not may_fit(name, settings):
            self._unseen[account] = self._unseen.get(account, False) or before is not None

    def take(self, most: int) -> list[tuple[Account, bool]]:
        """The first who are to be looked at, and whether their names have changed."""
        taken = list(self._unseen.items())[:most]
        for account, _ in taken:
            del self._unseen[account]
        return taken


@area.detector
def speaks(message: Message, settings: NicknameSettings, windows: Windows) -> Finding | None:
    """Nothing is wrong with the message; whose name is to be looked at, the minute's work reads."""
    if message.event.name and not message.event.by_robot:
        windows.memory(Spoken).saw(message.event.account, message.event.name, settings)
    return None


@area.explanation
def explain(finding: Finding | None, settings: NicknameSettings) -> str:
    """What was wrong with the name; never the name."""
    if finding is None:
        return texts.NOTHING
    return texts.FOUND.format(why=texts.WHY[finding.facts["why"]])
