"""What people read: the categories' names, and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.core.text import OWN

if TYPE_CHECKING:
    from collections.abc import Mapping

TITLES: Mapping[str, str] = {
    "insult": "辱骂与威胁",
    "mockery": "嘲讽挑刺",
    "discrimination": "歧视",
    "pornography": "色情低俗",
    "violence": "暴力与违禁品",
    "politics": "不良政治倾向",
    "incitement": "煽动过激",
    "religion": "传教与迷信",
    "gambling": "赌博",
    "fraud": "诈骗",
    "ads": "广告",
    "canvassing": "拉票、求赞、筹款与红包",
    "rumour": "谣言",
    "chain": "诅咒与连锁转发",
    "links": "有害链接",
    OWN: "本群禁用词",
}
"""Category → its name in a notice."""

SHORT = "太短：词条去掉符号后至少要有两个字"
SHORT_ALLOW = "是空的：放行短语要有字"
TOO_LONG = "有一项太长，每项最多 {most} 个字"
MISFIRES = "会误伤平常的话：拿来试的句子里碰上 {count} 句，例如下面的。请换成更长、更明确的说法。"
MISFIRES_LINE = "· {before}【{term}】{after}"

DISGUISES: Mapping[str, str] = {
    "sound": "谐音字",
    "latin": "拼音",
    "split": "拆字",
    "initials": "首字母",
    "repeat": "重复的字",
    "pieces": "分几条发",
}
"""Disguise → its name."""
HIDDEN = "（写成{}）"
NOTHING = "没有发现{}"
PERHAPS = "可能是{}，由老师判断"

USAGE = (
    "词库命令（词里有难听的话，最好私聊我发）：\n"
    "/词库 add 词1 词2　加禁用词，最后可以写 第3条\n/词库 allow 说法　放行\n/词库 remove 词　去掉\n"
    "/词库 list [页]　现有的\n/词库 test 句子　这句话现在会怎样\n/词库 try 词 句子　加上这个词会怎样，不保存\n"
    "/词库 demote 词　以后碰上它只请老师看\n/词库 about 词　老师推翻过几次"
)
NO_CLAUSE = "本群的制度没有用到内容过滤。可以先 /启用 content_filter"
OTHER_CLAUSE = "这一条不归内容过滤管，可以写的有：{clauses}"
NUMBER_IN_PRIVATE = "在群里不用写群的编号。"
NO_WORDS = "请写上词，例如：/词库 add 拼车找我"
NTH = "第 {index} 个词"
UNUSABLE = "{name}不能用：去掉符号后至少要有两个字，最多 64 个字。一个也没有改。"
UNKNOWN = "{name}不是词库里的词，也不是本群加的。一个也没有改。"
FULL = "本群的词最多 {most} 个，已有 {held} 个，放不下了。"
ALL_CLAUSES = "各条"
CHANGES = {
    "terms": "{clause} 加禁用词 {count} 个",
    "allow": "{clause}放行说法 {count} 个",
    "ask_only": "{clause}有 {count} 个词以后只请老师看",
}
CHANGE_REMOVE = "去掉本群的词 {count} 个"
SAVED = "已保存为第 {version} 版：{change}"
THEN = "\n碰上时按这一条的阶梯：{ladder}。要归别的条，在最后写 第3条。"
SAME = "和现在的一样，没有改动。"
LISTS = {"terms": "禁用", "allow": "放行", "ask_only": "只请老师看"}
LIST = "本群自己的词共 {count} 个，第 {page}/{pages} 页："
LIST_LINE = "{clause} {what}：{words}"
EMPTY = "本群还没有自己的词。加：词库 add 词"
NO_PAGE = "一共 {pages} 页。"
TEST_HOW = "请写上要试的句子，例如：/词库 test 明天一起拼车去机场"
TEST_PASS = "会放过：没有哪一条适用。"
TEST_REVIEW = "不会处理，会请老师看（/待审）："
TEST_ACT = "会处理："
TEST_OBSERVED = "（目前只观察，不真的处理）"
TEST_LINE = "· {clause} {what}，把握 {sure}%：{step}"
TEST_ASKS = "请老师看"
TEST_TERMS = "　碰上的词：{terms}"
TRY_FINE = "这个词可以用：平常的话碰不上它。还没有加。"
ABOUT = "“{term}”：本群老师判断过 {count} 次，其中 {wrong} 次推翻。"
ABOUT_PHRASES = (
    "也许可以放行的说法（从还留着的摘录里来，只给您看）：{phrases}\n放行：词库 {number} allow 说法"
)
ABOUT_ADVICE = {
    "ask": "可以让它以后只请老师看：词库 {number} demote {term}",
    "allow": "可以在本群放行：词库 {number} allow {term}",
}
