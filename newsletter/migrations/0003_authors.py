from django.db import migrations

from config.rights import NEEDS, give


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0002_settings_row"), *NEEDS]
    operations = [
        give("Authors", "newsletter", ["issue", "issueguide", "subscriber"]),
        give("Authors", "newsletter", ["issue"], ["send"]),
        give("Authors", "newsletter", ["delivery"], ["view"]),
        give("Authors", "newsletter", ["settings"], ["view", "change"]),
    ]
