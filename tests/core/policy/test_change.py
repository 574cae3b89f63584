from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
import pytest

from src.core.policy import Pack, PackError, compile_policy, diff, disabled, enabled, with_setting

if TYPE_CHECKING:
    from .conftest import Areas


@pytest.fixture
def pack(content: dict[str, Any], areas: Areas) -> Pack:
    return Pack.from_content(content, areas)


@pytest.mark.parametrize(
    ("clause", "setting", "typed", "line"),
    [
        ("3", "same_in_a_row", "5", "条款 3 same_in_a_row：3 → 5"),
        ("3", "window", "5分钟", "条款 3 window：2m → 5m"),
        ("3", "pictures", "否", "条款 3 pictures：是 → 否"),
        ("3", "pictures", "False", "条款 3 pictures：是 → 否"),
        ("3", "ladder", "once", "条款 3 阶梯：soft → once"),
        ("3", "weight", " 3 ", "条款 3 权重：1 → 3"),
        ("3", "withdraw", "是", "条款 3 撤回消息：否 → 是"),
        ("2", "categories", "rumour", "条款 2 categories：ads、insult → rumour"),
        ("2", "terms", "小广告，招生、补课班", "条款 2 terms：无 → 小广告、招生、补课班"),
        ("2", "score", "0.5", "条款 2 score：1.0 → 0.5"),
        ("2", "at_least", "insult=2 ads=3", "条款 2 at_least：无 → insult=2、ads=3"),
        ("2", "at_least", "insult ＝ 2，ads= 3", "条款 2 at_least：无 → insult=2、ads=3"),
    ],
)
def test_a_setting_is_changed_as_typed(
    pack: Pack, areas: Areas, clause: str, setting: str, typed: str, line: str
) -> None:
    before = pack.content()
    changed = with_setting(pack, clause, setting, typed, areas)
    assert diff(pack, changed) == [line]
    assert changed.digest != pack.digest
    assert pack.content() == before


@pytest.mark.parametrize(
    ("clause", "setting", "typed", "says"),
    [
        ("9", "weight", "2", "没有这一条，现有：1、2、3、4"),
        ("1", "weight", "2", "这一条由人执行"),
        ("3", "rows", "2", "可用的有：ladder、weight、withdraw、same_in_a_row、window、pictures"),
        ("3", "same_in_a_row", "many", "same_in_a_row 要写整数"),
        ("3", "same_in_a_row", "1", "不能小于 2"),
        ("3", "same_in_a_row", "", "要写整数"),
        ("3", "window", "5", "带单位"),
        ("3", "pictures", "也许", "是 或 否"),
        ("3", "withdraw", "也许", "是 或 否"),
        ("3", "weight", "0", "不能小于 1"),
        ("3", "ladder", "x", "可用的有：once、soft"),
        ("2", "categories", "ads,insolt", "只能是"),
        ("2", "terms", "滚", "只有一个字"),
        ("2", "terms", "不好", "不好"),
        ("2", "terms", "半个\ud800字", "控制字符"),
        ("2", "at_least", "insult", "要写成 名称=值，几项之间用空格隔开，看不懂：insult"),
        ("2", "at_least", "insult=", "看不懂：insult="),
        ("2", "at_least", "=2", "看不懂：=2"),
        ("2", "at_least", "insult=2 insult=3", "写了两次"),
        ("2", "at_least", "jokes=2", "只能是"),
        ("2", "at_least", "insult=many", "要写整数"),
    ],
)
def test_a_wrong_change_says_what_is_allowed(
    pack: Pack, areas: Areas, clause: str, setting: str, typed: str, says: str
) -> None:
    with pytest.raises(PackError, match=says) as caught:
        with_setting(pack, clause, setting, typed, areas)
    assert caught.value.clause == clause


def test_lists_and_tables_are_emptied(pack: Pack, areas: Areas) -> None:
    for setting, typed in (("terms", "甲乙"), ("at_least", "ads=2")):
        full = with_setting(pack, "2", setting, typed, areas)
        assert with_setting(full, "2", setting, "无", areas) == pack


def test_of_long_lists_the_difference_is_told(pack: Pack, areas: Areas) -> None:
    words = [f"词条{number}" for number in range(300)]
    long = with_setting(pack, "2", "terms", "、".join(words), areas)
    longer = with_setting(pack, "2", "terms", "、".join([*words[1:], "新词", "新的"]), areas)
    assert diff(long, longer) == ["条款 2 terms：300 项 → 301 项，增加：新词、新的，去掉：词条0"]
    [line] = diff(pack, long)
    assert line.startswith("条款 2 terms：0 项 → 300 项，增加：词条0、词条1、")
    assert line.endswith("词条19 等 300 项，去掉：无")


