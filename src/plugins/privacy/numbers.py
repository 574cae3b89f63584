"""Personal numbers: ID cards, bank cards, lists of mobile numbers and of home addresses (05.4.3c,
10.3.5, 12.5.1). Pure; nothing is looked up."""

from __future__ import annotations

from itertools import pairwise
import re
from typing import TYPE_CHECKING

from .plain import DOUBTFUL, HAN, NAME, OWN, SURE, Breach, is_name

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMERALS = str.maketrans(
    "零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两", "0001234567891123456789" + "2"
)
_SPELT = re.compile(r"(?:[\d零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两][^\w\n]{0,3}){11}")
_GAP = r"[^\w\n]{0,3}"
_NARROW = r"[^\w\n，,、。；;:：/]{0,3}"
_ID = re.compile(rf"(?<![0-9a-z])[1-8](?:{_GAP}\d){{16}}{_GAP}[\dx](?![0-9a-z])")
_PHONE = re.compile(rf"(?<!\d)1{_NARROW}[3-9](?:{_NARROW}\d){{9}}(?!\d)")
_CARD = re.compile(rf"(?<![0-9a-z])[4-69]\d(?:{_NARROW}\d){{14,17}}(?![0-9a-z])")
_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 "
    "81 82 83 91".split()
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_UNION = ("62", "60", "9558")

_OTHER_NUMBER = re.compile(
    r"(?:单号|订单|编号|学号|考号|学籍号|座号|工号|群号?|qq号?|扣扣号?|会议号?|id|会议码|取件码|验证码|邀请码|提取码|条码|条形码|isbn"
    r"|流水号?|型号|批号|货号|准考证号?|税号|信用代码)[^\w\n]{0,3}(?:是|为)?[^\w\n]{0,3}$"
)
_LETTERS = re.compile(r"(?<![a-z])(?!(?:tel|phone|mobile|v|vx|wx)[a-z]*$)[a-z]+$")
_PUBLIC = re.compile(
    "老师|教师|班主任|校长|主任|校医|办公室|教务|德育|客服|司机|师傅|教练|门卫|保安|值班|热线|咨询|前台|酒店|宾馆|餐厅|饭店|景区"
    "|商家|店|公司|基地|机构|快递|外卖|物流|派出所|民警|医院|社区|居委|物业|导游|家委|联系人|负责人|服务|平台|预约|预订|订购|订餐"
)
_LABEL = re.compile(
    "卡号|户名|开户|银行|账号|帐号|账户|帐户|转账|打款|汇款|[工农建中招交]行|邮储|农商|信用社|储蓄卡|信用卡|收款"
)
_OF_ORGANISATION = re.compile("对公|公司|有限|学校账|校账|基本户|财政|食堂|食品|书店")
_UNIT = (
    r"\d{1,4}(?:号楼|号院|栋|幢|座|单元)[^\w\n]{0,2}(?:\d{1,2}(?:号楼|单元|门)[^\w\n]{0,2})?\d{2,4}室?"
    r"|\d{1,4}号\d{2,4}室?"
    r"|[村路街巷弄园苑城里湾府庭]\d{1,4}(?:号|弄|组)"
)
_HOME = re.compile(rf"(?<![\d])(?:{_UNIT})")
_HOME_OF = re.compile(
    rf"(?<![{HAN}])({NAME})(?:同学|妈妈|爸爸|家长)?(?=[^\w]|家[住在]|住)[^\n；;。]{{0,40}}?(?:{_UNIT})"
)
_LIVES = re.compile("家住|住在|住址|家庭地址|家在|地址|住[^校宿院]")
_SENT = re.compile(
    "收件|收货|寄到|寄给|邮寄|快递|学校|教学楼|会议室|教室|办公|报到|集合|地点|考场|考点|体检|活动|门店|营业"
)


_FAMILY = re.compile(
    rf"(?:^|[^{HAN}])(?:孩子|我家)?(?:爸爸|妈妈|父亲|母亲|爷爷|奶奶|外公|外婆|姥姥|姥爷)[^\w\n]{{0,3}}$"
)
"""Before a number: a relation without a name, as people write their own family's."""


def numbers(text: str, phones: int) -> Iterator[Breach]:
    """What personal numbers a plain text gives away; `phones` different mobile numbers are a list."""
    digits = text.translate(_NUMERALS) if _SPELT.search(text) else text
    readings = (text,) if digits is text else (text, digits)
    ids = {m.span() for reading in readings for m in _ID.finditer(reading) if valid_id(m[0])}
    if ids:
        yield Breach("ids", 3, SURE, len(ids), tuple(sorted(ids)))
    listed = _phones(text, digits)
    spans = tuple(listed.values())
    if len(listed) >= phones and not (len(listed) == 2 and _of_one(text, spans)):
        family = all(_FAMILY.search(text[max(0, start - 12) : start]) for start, _ in spans)
        own = len(listed) == 2 and (family or OWN.search(text) is not None)
        yield Breach("phones", 3, DOUBTFUL if own else SURE, len(listed), spans)
    yield from _cards(text, ids)
    yield from _homes(text, len(listed))


