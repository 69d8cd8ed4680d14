import django.core.validators
import django.db.models.deletion
import guide.models.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('guide', '0011_ids_of_exercises'),
        ('newsletter', '0003_authors'),
    ]

    operations = [
        migrations.CreateModel(
            name='Block',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='place')),
                ('kind', models.CharField(choices=[('prose', 'text'), ('guide', 'guide'), ('question', 'question and answer'), ('promotion', 'promotion')], default='prose', max_length=10, verbose_name='kind')),
                ('prose', models.TextField(blank=True, verbose_name='text')),
                ('question', models.TextField(blank=True, verbose_name='question')),
                ('guide', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='blocks', to='guide.guide', verbose_name='guide')),
                ('issue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='blocks', to='newsletter.issue')),
                ('promotion', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='blocks', to='guide.promotion', verbose_name='promotion')),
            ],
            options={
                'verbose_name': 'part',
                'verbose_name_plural': 'parts of the letter',
                'ordering': ['position', 'pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('guide', None), ('kind', 'prose'), ('promotion', None), ('question', ''), models.Q(('prose', ''), _negated=True)), models.Q(('guide__isnull', False), ('kind', 'guide'), ('promotion', None), ('prose', ''), ('question', '')), models.Q(('guide__isnull', False), ('kind', 'question'), ('promotion', None), models.Q(('question', ''), _negated=True), models.Q(('prose', ''), _negated=True)), models.Q(('guide', None), ('kind', 'promotion'), ('promotion__isnull', False), ('prose', ''), ('question', '')), _connector='OR'), name='newsletter_block_is_of_its_kind', violation_error_message='A part of the letter is one thing: a text, a guide, a question with its answer, or a promotion.'),
                    models.UniqueConstraint(condition=models.Q(('kind', 'guide')), fields=('issue', 'guide'), name='newsletter_each_guide_once', violation_error_message='This guide stands in the letter already.'),
                    models.UniqueConstraint(condition=models.Q(('kind', 'promotion')), fields=('issue',), name='newsletter_one_promotion_a_letter', violation_error_message='One promotion is enough for a letter.'),
                ],
            },
        ),
        migrations.AlterField(
            model_name='issue',
            name='slug',
            field=models.SlugField(help_text='In the archive.', max_length=120, unique=True, validators=[django.core.validators.RegexValidator('\\Afeed\\Z', '“feed” means something else there. Add a word to it.', inverse_match=True)], verbose_name='address'),
        ),
        migrations.AddField(
            model_name='settings',
            name='draft_day',
            field=guide.models.fields.CountField(blank=True, default=1, help_text='Of each month, with the guides that are new. There is none where nothing is new or a draft lies here already. Empty: never.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(28)], verbose_name='a draft by itself on day'),
        ),
        migrations.AddField(
            model_name='settings',
            name='drafted_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
