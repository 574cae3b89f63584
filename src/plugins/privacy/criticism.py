"""Criticism that names a pupil (02.3.4, 08.1.2.6, 08.2.1.5, 21.2.1.6). Pure.

Praise, questions, illness, roll calls and what people say of their own child are none. Wherever a
sentence can be read in two ways, a person is asked or nothing is found.
"""

from __future__ import annotations

from functools import cached_property
from itertools import islice
import re
from typing import TYPE_CHECKING, NamedTuple

from .plain import DOUBTFUL, SURE, Breach

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .pupils import Pupil

# A name is taken out of the text and leaves these in its place, so that patterns can speak of names.
_FIRST, _REST, _NONE = "\ue000", "\ue001", "\ue002"
_NO_SIGNS = dict.fromkeys(map(ord, (_FIRST, _REST, _NONE)), "\ue003")
_N = f"{_FIRST}{_REST}*"
_CALLED = "(?:同学|小朋友)?"

_ADVERBS = (
    "(?:今天|昨天|最近|这周|[总老]是?|一直|经常|常常|每次|天天|多次|频繁|又双叒叕|又|还|还没有?说|仍然?|也|都|就|在"
    "|爱|喜欢|不停地?|不断|偷偷地?|时|的时候|期间|居然|竟然|全部|有点)"
)
_WORK = "(?:作业|练习册?|习题|试卷|卷子|订正|听写|默写|背诵|抄写|日记|周记|作文|预习|口算|打卡|生字|单词)"
_DO = "(?:按时|及时|按要求|认真|好好)?(?:上交|提交|完成|订正|过关|交|写|做|背|带)(?!的是|动)"
_NOT_DONE = f"(?:没有?|未|不|忘了?|拒绝){_DO}"
_LESSON = "(?:上[^，,。\\s]{0,2}课|课堂上?|课上|早读|晚?自习课?|听课)"
_IN_LESSON = (
    "(?:讲话|说话|聊天|睡觉|打瞌睡|打盹|走神|分心|发呆|开小差|捣乱|[吃喝]东西|吃零食|打闹|传纸条|顶嘴|下座位"
    "|看[^，,。]{0,3}(?:小说|课外书|漫画)|玩[^，,。]{0,2}(?:手机|手表|玩具|笔|橡皮|游戏|纸)|不听讲?|不认真|不专心"
    "|[做搞]小动作|注意力不集中|坐不住)"
)
_HOME = re.compile(
    f"{_WORK}{_ADVERBS}*{_NOT_DONE}"
    f"|{_NOT_DONE}(?:完|好|齐|全|过|上来)?(?:了|的)?[^，,。；;\\s]{{0,4}}?{_WORK}(?![本纸袋])"
    f"|(?:数学|语文|英语|科学){_ADVERBS}*(?:没有?|未|不){_DO}"
    f"|[缺漏欠]交{_WORK}?|拖欠{_WORK}"
    f"|{_WORK}(?:[写做完成]{{1,2}})?[得的]?(?:太|很|真|非常|特别|这么|又)*"
    "(?:潦草|马虎|敷衍|应付|糟糕|差(?!不多|一?点|几)|乱七八糟|一塌糊涂|难看|不认真)"
    f"|{_LESSON}(?:{_N}{_CALLED}|{_ADVERBS})*{_IN_LESSON}(?!的?声音)"
    "|(?:不认真|不好好|不专心)(?:听讲|听课|上课|学习|读书|写字)|学习(?:很|太)?不用心|不爱学习|不求上进|不思进取"
    "|学习态度(?:很|太)?(?:不端正|不好|差|有问题)|态度不端正"
    f"|(?:成绩|分数)(?:{_ADVERBS}|很|太|非常|特别|最|比较?|越来越|这么)*"
    "(?:差(?!不多|异|一?点|几)|不好|下降|下滑|退步|不理想|落后|糟糕|烂)"
    "|退步(?:很大|明显|太|严重|了)|倒数(?:第[一二三四五六七八九十\\d]+)?|垫底|[没不未]及格|考砸|差生|学渣|后进生"
    "|考得(?:很|太|这么|那么|非常|特别)*(?:差(?!不多)|烂|糟)"
    "|迟到|早退"
)
"""What a family also says of its own child."""
_CHARACTER = re.compile(
    "(?:太|很|真|特别|这么|那么|非常|又|一直|[总老]是?)?(?:不听话|不懂事|没有?教养|没有?家教|没有?规矩|没有?礼貌|不讲理)"
    "|(?:太|真是?|很|特别|这么|那么|好)(?:笨|懒|坏|蠢|差劲|调皮捣蛋)|笨死|蠢货|脑子(?:有问题|笨|不开窍|不好使)|不开窍"
    "|[坏]孩子|害群之马|屡教不改|没救了?|无药可救|不像话|不要脸"
    "|(?:好好|严加|严格|多加?)(?:管教|管管|管一管)|[管教]不住|管管吧"
    "|表现(?:很|太|非常|特别|最|比较?)*(?:差|不好|糟糕|恶劣)"
    "|(?<!自我)批评(?!指正|和|与)|写?检讨书?|被?(?:罚站|处分|记过)"
)
"""What is said of a child as such."""
_HARM = re.compile(
    f"(?:打|踢|推|骂|咬|掐|抓|推倒|绊)(?:了|伤了?|哭了?)?(?:{_N}|同学|人(?!数|次)|别人|小朋友|女生|男生|我[家儿女的们]|我孩子)"
    "|打(?:群)?架|动手打|欺[负凌](?:人|同学|别人|女生|男生|我[家儿女的们])?|霸凌|说脏话|[爱讲]脏话"
    "|偷(?:东西|钱|拿|了|同学|别人)|撒谎|说谎|骗人|(?:考试)?作弊|抄袭|抄(?:同学|别人)?(?:的)?作业|[逃旷]课|早恋"
    "|[吸抽]烟|顶撞(?:老师)?|顶嘴|捣乱|扰乱(?:课堂)?(?:纪律|秩序)?|[不没](?:遵)?守(?:课堂)?纪律|违反(?:课堂|学校)?纪律"
    "|带坏|丢(?:了)?(?:全班|班级|我们班|咱们?班)?的?(?:脸|人)|拖(?:了)?(?:全班|班级|班里|我们班|大家)?的?后腿"
    "|影响(?:了|到)?(?:其他同学|别的同学|别人|全班|大家|课堂)"
)
"""What is done to others."""
_KINDS = (
    ("home", re.compile("[没未不忘拒缺漏欠拖潦马敷应糟差塌难退倒垫砸渣烂迟早课读习]"), _HOME),
    ("character", re.compile("[不没笨懒坏蠢差调死脑害屡救药管批检罚处记]"), _CHARACTER),
    ("harm", re.compile("[打踢推骂咬掐抓绊欺霸脏偷撒说骗弊抄逃旷恋烟顶捣扰守违坏丢腿影]"), _HARM),
)
"""What it is called, a character of which any such text has one, and the texts."""

