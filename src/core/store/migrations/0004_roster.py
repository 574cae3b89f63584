from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from src.core.store.fields import UtcDatetimeField


class Migration(migrations.Migration):
    dependencies = [("models", "0003_whole_mute")]

    initial = False

    operations = [
        ops.CreateModel(
            name="JoinAttempt",
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
                        related_name="attempts",
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
                        related_name="attempts",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("outcome", fields.CharField(max_length=12)),
                ("created_at", UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "join_attempt",
                "app": "models",
                "indexes": [Index(fields=["group_id", "created_at"])],
                "pk_attr": "id",
                "table_description": "That somebody asked to join, and what came of it; never what was written.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Membership",
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
                        related_name="memberships",
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
                        related_name="memberships",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("how", fields.CharField(max_length=12)),
                ("came_at", UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ("verify_by", UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "probation_until",
                    UtcDatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("probation_left", fields.IntField(null=True)),
                ("left_at", UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("left_how", fields.CharField(default="", max_length=12)),
            ],
            options={
                "table": "membership",
                "app": "models",
                "unique_together": (("group", "account"),),
                "pk_attr": "id",
                "table_description": "How somebody came into a group, and what that still asks of them.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="NameLapse",
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
                        related_name="name_lapses",
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
                        related_name="name_lapses",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("template", fields.CharField(max_length=64)),
                ("since", UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ("reminders", fields.IntField(default=0)),
                ("due_at", UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("fixes", fields.IntField(default=0)),
                ("fixed_at", UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "name_lapse",
                "app": "models",
                "unique_together": (("group", "account"),),
                "indexes": [Index(fields=["due_at"])],
                "pk_attr": "id",
                "table_description": "A member's name that does not fit: since when, and what was done about it. Never the name.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SchoolClass",
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
                        related_name="classes",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("name", fields.CharField(max_length=100)),
                ("imported_at", UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("changed_at", UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "school_class",
                "app": "models",
                "unique_together": (("school", "name"),),
                "pk_attr": "id",
                "table_description": "A class of a school; its roster says who belongs to it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    fields.IntField(generated=True, primary_key=True, unique=True, db_index=True),
                ),
                (
                    "school_class",
                    fields.ForeignKeyField(
                        "models.SchoolClass",
                        source_field="school_class_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="people",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("kind", fields.CharField(max_length=12)),
                ("name", fields.CharField(max_length=64)),
                ("number", fields.CharField(default="", max_length=32)),
                ("subject", fields.CharField(default="", max_length=64)),
                ("relation", fields.CharField(default="", max_length=16)),
                (
                    "student",
                    fields.ForeignKeyField(
                        "models.Person",
                        source_field="student_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="guardians",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("since", fields.DateField(null=True)),
                ("until", fields.DateField(null=True)),
                ("created_at", UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "person",
                "app": "models",
                "indexes": [Index(fields=["school_class_id", "kind"])],
                "pk_attr": "id",
                "table_description": "An entry of a class's roster. Who teaches two classes, or has two children, has two.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Identity",
            fields=[
                (
                    "id",
                    fields.IntField(generated=True, primary_key=True, unique=True, db_index=True),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="identities",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "models.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="identities",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("relation", fields.CharField(default="", max_length=16)),
                ("how", fields.CharField(max_length=12)),
                (
                    "by",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="verified",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("created_at", UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_at", UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("live_key", fields.CharField(null=True, unique=True, max_length=64)),
            ],
            options={
                "table": "identity",
                "app": "models",
                "pk_attr": "id",
                "table_description": "Which account is whom, and how that was verified. A parent's account is bound to the student",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="JoinCode",
            fields=[
                (
                    "id",
                    fields.IntField(generated=True, primary_key=True, unique=True, db_index=True),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "models.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="codes",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("code", fields.CharField(unique=True, max_length=16)),
                ("expires_at", UtcDatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "used_by",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="used_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="codes",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("used_at", UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "join_code",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A one-time code that the school hands out with a student's or teacher's name. It is kept as it",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Group",
            name="class_id",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="Group",
            name="good_name",
            field=fields.CharField(null=True, max_length=200),
        ),
    ]
