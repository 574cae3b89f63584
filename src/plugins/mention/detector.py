"""Whether a message calls somebody at its beginning. Precision before recall: most messages are to
nobody, and what is not plainly a call is none."""

from __future__ import annotations

import re
from typing import Literal
import unicodedata

from src.core.area import Area, DefaultClause, Finding, Message, Windows
from src.core.chat.events import Kind

from . import texts
from .settings import MentionSettings

area = Area(
    "mention",
    title="@ 对方",
    settings=MentionSettings,
    default=DefaultClause(texts.CLAUSE, steps=("remind",), settings={"required": True}),
)

_REACHES = frozenset({Kind.MENTION, Kind.MENTION_ALL, Kind.REPLY})
_MOST = 500
"""Whoever writes more writes a letter."""

_SURNAME = (
    "(?:欧阳|司马|上官|诸葛|[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏"
    "吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵钱严覃武戴莫孔汤温康施牛樊葛"
    "邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申耿关兰焦俞柳甘宁符舒阮柯纪梅童凌毕裴霍涂苗谷盛曲翁冉骆蓝辛靳柴蒙鲍喻祁房滕屈饶牟"
    "艾尤穆卓吉])"
)
"""The common ones, without those that are words far more often (谢, 祝, 文, 明)."""
_HAN = r"[\u4e00-\u9fff]"
_NOT_A_TEACHER = (
    r"(?!任课|任何|高中|高年级|方便|白天|安排|安全|于是|关于|关心|金牌|马上|严格|夏令营)"
)
_TEACHER = rf"{_NOT_A_TEACHER}{_SURNAME}{_HAN}{{0,2}}?(?:老师|主任|校长|园长|班主任)"
_NOT_A_CHILD = re.compile(
    r"[我你您他她它咱们各位所每哪谁这那些很多有没的了在是请给和跟与替问找让叫由对把被谢几两说]|孩子|宝宝|小朋友|同学"
    r"|学生|家|本班|班级|全班|老师|单亲|新手|全职|二胎|亲爱|尊敬|可爱|辛苦|感谢|麻烦|其他|别|部分|作为|今天|明天|昨天"
    r"|周[一二三四五六日末]|早上|晚上|中午|下午|上午|一位|一般|如果|然后|因为|但"
)
_PARENT = rf"(?P<child>{_HAN}{{2,4}}?)(?:妈妈|爸爸|奶奶|爷爷|外婆|外公|姥姥|姥爷)"
_CLASSMATE = rf"{_NOT_A_TEACHER}{_SURNAME}{_HAN}{{1,2}}同学"
_PERSON = rf"(?:{_TEACHER}|{_PARENT}|{_CLASSMATE})"
_CALL = re.compile(rf"{_PERSON}(?P<rest>.*)", re.DOTALL)
_WRITTEN = re.compile(
    r"@(?!我|谁|一下|他|她|对方|某|的|大家|所有|全体|各位|老师们|家长)\S{1,20}(?:[ \n,:!?。]|$)"
)
_LISTED = re.compile(rf"{_PERSON}(?:[,、和]|都|也|$)")
"""People are named one after another."""
_BESIDE = re.compile(r"\s*[、和跟与及]|\s+" + _PERSON)
_TO_THEM = re.compile(r"您|你|请问|麻烦|拜托|能不能|可不可以|可以.{0,12}[吗?]|有空|在吗|方便")
_POLITELY = re.compile(r"您|请问|麻烦|你家|你好")
"""What is not in a quotation either, which begins with a name too: 王老师:明天交."""
_GREETING = re.compile(
    r"(?P<words>您好|你好|早上好|上午好|下午好|晚上好|早|好|您|请问|麻烦您?|在吗)(?P<end>.*)",
    re.DOTALL,
)
_THANKS = re.compile(
    r"(?:[\s,。!~.]|好的?|收到|谢谢|感谢|多谢|辛苦|费心|明白|知道|了|客气|[嗯哈您你啦啊呀太真棒赞]|老师|厉害|恭喜"
    r"|祝贺|加油|早安|晚安|节日|快乐|生日|新年)*"
)
"""An answer or a wish needs no @."""
_ABOUT = re.compile(
    r"[\s,:]*(?:男|女|\d|电话|联系|微信|手机|地址|住|姓|教|担任|负责|已|未|到|交|是我们|是咱|他|她|说|讲|昨天说"
    r"|刚才说|通知|回复|布置|要求)"
)
"""It speaks of the person."""
_LIST = re.compile(r"接龙|^[^\S\n]*[#\d①-⑳]", re.MULTILINE)


def called(text: str) -> Literal["written", "called"] | None:
    """How a text without an @ calls somebody at its beginning: by an @ that is only written, or by
    name and title; None where it calls nobody, or nobody plainly."""
    if len(text) > _MOST or _LIST.search(text):
        return None
    # WeChat writes this blank after a name that was really chosen.
    chosen = "\u2005" in text
    plain = unicodedata.normalize("NFKC", text).strip().lstrip("~!。,.").lstrip()
    if plain.startswith("@"):
        return "written" if not chosen and _WRITTEN.match(plain) else None
    found = _CALL.match(plain)
    if found is None:
        return None
    child, rest = found["child"], found["rest"]
    if child and _NOT_A_CHILD.search(child):
        return None
    return "called" if _addressed(rest, is_parent=bool(child)) else None


def _addressed(rest: str, *, is_parent: bool) -> bool:
    """Whether what follows a name and title speaks to that person, not of them."""
    if _THANKS.fullmatch(rest) or _BESIDE.match(rest):
        return False
    if rest[0] in ",!":
        words = rest.lstrip(",! ~")
        if _ABOUT.match(words) or _LISTED.match(words) or _THANKS.fullmatch(words):
            return False
        return not is_parent or _TO_THEM.search(words) is not None
    if rest[0] in ":\n ":
        words = rest.lstrip(": \n")
        if _ABOUT.match(words):
            return False
        return (_TO_THEM if is_parent else _POLITELY).search(words) is not None
    greeting = _GREETING.match(rest)
    if greeting is None or _THANKS.fullmatch(greeting["end"]):
        return False
    plainly = greeting["words"].startswith(("您好", "你好", "请问", "麻烦"))
    return plainly or greeting["end"][0] in ",!。 ~\n:"


@area.detector
def without_mention(
    message: Message, settings: MentionSettings, windows: Windows
) -> Finding | None:
    """A parent's message to somebody that neither carries an @ nor answers theirs (14.1.6)."""
    event = message.event
    if not settings.required or message.author_is_staff or event.reply_to is not None:
        return None
    if any(segment.kind in _REACHES for segment in event.segments):
        return None
    how = called(event.text)
    if how is None:
        return None
    return area.finding(gravity=1, facts={"how": how}, advice=texts.ADVICE)
