"""What the roster says."""

from src.core.people.codes import DAYS, MOST_DAYS

CLAUSE = "本班的名册由班主任维护：从学校的表格导入，只用来核对身份，离校后关闭，可以要求删除。"

USAGE = (
    "名册这样用（班主任私聊我）：\n"
    "导入：把 Excel 或 CSV 文件私聊发给我\n"
    "名册 班级 三年级二班　本群是哪个班的\n"
    "名册 缺　谁还没有账号在群里\n"
    "名册 未知　群里谁不在名册上\n"
    "名册 入群码 [天数]　给还没进群的人\n"
    "名册 绑定 账号 学生姓名 关系　名册 解绑 账号\n"
    "名册 导出　把名册作为 Excel 发给您\n"
    "名册 找 姓名　名册 关闭 学号或姓名　名册 删除 学号或姓名\n"
    "管几个群的，请在“名册”后面写群的编号，例如：名册 3 缺"
)
NUMBER_IN_PRIVATE = "群的编号只在私聊里写；在群里直接发命令就好。"
NO_CLASS = "还不知道本群是哪个班的。请先发：名册 {group} 班级 三年级二班"

COUNTS = "【{group}】{name}：学生 {students}，家长 {guardians}，老师 {teachers}，职工 {staff}。"
COUNTS_ACCOUNTS = "已核对的账号 {accounts} 个；还没有账号的学生 {without} 人。"
IMPORTED = "上次导入：{when}。"
NEVER_IMPORTED = "还没有导入过，把 Excel 或 CSV 文件私聊发给我就行。"

CLASS_HOW = "请写上班级的名称，例如：名册 班级 三年级二班"
CLASS_TAKEN = "{name}已经有名册，或者已经有群，要由管着这个班的群的班主任，或机器人的管理员来关联。"
LINKED = "好的，【{group}】是{name}的群，名册上有 {count} 人。"

NOBODY_MISSING = "【{group}】名册上的人都有账号在群里。"
MISSING = "【{group}】还没有核对到账号的：{names}（共 {count} 人）"
MISSING_BY_NAME = "群名片里有名字、还没有核对的：{names}（共 {count} 人）"
NOBODY_UNKNOWN = "【{group}】群里的账号都核对过了。"
UNKNOWN = "【{group}】还没有核对的账号 {count} 个："
UNKNOWN_LINE = "{account} {name}"
UNKNOWN_GUESS = "名册 {group} 绑定 {account} {student} {relation}"
MORE = "还有 {count} 个，没有列出。"
UNKNOWN_HOW = "对得上的，把那一行复制发给我；关系请核对。"

EXPORT_FILE = "名册-{name}.xlsx"
EXPORT_PRIVATE = "名册里有姓名，请私聊我发：名册 导出"
EXPORT_HEAD = "整份名册只发给班主任：请先在群里设定（/角色 @谁 班主任）。"
EXPORT_CANNOT = "这个平台发不了文件；请管理机器人的人用命令行导出。"
EXPORT_FAILED = "没能发给您：{why}。加我为好友再试；还不行，请管理机器人的人用命令行导出。"
EXPORTED = "{file}（{count} 人）已发给您，用完请删除。导出过，审计日志里有一笔。"

HEAD_ONLY = "本群有班主任，名册由班主任或学校管理员来管。"

FOLLOW_UP = (
    "【{group}】名册上还有 {count} 位同学家里没有人进群。\n"
    "看是谁：名册 {number} 缺　给他们入群码：名册 {number} 入群码"
)

CODES_HOW = f"天数请写 1 到 {MOST_DAYS}，例如：名册 入群码 {DAYS}"
NO_CODES = "【{group}】名册上的人都有账号了，不用入群码。"
CODES = "【{group}】的入群码，{until} 前有效，一个码只能用一次，请单独发给本人或家长："
CODES_LINE = "{name} {number} {code}"
CODES_MORE = "还有 {count} 人没有列出。请在服务器上运行 qungui roster codes。"

