"""What the program says to its operator."""

READY = (
    "群规已启动。\n"
    "  · 请让 OneBot 实现（如 NapCat）反向连接：ws://{address}/onebot/v11/ws\n"
    "  · 访问令牌（Access Token）填 ONEBOT_ACCESS_TOKEN 的值，首次启动时写在 {env}\n"
    "  · 把机器人设为群管理员，再由群主或班主任在群里发送：/制度 use text-only-parents\n"
    "  · 按 Ctrl+C 停止"
)
TOKEN_WRITTEN = (
    "首次启动：已生成访问令牌并写入 {env}（只有您能读）：\n  ONEBOT_ACCESS_TOKEN={token}"
)
TOKEN_BLANK = (
    "没有访问令牌，不能启动：{name} 设成了空的，别处写的令牌不起作用。请删去它，或填上令牌。"
)
TOKEN_NOT_READ = "没有访问令牌，不能启动：请在 {env} 里设置 ONEBOT_ACCESS_TOKEN。"
NEED_SECRET = (
    "HOST={host} 不是本机地址，别的机器也能连上，不能启动。\n"
    "请同时设置 ONEBOT_ACCESS_TOKEN 和 ONEBOT_SECRET，或把 HOST 改回 127.0.0.1。"
)
THIS_MACHINE = "这台机器的地址"
NO_PORT = (
    "不能监听 {host} 的端口 {port}（{error}），不能启动。请关掉占用它的程序，或改 HOST、PORT。"
)
SETTINGS = "设置有误，不能启动。写法见 .env.example：\n{lines}"
NOT_JSON = '{name} 不是正确的 JSON，列表要写成 ["10001"] 这样'
NOT_UTF8 = ".env 不是 UTF-8 编码，请另存为 UTF-8"
NO_LEVEL = "LOG_LEVEL 没有 {level} 这一级，请写 DEBUG、INFO、WARNING 或 ERROR"
PLUGINS_MISSING = "这些功能没有装载成功，不能启动：{names}。请看上面的错误信息。"
DRIVEN_CLOCK = (
    "QUNGUI__CLOCK=driven 只用于沙盒（QUNGUI__SANDBOX=true）和测试（ENVIRONMENT=test），不能启动。"
)
SANDBOX_READY = (
    "沙盒里的机器人已启动（{address}），只接受沙盒班级的连接，碰不到任何真的群。\n"
    "  · 数据在 {place}，每次启动都从头开始"
)
SANDBOX_IN_FILE = (
    "{env} 里写了 QUNGUI__SANDBOX=true：沙盒不接真的群，这样启动，真的群就没有机器人了，不能启动。\n"
    "请从文件里删去这一行；要试用沙盒班级，运行 make run。"
)
SANDBOX_HOST = "沙盒只能在本机用，HOST={host} 别的机器也能连上，不能启动。请去掉 HOST 的设置。"
SANDBOX_TAKEN = "已经有一个沙盒在运行，不能再启动一个。{error}"
SANDBOX_NO_PLACE = "不能使用沙盒的文件夹 {place}：{error}。请检查权限。"
ENV_NOT_WRITTEN = "不能写入 {env}：{error}。请检查权限，或自己设置 ONEBOT_ACCESS_TOKEN。"

POLICY_FINE = "{file}：没有问题，{clauses} 条，其中 {running} 条由机器人执行。"
NO_FILE = "读不到 {file}：{error}"
BACKED_UP = "已备份到 {target}，并核对无误。"
RESTORED = "已恢复。原来的数据库改名为 {kept}。"
NOTHING_KEPT = "已恢复。"

INSPECTED = (
    "已写到 {file}（只有您能读）：{count} 个群。平台上的情况要机器人连着才知道，这里是“未知”。"
)
INSPECT_SUFFIX = "文件名请以 .xlsx 结尾。"

