"""What a group may be called: templates such as `{年级}{班级}`, and the class that a name names. Pure."""

from __future__ import annotations

from dataclasses import dataclass
import re
from typing import TYPE_CHECKING, Literal
import unicodedata

from src.core.area import ACT
from src.core.text import fold

if TYPE_CHECKING:
    from src.core.text import Lexicon

    from .settings import ProfileSettings

_HAN = "\u4e00-\u9fff"
_FIGURE = "[一二三四五六七八九十0-9]"
_STAGE = "小学|初中|高中|小|初|高"
_GRADE = (
    rf"(?:(?:{_STAGE})?{_FIGURE}{{1,2}}年级|[初高]{_FIGURE}|(?:20)?[0-9]{{2}}[级届]|[小中大托])"
)
_USES = (
    "家长|学生|师生|班级|班|学习|作业|通知|交流|沟通|联系|工作|家校|共育|官方|微信|qq|大家庭|委员会|家委会"
    "|家委|班委"
)
_SLOTS = {
    "学校": rf"[{_HAN}0-9]{{0,16}}?"
    rf"(?:学校|小学|中学|大学|学院|幼儿园|分校|校区|附中|附小|实小|{_FIGURE}[小中])",
    "年级": _GRADE,
    "班级": rf"{_GRADE}?(?![{_HAN}]{{0,2}}(?:培训|补习|辅导|兴趣|提高|冲刺))"
    rf"(?:{_FIGURE}{{1,3}}|[{_HAN}]{{1,4}})班",
    "用途": f"(?:{_USES}){{0,4}}(?:群|大家庭|{_USES})",
}
_TOKEN = re.compile(r"\{(?P<slot>[^{}]*)\}(?P<maybe>[?？])?|(?P<word>[^{}?？]+)(?P<perhaps>[?？])?")
_EXAMPLES = {"学校": "第一小学", "年级": "三年级", "班级": "三年级二班", "用途": "家长群"}
_LONGEST = 100
_MOST_PARTS = 12


def plain(name: str) -> str:
    """A name without what stands between and around its letters."""
    normal = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in normal if unicodedata.category(c)[0] in "LN")


@dataclass(frozen=True, slots=True)
class Template:
    """One form of a group's name. Made by `read`."""

    text: str
    """As its author wrote it."""
    form: re.Pattern[str]

    @classmethod
    def read(cls, text: str) -> Template:
        """Read a template: slots in braces, `?` after what may be left out.

        Raises:
            ValueError: it is none; with words for its author.
        """
        written, at, parts = text.strip(), 0, list[str]()
        if not 0 < len(written) <= _LONGEST:
            raise ValueError(f"群名格式要写 1 到 {_LONGEST} 个字")
        needed = False
        while at < len(written):
            found = _TOKEN.match(written, at)
            if found is None:
                raise ValueError(f"「{text}」里的括号或问号写得不对：格子写成 {{班级}}")
            at = found.end()
            slot = found["slot"]
            if slot is not None and slot not in _SLOTS:
                known = " ".join(f"{{{one}}}" for one in _SLOTS)
                raise ValueError(f"「{text}」里没有 {{{slot}}} 这种格子，可用的是 {known}")
            part = _SLOTS[slot] if slot is not None else re.escape(plain(found["word"]))
            maybe = bool(found["maybe"] or found["perhaps"])
            needed = needed or not (maybe or not part)
            parts.append(f"(?:{part})?" if maybe else f"(?:{part})")
        if len(parts) > _MOST_PARTS:
            raise ValueError(f"「{text}」的格子太多，最多 {_MOST_PARTS} 个")
        if not needed:
            raise ValueError(f"「{text}」全是可有可无的，至少一个后面不要写问号")
        return cls(written, re.compile("".join(parts)))

    @property
    def example(self) -> str:
        """A name of this form, with all that may be left out."""
        # The grade is written once.
        values = {**_EXAMPLES, "班级": "二班"} if "{年级}" in self.text else _EXAMPLES
        return _TOKEN.sub(lambda found: found["word"] or values[found["slot"]], self.text)

    def fits(self, name: str) -> bool:
        """Whether the whole of a name has this form; separators, brackets and signs do not count."""
        return self.form.fullmatch(plain(name)) is not None


_RUN = re.compile("[一二三四五六七八九十]+")
_CLASS = re.compile(
    r"(?P<stage>小学|初中|高中|小|初|高)?\s*(?P<grade>\d{1,4})\s*(?:年级|年|级|届)?[\s()·_-]*(?P<number>\d{1,3})"
    r"\s*\)?\s*班"
)
_DIGITS = {figure: str(value) for value, figure in enumerate("一二三四五六七八九", 1)}
_FIRST_GRADE = {"初": 6, "高": 9}


def _figures(run: re.Match[str]) -> str:
    """Chinese figures as digits, each on its own; 十二 is 12."""
    written = run[0]
    if written == "十":
        return " 10"
    if written.startswith("十"):
        return f" 1{_DIGITS.get(written[1], '0')}"
    return "".join(f" {_DIGITS.get(one, '10')}" for one in written)


def _numbered(name: str) -> str:
    return _RUN.sub(_figures, unicodedata.normalize("NFKC", name).casefold())


def _class_in(name: str) -> tuple[int, int] | None:
    """The grade, counted from the first of primary school, and the class that a name tells of."""
    found = _CLASS.search(_numbered(name))
    if found is None:
        return None
    above = _FIRST_GRADE.get((found["stage"] or "")[:1], 0)
    return above + int(found["grade"]), int(found["number"])


def names_class(name: str, class_name: str) -> bool:
    """Whether a group's name names the class, in full or in short: 高三(2)班 and 高三二班 are one."""
    wanted = _class_in(class_name)
    if wanted is not None and _class_in(name) == wanted:
        return True
    return plain(_numbered(class_name)) in plain(_numbered(name))


Fault = Literal["", "long", "form", "class", "term"]


def fault_of(
    name: str, settings: ProfileSettings, class_name: str | None, lexicon: Lexicon
) -> Fault:
    """What is wrong with a group's name by a clause; empty where nothing is. `class_name` is None where
    the group has no class."""
    if len(name) > settings.longest:
        return "long"
    if settings.categories and any(
        hit.category in settings.categories
        and hit.kind in ("alone", "slur")
        and hit.confidence >= ACT
        for hit in lexicon.scan(fold(name))
    ):
        return "term"
    if settings.templates and not any(one.fits(name) for one in settings.templates):
        return "form"
    if settings.of_class and class_name is not None and not names_class(name, class_name):
        return "class"
    return ""