BIND_HOW = (
    "请写成：名册 绑定 账号 学生姓名 关系，例如：名册 绑定 12345 张小明 妈妈；老师不用写关系。"
)
BOUND = "好的，{account} 是{who}。"
UNBIND_HOW = "请写成：名册 解绑 账号"
UNBOUND = "好的，{account} 不再对应名册上的人。"
NOT_BOUND = "{account} 没有对应名册上的人。"
RELATION_LONG = "关系最多 16 个字，请写爸爸、妈妈这样的称呼。"

FIND_HOW = "请写上姓名或学号，例如：名册 找 张小明"
FOUND_NONE = "名册上没有这个人。"
FOUND_LINE = "{kind} {name} {number}{of}{left}{accounts}"
FOUND_OF = "（{student}的{relation}）"
FOUND_LEFT = "（已离开）"
FOUND_ACCOUNTS = "，账号：{accounts}"
NEAR = "名册上没有一样的，相近的有："
SEVERAL = "有几个人，请复制其中一行发送："
BIND_LINE = "名册 {group} 绑定 {account} {number} {relation}"
CLOSE_LINE = "名册 {group} 关闭 {number}"
RELATION = "家长"

CLOSE_HOW = "请写上学号或姓名，例如：名册 关闭 张小明"
CLOSED = "好的，{name}从今天起不在名册上了（共关闭 {count} 条，家长一起）。账号还在群里的，要移出请另外处理。"
ERASE_HOW = "请写上学号或姓名，例如：名册 删除 张小明"
ERASE_CHECK = "要删除{name}的全部资料（名册、家长、账号核对、入群申请），删除后不能恢复。确定的话，请复制这一行发送："
ERASE_LINE = "名册 {group} 删除 {key} 确认-{id}"

KINDS = {"student": "学生", "guardian": "家长", "teacher": "老师", "staff": "职工"}
FIELDS = {
    "kind": "身份",
    "name": "姓名",
    "number": "学号",
    "subject": "学科",
    "relation": "关系",
    "since": "入学日期",
    "until": "离校日期",
}

FILE_NOT_YOURS = "名册由班主任导入，这个文件我没有打开。"
FILE_UNSURE = "暂时查不到您的身份，这个文件没有打开，请稍后再发一次。"
FILE_KIND = "名册请发 Excel（.xlsx）或 CSV 文件，别的文件我不打开。"
FILE_UNREAD = "这个文件没有读到：可能超过 {most} MB，或者已经过期。请再发一次。"
FILE_NO_CLASS = "还不知道您的群是哪个班的。请先发：名册 {group} 班级 三年级二班，再发文件。"
FILE_WHICH = "您管着几个班：{classes}。请把文件名改成带班级的，例如“{name}.xlsx”，再发一次。"

FAULTS = "{name}的文件有 {count} 处要改，什么都没有导入："
FAULT = "{where}：{text}"
FAULTS_MORE = "还有 {count} 处。"
FAULTS_HOW = "改好后请再发一次。"
SAME = "{name}的文件和名册一样，不用导入。"
PREVIEW = "{name}的文件看过了，还没有导入："
ADDED = "新增 {count}（{kinds}）：{names}"
CHANGED = "改动 {count}：{names}"
CHANGED_ONE = "{name}（{fields}）"
GONE = "文件里没有、算离开 {count}：{names}"
UNCHANGED = "不变 {count}"
MANY_GONE = "注意：会有一多半的人离开名册，请确认文件是全班的。"
PREVIEW_HOW = "同意请在 24 小时内发：\n名册 导入 {item}"
SOME = "{names}等"

IMPORT_HOW = "请写上编号，例如：名册 导入 3-12"
NO_IMPORT = "没有编号为 {number} 的待导入文件，可能已经导入，或过了 24 小时。请再发一次文件。"
NOT_YOUR_IMPORT = "这个文件是别人发的，请由发文件的人导入，或自己再发一次。"
STALE = "看过文件以后名册又变了，没有导入。请再发一次文件。"
DONE = "已导入{name}：新增 {added}，改动 {changed}，离开 {gone}，不变 {unchanged}。"
USE_IMPORT = "名册的文件请由发文件的人私聊我：名册 导入 {item}"
