"""What privacy says, and the words of its default clause."""

CLAUSE = "不公布成绩、排名，不泄露别人的身份证号、银行卡号、电话和住址，不打听、不查找别人的隐私。"
NOTHING = "没有发现{}"
NOBODY = "没有要找的内容"
LOOKED_FOR = {
    "rankings": "成绩排名",
    "numbers": "身份证、银行卡、电话、住址",
    "doxxing": "查找别人隐私的话",
    "criticism": "点名批评学生的话",
    "dwelling": "对一个学生的长谈",
    "chat_records": "转发的聊天记录",
}
FACTS = {
    "ids": "有 {} 个身份证号",
    "phones": "列出了 {} 个手机号",
    "cards": "有 {} 个银行卡号",
    "homes": "写出了 {} 户人家的住址",
    "scores": "列出了 {} 个人的成绩或名次",
    "score_files": "有 {} 个成绩或排名的文件",
    "names": "在成绩排名下点了 {} 个人的名",
    "doxxing": "有 {} 处要查找别人隐私的话",
    "chat_records": "有别人的聊天记录",
    "criticism": "点名批评了 {} 个学生",
}
"""What a finding counted, by the name of the fact."""
PERHAPS = "可能{}，由老师判断"
CRITICISM_ADVICE = "孩子的问题请私聊家长或老师，群里只说事、不点名；表扬可以公开。"
DWELT = "一直在说同一个学生（{} 条消息）"
DWELLING = "这几分钟群里一直在说同一个孩子的事。为了孩子，请改成私聊或打电话慢慢谈；对大家都有用的，可以不点名再说。"
