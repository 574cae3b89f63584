"""What the moderation commands say."""

from src.core.people import Role

ROLES = {
    Role.LEADER: ("校领导", "领导"),
    Role.HEAD_TEACHER: ("班主任",),
    Role.TEACHER: ("老师", "教师", "任课老师"),
    Role.COMMITTEE: ("班委", "家委", "家委会"),
    Role.STAFF: ("校工", "职工"),
    Role.PARENT: ("家长",),
    Role.STUDENT: ("学生",),
}
PROPOSED = "提请移出（等老师决定）"
REQUESTS = {
    "remove": "移出",
    "block": "移出并拉黑",
    "review": "请看一条消息是否违规",
    "appeal": "申诉",
    "approval": "投稿、文件、链接或发言申请",
    "join": "入群申请",
    "verify": "核对成员身份",
    "clean": "定期核对成员",
    "task": "要人做的事",
    "emergency": "紧急情况",
    "roster": "看过、还没导入的名册文件",
}

SELF = "不能处理自己。"
BOT = "不能处理机器人自己。"
TOO_SHORT = "禁言最短 1 分钟。"
TOO_LONG = "禁言最长 30 天，这里写的太长了。"
TOO_LONG_BLOCK = "时长最长十年；不写时长就是一直有效。"
WARNED = "已警告（案件 #{number}）。"
MUTED = "已禁言 {length}，到 {until} 为止（案件 #{number}）。"
MUTED_LONGER = "对方已被禁言到 {until}；要缩短，请找能解除禁言的老师。"
NOT_MEMBER = "对方不在本群。"
UNMUTE_PENDING = "正在解除，平台还没有确认，机器人会继续核对。"
UNMUTED = "已解除禁言。"
KICKED = "已移出（案件 #{number}）。"
KICK_ASKED = "{what}要 {needs} 个人同意。已记为 #{request}，算您一个，还要 {more} 位；已告诉能同意的人，请他们发送：确认 {request}"
TOO_LONG_ON_DUTY = "值日时最长禁言一小时，要更久请找老师。"
NOT_FOR_DUTY = "{names} 不能交给值日的人，请写 committee 或更高"

BLOCKED = "已拉黑（案件 #{number}），{until}。"
UNBLOCKED = "已解除拉黑。"
NOT_BLOCKED = "对方不在黑名单里。"
RECALLED = "已撤回。"
RECALL_WHAT = "请回复要撤回的那条消息，再发送 /撤回。"
PENDING = "平台还没有确认，机器人会继续核对（案件 #{number}）。"
NOT_DONE = "没有做成：{wording}（案件 #{number}）。"

NO_CASE = "没有编号为 #{number} 的案件。"
CASE = "案件 #{number}：{step}，{state}\n对象：{who}\n时间：{time}\n依据：{ground}\n来自：{source}\n执行：{acts}"
CASE_REASON = "理由：{reason}"
CASE_CLOSED = "处理：{reason}"
OBSERVED = "（只观察，没有执行）"
CASE_WHOLE = "全部依据和经过：私聊我发送 案件 {item} 全文"
WHOLE = ("全文", "full")
CASE_HOW = "这样写：/案件 12，或 /案件 12 全文"
GROUND = "制度第 {version} 版 {clause}：{text}"
GROUND_MANUAL = "老师决定"
AUTO = "自动发现（{plugin}）"
BY = "管理员 {who}"

RECORD_NONE = "{who}没有记录。"
RECORD_YOURS_NONE = "您没有任何记录。"
RECORD = "{who}的记录，计入 {live} 次{ends}："
RECORD_LESS = "（{less} 起减少，{nothing} 清零）"
RECORD_NOTHING = "（{nothing} 清零）"
RECORD_GROUP = "【{group}】"
RECORD_LINE = "{number} {time} {ground} {step}，{state}"
RECORD_LIVE = "计入到 {until}"
RECORD_EXPIRED = "已过期"
RECORD_APPEAL = "有不同意见，私聊我发送：申诉 编号 理由，例如：申诉 {item} 我发的是班级通知"
YOU = "您"

PARDONED = "案件 #{number} 已撤销，不再计入记录。"
ALREADY = "案件 #{number} 早已撤销。"
PARDON_OWN = "不能撤销自己或家人的案件，可以发送：申诉 {number} 理由"
PARDON_HIGHER = "这个案件由更高一级的老师决定，请找他撤销。"

