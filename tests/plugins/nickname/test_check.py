"""Which names are right, which are wrong and why, and what the right one is."""

from __future__ import annotations

from typing import Any, Literal

from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
import pytest

from src.core.chat.events import Account
from src.core.chat.port import Act
from src.core.people import ClassRoster, Identity, Person, PersonKind, Role
from src.plugins.nickname.check import FINE, Bearer, Circle, Name, Verdict, check, may_fit
from src.plugins.nickname.settings import NicknameSettings

CHEN = Person(1, PersonKind.STUDENT, "陈晨", "20260001", "三年级二班")
ZHAO = Person(2, PersonKind.STUDENT, "赵敏", "20260002", "三年级二班")
WANG = Person(3, PersonKind.STUDENT, "王小雨", "20260003", "三年级二班")
OTHER_WANG = Person(4, PersonKind.STUDENT, "王小雨", "20260004", "三年级二班")
LI = Person(5, PersonKind.TEACHER, "李华", subject="语文")
GUARDIAN = Person(6, PersonKind.GUARDIAN, "陈建国", relation="爸爸", student=1)
ALI = Person(7, PersonKind.STUDENT, "买买提·吐尔逊", "20260007")
ME, HER, HIM = (Account("qq", number) for number in ("1", "2", "3"))
BOUND = (
    Identity(HER, CHEN, "妈妈"),
    Identity(HIM, LI, ""),
)
ROSTER = ClassRoster(1, "三年级二班", [CHEN, ZHAO, WANG, OTHER_WANG, LI, GUARDIAN, ALI], BOUND)
SETTINGS = NicknameSettings.model_validate(
    {
        "templates": {
            "parent": ["{学号}?{学生}{关系}"],
            "teacher": ["{学科}?{姓名}老师"],
            "student": ["{学号}?{姓名}"],
        }
    }
)


def judged(
    text: str,
    *,
    account: Account = ME,
    role: Role | None = None,
    identities: tuple[Identity, ...] = (),
    is_staff: bool = False,
    roster: ClassRoster | None = ROSTER,
    others: dict[Account, str] | None = None,
    categories: frozenset[str] = frozenset(),
    taken: bool = False,
    settings: NicknameSettings = SETTINGS,
) -> Verdict:
    people = [
        (
            Bearer(
                one,
                Role.TEACHER if one == HIM else None,
                one == HIM,
                roster.identities(one) if roster is not None else (),
            ),
            written,
        )
        for one, written in (others or {}).items()
    ]
    bearer = Bearer(account, role, is_staff, identities)
    return check(Name(text, bearer, roster, Circle(people), categories, taken), settings)


@pytest.mark.parametrize(
    "text",
    [
        "陈晨妈妈",
        "陈 晨（妈妈）🌸",
        "陈晨\u200b的外婆",
        "陈晨/赵敏妈妈",
        "陈晨赵敏爸爸",
        "0003王小雨妈妈",
        "20260001陈晨爷爷",
        "买买提·吐尔逊爸爸",
        "买买提吐尔逊爸爸",
        "陈晨",
        "0002 赵敏",
    ],
)
def test_a_right_name_is_left_alone(text: str) -> None:
    assert judged(text) == FINE


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("往事随风", "unknown"),
        ("张三妈妈", "unknown"),
        ("陈晨的小姨妈咪呀", "format"),
        ("三班陈晨妈妈", "format"),
        ("家长", "placeholder"),
        ("", "format"),
        ("🌸🌸🌸", "format"),
        ("妈妈", "format"),
        ("陈" * 200, "format"),
        ("陈晨妈妈" * 50, "format"),
        ("<b>陈晨妈妈</b>", "format"),
        ("0009陈晨妈妈", "number"),
        ("王小雨妈妈", "same"),
        ("王小雨", "same"),
        ("数学赵强老师", "unknown"),
    ],
)
def test_a_wrong_name_is_said_why(text: str, why: str) -> None:
    verdict = judged(text)
    assert (verdict.grade, verdict.why) == ("wrong", why)
    assert verdict.example


