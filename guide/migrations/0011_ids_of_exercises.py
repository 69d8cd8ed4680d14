from collections import defaultdict

from django.db import migrations, models

import guide.models.exercises


def give_ids(apps, schema_editor):
    """Give each exercise an id, and that of a working copy the one of its name.

    Of several with one name, the first gets that of the first, and so on.

    The versions that were saved name rows by what they were called; they go.
    """
    exercises = apps.get_model("guide", "Exercise").objects.order_by("position", "pk")
    copies = apps.get_model("guide", "Guide")._base_manager.exclude(copy_of=None)
    copies = dict(copies.values_list("pk", "copy_of"))
    taken = defaultdict(list)
    for exercise in exercises.exclude(guide__in=copies):
        exercise.uid = guide.models.exercises.new_uid()
        exercise.save(update_fields=["uid"])
        taken[exercise.guide_id, exercise.name].append(exercise.uid)
    for exercise in exercises.filter(guide__in=copies):
        same = taken[copies[exercise.guide_id], exercise.name]
        exercise.uid = same.pop(0) if same else guide.models.exercises.new_uid()
        exercise.save(update_fields=["uid"])
    apps.get_model("guide", "Version").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("guide", "0010_bounds"),
    ]

    operations = [
        migrations.AddField(
            model_name="exercise",
            name="uid",
            field=models.CharField(editable=False, max_length=12, default=""),
        ),
        migrations.AddField(
            model_name="version",
            name="names",
            field=models.JSONField(default=dict),
        ),
        migrations.RunPython(give_ids, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="exercise",
            name="uid",
            field=models.CharField(
                default=guide.models.exercises.new_uid, editable=False, max_length=12
            ),
        ),
        migrations.AddConstraint(
            model_name="exercise",
            constraint=models.UniqueConstraint(
                fields=("guide", "uid"),
                name="guide_exercise_stands_once",
                violation_error_message="Two exercises have the same id.",
            ),
        ),
    ]
