from __future__ import annotations

from pydantic import ValidationError
import pytest

from src.core.text import CATEGORIES
from src.plugins.content_filter.settings import ContentSettings
from src.plugins.content_filter.texts import TITLES


def test_every_category_by_default_and_each_has_a_title() -> None:
    assert ContentSettings().categories == CATEGORIES
    assert {*CATEGORIES} < {*TITLES}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"categories": []}, "categories"),
        ({"categories": ["jokes"]}, "jokes"),
        ({"terms": ["好词", ""]}, "「」太短"),
        ({"terms": ["滚"]}, "「滚」太短"),
        ({"terms": ["滚！！"]}, "「滚！！」太短"),
        ({"allow": ["！"]}, "「！」是空的"),
        ({"word": ["滚蛋"]}, "word"),
    ],
)
def test_what_is_refused_is_named(values: dict[str, list[str]], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        ContentSettings.model_validate(values)
