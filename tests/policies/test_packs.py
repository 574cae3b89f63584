"""The packs themselves, with the real plugins."""

from __future__ import annotations

import csv
import importlib
from pathlib import Path
import pkgutil
from typing import TYPE_CHECKING

import pytest

from src.core.area import AREAS
from src.core.policy import available, check, compile_policy, load_pack
from src.core.policy.files import PACKS
from src.core.policy.pack import source_rows
from src.plugins.reports.settings import ReportSettings

if TYPE_CHECKING:
    from src.core.policy import Policy

ROOT = Path(__file__).resolve().parents[2]
ROWS = ROOT.parent / "shared" / "regulations" / "clauses.tsv"

REGULATIONS = {
    "text-only-parents": "14",
    "appeal-rules": "17",
    "kindergarten": "10",
    "parent-group-rules": "02",
    "student-owner-rules": "04",
    "eight-rules": "16",
    "parents-daytime": "12",
    "committee-hours": "09",
    "committee-rules": "06",
    "primary-rules": "11",
    "pingxiang-international": "21",
}
"""The regulation that each of our packs carries out; beside them a school may have its own."""

ENFORCED = {
    "appeal",
    "cleanup",
    "complaint",
    "content",
    "duty",
    "emergency",
    "escalation",
    "fairness",
    "flood",
    "group-profile",
    "inspection",
    "join",
    "joint",
    "ladder",
    "leave",
    "media",
    "mention",
    "nickname",
    "privacy",
    "private-route",
    "quarrel",
    "quiet",
    "report",
    "retention",
    "review",
    "roles",
    "topic",
}
EXCEPTIONS: dict[str, str] = {
    "06.3.2": "whether whoever has the duty looked at the group today is counted by no plugin",
    "14.1.4": "whether a talk is of a dispute between two pupils, a person sees",
    "21.2.2.3": "what speaks ill of the school, and what is a fair complaint, a person decides",
}
"""Automatic rows of these areas that no plugin carries out, each with its reason."""


@pytest.fixture(scope="module", autouse=True)
def plugins() -> None:
    for module in pkgutil.iter_modules([str(ROOT / "src" / "plugins")]):
        importlib.import_module(f"src.plugins.{module.name}")


@pytest.mark.parametrize("name", available())
def test_a_pack_loads_and_compiles(name: str) -> None:
    assert [str(error) for error in check(PACKS / f"{name}.toml")] == []
    policy = compile_policy(load_pack(name), version=1, policy_id=None)
    assert policy.plugins <= AREAS.keys()
    assert len(policy.rules()) == len(policy.clauses)


@pytest.mark.parametrize("name", REGULATIONS)
def test_a_pack_carries_every_row_of_its_regulation_once(name: str) -> None:
    carried = [row for clause in load_pack(name).clauses for row in clause.source]
    of_it = {row for row in source_rows() if row.startswith(f"{REGULATIONS[name]}.")}
    assert sorted(carried) == sorted(of_it)


@pytest.mark.skipif(not ROWS.exists(), reason="../shared/regulations is not here")
@pytest.mark.parametrize("name", REGULATIONS)
def test_automatic_rows_name_a_plugin(name: str) -> None:
    carried = {
        row: clause.plugin
        for clause in load_pack(name).clauses
        for row in clause.source
        if clause.plugin is not None and not clause.off
    }
    with ROWS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    bare = {
        row["clause"]
        for row in rows
        if row["clause"].startswith(f"{REGULATIONS[name]}.")
        and row["mode"] == "auto"
        and row["area"] in ENFORCED
        and row["clause"] not in carried
    }
    of_it = {row for row in EXCEPTIONS if row.startswith(f"{REGULATIONS[name]}.")}
    assert bare == of_it, "say in EXCEPTIONS why no plugin carries these out, and nothing else"


@pytest.mark.parametrize("name", REGULATIONS)
def test_what_no_plugin_carries_out_says_what_people_do(name: str) -> None:
    for clause in load_pack(name).clauses:
        assert clause.plugin is not None or isinstance(clause.for_people, str), clause.number


def test_chapter_one_only_speaks_chapter_two_proposes_removal_and_chapter_three_warns_first() -> (
    None
):
    policy = compile_policy(load_pack("text-only-parents"), version=1, policy_id=None)
    steps = {
        one.clause.number: [(step.kind, step.confirm) for step in one.ladder.steps]
        for one in policy.bound
        if one.ladder is not None
    }
    assert steps.pop("一.2") == [("warn", 0), ("remove", 1)]
    at_once, later = [("remove", 1)], [("warn", 0), ("remove", 1)]
    assert steps == {
        "一.1": [("remind", 0)],
        "一.3": [("remind", 0)],
        "一.5": [("warn", 0)],
        "一.6": [("remind", 0)],
        "二.1": at_once,
        "二.2": at_once,
        "二.3": at_once,
        "三.1": later,
        "三.2": later,
        "三.3": later,
    }


