"""Whether a name is right, wrong, or not to be left for a moment; and what the right one is. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import product
import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from src.core.people import PersonKind, Role
from src.core.people.patterns import NAME, RELATION, RELATIONS, STUDENT, Pattern, cleaned
from src.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from src.core.chat.events import Account
    from src.core.people import ClassRoster, Identity, Person
    from src.core.people.patterns import Reading

    from .settings import NicknameSettings, RoleName

Grade = Literal["fine", "wrong", "grave"]
_TEACHERS = frozenset({"teacher", "head-teacher", "leader"})
_FALLBACKS: Mapping[str, tuple[RoleName, ...]] = {
    "leader": ("leader", "teacher", "staff"),
    "head-teacher": ("head-teacher", "teacher"),
    "teacher": ("teacher",),
    "staff": ("staff", "teacher"),
    "committee": ("committee", "parent"),
    "parent": ("parent",),
    "student": ("student",),
}
"""Role → whose templates it has, the first that the clause names."""
_FAKE = re.compile(
    r"[\[【(<]\s*(?:QQ|微信)?\s*"
    r"(?:红包|转账|收款|图片|语音|视频|文件|链接|位置|动画表情|小程序|聊天记录|群公告|群投票|CQ:)",
    re.IGNORECASE,
)
"""What platforms write in place of a thing (anchors/onebot.md, fact 7)."""
_OFFICES = re.compile(
    # 李群主任 is the head of something.
    "群主(?!任)|管理员|系统消息|系统通知|系统提示|系统公告|官方客服"
    "|腾讯客服|微信团队|qq团队|全体成员"
)
_TITLE = re.compile("老师|校长|园长|主任")
_A_TEACHER = (Pattern.read("{学科}?{姓名}老师"), Pattern.read("{姓名}老师({学科})"))
_BY_SURNAME = Pattern.read("{学科}?{姓}老师")
_SHORTEST = 2
"""Characters; a shorter name is nobody's own."""


class Bearer(NamedTuple):
    """Whose name it is."""

    account: Account
    role: Role | None
    """What the school says."""
    is_staff: bool
    identities: tuple[Identity, ...] = ()

    @property
    def roles(self) -> frozenset[str]:
        """Everything that is known of what somebody is here; empty: nothing is."""
        if self.role is not None:
            return frozenset({self.role.value})
        return frozenset(
            "parent" if one.relation or one.person.kind is PersonKind.GUARDIAN
            else one.person.kind.value
            for one in self.identities
        )  # fmt: skip

    @property
    def persons(self) -> frozenset[int]:
        """The entries of the roster that the account stands for; a guardian's is the student's."""
        return frozenset(one.person.student or one.person.id for one in self.identities)


class Verdict(NamedTuple):
    """What is to be said of a name."""

    grade: Grade
    why: str = ""
    """A key of `texts.WHY`."""
    suggestion: str = ""
    """The right name; empty where it is not known."""
    certain: bool = False
    """The suggestion rests on the roster and who the account is, not on what stands in the name."""
    example: str = ""
    """The form with invented people; empty where no form is set."""


FINE = Verdict("fine")


class Circle:
    """The names in a group, by what a reader sees."""

    def __init__(self, names: Iterable[tuple[Bearer, str]]) -> None:
        self._alike: defaultdict[str, list[tuple[Bearer, str]]] = defaultdict(list)
        for bearer, name in names:
            self._alike[fold(name).skeleton].append((bearer, name))

    def like(self, name: str, but: Account) -> list[tuple[Bearer, str]]:
        """Who else has a name that looks the same, and how it is written."""
        form = fold(name).skeleton
        if len(form) < _SHORTEST:
            return []
        return [one for one in self._alike.get(form, ()) if one[0].account != but]


@dataclass(frozen=True, slots=True)
class Name:
    """All that a verdict rests on."""

    text: str
    bearer: Bearer
    roster: ClassRoster | None
    circle: Circle
    categories: frozenset[str] = frozenset()
    """Of the filtered words in it."""
    taken: bool = False
    """It was changed while others had theirs: where two are the same, it is this one that came
    second."""


def check(name: Name, settings: NicknameSettings) -> Verdict:
    """What a clause says of a name."""
    patterns = tuple(_patterns(name.bearer, settings))
    faults = _faults(name, patterns, settings) if patterns else frozenset[str]()
    why = _grave(name, settings, fits=not faults)
    if why:
        return _verdict("grave", why, name, patterns, settings)
    for why in ("placeholder", "same", "number", "other", "unknown", "format"):
        if why in faults:
            return _verdict("wrong", why, name, patterns, settings)
    if settings.protect and name.taken and name.circle.like(name.text, name.bearer.account):
        if not name.bearer.is_staff and not _of_one_family(name) and not _is_theirs(name):
            return _verdict("wrong", "twin", name, patterns, settings)
    return FINE


