"""What the house says to whoever operates it. No group's name, no person's."""

ALERT = "【群规】{text}（{when}）"
IN_GROUP = "群“{group}”：{text}"

LOGGED_OUT = "机器人账号 {bot} 被平台下线了，要有人重新登录；在这之前它什么也做不了。"
BACKUP_FAILED = "今天的备份没有做成：{reason}程序每小时会再试一次。"
DISK_FULL = "磁盘已满，记录写不进去。请马上清理磁盘。"
DISK_LOW = "磁盘快满了，只剩不到 {megabytes} MB。请清理磁盘。"
STORE_DOWN = (
    "数据库已有几分钟没有回答；在这之前机器人最多只能撤回。请检查数据库和磁盘，日志里有原因。"
)
UNMUTE_GIVEN_UP = "有一个人的禁言没能解除{case}，请到群里手动解除。"
REMOVE_GIVEN_UP = "移出一个人时平台没有给出结果{case}，请到群里核对人还在不在。"
OPENING_GIVEN_UP = "到了该打开的时候，可是全员禁言没能解除，请到群里手动解除。"
CASE = "（案件 #{number}）"

STORE_FAULT = "数据库没有完成一次操作，详情在日志里。"
FAULT = "程序内部出错（{error}），这一次没有处理完，详情在日志里。"