def test_the_kindergarten_warns_first_and_removes_attackers_at_once() -> None:
    policy = compile_policy(load_pack("kindergarten"), version=1, policy_id=None)
    ladders = {one.clause.number: one.clause.ladder for one in policy.judging}
    assert ladders.pop("三.1") == "name"
    assert ladders == {
        **dict.fromkeys(("一.2", "三.2", "三.3", "三.4", "三.5"), "warn-then-remove"),
        "五.2": "remove",
    }
    assert {policy.ladders[str(name)].steps[-1].confirm for name in ladders.values()} == {1}


def test_the_appeal_rules_warn_mute_and_remove() -> None:
    policy = compile_policy(load_pack("appeal-rules"), version=1, policy_id=None)
    ladders = {one.clause.number: one.clause.ladder for one in policy.judging}
    # Mockery and talk that strays from lessons are reminded of first (17.3.2b, 17.3.3a).
    assert ladders.pop("三.2.2") == ladders.pop("三.3.1") == "remind-first"
    assert set(ladders.values()) == {"warn-mute-remove"}
    steps = policy.ladders["warn-mute-remove"].steps
    assert [step.kind for step in steps] == ["warn", "mute", "remove"]
    assert steps[-1].confirm == 1


def kinds(policy: Policy) -> dict[str, list[str]]:
    """The steps of each clause that judges."""
    return {
        one.clause.number: [step.kind for step in one.ladder.steps]
        for one in policy.judging
        if one.ladder is not None
    }


def test_where_a_regulation_names_no_sanction_nobody_is_muted_or_removed() -> None:
    policy = compile_policy(load_pack("parent-group-rules"), version=1, policy_id=None)
    steps = kinds(policy)
    # Of a name the teacher is told once, and not again each few days.
    assert steps.pop("一.2") == ["remind", "report", "warn"]
    assert set(map(tuple, steps.values())) == {("warn", "report")}


def test_the_students_group_warns_mutes_and_removes_for_what_is_grave() -> None:
    policy = compile_policy(load_pack("student-owner-rules"), version=1, policy_id=None)
    steps = kinds(policy)
    assert steps.pop("四.3") == ["remove"]
    assert set(map(tuple, steps.values())) == {("warn", "mute", "mute")}
    assert policy.ladders["remove"].steps[0].confirm == 1


def test_in_the_daytime_group_the_evening_is_only_reminded_of() -> None:
    policy = compile_policy(load_pack("parents-daytime"), version=1, policy_id=None)
    (evening,) = [one for one in policy.judging if one.area.name == "quiet_hours"]
    assert not evening.withdraw
    assert kinds(policy)["六"] == ["remind", "remind", "warn"]
    assert kinds(policy)["四.2"] == ["warn", "warn", "remove"]


def test_the_committee_closes_the_group_and_removes_together() -> None:
    policy = compile_policy(load_pack("committee-hours"), version=1, policy_id=None)
    assert len(policy.quiet) == 1
    assert policy.ladders["warn-mute-remove"].steps[-1].confirm == 2


def test_the_eight_rules_punish_only_what_they_say_is_punished() -> None:
    policy = compile_policy(load_pack("eight-rules"), version=1, policy_id=None)
    steps = kinds(policy)
    assert {number for number, some in steps.items() if "mute" in some} == {"2", "6"}
    assert all("remove" not in some for some in steps.values())


def test_in_turns_the_committee_mutes_and_tells_the_head_teacher() -> None:
    """06.4.2: at once; 06.2.2: the blacklist; 06.4.3: what is grave is passed up."""
    policy = compile_policy(load_pack("committee-rules"), version=1, policy_id=None)
    steps = {
        name: [(step.kind, step.report) for step in ladder.steps]
        for name, ladder in policy.ladders.items()
    }
    assert steps["warn-mute-leave"] == [("warn", False), ("mute", True), ("remove", False)]
    assert steps["block"] == [("block", False)]
    assert steps["grave"] == [("mute", True), ("remove", True)]


def test_in_the_primary_class_what_is_serious_is_no_warning() -> None:
    """11.2.1, 11.5.1, 11.5.2: insult is warned of, serious insult removes, repeated is blacklisted; one
    manager's word is enough."""
    policy = compile_policy(load_pack("primary-rules"), version=1, policy_id=None)
    steps = kinds(policy)
    assert steps["二.1"] == ["warn", "mute", "remove", "block"]
    assert steps["二.1.2"] == ["remove", "block"]
    assert {one.confirm for ladder in policy.ladders.values() for one in ladder.steps[-2:]} == {1}


def test_where_a_regulation_does_not_pass_things_up_the_school_has_them_after_a_week() -> None:
    """Escalations of a pack go on to the school after the time its first clause of `reports` says."""
    day = 86_400
    said = {
        name: policy.bindings(ReportSettings)[0].settings.passes_up() or (day, 3 * day)
        for name in available()
        if (policy := compile_policy(load_pack(name), version=1, policy_id=None))
        and any(step.kind == "report" for one in policy.ladders.values() for step in one.steps)
    }
    assert said == {
        "eight-rules": (7 * day, 7 * day),
        "kindergarten": (3 * day, 7 * day),
        "parent-group-rules": (7 * day, 7 * day),
        "parents-daytime": (7 * day, 7 * day),
        # 21.2.1.1: in time.
        "pingxiang-international": (day, 3 * day),
    }
