"""What people read: the categories' names, and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.text import OWN

if TYPE_CHECKING:
    from collections.abc import Mapping

TITLES: Mapping[str, str] = {
    "insult": "辱骂与威胁",
    "discrimination": "歧视",
    "pornography": "色情低俗",
    "violence": "暴力与违禁品",
    "politics": "不良政治倾向",
    "incitement": "煽动过激",
    "religion": "传教与迷信",
    "gambling": "赌博",
    "fraud": "诈骗",
    "ads": "广告",
    "canvassing": "拉票、求赞、筹款与红包",
    "rumour": "谣言",
    "chain": "诅咒与连锁转发",
    "links": "有害链接",
    OWN: "本群禁用词",
}
"""Category → its name in a notice."""

SHORT = "太短：词条去掉符号后至少要有两个字"
SHORT_ALLOW = "是空的：放行短语要有字"
TOO_LONG = "有一项太长，每项最多 {most} 个字"
MISFIRES = (
    "会误伤平常的话（试过的里面有 {count} 句），没有加。请换成更长、更明确的说法。例如会碰上："
)
MISFIRES_LINE = "· {before}【{term}】{after}"

NOTHING = "没有发现{}"
PERHAPS = "可能是{}，由老师判断"
