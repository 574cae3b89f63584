"""What nickname says. A name is repeated to nobody but its bearer."""

CLAUSE = "群昵称请写成“学生姓名+爸爸/妈妈”，方便老师和家长认人。"
IMPOSTOR = "【{group}】{who} 的群昵称和老师的一样，请留意有没有人以老师的名义要钱（案件 #{case}）。"
FORM = "群昵称请写成：{forms}"
FORM_OF_ROLE = "{role}「{example}」"
ROLES = {
    "parent": "家长",
    "student": "学生",
    "teacher": "老师",
    "head-teacher": "班主任",
    "leader": "学校领导",
    "committee": "家委会",
    "staff": "职工",
    "any": "",
}

WHAT = "您的群昵称"
NOTHING = "名片另外查看，和这条消息无关"
FOUND = "名片{why}"
WHY = {
    "format": "不是本群约定的格式",
    "placeholder": "还没有改成约定的格式",
    "unknown": "里的姓名和名册没有对上",
    "other": "里的姓名和登记的孩子没有对上",
    "number": "里的学号和名册没有对上",
    "same": "和同名的同学分不开，请写上学号",
    "twin": "和另一位群友的一样，分不清是谁",
    "teacher": "和老师的一样",
    "member": "和另一位群友的一样",
    "filtered": "里有不合适的词",
    "fake": "像系统消息或者管理员",
}

HINT = "您的群昵称{why}，请改成下面这样（可以直接复制）：\n{name}"
HINT_EXAMPLE = "您的群昵称{why}，请改成像「{example}」这样。"
HINT_ELSE = "您的群昵称{why}，请改一改。"
HOW = "\n改法：打开群聊右上角，找到“我在本群的昵称”。"
ROSTER_WRONG = "\n如果名册写错了，请告诉老师。"
LAST = "\n请在 {until} 之前改好。"
IS_YOURS = "\n如果这确实是您，请联系老师登记。"

FIXED = "已经帮您把群昵称改成「{name}」。要是不对，请告诉老师。"
THANKS = "群昵称已经改好，谢谢您。"
NEUTRAL = "请改群昵称"
GIVEN_UP = "帮一位群友改过两次群昵称，又变了回去，不再自动改了，请您私下问一声。账号 {user}，现在的名片{why}。"
SUM = "还有 {count} 位群友的昵称没有改成约定的格式，怎样改已经私聊告诉各位了。{forms}"

MANY_GRAVE = "有 {count} 位群友的昵称看起来冒用了别人、含有不合适的词或者像系统消息。人数太多，可能是误判，没有自动处理，请您看一看。"
DIAGNOSIS = "群昵称：{count} 位还没有改成约定的格式"

BAD_ZERO = "时长请写成 0m、30m、24h、3d"
