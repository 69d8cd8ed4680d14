from django.db import migrations

from config.rights import NEEDS, give


class Migration(migrations.Migration):
    dependencies = [("comments", "0010_desk"), *NEEDS]
    operations = [
        give("Assistants", "comments", ["comment"], ["view", "change"]),
        give("Authors", "comments", ["comment", "redflag", "savedanswer", "closing"]),
        give("Authors", "comments", ["settings"], ["view", "change"]),
    ]
