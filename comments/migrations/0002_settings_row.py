from django.db import migrations


def make(apps, schema_editor):
    apps.get_model("comments", "Settings").objects.create()


class Migration(migrations.Migration):
    dependencies = [("comments", "0001_initial")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
