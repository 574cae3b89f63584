"""Scores and ranks of several pupils, in sentences, lists, tables and names of files (08.2.1.5,
21.2.1.6). Pure."""

from __future__ import annotations

from itertools import pairwise
import re
from typing import TYPE_CHECKING

from .plain import DOUBTFUL, HAN, NAME, OWN, SURE, Breach, is_name

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUBJECT = (
    "语文|数学|英语|外语|物理|化学|生物|历史|地理|政治|道法|道德与法治|科学|文综|理综"
    "|作文|口算|听写|默写"
)
_SEP = r"[^\w\n。！？!?]"
_FILLER = (
    rf"{_SUBJECT}|考了|考得|考到|考|得了|得|只有|才|拿了|拿到|拿|是|为|有|总分|成绩|分数|平均分?|均分"
    r"|名次|排名|排|班级排?名?|年级排?名?|班排|年排|全班|班里|第|倒数|进步|退步|男|女|\d{6,12}"
    r"|[语数英物化总](?=\D{0,2}\d)|[\d一二三四五六七八九]{1,2}[(]?\d{0,2}[)]?班"
    r"|期中|期末|月考|本次|这次|上次"
)
"""What may stand between a pupil and a mark."""
_VALUE = (
    r"(?:\d{1,3}(?:\.\d{1,2})?(?![.\d])"
    r"(?=\s{0,2}(?:分(?![钟享米队区批])|名)|(?!:\s?\d)[^\w]|[语数英物化总]\D{0,3}\d|_|$"
    rf"|{NAME}[^\w\n]{{0,3}}\d)"
    r"|(?<=[(])\d{1,3}(?:\.\d{1,2})?(?=[)])"
    r"|[一二三四五六七八九十百零]{1,5}(?:点[一二三四五六七八九])?(?=分(?![钟享米])|名)"
    r"|[a-d][+-]?(?![a-z0-9.])"
    rf"|(?:优|良|不及格|及格|待及格|不合格|合格)(?![{HAN}]))"
)
_PUPIL = r"(?:同学|小朋友|妈妈|爸爸|家长)?"
_BEFORE = (
    rf"(?:(?<![{HAN}])|(?<=[试学语文绩验测末名号分是有和与及位为第一二三四五六七八九十]))"
    r"(?!(?<=分)钟)"
)
_PAIR = re.compile(
    rf"{_BEFORE}(?P<name>{NAME}){_PUPIL}{_SEP}{{0,5}}(?:(?:{_FILLER}){_SEP}{{0,3}}){{0,4}}"
    rf"(?P<value>{_VALUE})"
)
_VALUE_FIRST = re.compile(
    rf"(?<![\d.])(?P<value>\d{{1,3}}(?:\.\d{{1,2}})?)\s?分(?!钟)(?:的?是|的?有|的)?{_SEP}{{0,3}}"
    rf"(?P<name>{NAME})(?=[^\w]|_|和|同学|$)"
)
_RANKED = re.compile(
    r"(?:第\s?[\d一二三四五六七八九十]{1,3}\s?名?|[倒最][数后高低][^\n，,。]{0,4}?名?)"
    rf"(?:同学|的|是|为|有|[:\s-]){{0,3}}(?P<name>{NAME})(?=[^\w]|_|\d|同学|和|$)"
)
_LISTED = re.compile(
    rf"{_BEFORE}(?P<name>{NAME})"
    r"(?=[^\w]|_|\d|等|同学|和|[一二三四五六七八九十两]?[人位名]|请|要|需|没|$)"
)
_LOW = re.compile(
    r"倒数|[不没未]及格|垫底|补考|差生|学困生?|后进生?|低分|[不没未]达标|[没未]过(?:\d\d|及格)|低于\d\d"
    r"|\d\d分?以下|最后[一二三四五六七八九十\d]+名|成绩(?:差|下滑|退步|不理想|较差|靠后)|待及格|不合格"
)
_HIGH = re.compile(
    r"前\s?[一二三四五六七八九十百\d]{1,3}\s?(?:名|是|如下|:)|排[名行]榜?(?!不分|第)|名次表?|分数段"
    r"|\d{2,3}分以[上下]"
)
_EXAM = re.compile(
    rf"{_SUBJECT}|成绩|考|测验|测试|小测|单元测|分数|得分|总分|均分|名次|排名|年级第|班级第|及格|试卷|卷子"
    r"|[高低]分|倒数|差生|等[级第]|总评|期中|期末|[年班]级前|\d分以[上下]|语数|[语数英]\s?\d\d"
)
_STRONG = re.compile(
    rf"{_SUBJECT}|期中|期末|[月周联模统]考|摸底|考试|测验|单元|总分|均分|成绩单|及格|倒数|差生|学困|试卷"
)
"""What only an examination has; a race has a 成绩 too."""
_NO_EXAM = re.compile(
    "运动会|拔河|接力|跳绳|[跑跳投]|球|棋|田径|趣味|比赛|书法|绘画|画展|朗诵|演讲|合唱|[歌舞]|[冠亚季]军|获奖|荣获"
    "|祝贺|恭喜|红花|积分|积星|之星|卫生|值日|[得选]票|票数|竞选|志愿|游戏|王者|段位|电影"
)
_OTHER_VALUE = re.compile(
    "身高|体重|尺码|尺寸|校服|鞋|cm|厘米|[公千]?斤|kg|[订购]|接龙|座[位号]|学号|房间|房号|宿舍|床|费|元|件|份|车|票"
    "|视力|体温|℃|页|题|生日|岁|次数|步数|分组|组号|出场|顺序|数量"
)
_ASKED = re.compile(
    r"平均分?[^，。\n]{0,4}(?:多少|几)|[一总]共[^，。\n]{0,6}(?:多少|几)|相差|应用题|这道题|例题|求[出平:]"
    "|[条统折][形计线]图"
)
"""A problem to be worked out."""
_FILE = re.compile(
    r"(?P<name>[^\n。！？!?/\\]{1,80})"
    r"\.(?:xlsx?|csv|et|docx?|wps|pdf|pptx?|jpe?g|png|zip|rar|txt)(?![a-z0-9])"
)
_FILE_SURE = re.compile(
    "排[名行]|名次|成绩(?:单|表|汇总|统计|册|明细|公布|公示|一览|登记|分析|对比|情况|总)|分数(?:段|表|统计|单|汇总)"
    "|倒数|不及格|(?:各科|全班|本班|学生|班级?|期中|期末|月考|单元|考试|测试|总|数学|语文|英语)成绩"
)
_FILE_PERHAPS = re.compile("成绩|分数|考试情况|质量分析|学情")
_FILE_FINE = re.compile(
    "查询|模板|模版|样表|空白|方法|指南|说明|如何|怎么|怎样|提高|计算|办法|通知|录取|运动会|比赛|竞赛|拔河|趣味|个人|我的"
    "|试卷|试题|答案|复习|冲刺|技巧|秘籍|证书|规定|制度|倡议|告家长书|提升"
)
_HEADER = re.compile(rf"姓名{_SEP}+(?P<names>[^\n]{{4,400}})")
_ROW = re.compile(
    rf"(?:{_SUBJECT}|总分|成绩|分数)(?P<values>(?:{_SEP}{{1,5}}\d{{1,3}}(?:\.\d)?(?!\d)){{2,60}})"
)
_RANKS = re.compile(r"第\s?\d|\d\s?名|名次|排名")
_MARKED = re.compile(r"\d\s?分(?![钟享米])")
_WINDOW = 400
"""So many characters after a heading its names may stand in."""


