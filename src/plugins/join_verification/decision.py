"""What becomes of an application. Pure: an answer, a clause, a roster and what is known of the account
in; one decision out (anchors/moderation.md, 4.1).

Only an exact entry of the roster with a second factor, or an account that was verified before, is
admitted. What an applicant sees of anything else does not depend on the roster, so that nobody can
find out by asking who is in the class.
"""

from __future__ import annotations

from dataclasses import dataclass, field
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple
import unicodedata

from src.core.chat.events import Account
from src.core.people.roster import PersonKind

from .answer import read, splits
from .settings import JoinSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from src.core.people.patterns import Reading
    from src.core.people.roster import ClassRoster, Identity, Person

    from .answer import Answer, Split

How = Literal["number", "code", "known"]
Why = Literal[
    "appeal",
    "removed",
    "invited",
    "format",
    "no_roster",
    "unknown",
    "near",
    "several",
    "name",
    "factor",
    "doubted",
    "class",
    "family",
    "taken",
    "wave",
    "tries",
    "setting",
]
"""Why a person is asked, the first that holds."""

DAY = 86_400.0
WAVE_WITHIN = 600.0
MANUAL_FOR = 6 * 3_600.0
"""Seconds in which applications count as one wave, and in which all go to a person after one."""
FAILURES_WITHIN = 3_600.0
FAILURES = 10
FAILING_ACCOUNTS = 3
"""So many wrong answers in so many seconds, over at least so many accounts, are somebody's trying."""
_PHONE = re.compile("1[3-9][0-9]{9}")
_MOST_CANDIDATES = 3
_MOST_FORMS = 17


class Claim(NamedTuple):
    """Whom an applicant may be: an entry of the roster, and for a family what they are to the
    student."""

    person: Person
    relation: str = ""


@dataclass(frozen=True, slots=True)
class Admit:
    """Whoever applies is proven to be these (two children may be named)."""

    claims: tuple[Claim, ...]
    how: How
    codes: tuple[str, ...] = ()
    """The one-time codes that proved it."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A person decides."""

    why: Why
    candidates: tuple[Claim, ...] = ()
    failed: bool = False
    """A proof was given that proves nothing; it counts as a try, whether or not the name exists."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """It is refused: for its form, because the account is blocked, or because it has no tries left."""

    why: Literal["format", "blocked", "locked"]


Decision = Admit | Ask | Refuse


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an account that applies, and of the group, beside the roster."""

    blocked: bool = False
    removed: bool = False
    """The account was removed from this group before."""
    invited: bool = False
    """A member invited them; they may have been asked nothing."""
    locked: bool = False
    format_failures: int = 0
    """Wrong forms within a day."""
    asked: bool = False
    """A person is being asked about this account already."""
    wave: bool = False
    doubted: frozenset[int] = frozenset()
    """Ids of entries that another account claimed with a wrong proof, which a person is to look at."""
    under_way: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    """Student's id to how many others of the family are being admitted right now."""
    codes: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """One-time codes that are valid for this account, upper case, and the id of whose they are."""


def decide(
    account: Account,
    answer: Answer,
    settings: JoinSettings,
    roster: ClassRoster | None,
    known: Known,
) -> Decision:
    """What becomes of an application by a clause with these settings."""
    if known.blocked:
        return Refuse("blocked")
    if answer.appeal:
        return Ask("appeal")
    found = _read(account, answer, settings, roster, known)
    if isinstance(found, Refuse) and known.asked:
        found = Ask("format")
    if known.locked and not known.asked:
        return Refuse("locked")
    if isinstance(found, Refuse):
        if known.invited and not answer.text:
            return Ask("invited")
        again = known.format_failures > 0 and settings.wrong_form == "person"
        # During a wave nobody can say which of the many are wrong and which are a trial.
        found = Ask("wave" if known.wave else "format") if again or known.wave else found
    if isinstance(found, Refuse):
        return found
    if isinstance(found, Admit):
        claims = found.claims
        if known.removed:
            return Ask("removed", claims)
        if known.wave:
            return Ask("wave", claims)
        if known.locked:
            # Still waiting for a person's answer, which must not lend anybody more tries.
            return Ask("tries", claims)
        if not settings.admit:
            return Ask("setting", claims)
        return found
    return Ask("removed", found.candidates, found.failed) if known.removed else found


