"""What the command router says to people."""

_NO_RIGHT = {
    10: "这条命令由老师和值日班委使用。",
    21: "这条命令由老师使用。",
    30: "这条命令由班主任、群主或学校管理员使用。",
    31: "这条命令由班主任使用。",
    50: "这条命令由学校使用。",
}


def no_right(right: int) -> str:
    """Who has a right of this rank."""
    return next(text for rank, text in _NO_RIGHT.items() if right <= rank)


UNSURE_RIGHT = "暂时查不到身份，请稍后再发一次。"
IN_GROUP_ONLY = "请在群里发送这条命令。"
SAY_WHICH_GROUP = "请写上群的编号，例如：{name} 3-12"
USAGE = "这样写：{usage}"
EXAMPLE = "例如：{example}"
WHICH_GROUP = "请写上是哪个群，例如：{name} {number} …\n您能管的：{groups}"
NO_GROUP = "没有您能用这条命令的群。请到那个群里发送，或在群里说句话再来私聊。"
NOT_A_NUMBER = "这不是编号。编号写成 12 或 #12，私聊里写成 3-12。"
NO_SUCH_GROUP = "没有编号为 {group} 的群。"
NOBODY = "本群没有找到这个人。可以 @对方、回复对方的消息，或写对方的账号。"
SEVERAL = "请复制其中一行发送："
ONE_PERSON = "一次只能写一个人，请分开发送。"
OTHER_GROUP = "这个编号是别的群的，请到那个群里或私聊我发送。"
CANNOT_READ_MEMBERS = "暂时读不到群成员名单，请 @对方再试。"
REPLY_GONE = "找不到被回复的消息，请直接 @对方。"
FAULT = "这条命令没能完成，已记入日志，请稍后再试。"
