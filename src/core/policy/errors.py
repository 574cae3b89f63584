"""What is wrong with a pack, in words for whoever writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails


class PackError(Exception):
    """One mistake in a pack. `str()` names file and clause and says what to do.

    `file` is the pack's file, or its name where it came from the store; `clause` is the number of
    the clause, or empty where the mistake is not in a clause.
    """

    def __init__(self, file: str, clause: str, message: str) -> None:
        place = f"{file}，条款 {clause}" if clause else file
        super().__init__(f"{place}：{message}")
        self.file = file
        self.clause = clause
        self.message = message

    @property
    def errors(self) -> tuple[PackError, ...]:
        """All mistakes that were found together, this one alone by default."""
        return (self,)


class PackErrors(PackError):
    """All mistakes of one pack; it reads and is caught like one, `str()` has a line for each."""

    def __init__(self, errors: Iterable[PackError]) -> None:
        self._errors = tuple(errors)
        first = self._errors[0]
        super().__init__(first.file, first.clause, first.message)
        self.args = ("\n".join(map(str, self._errors)),)

    @property
    def errors(self) -> tuple[PackError, ...]:
        return self._errors


def explain(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """Each mistake that pydantic found, in Chinese, with the field's name and what it allows."""
    return [_line(detail, model) for detail in error.errors(include_url=False)]


_SAYINGS = {
    "missing": "缺少 {field}，请补上",
    "string_type": "{field} 要写成文字，请加引号",
    "string_too_short": "{field} 不能为空",
    "string_too_long": "{field} 太长，最多 {max_length} 个字",
    "string_pattern_mismatch": "{field} 不能含空白",
    "bool_type": "{field} 要写 true 或 false（命令里写 是 或 否）",
    "list_type": '{field} 要写成列表，如 ["甲", "乙"]',
    "too_short": "{field} 至少要有 {min_length} 项",
    "too_long": "{field} 最多 {max_length} 项",
    "dict_type": "{field} 要写成表，如 {{ 名称 = 值 }}",
    "literal_error": "{field} 只能是：{expected}",
    "int_type": "{field} 要写整数",
    "float_type": "{field} 要写数字",
    "greater_than": "{field} 要大于 {gt}",
    "greater_than_equal": "{field} 不能小于 {ge}",
    "less_than": "{field} 要小于 {lt}",
    "less_than_equal": "{field} 不能大于 {le}",
}  # fmt: skip
_ALIKE = {
    "int_parsing": "int_type",
    "int_from_float": "int_type",
    "float_parsing": "float_type",
    "bool_parsing": "bool_type",
    "tuple_type": "list_type",
    "set_type": "list_type",
    "frozen_set_type": "list_type",
    "model_type": "dict_type",
    "enum": "literal_error",
}


def _line(detail: ErrorDetails, model: type[BaseModel]) -> str:
    field = "".join(
        f"第 {part + 1} 项" if isinstance(part, int) else f"{part} " for part in detail["loc"]
    ).strip()
    field = field or "这一条"
    kind = detail["type"]
    context: dict[str, Any] = detail.get("ctx", {})
    if kind == "extra_forbidden":
        names = "、".join(info.alias or name for name, info in model.model_fields.items())
        known = names if len(detail["loc"]) == 1 else ""
        return f"不认识 {field}，" + (f"可用的有：{known}" if known else "请删去")
    if kind == "value_error":
        return f"{field}：{context['error']}"
    saying = _SAYINGS.get(_ALIKE.get(kind, kind))
    if saying is None:
        return f"{field} 的值不对（{detail['msg']}），请改正"
    expected = str(context.get("expected", "")).replace(" or ", "、").replace(", ", "、")
    return saying.format(field=field, **(context | {"expected": expected}))
