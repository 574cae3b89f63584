"""What join_verification says."""

CLAUSE = (
    "本群只进本班的学生、家长和老师：申请时写明学生姓名和关系，核对无误后通过；未经同意不拉人进群。"
)

# -- applications -------------------------------------------------------------------------------------

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
VERIFY = (
    "【{group}】您没有经过申请就进了群。请在 {until} 前私聊我回复您是谁，例如：{example}，"
    "再加上学号后几位或学校发的验证码。核对不了我会请老师看；一直没有回复，按群规 {clause} 处理。"
)
VERIFY_LINE = "欢迎！请加我好友或私聊我，回复您是哪位同学的家长（或老师、同学），核对一下身份。"
VERIFY_FORM = "没有看懂。请这样写：{example}，再加上学号后几位或学校发的验证码。"
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
UNVERIFIED_INSTEAD = "现在私聊我回复也来得及，例如：{example}"
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
