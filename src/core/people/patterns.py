"""Readable templates of names, such as `{学生}{关系}` or `{学号}?{姓名}`: what stands where in a name or an
answer, and the right form for somebody (02.1.2, 08.1.1.2, 10.3.1, 12.1.2; anchors/moderation.md, 4.2).
Pure.

A slot stands in braces; `?` after a slot or a word makes it optional; `{关系:爸爸|妈妈|本人}` takes these
values only. Separators and brackets between the parts may be left out or be others in what people
write; a group of them in a template, as in `{班级}[-_ ·]{学生}`, names those that are good, the first of
which is written.

The templates know no roster: who a name belongs to, and which of several readings is meant, is for
the caller to decide.
"""

from __future__ import annotations

from dataclasses import dataclass
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
import unicodedata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

STUDENT, RELATION, NAME = "学生", "关系", "姓名"
LONGEST = 64
"""Characters; no name or answer that is longer is read."""
_LONGEST_PATTERN = 100
_MOST_SLOTS = 8
_MOST_READINGS = 24
_MOST_CHILDREN = 3

_FORMS = {
    "爸爸": "爸 老爸 父亲 爹爹 爹地",
    "妈妈": "妈 老妈 母亲 妈咪 娘亲",
    "爷爷": "祖父",
    "奶奶": "祖母",
    "外公": "外祖父",
    "外婆": "外祖母",
    "姥姥": "",
    "姥爷": "",
    "哥哥": "",
    "姐姐": "",
    "叔叔": "",
    "伯伯": "",
    "舅舅": "",
    "姑姑": "姑妈",
    "姨妈": "阿姨",
    "家长": "爸妈 父母",
    "监护人": "",
    "本人": "",
}
RELATIONS: Mapping[str, str] = MappingProxyType(
    {form: usual for usual, forms in _FORMS.items() for form in (usual, *forms.split())}
)
"""Written form → usual form."""

_SUBJECTS = (
    "语文 数学 英语 物理 化学 生物 政治 历史 地理 道法 道德与法治 思品 品德 科学 体育 音乐 美术 信息"
    " 信息技术 信息科技 通用技术 劳动 劳技 心理 心理健康 书法 综合 综合实践 日语 俄语 法语 德语 舞蹈 编程"
    " 阅读 国学 班主任 副班主任 主班 配班 保育 生活"
).split()
_EXAMPLES = {
    STUDENT: "张小明",
    RELATION: "妈妈",
    NAME: "李华",
    "姓": "李",
    "学科": "语文",
    "班级": "三年级二班",
    "学号": "12",
    "年级": "三年级",
    "学校": "第一小学",
    "电话": "13800000000",
}

_ALIKE = str.maketrans("•‧∙⋅・●‐‑‒–—―−⁃’‘`", "······--------'''")
_UNSEEN = frozenset({"Cf", "Mn", "Me", "Cc", "Cs", "Co", "Cn"})
_FILLERS = dict.fromkeys(map(ord, "\u115f\u1160\u3164\uffa0"), " ")
"""Letters by category, invisible on the screen."""
_DECORATION = frozenset({"So", "Sk", "Sm", "Sc"})
_SEPARATORS = " -_·+.,、:|~/&()[]【】;"

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\u3007\U00020000-\U000323af"
_LETTER = rf"[^\W\d_{_HAN}]"
_PLAIN_NAME = re.compile(rf"[{_HAN}]{{2,6}}")
_SPACED_NAME = re.compile(rf"[{_HAN}] [{_HAN}]")
_DOTTED_NAME = re.compile(rf"[{_HAN}]+(?:·[{_HAN}]+)+")
_LATIN_NAME = re.compile(rf"{_LETTER}+(?:[ .'·-]{{1,2}}{_LETTER}+)*")
_LONGEST_DOTTED, _LONGEST_LATIN = 15, 30
_NO_NAME = re.compile(
    "[我你他她们的吗呢吧啊爸妈]|老师|同学|主任|校长|园长|年级|.班|"
    + "|".join(form for form in RELATIONS if len(form) > 1)
)
"""What stands in nobody's name, so that a name ends before it."""
_JOINED = re.compile(" ?[/、&和与跟+,;] ?")
_BY_LENGTH = sorted(RELATIONS.items(), key=lambda one: -len(one[0]))

