import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('guide', '0013_places_and_sentences'),
        ('newsletter', '0013_lifting_and_numbers'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='block',
            options={'ordering': ['position', 'pk'], 'verbose_name': 'part of a letter', 'verbose_name_plural': 'parts of the letter'},
        ),
        migrations.AlterField(
            model_name='block',
            name='guide',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='blocks', to='guide.guide', verbose_name='guide'),
        ),
        migrations.AlterField(
            model_name='block',
            name='promotion',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='blocks', to='guide.promotion', verbose_name='promotion'),
        ),
    ]
