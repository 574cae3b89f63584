import functools
from json import dumps, loads

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from src.core.store.fields import UtcDatetimeField


class Migration(migrations.Migration):
    dependencies = [("models", "0004_roster")]

    initial = False

    operations = [
        ops.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("seq", fields.BigIntField(null=True, unique=True)),
                ("at", UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ("kind", fields.CharField(max_length=32)),
                ("group_id", fields.IntField(null=True)),
                (
                    "facts",
                    fields.JSONField(
                        default=dict,
                        encoder=functools.partial(dumps, separators=(",", ":")),
                        decoder=loads,
                    ),
                ),
                ("personal", fields.CharField(default="", max_length=64)),
                ("mac", fields.CharField(default="", max_length=64)),
            ],
            options={
                "table": "audit_entry",
                "app": "models",
                "pk_attr": "id",
                "table_description": "One line of the audit log: what was decided or done, without personal values. Only ever added;",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AuditValue",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "entry",
                    fields.OneToOneField(
                        "models.AuditEntry",
                        source_field="entry_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="value",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("group_id", fields.IntField(null=True)),
                ("account_id", fields.IntField(null=True)),
                ("salt", fields.CharField(max_length=32)),
                (
                    "values",
                    fields.JSONField(
                        default=dict,
                        encoder=functools.partial(dumps, separators=(",", ":")),
                        decoder=loads,
                    ),
                ),
                ("created_at", UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "audit_value",
                "app": "models",
                "indexes": [Index(fields=["account_id"]), Index(fields=["group_id", "created_at"])],
                "pk_attr": "id",
                "table_description": "The personal values of an audit entry, beside the chain, so that they can be erased.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Duty",
            fields=[
                (
                    "id",
                    fields.IntField(generated=True, primary_key=True, unique=True, db_index=True),
                ),
                (
                    "group",
                    fields.ForeignKeyField(
                        "models.Group",
                        source_field="group_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="duties",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="duties",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "given_by",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="given_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="duties_given",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("since", UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ("until", UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "duty",
                "app": "models",
                "indexes": [Index(fields=["group_id", "until"])],
                "pk_attr": "id",
                "table_description": "Who has the duty in a group, and for how long: bounded rights for the day.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Evidence",
            fields=[
                (
                    "id",
                    fields.IntField(generated=True, primary_key=True, unique=True, db_index=True),
                ),
                (
                    "group",
                    fields.ForeignKeyField(
                        "models.Group",
                        source_field="group_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="evidence",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "request",
                    fields.ForeignKeyField(
                        "models.Request",
                        source_field="request_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="evidence",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "by",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="evidence",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("kind", fields.CharField(max_length=12)),
                ("value", fields.CharField(default="", max_length=1000)),
                ("digest", fields.CharField(default="", max_length=64)),
                ("created_at", UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "evidence",
                "app": "models",
                "pk_attr": "id",
                "table_description": "What somebody brought, or an emergency kept: a reference or a short excerpt, and a keyed digest of",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Report",
            fields=[
                (
                    "id",
                    fields.IntField(generated=True, primary_key=True, unique=True, db_index=True),
                ),
                (
                    "request",
                    fields.ForeignKeyField(
                        "models.Request",
                        source_field="request_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="reports",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="reports",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("reason", fields.CharField(default="", max_length=500)),
                ("outcome", fields.CharField(default="", max_length=12)),
                ("created_at", UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "report",
                "app": "models",
                "unique_together": (("request", "account"),),
                "indexes": [Index(fields=["account_id", "created_at"])],
                "pk_attr": "id",
                "table_description": "That somebody reported or complained: apart from the request that it led to, so that nobody reads",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Group",
            name="cleared_at",
            field=UtcDatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Group",
            name="frozen_at",
            field=UtcDatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Request",
            name="assignee",
            field=fields.ForeignKeyField(
                "models.Account",
                source_field="assignee_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name="assigned",
                on_delete=OnDelete.SET_NULL,
            ),
        ),
        ops.AddField(
            model_name="Request",
            name="level",
            field=fields.SmallIntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="Request",
            name="remind_at",
            field=UtcDatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddIndex(
            model_name="Act",
            index=Index(fields=["case_id"]),
        ),
        ops.AddIndex(
            model_name="Request",
            index=Index(fields=["state", "remind_at"]),
        ),
        ops.AddIndex(
            model_name="Request",
            index=Index(fields=["case_id"]),
        ),
        ops.AddField(
            model_name="School",
            name="inspected_at",
            field=UtcDatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
