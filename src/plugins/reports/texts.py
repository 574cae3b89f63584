"""What reports, complaints and the register say. Nothing of it names who reported, but the detail that is
shown to whoever decides."""

from src.core.discipline.levels import Level
from src.core.people import Role

LEVELS = {
    Level.GROUP: "本群老师和管理员",
    Level.HEAD: "班主任",
    Level.SCHOOL: "学校",
    Level.OPERATOR: "系统管理员",
}
ROLES = {
    Role.LEADER: "校领导",
    Role.HEAD_TEACHER: "班主任",
    Role.TEACHER: "老师",
    Role.COMMITTEE: "班委",
}
OWNER = "群主"
ADMIN = "群管理员"
OPERATOR = "系统管理员"

NOWHERE = "没有找到您和我都在的群。"
WHICH = "您要说的是哪个群？请复制一行："
WHICH_LINE = "{say} {number} {words}　（{group}）"
BETTER_IN_PRIVATE = "群里那一条我没能撤回，可能有人看到了；请您自己撤回，下次私聊我说更好。"

# -- reports ------------------------------------------------------------------------------------------

REPORT_HOW = (
    "举报：回复那条消息，发送 /举报 理由（我会马上撤回您这一句）；"
    "或者私聊我：举报 名字 理由。不会让别人知道是谁举报的。"
)
REPORT_SAY = "举报"
REPORT_REASON = "请写上理由，例如：举报 {who} 一直发广告"
NOT_SELF = "这是您自己的消息；不合适的话，请您自己撤回。"
NOT_BOT = "机器人不能举报。它做错了，请直接告诉老师，或私聊我：投诉 机器人 理由"
TOO_OLD = "只能举报 {length}内的消息；更早的事，请私聊我：投诉 名字 理由"
TOO_MANY = "您举报得太多了，请过一会儿再来；急事请直接找老师。"
REPORTED_ALREADY = "您已经举报过了，有了结果我告诉您。"
HANDLED = "谢谢您，这件事已经有人处理。"
LOOKED_AT = "谢谢您，老师已经看过这条消息，不算违规。"
REPORTED = "谢谢您，已经转给能处理的人（{number}）。不会让别人知道是谁举报的；有了结果我告诉您。"
REPORTED_NOBODY = (
    "谢谢您，已经记下（{number}）。现在没有别人可以处理，一有人就转给他；急事请直接联系学校。"
)
NOBODY_NAMED = "没有找到这个人。请写群里的名字或 @ 对方，或者回复那条消息来举报。"
SEVERAL = "有几个人叫这个名字，请复制一行："
PERSON_LINE = "{say} {who} {words}　（{name}）"

REPORT_WHAT = "有成员举报一条消息"
REPORT_WHAT_PERSON = "有成员举报一个人"
REPORT_ASK_HOW = (
    "看内容和理由：私聊我发送 举报 {item}　违规：确认 {item} 条款或理由　不算：驳回 {item} 理由"
)
REPORT_ASK = "【{group}】{what}，请您看看（{{item}}）。\n对象：{who}{time}\n机器人看：{seen}\n{how}"
REPORT_TIME = "，{time}"
SEEN = "可能不符合群规 {clause}"
SEEN_NOTHING = "没有看出违反哪一条"
REPORT_CALL = "【{group}】{what}，请您看看（{{item}}）。\n机器人看：{seen}\n{how}"
REPORT_LATE = "【{group}】您举报的事（{number}）还没有结果，已经请上一级来看。"
REPORT_CONFIRMED = "【{group}】谢谢您的举报（{number}），已经处理。"
REPORT_REFUSED = "【{group}】谢谢您的举报（{number}）。老师看过了，这次不算违规。"
STAYS = "【{group}】#{number} 那条消息已过了机器人能撤回的时间，请您在群里手动撤回，或请本人撤回。"
TELL_GROUP = "有成员反映的一件事已经处理。谢谢大家一起爱护班级群。"
CONFIRM_HOW = "请写上违反的条款或理由，例如：确认 {item} 发了广告"
MANUAL_REASON = "群规 {clause}：{reason}"
STAFF_WORD = (
    "【{group}】您好，有一条消息请您留意：{reason}\n群规对每个人一样，所以私下告诉您（#{number}）。"
)

DETAIL_NONE = "没有编号为 #{number} 的举报或投诉。"
DETAIL = "{number} {what}"
DETAIL_ABOUT = "对象：{who}"
DETAIL_EXCERPT = "内容：{excerpt}"
DETAIL_PICTURE = "图片：{reference}"
DETAIL_BY = "{name}：{reason}"
DETAIL_NO_REASON = "（没有写理由）"
DETAIL_KEPT = "是谁举报或投诉的，只给处理的人看，请保密；您看过这件事也有记录。"

