"""What an applicant wrote: their own part of a comment, and whether it is an appeal."""

from __future__ import annotations

import pytest

from src.core.text.comments import Appeal, answer_in, appeal_in


@pytest.mark.parametrize(
    ("comment", "number", "reason"),
    [
        ("申诉 12 我发的是班级通知", 12, "我发的是班级通知"),
        ("/申诉 12 我发的是班级通知", 12, "我发的是班级通知"),
        ("／申诉#12：我发的是通知", 12, "我发的是通知"),
        ("申诉12我发的是通知", 12, "我发的是通知"),
        ("申 诉 3-12 是通知", 12, "是通知"),
        ("申诉案件12，是通知", 12, "是通知"),
        ("/appeal 12 it was not me", 12, "it was not me"),
        ("问题：你是谁？\n答案：申诉 12 是通知", 12, "是通知"),
        # What somebody tells in an appeal is not taken for the mark of an answer.
        ("问题：你是谁？\n答案：申诉 12 老师问我。\n回答：没有发", 12, "老师问我。\n回答:没有发"),
        ("申诉 我发的是通知", None, "我发的是通知"),
        ("申诉", None, ""),
        ("申诉 12", 12, ""),
        # A date or an amount is no number of a case.
        ("申诉 3月5日我在上课", None, "3月5日我在上课"),
        ("申诉 3次都不是我", None, "3次都不是我"),
        ("申诉 12:30我在上课", None, "12:30我在上课"),
    ],
)
def test_an_appeal_in_a_comment(comment: str, number: int | None, reason: str) -> None:
    found = appeal_in(comment)
    assert found is not None
    assert (found.number, found.reason) == (number, reason)


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "陈晨妈妈 0304",
        "我要申诉",
        "问题：怎么申诉？",
        "问题：申诉编号？\n答案：陈晨妈妈",
        "appealing 12",
    ],
)
def test_what_is_no_appeal(comment: str) -> None:
    assert appeal_in(comment) is None


def test_a_long_appeal_is_read_whole() -> None:
    assert appeal_in("申诉 12 " + "是" * 900) == Appeal(12, "是" * 900, "12 " + "是" * 900)


def test_the_answer_stands_after_the_last_mark() -> None:
    assert answer_in("问题：你是谁？\n答案：陈晨\n妈妈") == "陈晨 妈妈"
    assert answer_in("问题：你是谁？") == ""
    assert answer_in(" 陈晨\u200b妈妈 ") == "陈晨妈妈"
