"""Words that somebody quotes: to tell of them, to ask what they mean, to say that they must not be
said. Pure."""

from __future__ import annotations

from bisect import bisect_left
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from src.core.text import Hit

QUOTED = 0.6
"""Confidence in a term that is quoted, where nothing says that it is only told of."""

_QUOTATION = re.compile(
    "“[^“”]{1,24}”|\"[^\"]{1,24}\"|「[^「」]{1,24}」|『[^『』]{1,24}』|‘[^‘’]{1,24}’|'[^']{1,24}'|《[^《》]{1,40}》"
)
_TOLD = re.compile(
    "说|叫|骂|喊|讲|问|写|词|这种话|这类话|这句|这话|外号|绰号|意思|出自|课文|课本|作文|教育|提醒|批评|警惕"
    "|别|不要|不能|不许|不准|禁止|举报|谁发|谁在|有人|广告|消息|那条|骗子|影片|电影|歌"
)
"""What somebody writes who tells of a word."""
_AIMED = re.compile(
    "[你您](?:们|这个|这种|就是|真是|是|个|才|才是|就|全家|家)*[^，。！？、；\n]{0,2}$"
)
"""What stands before a quotation mark that is only there for show."""

_ASKED = re.compile(
    r"\s?(?:这个)?(?:词|字|单词|缩写)?\s?(?:是(?:什么|啥)(?:意思|缩写)|怎么[读念]|的?(?:发音|读音))"
    r"|\s?(?:这个)?(?:词|字|单词|缩写)\s?是(?:什么|啥)"
)
"""What stands behind a word whose meaning or sound somebody asks for."""


def without_quoted(raw: str, hits: Sequence[Hit]) -> Iterator[Hit]:
    """The hits, doubtful where they are quoted, and none where the text only tells of them."""
    quotations = list(_QUOTATION.finditer(raw)) if hits else []
    starts = [one.start() for one in quotations]
    for hit in hits:
        if hit.kind == "warning":
            yield hit
            continue
        doubtful = hit._replace(confidence=min(hit.confidence, QUOTED))
        if _ASKED.match(raw, hit.end) and not _AIMED.search(raw[max(0, hit.start - 8) : hit.start]):
            yield doubtful
            continue
        before = bisect_left(starts, hit.start) - 1
        if before < 0 or quotations[before].end() <= hit.end:
            yield hit
            continue
        start, end = quotations[before].span()
        around = f"{raw[max(0, start - 20) : start]}{raw[end : end + 20]}"
        if _TOLD.search(around) is None or _AIMED.search(raw[max(0, start - 8) : start]):
            yield doubtful