ROSTER_ACTIONS = {
    "import": "从 Excel 或 CSV 导入",
    "export": "导出成 .xlsx 或 .csv；加 --person 导出一个人的全部资料",
    "list": "列出名册",
    "missing": "列出还没有核对过账号的人",
    "close": "关闭一个人的条目（转学、毕业）",
    "erase": "删除一个人（一家）的全部资料",
    "codes": "给还没有核对过账号的人发入群码",
}
ROSTER_NO_CLASS = "没有叫“{name}”的班级。已有的：{known}"
ROSTER_NONE = "没有"
ROSTER_FAULTS = "有 {count} 处要改，什么都没有导入："
ROSTER_COUNTS = "新增 {added}，改动 {changed}，离开 {gone}，不变 {unchanged}。"
ROSTER_ADDED = "  + {name}"
ROSTER_CHANGED = "  ~ {name}"
ROSTER_GONE = "  - {name}"
ROSTER_DRY = "只是看看，什么都没有写。去掉 --dry-run 就导入。"
ROSTER_DONE = "已导入。"
ROSTER_SUFFIX = "导出的文件名请以 .xlsx 或 .csv 结尾。"
ROSTER_WRITTEN = "已写到 {file}（只有您能读）。用完请删除。"
ROSTER_NOT_WRITTEN = "不能写 {file}：{error}"
ROSTER_CLOSED = "已关闭 {count} 条，从今天起不在名册上。"
ROSTER_SURE = "删除后不能恢复。确定的话，请加上 --yes 再运行一次。"
ROSTER_SEVERAL = "有几个人，请写学号。"
ROSTER_NOBODY = "名册上没有这个人。"
ROSTER_DAYS = "天数请写 1 到 {most}。"

AUDIT_NO_KEY = "没有审计密钥 {path}：机器人还没有在这里启动过，或密钥不见了（请从备份中恢复）。"
AUDIT_DATE = "日期请写成 2026-11-03 这样。"
AUDIT_FITS = "审计记录完好：{count} 条，记录尾 {head}。"
AUDIT_UNSEALED = "另有 {count} 条还没有封存（机器人每分钟封存一次）。"
AUDIT_ERASED = "其中 {count} 条的个人信息已按要求或到期删除，不影响核对。"
AUDIT_HEAD_FOUND = "记录尾 {head} 还在。"
AUDIT_BROKEN = "审计记录对不上：{what}。前面 {count} 条完好，到 {head} 为止。"
AUDIT_FAULTS = {
    "changed": "第 {seq} 条（{when}）与封存时不同，或被换过",
    "missing": "第 {seq} 条（{when}）前面少了记录",
    "personal": "第 {seq} 条（{when}）的个人信息与写下时不同",
    "unsealed": "有一条没有封存的记录（{when}）不是机器人写的",
    "head": "找不到记录尾 {wanted}，后面的记录可能被删去了",
}
AUDIT_LINE = "{seq} {when} {group}{kind} {facts}"
AUDIT_WAITS = "（未封存）"
AUDIT_GROUP = "群{number} "
AUDIT_GONE = "个人信息已删除"
AUDIT_KINDS = {
    "case.made": "立案",
    "case.changed": "案件变更",
    "case.closed": "案件了结",
    "case.resumed": "案件恢复",
    "request.opened": "请人决定",
    "request.closed": "有了决定",
    "act": "执行",
    "policy": "制度",
    "mode": "执行方式",
    "pause": "暂停",
    "role": "身份",
    "duty": "值日",
    "freeze": "冻结",
    "unfreeze": "解除冻结",
    "roster.imported": "导入名册",
    "roster.exported": "导出名册",
    "cleared": "到期清理",
    "erased": "按要求删除",
}
AUDIT_FACTS = {
    "case": "案件",
    "request": "待办",
    "receipt": "回执",
    "clause": "条款",
    "step": "处理",
    "state": "状态",
    "weight": "权重",
    "plugin": "功能",
    "source": "来源",
    "observed": "只观察",
    "kind": "种类",
    "act": "动作",
    "role": "决定者",
    "version": "版本",
    "pack": "制度",
    "mode": "方式",
    "reason": "原因",
    "until": "到",
    "given": "给出",
    "about": "对象",
    "by": "决定人",
    "excerpts": "摘录",
    "cases": "案件数",
    "requests": "待办数",
    "acts": "执行数",
    "notices": "通知",
    "reports": "举报",
    "evidence": "材料",
    "attempts": "入群次数",
    "audit": "审计个人信息",
}

CASE_WHICH = "案件编号请写成 3-12 这样（群编号-案件编号），或加上 --group 3。"
CASE_NONE = "没有案件 {item}。"
