from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from src.core.store.fields import UtcDatetimeField


class Migration(migrations.Migration):
    dependencies = [("models", "0002_pause_and_leave")]

    initial = False

    operations = [
        ops.CreateModel(
            name="WholeMute",
            fields=[
                (
                    "id",
                    fields.IntField(generated=True, primary_key=True, unique=True, db_index=True),
                ),
                (
                    "group",
                    fields.OneToOneField(
                        "models.Group",
                        source_field="group_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="whole_mute",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("state", fields.CharField(default="open", max_length=12)),
                ("until", UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("attempts", fields.IntField(default=0)),
                ("due_at", UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("told_of", UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "whole_mute",
                "app": "models",
                "pk_attr": "id",
                "table_description": "The level of a group's whole mute: who set it, and what is still to be done about it.",
            },
            bases=["Model"],
        ),
    ]
