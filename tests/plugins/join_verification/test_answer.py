"""What an applicant wrote, in the dialects of real platforms."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st
import pytest

from src.plugins.join_verification.answer import LONGEST, read, splits

FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "onebot"


@pytest.mark.parametrize(
    ("comment", "answer"),
    [
        # What platforms really sent (shared/fixtures/onebot).
        ("问题：114514\n答案：123213123", "123213123"),
        ("问题：本群暗号？\n答案：不知道", "不知道"),
        ("问题：你因何而来？\n答案：示例回答", "示例回答"),
        ("我是管理员朋友，通过一下", "我是管理员朋友,通过一下"),
        ("", ""),
        # Only the question; its example is nobody's answer.
        ("问题：请写学生姓名和关系，如陈晨妈妈", ""),
        ("问题：孩子叫什么？\n答案：", ""),
        ("Question: who are you?", ""),
        # Other marks, and none.
        ("问题：孩子叫什么？\n回答：陈晨妈妈 0304", "陈晨妈妈 0304"),
        ("Question: name?\nAnswer: 陈晨妈妈", "陈晨妈妈"),
        ("问题：x？答案：陈晨妈妈", "陈晨妈妈"),
        ("答:陈晨妈妈", "陈晨妈妈"),
        ("陈晨妈妈 0304", "陈晨妈妈 0304"),
        # The last mark counts, wherever the question has one.
        ("问题：答案：是什么\n答案：陈晨妈妈", "陈晨妈妈"),
        ("问题：你是谁？\n答案：答案：陈晨妈妈", "陈晨妈妈"),
        ("问题：怎么回答：自己想\n答案：陈晨妈妈", "陈晨妈妈"),
        # What nobody sees.
        ("答案：陈\u200b晨\u2060妈妈\ufeff", "陈晨妈妈"),
        ("答案：\u202e陈晨妈妈\u202c", "陈晨妈妈"),
        ("答案：👩陈晨妈妈🌸❤️", "陈晨妈妈"),
        ("答案：　陈晨　妈妈　１２３４ ", "陈晨 妈妈 1234"),
        ("答案：陈晨妈妈\n\n0304", "陈晨妈妈 0304"),
        ("答\u200b案：陈晨妈妈", "陈晨妈妈"),
        ("\u3164", ""),
        # Whoever writes a novel has not answered.
        ("答案：陈晨妈妈" + "谢" * LONGEST, ""),
    ],
)
def test_the_answer_is_what_stands_after_the_last_mark(comment: str, answer: str) -> None:
    assert read(comment).text == answer


def test_every_real_comment_can_be_read() -> None:
    comments: list[str] = []
    for path in FIXTURES.glob("v11-*.json"):
        events = json.loads(path.read_text(encoding="utf-8"))
        for event in events if isinstance(events, list) else [events]:
            if isinstance(event, dict) and event.get("post_type") == "request":
                comments.append(event.get("comment") or "")
    assert len(comments) >= 9
    for comment in comments:
        assert "问题" not in read(comment).text


@pytest.mark.parametrize(
    ("comment", "appeal"),
    [
        ("申诉 12 我没有骂人", True),
        ("问题：你是谁？\n答案：申诉 12 我没有骂人", True),
        ("/申诉 12", True),
        ("appeal 12 it was not me", True),
        ("我要申诉", False),
        ("陈晨妈妈", False),
    ],
)
def test_an_appeal_is_told_from_an_answer(comment: str, appeal: bool) -> None:
    assert read(comment).appeal is appeal


@pytest.mark.parametrize(
    ("answer", "words", "factors"),
    [
        ("陈晨妈妈 0304", "陈晨妈妈", ("0304",)),
        ("0304陈晨妈妈", "陈晨妈妈", ("0304",)),
        ("陈晨0304妈妈", "陈晨妈妈", ("0304",)),
        ("陈晨妈妈，学号后四位是0304，谢谢老师", "陈晨妈妈", ("0304",)),
        ("老师好，我是陈晨的妈妈 学号20260304", "陈晨妈妈", ("20260304",)),
        ("陈晨妈妈(0304)", "陈晨妈妈", ("0304",)),
        ("学生姓名:陈晨 关系:妈妈 学号:20260304", "陈晨妈妈", ("20260304",)),
        ("三年级2班-陈晨妈妈-验证码 k7mp-2qx", "三年级2班-陈晨妈妈", ("K7MP2QX",)),
        ("陈晨妈妈 邀请码:ABCDEFG", "陈晨妈妈", ("ABCDEFG",)),
        ("陈晨/陈阳妈妈 0304 0305", "陈晨/陈阳妈妈", ("0304", "0305")),
        ("三2班陈晨妈妈", "三2班陈晨妈妈", ()),
        ("申请入群,陈晨爸爸,麻烦通过一下", "陈晨爸爸", ()),
    ],
)
def test_the_proof_may_stand_anywhere(answer: str, words: str, factors: tuple[str, ...]) -> None:
    assert (words, factors) in splits(read(answer).text)


@given(st.text(max_size=400))
@example("答案:" * 100)
@example("1234 " * 60)
def test_any_comment_can_be_read_in_few_ways(comment: str) -> None:
    answer = read(comment)
    assert len(answer.text) <= LONGEST
    ways = splits(answer.text)
    assert len(ways) <= 36
    for way in ways:
        assert way.words
        for factor in way.factors:
            assert factor.isascii()
            assert factor.isalnum()
