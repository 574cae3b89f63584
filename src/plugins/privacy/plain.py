"""A text as the patterns of this plugin read it, and the names of people in it."""

from __future__ import annotations

from importlib.resources import files
import re
from typing import NamedTuple
import unicodedata

from src.core.text import fold

SURE = 1.0
DOUBTFUL = 0.6
"""Confidence in what may be harmless: a person looks at it."""


class Breach(NamedTuple):
    """One thing that a message gives away. `spans` are half-open offsets in the raw text."""

    kind: str
    gravity: int
    confidence: float
    number: int
    spans: tuple[tuple[int, int], ...]


class _Plain(dict[int, str]):
    """Character → the one character it is read as. Symbols stay, so that offsets do."""

    def __missing__(self, code: int) -> str:
        kept = chr(code)
        if code >= 0x80:
            form = unicodedata.normalize("NFKC", kept).casefold()
            if len(form) == 1:
                kept = form
                simple = fold(form).skeleton if form.isalpha() else ""
                if len(simple) == 1 and not simple.isascii():
                    kept = simple
        else:
            kept = kept.lower()
        if code < 0x20000:
            # Rarer ones are worked out anew, so that no text can fill the memory.
            self[code] = kept
        return kept


_PLAIN = _Plain()


def plain(raw: str) -> str:
    """The text in simplified characters, narrow digits and small letters, place by place."""
    return raw.translate(_PLAIN)


def _names() -> dict[str, list[str]]:
    """The rows of names.tsv by their kind; its head says how it is written."""
    rows: dict[str, list[str]] = {"surname": [], "double": [], "word": []}
    written = files("src.plugins.privacy").joinpath("names.tsv").read_text(encoding="utf-8")
    for line in written.splitlines():
        if not line.startswith("#"):
            kind, words = line.split("\t")
            rows[kind] += words.split()
    return rows


_ROWS = _names()
HAN = "\u4e00-\u9fff"
NAME = (
    rf"(?:(?:{'|'.join(_ROWS['double'])})[{HAN}]{{1,2}}"
    rf"|[{''.join(_ROWS['surname'])}][ \u3000]{{0,2}}[{HAN}]{{1,2}})"
)
"""What may be a person's name; `is_name` says whether it is no common word."""

_WORDS = frozenset(_ROWS["word"])
_TITLES = ("老师", "妈妈", "爸爸", "家长", "医生", "校长", "主任", "先生", "女士", "教练", "师傅")
_SHORT_TITLES = frozenset("妈爸姐哥叔姨总老师工导校")


def is_name(written: str) -> bool:
    """Whether what `NAME` matched is a name, and not a word or a title."""
    name = written.replace(" ", "").replace("\u3000", "")
    if name[:2] in _WORDS or name.endswith(_TITLES):
        return False
    return not (len(name) == 2 and name[1] in _SHORT_TITLES)


OWN = re.compile("我(?:家|们家|的|儿|闺|女|娃|孩|自己|电话|手机|是)|本人|咱家|自己的|俺家")
"""Somebody speaks of themselves or of their own child."""
