"""What somebody wrote to whoever decides on their application to join, and whether it is an appeal
(commands.md, `/appeal`; anchors/onebot.md, "request event"). Pure.

Platforms put the group's question before the answer (`问题：…`, `答案：…`), leave either away, or hand
on free text, nothing, or only the question.
"""

from __future__ import annotations

import re
from typing import NamedTuple
import unicodedata

_MOST_READ = 2000
"""Characters of a comment that are read."""
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")
"""Hangul fillers: letters by category, invisible on the screen."""
_UNSEEN = frozenset({"Cf", "Cs", "Co", "Cn", "Cc", "Mn", "Me", "So", "Sk"})
_FRAMED = re.compile(r"(?:^|[\s?!。.…])(?:问题|问|question|q)\s*:", re.IGNORECASE)
_MARK = re.compile(r"(?:^|(?<=[\s?!。.…:]))(?:答\s*案|回\s*答|答|answers?|a)\s*:", re.IGNORECASE)
_APPEAL = re.compile(r"\s*/?\s*(?:申\s*诉|appeal)(?![a-z])[\s:,。!]*", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?:案件)?\s*#?(?:\d{1,9}-)?#?(\d{1,9})(?!\d|[.:]\d|[年月日号点时分天个次位岁节条])[\s:,。!]*"
)


class Appeal(NamedTuple):
    """An appeal in a comment: the number that it names, if any, and what is said for it."""

    number: int | None
    reason: str
    words: str
    """All that stands after 申诉, for where the number is none of the applicant's."""


def _clean(comment: str) -> str:
    """Compatibility forms resolved, and nothing in it that a reader does not see."""
    kept = (
        " " if c.isspace() and c != "\n" else c
        for c in unicodedata.normalize("NFKC", comment[:_MOST_READ])
        if c == "\n" or c.isspace() or unicodedata.category(c) not in _UNSEEN
        if c not in _BLANK_LETTERS
    )
    return re.sub(r" +", " ", "".join(kept)).strip()


def answer_in(comment: str) -> str:
    """The applicant's part of a comment, in one line: what stands after the last mark of an answer.
    With a question and no such mark it is empty; with neither, the comment is all the applicant's
    own."""
    text = _clean(comment)
    marks = list(_MARK.finditer(text))
    if marks:
        text = text[marks[-1].end() :]
    elif _FRAMED.match(text):
        text = ""
    return " ".join(text.split())


def appeal_in(comment: str) -> Appeal | None:
    """The appeal that a comment is (`申诉 12 理由…`, with or without the slash, the number, and the
    platform's question before it); None where it is none."""
    text = _clean(comment)
    starts = [0, *(mark.end() for mark in _MARK.finditer(text))]
    begun = next((match for start in starts if (match := _APPEAL.match(text, start))), None)
    if begun is None:
        return None
    words = text[begun.end() :].strip()
    named = _NUMBER.match(words)
    if named is None:
        return Appeal(None, words, words)
    return Appeal(int(named[1]), words[named.end() :], words)