NO_REQUEST = "没有编号为 #{number} 的待办。"
ANSWERED = "#{number} 已经有结果：{state}。"
REQUEST_STATES = {
    "confirmed": "已同意",
    "refused": "已驳回",
    "lapsed": "已过期",
    "closed": "已关闭",
    "upheld": "维持",
    "reduced": "减轻",
    "revoked": "撤销",
}
USE_REVIEW = "申诉请用：复核 {number} 维持（或 减轻、撤销）理由"
USE_DONE = "这件事做完以后请发送：完成 {number}"
NO_TASK = "#{number} 不是要人做的事。同意或驳回请用：确认 {number}，驳回 {number}"
DONE = "#{number} 已记下，做完了。"
TASK_STATES = {**REQUEST_STATES, "confirmed": "已完成", "closed": "不用再做"}
TASK_AGAIN = "【{group}】还有一件事等人做：{text}。\n做完后发送：完成 {item}"
USE_APPROVE = "投稿、文件、链接和发言申请请用：同意 {number}，或 拒绝 {number} 理由"
USE_JOIN = "入群申请请用：入群 {number} 同意，或 入群 {number} 拒绝 理由"
AGREED_MORE = "已记下您的同意，还要 {more} 人。"
CONFIRMED = "#{number} 已同意，正在执行。"
CONFIRMED_OF = {
    "report": "#{number} 已处理。",
    "complaint": "#{number} 已答复，会告诉本人。",
    "escalation": "#{number} 已办结。",
    "emergency": "#{number} 已记下处理结果，会告诉其他人。",
}
_REFUSED_REMOVAL = "#{number} 已驳回，相关禁言同时解除。"
REFUSED = {
    "remove": _REFUSED_REMOVAL,
    "block": _REFUSED_REMOVAL,
    "review": "#{number} 已看过，不算违规。",
    "report": "#{number} 已看过，不算违规。",
    "complaint": "#{number} 已答复，会告诉本人。",
    "escalation": "#{number} 已办结。",
    "emergency": "#{number} 已记为误报，会告诉其他人。",
}
REFUSED_PLAIN = "#{number} 已驳回。"
TODO_NONE = "没有等您处理的事。"
TODO = "等您处理："
TODO_LINE = "{number} {what}{who}，{until}\n　{how}"
TODO_WHO = "（{who}）"
TODO_UNTIL = "{until} 前"
TODO_OPEN = "不限时"
TODO_HOW = {
    "review": "看是哪一条：待审　违规：确认 {item}　没有问题：驳回 {item}",
    "approval": "看内容：同意　同意：同意 {item}　不同意：拒绝 {item} 理由",
    "join": "同意：入群 {item} 同意　不同意：入群 {item} 拒绝 理由",
    "task": "做完后：完成 {item}",
    "appeal": "看全部：复核 {item}　决定：复核 {item} 维持（或 减轻、撤销）理由",
}
TODO_HOW_ELSE = "同意：确认 {item}　不同意：驳回 {item}"

ROLE_WHICH = "身份有：{roles}。例如：/角色 @对方 班主任"
ROLE_SET = "已设为{role}。"
ROLE_TOO_HIGH = "不能给出高于自己的身份。"
ONLY_OWN = "只能看自己的记录。"
SOMEBODY = "对方"
NOT_DONE_PLAIN = "没有做成：{wording}。"

PAUSED = "自动执行暂停 {length}，到 {until} 为止。命令照常可用；已经决定的禁言、拉黑不变。提前结束：/暂停 结束"
PAUSE_HOW = "请写时长，例如：/暂停 2h。现在没有暂停。"
PAUSE_RUNS = "自动执行暂停中，到 {until} 为止。提前结束：/暂停 结束"
PAUSE_NONE = "现在没有暂停。"
PAUSE_ENDED = "已恢复自动执行。"
PAUSE_TOO_LONG = "最长暂停 7 天；要长期停用某个功能，请用 /停用。"

QUEUE = "机器人拿不准、等人看的消息："
QUEUE_LINE = "{number} {time} {who}：{line}（{clause}）"
QUEUE_HOW = "是违规：确认 编号　没有问题：驳回 编号　过一天没人看就作罢。"
QUEUE_NONE = "没有等人看的消息。"
QUEUE_MORE = "还有 {more} 条。"
