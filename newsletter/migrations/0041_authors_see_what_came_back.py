from django.db import migrations

from config.rights import NEEDS, give


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0040_letters_that_come_back"), *NEEDS]
    operations = [give("Authors", "newsletter", ["bounce"], ["view"])]