PRAISE = re.compile(
    "表扬|点赞|夸|进步(?!空间|不|慢|太?小)|[真很太最]棒|棒棒|优秀|[真很][好美]|做得好|写得(?:很|真|非常)?好|(?<!差)不错|值得学习"
    "|榜样|模范|标兵|之星|小能手|[获得]奖|荣获|恭喜|祝贺|了不起|(?<!不)(?<!不够)(?<!没有)(?:认真|积极|主动)(?!听讲)"
    "|帮助|乐于助人|拾金不昧|(?<!不)懂事|有条理|全勤|改掉|改正|改进|改了|好多了|好转|改善|明显好|虚心|谢谢老师|感谢"
)
_EXCUSE = re.compile(
    "生病|发烧|感冒|请[了个]?[病事]?假|病假|住院|不舒服|受伤|骨折|咳嗽|[肚头牙腿脚]子?[疼痛]|医[院务生]|看病|隔离|水痘|流感"
)
_MISTAKEN = re.compile("误会|误报|弄错|记错|冤枉")
_IMAGINED = re.compile(
    "如果|假如|要是|万一|比如|例如|假设|课文|故事|小说|童话|剧本|话剧|小品|[扮饰]演|演一?个|角色|电影|动画|书里|《|范文|例句|造句"
)
_ASKED = re.compile(
    "[?？]|吗|是不是|有没有|是否|(?<!不)知不知道|多少(?!遍|次|回)|什么|为啥|为什么|怎么(?!又|老|总|还|教|说|这|样|也|讲|都)"
)
_RHETORIC = re.compile("(?:怎么|为什么|为啥)(?:又|老|总|还|天天|每次|这么)")
_NEGATED = re.compile(
    "(?:没有?|[不未无别勿非]|避免|改掉了?|克服了?|杜绝|减少|很少|以为|误以为|并非|不是|防止|禁止)"
    "(?:再|有|会|要|能|许|准|是|该|得|在|乱|随便|故意|因为|出现|发生|必|用|可以|可|曾)*$"
)
_AGAIN = re.compile("(?:不要|别|不许|不准|不能|请勿)再(?:次|继续)?$")
_TO_COME = re.compile("(?:会|可能|要|将|恐怕|估计|怕|快|差点)(?:要|会)?(?:稍微|晚一?点)?$")
"""Somebody tells that they will be late."""
_OTHERS = re.compile(
    "谁|哪[些个位]|有的|有些|有人|个别|部分|其他|其余|别的|别人|大家|同学们|家长们|[你他她]们|我们(?!班)|全体"
    "|负责|检查|登记|统计|提醒|制止|阻止|劝|照顾|分享|互相|批改|安慰|安排|保护|[说写]的|发言|说[:：]|弟弟|妹妹|哥哥|姐姐"
)
"""Between a name and what is criticised: it is somebody else, or the pupil's task."""
_SUFFERED = re.compile("被|让人|挨")
_OF_SOME = re.compile(
    "的(?!是|有|就|还有|名单|如下|人员|家长|[:：\\s]|同学(?:有|是|名单|如下|[:：\\s])|孩子(?:有|是))"
)
"""After the criticism: whoever does so, and nobody in particular."""
_LIST = re.compile(
    "(?:的)?(?:名单|人员)?(?:同学|学生|孩子|小朋友|家长|人)?们?(?:名单|如下)?(?:还|就|分别|主要|今天)?(?:有|是|如下|为)?"
    "(?:我们班|咱们?班|我班)?的?[\\s:：—-]*(?:1[.、)\\s]\\s*)?"
)
_ONE = re.compile(_N + _CALLED)
_NEXT = re.compile(f"{_N}{_CALLED}(?=[\\s、,，。.;；!！和与及等还在\\d]|$|请|要)")
_APART = re.compile("(?:[\\s、,，和与及;；]|还有|\\d{1,2}[.、)])*")
_BESIDE = re.compile(f"{_CALLED}(?:[\\s、和与及,，]|还有|以及)+")
_TO_FAMILY = re.compile("管教|管管|管一管")
_AT_ONCE = re.compile("批评|检讨|处分|垫底|倒数|差生")
_CONTRAST = re.compile("但|可是|不过|就是|却|然而")
_ADDRESS = re.compile("老师|抱歉|对不起|不好意思|见谅|添麻烦|补上|补交|补做")
"""A parent who speaks to a teacher so is telling of their own child."""
_OWN_BEFORE = re.compile(
    "(?:[我俺咱]们?家|我(?:儿子?|女儿|闺女|孩子|娃|是|家孩子|家老[大二]))(?:孩子|的)?$|本人是?$"
)
_RELATION = "爸爸?|妈妈?|父亲|母亲|爷爷|奶奶|外公|外婆|姥姥|姥爷|家长|家人"
_OF_FAMILY = re.compile(f"的?(?:{_RELATION})")
_NOT_THEM = re.compile(
    "老师|的(?:同桌|前桌|后桌|弟弟?|妹妹?|哥哥?|姐姐?|好?朋友|邻居|小?组|那一?组|座位|师傅|司机|老师)"
)
_PUPIL_AGAIN = re.compile("(?<![接送])(?:孩子|娃|[他她](?!们))|作业|上课")
"""After a parent was called: it is about the child."""
_LONGEST = 2000
"""Characters that are looked at."""
_MOST = 40
"""So many places of one kind in a sentence are looked at: no message is made to cost more."""
_MOST_NAMES = 60
_BEFORE = 16
"""Characters before a match in which it can be negated."""
_SENTENCE = re.compile("[^。！!？?；;\n]+[？?]?")
_CLAUSE = re.compile("[^，,]+")
_LAST = re.compile("[他她这]|那?孩子")