def rankings(text: str, people: int) -> Iterator[Breach]:
    """What a plain text says of pupils' marks; of `people` of them it is a ranking."""
    yield from _files(text)
    if _ASKED.search(text):
        return
    strong = _STRONG.search(text) is not None
    if not strong and _NO_EXAM.search(text):
        return
    exam = _EXAM.search(text) is not None
    pairs = _pairs(text, exam=exam)
    if len(pairs) >= people and (confidence := _certainty(text, pairs, exam=exam)):
        spans = tuple(span for span, _ in pairs.values())
        yield Breach("scores", 2, confidence, len(pairs), spans)
        return
    ranked = {m["name"]: m.span() for m in _RANKED.finditer(text) if is_name(m["name"])}
    if len(ranked) >= people:
        yield Breach("scores", 2, SURE if exam else DOUBTFUL, len(ranked), tuple(ranked.values()))
        return
    if columns := _columns(text, people):
        yield Breach("scores", 2, SURE, len(columns), columns)
        return
    yield from _lists(text, people, exam=exam)


def _files(text: str) -> Iterator[Breach]:
    """A file whose name says that it holds marks."""
    for match in _FILE.finditer(text):
        name = match["name"]
        if _FILE_FINE.search(name):
            continue
        if _FILE_SURE.search(name):
            yield Breach("score_files", 2, SURE, 1, (match.span(),))
            return
        if _FILE_PERHAPS.search(name):
            yield Breach("score_files", 2, DOUBTFUL, 1, (match.span(),))
            return


