"""What becomes of an application: only who is proven comes in, and nobody learns who is in the class."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
import pytest

from src.core.chat.events import Account
from src.core.people import ClassRoster, Identity, Person, PersonKind
from src.plugins.join_verification.answer import read
from src.plugins.join_verification.decision import (
    DAY,
    MANUAL_FOR,
    Admit,
    Ask,
    Decision,
    Known,
    Refuse,
    Tried,
    decide,
    locked_until,
    wave_until,
)
from src.plugins.join_verification.settings import JoinSettings

STUDENT, GUARDIAN, TEACHER = PersonKind.STUDENT, PersonKind.GUARDIAN, PersonKind.TEACHER
SOMEBODY, MOTHER, FATHER, PUPIL = (Account("qq", user) for user in ("1", "2", "3", "4"))
PEOPLE = (
    Person(1, STUDENT, "陈晨", "20260304"),
    Person(2, STUDENT, "赵敏", "20260305"),
    Person(3, STUDENT, "李伟", "20260311"),
    Person(4, STUDENT, "李伟", "20260312"),
    Person(5, STUDENT, "孙强强", "7"),
    Person(6, STUDENT, "欧阳思远"),
    Person(7, GUARDIAN, "周兰", relation="妈妈", student=2),
    Person(8, TEACHER, "王芳", subject="语文"),
)
ROSTER = ClassRoster(1, "三年级二班", PEOPLE)
FORMS = (
    "{学生}{关系}",
    "{班级}{学号}{姓名}",
    "{班级}{学生}{关系}",
    "{姓名}{学号}",
    "{姓名}{电话}",
    "{学生}{姓名}",
    "{学科}{姓名}老师",
)
SETTINGS = JoinSettings(forms=FORMS)
CODES = {"K7MP2QX": 1, "TEACHER8": 8, "SIXTHONE": 6}


def decided(
    text: str,
    known: Known | None = None,
    roster: ClassRoster | None = ROSTER,
    account: Account = SOMEBODY,
    how: JoinSettings = SETTINGS,
) -> Decision:
    return decide(account, read(text), how, roster, known or Known(codes=CODES))


def bound(*found: tuple[Account, int, str]) -> ClassRoster:
    by_id = {one.id: one for one in PEOPLE}
    return ClassRoster(1, "三年级二班", PEOPLE, [Identity(a, by_id[p], r) for a, p, r in found])


@pytest.mark.parametrize(
    ("text", "person", "relation", "how"),
    [
        ("陈晨妈妈 0304", 1, "妈妈", "number"),
        ("问题：孩子和关系？\n答案：陈晨母亲０３０４", 1, "妈妈", "number"),
        ("我是陈晨的爸爸，学号20260304，谢谢", 1, "爸爸", "number"),
        ("0304 陈晨 奶奶", 1, "奶奶", "number"),
        ("陈晨妈妈 K7MP-2QX", 1, "妈妈", "code"),
        ("陈晨妈妈 k7mp2qx", 1, "妈妈", "code"),
        ("陈晨本人0304", 1, "", "number"),
        ("三年级二班20260304陈晨", 1, "", "number"),
        ("三(2)班20260304陈晨", 1, "", "number"),
        ("陈晨20260304", 1, "", "number"),
        # Of two with one name the proof tells which.
        ("李伟妈妈 0312", 4, "妈妈", "number"),
        # A guardian of the roster, by the names of both.
        ("赵敏 周兰 0305", 7, "", "number"),
        # Who has no number, and who is no student, has a code.
        ("欧阳思远爷爷 SIXTHONE", 6, "爷爷", "code"),
        ("语文王芳老师 TEACHER8", 8, "", "code"),
    ],
)
def test_an_exact_entry_with_its_proof_is_admitted(
    text: str, person: int, relation: str, how: str
) -> None:
    decision = decided(text)
    assert isinstance(decision, Admit), decision
    [claim] = decision.claims
    assert (claim.person.id, claim.relation, decision.how) == (person, relation, how)


@pytest.mark.parametrize(
    ("text", "why", "candidates", "failed"),
    [
        ("陈晨妈妈", "name", [1], False),
        ("陈晨妈妈 9999", "factor", [1], True),
        # Another's number, another's code, too few digits, and a number that proves nothing.
        ("陈晨妈妈 0305", "factor", [1], True),
        ("陈晨妈妈 SIXTHONE", "factor", [1], True),
        ("陈晨妈妈 304", "factor", [1], True),
        ("孙强强妈妈 7777", "factor", [5], True),
        ("语文王芳老师", "name", [8], False),
        ("数学王芳老师 TEACHER8", "near", [8], True),
        # Alike is not the same: in sound, by one character, in form.
        ("陈辰妈妈 0304", "near", [1], True),
        ("孙强妈妈", "near", [5], False),
        ("陳晨妈妈 0304", "near", [1], True),
        ("李伟妈妈", "several", [3, 4], False),
        ("李伟妈妈 0399", "several", [3, 4], True),
        ("胡晓明妈妈 0304", "unknown", [], True),
        ("胡晓明妈妈", "unknown", [], False),
        ("陈晨/赵敏妈妈 0304", "factor", [1, 2], True),
        ("赵敏 周红 0305", "near", [2], True),
        # A form asks for it (05.4.2): a telephone number is no wrong proof.
        ("陈晨13800000000", "name", [1], False),
        ("五年级二班陈晨妈妈 0304", "class", [1], False),
        ("申诉 12 我没有骂人", "appeal", [], False),
    ],
)
def test_less_than_that_goes_to_a_person_with_the_candidate(
    text: str, why: str, candidates: list[int], failed: bool
) -> None:
    decision = decided(text)
    assert isinstance(decision, Ask), decision
    assert (decision.why, decision.failed) == (why, failed)
    assert [one.person.id for one in decision.candidates] == candidates


def test_two_children_need_both_proofs() -> None:
    decision = decided("陈晨/赵敏妈妈 0304 0305")
    assert isinstance(decision, Admit)
    assert [(one.person.id, one.relation) for one in decision.claims] == [(1, "妈妈"), (2, "妈妈")]


@pytest.mark.parametrize("text", ["", "不知道", "0304", "求通过", "K7MP2QX", "问题：如陈晨妈妈"])
def test_a_wrong_form_is_refused_once_and_then_a_person_looks(text: str) -> None:
    assert decided(text) == Refuse("format")
    again = Known(format_failures=1)
    assert decided(text, again) == Ask("format")
    assert decided(text, again, how=JoinSettings(forms=FORMS, wrong_form="refuse")) == Refuse(
        "format"
    )
    # Who waits for a person's answer is not sent away meanwhile.
    assert decided(text, Known(asked=True)) == Ask("format")
    if text in ("", "问题：如陈晨妈妈"):
        assert decided(text, Known(invited=True)) == Ask("invited")


RIGHT = "陈晨妈妈 0304"


@pytest.mark.parametrize(
    ("known", "decision"),
    [
        (Known(blocked=True), Refuse("blocked")),
        (Known(locked=True), Refuse("locked")),
        (Known(removed=True), "removed"),
        (Known(wave=True), "wave"),
        (Known(doubted=frozenset({1})), "doubted"),
        (Known(under_way={1: 2}), "family"),
    ],
)
def test_a_proof_is_not_all(known: Known, decision: Refuse | str) -> None:
    found = decided(RIGHT, known)
    if isinstance(decision, Refuse):
        assert found == decision
    else:
        assert isinstance(found, Ask)
        assert found.why == decision
        assert [one.person.id for one in found.candidates] == [1]


def test_a_family_has_so_many_accounts_and_one_mother() -> None:
    first = bound((MOTHER, 1, "妈妈"))
    assert isinstance(decided("陈晨爸爸 0304", roster=first), Admit)
    taken = decided(RIGHT, roster=first)
    assert isinstance(taken, Ask)
    assert taken.why == "taken"
    full = bound((MOTHER, 1, "妈妈"), (FATHER, 1, "爸爸"), (PUPIL, 1, ""))
    over = decided("陈晨奶奶 0304", roster=full)
    assert isinstance(over, Ask)
    assert over.why == "family"
    more = JoinSettings(forms=FORMS, family=3)
    assert isinstance(decided("陈晨奶奶 0304", roster=full, how=more), Admit)
    own = decided("陈晨本人 0304", roster=full)
    assert isinstance(own, Ask)
    assert own.why == "taken"


def test_who_was_verified_before_needs_no_proof_unless_removed() -> None:
    roster = bound((MOTHER, 1, "妈妈"))
    back = decided("你好", roster=roster, account=MOTHER)
    assert isinstance(back, Admit)
    assert (back.how, back.claims[0].person.id) == ("known", 1)
    removed = decided("你好", Known(removed=True), roster=roster, account=MOTHER)
    assert isinstance(removed, Ask)
    assert removed.why == "removed"


@pytest.mark.parametrize(
    ("forms", "who", "decision"),
    [
        # A group of the parents (21.1.1.1) and one of the pupils (08.1.1.1), of one class.
        (("{学生}{关系:爸爸|妈妈}",), MOTHER, "known"),
        (("{学生}{关系:爸爸|妈妈}",), PUPIL, "setting"),
        (("{学生}{姓名}",), PUPIL, "setting"),
        (("{姓名}{学号}",), PUPIL, "known"),
        (("{姓名}{学号}",), MOTHER, "setting"),
        (("{学生}{关系:爸爸|妈妈}?",), PUPIL, "known"),
        (("{学生}{关系}",), PUPIL, "known"),
        (("{姓名}{学号}",), FATHER, "known"),
    ],
)
def test_whoever_the_forms_are_not_for_is_put_to_a_person(
    forms: tuple[str, ...], who: Account, decision: str
) -> None:
    # FATHER is a teacher too.
    roster = bound((MOTHER, 1, "妈妈"), (PUPIL, 1, ""), (FATHER, 8, ""), (FATHER, 1, "爸爸"))
    found = decided("你好", roster=roster, account=who, how=JoinSettings(forms=forms))
    assert (found.how if isinstance(found, Admit) else getattr(found, "why", "")) == decision


def test_a_form_that_names_nobody_is_told_to_its_author() -> None:
    for form in ("{关系}", "{学生", "{年龄}"):
        with pytest.raises(ValidationError):
            JoinSettings(forms=(form,))
    # A clause that speaks of something else judges nothing and asks nothing of the platform.
    silent = JoinSettings()
    assert not silent.judges()
    assert not silent.charges()
    assert list(silent.needs()) == []


def test_a_clause_may_leave_all_to_people() -> None:
    found = decided(RIGHT, how=JoinSettings(forms=FORMS, admit=False))
    assert isinstance(found, Ask)
    assert found.why == "setting"
    assert not isinstance(decided(RIGHT, how=JoinSettings(forms=FORMS, digits=0)), Admit)


# -- whatever the answer, the settings and the state --------------------------------------------------

_PIECES = st.sampled_from(
    [one.name for one in PEOPLE]
    + [one.number for one in PEOPLE if one.number]
    + ["胡晓明", "妈妈", "爸爸", "本人", "语文", "老师", "三年级二班", "0304", "9999", "K7MP2QX"]
    + [" ", "/", "答案：", "问题：", "13800000000", "TEACHER8", "\u200b", "我是"]
)
_ANSWERS = st.lists(_PIECES, max_size=7).map("".join) | st.text(max_size=40)
_SETTINGS = st.builds(
    JoinSettings,
    forms=st.lists(st.sampled_from(FORMS), min_size=1, max_size=3, unique=True),
    admit=st.booleans(),
    digits=st.integers(0, 6),
    family=st.integers(1, 3),
    wrong_form=st.sampled_from(("person", "refuse")),
)
_KNOWN = st.builds(
    Known,
    blocked=st.booleans(),
    removed=st.booleans(),
    invited=st.booleans(),
    locked=st.booleans(),
    format_failures=st.integers(0, 3),
    asked=st.booleans(),
    wave=st.booleans(),
    codes=st.just(CODES) | st.just({}),
)
_BOUND = st.lists(
    st.tuples(
        st.sampled_from([SOMEBODY, MOTHER, FATHER]),
        st.sampled_from([one.id for one in PEOPLE]),
        st.sampled_from(["妈妈", "爸爸", ""]),
    ),
    max_size=3,
)


@settings(max_examples=150)
@given(
    text=_ANSWERS,
    how=_SETTINGS,
    known=_KNOWN,
    here=st.sets(st.sampled_from(PEOPLE)),
    identities=_BOUND,
)
def test_nobody_who_is_not_on_the_roster_is_ever_admitted(
    text: str,
    how: JoinSettings,
    known: Known,
    here: set[Person],
    identities: list[tuple[Account, int, str]],
) -> None:
    by_id = {one.id: one for one in PEOPLE}
    roster = ClassRoster(
        1, "三年级二班", here, [Identity(a, by_id[p], r) for a, p, r in identities]
    )
    decision = decide(SOMEBODY, read(text), how, roster, known)
    if isinstance(decision, Admit):
        assert decision.claims
        assert {one.person for one in decision.claims} <= here
        assert not (known.blocked)
        assert not (known.removed)
        assert not (known.wave)
        assert how.admit
    without = decide(SOMEBODY, read(text), how, None, known)
    assert not isinstance(without, Admit)


def face(decision: Decision) -> object:
    """What an applicant sees, and what it costs them."""
    if isinstance(decision, Refuse):
        return decision.why
    return ("waits", decision.failed) if isinstance(decision, Ask) else "admitted"


@settings(max_examples=150)
@given(text=_ANSWERS, how=_SETTINGS, known=_KNOWN, here=st.sets(st.sampled_from(PEOPLE)))
def test_who_proves_nothing_learns_nothing_of_the_roster(
    text: str, how: JoinSettings, known: Known, here: set[Person]
) -> None:
    one = decide(SOMEBODY, read(text), how, ROSTER, known)
    other = decide(SOMEBODY, read(text), how, ClassRoster(1, "三年级二班", here), known)
    proof = JoinSettings(forms=how.forms, digits=how.digits, family=10)
    proven = decide(SOMEBODY, read(text), proof, ROSTER, Known(codes=known.codes))
    if not isinstance(proven, Admit) and not (
        isinstance(one, Ask) and one.why in ("class", "several")
    ):
        assert face(one) == face(other)


# -- tries and waves ----------------------------------------------------------------------------------


def test_three_failures_in_a_day_lock_for_a_day() -> None:
    assert locked_until([], 3) == 0
    assert locked_until([0, 1], 3) == 0
    assert locked_until([0, 1, 5], 3) == 5 + DAY
    assert locked_until([0, DAY, DAY + 1], 3) == 0
    assert locked_until([0, 1, 2, 3], 3) == 3 + DAY


def test_a_wave_is_of_many_accounts() -> None:
    many = [Tried(60.0 * n, n, failed=False) for n in range(10)]
    assert wave_until(many, 10) == 540 + MANUAL_FOR
    assert wave_until(many[:9], 10) == 0
    assert wave_until([one._replace(account=1) for one in many], 10) == 0
    assert wave_until([one._replace(time=one.time * 2) for one in many], 10) == 0


def test_ten_failures_an_hour_over_many_accounts_are_a_wave() -> None:
    trying = [Tried(300.0 * n, n % 4, failed=True) for n in range(10)]
    assert wave_until(trying, 1000) == 2700 + MANUAL_FOR
    assert wave_until([one._replace(account=n % 2) for n, one in enumerate(trying)], 1000) == 0
    assert wave_until([one._replace(time=one.time * 3) for one in trying], 1000) == 0
    assert wave_until([*trying[1:], trying[0]._replace(failed=False, time=3000)], 1000) == 0


def test_one_answer_is_one_try_and_waiting_lends_no_more() -> None:
    for text in ("陈晨妈妈 0301 0302 0303 0304", "陈晨妈妈 9999 0304", "陈晨9999 0304"):
        guessed = decided(text)
        assert isinstance(guessed, Ask), text
        assert (guessed.why, guessed.failed) == ("factor", True)
    for text in ("陈晨妈妈 13800000000 0304", "陈晨妈妈 302 0304", "陈晨妈妈 20260304 0304"):
        assert isinstance(decided(text), Admit), text
    locked = decided(RIGHT, Known(locked=True, asked=True))
    assert isinstance(locked, Ask)
    assert (locked.why, [one.person.id for one in locked.candidates]) == ("tries", [1])
