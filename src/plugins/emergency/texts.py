"""What emergency says. In the group it names nobody and no cause."""

CLAUSE = (
    "有人提到轻生、受到伤害或孩子走失，机器人会马上请老师关注，说的人不会因此受任何处理；"
    "班主任遇到紧急情况可以冻结本群。"
)
NOTHING = "没有提到需要老师马上关注的事"
FOUND = {
    "self_harm": "话里可能有轻生或伤害自己的意思，已请老师关注；不算违规",
    "violence": "话里可能提到有人受到伤害或威胁，已请老师关注；不算违规",
    "missing": "话里可能提到孩子联系不上，已请老师关注；不算违规",
}
ABOUT = {
    "self_harm": "可能有轻生或伤害自己的想法",
    "violence": "可能有孩子受到伤害或威胁",
    "missing": "可能有孩子走失或联系不上",
}
WHAT = {
    "self_harm": "有人可能要轻生，请马上关注",
    "violence": "有孩子可能受到伤害，请马上关注",
    "missing": "有孩子可能走失，请马上关注",
    "freeze": "本群已冻结，请马上关注",
}
HOW = "回应：收到 {item}　有结果：确认 {item} 做了什么　误报：驳回 {item} 理由"
ALERT = (
    "【紧急】【{group}】从{who} {time} {where}的话看，{about}，请您马上联系、确认平安（#{number}）。\n"
    "消息没有撤回，也不会处理说话的人。\n" + HOW
)
FREEZE_ALERT = (
    "【紧急】【{group}】{who} {time} 冻结了本群{reason}，请您马上关注（#{number}）。\n" + HOW
)
IN_GROUP = "在群里"
IN_PRIVATE = "私聊机器人"
REASON = "，原因：{reason}"
AGAIN = "（第 {times} 次提醒，还没有人回应）\n{text}"
AND_MORE = "另有 {count} 件也没有人回应：\n{lines}"
MORE = "【紧急】【{group}】#{number} 里的人又发了类似的话，请再看一下。"
SOMEBODY = "有人"
LINE = "有一件急事，请老师看一下与我的私聊。"
"""In the group, to one of the named people whom no private message reaches."""

COMFORT = {
    "self_harm": "看到您刚才的话，很担心您，已经请老师尽快联系您。您不是一个人，请先待在安全、有人陪的地方。",
    "violence": "看到您刚才的话，已经请老师尽快联系您。有危险请先离开，到有大人的安全地方。",
    "missing": "看到您刚才的话，已经请老师马上帮忙。孩子一时联系不上，可以立刻报警，不用等 24 小时。",
}
HELP = "随时可以打：{lines}。"
COMFORT_LINE = "有句话想私下和您说，方便时请看一下私聊。"
HELPLINES = ("12356 心理援助热线", "12355 青少年服务台", "110 报警", "120 急救")

FROZEN_LINE = "本群暂停发言，老师正在处理，请大家稍等，有事可以私聊老师。"
OPENED_LINE = "本群恢复发言，谢谢大家。"
FROZEN = "已冻结本群（#{number}）。{state}{told}{kept}"
FROZEN_ALREADY = "本群已经冻结（#{number}）。{state}{kept}"
STATES = {
    "closed": "全员禁言已开启。",
    "person": "群里的全员禁言早已有人开启，我不动它。",
    "": "全员禁言还没有开启，我会接着试；请您也到群里手动开启。",
    "cannot": "这个平台不能由机器人全员禁言，已在群里请大家暂停发言。",
    "unsaid": "这个平台不能由机器人全员禁言，群里的提醒也没能发出，请您告诉大家。",
}
TOLD = "已通知 {count} 位负责人，没有人回应就每 5 分钟再提醒。"
TOLD_NOBODY = "没有找到可以通知的负责人，请您直接联系学校。"
KEPT = "留存了 {count} 条证据摘要。"
REPLY_LOST = "被回复的消息读不到，没能留存。"
NOT_FROZEN = "本群没有冻结。"
UNFROZEN = {
    "open": "已解冻，本群恢复发言。",
    "closed": "已解冻；现在是静默时间，全员禁言到时间会自己解除。",
    "person": "已解冻；群里的全员禁言是有人手动开的，请到群里手动解除。",
    "": "已解冻，可是全员禁言还没能解除，我会接着试；也可以到群里手动解除。",
}
UNFROZEN_BY = "【{group}】本群已解冻（#{number}）。"
STILL_FROZEN = "【{group}】#{number} 已有结果；本群还冻结着，要恢复发言请发送：解冻"

NO_ITEM = "没有编号为 {item} 的紧急事项。"
ANSWERED = "#{number} 已经处理完了。"
NOT_YOURS = "这件事由班主任、学校或值班老师回应。"
WHICH = "有几件事等您回应，请写上编号：\n{lines}"
WHICH_LINE = "收到 {item}（{what}）"
ACKED = "好的，已记下您在处理 #{number}，不再催大家。\n{evidence}有结果请发送：确认 {item} 做了什么"
ACKED_BY = "【{group}】#{number} 已有人回应，正在处理。"
EVIDENCE = "{time} {who}：“{words}”"
NO_WORDS = "（没有文字）"
CLOSED = {
    "confirmed": "【{group}】#{number} 已处理：{reason}",
    "refused": "【{group}】#{number} 是误报：{reason}",
}
FAULT = "这条命令没能完成，已记入日志，请稍后再试，急事请直接联系学校。"
