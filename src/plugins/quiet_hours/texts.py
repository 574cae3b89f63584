"""What quiet_hours says."""

CLAUSE = "晚上十点到第二天早上六点半，请尽量不在群里说话；急事请打电话或私聊老师。"

NOTHING = "不在静默时间或上课时间"
QUIET = "在静默时间（到 {until}）"
LESSON = "在上课时间（到 {until}）说了和学习无关的话"
URGENT = "在静默时间，带了紧急标记，只计次数"

INSTEAD = "现在是静默时间，到 {until} 为止。不急的话请到时候再说；急事请打电话或私聊老师。这段时间只提醒这一次。"
STAFF_INSTEAD = (
    "现在是静默时间，到 {until} 为止。要我到时候替您发，请私聊我：静默 明早发 要说的话{urgent}"
)
STAFF_URGENT = "\n确有急事，请在消息里带上 {tag}。"
LESSON_INSTEAD = "现在在上课，群里只说学习的事；别的等下课（{until}）再聊。"

SOON = {
    "remind": "还有 {minutes} 分钟到静默时间（{start}–{end}），请把要说的说完，大家早点休息。",
    "withdraw": "还有 {minutes} 分钟到静默时间（{start}–{end}），之后发的消息会撤回；急事请打电话。",
    "mute_all": "还有 {minutes} 分钟到静默时间（{start}–{end}），到时全员禁言，结束时自动解除；急事请打电话。",
}

ZERO_LESSON = "「{span}」开始和结束一样，不是一段时间"
LESSONS_MEET = "「{one}」和「{other}」重叠，请改成不重叠的"
DATA_END = "节假日和调休的数据只到 {last}，之后按平常的星期算；请更新程序（chinesecalendar）。"

NO_HOURS = "本群没有静默时间，也没有上课时间的约定。"
SHOW_DAY = "{name}（{month}月{day}日 周{weekday}{rule}）："
SHOW_RULE = "，{rule}"
DAYS = ("今天", "明天")
WEEKDAYS = "一二三四五六日"
SHOW_QUIET = "静默 {start}–{end}：{why}"
SHOW_LESSON = "上课 {start}–{end}：{why}"
SHOW_NONE = "没有"
NEXT_DAY = "次日 "
NOW_QUIET = "现在是静默时间，到 {until}；{level}。"
NOW_LESSON = "现在是上课时间，到 {until}。"
NOW_OPEN = "现在可以说话。"
NOW_LEAVE = "放开到 {until}，理由：{reason}"
LEVELS = {"remind": "只提醒", "withdraw": "撤回并提醒", "mute_all": "全员禁言"}
HOW = "放行：/静默 放行 30m 理由　申请：私聊我 静默 申请 21:30-22:00 理由"

HOW_ALLOW = "请写成：/静默 放行 30m 理由（最长 12 小时，理由要写）"
ALLOWED = "到 {until} 为止可以说话。理由：{reason}"
HOW_ASK = "请写成：静默 申请 21:30-22:00 理由，或 静默 申请 明天 22:30-23:00 理由（最长 12 小时）"
ASK_PRIVATE = "请私聊我申请：静默 申请 21:30-22:00 理由"
ASK_NEEDLESS = "那段时间可以说话，不用申请。"
ASK_MANY = "您已有几件在等老师看，请等有了结果再申请。"
ASK_WHAT = "在静默时间发言的申请（{start}–{end}）"
ASKED = "已收下，编号 {number}，等老师答复；到时候没有答复就作罢。"
LATER_PRIVATE = "请私聊我：静默 明早发 要说的话"
LATER_HOW = "请把要说的话写在后面：静默 明早发 要说的话"
LATER_LONG = "太长了，最多 {most} 个字。"
LATER_NOW = "现在不是静默时间，直接发就好。"
LATER = "好的，{until} 替您发到【{group}】。"
WHICH = "是哪个群？请在前面写上群的编号，例如：静默 {number} {rest}\n{groups}"
WHICH_ONE = "{number} {group}"
NOWHERE = "您在的群都没有静默时间的约定。"
UNKNOWN = "看不懂“{word}”。看时间：/静默。" + HOW
