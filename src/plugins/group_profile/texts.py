"""What group_profile says."""

CLAUSE = "群名写明班级、不用不文明的字眼，群名和头像由老师改；群规写在群公告里。"

# -- the name -------------------------------------------------------------------------------------------

FAULTS = {
    "long": "太长了",
    "form": "格式不对，应像：{forms}",
    "class": "没有写明班级",
    "term": "有不合适的字眼",
    "who": "只有{who}可以改",
}
WHO = {"staff": "老师和管理员", "head": "班主任和群主"}
FORMS = "、"
RENAMED = "您改的群名"
ADVICE = "群名{why}。"
RESTORED = "【{group}】群名改得不合群规 {clause}：{why}。已改回“{name}”。{who}"
NOBODY_KNOWN = "看不出是谁改的，所以没有记在谁名下。"
CHANGED = "【{group}】群名换了，看不出是谁改的。新名字合乎群规，如果不是老师改的，请改回去。"
NAME_TASK = "群名不合群规 {clause}：{why}，请改一下群名"
NAME_TWICE = "群名一再被改（群规 {clause}：{why}），机器人不再改回，请您处理"

# -- the announcement -----------------------------------------------------------------------------------

ANNOUNCED = "【群规】《{title}》"
ANNOUNCED_END = "—— 第 {version} 版。每次处理都写明条款，可以申诉；看某一条：/群规 条款号"
POST_TASK = "群公告里还没有现行的群规，请发一次群公告（全文：/群规）"
TO_PASTE = "【{group}】可以直接复制的群公告：\n{text}"

# -- what a person looks at -----------------------------------------------------------------------------

AVATAR_TASK = "看看群头像（机器人看不到）：{wanted}"
DESCRIPTION_TASK = "看看群简介（机器人看不到）：{wanted}"
TASK = "【{group}】有一件事要人做：{text}。\n做完后发送：完成 {item}"

# -- /doctor --------------------------------------------------------------------------------------------

CANNOT_SEE = "· 群{what}机器人看不到，由人看：{state}"
AVATAR, DESCRIPTION = "头像", "简介"
SEEN, NOT_SEEN = "已看过", "还没有人看（/待办）"
NAME_UNREAD = "✗ 群名：平台没有回答"
NAME_WRONG = "✗ 群名：{why}（群规 {clause}）"
NO_ANNOUNCEMENT = "✗ 群公告：没有现行的群规"
NO_HEAD = "✗ 还没有设定班主任：/角色 @对方 班主任"
HEAD_UNREACHED = "✗ 班主任收不到私聊（请加机器人为好友，或私聊机器人一次）"
NO_ROSTER = "✗ 还没有名册，请先导入（/名册）"
NO_STUDENTS = "✗ 名册里还没有学生"
WEAK = "✗ 机器人还不是管理员"
ALL_SET = "✓ 建群清单：群名、公告、制度、班主任、名册都好了"
