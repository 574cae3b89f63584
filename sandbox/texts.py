"""What the sandbox's program says."""

STARTING = "正在启动沙盒班级……"
READY = (
    "沙盒班级已经开好：{address}\n"
    "这是一个假的班级群，碰不到任何真的群，随便试：\n"
    "  1. 打开上面的网址，选“班主任”，发送 /制度 use text-only-parents\n"
    "  2. 换成一位家长聊天、连发三遍、发广告，看机器人怎么做，点消息旁的标记看为什么\n"
    "  3. 被处理的家长在私聊里发送 我的记录、申诉；再换成老师，在群里发送 /复核\n"
    "  4. 或者点“播放示范日”，看班级的一天（make demo 在这里直接看）\n"
    "按 Ctrl+C 停止，再启动就从头开始。要接真的群：make start"
)
STOPPED = "沙盒班级已经关闭。"
BOT_DIED = "机器人没有启动，或者中途停止了。它最后说：\n{lines}\n完整的日志在 {log}。"
CANNOT = "沙盒班级开不起来：{error}"