def whom(text: str, settings: JoinSettings, roster: ClassRoster) -> tuple[Claim, ...]:
    """Whom a manager names, by the clause's forms or by a name alone; last digits tell two of one name
    apart. Empty where that is nobody, or not one person alone."""
    forms = (*settings.forms[:_MOST_FORMS], "{学生}{关系}", "{学生}", "{姓名}")
    how = JoinSettings(forms=forms, digits=settings.digits or 4, family=10)
    nobody = Account("", "")
    found = _read(nobody, read(text), how, roster, Known())
    if isinstance(found, Admit):
        return found.claims
    known = isinstance(found, Ask) and found.why in ("name", "taken", "class", "family")
    return found.candidates if isinstance(found, Ask) and known else ()


# -- what an answer says ------------------------------------------------------------------------------


def _read(
    account: Account,
    answer: Answer,
    settings: JoinSettings,
    roster: ClassRoster | None,
    known: Known,
) -> Decision:
    if roster is not None and (bound := roster.identities(account)):
        # Verified before, and still on the roster: the account itself is the proof.
        claims = tuple(Claim(one.person, one.relation) for one in bound)
        if any(_may_apply(one, settings) for one in bound):
            return Admit(claims, "known")
        return Ask("setting", claims)
    results: list[Admit | Ask] = []
    for split in splits(answer.text):
        for pattern in settings.patterns:
            for reading in pattern.readings(split.words):
                results.append(_judge(account, reading, split, settings, roster, known))
    if not results:
        return Refuse("format")
    # A proof stands in the answer, whether or not the way that reads best has used it.
    failed = any(one.failed for one in results if isinstance(one, Ask))
    admitted = [one for one in results if isinstance(one, Admit)]
    if admitted:
        if len({one.claims for one in admitted}) == 1:
            return admitted[0]
        claims = tuple(dict.fromkeys(claim for one in admitted for claim in one.claims))
        return Ask("several", claims[:_MOST_CANDIDATES])
    asked = [one for one in results if isinstance(one, Ask)]
    best = min(asked, key=lambda one: (_NEARNESS[one.why], -len(one.candidates)))
    same = [claim for one in asked if one.why == best.why for claim in one.candidates]
    return Ask(best.why, tuple(dict.fromkeys(same))[:_MOST_CANDIDATES], failed)


def _may_apply(one: Identity, settings: JoinSettings) -> bool:
    """Whether the forms are for such people: a class has a group of its students and one of its
    parents, with one roster (08.1.1.1, 21.1.1.1). Teachers belong to both."""
    if one.person.kind in (PersonKind.TEACHER, PersonKind.STAFF):
        return True
    of_family = bool(one.relation) or one.person.kind is PersonKind.GUARDIAN
    for pattern in settings.patterns:
        by_both_names = {"学生", "姓名"} <= pattern.slots
        if of_family and (by_both_names or pattern.relations - {"本人"}):
            return True
        if not of_family and (
            "本人" in pattern.relations or not (by_both_names or pattern.relations)
        ):
            return True
    return False


_NEARNESS: Mapping[str, int] = {
    why: place
    for place, why in enumerate(
        (
            "family",
            "taken",
            "doubted",
            "class",
            "several",
            "factor",
            "name",
            "near",
            "unknown",
            "no_roster",
        )
    )
}
"""Of several ways to read an answer, the one that says most to whoever decides."""


def _judge(
    account: Account,
    reading: Reading,
    split: Split,
    settings: JoinSettings,
    roster: ClassRoster | None,
    known: Known,
) -> Admit | Ask:
    """One way to read an answer, against the roster."""
    fields = reading.fields
    stated = fields.get("学号", "")
    factors = (*split.factors, *((_plain(stated),) if stated else ()))
    if any("电话" in pattern.slots for pattern in settings.patterns):
        factors = tuple(one for one in factors if not _is_telephone(one, roster))
    unproven = bool(factors)
    if roster is None:
        return Ask("no_roster", failed=unproven)
    wanted = _wanted(reading, roster)
    if wanted is None:
        return Ask("unknown", failed=unproven)
    claims: list[Claim] = []
    codes: list[str] = []
    near: list[Claim] = []
    open_ones: list[Claim] = []
    for exact, alike in wanted:
        near += alike
        proven = [one for one in exact if _proves(one.person, factors, settings, roster, known)]
        if len(proven) == 1:
            claims += proven
            codes += [code for code in factors if known.codes.get(code) == _whose(proven[0].person)]
        else:
            open_ones += proven or exact
    if not open_ones and _are_guesses(factors, tuple(claims), settings, roster, known):
        open_ones, claims = claims, []
    everyone = (*claims, *open_ones)
    if any(not exact for exact, _ in wanted):
        if near:
            return Ask("near", (*claims, *near)[:_MOST_CANDIDATES], unproven)
        return Ask("unknown", everyone[:_MOST_CANDIDATES], unproven)
    if open_ones:
        if any(len(exact) > 1 for exact, _ in wanted):
            return Ask("several", everyone[:_MOST_CANDIDATES], unproven)
        return Ask("factor" if factors else "name", everyone, unproven)
    return _of_family(account, tuple(claims), tuple(codes), fields, settings, roster, known)


