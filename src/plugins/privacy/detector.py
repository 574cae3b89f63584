"""What a text gives away of other people. Pure, no platform, no database."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .doxxing import doxxing, terms
from .numbers import numbers
from .plain import Breach, plain
from .rankings import rankings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from src.core.text import Folded, Hit

    from .settings import PrivacySettings

# Each begins with a set of characters, which is what makes a search fast.
_MAY_TELL = re.compile("[0-9零〇幺六七八九名分绩底困及考倒差评级]")
"""Without one of these no text has a mark, a rank or a number in it."""
_MAY_RANK = re.compile("[前第没未十百一二三四五六七八九][0-9一二三四五六七八九十过分]")
_RANK_WORDS = tuple(
    "考 名次 成绩 分数 排名 排行 倒数 及格 合格 垫底 差生 学困 后进 低分 达标 最后 最高 最低 低于 以下 "
    "分以 等级 等第 总评 姓名 学情 质量".split()
)
_VALUES = re.compile("[0-9]+")
"""Without one of the words, or a number for each of several pupils, it has no ranking in it."""
_MAY_BE_NUMBER = re.compile(
    "[0-9零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两][0-9零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两]{10}"
)
_MAY_BE_HOME = re.compile("[0-9][号栋幢座单弄组]")
"""Without one of these in its skeleton a text has no personal number or home in it."""


def breaches(folded: Folded, hits: Sequence[Hit], settings: PrivacySettings) -> list[Breach]:
    """What the clause looks for in a text. `hits` is what the lexicon found in it."""
    skeleton, subjects = folded.skeleton, settings.looks_for
    found: list[Breach] = []
    if "doxxing" in subjects and (calls := terms().scan(folded)):
        found += doxxing(calls, hits)
    if _MAY_TELL.search(skeleton) is None:
        return found
    may_number = "numbers" in subjects and (
        _MAY_BE_NUMBER.search(skeleton) is not None or _MAY_BE_HOME.search(skeleton) is not None
    )
    may_rank = "rankings" in subjects and (
        len(_VALUES.findall(skeleton)) >= settings.people
        or _MAY_RANK.search(skeleton) is not None
        or any(word in skeleton for word in _RANK_WORDS)
    )
    if may_number or may_rank:
        text = plain(_without_addresses(folded))
        if may_number:
            found += numbers(text, settings.phones)
        if may_rank:
            found += rankings(text, settings.people)
    return found


def _without_addresses(folded: Folded) -> str:
    """The text with blanks for its web addresses, whose digits are nobody's."""
    raw = folded.raw
    if "." not in raw:
        return raw
    pieces: list[str] = []
    done = 0
    for address in folded.addresses:
        pieces += (raw[done : address.start], " " * (address.end - address.start))
        done = address.end
    return "".join((*pieces, raw[done:]))
