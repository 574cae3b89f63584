"""What an applicant answered, in words and second factors. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from src.core.text.comments import answer_in, appeal_in

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 200
"""Characters; whoever writes more has not answered the question."""
_MOST_FACTORS = 4
_SHORTEST_FACTOR = 3
"""Characters; fewer are a grade or the number of a class."""
_PLAIN_CODE = 6
"""Characters of a code that happens to hold no digit; fewer may be a name."""

_TOKEN = re.compile(r"[0-9A-Za-z]+(?:-[0-9A-Za-z]+)*")
_FACTOR_LABEL = (
    r"(?:(?:学\s*籍\s*号|学\s*号|考\s*号|编\s*号|尾\s*号|校验码|验证码|邀请码|入群码|口令|一次性码)?"
    r"\s*(?:的?\s*(?:最?后|末)\s*[一二三四五六七八2-8]\s*位(?:数字?)?)?\s*(?:号码)?\s*[是为:=]?\s*)"
)
_FIELD_LABEL = re.compile(
    r"(?:学生姓名|孩子姓名|家长姓名|我的姓名|姓名|名字|学生|孩子|家长|关系|与学生关系|班级|年级|电话|手机)\s*[:=]"
)
_BEFORE = re.compile(
    r"^(?:(?:老师|大家|群主|管理员)?(?:你好|您好)[呀啊]?|大家好|老师好|老师|群主|我是|本人是|这是|是|申请(?:入群|加群|进群)?"
    r"|(?:验证|附加|申请)(?:信息|消息|理由)|hi|hello|[\s,。.!~;:+])+",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?:谢谢(?:老师|您|你)?|多谢|请?(?:老师|群主|管理员)?(?:麻烦|求)?(?:通过|同意|批准)(?:一下)?"
    r"|申请(?:入群|加群|进群)|(?:请求|想)?(?:入群|加群|进群)|[\s,。.!~;:+])+$"
)
_OF = re.compile(r"的(?=[妈爸母父爷奶外姥公婆家监伯叔姑姨舅哥姐])")
_LOOSE = re.compile(r"[\s,。;:!?|()\[\]{}<>《》【】「」『』\"'“”‘’~=]+")


class Answer(NamedTuple):
    """An applicant's own words, without what cannot be seen; empty where there are none."""

    text: str
    appeal: bool = False
    """It is an appeal (`申诉 12 理由…`, commands.md), and no answer to the question."""


class Split(NamedTuple):
    """One way to part an answer: what may be read by a form, and what may prove it."""

    words: str
    factors: tuple[str, ...]


def read(comment: str) -> Answer:
    """The applicant's own words in a comment."""
    text = answer_in(comment)
    # Cut off, it might read like a right answer.
    return Answer(text if len(text) <= LONGEST else "", appeal=appeal_in(comment) is not None)


def splits(text: str) -> tuple[Split, ...]:
    """The ways to part an answer into words and second factors, in any order and with any separators.
    Each factor is upper case, without hyphens; the first way takes all of the answer for words."""
    found: dict[Split, None] = {}
    tokens = [
        token
        for token in _TOKEN.finditer(text)
        if _is_factor(token[0])
    ][:_MOST_FACTORS]  # fmt: skip
    for taken in [
        (),
        *((token,) for token in tokens),
        *([tuple(tokens)] if len(tokens) > 1 else []),
    ]:
        factors = tuple(token[0].upper().replace("-", "") for token in taken)
        for words in _forms_of(_without(text, taken)):
            found[Split(words, factors)] = None
    return tuple(found)


def _is_factor(token: str) -> bool:
    plain = token.replace("-", "")
    return len(plain) >= (_SHORTEST_FACTOR if any(c.isdecimal() for c in plain) else _PLAIN_CODE)


def _without(text: str, taken: tuple[re.Match[str], ...]) -> str:
    for token in reversed(taken):
        before = re.sub(_FACTOR_LABEL + r"[(\[]?\s*$", " ", text[: token.start()])
        text = f"{before} {text[token.end() :]}"
    return text


def _forms_of(text: str) -> Iterator[str]:
    """The same words more and more plainly: as they stand, without courtesies, without blanks."""
    plain = " ".join(_LOOSE.sub(" ", _FIELD_LABEL.sub(" ", text)).split()).strip(" -_/、+·")
    polite = _AFTER.sub("", _BEFORE.sub("", plain))
    for words in (
        text.strip(),
        plain,
        polite,
        _OF.sub("", polite),
        _OF.sub("", polite).replace(" ", ""),
    ):
        if words:
            yield words
