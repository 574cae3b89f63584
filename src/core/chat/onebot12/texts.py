"""What is said of an act that a platform cannot do, or that the implementation does not offer."""

from src.core.chat.port import Act

PLATFORMS = {"wx": "微信", "qq": "QQ"}
THIS_PLATFORM = "这个平台"
ACTS = {
    Act.SAY: "在群里说话",
    Act.WHISPER: "私聊",
    Act.WITHDRAW: "撤回别人的消息",
    Act.MUTE: "禁言",
    Act.MUTE_ALL: "全员禁言",
    Act.REMOVE: "移出成员",
    Act.SET_CARD: "改别人的群名片",
    Act.SET_GROUP_NAME: "改群名",
    Act.ANNOUNCE: "发群公告",
    Act.READ_ANNOUNCEMENT: "读群公告",
    Act.DECIDE_JOIN: "审批入群申请",
    Act.DECIDE_FRIEND: "答复好友申请",
    Act.DECIDE_INVITATION: "答复入群邀请",
    Act.LEAVE: "退群",
    Act.FETCH_MESSAGE: "读回一条消息",
    Act.FETCH_MEMBER: "读成员资料",
    Act.OPEN_FORWARD: "打开合并转发",
    Act.FETCH_FILE: "取文件",
    Act.FETCH_JOINS: "读入群申请",
    Act.READ_FILE: "读私聊里的文件",
    Act.SEND_FILE: "私聊发文件",
}
PLATFORM_CANNOT = "{platform}上机器人不能{act}"
NOT_OFFERED = "所接的程序没有“{act}”这个功能"
NO_FRIEND = "对方不是机器人的好友，私聊送不到"
NOT_TAKEN = "所接的程序没有收下文件"
NO_REFUSAL = "微信不能拒绝好友申请，不理会就是拒绝"
