"""Stand-in plugins, so that these tests rest on no real one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal
from unittest.mock import patch

from pydantic import Field
import pytest

from src.core.area import AREAS, Area, DefaultClause, Settings
from src.core.duration import Seconds

if TYPE_CHECKING:
    from src.core.area import Finding, Message, Windows

Areas = dict[str, Area[Any]]


class FilterSettings(Settings):
    categories: frozenset[Literal["insult", "ads", "rumour"]] = frozenset()
    terms: tuple[str, ...] = ()
    score: float = 1.0
    at_least: dict[Literal["insult", "ads"], int] = Field(default_factory=dict[Any, int])

    def objection(self, former: Settings) -> str:
        return "不好" if "不好" in self.terms else ""


class FloodSettings(Settings):
    same_in_a_row: int = Field(default=3, ge=2)
    window: Seconds = 120
    pictures: bool = True


def _nothing(message: Message, settings: Any, windows: Windows) -> Finding | None:
    return None


@pytest.fixture
def areas() -> Areas:
    with patch.dict(AREAS, clear=True):
        Area(
            "filter",
            title="内容",
            settings=FilterSettings,
            default=DefaultClause("不发不合适的内容。", ("remind", "warn")),
        ).detector(_nothing)
        Area(
            "flood",
            title="防刷屏",
            settings=FloodSettings,
            default=DefaultClause("不刷屏。", ("warn", "mute 10m")),
        ).detector(_nothing)
        Area("appeals", title="申诉", settings=Settings, default=DefaultClause("可以申诉。"))
        return dict(AREAS)


@pytest.fixture
def content() -> dict[str, Any]:
    """A small pack, as TOML reads it."""
    return {
        "name": "small",
        "title": "小群规",
        "source": "本班",
        "version": 1,
        "ladder": {
            "once": {"steps": [{"step": "remove", "confirm": 2}]},
            "soft": {"life": "7d", "steps": ["remind", "warn", "mute 10m"]},
        },
        "clause": [
            {"number": "1", "text": "说话有礼貌。", "source": ["14.1.3"], "for_people": True},
            {
                "number": "2",
                "text": "不骂人。",
                "source": ["14.2.1"],
                "plugin": "filter",
                "settings": {"categories": ["insult", "ads"]},
                "ladder": "once",
                "weight": 2,
            },
            {
                "number": "3",
                "text": "不刷屏。",
                "source": ["14.3.1"],
                "plugin": "flood",
                "ladder": "soft",
                "withdraw": False,
            },
            {"number": "4", "text": "可以申诉。", "plugin": "appeals"},
        ],
    }
