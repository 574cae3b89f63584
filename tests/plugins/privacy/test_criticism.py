"""Criticism that names a pupil, and long talk on one; named.py has the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
import pytest

from src.core.area import Message
from src.core.chat.events import Account, GroupKey, Kind, MessageReceived, MessageRef, Segment
from src.core.chat.port import Act
from src.core.people import ClassRoster, Identity, Person, PersonKind
from src.core.policy import compile_policy
from src.core.store import models
from src.core.text import fold
from src.core.windows import GroupWindows
from src.plugins.privacy import about_a_pupil
from src.plugins.privacy.settings import PrivacySettings
from tests.houses import ADMIN, PARENT, PARENTS, a_home

from . import named
from .test_privacy import policy

if TYPE_CHECKING:
    from pathlib import Path

    from src.core.area import Finding

STUDENTS = [Person(number, PersonKind.STUDENT, name) for number, name in enumerate(named.PUPILS, 1)]
GUARDIAN = Person(50, PersonKind.GUARDIAN, "陈大明", relation="爸爸", student=1)
MOTHER, FATHER, PUPIL = (Account("none", one) for one in ("mother", "father", "pupil"))
ROSTER = ClassRoster(
    1,
    "三年级二班",
    [*STUDENTS, GUARDIAN],
    [
        Identity(MOTHER, STUDENTS[0], "妈妈"),
        Identity(FATHER, GUARDIAN, ""),
        Identity(PUPIL, STUDENTS[2], ""),
    ],
)
BOTH = PrivacySettings(looks_for=("criticism", "dwelling"))


class Class:
    """A group in which people write, a minute between two messages."""

    def __init__(
        self, settings: PrivacySettings = BOTH, roster: ClassRoster | None = ROSTER
    ) -> None:
        self.settings = settings
        self.roster = roster
        self.windows = GroupWindows()
        self.now = 0.0
        self.numbers = 0

    def hears(
        self,
        text: str,
        author: Account | str = "1",
        *,
        staff: bool = False,
        name: str = "",
        again: bool = False,
        after: float = 60.0,
    ) -> Finding | None:
        self.now += after
        self.numbers += not again
        event = MessageReceived(
            ref=MessageRef("", GroupKey("none", "1"), str(self.numbers), self.now),
            account=Account("none", author) if isinstance(author, str) else author,
            segments=(Segment(Kind.TEXT, text),),
            text=text,
            name=name,
        )
        message = Message(
            event, fold(text), (), self.now, self.now, author_is_staff=staff, roster=self.roster
        )
        return about_a_pupil(message, self.settings, self.windows)


def by_teacher(text: str) -> Finding | None:
    return Class().hears(text, staff=True)


@pytest.mark.parametrize("text", named.BROKEN)
def test_a_teacher_who_criticises_by_name_is_found(text: str) -> None:
    finding = by_teacher(text)
    assert finding is not None
    assert finding.acts
    assert finding.category == "criticism"
    assert {text[start:end] for start, end in finding.spans} <= set(named.PUPILS)


@pytest.mark.parametrize("text", named.BY_PARENT)
def test_a_parent_who_accuses_another_child_is_found(text: str) -> None:
    finding = Class().hears(text)
    assert finding is not None
    assert finding.acts


@pytest.mark.parametrize("text", [*named.KEPT, *named.HELD_OUT_KEPT])
def test_what_a_teacher_may_say_is_left_alone(text: str) -> None:
    assert by_teacher(text) is None


@pytest.mark.parametrize("text", [*named.BY_PARENT_KEPT, *named.HELD_OUT_BY_PARENT_KEPT])
def test_what_a_parent_may_say_is_left_alone(text: str) -> None:
    assert Class().hears(text) is None


def test_most_of_what_was_held_out_is_found() -> None:
    found = [by_teacher(text) for text in named.HELD_OUT_BROKEN]
    found += [Class().hears(text) for text in named.HELD_OUT_BY_PARENT]
    acted = sum(finding is not None and finding.acts for finding in found)
    assert acted >= 0.9 * len(found)


@pytest.mark.parametrize(
    ("text", "pupils"),
    [
        ("没交作业的同学：陈晨、吴磊、周倩", {"陈晨", "吴磊", "周倩"}),
        ("表扬赵敏、周倩，批评孙强、吴磊", {"孙强", "吴磊"}),
        ("昨天作业未完成名单\n1. 陈晨\n2. 孙强", {"陈晨", "孙强"}),
        ("孙强打了吴磊", {"孙强"}),
        ("批评吴磊，赵敏表现好", {"吴磊"}),
    ],
)
def test_only_those_who_are_criticised_are_named_in_the_finding(
    text: str, pupils: set[str]
) -> None:
    finding = by_teacher(text)
    assert finding is not None
    assert {text[start:end] for start, end in finding.spans} == pupils
    assert finding.facts == {"criticism": len(pupils)}


@pytest.mark.parametrize(
    "text",
    [
        "孙强作业没交，但是上课很积极",
        "赵敏不要再迟到了",
    ],
)
def test_what_can_be_read_in_two_ways_asks_a_person(text: str) -> None:
    finding = by_teacher(text)
    assert finding is not None
    assert not finding.acts


def test_an_unknown_parent_may_have_meant_their_own_child() -> None:
    text = "陈晨作业没写完"
    unknown, stranger = Class().hears(text), Class().hears(text, PUPIL)
    assert unknown is not None
    assert not unknown.acts
    assert stranger is not None
    assert stranger.acts


@pytest.mark.parametrize("author", [MOTHER, FATHER])
def test_a_family_may_say_it_of_its_own_child_only(author: Account) -> None:
    assert Class().hears("陈晨今天又打人了", author) is None
    assert Class().hears("孙强今天又打人了", author) is not None


def test_pupils_and_those_who_go_by_a_childs_name_speak_of_themselves() -> None:
    assert Class().hears("孙强作业没交", PUPIL) is None
    assert Class().hears("吴磊太不听话了", name="吴磊妈妈") is None
    assert Class().hears("吴磊太不听话了", name="吴磊老师", staff=True) is not None


def test_nothing_is_looked_for_without_a_roster_or_a_clause() -> None:
    text = named.BROKEN[0]
    assert Class(roster=None).hears(text, staff=True) is None
    assert Class(PrivacySettings()).hears(text, staff=True) is None
    assert Class(PrivacySettings(looks_for=("dwelling",))).hears(text, staff=True) is None


@given(
    st.text(
        st.sampled_from("陈晨孙强作业没交了打人，。？：的不被批评表扬\n高兴\ue000\ue001"),
        max_size=30,
    )
)
def test_no_text_breaks_it_and_spans_are_names(text: str) -> None:
    finding = by_teacher(text)
    if finding is not None:
        assert {text[start:end] for start, end in finding.spans} <= set(named.PUPILS)


# -- long talk ------------------------------------------------------------------------------------------


def test_long_talk_on_one_pupil_is_led_away_once() -> None:
    group = Class()
    found = [group.hears("孙强的事怎么办", str(number % 3)) for number in range(12)]
    told = [finding for finding in found if finding is not None]
    assert [found.index(one) for one in told] == [7]
    assert told[0].word is not None
    assert {one.user_id for one in told[0].word.people} == {"0", "1", "2"}
    assert not told[0].acts
    # After a silence it is another talk.
    group.hears("孙强的事怎么办", "1", after=3600.0)
    found = [group.hears("孙强的事怎么办", str(number % 2)) for number in range(7)]
    assert found[-1] is not None


@pytest.mark.parametrize(
    ("text", "people", "after"),
    [
        ("孙强的事怎么办", 1, 60.0),
        ("孙强今天真棒", 3, 60.0),
        ("陈晨、赵敏、孙强集合", 3, 60.0),
        ("大家很高兴", 3, 60.0),
        ("孙强的事怎么办", 3, 90.0),
    ],
)
def test_what_is_no_long_talk(text: str, people: int, after: float) -> None:
    group = Class()
    for number in range(10):
        assert group.hears(text, str(number % people), after=after) is None


def test_a_message_that_is_judged_again_counts_once() -> None:
    group = Class()
    for number in range(7):
        assert group.hears("孙强的事", str(number % 2)) is None
    assert group.hears("孙强的事", "0", again=True, after=0.0) is None


# -- in a house -----------------------------------------------------------------------------------------


async def test_a_teacher_is_told_in_private_and_a_parent_by_the_ladder(tmp_path: Path) -> None:
    async with a_home(tmp_path) as home:
        pack = policy(looks_for=["criticism", "dwelling"], dwelling_messages=4)
        home.group.policy = compile_policy(pack, version=2, policy_id=None)
        home.group.roster = ROSTER
        await home.says(ADMIN, "孙强又没交作业，太懒了")
        case = await models.Case.get()
        assert case.step == "word"
        assert "私聊" in home.platform.whispered(ADMIN)[-1]
        assert home.platform.asked(Act.WITHDRAW) == []

        await home.says(PARENT, "孙强打我家孩子了")
        assert (await models.Case.filter(step="warn").get()).clause == "5"
        assert len(home.platform.asked(Act.WITHDRAW)) == 1
        assert not [text for text in home.platform.whispered(PARENT) if "孙强" in text]

        for user in (PARENTS[1], PARENTS[2]):
            await home.says(user, "孙强的家长在吗")
        assert await models.Case.all().count() == 2
        assert "同一个孩子" in home.platform.whispered(PARENTS[1])[-1]