def test_disabling_keeps_the_clauses_and_enabling_brings_them_back(
    pack: Pack, areas: Areas
) -> None:
    off = disabled(pack, "flood", areas)
    assert diff(pack, off) == ["条款 3 停用：否 → 是"]
    assert "flood" not in compile_policy(off, areas, version=2, policy_id=None).plugins
    assert disabled(off, "flood", areas) is off
    assert Pack.from_content(off.content(), areas) == off
    assert enabled(off, "flood", areas) == pack
    assert enabled(pack, "flood", areas) is pack


def test_enabling_what_no_clause_binds_adds_its_default_clause(
    content: dict[str, Any], areas: Areas
) -> None:
    content["clause"] = content["clause"][:1]
    pack = Pack.from_content(content, areas)
    more = enabled(enabled(pack, "flood", areas), "appeals", areas)
    assert diff(pack, more) == [
        "阶梯 附1：无 → 警告、禁言 10 分钟",
        "阶梯 附1 累计：无 → 30 天",
        "新增条款 附1：不刷屏。",
        "新增条款 附2：可以申诉。",
    ]
    policy = compile_policy(more, areas, version=2, policy_id=None)
    assert policy.plugins == {"flood", "appeals"}
    ladder = policy.bound[0].ladder
    assert ladder is not None
    assert [step.kind for step in ladder.steps] == ["warn", "mute"]
    assert policy.bound[1].ladder is None


def test_an_own_clause_takes_no_name_that_is_taken(content: dict[str, Any], areas: Areas) -> None:
    content["clause"] = content["clause"][:1]
    content["clause"][0]["number"] = "附1"
    content["ladder"]["附2"] = {"steps": ["warn"]}
    more = enabled(Pack.from_content(content, areas), "flood", areas)
    assert more.clauses[-1].number == "附3"
    assert more.ladders["附2"].steps[0].kind == "warn"


def test_a_plugin_that_is_not_there_is_a_clear_line(pack: Pack, areas: Areas) -> None:
    with pytest.raises(PackError, match=r"没有 x 这个功能，可用的有：appeals（申诉）、filter"):
        enabled(pack, "x", areas)
    with pytest.raises(PackError, match="没有条款用到 x"):
        disabled(pack, "x", areas)


def test_the_same_has_no_difference(pack: Pack, content: dict[str, Any], areas: Areas) -> None:
    assert diff(pack, pack) == []
    assert diff(pack, Pack.from_content(content, areas)) == []


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_what_has_another_digest_has_a_difference(
    pack: Pack, content: dict[str, Any], areas: Areas, data: st.DataObject
) -> None:
    other = copy.deepcopy(content)
    ladder = other["ladder"][data.draw(st.sampled_from(["once", "soft"]))]
    ladder["life"] = data.draw(st.sampled_from(["1d", "7d", "30d", "36h"]))
    ladder["steps"] = data.draw(
        st.lists(
            st.sampled_from(
                [
                    "report",
                    "remove",
                    {"step": "remove", "within": "24h"},
                    {"step": "remove", "confirm": 0},
                ]
            ),
            min_size=1,
            max_size=3,
        )
    )
    other["clause"] = data.draw(st.permutations(other["clause"]))
    changed = Pack.from_content(other, areas)
    assert bool(diff(pack, changed)) == (changed.digest != pack.digest)


def test_whatever_differs_is_told(pack: Pack, content: dict[str, Any], areas: Areas) -> None:
    content |= {"name": "n", "title": "t", "source": "s", "version": 2, "keep_excerpts": "7d"}
    content["ladder"]["once"]["steps"] = [{"step": "remove", "confirm": 0}]
    content["ladder"]["soft"]["life"] = "8d"
    content["ladder"]["new"] = {"steps": ["warn"]}
    first, insults, flood, appeals = content["clause"]
    first |= {"text": "说话要有礼貌。", "source": [], "for_people": "老师提醒。"}
    insults |= {"plugin": "flood", "settings": {}}
    new = {"number": "5", "text": "新的。", "for_people": True}
    content["clause"] = [insults, first, appeals, new]
    assert diff(pack, Pack.from_content(content, areas)) == [
        "制度：small → n",
        "名称：小群规 → t",
        "来源：本班 → s",
        "版本：1 → 2",
        "摘录保留：30 天 → 7 天",
        "阶梯 once：移出群（须 2 人确认） → 移出群（不须确认）",
        "阶梯 soft 累计：7 天 → 8 天",
        "阶梯 new：无 → 警告",
        "阶梯 new 累计：无 → 30 天",
        "条款 1 文字：说话有礼貌。 → 说话要有礼貌。",
        "条款 1 原文：14.1.3 → 无",
        "条款 1 由人执行：是 → 老师提醒。",
        "条款 2 功能：filter → flood",
        "条款 2 categories：ads、insult → 无",
        "条款 2 score：1.0 → 无",
        "条款 2 same_in_a_row：无 → 3",
        "条款 2 window：无 → 2m",
        "条款 2 pictures：无 → 是",
        "删除条款 3：不刷屏。",
        "新增条款 5：新的。",
        "条款的次序有变化",
    ]
    assert flood["number"] == "3"
