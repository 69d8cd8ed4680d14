from django.db import migrations

from config.rights import NEEDS, give


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0016_authors_see_what_came_back"), *NEEDS]
    operations = [
        migrations.AlterModelOptions(
            name="subscriber",
            options={
                "ordering": ["-created_at", "-pk"],
                "permissions": [
                    ("export_subscriber", "Can take the list of readers along")
                ],
                "verbose_name": "reader of the letter",
                "verbose_name_plural": "readers of the letter",
            },
        ),
        give("Authors", "newsletter", ["subscriber"], ["export"]),
    ]
