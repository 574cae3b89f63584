"""Changes to a group's policy. Each returns a new pack, checked as if it had been loaded; and what
differs between two packs, in lines for people. Pure."""

from __future__ import annotations

from itertools import count
import re
from types import UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from src.core.area import AREAS
from src.core.duration import spoken

from .errors import PackError
from .pack import Clause, Pack, choices

if TYPE_CHECKING:
    from collections.abc import Mapping

    from src.core.area import Area

_TRUTH = {"是": True, "true": True, "否": False, "false": False}
_OF_CLAUSE = ("ladder", "weight", "withdraw")
"""What `/policy set` changes of the clause itself, beside the plugin's settings."""


def with_setting(
    pack: Pack,
    clause: str,
    setting: str,
    value_text: str,
    areas: Mapping[str, Area[Any]] = AREAS,
) -> Pack:
    """The pack with one setting of a clause changed, as somebody typed it.

    Besides the plugin's settings: `ladder`, `weight`, `withdraw`. Lists are parted by commas,
    lengths need a unit, truth is true / false / 是 / 否. Raises PackError with what is allowed.
    """
    old = pack.clause(clause)
    if old.plugin is None:
        raise PackError(pack.name, clause, "这一条由人执行，没有可以改的设置")
    area = areas.get(old.plugin)
    if area is None:
        raise PackError(
            pack.name, clause, f"没有 {old.plugin} 这个功能，可用的有：{choices(areas)}"
        )
    fields = Clause.model_fields if setting in _OF_CLAUSE else area.settings.model_fields
    if setting not in fields:
        allowed = "、".join((*_OF_CLAUSE, *area.settings.model_fields))
        raise PackError(pack.name, clause, f"没有 {setting} 这项设置，可用的有：{allowed}")
    value = _typed(value_text.strip(), fields[setting].annotation)
    if setting in _OF_CLAUSE:
        change = {setting: value}
    else:
        change = {"settings": old.settings | {setting: value}}
    return _with_clauses(pack, {clause: change}, areas)


def enabled(pack: Pack, plugin: str, areas: Mapping[str, Area[Any]] = AREAS) -> Pack:
    """The pack with a plugin in force: its clauses switched on, or, where no clause binds it, its
    default clause added as the group's own (附1, 附2 …). The same pack where it is already so.

    Raises PackError where there is no such plugin.
    """
    area = areas.get(plugin)
    if area is None:
        raise PackError(pack.name, "", f"没有 {plugin} 这个功能，可用的有：{choices(areas)}")
    own = [clause for clause in pack.clauses if clause.plugin == plugin]
    if own:
        off = {clause.number: {"off": False} for clause in own if clause.off}
        return _with_clauses(pack, off, areas) if off else pack
    taken = {clause.number for clause in pack.clauses} | pack.ladders.keys()
    number = next(name for index in count(1) if (name := f"附{index}") not in taken)
    content = pack.content()
    clause: dict[str, Any] = {"number": number, "text": area.default.text, "plugin": plugin}
    clause["settings"] = dict(area.default.settings)
    if area.default.steps:
        clause["ladder"] = number
        content["ladder"][number] = {"steps": list(area.default.steps)}
    content["clause"].append(clause)
    return Pack.from_content(content, areas)


def disabled(pack: Pack, plugin: str, areas: Mapping[str, Area[Any]] = AREAS) -> Pack:
    """The pack with a plugin's clauses switched off; people still read them. The same pack where
    they are off already. Raises PackError where no clause binds the plugin."""
    own = [clause for clause in pack.clauses if clause.plugin == plugin]
    if not own:
        raise PackError(pack.name, "", f"没有条款用到 {plugin}，不用停用")
    on = {clause.number: {"off": True} for clause in own if not clause.off}
    return _with_clauses(pack, on, areas) if on else pack


def diff(old: Pack, new: Pack) -> list[str]:
    """What is different in `new`, a short line each; none where the content is the same."""
    heads = _changes(_head(old), _head(new))
    lines = [f"{name}：{_said(was)} → {_said(now)}" for name, was, now in heads]
    clauses = [{clause.number: clause for clause in pack.clauses} for pack in (old, new)]
    for number, before, after in _changes(*clauses):
        if before is None:
            lines.append(f"新增条款 {number}：{after.text}")
        elif after is None:
            lines.append(f"删除条款 {number}：{before.text}")
        else:
            lines += (
                f"条款 {number} {name}：{_said(was)} → {_said(now)}"
                for name, was, now in _changes(_facts(before), _facts(after))
                if _said(was) != _said(now)
            )
    common = [
        [number for number in one if number in other] for one, other in (clauses, clauses[::-1])
    ]
    if common[0] != common[1]:
        lines.append("条款的次序有变化")
    return lines


def _with_clauses(
    pack: Pack, changes: Mapping[str, Mapping[str, Any]], areas: Mapping[str, Area[Any]]
) -> Pack:
    content = pack.content()
    content["clause"] = [{**raw, **changes.get(raw["number"], {})} for raw in content["clause"]]
    return Pack.from_content(content, areas)


def _typed(text: str, annotation: Any) -> Any:
    """What somebody typed, as far as pydantic cannot read it from text by itself."""
    kinds = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    origins = {get_origin(kind) or kind for kind in kinds}
    if bool in origins:
        return _TRUTH.get(text.lower(), text)
    if origins & {list, tuple, set, frozenset}:
        return [part for part in (part.strip() for part in re.split("[,，、]", text)) if part]
    return text


def _head(pack: Pack) -> dict[str, Any]:
    """What a pack says outside its clauses, by the names that people know."""
    facts: dict[str, Any] = {
        "制度": pack.name,
        "名称": pack.title,
        "来源": pack.source,
        "版本": pack.version,
        "摘录保留": spoken(pack.keep_excerpts),
    }
    for name, ladder in pack.ladders.items():
        facts[f"阶梯 {name}"] = [step.spoken() for step in ladder.steps]
        facts[f"阶梯 {name} 累计"] = spoken(ladder.life)
    return facts


def _facts(clause: Clause) -> dict[str, Any]:
    """What a clause says, by the names that people know; settings by their own."""
    return {
        "文字": clause.text,
        "原文": list(clause.source),
        "功能": clause.plugin,
        "阶梯": clause.ladder,
        "权重": clause.weight,
        "撤回消息": clause.withdraw,
        "由人执行": clause.for_people,
        "停用": clause.off,
        **clause.settings,
    }


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    return [
        (name, old.get(name), new.get(name))
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ]


def _said(value: object) -> str:
    """A value for people to read."""
    if value is None or value == "" or value == []:
        return "无"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(map(_said, value))
    return str(value)
