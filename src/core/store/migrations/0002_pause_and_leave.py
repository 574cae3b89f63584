from tortoise import migrations
from tortoise.migrations import operations as ops

from src.core.store.fields import UtcDatetimeField


class Migration(migrations.Migration):
    dependencies = [("models", "0001_initial")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Group",
            name="left_at",
            field=UtcDatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Group",
            name="paused_until",
            field=UtcDatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