class _Name(NamedTuple):
    """A pupil in the text; `family`: it is their family that is spoken to."""

    start: int
    end: int
    id: int
    family: bool


class _Sentence:
    """A sentence of the text without names; what it says as a whole is worked out once."""

    def __init__(self, found: re.Match[str], names: Sequence[_Name]) -> None:
        self.said = found[0]
        self.start, self.end = found.span()
        self.names = [name for name in names if self.start <= name.start < self.end]

    @cached_property
    def told(self) -> bool:
        """Whether it tells what happened here, and nothing imagined or mistaken."""
        return not _IMAGINED.search(self.said) and not _MISTAKEN.search(self.said)

    @cached_property
    def excused(self) -> bool:
        return _EXCUSE.search(self.said) is not None

    @cached_property
    def asked(self) -> bool:
        return _ASKED.search(self.said) is not None and not self.rhetoric

    @cached_property
    def rhetoric(self) -> bool:
        return _RHETORIC.search(self.said) is not None

    @cached_property
    def praised(self) -> list[list[_Name]]:
        """Whom each of its clauses names that praises."""
        clauses = [clause for clause in _CLAUSE.finditer(self.said) if PRAISE.search(clause[0])]
        return [
            [
                name
                for name in self.names
                if clause.start() <= name.start - self.start < clause.end()
            ]
            for clause in clauses
        ]

    def beside_praise(self, linked: Sequence[_Name]) -> float:
        """How sure criticism of these is that stands in one sentence with praise: praise of others takes
        nothing from it."""
        if all(named and not any(one in named for one in linked) for named in self.praised):
            return SURE
        return DOUBTFUL if _CONTRAST.search(self.said) else 0.0


