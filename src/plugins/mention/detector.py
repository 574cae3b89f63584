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

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"
    "鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄"
    "和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭"
    "梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚"
    "程嵇邢滑裴陆荣翁荀羊甄曲家封储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴"
    "甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭"
    "贡劳逄姬申扶堵冉宰郦雍桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾"
    "终暨居衡步都耿满弘匡国文寇广禄阙东欧沃利蔚越夔隆师巩聂晁勾敖融冷訾辛阚那简饶空曾毋沙养鞠须丰巢关"
    "蒯相查后荆红游竺权逯盖益桓公肖涂覃邸苟佟岳帅亢况郈有琴商牟佘佴伯赏墨年爱阳付闫代岩兰喻尧"
)
_NOT_SURNAMES = frozenset("有公年爱那后时从都别能向经须相通水空全双家国成文万安和应明同充终满")
"""Surnames too, but a word far more often."""
_SURNAME = f"[{''.join(sorted(set(_SURNAMES) - _NOT_SURNAMES))}]"
_HAN = r"[\u4e00-\u9fff]"
_TEACHER = rf"{_SURNAME}{_HAN}{{0,2}}?(?:老师|主任|校长|园长|班主任)"
_NOT_A_CHILD = re.compile(
    r"[我你您他她它咱们各位所全每哪谁这那些很多有没的了在是请给和跟与替问找让叫由对把被]|"
    r"孩子|宝宝|小朋友|同学|学生|家|本班|班级|老师|单亲|新手|全职|亲爱|尊敬|可爱|辛苦|感谢|谢|其他|别|几|两|部分"
)
_PARENT = rf"(?P<child>{_HAN}{{2,4}}?)(?:妈妈|爸爸|奶奶|爷爷|外婆|外公|姥姥|姥爷)"
_CLASSMATE = rf"{_SURNAME}{_HAN}{{1,2}}同学"
_PERSON = rf"(?:{_TEACHER}|{_PARENT}|{_CLASSMATE})"
_CALL = re.compile(rf"(?P<who>{_PERSON})(?P<rest>.*)", re.DOTALL)
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
