"""Who is meant by a name: exactly, nearly, and in a text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import pytest

from src.core.chat.events import Account
from src.core.people import ClassRoster, Identity, Person, PersonKind
from src.core.people.roster import plain
from src.core.text import fold

STUDENT, GUARDIAN = PersonKind.STUDENT, PersonKind.GUARDIAN


def a_roster(*names: str) -> ClassRoster:
    people = [Person(n, STUDENT, name, number=str(20260000 + n)) for n, name in enumerate(names, 1)]
    return ClassRoster(1, "三年级二班", people)


ROSTER = a_roster("陈晨", "赵敏", "孙强强", "欧阳思远", "阿依古丽·买买提", "高兴", "李伟", "李伟")


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("陈晨", "陈晨"),
        (" 陈 晨 ", "陈晨"),
        ("陈·晨", "陈晨"),
        ("阿依古丽买买提", "阿依古丽·买买提"),
        ("陳晨", None),
        ("陈", None),
        ("", None),
        ("·", None),
    ],
)
def test_a_name_is_exactly_somebodys(written: str, found: str | None) -> None:
    assert [one.name for one in ROSTER.named(written)] == ([found] if found else [])


def test_two_may_have_one_name() -> None:
    assert len(ROSTER.named("李伟", STUDENT)) == 2
    assert ROSTER.named("李伟", GUARDIAN) == ()


@pytest.mark.parametrize(
    ("written", "near", "why"),
    [
        ("陳晨", "陈晨", "form"),
        ("孫强强", "孙强强", "form"),
        ("陈辰", "陈晨", "sound"),
        ("赵静", "赵敏", "character"),
        ("赵明", "赵敏", "sound"),
        ("欧阳思圆", "欧阳思远", "sound"),
        ("欧阳远", "欧阳思远", "character"),
        ("欧阳思思远", "欧阳思远", "character"),
        ("孙强", "孙强强", "character"),
    ],
)
def test_a_name_that_is_only_alike_is_near(written: str, near: str, why: str) -> None:
    assert ROSTER.named(written) == ()
    assert (near, why) in [(one.person.name, one.why) for one in ROSTER.near(written)]


@pytest.mark.parametrize("written", ["王五六", "陈晨", "", "欧阳", "思远", "abc"])
def test_what_is_the_same_or_somebody_else_is_not_near(written: str) -> None:
    assert ROSTER.near(written) == ()


@given(st.text(max_size=12))
def test_near_and_exact_exclude_each_other(written: str) -> None:
    exact = {one.id for one in ROSTER.named(written)}
    near = {one.person.id for one in ROSTER.near(written)}
    assert not exact & near
    assert all(plain(one.name) == plain(written) for one in ROSTER.named(written))


def test_a_number_is_somebodys() -> None:
    assert [one.name for one in ROSTER.numbered("２０２６０００２")] == ["赵敏"]
    assert ROSTER.numbered("") == ROSTER.numbered("2") == ()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("陈晨和赵敏到校门口", ["陈晨", "赵敏"]),
        ("欧 阳 思 远今天迟到", ["欧阳思远"]),
        ("陳晨没交作业", ["陈晨"]),
        ("今天天气不错", []),
        ("", []),
    ],
)
def test_a_text_names_students(text: str, named: list[str]) -> None:
    found = ROSTER.mentions(fold(text))
    assert [one.name for _, _, one in found] == named
    for start, end, one in found:
        assert len(text[start:end]) >= len(one.name)


def test_the_longest_of_names_that_overlap_is_meant() -> None:
    found = a_roster("张思", "张思思").mentions(fold("张思思和张思"))
    assert [one.name for _, _, one in found] == ["张思思", "张思"]


def test_a_roster_without_students_names_nobody() -> None:
    assert ClassRoster(1, "一班", []).mentions(fold("陈晨")) == ()


def test_a_family_is_whoever_is_bound_to_the_student_or_its_guardians() -> None:
    child, other = Person(1, STUDENT, "陈晨"), Person(2, STUDENT, "赵敏")
    mother = Person(3, GUARDIAN, "王芳", relation="妈妈", student=1)
    gone = Person(4, STUDENT, "孙强")
    of = [Account("qq", str(number)) for number in range(5)]
    roster = ClassRoster(
        1,
        "一班",
        [child, other, mother],
        [
            Identity(of[0], child, ""),
            Identity(of[1], child, "爸爸"),
            Identity(of[2], mother, ""),
            Identity(of[2], other, "妈妈"),
            Identity(of[3], gone, "爸爸"),
        ],
    )
    assert roster.family(1) == (of[1], of[2])
    assert roster.family(2) == (of[2],)
    assert roster.accounts_of(1) == (of[0], of[1])
    assert roster.guardians_of(1) == (mother,)
    assert [one.person.name for one in roster.identities(of[2])] == ["王芳", "赵敏"]
    # Who has left is nobody here any more.
    assert roster.identities(of[3]) == ()