def _of_family(
    account: Account,
    claims: tuple[Claim, ...],
    codes: tuple[str, ...],
    fields: Mapping[str, str],
    settings: JoinSettings,
    roster: ClassRoster,
    known: Known,
) -> Admit | Ask:
    """Somebody proven; whether there is still a place, and nothing that a person should look at."""
    if any(_whose(claim.person) in known.doubted for claim in claims):
        return Ask("doubted", claims)
    named = fields.get("班级", "")
    if named and not _same_class(named, roster.name):
        return Ask("class", claims)
    for claim in claims:
        student = _student_of(claim)
        if student is None:
            if set(roster.accounts_of(claim.person.id)) - {account}:
                return Ask("taken", claims)
            continue
        family = set(roster.family(student)) - {account}
        if claim.person.kind is PersonKind.STUDENT and not claim.relation:
            if set(roster.accounts_of(student)) - family - {account}:
                return Ask("taken", claims)
            continue
        if len(family) + known.under_way.get(student, 0) >= settings.family:
            return Ask("family", claims)
        others = [one for other in family for one in roster.identities(other)]
        if any(_is_same(claim, Claim(one.person, one.relation)) for one in others):
            return Ask("taken", claims)
    return Admit(claims, "code" if codes else "number", codes)


class _Wanted(NamedTuple):
    """One whom an answer names: the entries of exactly that name, and those that are nearly so."""

    exact: tuple[Claim, ...]
    near: tuple[Claim, ...]


def _wanted(reading: Reading, roster: ClassRoster) -> tuple[_Wanted, ...] | None:
    """Whom a reading names; None where it names nobody that a roster could hold."""
    fields = reading.fields
    relation = fields.get("关系", "")
    relation = "" if relation == "本人" else relation
    own = fields.get("姓名", "")
    if reading.students:
        if own:
            return tuple(_guardian(name, own, roster) for name in reading.students)
        return tuple(
            _named(name, relation, PersonKind.STUDENT, roster) for name in reading.students
        )
    if not own:
        return None
    if "学科" in fields:
        teacher = _named(own, "", PersonKind.TEACHER, roster)
        right = tuple(claim for claim in teacher.exact if fields["学科"] in claim.person.subject)
        return (_Wanted(right, (*teacher.exact, *teacher.near) if not right else ()),)
    return (_named(own, relation, None, roster),)


def _named(name: str, relation: str, kind: PersonKind | None, roster: ClassRoster) -> _Wanted:
    exact = tuple(_claim(person, relation) for person in roster.named(name, kind))
    near = () if exact else tuple(_claim(one.person, relation) for one in roster.near(name, kind))
    return _Wanted(exact, near)


def _claim(person: Person, relation: str) -> Claim:
    return Claim(person, relation if person.kind is PersonKind.STUDENT else "")


def _guardian(student: str, own: str, roster: ClassRoster) -> _Wanted:
    """A guardian by the names of both; where only the student is known, that is for a person to see."""
    students = roster.named(student, PersonKind.STUDENT)
    exact = tuple(
        Claim(guardian)
        for one in students
        for guardian in roster.guardians_of(one.id)
        if guardian in roster.named(own, PersonKind.GUARDIAN)
    )
    if exact:
        return _Wanted(exact, ())
    near = [one.person for one in roster.near(student, PersonKind.STUDENT)]
    return _Wanted((), tuple(Claim(one) for one in (*students, *near)))


# -- proofs -------------------------------------------------------------------------------------------


