from django.db import migrations

from config.rights import NEEDS, give


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0015_letters_that_come_back"), *NEEDS]
    operations = [give("Authors", "newsletter", ["bounce"], ["view"])]
