from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):

    dependencies = [
        ('comments', '0015_addresses'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='comment',
            name='comments_by_address',
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['email', 'status'], name='comments_by_address'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(('email', Lower('email'))), name='comments_address_in_small_letters', violation_error_message='Write the address in small letters.'),
        ),
    ]