_LEFT_OUT = "\0"
_AROUND = re.escape(_SEPARATORS)
_BRACKETED = re.compile(rf"\({_LEFT_OUT}+\)")
_BEFORE_NONE = re.compile(rf"^(?:{_LEFT_OUT}[{_AROUND}]*)+")
_AFTER_NONE = re.compile(rf"[{_AROUND}]*{_LEFT_OUT}")

_DOUBLE_SURNAMES = (
    "欧阳|太史|上官|端木|司马|东方|独孤|南宫|万俟|闻人|夏侯|诸葛|尉迟|公羊|赫连|澹台|皇甫|宗政|濮阳|公冶|申屠|公孙|慕容"
    "|仲孙|钟离|长孙|宇文|司徒|鲜于|司空|令狐|呼延|轩辕|拓跋|百里|东郭|西门|淳于|单于"
)
_FIGURES = "[一二三四五六七八九十0-9]"
_STAGES = "小学|初中|高中|小|初|高|中|大|托"
_WRITTEN: Mapping[str, tuple[re.Pattern[str], int]] = {
    "班级": (
        re.compile(
            rf"(?:{_STAGES})?(?:{_FIGURES}{{1,4}}(?:年级|年|级|届)?)?\(?{_FIGURES}{{1,3}}\)?班"
            rf"|[{_HAN}]{{1,4}}班|[1-9][0-9]{{2,3}}"
        ),
        14,
    ),
    "姓": (re.compile(rf"{_DOUBLE_SURNAMES}|[{_HAN}]"), 2),
    "学号": (re.compile(r"[A-Za-z]?[0-9]{1,20}"), 21),
    "年级": (
        re.compile(
            rf"(?:{_STAGES})?{_FIGURES}{{1,2}}年级|[初高]{_FIGURES}|[0-9]{{2,4}}[级届]|[小中大托]班"
        ),
        7,
    ),
    "学校": (
        re.compile(
            rf"[{_HAN}0-9]{{0,16}}"
            rf"(?:学校|小学|中学|大学|学院|幼儿园|分校|校区|附中|附小|实小|{_FIGURES}[小中])"
        ),
        20,
    ),
    "电话": (re.compile(r"1[3-9][0-9](?:[ -]?[0-9]{4}){2}|(?:0[0-9]{2,3}-?)?[2-8][0-9]{6,7}"), 13),
}
"""Slot → how it is written, and the most characters it takes."""

_TOKEN = re.compile(
    r"\{(?P<slot>[^{}:]*)(?::(?P<only>[^{}]*))?\}(?P<maybe>\?)?"
    r"|\[(?P<group>[^\[\]]*)\](?P<never>\?)?"
    r"|(?P<between>(?:_|[^\w{}\[\]?])+)(?P<unwritten>\?)?"
    r"|(?P<word>[^\W_]+)(?P<perhaps>\?)?"
)


class Reading(NamedTuple):
    """One way to read a name."""

    fields: Mapping[str, str]
    """Slot → what stands there; a relation in its usual form."""
    students: tuple[str, ...]
    """The children that are named."""


