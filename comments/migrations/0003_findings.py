from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('comments', '0002_settings_row')]

    operations = [
        migrations.CreateModel(
            name='RedFlag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('words', models.TextField(help_text='One a line. * stands for any ending, / between words that will do alike, … for up to three words in between, + between what must both be there: “numb* … groin/saddle”, “fever + back pain”. “No fever” and “without fever” do not count; where they should, begin the line with !', verbose_name='words')),
                ('text', models.TextField(help_text='Stands on the receipt, as plain text.', verbose_name='where to turn now')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
            ],
            options={
                'verbose_name': 'red flag',
                'verbose_name_plural': 'red flags',
                'ordering': ['pk'],
            },
        ),
        migrations.RemoveField(
            model_name='comment',
            name='held_for',
        ),
        migrations.AddField(
            model_name='comment',
            name='findings',
            field=models.JSONField(default=list, editable=False, verbose_name='held for'),
        ),
        migrations.AddField(
            model_name='comment',
            name='is_trusted',
            field=models.BooleanField(default=False, editable=False, help_text='As of the moment it was sent.'),
        ),
        migrations.AddField(
            model_name='comment',
            name='is_urgent',
            field=models.BooleanField(default=False, editable=False, verbose_name='urgent'),
        ),
        migrations.AddField(
            model_name='comment',
            name='spam_score',
            field=models.FloatField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['status', 'is_urgent', 'created_at'], name='comments_urgent'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['email'], name='comments_by_address'),
        ),
    ]
