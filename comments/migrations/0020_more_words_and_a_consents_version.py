from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('comments', '0019_addresses_that_refuse'),
    ]

    operations = [
        migrations.AlterField(
            model_name='settings',
            name='consent_version',
            field=models.CharField(default='1', help_text='Kept with each question. Another consent is another version.', max_length=20, verbose_name='version of the consent'),
        ),
    ]
