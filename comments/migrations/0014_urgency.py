from django.db import migrations, models

# Of the flags that come with the site; one of the author's own is for today until she
# says otherwise.
NOW, DAYS = 1, 3
URGENCY = {
    "Saddle numbness, bladder or bowel": NOW,
    "Chest pain or trouble breathing": NOW,
    "Signs of a stroke": NOW,
    "No wish to live": NOW,
    "Losing weight without reason": DAYS,
    "Numbness or lost strength": DAYS,
}


def fill(apps, schema_editor):
    for name, urgency in URGENCY.items():
        apps.get_model("comments", "RedFlag").objects.filter(name=name).update(
            urgency=urgency
        )


class Migration(migrations.Migration):

    dependencies = [
        ('comments', '0013_senders_are_not_kept'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='redflag',
            options={'ordering': ['urgency', 'pk'], 'verbose_name': 'red flag', 'verbose_name_plural': 'red flags'},
        ),
        migrations.AddField(
            model_name='redflag',
            name='urgency',
            field=models.PositiveSmallIntegerField(choices=[(1, 'now'), (2, 'today'), (3, 'in the next days')], default=2, help_text='The most urgent text stands first. Where words of a more urgent flag lie over those of this one, this one is silent.', verbose_name='how urgent'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