def _whose(person: Person) -> int:
    """Whose number or code proves somebody: a guardian is proven by the child's."""
    return person.student if person.student is not None else person.id


def _student_of(claim: Claim) -> int | None:
    """The student whose family a claim is about; None for a teacher or staff."""
    if claim.person.kind is PersonKind.STUDENT:
        return claim.person.id
    return claim.person.student


def _plain(text: str) -> str:
    kept = unicodedata.normalize("NFKC", text)
    return "".join(c for c in kept if c.isalnum() and c.isascii()).upper()


def _is_telephone(factor: str, roster: ClassRoster | None) -> bool:
    """Whether digits are a mobile number, which a form asks for and which is no wrong proof (05.4.2)."""
    if not _MOBILE.fullmatch(factor):
        return False
    return roster is None or all(len(_plain(one.number)) < len(factor) for one in roster.students)


def _proves(
    person: Person,
    factors: tuple[str, ...],
    settings: JoinSettings,
    roster: ClassRoster,
    known: Known,
) -> bool:
    """Whether one of the factors is the person's: the last digits of the student's number (or more of
    them), or a code that was handed out with the name."""
    whose = _whose(person)
    student = roster.person(whose)
    is_student = student is not None and student.kind is PersonKind.STUDENT
    number = _plain(student.number) if student is not None and is_student else ""
    return any(
        known.codes.get(factor) == whose
        or (0 < settings.digits <= len(factor) and number.endswith(factor))
        for factor in factors
    )


def _are_guesses(
    factors: tuple[str, ...],
    claims: tuple[Claim, ...],
    settings: JoinSettings,
    roster: ClassRoster,
    known: Known,
) -> bool:
    """Whether there stand numbers beside the proof that prove nobody: one answer is one try."""
    return any(
        settings.digits <= len(factor) and factor.isdecimal() and not _PHONE.fullmatch(factor)
        for factor in factors
        if not any(_proves(one.person, (factor,), settings, roster, known) for one in claims)
    )


def _is_same(one: Claim, other: Claim) -> bool:
    """Whether both claim to be the same to the same student: there is one mother."""
    return _student_of(one) == _student_of(other) and (
        (one.relation or one.person.relation) == (other.relation or other.person.relation)
    )


_MOBILE = re.compile("1[3-9][0-9]{9}")
_FIGURES = "零一二三四五六七八九"
_TENS = re.compile("([一二三四五六七八九]?)十([一二三四五六七八九]?)")


def _same_class(written: str, name: str) -> bool:
    """Whether a class as somebody wrote it may be the one of this name: 三（2）班, 3年2班, 302, 二班."""
    one, other = _class_number(written), _class_number(name)
    return bool(one) and other.endswith(one)


def _class_number(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name)
    plain = _TENS.sub(lambda ten: f"{ten[1] or '一'}{ten[2] or '零'}", plain)
    for figure, character in enumerate(_FIGURES):
        plain = plain.replace(character, str(figure))
    plain = "".join(c for c in plain if c.isalnum() and c not in "年级班届第")
    return re.sub(r"^(\d)0(\d)$", r"\1\2", plain)


# -- tries and waves ----------------------------------------------------------------------------------


class Tried(NamedTuple):
    """An application that was looked at: when, whose, and whether it failed for its form or its
    proof."""

    time: float
    account: int
    failed: bool


def locked_until(failures: Sequence[float], tries: int) -> float:
    """Until when an account that failed at these times, in order, has no tries left; 0 where it has."""
    if len(failures) < tries or failures[-1] - failures[-tries] > DAY:
        return 0.0
    return failures[-1] + DAY


def wave_until(tried: Sequence[Tried], wave: int) -> float:
    """Until when all applications to a group go to a person, by those that came before and their times,
    in order; 0 where nothing ever was a wave."""
    until, first = 0.0, 0
    for place, last in enumerate(tried):
        while last.time - tried[first].time > FAILURES_WITHIN:
            first += 1
        before = tried[first : place + 1]
        many = {one.account for one in before if last.time - one.time <= WAVE_WITHIN}
        failed = [one.account for one in before if one.failed]
        trial = len(failed) >= FAILURES and len(set(failed)) >= FAILING_ACCOUNTS
        if len(many) >= wave or trial:
            until = last.time + MANUAL_FOR
    return until
