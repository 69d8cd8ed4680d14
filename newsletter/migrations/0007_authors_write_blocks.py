from django.db import migrations

from config.rights import give


def forget(apps, schema_editor):
    """Drop the rights to the rows that blocks took the place of."""
    kinds = apps.get_model("contenttypes", "ContentType").objects
    kinds.filter(app_label="newsletter", model="issueguide").delete()


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0006_blocks_alone")]
    operations = [
        give("Authors", "newsletter", ["block"]),
        migrations.RunPython(forget, migrations.RunPython.noop),
    ]
