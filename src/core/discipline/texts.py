"""What discipline says to people. It never repeats what somebody wrote."""

from .levels import Level

STEPS = {
    "remind": "提醒",
    "warn": "警告",
    "report": "警告，并告知老师",
    "mute": "禁言 {length}，到 {until} 为止",
    "remove": "移出本群",
    "block": "移出本群，{until}不能再加入",
    "proposed": "已提请老师决定是否移出；在此之前暂停发言，最迟到 {until}",
    "proposed-late": "已提请老师决定是否移出",
}
UNTIL_LIFTED = "解除之前"
WITHIN = "{length}内"
MESSAGE = "您的一条消息"
NOTICE = "【{group}】{what}不符合群规 {clause}：{text}\n处理：{step}（案件 #{number}）。"
NOTICE_MANUAL = "【{group}】{step}（案件 #{number}）。"
NOTICE_REASON = "理由：{reason}"
HOW_TO_APPEAL = "如有不同意见，私聊我发送：申诉 {item} 理由"
SUMMED_UP = "【{group}】群规 {clause}：最近十分钟里另有 {count} 次同类情况，已分别记录（{numbers}）。\n{step}\n{appeal}"
PRIVATE_WORD = (
    "【{group}】您好，{what}可能不符合群规 {clause}：{text}\n"
    "群规对每个人一样，所以悄悄告诉您一声，不作处理（#{number}）。"
)
WORD = "【{group}】{text}"
NEUTRAL_LINE = "有一条提醒，私聊我发送 我的记录"
LIFTED = "【{group}】案件 #{number} 的禁言已解除。"
RESTED_ON = "【{group}】案件 #{gone} 已撤销，案件 #{case} 的移出是和它累计到的。请看一看是否也撤销：撤销 {case} 理由"
WEIGHED_AGAIN = "【{group}】因为案件 #{gone} 已撤销或减轻，案件 #{case} 的处理改为：{step}。"
REVERSED = "【{group}】案件 #{number} 已撤销，不再计入记录。"
PROPOSAL = (
    "【{group}】#{request}：是否移出 {who}？{ground}（案件 #{case}）。\n"
    "同意：确认 {item}　不同意：驳回 {item}\n"
    "需要 {needs} 人同意，{until} 前没有决定就作罢。"
)
BY_CLAUSE = "依据群规 {clause}"
BY_PERSON = "由一位管理者提出"
PROPOSED = "是否移出案件 #{case} 的当事人"
PROPOSED_HOW = "同意：确认 {item}　不同意：驳回 {item}"
SERIOUS = "{who} 违反群规 {clause}，请您处理（案件 #{case}）"
FAIR = "【{group}】{who} 近 {days} 天有 {count} 次不符合群规（最近是 {clause}，#{case}）。对本人只私下提醒，按约定告诉您一声。"
REVIEW_WAITS = (
    "【{group}】有一条消息机器人拿不准，请您看看。\n"
    "看是哪一条：私聊我发送 待审　是违规：确认 {item}　没有问题：驳回 {item}"
)
TERM_ADVICE = {
    "ask": "【{group}】词条“{term}”在本群 {count} 次判断里有 {wrong} 次被老师推翻。可以让它以后只请老师看：词库 {number} demote {term}　看详情：词库 {number} about {term}",
    "allow": "【{group}】词条“{term}”在本群 {count} 次判断里有 {wrong} 次被老师推翻。可以在本群放行：词库 {number} allow {term}　看详情：词库 {number} about {term}",
}
LAPSED = "【{group}】#{request}（移出 {who}）到期没有决定，已作罢；因此设的禁言也同时解除。"
REPORT = "【{group}】{who} 违反群规 {clause}，按约定告知您（案件 #{case}）。"
APPEAL = "案件 #{case} 的申诉"
APPEAL_SECOND = "案件 #{case} 的第二次申诉（由学校复核）"
APPEAL_HOW = "看全部：复核 {item}　决定：复核 {item} 维持（或 减轻、撤销）理由"
APPEALED = "【{group}】有人提出申诉（{item}），{received} 收到：{what}。请您在 {until} 前复核；到期没有决定，处理会先暂停。\n{how}"
APPEAL_LATE = (
    "【{group}】案件 #{case} 的申诉没有按时复核，处理先暂停。请您在 {until} 前复核。\n{how}"
)
APPEAL_ADDED = "【{group}】申诉 {item} 有新的补充。看全部：复核 {item}"
APPEAL_WITHDRAWN = "【{group}】申诉 #{number} 已由本人撤回，不用再复核。"
APPEAL_DECIDED = (
    "【{group}】案件 #{case} 的申诉（#{request}）已复核，结果：{decision}。\n理由：{reason}"
)
APPEAL_DECIDED_OTHERS = "【{group}】您参与处理的案件 #{case} 有人申诉（#{request}），已复核：{decision}。\n理由：{reason}"
APPEAL_AGAIN = "仍不同意的话，{until} 前可以再申诉一次，由学校复核：申诉 {item} 理由"
APPEAL_FINAL = "这是最后的决定。"
APPEAL_LINE = "案件 #{case} 的申诉已复核，结果：{decision}。"
DECISIONS = {
    "upheld": "维持",
    "reduced": "减轻，正在执行的处理停止，记录减到最轻",
    "revoked": "撤销，不再计入记录",
}
VERDICTS = {"upheld": "维持", "reduced": "减轻", "revoked": "撤销"}
RESUMED = "暂停的处理从现在起重新有效。"
UNDOING = "禁言正在解除，做好后我再告诉您。"
UNBLOCKED = "已从“不能再加入”的名单里去掉。"
COME_BACK = "想回到群里，请重新申请加入，验证消息照群里的要求写。"
LATE = "逾期没有复核，先暂停"
MAY_COME_BACK = "【{group}】案件 #{case} 的移出经申诉{decision}，对方可能重新申请加入，请放行。"
UNDONE = "【{group}】案件 #{case} 的禁言已经解除，我到平台核对过了。"
NOT_UNDONE = "【{group}】案件 #{case} 的禁言我没能解除，请您联系老师在群里手动解除。"
SUSPENDED_REASON = "申诉到期没有复核，先暂停"
SUSPENDED = (
    "【{group}】案件 #{case} 的申诉（#{request}）没有按时复核，处理先暂停，等有了结果再说。\n"
    "现在由{who}复核，{until} 前答复。"
)
PASSED_UP = (
    "【{group}】案件 #{case} 的申诉（#{request}）已转给{who}，{until} 前答复；处理仍然暂停。"
)
LEVEL_NAMES = ("老师或管理员", "班主任", "学校负责老师", "系统管理员")
APPEAL_TAKEN_BACK = "【{group}】案件 #{case} 的申诉（#{number}）已由家人撤回，不再复核。"
STAYS = "这个案件的申诉已经撤回过 {most} 次，#{number} 不再撤回，请等复核的结果。"
WITHDRAWN_REASON = "本人撤回"
TOO_LATE_TO_APPEAL = "按群规，申诉要在{what}后 {length}内提出；案件 #{number} 的申诉时间到 {until} 为止，现在已经过了。"
DECISION = "处理"
ANSWER = "答复"
JUST_DECIDED = "这个申诉刚刚有了结果，请看我发给您的通知。"
NO_SECOND = "这个案件的申诉已经复核过了。还有意见，请直接和学校说。"
NO_APPEAL = {
    "revoked": "这个案件已经撤销，不用申诉了。",
    "final": "这个案件的申诉已经复核过了，是最后的决定。",
}
BRAKE = (
    "【{group}】十分钟内自动处理的人过多（{count} 人），为防误判，本群已转为“只观察”：照常记录，不再处理任何人。\n"
    "核对后，在群里发送：/制度 mode enforce"
)
CANNOT_ACT = "【{group}】案件 #{case} 的“{act}”没有做成：{wording}。请在群里发送 /体检 看看机器人缺什么权限。"
ACT_STATES = {
    "requested": "等待执行",
    "attempting": "正在核对",
    "confirmed": "已完成",
    "denied": "平台拒绝",
    "unknown": "结果不明",
    "lapsed": "未执行",
}
RANKS = {
    "": "系统",
    "member": "成员",
    "duty": "值日",
    "committee": "班委",
    "platform_admin": "群管理员",
    "teacher": "老师",
    "platform_owner": "群主",
    "head_teacher": "班主任",
    "leader": "校领导",
    "superuser": "系统管理员",
}
RANK_UNKNOWN = "管理人员"
REASONS_TITLE = "案件 {item} 处理说明（{group}）"
REASONS_MADE = "{when}，{step}"
REASONS_OBSERVED = "只观察：照常记录，没有执行。"
REASONS_ABOUT = "对象：{who}"
REASONS_POLICY = "依据：《{title}》第 {version} 版（{since}起）"
REASONS_CLAUSE = "　{number} {text}"
REASONS_FOUND = {
    "auto": "发现：自动（{plugin}，程序 {application}，词库 {lexicon}）",
    "review": "发现：机器人拿不准（{plugin}，词库 {lexicon}），由{role}认定",
    "report": "发现：有人举报，由{role}认定",
    "manual": "发现：由{role}决定",
}
REASONS_NONE = "无"
REASONS_TERMS = "词条：{terms}"
REASONS_EXCERPT = "摘录：{excerpt}"
REASONS_REASON = "理由：{reason}"
REASONS_DONE = "执行："
REASONS_NOTHING = "　无"
REASONS_ACT = "　{what}：{state}，{when}"
REASONS_UNTIL = "，到 {until} 为止"
REASONS_COUNTED = "计入：阶梯 {ladder}，权重 {weight}，到 {until} 为止；这个阶梯上现在共计 {live}"
REASONS_STATE = "状态：{state}"
REASONS_EXPIRED = "已过期，不再计入"
REASONS_CLOSED = "，{when} 由{role}决定"
REASONS_HISTORY = "经过："
REASONS_TURN = "　#{number} {kind}，{opened} 提出，{state}"
REASONS_BECAUSE = "；理由：{reason}"
REASONS_APPEAL = "不同意可以申诉，私聊我发送：申诉 {item} 理由"
REASONS_APPEAL_UNTIL = "申诉期限：到 {until} 为止。"
TURNS = {
    "remove": "提请移出",
    "block": "提请移出并拉黑",
    "review": "请人看是否违规",
    "appeal": "申诉",
    "report": "举报",
    "complaint": "投诉",
    "escalation": "上报",
    "emergency": "紧急情况",
}
TURN_STATES = {
    "open": "等待决定",
    "confirmed": "同意",
    "refused": "驳回",
    "lapsed": "到期作罢",
    "closed": "关闭",
    "upheld": "维持",
    "reduced": "减轻",
    "revoked": "撤销",
}
ACTS = {
    "withdraw": "撤回",
    "mute": "禁言",
    "unmute": "解除禁言",
    "remove": "移出",
    "whisper": "私聊提醒",
    "say": "群内提示",
    "publish": "代发",
    "admit": "通过入群申请",
    "decline": "拒绝入群申请",
    "set_card": "改群昵称",
    "rename": "改群名",
    "announce": "发群公告",
}
NOT_CLOSED = "【{group}】静默时间到了，可是没能开启全员禁言（{wording}）。先按提醒执行，请看看机器人是不是管理员。"
NOT_OPENED = "【{group}】到了该打开的时候，可是没能解除全员禁言（{wording}）。请您到群里手动解除。"
NOT_FROZEN = "【{group}】群已冻结，可是没能开启全员禁言（{wording}）。请您到群里手动开启，并看看机器人是不是管理员；我也会接着试。"
FROZEN_BUT_OPENED = (
    "【{group}】群还在冻结，有人在群里解除了全员禁言。这由人决定，我不再关上；要再关上请发送：冻结"
)
NO_REASON = "平台没有说明原因"
UNREACHABLE = "上次私聊没有送达，等对方先私聊机器人"
TAKEN_BACK = "已经解除或撤销，不再执行"
NOT_SEEN = "换了机器人账号，原来的消息编号不能用"
BOT_OUT = "机器人已不在本群"
NO_EFFECT = "平台答应了，却没有生效"
OVERTAKEN = "暂停、只观察或已拉黑，不再放行"
NOT_MEMBER = "对方已不在群里"
MUTED_LONGER = "对方已被禁言，时间更长"
IS_STAFF = "对方现在是老师或管理员"
TOO_LATE = "已过时限"
HELD = (
    "【{group}】您发的{what}要先请老师看一下（群规 {clause}），编号 {number}，不算违规。{after}\n"
    "{until} 前没有答复就作罢。"
)
HELD_AFTER = {
    "publish": "老师同意后，由我替您发出来。",
    "pass": "老师同意后我告诉您，您再发一次就好。",
    "stays": "已经替您去问老师了，下次请先私聊我投稿。",
}
HELD_LINE = "您发的{what}要先请老师看一下（#{number}），不算违规；结果我会告诉您。"
TOO_MANY_WAIT = "【{group}】您已有 {count} 件在等老师看，请等有了结果再发。"
ASKED = (
    "【{group}】#{number}：{who} 有{what}等您同意才能发。\n"
    "看内容：私聊我发送 同意　同意：同意 {item}　不同意：拒绝 {item} 理由"
)
APPROVED = {
    "publish": "【{group}】您的{what}（#{number}）已获同意，我这就替您发到群里。",
    "pass": "【{group}】您的{what}（#{number}）已获同意，请您现在再发一次；24 小时内有效，只用一次。",
    "stays": "【{group}】您的{what}（#{number}）已获同意，不用再发。",
    "leave": "【{group}】您的{what}（#{number}）已获同意，到时候请说。",
}
DENIED = "【{group}】您的{what}（#{number}）这次不发到群里。"
TAKE_IT_BACK = "群里那一条我撤不掉，请您自己撤回。"
UNANSWERED = "【{group}】您的{what}（#{number}）到期没有人答复，已作罢；需要的话请再发一次。"
PUBLISHED = "{who}：{text}\n（群规 {clause}，经同意代发，#{number}）"
NOT_PUBLISHED = (
    "【{group}】#{number} 已获同意，可是机器人没能发出去，请您自己发一次；24 小时内有效，只用一次。"
)
ASKED_LEAVE = (
    "【{group}】#{number}：{who} 有{what}等您答复。\n"
    "看理由：私聊我发送 同意　同意：同意 {item}　不同意：拒绝 {item} 理由"
)
DENIED_LEAVE = "【{group}】您的{what}（#{number}）没有获准。"
POSTED_LATER = "{who}：{text}\n（静默时间里写好，现在代发）"
NOT_POSTED = "【{group}】您写好的话没能代发出去，请您自己发一次。"
URGENT_OFTEN = "【{group}】{who} 本月第 {count} 次在静默时间发“紧急”消息，约定是每月 {most} 次。请和这位老师商量一下。"
RECALLED = "【{group}】老师撤回了您的一条消息，提醒一下，不是处分（案件 #{number}）。"
NOT_RECALLED = "【{group}】老师想撤回您的一条消息，我没能撤掉，请您自己撤回（案件 #{number}）。"
RECALLED_HOW = "换个内容，或私下发给老师就好；有疑问请私下问。"
ASKING = "【{group}】#{request}：{what}{until}\n{how}"
ANSWER_BY = "，请在 {until} 前答复"
STILL_ASKING = "【{group}】#{request} 还没有答复：{what}{until}\n{how}"
WANTS_REASON = "请在编号后面写上理由或处理结果。"
HIGHER = {
    Level.GROUP: "要由老师或班委来定。",
    Level.HEAD: "已转给班主任，由班主任来定。",
    Level.SCHOOL: "已转给学校，由学校的负责人来定。",
    Level.OPERATOR: "已转给管理员，由管理员来定。",
}
NOT_MINE = "这件事您处理过，或者与自己有关，要由别人来做。"
ONE_FAMILY = "您家里已经有人同意过，还要请别人同意。"
RANK = "不能对与自己同级或更高的人这样做。"
NOT_YOURS = "只能对自己或自己家人的案件提出申诉。"
STEP_NAMES = {
    "remind": "提醒",
    "warn": "警告",
    "report": "警告并报告",
    "mute": "禁言",
    "remove": "移出",
    "block": "拉黑",
    "word": "私下提醒",
}
CASE_STATES = {
    "active": "有效",
    "reduced": "已减轻",
    "suspended": "申诉逾期，暂停执行",
    "reversed": "已撤销",
}
ESCALATION_HOW = "处理完后发送：完成 {item} 处理结果"
ESCALATION_CLOSED = "【{group}】您上报的 #{number} 已经办结：{reason}\n（{what}）"
ESCALATION_DONE = "已办结"
