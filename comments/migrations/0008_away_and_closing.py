import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("comments", "0007_pins_and_entries")]

    operations = [
        migrations.AlterField(
            "settings",
            "usual_time",
            models.CharField(
                default="within a week",
                help_text="Stands on the receipt until five questions are answered, “Tuesday evening”; then as long as the last answers took.",
                max_length=80,
                verbose_name="usual time to an answer",
            ),
        ),
        migrations.AddField(
            "settings",
            "away_until",
            models.DateField(
                blank=True,
                help_text="While you are away, readers see “Back on 3 March” where they ask. It goes by itself on that day.",
                null=True,
                verbose_name="back on",
            ),
        ),
        migrations.AddField(
            "settings",
            "away_note",
            models.CharField(
                blank=True,
                default="Questions wait until then; none is lost.",
                max_length=160,
                verbose_name="sentence while you are away",
            ),
        ),
        migrations.AddField(
            "settings",
            "close_after_days",
            models.PositiveSmallIntegerField(
                blank=True,
                help_text="So many days after a guide was published it takes no more questions. Empty: they stay open.",
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="close after days",
            ),
        ),
    ]
