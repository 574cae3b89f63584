"""What anti_flood says."""

NOTHING = "没有刷屏"
FACTS = {
    "times": "同样的内容发了 {} 次",
    "messages": "短时间里发了 {} 条",
    "pictures": "短时间里发了 {} 张图片",
    "stickers": "短时间里发了 {} 个表情",
    "characters": "短时间里发了 {} 个字",
    "lines": "短时间里发了 {} 行",
    "near": "快要发得太多了，只私下提醒",
    "people": "{} 个人一起在发，不处理任何人，只告诉老师",
}
"""What a finding counted, by the name of the fact."""
HINT = "您发得有点密，群里快看不过来了。可以歇一歇，或者把话并成一条；这只是提醒，不记录。"
CROWD = (
    "群里很热闹：{seconds} 秒里 {people} 个人发了 {messages} 条。没有因为发得快处理任何人。\n"
    "要让大家静一静，请在 QQ 里开启全员禁言，过几分钟再关；个别人可以用 /禁言。"
)
LIMIT = '要写成 "条数/时长"，如 "12/1m"、"60/1h"，时长大于零并带单位'
LIMIT_BOUNDS = "条数要在 1 到 {} 之间，时长最长 1 小时"
CROWD_BOUNDS = "条数最多 {}"
