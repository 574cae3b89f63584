"""What anti_flood says."""

NOTHING = "没有刷屏"
FACTS = {
    "times": "同样的内容发了 {} 次",
    "messages": "短时间里发了 {} 条",
}
"""What a finding counted, by the name of the fact."""
