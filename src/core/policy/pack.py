"""A pack: a regulation, clause by clause, as it is written, checked and stored. Pure.

A pack's content is the same whether it is read from a TOML file or from the store:

- `title`, `source` (where the regulation comes from), `version`;
- `[retention]`: `excerpts` (how long a case keeps its excerpt, default `"30d"`; `keep_excerpts` outside
  the table is the same), `names` (how long it is kept who it was about, default `"180d"`) and `clear`
  (when what is over is cleared, default `"每天 03:00"`);
- `term_ends`: the days on which a term is over, as `["01-20", "07-10"]`;
- `[ladder.NAME]`: `life` (how long a case counts, default `"30d"`), `decay` (after each such time
  without another case one is taken off), `ends_with_term` and `steps`;
- `[[clause]]`: `number`, `text` (for people), `source` (rows of regulations/clauses.tsv), and
  either `for_people` (true, or a line that says how people do it), or `plugin` with `settings`,
  `ladder`, `weight` (default 1; a grave clause advances by more) and `withdraw` (default true: the
  message is withdrawn when the step is a warning or graver). `off = true` keeps a clause for people
  to read while nothing carries it out.
"""

from __future__ import annotations

from datetime import date
import functools
import hashlib
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, cast
import unicodedata

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    ValidationError,
    field_validator,
)

from src.core.area import AREAS, Area, Settings
from src.core.schedule.calendar import Moment

from .errors import PackError, PackErrors, explain
from .ladder import Ladder, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SHORTEST_NAMES = 7 * 86_400
"""Seconds: what people agreed to may be carried out days later, and must know of whom."""
SHORTEST_TERM = 2
"""Characters; a shorter term would be found everywhere."""


def _controls(text: str) -> bool:
    """Whether there are control characters, or half a pair of UTF-16, which nothing can store."""
    return any(unicodedata.category(char) in ("Cc", "Cs") and char != "\n" for char in text)


def _readable(text: str) -> str:
    if _controls(text):
        raise ValueError("含有控制字符，请删去")
    return text


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300),
    AfterValidator(_readable),
]
Label = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=32, pattern=r"^\S*$"),
    AfterValidator(_readable),
]
"""A name that people type in a command, so without blanks."""


def _read_day(value: object) -> tuple[int, int]:
    if isinstance(value, str):
        try:
            # A leap year has every day that a year may have.
            day = date.fromisoformat(f"2028-{value.strip()}")
        except ValueError:
            pass
        else:
            if (day.month, day.day) != (2, 29):
                return day.month, day.day
    raise ValueError("写成 07-10 这样的月和日")


TermEnd = Annotated[
    tuple[int, int],
    PlainValidator(_read_day),
    PlainSerializer(lambda day: f"{day[0]:02}-{day[1]:02}", when_used="json"),
]
"""A day of any year: month and day."""


class Clause(BaseModel):
    """One clause: what people read, and what carries it out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Label
    text: Text
    source: tuple[str, ...] = ()
    plugin: Label | None = None
    settings: dict[str, Any] = Field(default_factory=dict)
    """The plugin's settings with their defaults filled in, as JSON has them."""
    ladder: Label | None = None
    weight: int = Field(default=1, ge=1, le=100)
    withdraw: bool = Field(default=True, strict=True)
    for_people: Literal[True] | str | None = None
    off: bool = Field(default=False, strict=True)

    @field_validator("for_people", mode="before")
    @classmethod
    def _says_how(cls, value: object) -> object:
        if value is None or value is True:
            return value
        if not isinstance(value, str) or not value.strip():
            raise ValueError("写 true，或写一句由谁怎样做")
        return _readable(value.strip())


def _moment(value: object) -> Moment:
    if isinstance(value, Moment):
        return value
    if not isinstance(value, str):
        raise ValueError("要写成 周日 03:00 这样的文字，请加引号")
    return Moment.read(value)


