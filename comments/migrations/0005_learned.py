import comments.models.flags
import django.utils.timezone
import secrets
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('comments', '0004_red_flags')]

    operations = [
        migrations.CreateModel(
            name='Learned',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('spam_total', models.PositiveIntegerField(default=0)),
                ('other_total', models.PositiveIntegerField(default=0)),
                ('spam', models.BinaryField(default=bytes)),
                ('other', models.BinaryField(default=bytes)),
            ],
        ),
        migrations.AddField(
            model_name='comment',
            name='sender',
            field=models.CharField(blank=True, editable=False, max_length=6),
        ),
        migrations.AddField(
            model_name='settings',
            name='day_key',
            field=models.CharField(default=secrets.token_urlsafe, editable=False, max_length=43),
        ),
        migrations.AddField(
            model_name='settings',
            name='day_key_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.AddField(
            model_name='settings',
            name='held_words',
            field=models.TextField(blank=True, help_text='A comment that holds one is marked on the desk. One a line, written like those of a red flag.', validators=[comments.models.flags.say_something], verbose_name='words you look for'),
        ),
        migrations.AlterField(
            model_name='redflag',
            name='words',
            field=models.TextField(help_text='One a line. * stands for any ending, / between words that do alike, … for up to three words in between, + between parts that must both be there: “swollen/swell* … calf”, “fever + back”. What is denied (“no fever”, “the fever is gone”) does not count; where it should, begin the line with !', validators=[comments.models.flags.say_something], verbose_name='words'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['sender'], name='comments_by_sender'),
        ),
        migrations.AddConstraint(
            model_name='learned',
            constraint=models.CheckConstraint(condition=models.Q(('pk', 1)), name='comments_learned_is_one_row'),
        ),
    ]
