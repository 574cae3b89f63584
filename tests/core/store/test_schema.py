from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
import re
from typing import TYPE_CHECKING, Any

import pytest
from tortoise.context import TortoiseContext
from tortoise.migrations import operations as ops

from src.core.store import StoreError, in_transaction, open_store
from src.core.store.address import read_address
from src.core.store.models import Account, Group, RoleGrant, School
from src.core.store.schema import MIGRATIONS, RECORD, configuration, known_migrations
from tests.stores import KINDS, a_store, an_address

from .migrations import EXPAND, FAIL, ORPHAN, add_migration

if TYPE_CHECKING:
    from pathlib import Path

    from tortoise.backends.base.client import BaseDBAsyncClient

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
Schema = dict[str, list[tuple[Any, ...]]]


async def populate() -> None:
    school = await School.create(name="一中")
    group = await Group.create(school=school, namespace="qq", group_id="1", created_at=NOON)
    for user in ("1", "2"):
        account = await Account.create(namespace="qq", user_id=user)
        await RoleGrant.create(group=group, account=account, role="teacher", created_at=NOON)


async def rows_of(*models: type[Any]) -> list[int]:
    return [await model.all().count() for model in models]


async def schema_of(connection: BaseDBAsyncClient, kind: str) -> Schema:
    """Columns, keys, unique constraints and indexes by table, whatever their names and order."""

    async def ask(query: str) -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in await connection.execute_query_dict(query)]

    found: Schema = {}
    if kind == "sqlite":
        for (table,) in await ask("SELECT name FROM sqlite_master WHERE type = 'table'"):
            name = f"('{table}')"
            found[table] = await ask(
                f'SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info{name}'
            )
            found[table] += await ask(
                f'SELECT "table", "from", "to", on_delete FROM pragma_foreign_key_list{name}'
            )
            found[table] += await ask(
                "SELECT i.\"unique\", i.partial, (SELECT group_concat(ifnull(c.name, '?')) "
                f"FROM pragma_index_info(i.name) c) FROM pragma_index_list{name} i"
            )
    else:
        for row in await ask(
            "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, "
            "column_default FROM information_schema.columns WHERE table_schema = 'public'"
        ):
            found.setdefault(row[0], []).append(row[1:])
        for table, definition in await ask(
            "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace"
        ):
            found[table.strip('"')].append((definition,))
        for table, definition in await ask(
            "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        ):
            found[table].append((re.sub(r"INDEX \S+ ON", "INDEX ON", definition),))
    found.pop(RECORD, None)
    return {table: sorted(parts, key=repr) for table, parts in sorted(found.items())}


@pytest.mark.parametrize("kind", KINDS)
async def test_the_migrations_make_what_the_models_say(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where this fails, the models have changed without a migration."""
    async with an_address(kind) as url:
        address = read_address(url, tmp_path / "generated")
        (tmp_path / "generated/data").mkdir(parents=True)
        engine = {"engine": address.engine, "credentials": address.credentials}
        async with TortoiseContext() as context:
            await context.init(config=configuration(kind, engine))
            await context.generate_schemas()
            generated = await schema_of(context.db(), kind)
    assert "case" in generated

    async with a_store(kind, tmp_path, fresh=True):
        assert await schema_of(School._meta.db, kind) == generated

    # And the comparison notices a difference.
    add_migration(monkeypatch, tmp_path, EXPAND)
    async with a_store(kind, tmp_path / "later", fresh=True):
        later = await schema_of(School._meta.db, kind)
        assert {name for name in later if later[name] != generated[name]} == {"group", "school"}


@pytest.mark.parametrize("name", known_migrations())
def test_migrations_only_expand(name: str) -> None:
    """What Tortoise does wrong on SQLite is not to be had by accident (migrations/__init__.py)."""
    for operation in import_module(f"{MIGRATIONS}.{name}").Migration.operations:
        assert isinstance(operation, ops.CreateModel | ops.AddField | ops.AddIndex | ops.RunSQL)
        if isinstance(operation, ops.AddField):
            field: Any = operation.field
            assert field.null or field.has_db_default(), operation.name
            assert not field.index, f"{operation.name}: use AddIndex"
            assert not field.unique, f"{operation.name}: use RunSQL"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_migration_keeps_the_rows_of_parents_and_children(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = (Group, Account, RoleGrant)
    async with an_address(kind) as url:
        store = await open_store(url, root=tmp_path)
        await populate()
        await store.close()

        last = known_migrations()[-1]
        name = add_migration(monkeypatch, tmp_path, EXPAND)
        for _ in range(2):  # the second time there is nothing to do
            store = await open_store(url, root=tmp_path)
            connection = School._meta.db
            assert await rows_of(*models) == [1, 2, 2]
            group = await connection.execute_query_dict('SELECT motto, size FROM "group"')
            assert group == [{"motto": "a;b", "size": 3}]
            (school,) = await connection.execute_query_dict("SELECT * FROM school")
            assert school["id"] == 1
            assert "name" not in school
            applied = await connection.execute_query_dict(f"SELECT name FROM {RECORD}")
            assert [row["name"] for row in applied][-2:] == [last, name]
            if kind == "sqlite":
                on = await connection.execute_query_dict("PRAGMA foreign_keys")
                assert on == [{"foreign_keys": 1}]
            await store.close()

        copies = sorted(path.name for path in (tmp_path / "data").glob("*.bak"))
        assert copies == ([f"qungui.db.{last}.bak"] if kind == "sqlite" else [])


@pytest.mark.parametrize("operations", [FAIL, ORPHAN])
@pytest.mark.parametrize("kind", KINDS)
async def test_a_migration_that_fails_changes_nothing(
    kind: str, operations: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with an_address(kind) as url:
        store = await open_store(url, root=tmp_path)
        await populate()
        before = await schema_of(School._meta.db, kind)
        await store.close()

        with monkeypatch.context() as patch:
            add_migration(patch, tmp_path, operations)
            for _ in range(2):
                with pytest.raises(StoreError, match="没有升级成功"):
                    await open_store(url, root=tmp_path)

        store = await open_store(url, root=tmp_path)
        assert await schema_of(School._meta.db, kind) == before
        assert await rows_of(School, Group, Account, RoleGrant) == [1, 1, 2, 2]
        await store.close()
        # Each try has left a copy, and none has replaced another.
        assert len(list((tmp_path / "data").glob("*.bak"))) == (2 if kind == "sqlite" else 0)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_group_takes_its_roles_with_it(kind: str, tmp_path: Path) -> None:
    """Foreign keys are on again after the migrations."""
    async with a_store(kind, tmp_path, fresh=True):
        await populate()
        async with in_transaction():
            await Group.all().delete()
        assert await rows_of(School, Group, Account, RoleGrant) == [1, 0, 2, 0]