def may_fit(text: str, settings: NicknameSettings) -> bool:
    """Whether a name has a form that anybody may have here, whoever bears it."""
    patterns = settings.patterns.values()
    return not patterns or any(one.readings(text) for some in patterns for one in some)


def _named(role: str, settings: NicknameSettings) -> RoleName:
    """Under which role the templates for a role stand."""
    for one in _FALLBACKS[role]:
        if one in settings.templates:
            return one
    return "any"


def _patterns(bearer: Bearer, settings: NicknameSettings) -> Iterator[tuple[str, Pattern]]:
    """The templates that somebody may follow, each with its role."""
    own: list[RoleName] = [_named(role, settings) for role in sorted(bearer.roles)]
    if not own and bearer.is_staff and "teacher" not in settings.patterns:
        # Most likely a teacher whose role nobody has written down, and of teachers nothing is asked.
        return
    if not own:
        own = ["any"] if "any" in settings.patterns else list(settings.patterns)
    for role in dict.fromkeys(own):
        for pattern in settings.patterns.get(role, ()):
            yield role, pattern


# -- wrong --------------------------------------------------------------------------------------------


def _faults(
    name: Name, patterns: tuple[tuple[str, Pattern], ...], settings: NicknameSettings
) -> frozenset[str]:
    """Why no reading of the name is right; empty where one is."""
    text = cleaned(name.text)
    if text in settings.placeholders:
        return frozenset({"placeholder"})
    faults: set[str] = set()
    for role, pattern in patterns:
        for reading in pattern.readings(text):
            fault = _fault(reading, role, pattern, name, settings)
            if not fault:
                return frozenset()
            faults.add(fault)
    return frozenset(faults or {"format"})


def _fault(
    reading: Reading, role: str, pattern: Pattern, name: Name, settings: NicknameSettings
) -> str:
    own = reading.fields.get(NAME, "")
    if not {*reading.students, own}.isdisjoint(settings.placeholders):
        return "placeholder"
    roster = name.roster
    if roster is None or not settings.roster:
        return ""
    named = [roster.named(one, PersonKind.STUDENT) for one in reading.students]
    if own and not reading.students and role != "parent":
        if role == "student":
            named = [roster.named(own, PersonKind.STUDENT)]
        elif role == "any":
            named = [roster.named(own)]
        elif roster.teachers:
            named = [(*roster.named(own, PersonKind.TEACHER), *roster.named(own, PersonKind.STAFF))]
    if not all(named):
        return "unknown"
    number = reading.fields.get("学号", "")
    if number:
        named = [tuple(one for one in some if one.number.endswith(number)) for some in named]
        if not all(named):
            return "number"
    mine = name.bearer.persons
    if mine and any(mine.isdisjoint(one.id for one in some) for some in named):
        return "other"
    if "学号" in pattern.slots and not number:
        if any(len({one.number for one in some}) > 1 for some in named):
            return "same"
    return ""


# -- grave --------------------------------------------------------------------------------------------


def _grave(name: Name, settings: NicknameSettings, *, fits: bool) -> str:
    """Why the name cannot stay for a moment; empty where it can."""
    if name.bearer.is_staff:
        return ""
    known = fits and name.roster is not None
    if not known and name.categories & set(settings.filtered):
        return "filtered"
    skeleton = fold(name.text).skeleton
    if _FAKE.search(name.text) or _OFFICES.search(skeleton):
        return "fake"
    if not settings.protect or name.bearer.roles & _TEACHERS:
        return ""
    text = cleaned(name.text).casefold()
    for other, written in name.circle.like(name.text, name.bearer.account):
        if other.is_staff and (other.roles & _TEACHERS or _TITLE.search(written)):
            if not _may_be_namesake(name):
                return "teacher"
            continue
        if name.bearer.persons & other.persons or _is_theirs(name):
            continue
        # Two accounts of one mother are alike to the letter; look-alike letters are a disguise.
        disguised = name.taken and cleaned(written).casefold() != text
        # What nobody may be called is nobody's name.
        if (other.identities or disguised) and may_fit(written, settings):
            return "member"
    return "teacher" if _takes_a_teachers(name) else ""


