"""What join_verification says."""

CLAUSE = (
    "本群只进本班的学生、家长和老师：申请时写明学生姓名和关系，核对无误后通过；未经同意不拉人进群。"
)

# -- applications -------------------------------------------------------------------------------------
FORM = "请按这个格式申请：{example}"
FORM_PROOF = "请按格式申请：{example} 加学号后{digits}位或学校发的入群码"
FORM_CODE = "请按格式申请：{example} 加学校发的入群码"
REFUSALS = {
    "format": "{form}",
    "blocked": "暂时不能加入，有疑问请联系班主任",
    "locked": "今天的次数用完了，请明天再试，或联系班主任",
}
DECLINED = "没有通过，有疑问请联系班主任"

ASKED = "【{group}】入群申请 {item}（{who}）："
WROTE = "写的是：{comment}"
WHYS = {
    "appeal": "这是一条申诉，不是回答；请看过再定。",
    "removed": "这个账号以前被移出过本群，不自动放行。{known}",
    "invited": "是成员邀请来的，自己没有写什么。",
    "format": "没有按格式写。",
    "no_roster": "本群还没有名册，核对不了。",
    "unknown": "名册上没有这个人。",
    "near": "名册上没有这个名字，相近的是：{names}。",
    "several": "名册上有几位：{names}。",
    "name": "名册上有{names}，但没有写学号后几位或入群码。",
    "factor": "名册上有{names}，但学号或入群码对不上。",
    "doubted": "名册上有{names}，也核对得上；可是刚才有别的账号用这个名字试过，请看一下。",
    "class": "名册上有{names}，但写的班级不是本班。",
    "family": "核对得上（{names}），但这家的账号已经满了。",
    "taken": "核对得上（{names}），但已经有别的账号是同一个人。",
    "tries": "核对得上（{names}），但今天已经答错了几次，请看一下。",
    "wave": "短时间里申请太多，改为人工。{known}",
    "setting": "核对得上（{names}），请您决定。",
    "failed": "刚才放行没有成功{wording}，请再试一次，或到 QQ 里处理。{known}",
    "stays": "退回过，但平台上还挂着；请看一下。",
}
KNOWN = "名册上可能是：{names}。"
YES = "同意请发：入群 {item} 同意"
YES_AS = "是这位请发：入群 {item} 同意 {name}"
NO = "拒绝请发：入群 {item} 拒绝 理由"
WAVE = "【{group}】短时间里有很多入群申请，或者连着答错，六小时内都改为人工，不再一件件提醒。逐件看：先发 待办，再发 入群 和编号"
NO_WORDING = "平台没有说原因"
GONE = (
    "【{group}】入群申请 {item}（{who}）放行时已经不在了：可能已撤回，或由他人处理（{wording}）。"
)
NOT_DECLINED = "【{group}】入群申请 {item} 没能拒绝（{wording}），请到 QQ 里看看。"
ACCEPTED_BY = "【{group}】入群申请 {item} 已由 {by} 同意，不用再看。"
DECLINED_BY = "【{group}】入群申请 {item} 已由 {by} 拒绝，不用再看。"
CAME_IN = "【{group}】入群申请 {item} 已由他人处理：人已在群里，不用再看。"
HANDLED = "【{group}】入群申请 {item} 已由他人处理，或已撤回，不用再看。"
LAPSED = "【{group}】入群申请 {item}（{who}）两天没有人答复，不再提醒；没有放行，申请还留在 QQ 里。"
REMINDER = "【{group}】有 {count} 件入群申请在等您：{items}。同意请发：入群 {item} 同意"

HOW = "请写成：入群 {item} 同意，或 入群 {item} 拒绝 理由"
NO_REQUEST = "没有编号 {number} 的入群申请。"
ANSWERED = "入群申请 #{number} 已经有结果：{state}。"
STATES = {
    "confirmed": "已同意",
    "refused": "已拒绝",
    "lapsed": "没有人答复，已过期",
    "closed": "已由他人处理",
}
NOT_NAMED = "名册上找不到“{name}”。请写学生姓名和关系，例如：入群 {item} 同意 {example}；同名的在后面加学号后四位。"
ACCEPTED = "已同意 #{number}，正在放行；没有成功会告诉您。"
ACCEPTED_UNKNOWN = "已同意 #{number}，正在放行。还不知道是谁，进群后请用 /名册 核对。"
TURNED_DOWN = "已拒绝 #{number}。"
NO_ROSTER = "本群还没有名册：入群申请全部要人看。名册用 /名册 导入。"

