from __future__ import annotations

import pytest

from src.core.text import Hit
from src.plugins.content_filter.quoting import QUOTED, without_quoted

from .test_detector import judge


@pytest.mark.parametrize(
    "text",
    [
        "他骂我“傻逼”，请老师处理",
        "请教育孩子不要说“你妈的”这类话",
        "孩子问我「傻逼」是什么意思",
        "别叫同学'娘娘腔'，这样不好",
        "语文课本里“他妈的”出自鲁迅",
        "“不转不是中国人”这种话太离谱",
    ],
)
def test_who_tells_of_a_word_has_not_said_it(text: str) -> None:
    assert judge(text) == []


@pytest.mark.parametrize(
    "text", ["你就是个“傻逼”", "你们班的“王八蛋”又来了", "“傻逼”", "我说你是「傻逼」"]
)
def test_quotation_marks_for_show_ask_a_person(text: str) -> None:
    (breach,) = judge(text)
    assert breach.confidence == QUOTED


@pytest.mark.parametrize(
    "text",
    ["老师，CNM 是什么意思", "孩子本子上写的nmsl这个缩写是什么", "bitch的发音不要读错", "SB怎么读"],
)
def test_who_asks_what_a_word_means_is_no_case(text: str) -> None:
    (breach,) = judge(text)
    assert breach.confidence == QUOTED


@pytest.mark.parametrize("text", ["你个傻逼是什么意思", "你就是傻逼，什么意思", "傻逼什么意思"])
def test_who_asks_an_insulted_one_has_insulted(text: str) -> None:
    (breach,) = judge(text)
    assert breach.confidence == 1


@pytest.mark.parametrize("text", ["他骂人，傻逼", "说“你好”，傻逼", "傻逼“", "”傻逼“说"])
def test_what_no_quotation_marks_hold_is_said(text: str) -> None:
    (breach,) = judge(text)
    assert breach.confidence == 1


def test_a_warning_counts_wherever_it_stands() -> None:
    hit = Hit("诈骗", "context", 1, "warning", 1.0, 1, 3)
    assert list(without_quoted("“诈骗”", [hit])) == [hit]