def criticism(text: str, pupils: Sequence[Pupil], *, perhaps_own: bool) -> Breach | None:
    """What a plain text criticises of `pupils`, the ones whom it names and who are not the author's.

    `perhaps_own`: the author may be a parent of whom nobody knows the child.
    """
    blanked, names = _without_names(text[:_LONGEST], pupils)
    if not names:
        return None
    addressed = perhaps_own and _ADDRESS.search(blanked) is not None
    found: dict[_Name, float] = {}
    last: list[_Name] = []
    for one in _SENTENCE.finditer(blanked):
        sentence = _Sentence(one, names)
        for kind, may, pattern in _KINDS:
            if may.search(blanked, sentence.start, sentence.end) is None:
                continue
            places = pattern.finditer(blanked, sentence.start, sentence.end)
            for match in islice(places, _MOST):
                confidence = _confidence(blanked, sentence, match, kind)
                if perhaps_own and kind != "harm":
                    most = 0.0 if addressed else DOUBTFUL if kind == "home" else SURE
                    confidence = min(confidence, most)
                if not confidence:
                    continue
                linked = list(_linked(blanked, match, sentence, names))
                if not linked and not sentence.names and _LAST.match(sentence.said.strip()):
                    linked = last
                confidence = min(confidence, sentence.beside_praise(linked))
                for name in linked:
                    found[name] = max(confidence, found.get(name, 0.0))
        last = sentence.names or last
    certain = {name: confidence for name, confidence in found.items() if confidence > 0}
    if not certain:
        return None
    spans = tuple(sorted((name.start, name.end) for name in certain))
    number = len({name.id for name in certain})
    return Breach("criticism", 2, max(certain.values()), number, spans)


