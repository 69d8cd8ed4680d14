from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0005_letters_into_blocks")]
    operations = [
        migrations.RemoveConstraint(
            model_name="issueguide", name="newsletter_guide_stands_once"
        ),
        migrations.RemoveField(model_name="issue", name="guides"),
        migrations.RemoveField(model_name="issue", name="intro"),
        migrations.RemoveField(model_name="issue", name="closing"),
        migrations.DeleteModel(name="IssueGuide"),
    ]