# -- who comes, stays and goes ------------------------------------------------------------------------
WELCOME = "欢迎新来的各位！请先看群规：发送 {prefix}群规"
MANY_CAME = (
    "群里多了 {count} 位成员，机器人没有看到他们是怎么进来的，都按老成员对待。请您看一下：名册 未知"
)
CAME_BACK = "【{group}】{who} 以前被移出（或拉黑）过，现在又在群里了，请您看一下。"

KINDS = {
    "link": "链接",
    "file": "文件",
    "card": "卡片",
    "forward": "转发",
    "voice": "语音",
    "video": "视频",
    "picture": "图片",
}
PROBATION_INSTEAD = "您刚进群，先熟悉一下：过几天就可以发了；急用的请私下发给老师。"
PROBATION_NOTHING = "没有新成员暂时不能发的内容"
PROBATION_FOUND = "新成员发了{kinds}"
UNVERIFIED_FOUND = "进群后没有核对身份"
PULLED_FOUND = "直接拉人进群"

IN_GROUP = "【{group}】{text}"
ANY_FORM = "学生姓名和关系"
WITH_DIGITS = "{example} 加学号后{digits}位或学校发的入群码"
WITH_CODE = "{example} 加学校发的入群码"
VERIFY = (
    "【{group}】您没有经过申请就进了群。请在 {until} 前私聊我回复您是谁，例如：{how}。"
    "核对不了我会请老师看；一直没有回复，按群规 {clause} 处理。"
)
VERIFY_LINE = "欢迎！请加我好友或私聊我，回复您是哪位同学的家长（或老师、同学），核对一下身份。"
VERIFY_FORM = "没有看懂。请这样写：{how}"
VERIFY_LOCKED = "今天试的次数多了，请明天再试，或直接找老师。"
VERIFY_ASKED = "收到，已经请老师核对，有了结果我告诉您。"
VERIFIED = "身份已核对，谢谢！"
VERIFIED_REASON = "身份已核对"
VERIFY_NOT = "老师没有认出您，请直接和老师联系。"
VERIFY_UNANSWERED = "老师还没有来得及核对，请直接和老师联系，或再私聊我一次。"
VERIFY_ASK = (
    "【{group}】#{number}：没有经过申请进群的 {who} 说自己是：{answer}\n{roster}\n"
    "认识，留下：确认 {item}　不认识：驳回 {item}"
)
CANDIDATE = "名册上可能是：{names}（同意就记为这位）。"
CANDIDATES = "名册上可能是：{names}。"
NO_CANDIDATE = "名册上没有对得上的人。"
UNVERIFIED_WHAT = "您进群后没有核对身份，"
UNVERIFIED_INSTEAD = "现在私聊我回复也来得及，例如：{how}"
PULLED = "【{group}】{who} 没有经过申请就进了群{by}。请您看一下是不是本班的人。"
PULLED_BY = "（由 {who} 拉进来）"
PULLED_MANY = "【{group}】还有人没有经过申请就进了群，不再逐个告诉您。请您看一下：名册 未知"
PULLED_WHAT = "您直接拉人进群，"
PULLED_INSTEAD = "请让对方自己申请，写明学生姓名和关系，由老师同意。"

LEAVING_HOW = "请写上原因，例如：/退群 孩子转学了"
LEAVING_TOLD = "已经告诉过班主任了，您可以退群。"
LEAVING_NOTED = "已经告诉班主任，您可以退群了。谢谢您一直以来的配合！"
LEAVING_NOWHERE = "没有找到您和我都在的群。"
LEAVING_WHICH = "您在几个群里，请写明是哪一个："
LEAVING_LINE = "退群 {number} 原因　（{group}）"
LEAVING = "【{group}】{who} 要退群，原因：{reason}"
LEFT_SILENTLY = "【{group}】有 {count} 位没有说明原因就退了群：{names}。请您问一下情况。"
WITH_NUMBER = "{name}（{number}）"

LISTED = {"gone": "已离开本班", "unknown": "不在名册上", "silent": "很久没有说话"}
REVIEW = (
    "【{group}】#{number}：定期核对成员（群规 {clause}），请您看看这些人是否移出：\n{lines}{more}\n"
    "全部移出：确认 {item}　都留下：驳回 {item}\n"
    "需要 {needs} 人同意，{until} 前没有决定就作罢；执行前会再核对一次，老师和管理员不会被移出。"
)
REVIEW_MORE = "\n另有 {count} 人，一次不移太多，下次再列。"
REVIEWED = "定期核对成员（群规 {clause}）：{why}"
REVIEW_SPARED = "【{group}】#{number}：名单上有 {count} 人现在情况变了，没有移出。"

INVITER_UNSURE = "{number} 平台说不准是谁拉的人：不会自动处理拉人的成员，只告诉管理员。"
SILENCE_UNSEEN = "{number} 平台不说成员什么时候说过话：不会把谁列为很久没有说话。"
