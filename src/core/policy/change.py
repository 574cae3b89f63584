"""Changes to a group's policy. Each returns a new pack, checked as if it had been loaded; and what
differs between two packs, in lines for people. Pure."""

from __future__ import annotations

from itertools import count
import re
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Union, cast, get_args, get_origin

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
_NOTHING = ("无", "[]", "{}")
_MOST_SAID = 20
"""Items of a list that people are shown."""


def with_setting(
    pack: Pack,
    clause: str,
    setting: str,
    value_text: str,
    areas: Mapping[str, Area[Any]] = AREAS,
) -> Pack:
    """The pack with one setting of a clause changed, as somebody typed it.

    Besides the plugin's settings: `ladder`, `weight`, `withdraw`. Lists are parted by commas,
    tables are `name=value` parted by blanks or commas, 无 empties both and takes back what need not
    be set; lengths need a unit, truth is true / false / 是 / 否. Raises PackError with what is allowed.
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
    try:
        value = _typed(value_text.strip(), fields[setting].annotation)
    except ValueError as error:
        raise PackError(pack.name, clause, f"设置 {setting} {error}") from None
    if setting in _OF_CLAUSE:
        return _with_clauses(pack, {clause: {setting: value}}, areas)
    return with_settings(pack, {clause: {setting: value}}, areas)


def with_settings(
    pack: Pack,
    changes: Mapping[str, Mapping[str, Any]],
    areas: Mapping[str, Area[Any]] = AREAS,
) -> Pack:
    """The pack with settings changed, by clause and name, as JSON has them.

    Raises PackError where they do not fit, or where the plugin objects to the change.
    """
    old = {number: pack.clause(number) for number in changes}
    new = _with_clauses(
        pack,
        {
            number: {"settings": {**old[number].settings, **values}}
            for number, values in changes.items()
        },
        areas,
    )
    for number, former in old.items():
        assert former.plugin is not None
        model = areas[former.plugin].settings
        settings = model.model_validate(new.clause(number).settings)
        if why := settings.objection(model.model_validate(former.settings)):
            raise PackError(pack.name, number, why)
    return new


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
    lines = [f"{name}：{said(was)} → {said(now)}" for name, was, now in heads]
    clauses = [{clause.number: clause for clause in pack.clauses} for pack in (old, new)]
    for number, before, after in _changes(*clauses):
        if before is None:
            lines.append(f"新增条款 {number}：{after.text}")
        elif after is None:
            lines.append(f"删除条款 {number}：{before.text}")
        else:
            lines += (
                f"条款 {number} {name}：{_difference(was, now)}"
                for name, was, now in _changes(_facts(before), _facts(after))
                if not (_is_nothing(was) and _is_nothing(now))
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
    if NoneType in kinds and text == _NOTHING[0]:
        return None
    if bool in origins:
        return _TRUTH.get(text.lower(), text)
    if origins & {list, tuple, set, frozenset}:
        parts = [] if text in _NOTHING else re.split("[,，、]", text)
        return [part for part in map(str.strip, parts) if part]
    if dict in origins:
        pairs = re.sub(r"\s*[=＝]\s*", "=", text)
        return _table([] if text in _NOTHING else re.split(r"[\s,，、]+", pairs))
    return text


def _table(parts: list[str]) -> dict[str, str]:
    """`name=value` by name. Raises ValueError, with words for people."""
    table: dict[str, str] = {}
    for part in filter(None, parts):
        name, sign, value = part.partition("=")
        if not (name and sign and value):
            raise ValueError(f"要写成 名称=值，几项之间用空格隔开，看不懂：{part}")
        if name in table:
            raise ValueError(f"里 {name} 写了两次")
        table[name] = value
    return table


def _head(pack: Pack) -> dict[str, Any]:
    """What a pack says outside its clauses, by the names that people know."""
    facts: dict[str, Any] = {
        "制度": pack.name,
        "名称": pack.title,
        "来源": pack.source,
        "版本": pack.version,
        "摘录保留": spoken(pack.keep_excerpts),
        "姓名保留": spoken(pack.retention.names),
        "清理时间": pack.retention.clear.written(),
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


def _difference(was: Any, now: Any) -> str:
    """From one value to the other; of long lists only what was added and taken out."""
    if not (isinstance(was, list) and isinstance(now, list)) or len(was + now) <= _MOST_SAID:
        return f"{said(was)} → {said(now)}"
    before, after = (dict.fromkeys(map(said, cast("list[object]", one))) for one in (was, now))
    added = [one for one in after if one not in before]
    gone = [one for one in before if one not in after]
    return f"{len(before)} 项 → {len(after)} 项，增加：{said(added)}，去掉：{said(gone)}"


def _is_nothing(value: object) -> bool:
    return value is None or value in ("", [], {})


def said(value: object) -> str:
    """A value for people to read; a long list is cut."""
    if _is_nothing(value):
        return "无"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        items = cast("list[object]", value)
        more = f" 等 {len(items)} 项" if len(items) > _MOST_SAID else ""
        return "、".join(map(said, items[:_MOST_SAID])) + more
    if isinstance(value, dict):
        table = cast("dict[str, object]", value)
        return "、".join(f"{name}={said(one)}" for name, one in table.items())
    return str(value)