class Retention(BaseModel):
    """How long it is kept whom things were about, and when what is over is cleared (09.3.3)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: Span = 180 * 86_400
    """How long cases, requests and what hangs on them name people, in seconds."""
    clear: Annotated[
        Moment,
        PlainValidator(_moment),
        PlainSerializer(Moment.written, return_type=str, when_used="json"),
    ] = Moment(frozenset(range(7)), 3 * 60)


class Pack(BaseModel):
    """A whole regulation, checked against the plugins there are. Made by `from_content` alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    """The name of the pack it started from."""
    title: Text
    source: Annotated[str, AfterValidator(_readable)] = ""
    version: Annotated[str, BeforeValidator(lambda v: str(v) if type(v) is int else v)]
    keep_excerpts: Span = 30 * 86_400
    """How long a case keeps its excerpt, in seconds."""
    retention: Retention = Retention()
    term_ends: tuple[TermEnd, ...] = ()
    """The days on which a term is over, as `"07-10"`; ladders may end with it."""
    ladders: dict[Label, Ladder] = Field(default_factory=dict[str, Ladder], alias="ladder")
    clauses: tuple[Clause, ...] = Field(alias="clause")

    @classmethod
    def from_content(
        cls,
        content: Mapping[str, Any],
        areas: Mapping[str, Area[Any]] = AREAS,
        *,
        file: str | None = None,
    ) -> Self:
        """The pack with this content; `file` is named in errors (default: the pack's name).

        Raises PackErrors with every mistake, also where a plugin of old content is no more.
        """
        place = str(content.get("name", "")) if file is None else file
        ladders, of_ladders = _read_ladders(content.get("ladder", {}), place)
        clauses, of_clauses = _read_clauses(content, areas, place)
        kept, of_pack = _read_retention(content, place)
        resolved = {**content, **kept, "ladder": ladders}
        if "clause" in content:
            resolved["clause"] = clauses
        try:
            pack = cls.model_validate(resolved)
        except ValidationError as error:
            of_pack += (PackError(place, "", line) for line in explain(error, cls))
        else:
            if pack.retention.names < max(pack.keep_excerpts, SHORTEST_NAMES):
                line = "retention 的 names 至少 7 天，也不能比 excerpts 短"
                of_pack.append(PackError(place, "", line))
            if not pack.term_ends and any(one.ends_with_term for one in pack.ladders.values()):
                of_pack.append(
                    PackError(
                        place, "", '有阶梯写了 ends_with_term，请先写 term_ends，如 ["07-10"]'
                    )
                )
            if not of_pack and not of_ladders and not of_clauses:
                return pack
        raise PackErrors(of_pack + of_ladders + of_clauses)

    def content(self) -> dict[str, Any]:
        """The whole pack as JSON has it, defaults filled in; `from_content` takes it back."""
        return self.model_dump(mode="json", by_alias=True)

    @property
    def digest(self) -> str:
        """SHA-256 of the content, the same for the same content wherever it is computed."""
        canonical = json.dumps(
            self.content(), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        return hashlib.sha256(canonical.encode()).hexdigest()

    def clause(self, number: str) -> Clause:
        """The clause with this number. Raises PackError where there is none."""
        for clause in self.clauses:
            if clause.number == number:
                return clause
        numbers = "、".join(clause.number for clause in self.clauses)
        raise PackError(self.name, number, f"没有这一条，现有：{numbers}")


@functools.cache
def source_rows() -> frozenset[str]:
    """The rows of regulations/clauses.tsv that a clause may say it carries out."""
    return frozenset(Path(__file__).with_name("rows.txt").read_text(encoding="utf-8").split())


def choices(areas: Mapping[str, Area[Any]]) -> str:
    """The plugins there are, for people to choose from."""
    return "、".join(f"{name}（{area.title}）" for name, area in sorted(areas.items())) or "无"


def _read_retention(
    content: Mapping[str, Any], place: str
) -> tuple[dict[str, Any], list[PackError]]:
    """What the pack says of keeping things, with `excerpts` under the name it had first."""
    raw: object = content.get("retention")
    if not isinstance(raw, dict) or "excerpts" not in raw:
        return {}, []
    table = cast("dict[str, Any]", raw)
    rest = {name: value for name, value in table.items() if name != "excerpts"}
    if "keep_excerpts" in content:
        both = "keep_excerpts 和 retention 的 excerpts 是一回事，请只写一个"
        return {"retention": rest}, [PackError(place, "", both)]
    return {"retention": rest, "keep_excerpts": table["excerpts"]}, []


def _read_ladders(raw: object, place: str) -> tuple[object, list[PackError]]:
    """The ladders that are right, and what is wrong with the others. What is no table is left to
    pydantic, here and below."""
    if not isinstance(raw, dict):
        return raw, []
    ladders: dict[str, Ladder] = {}
    errors: list[PackError] = []
    for name, table in cast("dict[str, object]", raw).items():
        try:
            ladders[name] = Ladder.model_validate(table)
        except ValidationError as error:
            lines = explain(error, Ladder)
            errors += (PackError(place, "", f"阶梯 {name}：{line}") for line in lines)
    return ladders, errors


def _read_clauses(
    content: Mapping[str, Any], areas: Mapping[str, Area[Any]], place: str
) -> tuple[object, list[PackError]]:
    """The clauses that are right, and what is wrong with the others."""
    raw: object = content.get("clause")
    if not isinstance(raw, list):
        return raw, []
    if not raw:
        return raw, [PackError(place, "", "一条条款也没有，请至少写一条")]
    ladders = _names(content.get("ladder"))
    clauses: list[Clause] = []
    errors: list[PackError] = []
    seen: set[str] = set()
    for index, item in enumerate(cast("list[object]", raw), start=1):
        clause, number, lines = item, "", list[str]()
        if isinstance(item, dict):
            table = cast("dict[str, Any]", item)
            number = str(table.get("number", "")).strip()
            settings, lines = _bind(table, ladders, areas)
            clause = {**table, "settings": settings}
            if number and number in seen:
                lines.append("编号重复，请改成不同的编号")
            seen.add(number)
        try:
            clauses.append(Clause.model_validate(clause))
        except ValidationError as error:
            lines = explain(error, Clause) + lines
        errors += (PackError(place, number or f"（第 {index} 个）", line) for line in lines)
    return clauses, errors


def _names(table: object) -> frozenset[str]:
    return frozenset(cast("dict[str, object]", table)) if isinstance(table, dict) else frozenset()


_UNBOUND = {"settings": {}, "ladder": None, "weight": 1, "withdraw": True}
"""What a clause that no plugin carries out may say of the matter: nothing."""


def _bind(
    raw: Mapping[str, Any], ladders: frozenset[str], areas: Mapping[str, Area[Any]]
) -> tuple[Any, list[str]]:
    """The clause's settings with their defaults, and what is wrong with how it is carried out.

    It works on what was written, so that a mistake elsewhere in the clause hides none here; what
    has the wrong type altogether is left to pydantic.
    """
    wrong: list[str] = []
    settings: Any = raw.get("settings", {})
    plugin, ladder, sources = raw.get("plugin"), raw.get("ladder"), raw.get("source")
    if isinstance(sources, list):
        for row in cast("list[object]", sources):
            if isinstance(row, str) and row not in source_rows():
                wrong.append(f"source 里的 {row} 不在 clauses.tsv 里，请核对")
    if isinstance(ladder, str) and ladder not in ladders:
        known = "、".join(sorted(ladders)) or "无，请先写 [ladder.名称]"
        wrong.append(f"没有 {ladder} 这个阶梯，可用的有：{known}")
    if plugin is None:
        if raw.get("for_people") is None:
            wrong.append("既没有 plugin 也没有 for_people，请写明由哪个功能执行，或由谁来做")
        written = [name for name, empty in _UNBOUND.items() if raw.get(name, empty) != empty]
        if written:
            wrong.append(f"没有 plugin 就不写 {'、'.join(written)}，请删去或补上 plugin")
        return settings, wrong
    if raw.get("for_people") is not None:
        wrong.append("plugin 和 for_people 只能写一个，请删去其中之一")
    if not isinstance(plugin, str):
        return settings, wrong
    area = areas.get(plugin)
    if area is None:
        wrong.append(f"没有 {plugin} 这个功能，可用的有：{choices(areas)}")
        return settings, wrong
    leads_to_cases = bool(area.detectors) and area.makes_cases
    if isinstance(settings, dict):
        try:
            bound: Settings = area.settings.model_validate(settings)
        except ValidationError as error:
            wrong += (f"设置 {line}" for line in explain(error, area.settings))
        else:
            leads_to_cases = (leads_to_cases and bound.judges()) or bound.charges()
            settings = _as_json(bound)
            wrong += _unfit(settings)
    if leads_to_cases and ladder is None:
        wrong.append(f"{plugin} 会判定违规，请写 ladder 说明怎样处置")
    return settings, wrong


def _as_json(settings: Settings) -> dict[str, Any]:
    """Settings as JSON has them; sets sorted, so that the same settings have the same digest."""
    dumped = settings.model_dump(mode="json")
    for name, value in settings:
        if isinstance(value, set | frozenset):
            dumped[name] = sorted(dumped[name])
    return dumped


def _unfit(settings: Mapping[str, Any]) -> Iterator[str]:
    """What no setting may hold, whatever its type: a term too short to look for, control
    characters, a number that JSON has not."""
    for name, value in settings.items():
        for item, listed in _leaves(value):
            if isinstance(item, float) and not math.isfinite(item):
                yield f"设置 {name} 要写普通的数字"
            if not isinstance(item, str):
                continue
            if _controls(item):
                yield f"设置 {name} 含有控制字符，请删去"
            letters = [char for char in item if unicodedata.category(char)[0] not in "CPZ"]
            if listed and len(letters) < SHORTEST_TERM:
                what = f"“{item.strip()}”只有一个字" if letters else "有空的一项"
                yield f"设置 {name} 里{what}，每项至少写 {SHORTEST_TERM} 个字"


def _leaves(value: object, listed: bool = False) -> Iterator[tuple[object, bool]]:
    """Every single value in a setting, and whether it stands in a list."""
    if isinstance(value, list):
        for item in cast("list[object]", value):
            yield from _leaves(item, listed=True)
    elif isinstance(value, dict):
        for item in cast("dict[str, object]", value).values():
            yield from _leaves(item, listed)
    else:
        yield value, listed
