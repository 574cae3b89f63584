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
    "removed": "这个账号以前被移出过本群，不自动放行。{names}",
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
    "wave": "短时间里申请太多，改为人工。{names}",
    "setting": "核对得上（{names}），请您决定。",
    "failed": "刚才放行没有成功{wording}，请再试一次，或到 QQ 里处理。{names}",
    "stays": "退回过，但平台上还挂着；请看一下。",
}
YES = "同意请发：入群 {item} 同意"
YES_AS = "是这位请发：入群 {item} 同意 {name}"
NO = "拒绝请发：入群 {item} 拒绝 理由"
WAVE = "【{group}】短时间里有很多入群申请，或者连着答错，六小时内都改为人工，不再一件件提醒。逐件看：待办"
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