def valid_id(written: str) -> bool:
    """Whether these 18 digits, with anything between them, are an ID card's: province, day of
    birth, and the check digit of ISO 7064 MOD 11-2."""
    digits = re.sub(r"[^0-9x]", "", written)
    if len(digits) != 18 or digits[:2] not in _PROVINCES:
        return False
    year, month, day = int(digits[6:10]), int(digits[10:12]), int(digits[12:14])
    if not (1900 <= year < 2100 and 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=False))
    return "10x98765432"[total % 11] == digits[17]


def valid_card(written: str) -> bool:
    """Whether these digits, with anything between them, are a bank card's: beginning, length, Luhn."""
    digits = re.sub(r"[^0-9]", "", written)
    long = 16 <= len(digits) <= 19 and digits.startswith(_UNION)
    if not long and not (len(digits) == 16 and re.match("4|5[1-5]", digits)):
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) << place % 2
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _phones(text: str, digits: str) -> dict[str, tuple[int, int]]:
    """The different mobile numbers of private people, and where each stands first."""
    matches = list(_PHONE.finditer(digits))
    ends = [0, *(match.end() for match in matches)]
    starts = [*(match.start() for match in matches[1:]), len(text)]
    found: dict[str, tuple[int, int]] = {}
    for match, before, after in zip(matches, ends, starts, strict=False):
        start, end = match.span()
        head = text[max(before, start - 16) : start].rpartition("\n")[2]
        tail = text[end : min(after, end + 8)]
        if not _is_one(match[0]) or _OTHER_NUMBER.search(head) or _LETTERS.search(head):
            continue
        role = re.match(rf"[^\w\n，,、；;]{{0,2}}[{HAN}]{{1,7}}", tail)
        if _PUBLIC.search(head) or (role is not None and _PUBLIC.search(role[0])):
            continue
        found.setdefault(re.sub(r"\D", "", match[0]), (start, end))
    return found


def _of_one(text: str, spans: tuple[tuple[int, int], ...]) -> bool:
    """Whether two numbers stand side by side, as those under which one place is reached."""
    (_, end), (start, _) = spans
    return re.fullmatch(r"[^\w\n]{0,4}(?:或者?)?[^\w\n]{0,4}", text[end:start]) is not None


def _is_one(written: str) -> bool:
    """Whether the digits stand as one number does: together, in a few groups that are set apart
    alike, or each apart from the next; a row of times or prices does none of it."""
    places = [place for place, c in enumerate(written) if c.isdigit()]
    gaps = [written[a + 1 : b] for a, b in pairwise(places) if b > a + 1]
    return len(gaps) in (0, 10) or (len(gaps) <= 3 and len(set(gaps)) == 1)


def _cards(text: str, ids: set[tuple[int, int]]) -> Iterator[Breach]:
    sure: list[tuple[int, int]] = []
    doubtful: list[tuple[int, int]] = []
    for match in _CARD.finditer(text):
        start, end = match.span()
        near = text[max(0, start - 24) : end + 24]
        if match.span() in ids or not valid_card(match[0]):
            continue
        labelled = _LABEL.search(near) is not None
        if _OTHER_NUMBER.search(text[max(0, start - 16) : start]) and not labelled:
            continue
        if not labelled and not match[0].startswith(_UNION):
            continue
        plainly = labelled and not OWN.search(near) and not _OF_ORGANISATION.search(near)
        (sure if plainly else doubtful).append((start, end))
    if sure or doubtful:
        confidence = SURE if sure else DOUBTFUL
        yield Breach("cards", 3, confidence, len(sure + doubtful), (*sure, *doubtful))


def _homes(text: str, listed: int) -> Iterator[Breach]:
    """Where people live: a list of three acts, less is for a person to look at."""
    if _HOME.search(text) is None or _SENT.search(text):
        return
    homes = {m[1]: m.span() for m in _HOME_OF.finditer(text) if is_name(m[1])}
    if len(homes) >= 3:
        yield Breach("homes", 3, SURE, len(homes), tuple(homes.values()))
    elif homes and not OWN.search(text) and (listed or len(homes) == 2 or _LIVES.search(text)):
        yield Breach("homes", 3, DOUBTFUL, len(homes), tuple(homes.values()))