def test_without_a_roster_only_the_form_counts() -> None:
    assert judged("张三妈妈", roster=None) == FINE
    assert judged("三班张三妈妈", roster=None).why == "format"


def test_the_roster_can_be_left_out_of_it() -> None:
    loose = SETTINGS.model_copy(update={"roster": False})
    assert judged("张三妈妈", settings=loose) == FINE
    assert judged("0009陈晨妈妈", settings=loose) == FINE


@pytest.mark.parametrize(
    ("identities", "text", "why", "suggestion"),
    [
        ((Identity(ME, CHEN, "妈妈"),), "花开富贵", "unknown", "陈晨妈妈"),
        ((Identity(ME, CHEN, "妈妈"),), "赵敏妈妈", "other", "陈晨妈妈"),
        (
            (Identity(ME, CHEN, "妈妈"), Identity(ME, ZHAO, "妈妈")),
            "静听",
            "format",
            "陈晨/赵敏妈妈",
        ),
        ((Identity(ME, GUARDIAN, ""),), "老陈", "format", "陈晨爸爸"),
        ((Identity(ME, WANG, "外婆"),), "王小雨外婆", "same", "20260003王小雨外婆"),
        ((Identity(ME, ZHAO, ""),), "敏敏本人", "format", "赵敏"),
        ((Identity(ME, LI, ""),), "李老师", "format", "语文李华老师"),
    ],
)
def test_whom_the_roster_knows_is_told_the_right_name(
    identities: tuple[Identity, ...], text: str, why: str, suggestion: str
) -> None:
    verdict = judged(text, identities=identities)
    assert verdict.grade == "wrong"
    assert (verdict.suggestion, verdict.certain) == (suggestion, True)
    if why != "unknown":
        assert verdict.why == why


def test_two_children_of_one_family_are_one_name() -> None:
    both = (Identity(ME, CHEN, "妈妈"), Identity(ME, ZHAO, "妈妈"))
    assert judged("陈晨/赵敏妈妈", identities=both) == FINE
    assert judged("陈晨妈妈", identities=both) == FINE


def test_what_stands_in_the_name_is_put_into_its_form_but_proves_nothing() -> None:
    verdict = judged("三(2)班 陈晨 的妈妈呀")
    assert (verdict.suggestion, verdict.certain) == ("陈晨妈妈", False)
    # Two of one name, or a relation that is not said: nothing is guessed.
    assert judged("我家王小雨的妈妈呀").suggestion == ""


@pytest.mark.parametrize(
    ("role", "text", "grade"),
    [
        (Role.PARENT, "李明老师", "wrong"),
        (Role.COMMITTEE, "陈晨妈妈", "fine"),
        (Role.TEACHER, "陈晨妈妈", "wrong"),
        (Role.HEAD_TEACHER, "语文李华老师", "fine"),
        (Role.STUDENT, "陈晨妈妈", "wrong"),
        (Role.STUDENT, "陈晨", "fine"),
    ],
)
def test_each_role_has_its_own_templates(role: Role, text: str, grade: str) -> None:
    assert (
        judged(text, role=role, is_staff=role in (Role.TEACHER, Role.HEAD_TEACHER)).grade == grade
    )


def test_who_has_no_template_is_asked_for_none() -> None:
    parents = NicknameSettings.model_validate({"templates": {"parent": "{学生}{关系}"}})
    assert judged("随便", role=Role.STUDENT, settings=parents) == FINE
    everybody = NicknameSettings.model_validate({"templates": {"any": ["{班级}{学生}"]}})
    assert judged("随便", role=Role.STUDENT, settings=everybody).why == "format"
    assert judged("三年级二班陈晨", settings=everybody) == FINE


