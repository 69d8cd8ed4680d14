import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comments", "0008_away_and_closing"),
        ("guide", "0010_bounds"),
    ]

    operations = [
        migrations.CreateModel(
            "Closing",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: its questions stay open.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="close after days",
                    ),
                ),
                (
                    "guide",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="guide.guide",
                        verbose_name="guide",
                    ),
                ),
                (
                    "settings",
                    models.ForeignKey(
                        default=1,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="closings",
                        to="comments.settings",
                    ),
                ),
            ],
            options={
                "verbose_name": "guide that closes by itself",
                "verbose_name_plural": "guides that close by themselves",
            },
        ),
    ]
