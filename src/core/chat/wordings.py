"""What platforms say when something was not done, in plain words for people.

Each implementation has its own wording (anchors/onebot.md, 1); what none of these patterns knows is
said as it is.
"""

from __future__ import annotations

import re

_MEANT: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), plain)
    for pattern, plain in (
        (
            r"FLAG_HAS_BEEN_CHECKED|已被处理|already (deleted by system|agree)|flag 不存在"
            r"|no such request|request not found",
            "这份申请已经有人处理过，或已失效",
        ),
        (r"file too large", "文件太大"),
        (r"no such file|file not found|HTTP 40[34]", "文件已经取不到，请重新发送"),
        (r"OPEN_FILE_ERROR|打开文件失败|没有收下文件", "所接的程序发不了文件"),
        (r"群名片未生效", "平台没有改成"),
        (r"applicants are not told", "所接的程序列不出入群申请"),
        (r"cannot ban (admin|owner)|管理员不能", "对方是群主或管理员，平台不许"),
        (r"NOT_MANAGEABLE|权限不足|no permission|无权|not admin", "机器人在群里的权限不够"),
        (r"已被移出该群|not in (the )?group|群.{0,6}不存在", "机器人不在这个群里"),
        (r"(成员|群员|联系人).{0,24}不存在|没有该联系人|member not found", "对方不在群里"),
        (
            r"消息.{0,24}不存在|message.{0,10}not found|recall failed",
            "消息已经不在，或超过了可撤回的时间",
        ),
        (r"时间.{0,6}(超|过)|过期|expired", "超过了平台允许的时间"),
        (r"加.{0,6}好友|not friend|陌生人|result.{0,4}16\b", "对方不是好友，私聊送不到"),
        (
            r"未实现|not supported|unsupported|unknown action|不支持|上机器人不能|所接的程序没有",
            "这个平台做不到",
        ),
        (r"time(d)?[ -]?out|超时", "平台没有回答，可能被限制"),
        (r"频繁|too fast|rate|limit", "操作太快，被平台限制"),
        (r"not connected|connection lost|network", "与平台的连接断开了"),
        (r"queue full", "排队的动作太多"),
        (r"禁言|muted|shut ?up", "机器人被禁言了"),
    )
)


def plain(wording: str) -> str:
    """The wording in plain Chinese; as it is (at most 60 characters) where it is unknown."""
    for pattern, words in _MEANT:
        if pattern.search(wording):
            return words
    return " ".join(wording.split())[:60]
