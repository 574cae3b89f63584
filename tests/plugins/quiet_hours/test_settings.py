"""What a clause may set, and what is refused with its place."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError
import pytest

from src.core.chat.port import Act
from src.core.policy import Pack, PackErrors
from src.core.schedule.holidays import last_day
from src.core.text import LexiconError, fold
from src.plugins.quiet_hours.settings import QuietSettings
from src.plugins.quiet_hours.words import kinds_in, read_words


def refusals(settings: dict[str, Any]) -> str:
    """What the author of a pack with these settings is told."""
    with pytest.raises(PackErrors) as caught:
        Pack.from_content(
            {
                "name": "p",
                "title": "p",
                "version": "1",
                "ladder": {"l": {"steps": ["remind"]}},
                "clause": [
                    {
                        "number": "七",
                        "text": "静默",
                        "plugin": "quiet_hours",
                        "ladder": "l",
                        "settings": settings,
                    }
                ],
            }
        )
    return str(caught.value)


@pytest.mark.parametrize(
    ("settings", "place", "why"),
    [
        ({"quiet": ["周一 22:00-06:30", "周二 25:00-06:30"]}, "quiet 第 2 项", "没有 25:00"),
        ({"quiet": ["晚上"]}, "quiet 第 1 项", "要写成"),
        ({"class_time": ["周一 08:00-09:00", "每天 08:30-09:30"]}, "class_time", "重叠"),
        ({"class_time": ["周一 08:00-08:00"]}, "class_time", "不是一段时间"),
        ({"zone": "Asia/Peking"}, "zone", "没有 Asia/Peking 这个时区"),
        ({"terms": ["2026-09-01..2026-08-01"]}, "terms 第 1 项", "在开始之前"),
        ({"days": {"2026-02-30": "off"}}, "days", "没有「2026-02-30」"),
        ({"days": {"2026-02-03": "free"}}, "days", "只能是"),
        ({"notice": 500}, "notice", "不能大于"),
        ({"level": "ban"}, "level", "只能是"),
    ],
)
def test_what_is_refused_is_named(settings: dict[str, Any], place: str, why: str) -> None:
    told = refusals(settings)
    assert "条款 七" in told
    assert place in told
    assert why in told


def test_spans_are_kept_in_one_spelling() -> None:
    settings = QuietSettings(quiet=("Mon-Fri 22:00-6:30", "Sat,Sun 22:30-07:00"))
    assert settings.quiet == ("周一至周五 22:00-06:30", "周六和周日 22:30-07:00")
    assert QuietSettings.model_validate(settings.model_dump(mode="json")) == settings


def test_as_it_comes_it_has_no_hours() -> None:
    settings = QuietSettings()
    assert settings.quiet_hours() is None
    assert list(settings.needs()) == []
    assert settings.caution(last_day()) == ""


def test_what_a_platform_must_be_able_to_do() -> None:
    needs = {
        level: set(
            QuietSettings.model_validate({"quiet": ["每天 22:00-06:30"], "level": level}).needs()
        )
        for level in ("remind", "withdraw", "mute_all")
    }
    assert needs == {
        "remind": set(),
        "withdraw": {Act.WITHDRAW},
        "mute_all": {Act.WITHDRAW, Act.MUTE_ALL},
    }


def test_the_end_of_the_holidays_data_is_said_beforehand() -> None:
    settings = QuietSettings(quiet=("每天 22:00-06:30",))
    assert settings.caution(last_day() - timedelta(30)) == ""
    assert str(last_day()) in settings.caution(last_day() - timedelta(3))
    assert settings.caution(date(2099, 1, 1))


def test_the_words_are_read() -> None:
    assert kinds_in(fold("这道题怎么做，做完去打游戏")) == {"study", "idle"}
    for line in (
        "study\tanywhere",
        "fun\tanywhere\t好玩的",
        "study\tprefix\t好玩的",
        "idle\tanywhere\t玩",
    ):
        with pytest.raises(LexiconError, match=r"^1: "):
            read_words(line)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        QuietSettings().notice = 5  # pyright: ignore[reportAttributeAccessIssue]
