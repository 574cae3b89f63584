"""Clean messages as parents and teachers write them, about thirty characters each, from a seed."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

WHEN = [
    "今天下午",
    "明天早上",
    "这周五",
    "下周一",
    "放学以后",
    "午休时间",
    "晚饭前",
    "周三上午",
    "月底之前",
    "第二节课",
]
WHO = [
    "孩子们",
    "我家孩子",
    "值日的同学",
    "第三小组",
    "英语组",
    "合唱队",
    "全班同学",
    "坐校车的孩子",
    "住校生",
    "小记者",
]
DOES = [
    "要带水彩笔和一张白纸",
    "会去操场练习跳绳",
    "把阅读记录交给老师",
    "需要穿校服和运动鞋",
    "在图书馆借两本故事书",
    "复习第四单元的生字",
    "参加学校的科技小制作",
    "练习口算和竖式计算",
    "准备一段自我介绍",
    "到礼堂看安全教育短片",
]
THEN = [
    "请家长帮忙准备一下",
    "有不清楚的可以问我",
    "辛苦各位老师了",
    "天气凉了记得加件外套",
    "路上注意安全",
    "大家不用着急慢慢来",
    "时间地点以通知为准",
    "做完请签字放进书包",
    "谢谢老师的提醒",
    "我们会按时准备好",
]


def sentences(seed: int) -> Iterator[str]:
    """Endless sentences; the same seed gives the same ones."""
    random = Random(seed)
    while True:
        parts = [random.choice(words) for words in (WHEN, WHO, DOES, THEN)]
        yield f"{parts[0]}{parts[1]}{parts[2]}，{parts[3]}。"
