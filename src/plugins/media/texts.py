"""What media says."""

KINDS = {
    "text": "文字",
    "picture": "图片",
    "sticker": "表情包",
    "voice": "语音",
    "video": "视频",
    "file": "文件",
    "link": "链接",
    "card": "卡片或小程序",
    "forward": "聊天记录",
    "red_packet": "红包",
    "post": "投稿",
}
CLAUSE = "群里发什么、什么时候发，请按班级的约定；文件和链接先请老师看一下。"
NOTHING = "没有不该发的图片、语音、文件等"
NOT_ALLOWED = "发了{kinds}"
FILES = {
    "type": "文件的类型不在允许之列",
    "none": "文件没有扩展名",
    "unknown": "平台没有说文件名，由老师看",
}
TIME = "这个时间不发图片和视频"
WAITS = "{kinds}要先经老师同意"

INSTEAD = {
    "picture": "图片请私聊发给老师。",
    "sticker": "表情包请不要发到群里，用文字说就好。",
    "voice": "想说的话请打字，或私聊对方。",
    "video": "视频请私聊发给老师。",
    "file": "文件请私聊发给老师。",
    "link": "链接请私聊发给老师。",
    "card": "卡片请私聊发给老师，或用文字说说是什么。",
    "forward": "聊天记录请不要转到群里，要紧的用自己的话说。",
    "red_packet": "心意领了，群里不发红包。",
    "text": "这里不发文字。",
}
FILES_INSTEAD = "这里可以发的文件：{extensions}。请换成其中一种再发。"
TIME_INSTEAD = "图片和视频请在 {spans} 发；要紧的请私聊老师。"

WAITING_NONE = "没有等您同意的投稿、文件、链接或发言申请。"
WAITING = "等您同意："
WAITING_LINE = "{number} {time} {who} {what}（群规 {clause}），{until} 前\n    {text}"
WAITING_HOW = "同意 编号　拒绝 编号 理由"
WAITING_MORE = "还有 {more} 件。"
NO_REQUEST = "没有编号为 #{number} 的投稿、文件、链接或发言申请。"
STATES = {
    "confirmed": "已同意",
    "refused": "已拒绝",
    "lapsed": "已过期",
    "closed": "已关闭",
}
ANSWERED = "#{number} 已经有结果：{state}。"
APPROVED = {
    "confirmed-publish": "#{number} 已同意，由机器人代发。",
    "confirmed-pass": "#{number} 已同意，已请对方再发一次。",
    "confirmed-stays": "#{number} 已同意。",
    "confirmed-leave": "#{number} 已同意，已告诉对方。",
}
DENIED = "#{number} 已拒绝，已告诉对方。"

SUBMIT_PRIVATE = "请私聊我投稿：投稿 内容"
SUBMIT_HOW = "请把要发的内容写在后面：投稿 内容"
SUBMIT_TEXT_ONLY = "投稿只收文字。图片和文件请直接发到群里，我会先请老师看。"
SUBMIT_TOO_LONG = "太长了，最多 {most} 个字。"
SUBMIT_NOT_NEEDED = "您在的群都不用投稿，直接发就好。"
SUBMIT_WHICH = "要投到哪个群？请复制一行发给我，后面写上内容："
SUBMIT_LINE = "投稿 {number} （{group}）"
SUBMIT_MANY = "您已有几件在等老师看，请等有了结果再投。"
SUBMITTED = "已收下，编号 {number}。老师同意后，我替您发到【{group}】；{until} 前没有答复就作罢。"
