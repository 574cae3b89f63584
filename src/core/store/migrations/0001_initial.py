import functools
from json import dumps, loads

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from src.core.store.fields import UtcDatetimeField


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    fields.IntField(generated=True, primary_key=True, unique=True, db_index=True),
                ),
                ("namespace", fields.CharField(max_length=16)),
                ("user_id", fields.CharField(max_length=128)),
            ],
            options={
                "table": "account",
                "app": "models",
                "unique_together": (("namespace", "user_id"),),
                "pk_attr": "id",
                "table_description": "Somebody's account on a platform; written when the first fact about it is.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="School",
            fields=[
                (
                    "id",
                    fields.IntField(generated=True, primary_key=True, unique=True, db_index=True),
                ),
                ("name", fields.CharField(default="", max_length=100)),
            ],
            options={
                "table": "school",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A tenant; no query crosses schools. An installation starts with one.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Group",
            fields=[
                (
                    "id",
                    fields.IntField(generated=True, primary_key=True, unique=True, db_index=True),
                ),
                (
                    "school",
                    fields.ForeignKeyField(
                        "models.School",
                        source_field="school_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="groups",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("namespace", fields.CharField(max_length=16)),
                ("group_id", fields.CharField(max_length=128)),
                ("name", fields.CharField(default="", max_length=200)),
                ("bot", fields.CharField(default="", max_length=128)),
                ("mode", fields.CharField(default="enforce", max_length=16)),
                ("mode_reason", fields.CharField(default="", max_length=16)),
                ("last_number", fields.IntField(default=0)),
                ("policy_id", fields.IntField(null=True)),
                ("created_at", UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "group",
                "app": "models",
                "unique_together": (("namespace", "group_id"),),
                "pk_attr": "id",
                "table_description": "A group on a platform, whichever bot sees it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Case",
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
                        related_name="cases",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("number", fields.IntField()),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="cases",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("policy_id", fields.IntField(null=True)),
                ("clause", fields.CharField(default="", max_length=32)),
                (
                    "clauses",
                    fields.JSONField(
                        default=list,
                        encoder=functools.partial(dumps, separators=(",", ":")),
                        decoder=loads,
                    ),
                ),
                ("plugin", fields.CharField(max_length=32)),
                ("ladder", fields.CharField(default="", max_length=64)),
                ("weight", fields.IntField(default=1)),
                ("step", fields.CharField(max_length=16)),
                ("source", fields.CharField(max_length=8)),
                (
                    "actor",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="actor_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="acted",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("reason", fields.CharField(default="", max_length=500)),
                ("state", fields.CharField(default="active", max_length=12)),
                (
                    "closed_by",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="closed_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="closed",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("closed_reason", fields.CharField(default="", max_length=500)),
                ("closed_at", UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("observed", fields.BooleanField(default=False)),
                ("message_key", fields.CharField(null=True, max_length=400)),
                ("excerpt", fields.CharField(default="", max_length=200)),
                ("excerpt_until", UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("lexicon", fields.CharField(default="", max_length=16)),
                ("application", fields.CharField(default="", max_length=32)),
                ("live_until", UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ("created_at", UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "case",
                "app": "models",
                "unique_together": (("group", "number"), ("group", "message_key")),
                "indexes": [Index(fields=["group_id", "account_id", "ladder"])],
                "pk_attr": "id",
                "table_description": "One decision on one account.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Act",
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
                        related_name="acts",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "case",
                    fields.ForeignKeyField(
                        "models.Case",
                        source_field="case_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="acts",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="account_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="acts",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("kind", fields.CharField(max_length=12)),
                (
                    "payload",
                    fields.JSONField(
                        default=dict,
                        encoder=functools.partial(dumps, separators=(",", ":")),
                        decoder=loads,
                    ),
                ),
                ("observed", fields.BooleanField(default=False)),
                ("state", fields.CharField(default="requested", max_length=12)),
                ("attempts", fields.IntField(default=0)),
                ("wording", fields.CharField(default="", max_length=300)),
                ("not_after", UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ("not_before", UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ("created_at", UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ("updated_at", UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "act",
                "app": "models",
                "indexes": [Index(fields=["state", "not_before"])],
                "pk_attr": "id",
                "table_description": 'One thing to be done to a platform, with its state (design: "Act semantics").',
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Block",
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
                        related_name="blocks",
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
                        related_name="blocks",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "case",
                    fields.ForeignKeyField(
                        "models.Case",
                        source_field="case_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="blocks",
                        on_delete=OnDelete.SET_NULL,
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
                        related_name="blocks_made",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("until", UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("live_key", fields.CharField(null=True, unique=True, max_length=64)),
                ("created_at", UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "block",
                "app": "models",
                "pk_attr": "id",
                "table_description": "Our own list of who may not come back; never the platform's reject-for-ever.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Mute",
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
                        related_name="mutes",
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
                        related_name="mutes",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "case",
                    fields.ForeignKeyField(
                        "models.Case",
                        source_field="case_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="mutes",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("manual", fields.BooleanField(default=False)),
                ("since", UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ("until", UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ("ended", fields.CharField(default="", max_length=12)),
                ("live_key", fields.CharField(null=True, unique=True, max_length=64)),
            ],
            options={
                "table": "mute",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A mute that should hold now: what the reconciler compares with the platform.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Notice",
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
                        related_name="notices",
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
                        related_name="notices",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "case",
                    fields.ForeignKeyField(
                        "models.Case",
                        source_field="case_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="notices",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("clause", fields.CharField(default="", max_length=32)),
                ("text", fields.CharField(max_length=1000)),
                ("state", fields.CharField(default="waiting", max_length=12)),
                ("due_at", UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "notice",
                "app": "models",
                "indexes": [
                    Index(fields=["group_id", "account_id", "clause"]),
                    Index(fields=["state", "due_at"]),
                ],
                "pk_attr": "id",
                "table_description": "What a person is to be told. The content waits here where a whisper cannot be delivered.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PolicyVersion",
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
                        related_name="versions",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("version", fields.IntField()),
                ("pack", fields.CharField(max_length=64)),
                (
                    "content",
                    fields.JSONField(
                        encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                ("digest", fields.CharField(max_length=64)),
                ("change", fields.CharField(max_length=200)),
                (
                    "by",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="versions",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("created_at", UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "policy_version",
                "app": "models",
                "unique_together": (("group", "version"),),
                "pk_attr": "id",
                "table_description": "A policy as it was in force: its whole resolved content, hashed and dated. Never changed.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Request",
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
                        related_name="requests",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("number", fields.IntField()),
                ("kind", fields.CharField(max_length=16)),
                (
                    "case",
                    fields.ForeignKeyField(
                        "models.Case",
                        source_field="case_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="requests",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="account_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="requests",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "payload",
                    fields.JSONField(
                        default=dict,
                        encoder=functools.partial(dumps, separators=(",", ":")),
                        decoder=loads,
                    ),
                ),
                ("needs", fields.IntField(default=1)),
                (
                    "agreed",
                    fields.JSONField(
                        default=list,
                        encoder=functools.partial(dumps, separators=(",", ":")),
                        decoder=loads,
                    ),
                ),
                ("state", fields.CharField(default="open", max_length=12)),
                ("open_key", fields.CharField(null=True, unique=True, max_length=64)),
                (
                    "decided_by",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="decided_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="decided",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("reason", fields.CharField(default="", max_length=500)),
                ("expires_at", UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ("decided_at", UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "request",
                "app": "models",
                "unique_together": (("group", "number"),),
                "indexes": [Index(fields=["state", "expires_at"])],
                "pk_attr": "id",
                "table_description": "Anything a manager answers, decided once by compare-and-set on `state`.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RoleGrant",
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
                        related_name="roles",
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
                        related_name="roles",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("role", fields.CharField(max_length=24)),
                (
                    "given_by",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="given_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="roles_given",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("created_at", UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "role_grant",
                "app": "models",
                "unique_together": (("group", "account"),),
                "pk_attr": "id",
                "table_description": "The role the school gave an account in a group; it goes before the platform's own.",
            },
            bases=["Model"],
        ),
    ]
