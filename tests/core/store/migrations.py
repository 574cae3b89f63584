"""Migrations that only a test has, after the real ones."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from src.core.store import schema

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_packages = count(1)

PACKAGE = """
from src.core.store import migrations
__path__ = [*migrations.__path__, *__path__]
"""
MIGRATION = """
from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

class Migration(migrations.Migration):
    dependencies = [("models", {last!r})]
    operations = [{operations}]
"""

EXPAND = """
ops.AddField("Group", "motto", fields.CharField(100, null=True)),
ops.AddField("Group", "size", fields.IntField(db_default=3)),
ops.AddIndex("Group", Index(fields=["motto", "size"])),
ops.RunSQL("ALTER TABLE school DROP COLUMN name; UPDATE \\"group\\" SET motto = 'a;b'"),
"""
FAIL = """
ops.AddField("Group", "motto", fields.CharField(100, null=True)),
ops.RunSQL("UPDATE no_such_table SET a = 1"),
"""
ORPHAN = """
ops.RunSQL("DELETE FROM school"),
"""


def add_migration(monkeypatch: pytest.MonkeyPatch, folder: Path, operations: str) -> str:
    """Give the code one more migration; its name."""
    package = folder / f"later_migrations_{next(_packages)}"
    package.mkdir()
    (package / "__init__.py").write_text(PACKAGE, encoding="utf-8")
    migration = MIGRATION.format(last=schema.known_migrations()[-1], operations=operations)
    (package / "9999_later.py").write_text(migration, encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setattr(schema, "MIGRATIONS", package.name)
    return "9999_later"