class _Piece(NamedTuple):
    """What stands in one slot."""

    end: int
    value: str
    students: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of a template: a slot, a word, or what is written between two of them."""

    slot: str = ""
    text: str = ""
    """The word; or what is written between parts."""
    optional: bool = False
    only: tuple[str, ...] = ()
    """The only values that the slot takes, where it does not take all."""
    between: bool = False

    def pieces(self, text: str, at: int) -> Iterator[_Piece]:
        """What of a text can be this part, from a place on; the longest and likeliest first."""
        if not self.slot:
            if text.startswith(self.text, at):
                yield _Piece(at + len(self.text), "")
        elif self.slot == RELATION:
            yield from self._relations(text, at)
        elif self.only:
            for value in self.only:
                if text.startswith(value, at):
                    yield _Piece(at + len(value), value)
        elif self.slot == STUDENT:
            yield from _children(text, at)
        else:
            yield from _OF_SLOT[self.slot](text, at)

    def _relations(self, text: str, at: int) -> Iterator[_Piece]:
        start = at
        if text.startswith("的", at):
            start += 1 + text.startswith(" ", at + 1)
        for form, usual in _BY_LENGTH:
            if text.startswith(form, start) and (not self.only or usual in self.only):
                yield _Piece(start + len(form), usual)

    @property
    def example(self) -> str:
        """What stands here in an example."""
        if not self.slot:
            return self.text
        return self.only[0] if self.only else _EXAMPLES[self.slot]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One template. Made by `read`."""

    text: str
    """As its author wrote it."""
    parts: tuple[_Part, ...]

    @classmethod
    def read(cls, text: str) -> Pattern:
        """Read a template.

        Raises:
            ValueError: it is none; with words for its author.
        """
        parts = tuple(_parts(text))
        slots = [part.slot for part in parts if part.slot]
        if not {STUDENT, NAME, "姓", "学号"} & set(slots):
            raise ValueError(
                f"「{text}」里要有 {{学生}}、{{姓名}}、{{姓}} 或 {{学号}}，才认得出是谁"
            )
        if len(slots) > _MOST_SLOTS:
            raise ValueError(f"「{text}」的格子太多，最多 {_MOST_SLOTS} 个")
        for slot in slots:
            if slots.count(slot) > 1:
                raise ValueError(f"「{text}」里 {{{slot}}} 写了两次，每种只写一次")
        if all(part.optional for part in parts if not part.between):
            raise ValueError(f"「{text}」全是可有可无的，至少一个后面不要写问号")
        pattern = cls(text, parts)
        if not pattern.readings(pattern.example()):
            raise ValueError(f"「{text}」的名字太长了，或者没有人写得出来，请写得简单些")
        return pattern

    @property
    def slots(self) -> frozenset[str]:
        """What can stand in it, optional or not."""
        return frozenset(part.slot for part in self.parts if part.slot)

    @property
    def relations(self) -> frozenset[str]:
        """The relations that can stand in it, 本人 too where it may be left out; none where it has no
        place for them."""
        found = [part for part in self.parts if part.slot == RELATION]
        own = {"本人" for part in found if part.optional}
        return frozenset(own.union(*(part.only or RELATIONS.values() for part in found)))

    def readings(self, text: str) -> tuple[Reading, ...]:
        """Every way in which the whole of a text can be read, at most 24; none of a text that is over
        `LONGEST` characters once it is cleaned."""
        plain = cleaned(text)
        if not 0 < len(plain) <= LONGEST:
            return ()
        parts = tuple(part for part in self.parts if not part.between)
        found: dict[tuple[tuple[str, str], ...], Reading] = {}
        tried = 0
        for pieces in _walk(parts, plain, 0, set()):
            fields = tuple((slot, piece.value) for slot, piece in pieces if slot)
            students = tuple(name for _, piece in pieces for name in piece.students)
            found.setdefault(
                (*fields, *(("", one) for one in students)), Reading(dict(fields), students)
            )
            # Optional words can be read in very many ways that are all the same.
            tried += 1
            if len(found) == _MOST_READINGS or tried == 4 * _MOST_READINGS:
                break
        return tuple(found.values())

    def example(self) -> str:
        """The form with invented people, without what is optional: `张小明妈妈`."""
        return self.fill(
            {part.slot: part.example for part in self.parts if part.slot and not part.optional}
        )

    def fill(self, fields: Mapping[str, str]) -> str:
        """The right form for somebody; what is optional is left out where nothing is given for it.

        Raises:
            KeyError: nothing is given for a slot that is needed.
        """
        written = ""
        for part in self.parts:
            value = fields.get(part.slot, "") if part.slot else part.text
            if part.slot and not part.optional and not value:
                raise KeyError(part.slot)
            left_out = not value or (part.optional and not part.slot)
            written += _LEFT_OUT if left_out else value
        # What stood around something that is left out goes with it.
        written = _BRACKETED.sub(_LEFT_OUT, written)
        return _AFTER_NONE.sub("", _BEFORE_NONE.sub("", written))


