from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("comments", "0006_letters")]

    operations = [
        migrations.AddField(
            "comment", "pinned_at", models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddField(
            "comment", "entered_at", models.DateTimeField(editable=False, null=True)
        ),
        migrations.RemoveIndex("comment", "comments_roots_of_a_guide"),
        migrations.AddIndex(
            "comment",
            models.Index(
                fields=["guide", "parent", "status", "pinned_at", "created_at"],
                name="comments_roots_of_a_guide",
            ),
        ),
    ]