def _pairs(text: str, *, exam: bool) -> dict[str, tuple[tuple[int, int], str]]:
    """Each pupil with a mark or rank: where, and which. Grades in letters count in an examination."""
    pairs: dict[str, tuple[tuple[int, int], str]] = {}
    for pattern in (_PAIR, _VALUE_FIRST):
        for match in pattern.finditer(text):
            value = match["value"]
            if not is_name(match["name"]) or (not exam and not value[0].isdigit()):
                continue
            pairs.setdefault(match["name"], (match.span(), value))
    return pairs


def _certainty(text: str, pairs: dict[str, tuple[tuple[int, int], str]], *, exam: bool) -> float:
    """How sure it is that these are marks; 0 where they count something else."""
    values = [float(value) for _, value in pairs.values() if value[0].isdigit()]
    if len(values) < len(pairs) / 2:
        return SURE
    counted = all(b - a == 1 for a, b in pairwise(values))
    ranks = _RANKS.search(text) is not None
    if counted and not ranks:
        # A numbered list: 1. 张三 2. 李四.
        return 0.0
    marked = len(_MARKED.findall(text)) * 2 >= len(pairs)
    high = sum(value >= 30 for value in values) * 2 >= len(values)
    other = _OTHER_VALUE.search(text) is not None
    if marked or (ranks and exam):
        return SURE if exam or high else DOUBTFUL
    if not high:
        return 0.0
    if exam:
        return SURE if not other or _STRONG.search(text) else DOUBTFUL
    round_numbers = all(value % 5 == 0 for value in values)
    looks_so = len(values) >= 4 and max(values) <= 100 and not round_numbers
    return DOUBTFUL if looks_so and not other else 0.0


def _columns(text: str, people: int) -> tuple[tuple[int, int], ...]:
    """A table with the pupils side by side and their marks below."""
    header = _HEADER.search(text)
    if header is None:
        return ()
    named = [m for m in _LISTED.finditer(text, *header.span("names")) if is_name(m["name"])]
    row = _ROW.search(text, header.end())
    if len(named) < people or row is None or len(re.findall(r"\d+", row["values"])) < people:
        return ()
    return tuple(match.span() for match in named)


def _lists(text: str, people: int, *, exam: bool) -> Iterator[Breach]:
    """Names under a heading that ranks them."""
    low = _LOW.search(text)
    heading = low or _HIGH.search(text)
    if heading is None:
        return
    start, end = heading.end(), heading.end() + _WINDOW
    names = {
        m["name"]: m.span("name") for m in _LISTED.finditer(text, start, end) if is_name(m["name"])
    }
    spans = tuple(names.values())
    if len(names) >= (2 if low else people):
        yield Breach("names", 2, SURE if low or exam else DOUBTFUL, len(names), spans)
    elif names and low and not OWN.search(text) and spans[0][0] - start <= 6:
        yield Breach("names", 2, DOUBTFUL, len(names), spans)