def cleaned(text: str) -> str:
    """A name or an answer without what only decorates it: compatibility forms resolved, everything
    invisible dropped, dots and dashes made one, blanks joined, and symbols at its ends gone."""
    # Far more than is ever read, and little enough to be cheap whatever it is made of.
    plain = unicodedata.normalize("NFKC", text[: 4 * LONGEST]).translate(_ALIKE)
    plain = "".join(
        " " if c.isspace() else c
        for c in plain
        if c.isspace() or unicodedata.category(c) not in _UNSEEN
    )
    plain = " ".join(plain.translate(_FILLERS).split())
    start, end = 0, len(plain)
    while start < end and _decorates(plain[start]):
        start += 1
    while start < end and _decorates(plain[end - 1]):
        end -= 1
    return plain[start:end]


def _decorates(character: str) -> bool:
    return character == " " or unicodedata.category(character) in _DECORATION


def _parts(text: str) -> Iterator[_Part]:
    """The parts of a template. Raises ValueError, with words for its author."""
    plain = unicodedata.normalize("NFKC", text).translate(_ALIKE).strip()
    if not 0 < len(plain) <= _LONGEST_PATTERN:
        raise ValueError(f"名片格式要写 1 到 {_LONGEST_PATTERN} 个字")
    at = 0
    while at < len(plain):
        found = _TOKEN.match(plain, at)
        if found is None:
            if plain[at] == "?":
                raise ValueError(f"「{text}」里的问号要紧跟在格子或词的后面，如 {{学号}}?")
            raise ValueError(f"「{text}」里的括号没有配对：格子写成 {{学生}}，分隔符写成 [-_]")
        at = found.end()
        if found["slot"] is not None:
            yield _slot(text, found["slot"].strip(), found["only"], optional=bool(found["maybe"]))
        elif found["word"] is not None:
            yield _Part(text=found["word"], optional=bool(found["perhaps"]))
        else:
            group, between = found["group"], found["between"]
            for character in group if group is not None else between:
                if character not in _SEPARATORS:
                    raise ValueError(
                        f"「{text}」里的「{character}」不能用，分隔符只用空格和 {_SEPARATORS.strip()}"
                    )
            if not found["never"] and not found["unwritten"]:
                yield _Part(text=group[:1] if group is not None else between, between=True)


def _slot(text: str, slot: str, only: str | None, *, optional: bool) -> _Part:
    if slot not in _EXAMPLES:
        known = " ".join(f"{{{one}}}" for one in _EXAMPLES)
        hint = "，几个词选一个要写成 {关系:爸爸|妈妈}" if "|" in slot else ""
        raise ValueError(f"「{text}」里没有 {{{slot}}} 这种格子，可用的是 {known}{hint}")
    values = tuple(value.strip() for value in only.split("|")) if only is not None else ()
    if not all(values) or (only is not None and slot in (STUDENT, NAME)):
        raise ValueError(f"「{text}」里 {{{slot}:…}} 写得不对，应像 {{关系:爸爸|妈妈}} 这样")
    if slot == RELATION:
        for value in values:
            if value not in RELATIONS:
                raise ValueError(
                    f"「{text}」里的「{value}」不是认得的关系，可用的是 {' '.join(_FORMS)}"
                )
        values = tuple(dict.fromkeys(RELATIONS[value] for value in values))
    return _Part(slot=slot, optional=optional, only=values)


