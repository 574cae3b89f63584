"""What is said of rosters and the files they come from."""

ROW = "第 {row} 行"
ROW_OF = "“{title}”第 {row} 行"
BOTH = "{one}和{other}"

TOO_LARGE = "文件太大了，最多 {most} MB。请只留名册这一张表再发。"
TOO_MANY_ROWS = "表太大了，最多 {most} 行。请删去空白的行和别的表再发。"
PROTECTED = "文件有密码，打不开。请去掉密码再发。"
OLD_EXCEL = "这是旧的 .xls 格式，读不了。请另存为 .xlsx 或 CSV 再发。"
NO_TABLE = "这不是能读的表格。请发 Excel（.xlsx）或 CSV 文件；打得开的话，请另存一次再发。"
NO_HEADINGS = "没有找到表头。请在第一行写上各列的名称，例如：姓名、学号、家长姓名、关系。"
EMPTY = "表里没有人。"
TWO_COLUMNS = (
    "有两列都像是“{heading}”，分不清。请改成“学生姓名”“家长1姓名”这样；左右并排的表请排成一列。"
)

NO_NAME = "没有姓名，请补上，或删去这一行"
NO_STUDENT = "不知道是哪个学生的家长，请补上学生姓名"
WRONG_NAME = "姓名要写一个人的全名，不带数字、括号和备注"
WRONG_NUMBER = "学号只能有字母、数字和 - _ / ."
NUMBER_CUT = "编号成了科学记数法，后几位已经丢了。请把这一列设为文本，重新填写"
WRONG_DAY = "日期看不懂，请写成 2026-09-01"
WRONG_KIND = "身份请写：学生、家长、教师或职工"
LONG_SUBJECT = "学科或职务太长"
LONG_RELATION = "关系太长，请写爸爸、妈妈这样的称呼"
SAME_NAME = "同名，分不清。请都填上学号；写重了的，请删去一行"
SAME_NUMBER = "学号相同，姓名不同，请核对"
CONTRADICTION = "是同一个人，写的却不一样，请只留对的"

NO_SUCH_STUDENT = "名册里没有这个学生，或有同名的，请写上学号"

SHEETS_UNREAD = "这些表没有表头，没有读：{titles}"
LEFT_OUT = "这些列用不到，不保存：{headings}"
CARDS = "学籍号里含身份证号，不保存；要核对身份，请用学号。"
OTHERS = "有 {count} 行是别的班的，没有读。"
ALL_OTHERS = "表里都是别的班（{others}），没有{name}的。"
REPEATED = "有 {count} 行写重了，只算一次。"

COLUMNS = ("身份", "姓名", "学号", "班级", "学科", "关系", "学生姓名", "入学日期", "离校日期")
KINDS = {"student": "学生", "guardian": "家长", "teacher": "教师", "staff": "职工"}

ERASED = "（已按要求删除）"
DAY = "{year}年{month}月{day}日"
RECEIPT = (
    "删除回执 第 {number} 号，{on}\n"
    "已删除：名册 {people} 条，账号核对 {identities} 条，入群码 {codes} 个，入群申请 {applications} 条，"
    "名片提醒 {lapses} 条，提到姓名的文字 {texts} 条，待办的内容 {requests} 件，举报 {reports} 条，"
    "通知 {notices} 条，审计记录里的个人信息 {entries} 条。删除后不能恢复。\n"
    "案件 {cases} 件已去掉账号和文字，只留条款、处理和时间，用来计数。"
)
RECEIPT_KEPT = (
    "还有案件 {kept} 件、待办 {waiting} 件没有完结（仍计入、还在执行或正在申诉），先留着；"
    "完结以后请再删一次，或等到期自动清理。"
)
RECEIPT_BACKUPS = "还在群里的人，在群情况和身份留到离群；备份里的旧数据请另行处理。"
EXPORT_ENTRIES = "名册"
EXPORT_ACCOUNTS = "账号"
EXPORT_CODES = "入群码"
EXPORT_JOINS = "入群申请"
EXPORT_ATTEMPTS = "入群次数"
EXPORT_MEMBERSHIPS = "在群情况"
EXPORT_LAPSES = "名片提醒"
EXPORT_CASES = "案件"
EXPORT_MUTES = "禁言"
EXPORT_BLOCKS = "拉黑"
EXPORT_ACTS = "执行"
EXPORT_REQUESTS = "待办"
EXPORT_REPORTS = "提出的举报和投诉"
EXPORT_EVIDENCE = "提交的材料"
EXPORT_NOTICES = "通知"
EXPORT_ROLES = "身份"
EXPORT_DUTIES = "值日"
EXPORT_AUDIT = "审计记录"