@pytest.mark.parametrize(
    ("others", "text", "how", "expected"),
    [
        # A teacher's name, by look-alike letters too; not a teacher's own, and not a child's of it.
        ({HIM: "语文李华老师"}, "语文李华老师", {}, ("grave", "teacher")),
        ({HIM: "语文李华老师"}, "语文 李華老師⭐", {}, ("grave", "teacher")),
        ({HIM: "孙老师"}, "孙老师", {}, ("grave", "teacher")),
        ({HIM: "孙老师"}, "孙老师", {"is_staff": True}, ("wrong", "format")),
        ({HIM: "语文李华老师"}, "李华老师", {}, ("grave", "teacher")),
        ({}, "李华老师", {"role": Role.PARENT}, ("grave", "teacher")),
        ({}, "李华老师", {"role": Role.TEACHER, "is_staff": True}, ("fine", "")),
        # Somebody who is known to be another.
        ({HER: "陈晨妈妈"}, "陈晨妈妈", {}, ("grave", "member")),
        (
            {HER: "陈晨妈妈"},
            "陈晨妈妈",
            {"identities": (Identity(ME, CHEN, "妈妈"),)},
            ("fine", ""),
        ),
        ({HER: "陈晨妈妈"}, "陈晨爸爸", {}, ("fine", "")),
        # Of whom nobody knows who is who.
        ({Account("qq", "9"): "赵敏妈妈"}, "赵敏妈妈", {}, ("fine", "")),
        ({Account("qq", "9"): "赵敏妈妈"}, "赵敏妈妈", {"taken": True}, ("wrong", "twin")),
        ({Account("qq", "9"): "赵敏妈妈"}, "趙敏媽媽", {"taken": True}, ("grave", "member")),
        ({Account("qq", "9"): "啊"}, "啊", {"taken": True}, ("wrong", "format")),
        ({Account("qq", "9"): "我爱花开"}, "我愛花開", {"taken": True}, ("wrong", "format")),
        ({HER: "家"}, "家", {"taken": True}, ("wrong", "format")),
    ],
)
def test_nobody_takes_anothers_name(
    others: dict[Account, str], text: str, how: dict[str, Any], expected: tuple[str, str]
) -> None:
    verdict = judged(text, others=others, **how)
    assert (verdict.grade, verdict.why) == expected
    free = SETTINGS.model_copy(update={"protect": False})
    assert judged(text, others=others, settings=free, **how).grade != "grave"


def test_children_of_one_name_have_both_a_right_to_it() -> None:
    me, her = Identity(ME, WANG, "妈妈"), Identity(HER, OTHER_WANG, "妈妈")
    roster = ClassRoster(1, "三年级二班", [WANG, OTHER_WANG], [me, her])
    others = {HER: "王小雨妈妈"}

    def said(*mine: Identity, taken: bool = False, settings: NicknameSettings) -> tuple[str, str]:
        verdict = judged(
            "王小雨妈妈",
            identities=mine,
            taken=taken,
            settings=settings,
            roster=roster,
            others=others,
        )
        return verdict.grade, verdict.why

    assert said(me, settings=SETTINGS) == ("wrong", "same")
    plain = NicknameSettings.model_validate({"templates": {"parent": ["{学生}{关系}"]}})
    assert said(me, settings=plain) == said(me, taken=True, settings=plain) == ("fine", "")
    # Whoever takes it from both is neither.
    assert said(settings=plain) == ("grave", "member")


def test_whose_name_is_taken_is_not_the_one_to_change_it() -> None:
    mine = (Identity(ME, CHEN, "妈妈"),)
    taker = {Account("qq", "9"): "陈晨妈妈"}
    assert judged("陈晨妈妈", identities=mine, others=taker, taken=True) == FINE


def test_two_teachers_of_one_surname_are_no_impostors() -> None:
    second = Person(8, PersonKind.TEACHER, "李娜", subject="英语")
    settings = NicknameSettings.model_validate({"templates": {"teacher": ["{学科}?{姓}老师"]}})
    others = {HIM: "李老师"}

    def why(*teachers: Person, role: Role | None = None) -> str:
        roster = ClassRoster(1, "三年级二班", [CHEN, *teachers], BOUND)
        return judged("李老师", role=role, roster=roster, others=others, settings=settings).why

    assert why(LI, second) == ""
    assert why(LI) == why(LI, second, role=Role.PARENT) == "teacher"


