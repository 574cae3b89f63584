"""What topic says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CLAUSE = "这里只说通知、作业和班级的事；闲聊请到别处，个人的事请私聊老师。"

TITLES: Mapping[str, str] = {
    "small_talk": "闲聊",
    "meals": "晒饭菜",
    "jokes": "笑话",
    "gossip": "八卦",
    "shopping": "购物",
    "games": "游戏",
    "shows": "影视娱乐",
    "flattery": "刷屏式的奉承",
    "blessings": "群发祝福",
    "individual": "个人的事",
}
"""Matter → its name for people."""

OFF = "没有限制话题，也没有限制谁来发"
NOTHING = "没有发现{}"
MAY = "是可以发的"
UNRELATED = "与班级无关：{}"
SAID: Mapping[str, str] = {
    "individual": "个人的事，请私聊老师",
    "start": "群里的话由老师起头，这里请只回应",
}
"""What of a finding is said in other words than its matter's name."""
PERHAPS = "可能是{}，由老师判断"