def _walk(
    parts: tuple[_Part, ...], text: str, at: int, dead: set[tuple[int, int]]
) -> Iterator[tuple[tuple[str, _Piece], ...]]:
    """Every way to read a text from a place on as the last of the parts. `dead`: how many parts are
    left at which places from where nothing was found, so that no place is tried twice in vain."""
    if not parts:
        if not text[at:].strip(_SEPARATORS):
            yield ()
        return
    if (len(parts), at) in dead:
        return
    first, *others = parts
    rest = tuple(others)
    found = False
    for start in _starts(text, at):
        for piece in first.pieces(text, start):
            for more in _walk(rest, text, piece.end, dead):
                found = True
                yield (first.slot, piece), *more
    if first.optional:
        for more in _walk(rest, text, at, dead):
            found = True
            yield more
    if not found:
        dead.add((len(parts), at))


def _starts(text: str, at: int) -> Iterator[int]:
    """Where the next part may begin: after the separators, or with a bracket of its own."""
    place = at
    while place < len(text) and text[place] in _SEPARATORS:
        place += 1
    yield place
    if place > at and text[place - 1] == "(":
        yield place - 1


def _names(text: str, at: int) -> Iterator[_Piece]:
    """The names that may begin at a place, the longest first."""
    ends: dict[int, str] = {}
    if (found := _DOTTED_NAME.match(text, at, at + _LONGEST_DOTTED)) is not None:
        first_dot = text.index("·", at)
        ends |= {end: text[at:end] for end in range(first_dot + 2, found.end() + 1)}
    if (found := _PLAIN_NAME.match(text, at)) is not None:
        ends |= {end: text[at:end] for end in range(at + 2, found.end() + 1)}
    elif (found := _SPACED_NAME.match(text, at)) is not None:
        ends[found.end()] = found[0].replace(" ", "")
    if (found := _LATIN_NAME.match(text, at, at + _LONGEST_LATIN)) is not None:
        ends |= {
            end: text[at:end]
            for end in range(at + 2, found.end() + 1)
            if end == found.end() or not text[end].isalpha()
            if text[end - 1].isalpha()
        }
    for end, name in sorted(ends.items(), reverse=True):
        if not name.endswith("·") and not _NO_NAME.search(name):
            yield _Piece(end, name)


def _children(text: str, at: int) -> Iterator[_Piece]:
    """One child's name, or those of several that are joined; two may stand side by side."""
    for first in _names(text, at):
        yield first._replace(students=(first.value,))
        yield from _joined(text, at, first.end, (first.value,))
    for first in _names(text, at):
        if first.end - at == len(first.value) <= 4:
            start = first.end + text.startswith(" ", first.end)
            for second in _names(text, start):
                if second.end - start == len(second.value) <= 4:
                    yield _Piece(second.end, text[at : second.end], (first.value, second.value))


def _joined(text: str, at: int, end: int, names: tuple[str, ...]) -> Iterator[_Piece]:
    joint = _JOINED.match(text, end)
    if joint is None or len(names) == _MOST_CHILDREN:
        return
    for other in _names(text, joint.end()):
        more = (*names, other.value)
        yield _Piece(other.end, text[at : other.end], more)
        yield from _joined(text, at, other.end, more)


def _subjects(text: str, at: int) -> Iterator[_Piece]:
    for subject in _SUBJECTS:
        if text.startswith(subject, at):
            yield _Piece(at + len(subject), subject)


def _written(slot: str) -> Callable[[str, int], Iterator[_Piece]]:
    form, most = _WRITTEN[slot]

    def pieces(text: str, at: int) -> Iterator[_Piece]:
        for end in range(min(len(text), at + most), at, -1):
            if form.fullmatch(text, at, end) is not None:
                yield _Piece(end, text[at:end])

    return pieces


_OF_SLOT: Mapping[str, Callable[[str, int], Iterator[_Piece]]] = {
    NAME: _names,
    "学科": _subjects,
    **{slot: _written(slot) for slot in _WRITTEN},
}
