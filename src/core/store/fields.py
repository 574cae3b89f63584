"""Fields that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from tortoise import fields

if TYPE_CHECKING:
    from tortoise.models import Model

T = TypeVar("T", datetime, datetime | None)


class UtcDatetimeField(fields.DatetimeField[T]):
    """A moment, always written as UTC.

    SQLite keeps times as text and compares them as strings, so +08:00 and +00:00 would not compare
    (anchors/storage.md, finding 3). Filters are normalised by the same method.
    """

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: UtcDatetimeField[datetime], *, null: Literal[False] = ..., **kwargs: Any
        ) -> None: ...

        @overload
        def __init__(
            self: UtcDatetimeField[datetime | None], *, null: Literal[True], **kwargs: Any
        ) -> None: ...

        def __init__(self, **kwargs: Any) -> None: ...

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> Any:
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValueError("a moment needs its time zone")
            value = value.astimezone(UTC)
        return super().to_db_value(value, instance)
