from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
import pytest

from src.core.duration import LONGEST, Seconds, parse, spoken, written


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30s", 30),
        ("30秒", 30),
        ("10m", 600),
        ("10分钟", 600),
        ("10分", 600),
        ("10", 600),
        ("2h", 7_200),
        ("2小时", 7_200),
        ("1d", 86_400),
        ("1天", 86_400),
        (" 10 M ", 600),
        ("１０分钟", 600),
        ("1h30m", 5_400),
        ("1 小时 30 分钟", 5_400),
    ],
)
def test_what_people_write_is_read(text: str, seconds: int) -> None:
    assert parse(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["", " ", "m", "ten", "-5m", "1.5h", "0", "0m", "10x", "30m1h", "1h1h", "99999d", "9" * 5000],
)
def test_what_is_no_length_is_refused_in_words_for_people(text: str) -> None:
    with pytest.raises(ValueError, match="时长"):
        parse(text)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (30, "30 秒"),
        (600, "10 分钟"),
        (7_200, "2 小时"),
        (259_200, "3 天"),
        (5_400, "1 小时 30 分钟"),
        (0, "0 秒"),
    ],
)
def test_lengths_are_said_as_people_say_them(seconds: int, words: str) -> None:
    assert spoken(seconds) == words


@given(st.integers(1, LONGEST))
def test_what_is_said_and_written_reads_back(seconds: int) -> None:
    assert parse(spoken(seconds)) == seconds
    assert parse(written(seconds)) == seconds


class _Model(BaseModel):
    window: Seconds = 120


def test_a_field_takes_seconds_from_code_and_text_from_people() -> None:
    assert _Model(window=90).window == 90
    assert _Model.model_validate({"window": "2m"}).window == 120
    assert _Model(window=90).model_dump() == {"window": 90}
    assert _Model(window=90).model_dump(mode="json") == {"window": "1m30s"}


@pytest.mark.parametrize("value", ["10", "x", 0, True, 1.5, None])
def test_a_field_guesses_no_unit_and_takes_no_other_type(value: object) -> None:
    with pytest.raises(ValidationError):
        _Model.model_validate({"window": value})
