from django.db import migrations

from config.rights import NEEDS, give


class Migration(migrations.Migration):
    dependencies = [("guide", "0011_ids_of_exercises"), *NEEDS]
    operations = [
        give(
            "Authors",
            "guide",
            [
                *("guide", "section", "verdict", "guidenotice", "relatedguide"),
                *("exercise", "step", "variation", "dosage"),
                *("topic", "audience", "safetynotice", "bodyarea", "equipment"),
                *("picture", "video", "promotion", "author", "page"),
            ],
        ),
        give("Authors", "guide", ["sitesettings"], ["view", "change"]),
    ]
