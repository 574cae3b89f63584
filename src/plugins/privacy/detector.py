"""What a text gives away of other people. Pure, no platform, no database."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .doxxing import calls
from .numbers import numbers
from .plain import Breach, plain
from .rankings import rankings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from src.core.text import Folded, Hit

    from .settings import PrivacySettings

_MAY_TELL = re.compile("[0-9零〇幺六七八九名分绩底困及考倒差评级]")
"""Without one of these no text has a mark, a rank or a number in it."""
_MAY_RANK = re.compile(
    "倒数|[没未]?及格|合格|垫底|补考|差生|学困|后进|低分|达标|最后|最[高低]|排[名行]|名次|成绩|分数|前[0-9一二三四五六七八九十]|[没未]过|低于|以下"
    "|第[0-9一二三四五六七八九十]|[十百一二三四五六七八九]分|考|姓名|学情|质量|等[级第]|总评|分以[上下]"
)
_VALUES = re.compile("[0-9]+")
"""Without one of the words, or a number for each of several pupils, it has no ranking in it."""
_MAY_BE_NUMBER = re.compile(
    "[0-9零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两]{11}|[0-9](?:号|栋|幢|座|单元|弄|组)"
)
"""Without one of these in its skeleton a text has no personal number or home in it."""


def breaches(folded: Folded, hits: Sequence[Hit], settings: PrivacySettings) -> Iterator[Breach]:
    """What the clause looks for in a text. `hits` is what the lexicon found in it."""
    skeleton, subjects = folded.skeleton, settings.looks_for
    if "doxxing" in subjects:
        yield from calls(folded, hits)
    if _MAY_TELL.search(skeleton) is None:
        return
    may_number = "numbers" in subjects and _MAY_BE_NUMBER.search(skeleton) is not None
    may_rank = "rankings" in subjects and (
        _MAY_RANK.search(skeleton) is not None or len(_VALUES.findall(skeleton)) >= settings.people
    )
    if may_number or may_rank:
        text = plain(_without_addresses(folded))
        if may_number:
            yield from numbers(text, settings.phones)
        if may_rank:
            yield from rankings(text, settings.people)


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