def _is_theirs(name: Name) -> bool:
    """Whether the child who is named is, for all that is known, the bearer's: of one name there may be two
    in a class."""
    if name.roster is None:
        return False
    mentioned = {one.name for _, _, one in name.roster.mentions(fold(name.text))}
    named = [name.roster.named(one, PersonKind.STUDENT) for one in mentioned]
    return any(one.id in name.bearer.persons for same in named for one in same)


def _takes_a_teachers(name: Name) -> bool:
    """Whether the name is a teacher's of the roster, and its bearer is somebody else for certain. A
    teacher whose account nobody has noted yet must not be taken for a stranger."""
    if name.roster is None:
        return False
    for pattern in _A_TEACHER:
        for reading in pattern.readings(name.text):
            for teacher in _teachers(name.roster, reading.fields[NAME]):
                if name.bearer.roles or name.roster.accounts_of(teacher.id):
                    return True
    return False


def _may_be_namesake(name: Name) -> bool:
    """Whether the bearer, of whom nothing is known, may be another teacher of the same surname."""
    if name.roster is None or name.bearer.roles:
        return False
    for reading in _BY_SURNAME.readings(name.text):
        same = [one for one in name.roster.teachers if one.name.startswith(reading.fields["姓"])]
        if len(same) > 1 and not all(name.roster.accounts_of(one.id) for one in same):
            return True
    return False


def _teachers(roster: ClassRoster, written: str) -> Iterator[Person]:
    yield from roster.named(written, PersonKind.TEACHER)
    for near in roster.near(written, PersonKind.TEACHER):
        if near.why == "form":
            yield near.person


def _of_one_family(name: Name) -> bool:
    return any(
        name.bearer.persons & other.persons
        for other, _ in name.circle.like(name.text, name.bearer.account)
    )


# -- the right one ------------------------------------------------------------------------------------


def _verdict(
    grade: Grade,
    why: str,
    name: Name,
    patterns: tuple[tuple[str, Pattern], ...],
    settings: NicknameSettings,
) -> Verdict:
    # Whoever calls themselves a teacher is shown how teachers write it, unless it is another's name.
    titled = grade == "wrong" and _TITLE.search(name.text) is not None
    fit = [one for one in patterns if (one[0] in _TEACHERS) is titled] or patterns
    example = fit[0][1].example() if fit else ""
    for fields, certain in _known(name, patterns):
        short = {slot: fields[slot] for slot in fields if slot not in ("学号", "班级")}
        for (_, pattern), given in product(patterns, (short, fields)):
            try:
                right = pattern.fill(given)
            except KeyError:
                continue
            # Of one name in two families the short form is wrong as well.
            if right != cleaned(name.text) and not _faults(
                replace(name, text=right), patterns, settings
            ):
                return Verdict(grade, why, right, certain, example)
    return Verdict(grade, why, example=example)


def _known(
    name: Name, patterns: tuple[tuple[str, Pattern], ...]
) -> Iterator[tuple[dict[str, str], bool]]:
    """What is known of whoever bears the name: by the roster, or else by what stands in the name."""
    roster = name.roster
    if roster is None:
        return
    children = [one for one in name.bearer.identities if one.relation or one.person.student]
    if children:
        students = [roster.person(one.person.student or one.person.id) for one in children]
        relation = next((one.relation or one.person.relation for one in children), "")
        yield _of_students([one for one in students if one is not None], relation), True
    for one in name.bearer.identities:
        if one not in children:
            yield _of_person(one.person), True
    if name.bearer.identities:
        return
    folded = fold(name.text)
    mentioned = [one for _, _, one in roster.mentions(folded)]
    relations = {usual for form, usual in RELATIONS.items() if len(form) > 1 and form in name.text}
    if len({one.name for one in mentioned}) == 1 and len(roster.named(mentioned[0].name)) == 1:
        if len(relations) == 1:
            yield _of_students(mentioned[:1], relations.pop()), False
        elif not relations and any(RELATION not in pattern.slots for _, pattern in patterns):
            yield _of_person(mentioned[0]), False


def _of_students(students: list[Person], relation: str) -> dict[str, str]:
    if not students:
        return {}
    names = "/".join(dict.fromkeys(one.name for one in students))
    fields = {STUDENT: names, RELATION: relation, "班级": students[0].class_name}
    if len(students) == 1:
        fields["学号"] = students[0].number
    return {slot: value for slot, value in fields.items() if value}


def _of_person(person: Person) -> dict[str, str]:
    fields = {NAME: person.name, "学号": person.number, "班级": person.class_name}
    if person.kind is PersonKind.STUDENT:
        fields[STUDENT] = person.name
    elif person.kind is PersonKind.TEACHER:
        fields["学科"] = person.subject
    return {slot: value for slot, value in fields.items() if value}
