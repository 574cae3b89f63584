"""What inspection says. Short: it is read on a phone, and one message holds a thousand characters."""

CLAUSE = (
    "班主任定期查看本群的情况：没办完的事、处理得对不对、久不露面的管理者和成员；学校定期巡检各群。"
)

MODES = {"enforce": "正在执行", "observe": "只观察", "paused": "暂停中", "frozen": "已冻结"}
ROLES = {
    "head-teacher": "班主任",
    "teacher": "老师",
    "committee": "班委、家委",
    "owner": "群主",
    "admin": "管理员",
}
PLATFORM_ROLES = {"owner": "群主", "admin": "管理员", "member": "普通成员"}
KINDS = {
    "remove": "移出",
    "block": "拉黑",
    "review": "拿不准的消息",
    "appeal": "申诉",
    "approval": "投稿、文件、链接",
    "join": "入群申请",
    "verify": "核对身份",
    "clean": "核对成员",
    "task": "要人做的事",
    "roster": "没导入的名册",
    "report": "举报",
    "complaint": "投诉",
    "escalation": "上报的案件",
    "emergency": "紧急情况",
}
MANUAL = "没写条款"
UNKNOWN = "未知"
NONE = "无"
DAYS = "{count} 天"
UNDER_A_DAY = "不到 1 天"
MORE = "等 {count} 个"

# One group, for the head teacher.
GROUP = "【巡检】{group}（{when}）"
POLICY = "· 制度：《{title}》第 {version} 版，{mode}"
NO_POLICY = "✗ 还没有制度（/制度 list）"
GONE = "✗ 机器人已经不在群里"
OFFLINE = "✗ 机器人没有连上，群里的情况不知道"
NOT_READ = "✗ 平台没有回答，群里的情况不知道"
MEMBERS = "· 成员 {count} 人，机器人是{role}"
WEAK = "✗ 机器人是普通成员，不能撤回、禁言、移出；成员 {count} 人"
MISSING = "✗ 制度要用、平台做不到：{acts}"
HEADS = "· 班主任：{names}"
NO_HEAD = "✗ 没有指定班主任（群里发：/角色 @谁 班主任）"
OPEN = "· 没办完 {count} 件（{kinds}），最久：{oldest}"
NOTHING_OPEN = "· 没有没办完的事"
OVERDUE = "✗ 过了期限 {count} 件"
CASES = "· 近 {days} 天案件 {count} 件（{clauses}）"
NO_CASES = "· 近 {days} 天没有案件"
TRIED = "· 人看过 {decided} 件，判错 {wrong} 件{clauses}"
WRONG = "（{clauses}）"
WRONG_CLAUSE = "{clause}：{decided} 件里错 {wrong} 件"
UNSEEN = "✗ {days} 天没有露面的管理者：{who}"
UNSEEN_NAMED = "{role} {name}"
UNSEEN_COUNT = "{role} {count} 人"
ABSENT = "（不在群里）"
SILENCE_UNKNOWN = "· 平台不告诉谁多久没说话"
INACTIVE = "· {days} 天没有说话的成员 {count} 人：{names}"
INACTIVE_HOW = "　去留请大家商量；要移出：/移出 @谁。机器人不会自己移出。"
CHAIN = "审计链：{chain}"

# The task that people decide.
TASK = "有 {count} 位成员 {days} 天没有说话，请班主任和大家商量去留（班主任私聊机器人发“巡检 {number}”看名单）"
TASK_TOLD = "【待办】{group}：{text}\n商量好了，回复：完成 {item}"

# The school.
SCHOOL = "【学校巡检】{count} 个群（{when}）"
SCHOOL_NAMED = "【学校巡检】{name} {count} 个群（{when}）"
ALL_FINE = "✓ 没有要留意的。"
LINE = "✗ {what}：{groups}"
NEUTRAL = "· {what}：{groups}"
SCHOOL_NO_POLICY = "没有制度"
SCHOOL_NO_HEAD = "没有指定班主任"
SCHOOL_OFFLINE = "机器人没有连上，情况不知道"
SCHOOL_NOT_READ = "平台没有回答，情况不知道"
SCHOOL_GONE = "机器人已经不在群里"
SCHOOL_WEAK = "机器人不是管理员"
SCHOOL_MISSING = "制度要用、平台做不到"
SCHOOL_FROZEN = "已冻结"
SCHOOL_PAUSED = "暂停中"
SCHOOL_OBSERVE = "只观察"
SCHOOL_OVERDUE = "过了期限没办"
SCHOOL_PASSED_UP = "等学校决定"
SCHOOL_UNSEEN = "管理者久不露面"
OF_GROUP = "{group}（{detail}）"
COUNT = "{count} 件"
PEOPLE = "{count} 人"
SCHOOL_OPEN = "· 没办完 {count} 件"
SCHOOL_UNREAD = "✗ 有 {count} 个群这次没有读到"
FILE_FOLLOWS = "表格 {name} 随后发来；没收到的话，在服务器的 {place}。"
FILE_SENT = "表格 {name} 已发给您。"
FILE_LIES = "表格没能发给您（{why}），在服务器的 {place}。"
FILE_NOT_SENT = "表格没能发给您（{why}）。"
NO_FILES = "这个平台发不了文件"
NOT_WRITTEN = "✗ 表格没能写到服务器上，请看磁盘和权限；要的话现在可以发：巡检"

HEAD_ONLY = "只有班主任能看本群的巡检。"
USAGE = "这样写：/巡检；私聊里也可以：巡检 3（3 是群的编号）"
NO_GROUPS = "还没有群。"

# The workbook.
FILE = "巡检-{school}-{day}.xlsx"
SHEETS = ("各群", "条款", "没办完的事", "久不露面", "说明")
GROUP_COLUMNS = (
    ("群", 24), ("群号", 14), ("编号", 6), ("要留意", 36), ("制度", 26), ("版本", 6), ("模式", 10),
    ("机器人", 12), ("平台做不到", 18), ("成员", 8), ("班主任", 14), ("管理者", 8), ("没办完", 8),
    ("最久（天）", 10), ("过期限", 8), ("等学校", 8), ("近 30 天案件", 12), ("人看过", 8), ("判错", 8),
    ("久不露面的管理者", 16),
)  # fmt: skip
CLAUSE_COLUMNS = (
    ("群", 24), ("条款", 14), ("近 30 天案件", 12), ("人看过", 10), ("判错", 10), ("判错的比例", 12),
)  # fmt: skip
OPEN_COLUMNS = (("群", 24), ("事", 20), ("件数", 8), ("最久（天）", 10), ("过期限", 10))
UNSEEN_COLUMNS = (("群", 24), ("身份", 14), ("群里的名字", 20), ("多少天", 10))
NOTES_COLUMNS = (("说明", 24), ("", 90))
SHEET_OFFLINE = "没有连上"
SHEET_GONE = "不在群里"
SHEET_NOT_READ = "没有回答"
NOTES = (
    ("时间", "{when}"),
    ("群", "{count} 个；这次没有读到 {unread} 个"),
    ("未知", "机器人没有连上，或平台没有回答、不告诉；不是零"),
    ("判错", "人看过之后撤销或减轻的；比例 = 判错 ÷ 人看过"),
    ("过期限", "过了办理期限还没有人决定的，连同等得太久、处分已暂停的申诉"),
    ("久不露面", "这么久没有在群里说话，也没有在机器人这里决定过什么；只有老师写名字"),
    ("审计链", "{chain}"),
)
NO_CHAIN = "没有"