# -- complaints ---------------------------------------------------------------------------------------

COMPLAIN_HOW = (
    "投诉：私聊我发送 投诉 名字 理由，或 投诉 案件编号 理由；"
    "对班级或学校的意见和建议：投诉 班级 内容。不会交给您投诉的人。"
)
COMPLAIN_SAY = "投诉"
ROLES_HEAD = "班主任"
ROLE_LEVELS = {ROLES_HEAD: Level.HEAD, ROLES[Role.LEADER]: Level.SCHOOL, "学校": Level.SCHOOL}
COMPLAIN_REASON = "请写上理由，例如：投诉 {what} 具体的事情"
NO_CASE = "没有您可以投诉的 #{number}。发送 我的记录 可以看到您的编号。"
WHO_IS_MEANT = "您说的是谁？请复制一行："
NOBODY_LINE = "{say} 班级 {words}　（不针对某个人）"
TOO_MANY_OPEN = "您已经有 {count} 件投诉在等答复，请等有了结果再来。"
COMPLAINED = "已收到您的投诉（{number}），交给{whom}，最迟 {until} 答复您。\n想换人处理，私聊我发送：投诉 {item} 转给 名字"
COMPLAINED_NOBODY = "已收到您的投诉（{number}）。现在没有别人可以处理，我先记下，一有人就转给他。您也可以直接联系学校。"
EVIDENCE_KEPT = "图片收到 {count} 张。"
COMPLAINT_WHATS = {
    "person": "成员的一件投诉",
    "case": "成员对案件 #{case} 的投诉",
    "group": "成员的一件意见或建议",
}
COMPLAINT_ASK_HOW = (
    "看内容：私聊我发送 投诉 {item}　属实或采纳：确认 {item} 处理结果　不成立：驳回 {item} 说明"
)
COMPLAINT_ASK = "【{group}】{what}，请您在 {until} 前答复（{{item}}）。\n{how}"
COMPLAINT_LATE = "【{group}】您的投诉（{number}）还没有答复，已经转给{level}，最迟 {until} 答复您。"
COMPLAINT_TOP = "【{group}】您的投诉（{number}）还没有答复，已经再次催促。"
COMPLAINT_ANSWERS = {
    "confirmed": "【{group}】您的投诉（{number}）已有答复（属实或已采纳）：{reason}",
    "refused": "【{group}】您的投诉（{number}）已有答复（没有成立）：{reason}",
}
COMPLAINT_AGAIN = "如果不同意，{until} 前可以再向上一级提一次，私聊我发送：投诉 {item} 理由"
AGAIN_OVER = "{number} 已经答复，再提的时间（{length}内）已经过了。"
AGAIN_ONCE = "{number} 已经向上一级提过一次了。"
AGAIN_TOP = "{number} 已经由最上面一级答复，没有再高的了。"
AGAIN_REASON = "请写上还有什么不同意，例如：投诉 {item} 理由"
COMPLAINT_OPEN = (
    "您的投诉（{item}）在{level}那里，最迟 {until} 答复您。\n想换人处理：投诉 {item} 转给 名字"
)
COMPLAINT_CLOSED = "{number} 已经有结果。"
MOVED = "{number} 已转给{whom}，最迟 {until} 答复您。"
NOT_A_MANAGER = "请写一位本群老师、管理员或校领导的名字，例如：投诉 {item} 转给 {name}"
NOT_THIS_ONE = "这一位和这件事有关，不能由他处理，请换一位。"
TO = ("转给", "to ")

# -- what is passed up --------------------------------------------------------------------------------

ESCALATE_NONE = "没有还没办结的上报。"
ESCALATE = "还没办结的上报："
ESCALATE_LINE = "{number} {what}（{age}前提出，在{level}那里，{until}）"
ESCALATE_UNTIL = "{until} 前"
ESCALATE_HOW = "办结：完成 编号 处理结果　再往上报：上报 编号 理由"
ESCALATE_NO_ITEM = "没有可以上报的 #{number}：要上报的是有效的案件，或还没决定的举报、投诉。"
ESCALATE_OPEN = "案件 #{number} 已经上报，还没有办结。"
ESCALATED = "#{number} 已上报{level}，请他们在 {until} 前处理。"
ESCALATED_NOBODY = (
    "#{number} 已经记下。上面现在没有可以处理的人，一有人就转给他；急事请直接联系学校。"
)
ESCALATED_TOP = "#{number} 已经在最上面一级，没有再高的了。"
ESCALATION_WHAT = "请处理案件 #{number}（{step}）"
REASON = "：{reason}"