def _without_names(text: str, pupils: Sequence[Pupil]) -> tuple[str, list[_Name]]:
    """The text with signs for its names, and those that are spoken of."""
    own = {
        one.id
        for one in pupils
        if _OWN_BEFORE.search(text[max(0, one.start - _BEFORE) : one.start])
    }
    signs = list(text.translate(_NO_SIGNS))
    names: list[_Name] = []
    for start, end, pupil in pupils:
        if end > len(text) or len(names) == _MOST_NAMES:
            break
        after = text[end : end + 8]
        if pupil in own or _NOT_THEM.match(after):
            signs[start:end] = _NONE * (end - start)
            continue
        signs[start:end] = _FIRST + _REST * (end - start - 1)
        names.append(_Name(start, end, pupil, _OF_FAMILY.match(after) is not None))
    return "".join(signs), names


def _confidence(text: str, sentence: _Sentence, match: re.Match[str], kind: str) -> float:
    """How sure it is that what matched is criticism of anybody; 0 where it is none."""
    before = text[max(sentence.start, match.start() - _BEFORE) : match.start()]
    if _NEGATED.search(before):
        return DOUBTFUL if _AGAIN.search(before) else 0.0
    if not sentence.told or (match[0].endswith("迟到") and _TO_COME.search(before)):
        return 0.0
    if kind == "harm":
        # Whoever accuses may ask something in the same breath.
        clause = _clause_of(text, sentence, match)
        return 0.0 if _ASKED.search(clause) and not sentence.rhetoric else SURE
    return 0.0 if sentence.excused or sentence.asked else SURE


def _clause_of(text: str, sentence: _Sentence, match: re.Match[str]) -> str:
    start = max(sentence.start, *(text.rfind(c, 0, match.start()) + 1 for c in "，,"))
    ends = [end for c in "，," if (end := text.find(c, match.end(), sentence.end)) >= 0]
    return text[start : min(ends, default=sentence.end)]


def _linked(
    text: str, match: re.Match[str], sentence: _Sentence, names: Sequence[_Name]
) -> Iterator[_Name]:
    """The pupils of whom what matched is said: listed after it, or else named before it."""
    listed = list(_listed(text, match, names))
    if listed:
        yield from listed
        return
    if _OF_SOME.match(text, match.end()):
        return
    before = [
        name
        for name in sentence.names
        if name.start < match.end() and not _is_object(match, name, text)
    ]
    if not before:
        return
    last = before[-1]
    between = text[last.end : match.start()]
    if _OTHERS.search(between) or _SUFFERED.search(between):
        return
    if last.family and not _PUPIL_AGAIN.search(text, last.end, match.end()):
        if not _TO_FAMILY.search(match[0]):
            return
    yield last
    # Those who are named in one breath with the last.
    for name in reversed(before[:-1]):
        if not _BESIDE.fullmatch(text[name.end : last.start]):
            return
        yield name
        last = name


def _is_object(match: re.Match[str], name: _Name, text: str) -> bool:
    """Whether it is the one who was beaten, and not the one who beat."""
    inside = match.start() < name.start < match.end()
    return inside and match[0][0] in "打踢推骂咬掐抓绊"


def _listed(text: str, match: re.Match[str], names: Sequence[_Name]) -> Iterator[_Name]:
    """The pupils in a list that begins where the criticism ends."""
    head = _LIST.match(text, match.end())
    assert head is not None
    place = head.end()
    if not head[0] and not _AT_ONCE.search(match[0]):
        return
    by_start = {name.start: name for name in names}
    while one := (_ONE if place == head.end() else _NEXT).match(text, place):
        name = by_start[one.start()]
        if name.family and "孩子" not in head[0]:
            return
        yield name
        apart = _APART.match(text, one.end())
        assert apart is not None
        if apart.end() == one.end():
            return
        place = apart.end()
