"""Other people's talk, forwarded or pasted (12.5.2, 15.5.1, 20.3.3). Pure."""

from __future__ import annotations

from collections import Counter
import re

_DATE = r"\d{2,4}[-/年.]\d{1,2}(?:[-/月.]\d{1,2}日?)?"
_STAMPED = re.compile(
    rf"^[^\n]{{1,30}}?[\s(]{{1,2}}"
    rf"(?:{_DATE}\s{{1,2}}\d{{1,2}}:\d\d(?::\d\d)?|\d{{1,2}}:\d\d:\d\d)\)?[ \t]*$",
    re.M,
)
_TURN = re.compile(r"^[ \t]*([^\s:，。？！?!]{1,12})[ \t]?:[ \t]*\S", re.M)
_LEAST_STAMPS = 2
_LEAST_TURNS = 4


def pasted(text: str) -> tuple[tuple[int, int], ...]:
    """Where the turns of a talk begin that is pasted into a plain text; nothing where it is none.

    A talk goes back and forth, so that two speakers have two turns each; the labels of a notice
    (时间：…) stand there once.
    """
    stamps = tuple(match.span() for match in _STAMPED.finditer(text))
    if len(stamps) >= _LEAST_STAMPS:
        return stamps
    turns = list(_TURN.finditer(text))
    speakers = Counter(match[1] for match in turns)
    if len(turns) >= _LEAST_TURNS and sum(times > 1 for times in speakers.values()) > 1:
        return tuple(match.span(1) for match in turns)
    return ()
