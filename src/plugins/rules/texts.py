"""What the rules commands say."""

CHOSEN = (
    "本群开始执行《{title}》（第 {version} 版），共 {clauses} 条，其中 {running} 条由机器人执行。\n"
    "自动执行：{plugins}。每次处理都写明条款，可以申诉（/申诉）。\n"
    "聊天内容不保存；违规处理只留编号、条款和一小段摘录，摘录保留 {days}。"
)
OBSERVE_SUFFIX = "\n目前只观察：照常记录，不处理任何人。"
NO_POLICY = "本群还没有选定制度，机器人不会处理任何消息。"
CHOOSE = "可选的制度：{packs}\n选定：/制度 use 名称"
USAGE = (
    "制度命令：\n"
    "/制度 list　有哪些制度\n/制度 use 名称　选定\n/制度 copy 群编号　沿用另一个群的\n/制度 show　现在的制度\n"
    "/制度 set 条款 设置 值　修改\n/制度 diff [版本]　有什么不同\n/制度 history　历次版本\n"
    "/制度 mode observe 或 enforce　只观察或执行"
)
USE_WHICH = "请写上制度的名称。"
SET_HOW = "这样写：/制度 set 条款 设置 值，例如：/制度 set 三.1 same_in_a_row 4"
NO_VERSION = "没有这一版，/制度 history 可以看到有哪些。"
NO_CHANGE = "没有不同。"
DIFF = "与第 {version} 版相比："
DIFF_PACK = "与制度包 {pack} 相比："
HISTORY_LINE = "第 {version} 版 {time} {who}：{change}"
BY_NOBODY = "系统"
SHOW = "《{title}》第 {version} 版（{pack}），{mode}。"
MODES = {"enforce": "正在执行", "observe": "只观察"}
MODE_SET = {
    "enforce": "本群开始执行制度。",
    "observe": "本群转为只观察：照常记录，不处理任何人。",
}
MODE_HOW = "这样写：/制度 mode observe（只观察）或 enforce（执行）"
SAVED = "已保存为第 {version} 版：{change}"
SAME = "和现在的一样，没有改动。"
CHANGE_USE = "选定 {pack}"
CHANGE_SET = "{clause} 的 {setting} 改为 {value}"
CHANGE_ENABLE = "启用{title}"
CHANGE_DISABLE = "停用{title}"
SHOW_CLAUSE = "{number} {text}\n执行：{how}"
HOW_PLUGIN = "{title}自动执行，{ladder}"
HOW_PLUGIN_ONLY = "{title}"
HOW_PEOPLE = "由人执行"
HOW_OFF = "暂不执行"
NO_CLAUSE = "没有找到相关的条款。"
RULES_TITLE = "《{title}》"
RULES_MORE = "看某一条：/群规 条款号 或一个词"
PLUGINS = "本群的功能："
PLUGIN_LINE = "{mark} {name} {title}"
ON, OFF = "✓", "－"
ENABLED = "已启用{title}。"
DISABLED = "已停用{title}。"
HELP = "您可以用："
HELP_LINE = "/{name} /{chinese}　{title}"
HELP_ONE = "{usage}\n{title}\n例如：{example}\n也可以写：{english}"
HELP_MORE = "看用法：/帮助 命令"
NO_COMMAND = "没有这个命令，/帮助 可以看到能用的。"
PRIVACY = "关于您，机器人留下的有：\n· 您的账号"
PRIVACY_LINES = {
    "roster": "· 名册核对：{count} 条（您是谁、是谁的家长），离班或要求删除时删去",
    "roles": "· 在群里的身份：{count} 个",
    "duties": "· 值日：{count} 次",
    "memberships": "· 入群、离群的时间：{count} 个群",
    "attempts": "· 申请入群：{count} 次，只有结果",
    "lapses": "· 群昵称提醒：{count} 条，改好就删去",
    "cases": "· 您的案件：{count} 件（编号、条款、时间、处理、理由）",
    "excerpts": "· 案件里的消息摘录：{count} 段",
    "mutes": "· 禁言：{count} 次",
    "blocks": "· 拉黑：{count} 次",
    "posts": "· 等老师同意的投稿：{count} 件，有了答复就删去内容",
    "requests": "· 与您有关的申请、申诉等：{count} 件",
    "reports": "· 您提出的举报和投诉：{count} 件，只有处理的人看得到",
    "evidence": "· 您提交的材料：{count} 件",
    "decided": "· 您处理过的事：{count} 件",
    "ordered": "· 您决定的案件：{count} 件",
    "notices": "· 发给您或等您看的通知：{count} 条",
    "acts": "· 对您执行过的操作：{count} 次",
    "audit": "· 审计记录里的账号：{count} 条，到期删去，记录本身留着",
}
PRIVACY_KEPT = (
    "保留多久：摘录 {excerpts}；案件等里的账号和文字 {names}，之后只留条款和处理，用来计数；"
    "{clear} 清理。还计入、还在执行或正在申诉的，等完结以后再清。"
)
PRIVACY_END = (
    "每天的备份也有这些，轮换以后消失。要一份完整的，或要删除，请找班主任。\n"
    "平常的聊天不保存，也不写进日志。"
)

