from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import TYPE_CHECKING, Any

import pytest

from src.core.policy import Pack, PackError, Step, compile_policy

from .conftest import FilterSettings, FloodSettings

if TYPE_CHECKING:
    from .conftest import Areas


def test_a_policy_binds_clauses_in_the_packs_order(content: dict[str, Any], areas: Areas) -> None:
    pack = Pack.from_content(content, areas)
    policy = compile_policy(pack, areas, version=7, policy_id=42)
    assert (policy.policy_id, policy.version, policy.pack_name) == (42, 7, "small")
    assert policy.digest == pack.digest
    assert [one.clause.number for one in policy.bound] == ["2", "3", "4"]
    assert policy.plugins == {"filter", "flood", "appeals"}
    insults, flood, appeals = policy.bound
    assert insults.settings == FilterSettings(categories=frozenset({"insult", "ads"}))
    assert insults.ladder is policy.ladders["once"]
    assert (insults.weight, insults.withdraw) == (2, True)
    assert flood.settings == FloodSettings()
    assert appeals.ladder is None
    assert not appeals.area.detectors


def test_a_policy_does_not_change(content: dict[str, Any], areas: Areas) -> None:
    policy = compile_policy(Pack.from_content(content, areas), areas, version=1, policy_id=None)
    with pytest.raises(FrozenInstanceError):
        policy.version = 2  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(TypeError):
        policy.ladders["once"] = policy.ladders["soft"]  # pyright: ignore[reportIndexIssue]


def test_what_is_off_binds_nothing_and_is_still_read(content: dict[str, Any], areas: Areas) -> None:
    content["clause"][2]["off"] = True
    policy = compile_policy(Pack.from_content(content, areas), areas, version=1, policy_id=None)
    assert policy.plugins == {"filter", "appeals"}
    assert policy.rules() == [
        "1 说话有礼貌。",
        "2 不骂人。",
        "3 不刷屏。（暂不自动执行）",
        "4 可以申诉。",
    ]


def test_a_clause_is_found_by_its_number(content: dict[str, Any], areas: Areas) -> None:
    policy = compile_policy(Pack.from_content(content, areas), areas, version=1, policy_id=None)
    clause = policy.clause("2")
    assert clause is not None
    assert clause.text == "不骂人。"
    assert policy.clause("9") is None


def test_the_clause_decides_whether_a_message_goes(content: dict[str, Any], areas: Areas) -> None:
    policy = compile_policy(Pack.from_content(content, areas), areas, version=1, policy_id=None)
    insults, flood, _ = policy.bound
    assert insults.withdraws(Step("warn"))
    assert not insults.withdraws(Step("remind"))
    assert not flood.withdraws(Step("mute", 600))


def test_a_plugin_that_is_no_more_is_a_clear_line(content: dict[str, Any], areas: Areas) -> None:
    pack = Pack.from_content(content, areas)
    del areas["filter"]
    with pytest.raises(PackError, match="条款 2：没有 filter 这个功能"):
        compile_policy(pack, areas, version=1, policy_id=None)
