"""What anti_flood says."""

NOTHING = "没有刷屏"
FACTS = {
    "times": "同样的内容发了 {} 次",
    "messages": "短时间里发了 {} 条",
    "pictures": "短时间里发了 {} 张图片",
    "stickers": "短时间里发了 {} 个表情",
    "characters": "短时间里发了 {} 个字",
    "lines": "短时间里发了 {} 行",
}
"""What a finding counted, by the name of the fact."""