def test_a_director_whose_name_ends_like_an_office_is_none() -> None:
    assert judged("李群主任").grade == "wrong"
    assert judged("本群主人")[:2] == ("grave", "fake")


def test_a_teacher_nobody_has_noted_yet_is_no_impostor() -> None:
    unbound = ClassRoster(1, "三年级二班", [CHEN, LI])
    assert judged("语文李华老师", roster=unbound) == FINE


@pytest.mark.parametrize(
    "text",
    [
        "[QQ红包] 恭喜发财",
        "【微信红包】",
        "[CQ:at,qq=all]",
        "群 主",
        "系统消息",
        "<转账>",
        "管.理.员小张",
    ],
)
def test_what_looks_like_the_system_is_grave_but_for_managers(text: str) -> None:
    assert judged(text)[:2] == ("grave", "fake")
    assert judged(text, is_staff=True).grade == "wrong"


def test_filtered_words_are_grave_unless_they_are_a_childs_name() -> None:
    bad = frozenset({"insult"})
    assert judged("你大爷妈妈", categories=bad)[:2] == ("grave", "filtered")
    assert judged("陈晨妈妈", categories=bad) == FINE
    assert judged("陈晨妈妈", categories=bad, roster=None)[:2] == ("grave", "filtered")
    assert judged("你大爷妈妈", categories=frozenset({"context"})).grade == "wrong"


@given(
    st.text(
        st.one_of(st.characters(), st.sampled_from("陈晨赵敏妈爸老师李华0123/·<>[]群主🌸\u202e"))
    ),
    st.sampled_from([None, Role.PARENT, Role.TEACHER, Role.STUDENT]),
    st.booleans(),
)
def test_any_name_has_a_verdict_and_its_suggestion_is_right(
    text: str, role: Role | None, taken: bool
) -> None:
    for mine in ((), (Identity(ME, CHEN, "妈妈"),), (Identity(ME, WANG, "爷爷"),)):
        verdict = judged(text, role=role, identities=mine, taken=taken, others={HER: "陈晨妈妈"})
        if verdict.suggestion:
            again = judged(verdict.suggestion, role=role, identities=mine, others={HER: "陈晨妈妈"})
            assert again.grade == "fine"
            assert may_fit(verdict.suggestion, SETTINGS)


# -- settings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"templates": {"parent": ["{学生}{谁}"]}}, "没有 {谁} 这种格子"),
        ({"templates": {"parent": []}}, "at least 1 item"),
        ({"templates": {"dog": ["{学生}"]}}, "Input should be"),
        ({"grace": "72"}, "0m、30m、24h、3d"),
        ({"grace": "-1h"}, "时长"),
        ({"reminders": ["0m", "明天"]}, "时长"),
        ({"filtered": ["nonsense"]}, "Input should be"),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as refused:
        NicknameSettings.model_validate(settings)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("written", "seconds"), [("0m", 0), ("0小时", 0), ("30m", 1800), ("3d", 259200)]
)
def test_lengths_are_written_and_read_back(
    written: Literal["0m", "0小时", "30m", "3d"], seconds: int
) -> None:
    settings = NicknameSettings.model_validate({"grace": written, "reminders": [written]})
    assert (settings.grace, settings.reminded) == (seconds, (seconds,))
    assert NicknameSettings.model_validate(settings.model_dump(mode="json")) == settings


def test_settings_tell_newcomers_the_form_and_need_a_platform_that_sets_names() -> None:
    assert "家长「张小明妈妈」" in SETTINGS.newcomers_are_told()
    assert NicknameSettings().newcomers_are_told() == ""
    assert list(SETTINGS.needs()) == []
    assert list(NicknameSettings(auto_fix=True).needs()) == [Act.SET_CARD]


def test_other_templates_have_another_digest_and_other_times_have_not() -> None:
    other = SETTINGS.model_copy(update={"grace": 0})
    assert NicknameSettings.model_validate(other.model_dump()).digest == SETTINGS.digest
    assert NicknameSettings().digest != SETTINGS.digest