COPY_HOW = "这样写：/制度 copy 群的编号或群号（您在那个群也要是班主任或群主）。编号见 /体检"
COPY_NONE = "没有可以复制的：那个群没有选定制度，或您在那里不是班主任、群主。"
CHANGE_COPY = "从“{group}”复制"

WHY_HOW = "回复自己的一条消息发送 /为什么，或写案件编号：/为什么 12"
WHY_NO_CASE = "没有编号为 #{number} 的案件。"
WHY_NO_POLICY = "本群还没有选定制度，没有哪一条看过这条消息。"
WHY_PAUSED = "本群的自动执行暂停中，没有哪一条看过这条消息。"
WHY_CASE = "案件 #{number}（{time}）：{step}，{state}"
WHY_CLAUSE = "依据 {number} {text}"
WHY_FOUND = "发现：{line}"
WHY_MANUAL = "由老师决定：{reason}"
WHY_NO_REASON = "没有写理由"
WHY_BASIS = "按制度第 {version} 版、词库 {words} 判断"
WHY_OBSERVED = "当时只观察，没有执行，也不计入记录。"
WHY_APPEAL = "有不同意见，私聊我发送：申诉 {number} 理由"
WHY_WOULD = "单看内容，这条消息不符合群规："
WHY_STAFF = "单看内容，这条消息不符合群规；老师和管理员只私下提醒："
WHY_PERHAPS = "单看内容拿不准，会请老师看："
WHY_CLEAN = "单看内容，没有哪一条适用："
WHY_LOOK = "{mark} {look.number} {look.title}：{look.line}"
MARKS = {True: "✗", False: "－"}

DOCTOR = "机器人体检（本群编号 {number}）："
DOCTOR_ROLES = {
    "owner": "群主",
    "admin": "管理员",
    "member": "普通成员，不能撤回、禁言、移出；请群主设为管理员",
}
DOCTOR_BOT = "✓ 身份：{role}"
DOCTOR_WEAK = "✗ 身份：{role}"
DOCTOR_UNKNOWN = "✗ 身份：平台没有回答"
DOCTOR_CANNOT = "✗ 平台做不到{acts}，用到它的条款：{clauses}"
DOCTOR_MODE = "✓ 制度：{policy}，{mode}"
DOCTOR_PAUSED = "✗ 自动执行暂停到 {until}（结束暂停：/暂停 结束）"
DOCTOR_NONE = "✗ 制度：还没有选定"
DOCTOR_REACHED = "✓ 老师和管理员：{count} 人，私聊都送到过或还没用过"
DOCTOR_UNREACHED = "✗ 私聊送不到：{names}（请他们加机器人为好友，或私聊机器人一次）"
DOCTOR_NOBODY = "✗ 没有老师或管理员可以通知，请用 /角色 设定"
DOCTOR_WAITING = "· 等待执行的动作：{waiting}；等人决定的：{requests}"
DOCTOR_FAILED = "✗ 最近一天没有做成 {count} 次，最近的："
DOCTOR_FAILED_LINE = "　{act}：{why}"
DOCTOR_PROBLEM = "　{time} {text}"
DOCTOR_PROBLEMS = "✗ 最近出过的问题："
DOCTOR_CLOCK = "✓ 时钟：{now}（{zone}）"
DOCTOR_SKEW = "✗ 时钟：{now}（{zone}），与平台相差 {seconds} 秒，请校准机器的时间"
DOCTOR_VERSION = (
    "· 程序 {application}，词库 {lexicon}，连接 {implementation}，本群看过 {judged} 条消息"
)
DOCTOR_NO_NAME = "未知"
