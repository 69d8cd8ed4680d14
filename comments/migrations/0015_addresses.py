from django.db import migrations, models
from django.db.models.functions import Lower


def write_small(apps, schema_editor):
    comments = apps.get_model("comments", "Comment").objects.exclude(email="")
    comments.exclude(email=Lower("email")).update(email=Lower("email"))


class Migration(migrations.Migration):
    dependencies = [("comments", "0014_urgency")]
    operations = [
        migrations.AddField(
            model_name="settings",
            name="addresses_seen",
            field=models.BigIntegerField(default=0, editable=False),
        ),
        migrations.RunPython(write_small, migrations.RunPython.noop),
    ]
